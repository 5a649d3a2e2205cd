// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace host {

using Json = nlohmann::json;

// A check's result in one sentence: the reason where there is one, else what was found.
[[nodiscard]] std::string brief(const Json& result);

}  // namespace host
