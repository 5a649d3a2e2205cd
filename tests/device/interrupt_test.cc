// SPDX-License-Identifier: GPL-2.0-or-later
// Causes, masks and vectors in the MSI-X mode and in the single-interrupt mode of MSI and INTx.

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "random.h"
#include "rig.h"

namespace x550 {
namespace {

constexpr Mac kTo = kDeviceMac;

// ---- MSI and INTx ----

struct LegacyRig : Rig {
    RxRing rx{driver};

    LegacyRig() {
        driver.use_legacy_interrupts();
        driver.map_rx_interrupt(0, 0);
        (void)driver.read<EICR>();
        host.forget();
    }
    void receive() { ASSERT_EQ(machine.receive_alone(plain_frame(100, kTo)), IXGBE_ACCEPTED); }
};

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

// ---- MSI-X ----

struct MsixRig : Rig {
    RxRing rx{driver};

    MsixRig() {
        driver.use_msix();
        driver.map_rx_interrupt(0, 0);
        driver.map_other_interrupt(5);
        (void)driver.read<EICR>();
        driver.write<EICR>(~0u);
        host.forget();
    }
    void receive() { ASSERT_EQ(machine.receive_alone(plain_frame(100, kTo)), IXGBE_ACCEPTED); }
};

TEST(MsixInterrupt, QueueEventSendsTheMappedVector) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.receive();
    EXPECT_EQ(rig.host.msix_log, std::vector<unsigned>{0});
    EXPECT_TRUE(rig.host.legacy_log.empty());
}

TEST(MsixInterrupt, MaskedEventIsRememberedAndFiresOnUnmask) {
    MsixRig rig;
    rig.receive();
    EXPECT_EQ(rig.host.msix_total(), 0u);
    rig.driver.unmask_vectors();
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

TEST(MsixInterrupt, MessageMasksItsVectorUntilTheDriverUnmasks) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.receive();
    rig.receive();
    EXPECT_EQ(rig.host.msix_count[0], 1u) << "auto-mask";
    EXPECT_EQ(rig.driver.read<EIMS>() & bit(0), 0u);
    rig.driver.unmask_vector(0);
    EXPECT_EQ(rig.host.msix_count[0], 2u) << "the second event was remembered";
    rig.driver.unmask_vector(0);
    EXPECT_EQ(rig.host.msix_count[0], 2u) << "nothing happened since";
}

TEST(MsixInterrupt, WithoutAutoMaskEveryEventSends) {
    MsixRig rig;
    rig.driver.write<GPIE>(GPIE::msix_mode | GPIE::pba | GPIE::ocd);
    rig.driver.unmask_vectors();
    rig.receive();
    rig.receive();
    EXPECT_EQ(rig.host.msix_count[0], 2u);
}

TEST(MsixInterrupt, FramesOfOneBurstShareAMessage) {
    MsixRig rig;
    rig.driver.write<GPIE>(GPIE::msix_mode | GPIE::pba | GPIE::ocd);
    rig.driver.unmask_vectors();
    for (unsigned i = 0; i < 3; ++i) {
        ASSERT_EQ(rig.machine.receive(plain_frame(100, kTo)), IXGBE_ACCEPTED);
        EXPECT_EQ(rig.host.msix_total(), 0u) << "the burst goes on";
    }
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.msix_count[0], 1u);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.msix_count[0], 1u) << "nothing happened since";
}

TEST(MsixInterrupt, AFrameThatIsRefusedHoldsNothingBack) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    ASSERT_EQ(rig.machine.receive(plain_frame(100, {0x02, 0, 0, 0, 0, 0x99})), IXGBE_DROPPED);
    rig.driver.write<EICS>(bit(0));
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

