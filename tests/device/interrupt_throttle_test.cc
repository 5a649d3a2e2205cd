// SPDX-License-Identifier: GPL-2.0-or-later
// EITR on the virtual clock.

#include <algorithm>
#include <gtest/gtest.h>

#include "interrupt_rig.h"
#include "random.h"

namespace x550 {
namespace {

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
