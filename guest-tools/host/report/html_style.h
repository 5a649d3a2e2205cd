// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace host {

// The page's style sheet.
[[nodiscard]] std::string_view html_style();

}  // namespace host
