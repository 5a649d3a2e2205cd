// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "brief.h"

namespace host {

// A report of make_report() as one page that needs nothing else: no script, no font, no picture.
// Light or dark as the reader's system is; prints with everything unfolded.
[[nodiscard]] std::string to_html(const Json& report);

}  // namespace host
