// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "check.h"
#include "host_check.h"

namespace host {
namespace {

constexpr std::array kChecks{
    ControlCheck{"control-capabilities", "the guest's tables, the host's and the properties agree",
                 check_control_capabilities},
    ControlCheck{"control-tx-checksum", "transmit checksums left out and made again",
                 check_control_tx_checksum},
    ControlCheck{"control-large-sends", "large sends dropped while off, and cut again",
                 check_control_large_sends},
    ControlCheck{"control-rx-checksum", "receive verdicts withheld and given again",
                 check_control_rx_checksum},
    ControlCheck{"control-coalescing", "segments coalesced per version of IP",
                 check_control_coalescing},
    ControlCheck{"control-tunnels", "verdicts inside NVGRE and VXLAN", check_control_tunnels},
    ControlCheck{"control-refusals", "requests that must be refused, with nothing changed",
                 check_control_refusals},
    ControlCheck{"control-events", "generation, event and interrupt of each change",
                 check_control_events},
    ControlCheck{"control-reset", "defaults restored by the guest and by its driver's reset",
                 check_control_reset},
};

}  // namespace

std::span<const ControlCheck> control_checks() {
    return kChecks;
}

Json run_control_check(const ControlCheck& check, Machine& machine, std::size_t nic) {
    return run_host_check(check.name, check.summary, [&] {
        ControlTrial trial(machine, nic);
        trial.begin();
        return check.run(trial);
    });
}

}  // namespace host
