// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>

#include "base/endian.h"

namespace ixgbe {
namespace {

constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();

TEST(Bytes, HoldsExactlyItsLength) {
    const std::array<std::byte, 8> bytes{};
    EXPECT_TRUE(holds(bytes, 0, 8));
    EXPECT_TRUE(holds(bytes, 8, 0));
    EXPECT_TRUE(holds(bytes, 5, 3));
    EXPECT_FALSE(holds(bytes, 0, 9));
    EXPECT_FALSE(holds(bytes, 5, 4));
    EXPECT_FALSE(holds(bytes, 9, 0));
}

TEST(Bytes, HoldsDoesNotOverflow) {
    const std::array<std::byte, 8> bytes{};
    EXPECT_FALSE(holds(bytes, kHuge, 2));
    EXPECT_FALSE(holds(bytes, 2, kHuge));
    EXPECT_FALSE(holds(bytes, kHuge, kHuge));
}

TEST(Bytes, ViewsAHeaderWhereItLies) {
    struct Header {
        std::uint8_t first;
        be32 second;
    };
    const std::array<std::byte, 6> bytes{std::byte{0xff}, std::byte{0x01}, std::byte{0x12},
                                         std::byte{0x34}, std::byte{0x56}, std::byte{0x78}};
    const auto* const header = view_at<Header>(bytes, 1);
    ASSERT_NE(header, nullptr);
    EXPECT_EQ(header->first, 1);
    EXPECT_EQ(std::uint32_t{header->second}, 0x12345678u);
    EXPECT_EQ(view_at<Header>(bytes, 2), nullptr);
    EXPECT_EQ(view_at<Header>(bytes, kHuge), nullptr);
}

TEST(Bytes, ReadsInTheMemberByteOrder) {
    const std::array<std::byte, 5> bytes{std::byte{0xff}, std::byte{0x12}, std::byte{0x34},
                                         std::byte{0x56}, std::byte{0x78}};
    const auto big = read_at<be32>(bytes, 1);
    const auto little = read_at<le16>(bytes, 1);
    ASSERT_TRUE(big && little);
    EXPECT_EQ(std::uint32_t{*big}, 0x12345678u);
    EXPECT_EQ(std::uint16_t{*little}, 0x3412);
}

TEST(Bytes, ReadPastTheEndIsRefused) {
    const std::array<std::byte, 5> bytes{};
    EXPECT_TRUE(read_at<be32>(bytes, 1));
    EXPECT_FALSE(read_at<be32>(bytes, 2));
    EXPECT_FALSE(read_at<be16>(bytes, kHuge));
    EXPECT_FALSE(read_at<std::uint8_t>(ConstBytes{}, 0));
}

TEST(Bytes, WritesOnlyItsOwnBytes) {
    std::array<std::byte, 4> bytes{};
    EXPECT_TRUE(write_at(Bytes(bytes), 1, be16(0x1234)));
    EXPECT_EQ(bytes, (std::array<std::byte, 4>{std::byte{0}, std::byte{0x12}, std::byte{0x34},
                                               std::byte{0}}));
}

TEST(Bytes, WritePastTheEndChangesNothing) {
    std::array<std::byte, 4> bytes{};
    EXPECT_FALSE(write_at(Bytes(bytes), 3, be16(0xffff)));
    EXPECT_FALSE(write_at(Bytes(bytes), kHuge, be16(0xffff)));
    EXPECT_EQ(bytes, (std::array<std::byte, 4>{}));
}

}  // namespace
}  // namespace ixgbe
