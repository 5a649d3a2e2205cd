// SPDX-License-Identifier: GPL-2.0-or-later
// Bursts of random segments of a few connections: lost, repeated, late, with flags, options and
// wrong checksums. What the driver gets is what a slow reference makes of each connection by the
// rules, byte for byte. X550_NIGHTLY in the environment makes it a million bursts.

#include <cstdlib>
#include <gtest/gtest.h>
#include <map>

#include "hex.h"
#include "random.h"
#include "rsc_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kSeed = 20'260'102;
constexpr std::uint32_t kCases = 10'000;
constexpr std::uint32_t kNightlyCases = 1'000'000;
constexpr std::size_t kBuffer = 3072;
constexpr std::size_t kMaxBuffers = 16;
constexpr unsigned kMaxStarts = 14;

struct Arrival {
    TcpSegment segment;
    Frame frame;
    bool good = true;
};

struct Delivery {
    Frame bytes;
    unsigned segments = 0;
};

// One connection as rules RSC-E2 to RSC-E8 and RSC-T1 to RSC-T10 have it. Keeps all segments of the
// unit and builds the packet from nothing at its end.
class Reference {
public:
    void arrives(const Arrival& arrival) {
        const TcpSegment& s = arrival.segment;
        if (!arrival.good || !eligible(s)) {
            finish();
            alone(arrival.frame);
        } else if (s.payload.empty()) {
            acknowledge(arrival);
        } else if (!members_.empty() && joins(s)) {
            add(s);
            if (pushes(s)) {
                finish();
            }
        } else {
            finish();
            if (pushes(s)) {
                alone(arrival.frame);
            } else {
                first_ = arrival.frame;
                starts_ = {1};
                rest_ = 0;
                add(s);
            }
        }
    }
    // A frame of the queue that does not say whose it is.
    void interrupted() { finish(); }
    std::vector<Delivery> end() {
        finish();
        return std::move(out_);
    }

private:
    static bool pushes(const TcpSegment& s) { return (s.flags & TcpFlag::psh) != 0; }
    static bool eligible(const TcpSegment& s) {
        return (s.flags & ~TcpFlag::psh) == TcpFlag::ack && s.options.empty() &&
               (s.fragment & 0x3FFF) == 0;
    }
    [[nodiscard]] std::uint32_t next_seq() const {
        return members_.back().seq + static_cast<std::uint32_t>(members_.back().payload.size());
    }
    // Modulo 2^32.
    static bool less(std::uint32_t a, std::uint32_t b) { return a != b && b - a < 0x80000000u; }

