// SPDX-License-Identifier: GPL-2.0-or-later
// Large send to a peer that cuts segments itself: what its side of the wire sees must not change.

#include <algorithm>
#include <gtest/gtest.h>

#include "lso_request.h"

namespace x550 {
namespace {

void expect_same_for_a_peer_that_segments(const Lso& lso, unsigned features) {
    LsoRig plain;
    plain.send(lso);
    LsoRig early;
    ixgbe_set_peer(early.machine.device(), features);
    lso.post(early.tx);
    early.tx.kick();
    early.machine.run();
    std::vector<Frame> finished;
    for (const SentFrame& frame : early.host.sent) {
        for (Frame& one : finish_offload(frame)) {
            one.resize(std::max<std::size_t>(one.size(), 60), 0);
            finished.push_back(std::move(one));
        }
    }
    ASSERT_EQ(finished.size(), plain.host.sent.size());
    for (std::size_t i = 0; i < finished.size(); ++i) {
        EXPECT_TRUE(same_bytes(plain.host.sent[i].bytes, finished[i])) << i;
    }
}

TEST(LsoHandover, TcpIpv4SuperFrameEndsAsTheSameSegments) {
    expect_same_for_a_peer_that_segments(tcp4(10'000, 1448, TcpFlag::ack | TcpFlag::psh), kPeerAll);
}

TEST(LsoHandover, TcpIpv6SuperFrameEndsAsTheSameSegments) {
    expect_same_for_a_peer_that_segments(tcp6(10'000, 1428), kPeerAll);
}

TEST(LsoHandover, UdpSuperFrameEndsAsTheSameSegments) {
    expect_same_for_a_peer_that_segments(udp(false, 5000, 1400), kPeerAll);
    expect_same_for_a_peer_that_segments(udp(true, 5000, 1400), kPeerAll);
}

TEST(LsoHandover, PeerWithoutTheFeatureGetsSegments) {
    expect_same_for_a_peer_that_segments(tcp6(10'000, 1428), IXGBE_PEER_CSUM | IXGBE_PEER_TSO4);
    expect_same_for_a_peer_that_segments(udp(false, 5000, 1400), IXGBE_PEER_CSUM | IXGBE_PEER_TSO4);
}

TEST(LsoHandover, ASuperFrameIsOneSend) {
    LsoRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    tcp4(30'000, 1448).post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    ASSERT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(rig.host.sent[0].offload.gso, IXGBE_GSO_TCPV4);
    EXPECT_EQ(rig.host.sent[0].offload.gso_size, 1448);
    EXPECT_EQ(rig.host.sent[0].offload.hdr_len, 54);
}

TEST(LsoHandover, ABatchOfDatagramsIsOneSend) {
    for (const bool v6 : {false, true}) {
        LsoRig rig;
        ixgbe_set_peer(rig.machine.device(), kPeerAll);
        const Lso lso = udp(v6, 30'000, 1400);
        lso.post(rig.tx);
        rig.tx.kick();
        rig.machine.run();
        ASSERT_EQ(rig.host.sent.size(), 1u);
        const ixgbe_frame_offload& offload = rig.host.sent[0].offload;
        EXPECT_EQ(offload.gso, IXGBE_GSO_UDP);
        EXPECT_EQ(offload.gso_size, 1400);
        EXPECT_EQ(offload.hdr_len, lso.header_bytes());
        EXPECT_EQ(offload.needs_csum, 1);
        EXPECT_EQ(offload.csum_start, lso.builder.l4_offset());
        EXPECT_EQ(offload.csum_offset, 6);
    }
}

// Padding behind a super-frame would become payload of one more datagram.
TEST(LsoHandover, TinyDatagramsAreCutHere) {
    for (std::size_t payload = 2; payload < 24; ++payload) {
        expect_same_for_a_peer_that_segments(udp(false, payload, 8), kPeerAll);
        expect_same_for_a_peer_that_segments(tcp4(payload, 1), kPeerAll);
    }
}

// A host finds no IP header behind a tag that it does not know, and drops the super-frame.
TEST(LsoHandover, UnusualTagsAreCutHere) {
    LsoRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    rig.driver.write<DMATXCTL>(DMATXCTL::te | 0x9100u << DMATXCTL::vt_shift);
    Lso lso = tcp4(5000, 1000);
    lso.vlan = 0x0042;
    lso.command |= TxData::vle;
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 5u);
}

// Rule USO-5: a template without a checksum makes datagrams without one, which NEEDS_CSUM cannot
// say.
TEST(LsoHandover, DatagramsWithoutAChecksumAreCutHere) {
    LsoRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    const Lso lso = udp(false, 3000, 1000);
    Frame frame = lso.request();
    put_be16(frame, lso.builder.l4_offset() + 6, 0);
    rig.tx.put_context({.maclen = 14, .iplen = 20, .l4len = 8, .mss = 1000, .type = lso.type});
    rig.tx.send(
        frame,
        {.command = kLast | TxData::tse, .options = TxData::txsm | TxData::ixsm, .paylen = 3000});
    ASSERT_EQ(rig.host.sent.size(), 3u);
    for (const SentFrame& sent : rig.host.sent) {
        EXPECT_TRUE(sent.finished());
        EXPECT_EQ(sent.bytes.at(lso.builder.l4_offset() + 6), 0u);
        EXPECT_EQ(sent.bytes.at(lso.builder.l4_offset() + 7), 0u);
    }
}

TEST(LsoHandover, FlagMasksThatAPeerDoesNotKnowAreAppliedHere) {
    LsoRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    rig.driver.write<DTXTCPFLGH>(0xFFF & ~std::uint32_t{TcpFlag::psh});
    const auto segments = rig.send(tcp4(5000, 1000, TcpFlag::ack | TcpFlag::psh));
    ASSERT_EQ(segments.size(), 5u);
    EXPECT_EQ(segments[4].tcp_flags, TcpFlag::ack);
}

TEST(LsoHandover, CwrIsHandledHere) {
    expect_same_for_a_peer_that_segments(tcp4(5000, 1000, TcpFlag::ack | TcpFlag::cwr), kPeerAll);
}

// Rule LSO-18.
TEST(LsoHandover, MoreThanAnIpPacketCanSayIsCutHere) {
    const std::vector<std::size_t> pieces = {54, 50'000};
    for (const Lso& lso : {tcp4(100'000, 1448), tcp6(100'000, 1428)}) {
        LsoRig rig;
        ixgbe_set_peer(rig.machine.device(), kPeerAll);
        EXPECT_EQ(payload_of(rig.send(lso, pieces)), pattern(100'000));
    }
}

TEST(LsoHandover, TunnelsAreCutHere) {
    LsoRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    send_gso_partial(rig.tx);
    Tunnel::expect_segments(rig.host.sent, false);
}

std::vector<std::uint32_t> counters_after(const Lso& lso, unsigned peer_features) {
    LsoRig rig;
    ixgbe_set_peer(rig.machine.device(), peer_features);
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    std::vector<std::uint32_t> counters;
    for (const std::uint32_t counter :
         {GPTC::at(), TPT::at(), GOTCL::at(), PTC64::at(), PTC127::at(), PTC255::at(), PTC511::at(),
          PTC1023::at(), PTC1522::at(), QPTC::at(), QBTC_L::at()}) {
        counters.push_back(rig.machine.read(counter));
    }
    return counters;
}

TEST(LsoHandover, StatisticsDoNotDependOnThePeer) {
    for (const std::size_t payload : {5000u, 5001u, 4000u}) {
        Lso lso = tcp4(payload, 1000);
        lso.vlan = 0x0042;
        lso.command |= payload == 5000 ? TxData::vle : 0;
        EXPECT_EQ(counters_after(lso, 0), counters_after(lso, kPeerAll)) << payload;
    }
}

TEST(LsoHandover, WithAVlanTagTheOffsetsMove) {
    Lso lso = tcp4(5000, 1000);
    lso.vlan = 0x0042;
    lso.command |= TxData::vle;
    expect_same_for_a_peer_that_segments(lso, kPeerAll);
}

}  // namespace
}  // namespace x550
