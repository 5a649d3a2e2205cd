// SPDX-License-Identifier: GPL-2.0-or-later
// A DHCP client for one lease: DISCOVER, OFFER, REQUEST, ACK (RFC 2131).
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace agent {

struct Lease {
    std::string address;
    unsigned prefix = 0;
    std::string router;
    std::string server;
    std::vector<std::string> dns;
    unsigned seconds = 0;
};

// Asks on an interface that is up; throws when nobody answers in time.
[[nodiscard]] Lease acquire_lease(const std::string& ifname, std::chrono::milliseconds timeout);

}  // namespace agent
