// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench_costs.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

#include "machine.h"

namespace host {
namespace {

namespace fs = std::filesystem;

// Value behind "name:" in a file of /proc; 0 when it is not there.
std::uint64_t number_behind(const fs::path& file, const std::string& name) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.compare(0, name.size() + 1, name + ":") == 0) {
            return std::stoull(line.substr(name.size() + 1));
        }
    }
    return 0;
}

// Fields 14 and 15 of /proc/PID/stat, counted behind the command in parentheses.
double cpu_ms(const fs::path& process) {
    std::ifstream in(process / "stat");
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::size_t end = text.rfind(')');
    if (end == std::string::npos) {
        return 0;
    }
    std::istringstream words(text.substr(end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        words >> skipped;
    }
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    words >> user >> system;
    return static_cast<double>(user + system) * 1000.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t switches(const fs::path& process) {
    std::uint64_t total = 0;
    std::error_code error;
    for (const auto& thread : fs::directory_iterator(process / "task", error)) {
        total += number_behind(thread.path() / "status", "voluntary_ctxt_switches") +
                 number_behind(thread.path() / "status", "nonvoluntary_ctxt_switches");
    }
    return total;
}

}  // namespace

Costs costs_so_far(const Machine& machine, const std::string& ifname) {
    const fs::path process = fs::path("/proc") / machine.process_id();
    const Json taken = machine.agent().call("interrupts", {{"ifname", ifname}});
    return {
        .cpu_ms = cpu_ms(process),
        .calls = number_behind(process / "io", "syscr") + number_behind(process / "io", "syscw"),
        .switches = switches(process),
        .interrupts = taken.at("taken").get<std::uint64_t>()};
}

Costs operator-(const Costs& after, const Costs& before) {
    return {.cpu_ms = after.cpu_ms - before.cpu_ms,
            .calls = after.calls - before.calls,
            .switches = after.switches - before.switches,
            .interrupts = after.interrupts - before.interrupts};
}

Json per_unit(const Costs& costs, double units) {
    const double scale = units > 0 ? 1 / units : 0;
    return {{"cpu_ms", costs.cpu_ms * scale},
            {"calls", static_cast<double>(costs.calls) * scale},
            {"switches", static_cast<double>(costs.switches) * scale},
            {"interrupts", static_cast<double>(costs.interrupts) * scale}};
}

}  // namespace host
