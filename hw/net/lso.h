// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit segmentation and checksum insertion by descriptor geometry (X550 DS 7.2.4 and 7.2.5).
//
// Headers are found from the lengths the driver gave and are never parsed: with a partially
// offloaded tunnel the "IP header" spans outer IP to inner L4, and only lengths describe that. All
// fields are summed as they stand, the checksum field included: drivers seed it (pseudo-header, or
// a value that cancels the tunnel's bytes).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace ixgbe {

// TUCMD.L4T
enum class L4 : std::uint8_t { udp, tcp, sctp, none };

// mac_len | outer_ip_len | tunnel_len | ip_len | l4_len | payload; the two in the middle for native
// tunnels only.
struct HeaderGeometry {
    std::size_t mac_len = 0;
    std::size_t outer_ip_len = 0;
    std::size_t tunnel_len = 0;
    std::size_t ip_len = 0;
    std::size_t l4_len = 0;
    L4 l4 = L4::none;
    bool ipv4 = false;
    bool native_tunnel = false;  // OUTERIPCS
    bool vxlan = false;          // with native_tunnel: VXLAN, not NVGRE

    [[nodiscard]] constexpr std::size_t ip_offset() const {
        return mac_len + (native_tunnel ? outer_ip_len + tunnel_len : 0);
    }
    [[nodiscard]] constexpr std::size_t l4_offset() const { return ip_offset() + ip_len; }
    [[nodiscard]] constexpr std::size_t header_len() const { return l4_offset() + l4_len; }
};

// DTXTCPFLGL and DTXTCPFLGH: which of the twelve TCP flag bits survive.
struct TcpFlagMasks {
    std::uint16_t first = 0xFF6;
    std::uint16_t middle = 0xFF6;
    std::uint16_t last = 0xF7F;
};

struct LsoRequest {
    HeaderGeometry geometry;
    std::uint16_t mss = 0;
    std::uint32_t payload_len = 0;
    bool insert_ip_checksum = false;
    bool insert_l4_checksum = false;
    TcpFlagMasks masks;
    // Bits of the IPv4 identification that count up; 0x7FFF keeps bit 15 (rules LSO-13 and LSO-14).
    std::uint16_t id_count_mask = 0xFFFF;
};

enum class LsoError : std::uint8_t {
    none,
    mss_zero,
    sctp,
    no_l4,
    l4_len_too_short,
    ip_len_too_short,
    outer_ip_len_too_short,
    header_too_long,
    header_truncated,
    segment_too_long,  // an IP length would not fit 16 bits
};
[[nodiscard]] const char* to_string(LsoError error) noexcept;

// Cuts one packet: next() yields payload ranges, write_header() the header that goes before each.
// Keeps a copy of the header template, so guest memory may change meanwhile.
class Segmenter {
public:
    static constexpr std::size_t kMaxHeader = 512;  // X550 DS 7.2.4: all prototype headers

    struct Segment {
        std::uint32_t payload_offset = 0;  // from the end of the headers
        std::uint32_t payload_len = 0;
        std::uint32_t index = 0;
        bool first = false;
        bool last = false;
        bool only = false;  // first and last: TCP flags stay as they are
    };

    // Why create() refuses this request; none if it does not.
    [[nodiscard]] static LsoError check(const LsoRequest& request,
                                        ConstBytes header_template) noexcept;

    // `header_template` begins with the packet's header_len() bytes; what follows is not read.
    [[nodiscard]] static std::optional<Segmenter> create(const LsoRequest& request,
                                                         ConstBytes header_template) noexcept;

    [[nodiscard]] std::size_t header_len() const noexcept { return header_len_; }
    [[nodiscard]] std::uint32_t segment_count() const noexcept;

    // Segments in order; an empty payload yields one segment without payload.
    [[nodiscard]] std::optional<Segment> next() noexcept;

    // `payload_sum`: folded sum of the segment's payload as if it began at an even offset; not used
    // unless needs_payload_sum(). A header_out shorter than header_len() stays as it is.
    void write_header(const Segment& segment, std::uint16_t payload_sum,
                      Bytes header_out) const noexcept;

    [[nodiscard]] bool needs_payload_sum() const noexcept { return insert_l4_checksum_; }

private:
    // One IP header to repair per segment.
    struct IpFields {
        bool present = false;
        bool ipv4 = false;
        bool insert_checksum = false;
        std::uint16_t offset = 0;
        std::uint16_t fixed_len = 0;  // length field of a segment without payload
        std::uint16_t id = 0;
        std::uint16_t id_count_mask = 0xFFFF;
        std::uint32_t sum = 0;  // of what no segment changes
    };

