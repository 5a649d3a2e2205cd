// SPDX-License-Identifier: GPL-2.0-or-later
// Link and plain traffic with the driver's default settings.
#include "../ethtool.h"
#include "../netlink.h"
#include "../ping.h"
#include "check.h"

namespace agent {
namespace {

constexpr std::uint64_t kBytes = 2 << 20;

Json ping_sizes(const CheckContext& context, const std::string& host, std::size_t largest) {
    std::vector<std::size_t> sizes;
    for (std::size_t size = 8; size <= 80; size += 9) {
        sizes.push_back(size);
    }
    for (std::size_t size = 200; size < largest; size += 173) {
        sizes.push_back(size);
    }
    sizes.push_back(largest);
    const auto result = ping(host, sizes, std::chrono::milliseconds(2000), context.cancelled);
    expect(result.answered == result.sent, std::to_string(result.sent - result.answered) + " of " +
                                               std::to_string(result.sent) + " pings lost");
    expect(result.damaged == 0, std::to_string(result.damaged) + " pings damaged");
    return {{"sizes", result.sent}};
}

}  // namespace

Json check_link(const CheckContext& context) {
    const auto link = netlink::find_link(context.ifname);
    expect(link && link->carrier, "no carrier");
    const Json settings = link_settings(context.ifname);
    expect(settings.at("duplex") != "half", "half duplex");
    const auto speed = settings.at("speed").get<std::uint32_t>();
    return {{"speed", speed == ~0U ? 0 : speed}};
}

Json check_tcp4(const CheckContext& context) {
    return tcp_both_ways(context, context.peer.address4, kBytes);
}

Json check_tcp6(const CheckContext& context) {
    return tcp_both_ways(context, context.peer.address6, kBytes);
}

Json check_udp4(const CheckContext& context) {
    return udp_round_trips(context, context.peer.address4, 64);
}

Json check_udp6(const CheckContext& context) {
    return udp_round_trips(context, context.peer.address6, 64);
}

Json check_ping4(const CheckContext& context) {
    return ping_sizes(context, context.peer.address4, 1472);
}

Json check_ping6(const CheckContext& context) {
    return ping_sizes(context, context.peer.address6, 1452);
}

}  // namespace agent
