// SPDX-License-Identifier: GPL-2.0-or-later
// What chooses a queue before the hash does: rules (ethtool -N, Flow Director) and pools (VMDq).
#include <algorithm>

#include "check.h"
#include "encode.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr unsigned kFrames = 8;
constexpr unsigned kMostQueues = 4;
constexpr unsigned kAllQueues = 64;  // more than any driver here offers
constexpr const char* kPoolMac = "02:00:00:00:77:02";

Bytes datagram(const ReceiveTrial& trial, std::uint16_t port) {
    auto packet = trial.ethernet() / Tins::IP("198.51.100.2", "198.51.100.1") /
                  Tins::UDP(port, 4000) / Tins::RawPDU(payload(64));
    return bytes_of(packet);
}

// A rule about datagrams to that port, for as long as this object lives.
class Rule {
public:
    Rule(ReceiveTrial& trial, std::uint16_t port, const Json& action) : trial_(trial) {
        Json args{{"ifname", trial.ifname()}, {"location", kLocation},
                  {"protocol", "udp4"},       {"source", "198.51.100.1"},
                  {"source_port", 4000},      {"destination", "198.51.100.2"},
                  {"destination_port", port}};
        args.update(action);
        trial.agent().call("rules.add", args);
    }
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;
    ~Rule() {
        try {
            trial_.agent().call("rules.remove",
                                {{"ifname", trial_.ifname()}, {"location", kLocation}});
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the feature goes next
        }
    }

private:
    static constexpr unsigned kLocation = 1;
    ReceiveTrial& trial_;
};

std::size_t arrived(ReceiveTrial& trial, const Bytes& frame, const Json& only,
                    std::optional<std::size_t> expected) {
    View view;
    view.only = only;
    view.expected = expected;
    return trial.told(std::vector<Bytes>(kFrames, frame), view).size();
}

// Packets that the device's queues from `first` on have received.
std::uint64_t packets(const ReceiveTrial& trial, unsigned first) {
    const Json stats = trial.agent().call("stats", {{"ifname", trial.ifname()}});
    std::uint64_t sum = 0;
    for (unsigned queue = first;; ++queue) {
        const auto found = stats.find("rx_queue_" + std::to_string(queue) + "_packets");
        if (found == stats.end()) {
            return sum;
        }
        sum += found->get<std::uint64_t>();
    }
}

}  // namespace

Json check_rx_flow_rules(ReceiveTrial& trial) {
    constexpr std::uint16_t kPort = 7001;
    const unsigned queues = trial.set_queues(kMostQueues);
    trial.set("rx-ntuple-filter", true);
    const Bytes frame = datagram(trial, kPort);
    const Bytes other = datagram(trial, kPort + 1);
    for (unsigned queue = 0; queue < queues; ++queue) {
        const Rule rule(trial, kPort, {{"queue", queue}});
        require(arrived(trial, frame, {{"queue", queue}}, kFrames) == kFrames,
                "a rule for queue " + std::to_string(queue) + " was not obeyed");
    }
    {
        const Rule rule(trial, kPort, {{"drop", true}});
        // Both flows hash to one queue, so that the other one cannot overtake what is to be
        // dropped.
        std::vector<Bytes> both(kFrames, frame);
        both.insert(both.end(), kFrames, other);
        View view;
        view.expected = kFrames;
        const Json told = trial.told(both, view);
        require(told.size() == kFrames, "a rule hit another flow");
        require(std::all_of(told.begin(), told.end(),
                            [&](const Json& one) { return one.at("hex") == agent::to_hex(other); }),
                "a rule to drop was not obeyed");
    }
    require(arrived(trial, frame, nullptr, kFrames) == kFrames,
            "a rule lived on after its removal");
    return {{"told", "each of " + std::to_string(queues) + " queues by rule, dropped by rule, " +
                         "another flow and the flow without its rule let through"}};
}

Json check_rx_pools(ReceiveTrial& trial) {
    // With fewer queues than CPUs ixgbe, when its last pool goes, spreads flows over queues that it
    // does not open (ixgbe_reset_l2fw_offload sets one of two limits).
    (void)trial.set_queues(kAllQueues);
    trial.set("l2-fwd-offload", true);
    View view;
    view.ifname = trial.add_interface("macvlan.add", {{"mac", kPoolMac}, {"name", "rxpool"}});
    trial.agent().call("link.wait", {{"ifname", trial.ifname()}});
    const Json settings = trial.agent().call("settings", {{"ifname", trial.ifname()}});
    // The parent's queues come first.
    const auto first = settings.at("channels").at("combined").get<unsigned>();
    const Bytes own = experiment_frame(kPoolMac, "x550-pool", 200);
    const Bytes strange = experiment_frame("02:00:00:00:00:99", "x550-pool", 200);
    view.wrap = [](const Bytes& frame) {
        Bytes out = frame;  // the end mark goes to the pool as well
        std::copy_n(experiment_frame(kPoolMac, "", 0).begin(), 6, out.begin());
        return out;
    };
    const std::uint64_t before = packets(trial, first);
    require(trial.told(std::vector<Bytes>(kFrames, own), view).size() == kFrames,
            "frames to the interface's address did not reach it");
    const std::uint64_t got = packets(trial, first) - before;
    require(got > kFrames, "its queues received " + std::to_string(got) + " frames");
    require(trial.told({strange}).empty(), "a frame to nobody arrived");
    return {{"frames", kFrames}, {"told", "its frames came through queues of its own"}};
}

}  // namespace host
