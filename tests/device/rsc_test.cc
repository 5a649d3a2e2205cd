// SPDX-License-Identifier: GPL-2.0-or-later
// Receive side coalescing: which segments become one packet, and what the packet says. Rules RSC-*
// of docs/coverage.md; registers and descriptors: X550 DS 7.1.12.

#include <gtest/gtest.h>

#include "hex.h"
#include "rsc_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;

void expect_whole(const RxUnit& unit, const Frame& payload) {
    const auto decoded = decode(unit.bytes);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->consistent);
    EXPECT_EQ(decoded->payload, payload);
    EXPECT_EQ(unit.status() &
                  (RxWriteBack::ipcs | RxWriteBack::l4cs | RxWriteBack::ipe | RxWriteBack::l4e),
              RxWriteBack::ipcs | RxWriteBack::l4cs);
}

// Rules RSC-3, RSC-4, RSC-19, RSC-22, first reference scenario.
TEST(Rsc, TenSegmentsBecomeOne) {
    RscRig rig;
    const auto segments = stream(10);
    const auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), Counts{10});
    expect_whole(units[0], payload_of(segments));
    EXPECT_EQ(units[0].descriptors.size(), 1 + (9 * 1448 + 3071) / 3072);
    EXPECT_EQ(rig.ring.head(), units[0].descriptors.size());
}

// Golden vector 7.5: TTL is the least, ACK and window the last, PSH the or, ID the first.
TEST(Rsc, GoldenUnit) {
    RscRig rig;
    Frame first;
    Frame second;
    for (unsigned i = 0; i < 150; ++i) {
        (i < 100 ? first : second).push_back(static_cast<std::uint8_t>(i));
    }
    const TcpSegment a{.payload = first};
    const TcpSegment b{.seq = 1100,
                       .ack = 5100,
                       .window = 2000,
                       .flags = TcpFlag::ack | TcpFlag::psh,
                       .ttl = 63,
                       .id = 0x1001,
                       .payload = second};
    EXPECT_EQ(be16_at(a.build(), kEthBytes + 10), 0x3E35);
    EXPECT_EQ(be16_at(a.build(), 50), 0xF98F);
    EXPECT_EQ(be16_at(b.build(), kEthBytes + 10), 0x3F66);
    EXPECT_EQ(be16_at(b.build(), 50), 0x6896);
    const auto units = rig.burst({a.build(), b.build()});
    ASSERT_EQ(segments_of(units), Counts{2});
    const Frame expected = from_hex(
        "4500 00be 1000 4000 3f06 3f03 c0000201 c6336402"
        "1234 0050 000003e8 000013ec 5018 07d0 ccc8 0000");
    EXPECT_EQ(to_hex(std::span(units[0].bytes).subspan(kEthBytes, 40)), to_hex(expected));
    EXPECT_EQ(units[0].bytes.size(), kEthBytes + 190);
}

// Rules RSC-T3, RSC-10, second reference scenario.
TEST(Rsc, ADuplicateAckEndsTheUnitAndComesAlone) {
    RscRig rig;
    auto segments = stream(5);
    TcpSegment duplicate = segments.back();
    duplicate.seq += 1448;
    duplicate.payload.clear();
    const auto more = stream(2, 1448, {.seq = duplicate.seq});
    auto frames = frames_of(segments);
    frames.push_back(duplicate.build());
    for (const Frame& frame : frames_of(more)) {
        frames.push_back(frame);
    }
    const auto units = rig.burst(frames);
    ASSERT_EQ(segments_of(units), (Counts{5, 0, 2}));
    EXPECT_EQ(units[1].bytes, duplicate.build());
}

// Rules RSC-T2, RSC-13, third reference scenario; RSCDBU.RSCACKDIS.
TEST(Rsc, WindowUpdatesJoinUnlessAcksAreKeptApart) {
    const auto segments = stream(5);
    auto frames = frames_of(segments);
    TcpSegment update = segments.back();
    update.seq += 1448;
    update.payload.clear();
    for (const std::uint16_t window : {std::uint16_t{2000}, std::uint16_t{3000}}) {
        update.window = window;
        frames.push_back(update.build());
    }
    RscRig rig;
    const auto units = rig.burst(frames);
    ASSERT_EQ(segments_of(units), Counts{5});
    EXPECT_EQ(be16_at(units[0].bytes, 48), 3000);
    expect_whole(units[0], payload_of(segments));
    RscRig apart;
    apart.driver.set<RSCDBU>(RSCDBU::rscackdis);
    EXPECT_EQ(segments_of(apart.burst(frames)), (Counts{5, 0, 0}));
}

