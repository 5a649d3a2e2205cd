// SPDX-License-Identifier: GPL-2.0-or-later
// Large sends: nothing of them leaves while a switch is off, and all of it when it is on again.
#include "check.h"
#include "cost.h"
#include "packets.h"

namespace host {
namespace {

std::uint64_t expect_counted(const ControlTrial& trial, const char* name, std::uint64_t before,
                             std::uint64_t more) {
    const std::uint64_t now = trial.counter(name);
    require(now - before == more, std::string(name) + " counts " + std::to_string(now - before) +
                                      " instead of " + std::to_string(more));
    return now;
}

// CTRL-8, LSO-21: nothing of a large send leaves while it is off.
void switch_large_sends(ControlTrial& trial, const LargeSend& plan,
                        const std::vector<std::string>& names, Json& evidence) {
    const Outgoing packet = large_send(trial, plan);
    std::vector<std::string> off;
    for (const std::string& name : names) {
        off.push_back(name + "=off");
    }
    expect_cut(trial.sent({packet}), plan);
    trial.change(off);
    const std::uint64_t dropped = trial.counter("lso-dropped-off");
    const std::uint64_t segments = trial.counter("lso-segments");
    const auto frames = trial.sent({packet});
    require(frames.empty(),
            packet.name + " off: " + std::to_string(frames.size()) + " frames crossed the wire");
    (void)expect_counted(trial, "lso-dropped-off", dropped, 1);
    std::uint64_t cut = expect_counted(trial, "lso-segments", segments, 0);
    for (const std::string& name : names) {
        if (!can_cut(trial, name)) {
            continue;
        }
        trial.change({name + "=on"});
        const auto again = trial.sent({packet});
        expect_cut(again, plan);
        cut = expect_counted(trial, "lso-segments", cut, again.size());
        add_frames(evidence, again, name + " on: a segment");
        trial.change({name + "=off"});
    }
    (void)expect_counted(trial, "lso-dropped-off", dropped, 1);
    trial.reset();
}

// Bursts to the peer, which counts what it receives.
void switch_datagrams(ControlTrial& trial, bool six, const std::string& name) {
    constexpr std::size_t kBytes = 1200;
    constexpr unsigned kCount = 10;
    const auto burst = [&] {
        const Addresses& peer = trial.addresses();
        const Json result =
            trial.agent().call("traffic.udp", {{"host", six ? peer.host6 : peer.host4},
                                               {"port", trial.network().server_port()},
                                               {"mode", "burst"},
                                               {"count", kCount},
                                               {"segment", kBytes}});
        require(result.at("damaged") == 0, name + ": damaged datagrams: " + result.dump());
        return result.at("received").get<unsigned>();
    };
    trial.change({name + "=off"});
    const std::uint64_t rejected = trial.counter("uso-rejected");
    const std::uint64_t datagrams = trial.counter("uso-datagrams");
    const unsigned none = burst();
    require(none == 0, name + " off: " + std::to_string(none) + " datagrams arrived");
    (void)expect_counted(trial, "uso-rejected", rejected, 1);
    (void)expect_counted(trial, "uso-datagrams", datagrams, 0);
    trial.change({name + "=on"});
    const unsigned all = burst();
    require(all == kCount, name + " on: " + std::to_string(all) + " of " + std::to_string(kCount) +
                               " datagrams arrived");
    (void)expect_counted(trial, "uso-rejected", rejected, 1);
    (void)expect_counted(trial, "uso-datagrams", datagrams, kCount);
}

}  // namespace

Json check_control_large_sends(ControlTrial& trial) {
    trial.want_frames();
    Json frames = Json::array();
    std::vector<std::string> tried;
    const auto offered = [&](const std::string& name) {
        const bool on =
            name.starts_with("uso") ? trial.hardware(name) == "on" : can_cut(trial, name);
        if (on) {
            tried.push_back(name);
        }
        return on;
    };
    const bool one = offered("lso1");
    if (offered("lso2-ip4") || one) {
        switch_large_sends(trial, kLargeSend4, {"lso1", "lso2-ip4"}, frames);
    }
    if (offered("lso2-ip6")) {
        switch_large_sends(trial, kLargeSend6, {"lso2-ip6"}, frames);
    }
    for (const bool six : {false, true}) {
        const char* const name = six ? "uso-ip6" : "uso-ip4";
        if (offered(name)) {
            switch_datagrams(trial, six, name);
        }
    }
    if (tried.empty()) {
        throw NotOffered("the device was created without large sends");
    }
    Json detail{{"told", joined(tried) + " off: nothing crosses the wire, and it is counted; on: "
                                         "cut into right frames"},
                {"frames", frames}};
    trial.reset();
    add_cost(trial, {"lso2-ip4", "tx-tcp-segmentation", false, "send"}, detail);
    add_cost(trial, {"lso2-ip6", "tx-tcp6-segmentation", true, "send"}, detail);
    return detail;
}

}  // namespace host
