// SPDX-License-Identifier: GPL-2.0-or-later
// Where registers lie, and the notation their types share.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "base/bits.h"

namespace ixgbe {

// `count` registers, `stride` bytes apart, the first one at `offset`.
struct Bank {
    std::uint32_t offset = 0;
    std::uint32_t stride = 4;
    std::uint32_t count = 0;

    // Offset of register i of the bank.
    [[nodiscard]] constexpr std::uint32_t at(std::uint32_t i) const { return offset + stride * i; }
};

// Base of a register or descriptor word R: names a field of R as `F<Hi, Lo>`.
template <typename R>
struct Word {
    template <unsigned Hi, unsigned Lo = Hi,
              typename T = std::conditional_t<Hi == Lo, bool, std::uint32_t>>
    using F = Field<R, Hi, Lo, T>;
};

// Offset of register `index` of R, over all of its banks; only for an index that R has.
template <typename R>
[[nodiscard]] constexpr std::uint32_t offset_of(std::uint32_t index = 0) {
    if constexpr (R::bank.size() == 1) {
        return R::bank[0].at(index);
    } else {
        static_assert(R::bank.size() == 2);
        return index < R::bank[0].count ? R::bank[0].at(index)
                                        : R::bank[1].at(index - R::bank[0].count);
    }
}

// How many registers R has.
template <typename R>
[[nodiscard]] constexpr std::uint32_t count_of() {
    std::uint32_t count = 0;
    for (const Bank& bank : R::bank) {
        count += bank.count;
    }
    return count;
}

}  // namespace ixgbe
