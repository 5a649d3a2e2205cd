// SPDX-License-Identifier: GPL-2.0-or-later
// TCP segments byte by byte, every field at the test's will, and units of coalesced ones as a
// driver reads them.
#pragma once

#include <cstdint>
#include <optional>

#include "rig.h"

namespace x550 {

struct TcpSegment {
    std::uint16_t source_port = 0x1234;
    std::uint16_t destination_port = 80;
    std::uint32_t seq = 1000;
    std::uint32_t ack = 5000;
    std::uint16_t window = 1000;
    std::uint16_t flags = TcpFlag::ack;
    std::uint8_t tos = 0;
    std::uint8_t ttl = 64;
    std::uint16_t id = 0x1000;
    std::uint16_t fragment = 0x4000;  // DF
    std::optional<std::uint16_t> vlan{};
    struct Timestamps {
        std::uint32_t value, echo;
    };
    std::optional<Timestamps> timestamps{};
    Frame options{};  // instead of timestamps
    Frame payload{};

    [[nodiscard]] std::size_t l3() const { return kEthBytes + (vlan ? kVlanBytes : 0); }
    [[nodiscard]] std::size_t tcp_bytes() const {
        return kTcpBytes + (timestamps ? 12 : options.size());
    }
    // Every length and checksum right, from 192.0.2.1 to 198.51.100.2; padded to 60 bytes.
    [[nodiscard]] Frame build() const {
        Frame out(kDeviceMac.begin(), kDeviceMac.end());
        out.insert(out.end(), kPeerMac.begin(), kPeerMac.end());
        if (vlan) {
            append16(out, {0x8100, *vlan});
        }
        append16(out, {0x0800});
        const auto ip_bytes = static_cast<std::uint16_t>(kIpv4Bytes + tcp_bytes() + payload.size());
        append16(out,
                 {static_cast<std::uint16_t>(0x4500 | tos), ip_bytes, id, fragment,
                  static_cast<std::uint16_t>(ttl << 8 | 6), 0, 0xC000, 0x0201, 0xC633, 0x6402});
        append16(out, {source_port, destination_port, high(seq), low(seq), high(ack), low(ack),
                       static_cast<std::uint16_t>(tcp_bytes() / 4 << 12 | flags), window, 0, 0});
        if (timestamps) {
            append16(out, {0x0101, 0x080A, high(timestamps->value), low(timestamps->value),
                           high(timestamps->echo), low(timestamps->echo)});
        } else {
            out.insert(out.end(), options.begin(), options.end());
        }
        out.insert(out.end(), payload.begin(), payload.end());
        sum(out);
        out.resize(std::max<std::size_t>(out.size(), 60));
        return out;
    }

private:
    static std::uint16_t high(std::uint32_t v) { return static_cast<std::uint16_t>(v >> 16); }
    static std::uint16_t low(std::uint32_t v) { return static_cast<std::uint16_t>(v); }
    static void append16(Frame& out, std::initializer_list<std::uint16_t> words) {
        for (const std::uint16_t word : words) {
            out.push_back(static_cast<std::uint8_t>(word >> 8));
            out.push_back(static_cast<std::uint8_t>(word));
        }
    }
    void sum(Frame& out) const {
        const std::span<const std::uint8_t> bytes(out);
        put_be16(out, l3() + 10,
                 static_cast<std::uint16_t>(~ones_sum(bytes.subspan(l3(), kIpv4Bytes))));
        const std::size_t l4 = l3() + kIpv4Bytes;
        const std::uint32_t pseudo = ones_sum(bytes.subspan(l3() + 12, 8)) + 6u +
                                     static_cast<std::uint32_t>(out.size() - l4);
        put_be16(out, l4 + 16, static_cast<std::uint16_t>(~ones_sum(bytes.subspan(l4), pseudo)));
    }
};

}  // namespace x550
