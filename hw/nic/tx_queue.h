// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit queues: from descriptors to whole packets and back to completions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <ixgbe/state.h>

#include "nic/descriptor_ring.h"
#include "nic/host.h"
#include "nic/interrupts.h"
#include "nic/offload_switches.h"
#include "nic/register_file.h"
#include "nic/stats.h"
#include "nic/trace.h"
#include "nic/tx_packet.h"
#include "nic/tx_path.h"
#include "nic/tx_request.h"

namespace ixgbe {

// Runs one queue at a time, in four phases that repeat:
//   fetch     copies descriptors from TDH on into a window (re-read after every call that may have
//   re-entered) collect   finds the next whole packet up to EOP; contexts before it are loaded and
//   consumed on their own.
//             Without EOP nothing changes: the cursor stays and the descriptors are read again
//             after the next tail
//   transmit  gathers the bytes and hands them to TxPath, which sends all of them or none; of many
//             segments it may leave some for the next step, before which the head does not move
//   complete  advances TDH, then writes DD for descriptors with RS (or the head, DS 7.2.3.5.2)
// One transmit cause is raised for the run. Every descriptor is completed, whatever became of its
// packet.
class TxQueues {
public:
    TxQueues(Host& host, ixgbe_state& state, RegisterFile& regs, TxPath& path,
             Interrupts& interrupts, Stats& stats, Tracer& trace, OffloadSwitches& offloads);

    enum class Outcome : std::uint8_t {
        idle,     // nothing left that could be sent now
        more,     // budget used up
        blocked,  // the host queued a frame: go on after ixgbe_send_ready()
        held,     // a receive queue is full: go on when something about it changed
    };
    // Sends packets of the queue until they made `budget` frames or more.
    [[nodiscard]] Outcome run(unsigned queue, unsigned budget);
    // What the last run took of its budget: its frames and their copies for pools, and one for each
    // step without any.
    [[nodiscard]] unsigned spent() const { return spent_; }

    // TXDCTL.ENABLE 0 -> 1: contexts are invalid, a packet begun before is forgotten. DS 4.6.8.1.
    void initialise(unsigned queue);
    // Something outside (a reset, a disable) took the rings away from a run in progress.
    void interrupted() { ++epoch_; }

    [[nodiscard]] bool enabled(unsigned queue) const;
    void set_dma_enabled(bool enabled) { dma_enabled_ = enabled; }

private:
    static constexpr std::uint32_t kChunk = 64;
    static constexpr std::uint32_t kMaxDescriptors = 4096;  // of one packet, far above DS 7.2.3.3

    enum class Step : std::uint8_t { advanced, empty, blocked, held };

    struct Collected {
        std::uint32_t count = 0;
        bool eop = false;
        bool failed = false;
    };

    [[nodiscard]] DescriptorRing ring(unsigned queue) const;
    [[nodiscard]] Step step(unsigned queue);
    [[nodiscard]] const TxDescriptor* peek(const DescriptorRing& ring, std::uint32_t ahead);
    [[nodiscard]] const TxDescriptor& descriptor(std::uint32_t ahead) const {
        return window_.at(window_first_ + ahead);
    }
    [[nodiscard]] Collected collect(const DescriptorRing& ring);
    [[nodiscard]] Step packet(unsigned queue, const DescriptorRing& ring, const Collected& found);
    [[nodiscard]] TxPath::Result send(unsigned queue, std::uint32_t descriptors);
    [[nodiscard]] Step leave(unsigned queue, const TxPath::Result& result);
    [[nodiscard]] bool is_ipv4() const;
    [[nodiscard]] TxDrop gather(std::uint32_t count);
    [[nodiscard]] TxRequest request(unsigned queue) const;
    void load_context(unsigned queue, const TxDescriptor& descriptor);
    void complete(unsigned queue, const DescriptorRing& ring, std::uint32_t count);
    void write_back(const DescriptorRing& ring, std::uint32_t index, const TxDescriptor& done);
    void write_head(unsigned queue);

    Host& host_;
    ixgbe_state& state_;
    RegisterFile& regs_;
    TxPath& path_;
    Interrupts& interrupts_;
    Stats& stats_;
    Tracer& trace_;
    OffloadSwitches& offloads_;
    TxPacket packet_;
    TxRequest wanted_;                  // of the packet in progress
    OffloadSwitches::Limited limited_;  // what of it is switched off
    std::array<TxDescriptor, kMaxDescriptors + kChunk> window_{};
    std::uint32_t window_first_ = 0;  // of the descriptor at the head
    std::uint32_t window_count_ = 0;
    std::uint32_t epoch_ = 0;
    unsigned spent_ = 0;
    bool dma_enabled_ = true;
    bool reported_ = false;  // a completion of this run asked for an interrupt
};

}  // namespace ixgbe
