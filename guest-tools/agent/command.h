// SPDX-License-Identifier: GPL-2.0-or-later
// What a topic file offers the agent: a table of named commands.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace agent {

using Json = nlohmann::json;
using Milliseconds = std::chrono::milliseconds;

// One running command. Handlers run on a thread of their own; a failure is an exception whose text
// reaches the host.
class Job {
public:
    using Emit = std::function<void(const Json&)>;

    Job(Json arguments, Emit emit) : args(std::move(arguments)), emit_(std::move(emit)) {}

    // Sends an event line that carries this job's id.
    void event(const std::string& kind, Json detail) const;
    void cancel() { cancelled_ = true; }
    [[nodiscard]] bool cancelled() const { return cancelled_; }

    // The interface the command is about: argument "ifname", else the first PCI network function.
    [[nodiscard]] std::string ifname() const;
    [[nodiscard]] Milliseconds timeout(int default_ms) const;
    [[nodiscard]] std::string text(const char* name) const;

    const Json args;

private:
    Emit emit_;
    std::atomic<bool> cancelled_{false};
};

struct Command {
    std::string_view name;
    std::string_view summary;
    Json (*run)(Job&);
};

using CommandTable = std::span<const Command>;

// The tables of all topic files.
[[nodiscard]] std::span<const CommandTable> command_tables();
[[nodiscard]] const Command* find_command(std::string_view name);

[[nodiscard]] CommandTable identify_commands();
[[nodiscard]] CommandTable link_commands();
[[nodiscard]] CommandTable ethtool_commands();
[[nodiscard]] CommandTable module_commands();
[[nodiscard]] CommandTable process_commands();
[[nodiscard]] CommandTable session_commands();
[[nodiscard]] CommandTable kernel_log_commands();
[[nodiscard]] CommandTable power_commands();
[[nodiscard]] CommandTable flow_rule_commands();
[[nodiscard]] CommandTable tunnel_commands();
[[nodiscard]] CommandTable traffic_commands();
[[nodiscard]] CommandTable ping_commands();
[[nodiscard]] CommandTable packet_commands();
[[nodiscard]] CommandTable xdp_commands();
[[nodiscard]] CommandTable xsk_commands();
[[nodiscard]] CommandTable offload_commands();
[[nodiscard]] CommandTable check_commands();

}  // namespace agent
