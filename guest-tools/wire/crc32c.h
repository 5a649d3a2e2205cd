// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wire {

// CRC32c as RFC 9260 appendix A defines it, bit by bit; the four bytes at `hole` count as zero.
[[nodiscard]] inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::size_t hole) {
    constexpr std::uint32_t kReflectedPolynomial = 0x82f63b78;
    std::uint32_t crc = ~0U;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        crc ^= i - hole < 4 ? 0U : std::to_integer<std::uint32_t>(bytes[i]);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0 ? kReflectedPolynomial : 0U);
        }
    }
    return ~crc;
}

}  // namespace wire
