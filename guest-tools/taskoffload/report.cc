// SPDX-License-Identifier: GPL-2.0-or-later
#include "report.h"

#include <algorithm>

#include "settings.h"

namespace taskoffload {
namespace {

constexpr std::size_t kGap = 2;

// Left-aligned columns.
std::string columns(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i] + std::string(widths[i] - row[i].size() + kGap, ' ');
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

Json value_json(const std::string& value) {
    const auto number = parse_number(value);
    return number ? Json(*number) : Json(value);
}

Json table_json(const CapsWords& words, bool with_state) {
    Json out = Json::object();
    for (const Row& row : capability_rows(words)) {
        out[row.name] = value_json(row.value);
    }
    for (const Row& row : with_state ? state_rows(words) : Table{}) {
        out[row.name] = row.value;
    }
    return out;
}

}  // namespace

std::string snapshot_text(const Snapshot& snapshot) {
    const Table hardware = capability_rows(snapshot.hardware);
    const Table configured = capability_rows(snapshot.configured);
    const Table current = snapshot.current ? capability_rows(*snapshot.current) : Table{};
    std::vector<std::vector<std::string>> rows{{"", "hardware", "configured", "current"}};
    for (std::size_t i = 0; i < hardware.size(); ++i) {
        rows.push_back({hardware[i].name, hardware[i].value, configured[i].value,
                        snapshot.current ? current[i].value : "-"});
    }
    for (const Row& row : state_rows(snapshot.configured)) {
        rows.push_back({row.name, "", row.value});
    }
    rows.push_back({"generation", "", std::to_string(snapshot.generation)});
    return columns(rows);
}

Json snapshot_json(const Snapshot& snapshot) {
    Json out{{"generation", snapshot.generation},
             {"hardware", table_json(snapshot.hardware, false)},
             {"configured", table_json(snapshot.configured, true)}};
    if (snapshot.current) {
        out["current"] = table_json(*snapshot.current, true);
    }
    return out;
}

std::string differences_text(const std::vector<Difference>& rows) {
    std::vector<std::vector<std::string>> out;
    for (const Difference& row : rows) {
        out.push_back({row.table, row.name, row.before + " -> " + row.after});
    }
    return columns(out);
}

Json differences_json(const std::vector<Difference>& rows) {
    Json out = Json::array();
    for (const Difference& row : rows) {
        out.push_back({{"table", row.table},
                       {"name", row.name},
                       {"before", value_json(row.before)},
                       {"after", value_json(row.after)}});
    }
    return out;
}

std::string statistics_text(const std::vector<Counter>& counters) {
    std::vector<std::vector<std::string>> rows;
    for (const Counter& counter : counters) {
        rows.push_back({std::string(counter.name), std::to_string(counter.value),
                        std::string(counter.meaning)});
    }
    return columns(rows);
}

Json statistics_json(const std::vector<Counter>& counters) {
    Json out = Json::object();
    for (const Counter& counter : counters) {
        out[std::string(counter.name)] = counter.value;
    }
    return out;
}

Json outcome_json(const Outcome& outcome) {
    return {{"done", outcome.done()},
            {"code", outcome.code},
            {"member", outcome.member == 0 ? "" : x550_member_name(outcome.member)},
            {"message", outcome.message}};
}

}  // namespace taskoffload
