// SPDX-License-Identifier: GPL-2.0-or-later
// NVGRE and VXLAN under the task-offload block: plain packets until they are switched on, on
// transmit and on receive. Rules CTRL-10, NVGRE-2, NVGRE-10, NVGRE-18 and NVGRE-23.

#include <gtest/gtest.h>

#include "rss_key.h"
#include "task_offload_rig.h"
#include "tunnel_frame.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kTunnelType = bit(16);  // X550 DS 7.1.6.2, word 0
constexpr std::uint32_t kVxlanType = bit(11);

constexpr TunnelKind kKinds[] = {TunnelKind::nvgre, TunnelKind::vxlan};

FrameBuilder outer(bool v4 = true) {
    return v4 ? FrameBuilder().ipv4("10.0.0.1", "10.0.0.2")
              : FrameBuilder().ipv6("2001:db8:1::1", "2001:db8:1::2");
}
FrameBuilder inner(bool v4 = true) {
    return v4 ? FrameBuilder().ipv4("66.9.149.187", "161.142.100.80")
              : FrameBuilder().ipv6("2001:db8::1", "2001:db8::2");
}
FrameBuilder inner_tcp(std::size_t payload = 50) {
    return inner().ip_id(0x7FFF).tcp(2794, 1766).payload(payload);
}
std::uint8_t types(TunnelKind kind) {
    return kind == TunnelKind::nvgre ? EncapValue::nvgre : EncapValue::vxlan;
}

struct TunnelRig : TaskOffloadRig {
    TxRing tx{driver};
    RxRing rx{driver, 0, {.size = 16}};

    explicit TunnelRig(const ixgbe_config& config = default_config()) : WithBlock(config) {
        driver.set_rss_key(kVerificationKey);
        driver.write<RXCSUM>(RXCSUM::pcsd);
        driver.write<MRQC>(MRQC::rss | MRQC::tcp4 | MRQC::ipv4 | MRQC::udp4);
    }
    void engage(std::uint8_t switched, std::uint8_t of_types = 0) const {
        block.engage({{Param::encap, switched}, {Param::encap_types, of_types}});
    }
    Frame sent(const TunnelFrame& tunnel, std::uint32_t l4_type = TxContext::l4_tcp) {
        host.forget();
        tx.put_context(tunnel.context(l4_type));
        tx.send(tunnel.request(),
                {.command = kLast | tunnel.command(), .options = tunnel.options()});
        EXPECT_EQ(host.sent.size(), 1u);
        return host.sent.empty() ? Frame{} : host.sent[0].bytes;
    }
    std::vector<Frame> cut(const TunnelFrame& tunnel, bool udp = false) {
        host.forget();
        Context context = tunnel.context(udp ? TxContext::l4_udp : TxContext::l4_tcp);
        context.l4len = static_cast<std::uint32_t>(udp ? kUdpBytes : kTcpBytes);
        context.mss = 1000;
        const std::size_t headers = tunnel.inner_l4 + context.l4len;
        tx.put_context(context);
        const std::uint32_t last =
            tx.send(tunnel.lso_request(),
                    {.command = kLast | TxData::tse | tunnel.command(),
                     .options = tunnel.options(),
                     .paylen = static_cast<std::uint32_t>(tunnel.frame.size() - headers)});
        EXPECT_TRUE(tx.done(last));
        std::vector<Frame> out;
        for (const SentFrame& frame : host.sent) {
            out.push_back(frame.bytes);
        }
        return out;
    }
    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive_alone(frame), IXGBE_ACCEPTED);
        auto packet = rx.take();
        rx.fill_all();
        EXPECT_TRUE(packet);
        return packet.value_or(RxPacket{{}, {}, {{0, 0, 0, 0}}, false});
    }
};

// ---- Transmit ----

TEST(TaskOffloadTunnelTx, ChecksumsOfATunnelThatIsOffAreIgnoredAndCounted) {
    for (const TunnelKind kind : kKinds) {
        for (const bool outer_v4 : {false, true}) {
            const TunnelFrame tunnel(kind, outer(outer_v4), inner_tcp());
            TunnelRig rig;
            EXPECT_TRUE(same_bytes(tunnel.frame, rig.sent(tunnel))) << "before a doorbell";
            rig.engage(0);
            EXPECT_TRUE(same_bytes(tunnel.request(), rig.sent(tunnel))) << "CTRL-10";
            EXPECT_NE(rig.block.counter(Counter::tx_csum_off), 0u);
            rig.engage(EncapValue::on, EncapValue::both);
            EXPECT_TRUE(same_bytes(tunnel.frame, rig.sent(tunnel)));
            EXPECT_EQ(rig.block.counter(Counter::tx_csum_off), 0u);
            rig.engage(EncapValue::off);
            EXPECT_TRUE(same_bytes(tunnel.request(), rig.sent(tunnel)));
        }
    }
}

