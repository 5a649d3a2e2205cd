// SPDX-License-Identifier: GPL-2.0-or-later
// Receive side coalescing on the rings: X550 DS 7.1.12; which registers allow it, where the
// segments of a unit lie, and what its descriptors say.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/rsc.h"
#include "net/rsc_index.h"
#include "nic/host.h"
#include "nic/interrupts.h"
#include "nic/offload_switches.h"
#include "nic/register_file.h"
#include "nic/rx_queue.h"
#include "nic/trace.h"

namespace ixgbe {

// Segments go to the guest's buffers as they come, once. The first one has its buffer to itself:
// Linux takes what is behind the first buffer for the payload when it estimates the segment size,
// and warns of a unit that ends there. The headers of the first one are rewritten
// and the descriptors written back when the unit closes. Units stay open to the end of a burst of
// frames at most: whoever lets interrupts go calls close_all() before. Descriptors that other
// frames used meanwhile are written back at once, but RDH waits for the units before them.
class RxCoalescing {
public:
    RxCoalescing(Host& host, RegisterFile& regs, RxQueues& queues, Interrupts& interrupts,
                 Tracer& trace, OffloadSwitches& offloads);

    // A frame on its way into a queue. `bytes` is what would be placed, `tag_bytes` of tag missing
    // from it.
    struct Arrival {
        unsigned queue = 0;
        ConstBytes frame;
        const PacketInfo& info;
        const RxBytes& bytes;
        std::size_t tag_bytes = 0;
        const RxMetadata& metadata;
        ChecksumVerdict verdict;  // as it was found, told or not (RSC-22, RSC-23)
    };
    // True: the frame is part of a unit now. False: deliver it by itself; what had to go before it
    // has gone.
    [[nodiscard]] bool take(const Arrival& arrival);

    // Whether a super-frame of a peer with a virtio-net header can be coalesced units now (none),
    // once the driver has posted more (no_descriptors), or never. Its `bytes` are not looked at.
    [[nodiscard]] RxDrop fits_super(const Arrival& arrival, std::size_t gso_size) const;
    // Makes it units as large as MAXDESC allows; only after fits_super().
    void take_super(const Arrival& arrival, std::size_t gso_size);

    // The enable chain of one queue, without its vector's part being mapped.
    [[nodiscard]] bool enabled(unsigned queue) const;

    [[nodiscard]] bool open() const { return open_ != 0; }
    void close_all();
    void close_queue(unsigned queue);
    // The ring is gone, and what lay in it.
    void forget_queue(unsigned queue);
    void forget_all();

private:
    static constexpr std::size_t kContexts = 32;  // flows that the chip follows
    using Index = RscIndex<kContexts>;
    static constexpr std::size_t kMaxBuffers = 16;  // RSCCTL.MAXDESC
    static constexpr unsigned kMaxStarts = 14;      // RSCCNT has four bits

    struct Unit {
        bool used = false;
        unsigned queue = 0;
        std::uint32_t serial = 0;  // a unit that was forgotten during DMA is not the same any more
        std::size_t buffer_bytes = 0;
        std::size_t first_bytes = 0;  // in the first buffer
        std::size_t bytes = 0;        // of the packet so far
        std::size_t alone_bytes = 0;  // of the first segment's frame, padding included
        std::size_t tag_bytes = 0;
        std::size_t tag_offset = 0;
        std::size_t buffers = 0;
        std::array<RxQueues::Buffer, kMaxBuffers> buffer;
        std::array<std::uint8_t, kMaxBuffers> starts{};  // segments that begin in each
        RxMetadata metadata;
        ChecksumVerdict verdict;  // of the first segment, and so of all
        RscUnit rsc;

        // Where byte `offset` of the packet lies: its buffer, and the offset in it.
        struct Place {
            std::size_t buffer, within, room;
        };
        [[nodiscard]] Place place(std::size_t offset) const;
    };

    [[nodiscard]] RscOptions options() const;
    void count_exception(const Arrival& arrival);
    void count_split(const Unit& unit, const Arrival& arrival, const RscSegment& segment);
    void abort(OffloadCounter cause);
    [[nodiscard]] std::size_t max_buffers(unsigned queue) const;
    [[nodiscard]] RscStep next_step(const Unit& unit, const Arrival& arrival,
                                    const std::optional<RscSegment>& segment) const;
    [[nodiscard]] Unit* find(unsigned queue, std::uint64_t connection);
    [[nodiscard]] Unit* open_unit(const Arrival& arrival, std::uint64_t connection);
    [[nodiscard]] bool may_start(const Arrival& arrival, const RscSegment& segment) const;
    [[nodiscard]] bool start(const Arrival& arrival, const RscSegment& segment);
    [[nodiscard]] bool append(Unit& unit, const Arrival& arrival, const RscSegment& segment);
    [[nodiscard]] bool has_room(const Unit& unit, std::size_t length) const;
    [[nodiscard]] bool grow(Unit& unit, std::size_t length);
    [[nodiscard]] bool write(const Unit& unit, std::size_t offset, const RxBytes& bytes);
    [[nodiscard]] static bool may_begin(const Unit& unit, std::size_t offset);
    [[nodiscard]] std::size_t segments_a_unit(const Arrival& arrival, std::size_t header_len,
                                              std::size_t gso_size) const;
    void super_part(const Arrival& arrival, const RscSegment& part, std::size_t gso_size,
                    std::size_t from);
    void close(Unit& unit);
    void count_unit(const Unit& unit);
    void rewrite_headers(Unit& unit);
    void write_back(const Unit& unit);
    void forget(Unit& unit);
    void release(Unit& unit);

    Host& host_;
    RegisterFile& regs_;
    RxQueues& queues_;
    Interrupts& interrupts_;
    Tracer& trace_;
    OffloadSwitches& offloads_;
    std::array<Unit, kContexts> units_;
    Index index_;  // of those that are used
    std::size_t open_ = 0;
    std::uint32_t serial_ = 0;
    std::array<std::uint16_t, IXGBE_QUEUES> open_on_{};
};

}  // namespace ixgbe
