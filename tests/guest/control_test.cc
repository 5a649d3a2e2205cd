// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block beside the stock driver: every switch does what it says, and switching
// under traffic loses no connection.
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

class Control : public X550PairingTest {};

TEST_P(Control, DoesWhatItSaysOnAStreamAndOnATapWithHeader) {
    const std::vector<Nic> nics{{&add_network(Backend::stream), device(), mac(0)},
                                {&add_network(Backend::tap), device(), mac(1)}};
    Machine& machine = boot(config_of(GetParam()), nics);
    for (std::size_t i = 0; i < nics.size(); ++i) {
        SCOPED_TRACE(backend_name(nics[i].network->backend()));
        (void)configure_guest(machine, i);
        for (const Json& result : run_checks(machine, {"control"}, {}, i)) {
            EXPECT_EQ(result.at("outcome"), "pass")
                << result.at("name") << ": " << result.value("reason", "");
        }
    }
    // The driver counts the wrong checksums.
    expect_happy_end(machine, {"rx_csum_offload_errors"});
}

TEST_P(Control, HasNothingToSwitchWithoutABlock) {
    MachineConfig config = config_of(GetParam());
    config.device = device("task-offload-cap=off");
    Machine& machine = boot(config, add_network(Backend::stream));
    (void)configure_guest(machine);
    for (const Json& result : run_checks(machine, {"control"})) {
        EXPECT_EQ(result.at("outcome"), "skip") << result.dump();
    }
    EXPECT_THROW(machine.agent().call("offload.tables"), std::runtime_error);
    expect_traffic(machine);
    expect_happy_end(machine);
}

// What one kind of traffic is told to go through while a switch moves.
class Storm : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        network_->wire()->set_snap_length(128);
        // While a transmit checksum is off, frames are wrong.
        network_->wire()->set_exempt([](std::span<const std::byte>) { return true; });
        machine_ = &boot(config_of(GetParam()), *network_);
        (void)configure_guest(*machine_);
        (void)agent().call("features.set", {{"features", {{"rx-lro", true}}}});
        agent().call("link.wait");
    }

    [[nodiscard]] AgentClient& agent() const { return machine_->agent(); }

    [[nodiscard]] std::vector<AgentClient::Id> start_streams() const {
        const Addresses& peer = network_->addresses();
        std::vector<AgentClient::Id> out;
        for (const std::string& host : {peer.host4, peer.host6}) {
            for (const unsigned seed : {1000U, 2000U}) {
                out.push_back(agent().start("traffic.soak", {{"host", host},
                                                             {"port", network_->server_port()},
                                                             {"bytes", 300 << 10},
                                                             {"seed", seed},
                                                             {"timeout_ms", 120000}}));
            }
        }
        return out;
    }

    // Datagrams may be lost while they are wrong or not cut; none arrives damaged.
    void expect_datagrams(const std::string& setting) const {
        const Addresses& peer = network_->addresses();
        const bool six = setting.back() == '6';
        const Json result = agent().call("traffic.udp",
                                         {{"host", six ? peer.host6 : peer.host4},
                                          {"port", network_->server_port()},
                                          {"mode", "burst"},
                                          {"count", 200},
                                          {"segment", 1200},
                                          {"timeout_ms", 60000}},
                                         std::chrono::seconds(90));
        EXPECT_EQ(result.at("damaged"), 0) << setting << ": " << result.dump();
    }

    // A whole round that began after this call.
    void expect_progress(AgentClient::Id stream, const std::string& after) const {
        while (agent().wait_event(stream, "progress", Milliseconds(0))) {
        }
        for (int rounds = 0; rounds < 2; ++rounds) {
            const auto event = agent().wait_event(stream, "progress", std::chrono::seconds(150));
            ASSERT_TRUE(event.has_value()) << after << ": a stream stands still";
            EXPECT_EQ(event->at("broken"), 0) << after << ": a connection was lost";
        }
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
};

TEST_P(Storm, LosesNoConnectionWhileASwitchMoves) {
    constexpr unsigned kTimes = 500;
    const auto streams = start_streams();
    for (const std::string setting :
         {"csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6", "csum-ip4", "lso1", "lso2-ip4",
          "lso2-ip6", "uso-ip4", "uso-ip6", "rsc-ip4", "rsc-ip6", "nvgre", "vxlan"}) {
        const auto toggle =
            agent().start("offload.toggle", {{"setting", setting}, {"times", kTimes}});
        if (setting.find("udp") != std::string::npos || setting.starts_with("uso")) {
            expect_datagrams(setting);
        }
        EXPECT_EQ(agent().finish(toggle, std::chrono::seconds(120)).at("rung"), kTimes) << setting;
        for (const AgentClient::Id stream : streams) {
            expect_progress(stream, setting);
        }
        if (HasFailure()) {
            return;
        }
    }
    for (const AgentClient::Id stream : streams) {
        agent().cancel(stream);
        const Json result = agent().finish(stream, std::chrono::seconds(150));
        EXPECT_TRUE(result.at("ok").get<bool>()) << result.dump();
    }
    agent().call("offload.reset");
    network_->wire()->set_exempt({});
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Control, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
INSTANTIATE_TEST_SUITE_P(Guest, Storm, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Control);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Storm);

}  // namespace
}  // namespace host
