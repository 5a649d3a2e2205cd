// SPDX-License-Identifier: GPL-2.0-or-later
// Verdicts on checksums and packet types, as the receive descriptor reports them.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kIpcs = RxWriteBack::ipcs, kL4cs = RxWriteBack::l4cs,
                        kUdpcs = RxWriteBack::udpcs, kIpe = RxWriteBack::ipe,
                        kL4e = RxWriteBack::l4e;
constexpr std::uint32_t kVerdict = kIpcs | kL4cs | kUdpcs | kIpe | kL4e;
constexpr std::uint32_t kNeverForGood = 0x3B000000;  // bits that make Linux drop a frame

FrameBuilder v4() {
    return FrameBuilder().ipv4("192.0.2.1", "192.0.2.2");
}
FrameBuilder v6() {
    return FrameBuilder().ipv6("2001:db8::1", "2001:db8::2");
}

struct Case {
    const char* name;
    Frame frame;
    std::uint32_t verdict;
    std::uint32_t type;
};

Frame spoiled(Frame frame, std::size_t at) {
    frame.at(at) = static_cast<std::uint8_t>(frame.at(at) ^ 0x40);
    return frame;
}

Frame without_udp_checksum(const FrameBuilder& builder) {
    Frame frame = builder.build();
    put_be16(frame, builder.l4_offset() + 6, 0);
    return frame;
}

Frame ip_in_ip(std::uint8_t protocol, const Frame& inner) {
    return v4().protocol(protocol).payload(Frame(inner.begin() + kEthBytes, inner.end())).build();
}

constexpr std::uint32_t kV4 = RxWriteBack::type_ipv4, kV4Opt = RxWriteBack::type_ipv4_options,
                        kV6 = RxWriteBack::type_ipv6, kV6Ext = RxWriteBack::type_ipv6_extensions,
                        kTcp = RxWriteBack::type_tcp, kUdp = RxWriteBack::type_udp,
                        kSctp = RxWriteBack::type_sctp;

Frame pad_option() {
    return {1, 4, 0, 0, 0, 0};
}

std::vector<Case> cases() {
    const FrameBuilder tcp4 = v4().tcp(1, 2).payload(100);
    const FrameBuilder udp4 = v4().udp(1, 2).payload(101);
    const FrameBuilder sctp4 = v4().sctp(1, 2).payload(100);
    const FrameBuilder tcp6 = v6().tcp(1, 2).payload(99);
    const FrameBuilder udp6 = v6().udp(1, 2).payload(100);
    const FrameBuilder sctp6 = v6().sctp(1, 2).payload(100);
    return {
        {"NotIp", plain_frame(100), 0, 0},
        {"Ipv4Tcp", tcp4.build(), kIpcs | kL4cs, kV4 | kTcp},
        {"Ipv4TcpBadSum", spoiled(tcp4.build(), 80), kIpcs | kL4cs | kL4e, kV4 | kTcp},
        {"Ipv4TcpBadHeader", spoiled(tcp4.build(), kEthBytes + 8), kIpcs | kL4cs | kIpe,
         kV4 | kTcp},
        {"Ipv4Udp", udp4.build(), kIpcs | kL4cs | kUdpcs, kV4 | kUdp},
        {"Ipv4UdpBadSum", spoiled(udp4.build(), 80), kIpcs | kL4cs | kUdpcs | kL4e, kV4 | kUdp},
        {"Ipv4UdpNoSum", without_udp_checksum(udp4), kIpcs, kV4 | kUdp},
        {"Ipv4Sctp", sctp4.build(), kIpcs | kL4cs, kV4 | kSctp},
        {"Ipv4SctpBadSum", spoiled(sctp4.build(), 80), kIpcs | kL4cs | kL4e, kV4 | kSctp},
        {"Ipv4Icmp", v4().protocol(1).payload(100).build(), kIpcs, kV4},
        {"Ipv4FirstFragment", v4().udp(1, 2).fragment(0, true).payload(104).build(), kIpcs, kV4},
        {"Ipv4LaterFragment", v4().tcp(1, 2).fragment(1480, false).payload(104).build(), kIpcs,
         kV4},
        {"Ipv4FragmentBadHeader",
         spoiled(v4().tcp(1, 2).fragment(1480, true).payload(104).build(), kEthBytes + 8),
         kIpcs | kIpe, kV4},
        {"Ipv4OptionsTcp", v4().ip_options().tcp(1, 2).payload(100).build(), kIpcs | kL4cs,
         kV4Opt | kTcp},
        {"Ipv6Tcp", tcp6.build(), kL4cs, kV6 | kTcp},
        {"Ipv6TcpBadSum", spoiled(tcp6.build(), 100), kL4cs | kL4e, kV6 | kTcp},
        {"Ipv6Udp", udp6.build(), kL4cs | kUdpcs, kV6 | kUdp},
        {"Ipv6UdpBadSum", spoiled(udp6.build(), 100), kL4cs | kUdpcs | kL4e, kV6 | kUdp},
        {"Ipv6UdpNoSum", without_udp_checksum(udp6), kL4cs | kUdpcs | kL4e, kV6 | kUdp},
        {"Ipv6Sctp", sctp6.build(), kL4cs, kV6 | kSctp},
        {"Ipv6Icmp", v6().protocol(58).payload(100).build(), 0, kV6},
        {"Ipv6HopByHopTcp", v6().extension(0, pad_option()).tcp(1, 2).payload(100).build(), kL4cs,
         kV6Ext | kTcp},
        {"Ipv6DestinationOptionsUdp",
         v6().extension(60, pad_option()).udp(1, 2).payload(100).build(), kL4cs | kUdpcs,
         kV6Ext | kUdp},
        {"Ipv6Fragment", v6().extension(44, Frame{0, 1, 0, 0, 0, 9}).udp(1, 2).payload(104).build(),
         0, kV6Ext},
        {"Ipv4InIpv4", ip_in_ip(4, tcp4.build()), kIpcs, kV4},
        {"VlanIpv4Tcp", v4().vlan(7).tcp(1, 2).payload(100).build(), kIpcs | kL4cs, kV4 | kTcp},
        {"ShortIpv4UdpWithPadding", v4().udp(1, 2).payload(1).build(), kIpcs | kL4cs | kUdpcs,
         kV4 | kUdp},
        {"PlainGre", v4().protocol(47).payload(Frame{0, 0, 0x08, 0, 1, 2, 3, 4}).build(), kIpcs,
         kV4},
    };
}

