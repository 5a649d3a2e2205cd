// SPDX-License-Identifier: GPL-2.0-or-later
// IP directly in IP: ipip, sit and ip6tnl.
#include "transmit_tunnel.h"

namespace agent {

Json check_transmit_ipip(const CheckContext& context) {
    Tunnel ipip;
    ipip.module = "ipip";
    ipip.words = {"type", "ipip"};
    ipip.feature = "tx-ipxip4-segmentation";
    ipip.outer = {"eth", "ipv4"};
    ipip.inner6 = false;
    return try_tunnel(context, ipip);
}

Json check_transmit_sit(const CheckContext& context) {
    Tunnel sit;
    sit.module = "sit";
    sit.words = {"type", "sit"};
    sit.feature = "tx-ipxip4-segmentation";
    sit.outer = {"eth", "ipv4"};
    sit.inner4 = false;
    return try_tunnel(context, sit);
}

// Once as it is by default, with the tunnel encapsulation limit in a destination option.
Json check_transmit_ip6tnl(const CheckContext& context) {
    Tunnel ip6tnl;
    ip6tnl.module = "ip6_tunnel";
    ip6tnl.words = {"type", "ip6tnl", "mode", "any"};
    ip6tnl.feature = "tx-ipxip6-segmentation";
    ip6tnl.outer = {"eth", "ipv6"};
    ip6tnl.over6 = true;
    Json out = try_tunnel(context, ip6tnl);
    ip6tnl.words.insert(ip6tnl.words.end(), {"encaplimit", "none"});
    append_flows(out, try_tunnel(context, ip6tnl));
    return out;
}

}  // namespace agent
