// SPDX-License-Identifier: GPL-2.0-or-later
// Goodput of one TCP stream, device models side by side: every round measures each model once, so
// that a change in the machine's mood meets all of them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>

#include "commands.h"
#include "environment.h"
#include "gobject.h"
#include "guest.h"
#include "text_table.h"

namespace host {
namespace {

constexpr std::uint16_t kPort = 5201;

// Two guests of a `stream` measurement share this socket.
std::string stream_netdev(const std::string& path, bool server) {
    return "stream,id=n0,server=" + std::string(server ? "on" : "off") +
           ",addr.type=unix,addr.path=" + path;
}

// iperf3 as server where the network's peer lives; ends with the object.
class HostServer {
public:
    HostServer(const Network& network, std::uint16_t port) {
        const Ref<GSubprocessLauncher> launcher(
            g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
                static_cast<unsigned>(G_SUBPROCESS_FLAGS_STDOUT_PIPE) |
                static_cast<unsigned>(G_SUBPROCESS_FLAGS_STDERR_SILENCE))));
        if (network.space() != nullptr) {
            g_subprocess_launcher_set_child_setup(
                launcher.get(),
                [](gpointer space) { static_cast<const wire::NetNamespace*>(space)->enter(); },
                const_cast<wire::NetNamespace*>(network.space()), nullptr);
        }
        const std::string number = std::to_string(port);
        const std::string bind =
            network.space() != nullptr ? network.addresses().host4 : "127.0.0.1";
        Error error;
        process_.reset(g_subprocess_launcher_spawn(launcher.get(), error.out(), "iperf3", "-s",
                                                   "-p", number.c_str(), "-B", bind.c_str(),
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
    HostServer(const HostServer&) = delete;
    HostServer& operator=(const HostServer&) = delete;
    ~HostServer() {
        g_subprocess_force_exit(process_.get());
        g_subprocess_wait(process_.get(), nullptr, nullptr);
    }

private:
    Ref<GSubprocess> process_;
};

// One model on one backend: its guest, and whatever stands at the other end.
class Contender {
public:
    Contender(const MachineConfig& base, const std::string& device, const std::string& backend)
        : device_(device) {
        MachineConfig config = base;
        config.device = device;
        if (backend == "stream") {
            start_pair(config);
        } else {
            start_single(config, parse_backend(backend));
        }
    }
    Contender(const Contender&) = delete;
    Contender& operator=(const Contender&) = delete;
    ~Contender() {
        if (peer_) {
            peer_->kill();
        }
        machine_->kill();
    }

    [[nodiscard]] const std::string& device() const { return device_; }

    // Mbit/s of payload, as the receiving side counted.
    [[nodiscard]] double measure(bool guest_sends, int seconds) {
        std::vector<std::string> words{"iperf3", "-J",
                                       "-c",     server_,
                                       "-p",     std::to_string(port_),
                                       "-t",     std::to_string(seconds)};
        if (!guest_sends) {
            words.emplace_back("-R");
        }
        const Json result =
            machine_->agent().call("exec", {{"argv", words}, {"timeout_ms", (seconds + 20) * 1000}},
                                   Milliseconds((seconds + 40) * 1000));
        const Json report = Json::parse(result.at("stdout").get<std::string>(), nullptr, false);
        if (!report.is_object() || !report.contains("end") ||
            !report.at("end").contains("sum_received")) {
            throw std::runtime_error(device_ + ": iperf3 failed: " + result.dump());
        }
        return report.at("end").at("sum_received").at("bits_per_second").get<double>() / 1e6;
    }

private:
    void start_single(const MachineConfig& config, Backend backend) {
        network_ = std::make_unique<Network>(backend);
        machine_ = std::make_unique<Machine>(config, network_.get());
        machine_->start();
        (void)configure_guest(*machine_);
        static std::uint16_t next_port = kPort;
        port_ = next_port++;
        server_ = network_->addresses().host4;
        host_server_ = std::make_unique<HostServer>(*network_, port_);
    }

    void start_pair(MachineConfig config) {
        const std::string path = scratch_.path() + "/pair";
        server_ = "192.0.2.1";
        port_ = kPort;
        peer_ = start_stream_guest(config, path, true, server_, "52:54:00:12:34:01");
        machine_ = start_stream_guest(config, path, false, "192.0.2.2", "52:54:00:12:34:02");
        (void)peer_->agent().start("exec", {{"argv", {"iperf3", "-s", "-p", std::to_string(port_)}},
                                            {"timeout_ms", 24 * 3600 * 1000}});
    }

    static std::unique_ptr<Machine> start_stream_guest(MachineConfig config,
                                                       const std::string& path, bool server,
                                                       const std::string& address,
                                                       const std::string& mac) {
        config.arguments.insert(config.arguments.end(),
                                {"-netdev", stream_netdev(path, server), "-device",
                                 config.device + ",netdev=n0,mac=" + mac});
        config.modules = driver_modules(config.device);
        auto machine = std::make_unique<Machine>(config, std::vector<Nic>());
        machine->start();
        machine->agent().call("link.up");
        machine->agent().call("address.add", {{"address", address}, {"prefix", 24}});
        return machine;
    }

    std::string device_;
    Scratch scratch_;
    std::unique_ptr<Network> network_;
    std::unique_ptr<Machine> peer_;
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<HostServer> host_server_;
    std::string server_;
    std::uint16_t port_ = kPort;
};

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

using Samples = std::map<std::string, std::map<bool, std::vector<double>>>;  // device, sending

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.0f", value);
    return text.data();
}

std::string ratio(double value, double of) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", of > 0 ? value / of : 0.0);
    return text.data();
}

Samples measure_backend(const BenchOptions& options, const std::string& backend) {
    std::vector<std::unique_ptr<Contender>> contenders;
    for (const std::string& device : options.devices) {
        std::fprintf(stderr, "%s: booting %s\n", backend.c_str(), device.c_str());
        try {
            contenders.push_back(std::make_unique<Contender>(options.machine, device, backend));
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s: %s left out: %s\n", backend.c_str(), device.c_str(),
                         error.what());
        }
    }
    Samples samples;
    for (int round = 0; round < options.rounds; ++round) {
        for (const bool sending : {true, false}) {
            for (const auto& contender : contenders) {
                try {
                    const double rate = contender->measure(sending, options.seconds);
                    samples[contender->device()][sending].push_back(rate);
                } catch (const std::exception& error) {
                    std::fprintf(stderr, "%s\n", error.what());
                }
            }
        }
        std::fprintf(stderr, "%s: round %d of %d\n", backend.c_str(), round + 1, options.rounds);
    }
    return samples;
}

