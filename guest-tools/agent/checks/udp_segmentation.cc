// SPDX-License-Identifier: GPL-2.0-or-later
// UDP segmentation: one send with UDP_SEGMENT must leave as the datagrams it stands for.
#include <cerrno>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <span>
#include <sys/socket.h>
#include <system_error>

#include "../pattern.h"
#include "../socket_io.h"
#include "../traffic.h"
#include "transmit.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace agent {
namespace {

// 5000 bytes are five datagrams of 1000; the others end with a short one, of one byte at the least.
struct Burst {
    std::size_t bytes;
    int segment;
    unsigned port;
};

void burst_to_peer(const CheckContext& context, const std::string& host, bool on) {
    traffic::UdpPlan plan;
    plan.host = host;
    plan.port = context.peer.port;
    plan.mode = "burst";
    plan.segment = 1200;
    plan.count = 200;
    plan.seed = next_port() + (on ? 1U : 0U);
    const Json result = traffic::run_udp(plan, context.cancelled);
    expect(result.at("damaged") == 0, "damaged datagrams: " + result.dump());
    expect(result.at("received").get<unsigned>() > 0, "nothing arrived: " + result.dump());
}

void send_burst(const std::string& from, const std::string& to, const Burst& burst) {
    const auto local = traffic::parse_endpoint(from, static_cast<std::uint16_t>(burst.port));
    const auto remote = traffic::parse_endpoint(to, kDiscardPort);
    const traffic::Descriptor socket(::socket(local.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::vector<std::byte> payload(burst.bytes);
    traffic::Pattern(burst.port).fill(0, payload);
    const bool sent =
        setsockopt(socket.get(), SOL_UDP, UDP_SEGMENT, &burst.segment, sizeof(int)) == 0 &&
        bind(socket.get(), reinterpret_cast<const sockaddr*>(&local.address), local.size) == 0 &&
        connect(socket.get(), reinterpret_cast<const sockaddr*>(&remote.address), remote.size) ==
            0 &&
        ::send(socket.get(), payload.data(), payload.size(), 0) ==
            static_cast<ssize_t>(payload.size());
    if (!sent) {
        throw std::system_error(errno, std::generic_category(), "UDP_SEGMENT");
    }
}

Json flow_of(const Burst& burst, bool six) {
    return {{"name", "udp" + std::string(six ? "6 " : "4 ") + std::to_string(burst.bytes)},
            {"station", Phantom::kMacHex},
            {"protocol", "udp"},
            {"source", burst.port},
            {"destination", kDiscardPort},
            {"seed", burst.port},
            {"bytes", burst.bytes},
            {"segment", burst.segment},
            {"layers", {"eth", six ? "ipv6" : "ipv4", "udp"}}};
}

Json try_udp_segmentation(const CheckContext& context, bool six) {
    const std::string& host = six ? context.peer.address6 : context.peer.address4;
    if (host.empty()) {
        throw Skip("no peer of that family");
    }
    const std::string feature = "tx-udp-segmentation";
    {
        FeatureGuard guard(context.ifname);
        for (const bool on : {false, true}) {
            guard.set(feature, on);
            burst_to_peer(context, host, on);
        }
    }
    if (!context.peer.wire) {
        return {{"judge", "the peer"}};
    }
    const Phantom phantom(context);
    const std::vector<Burst> bursts{
        {5000, 1000, next_port()}, {4321, 1000, next_port()}, {2801, 1400, next_port()}};
    Json flows = Json::array();
    for (const Burst& burst : bursts) {
        flows.push_back(flow_of(burst, six));
    }
    const auto send = [&] {
        std::size_t bytes = 0;
        for (const Burst& burst : bursts) {
            send_burst(six ? phantom.own6 : phantom.own4, six ? phantom.address6 : phantom.address4,
                       burst);
            bytes += burst.bytes;
        }
        return bytes;
    };
    const Trial trial{{{feature, false}}, {{feature, true}}, &Handed::longer};
    return try_offload(context, trial, send, std::move(flows));
}

}  // namespace

Json check_udp_segmentation4(const CheckContext& context) {
    return try_udp_segmentation(context, false);
}

Json check_udp_segmentation6(const CheckContext& context) {
    return try_udp_segmentation(context, true);
}

}  // namespace agent
