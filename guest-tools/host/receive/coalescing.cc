// SPDX-License-Identifier: GPL-2.0-or-later
// Two segments in order become one packet with both payloads; with any change to the second they
// stay two.
#include <algorithm>
#include <functional>

#include "check.h"
#include "encode.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr std::size_t kHeaders = 54;
constexpr std::uint32_t kPayload = 1000;
constexpr int kAttempts = 100;

Tins::TCP segment(std::uint32_t seq) {
    Tins::TCP out(80, 1234);
    out.seq(seq);
    out.ack_seq(5000);
    out.window(1000);
    out.flags(Tins::TCP::ACK);
    return out;
}

struct Change {
    const char* name;
    std::function<void(Tins::IP&, Tins::TCP&)> apply;
    bool ends_all = false;  // it ends the units of other connections as well
};

std::vector<Change> changes() {
    using Tins::IP;
    using Tins::TCP;
    return {
        {"gap", [](IP&, TCP& tcp) { tcp.seq(tcp.seq() + 1); }},
        {"repetition", [](IP&, TCP& tcp) { tcp.seq(tcp.seq() - kPayload); }},
        {"FIN", [](IP&, TCP& tcp) { tcp.set_flag(TCP::FIN, 1); }},
        {"SYN", [](IP&, TCP& tcp) { tcp.set_flag(TCP::SYN, 1); }},
        {"RST", [](IP&, TCP& tcp) { tcp.set_flag(TCP::RST, 1); }},
        {"URG", [](IP&, TCP& tcp) { tcp.set_flag(TCP::URG, 1); }},
        {"CWR", [](IP&, TCP& tcp) { tcp.set_flag(TCP::CWR, 1); }},
        {"older acknowledgement", [](IP&, TCP& tcp) { tcp.ack_seq(4999); }},
        {"other source port", [](IP&, TCP& tcp) { tcp.sport(1235); }},
        {"other destination port", [](IP&, TCP& tcp) { tcp.dport(81); }},
        {"other address", [](IP& ip, TCP&) { ip.src_addr("198.51.100.3"); }},
        {"type of service", [](IP& ip, TCP&) { ip.tos(4); }},
        {"fragment", [](IP& ip, TCP&) { ip.flags(IP::MORE_FRAGMENTS); }, true},
        {"IPv4 option", [](IP& ip, TCP&) { ip.noop(); }},
        {"TCP option", [](IP&, TCP& tcp) { tcp.sack_permitted(); }},
        {"timestamps", [](IP&, TCP& tcp) { tcp.timestamp(1, 2); }},
    };
}

std::vector<Bytes> pair_of(const ReceiveTrial& trial, const Change* change,
                           const std::string& from = "198.51.100.1") {
    Tins::IP ip("198.51.100.2", from);
    auto first = trial.ethernet() / ip / segment(1000) / Tins::RawPDU(payload(kPayload));
    Tins::TCP tcp = segment(1000 + kPayload);
    if (change != nullptr) {
        change->apply(ip, tcp);
    }
    auto second = trial.ethernet() / ip / tcp / Tins::RawPDU(payload(kPayload, 'A'));
    return {bytes_of(first), bytes_of(second)};
}

// Whether both come in one burst is for the host's scheduler: it may take a few tries.
void expect_one(ReceiveTrial& trial) {
    Json one;
    for (int attempt = 0; attempt < kAttempts && one.size() != 1; ++attempt) {
        one = trial.told(pair_of(trial, nullptr));
    }
    require(one.size() == 1, "two segments in order were never coalesced");
    require(one.at(0).at("length") == kHeaders + std::size_t{2} * kPayload,
            "not as long as both: " + one.dump());
    require(one.at(0).at("checksum") == "valid", "the unit is not vouched for: " + one.dump());
    require(one.at(0).at("segment_size") != 0, "the unit has no segment size: " + one.dump());
    const auto hex = one.at(0).at("hex").get<std::string>();
    const auto both = hex_of(payload(kPayload)) + hex_of(payload(kPayload, 'A'));
    require(hex.substr(2 * kHeaders) == both, "not both payloads: " + hex);
}

void expect_two(const Json& two, const std::vector<Bytes>& frames, const std::string& what) {
    require(two.size() == frames.size(), what + ": coalesced: " + two.dump());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        require(two.at(i).at("hex") == agent::to_hex(frames[i]), what + ": " + two.at(i).dump());
        require(two.at(i).at("segment_size") == 0, what + ": told to be a unit");
    }
}

// Takes the entries of the control's connection out of what was told; their number.
std::size_t take_control(Json& told) {
    constexpr std::size_t kSource = 2 * (14 + 12);
    const auto first = std::stable_partition(told.begin(), told.end(), [](const Json& one) {
        return one.at("hex").get<std::string>().compare(kSource, 8, "c633644d") != 0;
    });
    const auto count = static_cast<std::size_t>(told.end() - first);
    told.erase(first, told.end());
    return count;
}

// Two segments of another connection stand around the changed pair: when they became one, all four
// came in one burst, and only that round says something.
void expect_change_to_separate(ReceiveTrial& trial, const Change& change) {
    constexpr int kRounds = 20;
    const auto frames = pair_of(trial, &change);
    const auto control = pair_of(trial, nullptr, "198.51.100.77");
    int proofs = 0;
    for (int attempt = 0; attempt < (change.ends_all ? kRounds : kAttempts) && proofs == 0;
         ++attempt) {
        Json told = trial.told({control[0], frames[0], frames[1], control[1]});
        const std::size_t controls = take_control(told);
        expect_two(told, frames, change.name);
        proofs = controls == 1 ? 1 : 0;
    }
    require(proofs != 0 || change.ends_all,
            std::string(change.name) + ": the four frames never came in one burst");
}

}  // namespace

Json check_rx_coalescing(ReceiveTrial& trial) {
    trial.set("rx-lro", true);
    expect_one(trial);
    for (const Change& change : changes()) {
        expect_change_to_separate(trial, change);
    }
    expect_one(trial);
    trial.set("rx-lro", false);
    for (int round = 0; round < 10; ++round) {
        const auto frames = pair_of(trial, nullptr);
        expect_two(trial.told(frames), frames, "with it off");
    }
    return {{"told", "two segments became one; two with any of " +
                         std::to_string(changes().size()) + " changes, or with it off"}};
}

}  // namespace host
