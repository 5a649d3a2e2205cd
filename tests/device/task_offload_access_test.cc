// SPDX-License-Identifier: GPL-2.0-or-later
// Beside what a request says: VXLANCTRL, frames and units that wait, counters of 64 bits, what is
// traced; by the doorbell and by the host.

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "destination.h"
#include "rsc_rig.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;

template <typename R>
std::uint32_t host_sets(const R& rig, std::uint32_t member, std::uint16_t value) {
    return ixgbe_block_set(rig.machine.device(), Block::parameters + member, value);
}

// ---- VXLANCTRL ----

constexpr std::uint16_t kPorts[] = {8472, 0x1200, 200};  // one without low byte, one without high

TEST(TaskOffloadPort, OfTheHostIsInTheRegister) {
    for (const std::uint16_t port : kPorts) {
        const TaskOffloadRig rig;
        EXPECT_EQ(host_sets(rig, Param::vxlan_port, port), Result::done);
        EXPECT_EQ(rig.driver.read<VXLANCTRL>(), port);
    }
}

TEST(TaskOffloadPort, OfARequestIsInTheRegisterWhileVxlanIsActive) {
    for (const std::uint16_t port : kPorts) {
        const TaskOffloadRig rig;
        rig.block.engage({{Param::encap, EncapValue::on}, {Param::encap_types, EncapValue::vxlan}});
        EXPECT_EQ(rig.driver.read<VXLANCTRL>(), 4789u);
        rig.block.request_port(port);
        EXPECT_EQ(rig.block.ring(Doorbell::parameters), Result::done);
        EXPECT_EQ(rig.driver.read<VXLANCTRL>(), port);
    }
}

// A driver that wants no VXLAN writes 0.
TEST(TaskOffloadPort, IsNoMatterOfOtherRequests) {
    const TaskOffloadRig host;
    EXPECT_EQ(host_sets(host, Param::rsc4, Switch::off), Result::done);
    EXPECT_EQ(host.driver.read<VXLANCTRL>(), 0u);
    const TaskOffloadRig guest;
    guest.block.engage({{Param::encap, EncapValue::on}, {Param::encap_types, EncapValue::both}});
    guest.driver.write<VXLANCTRL>(0);
    EXPECT_EQ(guest.block.apply({{Param::lso1, Switch::off}}), Result::done);
    EXPECT_EQ(guest.driver.read<VXLANCTRL>(), 0u);
    EXPECT_EQ(guest.block.apply(
                  {{Param::encap, EncapValue::on}, {Param::encap_types, EncapValue::vxlan}}),
              Result::done);
    EXPECT_EQ(guest.driver.read<VXLANCTRL>(), 4789u);
}

// ---- Switches of the host ----

TEST(TaskOffloadHostTunnels, WhatIsLeftOfTheGuestsStaysActive) {
    const TaskOffloadRig rig;
    rig.block.engage({{Param::encap, EncapValue::on}, {Param::encap_types, EncapValue::both}});
    const auto active = [&] { return rig.block.current(Word::flags) & Flags::encap_active; };
    EXPECT_EQ(host_sets(rig, Param::encap_types, EncapValue::nvgre), Result::done);
    EXPECT_EQ(active(), Flags::encap_active);
    EXPECT_NE(rig.block.effective(Word::gre), 0u);
    EXPECT_EQ(rig.block.effective(Word::vxlan), 0u);
    EXPECT_EQ(host_sets(rig, Param::encap_types, 0), Result::done);
    EXPECT_EQ(active(), 0u);
    EXPECT_EQ(rig.block.effective(Word::gre), 0u);
}

TEST(TaskOffloadHostValue, OfMoreThanAByteIsInvalid) {
    const TaskOffloadRig rig;
    const std::uint32_t csum = rig.block.current(Word::csum);
    for (const unsigned value : {0xFFu, 0x100u, 0x100u + CsumValue::off}) {
        const std::uint32_t result =
            host_sets(rig, Param::tcp4_csum, static_cast<std::uint16_t>(value));
        EXPECT_EQ(result & Result::code_mask, Result::invalid_data) << value;
        EXPECT_EQ(result >> Result::member_shift, Block::parameters + Param::tcp4_csum) << value;
    }
    EXPECT_EQ(rig.block.current(Word::csum), csum);
    EXPECT_EQ(rig.block.generation(), 0u);
}

// ---- What waits ----

