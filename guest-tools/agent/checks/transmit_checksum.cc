// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit checksum offload: the peer accepts the traffic with the offload on and off.
#include "../ethtool.h"
#include "check.h"

namespace agent {

Json check_transmit_checksum(const CheckContext& context) {
    FeatureGuard guard(context.ifname);
    const auto known = features(context.ifname);
    Json out = Json::object();
    unsigned switched = 0;
    for (const char* name : {"tx-checksum-ip-generic", "tx-checksum-ipv4", "tx-checksum-ipv6"}) {
        const auto found = known.find(name);
        if (found == known.end() || found->second.fixed) {
            continue;
        }
        ++switched;
        for (const bool on : {false, true}) {
            guard.set(name, on);
            (void)tcp_both_ways(context, context.peer.address4, 256 << 10);
            (void)udp_round_trips(context, context.peer.address4, 16);
            if (!context.peer.address6.empty()) {
                (void)tcp_both_ways(context, context.peer.address6, 256 << 10);
                (void)udp_round_trips(context, context.peer.address6, 16);
            }
        }
        out["feature"] = name;
    }
    if (switched == 0) {
        throw Skip("the driver has no switchable transmit checksum");
    }
    return out;
}

}  // namespace agent
