// SPDX-License-Identifier: GPL-2.0-or-later
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
        out.push_back({{"name", check.name}, {"summary", check.summary}});
    }
    return out;
}

// Runs {names} (or all), reports each as an event, and all of them in the result.
Json run(Job& job) {
    const CheckContext context = context_of(job);
    const auto names = job.args.value("names", std::vector<std::string>());
    Json results = Json::array();
    std::size_t found = 0;
    for (const Check& check : all_checks()) {
        const bool wanted =
            names.empty() || std::find(names.begin(), names.end(), check.name) != names.end();
        if (!wanted || job.cancelled()) {
            continue;
        }
        ++found;
        Json result = run_one(check, context);
        job.event("check", result);
        results.push_back(std::move(result));
    }
    if (found < names.size()) {
        throw std::runtime_error("unknown check among " + Json(names).dump());
    }
    return results;
}

constexpr std::array kCommands{
    Command{"checks", "names and summaries of the checks", list},
    Command{"checks.run", "run {names} against {peer: {address4, address6, port, mtu}}", run},
};

}  // namespace

CommandTable check_commands() {
    return kCommands;
}

}  // namespace agent
