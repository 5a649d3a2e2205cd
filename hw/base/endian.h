// SPDX-License-Identifier: GPL-2.0-or-later
// Integers with a byte order: the member's type converts, never the caller.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace ixgbe {

template <std::unsigned_integral T>
[[nodiscard]] constexpr T byte_swap(T v) {
    if constexpr (sizeof(T) == 8) {
        return __builtin_bswap64(v);
    } else if constexpr (sizeof(T) == 4) {
        return __builtin_bswap32(v);
    } else if constexpr (sizeof(T) == 2) {
        return __builtin_bswap16(v);
    } else {
        return v;
    }
}

// An unsigned integer stored in the byte order Order, without alignment of its own.
template <std::unsigned_integral T, std::endian Order>
class Ordered {
public:
    constexpr Ordered() = default;
    // NOLINTNEXTLINE(google-explicit-constructor)
    constexpr Ordered(T v) : bytes_(std::bit_cast<Bytes>(convert(v))) {}
    // NOLINTNEXTLINE(google-explicit-constructor)
    constexpr operator T() const { return convert(std::bit_cast<T>(bytes_)); }

private:
    using Bytes = std::array<std::byte, sizeof(T)>;
    static constexpr T convert(T v) { return Order == std::endian::native ? v : byte_swap(v); }
    Bytes bytes_{};
};

using le16 = Ordered<std::uint16_t, std::endian::little>;
using le32 = Ordered<std::uint32_t, std::endian::little>;
using le64 = Ordered<std::uint64_t, std::endian::little>;
using be16 = Ordered<std::uint16_t, std::endian::big>;
using be32 = Ordered<std::uint32_t, std::endian::big>;
using be64 = Ordered<std::uint64_t, std::endian::big>;

}  // namespace ixgbe
