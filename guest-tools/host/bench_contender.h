// SPDX-License-Identifier: GPL-2.0-or-later
// One device model in one benchmark scenario: its guest, and whatever stands at the other end.
#pragma once

#include <memory>
#include <string>

#include "bench_costs.h"
#include "bench_scenario.h"
#include "iperf_server.h"
#include "machine.h"
#include "network.h"
#include "scratch.h"

namespace host {

class Contender {
public:
    // Boots and configures; throws with the step that failed.
    Contender(const MachineConfig& base, const std::string& device, const Scenario& scenario);
    Contender(const Contender&) = delete;
    Contender& operator=(const Contender&) = delete;
    ~Contender();

    [[nodiscard]] const std::string& device() const { return device_; }

    struct Result {
        double rate = 0;   // in the scenario's unit
        Costs costs;       // of the measured guest's QEMU
        double units = 0;  // MB or 1000 packets
    };
    [[nodiscard]] Result measure(bool guest_sends, int seconds);
    // In the guest, and in its peer if that is one; says so where a driver does not let it.
    void switch_on(const std::string& feature);

private:
    void start_single(const MachineConfig& config);
    void start_pair(const MachineConfig& config);
    void make_tunnel(Machine& machine, const std::string& local, const std::string& remote,
                     const std::string& inner) const;
    void make_host_tunnel();
    [[nodiscard]] Result run_iperf(bool guest_sends, int seconds);
    [[nodiscard]] Result run_pktgen(int seconds);
    [[nodiscard]] Result run_flood(int seconds);
    [[nodiscard]] double packets_processed();
    [[nodiscard]] std::string shell(const std::string& script, int seconds);

    std::string device_;
    Scenario scenario_;
    Scratch scratch_;
    std::unique_ptr<Network> network_;
    std::unique_ptr<Machine> peer_;
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<IperfServer> host_server_;
    std::string ifname_;
    std::string server_;
    std::uint16_t port_;
};

}  // namespace host
