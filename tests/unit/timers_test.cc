// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/timers.h"

#include <gtest/gtest.h>
#include <limits>

#include "control_plane.h"

namespace ixgbe {
namespace {

struct TimersTest : testing::Test, ControlPlane {
    Timers timers{state, host};
};

TEST_F(TimersTest, HostTimerIsTheEarliestDeadline) {
    timers.arm(IXGBE_DEADLINE_LINK, 500);
    timers.arm(IXGBE_DEADLINE_INTERRUPT, 300);
    timers.arm(IXGBE_DEADLINE_TCP_TIMER, 400);
    EXPECT_EQ(host.timer, 300);
}

TEST_F(TimersTest, LaterDeadlineDoesNotTouchTheHost) {
    timers.arm(IXGBE_DEADLINE_LINK, 300);
    timers.arm(IXGBE_DEADLINE_INTERRUPT, 500);
    EXPECT_EQ(host.timer_calls, 1U);
}

TEST_F(TimersTest, CancellingTheEarliestMovesToTheNext) {
    timers.arm(IXGBE_DEADLINE_LINK, 500);
    timers.arm(IXGBE_DEADLINE_INTERRUPT, 300);
    timers.cancel(IXGBE_DEADLINE_INTERRUPT);
    EXPECT_EQ(host.timer, 500);
    EXPECT_FALSE(timers.armed(IXGBE_DEADLINE_INTERRUPT));
    timers.cancel(IXGBE_DEADLINE_LINK);
    EXPECT_EQ(host.timer, -1);
}

TEST_F(TimersTest, ArmInCountsFromNow) {
    host.now = 1000;
    timers.arm_in(IXGBE_DEADLINE_LINK, 25);
    EXPECT_EQ(timers.at(IXGBE_DEADLINE_LINK), 1025);
}

TEST_F(TimersTest, ArmInStopsAtTheEndOfTime) {
    host.now = 1000;
    timers.arm_in(IXGBE_DEADLINE_LINK, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(timers.at(IXGBE_DEADLINE_LINK), std::numeric_limits<std::int64_t>::max());
}

TEST_F(TimersTest, ExpiredOnesComeInOrderOfTheirTime) {
    timers.arm(IXGBE_DEADLINE_LINK, 500);
    timers.arm(IXGBE_DEADLINE_INTERRUPT, 300);
    timers.arm(IXGBE_DEADLINE_TCP_TIMER, 900);
    EXPECT_EQ(timers.take_expired(600), IXGBE_DEADLINE_INTERRUPT);
    EXPECT_EQ(timers.take_expired(600), IXGBE_DEADLINE_LINK);
    EXPECT_EQ(timers.take_expired(600), std::nullopt);
    timers.rearm();
    EXPECT_EQ(host.timer, 900);
}

TEST_F(TimersTest, DeadlineIsExpiredAtItsVeryTime) {
    timers.arm(IXGBE_DEADLINE_LINK, 500);
    EXPECT_EQ(timers.take_expired(499), std::nullopt);
    EXPECT_EQ(timers.take_expired(500), IXGBE_DEADLINE_LINK);
}

TEST_F(TimersTest, CancelAllDisarmsTheHost) {
    timers.arm(IXGBE_DEADLINE_LINK, 500);
    timers.arm(IXGBE_DEADLINE_INTERRUPT, 300);
    timers.cancel_all();
    EXPECT_EQ(host.timer, -1);
    EXPECT_EQ(timers.take_expired(10'000), std::nullopt);
}

TEST_F(TimersTest, NegativeDeadlinesAreImplausible) {
    EXPECT_TRUE(timers.plausible());
    state.deadline[IXGBE_DEADLINE_TCP_TIMER] = -2;
    EXPECT_FALSE(timers.plausible());
}

}  // namespace
}  // namespace ixgbe
