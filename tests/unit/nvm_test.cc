// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/nvm.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <string>

#include "control_plane.h"

namespace ixgbe {
namespace {

using Mac = std::array<std::uint8_t, 6>;

constexpr Mac kMac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr std::uint32_t kEerd = 0x10014;
constexpr std::uint32_t kEewr = 0x10018;

struct NvmTest : testing::Test, ControlPlane {
    Nvm nvm{state, regs, 0};

    NvmTest() {
        std::copy(kMac.begin(), kMac.end(), state.mac);
        nvm.power_on();
    }
};

// The checksum as drivers compute it, straight from the rules and independent of the device's.
// NOLINTNEXTLINE(readability-function-cognitive-complexity): a rule a line
std::uint16_t driver_checksum(const std::uint16_t* nvm) {
    unsigned sum = 0;
    for (unsigned i = 0; i <= 0x41; ++i) {
        if (i != 0x3F) {
            sum += nvm[i];
        }
    }
    for (unsigned i = 0x02; i < 0x0F; ++i) {
        const unsigned pointer = nvm[i];
        if (i == 0x04 || i == 0x05 || pointer == 0 || pointer == 0xFFFF || pointer >= 16384) {
            continue;
        }
        unsigned start = pointer;
        unsigned length = i == 0x06 ? 36 : 8;
        if (i < 0x06 || i > 0x08) {
            length = nvm[pointer];
            start = pointer + 1;
            if (length == 0 || length == 0xFFFF || pointer + length >= 16384) {
                continue;
            }
        }
        for (unsigned j = 0; j < length; ++j) {
            sum += start + j < 16384 ? nvm[start + j] : 0xFFFF;
        }
    }
    return static_cast<std::uint16_t>(0xBABA - sum);
}

TEST_F(NvmTest, ImageHasARightChecksum) {
    EXPECT_EQ(nvm.read(0x3F), driver_checksum(state.nvm));
    EXPECT_EQ(nvm.checksum(), driver_checksum(state.nvm));
}

TEST_F(NvmTest, ChecksumFollowsEveryKindOfBlock) {
    for (std::uint32_t word = 0x200; word < 0x400; ++word) {
        ASSERT_TRUE(nvm.write(word, static_cast<std::uint16_t>(word * 77)));
    }
    const std::array<std::uint16_t, 13> blocks = {0x210, 0x220, 0x230, 0x240, 0x250, 0x260, 0x270,
                                                  0x280, 0x290, 0x2A0, 0x2B0, 0x2C0, 0x2D0};
    for (std::uint32_t i = 0; i < 13; ++i) {
        ASSERT_TRUE(nvm.write(0x02 + i, blocks[i]));
        ASSERT_TRUE(nvm.write(blocks[i], static_cast<std::uint16_t>(i + 3)));
        EXPECT_EQ(nvm.checksum(), driver_checksum(state.nvm)) << "pointer word " << 0x02 + i;
    }
}

TEST_F(NvmTest, ChecksumSkipsImpossibleBlocks) {
    ASSERT_TRUE(nvm.write(0x0D, 0x3FF0));
    for (const auto length : std::to_array<std::uint16_t>({0, 0xF, 0x10, 0xFFFF})) {
        ASSERT_TRUE(nvm.write(0x3FF0, length));
        EXPECT_EQ(nvm.checksum(), driver_checksum(state.nvm)) << length;
    }
    ASSERT_TRUE(nvm.write(0x0D, 0x4000));
    EXPECT_EQ(nvm.checksum(), driver_checksum(state.nvm));
    ASSERT_TRUE(nvm.write(0x06, 0x3FFF));  // runs past the end
    EXPECT_EQ(nvm.checksum(), driver_checksum(state.nvm));
}

TEST_F(NvmTest, BeyondTheEndReadsErased) {
    EXPECT_EQ(nvm.read(16384), 0xFFFF);
    EXPECT_EQ(nvm.read(0xFFFFFFFF), 0xFFFF);
    EXPECT_FALSE(nvm.write(16384, 1));
}

TEST_F(NvmTest, PbaStringSpellsTheBoard) {
    EXPECT_EQ(nvm.read(0x15), 0xFAFA);
    const std::uint32_t block = nvm.read(0x16);
    ASSERT_EQ(nvm.read(block), 6);
    std::string text;
    for (std::uint32_t i = 1; i < 6; ++i) {
        text += static_cast<char>(nvm.read(block + i) >> 8);
        text += static_cast<char>(nvm.read(block + i) & 0xFF);
    }
    EXPECT_EQ(text, "X550T-0000");
}

TEST_F(NvmTest, WordsDriversLookAt) {
    EXPECT_EQ(nvm.read(0x2C) & 0x0002, 0x0002);  // FCoE off
    EXPECT_EQ(nvm.read(0x38), 0);
    for (const std::uint32_t word : {0x17U, 0x1BU, 0x26U, 0x27U, 0x28U, 0x33U, 0x37U, 0x3EU}) {
        EXPECT_EQ(nvm.read(word), 0xFFFF) << word;
    }
}

TEST_F(NvmTest, AddressComesFromTheImage) {
    EXPECT_EQ(nvm.mac(), kMac);
    const std::uint32_t section = nvm.read(0x09);
    ASSERT_TRUE(nvm.write(section + 3, 0x7856));
    EXPECT_EQ(nvm.mac(), (Mac{0x52, 0x54, 0x00, 0x12, 0x56, 0x78}));
}

TEST_F(NvmTest, MulticastOrZeroAddressInTheImageIsNotUsed) {
    const std::uint32_t section = nvm.read(0x09);
    ASSERT_TRUE(nvm.write(section + 1, 0x5453));
    EXPECT_EQ(nvm.mac(), kMac);
    for (std::uint32_t i = 1; i <= 3; ++i) {
        ASSERT_TRUE(nvm.write(section + i, 0));
    }
    EXPECT_EQ(nvm.mac(), kMac);
    ASSERT_TRUE(nvm.write(0x09, 0x3FFF));  // the section would run past the end
    EXPECT_EQ(nvm.mac(), kMac);
}

TEST_F(NvmTest, SecondPortHasItsOwnSection) {
    Nvm second(state, regs, 1);
    second.power_on();
    EXPECT_EQ(second.read(0x09), 0xFFFF);
    EXPECT_NE(second.read(0x0A), 0xFFFF);
    EXPECT_EQ(second.mac(), kMac);
}

TEST_F(NvmTest, EerdAnswersWithDoneAndData) {
    set_word(kEerd, 0x3F << 2 | 1);
    nvm.on_eerd_write();
    EXPECT_EQ(word(kEerd), std::uint32_t{nvm.read(0x3F)} << 16 | 0x3F << 2 | 2);
}

TEST_F(NvmTest, EerdWithoutStartDoesNothing) {
    set_word(kEerd, 0x3F << 2);
    nvm.on_eerd_write();
    EXPECT_EQ(word(kEerd), 0x3FU << 2);
}

TEST_F(NvmTest, EewrStoresTheWord) {
    set_word(kEewr, 0xBEEF0000U | 0x1234 << 2 | 1);
    nvm.on_eewr_write();
    EXPECT_EQ(nvm.read(0x1234), 0xBEEF);
    EXPECT_EQ(word(kEewr) & 3, 2U);
}

TEST_F(NvmTest, PowerOnForgetsWhatTheGuestWrote) {
    ASSERT_TRUE(nvm.write(0x1234, 0xBEEF));
    nvm.power_on();
    EXPECT_EQ(nvm.read(0x1234), 0xFFFF);
}

}  // namespace
}  // namespace ixgbe
