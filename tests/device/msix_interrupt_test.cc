// SPDX-License-Identifier: GPL-2.0-or-later
// Causes, masks and vectors in the MSI-X mode.

#include <gtest/gtest.h>
#include <vector>

#include "interrupt_rig.h"
#include "rsc_rig.h"

namespace x550 {
namespace {

constexpr Mac kTo = kDeviceMac;

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

// The run that sends what is answered also closes its units and decides about its messages: to ask
// for another would wake the host's main loop for nothing.
TEST(MsixInterrupt, AnswersToOurOwnFramesNeedNoRunOfTheirOwn) {
    RscRig rig;
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.unmask_vectors();
    TxRing tx(rig.driver);
    const auto answers = frames_of(stream(3));
    rig.host.on_send = [&](const SentFrame&) {
        rig.host.poll_scheduled = false;
        for (const Frame& answer : answers) {
            EXPECT_EQ(rig.machine.receive(answer), IXGBE_ACCEPTED);
        }
    };
    tx.put_packet(plain_frame(100));
    tx.kick();
    ixgbe_poll(rig.machine.device());
    EXPECT_FALSE(rig.host.poll_scheduled);
    EXPECT_EQ(rig.ring.take_units().size(), 1u);
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

}  // namespace
}  // namespace x550
