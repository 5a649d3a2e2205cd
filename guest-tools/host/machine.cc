// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace host {
namespace {

struct Driver {
    const char* model;
    const char* modules;
};
constexpr std::array kDrivers{
    Driver{"x550", "ixgbe"},
    Driver{"e1000e", "e1000e"},
    Driver{"e1000", "e1000"},
    Driver{"igb", "igb"},
    Driver{"virtio-net-pci", "virtio_pci,virtio_net"},
    Driver{"vmxnet3", "vmxnet3"},
};

// Nothing here waits for hardware that is not there; a guest boots in a few seconds under TCG.
constexpr const char* kKernelOptions =
    "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check tsc=reliable "
    "random.trust_cpu=on net.ifnames=0 cryptomgr.notests no_console_suspend nowatchdog "
    "8250.nr_uarts=2";

// An unpacked vmlinux beside the vmlinuz starts through PVH and boots in half the time.
std::string boot_image(const std::string& image) {
    const auto unpacked = std::filesystem::path(image).parent_path() / "vmlinux";
    const bool packed = std::filesystem::path(image).filename() == "vmlinuz";
    return packed && std::filesystem::exists(unpacked) ? unpacked.string() : image;
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string device_model(const std::string& device) {
    return device.substr(0, device.find(','));
}

std::string driver_modules(const std::string& device) {
    const std::string model = device_model(device);
    for (const Driver& driver : kDrivers) {
        if (model == driver.model) {
            return driver.modules;
        }
    }
    return "";
}

Machine::Machine(MachineConfig config, std::vector<Nic> nics)
    : config_(std::move(config)), nics_(std::move(nics)) {}

Machine::Machine(const MachineConfig& config, Network* network)
    : Machine(config, std::vector<Nic>{{network, config.device}}) {}

Machine::~Machine() {
    kill();
    if (watcher_.joinable()) {
        watcher_.join();
    }
}

std::string Machine::modules() const {
    if (!config_.modules.empty()) {
        return config_.modules;
    }
    std::string out;
    for (const Nic& nic : nics_) {
        const std::string driver = driver_modules(nic.device);
        if (out.find(driver) == std::string::npos) {
            out += (out.empty() ? "" : ",") + driver;
        }
    }
    return out;
}

std::string Machine::kernel_command_line(bool by_hand) const {
    std::string out = kKernelOptions;
    if (!config_.stock_boot) {
        out += " nokaslr";
    }
    if (config_.cpus > 1) {
        // The agent starts the others behind the PCI enumeration: QEMU 10.0 with TCG looks a
        // device access of one CPU up in the memory map that another CPU is just changing, and
        // aborts when the number is too large (iotlb_to_section).
        out += " maxcpus=1";
    }
    out += " x550.modules=" + modules();
    if (by_hand) {
        out += " x550.shell=ttyS0";
    }
    if (!config_.command_line.empty()) {
        out += " " + config_.command_line;
    }
    return out;
}

std::vector<std::string> Machine::nic_arguments(std::size_t number) const {
    const Nic& nic = nics_[number];
    std::vector<std::string> out;
    std::string device = nic.device;
    const std::string digit = std::to_string(number);
    if (nic.network != nullptr && nic.network->backend() != Backend::none) {
        const std::string id = "n" + digit;
        out.insert(out.end(), {"-netdev", nic.network->netdev(id)});
        device += ",netdev=" + id;
        if (config_.capture && nic.network->wire() == nullptr) {
            out.insert(out.end(), {"-object", "filter-dump,id=dump" + digit + ",netdev=" + id +
                                                  ",maxlen=256,file=" + scratch_.path() + "/nic" +
                                                  digit + ".pcap"});
        }
    }
    device += ",id=nic" + digit + ",mac=" + nic.mac;
    if (!nic.bus.empty()) {
        device += ",bus=" + nic.bus;
    }
    out.insert(out.end(), {"-device", device});
    return out;
}

std::vector<std::string> Machine::command(bool by_hand) const {
    std::vector<std::string> out{config_.qemu.binary};
    const auto add = [&](std::initializer_list<std::string> words) {
        out.insert(out.end(), words);
    };
    if (!config_.qemu.firmware.empty()) {
        add({"-L", config_.qemu.firmware});
    }
    if (!config_.qemu.plugin.empty()) {
        add({"-plugin", config_.qemu.plugin});
    }
    add({"-nodefaults", "-no-user-config", "-display", "none"});
    if (!config_.reboots) {
        add({"-no-reboot"});
    }
    add({"-machine", config_.machine + ",hpet=off", "-accel",
         config_.cpus > 1 ? "tcg,thread=multi" : "tcg"});
    if (!config_.cpu.empty()) {
        add({"-cpu", config_.cpu});
    }
    add({"-smp", std::to_string(config_.cpus), "-m", std::to_string(config_.memory_mb)});
    const std::string& image = config_.kernel.image;
    add({"-kernel", config_.stock_boot ? image : boot_image(image), "-initrd",
         config_.kernel.initrd});
    add({"-append", kernel_command_line(by_hand)});
    if (by_hand) {
        add({"-serial", "mon:stdio"});
    } else {
        const std::string folder = scratch_.path();
        const std::string console =
            config_.shell ? "stdio,id=console,signal=off,logfile=" + folder + "/console"
                          : "file,id=console,path=" + folder + "/console";
        add({"-chardev", console, "-serial", "chardev:console"});
        add({"-chardev", "socket,id=agent,path=" + folder + "/agent", "-serial", "chardev:agent"});
        add({"-chardev", "socket,id=qmp,path=" + folder + "/qmp", "-mon",
             "chardev=qmp,mode=control"});
    }
    if (config_.capture) {
        add({"-d", "guest_errors", "-D", scratch_.path() + "/guest-errors.log"});
    }
    if (config_.incoming) {
        add({"-incoming", "defer"});
    }
    out.insert(out.end(), config_.arguments.begin(), config_.arguments.end());
    for (std::size_t i = 0; i < nics_.size(); ++i) {
        const auto nic = nic_arguments(i);
        out.insert(out.end(), nic.begin(), nic.end());
    }
    return out;
}

void Machine::spawn(const std::vector<std::string>& words) {
    const auto flags = config_.shell ? G_SUBPROCESS_FLAGS_STDIN_INHERIT : G_SUBPROCESS_FLAGS_NONE;
    const Ref<GSubprocessLauncher> launcher(g_subprocess_launcher_new(flags));
    const std::string log = scratch_.path() + "/qemu-stderr";
    g_subprocess_launcher_set_stderr_file_path(launcher.get(), log.c_str());
    if (!config_.shell) {
        g_subprocess_launcher_set_stdout_file_path(launcher.get(),
                                                   (scratch_.path() + "/qemu-stdout").c_str());
    }
    for (const Nic& nic : nics_) {
        if (nic.network == nullptr) {
            continue;
        }
        for (const auto& [ours, theirs] : nic.network->descriptors()) {
            g_subprocess_launcher_take_fd(launcher.get(), fcntl(ours, F_DUPFD_CLOEXEC, 3), theirs);
        }
    }
    std::vector<const gchar*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) {
        argv.push_back(word.c_str());
    }
    argv.push_back(nullptr);
    Error error;
    process_.reset(g_subprocess_launcher_spawnv(launcher.get(), argv.data(), error.out()));
    error.check("start " + words.front());
    exited_ = false;
    watcher_ = std::thread([this] {
        g_subprocess_wait(process_.get(), nullptr, nullptr);
        {
            const std::lock_guard guard(exit_lock_);
            exit_status_ = g_subprocess_get_if_exited(process_.get()) != FALSE
                               ? g_subprocess_get_exit_status(process_.get())
                               : 128 + g_subprocess_get_term_sig(process_.get());
            exited_ = true;
            exit_changed_.notify_all();
        }
        g_cancellable_cancel(gone_.get());
    });
}

std::string Machine::process_id() const {
    const gchar* const id = process_ ? g_subprocess_get_identifier(process_.get()) : nullptr;
    return id != nullptr ? id : "";
}

void Machine::fail_start(const std::string& why) const {
    std::string text = why;
    const std::string log = qemu_log();
    if (!log.empty()) {
        text += "\nQEMU says: " + log;
    }
    const std::string console = console_log();
    if (!console.empty()) {
        text += "\nconsole ends: " +
                console.substr(console.size() - std::min<std::size_t>(console.size(), 2000));
    }
    throw std::runtime_error(text);
}

void Machine::start(Milliseconds boot_timeout) {
    LocalListener agent(scratch_.path() + "/agent");
    LocalListener monitor(scratch_.path() + "/qmp");
    spawn(command(false));
    try {
        auto agent_connection = agent.accept(gone_.get());
        qmp_ = std::make_unique<QmpClient>(monitor.accept(gone_.get()));
        if (config_.incoming) {
            unshared_ = std::move(agent_connection);
            return;
        }
        agent_ = std::make_shared<AgentClient>();
        agent_connection_ = agent_->add(std::move(agent_connection));
    } catch (const std::exception& error) {
        fail_start(std::string("QEMU did not start: ") + error.what());
    }
    if (!agent_->wait_hello(boot_timeout)) {
        fail_start("the guest's agent did not report");
    }
}

void Machine::share_agent(Machine& source) {
    agent_ = source.agent_;
    agent_connection_ = agent_->add(std::move(unshared_));
}

void Machine::take_agent() {
    agent_->activate(agent_connection_);
}

AgentClient& Machine::agent() const {
    if (!agent_) {
        throw std::runtime_error("the machine has no agent");
    }
    return *agent_;
}

QmpClient& Machine::qmp() const {
    if (!qmp_) {
        throw std::runtime_error("the machine has no monitor");
    }
    return *qmp_;
}

int Machine::power_off(Milliseconds timeout) {
    if (!exited_) {
        try {
            (void)agent().start("poweroff");
        } catch (const std::exception&) {
            // The channel is gone: QEMU is on its way out or will be killed below.
        }
    }
    if (!wait_exit(timeout)) {
        kill();
        return -1;
    }
    return exit_status_;
}

bool Machine::wait_exit(Milliseconds timeout) {
    std::unique_lock guard(exit_lock_);
    return exit_changed_.wait_for(guard, timeout, [this] { return exited_.load(); });
}

void Machine::kill() {
    if (process_ && !exited_) {
        g_subprocess_force_exit(process_.get());
        (void)wait_exit(Milliseconds(5000));
    }
}

std::string Machine::console_log() const {
    return read_text(scratch_.path() + "/console");
}
std::string Machine::qemu_log() const {
    return read_text(scratch_.path() + "/qemu-stderr");
}

}  // namespace host
