// SPDX-License-Identifier: GPL-2.0-or-later
// Coalescing of TCP over IPv4 and over IPv6, each by its own switch. Whether frames come in one
// burst is for the host's scheduler: a round says something once the pair of the version that is on
// became one packet, with the other pair inside it.
#include <algorithm>

#include "check.h"
#include "cost.h"
#include "encode.h"
#include "receive/verdicts.h"

namespace host {
namespace {

constexpr std::uint32_t kPayload = 1000;
constexpr int kAttempts = 100;
constexpr std::size_t kEtherType = 12;

std::vector<Bytes> pair_of(const ReceiveTrial& trial, bool six, bool timestamps) {
    std::vector<Bytes> out;
    for (const bool second : {false, true}) {
        Tins::TCP tcp(80, 1234);
        tcp.seq(1000 + (second ? kPayload : 0));
        tcp.ack_seq(5000);
        tcp.window(1000);
        tcp.flags(Tins::TCP::ACK);
        if (timestamps) {  // RFC 7323 appendix A
            tcp.add_option({Tins::TCP::NOP});
            tcp.add_option({Tins::TCP::NOP});
            tcp.timestamp(7, 8);
        }
        const Tins::RawPDU content(payload(kPayload, second ? 'A' : 'a'));
        auto over4 = trial.ethernet() / Tins::IP("198.51.100.2", "198.51.100.1") / tcp / content;
        auto over6 =
            trial.ethernet() / Tins::IPv6("2001:db8:99::2", "2001:db8:99::1") / tcp / content;
        out.push_back(six ? bytes_of(over6) : bytes_of(over4));
    }
    return out;
}

struct Wanted {
    bool ip4 = false;
    bool ip6 = false;
    bool timestamps = false;
};

// What arrived of one version of IP.
std::vector<Json> of_version(const Json& told, bool six) {
    std::vector<Json> out;
    for (const Json& one : told) {
        const auto hex = one.at("hex").get<std::string>();
        if (hex.compare(2 * kEtherType, 4, six ? "86dd" : "0800") == 0) {
            out.push_back(one);
        }
    }
    return out;
}

void expect_unit(const Json& unit, const std::vector<Bytes>& pair, const std::string& what) {
    const std::size_t headers = pair.front().size() - kPayload;
    const auto hex = unit.at("hex").get<std::string>();
    require(unit.at("segment_size") != 0, what + ": the unit has no segment size: " + unit.dump());
    require(
        hex.size() == 2 * (headers + 2 * kPayload) &&
            hex.substr(2 * headers) == hex_of(payload(kPayload)) + hex_of(payload(kPayload, 'A')),
        what + ": not both payloads; the frame: " + hex);
}

void expect_apart(const std::vector<Json>& told, const std::vector<Bytes>& pair,
                  const std::string& what) {
    require(told.size() == pair.size(),
            what + ": " + std::to_string(told.size()) + " packets instead of two" +
                (told.empty() ? std::string()
                              : "; the frame: " + told.front().at("hex").get<std::string>()));
    for (std::size_t i = 0; i < pair.size(); ++i) {
        require(told[i].at("hex") == agent::to_hex(pair[i]) && told[i].at("segment_size") == 0,
                what + ": changed: " + told[i].dump());
    }
}

// One round: true when it said something, that is when whatever is to become one did.
bool one_round(ControlTrial& trial, const Wanted& wanted, const std::string& state) {
    const auto ip4 = pair_of(trial, false, wanted.timestamps);
    const auto ip6 = pair_of(trial, true, wanted.timestamps);
    // The pair of the version that is on goes around the other.
    const auto& outer = wanted.ip4 ? ip4 : ip6;
    const auto& inner = wanted.ip4 ? ip6 : ip4;
    const Json told = trial.told({outer[0], inner[0], inner[1], outer[1]});
    bool all = true;
    for (const bool six : {false, true}) {
        const auto& pair = six ? ip6 : ip4;
        const auto seen = of_version(told, six);
        const std::string what = state + (six ? ", IPv6" : ", IPv4");
        if ((six ? wanted.ip6 : wanted.ip4) && seen.size() == 1) {
            expect_unit(seen.front(), pair, what);
        } else {
            expect_apart(seen, pair, what);
            all = all && !(six ? wanted.ip6 : wanted.ip4);
        }
    }
    return all;
}

void expect(ControlTrial& trial, const Wanted& wanted, const std::string& state) {
    constexpr int kRounds = 5;  // where nothing is to become one
    const bool any = wanted.ip4 || wanted.ip6;
    int proofs = 0;
    for (int attempt = 0; attempt < kAttempts && proofs < (any ? 1 : kRounds); ++attempt) {
        proofs += one_round(trial, wanted, state) ? 1 : 0;
    }
    require(proofs > 0, state + ": two segments in order were never coalesced");
}

std::string on_off(bool on) {
    return on ? "on" : "off";
}

}  // namespace

// RSC-2, RSC-24. The driver takes the units of both versions.
Json check_control_coalescing(ControlTrial& trial) {
    trial.want_frames();
    const bool has4 = trial.hardware("rsc-ip4") == "on";
    const bool has6 = trial.hardware("rsc-ip6") == "on";
    const bool stamps = trial.hardware("rsc-timestamps") == "on";
    if (!has4 && !has6) {
        throw NotOffered("the device was created without coalescing");
    }
    trial.set("rx-lro", true);
    trial.reset();
    expect(trial, {has4, false, false}, "before the first doorbell");
    const std::uint64_t units = trial.counter("rsc-units");
    // IPv6 is configured, and nobody has asked for it.
    trial.change({"rsc-ip4=" + on_off(has4)});
    expect(trial, {has4, false, false}, "RscIPv6 not asked for");
    for (const auto& [ip4, ip6] : {std::pair(false, true), std::pair(true, false),
                                   std::pair(false, false), std::pair(true, true)}) {
        const bool on4 = ip4 && has4;
        const bool on6 = ip6 && has6;
        const std::string state = "rsc-ip4=" + on_off(on4) + ", rsc-ip6=" + on_off(on6);
        trial.change({"rsc-ip4=" + on_off(on4), "rsc-ip6=" + on_off(on6)});
        expect(trial, {on4, on6, false}, state);
        if (stamps) {
            expect(trial, {on4, on6, true}, state + ", timestamps");
        }
    }
    require(trial.counter("rsc-units") > units, "rsc-units did not count");
    Json evidence = Json::array();
    for (const bool six : {false, true}) {
        for (const Bytes& frame : pair_of(trial, six, false)) {
            evidence.push_back({{"summary", six ? "TCP over IPv6" : "TCP over IPv4"},
                                {"hex", agent::to_hex(frame)}});
        }
    }
    Json detail{{"told",
                 "two segments became one where the switch of their version is on, in the "
                 "same burst those of the other stayed two"},
                {"frames", evidence}};
    trial.reset();
    add_cost(trial, {"rsc-ip4", "rx-lro", false, "receive"}, detail);
    return detail;
}

}  // namespace host
