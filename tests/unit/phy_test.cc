// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/phy.h"

#include <gtest/gtest.h>

#include "control_plane.h"
#include "nic/timers.h"

namespace ixgbe {
namespace {

constexpr std::uint32_t kMsca = 0x0425C;
constexpr std::uint32_t kMsrwd = 0x04260;
constexpr std::uint32_t kGo = 0x40000000;
constexpr std::uint32_t kClause22 = 0x10000000;

enum Op : std::uint32_t { kAddress = 0, kWrite = 1, kReadNext = 2, kRead = 3 };

struct PhyTest : testing::Test, ControlPlane {
    Timers timers{state, host};
    Phy phy{state, regs, timers, trace};

    PhyTest() {
        phy.reset();
        phy.set_cable(true);
        train();
    }

    // Lets the negotiation come to its end, if one is going on.
    void train() {
        if (timers.armed(IXGBE_DEADLINE_LINK)) {
            host.now = timers.at(IXGBE_DEADLINE_LINK);
            EXPECT_EQ(timers.take_expired(host.now), IXGBE_DEADLINE_LINK);
            phy.on_deadline();
        }
    }

    void cycle(Op op, unsigned port, unsigned mmd, unsigned low, std::uint32_t start = 0) {
        set_word(kMsca, kGo | start | op << 26 | port << 21 | mmd << 16 | low);
        phy.on_msca_write();
        EXPECT_EQ(word(kMsca) & kGo, 0U) << "busy for ever";
    }
    unsigned mdio_read(unsigned mmd, unsigned reg, unsigned port = 0) {
        cycle(kAddress, port, mmd, reg);
        cycle(kRead, port, mmd, 0);
        return word(kMsrwd) >> 16;
    }
    void mdio_write(unsigned mmd, unsigned reg, unsigned value) {
        set_word(kMsrwd, value);
        cycle(kAddress, 0, mmd, reg);
        cycle(kWrite, 0, mmd, 0);
    }
};

TEST_F(PhyTest, IdentifiesItself) {
    EXPECT_EQ(mdio_read(1, 2), 0x0154U);
    EXPECT_EQ(mdio_read(1, 3), 0x0221U);
    EXPECT_EQ(mdio_read(1, 4), 0x0031U);
    EXPECT_EQ(mdio_read(1, 0xB), 0x00A4U);
}

TEST_F(PhyTest, DiscoveryFindsAPresentDevice) {
    for (const unsigned mmd : {1U, 3U, 4U, 7U}) {
        EXPECT_EQ(mdio_read(mmd, 8) & 0xC000, 0x8000U) << mmd;
        EXPECT_EQ(mdio_read(mmd, 5), 0x009AU) << mmd;
        EXPECT_EQ(mdio_read(mmd, 6), 0xC000U) << mmd;
    }
}

TEST_F(PhyTest, AbsentAddressesMmdsAndClause22ReadAllOnes) {
    EXPECT_EQ(mdio_read(1, 2, 1), 0xFFFFU);
    EXPECT_EQ(mdio_read(1, 2, 31), 0xFFFFU);
    EXPECT_EQ(mdio_read(2, 8), 0xFFFFU);
    EXPECT_EQ(mdio_read(0, 0), 0xFFFFU);
    cycle(kRead, 0, 2, 0, kClause22);
    EXPECT_EQ(word(kMsrwd) >> 16, 0xFFFFU);
}

TEST_F(PhyTest, AbsentAddressDoesNotMoveTheLatch) {
    cycle(kAddress, 0, 1, 2);
    cycle(kAddress, 5, 1, 3);
    cycle(kRead, 0, 1, 0);
    EXPECT_EQ(word(kMsrwd) >> 16, 0x0154U);
}

TEST_F(PhyTest, EveryMmdHasAnAddressOfItsOwn) {
    cycle(kAddress, 0, 1, 2);
    cycle(kAddress, 0, 7, 0x20);
    cycle(kRead, 0, 1, 0);
    EXPECT_EQ(word(kMsrwd) >> 16, 0x0154U);
}

TEST_F(PhyTest, ReadWithIncrementWalks) {
    cycle(kAddress, 0, 1, 2);
    cycle(kReadNext, 0, 1, 0);
    cycle(kReadNext, 0, 1, 0);
    EXPECT_EQ(word(kMsrwd) >> 16, 0x0221U);
    cycle(kRead, 0, 1, 0);
    EXPECT_EQ(word(kMsrwd) >> 16, 0x0031U);
}

TEST_F(PhyTest, UnknownRegistersReadZeroAndSwallowWrites) {
    mdio_write(7, 0x1234, 0xFFFF);
    EXPECT_EQ(mdio_read(7, 0x1234), 0U);
    EXPECT_EQ(mdio_read(3, 0xE810), 0U);
}

TEST_F(PhyTest, ReadsKeepTheWriteData) {
    set_word(kMsrwd, 0xBEEF);
    EXPECT_EQ(mdio_read(1, 2), 0x0154U);
    EXPECT_EQ(word(kMsrwd) & 0xFFFF, 0xBEEFU);
}

TEST_F(PhyTest, NothingHappensWithoutTheCommandBit) {
    set_word(kMsca, kRead << 26 | 1 << 16);
    set_word(kMsrwd, 0);
    phy.on_msca_write();
    EXPECT_EQ(word(kMsrwd), 0U);
}

TEST_F(PhyTest, LinkTrainsAfterTheCableComes) {
    phy.set_cable(false);
    EXPECT_FALSE(phy.link_up());
    phy.set_cable(true);
    EXPECT_FALSE(phy.link_up());
    ASSERT_TRUE(timers.armed(IXGBE_DEADLINE_LINK));
    EXPECT_LE(timers.at(IXGBE_DEADLINE_LINK) - host.now, 100'000'000);
    train();
    EXPECT_TRUE(phy.link_up());
    EXPECT_EQ(phy.speed(), CopperSpeed::g10);
}

TEST_F(PhyTest, NoCableNoNegotiation) {
    phy.set_cable(false);
    mdio_write(7, 0, 0x1200);
    EXPECT_FALSE(timers.armed(IXGBE_DEADLINE_LINK));
}

TEST_F(PhyTest, CablePulledDuringNegotiationStopsIt) {
    mdio_write(7, 0, 0x1200);
    phy.set_cable(false);
    EXPECT_FALSE(timers.armed(IXGBE_DEADLINE_LINK));
    phy.on_deadline();
    EXPECT_FALSE(phy.link_up());
}

TEST_F(PhyTest, RestartBitClearsItselfAndTakesTheLinkDown) {
    mdio_write(7, 0, 0x1200);
    EXPECT_FALSE(phy.link_up());
    EXPECT_EQ(mdio_read(7, 0) & 0x8200, 0U);
    train();
    EXPECT_TRUE(phy.link_up());
}

TEST_F(PhyTest, NegotiatesTheFastestAdvertisedSpeed) {
    const struct {
        unsigned r7_20, r7_c400, r7_10;
        CopperSpeed speed;
        unsigned status;
    } cases[] = {
        {0x1000, 0x8C00, 0x0DE1, CopperSpeed::g10, 7}, {0, 0x8C00, 0x0DE1, CopperSpeed::g5, 0xB},
        {0, 0x8400, 0x0DE1, CopperSpeed::g2_5, 9},     {0, 0x8000, 0x0DE1, CopperSpeed::g1, 5},
        {0, 0, 0x0101, CopperSpeed::m100, 3},          {0, 0, 0x0081, CopperSpeed::m100, 3},
    };
    for (const auto& row : cases) {
        mdio_write(7, 0x20, row.r7_20);
        mdio_write(7, 0xC400, row.r7_c400);
        mdio_write(7, 0x10, row.r7_10);
        mdio_write(7, 0, 0x1200);
        train();
        EXPECT_EQ(phy.speed(), row.speed);
        EXPECT_EQ(mdio_read(7, 0xC800), row.status);
    }
}

TEST_F(PhyTest, NothingAdvertisedNoLink) {
    mdio_write(7, 0x20, 0);
    mdio_write(7, 0xC400, 0);
    mdio_write(7, 0x10, 0x0C01);
    mdio_write(7, 0, 0x1200);
    train();
    EXPECT_FALSE(phy.link_up());
    EXPECT_EQ(phy.speed(), CopperSpeed::none);
}

TEST_F(PhyTest, AdvertisementWaitsForTheNextNegotiation) {
    mdio_write(7, 0x20, 0);
    EXPECT_EQ(phy.speed(), CopperSpeed::g10);
}

TEST_F(PhyTest, LowPowerTakesTheLinkDownUntilCleared) {
    mdio_write(30, 0, 0x0800);
    EXPECT_FALSE(phy.link_up());
    EXPECT_EQ(mdio_read(30, 0), 0x0800U);
    EXPECT_FALSE(timers.armed(IXGBE_DEADLINE_LINK));
    mdio_write(7, 0, 0x1200);
    EXPECT_FALSE(timers.armed(IXGBE_DEADLINE_LINK));
    mdio_write(30, 0, 0);
    train();
    EXPECT_TRUE(phy.link_up());
}

TEST_F(PhyTest, PowerOnWhenItIsOnLeavesTheLinkAlone) {
    mdio_write(30, 0, 0);
    EXPECT_TRUE(phy.link_up());
}

TEST_F(PhyTest, NegotiationSwitchedOffTakesTheLinkDown) {
    mdio_write(7, 0, 0);
    EXPECT_FALSE(phy.link_up());
    mdio_write(7, 0, 0x1000);
    train();
    EXPECT_TRUE(phy.link_up());
}

TEST_F(PhyTest, LinkBitsAreLatchedLow) {
    (void)mdio_read(1, 1);
    (void)mdio_read(7, 1);
    EXPECT_NE(mdio_read(1, 1) & 4, 0U);
    mdio_write(7, 0, 0x1200);
    train();
    EXPECT_EQ(mdio_read(1, 1) & 4, 0U) << "the loss must be seen once";
    EXPECT_NE(mdio_read(1, 1) & 4, 0U);
    EXPECT_EQ(mdio_read(7, 1) & 4, 0U);
    EXPECT_NE(mdio_read(7, 1) & 4, 0U);
}

TEST_F(PhyTest, StatusFollowsTheLink) {
    EXPECT_NE(mdio_read(7, 1) & 0x20, 0U);
    EXPECT_EQ(mdio_read(7, 0x13), 0x0DE1U);
    phy.set_cable(false);
    EXPECT_EQ(mdio_read(7, 1) & 0x24, 0U);
    EXPECT_EQ(mdio_read(7, 0x13), 0U);
    EXPECT_EQ(mdio_read(7, 0xC800) & 7, 0U);
}

TEST_F(PhyTest, ResetBitRestoresRegistersAndClearsItself) {
    mdio_write(7, 0x10, 0);
    mdio_write(1, 0, 0x8000);
    EXPECT_EQ(mdio_read(1, 0) & 0x8000, 0U);
    EXPECT_EQ(mdio_read(7, 0x10), 0x0DE1U);
    train();
    EXPECT_TRUE(phy.link_up());
}

TEST_F(PhyTest, ReadOnlyRegistersStay) {
    mdio_write(1, 2, 0);
    mdio_write(7, 0x13, 0);
    EXPECT_EQ(mdio_read(1, 2), 0x0154U);
    EXPECT_EQ(mdio_read(7, 0x13), 0x0DE1U);
}

TEST_F(PhyTest, TemperatureIsSaneAndValid) {
    EXPECT_EQ(mdio_read(30, 0xC821) & 1, 1U);
    const unsigned celsius = mdio_read(30, 0xC820) / 256;
    EXPECT_GT(celsius, 0U);
    EXPECT_LT(celsius, mdio_read(30, 0xC423) / 256);
}

TEST_F(PhyTest, OwnStatesArePlausible) {
    EXPECT_TRUE(phy.plausible());
    mdio_write(30, 0, 0x0800);
    EXPECT_TRUE(phy.plausible());
    phy.set_cable(false);
    EXPECT_TRUE(phy.plausible());
}

TEST_F(PhyTest, ImpossibleLoadedStatesAreNot) {
    state.phy.link = 2;
    EXPECT_FALSE(phy.plausible());
    state.phy.link = 1;
    state.phy.cable = 0;
    EXPECT_FALSE(phy.plausible());
    state.phy.cable = 1;
    EXPECT_TRUE(phy.plausible());
    state.phy.reg[2] ^= 1;  // a read-only identity
    EXPECT_FALSE(phy.plausible());
    state.phy.reg[2] ^= 1;
    state.phy.reg[IXGBE_PHY_REGS - 1] = 1;
    EXPECT_FALSE(phy.plausible());
}

}  // namespace
}  // namespace ixgbe
