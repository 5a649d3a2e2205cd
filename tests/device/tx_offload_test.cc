// SPDX-License-Identifier: GPL-2.0-or-later
// VLAN insertion and checksum insertion; contexts and how long they last.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kLast = TxData::eop | TxData::ifcs | TxData::rs;
constexpr std::uint16_t kTci = 0x6123;

Frame tagged(Frame frame, std::uint16_t tci, std::uint16_t type = 0x8100, std::size_t at = 12) {
    frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(at),
                 {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                  static_cast<std::uint8_t>(tci >> 8), static_cast<std::uint8_t>(tci)});
    return frame;
}

struct OffloadRig : Rig {
    TxRing tx{driver};

    Frame only_frame() {
        EXPECT_EQ(host.sent.size(), 1u);
        if (host.sent.empty()) {
            return {};
        }
        EXPECT_TRUE(host.sent[0].finished());
        return host.sent[0].bytes;
    }
};

TEST(TxVlan, TagFromTheContextGoesAfterTheAddresses) {
    OffloadRig rig;
    const Frame frame = plain_frame(200);
    rig.tx.put_context({.vlan = kTci});
    rig.tx.send(frame, {.command = kLast | TxData::vle});
    EXPECT_TRUE(same_bytes(tagged(frame, kTci), rig.only_frame()));
}

TEST(TxVlan, PositionDoesNotDependOnMaclen) {
    OffloadRig rig;
    const Frame frame = plain_frame(200);
    rig.tx.put_context({.maclen = 0, .iplen = 0, .vlan = kTci, .type = TxContext::l4_none});
    rig.tx.send(frame, {.command = kLast | TxData::vle});
    EXPECT_TRUE(same_bytes(tagged(frame, kTci), rig.only_frame()));
}

TEST(TxVlan, LegacyDescriptorBringsItsOwnTag) {
    OffloadRig rig;
    const Frame frame = plain_frame(200);
    rig.tx.put_legacy(frame, TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs | TxLegacy::vle, 0,
                      std::uint32_t{kTci} << TxLegacy::vlan_shift);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_TRUE(same_bytes(tagged(frame, kTci), rig.only_frame()));
}

TEST(TxVlan, EtherTypeComesFromDmatxctl) {
    OffloadRig rig;
    rig.driver.write<DMATXCTL>(DMATXCTL::te | 0x88A8u << DMATXCTL::vt_shift);
    const Frame frame = plain_frame(200);
    rig.tx.put_context({.vlan = kTci});
    rig.tx.send(frame, {.command = kLast | TxData::vle});
    EXPECT_TRUE(same_bytes(tagged(frame, kTci, 0x88A8), rig.only_frame()));
}

TEST(TxVlan, WithDoubleVlanTheTagGoesBehindTheOuterOne) {
    OffloadRig rig;
    rig.driver.set<DMATXCTL>(DMATXCTL::gdv);
    rig.driver.write<EXVET_T>(0x88A8u << 16);
    const Frame outer = tagged(plain_frame(200), 0x0007, 0x88A8);
    rig.tx.put_context({.maclen = 18, .vlan = kTci});
    rig.tx.send(outer, {.command = kLast | TxData::vle});
    EXPECT_TRUE(same_bytes(tagged(outer, kTci, 0x8100, 16), rig.only_frame()));
}

// Rule COMBO-14.
TEST(TxVlan, ShortTaggedFrameIsPaddedAfterTheTagIsIn) {
    OffloadRig rig;
    const Frame frame = plain_frame(20);
    rig.tx.put_context({.vlan = kTci});
    rig.tx.send(frame, {.command = kLast | TxData::vle});
    Frame expected = tagged(frame, kTci);
    const Frame actual = rig.only_frame();
    ASSERT_GE(actual.size(), 60u);
    expected.resize(actual.size(), 0);
    EXPECT_TRUE(same_bytes(expected, actual));
}

