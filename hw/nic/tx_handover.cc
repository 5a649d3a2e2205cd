// SPDX-License-Identifier: GPL-2.0-or-later
// Segmentation left to a peer that takes a virtio-net header.
#include <algorithm>
#include <cstddef>

#include "net/headers.h"
#include "nic/tx_path.h"
#include "regs/link.h"
#include "regs/tx.h"

namespace ixgbe {

namespace {

// The masks every TCP segmentation of a host kernel follows; others need our own engine.
constexpr TcpFlagMasks kUsualMasks{};

std::uint16_t ethertype_at(ConstBytes header, std::size_t offset) {
    const auto type = read_at<be16>(header, offset);
    return type ? std::uint16_t{*type} : std::uint16_t{0};
}

constexpr std::size_t kUdpLength = offsetof(UdpHeader, length);

std::uint8_t protocol_of(L4 kind) {
    return kind == L4::tcp ? ipproto::kTcp : ipproto::kUdp;
}

unsigned peer_feature(const HeaderGeometry& g) {
    if (g.l4 == L4::udp) {
        return IXGBE_PEER_USO;
    }
    return g.ipv4 ? IXGBE_PEER_TSO4 : IXGBE_PEER_TSO6;
}

std::uint8_t gso_type(const HeaderGeometry& g) {
    if (g.l4 == L4::udp) {
        return IXGBE_GSO_UDP;
    }
    return g.ipv4 ? IXGBE_GSO_TCPV4 : IXGBE_GSO_TCPV6;
}

constexpr std::uint16_t kVlanType = 0x8100;
constexpr std::uint16_t kProviderVlanType = 0x88a8;

// Hosts step over these tags and no others.
bool is_usual_tag(std::uint16_t type) {
    return type == kVlanType || type == kProviderVlanType;
}

// Only tags that a host knows stand between the addresses and the EtherType.
bool has_plain_tags(const HeaderGeometry& g, ConstBytes header) {
    const std::size_t type_offset = g.mac_len - 2;
    std::size_t offset = offsetof(EthernetHeader, type);
    while (offset < type_offset && is_usual_tag(ethertype_at(header, offset))) {
        offset += sizeof(VlanTag);
    }
    return offset == type_offset;
}

// Ethernet and one IP header of the length the descriptor says, with the L4 protocol it names.
bool has_plain_ip(const TxRequest& request, ConstBytes header) {
    const HeaderGeometry& g = request.geometry;
    const std::uint16_t type = ethertype_at(header, g.mac_len - 2);
    const auto version = read_at<std::uint8_t>(header, g.ip_offset());
    if (!version) {
        return false;
    }
    if (g.ipv4) {
        const auto protocol = read_at<std::uint8_t>(header, g.ip_offset() + 9);
        return type == ethertype::kIpv4 && *version >> 4 == 4 &&
               std::size_t{*version & 0xfU} * 4 == g.ip_len && protocol == protocol_of(g.l4) &&
               request.ip_checksum;
    }
    const auto next = read_at<std::uint8_t>(header, g.ip_offset() + 6);
    return type == ethertype::kIpv6 && *version >> 4 == 6 && g.ip_len == sizeof(Ipv6Header) &&
           next == protocol_of(g.l4);
}

bool has_plain_tcp(const HeaderGeometry& g, ConstBytes header) {
    const auto flags = read_at<be16>(header, g.l4_offset() + 12);
    if (!flags || (*flags & TcpHeader::kCwr) != 0) {
        return false;  // the X550 repeats CWR in middle segments by default, a host does not
    }
    // A host goes by the data offset, the X550 by L4LEN.
    return std::size_t{*flags} >> 12 == g.l4_len / 4 && g.l4_len % 4 == 0;
}

// Rule USO-5: a datagram without a seed wants no sum, which NEEDS_CSUM cannot say.
bool has_plain_udp(const HeaderGeometry& g, ConstBytes header) {
    const auto seed = read_at<be16>(header, g.l4_offset() + 6);
    return g.l4_len == sizeof(UdpHeader) && seed && *seed != 0;
}

// A host counts identifications in 16 bits; LSO-13 wants a carry out of 15 to get lost.
bool has_usual_ids(const TxRequest& request, ConstBytes header) {
    const HeaderGeometry& g = request.geometry;
    if (!g.ipv4 || g.l4 != L4::tcp || request.id_count_mask == 0xffff) {
        return true;
    }
    const auto id = read_at<be16>(header, g.ip_offset() + 4);
    const std::uint32_t last = (request.payload_len - 1) / request.mss;
    return id && (*id & request.id_count_mask) + last <= request.id_count_mask;
}

// No tunnel, and headers that say what the descriptor says: all that GSO in a virtio-net header
// can express.
bool expressible(const TxRequest& request, ConstBytes header) {
    const HeaderGeometry& g = request.geometry;
    return has_plain_tags(g, header) && has_plain_ip(request, header) &&
           has_usual_ids(request, header) &&
           (g.l4 == L4::tcp ? has_plain_tcp(g, header) : has_plain_udp(g, header));
}

// The super-frame's own lengths and sums: what a segment has, for all of the payload at once.
void finish_headers(const HeaderGeometry& g, std::uint32_t payload_len, Bytes header) {
    const auto l4_bytes = static_cast<std::uint16_t>(g.l4_len + payload_len);
    if (g.ipv4) {
        (void)write_at(header, g.ip_offset() + 2,
                       be16{static_cast<std::uint16_t>(g.ip_len + l4_bytes)});
        (void)insert_ipv4_checksum(header, g.ip_offset(), g.ip_len);
    } else {
        (void)write_at(header, g.ip_offset() + 4, be16{l4_bytes});
    }
    if (g.l4 == L4::udp) {
        (void)write_at(header, g.l4_offset() + kUdpLength, be16{l4_bytes});
    }
    // The seed of a segmented packet has no length (DS 7.2.4.2); NEEDS_CSUM wants it in.
    const std::size_t field = g.l4_offset() + l4_checksum_offset(g.l4).value_or(0);
    if (const auto seed = read_at<be16>(header, field)) {
        (void)write_at(header, field, be16{ones_complement_add(*seed, l4_bytes)});
    }
}

bool has_usual_masks(const RegisterFile& regs) {
    const auto low = regs.get<DTXTCPFLGL>();
    const auto high = regs.get<DTXTCPFLGH>();
    return low.get(DTXTCPFLGL::tcp_flg_first_seg) == kUsualMasks.first &&
           low.get(DTXTCPFLGL::tcp_flg_mid_seg) == kUsualMasks.middle &&
           high.get(DTXTCPFLGH::tcp_flg_lst_seg) == kUsualMasks.last;
}

}  // namespace

// Whether the peer may cut this packet, as far as the descriptor and the registers can tell.
bool TxPath::peer_may_cut(const TxRequest& request) const {
    const HeaderGeometry& g = request.geometry;
    const unsigned wanted = IXGBE_PEER_CSUM | peer_feature(g);
    const std::size_t ip_bytes = g.ip_len + g.l4_len + request.payload_len;
    const bool usual_tag =
        !request.insert_vlan ||
        is_usual_tag(static_cast<std::uint16_t>(regs_.get<DMATXCTL>().get(DMATXCTL::vt)));
    // A super-frame that needs padding would be cut with it.
    const bool long_enough = g.mac_len + ip_bytes >= kMinFrame;
    return route_.all() == 0 && usual_tag && long_enough && (peer_ & wanted) == wanted &&
           !g.native_tunnel && request.l4_checksum && g.mac_len >= sizeof(EthernetHeader) &&
           ip_bytes <= 0xffff && request.payload_len > request.mss &&
           !regs_.get<HLREG0>().get(HLREG0::lpbk) &&
           (g.l4 == L4::udp || (g.l4 == L4::tcp && has_usual_masks(regs_)));
}

bool TxPath::hand_over_segmentation(const TxRequest& request, const TxPacket& packet) {
    const HeaderGeometry& g = request.geometry;
    if (!peer_may_cut(request)) {
        return false;
    }
    begin_frame(g.header_len());
    if (!packet.front(header()) || !expressible(request, header())) {
        return false;
    }
    finish_headers(g, request.payload_len, header());
    add_rest(packet);
    offload_ = {.needs_csum = 1,
                .data_valid = 0,
                .gso = gso_type(g),
                .ecn = 0,
                .hdr_len = static_cast<std::uint16_t>(g.header_len()),
                .gso_size = request.mss,
                .csum_start = static_cast<std::uint16_t>(g.l4_offset()),
                .csum_offset = static_cast<std::uint16_t>(l4_checksum_offset(g.l4).value_or(0))};
    count_segments(request);
    const std::uint32_t segments = (request.payload_len + request.mss - 1) / request.mss;
    trace_(TraceEvent::tx_segmented, queue_, segments, request.mss, 1);
    return emit(request, segments);
}

// What the wire will see: full segments and a last one.
void TxPath::count_segments(const TxRequest& request) {
    const std::size_t overhead =
        request.geometry.header_len() + (request.insert_vlan ? kTagBytes : 0) + 4;
    const std::uint32_t full = request.payload_len / request.mss;
    const std::uint32_t rest = request.payload_len % request.mss;
    const bool padded = regs_.get<HLREG0>().get(HLREG0::txpaden);
    const auto wire_len = [&](std::size_t payload) {
        return std::max(overhead + payload, padded ? kMinFrame + 4 : 0);
    };
    stats_.sent(queue_, header().first(6), wire_len(request.mss), full);
    if (rest != 0) {
        stats_.sent(queue_, header().first(6), wire_len(rest));
    }
}

}  // namespace ixgbe
