// SPDX-License-Identifier: GPL-2.0-or-later
// Large send: one packet from the guest, many segments on the wire, judged by an independent
// decoder.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kLast = TxData::eop | TxData::ifcs | TxData::rs;

struct Lso {
    FrameBuilder builder;
    std::uint32_t mss = 1000;
    std::uint32_t type = TxContext::l4_tcp | TxContext::ipv4;
    std::uint32_t l4len = kTcpBytes;
    std::uint32_t command = kLast;
    std::uint16_t vlan = 0;

    // The packet as Linux hands it over: no lengths, no IPv4 checksum, a seed without the length.
    [[nodiscard]] Frame request() const {
        Frame frame = builder.build();
        const std::size_t l3 = builder.l3_offset();
        if ((type & TxContext::ipv4) != 0) {
            put_be16(frame, l3 + 2, 0);
            put_be16(frame, l3 + 10, 0);
        } else {
            put_be16(frame, l3 + 4, 0);
        }
        seed_l4_checksum(frame, l3, builder.l4_offset(), false);
        return frame;
    }
    [[nodiscard]] std::size_t header_bytes() const { return builder.l4_offset() + l4len; }

    void post(TxRing& tx, const std::vector<std::size_t>& pieces = {}) const {
        const Frame frame = request();
        tx.put_context(
            {.maclen = static_cast<std::uint32_t>(builder.l3_offset()),
             .iplen = static_cast<std::uint32_t>(builder.l4_offset() - builder.l3_offset()),
             .l4len = l4len,
             .mss = mss,
             .vlan = vlan,
             .type = type});
        const std::uint32_t ixsm = (type & TxContext::ipv4) != 0 ? TxData::ixsm : 0;
        tx.put_packet(frame,
                      {.command = command | TxData::tse,
                       .options = TxData::txsm | ixsm,
                       .paylen = static_cast<std::uint32_t>(frame.size() - header_bytes())},
                      pieces);
    }
};

Lso tcp4(std::size_t payload, std::uint32_t mss, std::uint16_t flags = TcpFlag::ack) {
    Lso lso;
    lso.builder.ipv4("192.0.2.1", "198.51.100.2")
        .ip_id(0xFFFE)
        .tcp(1000, 2000, 0xFFFFFF00, flags)
        .payload(payload);
    lso.mss = mss;
    return lso;
}

Lso tcp6(std::size_t payload, std::uint32_t mss) {
    Lso lso;
    lso.builder.ipv6("2001:db8::1", "2001:db8::2")
        .tcp(1000, 2000, 5, TcpFlag::ack | TcpFlag::psh)
        .payload(payload);
    lso.mss = mss;
    lso.type = TxContext::l4_tcp;
    return lso;
}

Lso udp(bool v6, std::size_t payload, std::uint32_t mss) {
    Lso lso;
    if (v6) {
        lso.builder.ipv6("2001:db8::1", "2001:db8::2");
    } else {
        lso.builder.ipv4("192.0.2.1", "198.51.100.2");
    }
    lso.builder.udp(1000, 2000).payload(payload);
    lso.mss = mss;
    lso.type = TxContext::l4_udp | (v6 ? 0 : TxContext::ipv4);
    lso.l4len = kUdpBytes;
    return lso;
}

struct LsoRig : Rig {
    TxRing tx{driver};

    std::vector<Decoded> send(const Lso& lso, const std::vector<std::size_t>& pieces = {}) {
        host.sent.clear();
        lso.post(tx, pieces);
        tx.kick();
        EXPECT_TRUE(machine.run());
        std::vector<Decoded> segments;
        for (const SentFrame& frame : host.sent) {
            EXPECT_TRUE(frame.finished());
            EXPECT_TRUE(is_consistent(frame.bytes));
            segments.push_back(decode(frame.bytes).value_or(Decoded{}));
        }
        return segments;
    }
};

Frame payload_of(const std::vector<Decoded>& segments) {
    Frame bytes;
    for (const Decoded& segment : segments) {
        bytes.insert(bytes.end(), segment.payload.begin(), segment.payload.end());
    }
    return bytes;
}

TEST(Lso, CutsTcpIpv4IntoFullSegmentsAndAShortLastOne) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(3500, 1000));
    ASSERT_EQ(segments.size(), 4u);
    EXPECT_EQ(segments[0].payload.size(), 1000u);
    EXPECT_EQ(segments[3].payload.size(), 500u);
    EXPECT_EQ(payload_of(segments), pattern(3500));
}

TEST(Lso, SequenceNumbersAdvanceByMssAndWrap) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(2500, 1000));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].sequence, 0xFFFFFF00u);
    EXPECT_EQ(segments[1].sequence, 0xFFFFFF00u + 1000u);
    EXPECT_EQ(segments[2].sequence, 0xFFFFFF00u + 2000u);
}

TEST(Lso, Ipv4IdentificationCountsSegmentsAndWraps) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(3500, 1000));
    ASSERT_EQ(segments.size(), 4u);
    EXPECT_EQ(segments[0].ip_id, 0xFFFE);
    EXPECT_EQ(segments[1].ip_id, 0xFFFF);
    EXPECT_EQ(segments[2].ip_id, 0x0000);
    EXPECT_EQ(segments[3].ip_id, 0x0001);
}

TEST(Lso, FinAndPshAreOnTheLastSegmentOnly) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(2500, 1000, TcpFlag::ack | TcpFlag::fin | TcpFlag::psh));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].tcp_flags, TcpFlag::ack);
    EXPECT_EQ(segments[1].tcp_flags, TcpFlag::ack);
    EXPECT_EQ(segments[2].tcp_flags, TcpFlag::ack | TcpFlag::fin | TcpFlag::psh);
}

