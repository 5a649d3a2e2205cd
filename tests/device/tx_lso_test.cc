// SPDX-License-Identifier: GPL-2.0-or-later
// Large send: one packet from the guest, many segments on the wire, judged by an independent
// decoder.

#include <gtest/gtest.h>

#include "lso_request.h"

namespace x550 {
namespace {

// Rules LSO-1, LSO-3 and LSO-24.
TEST(Lso, CutsTcpIpv4IntoFullSegmentsAndAShortLastOne) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(3500, 1000));
    ASSERT_EQ(segments.size(), 4u);
    EXPECT_EQ(segments[0].payload.size(), 1000u);
    EXPECT_EQ(segments[3].payload.size(), 500u);
    EXPECT_EQ(payload_of(segments), pattern(3500));
}

// Rule LSO-6.
TEST(Lso, SequenceNumbersAdvanceByMssAndWrap) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(2500, 1000));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].sequence, 0xFFFFFF00u);
    EXPECT_EQ(segments[1].sequence, 0xFFFFFF00u + 1000u);
    EXPECT_EQ(segments[2].sequence, 0xFFFFFF00u + 2000u);
}

// Rule LSO-15.
TEST(Lso, Ipv4IdentificationCountsSegmentsAndWraps) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(3500, 1000));
    ASSERT_EQ(segments.size(), 4u);
    EXPECT_EQ(segments[0].ip_id, 0xFFFE);
    EXPECT_EQ(segments[1].ip_id, 0xFFFF);
    EXPECT_EQ(segments[2].ip_id, 0x0000);
    EXPECT_EQ(segments[3].ip_id, 0x0001);
}

// Rule LSO-7.
TEST(Lso, FinAndPshAreOnTheLastSegmentOnly) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(2500, 1000, TcpFlag::ack | TcpFlag::fin | TcpFlag::psh));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].tcp_flags, TcpFlag::ack);
    EXPECT_EQ(segments[1].tcp_flags, TcpFlag::ack);
    EXPECT_EQ(segments[2].tcp_flags, TcpFlag::ack | TcpFlag::fin | TcpFlag::psh);
}

// Rule LSO-7 allows CWR in the first segment only; the reset value of the middle mask repeats it.
TEST(Lso, CwrIsClearedInTheLastSegmentByTheDefaultMasks) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(2500, 1000, TcpFlag::ack | TcpFlag::cwr));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_NE(segments[0].tcp_flags & TcpFlag::cwr, 0);
    EXPECT_NE(segments[1].tcp_flags & TcpFlag::cwr, 0) << "middle mask 0xFF6";
    EXPECT_EQ(segments[2].tcp_flags & TcpFlag::cwr, 0);
}

// Rule LSO-7: CWR in the first segment only, with the middle mask a driver would set.
TEST(Lso, FlagMasksOfTheRegistersAreApplied) {
    LsoRig rig;
    rig.driver.write<DTXTCPFLGL>(0x0F760FF6);
    rig.driver.write<DTXTCPFLGH>(0xFFF & ~std::uint32_t{TcpFlag::psh});
    const auto segments = rig.send(tcp4(2500, 1000, TcpFlag::ack | TcpFlag::cwr | TcpFlag::psh));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].tcp_flags, TcpFlag::ack | TcpFlag::cwr);
    EXPECT_EQ(segments[1].tcp_flags, TcpFlag::ack);
    EXPECT_EQ(segments[2].tcp_flags, TcpFlag::ack | TcpFlag::cwr);
}

TEST(Lso, SingleSegmentKeepsItsFlags) {
    LsoRig rig;
    constexpr std::uint16_t flags =
        TcpFlag::ack | TcpFlag::fin | TcpFlag::psh | TcpFlag::cwr | TcpFlag::ece;
    const auto segments = rig.send(tcp4(1000, 1000, flags));
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].tcp_flags, flags);
}

// Rule LSO-10.
TEST(Lso, TcpOptionsAreCopiedToEverySegment) {
    LsoRig rig;
    Lso lso = tcp4(2000, 900);
    lso.builder.tcp_timestamps();
    lso.l4len = kTcpBytes + 12;
    const auto segments = rig.send(lso);
    ASSERT_EQ(segments.size(), 3u);
    const Frame& first = rig.host.sent[0].bytes;
    for (const SentFrame& frame : rig.host.sent) {
        EXPECT_TRUE(
            same_bytes(std::span(first).subspan(54, 12), std::span(frame.bytes).subspan(54, 12)));
    }
    EXPECT_EQ(payload_of(segments), pattern(2000));
}

