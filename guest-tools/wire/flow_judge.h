// SPDX-License-Identifier: GPL-2.0-or-later
// Says whether packets of known content crossed the wire as they should have: every frame right,
// the payload the known pattern, and the frames the same whether the device or the guest's kernel
// did the work.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture.h"

namespace wire {

// One packet that was sent twice, first with an offload off, then with it on.
struct FlowPlan {
    std::string name;
    Bytes station;         // MAC address the frames go to
    std::string protocol;  // innermost layer: "tcp", "udp", "sctp"
    unsigned source = 0;   // its ports, which no other flow uses
    unsigned destination = 0;
    std::uint64_t seed = 0;  // of the payload's pattern
    std::uint64_t bytes = 0;
    std::size_t segment = 0;          // payload bytes of every frame but the last
    std::vector<std::string> layers;  // as examine() names them; empty: not compared
    // Innermost IP and transport headers as the stack got them; empty: the stack made them.
    Bytes prototype;
    bool tunnel = false;
    unsigned vxlan_port = 4789;
};

struct FlowFault {
    std::string what;
    Bytes frame;  // the offending one; empty: it is missing
};

// Waits until the frames of both runs are there.
[[nodiscard]] std::optional<FlowFault> judge_flow(Capture& capture, std::size_t mark,
                                                  const FlowPlan& plan,
                                                  std::chrono::milliseconds patience);
// The same over frames at hand.
[[nodiscard]] std::optional<FlowFault> judge_flow(const std::vector<Frame>& frames,
                                                  const FlowPlan& plan, bool padded);
// False for what the guest's kernel makes of random numbers: then only each frame is judged.
[[nodiscard]] bool comparable(const FlowPlan& plan);
[[nodiscard]] std::size_t frames_of(const FlowPlan& plan);

}  // namespace wire
