// SPDX-License-Identifier: GPL-2.0-or-later
// Receive side coalescing: which TCP segments become one, and the headers of the result.
//
// Decides for one segment at a time against what is held of its connection; places no payload.
// Where the X550's data sheet is silent, the stricter of the drivers' expectations and the rules
// RSC-* of the task-offload interface holds: not to coalesce is always right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/checksum.h"
#include "net/parse.h"

namespace ixgbe {

struct RscOptions {
    bool ipv4 = true;
    bool ipv6 = false;               // the chip coalesces IPv4 only
    bool timestamps = true;          // false: segments with the option are not coalesced (RSC-15)
    unsigned max_segments = 0xffff;  // of a unit
    bool window_updates = true;  // false: RSCDBU.RSCACKDIS, every pure ACK ends the unit (RSC-13)
    bool close_on_push = true;   // false: RDRXCTL.RSC_PUSH_DIS
};

// A segment without anything that forbids coalescing it as such (exceptions RSC-E3 to E6, RSC-16).
// Offsets are bytes from the frame's start; numbers are in host order.
struct RscSegment {
    bool ipv4 = true;
    bool timestamps = false;
    std::uint8_t hop_limit = 0;
    std::uint16_t flags = 0;
    std::uint16_t window = 0;
    std::uint32_t l3_offset = 0;
    std::uint32_t l4_offset = 0;
    std::uint32_t header_len = 0;  // up to the payload
    std::uint32_t payload_len = 0;
    std::uint32_t seq = 0;
    std::uint32_t ack = 0;
    std::uint32_t tsval = 0;
    std::uint32_t tsecr = 0;
    std::uint64_t connection = 0;  // equal for frames of one connection, seldom for others

    [[nodiscard]] std::uint32_t next_seq() const { return seq + payload_len; }
    [[nodiscard]] bool pure_ack() const { return payload_len == 0; }
};

// Nothing: the frame is never part of a unit. `info` comes from parse() of this very frame. Its
// checksums are the caller's to look at (RSC-23).
[[nodiscard]] std::optional<RscSegment> rsc_segment(ConstBytes frame, const PacketInfo& info,
                                                    const RscOptions& options) noexcept;

// Addresses, ports and IP version of any TCP frame, also of one that rsc_segment() refuses: a unit
// of its connection must go before it. Zero: no TCP.
[[nodiscard]] std::uint64_t rsc_connection(ConstBytes frame, const PacketInfo& info) noexcept;

// Why a TCP segment that may not be coalesced may not: the exceptions RSC-E2 to RSC-E8.
enum class RscException : std::uint8_t {
    none,  // its IP version is not coalesced, or it is no TCP
    flag,
    option,
    ip_option,  // IPv4 options, IPv6 extension headers
    fragment,
    ecn,  // ECE or CWR
};
// For a frame of which rsc_segment() made nothing.
[[nodiscard]] RscException rsc_exception(ConstBytes frame, const PacketInfo& info,
                                         const RscOptions& options) noexcept;

// Why a segment starts another unit although it is the next of its connection.
enum class RscSplit : std::uint8_t {
    other,
    full,  // RSC-E7
    ecn,   // RSC-E8
};

enum class RscStep : std::uint8_t {
    start,          // finish the unit; begin another with this segment
    append,         // the payload joins
    window_update,  // the unit takes the window, the frame is gone (RSC-T2)
    alone,          // finish the unit; deliver by itself
};

// One unit: the headers of its first segment, brought up to date.
class RscUnit {
public:
    // Ethernet with one tag, IPv6, TCP with timestamps.
    static constexpr std::size_t kMaxHeader = 18 + 40 + 32;
    static constexpr std::size_t kMaxDatagram = 65535;  // RSC-18

    // Whether the connection is the same, not only its hash.
    [[nodiscard]] bool same_connection(ConstBytes frame, const RscSegment& segment) const noexcept;
    // What becomes of a segment of the same connection: RSC-T2 to RSC-T10, RSC-9.
    [[nodiscard]] RscStep decide(ConstBytes frame, const RscSegment& segment,
                                 const RscOptions& options) const noexcept;

    // For a segment of the same connection that decide() let start another unit.
    [[nodiscard]] RscSplit split(ConstBytes frame, const RscSegment& segment,
                                 const RscOptions& options) const noexcept;

    void begin(ConstBytes frame, const RscSegment& segment) noexcept;
    // For a super-frame or a part of one: `segment` describes the part, `payload_sum` is the folded
    // sum of its payload, and it stands for that many segments.
    void begin_super(ConstBytes frame, const RscSegment& segment, std::uint16_t payload_sum,
                     unsigned segments) noexcept;
    // IPv4 identification of the first segment, counted from that of the frame.
    void advance_id(std::uint16_t by) noexcept;
    void append(ConstBytes frame, const RscSegment& segment) noexcept;
    void take_window(const RscSegment& segment) noexcept {
        window_ = segment.window;
        changed_ = true;
    }

    [[nodiscard]] std::uint64_t connection() const { return connection_; }
    [[nodiscard]] unsigned count() const { return count_; }  // segments with payload (RSC-19)
    [[nodiscard]] std::size_t header_len() const { return header_len_; }
    [[nodiscard]] std::uint32_t payload_len() const { return payload_len_; }
    [[nodiscard]] bool pushed() const { return push_; }
    // The headers are not those of the first segment any more.
    [[nodiscard]] bool changed() const { return changed_ || count_ > 1; }

    // Lengths, hop limit, acknowledgement, window, flags, timestamps and both checksums of the
    // whole (RSC-7, RSC-8, RSC-17, RSC-22). The span is the unit's own.
    [[nodiscard]] ConstBytes finish() noexcept;

private:
    [[nodiscard]] bool fits(const RscSegment& segment, const RscOptions& options) const noexcept;
    [[nodiscard]] bool same_envelope(ConstBytes frame, const RscSegment& segment) const noexcept;
    [[nodiscard]] std::uint16_t payload_sum_of(ConstBytes frame,
                                               const RscSegment& segment) const noexcept;
    void open(ConstBytes frame, const RscSegment& segment) noexcept;
    void add_payload(const RscSegment& segment, std::uint16_t sum, unsigned segments) noexcept;
    void finish_ip() noexcept;
    void finish_tcp() noexcept;

    std::uint64_t connection_ = 0;
    std::uint32_t header_len_ = 0;
    std::uint32_t l3_ = 0;
    std::uint32_t l4_ = 0;
    std::uint32_t payload_len_ = 0;
    std::uint32_t next_seq_ = 0;
    std::uint32_t ack_ = 0;
    std::uint32_t tsval_ = 0;
    std::uint32_t tsecr_ = 0;
    unsigned count_ = 0;
    std::uint16_t window_ = 0;
    std::uint8_t hop_limit_ = 0;
    bool ipv4_ = true;
    bool timestamps_ = false;
    bool push_ = false;
    bool changed_ = false;
    ChecksumAccumulator payload_sum_;
    std::array<std::byte, kMaxHeader> header_{};
};

}  // namespace ixgbe
