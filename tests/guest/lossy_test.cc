// SPDX-License-Identifier: GPL-2.0-or-later
// Many connections over a cable that loses and reorders frames, with coalescing on: every byte
// arrives, in order and once.
#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kFlows = 64;
constexpr std::uint64_t kBytes = 64 << 10;  // of each flow
constexpr wire::Disturbance kCable{0.05, 0.05, 20};

class Lossy : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        network_->wire()->set_snap_length(128);
        machine_ = &boot(config_of(GetParam()), *network_);
        (void)configure_guest(*machine_);
        (void)machine_->agent().call("features.set", {{"features", {{"rx-lro", true}}}});
        machine_->agent().call("link.wait");
    }

    // All flows at once, half of them each way, on both versions of IP.
    void transfer(std::uint64_t seed) {
        const Addresses& peer = network_->addresses();
        std::vector<AgentClient::Id> flows;
        for (unsigned i = 0; i < kFlows; ++i) {
            flows.push_back(machine_->agent().start("traffic.tcp",
                                                    {{"host", i % 4 < 2 ? peer.host4 : peer.host6},
                                                     {"port", network_->server_port()},
                                                     {"mode", i % 2 == 0 ? "receive" : "send"},
                                                     {"bytes", kBytes},
                                                     {"seed", seed + i},
                                                     {"timeout_ms", 120000}}));
        }
        for (const AgentClient::Id flow : flows) {
            const Json result = machine_->agent().finish(flow, std::chrono::seconds(150));
            EXPECT_TRUE(result.at("ok").get<bool>()) << result.dump();
        }
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
};

// Once; for ten minutes with X550_NIGHTLY in the environment.
TEST_P(Lossy, SixtyFourFlowsArriveWhole) {
    network_->wire()->disturb(kCable);
    const auto length = std::chrono::minutes(std::getenv("X550_NIGHTLY") != nullptr ? 10 : 0);
    const auto end = Clock::now() + length;
    std::uint64_t seed = 1;
    do {
        transfer(seed);
        seed += kFlows;
    } while (Clock::now() < end && !HasFailure());
    RecordProperty("bytes", std::to_string((seed - 1) * kBytes));
    EXPECT_GT(network_->wire()->disturbed().lost, kFlows);
    EXPECT_GT(network_->wire()->disturbed().overtaken, kFlows);
    std::uint64_t coalesced = 0;
    const Json stats = machine_->agent().call("stats");
    for (const auto& [name, value] : stats.items()) {
        coalesced += name.find("rsc_aggregated") == std::string::npos ? 0 : value.get<unsigned>();
    }
    EXPECT_GT(coalesced, 0U);
    network_->wire()->disturb({});
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Lossy, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Lossy);

}  // namespace
}  // namespace host
