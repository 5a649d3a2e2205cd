// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest_fixture.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <ostream>
#include <sstream>

#include "net_namespace.h"

namespace host {
namespace {

namespace fs = std::filesystem;

void write_text(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

fs::path evidence_folder() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(info->test_suite_name()) + "." + info->name();
    std::replace(name.begin(), name.end(), '/', '_');
    return fs::path(environment("X550_ARTIFACTS", "/tmp/x550-artifacts")) / name;
}

// QEMU warns about a NIC without a backend, which is what the user asked for.
std::string without_expected_lines(const std::string& log) {
    std::istringstream lines(log);
    std::string out;
    std::string line;
    while (std::getline(lines, line)) {
        if (line.find("has no peer") == std::string::npos) {
            out += line + "\n";
        }
    }
    return out;
}

// What the guest can still tell. A guest that hangs tells nothing, and that is no reason to wait.
void save_guest_view(Machine& machine, const fs::path& folder) {
    const auto save = [&](const char* file, const char* command, const Json& args) {
        try {
            write_text(folder / file,
                       machine.agent().call(command, args, Milliseconds(5000)).dump(1));
            return true;
        } catch (const std::exception& error) {
            write_text(folder / file, error.what());
            return false;
        }
    };
    // Where every CPU is and what every blocked task waits for, into the kernel log (sysrq); and
    // what every thread does.
    const Json stacks{{"argv",
                       {"sh", "-c",
                        "for key in l w; do echo $key > /proc/sysrq-trigger; done;"
                        "for task in /proc/[0-9]*/task/*; do"
                        " cat $task/comm $task/syscall $task/stack; done"}}};
    if (!machine.running() || !save("stacks.json", "exec", stacks)) {
        return;
    }
    save("dmesg.json", "log.since", {{"mark", 0}});
    for (const Nic& nic : machine.nics()) {
        std::string ifname;
        try {
            ifname = interface_of(machine, nic.mac);
        } catch (const std::exception&) {
            continue;
        }
        const Json one{{"ifname", ifname}};
        save((ifname + "-registers.json").c_str(), "registers", one);
        save((ifname + "-statistics.json").c_str(), "stats", one);
        save((ifname + "-identify.json").c_str(), "identify", one);
    }
    save("interrupts.json", "exec", {{"argv", {"cat", "/proc/interrupts"}}});
}

void save_machine(Machine& machine, const fs::path& folder) {
    fs::create_directories(folder);
    std::string words;
    for (const std::string& word : machine.command(false)) {
        words += word + "\n";
    }
    write_text(folder / "command-line.txt", words);
    write_text(folder / "console.log", machine.console_log());
    write_text(folder / "qemu.log", machine.qemu_log());
    if (machine.running()) {
        try {
            write_text(folder / "info-network.txt", machine.qmp().monitor("info network"));
            write_text(folder / "info-pci.txt", machine.qmp().monitor("info pci"));
            write_text(folder / "cpu-registers.txt", machine.qmp().monitor("info registers -a"));
        } catch (const std::exception& error) {
            write_text(folder / "info-network.txt", error.what());
        }
    }
    save_guest_view(machine, folder);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(machine.folder(), error)) {
        const auto extension = entry.path().extension();
        if (extension == ".pcap" || entry.path().filename() == "guest-errors.log") {
            fs::copy_file(entry.path(), folder / entry.path().filename(),
                          fs::copy_options::overwrite_existing, error);
        }
    }
    for (std::size_t i = 0; i < machine.nics().size(); ++i) {
        Network* network = machine.network(i);
        if (network != nullptr && network->wire() != nullptr) {
            network->wire()->write_pcapng(
                (folder / ("nic" + std::to_string(i) + ".pcapng")).string());
        }
    }
}

}  // namespace

void PrintTo(const Pairing& pairing, std::ostream* out) {
    *out << pairing_name(pairing);
}

std::vector<Pairing> all_pairings() {
    std::vector<Pairing> out;
    for (const Qemu& qemu : qemus_at_hand()) {
        for (const Kernel& kernel : kernels_at_hand()) {
            out.push_back({qemu, kernel});
        }
    }
    return out;
}

std::vector<Pairing> diagonal_pairings() {
    const auto qemus = qemus_at_hand();
    const auto kernels = kernels_at_hand();
    std::vector<Pairing> out;
    if (qemus.empty() || kernels.empty()) {
        return out;
    }
    for (std::size_t i = 0; i < std::max(qemus.size(), kernels.size()); ++i) {
        out.push_back({qemus[i % qemus.size()], kernels[i % kernels.size()]});
    }
    return out;
}

std::string plain_name(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return out;
}

std::string pairing_name(const Pairing& pairing) {
    // "6.1.0-56-amd64" is known by its first two numbers.
    const std::string& release = pairing.kernel.name;
    const auto second = release.find('.', release.find('.') + 1);
    return "Qemu" + plain_name(pairing.qemu.name) + "Linux" + plain_name(release.substr(0, second));
}

