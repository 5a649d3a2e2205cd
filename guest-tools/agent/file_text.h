// SPDX-License-Identifier: GPL-2.0-or-later
// Reading and writing the one-value files of procfs and sysfs.
#pragma once

#include <string>

namespace agent {

// The content without trailing white space; empty when the file cannot be read.
[[nodiscard]] std::string read_file(const std::string& path);
// Throws with the path in the text when the kernel refuses the value.
void write_file(const std::string& path, const std::string& value);
[[nodiscard]] bool try_write_file(const std::string& path, const std::string& value);
// Last component of a symbolic link's target; empty when there is none.
[[nodiscard]] std::string link_name(const std::string& path);

}  // namespace agent
