// SPDX-License-Identifier: GPL-2.0-or-later
// Causes and masks in the single-interrupt mode of MSI and INTx.

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "interrupt_rig.h"

namespace x550 {
namespace {

constexpr Mac kTo = kDeviceMac;

TEST(LegacyInterrupt, CauseLatchesWhileMasked) {
    LegacyRig rig;
    rig.receive();
    EXPECT_TRUE(rig.host.legacy_log.empty());
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, bit(0));
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, 0u) << "a read clears";
}

TEST(LegacyInterrupt, UnmaskedCauseAssertsAndEicrReadDeasserts) {
    LegacyRig rig;
    rig.driver.write<EIAM>(0);
    rig.driver.write<EIMS>(bit(0));
    rig.receive();
    EXPECT_TRUE(rig.host.legacy_level);
    (void)rig.driver.read<EICR>();
    EXPECT_FALSE(rig.host.legacy_level);
}

TEST(LegacyInterrupt, UnmaskingALatchedCauseAsserts) {
    LegacyRig rig;
    rig.receive();
    rig.driver.write<EIMS>(bit(0));
    EXPECT_TRUE(rig.host.legacy_level);
}

TEST(LegacyInterrupt, LevelRisesAtTheEndOfABurst) {
    LegacyRig rig;
    rig.driver.write<EIMS>(bit(0));
    ASSERT_EQ(rig.machine.receive(plain_frame(100, kTo)), IXGBE_ACCEPTED);
    ASSERT_EQ(rig.machine.receive(plain_frame(100, kTo)), IXGBE_ACCEPTED);
    EXPECT_FALSE(rig.host.legacy_level);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.legacy_log, std::vector<bool>{true});
}

TEST(LegacyInterrupt, MaskingDeassertsWithoutForgetting) {
    LegacyRig rig;
    rig.driver.write<EIMS>(bit(0));
    rig.receive();
    rig.driver.write<EIMC>(~0u);
    EXPECT_FALSE(rig.host.legacy_level);
    EXPECT_EQ(rig.driver.read<EICS>() & bit(0), bit(0));
}

// One message for each 0 -> 1 transition of EICR & EIMS: the driver finds both causes in its one
// read.
TEST(LegacyInterrupt, ANewCauseWhileAssertedSendsNoOtherMessage) {
    LegacyRig rig;
    rig.driver.write<EIMS>(bit(0) | bit(1));
    rig.driver.write<EICS>(bit(0));
    rig.driver.write<EICS>(bit(1));
    EXPECT_EQ(std::count(rig.host.legacy_log.begin(), rig.host.legacy_log.end(), true), 1);
    EXPECT_EQ(rig.driver.read<EICR>() & 3u, 3u);
}

TEST(LegacyInterrupt, EicsReadPeeks) {
    LegacyRig rig;
    rig.driver.write<EICS>(bit(5));
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::queues, bit(5));
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::queues, bit(5));
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, bit(5));
}

TEST(LegacyInterrupt, WritingOnesToEicrClearsThoseCausesOnly) {
    LegacyRig rig;
    rig.driver.write<EICS>(bit(1) | bit(2));
    rig.driver.write<EICR>(bit(1));
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::queues, bit(2));
}

TEST(LegacyInterrupt, EicrReadMasksWhatEiamNames) {
    LegacyRig rig;
    rig.driver.write<EIAM>(bit(0));
    rig.driver.write<EIMS>(bit(0) | bit(1));
    rig.receive();
    (void)rig.driver.read<EICR>();
    EXPECT_EQ(rig.driver.read<EIMS>() & EICR::queues, bit(1));
}

TEST(LegacyInterrupt, EicrReadMasksOtherCausesThatEiamNames) {
    LegacyRig rig;
    rig.driver.write<EIAM>(EICR::lsc);
    rig.driver.write<EIMS>(EICR::lsc);
    ixgbe_set_cable(rig.machine.device(), false);
    (void)rig.driver.read<EICR>();
    EXPECT_EQ(rig.driver.read<EIMS>() & EICR::lsc, 0u);
}

TEST(LegacyInterrupt, LowExtendedMaskIsTheSameMask) {
    LegacyRig rig;
    rig.driver.write<EIMS_EX>(0, 0xFFFFFFFF);
    EXPECT_EQ(rig.driver.read<EIMS>() & EICR::queues, EICR::queues);
    EXPECT_EQ(rig.driver.read<EIMS>() & ~EICR::queues, 0u);
    rig.driver.write<EIMC>(bit(3));
    EXPECT_EQ(rig.driver.read<EIMS_EX>(0) & EICR::queues, EICR::queues & ~bit(3));
    rig.driver.write<EIMC_EX>(0, bit(4));
    EXPECT_EQ(rig.driver.read<EIMS>() & bit(4), 0u);
}

