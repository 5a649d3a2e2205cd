// SPDX-License-Identifier: GPL-2.0-or-later
// Geneve, which no X550 knows: the driver asks for GSO_PARTIAL and the device repeats the headers.
#include "transmit_tunnel.h"

namespace agent {

Json check_transmit_geneve(const CheckContext& context) {
    Tunnel geneve;
    geneve.module = "geneve";
    geneve.words = {"type", "geneve", "id", "42", "noudpcsum"};
    geneve.feature = "tx-udp_tnl-segmentation";
    geneve.outer = {"eth", "ipv4", "udp nocsum", "geneve 42", "eth"};
    geneve.ethernet = true;
    geneve.bound = false;
    return try_tunnel(context, geneve);
}

}  // namespace agent
