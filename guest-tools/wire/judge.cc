// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <tins/tins.h>

#include "crc32c.h"

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
constexpr unsigned kVxlanPortLinux = 8472;
constexpr unsigned kGenevePort = 6081;  // RFC 8926 3.3

enum Protocol : unsigned {
    kIcmp = 1,
    kIpIp = 4,
    kTcp = 6,
    kUdp = 17,
    kIp6 = 41,
    kGre = 47,
    kIcmp6 = 58,
    kSctp = 132
};

unsigned get8(View bytes, std::size_t at) {
    return std::to_integer<unsigned>(bytes[at]);
}
unsigned get16(View bytes, std::size_t at) {
    return get8(bytes, at) << 8 | get8(bytes, at + 1);
}

std::uint32_t get32(View bytes, std::size_t at) {
    return get16(bytes, at) << 16 | get16(bytes, at + 2);
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

// NOLINTBEGIN(misc-no-recursion): tunnels nest, each inside a shorter rest of the frame.
class Examination {
public:
    Examination(View frame, const JudgeLimits& limits) : frame_(frame), limits_(limits) {
        out_.end = frame.size();
    }

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
        layer("eth", frame, kEthernetHeader);
        std::size_t at = kEthernetHeader;
        unsigned type = get16(frame, 12);
        while ((type == kTypeVlan || type == kTypeServiceVlan) && at + 4 <= frame.size()) {
            std::array<char, 20> name{};
            (void)std::snprintf(name.data(), name.size(), "vlan %04x:%04x", type, get16(frame, at));
            layer(name.data(), frame.subspan(at), 4);
            type = get16(frame, at + 2);
            at += 4;
        }
        network(type, frame.subspan(at));
    }

    [[nodiscard]] Examined result() && { return std::move(out_); }

private:
    struct Pseudo {
        std::uint32_t addresses = 0;
        bool six = false;
    };

    void complain(const std::string& text) { out_.complaints.push_back(text); }

    // Notes a header that `bytes` begins with; what follows it is the payload until another comes.
    void layer(const std::string& name, View bytes, std::size_t size) {
        const auto offset = static_cast<std::size_t>(bytes.data() - frame_.data());
        out_.layers.push_back({name, offset});
        out_.payload = offset + size;
    }

    // The outermost IP packet's end.
    void ends(View packet, std::size_t size) {
        if (depth_ == 1) {
            out_.end = static_cast<std::size_t>(packet.data() - frame_.data()) + size;
        }
    }

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
        layer("ipv4", packet, header);
        ends(packet, total);
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
        layer("ipv6", packet, 40);
        ends(packet, 40 + length);
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
        } else if (protocol == kSctp) {
            sctp(segment);
        } else if (protocol == kIcmp && !pseudo.six) {
            layer("icmp", segment, 8);
            if (!sums_to_ones(sum(segment))) {
                complain("ICMP checksum");
            }
        } else if (protocol == kIcmp6) {
            layer("icmp6", segment, 8);
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
        layer("tcp", segment, (get8(segment, 12) >> 4) * 4UL);
        covered("TCP", kTcp, segment, pseudo);
    }

    // RFC 9260 3.1 and appendix A: the sum is stored least significant byte first.
    void sctp(View packet) {
        constexpr std::size_t kHeader = 12;
        constexpr std::size_t kChecksum = 8;
        if (packet.size() < kHeader) {
            return complain("SCTP header cut");
        }
        layer("sctp", packet, kHeader);
        const std::uint32_t crc = crc32c(packet, kChecksum);
        for (unsigned i = 0; i < 4; ++i) {
            if (get8(packet, kChecksum + i) != (crc >> (8 * i) & 0xff)) {
                return complain("SCTP checksum");
            }
        }
    }

    void udp(View segment, const Pseudo& pseudo) {
        if (segment.size() < 8 || get16(segment, 4) != segment.size()) {
            return complain("UDP length");
        }
        const bool no_checksum = get16(segment, 6) == 0;
        const unsigned port = get16(segment, 2);
        const bool vxlan = port == limits_.vxlan_port || port == kVxlanPortLinux;
        const bool geneve = port == kGenevePort;
        layer(no_checksum ? "udp nocsum" : "udp", segment, 8);
        if (!no_checksum) {
            covered("UDP", kUdp, segment, pseudo);
        } else if (pseudo.six && !vxlan && !geneve) {
            complain("UDP over IPv6 without checksum");
        }
        if (vxlan && segment.size() > 16 && (get8(segment, 8) & 0x08) != 0) {
            layer("vxlan " + std::to_string(get32(segment, 12) >> 8), segment.subspan(8), 8);
            ethernet(segment.subspan(16), false);
        } else if (geneve && segment.size() > 16) {
            this->geneve(segment.subspan(8));
        }
    }

    // RFC 8926 3.4
    void geneve(View packet) {
        const std::size_t header = 8 + (get8(packet, 0) & 0x3f) * 4UL;
        if (get8(packet, 0) >> 6 != 0 || header > packet.size()) {
            return complain("Geneve header");
        }
        layer("geneve " + std::to_string(get32(packet, 4) >> 8), packet, header);
        network(get16(packet, 2), packet.subspan(header));
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
        std::string name = has_checksum ? "gre csum" : "gre";
        if ((flags & 0x2000) != 0) {
            name += " key " + std::to_string(get32(packet, has_checksum ? 8 : 4));
        }
        layer(name, packet, header);
        if (has_checksum && !sums_to_ones(sum(packet))) {
            complain("GRE checksum");
        }
        network(get16(packet, 2), packet.subspan(header));
    }

    View frame_;
    const JudgeLimits& limits_;
    Examined out_;
    int depth_ = 0;
};
// NOLINTEND(misc-no-recursion)

}  // namespace

Examined examine(std::span<const std::byte> frame, const JudgeLimits& limits) {
    Examination examination(frame, limits);
    examination.ethernet(frame, true);
    return std::move(examination).result();
}

std::vector<std::string> judge(std::span<const std::byte> frame, const JudgeLimits& limits) {
    return examine(frame, limits).complaints;
}

}  // namespace wire