// A frame that found no buffer may find another queue under the new switches.
TEST(TaskOffloadWaiting, AFrameIsAskedForAgain) {
    for (const bool by_host : {false, true}) {
        TaskOffloadRig rig;
        const RxRing rx(rig.driver, 0, {.fill = false});
        EXPECT_EQ(rig.machine.receive_alone(plain_frame(100)), IXGBE_NO_BUFFERS);
        rig.host.forget();
        const std::uint32_t code = by_host ? host_sets(rig, Param::rsc4, Switch::off)
                                           : rig.block.apply({{Param::rsc4, Switch::off}});
        EXPECT_EQ(code, Result::done);
        ASSERT_TRUE(rig.machine.run());
        EXPECT_EQ(rig.host.receive_ready_count, 1u) << by_host;
    }
}

// Only a doorbell closes units: neither an access beside it, nor one without a bit.
TEST(TaskOffloadWaiting, UnitsGoOnOverOtherAccesses) {
    WithBlock<RscRig> rig;
    const auto frames = frames_of(stream(4));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        ASSERT_EQ(rig.machine.receive(frames[i]), IXGBE_ACCEPTED);
        if (i == 1) {
            rig.block.request(Param::lso1, Switch::off);
            rig.block.write(Block::event_vector, 5);
            rig.block.write(Block::event, 1);
            rig.block.write(Block::magic, 1);
            EXPECT_EQ(rig.block.ring(0), Result::invalid_data);
        }
    }
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{4});
}

// ---- Counters ----

constexpr std::uint64_t kLarge = 0x1234'5678'9ABC'DEF0;

TEST(TaskOffloadCounter, KeepsItsUpperHalfOverAMove) {
    TaskOffloadRig rig;
    for (unsigned i = 0; i < Counter::count; ++i) {
        rig.machine.state().task_offload.counter[i] = kLarge + i;
    }
    ixgbe_prepare_save(rig.machine.device());
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    const OffloadBlock moved(destination.device());
    for (unsigned i = 0; i < Counter::count; ++i) {
        EXPECT_EQ(moved.counter(i), kLarge + i) << i;
        const auto peek = [&](std::uint32_t at) {
            return ixgbe_block_peek(destination.device(), Block::statistics + 8 * i + at);
        };
        EXPECT_EQ(std::uint64_t{peek(4)} << 32 | peek(0), kLarge + i) << i;
    }
}

// ---- Traces ----

unsigned event_named(const std::string& name) {
    unsigned event = 0;
    while (event < ixgbe_trace_count() && ixgbe_trace_name(event) != name) {
        ++event;
    }
    return event;
}

struct TracedRig : TaskOffloadRig {
    const unsigned doorbell = event_named("task_offload");
    const unsigned changed = event_named("task_offload_changed");

    TracedRig() { ixgbe_trace_enable(machine.device(), bit(doorbell) | bit(changed)); }
    // How often each was told since the last call.
    std::pair<std::ptrdiff_t, std::ptrdiff_t> told() {
        const auto count = [&](unsigned event) {
            return std::count(host.traced.begin(), host.traced.end(), event);
        };
        const std::pair out{count(doorbell), count(changed)};
        host.forget();
        return out;
    }
};

using Told = std::pair<std::ptrdiff_t, std::ptrdiff_t>;

// "Tells each doorbell, refused ones included", and each new generation.
TEST(TaskOffloadTrace, TellsEachRequestAndEachChange) {
    TracedRig rig;
    rig.block.engage();
    EXPECT_EQ(rig.told(), (Told{1, 1}));
    rig.block.apply({{Param::lso1, 9}});
    EXPECT_EQ(rig.told(), (Told{1, 0})) << "refused";
    rig.block.ring(Doorbell::clear_statistics);
    EXPECT_EQ(rig.told(), (Told{1, 0})) << "no change";
    EXPECT_EQ(host_sets(rig, Param::lso1, Switch::off), Result::done);
    EXPECT_EQ(rig.told(), (Told{1, 1})) << "the host";
}

// Rule MAP-3: RESULT leaves busy last. "A doorbell while RESULT is busy is ignored."
TEST(TaskOffloadTrace, ADoorbellRungByItsOwnInterruptIsIgnored) {
    TracedRig rig;
    rig.driver.use_msix();
    rig.driver.unmask_vectors();
    rig.block.engage();
    rig.block.write(Block::event_vector, EventVector::on | 7);
    (void)rig.told();
    std::vector<std::uint32_t> codes;
    rig.host.on_msix = [&](unsigned) {
        if (codes.empty()) {
            codes.push_back(rig.block.code());
            codes.push_back(rig.block.ring(Doorbell::defaults));
        }
    };
    EXPECT_EQ(rig.block.apply({{Param::lso1, Switch::off}}), Result::done);
    EXPECT_EQ(codes, (std::vector<std::uint32_t>{Result::busy, Result::busy}));
    EXPECT_EQ(rig.told(), (Told{1, 1}));
    EXPECT_EQ(rig.block.current(Word::seg) & Seg::lso1, 0u);
}

}  // namespace
}  // namespace x550