Json figures(const Samples& samples) {
    Json out = Json::object();
    for (const auto& [device, directions] : samples) {
        for (const auto& [sending, values] : directions) {
            out[device][sending ? "sends" : "receives"] = {{"median_mbit_per_s", median(values)},
                                                           {"samples", values}};
        }
    }
    return out;
}

void print_backend(const BenchOptions& options, const std::string& backend,
                   const Samples& samples) {
    const auto value = [&](const std::string& device, bool sending) {
        const auto found = samples.find(device);
        if (found == samples.end() || found->second.count(sending) == 0) {
            return 0.0;
        }
        return median(found->second.at(sending));
    };
    const std::string& own = options.devices.back();
    std::vector<std::vector<std::string>> rows{
        {backend, "guest sends", own + " / it", "guest receives", own + " / it"}};
    for (const std::string& device : options.devices) {
        rows.push_back({device, number(value(device, true)),
                        ratio(value(own, true), value(device, true)), number(value(device, false)),
                        ratio(value(own, false), value(device, false))});
    }
    std::cout << "\n" << text_table(rows) << std::flush;
}

}  // namespace

int bench_command(const BenchOptions& options) {
    Json out = {{"qemu", options.machine.qemu.binary},
                {"kernel", options.machine.kernel.image},
                {"cpus", options.machine.cpus},
                {"seconds", options.seconds},
                {"rounds", options.rounds},
                {"unit", "Mbit/s"}};
    for (const std::string& backend : options.backends) {
        const Samples samples = measure_backend(options, backend);
        print_backend(options, backend, samples);
        out["backends"][backend] = figures(samples);
        if (!options.json.empty()) {
            std::ofstream(options.json) << out.dump(2) << "\n";
        }
    }
    return 0;
}

}  // namespace host
