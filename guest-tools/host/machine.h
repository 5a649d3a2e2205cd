// SPDX-License-Identifier: GPL-2.0-or-later
// One QEMU process with a Linux guest and the agent in it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

#include "agent_client.h"
#include "network.h"
#include "qmp_client.h"
#include "scratch.h"

namespace host {

struct Qemu {
    std::string name;  // "7.2", "10.0"
    std::string binary;
    std::string plugin;    // empty: none
    std::string firmware;  // folder for -L, empty: built in
};

struct Kernel {
    std::string name;
    std::string image;
    std::string initrd;
    std::string dpdk_initrd = {};  // the same with DPDK's testpmd; empty: not at hand
};

struct Nic {
    Network* network = nullptr;   // null: a NIC without a backend
    std::string device = "x550";  // model with its properties: "x550,msix=off"
    std::string mac = "52:54:00:12:34:56";
    std::string bus = {};  // empty: default
};

struct MachineConfig {
    Qemu qemu;
    Kernel kernel;
    std::string device = "x550";  // of a machine with one NIC
    std::string machine = "q35";
    std::string cpu;  // CPU model, empty: QEMU's default
    unsigned cpus = 1;
    unsigned memory_mb = 384;
    std::string command_line;            // added to the kernel's
    std::string modules;                 // loaded by the agent; empty: the driver of `device`
    std::vector<std::string> arguments;  // added to QEMU's
    bool incoming = false;               // waits for a migration stream
    bool stock_boot = false;             // packed image and address randomisation, as distributed
    bool reboots = false;                // a restart of the guest does not end QEMU
    bool shell = false;                  // the console is this process's terminal
    bool capture = false;                // frames of every backend go to pcap files in the folder
};

// Model name without properties.
[[nodiscard]] std::string device_model(const std::string& device);
// Kernel modules that drive a device model, comma separated.
[[nodiscard]] std::string driver_modules(const std::string& device);

class Machine {
public:
    // The networks must outlive the machine.
    Machine(MachineConfig config, std::vector<Nic> nics);
    // One NIC with the device of `config`.
    Machine(const MachineConfig& config, Network* network);
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    // Kills QEMU if it still runs.
    ~Machine();

    // Starts QEMU and waits for its monitor, and for the agent unless `incoming`.
    void start(Milliseconds boot_timeout = Milliseconds(120000));
    // The command line as words; with `by_hand` as a user would type it, console on the terminal.
    [[nodiscard]] std::vector<std::string> command(bool by_hand) const;

    // Both throw while there is none, as before the start.
    [[nodiscard]] AgentClient& agent() const;
    [[nodiscard]] QmpClient& qmp() const;
    [[nodiscard]] const std::vector<Nic>& nics() const { return nics_; }
    [[nodiscard]] Network* network(std::size_t nic = 0) { return nics_.at(nic).network; }
    [[nodiscard]] const MachineConfig& config() const { return config_; }

    // For a machine started with `incoming`: its agent port feeds the client of the source from now
    // on (before the migration, so that no line is lost).
    void share_agent(Machine& source);
    // After the migration: commands go to the guest here.
    void take_agent();
    // Asks the agent to power off and waits; kills when that takes too long. Exit status of QEMU.
    int power_off(Milliseconds timeout = Milliseconds(20000));
    [[nodiscard]] bool wait_exit(Milliseconds timeout);
    void kill();
    [[nodiscard]] bool running() const { return !exited_; }
    // Of QEMU, as /proc names it; empty once it has ended.
    [[nodiscard]] std::string process_id() const;

    [[nodiscard]] std::string console_log() const;
    [[nodiscard]] std::string qemu_log() const;
    [[nodiscard]] const std::string& folder() const { return scratch_.path(); }

private:
    void spawn(const std::vector<std::string>& words);
    [[nodiscard]] std::vector<std::string> nic_arguments(std::size_t number) const;
    [[nodiscard]] std::string modules() const;
    [[nodiscard]] std::string kernel_command_line(bool by_hand) const;
    [[noreturn]] void fail_start(const std::string& why) const;

    MachineConfig config_;
    std::vector<Nic> nics_;
    Scratch scratch_;
    Ref<GSubprocess> process_;
    Ref<GCancellable> gone_{g_cancellable_new()};
    std::thread watcher_;
    std::mutex exit_lock_;
    std::condition_variable exit_changed_;
    std::atomic<bool> exited_{true};
    int exit_status_ = 0;
    std::unique_ptr<QmpClient> qmp_;
    std::shared_ptr<AgentClient> agent_;
    std::unique_ptr<LocalConnection> unshared_;  // agent port of a machine that waits
    LocalConnection* agent_connection_ = nullptr;
};

}  // namespace host
