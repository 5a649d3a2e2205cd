// SPDX-License-Identifier: GPL-2.0-or-later
// TCP and UDP checksums over IPv4 and IPv6: computed by the guest's kernel, then by the device.
#include "../ethtool.h"
#include "transmit.h"

namespace agent {
namespace {

// Sizes around the borders of the sum: nothing, odd, even, and a full frame.
std::vector<TransmitPacket> packets_of_many_sizes() {
    std::vector<TransmitPacket> out;
    for (const bool six : {false, true}) {
        for (const bool tcp : {false, true}) {
            for (const std::size_t bytes : {0U, 1U, 2U, 63U, 700U, 1401U}) {
                const unsigned port = next_port();
                out.push_back({six, tcp, bytes, 0, port, port});
            }
        }
    }
    return out;
}

Json try_feature(const CheckContext& context, const std::string& feature) {
    {
        FeatureGuard guard(context.ifname);
        for (const bool on : {false, true}) {
            guard.set(feature, on);
            prove_to_peer(context, true, true);
        }
    }
    if (!context.peer.wire) {
        return {{"judge", "the peer"}};
    }
    const Phantom phantom(context);
    const Trial trial{{{feature, false}}, {{feature, true}}, &Handed::unsummed};
    return try_offload(context, trial, Way{context.ifname}, packets_of_many_sizes());
}

}  // namespace

Json check_transmit_checksum(const CheckContext& context) {
    const auto known = features(context.ifname);
    Json out;
    for (const char* name : {"tx-checksum-ip-generic", "tx-checksum-ipv4", "tx-checksum-ipv6"}) {
        const auto found = known.find(name);
        if (found == known.end() || found->second.fixed) {
            continue;
        }
        if (out.is_null()) {
            out = try_feature(context, name);
        }
    }
    if (out.is_null()) {
        throw Skip("the driver has no switchable transmit checksum");
    }
    return out;
}

}  // namespace agent
