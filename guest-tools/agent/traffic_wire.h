// SPDX-License-Identifier: GPL-2.0-or-later
// The few records the traffic patterns exchange. Both ends are little-endian x86 programs built
// from this file, so the structs travel as they are.
#pragma once

#include <cstdint>

namespace traffic {

inline constexpr std::uint64_t kMagic = 0x3154303535583058U;

enum class Mode : std::uint32_t { send = 1, receive = 2, echo = 3 };

struct Hello {
    std::uint64_t magic = kMagic;
    Mode mode = Mode::send;
    std::uint32_t chunk = 65536;
    std::uint64_t bytes = 0;
    std::uint64_t seed = 0;
};
static_assert(sizeof(Hello) == 32);

struct Verdict {
    std::uint64_t magic = kMagic;
    std::uint64_t bytes = 0;
    std::uint64_t digest = 0;
    std::uint64_t first_bad = ~std::uint64_t{0};  // offset of the first wrong byte
};
static_assert(sizeof(Verdict) == 32);

enum class DatagramKind : std::uint32_t { echo = 1, count = 2, report = 3, answer = 4 };

struct DatagramHeader {
    std::uint64_t magic = kMagic;
    DatagramKind kind = DatagramKind::echo;
    std::uint32_t sequence = 0;
    std::uint64_t seed = 0;
    std::uint32_t size = 0;  // whole datagram
    std::uint32_t spare = 0;
};
static_assert(sizeof(DatagramHeader) == 32);

struct DatagramReport {
    DatagramHeader header;
    std::uint64_t received = 0;
    std::uint64_t damaged = 0;
    std::uint64_t reordered = 0;
    std::uint64_t bytes = 0;
};

}  // namespace traffic
