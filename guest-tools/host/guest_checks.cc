// SPDX-License-Identifier: GPL-2.0-or-later
// All checks behind one list: the agent's, those of the receive offloads and those of the
// task-offload block.
#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string_view>

#include "control/check.h"
#include "guest.h"
#include "receive/check.h"
#include "transmit_judge.h"

namespace host {
namespace {

using Names = std::vector<std::string>;

// Where a run is and who hears of it.
struct Run {
    Machine& machine;
    std::size_t nic;
    const AgentClient::OnEvent& on_check;
    Json results = Json::array();

    void add(Json result) {
        results.push_back(std::move(result));
        if (on_check) {
            on_check(results.back());
        }
    }
};

bool wanted(std::string_view name, std::string_view group, const Names& names) {
    return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& one) {
               return one == name || one == group;
           });
}

template <typename Check>
bool any_wanted(std::span<const Check> checks, std::string_view group, const Names& names) {
    return std::any_of(checks.begin(), checks.end(),
                       [&](const Check& check) { return wanted(check.name, group, names); });
}

// The agent has checks of the group rx as well, and none of the group control.
bool is_of_host(const std::string& name) {
    const auto called = [&](const auto& check) { return check.name == name; };
    return name == kControlGroup ||
           std::any_of(receive_checks().begin(), receive_checks().end(), called) ||
           std::any_of(control_checks().begin(), control_checks().end(), called);
}

// Those that the agent knows, as it runs them; an empty list means all of them.
void run_agent_checks(Run& run, const Names& names) {
    Network& network = *run.machine.network(run.nic);
    wire::Capture* capture = wants_wire(names) ? network.capture() : nullptr;
    // Shared with the listener, which may outlive a call that gives up.
    struct Session {
        TransmitJudge judge;
        Json results = Json::array();
    };
    const auto session = std::make_shared<Session>(Session{TransmitJudge(capture)});
    const auto id = run.machine.agent().start(
        "checks.run",
        {{"names", names},
         {"peer", peer_of(network, capture != nullptr)},
         {"ifname", interface_of(run.machine, run.machine.nics().at(run.nic).mac)}},
        [session, on_check = run.on_check](const Json& result) {
            session->results.push_back(session->judge.judged(result));
            if (on_check) {
                on_check(session->results.back());
            }
        });
    (void)run.machine.agent().finish(id, std::chrono::minutes(10));
    run.results.insert(run.results.end(), session->results.begin(), session->results.end());
}

// What each of the host's checks wants is switched once, around all of them; a check reports what
// is in its way.
template <typename Check>
void run_host_checks(Run& run, const Names& names, std::string_view group,
                     std::span<const Check> checks,
                     Json (*run_check)(const Check&, Machine&, std::size_t)) {
    if (!any_wanted(checks, group, names)) {
        return;
    }
    ReceiveTrial around(run.machine, run.nic);
    try {
        if (run.machine.network(run.nic)->takes_frames()) {
            around.prepare();
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the first check says it
    }
    for (const Check& check : checks) {
        if (wanted(check.name, group, names)) {
            run.add(run_check(check, run.machine, run.nic));
        }
    }
}

template <typename Check>
void append(Json& list, std::span<const Check> checks, std::string_view group) {
    for (const Check& check : checks) {
        list.push_back({{"group", group}, {"name", check.name}, {"summary", check.summary}});
    }
}

}  // namespace

Json peer_of(const Network& network, bool watched) {
    const Addresses& plan = network.addresses();
    return {{"address4", plan.host4},
            {"address6", plan.host6},
            {"port", network.server_port()},
            {"mtu", plan.mtu},
            {"wire", watched}};
}

bool wants_wire(const std::vector<std::string>& names) {
    constexpr std::array<std::string_view, 3> kGroups{"tx", "rx", kControlGroup};
    const auto wants = [&](const std::string& name) {
        return std::any_of(kGroups.begin(), kGroups.end(), [&](std::string_view group) {
            return name == group || name.starts_with(std::string(group) + "-");
        });
    };
    return names.empty() || std::any_of(names.begin(), names.end(), wants);
}

Json list_checks(Machine& machine) {
    Json out = machine.agent().call("checks");
    append(out, receive_checks(), kReceiveGroup);
    append(out, control_checks(), kControlGroup);
    return out;
}

Json run_checks(Machine& machine, const std::vector<std::string>& names,
                const AgentClient::OnEvent& on_check, std::size_t nic) {
    Run run{machine, nic, on_check};
    Names of_agent;
    std::remove_copy_if(names.begin(), names.end(), std::back_inserter(of_agent), is_of_host);
    if (names.empty() || !of_agent.empty()) {
        run_agent_checks(run, of_agent);
    }
    run_host_checks(run, names, kReceiveGroup, receive_checks(), run_receive_check);
    run_host_checks(run, names, kControlGroup, control_checks(), run_control_check);
    return run.results;
}

}  // namespace host
