// SPDX-License-Identifier: GPL-2.0-or-later
// Large sends as drivers ask for them, and their segments as an independent decoder reads them.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <span>
#include <vector>

#include "descriptors.h"
#include "rig.h"

namespace x550 {

inline constexpr unsigned kPeerAll =
    IXGBE_PEER_CSUM | IXGBE_PEER_TSO4 | IXGBE_PEER_TSO6 | IXGBE_PEER_USO;

struct Lso {
    FrameBuilder builder;
    std::uint32_t mss = 1000;
    std::uint32_t type = TxContext::l4_tcp | TxContext::ipv4;
    std::uint32_t l4len = kTcpBytes;
    std::uint32_t command = kLast;
    std::uint16_t vlan = 0;

    // The packet as Linux hands it over: no lengths, no IPv4 checksum, a seed without the length.
    [[nodiscard]] Frame request() const {
        Frame frame = builder.build();
        const std::size_t l3 = builder.l3_offset();
        if ((type & TxContext::ipv4) != 0) {
            put_be16(frame, l3 + 2, 0);
            put_be16(frame, l3 + 10, 0);
        } else {
            put_be16(frame, l3 + 4, 0);
        }
        seed_l4_checksum(frame, l3, builder.l4_offset(), false);
        return frame;
    }
    [[nodiscard]] std::size_t header_bytes() const { return builder.l4_offset() + l4len; }

    void post(TxRing& tx, const std::vector<std::size_t>& pieces = {}) const {
        const Frame frame = request();
        tx.put_context(
            {.maclen = static_cast<std::uint32_t>(builder.l3_offset()),
             .iplen = static_cast<std::uint32_t>(builder.l4_offset() - builder.l3_offset()),
             .l4len = l4len,
             .mss = mss,
             .vlan = vlan,
             .type = type});
        const std::uint32_t ixsm = (type & TxContext::ipv4) != 0 ? TxData::ixsm : 0;
        tx.put_packet(frame,
                      {.command = command | TxData::tse,
                       .options = TxData::txsm | ixsm,
                       .paylen = static_cast<std::uint32_t>(frame.size() - header_bytes())},
                      pieces);
    }
};

inline Lso tcp4(std::size_t payload, std::uint32_t mss, std::uint16_t flags = TcpFlag::ack) {
    Lso lso;
    lso.builder.ipv4("192.0.2.1", "198.51.100.2")
        .ip_id(0xFFFE)
        .tcp(1000, 2000, 0xFFFFFF00, flags)
        .payload(payload);
    lso.mss = mss;
    return lso;
}

inline Lso tcp6(std::size_t payload, std::uint32_t mss) {
    Lso lso;
    lso.builder.ipv6("2001:db8::1", "2001:db8::2")
        .tcp(1000, 2000, 5, TcpFlag::ack | TcpFlag::psh)
        .payload(payload);
    lso.mss = mss;
    lso.type = TxContext::l4_tcp;
    return lso;
}

inline Lso udp(bool v6, std::size_t payload, std::uint32_t mss) {
    Lso lso;
    if (v6) {
        lso.builder.ipv6("2001:db8::1", "2001:db8::2");
    } else {
        lso.builder.ipv4("192.0.2.1", "198.51.100.2");
    }
    lso.builder.udp(1000, 2000).payload(payload);
    lso.mss = mss;
    lso.type = TxContext::l4_udp | (v6 ? 0 : TxContext::ipv4);
    lso.l4len = kUdpBytes;
    return lso;
}

struct LsoRig : Rig {
    TxRing tx{driver};

    LsoRig() = default;
    explicit LsoRig(const ixgbe_config& config) : Rig(config) {}

