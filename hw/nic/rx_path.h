// SPDX-License-Identifier: GPL-2.0-or-later
// Receive offloads, in the order of the datasheet's data path: X550 DS 7.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/checksum.h"
#include "net/parse.h"
#include "nic/drop_reason.h"
#include "nic/flow_director.h"
#include "nic/host.h"
#include "nic/interrupts.h"
#include "nic/link.h"
#include "nic/offload_switches.h"
#include "nic/pool_switch.h"
#include "nic/register_file.h"
#include "nic/rx_coalescing.h"
#include "nic/rx_filter.h"
#include "nic/rx_queue.h"
#include "nic/stats.h"
#include "nic/steering.h"
#include "nic/trace.h"

namespace ixgbe {

// One frame in, one delivery or a reason why not. A frame that finds no descriptors (and no
// DROP_EN) has had no effect: the host keeps it and offers it again, and nothing was counted.
class RxPath {
public:
    RxPath(RegisterFile& regs, RxFilter& filter, PoolSwitch& pools, Steering& steering,
           FlowDirector& flows, RxQueues& queues, RxCoalescing& coalescing, Interrupts& interrupts,
           Link& link, Stats& stats, Tracer& trace, OffloadSwitches& offloads);

    [[nodiscard]] ixgbe_receive_result receive(ConstBytes frame,
                                               const ixgbe_frame_offload& offload);
    // A frame of our own, HLREG0.LPBK: no link, no back-pressure.
    void loop(ConstBytes frame);

    // A frame that a pool sends to others, with what the switch said of it.
    struct Exchanged {
        ConstBytes bytes;
        ixgbe_frame_offload offload;
        PoolSwitch::Destinations to;
        bool context = false;        // CC: RSS and stripping know the offsets, DS 7.8.3.6.1
        bool outer_context = false;  // OUTERIPCS: of a tunnel's frames too
    };
    // How many copies were made. Nothing: a queue without DROP_EN has no descriptors, and nothing
    // has happened; offer it again once something about the receiver has changed.
    [[nodiscard]] std::optional<std::size_t> exchange(const Exchanged& sent);

    // RXEN, master enable: whether frames are taken at all.
    [[nodiscard]] bool receiving() const;
    void set_dma_enabled(bool enabled) { dma_enabled_ = enabled; }

    // A frame is on its way to its buffers: whoever asks is called from within.
    [[nodiscard]] bool busy() const { return busy_; }
    // Closes the units of coalesced segments; true if none is left open. False while a frame is on
    // its way: ask again.
    [[nodiscard]] bool close_units();
    // The queue stops: its units close, or go with the ring if a frame is on its way.
    void close_units_of(unsigned queue);

    // A frame was refused for want of descriptors; take_starved() also forgets it.
    [[nodiscard]] bool starved() const { return starved_; }
    // The same, and it was for this queue.
    [[nodiscard]] bool starved_of(unsigned queue) const { return starved_ && held_for_ == queue; }
    [[nodiscard]] bool take_starved();
    // A frame was refused because it came in the middle of another one.
    [[nodiscard]] bool missed() const { return missed_; }

private:
    static constexpr std::size_t kMaxFrame = 15872;  // 15.5 KB, DS 7.1.1
    static constexpr std::size_t kMinFrame = 60;     // without FCS

    static constexpr std::size_t kMaxSuperFrame = 65535 + 18;
    static constexpr std::size_t kCutIdentity = 96;

    // A super-frame that found buffers for some of its segments only. The host offers it again.
    struct Cut {
        std::uint32_t done = 0;
        std::size_t length = 0;
        std::array<std::byte, kCutIdentity> begins{};
    };

    struct Frame {
        ConstBytes bytes;
        PacketInfo info;
        RxFilter::Verdict admitted;
        Steering::Target target;
        unsigned pool = 0;
        bool exchanged = false;     // from a pool, not from the wire
        bool offsets_known = true;  // to the MAC; of exchanged frames to the sender
        bool first_copy = true;
        bool oversize_tunnel = false;  // its headers are longer than the block offers
    };

