// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for frames that arrive in NVGRE and VXLAN. Numbers of rules
// are those of the table in docs/coverage.md.

#include <array>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <vector>

#include "hex.h"
#include "rig.h"
#include "rss_key.h"
#include "tunnel_frame.h"

namespace x550 {
namespace {

// X550 DS 7.1.6.2: word 2, then word 0.
constexpr std::uint32_t kOuterIper = bit(26);
constexpr std::uint32_t kVxlan = bit(11);
constexpr std::uint32_t kTunnel = bit(16);
constexpr std::uint32_t kOuterIpcs = RxWriteBack::outer_ipcs, kIpcs = RxWriteBack::ipcs,
                        kL4cs = RxWriteBack::l4cs, kUdpcs = RxWriteBack::udpcs,
                        kIpe = RxWriteBack::ipe, kL4e = RxWriteBack::l4e;
constexpr std::uint32_t kVerdict = kOuterIpcs | kOuterIper | kIpcs | kL4cs | kUdpcs | kIpe | kL4e;

FrameBuilder outer_of(bool v4) {
    return v4 ? FrameBuilder().ipv4("10.0.0.1", "10.0.0.2")
              : FrameBuilder().ipv6("2001:db8::1", "2001:db8::2");
}
// The first vector of the suite for each version, still without a transport.
FrameBuilder inner_of(bool v4) {
    return v4 ? FrameBuilder().ipv4("66.9.149.187", "161.142.100.80")
              : FrameBuilder().ipv6("3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1");
}
FrameBuilder inner_tcp(bool v4) {
    return inner_of(v4).tcp(2794, 1766).payload(50);
}

Frame spoiled(Frame frame, std::size_t at) {
    frame.at(at) = static_cast<std::uint8_t>(frame.at(at) ^ 0x40);
    return frame;
}

struct TunnelRig : Rig {
    RxRing rx{driver, 0, {.size = 16}};

