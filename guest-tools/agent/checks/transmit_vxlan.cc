// SPDX-License-Identifier: GPL-2.0-or-later
// VXLAN: with and without outer UDP checksum, on its own and on another port, over both families.
#include "transmit_tunnel.h"

namespace agent {
namespace {

constexpr unsigned kOwnPort = 4789;
constexpr unsigned kOtherPort = 5789;

Tunnel vxlan(unsigned port, bool over6, bool checksum) {
    Tunnel out;
    out.module = "vxlan";
    out.words = {"type", "vxlan", "id", "42", "dstport", std::to_string(port)};
    if (over6) {
        out.words.emplace_back(checksum ? "noudp6zerocsumtx" : "udp6zerocsumtx");
    } else {
        out.words.emplace_back(checksum ? "udpcsum" : "noudpcsum");
    }
    out.feature = checksum ? "tx-udp_tnl-csum-segmentation" : "tx-udp_tnl-segmentation";
    out.outer = {"eth", over6 ? "ipv6" : "ipv4", checksum ? "udp" : "udp nocsum", "vxlan 42",
                 "eth"};
    out.over6 = over6;
    out.ethernet = true;
    out.vxlan_port = port;
    return out;
}

}  // namespace

Json check_transmit_vxlan(const CheckContext& context) {
    Json out = try_tunnel(context, vxlan(kOwnPort, false, false));
    append_flows(out, try_tunnel(context, vxlan(kOtherPort, false, false)));
    append_flows(out, try_tunnel(context, vxlan(kOwnPort, true, false)));
    return out;
}

Json check_transmit_vxlan_checksum(const CheckContext& context) {
    Json out = try_tunnel(context, vxlan(kOwnPort, false, true));
    append_flows(out, try_tunnel(context, vxlan(kOtherPort, true, true)));
    return out;
}

}  // namespace agent
