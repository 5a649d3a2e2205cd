// SPDX-License-Identifier: GPL-2.0-or-later
// The host interface to the firmware, and the NVM behind it.

#include <gtest/gtest.h>
#include <numeric>
#include <string>

#include "rig.h"

namespace x550 {
namespace {

constexpr unsigned kBlockWords = 256;  // what drivers fetch at a time

std::vector<std::uint16_t> whole_nvm(const GuestDriver& driver) {
    const unsigned size = driver.read<EEC>() >> EEC::size_shift & EEC::size_mask;
    const unsigned words = 1u << (size + 6);
    std::vector<std::uint16_t> nvm;
    for (unsigned at = 0; at < words; at += kBlockWords) {
        const auto block = driver.nvm_read(at, kBlockWords);
        nvm.insert(nvm.end(), block.begin(), block.end());
    }
    return nvm;
}

std::uint16_t sum_of(const std::vector<std::uint16_t>& nvm, std::size_t first, std::size_t count) {
    std::uint16_t sum = 0;
    for (std::size_t i = first; i < first + count && i < nvm.size(); ++i) {
        sum = static_cast<std::uint16_t>(sum + nvm[i]);
    }
    return sum;
}

// The X550 rule: words 0..0x41 but the checksum, and the sections that words 2..0xE point to.
std::uint16_t expected_checksum(const std::vector<std::uint16_t>& nvm) {
    std::uint16_t sum = sum_of(nvm, 0, 0x42);
    sum = static_cast<std::uint16_t>(sum - nvm.at(NvmWord::checksum));
    for (unsigned pointer_word = 2; pointer_word <= 0x0E; ++pointer_word) {
        const std::size_t pointer = nvm.at(pointer_word);
        if (pointer_word == 4 || pointer_word == 5 || pointer == 0 || pointer >= nvm.size()) {
            continue;
        }
        if (pointer_word >= 6 && pointer_word <= 8) {
            const std::size_t length = pointer_word == 6 ? 36 : 8;
            sum = static_cast<std::uint16_t>(sum + sum_of(nvm, pointer, length));
            continue;
        }
        const std::size_t length = nvm[pointer];
        if (length != 0 && length != 0xFFFF && pointer + length < nvm.size()) {
            sum = static_cast<std::uint16_t>(sum + sum_of(nvm, pointer + 1, length));
        }
    }
    return static_cast<std::uint16_t>(NvmWord::checksum_sum - sum);
}

TEST(Nvm, HasThe16KWordsThatEecAnnounces) {
    ColdRig rig;
    EXPECT_EQ(whole_nvm(rig.driver).size(), 16384u);
}

TEST(Nvm, ChecksumIsValidByTheX550Rule) {
    ColdRig rig;
    const auto nvm = whole_nvm(rig.driver);
    ASSERT_EQ(nvm.size(), 16384u);
    EXPECT_EQ(nvm[NvmWord::checksum], expected_checksum(nvm));
}

TEST(Nvm, SaysThatFcoeIsOff) {
    ColdRig rig;
    EXPECT_NE(rig.driver.nvm_read(NvmWord::device_caps, 1).at(0) & 2, 0);
}

TEST(Nvm, HoldsAReadablePartNumber) {
    ColdRig rig;
    const auto words = rig.driver.nvm_read(NvmWord::pba_flag, 2);
    ASSERT_EQ(words.size(), 2u);
    ASSERT_EQ(words[0], 0xFAFA) << "string form";
    const auto block = rig.driver.nvm_read(words[1], kBlockWords);
    ASSERT_GT(block.at(0), 1);
    ASSERT_LE(block[0], 6) << "Linux keeps eleven characters";
    for (unsigned i = 1; i < block[0]; ++i) {
        EXPECT_TRUE(std::isprint(block[i] >> 8)) << i;
        EXPECT_TRUE(std::isprint(block[i] & 0xFF)) << i;
    }
}

TEST(Nvm, ReadsBeyondTheEndGiveErasedWords) {
    ColdRig rig;
    const auto words = rig.driver.nvm_read(16384 - 2, 8);
    ASSERT_EQ(words.size(), 8u);
    EXPECT_EQ(words[2], 0xFFFF);
    EXPECT_EQ(words[7], 0xFFFF);
}

TEST(Nvm, EerdReadsTheSameWords) {
    ColdRig rig;
    rig.driver.write<EERD>(EERD::start | NvmWord::checksum << EERD::addr_shift);
    const std::uint32_t value = rig.driver.read<EERD>();
    EXPECT_NE(value & EERD::done, 0u);
    EXPECT_EQ(value >> EERD::data_shift, rig.driver.nvm_read(NvmWord::checksum, 1).at(0));
}

TEST(Nvm, UpdatedChecksumSurvivesTheFlashCommand) {
    ColdRig rig;
    rig.driver.nvm_write(0x20, 0x4711);
    auto nvm = whole_nvm(rig.driver);
    EXPECT_NE(nvm[NvmWord::checksum], expected_checksum(nvm));
    rig.driver.nvm_write(NvmWord::checksum, expected_checksum(nvm));
    EXPECT_TRUE(rig.driver.firmware({FirmwareCommand::dump_shadow_ram, 0, 0, 0xFF}, 4));
    nvm = whole_nvm(rig.driver);
    EXPECT_EQ(nvm[0x20], 0x4711);
    EXPECT_EQ(nvm[NvmWord::checksum], expected_checksum(nvm));
}

TEST(Firmware, ReadsManyWordsAtOnceFromABigEndianAddress) {
    ColdRig rig;
    rig.driver.nvm_write(0x1234, 0xAB12);
    rig.driver.nvm_write(0x1235, 0xCD34);
    const auto words = rig.driver.nvm_read(0x1233, 512);
    ASSERT_EQ(words.size(), 512u);
    EXPECT_EQ(words[1], 0xAB12);
    EXPECT_EQ(words[2], 0xCD34);
}

TEST(Firmware, WriteShadowRamReportsSuccess) {
    ColdRig rig;
    const auto reply = rig.driver.firmware({FirmwareCommand::write_shadow_ram, 0, 0x0A, 0xFF, 0, 0,
                                            0x00, 0xC0, 0, 2, 0, 0, 0xFE, 0xCA, 0, 0},
                                           4);
    ASSERT_TRUE(reply);
    EXPECT_EQ((*reply)[2] & 0x1F, 1);
    EXPECT_LE((*reply)[1] + 4, 16);
    EXPECT_EQ(rig.driver.nvm_read(0x60, 1).at(0), 0xCAFE);
}

TEST(Firmware, DisableRxenStopsTheReceiver) {
    Rig rig;
    ASSERT_NE(rig.driver.read<RXCTRL>() & RXCTRL::rxen, 0u);
    const auto reply =
        rig.driver.firmware({FirmwareCommand::disable_rxen, 1, 0, 0xFF, 0, 0, 0, 0}, 8);
    ASSERT_TRUE(reply);
    EXPECT_LE((*reply)[1], 4);
    EXPECT_EQ(rig.driver.read<RXCTRL>() & RXCTRL::rxen, 0u);
}

TEST(Firmware, DisableRxenOfTheOtherPortLeavesThisOneRunning) {
    Rig rig;
    (void)rig.driver.firmware({FirmwareCommand::disable_rxen, 1, 0, 0xFF, 1, 0, 0, 0}, 8);
    EXPECT_NE(rig.driver.read<RXCTRL>() & RXCTRL::rxen, 0u);
}

TEST(Firmware, FramesAreNotDeliveredAfterDisableRxen) {
    Rig rig;
    RxRing rx(rig.driver);
    (void)rig.driver.firmware({FirmwareCommand::disable_rxen, 1, 0, 0xFF, 0, 0, 0, 0}, 8);
    EXPECT_NE(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    EXPECT_EQ(rx.head(), 0u);
}

TEST(Firmware, DriverInfoIsAcknowledged) {
    ColdRig rig;
    Frame request = {FirmwareCommand::driver_info, 44, 0, 0, 0, 1, 2, 3, 4, 'i', 'x'};
    request.resize(48);
    const auto reply = rig.driver.firmware(request, 4);
    ASSERT_TRUE(reply);
    EXPECT_EQ((*reply)[0], FirmwareCommand::driver_info);
    EXPECT_EQ((*reply)[2], 1);
    EXPECT_LE((*reply)[1] + 4, 48);
}

TEST(Firmware, UnknownCommandFailsWithValidStatus) {
    ColdRig rig;
    const auto reply = rig.driver.firmware({0x7E, 4, 0, 0xFF, 0, 0, 0, 0}, 4);
    ASSERT_TRUE(reply) << "no valid status makes the driver wait half a second";
    EXPECT_EQ((*reply)[0], 0x7E);
    EXPECT_NE((*reply)[2], 1);
}

TEST(Firmware, CommandsCompleteInsideTheWrite) {
    ColdRig rig;
    rig.driver.write<FLEX_MNG>(0, 0xFF0000DE);
    rig.driver.write<HICR>(HICR::en | HICR::c);
    EXPECT_EQ(rig.driver.read<HICR>() & HICR::c, 0u);
    EXPECT_NE(rig.driver.read<HICR>() & HICR::sv, 0u);
}

TEST(Firmware, EnableBitCannotBeWrittenAway) {
    ColdRig rig;
    rig.driver.write<HICR>(0);
    EXPECT_NE(rig.driver.read<HICR>() & HICR::en, 0u);
}

TEST(Firmware, BufferIsPlainMemory) {
    ColdRig rig;
    for (std::uint32_t i = 0; i < FLEX_MNG::count; ++i) {
        rig.driver.write<FLEX_MNG>(i, 0xA5000000 | i);
    }
    for (std::uint32_t i = 0; i < FLEX_MNG::count; ++i) {
        ASSERT_EQ(rig.driver.read<FLEX_MNG>(i), 0xA5000000 | i);
    }
}

TEST(Firmware, HostileLengthsStayInsideTheBuffer) {
    ColdRig rig;
    for (const unsigned count : {0u, 1u, 1024u, 1025u, 1792u, 0xFFFFu}) {
        const auto high = static_cast<std::uint8_t>(count >> 8);
        const auto low = static_cast<std::uint8_t>(count);
        for (const std::uint8_t command :
             {FirmwareCommand::read_shadow_ram, FirmwareCommand::write_shadow_ram}) {
            (void)rig.driver.firmware(
                {command, 0, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, high, low, 0, 0, 0, 0, 0, 0}, 16);
        }
    }
    EXPECT_EQ(rig.driver.read<EEC>(), 0x4300u);
}

}  // namespace
}  // namespace x550
