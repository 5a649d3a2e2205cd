// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/link.h"

#include <gtest/gtest.h>

#include "control_plane.h"
#include "nic/phy.h"
#include "nic/timers.h"

namespace ixgbe {
namespace {

constexpr std::uint32_t kLinks = 0x042A4;
constexpr std::uint32_t kMacc = 0x04330;
constexpr std::uint32_t kForceLinkUp = 1;

struct LinkTest : testing::Test, ControlPlane {
    Timers timers{state, host};
    Phy phy{state, regs, timers, trace};
    Link link{regs, phy, host, trace};

    LinkTest() { phy.reset(); }

    void plug_in() {
        phy.set_cable(true);
        phy.on_deadline();
    }
    void train_at(unsigned r7_20, unsigned r7_c400) {
        phy.write(7, 0x20, static_cast<std::uint16_t>(r7_20));
        phy.write(7, 0xC400, static_cast<std::uint16_t>(r7_c400));
        phy.restart();
        phy.on_deadline();
    }
};

TEST_F(LinkTest, DownWithoutACable) {
    EXPECT_FALSE(link.update());
    EXPECT_EQ(word(kLinks), 0U);
    EXPECT_FALSE(link.up());
}

TEST_F(LinkTest, EveryEdgeIsReportedOnce) {
    plug_in();
    EXPECT_TRUE(link.update());
    EXPECT_FALSE(link.update());
    EXPECT_TRUE(link.up());
    phy.set_cable(false);
    EXPECT_TRUE(link.update());
    EXPECT_FALSE(link.update());
    EXPECT_EQ(host.links, (std::vector<bool>{true, false}));
}

TEST_F(LinkTest, LinksCodesTheSpeed) {
    phy.set_cable(true);
    const struct {
        unsigned r7_20, r7_c400;
        std::uint32_t links;
    } cases[] = {
        {0x1000, 0x8000, 0x70000000},  // 10G
        {0, 0x0800, 0x58000000},       // 5G
        {0, 0x0400, 0x78000000},       // 2.5G
        {0, 0x8000, 0x60000000},       // 1G
        {0, 0, 0x50000000},            // 100M
    };
    for (const auto& row : cases) {
        train_at(row.r7_20, row.r7_c400);
        EXPECT_TRUE(link.update());
        EXPECT_EQ(word(kLinks), row.links);
    }
}

TEST_F(LinkTest, ForcedLinkIsUpForTheMacOnly) {
    set_word(kMacc, kForceLinkUp);
    EXPECT_TRUE(link.update());
    EXPECT_EQ(word(kLinks), 0x70000000U);
    EXPECT_TRUE(link.up());
    EXPECT_FALSE(link.on_wire());
    set_word(kMacc, 0);
    EXPECT_TRUE(link.update());
    EXPECT_FALSE(link.up());
}

TEST_F(LinkTest, ForcingALinkThatIsUpChangesNothing) {
    plug_in();
    (void)link.update();
    set_word(kMacc, kForceLinkUp);
    EXPECT_FALSE(link.update());
    EXPECT_TRUE(link.on_wire());
}

TEST_F(LinkTest, ResetIsNoEdge) {
    plug_in();
    (void)link.update();
    set_word(kLinks, 0);
    link.after_reset();
    EXPECT_EQ(word(kLinks), 0x70000000U);
    EXPECT_FALSE(link.update());
}

}  // namespace
}  // namespace ixgbe
