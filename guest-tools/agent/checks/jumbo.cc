// SPDX-License-Identifier: GPL-2.0-or-later
// Large frames: single ones by ping, many by TCP.
#include <utility>

#include "../file_text.h"
#include "../netlink.h"
#include "../ping.h"
#include "check.h"

namespace agent {
namespace {

constexpr std::size_t kPingHeaders = 28;  // IPv4 and ICMP

class MtuGuard {
public:
    explicit MtuGuard(std::string ifname) : ifname_(std::move(ifname)) {}
    MtuGuard(const MtuGuard&) = delete;
    MtuGuard& operator=(const MtuGuard&) = delete;
    ~MtuGuard() {
        try {
            set(1500);
        } catch (const std::exception&) {
            // The verdict stands; the interface keeps its MTU.
        }
    }
    // A driver may reset the port to change the MTU, so the carrier is waited for.
    void set(unsigned mtu) const {
        netlink::set_mtu(ifname_, mtu);
        expect(netlink::wait_carrier(ifname_, true, std::chrono::seconds(20)),
               "no carrier after MTU " + std::to_string(mtu));
    }

private:
    std::string ifname_;
};

}  // namespace

Json check_jumbo(const CheckContext& context) {
    const MtuGuard guard(context.ifname);
    Json tried = Json::array();
    for (const unsigned mtu : {2000U, 4096U, 9000U, 9710U}) {
        if (mtu > context.peer.mtu) {
            break;
        }
        try {
            guard.set(mtu);
        } catch (const std::system_error& error) {
            if (tried.empty()) {
                throw Skip(error.what());
            }
            break;
        }
        const auto result =
            ping(context.peer.address4, {mtu - kPingHeaders, mtu - kPingHeaders - 1},
                 std::chrono::milliseconds(2000), context.cancelled);
        expect(result.answered == 2 && result.damaged == 0,
               "full-size ping lost at MTU " + std::to_string(mtu));
        (void)tcp_both_ways(context, context.peer.address4, 2 << 20);
        tried.push_back(mtu);
    }
    return {{"mtus", tried}};
}

}  // namespace agent