void GuestTest::SetUp() {
    if (qemus_at_hand().empty() || kernels_at_hand().empty()) {
        GTEST_SKIP() << "X550_QEMU_72, X550_KERNELS and X550_INITRDS name what to boot";
    }
    if (!wire::NetNamespace::available()) {
        GTEST_SKIP() << "needs root and /dev/net/tun for a network namespace of its own";
    }
}

void GuestTest::TearDown() {
    if (HasFailure()) {
        leave_evidence();
    }
    machines_.clear();
    networks_.clear();
}

void GuestTest::leave_evidence() {
    const fs::path folder = evidence_folder();
    for (std::size_t i = 0; i < machines_.size(); ++i) {
        const fs::path own = machines_.size() == 1 ? folder : folder / std::to_string(i);
        try {
            save_machine(*machines_[i], own);
        } catch (const std::exception& error) {
            std::cerr << "evidence: " << error.what() << "\n";
        }
    }
    ADD_FAILURE() << "console log, frames and registers are in " << folder.string();
}

bool GuestTest::is_x550() {
    return device_model(device_at_hand()) == "x550";
}

std::string GuestTest::device(const std::string& properties) {
    const std::string base = device_at_hand();
    return properties.empty() || !is_x550() ? base : base + "," + properties;
}

std::string GuestTest::mac(std::size_t number) {
    return "52:54:00:12:34:" + std::string(number < 6 ? "5" : "6") +
           std::to_string(number < 6 ? number : number - 6);
}

MachineConfig GuestTest::config_of(const Pairing& pairing) {
    MachineConfig config;
    config.qemu = pairing.qemu;
    config.kernel = pairing.kernel;
    config.cpus = 2;
    config.memory_mb = 320;
    config.capture = true;
    config.command_line = "loglevel=7";  // a console log that tells how far the kernel came
    config.device = device();
    return config;
}

Network& GuestTest::add_network(Backend backend) {
    networks_.push_back(
        std::make_unique<Network>(backend, static_cast<unsigned>(networks_.size())));
    return *networks_.back();
}

Machine& GuestTest::add_machine(MachineConfig config, const std::vector<Nic>& nics) {
    machines_.push_back(std::make_unique<Machine>(std::move(config), nics));
    return *machines_.back();
}

Machine& GuestTest::boot(MachineConfig config, const std::vector<Nic>& nics) {
    Machine& machine = add_machine(std::move(config), nics);
    machine.start();
    return machine;
}

Machine& GuestTest::boot(const MachineConfig& config, Network& network) {
    return boot(config, {{&network, config.device, mac(0)}});
}

void GuestTest::expect_checks(Machine& machine, const std::vector<std::string>& names,
                              std::size_t nic) {
    for (const Json& result : run_checks(machine, names, {}, nic)) {
        const auto name = result.at("name").get<std::string>();
        EXPECT_NE(result.at("outcome"), "fail") << name << ": " << result.value("reason", "");
        if (is_x550()) {
            EXPECT_NE(result.at("outcome"), "skip") << name << ": " << result.value("reason", "");
        }
    }
}

void GuestTest::expect_inward(Machine& machine, const GuestFacts& facts, std::size_t nic) {
    for (const InwardResult& result : run_inward(machine, facts, 512 << 10, nic)) {
        EXPECT_TRUE(result.ok) << result.name << ": " << result.detail;
    }
}

void GuestTest::expect_traffic(Machine& machine, std::size_t nic) {
    expect_checks(machine, {"tcp4", "udp4"}, nic);
}

void GuestTest::expect_no_complaints(Machine& machine, const std::vector<std::string>& allowed) {
    const auto expect_allowed = [&](const std::vector<std::string>& complaints) {
        for (const std::string& complaint : complaints) {
            EXPECT_TRUE(std::any_of(allowed.begin(), allowed.end(), [&](const std::string& text) {
                return complaint.find(text) != std::string::npos;
            })) << complaint;
        }
    };
    expect_allowed(kernel_complaints(machine, 0));
    for (std::size_t i = 0; i < machine.nics().size(); ++i) {
        const std::string ifname = interface_of(machine, machine.nics()[i].mac);
        expect_allowed(counter_complaints(machine, ifname));
        Network* network = machine.network(i);
        if (is_x550() && network != nullptr && network->wire() != nullptr) {
            for (const std::string& complaint : network->wire()->complaints()) {
                ADD_FAILURE() << "on the wire: " << complaint;
            }
        }
    }
}

void GuestTest::expect_happy_end(Machine& machine, const std::vector<std::string>& allowed) {
    expect_no_complaints(machine, allowed);
    if (HasFailure()) {
        return;  // the machine stays for the evidence
    }
    EXPECT_EQ(machine.power_off(), 0) << machine.qemu_log();
    EXPECT_EQ(without_expected_lines(machine.qemu_log()), "");
}

}  // namespace host
