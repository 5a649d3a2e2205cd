// SPDX-License-Identifier: GPL-2.0-or-later
// Checksums inside tunnels.
#include "check.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr std::uint32_t kVni = 0xABCD;
constexpr std::uint8_t kFlowId = 0x12;
constexpr std::uint16_t kVxlan = 4789;       // RFC 7348 8
constexpr std::uint16_t kVxlanOther = 8472;  // Linux' own choice
constexpr std::size_t kInnerIp = 14;

// Outer addresses of the guest's end, and of ours.
struct Ends {
    std::string guest;
    std::string host;
    bool six = false;
};
Ends ends_of(const ReceiveTrial& trial, bool six) {
    const Addresses& known = trial.addresses();
    return six ? Ends{known.guest6, known.host6, true} : Ends{known.guest4, known.host4, false};
}

void put32(Bytes& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) {
        out.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    }
}

Tins::RawPDU raw(const Bytes& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()),
            static_cast<std::uint32_t>(bytes.size())};
}

// RFC 7348 5. Over IPv4 the outer checksum is absent, as it should be; over IPv6 it is there.
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

// RFC 7637 3.2: a key, and Ethernet inside.
Bytes in_nvgre(const Tins::EthernetII& ethernet, const Ends& ends, const Bytes& inner) {
    constexpr std::uint8_t kGre = 47;
    constexpr std::uint32_t kKeyAndEthernet = 0x20006558;
    Bytes content;
    put32(content, kKeyAndEthernet);
    put32(content, kVni << 8 | kFlowId);
    content.insert(content.end(), inner.begin(), inner.end());
    Tins::IP ip(ends.guest, ends.host);
    ip.protocol(kGre);
    auto packet = ethernet / ip / raw(content);
    return bytes_of(packet);
}

// Inner packets of all kinds, right and wrong. Padding at the end of an inner frame would be
// content of the outer packet, so that all of them are long enough.
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

// Linux tells the NIC a port again from a work queue after the driver has reset it: waits until the
// NIC vouches for an inner packet whose outer checksum is absent, which it can by the port alone.
void await_port(ReceiveTrial& trial, const Ends& ends, std::uint16_t port) {
    constexpr int kAttempts = 50;
    auto inner = trial.ethernet() / Tins::IP("198.51.100.2", "198.51.100.1") / Tins::TCP(80, 1234) /
                 Tins::RawPDU(payload(100));
    const Bytes probe = in_vxlan(trial.ethernet(), ends, port, bytes_of(inner));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const Json told = trial.told({probe});
        if (told.size() == 1 && told.at(0).at("checksum") == "valid") {
            return;
        }
    }
    throw std::runtime_error("the NIC never looked into VXLAN on port " + std::to_string(port));
}

// The NIC finds VXLAN by the port that an interface over IPv4 makes ixgbe tell it; one over IPv6
// does not, and the port stays when the interface goes. The verdict is read on the NIC: behind the
// tunnel the stack's own look at the outer checksum hides it.
Json try_vxlan(ReceiveTrial& trial, bool six, std::uint16_t port) {
    const Ends known = ends_of(trial, false);
    (void)trial.add_interface("tunnel.add", {{"type", "vxlan"},
                                             {"name", "rxtunnel"},
                                             {"id", kVni},
                                             {"local", known.guest},
                                             {"remote", known.host},
                                             {"dstport", port}});
    await_port(trial, known, port);
    const Ends ends = ends_of(trial, six);
    Verdicts verdicts = outer_packets(
        trial, [&](const Bytes& inner) { return in_vxlan(trial.ethernet(), ends, port, inner); });
    if (!six) {
        constexpr std::size_t kOuterIp4Checksum = 14 + 10;
        verdicts.spoiled("outer IPv4 header", verdicts.all().front().frame, kOuterIp4Checksum);
    }
    return compare_verdicts(trial, verdicts);
}

}  // namespace

Json check_rx_vxlan(ReceiveTrial& trial) {
    return try_vxlan(trial, false, kVxlan);
}

Json check_rx_vxlan_port(ReceiveTrial& trial) {
    return try_vxlan(trial, false, kVxlanOther);
}

Json check_rx_vxlan6(ReceiveTrial& trial) {
    return try_vxlan(trial, true, kVxlan);
}

// Here the verdict is read behind the tunnel: GRE without a checksum leaves it as it is.
Json check_rx_nvgre(ReceiveTrial& trial) {
    const Ends ends = ends_of(trial, false);
    View view;
    view.ifname = trial.add_interface("tunnel.add", {{"type", "gretap"},
                                                     {"name", "rxtunnel"},
                                                     {"local", ends.guest},
                                                     {"remote", ends.host},
                                                     {"key", kVni << 8 | kFlowId}});
    view.wrap = [&](const Bytes& inner) { return in_nvgre(trial.ethernet(), ends, inner); };
    // The stack's own coalescing would verify checksums itself.
    trial.agent().call("features.set",
                       {{"ifname", view.ifname}, {"features", {{"rx-gro", false}}}});
    return compare_verdicts(trial, inner_packets(trial), view);
}

}  // namespace host
