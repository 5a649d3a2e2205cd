// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/parse.h"

#include "net/headers.h"

namespace ixgbe {
namespace {

// Header offsets stay small: every header and the number of them is bounded.
constexpr std::uint32_t narrow(std::size_t value) {
    return static_cast<std::uint32_t>(value);
}

// The type field of a tag or of what it carries sits right before `end` of the headers so far.
bool take_tag(ConstBytes frame, std::uint16_t wanted, Layer2& l2, std::uint16_t& tci) {
    if (l2.ethertype != wanted) {
        return false;
    }
    const std::size_t end = l2.offset + l2.header_len;
    const auto* const tag = view_at<VlanTag>(frame, end - sizeof(be16));
    const auto* const type = view_at<be16>(frame, end + sizeof(be16));
    if (!tag || !type) {
        return false;
    }
    tci = tag->tci;
    l2.ethertype = *type;
    l2.header_len += narrow(sizeof(VlanTag));
    ++l2.vlan_tags;
    return true;
}

void parse_l2(ConstBytes frame, std::size_t offset, std::uint16_t outer_type,
              std::uint16_t vlan_type, Layer2& l2) {
    const auto* const type = view_at<be16>(frame, offset + offsetof(EthernetHeader, type));
    if (!type) {
        return;
    }
    l2.offset = narrow(offset);
    l2.header_len = sizeof(EthernetHeader);
    l2.ethertype = *type;
    if (outer_type != 0) {
        l2.has_outer_vlan = take_tag(frame, outer_type, l2, l2.outer_vlan_tci);
    }
    const std::uint32_t tag_offset = l2.offset + l2.header_len - narrow(sizeof(be16));
    l2.has_vlan = take_tag(frame, vlan_type, l2, l2.vlan_tci);
    l2.vlan_offset = l2.has_vlan ? tag_offset : 0;
}

void set_payload_end(ConstBytes frame, std::size_t length, Layer3& ip) {
    const std::size_t end = ip.offset + length;
    ip.truncated = end > frame.size();
    ip.bad_length = length < ip.header_len;
    ip.payload_end = narrow(ip.truncated ? frame.size() : end);
}

bool parse_ipv4(ConstBytes frame, std::size_t offset, Layer3& ip) {
    const auto* const header = view_at<Ipv4Header>(frame, offset);
    if (!header || header->version() != 4) {
        return false;
    }
    const unsigned header_len = header->header_len();
    if (header_len < sizeof(Ipv4Header) || !holds(frame, offset, header_len)) {
        return false;
    }
    ip.kind = L3Kind::ipv4;
    ip.offset = narrow(offset);
    ip.header_len = header_len;
    ip.has_options = ip.header_len > sizeof(Ipv4Header);
    ip.fragment = header->is_fragment();
    ip.protocol = header->protocol;
    ip.src_offset = narrow(offset + offsetof(Ipv4Header, src));
    ip.dst_offset = narrow(offset + offsetof(Ipv4Header, dst));
    set_payload_end(frame, header->total_length, ip);
    return true;
}

// Mobile IPv6: with a home address option the pseudo-header's source is not the one in the header.
bool has_home_address(ConstBytes options) {
    for (std::size_t at = 0; at < options.size();) {
        if (options[at] == Ipv6Extension::kHomeAddress) {
            return true;
        }
        if (options[at] == Ipv6Extension::kPad1) {
            ++at;
            continue;
        }
        const auto length = read_at<std::uint8_t>(options, at + 1);
        if (!length) {
            return false;
        }
        at += std::size_t{2} + *length;
    }
    return false;
}

bool is_walked_extension(std::uint8_t protocol) {
    return protocol == ipproto::kHopByHop || protocol == ipproto::kRouting ||
           protocol == ipproto::kFragment || protocol == ipproto::kDestinationOptions;
}

// One extension header at the end of ip's headers; false: it does not fit, or a fragment ends the
// walk.
bool take_extension(ConstBytes frame, Layer3& ip) {
    const std::size_t at = ip.payload_offset();
    const auto* const extension = view_at<Ipv6Extension>(frame, at);
    const bool is_fragment = ip.protocol == ipproto::kFragment;
    if (!extension) {
        ip.cut_short = true;
        return false;
    }
    const std::size_t length = is_fragment ? Ipv6Extension::kMinLength : extension->header_len();
    const std::size_t walked = ip.header_len - sizeof(Ipv6Header);
    if (walked + length > kMaxIpv6ExtensionBytes || at + length > ip.payload_end) {
        ip.cut_short = true;
        return false;
    }
    if (ip.protocol == ipproto::kRouting && extension->segments_left != 0) {
        ip.segments_left = true;
    }
    if (ip.protocol == ipproto::kDestinationOptions &&
        has_home_address(frame.subspan(at + 2, length - 2))) {
        ip.home_address = true;
    }
    ip.protocol = extension->next_header;
    ip.header_len += narrow(length);
    ip.fragment = is_fragment;
    return !is_fragment;
}

bool parse_ipv6(ConstBytes frame, std::size_t offset, const ParseOptions& options, Layer3& ip) {
    const auto* const header = view_at<Ipv6Header>(frame, offset);
    if (!options.ipv6 || !header || header->version() != 6) {
        return false;
    }
    ip.kind = L3Kind::ipv6;
    ip.offset = narrow(offset);
    ip.header_len = sizeof(Ipv6Header);
    ip.protocol = header->next_header;
    ip.src_offset = narrow(offset + offsetof(Ipv6Header, src));
    ip.dst_offset = narrow(offset + offsetof(Ipv6Header, dst));
    set_payload_end(frame, sizeof(Ipv6Header) + header->payload_length, ip);
    ip.has_extensions = is_walked_extension(ip.protocol);
    if (ip.has_extensions && !options.ipv6_extensions) {
        ip.cut_short = true;
        return true;
    }
    // Bounded: each header is at least 8 of kMaxIpv6ExtensionBytes.
    while (is_walked_extension(ip.protocol) && take_extension(frame, ip)) {
    }
    return true;
}

// Bytes of the L4 header at the start of the IP payload; 0: cut off or impossible.
std::size_t l4_header_len(ConstBytes frame, const Layer3& ip) {
    const std::size_t available = ip.payload_len();
    std::size_t length = 0;
    switch (ip.l4.kind) {
        case L4Kind::tcp: {
            const auto* const tcp = view_at<TcpHeader>(frame, ip.l4.offset);
            length = tcp ? tcp->header_len() : 0;
            length = length >= sizeof(TcpHeader) ? length : 0;
            break;
        }
        case L4Kind::udp:
            length = sizeof(UdpHeader);
            break;
        case L4Kind::sctp:
            length = sizeof(SctpHeader);
            break;
        case L4Kind::none:
        case L4Kind::other:
            break;
    }
    return length <= available ? length : 0;
}

void parse_l4(ConstBytes frame, Layer3& ip) {
    if (ip.fragment || ip.cut_short || ip.bad_length || ip.protocol == ipproto::kNoNext) {
        return;
    }
    Layer4& l4 = ip.l4;
    switch (ip.protocol) {
        case ipproto::kTcp:
            l4.kind = L4Kind::tcp;
            break;
        case ipproto::kUdp:
            l4.kind = L4Kind::udp;
            break;
        case ipproto::kSctp:
            l4.kind = L4Kind::sctp;
            break;
        case ipproto::kIpv4:
            ip.nested = L3Kind::ipv4;
            l4.kind = L4Kind::other;
            break;
        case ipproto::kIpv6:
            ip.nested = L3Kind::ipv6;
            l4.kind = L4Kind::other;
            break;
        default:
            l4.kind = L4Kind::other;
            break;
    }
    l4.offset = ip.payload_offset();
    l4.header_len = narrow(l4_header_len(frame, ip));
    l4.valid = l4.header_len != 0;
    l4.payload_offset = l4.valid ? l4.offset + l4.header_len : 0;
}

void parse_l3(ConstBytes frame, const Layer2& l2, const ParseOptions& options, Layer3& ip) {
    const std::size_t offset = l2.offset + l2.header_len;
    const bool found = (l2.ethertype == ethertype::kIpv4 && parse_ipv4(frame, offset, ip)) ||
                       (l2.ethertype == ethertype::kIpv6 && parse_ipv6(frame, offset, options, ip));
    if (found) {
        parse_l4(frame, ip);
    }
}

// Offset of the inner Ethernet header; 0: not NVGRE. Checksum and sequence are not NVGRE's but are
// stepped over (rule NVGRE-17); without a key it is some other GRE.
std::size_t nvgre_payload(ConstBytes frame, const Layer3& ip) {
    const auto* const gre = view_at<GreHeader>(frame, ip.l4.offset);
    if (!gre || gre->protocol != ethertype::kTransparentEthernet) {
        return 0;
    }
    const std::uint16_t flags = gre->flags;
    if ((flags & (GreHeader::kVersionMask | GreHeader::kRouting)) != 0 ||
        (flags & GreHeader::kKey) == 0) {
        return 0;
    }
    std::size_t length = sizeof(GreHeader) + 4;
    length += (flags & GreHeader::kChecksum) != 0 ? 4u : 0u;
    length += (flags & GreHeader::kSequence) != 0 ? 4u : 0u;
    return ip.l4.offset + length;
}

std::size_t vxlan_payload(ConstBytes frame, const Layer3& ip, std::uint16_t port) {
    const auto* const udp = view_at<UdpHeader>(frame, ip.l4.offset);
    if (!udp || udp->dst_port != port) {
        return 0;
    }
    return ip.l4.payload_offset + sizeof(VxlanHeader);
}

void parse_tunnel(ConstBytes frame, const ParseOptions& options, PacketInfo& info) {
    const Layer3& ip = info.outer;
    TunnelKind kind = TunnelKind::none;
    std::size_t inner = 0;
    std::uint32_t tunnel_offset = 0;
    if (options.vxlan_port != 0 && ip.l4.is(L4Kind::udp)) {
        kind = TunnelKind::vxlan;
        inner = vxlan_payload(frame, ip, options.vxlan_port);
        tunnel_offset = ip.l4.payload_offset;
    } else if (options.nvgre && ip.protocol == ipproto::kGre && ip.l4.kind == L4Kind::other) {
        kind = TunnelKind::nvgre;
        inner = nvgre_payload(frame, ip);
        tunnel_offset = ip.l4.offset;
    }
    // The inner frame ends with the outer datagram: Ethernet padding is not its own.
    if (inner == 0 || inner + sizeof(EthernetHeader) > ip.payload_end) {
        return;
    }
    const ConstBytes datagram = frame.first(ip.payload_end);
    info.tunnel = kind;
    info.tunnel_offset = tunnel_offset;
    parse_l2(datagram, inner, 0, options.vlan_ethertype, info.inner_l2);
    parse_l3(datagram, info.inner_l2, options, info.inner);
}

}  // namespace

PacketInfo parse(ConstBytes frame, const ParseOptions& options) noexcept {
    PacketInfo info;
    parse_l2(frame, 0, options.outer_vlan_ethertype, options.vlan_ethertype, info.l2);
    if (!info.l2.present()) {
        return info;
    }
    parse_l3(frame, info.l2, options, info.outer);
    if (info.outer.l4.kind != L4Kind::none) {
        parse_tunnel(frame, options, info);
    }
    return info;
}

}  // namespace ixgbe
