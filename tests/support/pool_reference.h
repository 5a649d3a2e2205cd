// SPDX-License-Identifier: GPL-2.0-or-later
// The choice of pools, X550 DS 7.8.3.3 and 7.8.3.4, step by step and slow: on sets of numbers.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <vector>

#include "machine.h"

namespace x550 {

using Pools = std::set<unsigned>;

struct PoolRules {
    struct Address {
        Mac mac{};
        Pools pools;
    };
    struct VlanFilter {
        unsigned vid = 0;
        Pools pools;
    };
    struct Mirror {
        bool pool = false, uplink = false, downlink = false, vlan = false;
        unsigned to = 0;
        Pools of_pools;
        std::set<unsigned> of_vlan_filters;
    };
    std::vector<Address> addresses;
    std::set<Mac> hashed_unicast, hashed_multicast;  // addresses whose bit is set
    std::vector<VlanFilter> vlans;                   // entry n of PFVLVF
    Pools upe, vpe, aupe, rompe, rope, bam, mpe;     // bits of PFVML2FLT
    Pools may_receive;
    Pools pruned;      // PFFLP
    Pools loops_back;  // PFVMTXSW
    bool filters_vlans = false, replicates = true, default_disabled = false;
    unsigned default_pool = 0;
    std::array<Mirror, 4> mirrors;

    struct Packet {
        Mac to{}, from{};
        std::optional<unsigned> vid;

        [[nodiscard]] bool group() const { return (to[0] & 1) != 0; }
        [[nodiscard]] bool broadcast() const { return to == Mac{255, 255, 255, 255, 255, 255}; }
    };
    struct Sent {
        Pools pools;
        bool to_network = true;
    };

    [[nodiscard]] Pools received(const Packet& packet) const {
        Pools list = both(exact(packet.to), may_receive);
        const bool found = !list.empty();
        add_inexact(packet, list);
        keep_vlan(packet, list);
        if (list.empty() && !default_disabled) {
            list = {default_pool};
        }
        if (!replicates && packet.group() && !found) {
            list = {default_pool};
        }
        for (const unsigned pool : both(exact(packet.from), pruned)) {
            list.erase(pool);
        }
        list = both(list, may_receive);
        return both(with_mirrors(packet, list, !list.empty(), false), may_receive);
    }

    [[nodiscard]] Sent sent(const Packet& packet, unsigned source) const {
        Sent out;
        out.pools = both(exact(packet.to), may_receive);
        const bool found = !out.pools.empty();
        out.to_network = packet.group() || !found;
        add_inexact(packet, out.pools);
        if (!loops_back.contains(source)) {
            out.pools.erase(source);
        }
        keep_vlan(packet, out.pools);
        if (!replicates && packet.group() && !found) {
            out.pools = {default_pool};
            if (!loops_back.contains(source)) {
                out.pools.erase(source);
            }
        }
        out.pools = both(out.pools, may_receive);
        out.pools = both(with_mirrors(packet, out.pools, false, out.to_network), may_receive);
        return out;
    }

private:
    [[nodiscard]] static Pools both(const Pools& a, const Pools& b) {
        Pools out;
        for (const unsigned pool : a) {
            if (b.contains(pool)) {
                out.insert(pool);
            }
        }
        return out;
    }
    [[nodiscard]] Pools exact(const Mac& mac) const {
        Pools out;
        for (const Address& address : addresses) {
            if (address.mac == mac) {
                out.insert(address.pools.begin(), address.pools.end());
            }
        }
        return out;
    }
    void add_inexact(const Packet& packet, Pools& list) const {
        const bool none_so_far = list.empty();
        const auto add = [&](const Pools& more) { list.insert(more.begin(), more.end()); };
        if (packet.broadcast()) {
            if (replicates) {
                add(bam);
            }
            return;
        }
        if (!packet.group()) {
            if (none_so_far && hashed_unicast.contains(packet.to)) {
                add(rope);
            }
            if (replicates) {
                add(upe);
            }
        } else if (replicates) {
            if (none_so_far && hashed_multicast.contains(packet.to)) {
                add(rompe);
            }
            add(mpe);
        }
    }
    void keep_vlan(const Packet& packet, Pools& list) const {
        if (!filters_vlans) {
            return;
        }
        Pools members = packet.vid ? vpe : aupe;
        for (const VlanFilter& filter : vlans) {
            if (packet.vid && filter.vid == *packet.vid) {
                members.insert(filter.pools.begin(), filter.pools.end());
            }
        }
        list = both(list, members);
    }
    [[nodiscard]] Pools with_mirrors(const Packet& packet, const Pools& list, bool from_uplink,
                                     bool to_downlink) const {
        Pools out = list;
        for (const Mirror& rule : mirrors) {
            bool applies = (rule.pool && !both(list, rule.of_pools).empty()) ||
                           (rule.uplink && from_uplink) || (rule.downlink && to_downlink);
            for (const unsigned n : rule.of_vlan_filters) {
                applies = applies || (rule.vlan && packet.vid && n < vlans.size() &&
                                      vlans[n].vid == *packet.vid);
            }
            if (applies && replicates) {
                out.insert(rule.to);
            }
        }
        return out;
    }
};

}  // namespace x550
