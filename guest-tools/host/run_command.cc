// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

#include "commands.h"
#include "environment.h"
#include "guest.h"
#include "run_report.h"
#include "text_table.h"

namespace host {
namespace {

constexpr std::uint64_t kInwardBytes = 1 << 20;

std::vector<std::string> default_checks() {
    return {"link", "ping4", "ping6", "tcp4", "tcp6", "udp4", "udp6", "statistics"};
}

std::string quoted(const std::string& word) {
    if (!word.empty() && word.find_first_of(" \t'\"\\$&;|<>()*?#~`!") == std::string::npos) {
        return word;
    }
    std::string out = "'";
    for (const char c : word) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

void print_command(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        line += (line.empty() ? "" : word[0] == '-' ? " \\\n    " : " ") + quoted(word);
    }
    std::cout << line << "\n";
}

bool has_nic(const std::vector<std::string>& arguments, const std::string& model) {
    return std::any_of(arguments.begin(), arguments.end(),
                       [&](const std::string& word) { return device_model(word) == model; });
}

// The user's own machine: the plug-in first, a NIC unless the arguments already have one.
std::vector<std::string> own_command(const RunOptions& options) {
    const Qemu& qemu = options.machine.qemu;
    std::vector<std::string> words{qemu.binary};
    if (!qemu.firmware.empty()) {
        words.insert(words.end(), {"-L", qemu.firmware});
    }
    if (!qemu.plugin.empty()) {
        words.insert(words.end(), {"-plugin", qemu.plugin});
    }
    words.insert(words.end(), options.own_arguments.begin(), options.own_arguments.end());
    if (!has_nic(options.own_arguments, device_model(options.machine.device))) {
        words.insert(words.end(), {"-netdev", "user,id=x550net", "-device",
                                   options.machine.device + ",netdev=x550net"});
    }
    return words;
}

int become(const std::vector<std::string>& words) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) {
        argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    throw std::runtime_error("cannot start " + words.front());
}

struct Row {
    std::string name;
    std::string outcome;
    std::string detail;
};

// Prints the lines of a run as they come and keeps them.
class Report {
public:
    void add(const Row& row) {
        checks_.push_back({{"name", row.name}, {"outcome", row.outcome}});
        if (row.outcome == "fail") {
            checks_.back()["reason"] = row.detail;
        } else {
            checks_.back()["detail"] = {{"told", row.detail}};
        }
        print(row);
    }
    void add_check(const Json& result) {
        checks_.push_back(result);
        // "skip" in the agent's words.
        const auto outcome = result.at("outcome").get<std::string>();
        print({result.at("name").get<std::string>(), outcome == "skip" ? "not offered" : outcome,
               brief(result)});
    }
    [[nodiscard]] unsigned failed() const { return failed_; }
    [[nodiscard]] unsigned passed() const { return passed_; }
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    [[nodiscard]] const Json& rows() const { return rows_; }
    // As make_report() takes them.
    [[nodiscard]] const Json& checks() const { return checks_; }

private:
    void print(const Row& row) {
        std::printf("  %5.1f s  %-20s %-5s %s\n", seconds(), row.name.c_str(), row.outcome.c_str(),
                    row.detail.c_str());
        (void)std::fflush(stdout);
        failed_ += row.outcome == "fail" ? 1U : 0U;
        passed_ += row.outcome == "pass" ? 1U : 0U;
        rows_.push_back({{"name", row.name}, {"outcome", row.outcome}, {"detail", row.detail}});
    }

    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    unsigned failed_ = 0;
    unsigned passed_ = 0;
    Json rows_ = Json::array();
    Json checks_ = Json::array();
};

void print_facts(const GuestFacts& facts) {
    const Json& nic = facts.nic.at("nic");
    const Json& driver = nic.at("driver");
    const auto line = [](const char* name, const std::string& value) {
        std::printf("  %-12s %s\n", name, value.c_str());
    };
    const auto text = [](const Json& from, const char* name) {
        return from.at(name).get<std::string>();
    };
    std::printf("\n");
    line("guest", "Linux " + text(facts.nic, "kernel"));
    line("interface", facts.ifname + ", " + text(nic, "mac"));
    line("PCI", text(nic, "pci_address") + ", " + text(nic, "pci_id"));
    line("driver", text(driver, "driver") + " " + text(driver, "version"));
    line("firmware", text(driver, "firmware_version"));
    line("interrupts", text(nic.at("interrupts"), "mode") + ", " +
                           nic.at("interrupts").at("vectors").dump() + " vectors");
    line("IPv4", facts.address4);
    line("IPv6", facts.address6);
}

void print_counters(Machine& machine) {
    const Json stats = machine.agent().call("stats");
    std::vector<std::vector<std::string>> rows{{"counter", "value"}};
    for (const char* name : {"rx_packets", "rx_bytes", "tx_packets", "tx_bytes", "multicast",
                             "broadcast", "rx_errors", "tx_errors", "rx_csum_offload_errors"}) {
        if (stats.contains(name)) {
            rows.push_back({name, stats.at(name).dump()});
        }
    }
    if (rows.size() > 1) {
        std::cout << "\n" << text_table(rows);
    }
}

void show_inward(Machine& machine, const GuestFacts& facts, Report& report) {
    for (const InwardResult& result : run_inward(machine, facts, kInwardBytes)) {
        report.add({result.name, result.ok ? "pass" : "fail",
                    result.ok ? "the host connects into the guest" : result.detail});
    }
}

// Checks that put frames on the network spoil checksums, and the driver counts those.
void show_driver(Machine& machine, const GuestFacts& facts, std::uint64_t mark, bool spoiled,
                 Report& report) {
    for (const auto& complaints :
         {kernel_complaints(machine, mark), counter_complaints(machine, facts.ifname)}) {
        for (const std::string& complaint : complaints) {
            if (!spoiled || complaint.find("rx_csum_offload_errors") == std::string::npos) {
                report.add({"driver", "fail", complaint});
            }
        }
    }
}

std::string first_wrong(const std::vector<std::string>& complaints) {
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(complaints.size(), 5); ++i) {
        out += (i == 0 ? ", wrong: " : "; ") + complaints[i];
    }
    return out;
}

