// SPDX-License-Identifier: GPL-2.0-or-later
#include "testpmd.h"

#include <chrono>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace host {
namespace {

constexpr const char* kPrompt = "testpmd> ";
constexpr const char* kSession = "testpmd";

std::string shell(Machine& machine, const std::string& script) {
    const Json done = machine.agent().call("exec", {{"argv", {"sh", "-c", script}}});
    if (done.at("status") != 0) {
        throw std::runtime_error(script + ": " + done.at("stderr").get<std::string>());
    }
    return done.at("stdout").get<std::string>();
}

std::vector<std::string> addresses_of_nics(Machine& machine) {
    std::istringstream all(shell(machine,
                                 "for d in /sys/bus/pci/devices/*; do "
                                 "[ \"$(cat $d/vendor)$(cat $d/device)\" = 0x80860x1563 ] && "
                                 "echo ${d##*/}; done; true"));
    return {std::istream_iterator<std::string>(all), std::istream_iterator<std::string>()};
}

void hand_over(Machine& machine, const std::string& address, const std::string& driver) {
    (void)shell(machine, (driver == "vfio-pci" ? "modprobe vfio_iommu_type1 && " : "") +
                             std::string("modprobe ") + driver + " && echo " + driver +
                             " > /sys/bus/pci/devices/" + address + "/driver_override && echo " +
                             address + " > /sys/bus/pci/drivers_probe && test -e " +
                             "/sys/bus/pci/devices/" + address + "/driver");
}

void reserve_memory(Machine& machine) {
    (void)shell(machine,
                "mkdir -p /dev/hugepages && mount -t hugetlbfs none /dev/hugepages && "
                "echo 96 > /proc/sys/vm/nr_hugepages && "
                "[ $(cat /proc/sys/vm/nr_hugepages) = 96 ]");
}

}  // namespace

Testpmd::Testpmd(Machine& machine, const std::string& driver,
                 const std::vector<std::string>& options, const std::string& cores)
    : machine_(machine) {
    const std::vector<std::string> addresses = addresses_of_nics(machine);
    ports_ = addresses.size();
    reserve_memory(machine);
    std::vector<std::string> words{"dpdk-testpmd", "--lcores", cores, "-n", "1"};
    words.insert(words.end(), {"-d", "librte_mempool_ring.so.23", "--no-telemetry"});
    for (const std::string& address : addresses) {
        hand_over(machine, address, driver);
        words.insert(words.end(), {"-a", address});
    }
    words.insert(words.end(), {"--", "-i", "--total-num-mbufs=16384"});
    words.insert(words.end(), options.begin(), options.end());
    greeting_ =
        machine.agent()
            .call("session.start",
                  {{"name", kSession}, {"argv", words}, {"until", kPrompt}, {"timeout_ms", 90000}},
                  Milliseconds(120000))
            .at("output")
            .get<std::string>();
    const std::string last = std::to_string(ports_ - 1);
    if (ports_ == 0 || greeting_.find("failed") != std::string::npos ||
        run("show port info " + last).find("Infos for port " + last) == std::string::npos) {
        throw std::runtime_error("testpmd has not all ports: " + greeting_);
    }
}

// testpmd prints its prompt a character at a time, and what the forwarding thread says may come in
// between. Then another line end makes it prompt again; all that was said is in the answer.
std::string Testpmd::run(const std::string& command) {
    constexpr int kTries = 12;
    std::string text = command + "\n";
    for (int attempt = 1;; ++attempt) {
        try {
            return machine_.agent()
                .call(
                    "session.send",
                    {{"name", kSession}, {"text", text}, {"until", kPrompt}, {"timeout_ms", 5000}})
                .at("output")
                .get<std::string>();
        } catch (const std::exception&) {
            if (attempt == kTries) {
                throw;
            }
            text = "\n";
        }
    }
}

void Testpmd::run_all(const std::vector<std::string>& commands) {
    for (const std::string& command : commands) {
        (void)run(command);
    }
}

void Testpmd::await_link(const std::string& port) {
    const auto deadline = std::chrono::steady_clock::now() + Milliseconds(30000);
    std::string told;
    do {
        told = run("show port info " + port);
        if (told.find("Link status: up") != std::string::npos) {
            return;
        }
    } while (std::chrono::steady_clock::now() < deadline);
    throw std::runtime_error("no link: " + told);
}

void Testpmd::start() {
    for (std::size_t port = 0; port < ports_; ++port) {
        await_link(std::to_string(port));
    }
    (void)run("start");
}

Counts Testpmd::statistics() {
    return counts_in(run("show port stats 0"));
}

Counts Testpmd::extended_statistics() {
    return counts_in(run("show port xstats 0"));
}

std::string Testpmd::quit() {
    auto words =
        machine_.agent()
            .call("session.send", {{"name", kSession}, {"text", "quit\n"}, {"until", "Bye..."}})
            .at("output")
            .get<std::string>();
    machine_.agent().call("session.end", {{"name", kSession}});
    return words;
}

Counts counts_in(const std::string& text) {
    static const std::regex pattern(R"(([A-Za-z_][\w.-]*):\s*(\d+))");
    Counts out;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
        out[(*at)[1]] = std::stoull((*at)[2]);
    }
    return out;
}

}  // namespace host
