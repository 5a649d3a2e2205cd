// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit checksums: what leaves while a switch is off, and when it is on again.
#include <set>

#include "check.h"
#include "cost.h"
#include "encode.h"
#include "packets.h"

namespace host {
namespace {

// Switches whose packets leave as they were given.
using Off = std::set<std::string>;

bool left_out(const Outgoing& packet, const Off& off) {
    return off.contains(packet.name) || off.contains(packet.also);
}

// What the device lacks is off from the first doorbell on.
Off absent(const ControlTrial& trial) {
    Off out;
    for (const char* name :
         {"csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6", "csum-ip-options", "csum-ip6-ext"}) {
        const std::string offered = trial.hardware(name);
        if (offered != "on" && !has_direction(offered, "tx")) {
            out.insert(name);
        }
    }
    return out;
}

// Each packet unfinished where `off` says so, finished otherwise; as many are counted.
std::vector<Bytes> expect_finished_but(ControlTrial& trial, const std::vector<Outgoing>& packets,
                                       const Off& off) {
    const std::uint64_t before = trial.counter("tx-csum-off");
    std::vector<Bytes> frames = trial.sent(packets);
    require(frames.size() == packets.size(), std::to_string(frames.size()) + " of " +
                                                 std::to_string(packets.size()) +
                                                 " packets crossed the wire");
    std::uint64_t ignored = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const bool open = left_out(packets[i], off);
        require(frames[i] == (open ? packets[i].given : packets[i].right),
                packets[i].name +
                    (open ? " off: not the bytes as given" : ": not the right checksum") +
                    "; the frame: " + agent::to_hex(frames[i]));
        ignored += open ? 1U : 0U;
    }
    const std::uint64_t counted = trial.counter("tx-csum-off") - before;
    require(counted == ignored, "tx-csum-off counts " + std::to_string(counted) + " instead of " +
                                    std::to_string(ignored));
    return frames;
}

// CSUM-1, CSUM-12: the switch decides about its own kind alone.
void switch_checksum(ControlTrial& trial, const std::string& name, const std::string& offered,
                     Json& evidence) {
    const auto packets = checksum_packets(trial);
    const Off always = absent(trial);
    Off off = always;
    off.insert(name);
    trial.change({name + "=" + without(offered, "tx")});
    const auto frames = expect_finished_but(trial, packets, off);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (packets[i].name == name) {
            add_frames(evidence, {frames[i]}, name + " off: the seed, as the guest gave it");
        }
    }
    trial.change({name + "=" + offered});
    (void)expect_finished_but(trial, packets, always);
}

// CSUM-23, KEY-4: with all checksums off large sends still get theirs.
bool cuts_without_checksums(ControlTrial& trial) {
    bool cut = false;
    std::vector<std::string> all;
    for (const char* name : {"csum-ip4", "csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6"}) {
        all.push_back(std::string(name) + "=" + without(trial.hardware(name), "tx"));
    }
    trial.change(all);
    for (const LargeSend& plan : {kLargeSend4, kLargeSend6}) {
        const Outgoing packet = large_send(trial, plan);
        if (can_cut(trial, packet.name)) {
            expect_cut(trial.sent({packet}), plan);
            cut = true;
        }
    }
    return cut;
}

}  // namespace

Json check_control_tx_checksum(ControlTrial& trial) {
    trial.want_frames();
    // Before the first doorbell a descriptor cannot be refused.
    (void)expect_finished_but(trial, checksum_packets(trial), {});
    Json frames = Json::array();
    std::vector<std::string> tried;
    for (const char* name : {"csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6"}) {
        const std::string offered = trial.hardware(name);
        if (has_direction(offered, "tx")) {
            switch_checksum(trial, name, offered, frames);
            tried.emplace_back(name);
        }
        trial.reset();
    }
    if (tried.empty()) {
        throw NotOffered("the device was created without transmit checksums");
    }
    const bool cut = cuts_without_checksums(trial);
    trial.reset();
    Json detail{{"told", joined(tried) +
                             " off: the seed leaves as it was given, the others are "
                             "right; on again: all are right" +
                             (cut ? "; large sends get theirs either way" : "")},
                {"frames", frames}};
    try {
        trial.set("tx-tcp-segmentation", false);
        add_cost(trial, {"csum-tcp4", "tx-checksum-ip-generic", false, "send"}, detail);
    } catch (const NotOffered&) {  // NOLINT(bugprone-empty-catch): a cost is no more than a bonus
    }
    return detail;
}

}  // namespace host
