// SPDX-License-Identifier: GPL-2.0-or-later
// Protocol headers as they lie on the wire. Members carry their byte order; nothing here needs
// alignment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/endian.h"

namespace ixgbe {

namespace ethertype {
inline constexpr std::uint16_t kFirst = 0x0600;  // below: an IEEE 802.3 length
inline constexpr std::uint16_t kIpv4 = 0x0800;
inline constexpr std::uint16_t kArp = 0x0806;
inline constexpr std::uint16_t kTransparentEthernet = 0x6558;
inline constexpr std::uint16_t kVlan = 0x8100;
inline constexpr std::uint16_t kIpv6 = 0x86DD;
inline constexpr std::uint16_t kMpls = 0x8847;
inline constexpr std::uint16_t kQinq = 0x88A8;
}  // namespace ethertype

namespace ipproto {
inline constexpr std::uint8_t kHopByHop = 0;
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kIpv4 = 4;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kIpv6 = 41;
inline constexpr std::uint8_t kRouting = 43;
inline constexpr std::uint8_t kFragment = 44;
inline constexpr std::uint8_t kGre = 47;
inline constexpr std::uint8_t kEsp = 50;
inline constexpr std::uint8_t kAh = 51;
inline constexpr std::uint8_t kIcmpv6 = 58;
inline constexpr std::uint8_t kNoNext = 59;
inline constexpr std::uint8_t kDestinationOptions = 60;
inline constexpr std::uint8_t kSctp = 132;
}  // namespace ipproto

struct EthernetHeader {
    std::array<std::byte, 6> dst;
    std::array<std::byte, 6> src;
    be16 type;
};
static_assert(sizeof(EthernetHeader) == 14);

// What follows the MAC addresses of a tagged frame: the tag, then the type of what it carries.
struct VlanTag {
    be16 type;
    be16 tci;
};
static_assert(sizeof(VlanTag) == 4);

struct Ipv4Header {
    std::uint8_t version_ihl;
    std::uint8_t tos;
    be16 total_length;
    be16 id;
    be16 fragment;
    std::uint8_t ttl;
    std::uint8_t protocol;
    be16 checksum;
    be32 src;
    be32 dst;

    static constexpr std::uint16_t kMoreFragments = 0x2000;
    static constexpr std::uint16_t kOffsetMask = 0x1FFF;

    [[nodiscard]] constexpr unsigned version() const { return version_ihl >> 4; }
    [[nodiscard]] constexpr unsigned header_len() const { return (version_ihl & 0x0Fu) * 4; }
    [[nodiscard]] constexpr bool is_fragment() const {
        return (fragment & (kMoreFragments | kOffsetMask)) != 0;
    }
};
static_assert(sizeof(Ipv4Header) == 20);

struct Ipv6Header {
    be32 version_class_flow;
    be16 payload_length;
    std::uint8_t next_header;
    std::uint8_t hop_limit;
    std::array<std::byte, 16> src;
    std::array<std::byte, 16> dst;

    [[nodiscard]] constexpr unsigned version() const { return version_class_flow >> 28; }
};
static_assert(sizeof(Ipv6Header) == 40);

// The first bytes common to hop-by-hop, routing and destination-options headers (RFC 8200 section
// 4).
struct Ipv6Extension {
    std::uint8_t next_header;
    std::uint8_t length;         // 8-byte units after the first 8
    std::uint8_t routing_type;   // routing header only
    std::uint8_t segments_left;  // routing header only

    static constexpr std::size_t kMinLength = 8;
    static constexpr std::byte kPad1{0x00};
    static constexpr std::byte kHomeAddress{0xC9};  // RFC 6275 section 6.3

    [[nodiscard]] constexpr std::size_t header_len() const { return (length + std::size_t{1}) * 8; }
};
static_assert(sizeof(Ipv6Extension) == 4);

struct TcpHeader {
    be16 src_port;
    be16 dst_port;
    be32 seq;
    be32 ack;
    be16 offset_flags;
    be16 window;
    be16 checksum;
    be16 urgent;

    static constexpr std::uint16_t kFin = 0x001;
    static constexpr std::uint16_t kSyn = 0x002;
    static constexpr std::uint16_t kRst = 0x004;
    static constexpr std::uint16_t kPsh = 0x008;
    static constexpr std::uint16_t kAck = 0x010;
    static constexpr std::uint16_t kUrg = 0x020;
    static constexpr std::uint16_t kEce = 0x040;
    static constexpr std::uint16_t kCwr = 0x080;
    static constexpr std::uint16_t kFlagsMask = 0xFFF;

    [[nodiscard]] constexpr unsigned header_len() const { return (offset_flags >> 12) * 4u; }
    [[nodiscard]] constexpr std::uint16_t flags() const {
        return static_cast<std::uint16_t>(offset_flags & kFlagsMask);
    }
};
static_assert(sizeof(TcpHeader) == 20);

struct UdpHeader {
    be16 src_port;
    be16 dst_port;
    be16 length;
    be16 checksum;
};
static_assert(sizeof(UdpHeader) == 8);

struct SctpHeader {
    be16 src_port;
    be16 dst_port;
    be32 verification_tag;
    le32 checksum;  // CRC32c goes out least significant byte first (RFC 9260 appendix A)
};
static_assert(sizeof(SctpHeader) == 12);

// RFC 2784 with the optional fields of RFC 2890, which follow in this order: checksum, key,
// sequence.
struct GreHeader {
    be16 flags;
    be16 protocol;

    static constexpr std::uint16_t kChecksum = 0x8000;
    static constexpr std::uint16_t kRouting = 0x4000;
    static constexpr std::uint16_t kKey = 0x2000;
    static constexpr std::uint16_t kSequence = 0x1000;
    static constexpr std::uint16_t kVersionMask = 0x0007;
};
static_assert(sizeof(GreHeader) == 4);

struct VxlanHeader {
    be32 flags;
    be32 vni;  // 31:8

    static constexpr std::uint32_t kValidVni = 0x08000000;
};
static_assert(sizeof(VxlanHeader) == 8);

}  // namespace ixgbe
