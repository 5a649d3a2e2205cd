// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <string_view>

namespace host {
namespace {

bool mentions(const std::string& text, std::span<const std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// A kernel in trouble, or the NIC's driver speaking at warning level. Emulated machines warn about
// a lot else (clocks, MTRRs, firmware), which is not about the NIC.
bool about_trouble(const std::string& text) {
    constexpr std::array<std::string_view, 19> kTrouble{"BUG",
                                                        "WARNING:",
                                                        "Call Trace",
                                                        "Oops",
                                                        "nobody cared",
                                                        "rcu_",
                                                        "WATCHDOG",
                                                        "blocked for",
                                                        "page allocation failure",
                                                        "hw csum failure",
                                                        "general protection",
                                                        "ixgbe",
                                                        "e1000",
                                                        "igb",
                                                        "virtio",
                                                        "vmxnet3",
                                                        "eth",
                                                        "AER",
                                                        "DMAR"};
    constexpr std::array<std::string_view, 2> kHarmless{"available PCIe bandwidth",
                                                        "module verification failed"};
    return mentions(text, kTrouble) && !mentions(text, kHarmless);
}

}  // namespace

std::string interface_of(Machine& machine, const std::string& mac) {
    for (const Json& link : machine.agent().call("link.list")) {
        if (link.at("mac") == mac) {
            return link.at("ifname").get<std::string>();
        }
    }
    throw std::runtime_error("the guest has no interface " + mac);
}

GuestFacts configure_guest(Machine& machine, std::size_t nic) {
    AgentClient& agent = machine.agent();
    const Addresses& plan = machine.network(nic)->addresses();
    GuestFacts facts;
    facts.ifname = interface_of(machine, machine.nics().at(nic).mac);
    const Json one{{"ifname", facts.ifname}};
    agent.call("link.up", one);
    if (plan.guest4.empty()) {
        facts.address4 = agent.call("dhcp", one).at("address").get<std::string>();
        facts.address6 = agent.call("address.wait6", one).at("address").get<std::string>();
    } else {
        facts.address4 = plan.guest4;
        facts.address6 = plan.guest6;
        const auto add = [&](const std::string& address, unsigned prefix) {
            agent.call("address.add",
                       {{"ifname", facts.ifname}, {"address", address}, {"prefix", prefix}});
        };
        add(plan.guest4, plan.prefix4);
        add(plan.guest6, plan.prefix6);
    }
    facts.nic = agent.call("identify", one);
    return facts;
}

std::vector<InwardResult> run_inward(Machine& machine, const GuestFacts& facts, std::uint64_t bytes,
                                     std::size_t nic) {
    AgentClient& agent = machine.agent();
    const auto server = agent.start("traffic.serve", {{"port", kGuestPort}});
    if (!agent.wait_event(server, "serving", Milliseconds(10000))) {
        throw std::runtime_error("the guest does not serve");
    }
    std::vector<InwardResult> out;
    const auto attempt = [&](const std::string& name, const auto& action) {
        InwardResult result{name, false, ""};
        try {
            machine.network(nic)->run_inside([&] {
                const Json answer = action();
                result.ok = answer.at("ok").template get<bool>();
                result.detail = answer.dump();
            });
        } catch (const std::exception& error) {
            result.detail = error.what();
        }
        out.push_back(result);
    };
    for (const auto& [host, port] : machine.network(nic)->inward(facts.address4, facts.address6)) {
        const std::string family = host.find(':') == std::string::npos ? "4" : "6";
        for (const char* mode : {"send", "receive"}) {
            attempt("tcp" + family + " inward " + mode, [&, host = host, port = port] {
                return traffic::run_tcp({host, port, mode, bytes, 77, 65536, 60000});
            });
        }
        attempt("udp" + family + " inward", [&, host = host, port = port] {
            traffic::UdpPlan plan;
            plan.host = host;
            plan.port = port;
            plan.count = 32;
            return traffic::run_udp(plan);
        });
    }
    agent.cancel(server);
    (void)agent.finish(server);
    return out;
}

std::vector<std::string> kernel_complaints(Machine& machine, std::uint64_t mark) {
    std::vector<std::string> out;
    constexpr unsigned kWarning = 4;
    for (const Json& line :
         machine.agent().call("log.since", {{"mark", mark}, {"priority", kWarning}})) {
        const auto text = line.at("text").get<std::string>();
        if (about_trouble(text)) {
            out.push_back("kernel: " + text);
        }
    }
    return out;
}

std::vector<std::string> counter_complaints(Machine& machine, const std::string& ifname) {
    std::vector<std::string> out;
    const Json counters = machine.agent().call("stats.errors", {{"ifname", ifname}});
    for (const auto& [name, value] : counters.items()) {
        out.push_back(ifname);
        out.back().append(" counter: ").append(name).append(" = ").append(value.dump());
    }
    return out;
}

}  // namespace host