    std::vector<Decoded> send(const Lso& lso, const std::vector<std::size_t>& pieces = {}) {
        host.sent.clear();
        lso.post(tx, pieces);
        tx.kick();
        EXPECT_TRUE(machine.run());
        std::vector<Decoded> segments;
        for (const SentFrame& frame : host.sent) {
            EXPECT_TRUE(frame.finished());
            EXPECT_TRUE(is_consistent(frame.bytes));
            segments.push_back(decode(frame.bytes).value_or(Decoded{}));
        }
        return segments;
    }
};

inline Frame payload_of(const std::vector<Decoded>& segments) {
    Frame bytes;
    for (const Decoded& segment : segments) {
        bytes.insert(bytes.end(), segment.payload.begin(), segment.payload.end());
    }
    return bytes;
}

struct Tunnel {
    static constexpr std::size_t kL3 = kEthBytes;
    static constexpr std::size_t kOuterL4 = kL3 + kIpv4Bytes;
    static constexpr std::size_t kInner = kOuterL4 + kUdpBytes + 8;
    static constexpr std::size_t kInnerL3 = kInner + kEthBytes;
    static constexpr std::size_t kInnerL4 = kInnerL3 + kIpv4Bytes;
    static constexpr std::size_t kHeaders = kInnerL4 + kTcpBytes;
    static constexpr std::size_t kMss = 1000;
    static constexpr std::size_t kPayload = 2000;

    // VXLAN with an inner TCP seed; the outer UDP has no checksum.
    static Frame request() {
        const Frame inside = FrameBuilder()
                                 .ipv4("192.0.2.1", "192.0.2.2")
                                 .tcp(1000, 2000, 1, TcpFlag::ack)
                                 .payload(kPayload)
                                 .build();
        Frame vxlan = {8, 0, 0, 0, 0, 0, 42, 0};
        vxlan.insert(vxlan.end(), inside.begin(), inside.end());
        FrameBuilder outer;
        outer.ipv4("198.51.100.1", "198.51.100.2").udp(5555, 4789).payload(vxlan);
        Frame frame = outer.build();
        put_be16(frame, kOuterL4 + 6, 0);
        seed_l4_checksum(frame, kInnerL3, kInnerL4, false);
        return frame;
    }

    static void expect_segments(const std::vector<SentFrame>& sent, bool inner_id_counts) {
        ASSERT_EQ(sent.size(), 2u);
        for (std::uint32_t i = 0; i < 2; ++i) {
            const Frame& frame = sent[i].bytes;
            EXPECT_TRUE(sent[i].finished());
            EXPECT_EQ(be16_at(frame, kL3 + 2), frame.size() - kL3);
            EXPECT_EQ(ones_sum(std::span(frame).subspan(kL3, kIpv4Bytes)), 0xFFFF) << "outer IPv4";
            EXPECT_EQ(be16_at(frame, kL3 + 4), 0x1234 + i) << "the outer identification counts";
            EXPECT_EQ(be16_at(frame, kInnerL3 + 4), 0x1234 + (inner_id_counts ? i : 0));
            EXPECT_EQ(be16_at(frame, kOuterL4 + 4), frame.size() - kOuterL4) << "outer UDP length";
            EXPECT_TRUE(is_consistent(std::span(frame).subspan(kInner)));
        }
    }
};

// VXLAN the way Linux segments it: IPLEN spans everything from the outer IP header to the inner
// TCP, and the inner headers describe one segment already.
inline void send_gso_partial(TxRing& tx) {
    Frame request = Tunnel::request();
    put_be16(request, Tunnel::kOuterL4 + 4,
             static_cast<std::uint16_t>(Tunnel::kHeaders - Tunnel::kOuterL4 + Tunnel::kMss));
    put_be16(request, Tunnel::kInnerL3 + 2, kIpv4Bytes + kTcpBytes + Tunnel::kMss);
    put_be16(request, Tunnel::kInnerL3 + 10, 0);
    put_be16(request, Tunnel::kInnerL3 + 10,
             static_cast<std::uint16_t>(
                 ~ones_sum(std::span(request).subspan(Tunnel::kInnerL3, kIpv4Bytes))));
    put_be16(request, Tunnel::kL3 + 2, 0);
    put_be16(request, Tunnel::kL3 + 10, 0);
    const auto between =
        std::span(request).subspan(Tunnel::kOuterL4, Tunnel::kInnerL4 - Tunnel::kOuterL4);
    put_be16(request, Tunnel::kL3 + 10, static_cast<std::uint16_t>(~ones_sum(between)));
    tx.put_context({.iplen = Tunnel::kInnerL4 - Tunnel::kL3,
                    .l4len = kTcpBytes,
                    .mss = Tunnel::kMss,
                    .type = TxContext::l4_tcp | TxContext::ipv4});
    tx.send(request, {.command = kLast | TxData::tse,
                      .options = TxData::txsm | TxData::ixsm,
                      .paylen = Tunnel::kPayload});
}

}  // namespace x550
