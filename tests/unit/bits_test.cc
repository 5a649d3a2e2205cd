// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/bits.h"

#include <concepts>
#include <cstdint>
#include <gtest/gtest.h>

namespace ixgbe {
namespace {

enum class Kind : std::uint8_t { none = 0, five = 5 };

struct Sample {
    template <unsigned Hi, unsigned Lo = Hi>
    using F = Field<Sample, Hi, Lo>;
    static constexpr F<31, 0> all{};
    static constexpr F<31> top{};
    static constexpr F<14, 8> middle{};
    static constexpr F<0> bottom{};
    static constexpr Field<Sample, 6, 4, Kind> kind{};
};

struct Other {
    static constexpr Field<Other, 3> bit{};
};

template <typename V, typename F>
concept Readable = requires(V value, F field) {
    value.get(field);
};

TEST(Bits, GetsASingleBitAsBool) {
    static_assert(std::same_as<decltype(Value<Sample>().get(Sample::top)), bool>);
    EXPECT_TRUE(Value<Sample>(0x80000000).get(Sample::top));
    EXPECT_FALSE(Value<Sample>(0x7fffffff).get(Sample::top));
    EXPECT_TRUE(Value<Sample>(1).get(Sample::bottom));
}

TEST(Bits, GetsARangeShiftedDown) {
    EXPECT_EQ(Value<Sample>(0x00007f00).get(Sample::middle), 0x7fu);
    EXPECT_EQ(Value<Sample>(0xffff80ff).get(Sample::middle), 0u);
    EXPECT_EQ(Value<Sample>(0x00004100).get(Sample::middle), 0x41u);
}

TEST(Bits, GetsAnEnumeration) {
    EXPECT_EQ(Value<Sample>(0x50).get(Sample::kind), Kind::five);
    EXPECT_EQ(Value<Sample>(0x50).with(Sample::kind, Kind::none).raw(), 0u);
}

TEST(Bits, FullWidthFieldIsTheWord) {
    EXPECT_EQ(Value<Sample>(0xdeadbeef).get(Sample::all), 0xdeadbeefu);
    EXPECT_EQ(Value<Sample>().with(Sample::all, 0xffffffff).raw(), 0xffffffffu);
}

TEST(Bits, WithReplacesOnlyTheField) {
    EXPECT_EQ(Value<Sample>(0xffffffff).with(Sample::middle, 0).raw(), 0xffff80ffu);
    EXPECT_EQ(Value<Sample>(0).with(Sample::middle, 0x7f).raw(), 0x00007f00u);
    EXPECT_EQ(Value<Sample>(0).with(Sample::top, true).raw(), 0x80000000u);
}

TEST(Bits, WithCutsOffBitsThatDoNotFit) {
    EXPECT_EQ(Value<Sample>(0).with(Sample::middle, 0x1ff).raw(), 0x00007f00u);
}

TEST(Bits, WithLeavesTheOriginal) {
    const Value<Sample> before(3);
    EXPECT_EQ(before.with(Sample::bottom, false).raw(), 2u);
    EXPECT_EQ(before.raw(), 3u);
}

TEST(Bits, AFieldOfAnotherWordDoesNotCompile) {
    static_assert(Readable<Value<Sample>, decltype(Sample::top)>);
    static_assert(!Readable<Value<Sample>, decltype(Other::bit)>);
}

}  // namespace
}  // namespace ixgbe
