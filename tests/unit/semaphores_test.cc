// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/semaphores.h"

#include <gtest/gtest.h>

#include "control_plane.h"

namespace ixgbe {
namespace {

constexpr std::uint32_t kSwsm = 0x10140;
constexpr std::uint32_t kSwFwSync = 0x10160;
constexpr std::uint32_t kRegsmp = 0x80000000;

struct SemaphoresTest : testing::Test, ControlPlane {
    Semaphores semaphores{regs};
};

TEST_F(SemaphoresTest, FirstReadOfSwsmGetsTheLock) {
    EXPECT_EQ(semaphores.swsm_read() & 1, 0U);
    EXPECT_EQ(semaphores.swsm_read() & 1, 1U);
    EXPECT_EQ(word(kSwsm) & 1, 1U);
}

TEST_F(SemaphoresTest, WritingSmbiZeroReleases) {
    (void)semaphores.swsm_read();
    semaphores.swsm_write(0);
    EXPECT_EQ(semaphores.swsm_read() & 1, 0U);
}

TEST_F(SemaphoresTest, WritingSmbiOneKeepsTheLock) {
    (void)semaphores.swsm_read();
    semaphores.swsm_write(3);
    EXPECT_EQ(semaphores.swsm_read(), 3U);
}

TEST_F(SemaphoresTest, ReadOfSwFwSyncTakesRegsmp) {
    EXPECT_EQ(semaphores.sw_fw_sync_read(), 0U);
    EXPECT_EQ(semaphores.sw_fw_sync_read(), kRegsmp);
}

// The driver's dance: take, claim a resource with bit 31 still set, release with it clear.
TEST_F(SemaphoresTest, ResourceBitStaysAfterRelease) {
    EXPECT_EQ(semaphores.sw_fw_sync_read() & kRegsmp, 0U);
    const std::uint32_t held = semaphores.sw_fw_sync_read();
    semaphores.sw_fw_sync_write(held | 0x401);
    EXPECT_EQ(word(kSwFwSync), kRegsmp | 0x401);
    semaphores.sw_fw_sync_write(semaphores.sw_fw_sync_read() & ~kRegsmp);
    EXPECT_EQ(semaphores.sw_fw_sync_read(), 0x401U);
}

TEST_F(SemaphoresTest, FirmwareNeverOwnsAnything) {
    semaphores.sw_fw_sync_write(0x1E0);
    EXPECT_EQ(semaphores.sw_fw_sync_read(), 0U);
}

}  // namespace
}  // namespace ixgbe