TEST(MsixInterrupt, AResetEndsABurst) {
    MsixRig rig;
    ASSERT_EQ(rig.machine.receive(plain_frame(100, kTo)), IXGBE_ACCEPTED);
    ixgbe_reset(rig.machine.device(), IXGBE_RESET_BUS);
    rig.driver.use_msix();
    rig.driver.unmask_vectors();
    rig.driver.write<EICS>(bit(0));
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

TEST(MsixInterrupt, AnswersToOurOwnFramesWaitForTheEndOfTheRun) {
    MsixRig rig;
    rig.driver.write<GPIE>(GPIE::msix_mode | GPIE::pba | GPIE::ocd);
    rig.driver.unmask_vectors();
    TxRing tx(rig.driver);
    rig.host.on_send = [&](const SentFrame&) {
        EXPECT_EQ(rig.machine.receive(plain_frame(100, kTo)), IXGBE_ACCEPTED);
        EXPECT_EQ(rig.host.msix_total(), 0u);
    };
    for (unsigned i = 0; i < 4; ++i) {
        tx.put_packet(plain_frame(100));
    }
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

TEST(MsixInterrupt, MessageClearsTheCauseThatEiacNames) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.receive();
    EXPECT_EQ(rig.driver.read<EICS>() & bit(0), 0u);
}

TEST(MsixInterrupt, CauseWithoutAutoClearStays) {
    MsixRig rig;
    rig.driver.write<EIAC>(0);
    rig.driver.unmask_vectors();
    rig.receive();
    EXPECT_EQ(rig.driver.read<EICS>() & bit(0), bit(0));
}

TEST(MsixInterrupt, UnmaskingWithNothingPendingIsSilent) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.driver.write<EIMS>(~0u);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.host.msix_total(), 0u);
}

TEST(MsixInterrupt, VectorsBeyondEicrWork) {
    MsixRig rig;
    rig.driver.map_rx_interrupt(0, 63);
    rig.receive();
    EXPECT_EQ(rig.host.msix_total(), 0u);
    rig.driver.unmask_vector(63);
    EXPECT_EQ(rig.host.msix_log, std::vector<unsigned>{63});
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::queues, 0u);
}

TEST(MsixInterrupt, EachQueueHasItsVector) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    for (unsigned queue = 0; queue < kVectors; ++queue) {
        rig.driver.map_tx_interrupt(queue, queue);
        TxRing tx(rig.driver, queue, {.size = 8});
        rig.host.forget();
        tx.send(plain_frame(60));
        ASSERT_EQ(rig.host.msix_log, std::vector<unsigned>{queue});
    }
}

TEST(MsixInterrupt, LinkChangeGoesToTheOtherVector) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.driver.write<EIMS>(EICR::lsc);
    ixgbe_set_cable(rig.machine.device(), false);
    EXPECT_EQ(rig.host.msix_log, std::vector<unsigned>{5});
    EXPECT_NE(rig.driver.read<EICS>() & EICR::lsc, 0u) << "the handler peeks";
    rig.driver.write<EICR>(EICR::lsc | EICR::other);
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::lsc, 0u);
}

TEST(MsixInterrupt, MaskedLinkChangeIsSilentButLatched) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    ixgbe_set_cable(rig.machine.device(), false);
    EXPECT_EQ(rig.host.msix_total(), 0u);
    EXPECT_NE(rig.driver.read<EICS>() & EICR::lsc, 0u);
}

TEST(MsixInterrupt, EicrReadWithOcdLeavesTheQueueCauses) {
    MsixRig rig;
    rig.driver.write<EIAC>(0);
    rig.receive();
    rig.driver.write<EICS>(EICR::lsc);
    const std::uint32_t causes = rig.driver.read<EICR>();
    EXPECT_NE(causes & EICR::lsc, 0u);
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::lsc, 0u);
    EXPECT_EQ(rig.driver.read<EICS>() & bit(0), bit(0));
}

TEST(MsixInterrupt, ExtendedForceSendsEveryUnmaskedVector) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.driver.write<EICS_EX>(0, bit(0) | bit(17));
    rig.driver.write<EICS_EX>(1, bit(31));
    EXPECT_EQ(rig.host.msix_count[0], 1u);
    EXPECT_EQ(rig.host.msix_count[17], 1u);
    EXPECT_EQ(rig.host.msix_count[63], 1u);
    EXPECT_EQ(rig.host.msix_total(), 3u);
}

