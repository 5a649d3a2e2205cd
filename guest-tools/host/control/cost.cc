// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost.h"

#include <chrono>

namespace host {
namespace {

constexpr std::uint64_t kBytes = 8'000'000;
constexpr double kBytesAMegabyte = 1e6;

// Nanoseconds of wall time for a megabyte.
std::uint64_t measured(ControlTrial& trial, const CostPlan& plan, bool on) {
    const Addresses& peer = trial.addresses();
    trial.set(plan.feature, on);
    const Json result = trial.agent().call("traffic.tcp",
                                           {{"host", plan.six ? peer.host6 : peer.host4},
                                            {"port", trial.network().server_port()},
                                            {"mode", plan.mode},
                                            {"bytes", kBytes},
                                            {"timeout_ms", 60000}},
                                           std::chrono::seconds(90));
    require(result.at("ok").get<bool>(), plan.feature + ": " + result.dump());
    const std::chrono::duration<double> took(result.at("seconds").get<double>());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(took);
    return static_cast<std::uint64_t>(static_cast<double>(nanoseconds.count()) *
                                      (kBytesAMegabyte / static_cast<double>(kBytes)));
}

}  // namespace

void add_cost(ControlTrial& trial, const CostPlan& plan, Json& detail) {
    if (trial.network().server_port() == 0 || !trial.measures()) {
        return;
    }
    try {
        const std::uint64_t off = measured(trial, plan, false);
        detail["cost"][plan.offload] = {
            {"off", off}, {"on", measured(trial, plan, true)}, {"unit", "ns/MB"}};
    } catch (const NotOffered&) {  // NOLINT(bugprone-empty-catch): then there is nothing to tell
    }
}

}  // namespace host
