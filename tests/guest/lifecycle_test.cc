// SPDX-License-Identifier: GPL-2.0-or-later
// The port goes down and comes back in every way a user can make it, under traffic.
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

#include "guest_fixture.h"

namespace host {
namespace {

// Rounds of a storm; X550_STORM_ROUNDS overrides.
int rounds(int otherwise) {
    const std::string wanted = environment("X550_STORM_ROUNDS");
    return wanted.empty() ? otherwise : std::stoi(wanted);
}

class Lifecycle : public PairingTest {
protected:
    Machine& boot_on(Backend backend, bool stock_boot = false) {
        network_ = &add_network(backend);
        MachineConfig config = config_of(GetParam());
        config.reboots = true;
        config.stock_boot = stock_boot;
        Machine& machine = boot(config, *network_);
        facts_ = configure_guest(machine);
        return machine;
    }

    // UDP from the host into the guest without pause, until stopped: frames meet a port in every
    // state of going down and coming up.
    class Pressure {
    public:
        explicit Pressure(const Network& network) {
            thread_ = std::thread([this, &network] {
                network.run_inside([&] {
                    traffic::UdpPlan plan;
                    plan.host = network.addresses().guest4;
                    plan.port = 9;  // discard
                    plan.mode = "blast";
                    plan.timeout_ms = 600000;
                    (void)traffic::run_udp(plan, [this] { return stop_.load(); });
                });
            });
        }
        Pressure(const Pressure&) = delete;
        Pressure& operator=(const Pressure&) = delete;
        ~Pressure() {
            stop_ = true;
            thread_.join();
        }

    private:
        std::atomic<bool> stop_{false};
        std::thread thread_;
    };

    // Addresses do not survive the driver.
    void readdress(Machine& machine) {
        machine.agent().call("link.appear");
        facts_ = configure_guest(machine);
    }

    Network* network_ = nullptr;
    GuestFacts facts_;
};

TEST_P(Lifecycle, InterfaceGoesDownAndUpAHundredTimes) {
    Machine& machine = boot_on(Backend::stream);
    {
        const Pressure pressure(*network_);
        const auto storm = machine.agent().start("link.storm", {{"rounds", rounds(100)}});
        (void)machine.agent().finish(storm, std::chrono::minutes(8));
    }
    machine.agent().call("address.add", {{"address", facts_.address6}, {"prefix", 64}});
    expect_checks(machine, {"tcp4", "tcp6", "udp4"});
    expect_happy_end(machine);
}

TEST_P(Lifecycle, DriverIsUnloadedAndLoadedAHundredTimes) {
    Machine& machine = boot_on(Backend::stream);
    const std::string driver = driver_modules(device_at_hand());
    {
        const Pressure pressure(*network_);
        for (int round = 0; round < rounds(100); ++round) {
            machine.agent().call("module.unload", {{"name", driver}});
            machine.agent().call("module.load", {{"name", driver}});
            machine.agent().call("link.appear");
            machine.agent().call("link.up", {{"wait", round % 10 == 0}});
        }
    }
    readdress(machine);
    expect_checks(machine, {"tcp4", "tcp6", "udp4"});
    expect_happy_end(machine);
}

TEST_P(Lifecycle, MachineSuspendsAndResumes) {
    // Waking up begins with a reset, and Linux finds its way back only if it has placed itself at a
    // random address. Once is all there is: the second time, with any NIC, Linux comes back from
    // the sleep state without QEMU having suspended.
    Machine& machine = boot_on(Backend::stream, true);
    const auto suspend = machine.agent().start("suspend", {{"state", "mem"}});
    ASSERT_TRUE(machine.qmp().wait_event("SUSPEND", Milliseconds(60000)));
    machine.qmp().execute("system_wakeup");
    (void)machine.agent().finish(suspend, Milliseconds(90000));
    machine.agent().call("link.wait");
    expect_checks(machine, {"tcp4", "tcp6", "udp4"});
    // Sleep can catch the driver with something still to be sent, which it then resets for. No
    // power-off: after S3 it hangs in QEMU 10.0 without any NIC of ours as well.
    expect_no_complaints(
        machine, {"reset to clear Tx work after link loss", "Reset adapter", "tx_timeout_count"});
}

TEST_P(Lifecycle, CarrierFollowsSetLink) {
    Machine& machine = boot_on(Backend::stream);
    for (int round = 0; round < 5; ++round) {
        machine.qmp().execute("set_link", {{"name", "nic0"}, {"up", false}});
        machine.agent().call("link.wait", {{"carrier", false}});
        machine.qmp().execute("set_link", {{"name", "nic0"}, {"up", true}});
        machine.agent().call("link.wait", {{"carrier", true}});
    }
    expect_traffic(machine);
    // A port without link keeps what was still to be sent; the driver resets it for that reason and
    // counts that as a timeout.
    expect_happy_end(
        machine, {"reset to clear Tx work after link loss", "Reset adapter", "tx_timeout_count"});
}

TEST_P(Lifecycle, MachineRestarts) {
    Machine& machine = boot_on(Backend::stream);
    (void)machine.agent().start("reboot");
    ASSERT_TRUE(machine.qmp().wait_event("RESET", Milliseconds(30000)));
    ASSERT_TRUE(machine.agent().wait_hello(Milliseconds(120000), 2));
    (void)configure_guest(machine);
    machine.qmp().execute("system_reset");
    ASSERT_TRUE(machine.agent().wait_hello(Milliseconds(120000), 3));
    (void)configure_guest(machine);
    expect_traffic(machine);
    expect_happy_end(machine);
}

INSTANTIATE_TEST_SUITE_P(Guest, Lifecycle, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Lifecycle);

}  // namespace
}  // namespace host
