// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit offloads, in the order of the datasheet's data path: X550 DS 7.2.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "net/checksum.h"
#include "net/lso.h"
#include "nic/drop_reason.h"
#include "nic/host.h"
#include "nic/link.h"
#include "nic/pool_switch.h"
#include "nic/register_file.h"
#include "nic/rx_path.h"
#include "nic/stats.h"
#include "nic/trace.h"
#include "nic/tx_packet.h"
#include "nic/tx_request.h"

namespace ixgbe {

// One packet in, zero or more frames out. Headers are copied once and patched; payload travels as
// slices of the guest's own memory. The lengths of the descriptors decide where headers are, never
// the bytes (one exception: a frame is handed to a peer with a virtio-net header only if its
// headers are what that header can express).
class TxPath {
public:
    TxPath(Host& host, RegisterFile& regs, PoolSwitch& pools, RxPath& receiver, Link& link,
           Stats& stats, Tracer& trace);

    struct Result {
        TxDrop drop = TxDrop::none;  // the packet was refused before any frame left
        bool blocked = false;        // the host queued a frame: no other packet for now
        bool held = false;           // a pool it is for has no descriptors: unfinished as well
        unsigned frames = 0;         // that left
        std::size_t work = 0;        // the same, and the copies for pools
        bool unfinished = false;     // segments are left for another call
    };
    // `segments_sent`: of the same packet, by the calls before that left it unfinished. A segmented
    // packet is unfinished once the host queues a frame or kFramesAtOnce have left, copies for
    // pools included; any packet is while a pool has to wait for it.
    [[nodiscard]] Result transmit(unsigned queue, const TxRequest& request, TxPacket& packet,
                                  std::uint32_t segments_sent = 0);

    void set_peer(unsigned features) { peer_ = features; }

private:
    static constexpr unsigned kFramesAtOnce = 1024;  // so that MSS 1 cannot hold the host up
    static constexpr std::size_t kTagBytes = 4;
    static constexpr std::size_t kMinFrame = 60;     // without FCS; DS 7.2.3.2.2, HLREG0.TXPADEN
    static constexpr std::size_t kMaxFrame = 15872;  // 15.5 KB, DS 7.2.3.3
    // MACLEN 127, two outer lengths of 255, IPLEN 511, L4LEN 255
    static constexpr std::size_t kMaxHeader = 127 + 255 + 255 + 511 + 255;

    [[nodiscard]] TxDrop refuse(const TxRequest& request, const TxPacket& packet) const;
    // tx_switch.cc
    [[nodiscard]] TxDrop route(const TxRequest& request, const TxPacket& packet);
    // False: a pool has to wait for it.
    [[nodiscard]] bool exchange(const TxRequest& request);
    [[nodiscard]] ConstBytes flat_frame();

    [[nodiscard]] TxDrop send_whole(const TxRequest& request, const TxPacket& packet);
    [[nodiscard]] TxDrop send_segments(const TxRequest& request, const TxPacket& packet);
    void cut(const TxRequest& request, Segmenter& segmenter, PieceCursor& payload);
    [[nodiscard]] bool peer_may_cut(const TxRequest& request) const;
    [[nodiscard]] bool hand_over_segmentation(const TxRequest& request, const TxPacket& packet);

    [[nodiscard]] TxDrop insert_checksums(const TxRequest& request, const TxPacket& packet);
    void insert_raw_checksum(const TxRequest& request, const TxPacket& packet);
    [[nodiscard]] bool hand_over_checksum(const TxRequest& request);
    [[nodiscard]] std::uint16_t sum_from(const TxPacket& packet, std::size_t offset) const;

    // The frame being built: header bytes of our own, then slices.
    void begin_frame(std::size_t header_bytes);
    void add_slice(ConstBytes bytes);
    void add_rest(const TxPacket& packet);  // all that is not in the header
    // False: held, nothing has left.
    bool emit(const TxRequest& request, std::uint32_t wire_frames = 1);
    void leave(std::uint32_t wire_frames);
    [[nodiscard]] std::size_t tag_offset() const;
    void insert_tag(const TxRequest& request);
    void count_segments(const TxRequest& request);
    [[nodiscard]] Bytes header() { return Bytes(buffer_).subspan(kTagBytes, header_bytes_); }

    Host& host_;
    RegisterFile& regs_;
    PoolSwitch& pools_;
    RxPath& receiver_;
    Link& link_;
    Stats& stats_;
    Tracer& trace_;
    unsigned peer_ = 0;
    unsigned queue_ = 0;
    PoolSwitch::Destinations route_;  // of the packet in progress
    bool blocked_ = false;
    bool held_ = false;
    unsigned frames_ = 0;              // of the packet in progress, in this call
    std::size_t copies_ = 0;           // of them for pools
    std::uint32_t segments_sent_ = 0;  // of the packet in progress, by the calls before
    bool unfinished_ = false;
    std::size_t header_bytes_ = 0;
    std::size_t frame_bytes_ = 0;
    std::size_t slices_ = 0;
    ixgbe_frame_offload offload_{};
    std::array<std::byte, kTagBytes + kMaxHeader + 64> buffer_{};
    std::array<iovec, TxPacket::kMaxPieces + 2> slice_{};
    std::array<std::byte, kMaxFrame + kTagBytes> flat_{};
};

}  // namespace ixgbe
