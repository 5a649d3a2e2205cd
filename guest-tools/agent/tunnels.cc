// SPDX-License-Identifier: GPL-2.0-or-later
// VLANs, tunnels and multicast groups, set up with iproute2.
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <net/if.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "command.h"
#include "modules.h"
#include "netlink.h"
#include "process.h"

namespace agent {
namespace {

using Words = std::vector<std::string>;

void finish(Job& job, const std::string& name) {
    netlink::set_link_up(name, true);
    for (const char* key : {"address", "address6"}) {
        if (job.args.contains(key)) {
            const std::string address = job.text(key);
            netlink::add_address(name, address, address.find(':') == std::string::npos ? 24 : 64);
        }
    }
}

Json vlan(Job& job) {
    const std::string nic = job.ifname();
    const auto id = std::to_string(job.args.at("id").get<unsigned>());
    const std::string name = job.args.value("name", nic + "." + id);
    load_module("8021q", "");
    run_or_throw({"ip", "link", "add", "link", nic, "name", name, "type", "vlan", "protocol",
                  job.args.value("protocol", std::string("802.1Q")), "id", id});
    finish(job, name);
    return {{"ifname", name}};
}

// The NIC filters for it if its feature l2-fwd-offload is on and the mode needs no switching in
// software.
Json macvlan(Job& job) {
    const std::string name = job.args.value("name", std::string("macvlan0"));
    load_module("macvlan", "");
    run_or_throw({"ip", "link", "add", "link", job.ifname(), "name", name, "address",
                  job.text("mac"), "type", "macvlan", "mode",
                  job.args.value("mode", std::string("private"))});
    finish(job, name);
    return {{"ifname", name}};
}

// Any tunnel iproute2 knows: {type, name, local, remote, id, port, key, options: []}.
Json tunnel(Job& job) {
    const std::string type = job.text("type");
    const std::string name = job.args.value("name", std::string("tun0"));
    struct Kind {
        const char* type;
        const char* module;
    };
    constexpr std::array kKinds{
        Kind{"vxlan", "vxlan"},    Kind{"gre", "ip_gre"},        Kind{"gretap", "ip_gre"},
        Kind{"ip6gre", "ip6_gre"}, Kind{"ip6gretap", "ip6_gre"}, Kind{"ipip", "ipip"},
        Kind{"sit", "sit"},        Kind{"geneve", "geneve"},
    };
    for (const Kind& kind : kKinds) {
        if (type == kind.type) {
            load_module(kind.module, "");
        }
    }
    Words words{"ip", "link", "add", "name", name, "type", type};
    const auto add = [&](const char* key) {
        if (job.args.contains(key)) {
            const Json& value = job.args.at(key);
            words.insert(words.end(),
                         {key, value.is_string() ? value.get<std::string>() : value.dump()});
        }
    };
    for (const char* key : {"id", "local", "remote", "dstport", "key", "ttl"}) {
        add(key);
    }
    if (type == "vxlan") {
        words.insert(words.end(), {"dev", job.ifname()});
    }
    for (const Json& option : job.args.value("options", Json::array())) {
        words.push_back(option.get<std::string>());
    }
    run_or_throw(words);
    finish(job, name);
    return {{"ifname", name}};
}

Json remove(Job& job) {
    run_or_throw({"ip", "link", "del", job.text("ifname")});
    return Json::object();
}

// Joins a group on the interface until cancelled, so that the filter stays programmed.
Json join(Job& job) {
    const std::string group = job.text("group");
    const bool six = group.find(':') != std::string::npos;
    const unsigned index = if_nametoindex(job.ifname().c_str());
    const int fd = socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result = -1;
    if (six) {
        ipv6_mreq request{};
        inet_pton(AF_INET6, group.c_str(), &request.ipv6mr_multiaddr);
        request.ipv6mr_interface = index;
        result = setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof(request));
    } else {
        ip_mreqn request{};
        inet_pton(AF_INET, group.c_str(), &request.imr_multiaddr);
        request.imr_ifindex = static_cast<int>(index);
        result = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request));
    }
    if (result != 0) {
        const int error = errno;
        close(fd);
        throw std::system_error(error, std::generic_category(), "join " + group);
    }
    job.event("joined", {{"group", group}});
    while (!job.cancelled()) {
        usleep(20000);
    }
    close(fd);
    return Json::object();
}

Json flags(Job& job) {
    const std::string nic = job.ifname();
    for (const char* key : {"promisc", "allmulticast"}) {
        if (job.args.contains(key)) {
            run_or_throw(
                {"ip", "link", "set", nic, key, job.args.at(key).get<bool>() ? "on" : "off"});
        }
    }
    return Json::object();
}

constexpr std::array kCommands{
    Command{"vlan.add", "VLAN interface {id, protocol, name, address, address6}", vlan},
    Command{"macvlan.add", "macvlan interface {mac, mode, name, address, address6}", macvlan},
    Command{"tunnel.add", "tunnel {type, name, local, remote, id, dstport, key, options}", tunnel},
    Command{"interface.remove", "delete {ifname}", remove},
    Command{"multicast.join", "join {group} until cancelled", join},
    Command{"link.flags", "set {promisc, allmulticast}", flags},
};

}  // namespace

CommandTable tunnel_commands() {
    return kCommands;
}

}  // namespace agent
