// SPDX-License-Identifier: GPL-2.0-or-later
// Frames for the wire, put together by libtins, and a second opinion on frames that came from the
// device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine.h"

namespace Tins {
class PDU;
}

namespace x550 {

using Frame = std::vector<std::uint8_t>;

inline constexpr Mac kPeerMac = {0x02, 0x00, 0x5E, 0x10, 0x20, 0x30};
inline constexpr Mac kBroadcast = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr Mac kMulticast = {0x01, 0x00, 0x5E, 0x01, 0x02, 0x03};
inline constexpr std::size_t kEthBytes = 14;
inline constexpr std::size_t kVlanBytes = 4;
inline constexpr std::size_t kIpv4Bytes = 20;
inline constexpr std::size_t kIpv6Bytes = 40;
inline constexpr std::size_t kTcpBytes = 20;
inline constexpr std::size_t kUdpBytes = 8;

struct TcpFlag {
    static constexpr std::uint16_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10,
                                   urg = 0x20, ece = 0x40, cwr = 0x80;
};

// Bytes without a short period, different for each seed.
[[nodiscard]] Frame pattern(std::size_t bytes, std::uint32_t seed = 1);

// An Ethernet frame of that many bytes (header included) whose type is not IP.
[[nodiscard]] Frame plain_frame(std::size_t bytes, const Mac& to = kDeviceMac,
                                std::uint32_t seed = 1);

class FrameBuilder {
public:
    FrameBuilder& to(const Mac& mac);
    FrameBuilder& from(const Mac& mac);
    FrameBuilder& vlan(std::uint16_t tci, std::uint16_t type = 0x8100);  // outermost first
    FrameBuilder& ipv4(const std::string& source, const std::string& destination);
    FrameBuilder& ipv6(const std::string& source, const std::string& destination);
    FrameBuilder& ip_id(std::uint16_t id);
    FrameBuilder& fragment(std::uint16_t offset, bool more);
    FrameBuilder& ip_options();  // four bytes of IPv4 options
    FrameBuilder& extension(std::uint8_t type,
                            Frame body);  // IPv6; body without the first two bytes
    FrameBuilder& tcp(std::uint16_t source, std::uint16_t destination, std::uint32_t sequence = 1,
                      std::uint16_t flags = TcpFlag::ack);
    FrameBuilder& tcp_timestamps();
    FrameBuilder& acknowledge(std::uint32_t number, std::uint16_t window = 65535);
    FrameBuilder& udp(std::uint16_t source, std::uint16_t destination);
    FrameBuilder& sctp(std::uint16_t source, std::uint16_t destination);
    FrameBuilder& protocol(std::uint8_t number);
    FrameBuilder& payload(Frame bytes);
    FrameBuilder& payload(std::size_t bytes, std::uint32_t seed = 1);

    // All lengths and checksums are right; nothing is padded.
    [[nodiscard]] Frame build() const;
    [[nodiscard]] std::size_t l3_offset() const { return kEthBytes + tags_.size() * kVlanBytes; }
    [[nodiscard]] std::size_t l4_offset() const;

private:
    enum class Ip : std::uint8_t { none, v4, v6 };
    enum class L4 : std::uint8_t { none, tcp, udp, sctp, other };
    struct Tag {
        std::uint16_t tci, type;
    };
    struct Extension {
        std::uint8_t type;
        Frame body;
    };
    [[nodiscard]] std::uint8_t l4_number() const;
    [[nodiscard]] Tins::PDU* upper_layer() const;
    [[nodiscard]] Tins::PDU* network_layer() const;
    [[nodiscard]] Frame layer3() const;

    Mac to_ = kDeviceMac;
    Mac from_ = kPeerMac;
    std::vector<Tag> tags_;
    std::vector<Extension> extensions_;
    Ip ip_ = Ip::none;
    L4 l4_ = L4::none;
    std::string source_, destination_;
    std::uint16_t id_ = 0x1234, fragment_offset_ = 0;
    bool more_fragments_ = false, options_ = false, timestamps_ = false;
    std::uint16_t source_port_ = 0, destination_port_ = 0, flags_ = 0, window_ = 65535;
    std::uint32_t sequence_ = 0, acknowledge_ = 0;
    std::uint8_t protocol_ = 0;
    Frame payload_;
};

// What libtins reads in a frame.
struct Decoded {
    Mac to{}, from{};
    std::vector<std::uint16_t> vlan_tcis;
    int ip_version = 0;
    std::uint16_t ip_id = 0;
    std::size_t ip_bytes = 0;  // header and payload as the header says
    bool tcp = false, udp = false;
    std::uint16_t source_port = 0, destination_port = 0, tcp_flags = 0;
    std::uint32_t sequence = 0, acknowledge = 0;
    Frame payload;
    // Every length and checksum is what libtins would have written.
    bool consistent = false;
};
[[nodiscard]] std::optional<Decoded> decode(std::span<const std::uint8_t> frame);

// ---- Slow references, straight from the RFCs ----

[[nodiscard]] std::uint16_t ones_sum(std::span<const std::uint8_t> bytes, std::uint32_t start = 0);
[[nodiscard]] std::uint32_t crc32_ethernet(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::uint32_t crc32c(std::span<const std::uint8_t> bytes);

// Puts the pseudo-header sum where the L4 checksum belongs, as a driver does that wants the device
// to finish it; for LSO the length stays out of it.
void seed_l4_checksum(Frame& frame, std::size_t l3_offset, std::size_t l4_offset,
                      bool with_length = true);

void put_be16(Frame& frame, std::size_t offset, std::uint16_t value);
[[nodiscard]] std::uint16_t be16_at(std::span<const std::uint8_t> frame, std::size_t offset);

// The frame as a plain Ethernet card would have sent it: finishes what the device left to a
// virtio-net peer.
[[nodiscard]] std::vector<Frame> finish_offload(const SentFrame& frame);

}  // namespace x550
