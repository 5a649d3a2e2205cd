// SPDX-License-Identifier: GPL-2.0-or-later
// Checksums of packets that are not segmented.
#include <gtest/gtest.h>

#include "engine_reference.h"
#include "net/lso.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using ref::Buffer;

TEST(Insertion, SumsTheIpHeaderTogetherWithItsChecksumField) {
    Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, ref::tcp(ref::v4_addresses(), {}));
    const std::uint16_t right = ref::get16(frame, 24);
    ref::put16(frame, 24, 0);
    ASSERT_TRUE(insert_ipv4_checksum(frame, 14, 20));
    EXPECT_EQ(ref::get16(frame, 24), right);
    ref::put16(frame, 24, 0xFFFF);  // minus zero: what one driver writes
    ASSERT_TRUE(insert_ipv4_checksum(frame, 14, 20));
    EXPECT_EQ(ref::get16(frame, 24), right);
    ref::put16(frame, 24, 0x0100);
    ASSERT_TRUE(insert_ipv4_checksum(frame, 14, 20));
    EXPECT_NE(ref::get16(frame, 24), right);
}

TEST(Insertion, RefusesIpHeadersOutsideThePacket) {
    const Buffer before = ref::counting(60);
    Buffer frame = before;
    EXPECT_FALSE(insert_ipv4_checksum(frame, 14, 47));
    EXPECT_FALSE(insert_ipv4_checksum(frame, 41, 20));
    EXPECT_FALSE(insert_ipv4_checksum(frame, 127, 511));
    EXPECT_FALSE(insert_ipv4_checksum(frame, 14, 19));
    EXPECT_FALSE(insert_ipv4_checksum(frame, 14, 0));
    EXPECT_FALSE(insert_ipv4_checksum({}, 0, 20));
    EXPECT_EQ(frame, before);
    EXPECT_TRUE(insert_ipv4_checksum(frame, 40, 20));
}

TEST(Insertion, CompletesTheSeedOfTcpAndUdp) {
    for (const auto& a : {ref::v4_addresses(), ref::v6_addresses()}) {
        Buffer tcp = ref::tcp(a, ref::counting(77));
        const Buffer want_tcp = tcp;
        ref::put16(tcp, 16, ref::pseudo_header(a, 6, tcp.size()));
        ASSERT_TRUE(insert_l4_checksum(tcp, 0, L4::tcp));
        EXPECT_EQ(tcp, want_tcp);
        Buffer udp = ref::udp(a, ref::counting(77));
        const Buffer want_udp = udp;
        ref::put16(udp, 6, ref::pseudo_header(a, 17, udp.size()));
        ASSERT_TRUE(insert_l4_checksum(udp, 0, L4::udp));
        EXPECT_EQ(udp, want_udp);
    }
}

TEST(Insertion, SendsUdpZeroAsOnesAndTcpZeroAsZero) {  // CSUM-3, CSUM-5
    EXPECT_EQ(l4_checksum_value(L4::udp, 0xFFFF), 0xFFFF);
    EXPECT_EQ(l4_checksum_value(L4::tcp, 0xFFFF), 0x0000);
    EXPECT_EQ(l4_checksum_value(L4::udp, 0x1234), 0xEDCB);
}

TEST(Insertion, MakesTheCrcOfSctp) {
    Buffer packet = ref::sctp(ref::counting(50));
    const Buffer want = packet;
    ref::put32(packet, 8, 0);
    ASSERT_TRUE(insert_l4_checksum(packet, 0, L4::sctp));
    EXPECT_EQ(packet, want);
}

TEST(Insertion, RefusesL4FieldsOutsideThePacket) {
    Buffer packet = ref::counting(30);
    const Buffer before = packet;
    EXPECT_FALSE(insert_l4_checksum(packet, 13, L4::tcp));
    EXPECT_FALSE(insert_l4_checksum(packet, 23, L4::udp));
    EXPECT_FALSE(insert_l4_checksum(packet, 19, L4::sctp));  // SCTP shorter than its header
    EXPECT_FALSE(insert_l4_checksum(packet, 30, L4::udp));
    EXPECT_FALSE(insert_l4_checksum(packet, 638, L4::tcp));
    EXPECT_FALSE(store_l4_checksum(packet, 13, L4::tcp, 0));
    EXPECT_FALSE(store_l4_checksum(packet, 0, L4::sctp, 0));
    EXPECT_FALSE(store_sctp_checksum(packet, 19, 0));
    EXPECT_TRUE(insert_l4_checksum(packet, 0, L4::none));
    EXPECT_EQ(packet, before);
    EXPECT_TRUE(insert_l4_checksum(packet, 12, L4::tcp));
}

TEST(Insertion, MakesTheOuterChecksumOfIpv4Only) {
    Buffer frame = ref::ip_frame(ref::v4_addresses(), 47, ref::counting(40));
    const Buffer want = frame;
    HeaderGeometry geometry;
    geometry.mac_len = 14;
    geometry.outer_ip_len = 20;
    geometry.native_tunnel = true;
    ref::put16(frame, 24, 0);
    ASSERT_TRUE(insert_outer_checksum(frame, geometry));
    EXPECT_EQ(frame, want);
    Buffer six = ref::ip_frame(ref::v6_addresses(), 47, ref::counting(40));
    const Buffer before = six;
    EXPECT_TRUE(insert_outer_checksum(six, geometry));
    EXPECT_EQ(six, before);
    geometry.mac_len = 127;
    EXPECT_FALSE(insert_outer_checksum(frame, geometry));
}

ChecksumError checked(const HeaderGeometry& g, bool ip, bool l4, std::size_t packet) {
    return check(ChecksumRequest{g, ip, l4}, packet);
}

TEST(Insertion, ChecksTheRequestAgainstThePacket) {
    HeaderGeometry g{.mac_len = 14, .ip_len = 20, .l4 = L4::tcp};
    EXPECT_EQ(checked(g, true, true, 52), ChecksumError::none);
    EXPECT_EQ(checked(g, true, true, 51), ChecksumError::l4_outside_packet);
    EXPECT_EQ(checked(g, true, false, 34), ChecksumError::none);
    EXPECT_EQ(checked(g, true, false, 33), ChecksumError::ip_outside_packet);
    g.ip_len = 0;
    EXPECT_EQ(checked(g, true, false, 60), ChecksumError::ip_len_too_short);
    EXPECT_EQ(checked(g, false, true, 60), ChecksumError::none);
    g.l4 = L4::none;
    EXPECT_EQ(checked(g, false, true, 14), ChecksumError::none);
    g.l4 = L4::sctp;
    EXPECT_EQ(checked(g, false, true, 25), ChecksumError::l4_outside_packet);
    g.native_tunnel = true;
    EXPECT_EQ(checked(g, false, false, 60), ChecksumError::outer_ip_len_too_short);
    g.outer_ip_len = 20;
    EXPECT_EQ(checked(g, false, false, 33), ChecksumError::outer_ip_outside_packet);
    EXPECT_EQ(checked(g, false, false, 34), ChecksumError::none);
}

TEST(Insertion, HasWordsForEveryReason) {
    for (unsigned i = 0; i <= static_cast<unsigned>(ChecksumError::l4_outside_packet); ++i) {
        EXPECT_STRNE(to_string(static_cast<ChecksumError>(i)), "?");
    }
}

}  // namespace
}  // namespace ixgbe
