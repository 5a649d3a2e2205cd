// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunnel_packets.h"

namespace host {
namespace {

constexpr std::size_t kInnerIp = 14;

void put32(Bytes& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) {
        out.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    }
}

Tins::RawPDU raw(const Bytes& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()),
            static_cast<std::uint32_t>(bytes.size())};
}

}  // namespace

Ends ends_of(const ReceiveTrial& trial, bool six) {
    const Addresses& known = trial.addresses();
    return six ? Ends{known.guest6, known.host6, true} : Ends{known.guest4, known.host4, false};
}

Bytes in_vxlan(const Tins::EthernetII& ethernet, const Ends& ends, std::uint16_t port,
               const Bytes& inner) {
    constexpr std::uint32_t kValid = 0x08000000;
    constexpr std::size_t kOuterChecksum = 14 + 20 + 6;
    Bytes content;
    put32(content, kValid);
    put32(content, kVni << 8);
    content.insert(content.end(), inner.begin(), inner.end());
    const Tins::UDP udp(port, 50000);
    if (ends.six) {
        auto packet = ethernet / Tins::IPv6(ends.guest, ends.host) / udp / raw(content);
        return bytes_of(packet);
    }
    auto packet = ethernet / Tins::IP(ends.guest, ends.host) / udp / raw(content);
    Bytes out = bytes_of(packet);
    out[kOuterChecksum] = out[kOuterChecksum + 1] = std::byte{0};
    return out;
}

Bytes in_nvgre(const Tins::EthernetII& ethernet, const Ends& ends, const Bytes& inner) {
    constexpr std::uint8_t kGre = 47;
    constexpr std::uint32_t kKeyAndEthernet = 0x20006558;
    Bytes content;
    put32(content, kKeyAndEthernet);
    put32(content, kNvgreKey);
    content.insert(content.end(), inner.begin(), inner.end());
    Tins::IP ip(ends.guest, ends.host);
    ip.protocol(kGre);
    auto packet = ethernet / ip / raw(content);
    return bytes_of(packet);
}

Verdicts inner_packets(const ReceiveTrial& trial) {
    const Tins::IP ip4("198.51.100.2", "198.51.100.1");
    const Tins::IPv6 ip6("2001:db8:99::2", "2001:db8:99::1");
    constexpr std::size_t kIp4Tcp = kInnerIp + 20 + 16;
    constexpr std::size_t kIp6Tcp = kInnerIp + 40 + 16;
    Verdicts out;
    auto tcp4 = trial.ethernet() / ip4 / Tins::TCP(80, 1234) / Tins::RawPDU(payload(101));
    const Bytes good4 = out.add("inner TCP over IPv4", tcp4, true);
    out.spoiled("inner TCP checksum", good4, kIp4Tcp);
    out.spoiled("inner payload", good4, good4.size() - 1);
    out.spoiled("inner IPv4 header", good4, kInnerIp + 10);
    auto tcp6 = trial.ethernet() / ip6 / Tins::TCP(80, 1234) / Tins::RawPDU(payload(100));
    out.spoiled("inner TCP over IPv6, checksum", out.add("inner TCP over IPv6", tcp6, true),
                kIp6Tcp);
    auto udp4 = trial.ethernet() / ip4 / Tins::UDP(80, 1234) / Tins::RawPDU(payload(64));
    const Bytes datagram = out.add("inner UDP over IPv4", udp4, true);
    out.spoiled("inner UDP, payload", datagram, datagram.size() - 2);
    auto udp6 = trial.ethernet() / ip6 / Tins::UDP(80, 1234) / Tins::RawPDU(payload(65));
    out.add("inner UDP over IPv6", udp6, true);
    auto ping = trial.ethernet() / ip4 / Tins::ICMP() / Tins::RawPDU(payload(40));
    out.add("inner ICMP", ping, false);
    return out;
}

Verdicts outer_packets(const ReceiveTrial& trial, const std::function<Bytes(const Bytes&)>& wrap) {
    const Verdicts inner_ones = inner_packets(trial);
    Verdicts out;
    for (const Verdict& inner : inner_ones.all()) {
        out.add(inner.what, wrap(inner.frame), inner.vouched);
    }
    return out;
}

}  // namespace host