TEST(TxContext, BothSlotsLastAcrossPackets) {
    OffloadRig rig;
    rig.tx.put_context({.vlan = 0x0111, .slot = 0});
    rig.tx.put_context({.vlan = 0x0222, .slot = 1});
    for (unsigned i = 0; i < 6; ++i) {
        rig.tx.put_packet(plain_frame(100),
                          {.command = kLast | TxData::vle, .options = i % 2 << TxData::idx_shift});
    }
    rig.tx.kick();
    rig.machine.run();
    ASSERT_EQ(rig.host.sent.size(), 6u);
    for (unsigned i = 0; i < 6; ++i) {
        EXPECT_EQ(be16_at(rig.host.sent[i].bytes, 14), i % 2 == 0 ? 0x0111 : 0x0222) << i;
    }
}

TEST(TxContext, OnlyTheLowBitOfTheIndexCounts) {
    OffloadRig rig;
    rig.tx.put_context({.vlan = 0x0111, .slot = 0});
    rig.tx.put_context({.vlan = 0x0222, .slot = 1});
    rig.tx.send(plain_frame(100),
                {.command = kLast | TxData::vle, .options = 7u << TxData::idx_shift});
    EXPECT_EQ(be16_at(rig.only_frame(), 14), 0x0222);
}

TEST(TxContext, LastsAcrossDoorbells) {
    OffloadRig rig;
    rig.tx.put_context({.vlan = kTci});
    rig.tx.kick();
    rig.machine.run();
    rig.tx.send(plain_frame(100), {.command = kLast | TxData::vle});
    EXPECT_EQ(be16_at(rig.only_frame(), 14), kTci);
}

TEST(TxContext, ANewContextDoesNotTouchPacketsBeforeIt) {
    OffloadRig rig;
    rig.tx.put_context({.vlan = 0x0111});
    rig.tx.put_packet(plain_frame(100), {.command = kLast | TxData::vle});
    rig.tx.put_context({.vlan = 0x0222});
    rig.tx.put_packet(plain_frame(100), {.command = kLast | TxData::vle});
    rig.tx.kick();
    rig.machine.run();
    ASSERT_EQ(rig.host.sent.size(), 2u);
    EXPECT_EQ(be16_at(rig.host.sent[0].bytes, 14), 0x0111);
    EXPECT_EQ(be16_at(rig.host.sent[1].bytes, 14), 0x0222);
}

TEST(TxContext, BelongsToItsQueue) {
    OffloadRig rig;
    TxRing other(rig.driver, 1);
    rig.tx.put_context({.vlan = 0x0111});
    other.put_context({.vlan = 0x0222});
    rig.tx.kick();
    other.kick();
    rig.machine.run();
    rig.tx.send(plain_frame(100), {.command = kLast | TxData::vle});
    EXPECT_EQ(be16_at(rig.only_frame(), 14), 0x0111);
}

TEST(TxContext, QueueEnableForgetsIt) {
    OffloadRig rig;
    rig.tx.put_context({.vlan = kTci});
    rig.tx.kick();
    rig.machine.run();
    rig.tx.program();
    rig.tx.send(plain_frame(100), {.command = kLast | TxData::vle});
    for (const SentFrame& frame : rig.host.sent) {
        EXPECT_NE(be16_at(frame.bytes, 14), kTci);
    }
}

// ---- Checksums ----

struct L4Case {
    const char* name;
    bool v6;
    std::uint32_t type;
    std::size_t payload;
};

class TxChecksum : public testing::TestWithParam<L4Case> {};

FrameBuilder builder_for(const L4Case& one) {
    FrameBuilder builder;
    if (one.v6) {
        builder.ipv6("2001:db8::1", "2001:db8::2");
    } else {
        builder.ipv4("192.0.2.1", "198.51.100.2");
    }
    if (one.type == TxContext::l4_tcp) {
        builder.tcp(1000, 2000, 77, TcpFlag::ack | TcpFlag::psh);
    } else if (one.type == TxContext::l4_udp) {
        builder.udp(1000, 2000);
    } else {
        builder.sctp(1000, 2000);
    }
    return builder.payload(one.payload);
}

