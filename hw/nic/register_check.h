// SPDX-License-Identifier: GPL-2.0-or-later
// Loaded register values that no sequence of accesses can have left behind.
#pragma once

#include <cstdint>

#include <ixgbe/state.h>

namespace ixgbe {

// The name of the first register with an impossible value, or a word about an offset without a
// register; nullptr if all is well. Words without a row are 0; bits of a read/write row that nobody
// can change have their reset value.
[[nodiscard]] const char* implausible_register(const ixgbe_state& state);

}  // namespace ixgbe
