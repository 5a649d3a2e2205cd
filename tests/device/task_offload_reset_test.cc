// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block over resets, restored defaults and migration. Rules MAP-5, MAP-7 and
// CTRL-9.

#include <cstring>
#include <functional>
#include <gtest/gtest.h>

#include "destination.h"
#include "lso_request.h"
#include "rsc_rig.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

struct ResetKind {
    const char* name;
    void (*reset)(TaskOffloadRig&);
    bool keeps_generation;
};

const ResetKind kResets[] = {
    {"Register", [](TaskOffloadRig& rig) { rig.driver.reset(); }, true},
    {"Bus", [](TaskOffloadRig& rig) { ixgbe_reset(rig.machine.device(), IXGBE_RESET_BUS); }, true},
    {"PowerOn",
     [](TaskOffloadRig& rig) { ixgbe_reset(rig.machine.device(), IXGBE_RESET_POWER_ON); }, false},
};

void expect_initial(const OffloadBlock& block) {
    for (std::uint32_t word = 0; word < Word::end; word += 4) {
        const std::uint32_t active =
            word == Word::encap_port ? EncapPort::nvgre | EncapPort::vxlan : 0;
        EXPECT_EQ(block.current(word), block.hardware(word) & ~active) << std::hex << word;
    }
}

// Everything that can be changed, is.
void configure(TaskOffloadRig& rig) {
    rig.block.write(Block::event_vector, EventVector::on | 3);
    rig.block.request_port(8472);
    rig.block.engage({{Param::ip4_csum, CsumValue::rx},
                      {Param::tcp6_csum, CsumValue::off},
                      {Param::lso1, Switch::off},
                      {Param::uso6, Switch::off},
                      {Param::rsc4, Switch::off},
                      {Param::encap, EncapValue::on},
                      {Param::encap_types, EncapValue::both}});
    for (auto& counter : rig.machine.state().task_offload.counter) {
        counter = 0x1'0000'0001;
    }
    rig.block.request(Param::lso2v6, Switch::off);
    rig.block.request_encapsulation(true, EncapValue::off);
}

class TaskOffloadReset : public testing::TestWithParam<ResetKind> {};

TEST_P(TaskOffloadReset, BringsTheStateBeforeTheFirstDoorbellBack) {
    TaskOffloadRig rig;
    configure(rig);
    const std::uint32_t generation = rig.block.generation();
    GetParam().reset(rig);
    expect_initial(rig.block);
    EXPECT_EQ(rig.block.read(Block::event_vector), 0u);
    EXPECT_EQ(rig.block.result(), 0u);
    for (std::uint32_t at = Block::parameters; at < Block::request_end; at += 4) {
        EXPECT_EQ(rig.block.read(at), 0u) << std::hex << at;
    }
    for (unsigned index = 0; index < Counter::count; ++index) {
        EXPECT_EQ(rig.block.counter(index), 0u) << index;
    }
    if (GetParam().keeps_generation) {
        EXPECT_EQ(rig.block.generation(), generation + 1) << "a change like any other";
    } else {
        EXPECT_EQ(rig.block.generation(), 0u);
    }
}

// Rule CTRL-3 does not hold any more, nor does what was off.
TEST_P(TaskOffloadReset, TheDeviceIsAPlainX550Again) {
    TaskOffloadRig rig;
    configure(rig);
    GetParam().reset(rig);
    rig.driver.bring_up();
    TxRing tx(rig.driver);
    RxRing rx(rig.driver, 0, {.size = 16});
    tcp4(3000, 1000).post(tx);
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), 3u);
    const Frame frame =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(100).build();
    EXPECT_EQ(rig.machine.receive_alone(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxWriteBack::ipcs | RxWriteBack::l4cs));
}

INSTANTIATE_TEST_SUITE_P(, TaskOffloadReset, testing::ValuesIn(kResets),
                         [](const auto& one) { return one.param.name; });

TEST(TaskOffloadDefaults, AreRestoredWithoutTheStatistics) {
    TaskOffloadRig rig;
    configure(rig);
    EXPECT_EQ(rig.block.ring(Doorbell::defaults), Result::done);
    expect_initial(rig.block);
    EXPECT_EQ(rig.block.counter(Counter::lso_off), 0x1'0000'0001u);
    EXPECT_EQ(rig.block.read(Block::event_vector), EventVector::on | 3) << "only a reset does";
}

// ---- MAP-7 ----

void save(const Rig& rig) {
    ixgbe_prepare_save(rig.machine.device());
}

