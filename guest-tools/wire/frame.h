// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace wire {

using Bytes = std::vector<std::byte>;

enum class Direction { from_guest, to_guest };

// One frame as it crossed the wire, without FCS.
struct Frame {
    std::chrono::system_clock::time_point time;
    Direction direction = Direction::from_guest;
    std::size_t length = 0;  // on the wire; `bytes` may hold less
    Bytes bytes;
};

}  // namespace wire
