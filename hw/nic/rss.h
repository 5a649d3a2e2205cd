// SPDX-License-Identifier: GPL-2.0-or-later
// Receive-side scaling: X550 DS 7.1.3.7, with one key and table for all or one of each a pool.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "net/parse.h"
#include "net/toeplitz.h"
#include "nic/offload_switches.h"
#include "nic/pools.h"
#include "nic/register_file.h"
#include "regs/descriptors.h"

namespace ixgbe {

// Expanded keys are rebuilt after RSSRK or VFRSSRK changed: key_changed() and pool_key_changed()
// mark them. Tables are read as they stand.
class Rss {
public:
    Rss(RegisterFile& regs, const OffloadGates& gates) : regs_(regs), gates_(gates) {}

    struct Result {
        std::uint32_t hash = 0;
        RssType type = RssType::none;
        unsigned index = 0;  // of the table entry: a queue, or a part of its number
    };
    // Nothing: the frame is of no type that MRQC, or VFMRQC of the pool, enables.
    [[nodiscard]] std::optional<Result> of_port(ConstBytes frame, const PacketInfo& info);
    [[nodiscard]] std::optional<Result> of_pool(ConstBytes frame, const PacketInfo& info,
                                                unsigned pool);

    void key_changed() { stale_ = true; }
    void pool_key_changed(unsigned pool) { stale_pools_ |= only_pool(pool); }
    void all_keys_changed();

private:
    [[nodiscard]] unsigned port_entry(std::uint32_t hash) const;
    [[nodiscard]] unsigned pool_entry(std::uint32_t hash, unsigned pool) const;
    [[nodiscard]] const ToeplitzKey& port_key();
    [[nodiscard]] const ToeplitzKey& pool_key(unsigned pool);

    RegisterFile& regs_;
    const OffloadGates& gates_;
    ToeplitzKey key_;
    bool stale_ = true;
    std::array<std::unique_ptr<ToeplitzKey>, kPools> pool_keys_;  // large: only of pools that hash
    PoolList stale_pools_ = ~PoolList{0};
};

}  // namespace ixgbe
