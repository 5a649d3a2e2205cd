// SPDX-License-Identifier: GPL-2.0-or-later
// Trace events have names and formats, and are reported only while they are wanted.

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "rig.h"

namespace x550 {
namespace {

TEST(Trace, EveryEventHasANameOfItsOwnAndAFormat) {
    std::set<std::string> names;
    ASSERT_GT(ixgbe_trace_count(), 0u);
    ASSERT_LE(ixgbe_trace_count(), 64u) << "the mask has a bit for each";
    for (unsigned event = 0; event < ixgbe_trace_count(); ++event) {
        ASSERT_NE(ixgbe_trace_name(event), nullptr);
        ASSERT_NE(ixgbe_trace_format(event), nullptr);
        EXPECT_TRUE(names.insert(ixgbe_trace_name(event)).second) << ixgbe_trace_name(event);
    }
}

// Four 64-bit arguments are passed: no more conversions than that, and none of another size.
TEST(Trace, FormatsTakeAtMostFourLongLongs) {
    for (unsigned event = 0; event < ixgbe_trace_count(); ++event) {
        const std::string format = ixgbe_trace_format(event);
        unsigned conversions = 0;
        for (std::size_t at = 0; (at = format.find('%', at)) != std::string::npos; ++at) {
            const std::size_t end = format.find_first_not_of("#.0123456789", at + 1);
            ASSERT_NE(end, std::string::npos) << format;
            EXPECT_EQ(format.substr(end, 2), "ll") << format;
            ++conversions;
        }
        EXPECT_LE(conversions, 4u) << format;
    }
}

TEST(Trace, OutOfRangeEventsAreNotNamed) {
    EXPECT_EQ(ixgbe_trace_name(ixgbe_trace_count()), nullptr);
    EXPECT_EQ(ixgbe_trace_format(~0u), nullptr);
}

TEST(Trace, NothingIsReportedUnlessWanted) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.machine.receive(plain_frame(100));
    rig.machine.receive(plain_frame(100, kPeerMac));
    EXPECT_TRUE(rig.host.traced.empty());
}

TEST(Trace, OnlyWantedEventsAreReported) {
    for (unsigned event = 0; event < ixgbe_trace_count(); ++event) {
        Rig rig;
        RxRing rx(rig.driver);
        TxRing tx(rig.driver);
        ixgbe_trace_enable(rig.machine.device(), std::uint64_t{1} << event);
        rig.machine.receive(plain_frame(100));
        rig.machine.receive(plain_frame(100, kPeerMac));
        tx.send(plain_frame(100));
        for (const unsigned reported : rig.host.traced) {
            EXPECT_EQ(reported, event);
        }
    }
}

TEST(Trace, EnablingEverythingReportsTraffic) {
    Rig rig;
    RxRing rx(rig.driver);
    TxRing tx(rig.driver);
    ixgbe_trace_enable(rig.machine.device(), ~std::uint64_t{0});
    rig.machine.receive(plain_frame(100));
    EXPECT_FALSE(rig.host.traced.empty());
    rig.host.forget();
    tx.send(plain_frame(100));
    EXPECT_FALSE(rig.host.traced.empty());
}

}  // namespace
}  // namespace x550
