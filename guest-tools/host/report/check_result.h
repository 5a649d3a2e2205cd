// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the result of a check, which came over a channel: what is missing or of another type than
// expected counts as absent.
#pragma once

#include <string>
#include <string_view>

#include "brief.h"

namespace host {

// The string member; empty where there is none.
[[nodiscard]] std::string text(const Json& from, const char* name);
// The member; null where there is none.
[[nodiscard]] Json member(const Json& from, std::string_view name);

// "pass", "fail" or "skip".
[[nodiscard]] std::string outcome_of(const Json& check);
// "tx", "rx", "control" or another group; empty for none.
[[nodiscard]] std::string group_of(const Json& check);
// The reason without the offending frame; empty where there is none.
[[nodiscard]] std::string reason_words(const Json& check);
// The reason, or what was found.
[[nodiscard]] std::string sentence_of(const Json& check);

// Adds the frames the result speaks of, the offending one first: {check, summary, hex}.
void add_evidence(const Json& check, Json& evidence);

}  // namespace host
