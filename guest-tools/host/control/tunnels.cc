// SPDX-License-Identifier: GPL-2.0-or-later
// Verdicts inside tunnels: a tunnel that nobody has switched on is a plain IP or UDP packet.
#include "check.h"
#include "encode.h"
#include "receive/tunnel_packets.h"

namespace host {
namespace {

constexpr std::uint16_t kOtherPort = 8472;  // Linux' own choice

// Verdicts of a tunnel's packets: those of the inner ones where it is active. An outer packet alone
// gets none: GRE has no checksum that is checked, and that of VXLAN's UDP is absent.
void compare(ControlTrial& trial, const std::string& state, const Verdicts& packets, bool active) {
    const std::uint64_t parsed = trial.counter("encap-parsed");
    const Json told = trial.told(packets.frames());
    const auto& sent = packets.all();
    require(told.size() == sent.size(), state + ": " + std::to_string(told.size()) + " of " +
                                            std::to_string(sent.size()) + " frames arrived");
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const bool vouched = told.at(i).at("checksum") == "valid";
        require(vouched == (active && sent[i].vouched),
                state + ", " + sent[i].what + (vouched ? ": vouched for" : ": not vouched for") +
                    "; the frame: " + agent::to_hex(sent[i].frame));
        require(told.at(i).at("hex") == agent::to_hex(sent[i].frame),
                state + ", " + sent[i].what + ": other bytes arrived");
    }
    const std::uint64_t more = trial.counter("encap-parsed") - parsed;
    require(more == (active ? sent.size() : 0),
            state + ": encap-parsed counts " + std::to_string(more) + " frames");
}

}  // namespace

// CTRL-10
Json check_control_tunnels(ControlTrial& trial) {
    trial.want_frames();
    const bool has_nvgre = trial.hardware("nvgre") == "on";
    const bool has_vxlan = trial.hardware("vxlan") == "on";
    if (!has_nvgre && !has_vxlan) {
        throw NotOffered("the device was created without tunnels");
    }
    for (const char* name : {"csum-ip4", "csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6"}) {
        if (!has_direction(trial.hardware(name), "rx")) {
            throw NotOffered("the device was created without all receive checksums");
        }
    }
    trial.set("rx-checksum", true);
    trial.reset();
    const auto port = trial.tables().at("hardware").at("vxlan-port").get<std::uint16_t>();
    const bool movable = trial.hardware("vxlan-port-fixed") == "off";
    const Ends ends = ends_of(trial, false);
    const auto vxlan_at = [&](std::uint16_t number) {
        return outer_packets(trial, [&](const Bytes& inner) {
            return in_vxlan(trial.ethernet(), ends, number, inner);
        });
    };
    const Verdicts nvgre = outer_packets(
        trial, [&](const Bytes& inner) { return in_nvgre(trial.ethernet(), ends, inner); });
    const Verdicts vxlan = vxlan_at(port);
    const auto expect = [&](const std::string& state, bool nvgre_on, bool vxlan_on) {
        compare(trial, state + ", NVGRE", nvgre, nvgre_on && has_nvgre);
        compare(trial, state + ", VXLAN", vxlan, vxlan_on && has_vxlan);
    };
    compare(trial, "before the first doorbell, NVGRE", nvgre, has_nvgre);
    trial.change({"active=both"});
    expect("not switched on", false, false);
    if (has_nvgre) {
        trial.change({"nvgre=on"});
        expect("nvgre=on", true, false);
    }
    if (has_vxlan) {
        trial.change({"nvgre=off", "vxlan=on"});
        expect("vxlan=on", false, true);
    }
    if (has_vxlan && movable) {
        const std::uint16_t other = port == kOtherPort ? kVxlan : kOtherPort;
        trial.change({"vxlan-port=" + std::to_string(other)});
        compare(trial, "another port, VXLAN there", vxlan_at(other), true);
        compare(trial, "another port, VXLAN at the old one", vxlan, false);
        trial.change({"vxlan-port=" + std::to_string(port)});
    }
    if (has_nvgre && has_vxlan) {
        trial.change({"encap=on"});
        expect("both on", true, true);
    }
    trial.change({"encap=off"});
    expect("both off", false, false);
    Json evidence = Json::array();
    for (const Verdicts* const packets : {&nvgre, &vxlan}) {
        for (const Verdict& one : packets->all()) {
            evidence.push_back(
                {{"summary", std::string(packets == &nvgre ? "NVGRE, " : "VXLAN, ") + one.what},
                 {"hex", agent::to_hex(one.frame)}});
        }
    }
    return {{"told",
             "inner packets get verdicts while their tunnel is on, and none before it is "
             "switched on or when it is off"},
            {"frames", evidence}};
}

}  // namespace host
