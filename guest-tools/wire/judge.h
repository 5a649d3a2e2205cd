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
};

// Everything wrong with the frame; empty when it is right. Looks at lengths and checksums of
// Ethernet, VLAN, ARP, IPv4, IPv6, TCP, UDP, ICMP, GRE and VXLAN, inner headers included.
[[nodiscard]] std::vector<std::string> judge(std::span<const std::byte> frame,
                                             const JudgeLimits& limits = {});

}  // namespace wire
