// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rx_queue.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

namespace ixgbe {

namespace {

constexpr std::size_t kMaxSplitHeader = 1023;  // HDR_LEN has ten bits
constexpr std::size_t kMinFrame = 60;          // without FCS

}  // namespace

std::size_t RxBytes::size() const {
    std::size_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        total += piece.at(i).size();
    }
    return total;
}

RxBytes RxBytes::part(std::size_t from, std::size_t len) const {
    RxBytes out;
    for (std::size_t i = 0; i < count && len != 0; ++i) {
        const ConstBytes bytes = piece.at(i);
        if (from >= bytes.size()) {
            from -= bytes.size();
            continue;
        }
        const std::size_t taken = std::min(len, bytes.size() - from);
        out.add(bytes.subspan(from, taken));
        from = 0;
        len -= taken;
    }
    return out;
}

RxQueues::RxQueues(Host& host, ixgbe_state& state, RegisterFile& regs)
    : host_(host), state_(state), regs_(regs) {}

bool RxQueues::drops_when_empty(unsigned queue) const {
    return regs_.get<SRRCTL>(queue).get(SRRCTL::drop_en) ||
           (state_.rx[queue].pfqde & PFQDE::F<0>::mask) != 0;
}

// DS 7.4.3.2: the tag goes, and the descriptor is silent about it.
bool RxQueues::hides_vlan(unsigned queue) const {
    return (state_.rx[queue].pfqde & PFQDE::F<1>::mask) != 0;
}

RxDrop RxQueues::deliver(unsigned queue, const RxBytes& frame, const RxMetadata& metadata) {
    const std::size_t length = frame.size();
    const Plan p = plan(queue, length, metadata);
    const DescriptorRing ring = rest_of_ring(queue);
    if (p.buffer_bytes == 0) {
        host_.guest_error("SRRCTL.BSIZEPACKET is 0: no frame can be received");
        return RxDrop::over_ring;
    }
    if (p.descriptors > kMaxBuffers || (ring.span.size != 0 && p.descriptors >= ring.span.size)) {
        return RxDrop::over_ring;
    }
    if (p.descriptors > ring.span.available()) {
        return RxDrop::no_descriptors;
    }
    const std::uint32_t epoch = epoch_;
    if (!ring.fetch(host_, ring.span.head, std::span(posted_).first(p.descriptors))) {
        host_.guest_error("receive ring (RDBAL, RDBAH, RDLEN) is not in memory");
        return RxDrop::dma_failed;
    }
    if (!place(p, frame)) {
        host_.guest_error("receive buffer is not in memory: frame dropped");
        return RxDrop::dma_failed;
    }
    if (epoch != epoch_) {
        return RxDrop::queue_disabled;  // a write to our own BAR took the ring away
    }
    if (lent_.at(queue) == 0) {
        regs_.set<RDH>(queue, Value<RDH>(ring.span.advanced(
                                  ring.span.head, static_cast<std::uint32_t>(p.descriptors))));
    } else {
        lent_.at(queue) = static_cast<std::uint16_t>(lent_.at(queue) + p.descriptors);
    }
    write_back(ring, p, length, metadata);
    return RxDrop::none;
}

bool RxQueues::has_room(unsigned queue, std::size_t length, std::size_t header_len) const {
    RxMetadata metadata;
    metadata.header_len = header_len;
    const Plan p = plan(queue, length, metadata);
    const DescriptorRing ring = rest_of_ring(queue);
    return p.descriptors <= ring.span.available() || p.descriptors > kMaxBuffers ||
           (ring.span.size != 0 && p.descriptors >= ring.span.size);
}

bool RxQueues::refilled(unsigned queue) const {
    constexpr std::uint32_t kEnough = 128;
    const RingSpan ring = rest_of_ring(queue).span;
    return ring.available() >= std::min(ring.size / 4, kEnough);
}

