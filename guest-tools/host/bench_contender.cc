// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench_contender.h"

#include <chrono>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "crafted.h"
#include "frame_flood.h"
#include "guest.h"

namespace host {
namespace {

constexpr std::uint16_t kPort = 5201;
constexpr unsigned kTunnelId = 4242;  // VXLAN VNI, GRE key
constexpr const char* kPairServer = "192.0.2.1";
constexpr const char* kPairClient = "192.0.2.2";
constexpr const char* kTunnelServer = "198.51.100.1";
constexpr const char* kTunnelClient = "198.51.100.2";

// Two guests of a pair share this socket.
std::string stream_netdev(const std::string& path, bool server) {
    return "stream,id=n0,server=" + std::string(server ? "on" : "off") +
           ",addr.type=unix,addr.path=" + path;
}

std::unique_ptr<Machine> start_stream_guest(MachineConfig config, const std::string& path,
                                            bool server, const std::string& address,
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

// Of the outer UDP header.
const char* checksum_option(const Scenario& scenario) {
    return scenario.load == Load::vxlan0 ? "noudpcsum" : "udpcsum";
}

Json run_in(Machine& machine, const std::vector<std::string>& argv, int seconds) {
    return machine.agent().call("exec", {{"argv", argv}, {"timeout_ms", seconds * 1000}},
                                Milliseconds((seconds + 20) * 1000));
}

// "Params: ... Result: OK: ... 123456pps": packets a second, in thousands.
double packets_per_second(const std::string& text) {
    const std::size_t end = text.rfind("pps");
    const std::size_t begin =
        end == std::string::npos ? end : text.find_last_not_of("0123456789", end - 1);
    if (begin == std::string::npos) {
        throw std::runtime_error("pktgen failed: " + text);
    }
    return std::stod(text.substr(begin + 1, end - begin - 1)) / 1000;
}

}  // namespace

Contender::Contender(const MachineConfig& base, const std::string& device, const Scenario& scenario)
    : device_(device), scenario_(scenario), port_(kPort) {
    MachineConfig config = base;
    config.device = device;
    if (scenario.pair()) {
        start_pair(config);
    } else {
        start_single(config);
    }
}

Contender::~Contender() {
    if (peer_) {
        peer_->kill();
    }
    if (machine_) {
        machine_->kill();
    }
}

void Contender::start_single(const MachineConfig& config) {
    network_ = std::make_unique<Network>(parse_backend(scenario_.backend));
    machine_ = std::make_unique<Machine>(config, network_.get());
    machine_->start();
    const GuestFacts facts = configure_guest(*machine_);
    ifname_ = facts.ifname;
    static std::uint16_t next_port = kPort;
    port_ = next_port++;
    server_ = network_->addresses().host4;
    if (scenario_.tunnel()) {
        make_host_tunnel();
        make_tunnel(*machine_, facts.address4, server_, kTunnelClient);
        server_ = kTunnelServer;
    }
    const std::string address = scenario_.tunnel() ? server_ : "";
    host_server_ = std::make_unique<IperfServer>(*network_, port_, address);
}

void Contender::start_pair(const MachineConfig& config) {
    const std::string path = scratch_.path() + "/pair";
    peer_ = start_stream_guest(config, path, true, kPairServer, "52:54:00:12:34:01");
    machine_ = start_stream_guest(config, path, false, kPairClient, "52:54:00:12:34:02");
    ifname_ = machine_->agent().call("identify").at("nic").at("ifname").get<std::string>();
    server_ = kPairServer;
    if (scenario_.tunnel()) {
        make_tunnel(*peer_, kPairServer, kPairClient, kTunnelServer);
        make_tunnel(*machine_, kPairClient, kPairServer, kTunnelClient);
        server_ = kTunnelServer;
    }
    (void)peer_->agent().start("exec", {{"argv", {"iperf3", "-s", "-p", std::to_string(port_)}},
                                        {"timeout_ms", 24 * 3600 * 1000}});
}

void Contender::make_tunnel(Machine& machine, const std::string& local, const std::string& remote,
                            const std::string& inner) const {
    Json tunnel{{"name", "tunnel0"}, {"local", local}, {"remote", remote}, {"address", inner}};
    if (scenario_.vxlan()) {
        tunnel.update({{"type", "vxlan"}, {"id", kTunnelId}, {"dstport", 4789}});
        tunnel["options"] = Json::array({checksum_option(scenario_)});
    } else {
        tunnel.update({{"type", "gretap"}, {"key", kTunnelId}});
    }
    machine.agent().call("tunnel.add", tunnel);
}

// The other end of a tunnel over a tap: this machine's own kernel.
void Contender::make_host_tunnel() {
    const std::string id = std::to_string(kTunnelId);
    const Addresses& addresses = network_->addresses();
    const std::string ends = " local " + addresses.host4 + " remote " + addresses.guest4;
    const std::string kind = scenario_.vxlan()
                                 ? "vxlan id " + id + ends + " dstport 4789 dev " +
                                       network_->interface() + " " + checksum_option(scenario_)
                                 : "gretap key " + id + ends;
    const std::string script = "ip link add tunnel0 mtu 1450 type " + kind + " && ip addr add " +
                               kTunnelServer + "/24 dev tunnel0 && ip link set tunnel0 up";
    network_->run_inside([&] {
        if (std::system(script.c_str()) != 0) {  // NOLINT(cert-env33-c): fixed words only
            throw std::runtime_error("this kernel offers no " + kind);
        }
    });
}

void Contender::switch_on(const std::string& feature) {
    for (Machine* const machine : {machine_.get(), peer_.get()}) {
        if (machine == nullptr) {
            continue;
        }
        try {
            machine->agent().call("features.set",
                                  {{"ifname", ifname_}, {"features", {{feature, true}}}});
        } catch (const std::exception& error) {
            (void)std::fprintf(stderr, "%s: %s stays off: %s\n", device_.c_str(), feature.c_str(),
                               error.what());
        }
    }
}

Contender::Result Contender::measure(bool guest_sends, int seconds) {
    const Costs before = costs_so_far(*machine_, ifname_);
    Result result = scenario_.load == Load::pktgen  ? run_pktgen(seconds)
                    : scenario_.load == Load::flood ? run_flood(seconds)
                                                    : run_iperf(guest_sends, seconds);
    result.costs = costs_so_far(*machine_, ifname_) - before;
    return result;
}

Contender::Result Contender::run_iperf(bool guest_sends, int seconds) {
    std::vector<std::string> words{
        "iperf3", "-J", "-c", server_, "-p", std::to_string(port_), "-t", std::to_string(seconds)};
    if (!guest_sends) {
        words.emplace_back("-R");
    }
    const Json result = run_in(*machine_, words, seconds + 20);
    const Json report = Json::parse(result.at("stdout").get<std::string>(), nullptr, false);
    if (!report.is_object() || !report.contains("end") ||
        !report.at("end").contains("sum_received")) {
        throw std::runtime_error(device_ + ": iperf3 failed: " + result.dump());
    }
    const Json& sum = report.at("end").at("sum_received");
    return {.rate = sum.at("bits_per_second").get<double>() / 1e6,
            .costs = {},
            .units = sum.at("bytes").get<double>() / 1e6};
}

// As many packets as fit into the time, at a rate that a first short run shows.
Contender::Result Contender::run_pktgen(int seconds) {
    machine_->agent().call("module.load", {{"name", "pktgen"}});
    const std::string setup =
        "p=/proc/net/pktgen; echo rem_device_all > $p/kpktgend_0; echo add_device " + ifname_ +
        " > $p/kpktgend_0; for w in 'pkt_size 60' 'clone_skb 0' 'burst 1' 'delay 0' "
        "'dst 198.51.100.77' 'dst_mac 02:00:00:00:00:77' 'count COUNT'; do echo \"$w\" > $p/" +
        ifname_ + "; done; echo start > $p/pgctrl; cat $p/" + ifname_;
    const auto run = [&](std::uint64_t count) {
        std::string script = setup;
        script.replace(script.find("COUNT"), 5, std::to_string(count));
        return packets_per_second(shell(script, seconds * 20 + 60));
    };
    constexpr std::uint64_t kProbe = 20000;
    const auto count = static_cast<std::uint64_t>(run(kProbe) * 1000 * seconds);
    return {.rate = run(count), .costs = {}, .units = static_cast<double>(count + kProbe) / 1000};
}

// What the stack took from any driver: the first column, a row a processor.
double Contender::packets_processed() {
    std::istringstream rows(shell("cut -d' ' -f1 /proc/net/softnet_stat", 60));
    double sum = 0;
    for (std::string row; rows >> row;) {
        sum += static_cast<double>(std::stoul(row, nullptr, 16));
    }
    return sum;
}

// Frames of no protocol that the stack knows, so that what is measured is NIC and driver.
Contender::Result Contender::run_flood(int seconds) {
    constexpr std::size_t kPayload = 46;
    const std::string& mac = machine_->nics().front().mac;
    const FrameFlood flood(*network_, experiment_frame(mac, "", kPayload));
    const double before = packets_processed();
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const double count = (packets_processed() - before) / 1000;
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    return {.rate = count / time.count(), .costs = {}, .units = count};
}

std::string Contender::shell(const std::string& script, int seconds) {
    return run_in(*machine_, {"sh", "-c", script}, seconds).at("stdout").get<std::string>();
}

}  // namespace host
