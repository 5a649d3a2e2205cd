// SPDX-License-Identifier: GPL-2.0-or-later
// Every number of queues the driver offers carries traffic; with several, more than one is used.
#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "../ethtool.h"
#include "../netlink.h"
#include "../traffic.h"
#include "check.h"

namespace agent {
namespace {

// Eight connections at once, so that the hash has something to spread.
void many_flows(const CheckContext& context) {
    std::vector<std::thread> flows;
    std::mutex lock;
    std::string failure;
    for (unsigned i = 0; i < 8; ++i) {
        flows.emplace_back([&, i] {
            traffic::TcpPlan plan;
            plan.host = context.peer.address4;
            plan.port = context.peer.port;
            plan.mode = i % 2 == 0 ? "send" : "receive";
            plan.bytes = 512 << 10;
            plan.seed = 100 + i;
            try {
                const Json result = traffic::run_tcp(plan, context.cancelled);
                expect(result.at("ok").get<bool>(), result.dump());
            } catch (const std::exception& error) {
                const std::lock_guard guard(lock);
                failure = error.what();
            }
        });
    }
    for (std::thread& flow : flows) {
        flow.join();
    }
    expect(failure.empty(), failure);
}

// Receive queues whose packet counter moved: ixgbe and igb call them rx_queue_N_packets.
std::size_t queues_used(const std::map<std::string, std::uint64_t>& before,
                        const std::map<std::string, std::uint64_t>& after) {
    std::size_t used = 0;
    for (const auto& [name, value] : after) {
        if (name.compare(0, 9, "rx_queue_") != 0 || name.find("_packets") == std::string::npos) {
            continue;
        }
        const auto old = before.find(name);
        used += value > (old == before.end() ? 0 : old->second) ? 1U : 0U;
    }
    return used;
}

}  // namespace

Json check_queues(const CheckContext& context) {
    const Json now = channels(context.ifname);
    const auto most = now.at("combined_max").get<unsigned>();
    if (most < 2) {
        throw Skip("the driver offers one queue");
    }
    const auto usual = now.at("combined").get<unsigned>();
    Json out = Json::object();
    for (const unsigned count : std::set<unsigned>{1, 2, std::min(most, 4U), usual}) {
        set_channels(context.ifname, {{"combined", count}});
        expect(netlink::wait_carrier(context.ifname, true, std::chrono::seconds(20)), "no carrier");
        const auto before = statistics(context.ifname);
        many_flows(context);
        out[std::to_string(count)] = queues_used(before, statistics(context.ifname));
    }
    set_channels(context.ifname, {{"combined", usual}});
    expect(netlink::wait_carrier(context.ifname, true, std::chrono::seconds(20)), "no carrier");
    if (usual > 1) {
        expect(out.at(std::to_string(usual)).get<std::size_t>() > 1, "one queue took all flows");
    }
    return out;
}

}  // namespace agent
