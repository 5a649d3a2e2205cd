// SPDX-License-Identifier: GPL-2.0-or-later
// Links, addresses and DHCP.
#include <array>
#include <stdexcept>
#include <sys/socket.h>

#include "command.h"
#include "dhcp.h"
#include "file_text.h"
#include "netlink.h"

namespace agent {
namespace {

Json facts(const netlink::LinkState& link) {
    return {{"ifname", link.name},
            {"mac", link.mac},
            {"mtu", link.mtu},
            {"up", link.up},
            {"carrier", link.carrier}};
}

Json show(Job& job) {
    const auto link = netlink::find_link(job.ifname());
    if (!link) {
        throw std::runtime_error("no interface " + job.ifname());
    }
    return facts(*link);
}

Json list(Job&) {
    Json out = Json::array();
    for (const auto& link : netlink::links()) {
        out.push_back(facts(link));
    }
    return out;
}

Json up(Job& job) {
    const std::string nic = job.ifname();
    netlink::set_link_up(nic, true);
    if (job.args.value("wait", true) &&
        !netlink::wait_carrier(nic, true, job.timeout(20000), [&] { return job.cancelled(); })) {
        throw std::runtime_error(nic + " has no carrier");
    }
    return show(job);
}

Json down(Job& job) {
    netlink::set_link_up(job.ifname(), false);
    return show(job);
}

Json wait(Job& job) {
    const std::string nic = job.ifname();
    const bool wanted = job.args.value("carrier", true);
    if (!netlink::wait_carrier(nic, wanted, job.timeout(20000), [&] { return job.cancelled(); })) {
        throw std::runtime_error(nic + (wanted ? " got no carrier" : " kept its carrier"));
    }
    return show(job);
}

Json appear(Job& job) {
    const auto physical = [](const std::string& name) {
        return !link_name("/sys/class/net/" + name + "/device").empty();
    };
    const auto name = netlink::wait_link(physical, job.timeout(20000));
    if (!name) {
        throw std::runtime_error("no interface appeared");
    }
    return {{"ifname", *name}};
}

Json vanish(Job& job) {
    const std::string nic = job.text("ifname");
    if (!netlink::wait_link_gone(nic, job.timeout(20000))) {
        throw std::runtime_error(nic + " is still there");
    }
    return Json::object();
}

Json change(Job& job) {
    const std::string nic = job.ifname();
    if (job.args.contains("mtu")) {
        netlink::set_mtu(nic, job.args.at("mtu").get<unsigned>());
    }
    if (job.args.contains("mac")) {
        netlink::set_mac(nic, job.text("mac"));
    }
    return show(job);
}

// ifdown and ifup again and again; the storm ends with the link up.
Json storm(Job& job) {
    const std::string nic = job.ifname();
    const int rounds = job.args.value("rounds", 100);
    const int report = std::max(1, rounds / 10);
    for (int round = 0; round < rounds && !job.cancelled(); ++round) {
        netlink::set_link_up(nic, false);
        netlink::set_link_up(nic, true);
        if (job.args.value("wait", false) &&
            !netlink::wait_carrier(nic, true, job.timeout(20000))) {
            throw std::runtime_error("no carrier in round " + std::to_string(round));
        }
        if ((round + 1) % report == 0) {
            job.event("progress", {{"round", round + 1}, {"of", rounds}});
        }
    }
    if (!netlink::wait_carrier(nic, true, job.timeout(20000))) {
        throw std::runtime_error("no carrier after the storm");
    }
    return show(job);
}

Json address_add(Job& job) {
    const std::string nic = job.ifname();
    const std::string address = job.text("address");
    const bool six = address.find(':') != std::string::npos;
    netlink::add_address(nic, address, job.args.value("prefix", six ? 64U : 24U));
    if (job.args.contains("gateway")) {
        netlink::add_default_route(nic, job.text("gateway"));
    }
    return Json::object();
}

Json address_show(Job& job) {
    Json out = Json::array();
    for (const auto& address : netlink::addresses(job.ifname())) {
        out.push_back({{"address", address.address},
                       {"prefix", address.prefix},
                       {"tentative", address.tentative},
                       {"global", address.global}});
    }
    return out;
}

Json address_flush(Job& job) {
    netlink::flush_addresses(job.ifname(), AF_UNSPEC);
    return Json::object();
}

Json wait_ipv6(Job& job) {
    const auto address = netlink::wait_global_ipv6(job.ifname(), job.timeout(15000));
    if (!address) {
        throw std::runtime_error("no global IPv6 address from router advertisements");
    }
    return {{"address", address->address}, {"prefix", address->prefix}};
}

Json dhcp(Job& job) {
    const std::string nic = job.ifname();
    const Lease lease = acquire_lease(nic, job.timeout(15000));
    netlink::add_address(nic, lease.address, lease.prefix == 0 ? 24 : lease.prefix);
    if (!lease.router.empty()) {
        netlink::add_default_route(nic, lease.router);
    }
    return {{"address", lease.address}, {"prefix", lease.prefix},   {"router", lease.router},
            {"server", lease.server},   {"seconds", lease.seconds}, {"dns", lease.dns}};
}

constexpr std::array kCommands{
    Command{"link", "state of the interface", show},
    Command{"link.list", "all interfaces", list},
    Command{"link.up", "bring up and wait for the carrier {wait, timeout_ms}", up},
    Command{"link.down", "take down", down},
    Command{"link.wait", "wait for {carrier: bool, timeout_ms}", wait},
    Command{"link.appear", "wait for a NIC to appear (hot-plug)", appear},
    Command{"link.vanish", "wait for {ifname} to go (hot-unplug)", vanish},
    Command{"link.set", "set {mtu, mac}", change},
    Command{"link.storm", "down and up {rounds, wait}", storm},
    Command{"address", "addresses of the interface", address_show},
    Command{"address.add", "add {address, prefix, gateway}", address_add},
    Command{"address.flush", "remove all addresses", address_flush},
    Command{"address.wait6", "wait for a global IPv6 address by autoconfiguration", wait_ipv6},
    Command{"dhcp", "acquire and set a DHCP lease", dhcp},
};

}  // namespace

CommandTable link_commands() {
    return kCommands;
}

}  // namespace agent