TEST(MsixInterrupt, ForceByEicsSendsTheVector) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.driver.write<EICS>(bit(7));
    EXPECT_EQ(rig.host.msix_count[7], 1u);
}

TEST(MsixInterrupt, ForceUnmasksWhatAutoMaskCovers) {
    MsixRig rig;
    rig.driver.write<EICS>(bit(3));
    EXPECT_EQ(rig.host.msix_count[3], 1u) << "EIAM: the write sets the mask bit, too";
    rig.driver.write<EIAM>(0);
    rig.driver.write<EIAM_EX>(0, 0);
    rig.driver.write<EICS>(bit(4));
    EXPECT_EQ(rig.host.msix_count[4], 0u);
}

TEST(MsixInterrupt, OneBatchOfFramesIsOneMessage) {
    MsixRig rig;
    TxRing tx(rig.driver);
    rig.driver.map_tx_interrupt(0, 2);
    rig.driver.unmask_vectors();
    for (int i = 0; i < 20; ++i) {
        tx.put_packet(plain_frame(100));
    }
    tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.host.msix_count[2], 1u);
}

TEST(MsixInterrupt, TcpTimerHasItsOwnVectorAndAutoClear) {
    MsixRig rig;
    rig.driver.map_tcp_timer_interrupt(6);
    rig.driver.unmask_vectors();
    rig.driver.write<EIMS>(EICR::tcp_timer);
    rig.driver.write<EICS>(EICR::tcp_timer);
    EXPECT_NE(rig.driver.read<EICS>() & EICR::tcp_timer, 0u) << "EIAC does not name it";
    rig.driver.write<EICR>(~0u);
    rig.driver.write<EIAC>(EICR::tcp_timer);
    rig.driver.write<EICS>(EICR::tcp_timer);
    EXPECT_EQ(rig.host.msix_log, (std::vector<unsigned>{6, 6}));
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::tcp_timer, 0u);
}

TEST(MsixInterrupt, MessageMasksTheOtherCausesThatEiamNames) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.driver.write<EIMS>(EICR::lsc);
    ixgbe_set_cable(rig.machine.device(), false);
    EXPECT_NE(rig.driver.read<EIMS>() & EICR::lsc, 0u) << "EIAM does not name it";
    rig.driver.write<EICR>(~0u);
    rig.driver.write<EIAM>(EICR::queues | EICR::lsc);
    ixgbe_set_cable(rig.machine.device(), true);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.host.msix_count[5], 2u);
    EXPECT_EQ(rig.driver.read<EIMS>() & EICR::lsc, 0u);
}

TEST(MsixInterrupt, UnclearedCauseFiresAgainOnUnmask) {
    MsixRig rig;
    rig.driver.write<EIAC>(0);
    rig.driver.unmask_vectors();
    rig.receive();
    rig.driver.unmask_vector(0);
    EXPECT_EQ(rig.host.msix_count[0], 2u) << "EICR still holds it";
    rig.driver.write<EICR>(bit(0));
    rig.driver.unmask_vector(0);
    EXPECT_EQ(rig.host.msix_count[0], 2u);
}

TEST(MsixInterrupt, ClearedCauseDoesNotFireOnUnmask) {
    MsixRig rig;
    rig.receive();
    rig.driver.write<EICR>(bit(0));
    rig.driver.unmask_vector(0);
    EXPECT_EQ(rig.host.msix_total(), 0u);
}

TEST(MsixInterrupt, AMessageOfTheOtherCausesIsNotRepeatedByAnotherVector) {
    MsixRig rig;
    rig.driver.unmask_vectors();
    rig.driver.write<EIMS>(EICR::lsc);
    rig.driver.write<EITR>(0, 0x28 | EITR::cnt_wdis);
    rig.receive();
    ixgbe_set_cable(rig.machine.device(), false);
    ASSERT_EQ(rig.host.msix_count[5], 1u);
    rig.driver.unmask_vector(0);
    rig.driver.write<EICS_EX>(0, bit(0));
    rig.machine.run_for(kMillisecond);
    EXPECT_EQ(rig.host.msix_count[0], 2u);
    EXPECT_EQ(rig.host.msix_count[5], 1u);
}

