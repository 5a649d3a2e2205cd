// SPDX-License-Identifier: GPL-2.0-or-later
// Random rules and frames: the pools that get a copy are those of the slow reference, and so is
// whether the wire sees what a pool sends.

#include <array>
#include <gtest/gtest.h>

#include "pool_reference.h"
#include "random.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::array<unsigned, 5> kSomePools = {0, 1, 31, 32, 63};
constexpr std::array<unsigned, 3> kVids = {1, 0x123, 0xFFF};
constexpr Mac kGroup = {0x01, 0x00, 0x5E, 0x00, 0x70, 0x01};
constexpr Mac kHashedGroup = {0x01, 0x00, 0x5E, 0x00, 0x70, 0x02};
constexpr Mac kHashedUnicast = {0x02, 0x00, 0x00, 0x00, 0x70, 0x03};

Pools some_pools(Random& random, unsigned one_in = 2) {
    Pools out;
    for (const unsigned pool : kSomePools) {
        if (random.one_in(one_in)) {
            out.insert(pool);
        }
    }
    return out;
}

unsigned one_pool(Random& random) {
    return kSomePools.at(random.below(kSomePools.size()));
}

PoolRules::Mirror some_mirror(Random& random) {
    return {.pool = random.one_in(4),
            .uplink = random.one_in(8),
            .downlink = random.one_in(8),
            .vlan = random.one_in(4),
            .to = one_pool(random),
            .of_pools = some_pools(random),
            .of_vlan_filters = {random.below(4), random.below(4)}};
}

PoolRules some_rules(Random& random) {
    PoolRules rules;
    for (const unsigned pool : kSomePools) {
        rules.addresses.push_back({mac_of_pool(pool), {pool}});
    }
    rules.addresses.push_back({kGroup, some_pools(random)});
    rules.addresses.push_back({mac_of_pool(one_pool(random)), some_pools(random)});
    rules.hashed_unicast = {kHashedUnicast, mac_of_pool(31)};
    rules.hashed_multicast = {kHashedGroup, kGroup};
    for (unsigned n = 0; n < 4; ++n) {
        rules.vlans.push_back({kVids.at(random.below(kVids.size())), some_pools(random)});
    }
    for (Pools PoolRules::*bit : {&PoolRules::upe, &PoolRules::vpe, &PoolRules::rope}) {
        rules.*bit = some_pools(random, 5);
    }
    for (Pools PoolRules::*bit :
         {&PoolRules::aupe, &PoolRules::rompe, &PoolRules::bam, &PoolRules::mpe}) {
        rules.*bit = some_pools(random);
    }
    rules.may_receive = random.one_in(3) ? some_pools(random) : Pools{0, 1, 31, 32, 63};
    rules.pruned = some_pools(random, 3);
    rules.loops_back = some_pools(random, 3);
    rules.filters_vlans = random.one_in(2);
    rules.replicates = !random.one_in(4);
    rules.default_disabled = random.one_in(2);
    rules.default_pool = one_pool(random);
    for (PoolRules::Mirror& mirror : rules.mirrors) {
        mirror = some_mirror(random);
    }
    return rules;
}

// ---- the same rules as registers ----

template <typename R>
void write_pools(const GuestDriver& driver, const Pools& pools, std::uint32_t low = 0,
                 std::uint32_t high = 1) {
    std::array<std::uint32_t, 2> words{};
    for (const unsigned pool : pools) {
        words.at(pool / 32) |= bit(pool % 32);
    }
    driver.write<R>(low, words[0]);
    driver.write<R>(high, words[1]);
}

void hash_bit(const GuestDriver& driver, const Mac& mac) {
    const unsigned vector = (mac[4] | static_cast<unsigned>(mac[5]) << 8) >> 4;
    if ((mac[0] & 1) != 0) {
        driver.set<MTA>(bit(vector % 32), vector / 32);
    } else {
        driver.set<UTA>(bit(vector % 32), vector / 32);
    }
}

void write_members(const GuestDriver& driver, const Pools& pools, std::uint32_t member) {
    for (const unsigned pool : pools) {
        driver.set<VMOLR>(member, pool);
    }
}

void write_mirror(const GuestDriver& driver, unsigned n, const PoolRules::Mirror& rule) {
    driver.write<PFMRCTL>(n, (rule.pool ? PFMRCTL::vpme : 0) | (rule.uplink ? PFMRCTL::upme : 0) |
                                 (rule.downlink ? PFMRCTL::dpme : 0) |
                                 (rule.vlan ? PFMRCTL::vlme : 0) | rule.to << PFMRCTL::mp_shift);
    write_pools<PFMRVM>(driver, rule.of_pools, n, n + 4);
    std::uint32_t filters = 0;
    for (const unsigned filter : rule.of_vlan_filters) {
        filters |= bit(filter);
    }
    driver.write<PFMRVLAN>(n, filters);
}