TEST(TaskOffloadTunnelTx, LargeSendsOfATunnelThatIsOffAreDropped) {
    for (const TunnelKind kind : kKinds) {
        const TunnelFrame tcp(kind, outer(), inner_tcp(3000));
        const TunnelFrame udp(kind, outer(), inner().udp(1, 2).payload(3000));
        TunnelRig rig;
        EXPECT_EQ(rig.cut(tcp).size(), 3u) << "before a doorbell";
        EXPECT_EQ(rig.cut(udp, true).size(), 3u);
        rig.engage(0);
        EXPECT_TRUE(rig.cut(tcp).empty());
        EXPECT_EQ(rig.block.counter(Counter::lso_off), 1u);
        EXPECT_TRUE(rig.cut(udp, true).empty());
        EXPECT_EQ(rig.block.counter(Counter::uso_rejected), 1u);
        rig.engage(EncapValue::on, types(kind));
        EXPECT_EQ(rig.cut(tcp).size(), 3u);
        EXPECT_EQ(rig.cut(udp, true).size(), 3u);
    }
}

// Rule NVGRE-2: only the types that were named.
TEST(TaskOffloadTunnelTx, EachKindIsActivatedByItself) {
    for (const TunnelKind active : kKinds) {
        TunnelRig rig;
        rig.engage(EncapValue::on, types(active));
        for (const TunnelKind kind : kKinds) {
            const TunnelFrame tunnel(kind, outer(), inner_tcp(3000));
            EXPECT_TRUE(
                same_bytes(kind == active ? tunnel.frame : tunnel.request(), rig.sent(tunnel)));
            EXPECT_EQ(rig.cut(tunnel).size(), kind == active ? 3u : 0u);
        }
    }
}

// Rule NVGRE-10: outer in 16 bits, inner as LSO-13.
TEST(TaskOffloadTunnelTx, InnerIdentificationsCountFifteenBits) {
    TunnelRig rig;
    rig.engage(EncapValue::on, EncapValue::both);
    for (const TunnelKind kind : kKinds) {
        const TunnelFrame tunnel(kind, outer().ip_id(0x7FFF), inner_tcp(3000));
        const auto frames = rig.cut(tunnel);
        ASSERT_EQ(frames.size(), 3u);
        const std::uint16_t inner_ids[] = {0x7FFF, 0x0000, 0x0001};
        for (std::size_t i = 0; i < frames.size(); ++i) {
            EXPECT_EQ(be16_at(frames[i], tunnel.outer_l3 + 4), 0x7FFF + i);
            EXPECT_EQ(be16_at(frames[i], tunnel.inner_l3 + 4), inner_ids[i]);
            EXPECT_TRUE(is_consistent(std::span(frames[i]).subspan(tunnel.inner_frame)));
        }
    }
}

// ---- Receive ----

TEST(TaskOffloadTunnelRx, AnInactiveTunnelIsAPlainPacket) {
    for (const TunnelKind kind : kKinds) {
        const TunnelFrame tunnel(kind, outer(), inner_tcp());
        const bool vxlan = kind == TunnelKind::vxlan;
        TunnelRig rig;
        rig.driver.write<VXLANCTRL>(4789);
        EXPECT_NE(rig.deliver(tunnel.frame).type() & kTunnelType, 0u) << "before a doorbell";
        rig.engage(0);
        RxPacket packet = rig.deliver(tunnel.frame);
        EXPECT_EQ(packet.type(), RxWriteBack::type_ipv4 | (vxlan ? RxWriteBack::type_udp : 0));
        EXPECT_TRUE(packet.has(RxWriteBack::ipcs));
        EXPECT_FALSE(packet.has(RxWriteBack::l4cs)) << "no inner verdict";
        EXPECT_NE(packet.hash(), 0x51CCC178u) << "no inner hash";
        rig.engage(EncapValue::on, types(kind));
        packet = rig.deliver(tunnel.frame);
        EXPECT_EQ(packet.type(), kTunnelType | (vxlan ? kVxlanType : 0) | RxWriteBack::type_ipv4 |
                                     RxWriteBack::type_tcp);
        EXPECT_TRUE(packet.has(RxWriteBack::ipcs | RxWriteBack::outer_ipcs | RxWriteBack::l4cs));
        EXPECT_EQ(packet.hash(), 0x51CCC178u);
        EXPECT_EQ(rig.block.counter(Counter::encap_parsed), 1u);
    }
}