    TunnelRig() {
        driver.set_rss_key(kVerificationKey);
        driver.write<VXLANCTRL>(4789);
        driver.write<RXCSUM>(RXCSUM::pcsd);
        driver.write<MRQC>(MRQC::rss | MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::ipv6 |
                           MRQC::udp4 | MRQC::udp6);
    }
    // Rules CSUM-15 and NVGRE-18: delivered as it came, whatever is in it.
    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        auto packet = rx.take();
        rx.fill_all();
        EXPECT_TRUE(packet);
        if (!packet) {
            return RxPacket{{}, {}, {{0, 0, 0, 0}}, false};
        }
        EXPECT_TRUE(same_bytes(frame, packet->bytes));
        return *packet;
    }
    std::uint32_t verdict(const Frame& frame) { return deliver(frame).status() & kVerdict; }
};

struct Mixture {
    TunnelKind kind;
    bool outer_v4, inner_v4, tcp;
};

class RuleRxTunnel : public testing::TestWithParam<Mixture> {
protected:
    static TunnelFrame tunnel() {
        const Mixture& one = GetParam();
        FrameBuilder inner = inner_tcp(one.inner_v4);
        if (!one.tcp) {
            inner.udp(2794, 1766);
        }
        return {one.kind, outer_of(one.outer_v4), inner};
    }
    static std::uint32_t good() {
        const Mixture& one = GetParam();
        return kL4cs | (one.outer_v4 ? kOuterIpcs : 0) | (one.inner_v4 ? kIpcs : 0) |
               (one.tcp ? 0 : kUdpcs);
    }
    TunnelRig rig;
};

// Rules NVGRE-3, NVGRE-16 and NVGRE-25: outer IPv4, inner IPv4 and inner TCP or UDP, each told
// apart; from IPCS, IPE, OUTERIPCS and OUTERIPER a driver makes the one verdict on both headers.
TEST_P(RuleRxTunnel, EveryLayerIsJudged) {
    const TunnelFrame t = tunnel();
    EXPECT_EQ(rig.verdict(t.frame), good());
    EXPECT_EQ(rig.verdict(spoiled(t.frame, t.frame.size() - 1)), good() | kL4e) << "payload";
    EXPECT_EQ(rig.verdict(spoiled(t.frame, t.inner_l4 + 1)), good() | kL4e) << "port";
    if (t.inner_v4) {
        EXPECT_EQ(rig.verdict(spoiled(t.frame, t.inner_l3 + 8)), good() | kIpe) << "inner TTL";
    }
    if (t.outer_v4) {
        const Frame bad = spoiled(t.frame, t.outer_l3 + 8);
        EXPECT_EQ(rig.verdict(bad), good() | kOuterIper) << "outer TTL";
    }
}

// Rules NVGRE-17 and NVGRE-19, vectors RSS-V1 and RSS-V6: type and hash are those inside.
TEST_P(RuleRxTunnel, InnerAddressesAndPortsAreHashed) {
    const Mixture& one = GetParam();
    const RxPacket packet = rig.deliver(tunnel().frame);
    EXPECT_EQ(packet.hash(), one.inner_v4 ? 0x51CCC178u : 0x40207D3Du);
    const std::uint32_t of_tcp = one.inner_v4 ? 1 : 3;
    const std::uint32_t of_udp = one.inner_v4 ? 7 : 8;
    EXPECT_EQ(packet.rss_type(), one.tcp ? of_tcp : of_udp);
    EXPECT_EQ(packet.type(), kTunnel | (one.kind == TunnelKind::vxlan ? kVxlan : 0) |
                                 (one.inner_v4 ? RxWriteBack::type_ipv4 : RxWriteBack::type_ipv6) |
                                 (one.tcp ? RxWriteBack::type_tcp : RxWriteBack::type_udp));
}

// Rule NVGRE-20 wants the outer addresses where no TCP or UDP is inside; the X550 takes the inner
// ones (DS 7.1.3.7).
TEST_P(RuleRxTunnel, WithoutInnerPortsTheChipHashesTheInnerAddresses) {
    const Mixture& one = GetParam();
    FrameBuilder inner = inner_of(one.inner_v4);
    inner.protocol(one.inner_v4 ? 1 : 58).payload(50);
    const TunnelFrame t(one.kind, outer_of(one.outer_v4), inner);
    const RxPacket packet = rig.deliver(t.frame);
    EXPECT_EQ(packet.hash(), one.inner_v4 ? 0x323E8FC2u : 0x2CC18CD5u);
    EXPECT_EQ(packet.rss_type(), one.inner_v4 ? 2u : 5u);
}

// Rule NVGRE-26: an outer UDP checksum, right or wrong, costs neither the frame nor the inner
// verdict. The X550 tells that there is one in OUTERIPER.
TEST_P(RuleRxTunnel, OuterUdpChecksumLeavesTheInnerVerdictAlone) {
    const TunnelFrame t = tunnel();
    if (t.kind != TunnelKind::vxlan) {
        return;
    }
    Frame frame = t.frame;
    put_be16(frame, t.outer_l4 + 6, 0x1234);
    EXPECT_EQ(rig.verdict(frame), good() | kOuterIper) << "wrong";
    seed_l4_checksum(frame, t.outer_l3, t.outer_l4);
    const std::uint16_t sum = ones_sum(std::span<const std::uint8_t>(frame).subspan(t.outer_l4));
    put_be16(frame, t.outer_l4 + 6, static_cast<std::uint16_t>(~sum));
    EXPECT_EQ(rig.verdict(frame), good() | kOuterIper) << "right";
}

std::vector<Mixture> every_mixture() {
    std::vector<Mixture> out;
    for (unsigned i = 0; i < 16; ++i) {
        out.push_back({(i & 1) != 0 ? TunnelKind::vxlan : TunnelKind::nvgre, (i & 2) == 0,
                       (i & 4) == 0, (i & 8) == 0});
    }
    return out;
}

std::string name_of(const testing::TestParamInfo<Mixture>& info) {
    const Mixture& one = info.param;
    return std::string(one.kind == TunnelKind::nvgre ? "Nvgre" : "Vxlan") +
           (one.outer_v4 ? "4" : "6") + "With" + (one.tcp ? "Tcp" : "Udp") +
           (one.inner_v4 ? "4" : "6");
}

INSTANTIATE_TEST_SUITE_P(Mixtures, RuleRxTunnel, testing::ValuesIn(every_mixture()), name_of);

// ---- what is a tunnel ----

Frame in_gre(const char* header) {
    Frame payload = from_hex(header);
    const Frame inside = inner_tcp(true).build();
    payload.insert(payload.end(), inside.begin(), inside.end());
    return outer_of(true).protocol(47).payload(payload).build();
}

// Rule NVGRE-17: checksum and sequence number of GRE are stepped over.
TEST(RuleRxTunnelKind, OptionalGreFieldsAreSteppedOver) {
    TunnelRig rig;
    for (const char* header :
         {"20006558 00abcd12", "a0006558 00000000 00abcd12", "30006558 00abcd12 00000001",
          "b0006558 00000000 00abcd12 00000001"}) {
        const RxPacket packet = rig.deliver(in_gre(header));
        EXPECT_EQ(packet.type(), kTunnel | RxWriteBack::type_ipv4 | RxWriteBack::type_tcp)
            << header;
        EXPECT_EQ(packet.hash(), 0x51CCC178u) << header;
        EXPECT_EQ(packet.status() & kVerdict, kOuterIpcs | kIpcs | kL4cs) << header;
    }
}

// Rules NVGRE-17 and NVGRE-18: no key, another version, source routes, not Ethernet. The hash is
// that of 10.0.0.1 and 10.0.0.2.
TEST(RuleRxTunnelKind, OtherGreIsPlainIp) {
    TunnelRig rig;
    for (const char* header :
         {"00006558", "20016558 00abcd12", "60006558 00000000 00abcd12", "20000800 00abcd12"}) {
        const RxPacket packet = rig.deliver(in_gre(header));
        EXPECT_EQ(packet.type(), RxWriteBack::type_ipv4) << header;
        EXPECT_EQ(packet.hash(), 0x02B7C9B1u) << header;
        EXPECT_EQ(packet.rss_type(), 2u) << header;
        EXPECT_EQ(packet.status() & kVerdict, kIpcs) << header;
    }
}

// Rules NVGRE-2 and NVGRE-18: VXLAN on a port that VXLANCTRL does not name is UDP. The hash is that
// of 10.0.0.1:5555 and 10.0.0.2:4789, made with the definition.
TEST(RuleRxTunnelKind, VxlanOnAnotherPortIsPlainUdp) {
    for (const std::uint32_t port : {0u, 4790u}) {
        TunnelRig rig;
        rig.driver.write<VXLANCTRL>(port);
        const TunnelFrame t(TunnelKind::vxlan, outer_of(true), inner_tcp(true));
        const RxPacket packet = rig.deliver(t.frame);
        EXPECT_EQ(packet.type(), RxWriteBack::type_ipv4 | RxWriteBack::type_udp);
        EXPECT_EQ(packet.hash(), 0x42FE7826u);
        EXPECT_EQ(packet.rss_type(), 7u);
        EXPECT_EQ(packet.status() & kVerdict, kIpcs) << "its own checksum is 0";
    }
}

}  // namespace
}  // namespace x550
