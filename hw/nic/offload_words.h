// SPDX-License-Identifier: GPL-2.0-or-later
// The capability words of the task-offload block: docs/task-offload.md, "Capability words".
#pragma once

#include <ixgbe/offload.h>
#include <ixgbe/state.h>

#include "regs/task_offload.h"

namespace ixgbe {

// What stands before the block's switches at this moment: the X550's own registers.
struct OffloadObserved {
    bool coalesces = false;        // the enable chain of some queue is complete
    bool rss = false;              // MRQC spreads by hash
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
