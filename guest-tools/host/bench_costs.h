// SPDX-License-Identifier: GPL-2.0-or-later
// What a measurement cost, as counts that a machine's mood does not change much.
#pragma once

#include <cstdint>

#include "agent_client.h"

namespace host {

class Machine;

struct Costs {
    double cpu_ms = 0;             // of the QEMU process, user and system
    std::uint64_t calls = 0;       // its read and write system calls
    std::uint64_t switches = 0;    // its context switches, all threads
    std::uint64_t interrupts = 0;  // that the guest took from the NIC
};

// Totals since the start of the machine.
[[nodiscard]] Costs costs_so_far(const Machine& machine, const std::string& ifname);
[[nodiscard]] Costs operator-(const Costs& after, const Costs& before);

// The same for each MB (1,000,000 bytes of payload) or, for packet generators, 1000 packets.
[[nodiscard]] Json per_unit(const Costs& costs, double units);

}  // namespace host
