// SPDX-License-Identifier: GPL-2.0-or-later
// What the block says of hardware, configuration and data path, in the words of the device's
// properties.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <x550/task_offload.h>

#include "block.h"

namespace taskoffload {

using CapsWords = std::array<std::uint32_t, X550_CAPS_WORDS>;

struct Row {
    std::string name;   // of the property, such as csum-tcp4
    std::string value;  // off, tx, rx, both, on or a number
    bool operator==(const Row&) const = default;
};
using Table = std::vector<Row>;

// The three tables of one generation.
struct Snapshot {
    std::uint32_t generation = 0;
    CapsWords hardware{};
    CapsWords configured{};
    std::optional<CapsWords> current;  // effective; an older block has none
};

// A change of one row between two tables of the same kind.
struct Difference {
    std::string table;  // configured or current
    std::string name;
    std::string before;
    std::string after;
};

[[nodiscard]] CapsWords read_caps(Block& block, std::uint32_t section);
[[nodiscard]] Snapshot take_snapshot(Block& block);

// Every table has the same names in the same order.
[[nodiscard]] Table capability_rows(const CapsWords& words);
// What only a running configuration has: active-ip4, active-ip6, encapsulation-active,
// switches-apply.
[[nodiscard]] Table state_rows(const CapsWords& words);
// The value of a row of that name; nothing if there is none.
[[nodiscard]] std::optional<std::string> value_of(const Table& table, std::string_view name);
[[nodiscard]] std::vector<Difference> differences(const Snapshot& before, const Snapshot& after);

}  // namespace taskoffload
