// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow_judge.h"

#include <algorithm>
#include <array>

#include "pattern.h"

namespace wire {
namespace {

constexpr std::size_t kIpv4Length = 2;
constexpr std::size_t kIpv4Id = 4;
constexpr std::size_t kIpv4Checksum = 10;
constexpr std::size_t kIpv4Flags = 6;
constexpr std::size_t kIpv6Length = 4;
constexpr std::size_t kTcpSequence = 4;
constexpr std::size_t kTcpFlags = 13;
constexpr std::size_t kTcpChecksum = 16;
constexpr std::size_t kUdpLength = 4;
constexpr std::size_t kUdpChecksum = 6;
constexpr std::size_t kGreChecksum = 4;
constexpr unsigned kDontFragment = 0x40;
constexpr unsigned kFinPsh = 0x09;

struct Seen {
    Bytes bytes;
    Examined parts;
};
using Run = std::vector<Seen>;

unsigned get8(const Bytes& bytes, std::size_t at) {
    return at < bytes.size() ? std::to_integer<unsigned>(bytes[at]) : 0;
}
unsigned get16(const Bytes& bytes, std::size_t at) {
    return get8(bytes, at) << 8 | get8(bytes, at + 1);
}
std::uint32_t get32(const Bytes& bytes, std::size_t at) {
    return get16(bytes, at) << 16 | get16(bytes, at + 2);
}
void clear(Bytes& bytes, std::size_t at, std::size_t count) {
    for (std::size_t i = at; i < std::min(at + count, bytes.size()); ++i) {
        bytes[i] = std::byte{0};
    }
}

bool starts_with(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}
bool is_ip(const Layer& layer) {
    return layer.name == "ipv4" || layer.name == "ipv6";
}

std::string layer_names(const std::vector<Layer>& layers) {
    std::string out;
    for (const Layer& layer : layers) {
        out += (out.empty() ? "" : " / ") + layer.name;
    }
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : " / ") + word;
    }
    return out;
}

// Offsets of the IPv4 headers, outermost first.
std::vector<std::size_t> ipv4_headers(const Examined& parts) {
    std::vector<std::size_t> out;
    for (const Layer& layer : parts.layers) {
        if (layer.name == "ipv4") {
            out.push_back(layer.offset);
        }
    }
    return out;
}

const Layer& innermost_ip(const Examined& parts) {
    return *std::find_if(parts.layers.rbegin(), parts.layers.rend(), is_ip);
}

// Where the innermost IP packet says it ends.
std::size_t innermost_end(const Seen& seen) {
    const Layer& ip = innermost_ip(seen.parts);
    const std::size_t end = ip.name == "ipv4"
                                ? ip.offset + get16(seen.bytes, ip.offset + kIpv4Length)
                                : ip.offset + 40 + get16(seen.bytes, ip.offset + kIpv6Length);
    return std::min(end, seen.bytes.size());
}

std::vector<Seen> collect(const std::vector<Frame>& frames, const FlowPlan& plan, bool padded) {
    JudgeLimits limits;
    limits.padded = padded;
    limits.vxlan_port = plan.vxlan_port;
    std::vector<Seen> out;
    for (const Frame& frame : frames) {
        if (frame.direction != Direction::from_guest) {
            continue;
        }
        Examined parts = examine(frame.bytes, limits);
        if (parts.layers.size() < 3 || !starts_with(parts.layers.back().name, plan.protocol) ||
            !std::any_of(parts.layers.begin(), parts.layers.end(), is_ip)) {
            continue;
        }
        const std::size_t ports = parts.layers.back().offset;
        if (get16(frame.bytes, ports) == plan.source &&
            get16(frame.bytes, ports + 2) == plan.destination) {
            out.push_back({frame.bytes, std::move(parts)});
        }
    }
    return out;
}

// Judges the frames of one run.
class RunJudge {
public:
    RunJudge(const FlowPlan& plan, const Run& run, std::string when)
        : plan_(plan), run_(run), when_(std::move(when)) {}

