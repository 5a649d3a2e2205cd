// SPDX-License-Identifier: GPL-2.0-or-later
// Which network function the guest has, who drives it and how it interrupts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace agent {

// Name of the first interface that sits on a PCI device; throws when there is none.
[[nodiscard]] std::string first_nic();
// "msix", "msi" or "intx" with the number of vectors and interrupts taken so far.
[[nodiscard]] nlohmann::json interrupt_facts(const std::string& ifname);
[[nodiscard]] nlohmann::json identify_nic(const std::string& ifname);

}  // namespace agent
