// SPDX-License-Identifier: GPL-2.0-or-later
// The block's tables: the guest's view, the host's and the properties the device was created with.
#include <map>
#include <sstream>

#include "check.h"

namespace host {
namespace {

// docs/task-offload.md, "Properties".
const std::map<std::string, std::string>& defaults() {
    static const std::map<std::string, std::string> kDefaults{
        {"csum-ip4", "both"},
        {"csum-tcp4", "both"},
        {"csum-udp4", "both"},
        {"csum-tcp6", "both"},
        {"csum-udp6", "both"},
        {"csum-ip-options", "on"},
        {"csum-ip6-ext", "on"},
        {"lso1", "on"},
        {"lso2-ip4", "on"},
        {"lso2-ip6", "on"},
        {"lso-max", "261120"},
        {"lso-min-segs", "2"},
        {"lso-ipid", "15bit"},
        {"uso-ip4", "on"},
        {"uso-ip6", "on"},
        {"uso-sub-mss", "on"},
        {"rsc-ip4", "on"},
        {"rsc-ip6", "on"},
        {"rsc-timestamps", "on"},
        {"rsc-flows", "32"},
        {"nvgre", "on"},
        {"vxlan", "on"},
        {"encap-max-header", "256"},
        {"vxlan-port", "4789"},
        {"vxlan-port-fixed", "off"},
        {"rss", "on"},
        {"rss-udp", "on"},
        {"rss-queues", "16"},
        {"rss-table", "128"},
        {"vmq", "on"},
        {"vmq-queues", "16"},
        {"vmq-vlan", "on"},
    };
    return kDefaults;
}

std::string word(const Json& value) {
    if (value.is_boolean()) {
        return value.get<bool>() ? "on" : "off";
    }
    return value.is_string() ? value.get<std::string>() : value.dump();
}

// Properties of "x550,name=value,...".
std::map<std::string, std::string> properties_of(const std::string& device) {
    std::map<std::string, std::string> out;
    std::istringstream words(device);
    std::string one;
    std::getline(words, one, ',');
    while (std::getline(words, one, ',')) {
        const std::size_t sign = one.find('=');
        out[one.substr(0, sign)] = sign == std::string::npos ? "on" : one.substr(sign + 1);
    }
    return out;
}

// What a property leaves out changes rows of other names, such as limits: then only what was named
// can be compared.
std::size_t compare_with_properties(const Json& hardware, const std::string& device) {
    const auto given = properties_of(device);
    std::map<std::string, std::string> expected;
    for (const auto& [name, value] : given) {
        if (defaults().contains(name)) {
            expected[name] = value;
        }
    }
    if (expected.empty()) {
        expected = defaults();
    }
    for (const auto& [name, value] : expected) {
        const std::string told = word(hardware.at(name));
        require(told == value, "hardware table: " + name + " is " + told + " instead of " + value);
    }
    return expected.size();
}

// The host has on and off for what the guest has a direction of.
std::string host_word(const std::string& told) {
    return told == "both" ? "on" : told;
}

std::size_t compare_with_host(const ControlTrial& trial) {
    std::size_t rows = 0;
    const Json guest = trial.tables();
    for (const char* table : {"hardware", "configured", "current"}) {
        const Json host = trial.property(std::string("offload-") + table);
        for (const auto& [name, value] : guest.at(table).items()) {
            const auto found = host.find(name);
            if (found == host.end()) {
                continue;
            }
            require(host_word(word(value)) == host_word(word(*found)),
                    std::string(table) + " table: " + name + " is " + word(value) +
                        " in the guest and " + word(*found) + " on the host");
            ++rows;
        }
    }
    require(guest.at("generation") == trial.property("offload-generation"),
            "guest and host see different generations");
    return rows;
}

// The program that users have says the same as the agent's library.
void compare_with_tool(const ControlTrial& trial) {
    const Json nic = trial.agent().call("identify", {{"ifname", trial.ifname()}}).at("nic");
    const Json shown =
        trial.agent().call("exec", {{"argv",
                                     {"x550-taskoffload", "--json", "--device",
                                      nic.at("pci_address").get<std::string>(), "show"}}});
    require(shown.at("status") == 0, "x550-taskoffload show: " + shown.dump());
    const Json told = Json::parse(shown.at("stdout").get<std::string>());
    const Json tables = trial.tables();
    for (const char* table : {"hardware", "configured", "current"}) {
        require(told.at(table) == tables.at(table),
                std::string("x550-taskoffload tells another table: ") + table);
    }
}

}  // namespace

Json check_control_capabilities(ControlTrial& trial) {
    const Json tables = trial.tables();
    const std::size_t expected = compare_with_properties(tables.at("hardware"), trial.device());
    for (const auto& [name, value] : tables.at("hardware").items()) {
        require(tables.at("configured").at(name) == value || name == "vxlan-port",
                "after a reset " + name + " is not configured as the hardware has it");
    }
    require(tables.at("configured").at("switches-apply") == "off",
            "the switches apply before the first doorbell");
    std::size_t rows = compare_with_host(trial);
    compare_with_tool(trial);
    // Once more where the tables differ from each other.
    std::vector<std::string> some{"active=ip4", "encap=off"};
    for (const char* name : {"csum-udp6", "csum-tcp4"}) {
        some.push_back(std::string(name) + "=" + without(trial.hardware(name), "rx"));
    }
    for (const char* name : {"lso2-ip4", "uso-ip6", "rsc-ip4"}) {
        some.push_back(std::string(name) + "=off");
    }
    trial.change(some);
    require(trial.tables().at("configured").at("switches-apply") == "on",
            "the switches do not apply after a doorbell");
    rows += compare_with_host(trial);
    compare_with_tool(trial);
    return {{"told", std::to_string(expected) + " properties are in the hardware table, " +
                         std::to_string(rows) + " rows are the same in the guest and on the host"},
            {"frames", Json::array()}};
}

}  // namespace host