struct PropertyRig : VmdqRig {
    explicit PropertyRig(const PoolRules& rules) {
        driver.set<FCTRL>(FCTRL::upe | FCTRL::mpe | FCTRL::bam);
        driver.write<MCSTCTRL>(MCSTCTRL::mfe);
        driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
        driver.write<VT_CTL>(VT_CTL::vt_ena | (rules.replicates ? VT_CTL::rpl_en : 0) |
                             (rules.default_disabled ? VT_CTL::dis_def_pool : 0) |
                             rules.default_pool << VT_CTL::def_pl_shift);
        unsigned entry = 1;
        for (const PoolRules::Address& address : rules.addresses) {
            write_pools<MPSAR>(driver, address.pools, 2 * entry, 2 * entry + 1);
            driver.set_mac_filter(entry++, address.mac);
        }
        for (const Mac& mac : rules.hashed_unicast) {
            hash_bit(driver, mac);
        }
        for (const Mac& mac : rules.hashed_multicast) {
            hash_bit(driver, mac);
        }
        write_vlans(rules);
        write_members(driver, rules.upe, VMOLR::upe);
        write_members(driver, rules.vpe, VMOLR::vpe);
        write_members(driver, rules.aupe, VMOLR::aupe);
        write_members(driver, rules.rompe, VMOLR::rompe);
        write_members(driver, rules.rope, VMOLR::rope);
        write_members(driver, rules.bam, VMOLR::bam);
        write_members(driver, rules.mpe, VMOLR::mpe);
        write_pools<PFVFRE>(driver, rules.may_receive);
        write_pools<PFVMTXSW>(driver, rules.loops_back);
        std::array<std::uint32_t, 2> pruned{};
        for (const unsigned pool : rules.pruned) {
            pruned.at(pool / 32) |= bit(pool % 32);
        }
        driver.write<PFFLPL>(pruned[0]);
        driver.write<PFFLPH>(pruned[1]);
        for (unsigned n = 0; n < rules.mirrors.size(); ++n) {
            write_mirror(driver, n, rules.mirrors.at(n));
        }
        for (const unsigned pool : kSomePools) {
            (void)ring(2 * pool);
        }
    }
    void write_vlans(const PoolRules& rules) const {
        if (rules.filters_vlans) {
            driver.set<VLNCTRL>(VLNCTRL::vfe);
        }
        for (const unsigned vid : kVids) {
            driver.set_vlan_filter(vid);
        }
        for (unsigned n = 0; n < rules.vlans.size(); ++n) {
            driver.write<VLVF>(n, VLVF::enable | rules.vlans.at(n).vid);
            write_pools<VLVFB>(driver, rules.vlans.at(n).pools, 2 * n, 2 * n + 1);
        }
    }
    Pools taken_by() {
        Pools out;
        for (const unsigned queue : take()) {
            EXPECT_TRUE(out.insert(queue / 2).second) << "two copies for queue " << queue;
        }
        return out;
    }
};

PoolRules::Packet some_packet(Random& random, unsigned source) {
    const std::array<Mac, 7> to = {mac_of_pool(one_pool(random)),
                                   mac_of_pool(31),
                                   kStranger,
                                   kHashedUnicast,
                                   kGroup,
                                   kHashedGroup,
                                   kBroadcast};
    PoolRules::Packet packet;
    packet.to = to.at(random.below(to.size()));
    packet.from = random.one_in(2) ? mac_of_pool(source) : kPeerMac;
    if (random.one_in(2)) {
        packet.vid = kVids.at(random.below(kVids.size()));
    }
    return packet;
}

Frame frame_of(const PoolRules::Packet& packet) {
    FrameBuilder builder;
    builder.to(packet.to).from(packet.from).payload(60);
    if (packet.vid) {
        builder.vlan(static_cast<std::uint16_t>(*packet.vid));
    }
    return builder.build();
}

constexpr unsigned kSets = 150;
constexpr unsigned kFrames = 40;

TEST(PoolProperty, CopiesGoWhereTheReferenceSays) {
    Random random(550);
    for (unsigned set = 0; set < kSets; ++set) {
        const PoolRules rules = some_rules(random);
        PropertyRig rig(rules);
        for (unsigned n = 0; n < kFrames; ++n) {
            const auto packet = some_packet(random, one_pool(random));
            (void)rig.machine.receive_alone(frame_of(packet));
            ASSERT_EQ(rig.taken_by(), rules.received(packet)) << "rules " << set << " frame " << n;
        }
    }
}

TEST(PoolProperty, ExchangeGoesWhereTheReferenceSays) {
    Random random(551);
    for (unsigned set = 0; set < kSets; ++set) {
        const PoolRules rules = some_rules(random);
        PropertyRig rig(rules);
        const unsigned source = one_pool(random);
        TxRing tx(rig.driver, 2 * source);
        for (unsigned n = 0; n < kFrames; ++n) {
            const auto packet = some_packet(random, source);
            rig.host.forget();
            (void)tx.send(frame_of(packet));
            const PoolRules::Sent expected = rules.sent(packet, source);
            ASSERT_EQ(rig.taken_by(), expected.pools) << "rules " << set << " frame " << n;
            ASSERT_EQ(!rig.host.sent.empty(), expected.to_network) << set << " frame " << n;
        }
    }
}

}  // namespace
}  // namespace x550
