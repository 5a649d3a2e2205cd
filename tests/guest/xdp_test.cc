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
    bool reflected(const std::string& tag, std::size_t mark) {
        const auto frame = network_->wire()->wait_for(
            [&](const wire::Frame& one) {
                const auto expected = experiment_frame(mac(0), tag, 200);
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

INSTANTIATE_TEST_SUITE_P(Guest, Xdp, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Xdp);

}  // namespace
}  // namespace host
