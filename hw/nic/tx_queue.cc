// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/tx_queue.h"

#include <algorithm>
#include <cstring>

#include "nic/tx_pool.h"
#include "regs/general.h"
#include "regs/tx.h"

namespace ixgbe {

namespace {

bool is_advanced(const TxDescriptor& d) {
    return d.word<TxDescriptorKind>(2).get(TxDescriptorKind::dext);
}

bool is_data(const TxDescriptor& d) {
    return !is_advanced(d) ||
           d.word<TxDescriptorKind>(2).get(TxDescriptorKind::dtyp) == TxDescriptorType::data;
}

bool is_context(const TxDescriptor& d) {
    return is_advanced(d) &&
           d.word<TxDescriptorKind>(2).get(TxDescriptorKind::dtyp) == TxDescriptorType::context;
}

// EOP, RS and the length lie at the same bits in legacy and advanced data descriptors.
bool has_eop(const TxDescriptor& d) {
    return d.word<TxDataCommand>(2).get(TxDataCommand::eop);
}
bool has_rs(const TxDescriptor& d) {
    return d.word<TxDataCommand>(2).get(TxDataCommand::rs);
}
std::uint32_t length_of(const TxDescriptor& d) {
    return d.word<TxDataCommand>(2).get(TxDataCommand::dtalen);
}

}  // namespace

TxQueues::TxQueues(Host& host, ixgbe_state& state, RegisterFile& regs, TxPath& path,
                   Interrupts& interrupts, Stats& stats, Tracer& trace, OffloadSwitches& offloads)
    : host_(host),
      state_(state),
      regs_(regs),
      path_(path),
      interrupts_(interrupts),
      stats_(stats),
      trace_(trace),
      offloads_(offloads),
      packet_(host) {}

DescriptorRing TxQueues::ring(unsigned queue) const {
    return ring_of<TDBAL, TDBAH, TDLEN, TDH, TDT>(regs_, queue);
}

bool TxQueues::enabled(unsigned queue) const {
    return dma_enabled_ && state_.tx[queue].enabled != 0 && pool_may_send(regs_, queue) &&
           regs_.get<DMATXCTL>().get(DMATXCTL::te) &&
           !regs_.get<CTRL>().get(CTRL::pcie_master_disable);
}

void TxQueues::initialise(unsigned queue) {
    state_.tx[queue] = {};
    interrupted();
}

TxQueues::Outcome TxQueues::run(unsigned queue, unsigned budget) {
    Outcome outcome = Outcome::more;
    reported_ = false;
    window_first_ = window_count_ = 0;
    spent_ = 0;
    while (spent_ < budget && outcome == Outcome::more) {
        ++spent_;
        switch (step(queue)) {
            case Step::advanced:
                break;
            case Step::empty:
                outcome = Outcome::idle;
                break;
            case Step::blocked:
                outcome = Outcome::blocked;
                break;
            case Step::held:
                outcome = Outcome::held;
                break;
        }
    }
    if (reported_ && state_.tx[queue].enabled != 0) {
        write_head(queue);
        interrupts_.raise_tx_queue(queue);
    }
    return outcome;
}

// Handles one packet, or one descriptor that is not part of any.
TxQueues::Step TxQueues::step(unsigned queue) {
    if (!enabled(queue)) {
        return Step::empty;
    }
    const DescriptorRing r = ring(queue);
    const TxDescriptor* const first = r.span.available() == 0 ? nullptr : peek(r, 0);
    if (first == nullptr) {
        return Step::empty;
    }
    if (!is_data(*first) && state_.tx[queue].discarding == 0) {
        if (is_context(*first)) {
            load_context(queue, *first);
        } else {
            host_.guest_error("transmit descriptor with a DTYP that is neither data nor context");
        }
        complete(queue, r, 1);
        return Step::advanced;
    }
    const Collected found = collect(r);
    if (found.failed || (!found.eop && found.count < kMaxDescriptors)) {
        return Step::empty;
    }
    return packet(queue, r, found);
}

// Descriptor `ahead` of the head, fetching another chunk if need be; nullptr if DMA failed.
const TxDescriptor* TxQueues::peek(const DescriptorRing& ring, std::uint32_t ahead) {
    if (ahead >= window_count_) {
        if (window_first_ + window_count_ + kChunk > window_.size()) {
            std::copy_n(window_.begin() + window_first_, window_count_, window_.begin());
            window_first_ = 0;
        }
        const std::uint32_t left = ring.span.available() - window_count_;
        const std::uint32_t count = std::min(left, kChunk);
        const std::uint32_t index = ring.span.advanced(ring.span.head, window_count_);
        const auto out = std::span(window_).subspan(window_first_ + window_count_, count);
        if (!ring.fetch(host_, index, out)) {
            host_.guest_error("transmit ring (TDBAL, TDBAH, TDLEN) is not in memory");
            return nullptr;
        }
        window_count_ += count;
    }
    return &descriptor(ahead);
}

TxQueues::Collected TxQueues::collect(const DescriptorRing& ring) {
    Collected found;
    const std::uint32_t limit = std::min(ring.span.available(), kMaxDescriptors);
    while (found.count < limit && !found.eop) {
        const TxDescriptor* const descriptor = peek(ring, found.count);
        if (descriptor == nullptr) {
            found.failed = true;
            return found;
        }
        found.eop = is_data(*descriptor) && has_eop(*descriptor);
        ++found.count;
    }
    return found;
}

TxQueues::Step TxQueues::packet(unsigned queue, const DescriptorRing& ring,
                                const Collected& found) {
    ixgbe_tx_queue_state& own = state_.tx[queue];
    const bool discard = own.discarding != 0 || !found.eop;
    TxDrop drop = discard ? TxDrop::too_many_descriptors : gather(found.count);
    const std::uint32_t epoch = epoch_;
    TxPath::Result result;
    const bool sends = drop == TxDrop::none && packet_.size() != 0;
    if (sends) {
        result = send(queue, found.count);
        drop = result.drop;
        spent_ += result.work > 1 ? static_cast<unsigned>(result.work - 1) : 0;
    }
    const std::size_t bytes = packet_.size();
    packet_.release();
    if (epoch != epoch_) {
        return Step::empty;  // the ring was taken away while its packet was on the way
    }
    if (result.unfinished) {
        own.segments_sent += result.frames;
        return leave(queue, result);
    }
    own.segments_sent = 0;
    if (sends) {
        offloads_.count_sent(wanted_, limited_, drop);
    }
    if (drop != TxDrop::none && own.discarding == 0) {
        stats_.dropped(drop);
        trace_(TraceEvent::tx_drop, queue, static_cast<std::uint64_t>(drop), bytes);
    }
    own.discarding = !found.eop;
    complete(queue, ring, found.count);
    return leave(queue, result);
}

TxQueues::Step TxQueues::leave(unsigned queue, const TxPath::Result& result) {
    if (!result.blocked && !result.held) {
        return Step::advanced;
    }
    trace_(TraceEvent::tx_blocked, queue, regs_.get<TDH>(queue).raw());
    return result.held ? Step::held : Step::blocked;
}

// The gathered packet, as far as its pool and the task-offload block allow it.
TxPath::Result TxQueues::send(unsigned queue, std::uint32_t descriptors) {
    const std::uint32_t segments_sent = state_.tx[queue].segments_sent;
    wanted_ = request(queue);
    limited_ = {};
    trace_(TraceEvent::tx_packet, queue, packet_.size(), descriptors, wanted_.segment);
    const TxDrop drop = apply_pool_vlan(regs_, queue, packet_, wanted_);
    if (drop != TxDrop::none) {
        host_.guest_error("tagged packet although PFVMVIR decides on tags: dropped");
        return {.drop = drop};
    }
    wanted_.id_count_mask = offloads_.gates().id_count_mask;
    // What has begun is finished under the switches it began with.
    if (segments_sent == 0 && !offloads_.gates().all_requests) {
        limited_ = offloads_.limit(wanted_, is_ipv4());
    }
    if (limited_.drop != TxDrop::none) {
        return {.drop = limited_.drop};
    }
    return path_.transmit(queue, wanted_, packet_, segments_sent);
}

// TUCMD.IPV4 matters to large sends only, and Linux sets it for no other packet: the first header
// tells.
bool TxQueues::is_ipv4() const {
    PieceCursor rest(packet_.pieces());
    rest.skip(wanted_.geometry.ip_offset());
    const ConstBytes first = rest.take(1);
    if (wanted_.segment || first.empty()) {
        return wanted_.geometry.ipv4;
    }
    return std::to_integer<unsigned>(first.front()) >> 4 == 4;
}

TxDrop TxQueues::gather(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const TxDescriptor& d = descriptor(i);
        if (!is_data(d)) {
            host_.guest_error("context descriptor inside a packet: ignored (DS 7.2.3.2.3)");
            continue;
        }
        switch (packet_.append(d.address(), length_of(d))) {
            case TxPacket::Append::done:
                break;
            case TxPacket::Append::too_long:
                host_.guest_error("transmit packet longer than PAYLEN can express: dropped");
                return TxDrop::too_long;
            case TxPacket::Append::dma_failed:
                host_.guest_error("transmit buffer is not in memory: packet dropped");
                return TxDrop::dma_failed;
        }
    }
    return TxDrop::none;
}

