// SPDX-License-Identifier: GPL-2.0-or-later
// Checksum verdicts of plain packets: right ones, and copies with one field changed.
#include <functional>

#include "check.h"
#include "crc32c.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr std::size_t kIp = 14;
constexpr std::size_t kIp4Payload = kIp + 20;
constexpr std::size_t kIp6Payload = kIp + 40;
constexpr std::uint16_t kServer = 80;
constexpr std::uint16_t kClient = 1234;

// Documentation addresses that are nobody's here: the guest's stack does not answer.
Tins::IP ip4() {
    return {"198.51.100.2", "198.51.100.1"};
}
Tins::IPv6 ip6() {
    return {"2001:db8:99::2", "2001:db8:99::1"};
}
Tins::TCP tcp() {
    return {kServer, kClient};
}
Tins::UDP udp() {
    return {kServer, kClient};
}

void four_bytes_of_options(Tins::IP& ip) {
    ip.noop();
    ip.noop();
    ip.noop();
    ip.eol();
}

// An extension header of eight bytes whose content is padding (RFC 8200 4.2).
Tins::IPv6 with_extension(std::uint8_t header) {
    constexpr std::array<std::uint8_t, 6> kPadding{1, 4, 0, 0, 0, 0};
    Tins::IPv6 ip = ip6();
    ip.add_header(Tins::IPv6::ext_header(header, kPadding.size(), kPadding.data()));
    return ip;
}

// SCTP over IPv4 or IPv6: libtins has no SCTP of its own.
template <typename Ip>
Bytes sctp_packet(const Tins::EthernetII& ethernet, Ip ip) {
    constexpr std::size_t kChecksum = 8;
    Bytes packet(12 + 20, std::byte{0});  // common header (RFC 9260 3.1), one chunk of DATA
    packet[1] = packet[3] = std::byte{9};
    packet[15] = std::byte{20};
    const std::uint32_t crc = wire::crc32c(packet, kChecksum);
    for (std::size_t i = 0; i < 4; ++i) {
        packet[kChecksum + i] = static_cast<std::byte>(crc >> (8 * i));
    }
    auto whole = ethernet / ip /
                 Tins::RawPDU(reinterpret_cast<const std::uint8_t*>(packet.data()),
                              static_cast<std::uint32_t>(packet.size()));
    return bytes_of(whole);
}

// The right frame and one with each of the fields at these offsets spoiled.
struct Field {
    const char* name;
    std::size_t at;
};
void with_each_spoiled(Verdicts& out, const std::string& what, const Bytes& good,
                       std::initializer_list<Field> fields) {
    for (const Field& field : fields) {
        out.spoiled(what + ", " + field.name, good, field.at);
    }
    out.spoiled(what + ", last byte", good, good.size() - 1);
}

}  // namespace

Json check_rx_ip4(ReceiveTrial& trial) {
    Verdicts out;
    auto plain = trial.ethernet() / ip4() / tcp() / Tins::RawPDU(payload(101));
    const Bytes good = out.add("IPv4", plain, true);
    with_each_spoiled(out, "IPv4", good,
                      {{"type of service", kIp + 1},
                       {"identification", kIp + 5},
                       {"time to live", kIp + 8},
                       {"header checksum", kIp + 10},
                       {"source address", kIp + 12},
                       {"destination address", kIp + 19}});
    Tins::IP with_options = ip4();
    four_bytes_of_options(with_options);
    auto options = trial.ethernet() / with_options / tcp() / Tins::RawPDU(payload(50));
    out.spoiled("IPv4 option", out.add("IPv4 options", options, true), kIp + 20);
    Tins::IP first = ip4();
    first.flags(Tins::IP::MORE_FRAGMENTS);
    auto fragment = trial.ethernet() / first / udp() / Tins::RawPDU(payload(56));
    out.add("first fragment", fragment, false);
    Tins::IP later = ip4();
    later.fragment_offset(8);
    later.protocol(6);
    auto second = trial.ethernet() / later / Tins::RawPDU(payload(64));
    out.add("last fragment", second, false);
    auto ping = trial.ethernet() / ip4() / Tins::ICMP() / Tins::RawPDU(payload(40));
    out.add("ICMP", ping, false);
    return compare_verdicts(trial, out);
}

