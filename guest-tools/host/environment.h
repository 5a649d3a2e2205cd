// SPDX-License-Identifier: GPL-2.0-or-later
// The QEMUs and kernels at hand, as the environment names them.
#pragma once

#include <string>
#include <vector>

#include "machine.h"

namespace host {

[[nodiscard]] std::string environment(const char* name, const std::string& otherwise = "");

// From X550_QEMU_72, X550_PLUGIN_72, X550_QEMU_100, X550_PLUGIN_100, X550_FIRMWARE_100.
[[nodiscard]] std::vector<Qemu> qemus_at_hand();
// From X550_KERNELS, X550_INITRDS and X550_DPDK_INITRDS, colon separated and in the same order.
[[nodiscard]] std::vector<Kernel> kernels_at_hand();
// X550_DEVICE, else "x550".
[[nodiscard]] std::string device_at_hand();
// True when the device comes from the plug-in.
[[nodiscard]] bool needs_plugin(const std::string& device);

}  // namespace host
