// SPDX-License-Identifier: GPL-2.0-or-later
#include "packets.h"

#include <algorithm>
#include <initializer_list>
#include <span>

#include "encode.h"
#include "judge.h"
#include "receive/verdicts.h"

namespace host {
namespace {

constexpr std::size_t kIp = 14;
constexpr std::size_t kIp4Header = 20;
constexpr std::size_t kIp6Header = 40;
constexpr std::size_t kTcpHeader = 20;
constexpr std::uint8_t kGsoTcp4 = 1;  // virtio 1.1, 5.1.6
constexpr std::uint8_t kGsoTcp6 = 4;
constexpr std::uint16_t kDiscard = 9;
constexpr std::uint16_t kSource = 5550;

// Documentation addresses, in the order of the headers.
Tins::IP ip4() {
    return {"198.51.100.2", "198.51.100.1"};
}
Tins::IPv6 ip6() {
    return {"2001:db8:99::2", "2001:db8:99::1"};
}

struct Transport {
    bool six = false;
    bool tcp = false;
    std::size_t start = 0;  // of its header in the frame
    std::size_t end = 0;    // of the packet in the frame

    [[nodiscard]] std::size_t field() const { return start + (tcp ? 16 : 6); }
};

// RFC 1071
std::uint32_t folded(std::uint32_t sum) {
    while (sum > 0xFFFF) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum;
}

std::uint32_t sum_of(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    }
    return sum;
}

// The pseudo-header's sum with the length, not inverted (CSUM-3): what a stack leaves in the field.
std::uint32_t seed(const Bytes& frame, const Transport& transport) {
    const std::size_t addresses = transport.six ? kIp + 8 : kIp + 12;
    const std::size_t bytes = transport.six ? 32 : 8;
    const auto length = static_cast<std::uint32_t>(transport.end - transport.start);
    return folded(sum_of(std::span(frame).subspan(addresses, bytes)) + length +
                  (transport.tcp ? 6U : 17U));
}

Outgoing unfinished(const std::string& name, Bytes right, const Transport& transport) {
    Outgoing out;
    out.name = name;
    out.given = right;
    const std::uint32_t value = seed(right, transport);
    out.given.at(transport.field()) = static_cast<std::byte>(value >> 8);
    out.given.at(transport.field() + 1) = static_cast<std::byte>(value & 0xFF);
    out.right = std::move(right);
    out.offload.checksum_start = static_cast<std::uint16_t>(transport.start);
    out.offload.checksum_offset = static_cast<std::uint16_t>(transport.field() - transport.start);
    return out;
}

// All are longer than the shortest frame, so that the packet ends where the frame does.
template <typename Ip, typename Inner>
Outgoing packet(const ControlTrial& trial, const std::string& name, const Ip& ip,
                const Inner& inner, std::size_t network) {
    constexpr bool kTcp = std::is_same_v<Inner, Tins::TCP>;
    auto whole = trial.outwards() / ip / inner / Tins::RawPDU(payload(101));
    Bytes right = bytes_of(whole);
    const Transport transport{std::is_same_v<Ip, Tins::IPv6>, kTcp, kIp + network, right.size()};
    return unfinished(name, std::move(right), transport);
}

Tins::TCP tcp() {
    Tins::TCP out(kDiscard, kSource);
    out.seq(1000);
    out.window(1000);
    out.flags(Tins::TCP::ACK);
    return out;
}

}  // namespace

std::vector<Outgoing> checksum_packets(const ControlTrial& trial) {
    constexpr std::size_t kOptions = 4;
    constexpr std::size_t kExtension = 8;
    constexpr std::uint8_t kDestinationOptions = 60;
    constexpr std::array<std::uint8_t, 6> kPadding{1, 4, 0, 0, 0, 0};  // RFC 8200 4.2
    Tins::IP with_options = ip4();
    with_options.noop();
    with_options.noop();
    with_options.noop();
    with_options.eol();
    Tins::IPv6 with_extension = ip6();
    with_extension.add_header(
        Tins::IPv6::ext_header(kDestinationOptions, kPadding.size(), kPadding.data()));
    const Tins::UDP udp(kDiscard, kSource);
    Outgoing optional = packet(trial, "csum-tcp4", with_options, tcp(), kIp4Header + kOptions);
    optional.also = "csum-ip-options";
    Outgoing extended = packet(trial, "csum-udp6", with_extension, udp, kIp6Header + kExtension);
    extended.also = "csum-ip6-ext";
    return {packet(trial, "csum-tcp4", ip4(), tcp(), kIp4Header),
            packet(trial, "csum-udp4", ip4(), udp, kIp4Header),
            packet(trial, "csum-tcp6", ip6(), tcp(), kIp6Header),
            packet(trial, "csum-udp6", ip6(), udp, kIp6Header),
            optional,
            extended};
}

Outgoing large_send(const ControlTrial& trial, const LargeSend& plan) {
    const std::size_t start = kIp + (plan.six ? kIp6Header : kIp4Header);
    const Tins::RawPDU content(payload(plan.bytes));
    auto over4 = trial.outwards() / ip4() / tcp() / content;
    auto over6 = trial.outwards() / ip6() / tcp() / content;
    Bytes whole = plan.six ? bytes_of(over6) : bytes_of(over4);
    const Transport transport{plan.six, true, start, whole.size()};
    Outgoing out = unfinished(plan.six ? "lso2-ip6" : "lso2-ip4", std::move(whole), transport);
    out.offload.segment_type = plan.six ? kGsoTcp6 : kGsoTcp4;
    out.offload.segment_size = static_cast<std::uint16_t>(plan.segment);
    out.offload.header_length = static_cast<std::uint16_t>(start + kTcpHeader);
    return out;
}

bool can_cut(const ControlTrial& trial, const std::string& name) {
    const auto sums = [&](std::initializer_list<const char*> names) {
        return std::all_of(names.begin(), names.end(), [&](const char* sum) {
            return has_direction(trial.hardware(sum), "tx");
        });
    };
    return trial.hardware(name) == "on" &&
           (name == "lso2-ip6" ? sums({"csum-tcp6"}) : sums({"csum-ip4", "csum-tcp4"}));
}

void expect_cut(const std::vector<Bytes>& frames, const LargeSend& plan) {
    const std::size_t wanted = (plan.bytes + plan.segment - 1) / plan.segment;
    const std::string what = plan.six ? "TCP over IPv6" : "TCP over IPv4";
    require(frames.size() == wanted, what + ": " + std::to_string(frames.size()) + " of " +
                                         std::to_string(wanted) + " segments crossed the wire");
    Bytes content;
    for (const Bytes& frame : frames) {
        const wire::Examined parts = wire::examine(frame, {.padded = false});
        require(parts.complaints.empty(),
                what + ": " +
                    (parts.complaints.empty() ? std::string() : parts.complaints.front()) +
                    "; the frame: " + agent::to_hex(frame));
        content.insert(content.end(), frame.begin() + static_cast<std::ptrdiff_t>(parts.payload),
                       frame.begin() + static_cast<std::ptrdiff_t>(parts.end));
        const bool last = &frame == &frames.back();
        require(last || parts.end - parts.payload == plan.segment,
                what + ": a segment of another size; the frame: " + agent::to_hex(frame));
    }
    require(agent::to_hex(content) == hex_of(payload(plan.bytes)),
            what + ": the segments carry other bytes");
}

void add_frames(Json& evidence, const std::vector<Bytes>& frames, const std::string& sentence) {
    for (const Bytes& frame : frames) {
        evidence.push_back({{"summary", sentence}, {"hex", agent::to_hex(frame)}});
    }
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

}  // namespace host
