// SPDX-License-Identifier: GPL-2.0-or-later
// TCP segmentation by the device: off and on, with odd sizes.
#include "../traffic.h"
#include "transmit.h"

namespace agent {
namespace {

constexpr std::size_t kSegment = 1448;  // of a full frame with timestamps

void send_odd_chunks(const CheckContext& context, const std::string& host) {
    traffic::TcpPlan plan;
    plan.host = host;
    plan.port = context.peer.port;
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

Json try_segmentation(const CheckContext& context, const std::string& feature, bool six) {
    const std::string& host = six ? context.peer.address6 : context.peer.address4;
    if (host.empty()) {
        throw Skip("no peer of that family");
    }
    {
        FeatureGuard guard(context.ifname);
        for (const bool on : {false, true}) {
            guard.set(feature, on);
            send_odd_chunks(context, host);
        }
    }
    if (!context.peer.wire) {
        return {{"judge", "the peer"}};
    }
    const Phantom phantom(context);
    const Trial trial{{{feature, false}}, {{feature, true}}, &Handed::longer};
    auto packets = usual_packets(!six, six, six ? kSegment - 20 : kSegment);
    for (const std::size_t bytes : {kSegment + 1, std::size_t{60001}}) {
        const unsigned port = next_port();
        packets.push_back({six, true, bytes, 536, port, port});
    }
    return try_offload(context, trial, Way{context.ifname}, packets);
}

}  // namespace

Json check_segmentation4(const CheckContext& context) {
    return try_segmentation(context, "tx-tcp-segmentation", false);
}

Json check_segmentation6(const CheckContext& context) {
    return try_segmentation(context, "tx-tcp6-segmentation", true);
}

}  // namespace agent
