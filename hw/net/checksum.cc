// SPDX-License-Identifier: GPL-2.0-or-later
// Verdicts on received frames.
#include "net/checksum.h"

#include <array>

#include "net/headers.h"

namespace ixgbe {
namespace {

// A byte string that carries its own right checksum sums to -0.
constexpr std::uint16_t kGood = 0xFFFF;

bool ipv4_header_is_bad(ConstBytes frame, const Layer3& ip) {
    // Options and all, X550 DS 7.1.11.2.
    return ones_complement_sum(frame.subspan(ip.offset, ip.header_len)) != kGood;
}

bool sum_is_bad(ConstBytes frame, const Layer3& ip) {
    ChecksumAccumulator sum = pseudo_header(frame, ip, ip.protocol);
    sum.add_be16(static_cast<std::uint16_t>(ip.payload_len()));
    sum.add(frame.subspan(ip.l4.offset, ip.payload_len()));
    return sum.fold() != kGood;
}

bool sctp_is_bad(ConstBytes frame, const Layer3& ip) {
    const ConstBytes packet = frame.subspan(ip.l4.offset, ip.payload_len());
    const auto* const header = view_at<SctpHeader>(packet, 0);
    if (!header) {
        return true;
    }
    // The CRC was made with zeros in its own place (RFC 9260 section 6.8).
    constexpr std::size_t field = offsetof(SctpHeader, checksum);
    constexpr std::array<std::byte, sizeof(header->checksum)> zeros{};
    std::uint32_t crc = crc32c(packet.first(field));
    crc = crc32c(zeros, crc);
    crc = crc32c(packet.subspan(sizeof(SctpHeader)), crc);
    return crc != header->checksum;
}

void verify_udp(ConstBytes frame, const Layer3& ip, L4Trust trust, ChecksumVerdict& verdict) {
    const auto* const header = view_at<UdpHeader>(frame, ip.l4.offset);
    if (!header) {
        return;
    }
    const bool without_sum = header->checksum == 0;
    if (without_sum && ip.kind == L3Kind::ipv4) {
        return;  // the sender made none
    }
    const bool vouched = trust == L4Trust::vouched;
    if (!vouched && header->length != ip.payload_len()) {
        return;  // which bytes are summed would be a guess
    }
    verdict.l4_checked = true;
    verdict.udp_present = true;
    // IPv6 does not allow UDP without a checksum (RFC 8200 section 8.1).
    verdict.l4_bad = without_sum || (!vouched && sum_is_bad(frame, ip));
}

void verify_l4(ConstBytes frame, const Layer3& ip, L4Trust trust, ChecksumVerdict& verdict) {
    if (!ip.l4_checkable()) {
        return;
    }
    const bool vouched = trust == L4Trust::vouched;
    switch (ip.l4.kind) {
        case L4Kind::tcp:
            verdict.l4_checked = true;
            verdict.l4_bad = !vouched && sum_is_bad(frame, ip);
            break;
        case L4Kind::udp:
            verify_udp(frame, ip, trust, verdict);
            break;
        case L4Kind::sctp:
            verdict.l4_checked = true;
            verdict.l4_bad = !vouched && sctp_is_bad(frame, ip);
            break;
        case L4Kind::none:
        case L4Kind::other:
            break;
    }
}

void verify_tunnel(ConstBytes frame, const PacketInfo& info, ChecksumVerdict& verdict) {
    if (info.outer.kind == L3Kind::ipv4) {
        verdict.outer_ip_checked = true;
        verdict.outer_bad = ipv4_header_is_bad(frame, info.outer);
    }
    if (info.tunnel == TunnelKind::vxlan) {
        // The X550 does not verify an outer UDP checksum; it reports that there is one.
        const auto* const udp = view_at<UdpHeader>(frame, info.outer.l4.offset);
        verdict.outer_bad = verdict.outer_bad || (udp && udp->checksum != 0);
    }
}

}  // namespace

ChecksumVerdict verify(ConstBytes frame, const PacketInfo& info, L4Trust trust) noexcept {
    ChecksumVerdict verdict;
    if (info.has_inner()) {
        verify_tunnel(frame, info, verdict);
    }
    const Layer3& ip = info.innermost();
    if (ip.kind == L3Kind::ipv4) {
        verdict.ip_checked = true;
        verdict.ip_bad = ipv4_header_is_bad(frame, ip);
    }
    verify_l4(frame, ip, trust, verdict);
    return verdict;
}

}  // namespace ixgbe
