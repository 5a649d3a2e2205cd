// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit_tunnel.h"

namespace agent {
namespace {

constexpr std::size_t kSegment = 1000;

}  // namespace

Json try_tunnel(const CheckContext& context, const Tunnel& tunnel) {
    const Phantom phantom(context);
    const std::string& local = tunnel.over6 ? phantom.own6 : phantom.own4;
    const std::string& remote = tunnel.over6 ? phantom.address6 : phantom.address4;
    if (local.empty() || remote.empty()) {
        throw Skip("no address of the outer family");
    }
    auto words = tunnel.words;
    words.insert(words.end(), {"remote", remote});
    if (tunnel.bound) {
        words.insert(words.end(), {"local", local});
    }
    const Interface made("xt0", tunnel.module, words);
    Way way{made.name(), tunnel.ethernet, tunnel.outer, true, tunnel.vxlan_port};
    // Without permission to leave the inner IPv4 id as it is, the driver takes no inner TCP/IPv4.
    const Trial trial{{{"tx-checksum-ip-generic", false}, {tunnel.feature, false}},
                      {{"tx-checksum-ip-generic", true},
                       {"tx-tcp-mangleid-segmentation", true},
                       {tunnel.feature, true}},
                      &Handed::longer};
    return try_offload(context, trial, way, usual_packets(tunnel.inner4, tunnel.inner6, kSegment));
}

}  // namespace agent
