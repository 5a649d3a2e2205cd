// SPDX-License-Identifier: GPL-2.0-or-later
// Loading and unloading kernel modules by name, dependencies included.
#pragma once

#include <string>
#include <vector>

namespace agent {

void load_module(const std::string& name, const std::string& parameters);
void unload_module(const std::string& name);
[[nodiscard]] bool module_loaded(const std::string& name);

}  // namespace agent
