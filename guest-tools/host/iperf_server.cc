// SPDX-License-Identifier: GPL-2.0-or-later
#include "iperf_server.h"

namespace host {

IperfServer::IperfServer(const Network& network, std::uint16_t port, const std::string& address) {
    const Ref<GSubprocessLauncher> launcher(g_subprocess_launcher_new(
        static_cast<GSubprocessFlags>(static_cast<unsigned>(G_SUBPROCESS_FLAGS_STDOUT_PIPE) |
                                      static_cast<unsigned>(G_SUBPROCESS_FLAGS_STDERR_SILENCE))));
    if (network.space() != nullptr) {
        g_subprocess_launcher_set_child_setup(
            launcher.get(),
            [](gpointer space) { static_cast<const wire::NetNamespace*>(space)->enter(); },
            const_cast<wire::NetNamespace*>(network.space()), nullptr);
    }
    const std::string number = std::to_string(port);
    const std::string own = network.space() != nullptr ? network.addresses().host4 : "127.0.0.1";
    const std::string bind = address.empty() ? own : address;
    Error error;
    // Nobody reads what it prints later: without interval reports the pipe never fills.
    process_.reset(g_subprocess_launcher_spawn(launcher.get(), error.out(), "iperf3", "-s", "-p",
                                               number.c_str(), "-B", bind.c_str(), "-i", "0",
                                               "--forceflush", nullptr));
    error.check("start iperf3");
    // It says so when it listens.
    const Ref<GDataInputStream> lines(
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(process_.get())));
    for (int i = 0; i < 3; ++i) {
        gchar* line = g_data_input_stream_read_line(lines.get(), nullptr, nullptr, nullptr);
        const bool listening =
            line != nullptr && std::string(line).find("listening") != std::string::npos;
        g_free(line);
        if (listening) {
            break;
        }
    }
}

IperfServer::~IperfServer() {
    g_subprocess_force_exit(process_.get());
    g_subprocess_wait(process_.get(), nullptr, nullptr);
}

}  // namespace host
