// SPDX-License-Identifier: GPL-2.0-or-later
#include "../ethtool.h"
#include "../netlink.h"
#include "../traffic.h"
#include "check.h"

namespace agent {

void expect(bool holds, const std::string& what) {
    if (!holds) {
        throw std::runtime_error(what);
    }
}

FeatureGuard::FeatureGuard(const std::string& ifname) : ifname_(ifname), found_(features(ifname)) {}

FeatureGuard::~FeatureGuard() {
    try {
        set_features(ifname_, before_);
    } catch (const std::exception&) {
        // The check has its verdict; the next one meets the device as it is.
    }
}

void FeatureGuard::set(const std::string& feature, bool on) {
    const auto found = found_.find(feature);
    if (found == found_.end() || (found->second.fixed && found->second.active != on)) {
        throw Skip("the driver does not switch " + feature);
    }
    before_[feature] = found->second.active;
    set_features(ifname_, {{feature, on}});
    // Some features make the driver reset the port.
    expect(netlink::wait_carrier(ifname_, true, std::chrono::seconds(20)),
           "no carrier after changing " + feature);
    expect(features(ifname_).at(feature).active == on, feature + " did not change");
}

Json tcp_both_ways(const CheckContext& context, const std::string& host, std::uint64_t bytes) {
    Json out = Json::object();
    traffic::TcpPlan plan;
    plan.host = host;
    plan.port = context.peer.port;
    plan.bytes = bytes;
    for (const char* mode : {"send", "receive"}) {
        plan.mode = mode;
        plan.seed += 1;
        const Json result = traffic::run_tcp(plan, context.cancelled);
        expect(result.at("ok").get<bool>(), std::string("TCP ") + mode + ": " + result.dump());
        out[mode] = static_cast<long>(result.at("mbit_per_s").get<double>());
    }
    return out;
}

Json udp_round_trips(const CheckContext& context, const std::string& host, unsigned count) {
    traffic::UdpPlan plan;
    plan.host = host;
    plan.port = context.peer.port;
    plan.count = count;
    plan.sizes = {32, 33, 63, 128, 511, 1000, 1400, 1452};
    Json result = traffic::run_udp(plan, context.cancelled);
    expect(result.at("ok").get<bool>(), "UDP echo: " + result.dump());
    return result;
}

}  // namespace agent