void show_wire(wire::Capture* capture, Report& report) {
    if (capture == nullptr) {
        return;
    }
    const auto complaints = capture->complaints();
    report.add({"wire", complaints.empty() ? "pass" : "fail",
                std::to_string(capture->judged()) + " frames judged" + first_wrong(complaints)});
}

bool all_checks(const RunOptions& options) {
    return !options.checks.empty() && options.checks.front() == "all";
}

bool checks_want_wire(const RunOptions& options) {
    return all_checks(options) || (!options.checks.empty() && wants_wire(options.checks));
}

// ixgbe offers as many queues as there are CPUs.
unsigned chosen_cpus(const RunOptions& options) {
    constexpr unsigned kForQueues = 4;
    const bool queues =
        std::any_of(options.checks.begin(), options.checks.end(), [](const std::string& name) {
            return name == "all" || name == "queues" || name.compare(0, 2, "rx") == 0;
        });
    return queues && !options.cpus_chosen ? kForQueues : options.machine.cpus;
}

// User-mode networking hides the frames, so checks that are about frames get another backend.
Backend chosen_backend(const RunOptions& options) {
    if (!options.backend.empty()) {
        return parse_backend(options.backend);
    }
    if (options.print || !checks_want_wire(options)) {
        return Backend::user;
    }
    if (!wire::NetNamespace::available()) {
        std::printf(
            "Frames can be watched and made by hand only with root and /dev/net/tun: the peer "
            "alone judges (--backend user).\n");
        return Backend::user;
    }
    std::printf("These checks are about frames: --backend stream instead of user.\n");
    return Backend::stream;
}

void write_results(const RunOptions& options, ReportInput input, const Report& report) {
    input.checks = report.checks();
    input.seconds = report.seconds();
    const Json document = make_report(input);
    write_json(options.json, document, report.rows());
    write_html(options.html, document);
}

int print_checks(Machine& machine) {
    std::vector<std::vector<std::string>> rows{{"check", "group", "what it does"}};
    for (const Json& check : list_checks(machine)) {
        rows.push_back({check.at("name").get<std::string>(), check.at("group").get<std::string>(),
                        check.at("summary").get<std::string>()});
    }
    std::cout << text_table(rows);
    machine.power_off();
    return 0;
}

void hand_over_shell(Machine& machine) {
    std::cout << "\nA shell in the guest; the guest powers off when it ends (exit).\n"
              << std::flush;
    const auto shell = machine.agent().start("shell", {{"terminal", "/dev/ttyS0"}});
    (void)machine.agent().finish(shell, std::chrono::hours(24 * 365));
}

int exercise(Machine& machine, const RunOptions& options, Report& report) {
    const auto mark = machine.agent().call("log.mark").at("mark").get<std::uint64_t>();
    report.add({"boot", "pass", "the agent answers"});
    const GuestFacts facts = configure_guest(machine);
    report.add({"addresses", "pass", facts.address4 + ", " + facts.address6});
    const ReportInput input = begin_report(machine, facts);
    print_facts(facts);
    std::cout << "\n";
    const bool chosen = !options.checks.empty();
    const bool all = all_checks(options);
    (void)run_checks(machine,
                     all      ? std::vector<std::string>()
                     : chosen ? options.checks
                              : default_checks(),
                     [&](const Json& result) { report.add_check(result); });
    if (!chosen || all) {
        show_inward(machine, facts, report);
    }
    show_driver(machine, facts, mark, checks_want_wire(options), report);
    Network& network = *machine.network();
    show_wire(checks_want_wire(options) ? network.capture() : network.wire(), report);
    print_counters(machine);
    std::printf("\n%u passed, %u failed\n", report.passed(), report.failed());
    write_results(options, input, report);
    return report.failed() == 0 ? 0 : 1;
}

}  // namespace

int run_command(const RunOptions& options) {
    if (!options.own_arguments.empty()) {
        const auto words = own_command(options);
        if (options.print) {
            print_command(words);
            return 0;
        }
        return become(words);
    }
    Network network(chosen_backend(options));
    MachineConfig config = options.machine;
    config.shell = options.shell;
    config.cpus = chosen_cpus(options);
    Machine machine(config, &network);
    if (options.print) {
        print_command(machine.command(true));
        return 0;
    }
    std::printf("Booting Linux in %s with -device %s ...\n", config.qemu.binary.c_str(),
                config.device.c_str());
    (void)std::fflush(stdout);
    Report report;
    machine.start();
    if (options.list_checks) {
        return print_checks(machine);
    }
    const int status = exercise(machine, options, report);
    if (options.shell) {
        hand_over_shell(machine);
    }
    if (!options.pcap.empty() && network.wire() != nullptr) {
        network.wire()->write_pcapng(options.pcap);
    }
    machine.power_off();
    return status;
}

}  // namespace host
