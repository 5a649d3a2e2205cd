// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/pool_switch.h"

#include "nic/steering.h"
#include "regs/filter.h"
#include "regs/rx.h"
#include "regs/steering.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

constexpr unsigned kVlanFilters = 64;
constexpr unsigned kMirrorRules = 4;
constexpr std::size_t kSourceAddress = 6;

bool spoof_bit(std::uint32_t field, unsigned pool) {
    return (field >> pool % 8 & 1) != 0;
}

}  // namespace

std::optional<RxPoolLayout> PoolSwitch::layout() const {
    auto layout = rx_pool_layout(regs_);
    if (layout && gates_.pools < kPools) {
        layout->pools &= (only_pool(gates_.pools) - 1) | default_pool_bit();
    }
    return layout;
}

PoolList PoolSwitch::default_pool_bit() const {
    return only_pool(regs_.get<PFVTCTL>().get(PFVTCTL::def_pl));
}

PoolSwitch::Packet PoolSwitch::packet(ConstBytes frame, const Layer2& l2) const {
    Packet out;
    out.destination = mac_address_at(frame, 0);
    out.source = mac_address_at(frame, kSourceAddress);
    if (l2.has_vlan) {
        out.vid = l2.vlan_tci & 0xfffU;
    }
    out.ethertype_filter = ethertype_filter(regs_, l2.ethertype);
    return out;
}

// DS 7.8.3.3, in the order of its steps.
PoolSwitch::Destinations PoolSwitch::received(ConstBytes frame, const Layer2& l2,
                                              const RxPoolLayout& layout) {
    const Packet packet = this->packet(frame, l2);
    const PoolList may_receive = enabled() & layout.pools;
    Destinations to;
    to.pools = exact_pools(packet.destination) & may_receive;
    to.exact = to.pools != 0;
    to.pools |= inexact_pools(packet, to.exact);
    to.pools &= vlan_pools(packet);
    if (gates_.pools < kPools) {
        to.pools &= layout.pools;  // what the block does not offer is as if it had no filters
    }
    if (to.pools == 0) {
        to.pools = default_pool();
    }
    if (groups_go_to_default(packet, to)) {
        to.pools = default_pool_bit();
    }
    to.pools = ethertype_pool(packet).value_or(to.pools);
    to.pools &= ~pruned(packet) & may_receive;
    to.mirrors = mirrors(Direction::received, packet, to) & may_receive & ~to.pools;
    return to;
}

// DS 7.8.3.4, in the order of its steps.
PoolSwitch::Destinations PoolSwitch::sent(ConstBytes frame, const Layer2& l2, unsigned pool) {
    const Packet packet = this->packet(frame, l2);
    const auto layout = this->layout();
    Destinations to{.to_network = true};
    if (!layout || !regs_.get<RXCTRL>().get(RXCTRL::rxen)) {
        return to;
    }
    const PoolList may_receive = enabled() & layout->pools;
    if (const auto looped = looped_ethertype(packet, *layout, pool)) {
        return {.pools = *looped & may_receive};
    }
    if (!regs_.get<PFDTXGSWC>().get(PFDTXGSWC::lbe)) {
        return to;
    }
    to.pools = exact_pools(packet.destination) & may_receive;
    to.exact = to.pools != 0;
    to.to_network = is_group(packet.destination) || !to.exact;
    to.pools |= inexact_pools(packet, to.exact);
    to.pools &= vlan_pools(packet);
    if (groups_go_to_default(packet, to)) {
        to.pools = default_pool_bit();
    }
    if ((pool_list<PFVMTXSW>(regs_) & only_pool(pool)) == 0) {
        to.pools &= ~only_pool(pool);
    }
    to.pools &= may_receive;
    to.mirrors = mirrors(Direction::sent, packet, to) & may_receive & ~to.pools;
    return to;
}

PoolList PoolSwitch::enabled() const {
    return pool_list<PFVFRE>(regs_);
}

bool PoolSwitch::replicates() const {
    return regs_.get<PFVTCTL>().get(PFVTCTL::rpl_en);
}

// Without replication software sees to multicast and broadcast, from the default pool.
bool PoolSwitch::groups_go_to_default(const Packet& packet, const Destinations& to) const {
    return !replicates() && is_group(packet.destination) && !to.exact;
}

PoolList PoolSwitch::exact_pools(std::uint64_t address) {
    PoolList out = 0;
    filter_.for_each_match(
        address, [&](unsigned entry) { out |= pool_list<MPSAR>(regs_, 2 * entry, 2 * entry + 1); });
    return out;
}

// Broadcast, hash tables, promiscuity; without replication the unicast hash only.
PoolList PoolSwitch::inexact_pools(const Packet& packet, bool found) {
    const Members& who = members();
    if (!is_group(packet.destination)) {
        const bool hashed = !found && filter_.in_unicast_table(packet.destination);
        return (hashed ? who.rope : 0) | (replicates() ? who.upe : 0);
    }
    if (!replicates()) {
        return 0;
    }
    if (is_broadcast(packet.destination)) {
        return who.bam;
    }
    const bool hashed = !found && filter_.in_multicast_table(packet.destination);
    return (hashed ? who.rompe : 0) | who.mpe;
}

PoolList PoolSwitch::vlan_pools(const Packet& packet) {
    if (!regs_.get<VLNCTRL>().get(VLNCTRL::vfe)) {
        return ~PoolList{0};
    }
    return packet.vid ? vlan_group(*packet.vid) | members().vpe : members().aupe;
}

