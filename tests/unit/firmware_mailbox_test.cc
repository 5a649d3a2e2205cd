// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/firmware_mailbox.h"

#include <gtest/gtest.h>
#include <initializer_list>

#include "control_plane.h"
#include "nic/nvm.h"

namespace ixgbe {
namespace {

constexpr std::uint32_t kHicr = 0x15F00;
constexpr std::uint32_t kFlexMng = 0x15800;
constexpr std::uint32_t kFlexMngWords = 448;
constexpr std::uint32_t kEnabled = 1;
constexpr std::uint32_t kCommand = 2;
constexpr std::uint32_t kStatusValid = 4;

using Effect = FirmwareMailbox::Effect;

struct FirmwareMailboxTest : testing::Test, ControlPlane {
    Nvm nvm{state, regs, 0};
    FirmwareMailbox mailbox{regs, nvm, 0, trace};

    FirmwareMailboxTest() {
        state.mac[5] = 1;
        nvm.power_on();
    }

    Effect command(std::initializer_list<unsigned> bytes) {
        unsigned at = 0;
        for (const unsigned byte : bytes) {
            const unsigned shift = at % 4 * 8;
            std::uint32_t& dword = state.reg[kFlexMng / 4 + at / 4];
            dword = (dword & ~(0xFFU << shift)) | byte << shift;
            ++at;
        }
        set_word(kHicr, kEnabled | kCommand);
        return mailbox.on_hicr_write();
    }

    [[nodiscard]] unsigned reply(unsigned at) const {
        return word(kFlexMng + at / 4 * 4) >> at % 4 * 8 & 0xFF;
    }
};

TEST_F(FirmwareMailboxTest, EveryCommandEndsWithStatusValid) {
    for (const unsigned code : {0x00U, 0x31U, 0x33U, 0x36U, 0xDDU, 0xDEU, 0x30U, 0xFFU}) {
        (void)command({code, 0, 0, 0});
        EXPECT_EQ(word(kHicr), kEnabled | kStatusValid) << code;
    }
}

TEST_F(FirmwareMailboxTest, EnableCannotBeCleared) {
    set_word(kHicr, 0);
    EXPECT_EQ(mailbox.on_hicr_write(), Effect::none);
    EXPECT_EQ(word(kHicr), kEnabled);
    set_word(kHicr, kStatusValid);
    EXPECT_EQ(mailbox.on_hicr_write(), Effect::none);
    EXPECT_EQ(word(kHicr), kEnabled | kStatusValid);
}

TEST_F(FirmwareMailboxTest, ReadsWordsFromByteTwelve) {
    ASSERT_TRUE(nvm.write(0x1000, 0x1122));
    ASSERT_TRUE(nvm.write(0x1001, 0x3344));
    (void)command({0x31, 0, 6, 0xFF, 0, 0, 0x20, 0x00, 0, 4, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(word(kFlexMng + 12), 0x33441122U);
}

TEST_F(FirmwareMailboxTest, LargestReadStaysInsideTheBuffer) {
    set_word(kFlexMng + 12 + 1024, 0xA5A5A5A5);
    (void)command({0x31, 0, 6, 0xFF, 0, 0, 0, 0, 4, 0, 0, 0});
    EXPECT_EQ(reply(2), 1U);
    EXPECT_EQ(word(kFlexMng + 12 + 1020) >> 16, nvm.read(511));
    EXPECT_EQ(word(kFlexMng + 12 + 1024), 0xA5A5A5A5U);
}

TEST_F(FirmwareMailboxTest, TooLongReadIsRefusedAndTouchesNothing) {
    const std::uint32_t last = kFlexMng + 4 * (kFlexMngWords - 1);
    set_word(last, 0x5A5A5A5A);
    (void)command({0x31, 0, 6, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0});
    EXPECT_NE(reply(2), 1U);
    EXPECT_EQ(word(last), 0x5A5A5A5AU);
    EXPECT_EQ(word(kFlexMng + 12), 0U);
}

TEST_F(FirmwareMailboxTest, ReadPastTheEndOfTheNvmGivesErasedWords) {
    (void)command({0x31, 0, 6, 0xFF, 0, 0, 0x7F, 0xFE, 0, 8, 0, 0});
    EXPECT_EQ(word(kFlexMng + 16), 0xFFFFFFFFU);
    (void)command({0x31, 0, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 4, 0, 0});
    EXPECT_EQ(word(kFlexMng + 12), 0xFFFFFFFFU);
}

TEST_F(FirmwareMailboxTest, WriteStoresAndReportsSuccess) {
    (void)command({0x33, 0, 0x0A, 0xFF, 0, 0, 0x20, 0x02, 0, 2, 0, 0, 0xEF, 0xBE});
    EXPECT_EQ(nvm.read(0x1001), 0xBEEF);
    EXPECT_EQ(reply(2), 1U);
    EXPECT_LE(reply(1) + 4, 16U);
}

TEST_F(FirmwareMailboxTest, WritePastTheEndFails) {
    (void)command({0x33, 0, 0x0A, 0xFF, 0, 0, 0x80, 0x00, 0, 2, 0, 0, 0xEF, 0xBE});
    EXPECT_NE(reply(2), 1U);
    (void)command({0x33, 0, 0x0A, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0xEF, 0xBE});
    EXPECT_NE(reply(2), 1U);
}

TEST_F(FirmwareMailboxTest, FlashUpdateSucceeds) {
    EXPECT_EQ(command({0x36, 0, 0, 0xFF}), Effect::none);
    EXPECT_EQ(reply(2), 1U);
}

TEST_F(FirmwareMailboxTest, DriverInfoIsAcknowledged) {
    (void)command({0xDD, 9, 0, 0, 0, 0, 0, 0, 0, '6', '.', '1', 0});
    EXPECT_EQ(reply(2), 1U);
    EXPECT_LE(reply(1), 9U);
}

TEST_F(FirmwareMailboxTest, DisableReceiveAsksTheDevice) {
    EXPECT_EQ(command({0xDE, 1, 0, 0xFF, 0, 0, 0, 0}), Effect::disable_receive);
    EXPECT_LE(reply(1), 4U);
    EXPECT_EQ(reply(2), 1U);
}

TEST_F(FirmwareMailboxTest, DisableReceiveOfTheOtherPortIsNotOurs) {
    EXPECT_EQ(command({0xDE, 1, 0, 0xFF, 1, 0, 0, 0}), Effect::none);
    EXPECT_NE(reply(2), 1U);
}

TEST_F(FirmwareMailboxTest, UnknownCommandsFailButComplete) {
    for (const unsigned status : {0U, 1U, 2U, 6U}) {
        EXPECT_EQ(command({0x30, 5, status, 0xFF}), Effect::none);
        EXPECT_EQ(reply(0), 0x30U);
        EXPECT_EQ(reply(1), 5U);
        EXPECT_NE(reply(2), 1U);
    }
}

}  // namespace
}  // namespace ixgbe
