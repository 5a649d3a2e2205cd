// SPDX-License-Identifier: GPL-2.0-or-later
// x550-agent: answers JSON-line commands inside a guest, as its init process or as a program.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <unistd.h>

#include "channel.h"
#include "init.h"
#include "process.h"
#include "server.h"

namespace {

constexpr const char* kVirtioPort = "/dev/virtio-ports/org.qemu-x550.agent";
constexpr const char* kSerialPort = "/dev/ttyS1";

std::string default_port() {
    const auto parameters = agent::kernel_parameters();
    const auto chosen = parameters.find("agent");
    if (chosen != parameters.end()) {
        return "/dev/" + chosen->second;
    }
    return std::filesystem::exists(kVirtioPort) ? kVirtioPort : kSerialPort;
}

// x550.shell=ttyS0 on the kernel command line: a shell there, started again whenever it ends.
void serve_shell() {
    const auto parameters = agent::kernel_parameters();
    const auto terminal = parameters.find("shell");
    if (terminal != parameters.end()) {
        std::thread([path = "/dev/" + terminal->second] {
            while (true) {
                agent::run_shell(path);
            }
        }).detach();
    }
}

int run(int argc, char** argv) {
    CLI::App app{"Guest agent of qemu-x550: answers JSON-line commands over a port"};
    std::string port;
    bool list = false;
    app.add_option("--port", port, "serial or virtio-serial port, or - for standard input");
    app.add_flag("--list", list, "print the commands and leave");
    CLI11_PARSE(app, argc, argv);
    if (list) {
        for (const auto& table : agent::command_tables()) {
            for (const auto& command : table) {
                std::printf("%-20s %s\n", std::string(command.name).c_str(),
                            std::string(command.summary).c_str());
            }
        }
        return 0;
    }
    agent::Channel channel(port.empty() ? default_port() : port);
    agent::Server(channel).serve();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        (void)std::signal(SIGPIPE, SIG_IGN);
        if (getpid() == 1) {
            agent::become_init();
            serve_shell();
            // The kernel passes words of its command line that it does not know.
            return run(1, argv);
        }
        return run(argc, argv);
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "x550-agent: %s\n", error.what());
        return 1;
    }
}