// Rules LSO-4 and LSO-24.
TEST(Lso, CutsTcpIpv6) {
    LsoRig rig;
    const auto segments = rig.send(tcp6(5000, 1440));
    ASSERT_EQ(segments.size(), 4u);
    for (const Decoded& segment : segments) {
        EXPECT_EQ(segment.ip_version, 6);
    }
    EXPECT_EQ(segments[3].sequence, 5u + 3 * 1440);
    EXPECT_EQ(payload_of(segments), pattern(5000));
}

// Rules USO-3 and USO-10.
TEST(Lso, CutsUdpAndRewritesItsLength) {
    for (const bool v6 : {false, true}) {
        LsoRig rig;
        const auto segments = rig.send(udp(v6, 3333, 1111));
        ASSERT_EQ(segments.size(), 3u);
        EXPECT_EQ(payload_of(segments), pattern(3333));
        const std::size_t l4 = kEthBytes + (v6 ? kIpv6Bytes : kIpv4Bytes);
        EXPECT_EQ(be16_at(rig.host.sent[0].bytes, l4 + 4), kUdpBytes + 1111);
    }
}

TEST(Lso, OddMssAndScatteredBuffersGiveTheSameBytes) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(9999, 537), {14, 20, 20, 1, 2, 536, 538, 3000});
    ASSERT_EQ(segments.size(), (9999u + 536) / 537);
    EXPECT_EQ(payload_of(segments), pattern(9999));
}

TEST(Lso, HeaderAndPayloadMayShareADescriptor) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(4000, 1460), {200, 1});
    EXPECT_EQ(segments.size(), 3u);
    EXPECT_EQ(payload_of(segments), pattern(4000));
}

TEST(Lso, HeaderMayBeSplitOverDescriptors) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(4000, 1460), {10, 10, 10});
    EXPECT_EQ(payload_of(segments), pattern(4000));
}

TEST(Lso, TinyBuffersDoNotShortenSegments) {
    LsoRig rig;
    TxRing tx(rig.driver, 1, {.size = 4096});
    tcp4(4000, 1460).post(tx, std::vector<std::size_t>(1900, 2));
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    std::vector<Decoded> segments;
    for (const SentFrame& frame : rig.host.sent) {
        EXPECT_TRUE(is_consistent(frame.bytes));
        segments.push_back(decode(frame.bytes).value_or(Decoded{}));
    }
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(payload_of(segments), pattern(4000));
}

