// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "command.h"
#include "encode.h"
#include "ethtool.h"

namespace agent {
namespace {

Json driver(Job& job) {
    return driver_info(job.ifname());
}

Json feature_get(Job& job) {
    Json out = Json::object();
    for (const auto& [name, feature] : features(job.ifname())) {
        out[name] = {{"active", feature.active}, {"fixed", feature.fixed}};
    }
    return out;
}

Json feature_set(Job& job) {
    const std::string nic = job.ifname();
    const auto wanted = job.args.at("features").get<std::map<std::string, bool>>();
    set_features(nic, wanted);
    const auto now = features(nic);
    Json out = Json::object();
    for (const auto& [name, on] : wanted) {
        const auto found = now.find(name);
        out[name] = found != now.end() && found->second.active;
        if (out[name] != on) {
            out["refused"].push_back(name);
        }
    }
    return out;
}

Json stats(Job& job) {
    return statistics(job.ifname());
}
Json stats_errors(Job& job) {
    return error_statistics(job.ifname());
}

Json settings(Job& job) {
    const std::string nic = job.ifname();
    Json out = Json::object();
    const auto add = [&](const char* name, Json (*read)(const std::string&)) {
        try {
            out[name] = read(nic);
        } catch (const std::exception& error) {
            out[name] = {{"error", error.what()}};
        }
    };
    add("driver", driver_info);
    add("link", link_settings);
    add("rings", rings);
    add("channels", channels);
    add("coalescing", coalescing);
    add("pause", pause_settings);
    add("receive_hash", receive_hash);
    add("timestamping", timestamping);
    return out;
}

Json set(Job& job) {
    const std::string nic = job.ifname();
    const auto apply = [&](const char* name, void (*write)(const std::string&, const Json&)) {
        if (job.args.contains(name)) {
            write(nic, job.args.at(name));
        }
    };
    apply("channels", set_channels);
    apply("rings", set_rings);
    apply("coalescing", set_coalescing);
    apply("pause", set_pause);
    if (job.args.contains("hash_queues")) {
        set_hash_spread(nic, job.args.at("hash_queues").get<unsigned>());
    }
    return settings(job);
}

Json run_self_test(Job& job) {
    const SelfTest test = self_test(job.ifname(), job.args.value("offline", false));
    return {{"passed", test.passed}, {"results", test.results}};
}

Json dump_registers(Job& job) {
    std::uint32_t version = 0;
    const auto bytes = registers(job.ifname(), version);
    return {{"version", version}, {"bytes", bytes.size()}, {"hex", to_hex(bytes)}};
}

Json dump_eeprom(Job& job) {
    const auto bytes = eeprom(job.ifname());
    return {{"bytes", bytes.size()}, {"hex", to_hex(bytes)}};
}

Json blink(Job& job) {
    identify_port(job.ifname(), job.args.value("seconds", 1U));
    return Json::object();
}

constexpr std::array kCommands{
    Command{"driver", "driver, version, firmware, bus (ethtool -i)", driver},
    Command{"features", "offload features (ethtool -k)", feature_get},
    Command{"features.set", "switch {features: {name: bool}} (ethtool -K)", feature_set},
    Command{"stats", "all driver statistics (ethtool -S)", stats},
    Command{"stats.errors", "non-zero statistics that speak of trouble", stats_errors},
    Command{"settings", "link, rings, channels, coalescing, pause, hash, timestamps", settings},
    Command{"settings.set", "change rings, channels, coalescing, pause, hash_queues", set},
    Command{"selftest", "driver self-test {offline} (ethtool -t)", run_self_test},
    Command{"registers", "register dump (ethtool -d)", dump_registers},
    Command{"eeprom", "EEPROM dump (ethtool -e)", dump_eeprom},
    Command{"blink", "identify the port for {seconds} (ethtool -p)", blink},
};

}  // namespace

CommandTable ethtool_commands() {
    return kCommands;
}

}  // namespace agent
