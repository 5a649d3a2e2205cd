// SPDX-License-Identifier: GPL-2.0-or-later
// Which offloads a device does at this moment, each of them tried on the data path.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "lso_request.h"
#include "rsc_rig.h"
#include "task_offload_rig.h"
#include "tunnel_frame.h"

namespace x550 {

using Names = std::set<std::string>;

struct ProbedProtocol {
    std::string name;
    bool v6, udp;

    [[nodiscard]] FrameBuilder builder() const {
        FrameBuilder out = v6 ? FrameBuilder().ipv6("2001:db8::1", "2001:db8::2")
                              : FrameBuilder().ipv4("192.0.2.1", "198.51.100.2");
        udp ? out.udp(1, 2) : out.tcp(1, 2);
        return out.payload(123);
    }
};

inline const std::vector<ProbedProtocol>& probed_protocols() {
    static const std::vector<ProbedProtocol> list = {
        {"tcp4", false, false}, {"udp4", false, true}, {"tcp6", true, false}, {"udp6", true, true}};
    return list;
}

inline std::vector<Frame> probed_stream(bool v6) {
    std::vector<Frame> out;
    for (const std::uint32_t sequence : {1u, 101u, 201u}) {
        out.push_back((v6 ? FrameBuilder().ipv6("2001:db8::1", "2001:db8::2")
                          : FrameBuilder().ipv4("192.0.2.1", "198.51.100.2"))
                          .tcp(1, 2, sequence)
                          .payload(100)
                          .build());
    }
    return out;
}

struct OffloadProbe : WithBlock<RscRig> {
    TxRing tx{driver};

    explicit OffloadProbe(const ixgbe_config& config = default_config()) : WithBlock(config) {
        driver.write<VXLANCTRL>(4789);
    }
    static constexpr std::uint32_t kTunnel = bit(16);  // X550 DS 7.1.6.2, word 0

    [[nodiscard]] std::uint32_t host_sets(std::uint32_t member, std::uint16_t value) const {
        return ixgbe_block_set(machine.device(), Block::parameters + member, value);
    }
    // Everything that is not done for the guest.
    Names missing() {
        out_.clear();
        sums();
        large_sends();
        driver.write<RSCCTL>(0, 0);
        verdicts();
        tunnels();
        driver.write<RSCCTL>(0, RSCCTL::rscen | RSCCTL::maxdesc_16);
        for (const bool v6 : {false, true}) {
            note(v6 ? "rsc6" : "rsc4", segments_of(burst(probed_stream(v6))) == std::vector{3u});
            ring.fill_all();
        }
        return out_;
    }

private:
    void note(const std::string& name, bool done) {
        if (!done) {
            out_.insert(name);
        }
    }
    // What is sent of it; the counter rises where it is not what was asked for.
    template <typename Post, typename Right>
    void sent(const std::string& name, unsigned counter, const Post& post, const Right& right) {
        const std::uint64_t before = block.counter(counter);
        host.forget();
        post();
        tx.kick();
        EXPECT_TRUE(machine.run());
        const bool done = right();
        note(name, done);
        EXPECT_EQ(block.counter(counter) - before, done ? 0u : 1u) << name;
    }
    void sum(const std::string& name, const Context& context, const TxRing::Flags& flags,
             const Frame& request, const Frame& right) {
        const auto post = [&] {
            tx.put_context(context);
            tx.put_packet(request, flags);
        };
        sent(name, Counter::tx_csum_off, post, [&] {
            EXPECT_EQ(host.sent.size(), 1u) << name;
            return !host.sent.empty() && host.sent[0].bytes == right;
        });
    }
    void sums() {
        for (const ProbedProtocol& one : probed_protocols()) {
            const Frame right = one.builder().build();
            const Context context{
                .iplen = static_cast<std::uint32_t>(one.builder().l4_offset() - kEthBytes),
                .type = one.udp ? TxContext::l4_udp : TxContext::l4_tcp};
            Frame request = right;
            seed_l4_checksum(request, kEthBytes, one.builder().l4_offset());
            sum(one.name + " tx", context, {.options = TxData::txsm}, request, right);
            if (one.name == "tcp4") {
                request = right;
                put_be16(request, kEthBytes + 10, 0);
                sum("ip4 tx", context, {.options = TxData::ixsm}, request, right);
            }
        }
    }
    void large_sends() {
        const auto cut = [&](const std::string& name, const Lso& lso, unsigned counter) {
            sent(
                name, counter, [&] { lso.post(tx); }, [&] { return host.sent.size() == 3; });
        };
        cut("lso4", tcp4(3000, 1000), Counter::lso_off);
        cut("lso6", tcp6(3000, 1000), Counter::lso_off);
        cut("uso4", udp(false, 3000, 1000), Counter::uso_rejected);
        cut("uso6", udp(true, 3000, 1000), Counter::uso_rejected);
    }
    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive_alone(frame), IXGBE_ACCEPTED);
        auto packet = ring.take();
        ring.fill_all();
        EXPECT_TRUE(packet);
        return packet.value_or(RxPacket{{}, {}, {{0, 0, 0, 0}}, false});
    }
    void verdicts() {
        for (const ProbedProtocol& one : probed_protocols()) {
            const RxPacket packet = deliver(one.builder().build());
            note(one.name + " rx", packet.has(RxWriteBack::l4cs));
            if (!one.v6) {
                note("ip4 rx", packet.has(RxWriteBack::ipcs));
            }
        }
    }
    // The outer IPv4 checksum of what is sent, the type of what arrives.
    void tunnels() {
        for (const TunnelKind kind : {TunnelKind::nvgre, TunnelKind::vxlan}) {
            const std::string name = kind == TunnelKind::nvgre ? "nvgre" : "vxlan";
            const TunnelFrame tunnel(kind, FrameBuilder().ipv4("10.0.0.1", "10.0.0.2"),
                                     probed_protocols()[0].builder());
            Frame request = tunnel.frame;
            put_be16(request, tunnel.outer_l3 + 10, 0);
            sum(name + " tx", tunnel.context(TxContext::l4_tcp),
                {.command = kLast | tunnel.command()}, request, tunnel.frame);
            note(name + " rx", (deliver(tunnel.frame).type() & kTunnel) != 0);
        }
    }

    Names out_;
};

}  // namespace x550
