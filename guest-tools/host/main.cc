// SPDX-License-Identifier: GPL-2.0-or-later
// x550-guest: boots a Linux guest with a network device in QEMU, exercises and measures it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "bench_scenario.h"
#include "commands.h"
#include "environment.h"

namespace {

using host::MachineConfig;

// Options that say which QEMU, kernel and device; the environment gives defaults.
void add_machine_options(CLI::App& app, MachineConfig& config) {
    const auto qemus = host::qemus_at_hand();
    const auto kernels = host::kernels_at_hand();
    config.qemu = qemus.empty() ? host::Qemu{"", "qemu-system-x86_64", "", ""} : qemus.front();
    if (!kernels.empty()) {
        config.kernel = kernels.front();
    }
    config.device = host::device_at_hand();
    app.add_option("--qemu", config.qemu.binary, "QEMU binary")->capture_default_str();
    app.add_option("--plugin", config.qemu.plugin, "libqemu-x550.so built for that QEMU");
    app.add_option("--firmware", config.qemu.firmware, "folder with QEMU's firmware (-L)");
    app.add_option("--kernel", config.kernel.image, "Linux image");
    app.add_option("--initrd", config.kernel.initrd, "initramfs with the agent");
    app.add_option("--cpus", config.cpus, "virtual CPUs (1; 4 for rx checks)");
    app.add_option("--memory", config.memory_mb, "memory in MB")->capture_default_str();
    app.add_option("--cpu", config.cpu, "CPU model");
    app.add_option("--machine", config.machine, "machine type")->capture_default_str();
    app.add_option("--append", config.command_line, "more kernel parameters");
    app.add_option("--qemu-arg", config.arguments, "one more word for QEMU (may be repeated)")
        ->allow_extra_args(false);
}

void check_inputs(const MachineConfig& config) {
    if (config.kernel.image.empty() || config.kernel.initrd.empty()) {
        throw std::runtime_error(
            "no kernel: give --kernel and --initrd, or X550_KERNELS and X550_INITRDS");
    }
    if (host::needs_plugin(config.device) && config.qemu.plugin.empty()) {
        throw std::runtime_error("the x550 device needs --plugin (or X550_PLUGIN_72)");
    }
}

// CLI11 would take the words behind "--" as options of its own.
std::vector<std::string> take_own_arguments(int& argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--") {
            std::vector<std::string> own(argv + i + 1, argv + argc);
            argc = i;
            return own;
        }
    }
    return {};
}

int run(int argc, char** argv) {
    CLI::App app{"Boots a Linux guest with a network device in QEMU, exercises and measures it"};
    app.require_subcommand(1);

    host::RunOptions run_options;
    run_options.own_arguments = take_own_arguments(argc, argv);
    CLI::App* run = app.add_subcommand("run", "boot, move traffic, print what worked");
    add_machine_options(*run, run_options.machine);
    run->add_option("--device", run_options.machine.device, "model,property=value...")
        ->capture_default_str();
    run->add_option(
        "--backend", run_options.backend,
        "user (default), tap, tap-plain, stream (default of tx, rx and control checks), "
        "dgram or socket");
    run->add_option(
        "--check", run_options.checks,
        "run these checks or groups of checks (tx, rx, control), or all (may be repeated)");
    run->add_flag("--list-checks", run_options.list_checks, "print the checks and leave");
    run->add_flag("--shell", run_options.shell, "a shell in the guest afterwards");
    run->add_flag("--print", run_options.print, "print the command line instead of running it");
    run->add_option("--json", run_options.json, "write the results to this file");
    run->add_option("--html", run_options.html, "write them to this file as a page");
    run->add_option("--pcap", run_options.pcap, "write the frames here (socket backends)");
    run->footer("Words behind -- boot your own machine with the plug-in and the device added.");

    host::BenchOptions bench_options;
    CLI::App* bench = app.add_subcommand("bench", "goodput of device models, interleaved");
    add_machine_options(*bench, bench_options.machine);
    bench_options.devices = {"virtio-net-pci", "vmxnet3", "e1000e", "igb", "x550"};
    bench_options.scenarios = host::default_scenarios();
    bench
        ->add_option("--devices", bench_options.devices,
                     "models to compare; properties behind colons: x550:msix=off")
        ->delimiter(',')
        ->capture_default_str();
    bench
        ->add_option("--scenarios", bench_options.scenarios,
                     "user, tap, tap-plain, stream (two guests); with +vxlan, +vxlan0, +gretap, "
                     "+pktgen or +flood")
        ->delimiter(',')
        ->capture_default_str();
    bench
        ->add_option("--features", bench_options.features,
                     "features to switch on where offered: tx-tcp-mangleid-segmentation")
        ->delimiter(',');
    bench->add_option("--seconds", bench_options.seconds, "per measurement")->capture_default_str();
    bench->add_option("--rounds", bench_options.rounds, "measurements per figure")
        ->capture_default_str();
    bench->add_option("--json", bench_options.json, "write the figures to this file");

    CLI11_PARSE(app, argc, argv);
    if (run->parsed()) {
        run_options.cpus_chosen = run->count("--cpus") != 0;
        if (run_options.own_arguments.empty()) {
            check_inputs(run_options.machine);
        }
        return host::run_command(run_options);
    }
    for (std::string& device : bench_options.devices) {
        std::replace(device.begin(), device.end(), ':', ',');
    }
    check_inputs(bench_options.machine);
    return host::bench_command(bench_options);
}

}  // namespace

int main(int argc, char** argv) {
    (void)std::signal(SIGPIPE, SIG_IGN);
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "x550-guest: %s\n", error.what());
        return 2;
    }
}
