// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/tx_path.h"

#include <algorithm>
#include <cstring>

#include "net/headers.h"
#include "regs/link.h"
#include "regs/tx.h"

namespace ixgbe {

namespace {

constexpr std::size_t kEthernetAddresses = 12;
constexpr std::size_t kFcsBytes = 4;
constexpr std::size_t kMinPacket = 13;  // DS 7.2.3.2.2: shorter ones vanish
constexpr std::array<std::byte, 64> kZeros{};

ConstBytes as_bytes(const iovec& piece) {
    return {static_cast<const std::byte*>(piece.iov_base), piece.iov_len};
}

// Flag masks of the segments: DS 8.2.2.10.3.
TcpFlagMasks flag_masks(const RegisterFile& regs) {
    const auto low = regs.get<DTXTCPFLGL>();
    const auto high = regs.get<DTXTCPFLGH>();
    return {.first = static_cast<std::uint16_t>(low.get(DTXTCPFLGL::tcp_flg_first_seg)),
            .middle = static_cast<std::uint16_t>(low.get(DTXTCPFLGL::tcp_flg_mid_seg)),
            .last = static_cast<std::uint16_t>(high.get(DTXTCPFLGH::tcp_flg_lst_seg))};
}

// Datagrams count in all bits, whatever TCP does (USO-7).
std::uint16_t id_count_mask(const TxRequest& request) {
    return request.geometry.l4 == L4::udp ? std::uint16_t{0xffff} : request.id_count_mask;
}

// Bytes of header a request patches; the rest of the packet is never copied.
std::size_t patched_bytes(const TxRequest& request, std::size_t packet_len) {
    std::size_t end = kEthernetAddresses + (request.insert_vlan ? 4 : 0);  // room for an outer tag
    if (request.ip_checksum || request.geometry.native_tunnel) {
        end = std::max(end, request.geometry.l4_offset());
    }
    if (request.l4_checksum) {
        const auto field = l4_checksum_offset(request.geometry.l4);
        end = std::max(end, request.geometry.l4_offset() + (field ? *field + 4 : 0));
    }
    if (request.raw_checksum) {
        end = std::max<std::size_t>(end, request.cso + std::size_t{2});
    }
    return std::min(end, packet_len);
}

}  // namespace

TxPath::TxPath(Host& host, RegisterFile& regs, PoolSwitch& pools, RxPath& receiver, Link& link,
               Stats& stats, Tracer& trace)
    : host_(host),
      regs_(regs),
      pools_(pools),
      receiver_(receiver),
      link_(link),
      stats_(stats),
      trace_(trace) {}

TxPath::Result TxPath::transmit(unsigned queue, const TxRequest& request, TxPacket& packet,
                                std::uint32_t segments_sent) {
    queue_ = queue;
    blocked_ = false;
    held_ = false;
    frames_ = 0;
    copies_ = 0;
    segments_sent_ = segments_sent;
    unfinished_ = false;
    if (!request.insert_fcs && packet.size() > kFcsBytes) {
        packet.trim(kFcsBytes);  // no backend carries an FCS
    }
    TxDrop drop = refuse(request, packet);
    if (drop == TxDrop::none) {
        drop = route(request, packet);
    }
    if (drop == TxDrop::none) {
        drop = request.segment ? send_segments(request, packet) : send_whole(request, packet);
    }
    return {.drop = drop,
            .blocked = blocked_,
            .held = held_,
            .frames = frames_,
            .work = frames_ + copies_,
            .unfinished = unfinished_};
}

TxDrop TxPath::refuse(const TxRequest& request, const TxPacket& packet) const {
    if (packet.size() < kMinPacket) {
        return TxDrop::too_short;
    }
    if (!link_.up() && !regs_.get<HLREG0>().get(HLREG0::lpbk)) {
        return TxDrop::link_down;
    }
    if (request.ipsec) {
        host_.guest_error("POPTS.IPSEC: SECTXSTAT says that IPsec is off; packet dropped");
        return TxDrop::unsupported;
    }
    if (!request.segment && packet.size() > kMaxFrame) {
        host_.guest_error("packet longer than 15.5 KB without TSE: dropped (DS 7.2.3.3)");
        return TxDrop::too_long;
    }
    return TxDrop::none;
}

TxDrop TxPath::send_whole(const TxRequest& request, const TxPacket& packet) {
    begin_frame(patched_bytes(request, packet.size()));
    if (!packet.front(header())) {
        return TxDrop::too_short;
    }
    const TxDrop drop = insert_checksums(request, packet);
    if (drop != TxDrop::none) {
        return drop;
    }
    add_rest(packet);
    unfinished_ = !emit(request);
    return TxDrop::none;
}

// DS 7.2.5: from lengths alone; sums include what stands in the checksum fields.
TxDrop TxPath::insert_checksums(const TxRequest& request, const TxPacket& packet) {
    const HeaderGeometry& geometry = request.geometry;
    const ChecksumError error =
        check(ChecksumRequest{geometry, request.ip_checksum, request.l4_checksum}, packet.size());
    if (error != ChecksumError::none) {
        host_.guest_error(to_string(error));
        return TxDrop::bad_header_lengths;
    }
    bool done = true;
    if (geometry.native_tunnel) {
        const auto version = read_at<std::uint8_t>(header(), geometry.mac_len);
        if (version && *version >> 4 == 4) {
            done = insert_ipv4_checksum(header(), geometry.mac_len, geometry.outer_ip_len);
        }
    }
    if (request.ip_checksum) {
        done = done && insert_ipv4_checksum(header(), geometry.ip_offset(), geometry.ip_len);
    }
    if (request.l4_checksum && geometry.l4 == L4::sctp) {
        std::uint32_t crc = crc32c(header().subspan(geometry.l4_offset()));
        PieceCursor rest(packet.pieces());
        rest.skip(header_bytes_);
        for (ConstBytes slice = rest.take(packet.size()); !slice.empty();
             slice = rest.take(packet.size())) {
            crc = crc32c(slice, crc);
        }
        done = done && store_sctp_checksum(header(), geometry.l4_offset(), crc);
    } else if (request.l4_checksum && geometry.l4 != L4::none && !hand_over_checksum(request)) {
        done = done && store_l4_checksum(header(), geometry.l4_offset(), geometry.l4,
                                         sum_from(packet, geometry.l4_offset()));
    }
    if (request.raw_checksum) {
        insert_raw_checksum(request, packet);
    }
    return done ? TxDrop::none : TxDrop::bad_header_lengths;
}

// Legacy IC: ignored if it points outside; 0 stays 0. DS 7.2.3.2.2.
void TxPath::insert_raw_checksum(const TxRequest& request, const TxPacket& packet) {
    if (request.css > packet.size() || request.cso + std::size_t{1} >= packet.size()) {
        return;
    }
    const be16 value = static_cast<std::uint16_t>(~sum_from(packet, request.css));
    (void)write_at(header(), request.cso, value);
}

// Folded sum of the packet's bytes from `offset` on, as they are now in header and pieces.
std::uint16_t TxPath::sum_from(const TxPacket& packet, std::size_t offset) const {
    ChecksumAccumulator sum;
    const ConstBytes own = ConstBytes(buffer_).subspan(kTagBytes, header_bytes_);
    sum.add(own.subspan(std::min(offset, own.size())));
    PieceCursor rest(packet.pieces());
    rest.skip(std::max(header_bytes_, offset));
    for (ConstBytes slice = rest.take(packet.size()); !slice.empty();
         slice = rest.take(packet.size())) {
        sum.add(slice);
    }
    return sum.fold();
}

// The seed in the field is what a virtio-net header's NEEDS_CSUM expects: leave the sum to the
// peer.
bool TxPath::hand_over_checksum(const TxRequest& request) {
    const auto field = l4_checksum_offset(request.geometry.l4);
    if ((peer_ & IXGBE_PEER_CSUM) == 0 || !field || regs_.get<HLREG0>().get(HLREG0::lpbk)) {
        return false;
    }
    offload_.needs_csum = 1;
    offload_.csum_start = static_cast<std::uint16_t>(request.geometry.l4_offset());
    offload_.csum_offset = static_cast<std::uint16_t>(*field);
    return true;
}

// DS 7.2.4: the headers once a segment, patched; the payload in slices of MSS bytes.
TxDrop TxPath::send_segments(const TxRequest& request, const TxPacket& packet) {
    const std::size_t header_len = request.geometry.header_len();
    if (header_len > packet.size() || packet.size() - header_len != request.payload_len) {
        host_.guest_error("TSE: PAYLEN is not what follows the headers; packet dropped (DS 7.2.4)");
        return TxDrop::bad_segmentation;
    }
    const LsoRequest lso{.geometry = request.geometry,
                         .mss = request.mss,
                         .payload_len = request.payload_len,
                         .insert_ip_checksum = request.ip_checksum,
                         .insert_l4_checksum = request.l4_checksum,
                         .masks = flag_masks(regs_),
                         .id_count_mask = id_count_mask(request)};
    std::array<std::byte, kMaxHeader> prototype{};
    const auto headers = Bytes(prototype).first(std::min(header_len, prototype.size()));
    const LsoError error =
        packet.front(headers) ? Segmenter::check(lso, headers) : LsoError::header_truncated;
    if (error != LsoError::none) {
        host_.guest_error(to_string(error));
        return TxDrop::bad_segmentation;
    }
    if (segments_sent_ == 0 && hand_over_segmentation(request, packet)) {
        return TxDrop::none;
    }
    if (auto segmenter = Segmenter::create(lso, headers)) {
        PieceCursor payload(packet.pieces());
        payload.skip(header_len);
        cut(request, *segmenter, payload);
    }
    return TxDrop::none;
}

void TxPath::cut(const TxRequest& request, Segmenter& segmenter, PieceCursor& payload) {
    for (std::uint32_t i = 0; i < segments_sent_; ++i) {
        const auto sent = segmenter.next();
        payload.skip(sent ? sent->payload_len : 0);
    }
    while (const auto segment = segmenter.next()) {
        begin_frame(segmenter.header_len());
        ChecksumAccumulator sum;
        for (std::size_t left = segment->payload_len; left != 0;) {
            const ConstBytes slice = payload.take(left);
            add_slice(slice);
            left -= slice.size();
            if (segmenter.needs_payload_sum()) {
                sum.add(slice);
            }
        }
        segmenter.write_header(*segment, sum.fold(), header());
        if (!emit(request)) {
            unfinished_ = true;
            return;
        }
        if (!segment->last && (blocked_ || frames_ + copies_ >= kFramesAtOnce)) {
            unfinished_ = true;
            return;
        }
    }
    trace_(TraceEvent::tx_segmented, queue_, segmenter.segment_count(), request.mss, 0);
}

void TxPath::begin_frame(std::size_t header_bytes) {
    header_bytes_ = header_bytes;
    frame_bytes_ = header_bytes;
    slices_ = 1;  // slot 0 is the header's
    offload_ = {};
}

void TxPath::add_slice(ConstBytes bytes) {
    // iovec has no const form; hosts only read.
    slice_.at(slices_++) = {const_cast<std::byte*>(bytes.data()), bytes.size()};  // NOLINT
    frame_bytes_ += bytes.size();
}

void TxPath::add_rest(const TxPacket& packet) {
    PieceCursor rest(packet.pieces());
    rest.skip(header_bytes_);
    for (ConstBytes slice = rest.take(packet.size()); !slice.empty();
         slice = rest.take(packet.size())) {
        add_slice(slice);
    }
}

// The tag goes behind the addresses, or behind the outer tag while DMATXCTL.GDV says there may be
// one.
std::size_t TxPath::tag_offset() const {
    const ConstBytes own = ConstBytes(buffer_).subspan(kTagBytes, header_bytes_);
    const auto type = read_at<be16>(own, kEthernetAddresses);
    const bool outer = regs_.get<DMATXCTL>().get(DMATXCTL::gdv) && type &&
                       *type == regs_.get<EXVET_T>().get(EXVET_T::vet_ext) &&
                       header_bytes_ >= kEthernetAddresses + kTagBytes;
    return kEthernetAddresses + (outer ? kTagBytes : 0);
}

// X550 DS 7.2.3.2.4, VLE: whatever is before the tag moves to the front by its size.
void TxPath::insert_tag(const TxRequest& request) {
    const std::size_t offset = tag_offset();
    std::memmove(buffer_.data(), buffer_.data() + kTagBytes, offset);
    const VlanTag tag{.type = static_cast<std::uint16_t>(regs_.get<DMATXCTL>().get(DMATXCTL::vt)),
                      .tci = request.vlan};
    std::memcpy(buffer_.data() + offset, &tag, sizeof tag);
    header_bytes_ += kTagBytes;
    frame_bytes_ += kTagBytes;
    if (offload_.needs_csum != 0) {
        offload_.csum_start = static_cast<std::uint16_t>(offload_.csum_start + kTagBytes);
    }
    if (offload_.gso != IXGBE_GSO_NONE) {
        offload_.hdr_len = static_cast<std::uint16_t>(offload_.hdr_len + kTagBytes);
    }
}

// VLAN, padding, other pools, wire. `wire_frames`: into how many the peer will cut it.
bool TxPath::emit(const TxRequest& request, std::uint32_t wire_frames) {
    std::byte* start = buffer_.data() + kTagBytes;
    if (request.insert_vlan) {
        insert_tag(request);
        start = buffer_.data();
    }
    slice_.front() = {start, header_bytes_};
    if (frame_bytes_ < kMinFrame && regs_.get<HLREG0>().get(HLREG0::txpaden)) {
        add_slice(ConstBytes(kZeros).first(kMinFrame - frame_bytes_));
    }
    if (route_.all() != 0 && !exchange(request)) {
        held_ = true;
        return false;
    }
    ++frames_;
    leave(wire_frames);
    return true;
}

// Statistics, loopback or wire.
void TxPath::leave(std::uint32_t wire_frames) {
    const std::size_t wire_len = frame_bytes_ + kFcsBytes;
    if (!route_.to_network) {
        stats_.exchanged(queue_, wire_len);
        return;
    }
    std::array<std::byte, 6> destination{};
    std::memcpy(destination.data(), slice_.front().iov_base, destination.size());
    if (wire_frames == 1) {
        stats_.sent(queue_, destination, wire_len);
    }
    if (regs_.get<HLREG0>().get(HLREG0::lpbk)) {
        receiver_.loop(flat_frame());
        return;
    }
    const std::span<const iovec> frame(slice_.data(), slices_);
    blocked_ = host_.send(frame, offload_) == IXGBE_QUEUED || blocked_;
}

// The frame in one piece; empty if it is too long for that.
ConstBytes TxPath::flat_frame() {
    std::size_t length = 0;
    for (std::size_t i = 0; i < slices_; ++i) {
        const ConstBytes piece = as_bytes(slice_.at(i));
        if (piece.size() > flat_.size() - length) {
            return {};
        }
        std::memcpy(flat_.data() + length, piece.data(), piece.size());
        length += piece.size();
    }
    return ConstBytes(flat_).first(length);
}

}  // namespace ixgbe
