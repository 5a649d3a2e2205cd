// SPDX-License-Identifier: GPL-2.0-or-later
// One pass over the headers of a received frame.
//
// Everything in a PacketInfo was checked against the frame it came from: an offset plus its header
// length lies inside the frame. A header that is absent, cut off or impossible has kind `none`,
// whatever its type field promised.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace ixgbe {

enum class L3Kind : std::uint8_t { none, ipv4, ipv6 };
enum class L4Kind : std::uint8_t { none, tcp, udp, sctp, other };
enum class TunnelKind : std::uint8_t { none, vxlan, nvgre };

struct ParseOptions {
    std::uint16_t vlan_ethertype = 0x8100;   // VLNCTRL.VET
    std::uint16_t outer_vlan_ethertype = 0;  // EXVET while extended VLAN is on; 0: no outer tag
    std::uint16_t vxlan_port = 0;            // VXLANCTRL; 0: VXLAN is plain UDP
    bool nvgre = true;                       // recognise NVGRE
    bool ipv6 = true;                        // false: RFCTL.IPV6_DIS, IPv6 is not parsed
    bool ipv6_extensions = true;  // false: RFCTL.IPV6_EX_DIS, no L4 behind extension headers
};

struct Layer2 {
    std::uint32_t offset = 0;
    std::uint32_t header_len =
        0;  // addresses, tags and type; 0: fewer than 14 bytes, nothing else was parsed
    std::uint16_t ethertype =
        0;  // of what follows the recognised tags; below 0x600: an 802.3 length
    std::uint8_t vlan_tags = 0;  // recognised tags, 0 to 2
    bool has_vlan = false;  // a tag of vlan_ethertype, the one that is stripped and filtered on
    bool has_outer_vlan = false;  // a tag of outer_vlan_ethertype before it
    std::uint16_t vlan_tci = 0;
    std::uint16_t outer_vlan_tci = 0;
    std::uint32_t vlan_offset = 0;  // of the tag of vlan_ethertype

    [[nodiscard]] constexpr bool present() const { return header_len != 0; }
};

// For a fragment, the first included, kind is none: no checksum or port of it means anything here.
struct Layer4 {
    L4Kind kind = L4Kind::none;
    bool valid = false;  // tcp, udp, sctp: the whole header is in the frame and in the datagram
    std::uint32_t offset = 0;
    std::uint32_t header_len = 0;      // TCP options included; 0 unless valid
    std::uint32_t payload_offset = 0;  // 0 unless valid

    [[nodiscard]] constexpr bool is(L4Kind wanted) const { return kind == wanted && valid; }
};

struct Layer3 {
    L3Kind kind = L3Kind::none;
    bool has_options = false;      // IPv4
    bool has_extensions = false;   // IPv6
    bool fragment = false;         // IPv4 MF or offset, or an IPv6 fragment header
    bool truncated = false;        // the IP length reaches beyond the frame
    bool bad_length = false;       // the IP length ends inside the IP header
    bool cut_short = false;        // IPv6 extensions malformed, cut off or more than we walk: no L4
    bool segments_left = false;    // IPv6 routing header whose route is not finished
    bool home_address = false;     // IPv6 home address option
    std::uint8_t protocol = 0;     // behind options and extensions
    L3Kind nested = L3Kind::none;  // IP directly inside this IP
    std::uint32_t offset = 0;
    std::uint32_t header_len = 0;   // IPv4 options and IPv6 extensions included
    std::uint32_t payload_end = 0;  // end of the datagram, never beyond the frame
    std::uint32_t src_offset = 0;
    std::uint32_t dst_offset = 0;
    Layer4 l4;

    [[nodiscard]] constexpr bool present() const { return kind != L3Kind::none; }
    [[nodiscard]] constexpr std::size_t address_len() const {
        return kind == L3Kind::ipv4 ? 4 : 16;
    }
    [[nodiscard]] constexpr std::uint32_t payload_offset() const { return offset + header_len; }
    // Bytes behind the IP header, Ethernet padding excluded.
    [[nodiscard]] constexpr std::uint32_t payload_len() const {
        return payload_end > payload_offset() ? payload_end - payload_offset() : 0;
    }
    // An L4 checksum can be computed: the pseudo-header's destination is the one in the header.
    [[nodiscard]] constexpr bool l4_checkable() const {
        return l4.valid && !fragment && !truncated && !bad_length && !segments_left &&
               !home_address;
    }
};

struct PacketInfo {
    Layer2 l2;
    Layer3 outer;
    TunnelKind tunnel = TunnelKind::none;
    std::uint32_t tunnel_offset = 0;  // of the VXLAN or GRE header
    Layer2 inner_l2;                  // present with a tunnel only
    Layer3 inner;

    [[nodiscard]] constexpr bool has_inner() const { return tunnel != TunnelKind::none; }
    // What hash, packet type and checksum bits describe: the inner headers of a tunnel (X550
    // DS 7.1.6).
    [[nodiscard]] constexpr const Layer3& innermost() const { return has_inner() ? inner : outer; }
};

// Extension headers are followed for this many bytes; Windows asks for 128 (CSUM-10).
inline constexpr std::size_t kMaxIpv6ExtensionBytes = 512;

[[nodiscard]] PacketInfo parse(ConstBytes frame, const ParseOptions& options = {}) noexcept;

}  // namespace ixgbe
