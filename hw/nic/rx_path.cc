// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rx_path.h"

#include <algorithm>
#include <utility>

#include "net/headers.h"
#include "net/lso.h"
#include "nic/rx_describe.h"
#include "regs/filter.h"
#include "regs/general.h"
#include "regs/link.h"
#include "regs/rx.h"

namespace ixgbe {

namespace {

constexpr std::size_t kFcsBytes = 4;
constexpr std::size_t kTagBytes = 4;
constexpr std::size_t kStandardFrame = 1518;  // FCS included

L4Trust trust_in(const ixgbe_frame_offload& offload) {
    return offload.data_valid != 0 ? L4Trust::vouched : L4Trust::verify;
}

}  // namespace

RxPath::RxPath(RegisterFile& regs, RxFilter& filter, PoolSwitch& pools, Steering& steering,
               FlowDirector& flows, RxQueues& queues, RxCoalescing& coalescing,
               Interrupts& interrupts, Link& link, Stats& stats, Tracer& trace,
               OffloadSwitches& offloads)
    : regs_(regs),
      filter_(filter),
      pools_(pools),
      steering_(steering),
      flows_(flows),
      queues_(queues),
      coalescing_(coalescing),
      interrupts_(interrupts),
      link_(link),
      stats_(stats),
      trace_(trace),
      offloads_(offloads) {}

bool RxPath::receiving() const {
    return dma_enabled_ && regs_.get<RXCTRL>().get(RXCTRL::rxen) &&
           !regs_.get<CTRL>().get(CTRL::pcie_master_disable);
}

bool RxPath::take_starved() {
    missed_ = false;
    return std::exchange(starved_, false);
}

ixgbe_receive_result RxPath::receive(ConstBytes frame, const ixgbe_frame_offload& offload) {
    if (!link_.up() || regs_.get<HLREG0>().get(HLREG0::lpbk)) {
        return drop(RxDrop::receiver_off, frame.size());
    }
    const ixgbe_receive_result result = take(frame, offload);
    if (result == IXGBE_NO_BUFFERS) {
        starved_ = true;
        held_for_ = full_;
    }
    return result;
}

void RxPath::loop(ConstBytes frame) {
    if (take(frame, {}) == IXGBE_NO_BUFFERS) {
        (void)drop(RxDrop::no_descriptors, frame.size());
    }
}

// One frame at a time: its descriptors and our copy of it are in use until it is placed.
ixgbe_receive_result RxPath::take(ConstBytes bytes, const ixgbe_frame_offload& offload) {
    if (busy_) {
        missed_ = true;
        return IXGBE_NO_BUFFERS;
    }
    busy_ = true;
    const ixgbe_receive_result result = take_one(bytes, offload);
    busy_ = false;
    return result;
}

bool RxPath::close_units() {
    if (busy_ || !coalescing_.open()) {
        return !coalescing_.open();
    }
    busy_ = true;  // write-backs may re-enter
    coalescing_.close_all();
    busy_ = false;
    return true;
}

void RxPath::close_units_of(unsigned queue) {
    if (busy_) {
        coalescing_.forget_queue(queue);
        return;
    }
    busy_ = true;
    coalescing_.close_queue(queue);
    busy_ = false;
}

ixgbe_receive_result RxPath::take_one(ConstBytes bytes, const ixgbe_frame_offload& offload) {
    if (!receiving()) {
        return drop(RxDrop::receiver_off, bytes.size());
    }
    return offload.gso == IXGBE_GSO_NONE ? take_plain(bytes, offload) : take_super(bytes, offload);
}

// The list of steps: MAC, filters, headers, queue, placement.
ixgbe_receive_result RxPath::take_plain(ConstBytes bytes, const ixgbe_frame_offload& offload) {
    if (bytes.size() < sizeof(EthernetHeader)) {
        return drop(RxDrop::undersize, bytes.size());
    }
    if (bytes.size() > kMaxFrame) {
        return drop(RxDrop::oversize, bytes.size());
    }
    Frame frame;
    frame.bytes = with_checksum(padded(bytes), offload);
    parse_headers(frame);
    if (frame.bytes.size() + kFcsBytes > length_limit(frame.info)) {
        return drop(RxDrop::oversize, bytes.size());
    }
    frame.admitted = filter_.admit(frame.bytes, frame.info.l2);
    if (!frame.admitted.accepted) {
        return drop(RxDrop::filtered, bytes.size());
    }
    if (const auto layout = pools_.layout()) {
        return take_pooled(frame, *layout, offload);
    }
    frame.target = steering_.choose(frame.bytes, frame.info);
    trace_(TraceEvent::rx_steer, frame.target.queue, frame.target.hash,
           static_cast<std::uint64_t>(frame.target.rss_type));
    return deliver(frame, offload);
}

ixgbe_receive_result RxPath::deliver(const Frame& frame, const ixgbe_frame_offload& offload) {
    const RxDrop refused = place(frame, offload);
    switch (refused) {
        case RxDrop::queue_disabled:
        case RxDrop::over_rlpml:
            return drop_steered(refused, frame);
        case RxDrop::no_descriptors:
            if (!queues_.drops_when_empty(frame.target.queue)) {
                return hold(frame.target.queue);
            }
            break;
        default:
            break;
    }
    stats_.received(frame.bytes, frame.bytes.size() + kFcsBytes);
    flows_.count(frame.target.flow);
    if (refused != RxDrop::none) {
        return drop(refused, frame.bytes.size(), frame.target.queue);
    }
    stats_.seen(frame.bytes.size() + kFcsBytes);
    return IXGBE_ACCEPTED;
}

ixgbe_receive_result RxPath::hold(unsigned queue) {
    trace_(TraceEvent::rx_no_buffers, queue, regs_.get<RDH>(queue).raw(),
           regs_.get<RDT>(queue).raw());
    full_ = queue;
    return IXGBE_NO_BUFFERS;
}

// Into the queue that was chosen, or why not; the counters of the queue only.
RxDrop RxPath::place(const Frame& frame, const ixgbe_frame_offload& offload) {
    const unsigned queue = frame.target.queue;
    if (!queues_.enabled(queue)) {
        return RxDrop::queue_disabled;
    }
    const RxBytes bytes = placed_bytes(frame);
    const std::size_t placed = bytes.size();
    if (!within_rlpml(queue, placed)) {
        return RxDrop::over_rlpml;
    }
    const ChecksumVerdict verdict = checked(frame, trust_in(offload));
    const ChecksumVerdict told = offloads_.limit(verdict, frame.info);
    const RxMetadata metadata = describe(frame, told);
    const bool joined = !frame.exchanged && coalesce(frame, bytes, metadata, verdict);
    const RxDrop refused = joined ? RxDrop::none : queues_.deliver(queue, bytes, metadata);
    if (refused != RxDrop::none) {
        return refused;
    }
    stats_.delivered(queue, placed, {.exchanged = frame.exchanged, .copy = !frame.first_copy});
    offloads_.count_received(told, frame.info, frame.oversize_tunnel);
    trace_(TraceEvent::rx_frame, queue, placed, 0, metadata.info.raw());
    if (!joined) {
        interrupts_.raise_rx_queue(queue);
    }
    return RxDrop::none;
}

bool RxPath::coalesce(const Frame& frame, const RxBytes& bytes, const RxMetadata& metadata,
                      ChecksumVerdict verdict) {
    return coalescing_.take({.queue = frame.target.queue,
                             .frame = frame.bytes,
                             .info = frame.info,
                             .bytes = bytes,
                             .tag_bytes = strips_tag(frame) ? kTagBytes : 0,
                             .metadata = metadata,
                             .verdict = verdict});
}

ixgbe_receive_result RxPath::drop_steered(RxDrop reason, const Frame& frame) {
    flows_.count(frame.target.flow);
    return drop(reason, frame.bytes.size(), frame.target.queue);
}

ixgbe_receive_result RxPath::drop(RxDrop reason, std::size_t length, unsigned queue) {
    if (reason != RxDrop::receiver_off) {
        stats_.seen(std::max(length, kMinFrame) + kFcsBytes);
    }
    stats_.dropped(reason, queue);
    trace_(TraceEvent::rx_drop, static_cast<std::uint64_t>(reason), length, queue);
    return IXGBE_DROPPED;
}

// Backends hand over frames without the padding that every wire has.
ConstBytes RxPath::padded(ConstBytes bytes) {
    if (bytes.size() >= kMinFrame) {
        return bytes;
    }
    std::fill_n(copy_.begin(), kMinFrame, std::byte{0});
    std::copy(bytes.begin(), bytes.end(), copy_.begin());
    return ConstBytes(copy_).first(kMinFrame);
}

// A sum that the sender's side left to its peer is finished before any byte reaches the guest.
ConstBytes RxPath::with_checksum(ConstBytes bytes, const ixgbe_frame_offload& offload) {
    const std::size_t field = std::size_t{offload.csum_start} + offload.csum_offset;
    if (offload.needs_csum == 0 || !holds(bytes, field, 2) || offload.csum_start > bytes.size()) {
        return bytes;
    }
    if (bytes.data() != copy_.data()) {
        std::copy(bytes.begin(), bytes.end(), copy_.begin());
    }
    const auto own = Bytes(copy_).first(bytes.size());
    const std::uint16_t sum = ones_complement_sum(own.subspan(offload.csum_start));
    const auto kind = offload.csum_offset == 6 ? L4::udp : L4::tcp;
    (void)write_at(own, field, be16{l4_checksum_value(kind, sum)});
    return own;
}

// DS 8.2.2.16.6: MFS counts with JUMBOEN only; each tag adds four bytes.
std::size_t RxPath::length_limit(const PacketInfo& info) const {
    const bool jumbo = regs_.get<HLREG0>().get(HLREG0::jumboen);
    const std::size_t limit = jumbo ? regs_.get<MAXFRS>().get(MAXFRS::mfs) : kStandardFrame;
    return limit + kTagBytes * info.l2.vlan_tags;
}

ParseOptions RxPath::parse_options() const {
    const OffloadGates& gates = offloads_.gates();
    const auto control = regs_.get<RFCTL>();
    const bool extended = regs_.get<CTRL_EXT>().get(CTRL_EXT::extended_vlan);
    return {
        .vlan_ethertype = static_cast<std::uint16_t>(regs_.get<VLNCTRL>().get(VLNCTRL::vet)),
        .outer_vlan_ethertype =
            static_cast<std::uint16_t>(extended ? regs_.get<EXVET>().get(EXVET::vet_ext) : 0),
        .vxlan_port = static_cast<std::uint16_t>(
            gates.vxlan ? regs_.get<VXLANCTRL>().get(VXLANCTRL::udpport) : 0),
        .nvgre = gates.nvgre,
        .ipv6 = !control.get(RFCTL::ipv6_dis),
        .ipv6_extensions = !control.get(RFCTL::ipv6_exdis),
    };
}

// NVGRE-23: a tunnel with longer headers than the block offers is a plain datagram.
void RxPath::parse_headers(Frame& frame) const {
    ParseOptions options = parse_options();
    frame.info = parse(frame.bytes, options);
    const Layer3& inner = frame.info.inner;
    const std::size_t headers = inner.l4.valid ? inner.l4.payload_offset : inner.payload_offset();
    if (frame.info.has_inner() && headers > offloads_.gates().max_header) {
        frame.oversize_tunnel = true;
        options.nvgre = false;
        options.vxlan_port = 0;
        frame.info = parse(frame.bytes, options);
    }
}

bool RxPath::strips_tag(const Frame& frame) const {
    const unsigned queue = frame.target.queue;
    return frame.info.l2.has_vlan && frame.offsets_known &&
           (regs_.get<RXDCTL>(queue).get(RXDCTL::vme) || queues_.hides_vlan(queue));
}

RxBytes RxPath::placed_bytes(const Frame& frame) {
    RxBytes out;
    if (strips_tag(frame)) {
        out.add(frame.bytes.first(frame.info.l2.vlan_offset));
        out.add(frame.bytes.subspan(frame.info.l2.vlan_offset + kTagBytes));
    } else {
        out.add(frame.bytes);
    }
    if (!regs_.get<HLREG0>().get(HLREG0::rxcrcstrp)) {
        fcs_ = crc32_ethernet(frame.bytes);
        out.add(std::as_bytes(std::span(&fcs_, 1)));
    }
    return out;
}

bool RxPath::within_rlpml(unsigned queue, std::size_t length) const {
    const auto control = regs_.get<RXDCTL>(queue);
    return !control.get(RXDCTL::rlpml_en) || length <= control.get(RXDCTL::rlpml);
}

// The descriptor of a frame that an ethertype filter claims has no room for a verdict.
ChecksumVerdict RxPath::checked(const Frame& frame, L4Trust trust) {
    return frame.target.ethertype_filter ? ChecksumVerdict{}
                                         : verify(frame.bytes, frame.info, trust);
}

RxMetadata RxPath::describe(const Frame& frame, ChecksumVerdict told) const {
    const Layer2& l2 = frame.info.l2;
    const bool tells_vlan = l2.has_vlan && !queues_.hides_vlan(frame.target.queue);
    RxMetadata out;
    out.info = packet_info_word(frame.info, frame.target.ethertype_filter);
    out.status = checksum_status(told)
                     .with(RxStatus::pif, !frame.admitted.exact)
                     .with(RxStatus::vp, tells_vlan)
                     .with(RxStatus::lb, frame.exchanged)
                     .with(RxStatus::vext, l2.has_outer_vlan)
                     .with(RxStatus::flm, frame.target.flow.matched)
                     .with(RxStatus::fdirerr_len, frame.target.flow.too_long)
                     .with(RxStatus::fdirerr_drop, frame.target.flow.drop_too_long)
                     .with(RxStatus::fdirerr_coll, frame.target.flow.collided);
    if (regs_.get<RXCSUM>().get(RXCSUM::pcsd)) {
        out.info = out.info.with(RxInfo::rsstype, frame.target.rss_type);
        out.hash = frame.target.hash;
    } else {
        out.hash = ip_identification(frame.bytes, frame.info);
    }
    out.vlan = strips_tag(frame) && tells_vlan ? l2.vlan_tci : std::uint16_t{0};
    out.header_len = split_point(frame);
    return out;
}

// DS 7.1.10: PSRTYPE names the headers that count; the deepest one that is there is the border, in
// the bytes that are placed.
std::size_t RxPath::split_point(const Frame& frame) const {
    const std::size_t border = header_split_point(frame.info, regs_.get<PSRTYPE>(frame.pool));
    return border == 0 || !strips_tag(frame) ? border : border - kTagBytes;
}

}  // namespace ixgbe
