// SPDX-License-Identifier: GPL-2.0-or-later
// Checksums of packets that are not segmented (X550 DS 7.2.5).
#include "net/checksum.h"
#include "net/headers.h"
#include "net/lso.h"

namespace ixgbe {

const char* to_string(ChecksumError error) noexcept {
    switch (error) {
        case ChecksumError::none:
            return "no error";
        case ChecksumError::ip_len_too_short:
            return "IPLEN is shorter than an IPv4 header";
        case ChecksumError::ip_outside_packet:
            return "the IP header reaches beyond the packet";
        case ChecksumError::outer_ip_len_too_short:
            return "OUTERIPLEN is shorter than an IPv4 header";
        case ChecksumError::outer_ip_outside_packet:
            return "the outer IP header reaches beyond the packet";
        case ChecksumError::l4_outside_packet:
            return "the L4 checksum lies beyond the packet";
    }
    return "?";
}

ChecksumError check(const ChecksumRequest& request, std::size_t packet_len) noexcept {
    const HeaderGeometry& g = request.geometry;
    if (g.native_tunnel && g.outer_ip_len < sizeof(Ipv4Header)) {
        return ChecksumError::outer_ip_len_too_short;
    }
    if (g.native_tunnel && g.mac_len + g.outer_ip_len > packet_len) {
        return ChecksumError::outer_ip_outside_packet;
    }
    if (request.ip && g.ip_len < sizeof(Ipv4Header)) {
        return ChecksumError::ip_len_too_short;
    }
    if (request.ip && g.l4_offset() > packet_len) {
        return ChecksumError::ip_outside_packet;
    }
    const auto field = l4_checksum_offset(g.l4);
    const std::size_t field_len = g.l4 == L4::sctp ? sizeof(be32) : sizeof(be16);
    if (request.l4 && field && g.l4_offset() + *field + field_len > packet_len) {
        return ChecksumError::l4_outside_packet;
    }
    return ChecksumError::none;
}

bool insert_ipv4_checksum(Bytes header, std::size_t ip_off, std::size_t ip_len) noexcept {
    if (ip_len < sizeof(Ipv4Header) || !holds(header, ip_off, ip_len)) {
        return false;
    }
    const std::uint16_t sum = ones_complement_sum(header.subspan(ip_off, ip_len));
    const be16 value = static_cast<std::uint16_t>(~sum);
    return write_at(header, ip_off + offsetof(Ipv4Header, checksum), value);
}

bool insert_outer_checksum(Bytes header, const HeaderGeometry& g) noexcept {
    const auto version_ihl = read_at<std::uint8_t>(header, g.mac_len);
    if (!version_ihl) {
        return false;
    }
    return *version_ihl >> 4 != 4 || insert_ipv4_checksum(header, g.mac_len, g.outer_ip_len);
}

bool store_l4_checksum(Bytes header, std::size_t l4_off, L4 kind,
                       std::uint16_t folded_sum) noexcept {
    const auto field = l4_checksum_offset(kind);
    const be16 value = l4_checksum_value(kind, folded_sum);
    // A scattered packet's header may end anywhere; l4_off comes from 7 to 9 bit fields and cannot
    // wrap.
    return field && kind != L4::sctp && write_at(header, l4_off + *field, value);
}

bool store_sctp_checksum(Bytes header, std::size_t l4_off, std::uint32_t crc) noexcept {
    const le32 value = crc;
    return write_at(header, l4_off + offsetof(SctpHeader, checksum), value);
}

bool insert_l4_checksum(Bytes packet, std::size_t l4_off, L4 kind) noexcept {
    if (kind == L4::none) {
        return true;
    }
    if (l4_off > packet.size()) {
        return false;
    }
    const ConstBytes covered = packet.subspan(l4_off);
    if (kind == L4::sctp) {
        return store_sctp_checksum(packet, l4_off, crc32c(covered));
    }
    return store_l4_checksum(packet, l4_off, kind, ones_complement_sum(covered));
}

}  // namespace ixgbe
