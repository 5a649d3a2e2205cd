// SPDX-License-Identifier: GPL-2.0-or-later
// The header for driver writers. Expected values are those of docs/task-offload.md, written out.
#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <x550/task_offload.h>

#include "task_offload_header_c.h"

namespace {

using Caps = std::array<std::uint32_t, 24>;
using Parameters = std::array<std::uint32_t, 32>;

x550_offload_caps unpacked(const Caps& words) {
    x550_offload_caps out{};
    x550_unpack_caps(words.data(), &out);
    return out;
}

Parameters packed(const x550_offload_parameters& from) {
    Parameters out{};
    out.fill(0xffffffff);
    x550_pack_parameters(&from, out.data());
    return out;
}

TEST(TaskOffloadHeader, HasTheCapabilitysOffsets) {
    EXPECT_EQ(X550_CAP_ID, 0x09U);
    EXPECT_EQ(X550_CAP_LENGTH, 0x20U);
    EXPECT_EQ(X550_CAP_SIGNATURE, 0x4F543558U);
    EXPECT_EQ(X550_CAP_OFF_SIGNATURE, 0x04U);
    EXPECT_EQ(X550_CAP_OFF_BAR, 0x08U);
    EXPECT_EQ(X550_CAP_OFF_BLOCK, 0x0CU);
    EXPECT_EQ(X550_CAP_OFF_BLOCK_LENGTH, 0x10U);
    EXPECT_EQ(X550_CAP_OFF_WINDOW, 0x14U);
    EXPECT_EQ(X550_CAP_OFF_WINDOW_DATA, 0x18U);
}

TEST(TaskOffloadHeader, HasTheBlocksOffsets) {
    EXPECT_EQ(X550_MAGIC_VALUE, 0x30353558U);
    EXPECT_EQ(X550_SECTIONS, 0x00CU);
    EXPECT_EQ(X550_HARDWARE, 0x010U);
    EXPECT_EQ(X550_CURRENT, 0x110U);
    EXPECT_EQ(X550_PARAMETERS, 0x200U);
    EXPECT_EQ(X550_ENCAPSULATION_IP4, 0x280U);
    EXPECT_EQ(X550_ENCAPSULATION_IP6, 0x288U);
    EXPECT_EQ(X550_EVENT_VECTOR, 0x2ECU);
    EXPECT_EQ(X550_DOORBELL, 0x2F0U);
    EXPECT_EQ(X550_RESULT, 0x2F4U);
    EXPECT_EQ(X550_GENERATION, 0x2F8U);
    EXPECT_EQ(X550_EVENT, 0x2FCU);
    EXPECT_EQ(X550_EFFECTIVE, 0x410U);
}

TEST(TaskOffloadHeader, CapabilityWordsAreWhereTheDocumentSays) {
    EXPECT_EQ(4 * X550_WORD_SEG, 0x08U);
    EXPECT_EQ(4 * X550_WORD_LSO1_MAX, 0x0CU);
    EXPECT_EQ(4 * X550_WORD_USO6_MAX, 0x1CU);
    EXPECT_EQ(4 * X550_WORD_MIN_SEGS, 0x20U);
    EXPECT_EQ(4 * X550_WORD_RSC, 0x24U);
    EXPECT_EQ(4 * X550_WORD_GRE, 0x28U);
    EXPECT_EQ(4 * X550_WORD_VXLAN_MAXHDR, 0x34U);
    EXPECT_EQ(4 * X550_WORD_ENCAP_PORT, 0x38U);
    EXPECT_EQ(4 * X550_WORD_RSS_SIZE, 0x40U);
    EXPECT_EQ(4 * X550_WORD_VMQ_SIZE, 0x48U);
    EXPECT_EQ(4 * X550_WORD_IPSEC_SA, 0x58U);
    EXPECT_EQ(4 * X550_WORD_FLAGS, 0x5CU);
}

TEST(TaskOffloadHeader, StatisticsAreEightBytesApart) {
    EXPECT_EQ(x550_statistic_offset(0), 0x300U);
    EXPECT_EQ(x550_statistic_offset(X550_STAT_RSC_E8), 0x350U);
    EXPECT_EQ(x550_statistic_offset(X550_STAT_TX_CSUM_WHILE_OFF), 0x3E0U);
}

// The trap: a keyword's 1 is transmit, the OID's 2 is.
TEST(TaskOffloadHeader, ChecksumValuesAreTheOidsNotTheKeywords) {
    EXPECT_EQ(x550_checksum_value(0, 0), 1);
    EXPECT_EQ(x550_checksum_value(1, 0), 2);
    EXPECT_EQ(x550_checksum_value(0, 1), 3);
    EXPECT_EQ(x550_checksum_value(1, 1), 4);
    EXPECT_EQ(x550_checksum_from_keyword(0), 1);
    EXPECT_EQ(x550_checksum_from_keyword(1), 2);
    EXPECT_EQ(x550_checksum_from_keyword(2), 3);
    EXPECT_EQ(x550_checksum_from_keyword(3), 4);
}

TEST(TaskOffloadHeader, KeywordOutOfRangeChangesNothing) {
    EXPECT_EQ(x550_checksum_from_keyword(4), 0);
    EXPECT_EQ(x550_checksum_from_keyword(0xffffffff), 0);
}

TEST(TaskOffloadHeader, ResultHasCodeAndMember) {
    EXPECT_EQ(x550_result_code(0x02070002), 2U);
    EXPECT_EQ(x550_result_member(0x02070002), 0x207U);
    EXPECT_EQ(x550_result_member(0x00000003), 0U);
}

TEST(TaskOffloadHeader, NamesMembersAsNdisDoes) {
    EXPECT_STREQ(x550_member_name(0), "none");
    EXPECT_STREQ(x550_member_name(0x201), "TCPIPv4Checksum");
    EXPECT_STREQ(x550_member_name(0x207), "LsoV2IPv4");
    EXPECT_STREQ(x550_member_name(0x213), "RscIPv6");
    EXPECT_STREQ(x550_member_name(0x216), "VxlanUDPPortNumber");
    EXPECT_STREQ(x550_member_name(0x21A), "UdpRsc");
    EXPECT_STREQ(x550_member_name(0x28A), "IPv6.EncapsulationType");
    EXPECT_STREQ(x550_member_name(0x21B), "a reserved byte");
    EXPECT_STREQ(x550_member_name(0xffffffff), "a reserved byte");
}

TEST(TaskOffloadHeader, PacksEachMemberIntoItsByte) {
    x550_offload_parameters p{};
    p.ip4_checksum = 0x01;
    p.tcp_ip4_checksum = 0x02;
    p.udp_ip4_checksum = 0x03;
    p.tcp_ip6_checksum = 0x04;
    p.udp_ip6_checksum = 0x05;
    p.lso_v1 = 0x06;
    p.ipsec_v1 = 0x07;
    p.lso_v2_ip4 = 0x08;
    p.lso_v2_ip6 = 0x09;
    p.tcp_connection_ip4 = 0x0a;
    p.tcp_connection_ip6 = 0x0b;
    p.flags = 0x01020304;
    p.ipsec_v2 = 0x10;
    p.ipsec_v2_ip4 = 0x11;
    p.rsc_ip4 = 0x12;
    p.rsc_ip6 = 0x13;
    p.encapsulated_packet_task_offload = 0x14;
    p.encapsulation_types = 0x15;
    p.vxlan_udp_port = 4789;
    p.uso_ip4 = 0x18;
    p.uso_ip6 = 0x19;
    p.udp_rsc = 0x1a;
    Parameters expected{0x04030201, 0x08070605, 0x000b0a09, 0x01020304,
                        0x13121110, 0x12b51514, 0x001a1918};
    EXPECT_EQ(packed(p), expected);
}

TEST(TaskOffloadHeader, UnpacksWhatItPacked) {
    const Parameters from{0x04030201, 0x02000204, 0x00000001, 0x00000001,
                          0x02010000, 0x12b50301, 0x00010201};
    x550_offload_parameters p{};
    x550_unpack_parameters(from.data(), &p);
    EXPECT_EQ(p.udp_ip6_checksum, 4);
    EXPECT_EQ(p.rsc_ip4, 1);
    EXPECT_EQ(p.vxlan_udp_port, 4789);
    EXPECT_EQ(packed(p), from);
}

TEST(TaskOffloadHeader, PacksTheEncapsulationRequest) {
    std::array<std::uint32_t, 2> words{};
    const x550_encapsulation request{1, 2, 18};
    x550_pack_encapsulation(&request, words.data());
    EXPECT_EQ(words, (std::array<std::uint32_t, 2>{0x00020001, 18}));
    x550_encapsulation back{};
    x550_unpack_encapsulation(words.data(), &back);
    EXPECT_EQ(back.enabled, 1U);
    EXPECT_EQ(back.type, 2U);
    EXPECT_EQ(back.header_size, 18U);
}

// 10002h is no 802.3, and must not become it on the way.
TEST(TaskOffloadHeader, EncapsulationThatDoesNotFitStaysWrong) {
    std::array<std::uint32_t, 2> words{};
    const x550_encapsulation request{0x101, 0x10002, 0};
    x550_pack_encapsulation(&request, words.data());
    EXPECT_EQ(words[0], 0xffff00ffU);
}

TEST(TaskOffloadHeader, UnpacksChecksums) {
    Caps words{};
    words[0] = 1U << 1 | 1U << 5 | 1U << (4 + 16) | 1U << (8 + 16);
    words[1] = 0x000a000e;
    const auto caps = unpacked(words);
    EXPECT_EQ(caps.ip4_transmit.tcp_checksum, 1);
    EXPECT_EQ(caps.ip4_transmit.ip_options, 1);
    EXPECT_EQ(caps.ip4_transmit.ip_checksum, 0);
    EXPECT_EQ(caps.ip4_transmit.encapsulation, 0xeU);
    EXPECT_EQ(caps.ip4_receive.encapsulation, 0U);
    EXPECT_EQ(caps.ip6_transmit.tcp_checksum, 0);
    EXPECT_EQ(caps.ip6_receive.udp_checksum, 1);
    EXPECT_EQ(caps.ip6_receive.ip_options, 1);
    EXPECT_EQ(caps.ip6_receive.encapsulation, 0xaU);
}

TEST(TaskOffloadHeader, UnpacksLargeSends) {
    Caps words{};
    words[1] = 0x00020002;
    words[2] = 1U << 0 | 1U << 2 | 1U << 3 | 1U << 5 | 1U << 9 | 1U << 10 | 1U << 16;
    words[3] = 65415;
    words[5] = 261120;
    words[7] = 1000;
    words[8] = 0x05040302;
    const auto caps = unpacked(words);
    EXPECT_EQ(caps.lso1.max_offload_size, 65415U);
    EXPECT_EQ(caps.lso1.min_segment_count, 2U);
    EXPECT_EQ(caps.lso1.tcp_options, 1);
    EXPECT_EQ(caps.lso1.ip_options, 0);
    EXPECT_EQ(caps.lso2_ip4.supported, 0);
    EXPECT_EQ(caps.lso2_ip4.encapsulation, 0U);
    EXPECT_EQ(caps.lso2_ip6.max_offload_size, 261120U);
    EXPECT_EQ(caps.lso2_ip6.min_segment_count, 4U);
    EXPECT_EQ(caps.lso2_ip6.ip_options, 1);
    EXPECT_EQ(caps.lso2_ip6.tcp_options, 0);
    EXPECT_EQ(caps.uso_ip6.supported, 1);
    EXPECT_EQ(caps.uso_ip6.max_offload_size, 1000U);
    EXPECT_EQ(caps.uso_ip6.min_segment_count, 5U);
    EXPECT_EQ(caps.uso_ip6.sub_mss_final_segment, 1);
    EXPECT_EQ(caps.lso_ip4_id_16bit, 1);
}

TEST(TaskOffloadHeader, UnpacksCoalescingAndTunnels) {
    Caps words{};
    words[9] = 32U << 16 | 5;
    words[10] = 0x00654321;
    words[11] = 256;
    words[14] = 0x02010000 | 4789;
    const auto caps = unpacked(words);
    EXPECT_EQ(caps.rsc_ip4, 1);
    EXPECT_EQ(caps.rsc_ip6, 0);
    EXPECT_EQ(caps.rsc_timestamps, 1);
    EXPECT_EQ(caps.rsc_flows, 32);
    EXPECT_EQ(caps.gre.transmit_checksum, 1);
    EXPECT_EQ(caps.gre.receive_checksum, 2);
    EXPECT_EQ(caps.gre.lso2, 3);
    EXPECT_EQ(caps.gre.rss, 4);
    EXPECT_EQ(caps.gre.vmq, 5);
    EXPECT_EQ(caps.gre.uso, 6);
    EXPECT_EQ(caps.gre.max_header_size, 256U);
    EXPECT_EQ(caps.vxlan.max_header_size, 0U);
    EXPECT_EQ(caps.vxlan_udp_port, 4789);
    EXPECT_EQ(caps.vxlan_udp_port_configurable, 1);
    EXPECT_EQ(caps.encapsulation_types, 2);
}

TEST(TaskOffloadHeader, UnpacksQueuesAndFlags) {
    Caps words{};
    words[15] = 0x6d001b00;
    words[16] = 128U << 16 | 16;
    words[17] = 0x0005013b;
    words[18] = 64U << 16 | 15;
    words[23] = 0x000a0001;
    const auto caps = unpacked(words);
    EXPECT_EQ(caps.rss_flags, X550_RSS_TCP_IP4 | X550_RSS_TCP_IP6 | X550_RSS_UDP_IP4 |
                                  X550_RSS_UDP_IP6 | X550_RSS_MESSAGE_SIGNALLED |
                                  X550_RSS_CLASSIFIED_AT_DPC | X550_RSS_USES_MSIX |
                                  X550_RSS_SUPPORTS_MSIX | X550_RSS_ENTRIES_MOVE_SINGLY);
    EXPECT_EQ(caps.rss_queues, 16);
    EXPECT_EQ(caps.rss_table_entries, 128);
    EXPECT_EQ(caps.vmq_queue_properties, X550_VMQ_MSIX | X550_VMQ_VM_QUEUE |
                                             X550_VMQ_DYNAMIC_AFFINITY |
                                             X550_VMQ_INTERRUPT_COALESCING | X550_VMQ_ANY_VLAN);
    EXPECT_EQ(caps.vmq_filter_tests, 1);
    EXPECT_EQ(caps.vmq_filter_mac, 1);
    EXPECT_EQ(caps.vmq_filter_vlan, 0);
    EXPECT_EQ(caps.vmq_filter_inner_mac, 1);
    EXPECT_EQ(caps.vmq_queues, 15);
    EXPECT_EQ(caps.vmq_mac_filters, 64);
    EXPECT_EQ(caps.flags, 1);
    EXPECT_EQ(caps.encapsulation_active, 0);
    EXPECT_EQ(caps.switches_apply, 1);
    EXPECT_EQ(caps.ip4_active, 0);
    EXPECT_EQ(caps.ip6_active, 1);
}

TEST(TaskOffloadHeader, IsTheSameInC) {
    EXPECT_EQ(c99_size_of_caps(), sizeof(x550_offload_caps));
    EXPECT_EQ(c99_size_of_parameters(), sizeof(x550_offload_parameters));
    const Parameters from{0x04030201, 0x02000204, 0, 0, 0x02010000, 0x12b50301, 0x00010201};
    Parameters to{};
    c99_repack_parameters(from.data(), to.data());
    EXPECT_EQ(to, from);
    std::array<std::uint32_t, 2> activation{};
    c99_activation(activation.data());
    EXPECT_EQ(activation, (std::array<std::uint32_t, 2>{0x00020001, 14}));
    Caps caps{};
    caps[0] = 0x00080008;
    EXPECT_EQ(c99_offers_both(caps.data()), 0);
    caps[2] = 2;
    EXPECT_EQ(c99_offers_both(caps.data()), 1);
}

}  // namespace