class RxVerdict : public testing::TestWithParam<std::size_t> {};

TEST_P(RxVerdict, IsWhatTheTableSays) {
    const Case one = cases()[GetParam()];
    Rig rig;
    RxRing rx(rig.driver);
    ASSERT_EQ(rig.machine.receive(one.frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->status() & kVerdict, one.verdict) << std::hex << packet->status();
    EXPECT_EQ(packet->type(), one.type) << std::hex << packet->type();
    EXPECT_EQ(packet->status() & kNeverForGood, 0u);
}

INSTANTIATE_TEST_SUITE_P(Frames, RxVerdict, testing::Range(std::size_t{0}, cases().size()),
                         [](const auto& one) { return cases()[one.param].name; });

TEST(RxVerdictLegacy, BitsSitInTheLegacyStatus) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.type = RxDescriptorType::legacy});
    const Frame good = v4().tcp(1, 2).payload(100).build();
    rig.machine.receive(good);
    auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxLegacy::ipcs | RxLegacy::l4cs));
    EXPECT_EQ(packet->status() & (RxLegacy::ipe | RxLegacy::tcpe), 0u);
    rig.machine.receive(spoiled(good, 80));
    packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxLegacy::tcpe));
}

TEST(RxVerdictOffload, PeersWordIsTakenForAVouchedFrame) {
    Rig rig;
    RxRing rx(rig.driver);
    const Frame frame = spoiled(v4().tcp(1, 2).payload(100).build(), 80);
    ixgbe_frame_offload offload{};
    offload.data_valid = 1;
    ASSERT_EQ(rig.machine.receive(frame, &offload), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->status() & kVerdict, kIpcs | kL4cs);
}

TEST(RxFragment, IdentificationIsReportedWithoutPcsd) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.machine.receive(v4().ip_id(0xBEEF).tcp(1, 2).payload(100).build());
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->last()[1] & 0xFFFF, 0xBEEFu);
}

TEST(RxVerdictOffload, UnfinishedChecksumIsNeverReportedBad) {
    Rig rig;
    RxRing rx(rig.driver);
    const FrameBuilder builder = v4().tcp(1, 2).payload(100);
    Frame frame = builder.build();
    seed_l4_checksum(frame, kEthBytes, builder.l4_offset());
    ixgbe_frame_offload offload{};
    offload.needs_csum = 1;
    offload.csum_start = static_cast<std::uint16_t>(builder.l4_offset());
    offload.csum_offset = 16;
    ASSERT_EQ(rig.machine.receive(frame, &offload), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->status() & kVerdict, kIpcs | kL4cs);
}

TEST(RxVerdictOffload, OffsetsOutsideTheFrameAreHarmless) {
    Rig rig;
    RxRing rx(rig.driver);
    ixgbe_frame_offload offload{};
    offload.needs_csum = 1;
    offload.csum_start = 60000;
    offload.csum_offset = 60000;
    (void)rig.machine.receive(v4().tcp(1, 2).payload(100).build(), &offload);
    offload.csum_start = 152;
    offload.csum_offset = 1;
    (void)rig.machine.receive(v4().tcp(1, 2).payload(100).build(), &offload);
    EXPECT_TRUE(rig.machine.run());
}

}  // namespace
}  // namespace x550
