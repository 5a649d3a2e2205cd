// SPDX-License-Identifier: GPL-2.0-or-later
// Pools: sets of queues, and lists of them. X550 DS 7.1.3.2 and 7.2.1.2.1.
#pragma once

#include <cstdint>
#include <optional>

#include "nic/register_file.h"
#include "regs/tx.h"
#include "regs/vmdq.h"

namespace ixgbe {

inline constexpr unsigned kPools = 64;

using PoolList = std::uint64_t;  // bit n: pool n

[[nodiscard]] constexpr PoolList only_pool(unsigned pool) {
    return PoolList{1} << pool % kPools;
}

// Two registers make a list: pools 31:0, then 63:32.
template <typename R>
[[nodiscard]] PoolList pool_list(const RegisterFile& regs, unsigned low = 0, unsigned high = 1) {
    return PoolList{regs.get<R>(low).raw()} | PoolList{regs.get<R>(high).raw()} << 32;
}

// The receive queues of a pool, by MRQC.MRQE: DS table 7-4. A queue's number is that of its pool,
// then the traffic class, then the RSS index.
struct RxPoolLayout {
    unsigned queue_bits = 1;  // log2 of the queues of a pool
    unsigned class_bits = 0;  // of them for the traffic class
    unsigned rss_bits = 0;    // of them for the RSS index
    PoolList pools = 0;       // that exist
    PoolList mega_pools = 0;  // with the two queues of the pool behind as well, for RSS

    [[nodiscard]] unsigned queue(unsigned pool, unsigned traffic_class, unsigned rss) const;
    [[nodiscard]] unsigned rss_bits_of(unsigned pool) const;
    [[nodiscard]] unsigned pool_of(unsigned queue) const;
};

// Nothing: receive queues belong to no pools (PFVTCTL.VT_ENA is off, or MRQE knows none).
[[nodiscard]] std::optional<RxPoolLayout> rx_pool_layout(const RegisterFile& regs);

// The pool of a receive queue; 0 without pools.
[[nodiscard]] unsigned rx_pool(const RegisterFile& regs, unsigned queue);

// The pool of a transmit queue, by MTQC; nothing: there are none. NUM_TC_OR_Q is the logarithm of a
// pool's queues, 0 is no layout of pools: DS 8.2.2.10.14. Asked several times a packet.
[[nodiscard]] inline std::optional<unsigned> tx_pool(const RegisterFile& regs, unsigned queue) {
    const auto layout = regs.get<MTQC>();
    if (!layout.get(MTQC::vt_ena)) {
        return std::nullopt;
    }
    const std::uint32_t queue_bits = layout.get(MTQC::num_tc_or_q);
    return queue_bits != 0 ? std::optional(queue >> queue_bits) : std::nullopt;
}

// PFVFTE: whether the pool of this transmit queue, if there are pools, may send.
[[nodiscard]] inline bool pool_may_send(const RegisterFile& regs, unsigned queue) {
    const auto pool = tx_pool(regs, queue);
    return !pool || (pool_list<PFVFTE>(regs) & only_pool(*pool)) != 0;
}

}  // namespace ixgbe