// A unit of one segment takes a window as well.
TEST(Rsc, AWindowUpdateOfASingleSegmentIsNotLost) {
    RscRig rig;
    const auto segments = stream(1);
    TcpSegment update = segments[0];
    update.seq += 1448;
    update.payload.clear();
    update.window = 4321;
    const auto units = rig.burst({segments[0].build(), update.build()});
    ASSERT_EQ(segments_of(units), Counts{0});
    EXPECT_EQ(be16_at(units[0].bytes, 48), 4321);
    expect_whole(units[0], segments[0].payload);
}

// What pads a short frame is no payload; alone it stays.
TEST(Rsc, PaddingIsNotCoalesced) {
    RscRig rig;
    const auto segments = stream(3, 1);
    auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), Counts{3});
    expect_whole(units[0], payload_of(segments));
    EXPECT_EQ(units[0].bytes.size(), 57u);
    units = rig.burst(frames_of(stream(1, 1)));
    ASSERT_EQ(segments_of(units), Counts{0});
    EXPECT_EQ(units[0].bytes, stream(1, 1)[0].build());
}

// Rules RSC-T7, RSC-14, fourth reference scenario; RSC-T8.
TEST(Rsc, AcknowledgementsMayOnlyRise) {
    RscRig rig;
    auto segments = stream(5);
    segments[3].ack = segments[4].ack = 6000;
    auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), Counts{5});
    EXPECT_EQ(decode(units[0].bytes)->acknowledge, 6000u);
    segments = stream(4, 1448, {.seq = 1u << 31, .ack = 100});
    segments[2].ack = segments[3].ack = 99;
    EXPECT_EQ(segments_of(rig.burst(frames_of(segments))), (Counts{2, 2}));
}

// Rules RSC-12, RSC-29, RSC-T4.
TEST(Rsc, PureAcknowledgementsStartNothing) {
    RscRig rig;
    TcpSegment ack;
    std::vector<Frame> frames;
    for (unsigned i = 0; i < 3; ++i) {
        ack.ack += 1000;
        frames.push_back(ack.build());
    }
    EXPECT_EQ(segments_of(rig.burst(frames)), (Counts{0, 0, 0}));
}

// Rules RSC-T5, RSC-3.
TEST(Rsc, AGapOrARepetitionStartsAnotherUnit) {
    RscRig rig;
    const auto segments = stream(6);
    const std::vector<TcpSegment> gap{segments[0], segments[1], segments[3], segments[4]};
    EXPECT_EQ(segments_of(rig.burst(frames_of(gap))), (Counts{2, 2}));
    const std::vector<TcpSegment> again{segments[0], segments[1], segments[1], segments[2]};
    const auto units = rig.burst(frames_of(again));
    ASSERT_EQ(segments_of(units), (Counts{2, 2}));
    EXPECT_EQ(decode(units[1].bytes)->sequence, segments[1].seq);
}

// RDRXCTL.RSC_PUSH_DIS; rule RSC-17.
TEST(Rsc, PushEndsTheUnitItBelongsTo) {
    auto segments = stream(6);
    segments[2].flags |= TcpFlag::psh;
    RscRig rig;
    const auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), (Counts{3, 3}));
    EXPECT_EQ(decode(units[0].bytes)->tcp_flags, TcpFlag::ack | TcpFlag::psh);
    EXPECT_EQ(decode(units[1].bytes)->tcp_flags, TcpFlag::ack);
    RscRig through;
    through.driver.set<RDRXCTL>(RDRXCTL::rsc_push_dis);
    EXPECT_EQ(segments_of(through.burst(frames_of(segments))), Counts{6});
}

struct Exception {
    const char* name;
    void (*spoil)(TcpSegment&);
};

Frame option(std::uint8_t kind) {
    return {kind, 4, 0, 0};
}

const Exception kExceptions[] = {
    {"Fin", [](TcpSegment& s) { s.flags |= TcpFlag::fin; }},
    {"Syn", [](TcpSegment& s) { s.flags |= TcpFlag::syn; }},
    {"Rst", [](TcpSegment& s) { s.flags |= TcpFlag::rst; }},
    {"Urg", [](TcpSegment& s) { s.flags |= TcpFlag::urg; }},
    {"Ece", [](TcpSegment& s) { s.flags |= TcpFlag::ece; }},
    {"Cwr", [](TcpSegment& s) { s.flags |= TcpFlag::cwr; }},
    {"NoAck", [](TcpSegment& s) { s.flags = 0; }},
    {"OtherOption", [](TcpSegment& s) { s.options = option(30); }},
    {"FragmentWithMore", [](TcpSegment& s) { s.fragment = 0x2000; }},
    {"FragmentBehind", [](TcpSegment& s) { s.fragment = 0x0010; }},
    {"OtherTos", [](TcpSegment& s) { s.tos = 0x20; }},
    {"CongestionExperienced", [](TcpSegment& s) { s.tos = 3; }},
    {"NoDf", [](TcpSegment& s) { s.fragment = 0; }},
    {"Timestamps",
     [](TcpSegment& s) {
         s.timestamps = {1, 2};
     }},
    {"Vlan", [](TcpSegment& s) { s.vlan = 7; }},
};