TEST(MsixInterrupt, LowBitsOfBothAutoMasksAreTheSame) {
    MsixRig rig;
    rig.driver.write<EIAM>(0x1234);
    EXPECT_EQ(rig.driver.read<EIAM_EX>(0) & EICR::queues, 0x1234u);
    rig.driver.write<EIAM_EX>(0, 0xFFFF4321);
    EXPECT_EQ(rig.driver.read<EIAM>() & EICR::queues, 0x4321u);
    EXPECT_EQ(rig.driver.read<EIAM_EX>(0), 0xFFFF4321u);
}

// ---- Throttling ----

constexpr std::uint32_t kInterval = 0x28;  // 10.24 us

TEST(Eitr, FirstEventIsNotDelayed) {
    MsixRig rig;
    rig.driver.write<EITR>(0, kInterval | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.receive();
    EXPECT_EQ(rig.host.msix_count[0], 1u);
}

TEST(Eitr, EventsInsideTheIntervalAreHeldToItsEnd) {
    MsixRig rig;
    rig.driver.write<EITR>(0, kInterval | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.receive();
    const std::int64_t sent = rig.host.now;
    rig.driver.unmask_vector(0);
    rig.machine.run_for(kMicrosecond);
    rig.receive();
    rig.receive();
    EXPECT_EQ(rig.host.msix_count[0], 1u);
    rig.machine.run_until(sent + EITR::interval_ns(kInterval) - 1);
    EXPECT_EQ(rig.host.msix_count[0], 1u);
    rig.machine.run_until(sent + EITR::interval_ns(kInterval));
    EXPECT_EQ(rig.host.msix_count[0], 2u) << "one message for both";
    rig.driver.unmask_vector(0);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.host.msix_count[0], 2u);
}

TEST(Eitr, EventAfterTheIntervalIsNotDelayed) {
    MsixRig rig;
    rig.driver.write<EITR>(0, kInterval | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.receive();
    rig.driver.unmask_vector(0);
    rig.machine.run_for(EITR::interval_ns(kInterval));
    rig.receive();
    EXPECT_EQ(rig.host.msix_count[0], 2u);
}

TEST(Eitr, ZeroDoesNotThrottle) {
    MsixRig rig;
    rig.driver.write<EITR>(0, EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    for (unsigned i = 1; i <= 10; ++i) {
        rig.receive();
        EXPECT_EQ(rig.host.msix_count[0], i);
        rig.driver.unmask_vector(0);
    }
}

TEST(Eitr, VectorsAreThrottledOnTheirOwn) {
    MsixRig rig;
    rig.driver.write<EITR>(0, 0xFF8 | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.driver.write<EICS_EX>(0, bit(0));
    rig.driver.unmask_vectors();
    rig.driver.write<EICS_EX>(0, bit(0) | bit(16));
    EXPECT_EQ(rig.host.msix_count[0], 1u);
    EXPECT_EQ(rig.host.msix_count[16], 1u);
}

TEST(Eitr, RateIsBoundedUnderAFlood) {
    MsixRig rig;
    constexpr std::uint32_t interval = 0xC8;  // 51.2 us: 20 thousand a second
    rig.driver.write<EITR>(0, interval | EITR::cnt_wdis);
    rig.host.on_msix = [&](unsigned vector) { rig.driver.unmask_vector(vector); };
    rig.driver.unmask_vectors();
    const std::int64_t start = rig.host.now;
    while (rig.host.now < start + 10 * kMillisecond) {
        rig.driver.write<EICS_EX>(0, bit(0));
        rig.machine.run_for(kMicrosecond);
    }
    const auto most = 10 * kMillisecond / EITR::interval_ns(interval) + 1;
    EXPECT_LE(rig.host.msix_count[0], most);
    EXPECT_GE(rig.host.msix_count[0], most - 10);
}

TEST(Eitr, IntervalSurvivesAWriteThatLeavesTheCounterAlone) {
    MsixRig rig;
    rig.driver.write<EITR>(0, kInterval | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.receive();
    rig.driver.unmask_vector(0);
    rig.driver.write<EITR>(0, kInterval | EITR::cnt_wdis);
    rig.receive();
    EXPECT_EQ(rig.host.msix_count[0], 1u);
    rig.machine.run_for(EITR::interval_ns(kInterval));
    EXPECT_EQ(rig.host.msix_count[0], 2u);
}

TEST(Eitr, TheEarliestOfSeveralIntervalsEndsFirst) {
    MsixRig rig;
    rig.driver.write<EITR>(1, 0xFF8 | EITR::cnt_wdis);
    rig.driver.write<EITR>(2, kInterval | EITR::cnt_wdis);
    for (int round = 0; round < 2; ++round) {
        rig.driver.unmask_vectors();
        rig.driver.write<EICS_EX>(0, bit(1));
        rig.driver.write<EICS_EX>(0, bit(2));
    }
    EXPECT_EQ(rig.host.msix_total(), 2u);
    rig.machine.run_for(EITR::interval_ns(kInterval));
    EXPECT_EQ(rig.host.msix_count[2], 2u);
    EXPECT_EQ(rig.host.msix_count[1], 1u);
    rig.machine.run_for(EITR::interval_ns(0xFF8));
    EXPECT_EQ(rig.host.msix_count[1], 2u);
}

TEST(Eitr, AWriteWithoutCntWdisStartsTheCounterAfresh) {
    MsixRig rig;
    rig.driver.write<EITR>(0, 0xFF8 | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.receive();
    rig.driver.unmask_vector(0);
    rig.receive();
    ASSERT_EQ(rig.host.msix_count[0], 1u);
    rig.driver.write<EITR>(0, 0xFF8);
    EXPECT_EQ(rig.host.msix_count[0], 2u);
}

TEST(Eitr, TheSingleInterruptIsThrottledByTheFirstRegister) {
    LegacyRig rig;
    rig.driver.write<EITR>(0, kInterval | EITR::cnt_wdis);
    rig.driver.write<EIAM>(0);
    rig.driver.write<EIMS>(bit(0));
    rig.receive();
    EXPECT_TRUE(rig.host.legacy_level);
    (void)rig.driver.read<EICR>();
    rig.receive();
    EXPECT_FALSE(rig.host.legacy_level) << "held to the end of the interval";
    rig.machine.run_for(EITR::interval_ns(kInterval));
    EXPECT_TRUE(rig.host.legacy_level);
    (void)rig.driver.read<EICR>();
    rig.machine.run_for(kSecond);
    EXPECT_EQ(std::count(rig.host.legacy_log.begin(), rig.host.legacy_log.end(), true), 2);
}

// Nothing lost, nothing made up, whatever order events, masks and time come in.
TEST(MsixInterrupt, RandomSchedulesNeitherLoseNorInventInterrupts) {
    Random random(7);
    for (int round = 0; round < 100; ++round) {
        MsixRig rig;
        rig.driver.write<EITR>(0, random.one_in(3) ? 0 : random.below(0xFF) << 3 | EITR::cnt_wdis);
        unsigned events = 0;
        unsigned answered = 0;  // events that happened before the latest message
        rig.host.on_msix = [&](unsigned) { answered = events; };
        for (int step = 0; step < 60; ++step) {
            switch (random.below(4)) {
                case 0:
                    ++events;
                    rig.driver.write<EICS_EX>(0, bit(0));
                    break;
                case 1:
                    rig.driver.unmask_vector(0);
                    break;
                case 2:
                    rig.driver.write<EIMC_EX>(0, bit(0));
                    break;
                default:
                    rig.machine.run_for(random.below(400) * kMicrosecond);
                    break;
            }
        }
        rig.driver.unmask_vector(0);
        rig.machine.run_for(10 * kMillisecond);
        rig.driver.unmask_vector(0);
        rig.machine.run_for(10 * kMillisecond);
        ASSERT_EQ(answered, events) << "round " << round;
        ASSERT_LE(rig.host.msix_total(), events) << "round " << round;
    }
}

}  // namespace
}  // namespace x550
