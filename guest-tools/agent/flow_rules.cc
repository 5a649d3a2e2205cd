// SPDX-License-Identifier: GPL-2.0-or-later
// Rules that send flows to queues (ethtool -N).
#include <arpa/inet.h>
#include <array>
#include <linux/ethtool.h>
#include <stdexcept>
#include <string>

#include "command.h"
#include "ethtool_call.h"

namespace agent {
namespace {

std::uint32_t flow_type(const std::string& protocol) {
    if (protocol == "tcp4") {
        return TCP_V4_FLOW;
    }
    if (protocol == "udp4") {
        return UDP_V4_FLOW;
    }
    if (protocol == "sctp4") {
        return SCTP_V4_FLOW;
    }
    throw std::runtime_error("protocol " + protocol + ": tcp4, udp4 or sctp4");
}

// Sets the field and its mask if the command names it.
void put_address(const Json& args, const char* name, __be32& value, __be32& mask) {
    if (!args.contains(name)) {
        return;
    }
    const auto text = args.at(name).get<std::string>();
    if (inet_pton(AF_INET, text.c_str(), &value) != 1) {
        throw std::runtime_error(std::string(name) + ": " + text + " is no IPv4 address");
    }
    mask = ~__be32{0};
}

void put_port(const Json& args, const char* name, __be16& value, __be16& mask) {
    if (args.contains(name)) {
        value = htons(args.at(name).get<std::uint16_t>());
        mask = 0xFFFF;
    }
}

Json add(Job& job) {
    const Json& args = job.args;
    ethtool_rxnfc request{};
    request.cmd = ETHTOOL_SRXCLSRLINS;
    request.fs.location = args.at("location").get<std::uint32_t>();
    request.fs.flow_type = flow_type(args.at("protocol").get<std::string>());
    request.fs.ring_cookie =
        args.value("drop", false) ? RX_CLS_FLOW_DISC : args.at("queue").get<std::uint64_t>();
    ethtool_tcpip4_spec& flow = request.fs.h_u.tcp_ip4_spec;
    ethtool_tcpip4_spec& mask = request.fs.m_u.tcp_ip4_spec;
    put_address(args, "source", flow.ip4src, mask.ip4src);
    put_address(args, "destination", flow.ip4dst, mask.ip4dst);
    put_port(args, "source_port", flow.psrc, mask.psrc);
    put_port(args, "destination_port", flow.pdst, mask.pdst);
    ethtool_call(job.ifname(), &request, "add rule");
    return Json::object();
}

Json remove(Job& job) {
    ethtool_rxnfc request{};
    request.cmd = ETHTOOL_SRXCLSRLDEL;
    request.fs.location = job.args.at("location").get<std::uint32_t>();
    ethtool_call(job.ifname(), &request, "remove rule");
    return Json::object();
}

constexpr std::array kCommands{
    Command{"rules.add",
            "send {protocol, source, destination, source_port, destination_port} to {queue} or "
            "{drop}; at {location} (ethtool -N)",
            add},
    Command{"rules.remove", "remove the rule at {location}", remove},
};

}  // namespace

CommandTable flow_rule_commands() {
    return kCommands;
}

}  // namespace agent
