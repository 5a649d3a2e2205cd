// SPDX-License-Identifier: GPL-2.0-or-later
// What one packet's first data descriptor and its context ask for, decoded.
#pragma once

#include <cstdint>

#include <ixgbe/state.h>

#include "net/lso.h"
#include "regs/descriptors.h"

namespace ixgbe {

// Fields of unused requests carry no meaning and are never checked (datasheet 7.2.3.2.3: drivers
// leave them anything).
struct TxRequest {
    bool insert_fcs = true;    // IFCS; if not, the packet ends with the guest's own FCS
    bool insert_vlan = false;  // VLE
    std::uint16_t vlan = 0;
    bool segment = false;      // TSE
    bool ip_checksum = false;  // IXSM
    bool l4_checksum = false;  // TXSM
    bool ipsec = false;        // POPTS.IPSEC
    HeaderGeometry geometry;
    std::uint16_t mss = 0;
    std::uint32_t payload_len = 0;  // PAYLEN
    // Bits of the IPv4 identification that count in segments of TCP (LSO-13).
    std::uint16_t id_count_mask = 0xffff;
    bool context = false;       // CC: the lengths are there, whether or not they are needed
    bool raw_checksum = false;  // legacy IC: one's complement from css to the end goes to cso
    std::uint8_t css = 0;
    std::uint8_t cso = 0;
};

[[nodiscard]] TxRequest legacy_request(const TxDescriptor& first);
[[nodiscard]] TxRequest advanced_request(const TxDescriptor& first,
                                         const ixgbe_tx_context& context);

}  // namespace ixgbe
