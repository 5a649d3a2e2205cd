// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics registers: X550 DS 8.2.2.24.
#pragma once

#include <cstddef>
#include <cstdint>

#include <ixgbe/state.h>

#include "base/bytes.h"
#include "nic/drop_reason.h"
#include "nic/register_file.h"

namespace ixgbe {

// Counts what was on the wire: one call a frame sent, one a frame received. Lengths are wire
// lengths, FCS included, which is what the size bins and GOTC mean. Counters stop at their width;
// reading clears them (register rows).
class Stats {
public:
    Stats(ixgbe_state& state, RegisterFile& regs) : state_(state), regs_(regs) {}

    // `count` frames of wire_len bytes to the same destination address.
    void sent(unsigned queue, ConstBytes destination, std::size_t wire_len,
              std::uint32_t count = 1);
    // A frame the MAC took, before any queue was chosen: totals only.
    void seen(std::size_t wire_len);
    // A good frame that passed the filters.
    void received(ConstBytes destination, std::size_t wire_len);
    struct Origin {
        bool exchanged = false;  // from a pool, not from the wire
        bool copy = false;       // of a frame that another pool got as well
    };
    // A good frame placed in a queue, `bytes` as the guest sees them.
    void delivered(unsigned queue, std::size_t bytes, Origin origin);
    // A frame that left a queue for other pools only: no MAC saw it.
    void exchanged(unsigned queue, std::size_t wire_len);
    // Anti-spoofing dropped a packet of this pool.
    void spoofed(unsigned pool);

    void dropped(TxDrop reason);
    void dropped(RxDrop reason, unsigned queue = 0);

private:
    void left_queue(unsigned queue, std::uint32_t count, std::uint64_t bytes);
    template <typename R>
    void add(unsigned index, std::uint32_t amount);
    template <typename Low, typename High>
    void add_wide(unsigned index, std::uint64_t amount);

    ixgbe_state& state_;
    RegisterFile& regs_;
};

}  // namespace ixgbe
