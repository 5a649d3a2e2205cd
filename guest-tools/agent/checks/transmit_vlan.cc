// SPDX-License-Identifier: GPL-2.0-or-later
// VLAN tags: one that the device inserts or not, and segmentation behind two of them.
#include "transmit.h"

namespace agent {
namespace {

constexpr std::size_t kSegment = 1400;

std::vector<std::string> tag_of(const std::string& below, const char* protocol, const char* id) {
    // Priority 5, so that all of the tag's fields are looked at.
    return {"link", below, "type", "vlan", "protocol", protocol, "id", id, "egress-qos-map", "0:5"};
}

// A tag for VLAN 100 in one for VLAN 200.
Json try_stacked(const CheckContext& context, const char* outer_protocol, const char* outer_tag) {
    const Interface outer("xs0", "8021q", tag_of(context.ifname, outer_protocol, "200"));
    const Interface inner("xc0", "8021q", tag_of(outer.name(), "802.1Q", "100"));
    Way way{inner.name()};
    way.outer = {"eth", outer_tag, "vlan 8100:a064"};
    Trial trial{{}, {}, &Handed::longer};
    for (const char* feature :
         {"tx-checksum-ip-generic", "tx-tcp-segmentation", "tx-tcp6-segmentation"}) {
        trial.off[feature] = false;
        trial.on[feature] = true;
    }
    return try_offload(context, trial, way, usual_packets(true, true, kSegment));
}

}  // namespace

Json check_transmit_vlan(const CheckContext& context) {
    const Interface vlan("xv0", "8021q", tag_of(context.ifname, "802.1Q", "100"));
    Way way{vlan.name()};
    way.outer = {"eth", "vlan 8100:a064"};
    const std::string feature = "tx-vlan-hw-insert";
    const Trial trial{{{feature, false}}, {{feature, true}}, &Handed::tagged};
    return try_offload(context, trial, way, usual_packets(true, true, kSegment));
}

Json check_transmit_stacked_vlan(const CheckContext& context) {
    Json out = try_stacked(context, "802.1ad", "vlan 88a8:a0c8");
    append_flows(out, try_stacked(context, "802.1Q", "vlan 8100:a0c8"));
    return out;
}

}  // namespace agent
