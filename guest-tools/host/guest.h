// SPDX-License-Identifier: GPL-2.0-or-later
// A booted guest whose NIC is configured for its network.
#pragma once

#include <string>
#include <vector>

#include "machine.h"

namespace host {

struct GuestFacts {  // NOLINT(bugprone-exception-escape): no move of Json throws
    std::string ifname;
    std::string address4;
    std::string address6;
    Json nic;  // as the agent's identify reports it
};

// Brings the link up and gives it addresses: DHCP and router advertisements on the user-mode
// network, fixed documentation addresses elsewhere. Throws with the step that failed.
[[nodiscard]] GuestFacts configure_guest(Machine& machine, std::size_t nic = 0);
// Name the guest gave to the NIC with that MAC address; throws when there is none.
[[nodiscard]] std::string interface_of(Machine& machine, const std::string& mac);

// Arguments that tell the agent's checks about the network's peer. A watched network is one whose
// frames the host judges.
[[nodiscard]] Json peer_of(const Network& network, bool watched = false);

// True when checks of these names (groups, or all when empty) want their frames judged.
[[nodiscard]] bool wants_wire(const std::vector<std::string>& names);

// Group, name and summary of each check, the agent's and the host's.
[[nodiscard]] Json list_checks(Machine& machine);

// Runs checks and groups by name (all when empty); on_check sees each result as it comes. What a
// check says must have crossed the wire is looked for there, and the check fails when it has not.
[[nodiscard]] Json run_checks(Machine& machine, const std::vector<std::string>& names,
                              const AgentClient::OnEvent& on_check = {}, std::size_t nic = 0);

struct InwardResult {
    std::string name;
    bool ok = false;
    std::string detail;
};
// The host connects to a server in the guest: TCP both ways and UDP echo on every address.
[[nodiscard]] std::vector<InwardResult> run_inward(Machine& machine, const GuestFacts& facts,
                                                   std::uint64_t bytes, std::size_t nic = 0);

// Kernel messages of level warning or worse since the mark that speak of a NIC, its driver or a
// kernel bug.
[[nodiscard]] std::vector<std::string> kernel_complaints(Machine& machine, std::uint64_t mark);
// The driver's error counters that are not zero.
[[nodiscard]] std::vector<std::string> counter_complaints(Machine& machine,
                                                          const std::string& ifname);

}  // namespace host
