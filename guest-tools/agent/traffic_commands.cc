// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>
#include <poll.h>
#include <stdexcept>

#include "command.h"
#include "traffic.h"
#include "traffic_plan.h"

namespace agent {

traffic::TcpPlan tcp_plan(const Json& args) {
    traffic::TcpPlan plan;
    plan.host = args.at("host").get<std::string>();
    plan.port = args.at("port").get<std::uint16_t>();
    plan.mode = args.value("mode", plan.mode);
    plan.bytes = args.value("bytes", plan.bytes);
    plan.seed = args.value("seed", plan.seed);
    plan.chunk = args.value("chunk", plan.chunk);
    plan.timeout_ms = args.value("timeout_ms", plan.timeout_ms);
    return plan;
}

traffic::UdpPlan udp_plan(const Json& args) {
    traffic::UdpPlan plan;
    plan.host = args.at("host").get<std::string>();
    plan.port = args.at("port").get<std::uint16_t>();
    plan.mode = args.value("mode", plan.mode);
    plan.count = args.value("count", plan.count);
    plan.sizes = args.value("sizes", plan.sizes);
    plan.segment = args.value("segment", plan.segment);
    plan.seed = args.value("seed", plan.seed);
    plan.timeout_ms = args.value("timeout_ms", plan.timeout_ms);
    return plan;
}

namespace {

Json tcp(Job& job) {
    return traffic::run_tcp(tcp_plan(job.args), [&] { return job.cancelled(); });
}

Json udp(Job& job) {
    return traffic::run_udp(udp_plan(job.args), [&] { return job.cancelled(); });
}

// TCP patterns one after the other until cancelled; reports every round.
Json soak(Job& job) {
    traffic::TcpPlan plan = tcp_plan(job.args);
    constexpr std::array kModes{"send", "receive", "echo"};
    std::uint64_t bytes = 0;
    unsigned rounds = 0;
    unsigned broken = 0;
    std::string last_error;
    while (!job.cancelled()) {
        plan.mode = kModes[rounds % kModes.size()];
        plan.seed = plan.seed + 1;
        try {
            const Json result = traffic::run_tcp(plan);
            bytes += plan.bytes;
            if (!result.at("ok").get<bool>()) {
                throw std::runtime_error("damaged: " + result.dump());
            }
        } catch (const std::exception& error) {
            ++broken;
            last_error = error.what();
        }
        ++rounds;
        job.event("progress", {{"round", rounds}, {"bytes", bytes}, {"broken", broken}});
    }
    return {{"ok", broken == 0},
            {"rounds", rounds},
            {"bytes", bytes},
            {"broken", broken},
            {"last_error", last_error}};
}

Json serve(Job& job) {
    const traffic::Server server(job.args.value("port", std::uint16_t{0}),
                                 traffic::Server::Scope::all);
    job.event("serving", {{"port", server.port()}});
    while (!job.cancelled()) {
        pollfd idle{-1, 0, 0};
        poll(&idle, 1, 50);
    }
    return {{"connections", server.connections()}};
}

constexpr std::array kCommands{
    Command{"traffic.tcp", "TCP pattern {host, port, mode: send|receive|echo, bytes, seed}", tcp},
    Command{"traffic.udp", "UDP pattern {host, port, mode: echo|burst, count, sizes, segment}",
            udp},
    Command{"traffic.soak", "TCP patterns in turn until cancelled", soak},
    Command{"traffic.serve", "answer patterns on {port} until cancelled", serve},
};

}  // namespace

CommandTable traffic_commands() {
    return kCommands;
}

}  // namespace agent
