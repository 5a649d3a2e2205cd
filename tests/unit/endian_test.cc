// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/endian.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>

namespace ixgbe {
namespace {

template <typename T>
std::array<std::uint8_t, sizeof(T)> bytes_of(const T& value) {
    std::array<std::uint8_t, sizeof(T)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
}

TEST(Endian, SwapReversesBytes) {
    EXPECT_EQ(byte_swap(std::uint8_t{0x12}), 0x12);
    EXPECT_EQ(byte_swap(std::uint16_t{0x1234}), 0x3412);
    EXPECT_EQ(byte_swap(std::uint32_t{0x12345678}), 0x78563412u);
    EXPECT_EQ(byte_swap(std::uint64_t{0x0123456789abcdef}), 0xefcdab8967452301u);
}

TEST(Endian, LittleStoresLowByteFirst) {
    EXPECT_EQ(bytes_of(le16(0x1234)), (std::array<std::uint8_t, 2>{0x34, 0x12}));
    EXPECT_EQ(bytes_of(le32(0x12345678)), (std::array<std::uint8_t, 4>{0x78, 0x56, 0x34, 0x12}));
    EXPECT_EQ(bytes_of(le64(0x0123456789abcdef)),
              (std::array<std::uint8_t, 8>{0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01}));
}

TEST(Endian, BigStoresHighByteFirst) {
    EXPECT_EQ(bytes_of(be16(0x1234)), (std::array<std::uint8_t, 2>{0x12, 0x34}));
    EXPECT_EQ(bytes_of(be32(0x12345678)), (std::array<std::uint8_t, 4>{0x12, 0x34, 0x56, 0x78}));
    EXPECT_EQ(bytes_of(be64(0x0123456789abcdef)),
              (std::array<std::uint8_t, 8>{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}));
}

TEST(Endian, ReadsBackWhatWasStored) {
    EXPECT_EQ(std::uint16_t{be16(0xbeef)}, 0xbeef);
    EXPECT_EQ(std::uint32_t{le32(0xcafef00d)}, 0xcafef00du);
    EXPECT_EQ(std::uint64_t{be64(1)}, 1u);
}

TEST(Endian, NeedsNoAlignment) {
    static_assert(alignof(le64) == 1 && alignof(be32) == 1 && alignof(be16) == 1);
    static_assert(sizeof(le64) == 8 && sizeof(be32) == 4 && sizeof(be16) == 2);
}

TEST(Endian, WorksAtCompileTime) {
    constexpr be16 port = 0x1234;
    static_assert(port == 0x1234);
}

}  // namespace
}  // namespace ixgbe