TEST(Lso, CwrIsClearedInTheLastSegmentByTheDefaultMasks) {
    LsoRig rig;
    const auto segments = rig.send(tcp4(2500, 1000, TcpFlag::ack | TcpFlag::cwr));
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_NE(segments[0].tcp_flags & TcpFlag::cwr, 0);
    EXPECT_NE(segments[1].tcp_flags & TcpFlag::cwr, 0) << "middle mask 0xFF6";
    EXPECT_EQ(segments[2].tcp_flags & TcpFlag::cwr, 0);
}

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

TEST(Lso, OneCompletionForThePacket) {
    LsoRig rig;
    rig.driver.use_msix();
    rig.driver.map_tx_interrupt(0, 0);
    rig.driver.unmask_vectors();
    rig.send(tcp4(10'000, 1000));
    EXPECT_TRUE(rig.tx.done(1));
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

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

struct Tunnel {
    static constexpr std::size_t kL3 = kEthBytes;
    static constexpr std::size_t kOuterL4 = kL3 + kIpv4Bytes;
    static constexpr std::size_t kInner = kOuterL4 + kUdpBytes + 8;
    static constexpr std::size_t kInnerL3 = kInner + kEthBytes;
    static constexpr std::size_t kInnerL4 = kInnerL3 + kIpv4Bytes;
    static constexpr std::size_t kHeaders = kInnerL4 + kTcpBytes;
    static constexpr std::size_t kMss = 1000;
    static constexpr std::size_t kPayload = 2000;

    // VXLAN with an inner TCP seed; the outer UDP has no checksum.
    static Frame request() {
        const Frame inside = FrameBuilder()
                                 .ipv4("192.0.2.1", "192.0.2.2")
                                 .tcp(1000, 2000, 1, TcpFlag::ack)
                                 .payload(kPayload)
                                 .build();
        Frame vxlan = {8, 0, 0, 0, 0, 0, 42, 0};
        vxlan.insert(vxlan.end(), inside.begin(), inside.end());
        FrameBuilder outer;
        outer.ipv4("198.51.100.1", "198.51.100.2").udp(5555, 4789).payload(vxlan);
        Frame frame = outer.build();
        put_be16(frame, kOuterL4 + 6, 0);
        seed_l4_checksum(frame, kInnerL3, kInnerL4, false);
        return frame;
    }

    static void expect_segments(const std::vector<SentFrame>& sent, bool inner_id_counts) {
        ASSERT_EQ(sent.size(), 2u);
        for (std::uint32_t i = 0; i < 2; ++i) {
            const Frame& frame = sent[i].bytes;
            EXPECT_TRUE(sent[i].finished());
            EXPECT_EQ(be16_at(frame, kL3 + 2), frame.size() - kL3);
            EXPECT_EQ(ones_sum(std::span(frame).subspan(kL3, kIpv4Bytes)), 0xFFFF) << "outer IPv4";
            EXPECT_EQ(be16_at(frame, kL3 + 4), 0x1234 + i) << "the outer identification counts";
            EXPECT_EQ(be16_at(frame, kInnerL3 + 4), 0x1234 + (inner_id_counts ? i : 0));
            EXPECT_EQ(be16_at(frame, kOuterL4 + 4), frame.size() - kOuterL4) << "outer UDP length";
            EXPECT_TRUE(is_consistent(std::span(frame).subspan(kInner)));
        }
    }
};

// VXLAN the way Linux segments it: IPLEN spans everything from the outer IP header to the inner
// TCP, and the inner headers describe one segment already.
void send_gso_partial(TxRing& tx) {
    Frame request = Tunnel::request();
    put_be16(request, Tunnel::kOuterL4 + 4,
             static_cast<std::uint16_t>(Tunnel::kHeaders - Tunnel::kOuterL4 + Tunnel::kMss));
    put_be16(request, Tunnel::kInnerL3 + 2, kIpv4Bytes + kTcpBytes + Tunnel::kMss);
    put_be16(request, Tunnel::kInnerL3 + 10, 0);
    put_be16(request, Tunnel::kInnerL3 + 10,
             static_cast<std::uint16_t>(
                 ~ones_sum(std::span(request).subspan(Tunnel::kInnerL3, kIpv4Bytes))));
    put_be16(request, Tunnel::kL3 + 2, 0);
    put_be16(request, Tunnel::kL3 + 10, 0);
    const auto between =
        std::span(request).subspan(Tunnel::kOuterL4, Tunnel::kInnerL4 - Tunnel::kOuterL4);
    put_be16(request, Tunnel::kL3 + 10, static_cast<std::uint16_t>(~ones_sum(between)));
    tx.put_context({.iplen = Tunnel::kInnerL4 - Tunnel::kL3,
                    .l4len = kTcpBytes,
                    .mss = Tunnel::kMss,
                    .type = TxContext::l4_tcp | TxContext::ipv4});
    tx.send(request, {.command = kLast | TxData::tse,
                      .options = TxData::txsm | TxData::ixsm,
                      .paylen = Tunnel::kPayload});
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

// ---- A peer that segments itself ----

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

constexpr unsigned kPeerAll = IXGBE_PEER_CSUM | IXGBE_PEER_TSO4 | IXGBE_PEER_TSO6 | IXGBE_PEER_USO;

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

// ---- Nonsense ----

TEST(Lso, MssOfZeroSendsNothingAndGoesOn) {
    LsoRig rig;
    tcp4(1000, 0).post(rig.tx);
    rig.tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_TRUE(rig.tx.done(1));
    EXPECT_EQ(rig.send(tcp4(2000, 1000)).size(), 2u);
}

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
