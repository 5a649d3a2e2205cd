// SPDX-License-Identifier: GPL-2.0-or-later
// TCP and UDP segmentation by the device: off, on, and with odd sizes.
#include "../ethtool.h"
#include "../traffic.h"
#include "check.h"

namespace agent {
namespace {

void send_odd_chunks(const CheckContext& context, const std::string& host) {
    traffic::TcpPlan plan;
    plan.host = host;
    plan.port = context.peer.port;
    plan.bytes = 1 << 20;
    // Chunks that leave short, empty and exact last segments behind.
    for (const std::size_t chunk : {1U, 1448U, 1449U, 4097U, 65535U}) {
        plan.chunk = chunk;
        plan.bytes = chunk == 1 ? 4096 : 512 << 10;
        plan.seed += 1;
        const Json result = traffic::run_tcp(plan, context.cancelled);
        expect(result.at("ok").get<bool>(),
               "chunk " + std::to_string(chunk) + ": " + result.dump());
    }
}

}  // namespace

Json check_segmentation(const CheckContext& context) {
    FeatureGuard guard(context.ifname);
    for (const bool on : {false, true}) {
        guard.set("tx-tcp-segmentation", on);
        send_odd_chunks(context, context.peer.address4);
    }
    const auto known = features(context.ifname);
    const auto six = known.find("tx-tcp6-segmentation");
    if (!context.peer.address6.empty() && six != known.end() && !six->second.fixed) {
        for (const bool on : {false, true}) {
            guard.set("tx-tcp6-segmentation", on);
            send_odd_chunks(context, context.peer.address6);
        }
    }
    return Json::object();
}

Json check_udp_segmentation(const CheckContext& context) {
    FeatureGuard guard(context.ifname);
    Json out = Json::object();
    for (const bool on : {false, true}) {
        guard.set("tx-udp-segmentation", on);
        traffic::UdpPlan plan;
        plan.host = context.peer.address4;
        plan.port = context.peer.port;
        plan.mode = "burst";
        plan.segment = 1200;
        plan.count = 200;
        plan.seed = on ? 12 : 11;
        const Json result = traffic::run_udp(plan, context.cancelled);
        expect(result.at("damaged") == 0, "damaged datagrams: " + result.dump());
        expect(result.at("received").get<unsigned>() > 0, "nothing arrived: " + result.dump());
        out[on ? "on" : "off"] = result.at("received");
    }
    return out;
}

}  // namespace agent