    [[nodiscard]] ixgbe_receive_result take(ConstBytes bytes, const ixgbe_frame_offload& offload);
    [[nodiscard]] ixgbe_receive_result take_one(ConstBytes bytes,
                                                const ixgbe_frame_offload& offload);
    // rx_super_frame.cc
    [[nodiscard]] ixgbe_receive_result take_super(ConstBytes bytes,
                                                  const ixgbe_frame_offload& offload);
    [[nodiscard]] ixgbe_receive_result coalesce_super(const Frame& frame,
                                                      const ixgbe_frame_offload& offload);
    [[nodiscard]] ixgbe_receive_result cut_super(const Frame& frame,
                                                 const ixgbe_frame_offload& offload);
    [[nodiscard]] std::uint32_t segments_done(ConstBytes frame);
    void count_super(const Frame& frame, const ixgbe_frame_offload& offload, ChecksumVerdict told);
    [[nodiscard]] ixgbe_receive_result take_plain(ConstBytes bytes,
                                                  const ixgbe_frame_offload& offload);
    // rx_pools.cc
    [[nodiscard]] ixgbe_receive_result take_pooled(Frame& frame, const RxPoolLayout& layout,
                                                   const ixgbe_frame_offload& offload);
    void steer_copies(const Frame& frame, const RxPoolLayout& layout,
                      const PoolSwitch::Destinations& to);
    void choose_copy(Frame& frame, std::size_t copy) const;
    [[nodiscard]] std::optional<unsigned> full_queue(Frame& frame);
    [[nodiscard]] bool place_copies(Frame& frame, const ixgbe_frame_offload& offload);
    void count_flows();
    [[nodiscard]] bool must_wait(const Frame& frame);
    [[nodiscard]] ixgbe_receive_result hold(unsigned queue);
    [[nodiscard]] RxDrop place(const Frame& frame, const ixgbe_frame_offload& offload);
    [[nodiscard]] static ChecksumVerdict checked(const Frame& frame, L4Trust trust);
    [[nodiscard]] bool coalesce(const Frame& frame, const RxBytes& bytes,
                                const RxMetadata& metadata, ChecksumVerdict verdict);
    [[nodiscard]] ixgbe_receive_result drop(RxDrop reason, std::size_t length, unsigned queue = 0);
    [[nodiscard]] ixgbe_receive_result drop_steered(RxDrop reason, const Frame& frame);
    [[nodiscard]] ConstBytes padded(ConstBytes bytes);
    [[nodiscard]] std::size_t length_limit(const PacketInfo& info) const;
    [[nodiscard]] ParseOptions parse_options() const;
    [[nodiscard]] ConstBytes with_checksum(ConstBytes bytes, const ixgbe_frame_offload& offload);
    [[nodiscard]] RxBytes placed_bytes(const Frame& frame);
    [[nodiscard]] bool strips_tag(const Frame& frame) const;
    void parse_headers(Frame& frame) const;
    [[nodiscard]] RxMetadata describe(const Frame& frame, ChecksumVerdict told) const;
    [[nodiscard]] std::size_t split_point(const Frame& frame) const;
    [[nodiscard]] bool within_rlpml(unsigned queue, std::size_t length) const;
    [[nodiscard]] ixgbe_receive_result deliver(const Frame& frame,
                                               const ixgbe_frame_offload& offload);

    struct PoolCopy {
        unsigned pool = 0;
        Steering::Target target;
    };

    RegisterFile& regs_;
    RxFilter& filter_;
    PoolSwitch& pools_;
    Steering& steering_;
    FlowDirector& flows_;
    RxQueues& queues_;
    RxCoalescing& coalescing_;
    Interrupts& interrupts_;
    Link& link_;
    Stats& stats_;
    Tracer& trace_;
    OffloadSwitches& offloads_;
    bool dma_enabled_ = true;
    bool starved_ = false;
    unsigned full_ = 0;      // the queue that a frame had to wait for last,
    unsigned held_for_ = 0;  // and the one that the host's frame waits for
    bool busy_ = false;      // a frame is on its way to its buffers, which may re-enter
    bool missed_ = false;    // a frame was refused for that reason
    std::array<PoolCopy, kPools> pool_copy_;  // of the frame on its way
    std::size_t pool_copies_ = 0;
    std::array<std::byte, kMaxFrame> copy_{};
    std::array<std::byte, kMaxFrame> cut_{};
    Cut cut_before_;
    le32 fcs_{};
};

}  // namespace ixgbe
