// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge.h"

#include <cstdint>
#include <tins/tins.h>

namespace wire {
namespace {

using View = std::span<const std::byte>;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kShortest = 60;
constexpr unsigned kTypeIpv4 = 0x0800;
constexpr unsigned kTypeIpv6 = 0x86dd;
constexpr unsigned kTypeVlan = 0x8100;
constexpr unsigned kTypeServiceVlan = 0x88a8;
constexpr unsigned kTypeTransparentEthernet = 0x6558;  // RFC 1701, RFC 7637
constexpr unsigned kVxlanPort = 4789;                  // RFC 7348 5
constexpr unsigned kVxlanPortLinux = 8472;

enum Protocol : unsigned {
    kIcmp = 1,
    kIpIp = 4,
    kTcp = 6,
    kUdp = 17,
    kIp6 = 41,
    kGre = 47,
    kIcmp6 = 58
};

unsigned get8(View bytes, std::size_t at) {
    return std::to_integer<unsigned>(bytes[at]);
}
unsigned get16(View bytes, std::size_t at) {
    return get8(bytes, at) << 8 | get8(bytes, at + 1);
}

// Sum of a range in the one's complement sense, by libtins.
std::uint32_t sum(View bytes) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    // libtins sums host-order words of an even range; an odd last byte is padded by us.
    const std::size_t even = bytes.size() & ~std::size_t{1};
    std::uint32_t total = Tins::Utils::sum_range(begin, begin + even);
    if (even != bytes.size()) {
        total += begin[even];
    }
    return total;
}

bool sums_to_ones(std::uint64_t total) {
    while (total > 0xffff) {
        total = (total & 0xffff) + (total >> 16);
    }
    return total == 0xffff;
}

class Examination {
public:
    explicit Examination(const JudgeLimits& limits) : limits_(limits) {}

    void ethernet(View frame, bool outermost) {
        if (frame.size() < kEthernetHeader) {
            return complain("shorter than an Ethernet header");
        }
        if (outermost && limits_.padded && frame.size() < kShortest) {
            complain("not padded: " + std::to_string(frame.size()) + " bytes");
        }
        if (outermost && frame.size() > limits_.longest) {
            complain("too long: " + std::to_string(frame.size()) + " bytes");
        }
        std::size_t at = kEthernetHeader;
        unsigned type = get16(frame, 12);
        while ((type == kTypeVlan || type == kTypeServiceVlan) && at + 4 <= frame.size()) {
            type = get16(frame, at + 2);
            at += 4;
        }
        network(type, frame.subspan(at));
    }

    [[nodiscard]] std::vector<std::string> complaints() && { return std::move(complaints_); }

private:
    struct Pseudo {
        std::uint32_t addresses = 0;
        bool six = false;
    };

    void complain(const std::string& text) { complaints_.push_back(text); }

    void network(unsigned type, View packet) {
        if (++depth_ > 4) {
            return;
        }
        if (type == kTypeIpv4) {
            ipv4(packet);
        } else if (type == kTypeIpv6) {
            ipv6(packet);
        } else if (type == kTypeTransparentEthernet) {
            ethernet(packet, false);
        }
    }

    // RFC 791 3.1
    void ipv4(View packet) {
        if (packet.size() < 20) {
            return complain("IPv4 header cut");
        }
        const std::size_t header = (get8(packet, 0) & 0xf) * 4UL;
        const std::size_t total = get16(packet, 2);
        if (get8(packet, 0) >> 4 != 4 || header < 20 || total < header || total > packet.size()) {
            return complain("IPv4 lengths: header " + std::to_string(header) + ", total " +
                            std::to_string(total) + ", there are " + std::to_string(packet.size()));
        }
        if (!sums_to_ones(sum(packet.first(header)))) {
            complain("IPv4 header checksum");
        }
        if ((get16(packet, 6) & 0x3fff) != 0) {
            return;  // a fragment carries part of a transport checksum's range
        }
        transport(get8(packet, 9), packet.subspan(header, total - header),
                  {sum(packet.subspan(12, 8)), false});
    }

