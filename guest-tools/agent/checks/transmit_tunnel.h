// SPDX-License-Identifier: GPL-2.0-or-later
// What the checks of all tunnels share.
#pragma once

#include "transmit.h"

namespace agent {

struct Tunnel {
    std::string module;
    std::vector<std::string> words;  // iproute2's, without local and remote
    std::string feature;             // the driver's segmentation of it
    std::vector<std::string> outer;  // headers before the inner IP header, as on the wire
    bool over6 = false;
    bool ethernet = false;  // carries Ethernet frames
    bool bound = true;      // takes a local address
    bool inner4 = true;
    bool inner6 = true;
    unsigned vxlan_port = 4789;
};

// Segmentation and inner checksums of packets in the tunnel, by the guest's kernel and then by the
// device.
[[nodiscard]] Json try_tunnel(const CheckContext& context, const Tunnel& tunnel);

}  // namespace agent
