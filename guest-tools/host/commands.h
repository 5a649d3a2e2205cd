// SPDX-License-Identifier: GPL-2.0-or-later
// The subcommands of x550-guest.
#pragma once

#include <string>
#include <vector>

#include "machine.h"

namespace host {

struct RunOptions {
    MachineConfig machine;
    std::string backend;              // empty: user, or one with a wire when a check wants it
    std::vector<std::string> checks;  // names of checks or groups
    bool cpus_chosen = false;         // false: as many as the checks have use for
    std::vector<std::string> own_arguments;  // after --: boot the user's own machine
    bool shell = false;
    bool print = false;
    bool list_checks = false;
    std::string json;  // file for the results
    std::string html;  // file for the same as a page
    std::string pcap;  // file for the frames (socket backends)
};
int run_command(const RunOptions& options);

struct BenchOptions {
    MachineConfig machine;
    std::vector<std::string> devices;
    std::vector<std::string> scenarios;  // bench_scenario.h
    std::vector<std::string> features;   // names of ethtool -k to switch on where offered
    int seconds = 3;
    int rounds = 5;
    std::string json;
};
int bench_command(const BenchOptions& options);

}  // namespace host
