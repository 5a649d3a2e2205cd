// SPDX-License-Identifier: GPL-2.0-or-later
// Frames that a peer with a virtio-net header did not cut: large TCP packets with the size of their
// segments. They become coalesced units where their queue coalesces, and are cut by us elsewhere.
#include <algorithm>

#include "net/headers.h"
#include "net/lso.h"
#include "nic/rx_coalescing.h"
#include "nic/rx_path.h"
#include "regs/rx.h"

namespace ixgbe {

namespace {

constexpr std::size_t kFcsBytes = 4;
constexpr std::size_t kTagBytes = 4;
// CWR in the first segment only, where the chip's own masks would repeat it.
constexpr TcpFlagMasks kAsStacksCut{.middle = 0xF76};

std::size_t segments_of(std::size_t payload, std::size_t gso_size) {
    return std::max<std::size_t>(1, (payload + gso_size - 1) / gso_size);
}

HeaderGeometry geometry_of(const PacketInfo& info) {
    const Layer3& ip = info.outer;
    return {.mac_len = ip.offset,
            .ip_len = ip.l4.offset - ip.offset,
            .l4_len = ip.l4.header_len,
            .l4 = L4::tcp,
            .ipv4 = ip.kind == L3Kind::ipv4};
}

// Checksum fields as a driver leaves them to the segmenter, which sums them as they stand.
void seed_checksums(Bytes headers, ConstBytes frame, const Layer3& ip) {
    const be16 pseudo = pseudo_header(frame, ip, ipproto::kTcp).fold();
    (void)write_at(headers, ip.l4.offset + offsetof(TcpHeader, checksum), pseudo);
    if (ip.kind == L3Kind::ipv4) {
        (void)write_at(headers, ip.offset + offsetof(Ipv4Header, checksum), be16(0));
    }
}

}  // namespace

// ---- units ----

std::size_t RxCoalescing::segments_a_unit(const Arrival& arrival, std::size_t header_len,
                                          std::size_t gso_size) const {
    const std::size_t buffer =
        std::size_t{regs_.get<SRRCTL>(arrival.queue).get(SRRCTL::bsizepacket)} *
        SRRCTL::packet_unit;
    if (buffer / gso_size + 1 > kMaxStarts) {
        return 0;  // RSCCNT could not count them
    }
    const bool short_first = header_len + gso_size <= buffer;
    const std::size_t rest = (max_buffers(arrival.queue) - 1) * buffer;
    const std::size_t most =
        short_first ? 1 + rest / gso_size : (rest + buffer - header_len) / gso_size;
    return std::min<std::size_t>(most, offloads_.gates().rsc_max_segments);
}

RxDrop RxCoalescing::fits_super(const Arrival& arrival, std::size_t gso_size) const {
    const auto segment = rsc_segment(arrival.frame, arrival.info, options());
    if (!segment || segment->pure_ack() || !enabled(arrival.queue) ||
        open_ >= offloads_.gates().rsc_flows) {
        return RxDrop::over_ring;
    }
    const std::size_t at_once = segments_a_unit(arrival, segment->header_len, gso_size);
    if (at_once == 0) {
        return RxDrop::over_ring;
    }
    const std::size_t units = (segments_of(segment->payload_len, gso_size) + at_once - 1) / at_once;
    const std::size_t buffer =
        std::size_t{regs_.get<SRRCTL>(arrival.queue).get(SRRCTL::bsizepacket)} *
        SRRCTL::packet_unit;
    const std::size_t bytes = segment->payload_len + units * 2 * buffer;
    const std::size_t ring = regs_.get<RDLEN>(arrival.queue).raw() / kDescriptorBytes;
    if (bytes / buffer + 1 >= ring) {
        return RxDrop::over_ring;
    }
    return bytes / buffer <= queues_.lendable(arrival.queue) ? RxDrop::none
                                                             : RxDrop::no_descriptors;
}

void RxCoalescing::take_super(const Arrival& arrival, std::size_t gso_size) {
    const auto segment = rsc_segment(arrival.frame, arrival.info, options());
    if (!segment) {
        return;
    }
    if (Unit* const before = find(arrival.queue, segment->connection)) {
        close(*before);
    }
    if (!enabled(arrival.queue)) {
        return;  // switched off by that unit's write-back: the frame is lost with its ring
    }
    const std::size_t at_once = segments_a_unit(arrival, segment->header_len, gso_size) * gso_size;
    for (std::size_t from = 0; from < segment->payload_len && at_once != 0; from += at_once) {
        RscSegment part = *segment;
        part.payload_len =
            static_cast<std::uint32_t>(std::min<std::size_t>(at_once, segment->payload_len - from));
        part.seq = segment->seq + static_cast<std::uint32_t>(from);
        if (from + part.payload_len < segment->payload_len) {
            offloads_.count(OffloadCounter::rsc_full);
            part.flags = static_cast<std::uint16_t>(part.flags & ~TcpHeader::kPsh);
        }
        super_part(arrival, part, gso_size, from);
    }
}

void RxCoalescing::super_part(const Arrival& arrival, const RscSegment& part, std::size_t gso_size,
                              std::size_t from) {
    Unit* const unit = open_unit(arrival, part.connection);
    if (unit == nullptr) {
        return;
    }
    const ConstBytes payload = arrival.frame.subspan(part.header_len + from, part.payload_len);
    const std::size_t segments = segments_of(payload.size(), gso_size);
    const std::size_t header = part.header_len - arrival.tag_bytes;
    unit->rsc.begin_super(arrival.frame, part, ones_complement_sum(payload),
                          static_cast<unsigned>(segments));
    unit->rsc.advance_id(static_cast<std::uint16_t>(from / gso_size));
    const std::uint32_t serial = unit->serial;
    unit->first_bytes = std::min(unit->buffer_bytes, header + std::min(payload.size(), gso_size));
    RxBytes bytes;
    bytes.add(payload);
    const bool placed = grow(*unit, header + payload.size()) && write(*unit, header, bytes);
    if (!unit->used || unit->serial != serial) {
        return;
    }
    if (!placed) {
        host_.guest_error("receive buffer is not in memory: super-frame dropped");
        queues_.take_back(unit->queue, unit->buffers);
        release(*unit);
        return;
    }
    unit->bytes = header + payload.size();
    unit->alone_bytes = unit->bytes;
    unit->starts.front() = 1;
    for (std::size_t i = 1; i < segments; ++i) {
        ++unit->starts.at(unit->place(header + i * gso_size).buffer);
    }
    close(*unit);
}

// ---- the receive path ----

ixgbe_receive_result RxPath::take_super(ConstBytes bytes, const ixgbe_frame_offload& offload) {
    if (bytes.size() > kMaxSuperFrame) {
        return drop(RxDrop::oversize, bytes.size());
    }
    Frame frame;
    frame.bytes = bytes;
    parse_headers(frame);
    const Layer3& ip = frame.info.outer;
    const bool tcp = offload.gso == IXGBE_GSO_TCPV4 || offload.gso == IXGBE_GSO_TCPV6;
    if (!tcp || !ip.l4.is(L4Kind::tcp) || offload.gso_size == 0) {
        return drop(RxDrop::undersize, bytes.size());
    }
    const std::size_t segment = ip.l4.payload_offset + std::size_t{offload.gso_size};
    if (segment + kFcsBytes > length_limit(frame.info) || segment > kMaxFrame) {
        return drop(RxDrop::oversize, bytes.size());
    }
    frame.admitted = filter_.admit(bytes, frame.info.l2);
    if (!frame.admitted.accepted) {
        return drop(RxDrop::filtered, bytes.size());
    }
    if (pools_.layout()) {
        return cut_super(frame, offload);
    }
    frame.target = steering_.choose(bytes, frame.info);
    if (!queues_.enabled(frame.target.queue)) {
        return drop_steered(RxDrop::queue_disabled, frame);
    }
    return coalesce_super(frame, offload);
}

ixgbe_receive_result RxPath::coalesce_super(const Frame& frame,
                                            const ixgbe_frame_offload& offload) {
    // The sums of its segments are ours to make.
    const ChecksumVerdict verdict = checked(frame, L4Trust::vouched);
    const ChecksumVerdict told = offloads_.limit(verdict, frame.info);
    const RxMetadata metadata = describe(frame, told);
    const RxCoalescing::Arrival arrival{.queue = frame.target.queue,
                                        .frame = frame.bytes,
                                        .info = frame.info,
                                        .bytes = {},
                                        .tag_bytes = strips_tag(frame) ? kTagBytes : 0,
                                        .metadata = metadata,
                                        .verdict = verdict};
    const std::size_t on_the_wire = frame.info.outer.l4.payload_offset + offload.gso_size;
    if (!within_rlpml(arrival.queue, on_the_wire - arrival.tag_bytes)) {
        return cut_super(frame, offload);
    }
    switch (coalescing_.fits_super(arrival, offload.gso_size)) {
        case RxDrop::none:
            break;
        case RxDrop::no_descriptors:
            if (!queues_.drops_when_empty(frame.target.queue)) {
                return hold(frame.target.queue);
            }
            return drop(RxDrop::no_descriptors, frame.bytes.size(), frame.target.queue);
        default:
            return cut_super(frame, offload);
    }
    count_super(frame, offload, told);
    coalescing_.take_super(arrival, offload.gso_size);
    return IXGBE_ACCEPTED;
}

// Each segment is a frame that was on the wire.
void RxPath::count_super(const Frame& frame, const ixgbe_frame_offload& offload,
                         ChecksumVerdict told) {
    const std::size_t header = frame.info.outer.l4.payload_offset;
    const std::size_t payload = frame.info.outer.payload_end - header;
    const std::size_t tag = strips_tag(frame) ? kTagBytes : 0;
    offloads_.count_received(told, frame.info, frame.oversize_tunnel,
                             static_cast<std::uint32_t>(segments_of(payload, offload.gso_size)));
    for (std::size_t from = 0; from < payload; from += offload.gso_size) {
        const std::size_t length = header + std::min<std::size_t>(offload.gso_size, payload - from);
        const std::size_t wire = std::max(length, kMinFrame) + kFcsBytes;
        stats_.received(frame.bytes, wire);
        flows_.count(frame.target.flow);
        stats_.seen(wire);
        stats_.delivered(frame.target.queue, length - tag, {});
    }
}

// Segments that found buffers are delivered; the host offers the frame again for the others.
ixgbe_receive_result RxPath::cut_super(const Frame& frame, const ixgbe_frame_offload& offload) {
    const HeaderGeometry geometry = geometry_of(frame.info);
    const std::size_t header_len = geometry.header_len();
    std::array<std::byte, Segmenter::kMaxHeader> prototype{};
    const auto headers = Bytes(prototype).first(std::min(header_len, prototype.size()));
    std::copy_n(frame.bytes.begin(), headers.size(), headers.begin());
    seed_checksums(headers, frame.bytes, frame.info.outer);
    auto segmenter = Segmenter::create(
        {.geometry = geometry,
         .mss = offload.gso_size,
         .payload_len = frame.info.outer.payload_end - static_cast<std::uint32_t>(header_len),
         .insert_ip_checksum = true,
         .insert_l4_checksum = true,
         .masks = kAsStacksCut},
        headers);
    if (!segmenter) {
        return drop(RxDrop::undersize, frame.bytes.size());
    }
    const std::uint32_t done = segments_done(frame.bytes);
    ixgbe_frame_offload summed{};
    summed.data_valid = 1;
    while (const auto segment = segmenter->next()) {
        if (segment->index < done) {
            continue;
        }
        const ConstBytes payload =
            frame.bytes.subspan(header_len + segment->payload_offset, segment->payload_len);
        const auto own = Bytes(cut_).first(header_len + payload.size());
        const std::uint16_t sum = copy_and_sum(own.subspan(header_len), payload);
        segmenter->write_header(*segment, sum, own);
        if (take_plain(own, summed) == IXGBE_NO_BUFFERS) {
            cut_before_.done = segment->index;
            return IXGBE_NO_BUFFERS;
        }
    }
    cut_before_ = {};
    return IXGBE_ACCEPTED;
}

// How many segments of this frame were delivered before it had to wait.
std::uint32_t RxPath::segments_done(ConstBytes frame) {
    const ConstBytes begins = frame.first(std::min(frame.size(), kCutIdentity));
    if (cut_before_.length != frame.size() ||
        !std::equal(begins.begin(), begins.end(), cut_before_.begins.begin())) {
        cut_before_ = {.length = frame.size()};
        std::copy(begins.begin(), begins.end(), cut_before_.begins.begin());
    }
    return cut_before_.done;
}

}  // namespace ixgbe
