// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/lso.h"

#include <algorithm>
#include <cstring>

#include "net/checksum.h"
#include "net/headers.h"

namespace ixgbe {
namespace {

constexpr std::size_t kMaxLengthField = 0xFFFF;

std::uint16_t load16(const std::byte* from) {
    be16 value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}

std::uint32_t load32(const std::byte* from) {
    be32 value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}

void store16(std::byte* to, std::uint16_t v) {
    const be16 value = v;
    std::memcpy(to, &value, sizeof(value));
}

void store32(std::byte* to, std::uint32_t v) {
    const be32 value = v;
    std::memcpy(to, &value, sizeof(value));
}

std::uint16_t narrow(std::size_t v) {
    return static_cast<std::uint16_t>(v);
}

std::uint16_t fold(std::uint32_t sum) {
    sum = (sum & 0xFFFF) + (sum >> 16);
    return narrow((sum & 0xFFFF) + (sum >> 16));
}

std::uint32_t halves(std::uint32_t v) {
    return (v >> 16) + (v & 0xFFFF);
}

unsigned ip_version(ConstBytes header, std::size_t offset) {
    return std::to_integer<unsigned>(header[offset]) >> 4;
}

// The least an IP header of that version has; 0: not IP.
std::size_t min_ip_len(unsigned version) {
    switch (version) {
        case 4:
            return sizeof(Ipv4Header);
        case 6:
            return sizeof(Ipv6Header);
        default:
            return 0;
    }
}

// The length field of an IP header of `version` that is followed by `behind` bytes.
std::size_t ip_length_field(unsigned version, std::size_t header_len, std::size_t behind) {
    return header_len + behind - (version == 6 ? sizeof(Ipv6Header) : 0);
}

std::size_t behind_outer_ip(const HeaderGeometry& g) {
    return g.tunnel_len + g.ip_len + g.l4_len;
}

LsoError check_outer(const LsoRequest& request, ConstBytes header, std::size_t largest) {
    const HeaderGeometry& g = request.geometry;
    if (g.outer_ip_len == 0) {
        return LsoError::outer_ip_len_too_short;
    }
    const unsigned version = ip_version(header, g.mac_len);
    if (g.outer_ip_len < min_ip_len(version)) {
        return LsoError::outer_ip_len_too_short;
    }
    const std::size_t field =
        ip_length_field(version, g.outer_ip_len, behind_outer_ip(g) + largest);
    return field > kMaxLengthField ? LsoError::segment_too_long : LsoError::none;
}

// An outer UDP length to set: the descriptor says VXLAN also when its driver never fills in the
// tunnel type, so the outer header has to agree, or a GRE key would be overwritten.
bool has_outer_udp(const HeaderGeometry& g, ConstBytes header) {
    if (!g.vxlan || g.tunnel_len < sizeof(UdpHeader)) {
        return false;
    }
    const bool v4 = ip_version(header, g.mac_len) == 4;
    const std::size_t field =
        v4 ? offsetof(Ipv4Header, protocol) : offsetof(Ipv6Header, next_header);
    return header[g.mac_len + field] == std::byte{ipproto::kUdp};
}

}  // namespace

const char* to_string(LsoError error) noexcept {
    switch (error) {
        case LsoError::none:
            return "no error";
        case LsoError::mss_zero:
            return "MSS is 0";
        case LsoError::sctp:
            return "SCTP cannot be segmented";
        case LsoError::no_l4:
            return "L4T names no protocol";
        case LsoError::l4_len_too_short:
            return "L4LEN is shorter than the L4 header";
        case LsoError::ip_len_too_short:
            return "IPLEN is shorter than the IP header";
        case LsoError::outer_ip_len_too_short:
            return "OUTERIPLEN is shorter than the outer IP header";
        case LsoError::header_too_long:
            return "headers are longer than 512 bytes";
        case LsoError::header_truncated:
            return "the packet ends inside its headers";
        case LsoError::segment_too_long:
            return "a segment is longer than an IP datagram can be";
    }
    return "?";
}

LsoError Segmenter::check(const LsoRequest& request, ConstBytes header_template) noexcept {
    const HeaderGeometry& g = request.geometry;
    if (g.l4 == L4::sctp) {
        return LsoError::sctp;
    }
    if (g.l4 == L4::none) {
        return LsoError::no_l4;
    }
    if (request.mss == 0) {
        return LsoError::mss_zero;
    }
    if (g.l4_len < (g.l4 == L4::tcp ? sizeof(TcpHeader) : sizeof(UdpHeader))) {
        return LsoError::l4_len_too_short;
    }
    const unsigned version = g.ipv4 ? 4 : 6;
    if (g.ip_len < min_ip_len(version)) {
        return LsoError::ip_len_too_short;
    }
    if (g.header_len() > kMaxHeader) {
        return LsoError::header_too_long;
    }
    if (g.header_len() > header_template.size()) {
        return LsoError::header_truncated;
    }
    const std::size_t largest = std::min<std::size_t>(request.mss, request.payload_len);
    if (ip_length_field(version, g.ip_len, g.l4_len + largest) > kMaxLengthField ||
        g.l4_len + largest > kMaxLengthField) {
        return LsoError::segment_too_long;
    }
    return g.native_tunnel ? check_outer(request, header_template, largest) : LsoError::none;
}

std::optional<Segmenter> Segmenter::create(const LsoRequest& request,
                                           ConstBytes header_template) noexcept {
    if (check(request, header_template) != LsoError::none) {
        return std::nullopt;
    }
    return Segmenter(request, header_template);
}

Segmenter::Segmenter(const LsoRequest& request, ConstBytes header_template) noexcept
    : payload_len_(request.payload_len),
      mss_(request.mss),
      insert_l4_checksum_(request.insert_l4_checksum),
      l4_(request.geometry.l4),
      header_len_(narrow(request.geometry.header_len())),
      l4_offset_(narrow(request.geometry.l4_offset())),
      l4_len_(narrow(request.geometry.l4_len)),
      masks_(request.masks) {
    std::memcpy(template_.data(), header_template.data(), header_len_);
    if (request.geometry.native_tunnel) {
        prepare_outer(request.geometry);
    }
    prepare_ip(request);
    prepare_l4();
}

// Sums everything but the fields that change; those are zeroed in the template and added per
// segment.
void Segmenter::prepare_fields(IpFields& ip, std::size_t length) noexcept {
    std::byte* const header = template_.data() + ip.offset;
    if (!ip.ipv4) {
        return;
    }
    ip.id = load16(header + offsetof(Ipv4Header, id));
    store16(header + offsetof(Ipv4Header, total_length), 0);
    store16(header + offsetof(Ipv4Header, id), 0);
    ip.sum = ones_complement_sum(ConstBytes(header, length));
}

void Segmenter::prepare_outer(const HeaderGeometry& g) noexcept {
    const ConstBytes header = ConstBytes(template_).first(header_len_);
    const unsigned version = ip_version(header, g.mac_len);
    if (has_outer_udp(g, header)) {
        outer_udp_offset_ = narrow(g.mac_len + g.outer_ip_len);
        outer_udp_fixed_len_ = narrow(behind_outer_ip(g));
    }
    outer_.present = min_ip_len(version) != 0;
    outer_.ipv4 = version == 4;
    outer_.insert_checksum = outer_.ipv4;
    outer_.offset = narrow(g.mac_len);
    outer_.fixed_len = narrow(ip_length_field(version, g.outer_ip_len, behind_outer_ip(g)));
    prepare_fields(outer_, g.outer_ip_len);
}

void Segmenter::prepare_ip(const LsoRequest& request) noexcept {
    const HeaderGeometry& g = request.geometry;
    ip_.present = true;
    ip_.ipv4 = g.ipv4;
    ip_.insert_checksum = g.ipv4 && request.insert_ip_checksum;
    ip_.offset = narrow(g.ip_offset());
    ip_.fixed_len = narrow(ip_length_field(g.ipv4 ? 4 : 6, g.ip_len, g.l4_len));
    ip_.id_count_mask = request.id_count_mask;
    prepare_fields(ip_, g.ip_len);
}

void Segmenter::prepare_l4() noexcept {
    std::byte* const header = template_.data() + l4_offset_;
    if (l4_ == L4::tcp) {
        tcp_seq_ = load32(header + offsetof(TcpHeader, seq));
        tcp_word_ = load16(header + offsetof(TcpHeader, offset_flags));
        store32(header + offsetof(TcpHeader, seq), 0);
        store16(header + offsetof(TcpHeader, offset_flags), 0);
    } else {
        store16(header + offsetof(UdpHeader, length), 0);
        // Rule USO-5: a UDP header without a seed asks for no checksum.
        insert_l4_checksum_ =
            insert_l4_checksum_ && load16(header + offsetof(UdpHeader, checksum)) != 0;
    }
    if (insert_l4_checksum_) {
        l4_sum_ = ones_complement_sum(ConstBytes(header, l4_len_));
    }
}

std::uint32_t Segmenter::segment_count() const noexcept {
    return payload_len_ == 0 ? 1 : (payload_len_ - 1) / mss_ + 1;
}

std::optional<Segmenter::Segment> Segmenter::next() noexcept {
    if (finished_) {
        return std::nullopt;
    }
    const std::uint32_t remaining = payload_len_ - sent_;
    Segment segment;
    segment.payload_offset = sent_;
    segment.payload_len = std::min(mss_, remaining);
    segment.index = index_;
    segment.first = index_ == 0;
    segment.last = remaining <= mss_;
    segment.only = segment.first && segment.last;
    sent_ += segment.payload_len;
    ++index_;
    finished_ = segment.last;
    return segment;
}

void Segmenter::write_ip(const IpFields& ip, const Segment& segment, std::byte* frame) noexcept {
    std::byte* const header = frame + ip.offset;
    const std::uint16_t length = narrow(ip.fixed_len + segment.payload_len);
    if (!ip.ipv4) {
        store16(header + offsetof(Ipv6Header, payload_length), length);
        return;
    }
    const std::uint32_t count = ip.id + segment.index;
    const auto id = narrow((ip.id & ~ip.id_count_mask) | (count & ip.id_count_mask));
    store16(header + offsetof(Ipv4Header, total_length), length);
    store16(header + offsetof(Ipv4Header, id), id);
    if (ip.insert_checksum) {
        store16(header + offsetof(Ipv4Header, checksum), narrow(~fold(ip.sum + length + id)));
    }
}

std::uint16_t Segmenter::tcp_word(const Segment& segment) const noexcept {
    if (segment.only) {
        return tcp_word_;
    }
    const std::uint16_t mask = segment.first  ? masks_.first
                               : segment.last ? masks_.last
                                              : masks_.middle;
    const unsigned data_offset = 0xFFFFu - TcpHeader::kFlagsMask;
    return narrow(tcp_word_ & (mask | data_offset));
}

void Segmenter::write_tcp(const Segment& segment, std::uint16_t payload_sum,
                          std::byte* header) const noexcept {
    const std::uint32_t seq = tcp_seq_ + segment.payload_offset;
    const std::uint16_t word = tcp_word(segment);
    store32(header + offsetof(TcpHeader, seq), seq);
    store16(header + offsetof(TcpHeader, offset_flags), word);
    if (insert_l4_checksum_) {
        const std::uint32_t sum =
            l4_sum_ + halves(seq) + word + l4_len_ + segment.payload_len + payload_sum;
        store16(header + offsetof(TcpHeader, checksum), l4_checksum_value(L4::tcp, fold(sum)));
    }
}

void Segmenter::write_udp(const Segment& segment, std::uint16_t payload_sum,
                          std::byte* header) const noexcept {
    const std::uint32_t length = l4_len_ + segment.payload_len;
    store16(header + offsetof(UdpHeader, length), narrow(length));
    if (insert_l4_checksum_) {
        // The length counts twice: in the header and in the pseudo-header.
        const std::uint32_t sum = l4_sum_ + 2 * length + payload_sum;
        store16(header + offsetof(UdpHeader, checksum), l4_checksum_value(L4::udp, fold(sum)));
    }
}

void Segmenter::write_header(const Segment& segment, std::uint16_t payload_sum,
                             Bytes header_out) const noexcept {
    if (header_out.size() < header_len_) {
        return;
    }
    std::byte* const frame = header_out.data();
    std::memcpy(frame, template_.data(), header_len_);
    if (outer_.present) {
        write_ip(outer_, segment, frame);
    }
    if (outer_udp_offset_ != 0) {
        store16(frame + outer_udp_offset_ + offsetof(UdpHeader, length),
                narrow(outer_udp_fixed_len_ + segment.payload_len));
    }
    write_ip(ip_, segment, frame);
    if (l4_ == L4::tcp) {
        write_tcp(segment, payload_sum, frame + l4_offset_);
    } else {
        write_udp(segment, payload_sum, frame + l4_offset_);
    }
}

}  // namespace ixgbe