    [[nodiscard]] bool same_kind(const TcpSegment& s) const {
        const TcpSegment& first = members_.front();
        return s.tos == first.tos && s.fragment == first.fragment && s.vlan == first.vlan &&
               s.timestamps.has_value() == first.timestamps.has_value();
    }
    [[nodiscard]] bool joins(const TcpSegment& s) const {
        const TcpSegment& last = members_.back();
        const bool older =
            s.timestamps && last.timestamps && less(s.timestamps->value, last.timestamps->value);
        return s.seq == next_seq() && !less(s.ack, last.ack) && !older && same_kind(s) && fits(s);
    }
    // The first segment has a buffer of its own.
    [[nodiscard]] bool fits(const TcpSegment& s) const {
        const std::size_t buffer = 1 + rest_ / kBuffer;
        const std::size_t last = 1 + (rest_ + s.payload.size() - 1) / kBuffer;
        return last < kMaxBuffers && (buffer >= starts_.size() || starts_[buffer] < kMaxStarts);
    }
    void acknowledge(const Arrival& arrival) {
        const TcpSegment& s = arrival.segment;
        if (!members_.empty() && s.seq == next_seq() && s.ack == members_.back().ack &&
            s.window != window_ && same_kind(s)) {
            window_ = s.window;
            return;
        }
        finish();
        alone(arrival.frame);
    }
    void add(const TcpSegment& s) {
        if (!members_.empty()) {
            const std::size_t buffer = 1 + rest_ / kBuffer;
            starts_.resize(std::max(starts_.size(), buffer + 1));
            ++starts_[buffer];
            rest_ += s.payload.size();
        }
        members_.push_back(s);
        window_ = s.window;
    }
    void alone(const Frame& frame) { out_.push_back({frame, 0}); }
    void finish() {
        if (members_.empty()) {
            return;
        }
        if (members_.size() == 1 && window_ == members_.front().window) {
            alone(first_);
        } else {
            out_.push_back(
                {whole(), members_.size() == 1 ? 0 : static_cast<unsigned>(members_.size())});
        }
        members_.clear();
    }
    [[nodiscard]] Frame whole() const {
        TcpSegment unit = members_.front();
        unit.payload.clear();
        for (const TcpSegment& s : members_) {
            unit.payload.insert(unit.payload.end(), s.payload.begin(), s.payload.end());
            unit.ttl = std::min(unit.ttl, s.ttl);
            unit.flags |= s.flags;
        }
        unit.ack = members_.back().ack;
        unit.window = window_;
        unit.timestamps = members_.back().timestamps;
        Frame out = unit.build();
        if (members_.size() > 1) {
            out.resize(unit.l3() + kIpv4Bytes + unit.tcp_bytes() + unit.payload.size());
        }
        return out;
    }

    std::vector<TcpSegment> members_;
    Frame first_;
    std::uint16_t window_ = 0;
    std::vector<unsigned> starts_;
    std::size_t rest_ = 0;  // bytes behind the first buffer
    std::vector<Delivery> out_;
};

// The next segment of a connection, often just the next one in order. A list, not a function.
// NOLINTNEXTLINE(readability-function-size)
Arrival random_arrival(Random& random, TcpSegment& state) {
    TcpSegment s = state;
    const std::size_t sizes[] = {1, 2, 7, 100, 536, 1447, 1448};
    s.payload = pattern(sizes[random.below(7)], random.word());
    switch (random.below(24)) {
        case 0:
            s.payload.clear();
            break;
        case 1:
            s.payload.clear();
            s.window = static_cast<std::uint16_t>(random.below(4));
            break;
        case 2:
            s.seq += random.below(3) * 1000;
            break;
        case 3:
            s.seq -= 1000;
            break;
        case 4:
            s.ack += random.below(2) == 0 ? 1 : ~0u;
            break;
        case 5:
            s.flags |= TcpFlag::psh;
            break;
        case 6: {
            const std::uint16_t flags[] = {TcpFlag::fin, TcpFlag::urg, TcpFlag::ece, TcpFlag::cwr};
            s.flags = static_cast<std::uint16_t>(s.flags | flags[random.below(4)]);
            break;
        }
        case 7:
            s.tos = static_cast<std::uint8_t>(random.below(4));
            break;
        case 8:
            s.ttl = static_cast<std::uint8_t>(1 + random.below(255));
            break;
        case 9:
            s.fragment = random.one_in(2) ? 0 : 0x2000;
            break;
        case 10:
            s.timestamps.reset();
            s.options = random.one_in(2) ? Frame{} : Frame{30, 4, 0, 0};
            break;
        case 11:
            s.window = static_cast<std::uint16_t>(random.word());
            break;
        default:
            break;
    }
    if (s.timestamps) {
        s.timestamps->value += random.one_in(16) ? ~0u : random.below(2);
    }
    Arrival out{.segment = s, .frame = s.build()};
    if (random.one_in(24)) {
        const std::size_t end = s.l3() + kIpv4Bytes + s.tcp_bytes() + s.payload.size();
        out.frame.at(s.l3() + 12 + random.below(static_cast<std::uint32_t>(end - s.l3() - 12))) ^=
            static_cast<std::uint8_t>(1u << random.below(8));
        out.good = false;
    }
    state.seq = s.seq + static_cast<std::uint32_t>(s.payload.size());
    state.ack = s.ack;
    state.timestamps = s.timestamps ? s.timestamps : state.timestamps;
    ++state.id;
    return out;
}

