// SPDX-License-Identifier: GPL-2.0-or-later
// What a pool allows its transmit queues: X550 DS 7.8.4.2.
#pragma once

#include "nic/drop_reason.h"
#include "nic/register_file.h"
#include "nic/tx_packet.h"
#include "nic/tx_request.h"

namespace ixgbe {

// Replaces the request's VLAN command by PFVMVIR of the queue's pool, or refuses the packet. Only
// while MTQC.VT_ENA says that queues belong to pools.
[[nodiscard]] TxDrop apply_pool_vlan(const RegisterFile& regs, unsigned queue,
                                     const TxPacket& packet, TxRequest& request);

}  // namespace ixgbe
