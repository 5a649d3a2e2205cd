// SPDX-License-Identifier: GPL-2.0-or-later
// What the tool prints: for people or, as one JSON object a line, for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apply.h"
#include "statistics.h"
#include "tables.h"

namespace taskoffload {

using Json = nlohmann::ordered_json;

[[nodiscard]] std::string snapshot_text(const Snapshot& snapshot);
[[nodiscard]] Json snapshot_json(const Snapshot& snapshot);

[[nodiscard]] std::string differences_text(const std::vector<Difference>& rows);
[[nodiscard]] Json differences_json(const std::vector<Difference>& rows);

[[nodiscard]] std::string statistics_text(const std::vector<Counter>& counters);
[[nodiscard]] Json statistics_json(const std::vector<Counter>& counters);

[[nodiscard]] Json outcome_json(const Outcome& outcome);

}  // namespace taskoffload
