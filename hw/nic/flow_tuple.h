// SPDX-License-Identifier: GPL-2.0-or-later
// What Flow Director compares of a packet and of a filter: X550 DS 7.1.3.6, tables 7-5, 7-6, 7-11.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/flow_hash.h"
#include "net/parse.h"
#include "nic/register_file.h"
#include "regs/flow_director.h"

namespace ixgbe {

// The tuple of a received packet, masked; nothing if it is no candidate. `pool`: where the packet
// goes, 0 without virtualization.
[[nodiscard]] std::optional<FlowTuple> packet_tuple(const RegisterFile& regs, ConstBytes frame,
                                                    const PacketInfo& info, unsigned pool);

// The tuple in the registers, with the rest of it in `command`, masked; perfect mode.
[[nodiscard]] FlowTuple register_tuple(const RegisterFile& regs, Value<FDIRCMD> command);
// The other way, for a query; what FDIRCMD says of it is in the filter's own command.
void load_registers(RegisterFile& regs, const FlowTuple& tuple);

}  // namespace ixgbe
