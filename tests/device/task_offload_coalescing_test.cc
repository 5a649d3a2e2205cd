// SPDX-License-Identifier: GPL-2.0-or-later
// Coalescing under the task-offload block: its switches, properties and counters. Rules RSC-2,
// RSC-22 to RSC-24, RSC-28, RSC-E1 to RSC-E8, RSC-S1 to RSC-S5 and CTRL-7.

#include <gtest/gtest.h>

#include "rsc_rig.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;
using CoalescingRig = WithBlock<RscRig>;

std::vector<Frame> stream6(unsigned count) {
    std::vector<Frame> out;
    for (unsigned i = 0; i < count; ++i) {
        out.push_back(FrameBuilder()
                          .ipv6("2001:db8::1", "2001:db8::2")
                          .tcp(1, 2, 1 + 1000 * i)
                          .payload(1000, i)
                          .build());
    }
    return out;
}

// A large frame of the backend, as Linux hands it to a tap.
struct SuperFrame {
    Frame bytes;
    ixgbe_frame_offload offload{};

    explicit SuperFrame(bool v6, std::size_t payload = 4000) {
        FrameBuilder builder = v6 ? FrameBuilder().ipv6("2001:db8::1", "2001:db8::2")
                                  : FrameBuilder().ipv4("192.0.2.1", "198.51.100.2");
        builder.tcp(1, 2).payload(payload);
        bytes = builder.build();
        seed_l4_checksum(bytes, kEthBytes, builder.l4_offset());
        offload.gso = v6 ? IXGBE_GSO_TCPV6 : IXGBE_GSO_TCPV4;
        offload.gso_size = 1000;
        offload.hdr_len = static_cast<std::uint16_t>(builder.l4_offset() + kTcpBytes);
        offload.needs_csum = 1;
        offload.csum_start = static_cast<std::uint16_t>(builder.l4_offset());
        offload.csum_offset = 16;
    }
    [[nodiscard]] Counts units(CoalescingRig& rig) const {
        EXPECT_EQ(rig.machine.receive(bytes, &offload), IXGBE_ACCEPTED);
        EXPECT_TRUE(rig.machine.run());
        const Counts counts = segments_of(rig.ring.take_units());
        rig.ring.fill_all();
        return counts;
    }
};

Counts burst(CoalescingRig& rig, const std::vector<Frame>& frames) {
    const Counts counts = segments_of(rig.burst(frames));
    rig.ring.fill_all();
    return counts;
}

// ---- Switches ----

TEST(TaskOffloadRsc, Ipv4IsCoalescedUntilItsSwitchIsOff) {
    CoalescingRig rig;
    EXPECT_EQ(burst(rig, frames_of(stream(4))), Counts{4});
    rig.block.engage();
    EXPECT_EQ(burst(rig, frames_of(stream(4))), Counts{4});
    rig.block.apply({{Param::rsc4, Switch::off}, {Param::rsc6, Switch::on}});
    EXPECT_EQ(burst(rig, frames_of(stream(4))), (Counts{0, 0, 0, 0}));
    EXPECT_EQ(SuperFrame(false).units(rig), (Counts{0, 0, 0, 0})) << "cut";
    EXPECT_EQ(burst(rig, stream6(3)), Counts{3}) << "the other version";
    rig.block.apply({{Param::rsc4, Switch::on}});
    EXPECT_EQ(burst(rig, frames_of(stream(4))), Counts{4});
}

// Rule RSC-2: a request says on, whatever is configured at start.
TEST(TaskOffloadRsc, Ipv6IsCoalescedOnceItWasAskedFor) {
    CoalescingRig rig;
    EXPECT_EQ(burst(rig, stream6(3)), (Counts{0, 0, 0})) << "as the chip";
    EXPECT_EQ(SuperFrame(true).units(rig), (Counts{0, 0, 0, 0}));
    rig.block.engage();
    EXPECT_EQ(burst(rig, stream6(3)), (Counts{0, 0, 0})) << "nobody asked";
    rig.block.apply({{Param::rsc6, Switch::on}});
    const auto units = rig.burst(stream6(3));
    ASSERT_EQ(segments_of(units), Counts{3});
    EXPECT_TRUE(is_consistent(units[0].bytes));
    EXPECT_EQ(units[0].status() & (RxWriteBack::l4cs | RxWriteBack::l4e), RxWriteBack::l4cs);
    rig.ring.fill_all();
    EXPECT_EQ(SuperFrame(true).units(rig), Counts{4});
    rig.block.apply({{Param::rsc6, Switch::off}});
    EXPECT_EQ(burst(rig, stream6(3)), (Counts{0, 0, 0}));
    EXPECT_EQ(SuperFrame(true).units(rig), (Counts{0, 0, 0, 0}));
    EXPECT_EQ(burst(rig, frames_of(stream(4))), Counts{4}) << "the other version";
}