TEST(Lso, SixtyFourKilobytesAreCut) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(65'000, 1448), {66, 16'000, 16'000, 16'000});
    EXPECT_EQ(segments.size(), (65'000u + 1447) / 1448);
    EXPECT_EQ(payload_of(segments), pattern(65'000));
}

TEST(Lso, RefusedMappingsGiveTheSameBytes) {
    LsoRig rig;
    rig.host.refuse_map = true;
    const auto segments = rig.send(tcp4(20'000, 1448), {66, 10'000});
    EXPECT_EQ(payload_of(segments), pattern(20'000));
}

// Rules LSO-17 and COMBO-12.
TEST(Lso, EverySegmentGetsTheVlanTag) {
    LsoRig rig;
    Lso lso = tcp4(3000, 1000);
    lso.vlan = 0x2042;
    lso.command |= TxData::vle;
    const auto segments = rig.send(lso);
    ASSERT_EQ(segments.size(), 3u);
    for (const Decoded& segment : segments) {
        EXPECT_EQ(segment.vlan_tcis, std::vector<std::uint16_t>{0x2042});
    }
}

// Rule COMBO-6.
TEST(Lso, InBandTagIsCopiedToEverySegment) {
    LsoRig rig;
    Lso lso;
    lso.builder.vlan(0x0009).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(3000);
    const auto segments = rig.send(lso);
    ASSERT_EQ(segments.size(), 3u);
    for (const Decoded& segment : segments) {
        EXPECT_EQ(segment.vlan_tcis, std::vector<std::uint16_t>{9});
    }
}

TEST(Lso, ShortLastSegmentIsPadded) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(1001, 1000));
    ASSERT_EQ(segments.size(), 2u);
    EXPECT_EQ(rig.host.sent[1].bytes.size(), 60u);
    EXPECT_EQ(segments[1].ip_bytes, kIpv4Bytes + kTcpBytes + 1);
}

// Rule USO-12: done when all of it is out.
TEST(Lso, OneCompletionForThePacket) {
    LsoRig rig;
    rig.driver.use_msix();
    rig.driver.map_tx_interrupt(0, 0);
    rig.driver.unmask_vectors();
    rig.send(tcp4(10'000, 1000));
    EXPECT_TRUE(rig.tx.done(1));
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

// Rule LSO-2: segments and requests keep their order.
TEST(Lso, BackPressureLosesNoSegment) {
    LsoRig rig;
    rig.host.queue_sends = true;
    const Lso lso = tcp4(8000, 1000);
    lso.post(rig.tx);
    lso.post(rig.tx);
    rig.tx.kick();
    for (int i = 0; i < 40; ++i) {
        rig.machine.run();
        rig.host.release();
    }
    rig.machine.run();
    ASSERT_EQ(rig.host.sent.size(), 16u);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(rig.host.sent[i].bytes, rig.host.sent[i + 8].bytes) << i;
    }
}

TEST(Lso, GsoPartialTunnelKeepsTheOuterHeadersRight) {
    LsoRig rig;
    send_gso_partial(rig.tx);
    Tunnel::expect_segments(rig.host.sent, false);
}

TEST(Lso, NativeTunnelUpdatesInnerAndOuterHeaders) {
    LsoRig rig;
    Frame request = Tunnel::request();
    put_be16(request, Tunnel::kL3 + 10, 0);
    put_be16(request, Tunnel::kInnerL3 + 10, 0);
    Descriptor context = {
        kIpv4Bytes | kEthBytes << TxContext::maclen_shift,
        static_cast<std::uint32_t>(kIpv4Bytes << TxContext::outer_iplen_shift |
                                   (Tunnel::kInnerL3 - Tunnel::kOuterL4)
                                       << TxContext::tunnellen_shift),
        TxContext::l4_tcp | TxContext::ipv4 | TxContext::dtyp | TxContext::dext,
        kTcpBytes << TxContext::l4len_shift | Tunnel::kMss << TxContext::mss_shift};
    rig.tx.put(context);
    rig.tx.send(request, {.command = kLast | TxData::tse | TxData::outer_ip_cs,
                          .options = TxData::txsm | TxData::ixsm,
                          .paylen = Tunnel::kPayload});
    Tunnel::expect_segments(rig.host.sent, true);
}

// ---- Nonsense ----

// Rule LSO-20.
TEST(Lso, MssOfZeroSendsNothingAndGoesOn) {
    LsoRig rig;
    tcp4(1000, 0).post(rig.tx);
    rig.tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_TRUE(rig.tx.done(1));
    EXPECT_EQ(rig.send(tcp4(2000, 1000)).size(), 2u);
}

// Rules LSO-20 and USO-12.
TEST(Lso, HeadersLongerThanThePacketAreRefused) {
    LsoRig rig;
    rig.tx.put_context({.maclen = 127,
                        .iplen = 511,
                        .l4len = 255,
                        .mss = 100,
                        .type = TxContext::l4_tcp | TxContext::ipv4});
    const std::uint32_t index = rig.tx.send(
        plain_frame(200), {.command = kLast | TxData::tse, .options = TxData::txsm, .paylen = 100});
    EXPECT_TRUE(rig.tx.done(index));
    EXPECT_TRUE(rig.host.sent.empty());
}

TEST(Lso, EveryDmaFailureIsSurvived) {
    for (unsigned n = 0; n < 10; ++n) {
        LsoRig rig;
        rig.host.fail_dma_in = n;
        tcp4(10'000, 1000).post(rig.tx, {54, 3000});
        rig.tx.kick();
        ASSERT_TRUE(rig.machine.run()) << n;
        EXPECT_LE(rig.host.sent.size(), 10u);
    }
}

}  // namespace
}  // namespace x550