    [[nodiscard]] std::optional<FlowFault> verdict() const {
        for (std::size_t k = 0; k < run_.size(); ++k) {
            std::string wrong = of_frame(k);
            if (!wrong.empty()) {
                return FlowFault{plan_.name + ", offload " + when_ + ", frame " +
                                     std::to_string(k + 1) + " of " +
                                     std::to_string(frames_of(plan_)) + ": " + wrong,
                                 run_[k].bytes};
            }
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] std::string of_frame(std::size_t k) const {
        const Seen& seen = run_[k];
        if (!seen.parts.complaints.empty()) {
            return joined(seen.parts.complaints);
        }
        if (!plan_.layers.empty() && layer_names(seen.parts.layers) != joined(plan_.layers)) {
            return "headers are " + layer_names(seen.parts.layers) + ", not " +
                   joined(plan_.layers);
        }
        for (const auto check : {&RunJudge::payload, &RunJudge::ids, &RunJudge::headers}) {
            std::string wrong = (this->*check)(k);
            if (!wrong.empty()) {
                return wrong;
            }
        }
        return {};
    }

    [[nodiscard]] std::string payload(std::size_t k) const {
        if (!comparable(plan_)) {
            return {};
        }
        const Seen& seen = run_[k];
        const std::uint64_t from = std::uint64_t{k} * plan_.segment;
        Bytes expected(
            static_cast<std::size_t>(std::min<std::uint64_t>(plan_.segment, plan_.bytes - from)));
        traffic::Pattern(plan_.seed).fill(from, expected);
        const std::size_t end = innermost_end(seen);
        const std::size_t size = end - std::min(end, seen.parts.payload);
        if (size != expected.size()) {
            return std::to_string(size) + " bytes of payload, not " +
                   std::to_string(expected.size());
        }
        const auto begin = seen.bytes.begin() + static_cast<std::ptrdiff_t>(seen.parts.payload);
        const auto bad = std::mismatch(expected.begin(), expected.end(), begin);
        return bad.first == expected.end()
                   ? ""
                   : "payload differs from byte " + std::to_string(bad.first - expected.begin());
    }

    // Every IPv4 id is the first one's plus the number of the frame. Under a tunnel the inner one
    // may also stand still (RFC 6864 4.1: it means nothing when the packet must not be fragmented).
    [[nodiscard]] std::string ids(std::size_t k) const {
        const auto now = ipv4_headers(run_[k].parts);
        for (std::size_t i = 0; i < now.size(); ++i) {
            const unsigned from_first = step(0, k, i);
            const bool inner = plan_.tunnel && now[i] == innermost_ip(run_[k].parts).offset;
            const bool atomic = (get8(run_[k].bytes, now[i] + kIpv4Flags) & kDontFragment) != 0;
            const bool stands = inner && atomic && k > 0 && step(k - 1, k, i) == 0;
            if (from_first != (k & 0xffff) && !stands) {
                return "IPv4 id is " + std::to_string(from_first) + " after the first one's";
            }
        }
        return {};
    }

    // How far the id of the i-th IPv4 header went from one frame to a later one.
    [[nodiscard]] unsigned step(std::size_t from, std::size_t to, std::size_t i) const {
        const auto id = [&](std::size_t k) {
            const auto headers = ipv4_headers(run_[k].parts);
            return i < headers.size() ? get16(run_[k].bytes, headers[i] + kIpv4Id) : 0;
        };
        return (id(to) - id(from)) & 0xffff;
    }

    // Of the headers that went in, only lengths, ids, sequence, flags and sums may differ.
    [[nodiscard]] std::string headers(std::size_t k) const {
        if (plan_.prototype.empty()) {
            return {};
        }
        const Seen& seen = run_[k];
        const std::size_t ip = innermost_ip(seen.parts).offset;
        const std::size_t l4 = seen.parts.layers.back().offset;
        Bytes now(seen.bytes.begin() + static_cast<std::ptrdiff_t>(ip),
                  seen.bytes.begin() + static_cast<std::ptrdiff_t>(seen.parts.payload));
        Bytes expected = plan_.prototype;
        if (plan_.protocol == "tcp") {
            std::string wrong = tcp_progress(now, l4 - ip, k);
            if (!wrong.empty()) {
                return wrong;
            }
        }
        const unsigned id = get16(expected, kIpv4Id) + static_cast<unsigned>(k);
        if (get8(now, 0) >> 4 == 4 && !plan_.tunnel && get16(now, kIpv4Id) != (id & 0xffff)) {
            return "IPv4 id is not the first one's plus " + std::to_string(k);
        }
        clear_changing(now, l4 - ip);
        clear_changing(expected, l4 - ip);
        const auto bad = std::mismatch(expected.begin(), expected.end(), now.begin(), now.end());
        return bad.first == expected.end() && bad.second == now.end()
                   ? ""
                   : "byte " + std::to_string(bad.first - expected.begin()) +
                         " of the headers is not what was given";
    }

    [[nodiscard]] std::string tcp_progress(const Bytes& now, std::size_t l4, std::size_t k) const {
        const auto from = static_cast<std::uint32_t>(k * plan_.segment);
        if (get32(now, l4 + kTcpSequence) != get32(plan_.prototype, l4 + kTcpSequence) + from) {
            return "TCP sequence number";
        }
        unsigned flags = get8(plan_.prototype, l4 + kTcpFlags);
        if (k + 1 < frames_of(plan_)) {
            flags &= ~kFinPsh;  // both belong to the last byte
        }
        return get8(now, l4 + kTcpFlags) == flags ? "" : "TCP flags";
    }

    void clear_changing(Bytes& headers, std::size_t l4) const {
        if (get8(headers, 0) >> 4 == 4) {
            clear(headers, kIpv4Length, 2);
            clear(headers, kIpv4Id, 2);
            clear(headers, kIpv4Checksum, 2);
        } else {
            clear(headers, kIpv6Length, 2);
        }
        if (plan_.protocol == "tcp") {
            clear(headers, l4 + kTcpSequence, 4);
            clear(headers, l4 + kTcpFlags, 1);
            clear(headers, l4 + kTcpChecksum, 2);
        } else {
            clear(headers, l4 + kUdpLength, 4);
        }
    }

    const FlowPlan& plan_;
    const Run& run_;
    std::string when_;
};

// The frame without what may differ between two right ways to make it. Headers of our own making
// leave nothing: both runs were given the same bytes.
Bytes without_freedoms(const Seen& seen, const FlowPlan& plan) {
    Bytes out(seen.bytes.begin(), seen.bytes.begin() + static_cast<std::ptrdiff_t>(seen.parts.end));
    if (!plan.tunnel && !plan.prototype.empty()) {
        return out;
    }
    for (const std::size_t header : ipv4_headers(seen.parts)) {
        clear(out, header + kIpv4Id, 2);
        clear(out, header + kIpv4Checksum, 2);
    }
    for (std::size_t i = 0; i + 1 < seen.parts.layers.size(); ++i) {
        const Layer& layer = seen.parts.layers[i];
        if (layer.name == "ipv6" && plan.prototype.empty()) {
            clear(out, layer.offset + 1, 3);  // each socket has a flow label of its own
        }
        if (starts_with(layer.name, "udp")) {
            clear(out, layer.offset + kUdpChecksum, 2);
        } else if (starts_with(layer.name, "gre csum")) {
            clear(out, layer.offset + kGreChecksum, 2);
        }
    }
    return out;
}

std::optional<FlowFault> compare(const Run& off, const Run& on, const FlowPlan& plan) {
    if (!comparable(plan)) {
        return std::nullopt;
    }
    for (std::size_t k = 0; k < std::min(off.size(), on.size()); ++k) {
        const Bytes first = without_freedoms(off[k], plan);
        const Bytes second = without_freedoms(on[k], plan);
        const auto bad = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
        if (bad.first != first.end() || bad.second != second.end()) {
            return FlowFault{plan.name + ", frame " + std::to_string(k + 1) +
                                 ": on and off differ from byte " +
                                 std::to_string(bad.first - first.begin()),
                             on[k].bytes};
        }
    }
    return std::nullopt;
}

}  // namespace

