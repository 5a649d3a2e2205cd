// SPDX-License-Identifier: GPL-2.0-or-later
// Raw frames out of an interface, and what its stack is told about those that come in.
#include <algorithm>
#include <array>
#include <cstring>

#include "command.h"
#include "encode.h"
#include "packet_socket.h"
#include "pattern.h"

namespace agent {
namespace {

Json describe(const CapturedFrame& frame, std::size_t shown) {
    traffic::Digest digest;
    digest.add(frame.bytes);
    const std::span bytes(frame.bytes);
    Json out{{"length", frame.length},
             {"digest", std::to_string(digest.value())},
             {"outgoing", frame.outgoing},
             {"checksum", frame.checksum_missing ? "missing"
                          : frame.checksum_valid ? "valid"
                                                 : "unchecked"},
             {"segment_size", frame.segment_size},
             {"segment_type", frame.segment_type},
             {"hex", to_hex(bytes.first(std::min(shown, bytes.size())))}};
    if (frame.vlan_tci) {
        out["vlan"] = {{"tci", *frame.vlan_tci}, {"protocol", frame.vlan_protocol}};
    }
    return out;
}

// What a capture keeps: EtherType, direction and bytes at an offset.
struct Filter {
    int ethertype = -1;
    bool outgoing = false;
    std::vector<std::byte> match;
    std::size_t match_offset = 0;

    [[nodiscard]] bool accepts(const CapturedFrame& frame) const {
        const auto& bytes = frame.bytes;
        if (frame.outgoing != outgoing || bytes.size() < 14) {
            return false;
        }
        const int type = std::to_integer<int>(bytes[12]) << 8 | std::to_integer<int>(bytes[13]);
        if (ethertype >= 0 && type != ethertype) {
            return false;
        }
        return match.empty() ||
               (bytes.size() >= match_offset + match.size() &&
                std::memcmp(bytes.data() + match_offset, match.data(), match.size()) == 0);
    }
};

Filter filter_of(const Json& args) {
    Filter filter;
    filter.ethertype = args.value("ethertype", -1);
    filter.outgoing = args.value("outgoing", false);
    filter.match = from_hex(args.value("match", std::string()));
    filter.match_offset = args.value("match_offset", std::size_t{0});
    return filter;
}

void show_only(const PacketSocket& socket, const Json& only) {
    Steered wanted;
    if (only.contains("hash")) {
        wanted.hash = only.at("hash").get<std::uint32_t>();
    }
    if (only.contains("queue")) {
        wanted.queue = only.at("queue").get<std::uint32_t>();
    }
    wanted.besides = only.value("besides", std::uint16_t{0});
    socket.show_only(wanted);
}

// What a frame leaves to the device: {hex, checksum_start, checksum_offset, segment_type,
// segment_size, header_length}.
PacketOffload offload_of(const Json& frame) {
    PacketOffload out;
    out.checksum_start = frame.value("checksum_start", out.checksum_start);
    out.checksum_offset = frame.value("checksum_offset", out.checksum_offset);
    out.segment_type = frame.value("segment_type", out.segment_type);
    out.segment_size = frame.value("segment_size", out.segment_size);
    out.header_length = frame.value("header_length", out.header_length);
    return out;
}

// Sends {frames} {repeat} times; each is hexadecimal text or such an object. With {in_order} they
// go around the queueing discipline, which may let one flow overtake another.
Json send(Job& job) {
    const PacketSocket socket(job.ifname());
    if (job.args.value("in_order", false)) {
        socket.bypass_queueing();
    }
    const auto repeat = job.args.value("repeat", 1U);
    unsigned sent = 0;
    for (unsigned round = 0; round < repeat && !job.cancelled(); ++round) {
        for (const Json& frame : job.args.at("frames")) {
            if (frame.is_object()) {
                socket.send(from_hex(frame.at("hex").get<std::string>()), offload_of(frame));
            } else {
                socket.send(from_hex(frame.get<std::string>()));
            }
            ++sent;
        }
    }
    return {{"sent", sent}};
}

bool contains(const CapturedFrame& frame, const std::vector<std::byte>& bytes) {
    return !bytes.empty() && std::search(frame.bytes.begin(), frame.bytes.end(), bytes.begin(),
                                         bytes.end()) != frame.bytes.end();
}

// Announces "capturing" when the socket is open, then collects until {count} frames matched, one of
// them contains {until}, the timeout, or a cancel.
Json capture(Job& job) {
    PacketSocket socket(job.ifname());
    const Filter filter = filter_of(job.args);
    if (job.args.contains("only")) {
        show_only(socket, job.args.at("only"));
    }
    const auto count = job.args.value("count", std::size_t{1});
    const auto last = from_hex(job.args.value("until", std::string()));
    const auto shown = job.args.value("bytes", std::size_t{128});
    const auto deadline = std::chrono::steady_clock::now() + job.timeout(5000);
    job.event("capturing", Json::object());
    Json frames = Json::array();
    while (frames.size() < count) {
        const auto frame = socket.receive(deadline, [&] { return job.cancelled(); });
        if (!frame) {
            break;
        }
        if (filter.accepts(*frame)) {
            frames.push_back(describe(*frame, shown));
            if (contains(*frame, last)) {
                break;
            }
        }
    }
    return {{"frames", frames}, {"lost", socket.lost()}};
}

constexpr std::array kCommands{
    Command{"packet.send",
            "send raw {frames: [hex, or {hex, checksum_start, ...}], repeat, in_order}", send},
    Command{"packet.capture",
            "capture {count, until, timeout_ms, ethertype, match, match_offset, outgoing, bytes, "
            "only: {hash, queue, besides}}",
            capture},
};

}  // namespace

CommandTable packet_commands() {
    return kCommands;
}

}  // namespace agent
