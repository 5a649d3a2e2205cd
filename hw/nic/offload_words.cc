// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/offload_words.h"

#include <algorithm>

#include "nic/offload_switches.h"

namespace ixgbe {

namespace {

using block::CapWord;
using block::CapWords;

constexpr std::uint32_t kAddressFilters = 128;
constexpr std::uint8_t kAnyIp4 = 0x07;  // mask of Sum
constexpr std::uint8_t kAnyIp6 = 0x18;

std::uint32_t& at(CapWords& words, CapWord word) {
    return words.at(static_cast<std::size_t>(word));
}

struct Side {
    std::uint32_t sums;
    bool ip4_options, tcp4, tcp6, ip6_extensions;
};

Side side(const ixgbe_offload_config& config, std::uint8_t sums) {
    return {.sums = sums,
            .ip4_options = config.csum_ip_options && (sums & kAnyIp4) != 0,
            .tcp4 = has(sums, Sum::tcp4),
            .tcp6 = has(sums, Sum::tcp6),
            .ip6_extensions = config.csum_ip6_ext && (sums & kAnyIp6) != 0};
}

std::uint32_t csum_word(const ixgbe_offload_config& config, std::uint8_t tx, std::uint8_t rx) {
    const Side out = side(config, tx);
    const Side in = side(config, rx);
    return Value<block::Csum>()
        .with(block::Csum::tx, out.sums)
        .with(block::Csum::tx_ip4_options, out.ip4_options)
        .with(block::Csum::tx_tcp4_options, out.tcp4)
        .with(block::Csum::tx_tcp6_options, out.tcp6)
        .with(block::Csum::tx_ip6_extensions, out.ip6_extensions)
        .with(block::Csum::rx, in.sums)
        .with(block::Csum::rx_ip4_options, in.ip4_options)
        .with(block::Csum::rx_tcp4_options, in.tcp4)
        .with(block::Csum::rx_tcp6_options, in.tcp6)
        .with(block::Csum::rx_ip6_extensions, in.ip6_extensions)
        .raw();
}

std::uint32_t seg_word(const ixgbe_offload_config& config, std::uint8_t cuts) {
    const bool lso1 = has(cuts, Cut::lso1);
    const bool lso6 = has(cuts, Cut::lso2v6);
    const bool uso6 = has(cuts, Cut::uso6);
    return Value<block::Seg>()
        .with(block::Seg::lso1, lso1)
        .with(block::Seg::lso2v4, has(cuts, Cut::lso2v4))
        .with(block::Seg::lso2v6, lso6)
        .with(block::Seg::lso1_tcp_options, lso1)
        .with(block::Seg::lso1_ip_options, lso1)
        .with(block::Seg::lso2v6_extensions, lso6)
        .with(block::Seg::lso2v6_tcp_options, lso6)
        .with(block::Seg::uso4, has(cuts, Cut::uso4))
        .with(block::Seg::uso6, uso6)
        .with(block::Seg::uso_sub_mss, config.uso_sub_mss && (has(cuts, Cut::uso4) || uso6))
        .with(block::Seg::uso6_extensions, uso6)
        .with(block::Seg::id_16bit, config.lso_id_16bit)
        .raw();
}

void put_segmentation(CapWords& words, const ixgbe_offload_config& config, std::uint8_t cuts) {
    const auto most = [&](Cut cut) { return has(cuts, cut) ? config.lso_max : 0; };
    const auto least = [&](bool on) { return on ? std::uint32_t{config.lso_min_segs} : 0; };
    at(words, CapWord::seg) = seg_word(config, cuts);
    at(words, CapWord::lso1_max) = std::min(most(Cut::lso1), kLso1Max);
    at(words, CapWord::lso2v4_max) = most(Cut::lso2v4);
    at(words, CapWord::lso2v6_max) = most(Cut::lso2v6);
    at(words, CapWord::uso4_max) = most(Cut::uso4);
    at(words, CapWord::uso6_max) = most(Cut::uso6);
    at(words, CapWord::min_segs) =
        Value<block::MinSegs>()
            .with(block::MinSegs::lso1, least(has(cuts, Cut::lso1)))
            .with(block::MinSegs::lso2v4, least(has(cuts, Cut::lso2v4)))
            .with(block::MinSegs::lso2v6, least(has(cuts, Cut::lso2v6)))
            .with(block::MinSegs::uso, least(has(cuts, Cut::uso4) || has(cuts, Cut::uso6)))
            .raw();
}

// Every mixture of versions works; which inner ones there are follows from the base offload
// (COMBO-10).
std::uint32_t versions(bool inner4, bool inner6) {
    const std::uint32_t inner = (inner4 ? block::kInnerIp4 : 0) | (inner6 ? block::kInnerIp6 : 0);
    return inner != 0 ? inner | block::kOuterIp4 | block::kOuterIp6 : 0;
}

std::uint32_t encapsulated_word(const ixgbe_offload_settings& s, bool rss, bool vmq) {
    using E = block::Encapsulated;
    return Value<E>()
        .with(E::tx_checksum, versions((s.csum_tx & kAnyIp4) != 0, (s.csum_tx & kAnyIp6) != 0))
        .with(E::rx_checksum, versions((s.csum_rx & kAnyIp4) != 0, (s.csum_rx & kAnyIp6) != 0))
        .with(E::lso2, versions(has(s.segmentation, Cut::lso2v4), has(s.segmentation, Cut::lso2v6)))
        .with(E::rss, versions(rss, rss))
        .with(E::vmq, versions(vmq, vmq))
        .with(E::uso, versions(has(s.segmentation, Cut::uso4), has(s.segmentation, Cut::uso6)))
        .raw();
}

struct Tunnels {
    std::uint8_t configured;  // masks of Encapsulation
    std::uint8_t told;
    std::uint16_t port;
    HashedFlows rss;
    bool vmq;
};

HashedFlows hashed_flows(const ixgbe_offload_config& config) {
    return {.tcp_ip4 = config.rss,
            .tcp_ip6 = config.rss,
            .udp_ip4 = config.rss && config.rss_udp,
            .udp_ip6 = config.rss && config.rss_udp};
}

void put_tunnels(CapWords& words, const ixgbe_offload_config& config,
                 const ixgbe_offload_settings& settings, const Tunnels& tunnels) {
    const std::uint32_t word = encapsulated_word(settings, tunnels.rss.any(), tunnels.vmq);
    if (has(tunnels.configured, Encapsulation::nvgre)) {
        at(words, CapWord::gre) = word;
        at(words, CapWord::gre_maxhdr) = config.encap_max_header;
    }
    if (has(tunnels.configured, Encapsulation::vxlan)) {
        at(words, CapWord::vxlan) = word;
        at(words, CapWord::vxlan_maxhdr) = config.encap_max_header;
    }
    at(words, CapWord::encap_port) =
        Value<block::EncapPort>()
            .with(block::EncapPort::vxlan_port, config.vxlan ? tunnels.port : 0)
            .with(block::EncapPort::configurable, config.vxlan && !config.vxlan_port_fixed)
            .with(block::EncapPort::types, tunnels.told)
            .raw();
}

void put_rss(CapWords& words, const ixgbe_offload_config& config, const HashedFlows& flows) {
    using R = block::RssCaps;
    at(words, CapWord::rss_caps) = Value<R>()
                                       .with(R::tcp_ip4, flows.tcp_ip4)
                                       .with(R::tcp_ip6, flows.tcp_ip6)
                                       .with(R::udp_ip4, flows.udp_ip4)
                                       .with(R::udp_ip6, flows.udp_ip6)
                                       .with(R::message_signalled, true)
                                       .with(R::at_dpc, true)
                                       .with(R::uses_msix, true)
                                       .with(R::supports_msix, true)
                                       .with(R::single_entries, true)
                                       .raw();
    at(words, CapWord::rss_size) = Value<block::Size>()
                                       .with(block::Size::queues, config.rss_queues)
                                       .with(block::Size::entries, config.rss_table)
                                       .raw();
}

void put_vmq(CapWords& words, const ixgbe_offload_config& config) {
    using V = block::VmqCaps;
    at(words, CapWord::vmq_caps) = Value<V>()
                                       .with(V::msix, true)
                                       .with(V::vm_queue, true)
                                       .with(V::dynamic_affinity, true)
                                       .with(V::interrupt_coalescing, true)
                                       .with(V::any_vlan, true)
                                       .with(V::test_equal, true)
                                       .with(V::mac, true)
                                       .with(V::vlan, config.vmq_vlan)
                                       .with(V::inner_mac, config.nvgre || config.vxlan)
                                       .raw();
    at(words, CapWord::vmq_size) = Value<block::Size>()
                                       .with(block::Size::queues, config.vmq_queues)
                                       .with(block::Size::entries, kAddressFilters)
                                       .raw();
}

CapWords words_of(const ixgbe_offload_config& config, const ixgbe_offload_settings& settings,
                  const Tunnels& tunnels) {
    CapWords words{};
    at(words, CapWord::csum) = csum_word(config, settings.csum_tx, settings.csum_rx);
    constexpr std::uint32_t kEthernet =
        block::kEncapsulation8023 | block::kTagInFrame | block::kTagBeside;
    at(words, CapWord::encaps) = Value<block::Encaps>()
                                     .with(block::Encaps::tx, kEthernet)
                                     .with(block::Encaps::rx, kEthernet)
                                     .raw();
    put_segmentation(words, config, settings.segmentation);
    const bool any_rsc = settings.rsc != 0;
    at(words, CapWord::rsc) = Value<block::Rsc>()
                                  .with(block::Rsc::ip4, has(settings.rsc, Version::ip4))
                                  .with(block::Rsc::ip6, has(settings.rsc, Version::ip6))
                                  .with(block::Rsc::timestamps, any_rsc && config.rsc_timestamps)
                                  .with(block::Rsc::flows, any_rsc ? config.rsc_flows : 0)
                                  .raw();
    put_tunnels(words, config, settings, tunnels);
    if (tunnels.rss.any()) {
        put_rss(words, config, tunnels.rss);
    }
    if (tunnels.vmq) {
        put_vmq(words, config);
    }
    at(words, CapWord::flags) =
        Value<block::Flags>().with(block::Flags::prefer_vmq, config.prefer_vmq).raw();
    return words;
}

std::uint32_t flags_word(const ixgbe_offload_settings& settings, std::uint32_t hardware) {
    return Value<block::Flags>(hardware)
        .with(block::Flags::encapsulation_active, settings.encap_active != 0)
        .with(block::Flags::engaged, settings.engaged != 0)
        .with(block::Flags::ip4_active, has(settings.active, Version::ip4))
        .with(block::Flags::ip6_active, has(settings.active, Version::ip6))
        .raw();
}

// The settings that decide, before the first doorbell as well.
ixgbe_offload_settings decisive(const ixgbe_offload_config& config,
                                const ixgbe_offload_settings& settings) {
    if (settings.engaged == 0) {
        ixgbe_offload_settings out = offered(config);
        out.csum_tx = 0x1f;
        out.segmentation = 0x1f;
        out.rsc &= static_cast<std::uint8_t>(Version::ip4);
        out.encap_active = 1;
        return out;
    }
    ixgbe_offload_settings out = settings;
    if (settings.engaged == kEngagedByHost) {
        const ixgbe_offload_settings all = offered(config);
        out.csum_tx |= static_cast<std::uint8_t>(~all.csum_tx & 0x1f);
        out.segmentation |= static_cast<std::uint8_t>(~all.segmentation & 0x1f);
    }
    const std::uint8_t ip4 = has(settings.active, Version::ip4) ? kAnyIp4 : 0;
    const std::uint8_t ip6 = has(settings.active, Version::ip6) ? kAnyIp6 : 0;
    out.csum_rx &= ip4 | ip6;
    out.rsc &= static_cast<std::uint8_t>(Version::ip4) | settings.rsc_asked;
    return out;
}

}  // namespace

CapWords hardware_words(const ixgbe_offload_config& config) {
    const ixgbe_offload_settings all = offered(config);
    return words_of(config, all,
                    {.configured = all.encap_types,
                     .told = all.encap_types,
                     .port = config.vxlan_port,
                     .rss = hashed_flows(config),
                     .vmq = config.vmq});
}

CapWords current_words(const ixgbe_offload_config& config, const ixgbe_offload_settings& settings) {
    const std::uint8_t active = settings.encap_active != 0 ? settings.encap_types : std::uint8_t{0};
    CapWords words = words_of(config, settings,
                              {.configured = settings.encap_types,
                               .told = active,
                               .port = settings.vxlan_port,
                               .rss = hashed_flows(config),
                               .vmq = config.vmq});
    at(words, CapWord::flags) = flags_word(settings, at(words, CapWord::flags));
    return words;
}

CapWords effective_words(const ixgbe_offload_config& config, const ixgbe_offload_settings& settings,
                         const OffloadObserved& observed) {
    ixgbe_offload_settings now = decisive(config, settings);
    if (!observed.coalesces) {
        now.rsc = 0;
    }
    std::uint8_t types = now.encap_active != 0 ? now.encap_types : std::uint8_t{0};
    if (observed.vxlan_port == 0) {
        types &= static_cast<std::uint8_t>(Encapsulation::nvgre);
    }
    const HashedFlows offered_flows = hashed_flows(config);
    const HashedFlows rss{.tcp_ip4 = offered_flows.tcp_ip4 && observed.rss.tcp_ip4,
                          .tcp_ip6 = offered_flows.tcp_ip6 && observed.rss.tcp_ip6,
                          .udp_ip4 = offered_flows.udp_ip4 && observed.rss.udp_ip4,
                          .udp_ip6 = offered_flows.udp_ip6 && observed.rss.udp_ip6};
    CapWords words = words_of(config, now,
                              {.configured = types,
                               .told = types,
                               .port = observed.vxlan_port,
                               .rss = rss,
                               .vmq = config.vmq && observed.pools});
    at(words, CapWord::flags) = Value<block::Flags>(flags_word(settings, at(words, CapWord::flags)))
                                    .with(block::Flags::encapsulation_active, types != 0)
                                    .raw();
    return words;
}

}  // namespace ixgbe