bool comparable(const FlowPlan& plan) {
    return plan.protocol != "sctp";  // its INIT has a random tag
}

std::size_t frames_of(const FlowPlan& plan) {
    return plan.segment == 0
               ? 1
               : std::max<std::size_t>(
                     1, static_cast<std::size_t>((plan.bytes + plan.segment - 1) / plan.segment));
}

std::optional<FlowFault> judge_flow(const std::vector<Frame>& frames, const FlowPlan& plan,
                                    bool padded) {
    const std::vector<Seen> all = collect(frames, plan, padded);
    const std::size_t each = frames_of(plan);
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(std::min(each, all.size()));
    const Run off(all.begin(), middle);
    const Run on(middle, all.end());
    if (all.size() <= 2 * each) {
        for (auto fault : {RunJudge(plan, off, "off").verdict(), RunJudge(plan, on, "on").verdict(),
                           compare(off, on, plan)}) {
            if (fault) {
                return fault;
            }
        }
    }
    if (all.size() != 2 * each) {
        return FlowFault{plan.name + ": " + std::to_string(all.size()) + " frames, not twice " +
                             std::to_string(each),
                         all.empty() ? Bytes() : all.back().bytes};
    }
    return std::nullopt;
}

std::optional<FlowFault> judge_flow(Capture& capture, std::size_t mark, const FlowPlan& plan,
                                    std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto to_station = [&](const Frame& frame) {
        return frame.bytes.size() > plan.station.size() &&
               std::equal(plan.station.begin(), plan.station.end(), frame.bytes.begin());
    };
    while (true) {
        const std::size_t seen = capture.mark();
        auto fault =
            judge_flow(capture.frames_since(mark, to_station), plan, capture.limits().padded);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (!fault || left.count() <= 0 || !capture.wait_for(to_station, left, seen)) {
            return fault;
        }
    }
}

}  // namespace wire
