// SPDX-License-Identifier: GPL-2.0-or-later
// The internal switch: which pools a frame is for, and what a pool may send. X550 DS 7.8.3, 7.8.4.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/parse.h"
#include "nic/offload_switches.h"
#include "nic/pools.h"
#include "nic/register_file.h"
#include "nic/rx_filter.h"

namespace ixgbe {

// By MAC address and VLAN alone (PFVTCTL.POOLING_MODE 0); E-tags are ordinary bytes. Lists of the
// pools that PFVML2FLT names are kept, rebuilt after one changed: pools_changed() marks them.
class PoolSwitch {
public:
    PoolSwitch(RegisterFile& regs, RxFilter& filter, const OffloadGates& gates)
        : regs_(regs), filter_(filter), gates_(gates) {}

    // The pools that exist, as far as the task-offload block offers them; the default one always
    // does. Nothing: there are none.
    [[nodiscard]] std::optional<RxPoolLayout> layout() const;

    struct Destinations {
        PoolList pools = 0;    // the addressed ones
        PoolList mirrors = 0;  // and those that only look on
        bool exact = false;    // by an address filter
        bool to_network = false;

        [[nodiscard]] PoolList all() const { return pools | mirrors; }
    };
    // A frame from the wire that passed the MAC's filters. `layout`: the pools that exist.
    [[nodiscard]] Destinations received(ConstBytes frame, const Layer2& l2,
                                        const RxPoolLayout& layout);
    // A frame of a pool, with the tag it will have. Only its addresses are read.
    [[nodiscard]] Destinations sent(ConstBytes frame, const Layer2& l2, unsigned pool);
    // Whether anti-spoofing forbids that frame: 7.8.4.2.1, 2 and 5.
    [[nodiscard]] bool spoofed(ConstBytes frame, const Layer2& l2, unsigned pool);

    void pools_changed() { stale_ = true; }

private:
    struct Packet {
        std::uint64_t destination = 0;
        std::uint64_t source = 0;
        std::optional<std::uint32_t> vid;  // tagged
        std::optional<unsigned> ethertype_filter;
    };
    // Pools by their bits in PFVML2FLT.
    struct Members {
        PoolList upe = 0, vpe = 0, aupe = 0, rompe = 0, rope = 0, bam = 0, mpe = 0;
    };

    [[nodiscard]] Packet packet(ConstBytes frame, const Layer2& l2) const;
    [[nodiscard]] const Members& members();
    [[nodiscard]] bool replicates() const;
    [[nodiscard]] PoolList exact_pools(std::uint64_t address);
    [[nodiscard]] PoolList inexact_pools(const Packet& packet, bool found);
    [[nodiscard]] PoolList vlan_pools(const Packet& packet);
    [[nodiscard]] PoolList vlan_group(std::uint32_t vid) const;
    [[nodiscard]] std::uint64_t vlan_filters(std::uint32_t vid) const;
    [[nodiscard]] PoolList default_pool() const;
    [[nodiscard]] PoolList default_pool_bit() const;
    [[nodiscard]] bool groups_go_to_default(const Packet& packet, const Destinations& to) const;
    [[nodiscard]] std::optional<PoolList> ethertype_pool(const Packet& packet) const;
    [[nodiscard]] PoolList pruned(const Packet& packet);
    [[nodiscard]] PoolList enabled() const;

    enum class Direction : std::uint8_t { received, sent };
    [[nodiscard]] PoolList mirrors(Direction direction, const Packet& packet,
                                   const Destinations& to) const;
    [[nodiscard]] std::optional<PoolList> looped_ethertype(const Packet& packet,
                                                           const RxPoolLayout& layout,
                                                           unsigned pool) const;

    RegisterFile& regs_;
    RxFilter& filter_;
    const OffloadGates& gates_;
    Members members_;
    bool stale_ = true;
};

}  // namespace ixgbe