    // RFC 8200 3 and 4
    void ipv6(View packet) {
        if (packet.size() < 40) {
            return complain("IPv6 header cut");
        }
        const std::size_t length = get16(packet, 4);
        if (get8(packet, 0) >> 4 != 6 || length + 40 > packet.size()) {
            return complain("IPv6 payload length " + std::to_string(length) + ", there are " +
                            std::to_string(packet.size() - 40));
        }
        View rest = packet.subspan(40, length);
        unsigned next = get8(packet, 6);
        constexpr unsigned kHopByHop = 0;
        constexpr unsigned kRouting = 43;
        constexpr unsigned kFragment = 44;
        constexpr unsigned kDestination = 60;
        while (next == kHopByHop || next == kRouting || next == kDestination) {
            if (rest.size() < 8 || rest.size() < (get8(rest, 1) + 1) * 8UL) {
                return complain("IPv6 extension header cut");
            }
            next = get8(rest, 0);
            rest = rest.subspan((get8(rest, 1) + 1) * 8UL);
        }
        if (next == kFragment) {
            return;
        }
        transport(next, rest, {sum(packet.subspan(8, 32)), true});
    }

    void transport(unsigned protocol, View segment, const Pseudo& pseudo) {
        if (protocol == kTcp) {
            tcp(segment, pseudo);
        } else if (protocol == kUdp) {
            udp(segment, pseudo);
        } else if (protocol == kIcmp && !pseudo.six) {
            if (!sums_to_ones(sum(segment))) {
                complain("ICMP checksum");
            }
        } else if (protocol == kIcmp6) {
            covered("ICMPv6", protocol, segment, pseudo);
        } else if (protocol == kGre) {
            gre(segment);
        } else if (protocol == kIpIp) {
            network(kTypeIpv4, segment);
        } else if (protocol == kIp6) {
            network(kTypeIpv6, segment);
        }
    }

    // The pseudo-header of RFC 9293 3.1 and RFC 8200 8.1 plus the segment.
    void covered(const char* name, unsigned protocol, View segment, const Pseudo& pseudo) {
        const auto length = static_cast<std::uint32_t>(segment.size());
        const std::uint64_t total = std::uint64_t{pseudo.addresses} + sum(segment) +
                                    Tins::Endian::host_to_be(static_cast<std::uint16_t>(length)) +
                                    Tins::Endian::host_to_be(static_cast<std::uint16_t>(protocol));
        if (!sums_to_ones(total)) {
            complain(std::string(name) + " checksum");
        }
    }

    void tcp(View segment, const Pseudo& pseudo) {
        if (segment.size() < 20 || (get8(segment, 12) >> 4) * 4UL < 20 ||
            (get8(segment, 12) >> 4) * 4UL > segment.size()) {
            return complain("TCP header length");
        }
        covered("TCP", kTcp, segment, pseudo);
    }

    void udp(View segment, const Pseudo& pseudo) {
        if (segment.size() < 8 || get16(segment, 4) != segment.size()) {
            return complain("UDP length");
        }
        const bool no_checksum = get16(segment, 6) == 0;
        const unsigned port = get16(segment, 2);
        const bool vxlan = port == kVxlanPort || port == kVxlanPortLinux;
        if (!no_checksum) {
            covered("UDP", kUdp, segment, pseudo);
        } else if (pseudo.six && !vxlan) {
            complain("UDP over IPv6 without checksum");
        }
        if (vxlan && segment.size() > 16 && (get8(segment, 8) & 0x08) != 0) {
            ethernet(segment.subspan(16), false);
        }
    }

    // RFC 2784, RFC 2890
    void gre(View packet) {
        if (packet.size() < 4) {
            return complain("GRE header cut");
        }
        const unsigned flags = get16(packet, 0);
        const bool has_checksum = (flags & 0x8000) != 0;
        const std::size_t header = 4 + (has_checksum ? 4UL : 0UL) +
                                   ((flags & 0x2000) != 0 ? 4UL : 0UL) +
                                   ((flags & 0x1000) != 0 ? 4UL : 0UL);
        if (header > packet.size()) {
            return complain("GRE header cut");
        }
        if (has_checksum && !sums_to_ones(sum(packet))) {
            complain("GRE checksum");
        }
        network(get16(packet, 2), packet.subspan(header));
    }

    const JudgeLimits& limits_;
    std::vector<std::string> complaints_;
    int depth_ = 0;
};

}  // namespace

std::vector<std::string> judge(std::span<const std::byte> frame, const JudgeLimits& limits) {
    Examination examination(limits);
    examination.ethernet(frame, true);
    return std::move(examination).complaints();
}

}  // namespace wire
