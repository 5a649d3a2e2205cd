// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the task-offload block: the guest reads and switches it beside the stock driver, and
// the frames show that each switch does what docs/task-offload.md says. A new check is a function
// and a row of table.cc.
#pragma once

#include <span>
#include <string_view>

#include "control_trial.h"

namespace host {

inline constexpr std::string_view kControlGroup = "control";

struct ControlCheck {
    std::string_view name;
    std::string_view summary;
    // Returns facts; "told" is a sentence about them. Throws when the check fails.
    Json (*run)(ControlTrial&);
};

[[nodiscard]] std::span<const ControlCheck> control_checks();

// The check's result in the form of the agent's: name, summary, outcome, detail or reason.
[[nodiscard]] Json run_control_check(const ControlCheck& check, Machine& machine, std::size_t nic);

Json check_control_capabilities(ControlTrial& trial);
Json check_control_tx_checksum(ControlTrial& trial);
Json check_control_large_sends(ControlTrial& trial);
Json check_control_rx_checksum(ControlTrial& trial);
Json check_control_coalescing(ControlTrial& trial);
Json check_control_tunnels(ControlTrial& trial);
Json check_control_refusals(ControlTrial& trial);
Json check_control_events(ControlTrial& trial);
Json check_control_reset(ControlTrial& trial);

}  // namespace host
