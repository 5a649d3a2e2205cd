// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the receive offloads. The host puts frames made by hand on the guest's network and
// compares what the guest's stack is told about them. A new check is a function and a row of
// table.cc.
#pragma once

#include <span>
#include <string_view>

#include "trial.h"

namespace host {

inline constexpr std::string_view kReceiveGroup = "rx";

struct ReceiveCheck {
    std::string_view name;
    std::string_view summary;
    // Returns facts; "told" is a sentence about them. Throws when the check fails.
    Json (*run)(ReceiveTrial&);
};

[[nodiscard]] std::span<const ReceiveCheck> receive_checks();

// The check's result in the form of the agent's: name, summary, outcome, detail or reason.
[[nodiscard]] Json run_receive_check(const ReceiveCheck& check, Machine& machine, std::size_t nic);

Json check_rx_ip4(ReceiveTrial& trial);
Json check_rx_tcp4(ReceiveTrial& trial);
Json check_rx_tcp6(ReceiveTrial& trial);
Json check_rx_udp4(ReceiveTrial& trial);
Json check_rx_udp6(ReceiveTrial& trial);
Json check_rx_sctp(ReceiveTrial& trial);
Json check_rx_vlan(ReceiveTrial& trial);
Json check_rx_vxlan(ReceiveTrial& trial);
Json check_rx_vxlan_port(ReceiveTrial& trial);
Json check_rx_vxlan6(ReceiveTrial& trial);
Json check_rx_nvgre(ReceiveTrial& trial);
Json check_rx_coalescing(ReceiveTrial& trial);
Json check_rx_hash(ReceiveTrial& trial);
Json check_rx_flow_rules(ReceiveTrial& trial);
Json check_rx_pools(ReceiveTrial& trial);
Json check_rx_unfinished(ReceiveTrial& trial);
Json check_rx_super_frames(ReceiveTrial& trial);

}  // namespace host
