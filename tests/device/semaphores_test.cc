// SPDX-License-Identifier: GPL-2.0-or-later
// Ownership between drivers and firmware: bits that a read takes.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

TEST(Semaphores, SmbiIsTakenByTheReadThatFindsItFree) {
    ColdRig rig;
    EXPECT_EQ(rig.driver.read<SWSM>() & SWSM::smbi, 0u);
    EXPECT_EQ(rig.driver.read<SWSM>() & SWSM::smbi, SWSM::smbi);
    rig.driver.write<SWSM>(0);
    EXPECT_EQ(rig.driver.read<SWSM>() & SWSM::smbi, 0u);
}

TEST(Semaphores, RegsmpIsTakenByTheReadThatFindsItFree) {
    ColdRig rig;
    EXPECT_EQ(rig.driver.read<SW_FW_SYNC>() & SW_FW_SYNC::regsmp, 0u);
    EXPECT_EQ(rig.driver.read<SW_FW_SYNC>() & SW_FW_SYNC::regsmp, SW_FW_SYNC::regsmp);
}

TEST(Semaphores, ResourceBitsStayUntilTheyAreGivenBack) {
    ColdRig rig;
    const GuestDriver& driver = rig.driver;
    (void)driver.read<SW_FW_SYNC>();
    const std::uint32_t seen = driver.read<SW_FW_SYNC>();
    const std::uint32_t wanted = SW_FW_SYNC::eep | SW_FW_SYNC::phy0 | SW_FW_SYNC::sw_mng;
    driver.write<SW_FW_SYNC>(seen | wanted);
    EXPECT_EQ(driver.read<SW_FW_SYNC>(), SW_FW_SYNC::regsmp | wanted)
        << "writing REGSMP as one must not give it back";
    driver.write<SW_FW_SYNC>(wanted);
    EXPECT_EQ(driver.read<SW_FW_SYNC>(), wanted);
    driver.write<SW_FW_SYNC>(0);
    EXPECT_EQ(driver.read<SW_FW_SYNC>(), 0u);
}

TEST(Semaphores, FirmwareBitsReadZero) {
    ColdRig rig;
    rig.driver.write<SW_FW_SYNC>(0x7FFFFFFF);
    EXPECT_EQ(rig.driver.read<SW_FW_SYNC>() & SW_FW_SYNC::firmware_mask, 0u);
}

TEST(Semaphores, LinuxAcquireAndReleaseLeaveEverythingFree) {
    ColdRig rig;
    const GuestDriver& driver = rig.driver;
    for (int round = 0; round < 3; ++round) {
        ASSERT_EQ(driver.read<SWSM>() & SWSM::smbi, 0u);
        ASSERT_EQ(driver.read<SW_FW_SYNC>() & SW_FW_SYNC::regsmp, 0u);
        const std::uint32_t sync = driver.read<SW_FW_SYNC>();
        ASSERT_EQ(sync & (SW_FW_SYNC::phy0 | SW_FW_SYNC::phy0 << 5), 0u);
        driver.write<SW_FW_SYNC>(sync | SW_FW_SYNC::phy0);
        driver.write<SW_FW_SYNC>(driver.read<SW_FW_SYNC>() & ~SW_FW_SYNC::regsmp);
        driver.write<SWSM>(driver.read<SWSM>() & ~SWSM::smbi);

        ASSERT_EQ(driver.read<SWSM>() & SWSM::smbi, 0u);
        ASSERT_EQ(driver.read<SW_FW_SYNC>() & SW_FW_SYNC::regsmp, 0u);
        const std::uint32_t held = driver.read<SW_FW_SYNC>();
        ASSERT_NE(held & SW_FW_SYNC::phy0, 0u);
        driver.write<SW_FW_SYNC>(held & ~SW_FW_SYNC::phy0 & ~SW_FW_SYNC::regsmp);
        driver.write<SWSM>(0);
    }
}

}  // namespace
}  // namespace x550