    Segmenter(const LsoRequest& request, ConstBytes header_template) noexcept;
    void prepare_fields(IpFields& ip, std::size_t length) noexcept;
    void prepare_outer(const HeaderGeometry& geometry) noexcept;
    void prepare_ip(const LsoRequest& request) noexcept;
    void prepare_l4() noexcept;
    static void write_ip(const IpFields& ip, const Segment& segment, std::byte* frame) noexcept;
    [[nodiscard]] std::uint16_t tcp_word(const Segment& segment) const noexcept;
    void write_tcp(const Segment& segment, std::uint16_t payload_sum,
                   std::byte* header) const noexcept;
    void write_udp(const Segment& segment, std::uint16_t payload_sum,
                   std::byte* header) const noexcept;

    std::uint32_t payload_len_ = 0;
    std::uint32_t mss_ = 0;
    std::uint32_t index_ = 0;
    std::uint32_t sent_ = 0;
    bool finished_ = false;
    bool insert_l4_checksum_ = false;
    L4 l4_ = L4::none;
    std::uint16_t header_len_ = 0;
    std::uint16_t l4_offset_ = 0;
    std::uint16_t l4_len_ = 0;
    std::uint16_t outer_udp_offset_ = 0;  // 0: no outer UDP length to set
    std::uint16_t outer_udp_fixed_len_ = 0;
    IpFields outer_;
    IpFields ip_;
    std::uint32_t l4_sum_ = 0;
    std::uint32_t tcp_seq_ = 0;
    std::uint16_t tcp_word_ = 0;  // data offset and flags
    TcpFlagMasks masks_;
    std::array<std::byte, kMaxHeader> template_;
};

// ---- packets that are not segmented ----

enum class ChecksumError : std::uint8_t {
    none,
    ip_len_too_short,
    ip_outside_packet,
    outer_ip_len_too_short,
    outer_ip_outside_packet,
    l4_outside_packet,  // no room for the L4 checksum field
};
[[nodiscard]] const char* to_string(ChecksumError error) noexcept;

struct ChecksumRequest {
    HeaderGeometry geometry;
    bool ip = false;  // IXSM
    bool l4 = false;  // TXSM
};

// Whether what the descriptor asks for lies inside a packet of packet_len bytes.
[[nodiscard]] ChecksumError check(const ChecksumRequest& request, std::size_t packet_len) noexcept;

// Sums the ip_len bytes at ip_off as they stand, checksum field included, and stores the complement
// in the field. False, and nothing changed: the bytes are not all in `header`, or are fewer than an
// IPv4 header has.
[[nodiscard]] bool insert_ipv4_checksum(Bytes header, std::size_t ip_off,
                                        std::size_t ip_len) noexcept;

// The outer header of a native tunnel (OUTERIPCS). An outer header that is not IPv4 has no
// checksum: true, unchanged.
[[nodiscard]] bool insert_outer_checksum(Bytes header, const HeaderGeometry& geometry) noexcept;

// Where the checksum field lies in an L4 header; nothing for L4::none.
[[nodiscard]] constexpr std::optional<std::size_t> l4_checksum_offset(L4 kind) {
    switch (kind) {
        case L4::udp:
            return 6;
        case L4::tcp:
            return 16;
        case L4::sctp:
            return 8;
        case L4::none:
            return std::nullopt;
    }
    return std::nullopt;
}

// What TCP or UDP carries for a folded sum over the L4 bytes, seed included. UDP never sends 0 (RFC
// 768, CSUM-5).
[[nodiscard]] constexpr std::uint16_t l4_checksum_value(L4 kind, std::uint16_t folded_sum) {
    const auto value = static_cast<std::uint16_t>(~folded_sum);
    return kind == L4::udp && value == 0 ? std::uint16_t{0xFFFF} : value;
}

// Store the result for the L4 header at l4_off; false, and nothing changed, if the field is not
// inside `header`.
[[nodiscard]] bool store_l4_checksum(Bytes header, std::size_t l4_off, L4 kind,
                                     std::uint16_t folded_sum) noexcept;
[[nodiscard]] bool store_sctp_checksum(Bytes header, std::size_t l4_off,
                                       std::uint32_t crc) noexcept;

// The same for a packet in one piece: sums (or CRCs) packet[l4_off, end) and stores. L4::none does
// nothing.
[[nodiscard]] bool insert_l4_checksum(Bytes packet, std::size_t l4_off, L4 kind) noexcept;

}  // namespace ixgbe