PoolList PoolSwitch::vlan_group(std::uint32_t vid) const {
    const std::uint64_t filters = vlan_filters(vid);
    PoolList out = 0;
    for (unsigned i = 0; i < kVlanFilters; ++i) {
        out |= (filters >> i & 1) != 0 ? pool_list<PFVLVFB>(regs_, 2 * i, 2 * i + 1) : 0;
    }
    return out;
}

// Which entries of PFVLVF are for this VLAN, a bit each.
std::uint64_t PoolSwitch::vlan_filters(std::uint32_t vid) const {
    std::uint64_t out = 0;
    for (unsigned i = 0; i < kVlanFilters; ++i) {
        const auto filter = regs_.get<PFVLVF>(i);
        const bool matches = filter.get(PFVLVF::vi_en) && filter.get(PFVLVF::vlan_id) == vid;
        out |= std::uint64_t{matches} << i;
    }
    return out;
}

PoolList PoolSwitch::default_pool() const {
    const auto control = regs_.get<PFVTCTL>();
    return control.get(PFVTCTL::dis_def_pool) ? 0 : only_pool(control.get(PFVTCTL::def_pl));
}

// DS 7.1.3.3: POOL_ENABLE counts together with QUEUE_ENABLE.
std::optional<PoolList> PoolSwitch::ethertype_pool(const Packet& packet) const {
    if (!packet.ethertype_filter) {
        return std::nullopt;
    }
    const auto filter = regs_.get<ETQF>(*packet.ethertype_filter);
    const bool queues = regs_.get<ETQS>(*packet.ethertype_filter).get(ETQS::queue_enable);
    return queues && filter.get(ETQF::pool_enable)
               ? std::optional(only_pool(filter.get(ETQF::pool)))
               : std::nullopt;
}

// Source address pruning: pools of PFFLP that the source address belongs to.
PoolList PoolSwitch::pruned(const Packet& packet) {
    const PoolList local = PoolList{regs_.get<PFFLPL>().raw()} | PoolList{regs_.get<PFFLPH>().raw()}
                                                                     << 32;
    return local == 0 ? 0 : exact_pools(packet.source) & local;
}

PoolList PoolSwitch::mirrors(Direction direction, const Packet& packet,
                             const Destinations& to) const {
    PoolList out = 0;
    for (unsigned i = 0; i < kMirrorRules && replicates(); ++i) {
        const auto rule = regs_.get<PFMRCTL>(i);
        const bool by_pool =
            rule.get(PFMRCTL::vpme) && (to.pools & pool_list<PFMRVM>(regs_, i, i + 4)) != 0;
        const bool by_vlan =
            rule.get(PFMRCTL::vlme) && packet.vid &&
            (vlan_filters(*packet.vid) & pool_list<PFMRVLAN>(regs_, i, i + 4)) != 0;
        const bool by_port = direction == Direction::received
                                 ? rule.get(PFMRCTL::upme) && to.pools != 0
                                 : rule.get(PFMRCTL::dpme) && to.to_network;
        out |= by_pool || by_vlan || by_port ? only_pool(rule.get(PFMRCTL::mp)) : 0;
    }
    return out;
}

// ---- what a pool may send ----

bool PoolSwitch::spoofed(ConstBytes frame, const Layer2& l2, unsigned pool) {
    const auto rules = regs_.get<PFVFSPOOF>(pool / 8);
    const Packet packet = this->packet(frame, l2);
    if (spoof_bit(rules.get(PFVFSPOOF::macas), pool)) {
        if ((exact_pools(packet.source) & only_pool(pool)) == 0) {
            return true;
        }
        if (spoof_bit(rules.get(PFVFSPOOF::vlanas), pool) && packet.vid &&
            (vlan_group(*packet.vid) & only_pool(pool)) == 0) {
            return true;
        }
    }
    return spoof_bit(rules.get(PFVFSPOOF::ethertypeas), pool) && packet.ethertype_filter &&
           regs_.get<ETQF>(*packet.ethertype_filter).get(ETQF::tx_antispoof);
}

// PFVFSPOOF.ETHERTYPELB: to the pool of the queue that ETQS names, and to nobody else, even without
// PFDTXGSWC.LBE.
std::optional<PoolList> PoolSwitch::looped_ethertype(const Packet& packet,
                                                     const RxPoolLayout& layout,
                                                     unsigned pool) const {
    const auto rules = regs_.get<PFVFSPOOF>(pool / 8);
    if (!packet.ethertype_filter || !spoof_bit(rules.get(PFVFSPOOF::ethertypelb), pool) ||
        !regs_.get<ETQF>(*packet.ethertype_filter).get(ETQF::tx_antispoof)) {
        return std::nullopt;
    }
    const std::uint32_t queue = regs_.get<ETQS>(*packet.ethertype_filter).get(ETQS::rx_queue);
    return only_pool(layout.pool_of(queue));
}

const PoolSwitch::Members& PoolSwitch::members() {
    if (stale_) {
        members_ = {};
        for (unsigned pool = 0; pool < kPools; ++pool) {
            const auto rules = regs_.get<PFVML2FLT>(pool);
            const auto list = [&](bool member) { return member ? only_pool(pool) : 0; };
            members_.upe |= list(rules.get(PFVML2FLT::upe));
            members_.vpe |= list(rules.get(PFVML2FLT::vpe));
            members_.aupe |= list(rules.get(PFVML2FLT::aupe));
            members_.rompe |= list(rules.get(PFVML2FLT::rompe));
            members_.rope |= list(rules.get(PFVML2FLT::rope));
            members_.bam |= list(rules.get(PFVML2FLT::bam));
            members_.mpe |= list(rules.get(PFVML2FLT::mpe));
        }
        stale_ = false;
    }
    return members_;
}

}  // namespace ixgbe
