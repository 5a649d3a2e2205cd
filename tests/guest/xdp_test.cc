// SPDX-License-Identifier: GPL-2.0-or-later
// XDP programs in the driver: the datapath changes its rings and page layout for them.
#include <gtest/gtest.h>

#include "crafted.h"
#include "guest_fixture.h"

namespace host {
namespace {

class Xdp : public PairingTest {
protected:
    void SetUp() override {
        PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        machine_ = &boot(config_of(GetParam()), *network_);
        (void)configure_guest(*machine_);
    }

    void attach(const std::string& action) {
        machine_->agent().call("xdp.attach", {{"action", action}, {"ethertype", kExperiment}});
        machine_->agent().call("link.wait");
    }

    // Number of marked frames the guest's stack sees of ten injected ones.
    std::size_t seen_of_ten(const std::string& tag) {
        const auto capture = machine_->agent().start("packet.capture", {{"ethertype", kExperiment},
                                                                        {"match", hex_of(tag)},
                                                                        {"match_offset", 14},
                                                                        {"count", 10},
                                                                        {"timeout_ms", 1500}});
        EXPECT_TRUE(machine_->agent().wait_event(capture, "capturing", Milliseconds(10000)));
        for (int i = 0; i < 10; ++i) {
            network_->wire()->inject(experiment_frame(mac(0), tag, 200));
        }
        return machine_->agent().finish(capture).at("frames").size();
    }

    // Waits for a marked frame that the guest sent back to the wire's address.
    bool reflected(const std::string& tag, std::size_t mark, std::size_t size = 200) {
        const auto frame = network_->wire()->wait_for(
            [&](const wire::Frame& one) {
                const auto expected = experiment_frame(mac(0), tag, size);
                return one.direction == wire::Direction::from_guest &&
                       one.bytes.size() == expected.size() &&
                       std::equal(expected.begin() + 12, expected.end(), one.bytes.begin() + 12) &&
                       std::equal(expected.begin(), expected.begin() + 6, one.bytes.begin() + 6) &&
                       std::equal(expected.begin() + 6, expected.begin() + 12, one.bytes.begin());
            },
            Milliseconds(5000), mark);
        return frame.has_value();
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
};

TEST_P(Xdp, PassesDropsAndTransmits) {
    if (device_model(device_at_hand()) == "e1000e") {
        GTEST_SKIP() << "its driver has no XDP";
    }
    attach("pass");
    EXPECT_EQ(seen_of_ten("pass--"), 10U);
    expect_traffic(*machine_);
    attach("drop");
    EXPECT_EQ(seen_of_ten("drop--"), 0U);
    expect_traffic(*machine_);
    attach("tx");
    const std::size_t mark = network_->wire()->mark();
    EXPECT_EQ(seen_of_ten("tx----"), 0U);
    EXPECT_TRUE(reflected("tx----", mark));
    expect_traffic(*machine_);
    machine_->agent().call("xdp.detach");
    machine_->agent().call("link.wait");
    EXPECT_EQ(seen_of_ten("after-"), 10U);
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

// The NIC's rings point into memory of a process in the guest (AF_XDP); frames of every length go
// through it both ways.
TEST_P(Xdp, FramesCrossAfXdpWithoutACopy) {
    if (!is_x550()) {
        GTEST_SKIP() << "not every driver has it";
    }
    constexpr unsigned kRounds = 10;
    constexpr unsigned kEach = 100;
    const auto echo = machine_->agent().start(
        "xsk.echo",
        {{"ethertype", kExperiment}, {"count", kRounds * kEach}, {"timeout_ms", 60000}});
    ASSERT_TRUE(machine_->agent().wait_event(echo, "echoing", Milliseconds(30000)));
    const auto size_of = [](unsigned number) { return 46 + (number * 131) % 1455; };
    const auto tag_of = [](unsigned number) { return "xsk-" + std::to_string(10000 + number); };
    for (unsigned round = 0; round < kRounds; ++round) {
        const std::size_t mark = network_->wire()->mark();
        for (unsigned i = round * kEach; i < (round + 1) * kEach; ++i) {
            network_->wire()->inject(experiment_frame(mac(0), tag_of(i), size_of(i)));
        }
        for (unsigned i = round * kEach; i < (round + 1) * kEach; ++i) {
            ASSERT_TRUE(reflected(tag_of(i), mark, size_of(i))) << "frame " << i;
        }
    }
    const Json result = machine_->agent().finish(echo);
    EXPECT_EQ(result.at("zero_copy"), true);
    EXPECT_EQ(result.at("received"), kRounds * kEach);
    EXPECT_EQ(result.at("sent"), kRounds * kEach);
    machine_->agent().call("link.wait");
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Xdp, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Xdp);

}  // namespace
}  // namespace host
