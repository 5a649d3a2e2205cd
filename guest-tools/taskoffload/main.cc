// SPDX-License-Identifier: GPL-2.0-or-later
// x550-taskoffload: shows and switches the task offloads of an X550 from inside a Linux guest.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "pci.h"
#include "settings.h"
#include "window.h"

namespace {

using taskoffload::Options;

constexpr unsigned kShortestInterval = 10;
constexpr unsigned kLongestInterval = 60'000;
constexpr unsigned kLongestTimeout = 1'000'000;
constexpr unsigned kMostChanges = 1'000'000;

// What each command line says.
struct Arguments {
    Options options;
    std::vector<std::string> settings;
    taskoffload::RegistryOptions registry;
    unsigned interval = 200;
    unsigned count = 0;
    unsigned timeout = 0;
    bool clear = false;
};

std::unique_ptr<taskoffload::Block> open_chosen(const Options& options) {
    const std::string address =
        taskoffload::choose_function(taskoffload::x550_functions(), options.device);
    return taskoffload::open_block(
        std::string(taskoffload::kPciDevices) + "/" + address,
        options.bar ? taskoffload::Path::Bar : taskoffload::Path::Window);
}

taskoffload::WatchOptions watch_options(const CLI::App& command, const Arguments& arguments) {
    taskoffload::WatchOptions out;
    out.interval = std::chrono::milliseconds(arguments.interval);
    if (command.count("--count") != 0) {
        out.count = arguments.count;
    }
    if (command.count("--timeout") != 0) {
        out.timeout = std::chrono::seconds(arguments.timeout);
    }
    return out;
}

void add_options(CLI::App& app, Options& options) {
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--device", options.device,
                   "PCI address such as 0000:00:02.0; default: the only X550");
    app.add_flag("--json", options.json, "print JSON");
    app.add_flag(
        "--bar", options.bar,
        "through the block's BAR instead of configuration space; works while no driver has "
        "claimed it");
    app.footer("Exit status: 0 done, 1 refused by the device, 2 bad usage or no device.");
}

void add_set(CLI::App& app, Arguments& arguments) {
    CLI::App* set = app.add_subcommand("set", "switch offloads, all of them or none");
    set->add_option("settings", arguments.settings, "NAME=VALUE ...")->required();
    set->footer(
        "Settings:\n" + taskoffload::settings_help() +
        "\nThe first set after a start also makes both IP versions active, unless it names\n"
        "ip4, ip6 or active: receive checksums of a version that is not active are off.");
}

void add_apply(CLI::App& app, Arguments& arguments) {
    CLI::App* apply = app.add_subcommand(
        "apply", "restore the defaults and do what a Windows driver does with these keywords");
    apply->add_option("--registry", arguments.registry.file, "registry export (.reg)")
        ->required()
        ->check(CLI::ExistingFile);
    apply->add_option("--section", arguments.registry.section,
                      "take adapter keywords of sections whose path contains this only");
    apply->add_flag("--dry-run", arguments.registry.dry_run, "print the request and leave");
}

void add_watch(CLI::App& app, Arguments& arguments) {
    CLI::App* watch = app.add_subcommand("watch", "print each change of the configuration");
    watch->add_option("--interval", arguments.interval, "milliseconds between two looks")
        ->check(CLI::Range(kShortestInterval, kLongestInterval))
        ->capture_default_str();
    watch->add_option("--count", arguments.count, "leave after so many changes")
        ->check(CLI::Range(1U, kMostChanges));
    watch
        ->add_option("--timeout", arguments.timeout,
                     "leave after so many seconds; status 1 if --count was not reached")
        ->check(CLI::Range(1U, kLongestTimeout));
}

int run_on_device(const CLI::App& app, const Arguments& arguments) {
    const Options& options = arguments.options;
    const auto block = open_chosen(options);
    if (app.got_subcommand("set")) {
        return taskoffload::set_command(*block, options, arguments.settings);
    }
    if (app.got_subcommand("apply")) {
        return taskoffload::apply_command(*block, options, arguments.registry);
    }
    if (app.got_subcommand("watch")) {
        return taskoffload::watch_command(*block, options,
                                          watch_options(*app.get_subcommand("watch"), arguments));
    }
    if (app.got_subcommand("stats")) {
        return taskoffload::stats_command(*block, options, arguments.clear);
    }
    return app.got_subcommand("reset") ? taskoffload::reset_command(*block, options)
                                       : taskoffload::show_command(*block, options);
}

int run(int argc, char** argv) {
    CLI::App app{"Shows and switches the task offloads of an X550", "x550-taskoffload"};
    Arguments arguments;
    add_options(app, arguments.options);
    app.add_subcommand("list", "the X550 functions of this machine");
    app.add_subcommand("show", "what the hardware has, what is configured, what is on");
    add_set(app, arguments);
    add_apply(app, arguments);
    add_watch(app, arguments);
    app.add_subcommand("stats", "the block's counters")
        ->add_flag("--clear", arguments.clear, "set them to 0 instead");
    app.add_subcommand("reset", "back to the state before the first doorbell");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? taskoffload::kDone : taskoffload::kBadUsage;
    }
    if (app.got_subcommand("list")) {
        return taskoffload::list_command(arguments.options);
    }
    // Bad settings are told even where there is no device.
    (void)taskoffload::parse_settings(arguments.settings);
    return run_on_device(app, arguments);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "x550-taskoffload: %s\n", error.what());
        return taskoffload::kBadUsage;
    }
}
