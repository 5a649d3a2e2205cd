// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>
#include <cstring>
#include <nmmintrin.h>

#include "net/checksum.h"

namespace ixgbe {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

// tables[k][b]: effect of byte b followed by k bytes of zero.
consteval Tables make_tables(std::uint32_t reflected_polynomial) {
    Tables tables{};
    for (std::uint32_t value = 0; value < 256; ++value) {
        std::uint32_t crc = value;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
        }
        tables[0][value] = crc;
    }
    for (std::size_t k = 1; k < tables.size(); ++k) {
        for (std::size_t value = 0; value < 256; ++value) {
            const std::uint32_t before = tables[k - 1][value];
            tables[k][value] = (before >> 8) ^ tables[0][before & 0xFF];
        }
    }
    return tables;
}

constexpr Tables kCastagnoli = make_tables(0x82F63B78);
constexpr Tables kEthernet = make_tables(0xEDB88320);

std::uint32_t crc_by_tables(const Tables& tables, ConstBytes bytes, std::uint32_t crc) {
    crc = ~crc;
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8) {
        le64 word;
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        const std::uint64_t mixed = word ^ crc;
        crc = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            crc ^= tables[7 - i][(mixed >> (8 * i)) & 0xFF];
        }
    }
    for (; at < bytes.size(); ++at) {
        const auto index = (crc ^ std::to_integer<std::uint32_t>(bytes[at])) & 0xFF;
        crc = (crc >> 8) ^ tables[0][index];
    }
    return ~crc;
}

}  // namespace

namespace checksum_detail {

std::uint32_t crc32c_portable(ConstBytes bytes, std::uint32_t crc) noexcept {
    return crc_by_tables(kCastagnoli, bytes, crc);
}

bool crc32c_sse42_usable() noexcept {
    return __builtin_cpu_supports("sse4.2") != 0;
}

[[gnu::target("sse4.2")]] std::uint32_t crc32c_sse42(ConstBytes bytes, std::uint32_t crc) noexcept {
    std::uint64_t state = static_cast<std::uint32_t>(~crc);
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        state = _mm_crc32_u64(state, word);
    }
    auto state32 = static_cast<std::uint32_t>(state);
    for (; at < bytes.size(); ++at) {
        state32 = _mm_crc32_u8(state32, std::to_integer<std::uint8_t>(bytes[at]));
    }
    return ~state32;
}

}  // namespace checksum_detail

std::uint32_t crc32c(ConstBytes bytes, std::uint32_t crc) noexcept {
    return checksum_detail::crc32c_sse42_usable() ? checksum_detail::crc32c_sse42(bytes, crc)
                                                  : checksum_detail::crc32c_portable(bytes, crc);
}

std::uint32_t crc32_ethernet(ConstBytes bytes, std::uint32_t crc) noexcept {
    return crc_by_tables(kEthernet, bytes, crc);
}

}  // namespace ixgbe