RxQueues::Plan RxQueues::plan(unsigned queue, std::size_t length,
                              const RxMetadata& metadata) const {
    const auto control = regs_.get<SRRCTL>(queue);
    Plan p{.type = control.get(SRRCTL::desctype),
           .buffer_bytes = std::size_t{control.get(SRRCTL::bsizepacket)} * SRRCTL::packet_unit};
    if (p.type == RxDescriptorType::advanced_header_split ||
        p.type == RxDescriptorType::advanced_always_split) {
        plan_split(p, std::size_t{control.get(SRRCTL::bsizeheader)} * SRRCTL::header_unit, length,
                   metadata.header_len);
    }
    const std::size_t rest = length - p.in_header_buffer;
    p.descriptors = p.buffer_bytes == 0
                        ? 0
                        : std::max<std::size_t>(1, (rest + p.buffer_bytes - 1) / p.buffer_bytes);
    return p;
}

// X550 DS 7.1.10: which bytes go to the header buffer of the first descriptor.
void RxQueues::plan_split(Plan& plan, std::size_t header_buffer, std::size_t length,
                          std::size_t header_len) {
    const bool always = plan.type == RxDescriptorType::advanced_always_split;
    const bool recognised = header_len != 0 && header_len <= kMaxSplitHeader;
    plan.sph = recognised;
    plan.hbo = recognised && header_len > header_buffer;
    if (recognised && !plan.hbo) {
        plan.in_header_buffer = std::min(header_len, length);
    } else if (always) {
        plan.in_header_buffer = std::min(header_buffer, length);
    }
    // A driver that polls PKT_LEN would wait for ever on a descriptor with length 0.
    if (plan.in_header_buffer == length && !plan.sph) {
        plan.in_header_buffer = 0;
    }
}

bool RxQueues::place(const Plan& plan, const RxBytes& frame) {
    if (plan.in_header_buffer != 0 &&
        !write(posted_.front().header_address, frame.part(0, plan.in_header_buffer))) {
        return false;
    }
    std::size_t done = plan.in_header_buffer;
    for (std::size_t i = 0; i < plan.descriptors; ++i) {
        if (!write(posted_.at(i).packet_address, frame.part(done, plan.buffer_bytes))) {
            return false;
        }
        done += plan.buffer_bytes;
    }
    return pad(plan, frame.size());
}

// RDRXCTL.PSP, DS 8.2.2.9.10: zeros behind a frame that lost its tag. PKT_LEN does not count them.
bool RxQueues::pad(const Plan& plan, std::size_t length) {
    static constexpr std::array<std::byte, kMinFrame> kZeros{};
    if (!regs_.get<RDRXCTL>().get(RDRXCTL::psp) || length >= kMinFrame ||
        plan.in_header_buffer != 0) {
        return true;
    }
    return host_.dma_write(posted_.front().packet_address + length,
                           ConstBytes(kZeros).first(kMinFrame - length));
}

bool RxQueues::write(std::uint64_t addr, const RxBytes& bytes) {
    for (std::size_t i = 0; i < bytes.count; ++i) {
        if (!host_.dma_write(addr, bytes.piece.at(i))) {
            return false;
        }
        addr += bytes.piece.at(i).size();
    }
    return true;
}

RxWriteback RxQueues::writeback(const Plan& plan, std::size_t index, std::size_t length,
                                const RxMetadata& metadata) const {
    const bool eop = index + 1 == plan.descriptors;
    const std::size_t rest = length - plan.in_header_buffer;
    const std::size_t bytes = std::min(plan.buffer_bytes, rest - index * plan.buffer_bytes);
    if (plan.type == RxDescriptorType::legacy) {
        return legacy(index, bytes, eop, metadata);
    }
    Value<RxInfo> info = eop ? metadata.info : Value<RxInfo>();
    Value<RxStatus> status = eop ? metadata.status : Value<RxStatus>();
    if (index == 0 && plan.type != RxDescriptorType::advanced_one_buffer) {
        const std::size_t hdr_len = plan.hbo ? metadata.header_len : plan.in_header_buffer;
        info = info.with(RxInfo::sph, plan.sph)
                   .with(RxInfo::hdr_len, static_cast<std::uint32_t>(hdr_len));
        status = status.with(RxStatus::hbo, plan.hbo);
    }
    status = status.with(RxStatus::dd, true).with(RxStatus::eop, eop);
    const Value<RxLength> tail = Value<RxLength>()
                                     .with(RxLength::pkt_len, static_cast<std::uint32_t>(bytes))
                                     .with(RxLength::vlan, eop ? metadata.vlan : 0);
    return {.info = info.raw(),
            .rss = eop ? metadata.hash : 0,
            .status = status.raw(),
            .length = tail.raw()};
}

