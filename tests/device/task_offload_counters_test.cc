// SPDX-License-Identifier: GPL-2.0-or-later
// What the task-offload block counts of coalescing: units, and each cause that ends one. Rules
// RSC-S1 to RSC-S5 and RSC-E1 to RSC-E8.

#include <gtest/gtest.h>
#include <numeric>

#include "rsc_rig.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;
using CoalescingRig = WithBlock<RscRig>;

// Rules RSC-S1 to RSC-S3 and RSC-S5: all members count once there are two; one alone is none.
TEST(TaskOffloadRscCounters, UnitsTheirSegmentsAndBytes) {
    CoalescingRig rig;
    rig.block.engage();
    EXPECT_EQ(segments_of(rig.burst(frames_of(stream(4, 1000)))), Counts{4});
    EXPECT_EQ(segments_of(rig.burst(frames_of(stream(2, 300)))), Counts{2});
    EXPECT_EQ(segments_of(rig.burst(frames_of(stream(1, 500)))), Counts{0});
    EXPECT_EQ(rig.block.counter(Counter::rsc_segments), 6u);
    EXPECT_EQ(rig.block.counter(Counter::rsc_bytes), 4600u);
    EXPECT_EQ(rig.block.counter(Counter::rsc_units), 2u);
    EXPECT_EQ(rig.block.counter(Counter::rsc_aborts), 0u);
}

TEST(TaskOffloadRscCounters, BothIpVersionsCount) {
    CoalescingRig rig;
    rig.block.engage({{Param::rsc6, Switch::on}});
    std::vector<Frame> frames;
    for (const std::uint32_t sequence : {1u, 101u, 201u}) {
        frames.push_back(FrameBuilder()
                             .ipv6("2001:db8::1", "2001:db8::2")
                             .tcp(1, 2, sequence)
                             .payload(100)
                             .build());
    }
    EXPECT_EQ(segments_of(rig.burst(frames)), Counts{3});
    EXPECT_EQ(rig.block.counter(Counter::rsc_segments), 3u);
    EXPECT_EQ(rig.block.counter(Counter::rsc_bytes), 300u);
}

struct Cause {
    const char* name;
    unsigned counter;
    Frame (*spoil)(TcpSegment);  // the third of a stream
};

Frame option(std::uint8_t kind) {
    return {kind, 4, 0, 0};
}

const std::vector<Cause>& causes() {
    static const std::vector<Cause> list = {
        {"E2WrongIpChecksum", Counter::e2,
         [](TcpSegment s) {
             Frame frame = s.build();
             frame[24] ^= 1;
             return frame;
         }},
        {"E2WrongTcpChecksum", Counter::e2,
         [](TcpSegment s) {
             Frame frame = s.build();
             frame[60] ^= 1;
             return frame;
         }},
        {"E3Fin", Counter::e3,
         [](TcpSegment s) {
             s.flags |= TcpFlag::fin;
             return s.build();
         }},
        {"E3Syn", Counter::e3,
         [](TcpSegment s) {
             s.flags |= TcpFlag::syn;
             return s.build();
         }},
        {"E3Urg", Counter::e3,
         [](TcpSegment s) {
             s.flags |= TcpFlag::urg;
             return s.build();
         }},
        {"E4Option", Counter::e4,
         [](TcpSegment s) {
             s.options = option(30);
             return s.build();
         }},
        {"E5IpOptions", Counter::e5,
         [](TcpSegment s) {
             return FrameBuilder()
                 .ipv4("192.0.2.1", "198.51.100.2")
                 .ip_options()
                 .tcp(s.source_port, s.destination_port, s.seq)
                 .acknowledge(s.ack, s.window)
                 .payload(s.payload)
                 .build();
         }},
        {"E6Fragment", Counter::e6,
         [](TcpSegment s) {
             s.fragment = 0x2000;
             return s.build();
         }},
        {"E8IpEcn", Counter::e8,
         [](TcpSegment s) {
             s.tos = 3;
             return s.build();
         }},
    };
    return list;
}

class TaskOffloadRscCause : public testing::TestWithParam<std::size_t> {};

// Rule RSC-S4.
TEST_P(TaskOffloadRscCause, IsCountedOnceAndInTheSum) {
    const Cause& cause = causes()[GetParam()];
    CoalescingRig rig;
    rig.block.engage();
    const auto segments = stream(3, 100);
    const auto counts = segments_of(
        rig.burst({segments[0].build(), segments[1].build(), cause.spoil(segments[2])}));
    ASSERT_EQ(counts, (Counts{2, 0}));
    for (unsigned counter = Counter::rsc_aborts; counter <= Counter::e7; ++counter) {
        const bool counted = counter == Counter::rsc_aborts || counter == cause.counter;
        EXPECT_EQ(rig.block.counter(counter), counted ? 1u : 0u) << counter;
    }
    EXPECT_EQ(rig.block.counter(Counter::rsc_units), 1u);
}

// A frame of an ethertype filter is nobody's segment, so nothing about it is an exception.
TEST_P(TaskOffloadRscCause, IsNotCountedOfFramesThatAFilterClaims) {
    CoalescingRig rig;
    rig.block.engage();
    rig.driver.write<ETQF>(0, ETQF::enable | 0x0800);
    EXPECT_EQ(segments_of(rig.burst({causes()[GetParam()].spoil(stream(1, 100)[0])})), Counts{0});
    for (unsigned counter = Counter::rsc_segments; counter <= Counter::e7; ++counter) {
        EXPECT_EQ(rig.block.counter(counter), 0u) << counter;
    }
}

INSTANTIATE_TEST_SUITE_P(, TaskOffloadRscCause, testing::Range(std::size_t{0}, causes().size()),
                         [](const auto& one) { return causes()[one.param].name; });

// Rule RSC-E1: connections beyond those that are followed.
TEST(TaskOffloadRscCounters, ConnectionsThatAreNotFollowed) {
    for (const bool engaged : {false, true}) {
        CoalescingRig rig(changed_config([](auto& c) { c.rsc_flows = 2; }));
        if (engaged) {
            rig.block.engage();
        }
        std::vector<Frame> frames;
        for (unsigned k = 0; k < 2; ++k) {
            for (std::uint16_t i = 0; i < 3; ++i) {
                frames.push_back(stream(2, 100, {.source_port = i})[k].build());
            }
        }
        Counts counts = segments_of(rig.burst(frames));
        EXPECT_EQ(std::count(counts.begin(), counts.end(), 2u), 2);
        EXPECT_EQ(std::count(counts.begin(), counts.end(), 0u), 2);
        EXPECT_EQ(rig.block.counter(Counter::e1), 2u);
        EXPECT_EQ(rig.block.counter(Counter::rsc_aborts), 2u);
    }
}

// Rule RSC-E7: an IP datagram ends at 65,535 bytes; no abort.
TEST(TaskOffloadRscCounters, UnitsThatAreFull) {
    CoalescingRig rig(default_config(), {.size = 64, .buffer_kb = 16});
    rig.block.engage();
    const Counts counts = segments_of(rig.burst(frames_of(stream(50))));
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0u), 50u);
    ASSERT_EQ(counts, (Counts{45, 5})) << "45 of 1448 bytes and 40 of headers";
    EXPECT_EQ(rig.block.counter(Counter::e7), 1u);
    EXPECT_EQ(rig.block.counter(Counter::rsc_aborts), 0u);
    EXPECT_EQ(rig.block.counter(Counter::rsc_units), 2u);
}

}  // namespace
}  // namespace x550
