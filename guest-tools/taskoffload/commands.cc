// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <functional>
#include <thread>

#include "apply.h"
#include "error.h"
#include "pci.h"
#include "plan.h"
#include "registry.h"
#include "report.h"
#include "statistics.h"
#include "tables.h"

namespace taskoffload {
namespace {

// One byte more than a registry export may have, so that its reader sees a file that is too large.
constexpr std::size_t kMostFileBytes = (16 << 20) + 1;

void print(const std::string& text) {
    (void)std::fputs(text.c_str(), stdout);
    (void)std::fflush(stdout);
}

void print(const Json& json) {
    print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void warn(const std::string& text) {
    (void)std::fprintf(stderr, "%s\n", text.c_str());
}

void warn_each(const std::string& prefix, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        warn(prefix + line);
    }
}

std::string read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes(kMostFileBytes, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.is_open() || file.bad()) {
        throw UsageError(path + ": cannot be read");
    }
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

// Does it and tells what changed; `facts` go into the JSON object.
int change(Block& block, const Options& options, const std::function<Outcome()>& action,
           Json facts = Json::object()) {
    const Turn turn(block);
    const Snapshot before = take_snapshot(block);
    const Outcome outcome = action();
    const auto rows = differences(before, take_snapshot(block));
    if (options.json) {
        facts.update(outcome_json(outcome));
        facts["changes"] = differences_json(rows);
        print(facts);
    } else if (!outcome.done()) {
        warn("refused: " + outcome.message);
    } else {
        print(rows.empty() ? "done; nothing changed\n" : differences_text(rows));
    }
    return outcome.done() ? kDone : kRefused;
}

Json request_json(const Request& request) {
    Json out = Json::object();
    std::array<std::uint32_t, X550_PARAMETERS_WORDS> words{};
    x550_pack_parameters(&request.parameters, words.data());
    for (std::uint32_t offset = 0; offset < X550_PARAM_UDP_RSC; ++offset) {
        const std::uint32_t value = offset == X550_PARAM_VXLAN_PORT
                                        ? request.parameters.vxlan_udp_port
                                        : x550_byte(words[offset / 4], offset % 4);
        if (value != 0 && offset != X550_PARAM_VXLAN_PORT + 1) {
            out[x550_member_name(X550_PARAMETERS + offset)] = value;
        }
    }
    if (request.tunnels_off != 0) {
        out["EncapsulatedPacketTaskOffload"] = X550_ENCAPSULATED_OFF;
    }
    if (request.asks_activation()) {
        out["IPv4.Enabled"] = request.ip4.enabled;
        out["IPv6.Enabled"] = request.ip6.enabled;
    }
    return out;
}

void print_plan(const Json& facts) {
    for (const auto& [member, value] : facts.at("request").items()) {
        print(member + "=" + value.dump() + "\n");
    }
}

}  // namespace

int list_command(const Options& options) {
    const auto found = x550_functions();
    if (found.empty()) {
        (void)choose_function(found, "");
    }
    if (options.json) {
        print(Json(found));
        return kDone;
    }
    for (const std::string& address : found) {
        print(address + "\n");
    }
    return kDone;
}

int show_command(Block& block, const Options& options) {
    const Snapshot snapshot = take_snapshot(block);
    if (options.json) {
        print(snapshot_json(snapshot));
    } else {
        print(snapshot_text(snapshot));
    }
    return kDone;
}

int set_command(Block& block, const Options& options, const std::vector<std::string>& settings) {
    const Turn turn(block);
    const Request request = with_first_activation(parse_settings(settings), block);
    return change(block, options, [&] { return apply(block, request); });
}

int apply_command(Block& block, const Options& options, const RegistryOptions& registry) {
    const std::string bytes = read_bytes(registry.file);
    const auto keywords = [&] {
        try {
            return Keywords(choose_section(parse_registry(bytes), registry.section));
        } catch (const UsageError& error) {
            throw UsageError(registry.file + ": " + error.what());
        }
    }();
    const Plan plan = plan_for(keywords, read_caps(block, X550_HARDWARE));
    const Json facts{{"request", request_json(plan.request)},
                     {"warnings", keywords.warnings()},
                     {"notes", plan.notes},
                     {"ignored", keywords.ignored()}};
    if (!options.json) {
        warn_each("warning: ", keywords.warnings());
        warn_each("note: ", plan.notes);
        warn_each("ignored: ", keywords.ignored());
    }
    if (!registry.dry_run) {
        return change(
            block, options, [&] { return apply(block, plan.request); }, facts);
    }
    if (options.json) {
        print(facts);
    } else {
        print_plan(facts);
    }
    return kDone;
}

int watch_command(Block& block, const Options& options, const WatchOptions& watch) {
    const auto start = std::chrono::steady_clock::now();
    const auto expired = [&] {
        return watch.timeout && std::chrono::steady_clock::now() - start >= *watch.timeout;
    };
    Snapshot known = take_snapshot(block);
    unsigned seen = 0;
    while (!watch.count || seen < *watch.count) {
        if (expired()) {
            if (watch.count) {
                warn("only " + std::to_string(seen) + " of " + std::to_string(*watch.count) +
                     " changes before the timeout");
            }
            return watch.count ? kRefused : kDone;
        }
        std::this_thread::sleep_for(watch.interval);
        if (block.read(X550_GENERATION) == known.generation) {
            continue;
        }
        const Snapshot now = take_snapshot(block);
        const auto rows = differences(known, now);
        if (options.json) {
            print(Json{{"generation", now.generation}, {"changes", differences_json(rows)}});
        } else {
            print("generation " + std::to_string(now.generation) +
                  (rows.empty() ? ": no row differs\n" : "\n" + differences_text(rows)));
        }
        known = now;
        ++seen;
    }
    return kDone;
}

int stats_command(Block& block, const Options& options, bool clear) {
    if (clear) {
        const Outcome outcome = ring(block, X550_DOORBELL_CLEAR_STATISTICS);
        if (options.json) {
            print(outcome_json(outcome));
        } else if (!outcome.done()) {
            warn("refused: " + outcome.message);
        }
        return outcome.done() ? kDone : kRefused;
    }
    const auto counters = read_statistics(block);
    if (options.json) {
        print(statistics_json(counters));
    } else {
        print(statistics_text(counters));
    }
    return kDone;
}

int reset_command(Block& block, const Options& options) {
    return change(block, options, [&] { return ring(block, X550_DOORBELL_DEFAULTS); });
}

}  // namespace taskoffload
