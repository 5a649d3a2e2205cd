// SPDX-License-Identifier: GPL-2.0-or-later
// The agent as process 1 of an initramfs.
#pragma once

#include <map>
#include <string>

namespace agent {

// Parameters of the form x550.NAME=VALUE on the kernel command line.
[[nodiscard]] std::map<std::string, std::string> kernel_parameters();

// Mounts the kernel's file systems, loads the modules named by x550.modules (or
// /etc/x550-modules), and forks: the child returns and becomes the agent, process 1 stays here to
// collect orphans and powers the machine off when the agent ends.
void become_init();

}  // namespace agent
