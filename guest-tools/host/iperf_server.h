// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "gobject.h"
#include "network.h"

namespace host {

// iperf3 as server where the network's peer lives; listens once it is made and ends with the
// object.
class IperfServer {
public:
    // Listens on `address`; when that is empty, on the host's own of the network.
    IperfServer(const Network& network, std::uint16_t port, const std::string& address = {});
    IperfServer(const IperfServer&) = delete;
    IperfServer& operator=(const IperfServer&) = delete;
    ~IperfServer();

private:
    Ref<GSubprocess> process_;
};

}  // namespace host
