// SPDX-License-Identifier: GPL-2.0-or-later
#include "report.h"

#include <algorithm>
#include <string>
#include <vector>

#include "check_result.h"
#include "offloads.h"

namespace host {
namespace {

constexpr int kVersion = 1;

Json check_entry(const Json& check) {
    const std::string words = reason_words(check);
    const Json seconds = member(check, "seconds");
    return {{"name", text(check, "name")},
            {"group", group_of(check)},
            {"summary", text(check, "summary")},
            {"outcome", outcome_of(check)},
            {"sentence", sentence_of(check)},
            {"reason", words.empty() ? Json() : Json(words)},
            {"seconds", seconds.is_number() ? seconds : Json()}};
}

// "on" and "both" are on in both directions, "tx" and "rx" in one.
Json on_or_off(const Json& value, OffloadDirection direction) {
    if (value.is_boolean()) {
        return value;
    }
    if (!value.is_string()) {
        return {};
    }
    const auto word = value.get<std::string>();
    const bool one = word == (direction == OffloadDirection::transmit ? "tx" : "rx");
    return one || (word != "off" && word != "tx" && word != "rx");
}

Json state_of(const Offload& offload, const Json& tables, const char* table) {
    switch (offload.kind) {
        case OffloadSwitch::property:
            return on_or_off(member(member(tables, table), offload.name), offload.direction);
        case OffloadSwitch::block:
            return std::string_view(table) == "hardware" ? Json(tables.is_object()) : Json();
        case OffloadSwitch::chip:
            return {};
    }
    return {};
}

Json cost_of(const Offload& offload, const std::vector<const Json*>& proofs) {
    for (const Json* check : proofs) {
        const Json cost = member(member(member(*check, "detail"), "cost"), offload.name);
        const Json on = member(cost, "on");
        const Json off = member(cost, "off");
        if (on.is_number() || off.is_number()) {
            return {{"on", on.is_number() ? on : Json()},
                    {"off", off.is_number() ? off : Json()},
                    {"unit", text(cost, "unit")}};
        }
    }
    return {};
}

// The results that say something about it, in the order of its row.
std::vector<const Json*> proofs_of(const Offload& offload, const Json& checks) {
    std::vector<const Json*> out;
    for (const std::string_view name : offload.checks) {
        for (const Json& check : checks) {
            if (!name.empty() && text(check, "name") == name) {
                out.push_back(&check);
            }
        }
    }
    return out;
}

// One failure fails it; where nothing passed either it was not seen.
Json seen(const Offload& offload, const std::vector<const Json*>& proofs) {
    for (const char* outcome : {"fail", "pass", "skip"}) {
        const auto found = std::find_if(proofs.begin(), proofs.end(), [&](const Json* check) {
            return outcome_of(*check) == outcome;
        });
        if (found != proofs.end()) {
            const std::string sentence = sentence_of(**found);
            const bool failed = outcome_of(**found) == "fail";
            return {{"outcome", outcome},
                    {"sentence", failed ? text(**found, "name") + " failed" : sentence},
                    {"reason", failed ? Json(sentence) : Json()}};
        }
    }
    const bool none = offload.checks.front().empty();
    return {{"outcome", "skip"},
            {"sentence", none ? "no check looks at it" : "its checks did not run"},
            {"reason", Json()}};
}

Json offload_entry(const Offload& offload, const ReportInput& input) {
    const auto checks = proofs_of(offload, input.checks);
    Json proofs = Json::array();
    Json evidence = Json::array();
    for (const Json* check : checks) {
        proofs.push_back({{"check", text(*check, "name")},
                          {"outcome", outcome_of(*check)},
                          {"sentence", sentence_of(*check)}});
        add_evidence(*check, evidence);
    }
    return {{"name", offload.name},
            {"direction", name_of(offload.direction)},
            {"title", offload.title},
            {"offered", state_of(offload, input.offload_tables, "hardware")},
            {"configured", state_of(offload, input.offload_tables, "configured")},
            {"current", state_of(offload, input.offload_tables, "current")},
            {"seen", seen(offload, checks)},
            {"proofs", proofs},
            {"evidence", evidence},
            {"cost", cost_of(offload, checks)}};
}

Json limits_of(const Json& tables) {
    Json out = Json::array();
    for (const OffloadLimit& limit : all_offload_limits()) {
        out.push_back({{"name", limit.name},
                       {"title", limit.title},
                       {"offered", member(member(tables, "hardware"), limit.name)},
                       {"configured", member(member(tables, "configured"), limit.name)},
                       {"current", member(member(tables, "current"), limit.name)}});
    }
    return out;
}

template <typename Outcome>
Json count(const Json& entries, const Outcome& outcome) {
    Json out{{"pass", 0}, {"fail", 0}, {"skip", 0}};
    for (const Json& entry : entries) {
        Json& counter = out.at(outcome(entry));
        counter = counter.get<unsigned>() + 1;
    }
    return out;
}

}  // namespace

Json make_report(const ReportInput& input) {
    Json offloads = Json::array();
    for (const Offload& offload : all_offloads()) {
        offloads.push_back(offload_entry(offload, input));
    }
    Json checks = Json::array();
    for (const Json& check : input.checks) {
        checks.push_back(check_entry(check));
    }
    Json totals{{"checks", count(checks, outcome_of)},
                {"offloads",
                 count(offloads, [](const Json& entry) { return outcome_of(entry.at("seen")); })}};
    const Json out{{"version", kVersion},
                   {"device", input.device},
                   {"guest", input.guest_facts},
                   {"block", input.offload_tables.is_object()},
                   {"offloads", std::move(offloads)},
                   {"limits", limits_of(input.offload_tables)},
                   {"checks", std::move(checks)},
                   {"totals", std::move(totals)},
                   {"seconds", input.seconds}};
    return Json::parse(out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace host