// "On does not overrule the X550's own registers."
TEST(TaskOffloadRsc, TheQueuesRegisterHasItsSayAsWell) {
    CoalescingRig rig;
    rig.block.engage({{Param::rsc4, Switch::on}, {Param::rsc6, Switch::on}});
    rig.driver.write<RSCCTL>(0, 0);
    EXPECT_EQ(burst(rig, frames_of(stream(3))), (Counts{0, 0, 0}));
    EXPECT_EQ(burst(rig, stream6(3)), (Counts{0, 0, 0}));
}

// Rules CTRL-7 and RSC-24: whatever the doorbell changes, and be it nothing.
TEST(TaskOffloadRsc, OpenUnitsAreClosedBeforeADoorbellCompletes) {
    for (const bool off : {false, true}) {
        CoalescingRig rig;
        const auto segments = stream(4);
        for (const Frame& frame : frames_of({segments[0], segments[1]})) {
            ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
        }
        EXPECT_EQ(rig.block.apply({{Param::rsc4, off ? Switch::off : std::uint8_t{0}}}),
                  Result::done);
        EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{2});
        const Counts rest = off ? Counts{0, 0} : Counts{2};
        EXPECT_EQ(burst(rig, frames_of({segments[2], segments[3]})), rest);
    }
}

// Rules RSC-22, RSC-23, COMBO-8: a unit vouches for its checksums, whatever the switches say.
TEST(TaskOffloadRsc, UnitsCarryBothVerdictsWithReceiveChecksumsOff) {
    CoalescingRig rig;
    rig.block.engage({{Param::ip4_csum, CsumValue::off}, {Param::tcp4_csum, CsumValue::off}});
    const auto units = rig.burst(frames_of(stream(4)));
    ASSERT_EQ(segments_of(units), Counts{4});
    constexpr std::uint32_t both = RxWriteBack::ipcs | RxWriteBack::l4cs;
    constexpr std::uint32_t errors = RxWriteBack::ipe | RxWriteBack::l4e;
    EXPECT_EQ(units[0].status() & (both | errors), both);
    for (const std::size_t at : {std::size_t{24}, std::size_t{60}}) {
        rig.ring.fill_all();
        auto frames = frames_of(stream(5, 100));
        frames[2].at(at) ^= 1;
        const auto apart = rig.burst(frames);
        ASSERT_EQ(segments_of(apart), (Counts{2, 0, 2})) << at;
        EXPECT_EQ(apart[1].status() & (both | errors), 0u) << "and no verdict alone";
        EXPECT_TRUE(same_bytes(frames[2], apart[1].bytes));
    }
}

// ---- Properties, with and without a doorbell ----

TEST(TaskOffloadRsc, AbsentIsNeverCoalesced) {
    for (const bool engaged : {false, true}) {
        CoalescingRig rig(changed_config([](auto& c) { c.rsc_ip4 = c.rsc_ip6 = false; }));
        if (engaged) {
            rig.block.engage();
        }
        EXPECT_EQ(burst(rig, frames_of(stream(3))), (Counts{0, 0, 0}));
        EXPECT_EQ(burst(rig, stream6(3)), (Counts{0, 0, 0}));
        EXPECT_EQ(SuperFrame(false).units(rig), (Counts{0, 0, 0, 0}));
    }
}

TEST(TaskOffloadRsc, SegmentsWithTimestampsAreAProperty) {
    for (const bool joined : {false, true}) {
        CoalescingRig rig(changed_config([&](auto& c) { c.rsc_timestamps = joined; }));
        const auto frames = frames_of(stream(3, 100, {.timestamps = {{10, 20}}}));
        EXPECT_EQ(burst(rig, frames), joined ? Counts{3} : (Counts{0, 0, 0}));
        EXPECT_EQ(burst(rig, frames_of(stream(3, 100))), Counts{3});
    }
}

TEST(TaskOffloadRsc, SegmentsOfAUnitAreLimited) {
    CoalescingRig rig(changed_config([](auto& c) { c.rsc_max_segs = 4; }));
    EXPECT_EQ(burst(rig, frames_of(stream(10, 100))), (Counts{4, 4, 2}));
    EXPECT_EQ(rig.block.counter(Counter::e7), 2u);
    EXPECT_EQ(SuperFrame(false, 10'000).units(rig), (Counts{4, 4, 2}));
    EXPECT_EQ(rig.block.counter(Counter::e7), 4u) << "of the large frame";
    EXPECT_EQ(rig.block.counter(Counter::rsc_aborts), 0u) << "RSC-S4: all but E7";
}

}  // namespace
}  // namespace x550
