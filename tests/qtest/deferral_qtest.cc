// SPDX-License-Identifier: GPL-2.0-or-later
// When the work of a tail write is done: at its end, or in the bottom half, but never while the
// machine is stopped.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

constexpr unsigned kEntries = 1024;
constexpr unsigned kFrames = 700;  // more than one run of the device sends

struct DeferralTest : testing::TestWithParam<const char*> {
    Machine machine{{.device = GetParam()}};
    TxRing tx{machine.nic, 0, kEntries};

    DeferralTest() { tx.enable(); }
    static Frame frame(unsigned number) { return make_frame(60, number, kPeerMac, kDeviceMac); }
};

TEST_P(DeferralTest, EveryFrameBehindOneTailWriteLeavesInOrder) {
    for (unsigned number = 0; number < kFrames; ++number) {
        tx.push_frame(frame(number), number + 1 == kFrames);
    }
    tx.kick();
    for (unsigned number = 0; number < kFrames; ++number) {
        ASSERT_EQ(machine.wire.receive(), frame(number)) << number;
    }
    EXPECT_TRUE(machine.qemu.wait_until([this] { return tx.done(kFrames - 1); }));
}

TEST_P(DeferralTest, AStoppedMachineSendsWhenItGoesOn) {
    machine.qemu.qmp("stop");
    tx.push_frame(frame(1));
    tx.kick();
    machine.qemu.qmp("query-status");  // QEMU's main loop has gone round
    EXPECT_FALSE(tx.done(0)) << "a stopped machine's memory must not change";
    machine.qemu.qmp("cont");
    EXPECT_EQ(machine.wire.receive(), frame(1));
    EXPECT_TRUE(machine.qemu.wait_until([this] { return tx.done(0); }));
}

INSTANTIATE_TEST_SUITE_P(Tx, DeferralTest, testing::Values("", ",defer-tx=on"),
                         [](const auto& which) {
                             return *which.param == '\0' ? "AtTheWrite" : "InTheBottomHalf";
                         });

}  // namespace
}  // namespace x550
