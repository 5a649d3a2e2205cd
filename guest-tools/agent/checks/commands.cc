// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "../command.h"
#include "../ethtool.h"
#include "check.h"

namespace agent {
namespace {

CheckContext context_of(Job& job) {
    CheckContext context;
    context.ifname = job.ifname();
    const Json peer = job.args.value("peer", Json::object());
    context.peer.address4 = peer.value("address4", std::string());
    context.peer.address6 = peer.value("address6", std::string());
    context.peer.port = peer.value("port", std::uint16_t{0});
    context.peer.mtu = peer.value("mtu", 1500U);
    context.peer.wire = peer.value("wire", false);
    context.cancelled = [&job] { return job.cancelled(); };
    return context;
}

std::optional<std::string> missing(const CheckContext& context, unsigned needs) {
    if ((needs & kPeer4) != 0 && context.peer.address4.empty()) {
        return "no IPv4 peer";
    }
    if ((needs & kPeer6) != 0 && context.peer.address6.empty()) {
        return "no IPv6 peer";
    }
    if ((needs & kJumboPath) != 0 && context.peer.mtu <= 1500) {
        return "the path carries no jumbo frames";
    }
    if ((needs & kWire) != 0 && !context.peer.wire) {
        return "nobody watches the wire of this network";
    }
    return std::nullopt;
}

Json run_one(const Check& check, const CheckContext& context) {
    Json out{{"name", check.name}, {"summary", check.summary}};
    const auto start = std::chrono::steady_clock::now();
    try {
        if (const auto reason = missing(context, check.needs)) {
            throw Skip(*reason);
        }
        out["detail"] = check.run(context);
        out["outcome"] = "pass";
    } catch (const Skip& reason) {
        out["outcome"] = "skip";
        out["reason"] = reason.what();
    } catch (const std::exception& error) {
        out["outcome"] = "fail";
        out["reason"] = error.what();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    out["seconds"] = took.count();
    return out;
}

Json list(Job&) {
    Json out = Json::array();
    for (const Check& check : all_checks()) {
        out.push_back({{"group", check.group}, {"name", check.name}, {"summary", check.summary}});
    }
    return out;
}

bool called(const Check& check, const std::string& name) {
    return check.name == name || (!check.group.empty() && check.group == name);
}

// Runs {names} (checks or groups, or all), reports each as an event, and all of them in the result.
Json run(Job& job) {
    const CheckContext context = context_of(job);
    const auto names = job.args.value("names", std::vector<std::string>());
    for (const std::string& name : names) {
        if (std::none_of(all_checks().begin(), all_checks().end(),
                         [&](const Check& check) { return called(check, name); })) {
            throw std::runtime_error("unknown check " + name);
        }
    }
    Json results = Json::array();
    for (const Check& check : all_checks()) {
        const bool wanted =
            names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                return called(check, name);
            });
        if (!wanted || job.cancelled()) {
            continue;
        }
        Json result = run_one(check, context);
        job.event("check", result);
        results.push_back(std::move(result));
    }
    return results;
}

constexpr std::array kCommands{
    Command{"checks", "groups, names and summaries of the checks", list},
    Command{"checks.run", "run {names} against {peer: {address4, address6, port, mtu, wire}}", run},
};

}  // namespace

CommandTable check_commands() {
    return kCommands;
}

}  // namespace agent
