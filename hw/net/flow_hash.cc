// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/flow_hash.h"

#include <cstring>

#include "base/endian.h"

namespace ixgbe {

namespace {

constexpr std::size_t kWords = 12;  // of the extended string, the least significant one first

// S[14:0] | S[335:0] | S[335:321]: the tuple, with 15 bits of its other end on either side.
std::array<std::uint32_t, kWords> extended(const FlowTuple& tuple) {
    std::array<std::uint32_t, kWords> s{};
    for (std::size_t i = 0; i < kWords - 2; ++i) {
        be32 word;
        std::memcpy(&word, tuple.bytes.data() + FlowTuple::kBytes - 4 * (i + 1), sizeof word);
        s.at(i) = word;
    }
    be16 top;
    std::memcpy(&top, tuple.bytes.data(), sizeof top);
    s.at(kWords - 2) = top | s.front() << 16;  // the bits above are S[14:0], one too many
    std::array<std::uint32_t, kWords> out{};
    out.front() = s.front() << 15 | std::uint32_t{top} >> 1;
    for (std::size_t i = 1; i < kWords; ++i) {
        out.at(i) = s.at(i) << 15 | s.at(i - 1) >> 17;
    }
    out.back() &= (1U << 14) - 1;  // 366 bits
    return out;
}

}  // namespace

// The key repeats every 32 bits, so the string is folded into 48 bits first: bit j of the extended
// key then selects the 16 bits from j on.
std::uint16_t flow_hash(const FlowTuple& tuple, std::uint32_t key) noexcept {
    const auto s = extended(tuple);
    std::uint32_t low = 0;
    for (std::size_t i = 0; i + 1 < kWords; ++i) {
        low ^= s.at(i);
    }
    const std::uint32_t high = low ^ s.front() ^ s.back();
    const std::uint64_t fold = std::uint64_t{high} << 32 | low;
    std::uint64_t hash = 0;
    for (unsigned j = 0; j < 31; ++j) {
        hash ^= (key >> (j + 1) & 1) != 0 ? fold >> j : 0;
    }
    if ((key & 1) != 0) {
        // The extended key ends before the eleventh window of this bit.
        hash ^= fold >> 31 ^ (s.at(kWords - 2) >> 31 | s.back() << 1);
    }
    return static_cast<std::uint16_t>(hash);
}

}  // namespace ixgbe
