// SPDX-License-Identifier: GPL-2.0-or-later
// Packets that leave their checksums or their segmentation to the NIC, and what must come of them.
#pragma once

#include "control_trial.h"

namespace host {

// One TCP segment and one datagram of each version of IP, one with an IPv4 option and one with an
// IPv6 extension header. Each depends on the switch that its name is.
[[nodiscard]] std::vector<Outgoing> checksum_packets(const ControlTrial& trial);

// TCP to be cut; depends on lso2-ip4 or lso2-ip6.
struct LargeSend {
    bool six = false;
    std::size_t bytes = 0;  // of payload
    std::size_t segment = 0;
};
inline constexpr LargeSend kLargeSend4{false, 3500, 1000};
inline constexpr LargeSend kLargeSend6{true, 3500, 1000};
[[nodiscard]] Outgoing large_send(const ControlTrial& trial, const LargeSend& plan);
// Whether the device can be asked for it: it cuts TCP only where it has the checksums for that
// (MAP-6).
[[nodiscard]] bool can_cut(const ControlTrial& trial, const std::string& name);
// Throws unless these frames are the segments of that packet, each of them right.
void expect_cut(const std::vector<Bytes>& frames, const LargeSend& plan);

// Frames for a report, each with the sentence.
void add_frames(Json& evidence, const std::vector<Bytes>& frames, const std::string& sentence);

// Names for a sentence.
[[nodiscard]] std::string joined(const std::vector<std::string>& names);

}  // namespace host
