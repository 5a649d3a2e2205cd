// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taskoffload {

// The text of a registry export as UTF-8: UTF-16LE with a byte-order mark, which regedit writes, or
// UTF-8 with or without one. Throws UsageError with the line that is wrong.
[[nodiscard]] std::string registry_text(std::string_view bytes);
// Words from such a file for a message: without what a terminal might obey, and not too long.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most = 60);
// The text without white space at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);
// Throws UsageError: "line N: what".
[[noreturn]] void refuse_line(std::size_t line, const std::string& what);

}  // namespace taskoffload
