// SPDX-License-Identifier: GPL-2.0-or-later
// Pieces of the page. Each returns markup; all text in it is escaped.
#pragma once

#include <string>
#include <string_view>

#include "brief.h"

namespace host::html {

// Text as content or inside a quoted attribute; control characters become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);
[[nodiscard]] std::string element(std::string_view name, std::string_view attributes,
                                  const std::string& content);

// The string member; empty where there is none.
[[nodiscard]] std::string text(const Json& from, const char* name);
// "42 checks", "1 check".
[[nodiscard]] std::string counted(std::size_t number, std::string_view noun);
// 3 min 12 s, 9.6 s.
[[nodiscard]] std::string duration(double seconds);

// Pass, fail, or the word for neither.
[[nodiscard]] std::string outcome_badge(const std::string& outcome, const char* neither);
// On, off, or a dash where nothing is told.
[[nodiscard]] std::string state_badge(const Json& state);
// A value of a table of facts or limits.
[[nodiscard]] std::string value_text(const Json& value);

// Passed, failed and not seen as parts of one bar.
[[nodiscard]] std::string share_bar(const Json& totals);
// Two bars with their numbers; a dash without a cost.
[[nodiscard]] std::string cost_bars(const Json& cost);
// Frames: a sentence each, with their bytes where they are known.
[[nodiscard]] std::string frame_list(const Json& evidence);

}  // namespace host::html
