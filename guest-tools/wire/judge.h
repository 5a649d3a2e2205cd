// SPDX-License-Identifier: GPL-2.0-or-later
// Says whether a frame is one that an Ethernet device may put on the wire. Works from the RFCs and
// libtins alone; nothing here comes from the device under test.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace wire {

struct JudgeLimits {
    std::size_t longest = 9728 - 4;  // without FCS
    bool padded = true;              // frames shorter than 60 bytes are an error
    unsigned vxlan_port = 4789;      // where VXLAN is looked for besides 8472, Linux' own choice
};

// A header and where it starts; `name` carries what tells two of a kind apart: "vlan 8100:a064",
// "udp nocsum", "gre csum key 7", "vxlan 42".
struct Layer {
    std::string name;
    std::size_t offset = 0;
};

// A frame taken apart, outermost header first.
struct Examined {
    std::vector<std::string> complaints;
    std::vector<Layer> layers;
    std::size_t payload = 0;  // offset of what the innermost header carries
    std::size_t end = 0;      // where the outermost IP packet ends; padding follows
};

// Looks at lengths and checksums of Ethernet, VLAN, IPv4, IPv6, TCP, UDP, SCTP, ICMP, GRE, VXLAN
// and Geneve, inner headers included. `complaints` is empty when the frame is right.
[[nodiscard]] Examined examine(std::span<const std::byte> frame, const JudgeLimits& limits = {});
// The complaints alone.
[[nodiscard]] std::vector<std::string> judge(std::span<const std::byte> frame,
                                             const JudgeLimits& limits = {});

}  // namespace wire
