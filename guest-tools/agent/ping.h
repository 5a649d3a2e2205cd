// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace agent {

struct PingResult {
    unsigned sent = 0;
    unsigned answered = 0;
    unsigned damaged = 0;
    std::vector<std::size_t> lost_sizes;
};

// ICMP or ICMPv6 echo requests with a pattern payload, one per size, each tried up to three times.
[[nodiscard]] PingResult ping(const std::string& host, const std::vector<std::size_t>& sizes,
                              std::chrono::milliseconds patience,
                              const std::function<bool()>& stop = {});

}  // namespace agent