Json check_rx_tcp4(ReceiveTrial& trial) {
    Verdicts out;
    auto plain = trial.ethernet() / ip4() / tcp() / Tins::RawPDU(payload(101));
    with_each_spoiled(out, "TCP", out.add("TCP", plain, true),
                      {{"source port", kIp4Payload},
                       {"destination port", kIp4Payload + 3},
                       {"sequence", kIp4Payload + 4},
                       {"flags", kIp4Payload + 13},
                       {"checksum", kIp4Payload + 16},
                       {"urgent pointer", kIp4Payload + 18},
                       {"first byte", kIp4Payload + 20}});
    Tins::TCP with_options = tcp();
    with_options.mss(1460);
    with_options.timestamp(1, 2);
    auto options = trial.ethernet() / ip4() / with_options / Tins::RawPDU(payload(60));
    out.spoiled("TCP option", out.add("TCP options", options, true), kIp4Payload + 20);
    auto tiny = trial.ethernet() / ip4() / tcp() / Tins::RawPDU(payload(1));
    out.add("padded to 60 bytes", tiny, true);
    auto large = trial.ethernet() / ip4() / tcp() / Tins::RawPDU(payload(1460));
    out.add("1514 bytes", large, true);
    return compare_verdicts(trial, out);
}

Json check_rx_tcp6(ReceiveTrial& trial) {
    Verdicts out;
    auto plain = trial.ethernet() / ip6() / tcp() / Tins::RawPDU(payload(101));
    with_each_spoiled(out, "TCP", out.add("TCP", plain, true),
                      {{"source address", kIp + 8},
                       {"destination address", kIp + 24},
                       {"checksum", kIp6Payload + 16},
                       {"first byte", kIp6Payload + 20}});
    struct Extension {
        const char* name;
        std::uint8_t type;
    };
    for (const auto& [name, type] :
         {Extension{"hop-by-hop options", 0}, Extension{"destination options", 60}}) {
        auto behind = trial.ethernet() / with_extension(type) / tcp() / Tins::RawPDU(payload(70));
        const Bytes good = out.add(std::string("TCP behind ") + name, behind, true);
        out.spoiled(std::string("TCP behind ") + name + ", last byte", good, good.size() - 1);
    }
    return compare_verdicts(trial, out);
}

Json check_rx_udp4(ReceiveTrial& trial) {
    Verdicts out;
    auto plain = trial.ethernet() / ip4() / udp() / Tins::RawPDU(payload(77));
    const Bytes good = out.add("UDP", plain, true);
    with_each_spoiled(out, "UDP", good,
                      {{"source port", kIp4Payload},
                       {"destination port", kIp4Payload + 2},
                       {"checksum", kIp4Payload + 6},
                       {"first byte", kIp4Payload + 8}});
    Bytes unsummed = good;
    unsummed[kIp4Payload + 6] = unsummed[kIp4Payload + 7] = std::byte{0};
    out.add("UDP without checksum", unsummed, false);
    return compare_verdicts(trial, out);
}

Json check_rx_udp6(ReceiveTrial& trial) {
    Verdicts out;
    auto plain = trial.ethernet() / ip6() / udp() / Tins::RawPDU(payload(77));
    with_each_spoiled(
        out, "UDP", out.add("UDP", plain, true),
        {{"source address", kIp + 8}, {"source port", kIp6Payload}, {"checksum", kIp6Payload + 6}});
    return compare_verdicts(trial, out);
}

Json check_rx_sctp(ReceiveTrial& trial) {
    constexpr std::uint8_t kSctp = 132;
    Tins::IP four = ip4();
    four.protocol(kSctp);
    Tins::IPv6 six = ip6();
    six.next_header(kSctp);
    Verdicts out;
    const Bytes over4 = sctp_packet(trial.ethernet(), four);
    const Bytes over6 = sctp_packet(trial.ethernet(), six);
    out.add("SCTP over IPv4", over4, true);
    with_each_spoiled(out, "SCTP over IPv4", over4,
                      {{"port", kIp4Payload}, {"checksum", kIp4Payload + 8}});
    out.add("SCTP over IPv6", over6, true);
    with_each_spoiled(out, "SCTP over IPv6", over6,
                      {{"port", kIp6Payload}, {"checksum", kIp6Payload + 8}});
    return compare_verdicts(trial, out);
}

}  // namespace host
