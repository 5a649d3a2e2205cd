// SPDX-License-Identifier: GPL-2.0-or-later
// The capability words of the task-offload block: docs/task-offload.md, "Capability words".
#pragma once

#include <ixgbe/offload.h>
#include <ixgbe/state.h>

#include "regs/task_offload.h"

namespace ixgbe {

// Kinds of flows that are hashed, in the terms of the block.
struct HashedFlows {
    bool tcp_ip4 = false;
    bool tcp_ip6 = false;
    bool udp_ip4 = false;
    bool udp_ip6 = false;

    [[nodiscard]] bool any() const { return tcp_ip4 || tcp_ip6 || udp_ip4 || udp_ip6; }
};

// What stands before the block's switches at this moment: the X550's own registers.
struct OffloadObserved {
    bool coalesces = false;        // the enable chain of some queue is complete
    HashedFlows rss;               // MRQC
    bool pools = false;            // MRQC and PFVTCTL make pools
    std::uint16_t vxlan_port = 0;  // VXLANCTRL
};

// What the device can do.
[[nodiscard]] block::CapWords hardware_words(const ixgbe_offload_config& config);
// What is configured, active or not.
[[nodiscard]] block::CapWords current_words(const ixgbe_offload_config& config,
                                            const ixgbe_offload_settings& settings);
// What the data path does.
[[nodiscard]] block::CapWords effective_words(const ixgbe_offload_config& config,
                                              const ixgbe_offload_settings& settings,
                                              const OffloadObserved& observed);

}  // namespace ixgbe