// NOLINTNEXTLINE(readability-function-cognitive-complexity): word by word, then behaviour
TEST(TaskOffloadMigration, EveryWordIsTheSameAndTheRequestGoesOn) {
    TaskOffloadRig rig;
    configure(rig);
    (void)rig.block.read(Block::statistics);  // latches
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    const OffloadBlock moved(destination.device());
    EXPECT_EQ(moved.read(Block::statistics + 4), 1u) << "the latch";
    for (std::uint32_t offset = 0; offset < Block::bytes; offset += 4) {
        EXPECT_EQ(moved.read(offset), rig.block.read(offset)) << std::hex << offset;
    }
    for (const OffloadBlock& block : {rig.block, moved}) {
        EXPECT_EQ(block.ring(Doorbell::parameters | Doorbell::encapsulation), Result::done);
        EXPECT_EQ(block.current(Word::seg) & Seg::lso2v6, 0u);
        EXPECT_EQ(block.current(Word::flags) & (Flags::ip4 | Flags::ip6), Flags::ip4);
    }
    EXPECT_EQ(moved.generation(), rig.block.generation());
    EXPECT_EQ(destination.host.msix_count[3], 1u) << "the vector";
}

TEST(TaskOffloadMigration, SwitchesApplyOnTheOtherSide) {
    WithBlock<RscRig> rig;
    rig.block.engage({{Param::rsc4, Switch::off}, {Param::tcp4_csum, CsumValue::tx}});
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    for (const Frame& frame : frames_of(stream(3))) {
        EXPECT_EQ(ixgbe_receive(destination.device(), frame.data(), frame.size(), nullptr),
                  IXGBE_ACCEPTED);
    }
    destination.run();
    const auto units = rig.ring.take_units();
    ASSERT_EQ(segments_of(units), (std::vector<unsigned>{0, 0, 0}));
    EXPECT_EQ(units[0].status() & (RxWriteBack::ipcs | RxWriteBack::l4cs), RxWriteBack::ipcs);
}

// A device of other properties may be the destination; what it lacks is not a state for it.
TEST(TaskOffloadMigration, WhatTheDestinationLacksIsRefused) {
    TaskOffloadRig rig;
    rig.block.engage();
    save(rig);
    Destination destination(rig.machine, changed_config([](auto& c) { c.lso2_ip6 = false; }));
    EXPECT_FALSE(destination.load(rig.machine.state()));
    EXPECT_NE(destination.why[0], '\0');
}

struct Spoiler {
    const char* name;
    std::function<void(ixgbe_task_offload_state&)> spoil;
};

const std::vector<Spoiler>& spoilers() {
    using S = ixgbe_task_offload_state;
    static const std::vector<Spoiler> list = {
        {"Event", [](S& s) { s.event = 4; }},
        {"EventVector", [](S& s) { s.event_vector = 0x40; }},
        {"ResultCode", [](S& s) { s.result = 5; }},
        {"ResultMember", [](S& s) { s.result = 0xFFFF0003; }},
        {"Engaged", [](S& s) { s.settings.engaged = 3; }},
        {"CsumTx", [](S& s) { s.settings.csum_tx = 0x20; }},
        {"CsumRx", [](S& s) { s.settings.csum_rx = 0xFF; }},
        {"Segmentation", [](S& s) { s.settings.segmentation = 0x20; }},
        {"Rsc", [](S& s) { s.settings.rsc = 4; }},
        {"EncapTypes", [](S& s) { s.settings.encap_types = 4; }},
        {"EncapActive", [](S& s) { s.settings.encap_active = 4; }},
        {"Active", [](S& s) { s.settings.active = 4; }},
        {"PendingDoorbell", [](S& s) { s.pending_doorbell = 0x10; }},
    };
    return list;
}

class SpoiledTaskOffload : public testing::TestWithParam<std::size_t> {};

TEST_P(SpoiledTaskOffload, IsRefusedWithAReason) {
    TaskOffloadRig rig;
    configure(rig);
    save(rig);
    Destination destination(rig.machine);
    const auto state = std::make_unique<ixgbe_state>(rig.machine.state());
    spoilers()[GetParam()].spoil(state->task_offload);
    EXPECT_FALSE(destination.load(*state));
    EXPECT_NE(destination.why[0], '\0');
}

INSTANTIATE_TEST_SUITE_P(Members, SpoiledTaskOffload,
                         testing::Range(std::size_t{0}, spoilers().size()),
                         [](const auto& one) { return spoilers()[one.param].name; });

}  // namespace
}  // namespace x550
