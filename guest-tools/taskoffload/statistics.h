// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "block.h"

namespace taskoffload {

struct Counter {
    std::string_view name;  // such as rsc-units
    std::string_view meaning;
    std::uint64_t value = 0;
};

// All counters in the order of the block.
[[nodiscard]] std::vector<Counter> read_statistics(Block& block);

}  // namespace taskoffload
