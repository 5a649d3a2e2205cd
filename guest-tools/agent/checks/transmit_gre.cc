// SPDX-License-Identifier: GPL-2.0-or-later
// GRE with and without checksum, and Ethernet in GRE with a key, which is the form of NVGRE.
#include "transmit_tunnel.h"

namespace agent {

Json check_transmit_gre(const CheckContext& context) {
    Tunnel gre;
    gre.module = "ip_gre";
    gre.words = {"type", "gre"};
    gre.feature = "tx-gre-segmentation";
    gre.outer = {"eth", "ipv4", "gre"};
    return try_tunnel(context, gre);
}

Json check_transmit_gre_checksum(const CheckContext& context) {
    Tunnel gre;
    gre.module = "ip_gre";
    gre.words = {"type", "gre", "csum"};
    gre.feature = "tx-gre-csum-segmentation";
    gre.outer = {"eth", "ipv4", "gre csum"};
    return try_tunnel(context, gre);
}

Json check_transmit_gretap(const CheckContext& context) {
    Tunnel gretap;
    gretap.module = "ip_gre";
    gretap.words = {"type", "gretap", "key", "7"};
    gretap.feature = "tx-gre-segmentation";
    gretap.outer = {"eth", "ipv4", "gre key 7", "eth"};
    gretap.ethernet = true;
    return try_tunnel(context, gretap);
}

}  // namespace agent