TEST(TaskOffloadTunnelRx, GreOfAnotherKindIsCounted) {
    TunnelRig rig;
    rig.engage(EncapValue::on, EncapValue::nvgre);
    const Frame frame = outer().protocol(47).payload({0, 0, 8, 0, 1, 2, 3, 4}).build();
    EXPECT_EQ(rig.deliver(frame).type(), RxWriteBack::type_ipv4);
    EXPECT_EQ(rig.block.counter(Counter::encap_unknown), 1u);
    EXPECT_EQ(rig.block.counter(Counter::encap_parsed), 0u);
}

// Rule NVGRE-23: to the end of the inner L4 header; the frame is 14 + 20 + 8 + 14 + 20 + 20.
TEST(TaskOffloadTunnelRx, HeadersLongerThanTheLimitAreNotParsed) {
    const TunnelFrame tunnel(TunnelKind::nvgre, outer(), inner_tcp());
    for (const std::uint16_t limit : {std::uint16_t{95}, std::uint16_t{96}}) {
        TunnelRig rig(changed_config([&](auto& c) { c.encap_max_header = limit; }));
        EXPECT_NE(rig.deliver(tunnel.frame).type() & kTunnelType, 0u) << "nothing before";
        rig.engage(EncapValue::on, EncapValue::nvgre);
        const RxPacket packet = rig.deliver(tunnel.frame);
        EXPECT_EQ((packet.type() & kTunnelType) != 0, limit == 96) << limit;
        EXPECT_EQ(rig.block.counter(Counter::encap_oversize), limit == 96 ? 0u : 1u);
        EXPECT_EQ(rig.block.counter(Counter::encap_parsed), limit == 96 ? 1u : 0u);
    }
}

// Rule NVGRE-21: filters match the inner address, once tunnels are active; the chip's the outer.
TEST(TaskOffloadTunnelRx, PoolsGoByTheInnerAddressOfAnActiveTunnel) {
    WithBlock<VmdqRig> rig;
    rig.addresses_of({1, 2});
    rig.rings({2, 4});
    const TunnelFrame tunnel(TunnelKind::nvgre, outer().to(mac_of_pool(1)),
                             inner_tcp().to(mac_of_pool(2)));
    EXPECT_EQ(rig.receivers(tunnel.frame), Queues{2});
    rig.block.engage();
    EXPECT_EQ(rig.receivers(tunnel.frame), Queues{2}) << "not active";
    rig.block.engage({{Param::encap, EncapValue::on}});
    EXPECT_EQ(rig.receivers(tunnel.frame), Queues{4});
}

// "VXLAN's port is the one in VXLANCTRL: the block writes that register when VXLAN becomes active,
// and takes over what a driver writes there."
TEST(TaskOffloadTunnelRx, ThePortOfVxlanIsOneWithTheRegister) {
    TunnelRig rig;
    const auto port = [&] { return rig.block.current(Word::encap_port) & EncapPort::port_mask; };
    rig.block.request_port(8472);
    rig.engage(0);
    EXPECT_EQ(rig.driver.read<VXLANCTRL>(), 0u) << "not active";
    rig.engage(EncapValue::on, EncapValue::vxlan);
    EXPECT_EQ(rig.driver.read<VXLANCTRL>(), 8472u);
    rig.driver.write<VXLANCTRL>(5000);
    EXPECT_EQ(port(), 5000u);
    rig.block.request_port(4789);
    EXPECT_EQ(rig.block.ring(Doorbell::parameters), Result::done);
    EXPECT_EQ(port(), 4789u);
    EXPECT_EQ(rig.driver.read<VXLANCTRL>(), 4789u);
}

}  // namespace
}  // namespace x550