// X550 DS 7.1.5: the same facts in the old layout; the buffer address stays.
RxWriteback RxQueues::legacy(std::size_t index, std::size_t bytes, bool eop,
                             const RxMetadata& metadata) const {
    const Value<RxStatus> from = eop ? metadata.status : Value<RxStatus>();
    const auto status = Value<RxLegacyStatus>()
                            .with(RxLegacyStatus::dd, true)
                            .with(RxLegacyStatus::eop, eop)
                            .with(RxLegacyStatus::vp, from.get(RxStatus::vp))
                            .with(RxLegacyStatus::udpcs, from.get(RxStatus::udpcs))
                            .with(RxLegacyStatus::l4cs, from.get(RxStatus::l4cs))
                            .with(RxLegacyStatus::ipcs, from.get(RxStatus::ipcs))
                            .with(RxLegacyStatus::pif, from.get(RxStatus::pif))
                            .with(RxLegacyStatus::rxe, from.get(RxStatus::rxe))
                            .with(RxLegacyStatus::tcpe, from.get(RxStatus::l4e))
                            .with(RxLegacyStatus::ipe, from.get(RxStatus::ipe))
                            .with(RxLegacyStatus::vlan, eop ? metadata.vlan : 0);
    const std::uint64_t address = posted_.at(index).packet_address;
    return {.info = static_cast<std::uint32_t>(address),
            .rss = static_cast<std::uint32_t>(address >> 32),
            .status = Value<RxLegacyLength>()
                          .with(RxLegacyLength::length, static_cast<std::uint32_t>(bytes))
                          .raw(),
            .length = status.raw()};
}

void RxQueues::write_back(const DescriptorRing& ring, const Plan& plan, std::size_t length,
                          const RxMetadata& metadata) {
    std::array<RxWriteback, kMaxBuffers> done{};
    for (std::size_t i = 0; i < plan.descriptors; ++i) {
        done.at(i) = writeback(plan, i, length, metadata);
    }
    for (std::size_t i = 0; i < plan.descriptors; ++i) {
        write_back(ring.address(ring.span.advanced(ring.span.head, static_cast<std::uint32_t>(i))),
                   done.at(i));
    }
}

// The half with DD and PKT_LEN appears at once and last: drivers poll either of them.
void RxQueues::write_back(std::uint64_t addr, const RxWriteback& done) {
    const auto halves = std::bit_cast<std::array<le64, 2>>(done);
    if (std::byte* const slot = host_.dma_map(addr, kDescriptorBytes, Direction::to_guest)) {
        const auto raw = std::bit_cast<std::array<std::uint64_t, 2>>(done);
        std::memcpy(slot, raw.data(), sizeof raw[0]);
        std::atomic_thread_fence(std::memory_order_release);
        std::memcpy(slot + sizeof raw[0], raw.data() + 1, sizeof raw[1]);
        host_.dma_unmap(Bytes(slot, kDescriptorBytes), Direction::to_guest, kDescriptorBytes);
    } else if (!host_.dma_write(addr, std::as_bytes(std::span(halves.data(), 1))) ||
               !host_.dma_write(addr + 8, std::as_bytes(std::span(&halves[1], 1)))) {
        host_.guest_error("receive ring is not writable: write-back lost");
    }
}

}  // namespace ixgbe
