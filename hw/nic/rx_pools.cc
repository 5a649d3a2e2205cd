// SPDX-License-Identifier: GPL-2.0-or-later
// Frames for pools, from the wire or from another pool: a copy for each. X550 DS 7.8.3.
#include <bitset>

#include "net/headers.h"
#include "nic/rx_describe.h"
#include "nic/rx_path.h"
#include "regs/rx.h"
#include "regs/steering.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

constexpr std::size_t kFcsBytes = 4;

}  // namespace

// All copies or none: a frame that has to wait for one pool has been seen by no other.
ixgbe_receive_result RxPath::take_pooled(Frame& frame, const RxPoolLayout& layout,
                                         const ixgbe_frame_offload& offload) {
    // NVGRE-21: an encapsulated frame is for the pool of its inner address.
    const bool by_inner = offloads_.gates().pool_by_inner && frame.info.has_inner();
    const Layer2& l2 = by_inner ? frame.info.inner_l2 : frame.info.l2;
    steer_copies(frame, layout, pools_.received(frame.bytes.subspan(l2.offset), l2, layout));
    if (pool_copies_ == 0) {
        return drop(RxDrop::no_pool, frame.bytes.size());
    }
    if (const auto queue = full_queue(frame)) {
        return hold(*queue);
    }
    const std::size_t wire_len = frame.bytes.size() + kFcsBytes;
    stats_.received(frame.bytes, wire_len);
    stats_.seen(wire_len);
    count_flows();
    return place_copies(frame, offload) ? IXGBE_ACCEPTED : IXGBE_DROPPED;
}

std::optional<std::size_t> RxPath::exchange(const Exchanged& sent) {
    const auto layout = pools_.layout();
    if (!layout || !receiving()) {
        return 0;
    }
    if (sent.bytes.size() < sizeof(EthernetHeader) || sent.bytes.size() > kMaxFrame) {
        stats_.dropped(RxDrop::not_switchable);
        return 0;
    }
    if (busy_) {
        missed_ = true;
        return std::nullopt;
    }
    busy_ = true;
    Frame frame;
    frame.bytes = with_checksum(sent.bytes, sent.offload);
    parse_headers(frame);
    frame.admitted = {.accepted = true, .exact = sent.to.exact};
    frame.exchanged = true;
    frame.offsets_known = sent.context && (sent.outer_context || !frame.info.has_inner());
    steer_copies(frame, *layout, sent.to);
    const auto full = full_queue(frame);
    if (full) {
        (void)hold(*full);
    } else {
        (void)place_copies(frame, {});
    }
    busy_ = false;
    return full ? std::nullopt : std::optional(pool_copies_);
}

// Two copies never go to one queue: an ethertype or SYN filter may name the same for all of them.
void RxPath::steer_copies(const Frame& frame, const RxPoolLayout& layout,
                          const PoolSwitch::Destinations& to) {
    const bool l3l4 =
        !frame.exchanged || (frame.offsets_known && regs_.get<MRQC>().get(MRQC::l3l4txswen));
    std::bitset<IXGBE_QUEUES> taken;
    pool_copies_ = 0;
    for (unsigned pool = 0; pool < kPools; ++pool) {
        if ((to.all() & layout.pools & only_pool(pool)) == 0) {
            continue;
        }
        const Steering::Copy copy{
            .pool = pool, .original = (to.pools & only_pool(pool)) != 0, .l3l4_filters = l3l4};
        const auto target = steering_.choose(frame.bytes, frame.info, layout, copy);
        if (!taken.test(target.queue)) {
            taken.set(target.queue);
            pool_copy_.at(pool_copies_++) = {.pool = pool, .target = target};
        }
    }
}

void RxPath::choose_copy(Frame& frame, std::size_t copy) const {
    frame.pool = pool_copy_.at(copy).pool;
    frame.target = pool_copy_.at(copy).target;
}

std::optional<unsigned> RxPath::full_queue(Frame& frame) {
    for (std::size_t i = 0; i < pool_copies_; ++i) {
        choose_copy(frame, i);
        if (must_wait(frame)) {
            return frame.target.queue;
        }
    }
    return std::nullopt;
}

bool RxPath::must_wait(const Frame& frame) {
    const unsigned queue = frame.target.queue;
    if (!queues_.enabled(queue) || queues_.drops_when_empty(queue)) {
        return false;
    }
    const std::size_t length = placed_bytes(frame).size();
    return within_rlpml(queue, length) && !queues_.has_room(queue, length, split_point(frame));
}

// A frame matches Flow Director once, whichever of its copies did.
void RxPath::count_flows() {
    std::size_t which = 0;
    for (std::size_t i = pool_copies_; i-- != 0;) {
        which = pool_copy_.at(i).target.flow.matched ? i : which;
    }
    flows_.count(pool_copy_.at(which).target.flow);
}

// Whether a queue took one.
bool RxPath::place_copies(Frame& frame, const ixgbe_frame_offload& offload) {
    bool placed = false;
    for (std::size_t i = 0; i < pool_copies_; ++i) {
        choose_copy(frame, i);
        frame.first_copy = !placed;
        trace_(TraceEvent::rx_steer, frame.target.queue, frame.target.hash,
               static_cast<std::uint64_t>(frame.target.rss_type));
        const RxDrop refused = place(frame, offload);
        if (refused == RxDrop::none) {
            placed = true;
            continue;
        }
        stats_.dropped(refused, frame.target.queue);
        trace_(TraceEvent::rx_drop, static_cast<std::uint64_t>(refused), frame.bytes.size(),
               frame.target.queue);
    }
    return placed;
}

}  // namespace ixgbe
