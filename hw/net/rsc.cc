// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/rsc.h"

#include <algorithm>
#include <cstring>

#include "net/headers.h"

namespace ixgbe {

namespace {

constexpr std::size_t kIpv4Checksum = 10;
constexpr std::size_t kIpv4TotalLength = 2;
constexpr std::size_t kIpv4Id = 4;
constexpr std::size_t kIpv4Ttl = 8;
constexpr std::size_t kIpv4Addresses = 12;
constexpr std::size_t kIpv6PayloadLength = 4;
constexpr std::size_t kIpv6HopLimit = 7;
constexpr std::size_t kIpv6Addresses = 8;
constexpr std::size_t kTcpSeq = 4;
constexpr std::size_t kTcpAck = 8;
constexpr std::size_t kTcpFlags = 12;
constexpr std::size_t kTcpWindow = 14;
constexpr std::size_t kTcpChecksum = 16;
constexpr std::size_t kTimestampOptions = 12;
constexpr std::uint32_t kTimestampLayout = 0x0101080A;  // NOP, NOP, timestamps, ten bytes
constexpr std::size_t kTsval = sizeof(TcpHeader) + 4;
constexpr std::size_t kTsecr = sizeof(TcpHeader) + 8;
constexpr std::uint16_t kMayJoin = TcpHeader::kAck | TcpHeader::kPsh;

// Sequence numbers and timestamps count modulo 2^32.
bool before(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b) < 0;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
    hash = (hash ^ word) * kOdd;
    return hash ^ hash >> 29;
}

bool same(ConstBytes a, ConstBytes b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

// A number's worth of bytes.
template <typename T>
bool same(ConstBytes a, std::size_t a_offset, ConstBytes b, std::size_t b_offset) {
    return checksum_detail::load<T>(a.data() + a_offset) ==
           checksum_detail::load<T>(b.data() + b_offset);
}

// Options may be absent, or the one layout that stacks send (RSC-16).
bool read_options(ConstBytes frame, const RscOptions& allowed, RscSegment& segment) {
    const std::size_t options = segment.header_len - segment.l4_offset - sizeof(TcpHeader);
    if (options == 0) {
        return true;
    }
    const auto layout = read_at<be32>(frame, segment.l4_offset + sizeof(TcpHeader));
    const auto tsval = read_at<be32>(frame, segment.l4_offset + kTsval);
    const auto tsecr = read_at<be32>(frame, segment.l4_offset + kTsecr);
    if (!allowed.timestamps || options != kTimestampOptions || !layout ||
        *layout != kTimestampLayout || !tsval || !tsecr) {
        return false;
    }
    segment.timestamps = true;
    segment.tsval = *tsval;
    segment.tsecr = *tsecr;
    return true;
}

// Of the pseudo-header and what `l4` is.
ChecksumAccumulator tcp_sum(ConstBytes addresses, ConstBytes l4, std::size_t length) {
    ChecksumAccumulator sum;
    sum.add_be16(ipproto::kTcp);
    sum.add_be16(static_cast<std::uint16_t>(length));
    sum.add(addresses);
    sum.add(l4);
    return sum;
}

ConstBytes addresses_in(ConstBytes frame, std::size_t l3, bool ipv4) {
    return ipv4 ? frame.subspan(l3 + kIpv4Addresses, 8) : frame.subspan(l3 + kIpv6Addresses, 32);
}

bool version_on(const Layer3& ip, const RscOptions& options) {
    return (ip.kind == L3Kind::ipv4 && options.ipv4) || (ip.kind == L3Kind::ipv6 && options.ipv6);
}

bool may_coalesce(const PacketInfo& info, const RscOptions& options) {
    const Layer3& ip = info.outer;
    return !info.has_inner() && !info.l2.has_outer_vlan && ip.nested == L3Kind::none &&
           version_on(ip, options) && !ip.has_options && !ip.has_extensions && !ip.fragment &&
           ip.l4_checkable() && ip.l4.is(L4Kind::tcp) &&
           ip.l4.payload_offset <= RscUnit::kMaxHeader;
}

}  // namespace

std::uint64_t rsc_connection(ConstBytes frame, const PacketInfo& info) noexcept {
    const Layer3& ip = info.outer;
    if (!ip.l4.is(L4Kind::tcp) || info.has_inner()) {
        return 0;
    }
    auto hash = static_cast<std::uint64_t>(ip.kind);
    for (std::size_t at = 0; at < 2 * ip.address_len(); at += sizeof(std::uint64_t)) {
        hash = mix(hash, read_at<std::uint64_t>(frame, ip.src_offset + at).value_or(0));
    }
    hash = mix(hash, read_at<std::uint32_t>(frame, ip.l4.offset).value_or(0));
    return hash | 1;  // never "no TCP"
}

std::optional<RscSegment> rsc_segment(ConstBytes frame, const PacketInfo& info,
                                      const RscOptions& options) noexcept {
    if (!may_coalesce(info, options)) {
        return std::nullopt;
    }
    const Layer3& ip = info.outer;
    const auto* const tcp = view_at<TcpHeader>(frame, ip.l4.offset);
    const std::uint16_t flags = tcp != nullptr ? tcp->flags() : 0;
    if ((flags & ~kMayJoin) != 0 || (flags & TcpHeader::kAck) == 0) {
        return std::nullopt;
    }
    const bool ipv4 = ip.kind == L3Kind::ipv4;
    const std::size_t hop_limit = ip.offset + (ipv4 ? kIpv4Ttl : kIpv6HopLimit);
    std::optional<RscSegment> out(
        RscSegment{.ipv4 = ipv4,
                   .hop_limit = read_at<std::uint8_t>(frame, hop_limit).value_or(0),
                   .flags = flags,
                   .window = tcp->window,
                   .l3_offset = ip.offset,
                   .l4_offset = ip.l4.offset,
                   .header_len = ip.l4.payload_offset,
                   .payload_len = ip.payload_end - ip.l4.payload_offset,
                   .seq = tcp->seq,
                   .ack = tcp->ack,
                   .connection = rsc_connection(frame, info)});
    if (!read_options(frame, options, *out)) {
        out.reset();
    }
    return out;
}

RscException rsc_exception(ConstBytes frame, const PacketInfo& info,
                           const RscOptions& options) noexcept {
    const Layer3& ip = info.outer;
    if (info.has_inner() || ip.protocol != ipproto::kTcp || !version_on(ip, options)) {
        return RscException::none;
    }
    if (ip.fragment) {
        return RscException::fragment;
    }
    if (ip.has_options || ip.has_extensions) {
        return RscException::ip_option;
    }
    const auto* const tcp = view_at<TcpHeader>(frame, ip.l4.offset);
    if (!ip.l4.is(L4Kind::tcp) || !tcp) {
        return RscException::none;
    }
    const auto strange = static_cast<std::uint16_t>(tcp->flags() & ~kMayJoin);
    if (strange != 0 || (tcp->flags() & TcpHeader::kAck) == 0) {
        const bool ecn_only = strange != 0 && (strange & ~(TcpHeader::kEce | TcpHeader::kCwr)) == 0;
        return ecn_only ? RscException::ecn : RscException::flag;
    }
    return ip.l4.header_len > sizeof(TcpHeader) ? RscException::option : RscException::none;
}

bool RscUnit::same_connection(ConstBytes frame, const RscSegment& segment) const noexcept {
    if (segment.connection != connection_ || segment.ipv4 != ipv4_) {
        return false;
    }
    const ConstBytes own(header_);
    return same<std::uint32_t>(own, l4_, frame, segment.l4_offset) &&
           (ipv4_ ? same<std::uint64_t>(own, l3_ + kIpv4Addresses, frame,
                                        segment.l3_offset + kIpv4Addresses)
                  : same(addresses_in(own, l3_, false),
                         addresses_in(frame, segment.l3_offset, false)));
}

// Everything else that has to be equal: MAC addresses and tag (RSC-6); TOS and DF, or traffic class
// and flow label (RSC-9); the layout of the TCP header (RSC-T10).
bool RscUnit::same_envelope(ConstBytes frame, const RscSegment& segment) const noexcept {
    if (segment.l3_offset != l3_ || segment.header_len != header_len_ ||
        segment.timestamps != timestamps_) {
        return false;
    }
    const ConstBytes own(header_);
    if (!same(own.first(l3_), frame.first(l3_))) {
        return false;
    }
    if (!ipv4_) {
        return same<std::uint32_t>(own, l3_, frame, l3_);
    }
    constexpr std::size_t kTos = 1;
    constexpr std::size_t kFragment = 6;
    return same<std::uint8_t>(own, l3_ + kTos, frame, l3_ + kTos) &&
           same<std::uint16_t>(own, l3_ + kFragment, frame, l3_ + kFragment);
}

RscStep RscUnit::decide(ConstBytes frame, const RscSegment& segment,
                        const RscOptions& options) const noexcept {
    if (segment.pure_ack()) {
        const bool update = segment.next_seq() == next_seq_ && segment.ack == ack_ &&
                            segment.window != window_ && same_envelope(frame, segment);
        return update && options.window_updates ? RscStep::window_update : RscStep::alone;
    }
    const bool joins = segment.seq == next_seq_ && !before(segment.ack, ack_) &&
                       !(timestamps_ && before(segment.tsval, tsval_)) &&
                       !(push_ && options.close_on_push) && fits(segment, options) &&
                       same_envelope(frame, segment);
    return joins ? RscStep::append : RscStep::start;
}

bool RscUnit::fits(const RscSegment& segment, const RscOptions& options) const noexcept {
    const std::size_t datagram = header_len_ - l3_ + payload_len_ + segment.payload_len;
    return datagram <= kMaxDatagram && count_ < options.max_segments;
}

RscSplit RscUnit::split(ConstBytes frame, const RscSegment& segment,
                        const RscOptions& options) const noexcept {
    if (segment.seq != next_seq_) {
        return RscSplit::other;
    }
    if (!fits(segment, options)) {
        return RscSplit::full;
    }
    constexpr std::size_t kTos = 1;  // with the lower bits of the traffic class
    const auto marks = [&](ConstBytes bytes, std::uint32_t l3) {
        const auto byte = read_at<std::uint8_t>(bytes, l3 + kTos).value_or(0);
        return ipv4_ ? byte & 0x3 : byte >> 4 & 0x3;
    };
    return marks(header_, l3_) != marks(frame, segment.l3_offset) ? RscSplit::ecn : RscSplit::other;
}

void RscUnit::begin(ConstBytes frame, const RscSegment& segment) noexcept {
    open(frame, segment);
    add_payload(segment, payload_sum_of(frame, segment), 1);
}

void RscUnit::begin_super(ConstBytes frame, const RscSegment& segment, std::uint16_t payload_sum,
                          unsigned segments) noexcept {
    open(frame, segment);
    add_payload(segment, payload_sum, segments);
    changed_ = true;
}

void RscUnit::open(ConstBytes frame, const RscSegment& segment) noexcept {
    connection_ = segment.connection;
    header_len_ = segment.header_len;
    l3_ = segment.l3_offset;
    l4_ = segment.l4_offset;
    ipv4_ = segment.ipv4;
    timestamps_ = segment.timestamps;
    hop_limit_ = segment.hop_limit;
    push_ = false;
    changed_ = false;
    payload_len_ = 0;
    payload_sum_ = {};
    count_ = 0;
    std::memcpy(header_.data(), frame.data(), header_len_);
    (void)write_at(Bytes(header_), l4_ + kTcpSeq, be32(segment.seq));
}

void RscUnit::append(ConstBytes frame, const RscSegment& segment) noexcept {
    hop_limit_ = std::min(hop_limit_, segment.hop_limit);
    add_payload(segment, payload_sum_of(frame, segment), 1);
}

void RscUnit::advance_id(std::uint16_t by) noexcept {
    const auto id = read_at<be16>(ConstBytes(header_), l3_ + kIpv4Id);
    if (ipv4_ && id) {
        (void)write_at(Bytes(header_), l3_ + kIpv4Id, be16(static_cast<std::uint16_t>(*id + by)));
    }
}

// A segment whose checksum is right sums to zero with its pseudo-header, so the sum of its payload
// is what is missing from that of its headers: the payload itself need not be read again.
std::uint16_t RscUnit::payload_sum_of(ConstBytes frame, const RscSegment& segment) const noexcept {
    const std::size_t l4_header = segment.header_len - segment.l4_offset;
    const ChecksumAccumulator headers =
        tcp_sum(addresses_in(frame, segment.l3_offset, ipv4_),
                frame.subspan(segment.l4_offset, l4_header), l4_header + segment.payload_len);
    return static_cast<std::uint16_t>(~headers.fold());
}

void RscUnit::add_payload(const RscSegment& segment, std::uint16_t sum,
                          unsigned segments) noexcept {
    payload_sum_.add_sum(sum, segment.payload_len);
    payload_len_ += segment.payload_len;
    count_ += segments;
    next_seq_ = segment.next_seq();
    ack_ = segment.ack;
    window_ = segment.window;
    tsval_ = segment.tsval;
    tsecr_ = segment.tsecr;
    push_ = push_ || (segment.flags & TcpHeader::kPsh) != 0;
}

void RscUnit::finish_ip() noexcept {
    const Bytes own(header_);
    const std::size_t length = header_len_ - l3_ + payload_len_;
    if (!ipv4_) {
        const be16 payload = static_cast<std::uint16_t>(length - sizeof(Ipv6Header));
        (void)write_at(own, l3_ + kIpv6PayloadLength, payload);
        (void)write_at(own, l3_ + kIpv6HopLimit, hop_limit_);
        return;
    }
    (void)write_at(own, l3_ + kIpv4TotalLength, be16(static_cast<std::uint16_t>(length)));
    (void)write_at(own, l3_ + kIpv4Ttl, hop_limit_);
    (void)write_at(own, l3_ + kIpv4Checksum, be16(0));
    const std::uint16_t sum = ones_complement_sum(own.subspan(l3_, sizeof(Ipv4Header)));
    (void)write_at(own, l3_ + kIpv4Checksum, be16(static_cast<std::uint16_t>(~sum)));
}

ConstBytes RscUnit::finish() noexcept {
    finish_ip();
    finish_tcp();
    return ConstBytes(header_).first(header_len_);
}

void RscUnit::finish_tcp() noexcept {
    const Bytes own(header_);
    const auto word = read_at<be16>(own, l4_ + kTcpFlags).value_or(be16(0));
    const auto kept = static_cast<std::uint16_t>(word & ~TcpHeader::kPsh);
    (void)write_at(own, l4_ + kTcpFlags,
                   be16(static_cast<std::uint16_t>(kept | (push_ ? TcpHeader::kPsh : 0))));
    (void)write_at(own, l4_ + kTcpAck, be32(ack_));
    (void)write_at(own, l4_ + kTcpWindow, be16(window_));
    if (timestamps_) {
        (void)write_at(own, l4_ + kTsval, be32(tsval_));
        (void)write_at(own, l4_ + kTsecr, be32(tsecr_));
    }
    (void)write_at(own, l4_ + kTcpChecksum, be16(0));
    const std::size_t l4_header = header_len_ - l4_;
    ChecksumAccumulator sum = tcp_sum(addresses_in(own, l3_, ipv4_), own.subspan(l4_, l4_header),
                                      l4_header + payload_len_);
    sum.add_sum(payload_sum_.fold(), payload_len_);
    (void)write_at(own, l4_ + kTcpChecksum, be16(static_cast<std::uint16_t>(~sum.fold())));
}

}  // namespace ixgbe
