// SPDX-License-Identifier: GPL-2.0-or-later
// Pools with the stock driver: a macvlan interface that the NIC filters for (l2-fwd-offload) has
// queues of its own, and the NIC switches between it and its parent.
#include <gtest/gtest.h>

#include "crafted.h"
#include "guest_fixture.h"

namespace host {
namespace {

constexpr unsigned kFrames = 20;
constexpr const char* kMacvlan = "02:00:00:00:77:01";
constexpr const char* kStranger = "02:00:00:00:00:99";

std::string hex_of_frame(const std::vector<std::byte>& frame) {
    std::string text(frame.size(), '\0');
    std::transform(frame.begin(), frame.end(), text.begin(),
                   [](std::byte byte) { return static_cast<char>(byte); });
    return hex_of(text);
}

class Vmdq : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        machine_ = &boot(config_of(GetParam()), *network_);
        facts_ = configure_guest(*machine_);
        agent().call("features.set", {{"features", {{"l2-fwd-offload", true}}}});
        agent().call("link.wait");
        agent().call("macvlan.add", {{"mac", kMacvlan}, {"name", "pool1"}});
        agent().call("link.wait");
    }
    [[nodiscard]] AgentClient& agent() { return machine_->agent(); }

    // Packets of the parent's two queues, and of the two behind them, which are the pool's.
    struct Counts {
        std::uint64_t parent = 0;
        std::uint64_t pool = 0;
    };
    Counts counts(const std::string& direction) {
        const Json stats = agent().call("stats");
        const auto of = [&](unsigned queue) {
            return stats.at(direction + "_queue_" + std::to_string(queue) + "_packets")
                .get<std::uint64_t>();
        };
        return {of(0) + of(1), of(2) + of(3)};
    }

    [[nodiscard]] unsigned start_capture(const std::string& ifname, const std::string& mark) {
        const auto capture = agent().start("packet.capture", {{"ifname", ifname},
                                                              {"ethertype", kExperiment},
                                                              {"match", hex_of(mark)},
                                                              {"match_offset", 14},
                                                              {"count", kFrames},
                                                              {"timeout_ms", 20000}});
        EXPECT_TRUE(agent().wait_event(capture, "capturing", Milliseconds(10000)));
        return capture;
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
    GuestFacts facts_;
};

TEST_P(Vmdq, FramesOfTheWireReachTheQueuesOfTheirPool) {
    const Counts before = counts("rx");
    const auto capture = start_capture("pool1", "x550-in");
    for (unsigned i = 0; i < kFrames; ++i) {
        network_->wire()->inject(experiment_frame(kStranger, "x550-in", 200));
        network_->wire()->inject(experiment_frame(kMacvlan, "x550-in", 200));
    }
    const Json frames = agent().finish(capture).at("frames");
    EXPECT_EQ(frames.size(), kFrames);
    const Counts after = counts("rx");
    EXPECT_GE(after.pool - before.pool, kFrames);
    EXPECT_LT(after.parent - before.parent, kFrames);
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

TEST_P(Vmdq, WhatAPoolSendsToItsParentStaysInside) {
    const std::size_t mark = network_->wire()->mark();
    const Counts before = counts("tx");
    const auto capture = start_capture(facts_.ifname, "x550-out");
    const std::string inside = hex_of_frame(experiment_frame(mac(0), "x550-out", 200));
    const std::string outside = hex_of_frame(experiment_frame(kWireMac, "x550-end", 200));
    agent().call("packet.send", {{"ifname", "pool1"}, {"frames", {inside}}, {"repeat", kFrames}});
    EXPECT_EQ(agent().finish(capture).at("frames").size(), kFrames);
    agent().call("packet.send", {{"ifname", "pool1"}, {"frames", {outside}}});
    const auto carries = [](const char* text) {
        return [text = std::string(text)](const wire::Frame& frame) {
            return frame.bytes.size() > 14 + text.size() &&
                   std::memcmp(frame.bytes.data() + 14, text.data(), text.size()) == 0;
        };
    };
    EXPECT_TRUE(network_->wire()->wait_for(carries("x550-end"), Milliseconds(10000), mark));
    EXPECT_TRUE(network_->wire()->frames_since(mark, carries("x550-out")).empty());
    const Counts after = counts("tx");
    EXPECT_GE(after.pool - before.pool, kFrames + 1);
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Vmdq, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Vmdq);

}  // namespace
}  // namespace host
