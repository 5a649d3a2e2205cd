// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/toeplitz.h"

#include <algorithm>
#include <bit>

#include "net/headers.h"

namespace ixgbe {
namespace {

constexpr std::size_t kPortsLength = 4;  // source and destination, first in TCP and UDP

// Key bits [bit, bit + 32), the first one on top.
std::uint32_t key_window(std::span<const std::byte, ToeplitzKey::kKeyLength> key, std::size_t bit) {
    std::uint64_t window = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        const std::size_t at = bit / 8 + i;
        window = window << 8 | (at < key.size() ? std::to_integer<std::uint64_t>(key[at]) : 0);
    }
    return static_cast<std::uint32_t>(window >> (8 - bit % 8));
}

std::optional<RssKind> l4_kind(const Layer3& ip, RssTypes enabled) {
    const bool v4 = ip.kind == L3Kind::ipv4;
    if (ip.l4.is(L4Kind::tcp) && (v4 ? enabled.tcp_ipv4 : enabled.tcp_ipv6)) {
        return v4 ? RssKind::tcp_ipv4 : RssKind::tcp_ipv6;
    }
    if (ip.l4.is(L4Kind::udp) && (v4 ? enabled.udp_ipv4 : enabled.udp_ipv6)) {
        return v4 ? RssKind::udp_ipv4 : RssKind::udp_ipv6;
    }
    return std::nullopt;
}

std::optional<RssKind> l3_kind(const Layer3& ip, RssTypes enabled) {
    if (ip.kind == L3Kind::ipv4 && enabled.ipv4) {
        return RssKind::ipv4;
    }
    if (ip.kind == L3Kind::ipv6 && enabled.ipv6) {
        return RssKind::ipv6;
    }
    return std::nullopt;
}

std::optional<RssHash> hash_layer(const ToeplitzKey& key, ConstBytes frame, const Layer3& ip,
                                  RssTypes enabled) {
    const auto with_ports = l4_kind(ip, enabled);
    const auto kind = with_ports ? with_ports : l3_kind(ip, enabled);
    const std::size_t addresses = 2 * ip.address_len();
    if (!kind || !holds(frame, ip.src_offset, addresses)) {
        return std::nullopt;
    }
    if (!with_ports) {
        return RssHash{key.hash(frame.subspan(ip.src_offset, addresses)), *kind};
    }
    if (!holds(frame, ip.l4.offset, kPortsLength)) {
        return std::nullopt;
    }
    const std::span<const std::byte, kPortsLength> ports(frame.data() + ip.l4.offset, kPortsLength);
    return RssHash{key.hash(frame.subspan(ip.src_offset, addresses), ports), *kind};
}

}  // namespace

ToeplitzKey::ToeplitzKey(std::span<const std::byte, kKeyLength> key) noexcept {
    for (std::size_t at = 0; at < tables_.size(); ++at) {
        ByteTable& table = tables_[at];
        table[0] = 0;
        // Single bits from the lowest up; each doubles the part of the table that is known.
        for (std::size_t bit = 1; bit < table.size(); bit *= 2) {
            const auto from_top =
                static_cast<std::size_t>(std::countl_zero(static_cast<std::uint8_t>(bit)));
            const std::uint32_t window = key_window(key, at * 8 + from_top);
            for (std::size_t value = 0; value < bit; ++value) {
                table[bit + value] = table[value] ^ window;
            }
        }
    }
}

// The part of the hash that input bytes First, First + 1, ... make. Written out for a known length:
// a loop costs as much as the look-ups.
template <std::size_t First, std::size_t... Positions>
std::uint32_t ToeplitzKey::hash_at(const std::byte* input,
                                   std::index_sequence<Positions...> /*positions*/) const noexcept {
    return (tables_[First + Positions][std::to_integer<std::uint8_t>(input[Positions])] ^ ...);
}

std::uint32_t ToeplitzKey::hash(ConstBytes input) const noexcept {
    // The inputs that occur: addresses of IPv4 and IPv6, without and with ports.
    switch (input.size()) {
        case 8:
            return hash_at<0>(input.data(), std::make_index_sequence<8>());
        case 12:
            return hash_at<0>(input.data(), std::make_index_sequence<12>());
        case 32:
            return hash_at<0>(input.data(), std::make_index_sequence<32>());
        case 36:
            return hash_at<0>(input.data(), std::make_index_sequence<36>());
        default:
            break;
    }
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i < std::min(input.size(), kMaxInput); ++i) {
        hash ^= tables_[i][std::to_integer<std::uint8_t>(input[i])];
    }
    return hash;
}

std::uint32_t ToeplitzKey::hash(ConstBytes addresses,
                                std::span<const std::byte, 4> ports) const noexcept {
    constexpr std::make_index_sequence<4> four;
    const std::uint32_t hash_of_ports =
        addresses.size() == 8 ? hash_at<8>(ports.data(), four) : hash_at<32>(ports.data(), four);
    return hash(addresses) ^ hash_of_ports;
}

std::optional<RssHash> rss_hash(const ToeplitzKey& key, ConstBytes frame, const PacketInfo& info,
                                RssTypes enabled) noexcept {
    const Layer3& ip = info.innermost();
    if (enabled.tunnel_outer_fallback && info.has_inner() && !ip.l4.is(L4Kind::tcp) &&
        !ip.l4.is(L4Kind::udp)) {
        Layer3 addresses_only = info.outer;
        addresses_only.l4 = {};
        return hash_layer(key, frame, addresses_only, enabled);
    }
    return hash_layer(key, frame, ip, enabled);
}

}  // namespace ixgbe