// Rules CSUM-3, CSUM-4, CSUM-7, CSUM-12 and COMBO-1.
TEST_P(TxChecksum, IsWhatAnIndependentStackWrites) {
    const L4Case& one = GetParam();
    const FrameBuilder builder = builder_for(one);
    const Frame expected = builder.build();
    Frame request = expected;
    if (one.type == TxContext::l4_sctp) {
        for (unsigned i = 0; i < 4; ++i) {
            request[builder.l4_offset() + 8 + i] = 0;
        }
    } else {
        seed_l4_checksum(request, builder.l3_offset(), builder.l4_offset());
    }
    OffloadRig rig;
    rig.tx.put_context(
        {.iplen = static_cast<std::uint32_t>(builder.l4_offset() - kEthBytes), .type = one.type});
    rig.tx.send(request, {.options = TxData::txsm}, {15, 33});
    EXPECT_TRUE(same_bytes(expected, rig.only_frame()));
}

INSTANTIATE_TEST_SUITE_P(Protocols, TxChecksum,
                         testing::Values(L4Case{"Tcp4", false, TxContext::l4_tcp, 1000},
                                         L4Case{"Tcp4Odd", false, TxContext::l4_tcp, 1001},
                                         L4Case{"Tcp6", true, TxContext::l4_tcp, 999},
                                         L4Case{"Udp4", false, TxContext::l4_udp, 1472},
                                         L4Case{"Udp4Odd", false, TxContext::l4_udp, 33},
                                         L4Case{"Udp6", true, TxContext::l4_udp, 1000},
                                         L4Case{"Sctp4", false, TxContext::l4_sctp, 1000},
                                         L4Case{"Sctp6", true, TxContext::l4_sctp, 333}),
                         [](const auto& one) { return one.param.name; });

// Rule CSUM-6, for a field of zero.
TEST(TxChecksumInsert, Ipv4HeaderSumIncludesTheFieldAsItStands) {
    OffloadRig rig;
    const Frame expected =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(9, 9).payload(100).build();
    Frame request = expected;
    put_be16(request, kEthBytes + 10, 0);
    rig.tx.put_context({.type = TxContext::l4_none});
    rig.tx.send(request, {.options = TxData::ixsm});
    EXPECT_TRUE(same_bytes(expected, rig.only_frame()));
}

TEST(TxChecksumInsert, Ipv4SumCoversIplenBytesAndTheOldField) {
    // As Linux asks for it in tunnels: IPLEN reaches to the inner L4, and the field cancels what is
    // not header.
    OffloadRig rig;
    const Frame whole =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(4789, 4789).payload(200).build();
    const std::uint32_t iplen = kIpv4Bytes + 50;
    Frame request = whole;
    put_be16(request, kEthBytes + 10, 0);
    const auto tail = std::span(request).subspan(kEthBytes + kIpv4Bytes, 50);
    put_be16(request, kEthBytes + 10, static_cast<std::uint16_t>(~ones_sum(tail)));
    rig.tx.put_context({.iplen = iplen, .type = TxContext::l4_none});
    rig.tx.send(request, {.options = TxData::ixsm});
    EXPECT_TRUE(same_bytes(whole, rig.only_frame()));
}

// Rule CSUM-5.
TEST(TxChecksumInsert, UdpSumOfZeroBecomesAllOnes) {
    OffloadRig rig;
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "192.0.2.2").udp(9, 9);
    // Two payload bytes that make the sum come out as zero.
    Frame probe = builder.payload(Frame{0, 0}).build();
    const std::uint16_t sum = be16_at(probe, builder.l4_offset() + 6);
    Frame request =
        builder.payload(Frame{static_cast<std::uint8_t>(sum >> 8), static_cast<std::uint8_t>(sum)})
            .build();
    seed_l4_checksum(request, kEthBytes, builder.l4_offset());
    rig.tx.put_context({.type = TxContext::l4_udp});
    rig.tx.send(request, {.options = TxData::txsm});
    EXPECT_EQ(be16_at(rig.only_frame(), builder.l4_offset() + 6), 0xFFFF);
}

