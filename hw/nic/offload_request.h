// SPDX-License-Identifier: GPL-2.0-or-later
// What a doorbell of the task-offload block asks for: checked as a whole, then applied (MAP-1).
#pragma once

#include <cstdint>
#include <span>

#include <ixgbe/offload.h>
#include <ixgbe/state.h>

#include "regs/task_offload.h"

namespace ixgbe {

struct OffloadResult {
    block::ResultCode code = block::ResultCode::done;
    std::uint32_t offset = 0;  // in the block, of the member that was refused

    [[nodiscard]] bool done() const { return code == block::ResultCode::done; }
};

// NDIS_OFFLOAD_PARAMETERS in the layout of the block. `settings` changes only if all is right.
[[nodiscard]] OffloadResult apply_parameters(
    std::span<const std::uint8_t, block::kRequestBytes> request, const ixgbe_offload_config& config,
    ixgbe_offload_settings& settings);

// NDIS_OFFLOAD_ENCAPSULATION, a half for each IP version (CTRL-4).
[[nodiscard]] OffloadResult apply_encapsulation(
    std::span<const std::uint8_t, block::kEncapsulationBytes> request,
    ixgbe_offload_settings& settings);

}  // namespace ixgbe
