// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/ring.h"

#include <gtest/gtest.h>

namespace ixgbe {
namespace {

TEST(RingSpan, HeadEqualToTailIsEmpty) {
    EXPECT_EQ((RingSpan{.head = 5, .tail = 5, .size = 8}).available(), 0u);
    EXPECT_EQ((RingSpan{.head = 5, .tail = 5, .size = 8}).contiguous(), 0u);
}

TEST(RingSpan, CountsFromHeadUpToTail) {
    EXPECT_EQ((RingSpan{.head = 2, .tail = 7, .size = 8}).available(), 5u);
    EXPECT_EQ((RingSpan{.head = 2, .tail = 7, .size = 8}).contiguous(), 5u);
}

// | 0 1 t=2 . . . h=6 7 |
TEST(RingSpan, CountsAcrossTheEnd) {
    const RingSpan ring{.head = 6, .tail = 2, .size = 8};
    EXPECT_EQ(ring.available(), 4u);
    EXPECT_EQ(ring.contiguous(), 2u);
}

TEST(RingSpan, WrapToZeroIsOnePiece) {
    EXPECT_EQ((RingSpan{.head = 6, .tail = 0, .size = 8}).contiguous(), 2u);
}

TEST(RingSpan, IndicesOutsideTheRingHoldNothing) {
    EXPECT_EQ((RingSpan{.head = 8, .tail = 2, .size = 8}).available(), 0u);
    EXPECT_EQ((RingSpan{.head = 2, .tail = 8, .size = 8}).available(), 0u);
    EXPECT_EQ((RingSpan{.head = 0xffff, .tail = 0, .size = 8}).contiguous(), 0u);
    EXPECT_FALSE((RingSpan{.head = 8, .tail = 8, .size = 8}).well_formed());
}

TEST(RingSpan, NoRingHoldsNothing) {
    EXPECT_FALSE(RingSpan{}.well_formed());
    EXPECT_EQ(RingSpan{}.available(), 0u);
    EXPECT_EQ(RingSpan{}.contiguous(), 0u);
}

TEST(RingSpan, RingOfOneIsAlwaysEmpty) {
    EXPECT_EQ((RingSpan{.head = 0, .tail = 0, .size = 1}).available(), 0u);
    EXPECT_EQ((RingSpan{.head = 0, .tail = 1, .size = 1}).available(), 0u);
}

TEST(RingSpan, AdvancesModuloItsSize) {
    const RingSpan ring{.head = 0, .tail = 0, .size = 8};
    EXPECT_EQ(ring.advanced(6, 1), 7u);
    EXPECT_EQ(ring.advanced(7, 1), 0u);
    EXPECT_EQ(ring.advanced(6, 4), 2u);
}

}  // namespace
}  // namespace ixgbe