TEST(LegacyInterrupt, QueueCauseUnmaskedThroughTheExtendedRegisterInterrupts) {
    LegacyRig rig;
    rig.driver.unmask_vectors();
    rig.receive();
    EXPECT_TRUE(rig.host.legacy_level);
}

TEST(LegacyInterrupt, EimcReadsTheMask) {
    LegacyRig rig;
    rig.driver.write<EIMS>(bit(2) | bit(20));
    EXPECT_EQ(rig.driver.read<EIMC>(), bit(2) | bit(20));
}

TEST(LegacyInterrupt, LinuxReArmForcesARealInterrupt) {
    LegacyRig rig;
    rig.driver.write<EIMS>(EICR::tcp_timer | EICR::other);
    rig.driver.write<EICS>(EICR::tcp_timer | EICR::other);
    EXPECT_TRUE(rig.host.legacy_level);
}

TEST(LegacyInterrupt, TcpTimerCausesItselfWhenItExpires) {
    LegacyRig rig;
    rig.driver.write<EIMS>(EICR::tcp_timer);
    rig.driver.write<TCPTIMER>(TCPTIMER::kick_start | TCPTIMER::count_enable | 5);
    rig.machine.run_for(5 * kMillisecond - 1);
    EXPECT_FALSE(rig.host.legacy_level);
    rig.machine.run_for(1);
    EXPECT_TRUE(rig.host.legacy_level);
    (void)rig.driver.read<EICR>();
    rig.machine.run_for(kSecond);
    EXPECT_FALSE(rig.host.legacy_level) << "one shot";
}

TEST(LegacyInterrupt, TcpTimerLoopsAndStops) {
    LegacyRig rig;
    rig.driver.write<EIMS>(EICR::tcp_timer);
    rig.driver.write<TCPTIMER>(TCPTIMER::kick_start | TCPTIMER::count_enable | TCPTIMER::loop | 5);
    for (int i = 0; i < 3; ++i) {
        rig.machine.run_for(5 * kMillisecond);
        EXPECT_NE(rig.driver.read<EICR>() & EICR::tcp_timer, 0u) << i;
    }
    rig.driver.write<TCPTIMER>(TCPTIMER::count_finish);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::tcp_timer, 0u);
}

TEST(LegacyInterrupt, UnmappedQueueCausesNothing) {
    LegacyRig rig;
    rig.driver.write<IVAR>(0, 0);
    rig.receive();
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, 0u);
}

TEST(LegacyInterrupt, TransmitAndReceiveUseTheirOwnIvarByte) {
    LegacyRig rig;
    rig.driver.map_rx_interrupt(0, 3);
    rig.driver.map_tx_interrupt(0, 9);
    TxRing tx(rig.driver);
    tx.send(plain_frame(100));
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, bit(9));
    rig.receive();
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, bit(3));
}

TEST(LegacyInterrupt, IxgbeHandlerSequenceNeverLosesAFrame) {
    LegacyRig rig;
    rig.driver.write<EIMS>(0xFFF00000);
    rig.driver.unmask_vectors();
    for (int i = 0; i < 50; ++i) {
        rig.receive();
        ASSERT_TRUE(rig.host.legacy_level) << i;
        rig.driver.write<EIMC>(~0u);
        ASSERT_NE(rig.driver.read<EICR>() & bit(0), 0u) << i;
        ASSERT_FALSE(rig.host.legacy_level) << i;
        ASSERT_EQ(rig.rx.take_all().size(), 1u);
        rig.rx.fill_all();
        rig.driver.write<EIMS>(0xFFF00000);
        rig.driver.unmask_vectors();
        ASSERT_FALSE(rig.host.legacy_level) << i << ": nothing happened since";
    }
}

TEST(LegacyInterrupt, PollingDriverSeesCausesWithoutAnyMask) {
    LegacyRig rig;
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.map_tx_interrupt(0, 1);
    TxRing tx(rig.driver, 0, {.size = 16});
    rig.receive();
    tx.send(plain_frame(100));
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::queues, bit(0) | bit(1));
    EXPECT_TRUE(rig.host.legacy_log.empty());
}

}  // namespace
}  // namespace x550
