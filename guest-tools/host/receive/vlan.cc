// SPDX-License-Identifier: GPL-2.0-or-later
// Tags are taken out and told aside, checksums behind them verified, and VLANs nobody asked for
// kept away.
#include "check.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr std::uint16_t kVlan = 100;
constexpr std::uint16_t kStranger = 101;
constexpr std::uint8_t kPriority = 5;

Bytes tagged(const ReceiveTrial& trial, std::uint16_t id, std::uint8_t priority) {
    Tins::Dot1Q tag(id);
    tag.priority(priority);
    auto packet = trial.ethernet() / tag / Tins::IP("198.51.100.2", "198.51.100.1") /
                  Tins::TCP(80, 1234) / Tins::RawPDU(payload(90));
    return bytes_of(packet);
}

void expect_tags(ReceiveTrial& trial) {
    for (const std::uint8_t priority : {std::uint8_t{0}, kPriority}) {
        const Json told = trial.told({tagged(trial, kVlan, priority)});
        require(told.size() == 1 && told.at(0).contains("vlan"), "no tag was told");
        const Json& vlan = told.at(0).at("vlan");
        require(vlan.at("tci") == (priority << 13 | kVlan), "another tag was told: " + vlan.dump());
        require(vlan.at("protocol") == 0x8100, "another EtherType was told: " + vlan.dump());
    }
}

}  // namespace

Json check_rx_vlan(ReceiveTrial& trial) {
    (void)trial.add_interface("vlan.add", {{"id", kVlan}, {"name", "rxvlan"}});
    Verdicts out;
    for (const std::uint16_t id : {std::uint16_t{0}, kVlan}) {
        const Bytes good = tagged(trial, id, kPriority);
        out.add("VLAN " + std::to_string(id), good, true);
        out.spoiled("VLAN " + std::to_string(id) + ", last byte", good, good.size() - 1);
    }
    Json result = compare_verdicts(trial, out);
    for (const bool on : {true, false}) {
        trial.set("rx-vlan-hw-parse", on);
        expect_tags(trial);
    }
    trial.set("rx-vlan-filter", true);
    require(trial.told({tagged(trial, kStranger, 0)}).empty(), "a VLAN nobody asked for came");
    trial.set("rx-vlan-filter", false);
    require(trial.told({tagged(trial, kStranger, 0)}).size() == 1,
            "with the filter off a VLAN was kept away");
    result["told"] = "tags and verdicts right, another VLAN kept away; off: let in";
    return result;
}

}  // namespace host
