// SPDX-License-Identifier: GPL-2.0-or-later
// Receive queues: places one frame completely, or not at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ixgbe/state.h>

#include "nic/descriptor_ring.h"
#include "nic/drop_reason.h"
#include "nic/host.h"
#include "nic/register_file.h"
#include "regs/descriptors.h"
#include "regs/rx.h"

namespace ixgbe {

// Bytes to place, in at most three pieces: before and after a stripped tag, and an FCS.
struct RxBytes {
    std::array<ConstBytes, 3> piece;
    std::size_t count = 0;

    void add(ConstBytes bytes) { piece.at(count++) = bytes; }
    [[nodiscard]] std::size_t size() const;
    // Bytes [from, from + len) as pieces; used to fill one buffer.
    [[nodiscard]] RxBytes part(std::size_t from, std::size_t len) const;
};

// What the descriptors will say, in the terms of the advanced write-back; the legacy form is
// derived from it.
struct RxMetadata {
    Value<RxInfo> info;
    std::uint32_t hash = 0;
    Value<RxStatus> status;  // DD and EOP are the queue's to set
    std::uint16_t vlan = 0;
    std::size_t header_len = 0;  // where a header split would cut; 0: no recognised header
};

class RxQueues {
public:
    RxQueues(Host& host, ixgbe_state& state, RegisterFile& regs);

    // RXDCTL.ENABLE as it reads back.
    [[nodiscard]] bool enabled(unsigned queue) const { return state_.rx[queue].enabled != 0; }
    [[nodiscard]] bool drops_when_empty(unsigned queue) const;
    // PFQDE.HIDE_VLAN
    [[nodiscard]] bool hides_vlan(unsigned queue) const;

    // none: placed, RDH advanced, descriptors written back. no_descriptors: nothing happened, ask
    // again later. Anything else: the frame can never be placed; nothing was written back.
    [[nodiscard]] RxDrop deliver(unsigned queue, const RxBytes& frame, const RxMetadata& metadata);

    // Whether there are descriptors for so many bytes; true as well if no number of them would do.
    [[nodiscard]] bool has_room(unsigned queue, std::size_t length, std::size_t header_len) const;

    // Whether as many descriptors are posted as make it worth waking a backend that waits for them.
    [[nodiscard]] bool refilled(unsigned queue) const;

    void interrupted() { ++epoch_; }

    // ---- buffers lent to coalesced units (rx_lending.cc) ----
    struct Buffer {
        std::uint32_t index = 0;  // in the ring
        std::uint64_t address = 0;
    };
    // Posted and not lent.
    [[nodiscard]] std::uint32_t lendable(unsigned queue) const;
    // The next ones of the ring; false, and none lent, if there are too few or the ring cannot be
    // read. They are behind RDH until all that were lent have been written back.
    [[nodiscard]] bool lend(unsigned queue, std::span<Buffer> out);
    // The last ones lent were not needed.
    void take_back(unsigned queue, std::size_t count);
    void write_back(unsigned queue, std::uint32_t index, const RxWriteback& done);
    // Everything lent is written back.
    void settle(unsigned queue);
    void forget_lent(unsigned queue);
    [[nodiscard]] bool write(std::uint64_t addr, const RxBytes& bytes);

private:
    // 15.5 KB in buffers of 1 KB, and one for a split header.
    static constexpr std::size_t kMaxBuffers = 17;

    struct Plan {
        RxDescriptorType type = RxDescriptorType::advanced_one_buffer;
        std::size_t buffer_bytes = 0;
        std::size_t in_header_buffer = 0;
        std::size_t descriptors = 0;
        bool sph = false;
        bool hbo = false;
    };
    [[nodiscard]] Plan plan(unsigned queue, std::size_t length, const RxMetadata& metadata) const;
    static void plan_split(Plan& plan, std::size_t header_buffer, std::size_t length,
                           std::size_t header_len);
    [[nodiscard]] bool place(const Plan& plan, const RxBytes& frame);
    [[nodiscard]] bool pad(const Plan& plan, std::size_t length);
    [[nodiscard]] RxWriteback writeback(const Plan& plan, std::size_t index, std::size_t length,
                                        const RxMetadata& metadata) const;
    [[nodiscard]] RxWriteback legacy(std::size_t index, std::size_t bytes, bool eop,
                                     const RxMetadata& metadata) const;
    void write_back(const DescriptorRing& ring, const Plan& plan, std::size_t length,
                    const RxMetadata& metadata);
    void write_back(std::uint64_t addr, const RxWriteback& done);
    // The ring as if lent buffers were gone.
    [[nodiscard]] DescriptorRing rest_of_ring(unsigned queue) const;

    Host& host_;
    ixgbe_state& state_;
    RegisterFile& regs_;
    std::array<RxReadDescriptor, kMaxBuffers> posted_{};
    std::array<std::uint16_t, IXGBE_QUEUES> lent_{};
    std::uint32_t epoch_ = 0;
};

}  // namespace ixgbe
