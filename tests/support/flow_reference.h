// SPDX-License-Identifier: GPL-2.0-or-later
// The hash of Flow Director, X550 DS 7.1.3.6.16, word for word and slow: on vectors of single bits.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace x550 {

// DS table 7-12, byte 0 first.
using FlowBytes = std::array<std::uint8_t, 42>;

inline std::uint16_t reference_flow_hash(const FlowBytes& tuple, std::uint32_t key) {
    std::vector<bool> s;  // the most significant bit first
    for (const unsigned byte : tuple) {
        for (int bit = 7; bit >= 0; --bit) {
            s.push_back((byte >> bit & 1) != 0);
        }
    }
    std::vector<bool> extended(s.end() - 15, s.end());
    extended.insert(extended.end(), s.begin(), s.end());
    extended.insert(extended.end(), s.begin(), s.begin() + 15);
    const auto bit_of = [&](std::size_t n) { return extended.at(extended.size() - 1 - n); };
    unsigned hash = 0;
    for (unsigned i = 0; i <= 350; ++i) {
        if ((key >> ((i + 1) % 32) & 1) == 0) {
            continue;
        }
        for (unsigned bit = 0; bit < 16; ++bit) {
            hash ^= (bit_of(i + bit) ? 1U : 0U) << bit;
        }
    }
    return static_cast<std::uint16_t>(hash);
}

}  // namespace x550