// Rule CSUM-8.
TEST(TxChecksumInsert, PaddingIsNotSummed) {
    OffloadRig rig;
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "192.0.2.2").udp(9, 10).payload(1);
    Frame expected = builder.build();
    Frame request = expected;
    seed_l4_checksum(request, kEthBytes, builder.l4_offset());
    rig.tx.put_context({.type = TxContext::l4_udp});
    rig.tx.send(request, {.options = TxData::txsm});
    expected.resize(60, 0);
    EXPECT_TRUE(same_bytes(expected, rig.only_frame()));
}

// Rule COMBO-6.
TEST(TxChecksumInsert, WorksBehindAnInBandTag) {
    OffloadRig rig;
    FrameBuilder builder;
    builder.vlan(0x0042).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(500);
    const Frame expected = builder.build();
    Frame request = expected;
    seed_l4_checksum(request, builder.l3_offset(), builder.l4_offset());
    rig.tx.put_context({.maclen = 18});
    rig.tx.send(request, {.options = TxData::txsm});
    EXPECT_TRUE(same_bytes(expected, rig.only_frame()));
}

// Rules COMBO-6 and COMBO-14.
TEST(TxChecksumInsert, WorksTogetherWithVlanInsertion) {
    OffloadRig rig;
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(500);
    const Frame expected = tagged(builder.build(), kTci);
    Frame request = builder.build();
    seed_l4_checksum(request, builder.l3_offset(), builder.l4_offset());
    put_be16(request, kEthBytes + 10, 0);
    rig.tx.put_context({.vlan = kTci, .type = TxContext::l4_tcp | TxContext::ipv4});
    rig.tx.send(request, {.command = kLast | TxData::vle, .options = TxData::txsm | TxData::ixsm});
    EXPECT_TRUE(same_bytes(expected, rig.only_frame()));
}

TEST(TxChecksumInsert, LegacyDescriptorSumsFromCssToTheEnd) {
    OffloadRig rig;
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(301);
    const Frame expected = builder.build();
    Frame request = expected;
    seed_l4_checksum(request, builder.l3_offset(), builder.l4_offset());
    const auto css = static_cast<std::uint32_t>(builder.l4_offset());
    rig.tx.put_legacy(request, TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs | TxLegacy::ic,
                      css + 16, css << TxLegacy::css_shift);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_TRUE(same_bytes(expected, rig.only_frame()));
}

TEST(TxChecksumInsert, LegacyOffsetsBeyondTheFrameAreIgnored) {
    OffloadRig rig;
    const Frame frame = plain_frame(100);
    rig.tx.put_legacy(frame, TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs | TxLegacy::ic, 250,
                      20u << TxLegacy::css_shift);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_TRUE(same_bytes(frame, rig.only_frame()));
}

TEST(TxChecksumInsert, L4TypeNoneTouchesNothing) {
    OffloadRig rig;
    const Frame frame = plain_frame(100);
    rig.tx.put_context({.type = TxContext::l4_none});
    rig.tx.send(frame, {.options = TxData::txsm});
    EXPECT_TRUE(same_bytes(frame, rig.only_frame()));
}

// A peer that finishes checksums itself gets the frame early; the result on its side is the same
// frame.
TEST(TxChecksumInsert, PeerThatFinishesChecksumsEndsWithTheSameFrame) {
    for (const bool v6 : {false, true}) {
        for (const std::uint32_t type : {TxContext::l4_tcp, TxContext::l4_udp}) {
            const L4Case one{"", v6, type, 700};
            const FrameBuilder builder = builder_for(one);
            const Frame expected = builder.build();
            Frame request = expected;
            seed_l4_checksum(request, builder.l3_offset(), builder.l4_offset());
            OffloadRig rig;
            ixgbe_set_peer(rig.machine.device(), IXGBE_PEER_CSUM);
            rig.tx.put_context(
                {.iplen = static_cast<std::uint32_t>(builder.l4_offset() - kEthBytes),
                 .type = type});
            rig.tx.send(request, {.options = TxData::txsm});
            ASSERT_EQ(rig.host.sent.size(), 1u);
            const auto frames = finish_offload(rig.host.sent[0]);
            ASSERT_EQ(frames.size(), 1u);
            EXPECT_TRUE(same_bytes(expected, frames[0]));
        }
    }
}

}  // namespace
}  // namespace x550
