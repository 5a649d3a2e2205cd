// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "brief.h"

namespace host::html {

// The offloads of a report that go one way, as a table; `words` stand below the heading.
[[nodiscard]] std::string section(const Json& report, const std::string& direction,
                                  const char* heading, const char* words);

}  // namespace host::html
