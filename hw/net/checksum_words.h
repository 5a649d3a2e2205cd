// SPDX-License-Identifier: GPL-2.0-or-later
// One's complement sums of 64-bit words, in memory order: what the kernels are made of, and all
// that a header needs.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/endian.h"

namespace ixgbe::checksum_detail {

// Either half of a number plus itself turned round by half is the sum of both halves, its carry
// brought round; the upper one is the one to keep.
[[nodiscard]] constexpr std::uint16_t fold(std::uint64_t sum) {
    sum += std::rotl(sum, 32);
    auto half = static_cast<std::uint32_t>(sum >> 32);
    half += std::rotl(half, 16);
    return static_cast<std::uint16_t>(half >> 16);
}

// Adds with the carry brought round, for 64-bit words.
[[nodiscard]] constexpr std::uint64_t add_around(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t sum = a + b;
    return sum + static_cast<std::uint64_t>(sum < a);
}

template <typename T>
[[nodiscard]] T load(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

// The last 0 to 7 bytes, padded with zeros.
[[nodiscard]] inline std::uint64_t load_rest(const std::byte* from, std::size_t length) {
    std::uint64_t value = 0;
    std::size_t at = 0;
    if ((length & 4) != 0) {
        value = load<le32>(from);
        at = 4;
    }
    if ((length & 2) != 0) {
        value |= std::uint64_t{load<le16>(from + at)} << (8 * at);
        at += 2;
    }
    if ((length & 1) != 0) {
        value |= std::uint64_t{std::to_integer<std::uint8_t>(from[at])} << (8 * at);
    }
    return value;
}

// Not folded. For headers: below about 64 bytes no vector pays.
[[nodiscard]] inline std::uint64_t sum_words(const std::byte* from, std::size_t length) {
    std::uint64_t sum = 0;
    for (; length >= 8; length -= 8, from += 8) {
        sum = add_around(sum, load<le64>(from));
    }
    return add_around(sum, load_rest(from, length));
}

}  // namespace ixgbe::checksum_detail
