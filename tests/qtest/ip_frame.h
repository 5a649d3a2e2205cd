// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of IPv4 that the offloads work on, with sums of the test's own.
#pragma once

#include <span>

#include "nic.h"

namespace x550 {

inline constexpr std::size_t kIpAt = 14;
inline constexpr std::size_t kL4At = 34;
inline constexpr std::size_t kIpBytes = 20;
inline constexpr std::size_t kTcpBytes = 20;
inline constexpr std::size_t kUdpBytes = 8;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;

inline void put16(Frame& frame, std::size_t at, std::uint32_t value) {
    frame.at(at) = static_cast<std::uint8_t>(value >> 8);
    frame.at(at + 1) = static_cast<std::uint8_t>(value);
}
inline void put32(Frame& frame, std::size_t at, std::uint32_t value) {
    put16(frame, at, value >> 16);
    put16(frame, at + 2, value);
}

// RFC 1071, without the complement.
[[nodiscard]] inline std::uint32_t ones_sum(std::span<const std::uint8_t> bytes,
                                            std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += std::uint32_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
    }
    while (sum >> 16 != 0) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum;
}

// Of the pseudo header, the length left out: what a driver of a large send puts into the sum field.
[[nodiscard]] inline std::uint32_t pseudo_sum(const Frame& frame) {
    return ones_sum(std::span(frame).subspan(kIpAt + 12, 8), frame.at(kIpAt + 9));
}

inline void fill_sums(Frame& frame) {
    const bool tcp = frame.at(kIpAt + 9) == kTcp;
    const std::size_t sum_at = kL4At + (tcp ? 16 : 6);
    put16(frame, kIpAt + 10, 0);
    put16(frame, kIpAt + 10, ~ones_sum(std::span(frame).subspan(kIpAt, kIpBytes)));
    put16(frame, sum_at, 0);
    const auto l4 = std::span(frame).subspan(kL4At);
    put16(frame, sum_at, ~ones_sum(l4, pseudo_sum(frame) + static_cast<std::uint32_t>(l4.size())));
}

// A right packet. Its number is the IPv4 identification and its first payload bytes.
[[nodiscard]] inline Frame ip_frame(std::uint8_t protocol, std::size_t payload, unsigned number,
                                    const Mac& to = kDeviceMac, const Mac& from = kPeerMac) {
    const std::size_t l4 = protocol == kTcp ? kTcpBytes : kUdpBytes;
    Frame frame = make_frame(kL4At + l4 + payload, number, to, from);
    std::fill(frame.begin() + 12, frame.begin() + static_cast<std::ptrdiff_t>(kL4At + l4),
              std::uint8_t{0});
    put16(frame, 12, 0x0800);
    put16(frame, kIpAt, 0x4500);
    put16(frame, kIpAt + 2, static_cast<std::uint32_t>(kIpBytes + l4 + payload));
    put16(frame, kIpAt + 4, number);
    frame.at(kIpAt + 8) = 64;
    frame.at(kIpAt + 9) = protocol;
    put32(frame, kIpAt + 12, 0xC633'6401);  // 198.51.100.1
    put32(frame, kIpAt + 16, 0xC000'0202);  // 192.0.2.2
    put32(frame, kL4At, 0x1388'1389);       // ports
    if (protocol == kTcp) {
        put32(frame, kL4At + 4, 1000);
        put16(frame, kL4At + 12, 0x5018);  // ACK, PSH
        put16(frame, kL4At + 14, 0x1000);
    } else {
        put16(frame, kL4At + 4, static_cast<std::uint32_t>(kUdpBytes + payload));
    }
    fill_sums(frame);
    return frame;
}

// A large send of TCP over IPv4, and the segments that it has to become.
class LargeSend {
public:
    static constexpr std::uint32_t kMss = 400;
    static constexpr std::uint32_t kSegments = 3;
    static constexpr std::uint32_t kPayload = kMss * (kSegments - 1) + 100;
    static constexpr std::uint32_t kHeaders = kL4At + kTcpBytes;

    explicit LargeSend(Nic& nic, unsigned number)
        : whole_(ip_frame(kTcp, kPayload, number, kPeerMac, kDeviceMac)), number_(number) {
        Frame request = whole_;
        put16(request, kIpAt + 2, 0);
        put16(request, kIpAt + 10, 0);
        put16(request, kL4At + 16, pseudo_sum(request));
        buffer_ = nic.qemu().allocate(request.size());
        nic.qemu().write_memory(buffer_, request);
    }

    // A context and a data descriptor.
    void push(TxRing& tx) const {
        tx.push({kIpBytes | static_cast<std::uint32_t>(kIpAt) << TxContext::maclen_shift, 0,
                 TxContext::dtyp | TxContext::dext | TxContext::ipv4 | TxContext::l4_tcp,
                 kMss << TxContext::mss_shift | static_cast<std::uint32_t>(kTcpBytes)
                                                    << TxContext::l4len_shift});
        Descriptor data = data_descriptor(buffer_, kHeaders + kPayload, kPayload,
                                          TxData::eop | TxData::rs | TxData::tse);
        data[3] |= TxData::ixsm | TxData::txsm;
        tx.push(data);
    }

    [[nodiscard]] Frame segment(std::uint32_t index) const {
        const std::uint32_t first = index * kMss;
        const std::uint32_t bytes = std::min(kMss, kPayload - first);
        Frame frame(whole_.begin(), whole_.begin() + kHeaders);
        const auto payload = whole_.begin() + kHeaders + first;
        frame.insert(frame.end(), payload, payload + bytes);
        put16(frame, kIpAt + 2, static_cast<std::uint32_t>(kIpBytes + kTcpBytes) + bytes);
        put16(frame, kIpAt + 4, number_ + index);
        put32(frame, kL4At + 4, 1000 + first);
        put16(frame, kL4At + 12, index + 1 == kSegments ? 0x5018 : 0x5010);
        fill_sums(frame);
        return frame;
    }

private:
    Frame whole_;
    unsigned number_;
    std::uint64_t buffer_ = 0;
};

}  // namespace x550
