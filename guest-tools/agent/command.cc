// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <array>
#include <stdexcept>

#include "identify.h"

namespace agent {
namespace {

Json help(Job&) {
    Json out = Json::object();
    for (const CommandTable& table : command_tables()) {
        for (const Command& command : table) {
            out[std::string(command.name)] = command.summary;
        }
    }
    return out;
}

constexpr std::array kOwnCommands{
    Command{"help", "names and summaries of all commands", help},
};

}  // namespace

void Job::event(const std::string& kind, Json detail) const {
    if (!emit_) {
        return;
    }
    detail["event"] = kind;
    emit_(detail);
}

std::string Job::ifname() const {
    if (args.contains("ifname")) {
        return args.at("ifname").get<std::string>();
    }
    return first_nic();
}

Milliseconds Job::timeout(int default_ms) const {
    return Milliseconds(args.value("timeout_ms", default_ms));
}

std::string Job::text(const char* name) const {
    if (!args.contains(name)) {
        throw std::runtime_error(std::string("argument \"") + name + "\" is missing");
    }
    return args.at(name).get<std::string>();
}

std::span<const CommandTable> command_tables() {
    static const std::array tables{
        CommandTable(kOwnCommands), identify_commands(), link_commands(),    ethtool_commands(),
        module_commands(),          process_commands(),  session_commands(), power_commands(),
        kernel_log_commands(),      tunnel_commands(),   traffic_commands(), ping_commands(),
        packet_commands(),          xdp_commands(),      xsk_commands(),     flow_rule_commands(),
        offload_commands(),         check_commands(),
    };
    return tables;
}

const Command* find_command(std::string_view name) {
    for (const CommandTable& table : command_tables()) {
        for (const Command& command : table) {
            if (command.name == name) {
                return &command;
            }
        }
    }
    return nullptr;
}

}  // namespace agent
