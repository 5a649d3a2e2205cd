// SPDX-License-Identifier: GPL-2.0-or-later
// Why a packet or a frame went no further. The counts live in ixgbe_state.{tx,rx}_drop, indexed by
// these.
#pragma once

#include <cstdint>

namespace ixgbe {

enum class TxDrop : std::uint8_t {
    none,
    dma_failed,  // descriptor or payload could not be read
    too_many_descriptors,
    too_long,   // more bytes than the largest packet
    too_short,  // fewer bytes than an Ethernet header
    link_down,
    bad_header_lengths,  // MACLEN, IPLEN or L4LEN reach beyond the packet
    bad_segmentation,    // MSS 0, SCTP, PAYLEN that does not match: DS 7.2.4
    unsupported,         // IPsec, FCoE
    pool_vlan,           // a tag in a packet of a pool that may not choose: DS 7.8.4.2.3
    spoofed,             // an address, a VLAN or a type that the pool may not use: DS 7.8.4.2
    offload_off,         // a large send while the task-offload block has that offload off: CTRL-8
    over_offload_limit,  // or of more payload than the block offers: LSO-20
    count,
};

enum class RxDrop : std::uint8_t {
    none,
    receiver_off,  // RXCTRL.RXEN = 0, bus master off, link down
    undersize,
    oversize,  // longer than MAXFRS: ROC
    filtered,  // no address or VLAN filter matched
    queue_disabled,
    over_rlpml,
    no_descriptors,  // DROP_EN: QPRDC
    over_ring,       // needs more descriptors than the ring can ever hold
    dma_failed,
    no_pool,         // VLAN, PFVFRE or DIS_DEF_POOL left none: DS 7.8.3.3
    not_switchable,  // between pools: no whole Ethernet header, or longer than 15.5 KB
    count,
};

}  // namespace ixgbe