// TSE, VLE, POPTS, IDX and PAYLEN count in the first data descriptor only: DS 7.2.3.2.4.
TxRequest TxQueues::request(unsigned queue) const {
    const TxDescriptor& first = descriptor(0);
    if (!is_advanced(first)) {
        return legacy_request(first);
    }
    const std::uint32_t slot = first.word<TxDataOptions>(3).get(TxDataOptions::idx);
    return advanced_request(first, state_.tx[queue].context[slot]);
}

void TxQueues::load_context(unsigned queue, const TxDescriptor& descriptor) {
    const std::uint32_t slot = descriptor.word<TxContextSegment>(3).get(TxContextSegment::idx);
    ixgbe_tx_context& context = state_.tx[queue].context[slot];
    for (unsigned i = 0; i < 4; ++i) {
        context.dw[i] = descriptor.dw[i];
    }
}

// The head moves before DD becomes visible: a driver that sees DD may read TDH.
void TxQueues::complete(unsigned queue, const DescriptorRing& ring, std::uint32_t count) {
    const std::uint32_t first = ring.span.head;
    regs_.set<TDH>(queue, Value<TDH>(ring.span.advanced(first, count)));
    const bool heads = regs_.get<TDWBAL>(queue).get(TDWBAL::head_wb_en);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!has_rs(descriptor(i)) || is_context(descriptor(i))) {
            continue;
        }
        reported_ = true;
        if (!heads) {
            write_back(ring, ring.span.advanced(first, i), descriptor(i));
        }
    }
    window_first_ += count;
    window_count_ -= count;
}

void TxQueues::write_back(const DescriptorRing& ring, std::uint32_t index,
                          const TxDescriptor& done) {
    const std::uint32_t kept = is_advanced(done) ? 0 : std::uint32_t{done.dw[3]};
    const le32 status = kept | TxDataOptions::F<0>::mask;
    if (!host_.dma_write(ring.address(index) + 12, std::as_bytes(std::span(&status, 1)))) {
        host_.guest_error("transmit ring is not writable: DD lost");
    }
}

// DS 7.2.3.5.2: the head index replaces the descriptors' DD.
void TxQueues::write_head(unsigned queue) {
    const auto low = regs_.get<TDWBAL>(queue);
    if (!low.get(TDWBAL::head_wb_en)) {
        return;
    }
    const std::uint64_t address = std::uint64_t{regs_.get<TDWBAH>(queue).raw()} << 32 |
                                  std::uint64_t{low.get(TDWBAL::headwb_low)} << 2;
    const le32 head = regs_.get<TDH>(queue).raw();
    if (!host_.dma_write(address, std::as_bytes(std::span(&head, 1)))) {
        host_.guest_error("head write-back address (TDWBAL, TDWBAH) is not in memory");
    }
}

}  // namespace ixgbe
