// SPDX-License-Identifier: GPL-2.0-or-later
// Large receive offload: whatever is coalesced must be byte for byte what was sent.
#include "../ethtool.h"
#include "check.h"

namespace agent {

Json check_receive_coalescing(const CheckContext& context) {
    FeatureGuard guard(context.ifname);
    Json out = Json::object();
    for (const bool on : {true, false}) {
        guard.set("rx-lro", on);
        out[on ? "on" : "off"] = tcp_both_ways(context, context.peer.address4, 4 << 20);
    }
    for (const auto& [name, value] : statistics(context.ifname)) {
        if (name.find("rsc_aggregated") != std::string::npos) {
            out["aggregated"] = value;
        }
    }
    return out;
}

}  // namespace agent
