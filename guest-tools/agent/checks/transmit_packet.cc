// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit_packet.h"

#include <algorithm>
#include <array>
#include <span>

#include "../pattern.h"

namespace agent {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kTcpHeader = 32;  // with timestamps, padded by two no-operations
constexpr std::size_t kUdpHeader = 8;
constexpr unsigned kTcp = 6;
constexpr unsigned kUdp = 17;
constexpr unsigned kFirstId = 0xfffe;  // so that it runs over

class Writer {
public:
    explicit Writer(std::span<std::byte> out) : out_(out) {}
    void put8(unsigned value) { out_[at_++] = static_cast<std::byte>(value); }
    void put16(unsigned value) {
        put8(value >> 8 & 0xff);
        put8(value & 0xff);
    }
    void put32(std::uint32_t value) {
        put16(value >> 16);
        put16(value & 0xffff);
    }
    void put(std::span<const unsigned char> bytes) {
        for (const unsigned char byte : bytes) {
            put8(byte);
        }
    }

private:
    std::span<std::byte> out_;
    std::size_t at_ = 0;
};

// RFC 1071
unsigned folded_sum(std::span<const std::byte> bytes, std::uint32_t more) {
    std::uint32_t total = more;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<std::uint32_t>(bytes[i]);
        total += i % 2 == 0 ? value << 8 : value;
    }
    while (total > 0xffff) {
        total = (total & 0xffff) + (total >> 16);
    }
    return total;
}

constexpr std::array<unsigned char, 8> kAddresses4{198, 51, 100, 1, 198, 51, 100, 2};
constexpr std::array<unsigned char, 32> kAddresses6{
    0x20, 0x01, 0x0d, 0xb8, 0, 0xa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    0x20, 0x01, 0x0d, 0xb8, 0, 0xa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};

void write_ipv4(std::span<std::byte> packet, unsigned protocol) {
    Writer writer(packet);
    writer.put8(0x45);
    writer.put8(0);
    writer.put16(static_cast<unsigned>(packet.size()));
    writer.put16(kFirstId);
    writer.put16(0x4000);  // may not be fragmented
    writer.put8(64);
    writer.put8(protocol);
    writer.put16(0);
    writer.put(kAddresses4);
    const unsigned sum = ~folded_sum(packet.first(kIpv4Header), 0) & 0xffff;
    Writer(packet.subspan(10)).put16(sum);
}

void write_ipv6(std::span<std::byte> packet, unsigned protocol) {
    Writer writer(packet);
    writer.put32(0x60012345);
    writer.put16(static_cast<unsigned>(packet.size() - kIpv6Header));
    writer.put8(protocol);
    writer.put8(64);
    writer.put(kAddresses6);
}

void write_tcp(std::span<std::byte> segment, unsigned source, unsigned pseudo) {
    Writer writer(segment);
    writer.put16(source);
    writer.put16(kDiscardPort);
    writer.put32(0xfffffa00);  // runs over within the first segments
    writer.put32(0x01020304);
    writer.put16(0x8019);  // eight words; ACK, PSH, FIN
    writer.put16(0x2000);
    writer.put16(pseudo);
    writer.put16(0);
    writer.put32(0x0101080a);  // RFC 7323 appendix A
    writer.put32(0x11223344);
    writer.put32(0x55667788);
}

void write_udp(std::span<std::byte> segment, unsigned source, unsigned pseudo) {
    Writer writer(segment);
    writer.put16(source);
    writer.put16(kDiscardPort);
    writer.put16(static_cast<unsigned>(segment.size()));
    writer.put16(pseudo);
}

}  // namespace

std::size_t network_header(const TransmitPacket& packet) {
    return packet.six ? kIpv6Header : kIpv4Header;
}

std::size_t transport_header(const TransmitPacket& packet) {
    return packet.tcp ? kTcpHeader : kUdpHeader;
}

std::vector<std::byte> make_packet(const TransmitPacket& packet) {
    const std::size_t network = network_header(packet);
    const std::size_t headers = network + transport_header(packet);
    const unsigned protocol = packet.tcp ? kTcp : kUdp;
    std::vector<std::byte> out(headers + packet.bytes);
    const std::span whole(out);
    traffic::Pattern(packet.seed).fill(0, whole.subspan(headers));
    const auto length = static_cast<std::uint32_t>(out.size() - network);
    const std::size_t addresses = packet.six ? kAddresses6.size() : kAddresses4.size();
    if (packet.six) {
        write_ipv6(whole, protocol);
    } else {
        write_ipv4(whole, protocol);
    }
    const unsigned pseudo =
        folded_sum(whole.subspan(network - addresses, addresses), length + protocol);
    if (packet.tcp) {
        write_tcp(whole.subspan(network), packet.source, pseudo);
    } else {
        write_udp(whole.subspan(network), packet.source, pseudo);
    }
    return out;
}

}  // namespace agent