class RscException : public testing::TestWithParam<Exception> {};

// Rules RSC-E3 to RSC-E6, RSC-E8, RSC-6, RSC-9, RSC-16, RSC-T10. The odd one out, between two pairs
// of a stream: nothing joins it, and it stays in its place.
TEST_P(RscException, ComesAlone) {
    RscRig rig;
    auto segments = stream(5, 100);
    GetParam().spoil(segments[2]);
    const auto frames = frames_of(segments);
    const auto units = rig.burst(frames);
    ASSERT_EQ(segments_of(units), (Counts{2, 0, 2}));
    EXPECT_EQ(units[1].bytes, frames[2]);
}

INSTANTIATE_TEST_SUITE_P(, RscException, testing::ValuesIn(kExceptions),
                         [](const auto& which) { return which.param.name; });

// Rules RSC-E2, RSC-23.
TEST(Rsc, AWrongChecksumComesAloneWithItsVerdict) {
    for (const std::size_t at : {std::size_t{24}, std::size_t{60}}) {
        RscRig rig;
        auto frames = frames_of(stream(5, 100));
        frames[2].at(at) ^= 1;
        const auto units = rig.burst(frames);
        ASSERT_EQ(segments_of(units), (Counts{2, 0, 2}));
        EXPECT_NE(units[1].status() & (RxWriteBack::ipe | RxWriteBack::l4e), 0u);
        EXPECT_EQ(units[1].bytes, frames[2]);
    }
}

// Rules RSC-E6, RSC-3: even if what follows would fit.
TEST(Rsc, AFragmentEndsTheUnitBeforeIt) {
    RscRig rig;
    const auto segments = stream(4, 100);
    TcpSegment fragment = segments[1];
    fragment.fragment = 0x2000;
    const auto units = rig.burst({segments[0].build(), segments[1].build(), fragment.build(),
                                  segments[2].build(), segments[3].build()});
    EXPECT_EQ(segments_of(units), (Counts{2, 0, 2}));
}

// Rules RSC-15, RSC-17, RSC-T9.
TEST(Rsc, TheLatestTimestampsCount) {
    RscRig rig;
    auto segments = stream(4, 100, {.timestamps = {{10, 20}}});
    segments[1].timestamps = {11, 21};
    segments[2].timestamps = {12, 22};
    segments[3].timestamps = {5, 23};  // goes back
    const auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), (Counts{3, 0}));
    EXPECT_EQ(to_hex(std::span(units[0].bytes).subspan(54, 12)), "0101080a0000000c00000016");
    segments.pop_back();
    expect_whole(units[0], payload_of(segments));
}

// Rule RSC-6: one unit a connection, in any order of arrival.
TEST(Rsc, ConnectionsAreKeptApart) {
    RscRig rig({.size = 256, .buffer_kb = 3});
    std::vector<std::vector<TcpSegment>> flows;
    for (std::uint16_t i = 0; i < 4; ++i) {
        flows.push_back(stream(5, 1448, {.source_port = i, .seq = 1000u * i}));
    }
    std::vector<Frame> frames;
    for (unsigned k = 0; k < 5; ++k) {
        for (const auto& flow : flows) {
            frames.push_back(flow[k].build());
        }
    }
    const auto units = rig.burst(frames);
    ASSERT_EQ(segments_of(units), (Counts{5, 5, 5, 5}));
    for (const RxUnit& unit : units) {
        expect_whole(unit, payload_of(flows[decode(unit.bytes)->source_port]));
    }
}

// Rule RSC-E1: the chip follows 32 connections.
TEST(Rsc, TheThirtyThirdConnectionIsNotFollowed) {
    RscRig rig({.size = 512, .buffer_kb = 3});
    std::vector<Frame> frames;
    for (unsigned k = 0; k < 2; ++k) {
        for (std::uint16_t i = 0; i < 33; ++i) {
            frames.push_back(stream(2, 100, {.source_port = i})[k].build());
        }
    }
    const auto counts = segments_of(rig.burst(frames));
    EXPECT_EQ(std::count(counts.begin(), counts.end(), 2u), 32);
    EXPECT_EQ(std::count(counts.begin(), counts.end(), 0u), 2);
}

TEST(Rsc, TaggedStreamsAreCoalescedAndStripped) {
    RscRig rig({.buffer_kb = 3, .rxdctl = RXDCTL::vme});
    const auto segments = stream(4, 1448, {.vlan = 0x2007});
    const auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), Counts{4});
    expect_whole(units[0], payload_of(segments));
    EXPECT_NE(units[0].status() & RxWriteBack::vp, 0u);
    EXPECT_EQ(units[0].descriptors.back()[3] >> 16, 0x2007u);
    EXPECT_TRUE(decode(units[0].bytes)->vlan_tcis.empty());
}

}  // namespace
}  // namespace x550
