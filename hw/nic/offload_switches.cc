// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/offload_switches.h"

#include <algorithm>

namespace ixgbe {

namespace {

constexpr std::uint8_t kAllSums = 0x1f;
constexpr std::uint8_t kBothVersions = 3;
constexpr std::uint16_t kIdCountsFifteenBits = 0x7fff;
constexpr std::size_t kPlainIpv4 = 20;
constexpr std::size_t kPlainIpv6 = 40;

template <typename E>
std::uint8_t bit_if(bool condition, E bit) {
    return condition ? static_cast<std::uint8_t>(bit) : std::uint8_t{0};
}

std::uint8_t sums(const ixgbe_offload_config& config, unsigned direction) {
    const auto wants = [&](std::uint8_t directions) { return (directions & direction) != 0; };
    return bit_if(wants(config.csum_ip4), Sum::ip4) | bit_if(wants(config.csum_tcp4), Sum::tcp4) |
           bit_if(wants(config.csum_udp4), Sum::udp4) | bit_if(wants(config.csum_tcp6), Sum::tcp6) |
           bit_if(wants(config.csum_udp6), Sum::udp6);
}

Sum sum_of(L4 kind, bool ipv4) {
    if (kind == L4::udp) {
        return ipv4 ? Sum::udp4 : Sum::udp6;
    }
    return ipv4 ? Sum::tcp4 : Sum::tcp6;
}

Sum sum_of(L4Kind kind, bool ipv4) {
    return sum_of(kind == L4Kind::udp ? L4::udp : L4::tcp, ipv4);
}

}  // namespace

// A large send of TCP needs the checksums it is sent with, on or off (COMBO-2, COMBO-3, KEY-4).
ixgbe_offload_settings offered(const ixgbe_offload_config& config) {
    ixgbe_offload_settings out{};
    out.csum_tx = sums(config, IXGBE_OFFLOAD_TX);
    out.csum_rx = sums(config, IXGBE_OFFLOAD_RX);
    const bool tcp4 = has(out.csum_tx, Sum::ip4) && has(out.csum_tx, Sum::tcp4);
    const bool tcp6 = has(out.csum_tx, Sum::tcp6);
    out.segmentation = bit_if(config.lso1 && tcp4, Cut::lso1) |
                       bit_if(config.lso2_ip4 && tcp4, Cut::lso2v4) |
                       bit_if(config.lso2_ip6 && tcp6, Cut::lso2v6) |
                       bit_if(config.uso_ip4, Cut::uso4) | bit_if(config.uso_ip6, Cut::uso6);
    out.rsc = bit_if(config.rsc_ip4, Version::ip4) | bit_if(config.rsc_ip6, Version::ip6);
    out.encap_types =
        bit_if(config.nvgre, Encapsulation::nvgre) | bit_if(config.vxlan, Encapsulation::vxlan);
    out.vxlan_port = config.vxlan_port;
    return out;
}

OffloadSwitches::OffloadSwitches(ixgbe_task_offload_state& state,
                                 const ixgbe_offload_config& config, bool block)
    : state_(state), config_(config), offered_(offered(config)), block_(block) {}

void OffloadSwitches::settings_changed() {
    const ixgbe_offload_settings& settings = state_.settings;
    gates_ = {};
    gates_.csum_rx = offered_.csum_rx;
    gates_.ip4_options = config_.csum_ip_options;
    gates_.ip6_extensions = config_.csum_ip6_ext;
    gates_.nvgre = config_.nvgre;
    gates_.vxlan = config_.vxlan;
    gates_.rsc4 = config_.rsc_ip4;
    gates_.rsc_timestamps = config_.rsc_timestamps;
    gates_.rsc_flows = config_.rsc_flows;
    gates_.rsc_max_segments = config_.rsc_max_segs != 0 ? config_.rsc_max_segs : UINT32_MAX;
    gates_.rss = config_.rss;
    gates_.rss_udp = config_.rss_udp;
    gates_.vmq = config_.vmq;
    if (settings.engaged == kEngagedByGuest) {
        engage(settings);
    } else if (settings.engaged == kEngagedByHost) {
        engage_for_host(settings);
    }
    gates_.all_requests = gates_.csum_tx == kAllSums && gates_.tx_options && gates_.tx_extensions &&
                          gates_.tx_nvgre && gates_.tx_vxlan && gates_.tcp4_max == UINT32_MAX &&
                          gates_.tcp6_max == UINT32_MAX && gates_.udp4_max == UINT32_MAX &&
                          gates_.udp6_max == UINT32_MAX;
    gates_.all_verdicts = gates_.csum_rx == kAllSums && gates_.rx_versions == kBothVersions &&
                          gates_.ip4_options && gates_.ip6_extensions;
}

// A switch of the host's beside a driver that knows nothing of the block: what was not switched is
// as it was, what the properties leave out included.
void OffloadSwitches::engage_for_host(const ixgbe_offload_settings& settings) {
    const auto cuts = static_cast<std::uint8_t>(settings.segmentation | ~offered_.segmentation);
    const auto limit_if = [](bool on) { return on ? UINT32_MAX : 0; };
    gates_.csum_tx = static_cast<std::uint8_t>((settings.csum_tx | ~offered_.csum_tx) & kAllSums);
    gates_.tcp4_max = limit_if(has(cuts, Cut::lso2v4) || has(cuts, Cut::lso1));
    gates_.tcp6_max = limit_if(has(cuts, Cut::lso2v6));
    gates_.udp4_max = limit_if(has(cuts, Cut::uso4));
    gates_.udp6_max = limit_if(has(cuts, Cut::uso6));
    gates_.csum_rx = settings.csum_rx;
    gates_.nvgre = has(settings.encap_types, Encapsulation::nvgre);
    gates_.vxlan = has(settings.encap_types, Encapsulation::vxlan);
    gates_.tx_nvgre = gates_.nvgre || !config_.nvgre;
    gates_.tx_vxlan = gates_.vxlan || !config_.vxlan;
    gates_.rsc4 = has(settings.rsc, Version::ip4);
    gates_.rsc6 = has(settings.rsc, Version::ip6) && has(settings.rsc_asked, Version::ip6);
}

// From the first doorbell on: MAP-8.
void OffloadSwitches::engage(const ixgbe_offload_settings& settings) {
    const std::uint8_t types = settings.encap_active != 0 ? settings.encap_types : std::uint8_t{0};
    const std::uint8_t cuts = settings.segmentation;
    const std::uint32_t lso4 = has(cuts, Cut::lso2v4) ? config_.lso_max
                               : has(cuts, Cut::lso1) ? std::min(config_.lso_max, kLso1Max)
                                                      : 0;
    gates_.csum_tx = settings.csum_tx;
    gates_.tx_options = config_.csum_ip_options;
    gates_.tx_extensions = config_.csum_ip6_ext;
    gates_.tx_nvgre = has(types, Encapsulation::nvgre);
    gates_.tx_vxlan = has(types, Encapsulation::vxlan);
    gates_.tcp4_max = lso4;
    gates_.tcp6_max = has(cuts, Cut::lso2v6) ? config_.lso_max : 0;
    gates_.udp4_max = has(cuts, Cut::uso4) ? config_.lso_max : 0;
    gates_.udp6_max = has(cuts, Cut::uso6) ? config_.lso_max : 0;
    gates_.id_count_mask = config_.lso_id_16bit ? gates_.id_count_mask : kIdCountsFifteenBits;
    gates_.csum_rx = settings.csum_rx;
    gates_.rx_versions = settings.active;
    gates_.nvgre = gates_.tx_nvgre;
    gates_.vxlan = gates_.tx_vxlan;
    gates_.max_header = config_.encap_max_header;
    gates_.rsc4 = has(settings.rsc, Version::ip4);
    gates_.rsc6 = has(settings.rsc, Version::ip6) && has(settings.rsc_asked, Version::ip6);
    gates_.rss_queues = config_.rss_queues;
    gates_.rss_entries = config_.rss_table;
    gates_.pools = config_.vmq_queues + 1U;
    gates_.pool_by_inner = true;
}

// ---- transmit ----

OffloadSwitches::Limited OffloadSwitches::limit(TxRequest& request, bool ipv4) const {
    const HeaderGeometry& g = request.geometry;
    const bool tunnel_off = g.native_tunnel && !(g.vxlan ? gates_.tx_vxlan : gates_.tx_nvgre);
    if (request.segment) {
        return {.drop = tunnel_off ? TxDrop::offload_off : limit_large_send(request)};
    }
    const bool long_header = ipv4 ? !gates_.tx_options && g.ip_len > kPlainIpv4
                                  : !gates_.tx_extensions && g.ip_len > kPlainIpv6;
    const bool ip_off = tunnel_off || long_header || !has(gates_.csum_tx, Sum::ip4);
    const bool windows_l4 = g.l4 == L4::tcp || g.l4 == L4::udp;
    const bool l4_off =
        tunnel_off || (windows_l4 && (long_header || !has(gates_.csum_tx, sum_of(g.l4, ipv4))));
    const bool ignored =
        (request.ip_checksum && ip_off) || (request.l4_checksum && l4_off) || tunnel_off;
    request.ip_checksum = request.ip_checksum && !ip_off;
    request.l4_checksum = request.l4_checksum && !l4_off;
    request.geometry.native_tunnel = g.native_tunnel && !tunnel_off;
    return {.checksum_ignored = ignored};
}

TxDrop OffloadSwitches::limit_large_send(const TxRequest& request) const {
    const HeaderGeometry& g = request.geometry;
    const bool udp = g.l4 == L4::udp;
    const std::uint32_t most = g.ipv4 ? (udp ? gates_.udp4_max : gates_.tcp4_max)
                                      : (udp ? gates_.udp6_max : gates_.tcp6_max);
    if (most == 0) {
        return TxDrop::offload_off;
    }
    return request.payload_len > most ? TxDrop::over_offload_limit : TxDrop::none;
}

void OffloadSwitches::count_special(const TxRequest& request, const Limited& limited, TxDrop drop) {
    if (limited.checksum_ignored) {
        count(OffloadCounter::tx_checksum_while_off);
    }
    if (!request.segment) {
        return;
    }
    const std::uint32_t segments =
        request.mss != 0 ? (request.payload_len + request.mss - 1) / request.mss : 0;
    if (request.geometry.l4 == L4::udp) {
        count(OffloadCounter::uso_requests);
        count(drop == TxDrop::none ? OffloadCounter::uso_datagrams : OffloadCounter::uso_rejected,
              drop == TxDrop::none ? segments : 1);
        return;
    }
    count(OffloadCounter::lso_requests);
    if (drop == TxDrop::none) {
        count(OffloadCounter::lso_segments, segments);
    } else if (drop == TxDrop::offload_off) {
        count(OffloadCounter::lso_while_off);
    } else if (drop == TxDrop::bad_segmentation || drop == TxDrop::over_offload_limit) {
        count(OffloadCounter::lso_malformed);
    }
}

// ---- receive ----

ChecksumVerdict OffloadSwitches::limited(ChecksumVerdict verdict, const PacketInfo& info) const {
    const Layer3& ip = info.innermost();
    const bool ipv4 = ip.kind == L3Kind::ipv4;
    const bool version = has(gates_.rx_versions, ipv4 ? Version::ip4 : Version::ip6);
    const bool headers =
        (gates_.ip4_options || !ip.has_options) && (gates_.ip6_extensions || !ip.has_extensions);
    if (!version || !headers || !has(gates_.csum_rx, Sum::ip4)) {
        verdict.ip_checked = false;
        verdict.ip_bad = false;
    }
    const bool windows_l4 = ip.l4.kind == L4Kind::tcp || ip.l4.kind == L4Kind::udp;
    if (!version || !headers || (windows_l4 && !has(gates_.csum_rx, sum_of(ip.l4.kind, ipv4)))) {
        verdict.l4_checked = false;
        verdict.l4_bad = false;
        verdict.udp_present = false;
    }
    if (!has(gates_.rx_versions, Version::ip4) || !has(gates_.csum_rx, Sum::ip4) ||
        (info.outer.has_options && !gates_.ip4_options)) {
        verdict.outer_ip_checked = false;
        verdict.outer_bad = false;
    }
    return verdict;
}

void OffloadSwitches::count_tunnel(const PacketInfo& info, bool oversize_tunnel,
                                   std::uint32_t frames) {
    if (info.has_inner()) {
        count(OffloadCounter::encapsulated, frames);
    } else if (oversize_tunnel) {
        count(OffloadCounter::encapsulation_oversize, frames);
    } else if (gates_.nvgre) {
        count(OffloadCounter::encapsulation_unknown, frames);
    }
}

}  // namespace ixgbe