TcpSegment random_connection(Random& random, std::uint16_t number) {
    TcpSegment out{.source_port = number,
                   .seq = random.one_in(4) ? 0xFFFFF000u : random.word(),
                   .ack = random.one_in(4) ? 0xFFFFFFFEu : random.word()};
    if (random.one_in(2)) {
        out.timestamps = {random.word(), random.word()};
    }
    return out;
}

std::string describe(const std::vector<Arrival>& arrivals) {
    std::string out;
    for (const Arrival& arrival : arrivals) {
        out +=
            to_hex(
                std::span(arrival.frame).first(std::min<std::size_t>(80, arrival.frame.size()))) +
            "\n";
    }
    return out;
}

// A spoiled byte may lie in the addresses or ports: a frame belongs to the connection that its
// bytes name, and its checksum keeps it out of all units.
using Connection = std::string;
Connection connection_of(const Frame& frame) {
    return to_hex(std::span(frame).subspan(kEthBytes + 12, 12));
}

// Fragments, and headers with a length that was spoiled.
bool tells_its_connection(const Frame& frame) {
    const std::size_t l4 = kEthBytes + kIpv4Bytes;
    const std::size_t header = std::size_t{frame[l4 + 12]} / 16 * 4;
    return (be16_at(frame, kEthBytes + 6) & 0x3FFF) == 0 && header >= kTcpBytes &&
           kIpv4Bytes + header <= be16_at(frame, kEthBytes + 2);
}

// Rules RSC-3 to RSC-9, RSC-12 to RSC-20, RSC-22, RSC-23, RSC-29, RSC-E2 to RSC-E8, RSC-T1 to
// RSC-T10, all at once.
TEST(RscProperty, RandomBurstsBecomeWhatTheRulesSay) {
    RscRig rig({.size = 512, .buffer_kb = 3});
    Random random(kSeed);
    const std::uint32_t cases = std::getenv("X550_NIGHTLY") != nullptr ? kNightlyCases : kCases;
    for (std::uint32_t i = 0; i < cases; ++i) {
        std::vector<TcpSegment> states;
        for (std::uint32_t n = 0; n <= random.below(5); ++n) {
            states.push_back(random_connection(random, static_cast<std::uint16_t>(n)));
        }
        std::vector<Arrival> arrivals;
        std::vector<Frame> frames;
        std::map<Connection, Reference> references;
        for (std::uint32_t n = 1 + random.below(48); n != 0; --n) {
            auto& state = states.at(random.below(static_cast<std::uint32_t>(states.size())));
            arrivals.push_back(random_arrival(random, state));
            frames.push_back(arrivals.back().frame);
            if (!tells_its_connection(frames.back())) {
                for (auto& [connection, reference] : references) {
                    reference.interrupted();
                }
            }
            references[connection_of(frames.back())].arrives(arrivals.back());
        }
        std::map<Connection, std::vector<RxUnit>> got;
        for (RxUnit& unit : rig.burst(frames)) {
            got[connection_of(unit.bytes)].push_back(std::move(unit));
        }
        rig.ring.fill_all();
        for (auto& [connection, reference] : references) {
            const auto expected = reference.end();
            const auto& units = got[connection];
            ASSERT_EQ(units.size(), expected.size()) << "case " << i << "\n" << describe(arrivals);
            for (std::size_t k = 0; k < expected.size(); ++k) {
                ASSERT_EQ(units[k].segments, expected[k].segments)
                    << "case " << i << " packet " << k << "\n"
                    << describe(arrivals);
                ASSERT_EQ(to_hex(units[k].bytes), to_hex(expected[k].bytes))
                    << "case " << i << " packet " << k << "\n"
                    << describe(arrivals);
            }
        }
    }
}

}  // namespace
}  // namespace x550
