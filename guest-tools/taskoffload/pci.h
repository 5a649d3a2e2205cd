// SPDX-License-Identifier: GPL-2.0-or-later
// X550 functions of this machine and their capability of the task-offload block.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace taskoffload {

inline constexpr const char* kPciDevices = "/sys/bus/pci/devices";

struct Capability {
    std::uint32_t position = 0;  // in configuration space
    unsigned bar = 0;
    std::uint32_t block_offset = 0;  // in the BAR
    std::uint32_t block_length = 0;
};

// PCI addresses such as 0000:00:02.0, sorted.
[[nodiscard]] std::vector<std::string> x550_functions(const std::string& folder = kPciDevices);
// The address to use: `wanted` if it is one of them (the domain may be left out), the only one if
// `wanted` is empty. Throws UsageError with the choice otherwise.
[[nodiscard]] std::string choose_function(const std::vector<std::string>& found,
                                          const std::string& wanted);
// Nothing if this configuration space has no such capability of a version that is known here.
[[nodiscard]] std::optional<Capability> find_capability(std::span<const std::uint8_t> config);

}  // namespace taskoffload
