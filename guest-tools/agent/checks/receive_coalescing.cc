// SPDX-License-Identifier: GPL-2.0-or-later
// Large receive offload: whatever is coalesced must be byte for byte what was sent, and the driver
// must have seen it coalesced while it is on, and not while it is off.
#include "../ethtool.h"
#include "check.h"

namespace agent {
namespace {

std::uint64_t coalesced(const std::string& ifname) {
    for (const auto& [name, value] : statistics(ifname)) {
        if (name.find("rsc_aggregated") != std::string::npos) {
            return value;
        }
    }
    throw Skip("the driver does not count coalesced segments");
}

}  // namespace

Json check_receive_coalescing(const CheckContext& context) {
    FeatureGuard guard(context.ifname);
    Json out = Json::object();
    for (const bool on : {true, false}) {
        guard.set("rx-lro", on);
        const std::uint64_t before = coalesced(context.ifname);
        Json run = tcp_both_ways(context, context.peer.address4, 4 << 20);
        const std::uint64_t segments = coalesced(context.ifname) - before;
        run["coalesced"] = segments;
        expect((segments != 0) == on, std::to_string(segments) +
                                          " segments were coalesced with rx-lro " +
                                          (on ? "on" : "off"));
        out[on ? "on" : "off"] = std::move(run);
    }
    out["told"] = out.at("on").at("coalesced").dump() +
                  " segments of a transfer coalesced, every byte compared; off: none";
    return out;
}

}  // namespace agent
