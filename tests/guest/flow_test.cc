// SPDX-License-Identifier: GPL-2.0-or-later
// Flow Director with the stock driver: rules of ethtool -N, and the flows that the driver follows
// by itself (ATR).
#include <gtest/gtest.h>
#include <tins/tins.h>

#include "crafted.h"
#include "guest_fixture.h"

namespace host {
namespace {

constexpr unsigned kFrames = 20;

class FlowDirector : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        machine_ = &boot(config_of(GetParam()), *network_);  // two CPUs: two queues
        facts_ = configure_guest(*machine_);
    }

    [[nodiscard]] std::uint64_t counter(const std::string& name) {
        return machine_->agent().call("stats").at(name).get<std::uint64_t>();
    }

    // How many of the frames of one flow each queue got, once the stack has seen them and one more;
    // of two queues either may be first, so that nothing but their number ends the wait.
    struct Spread {
        std::uint64_t queue0 = 0;
        std::uint64_t queue1 = 0;
        std::uint64_t matched = 0;
    };
    Spread spread(std::uint16_t port, bool dropped = false) {
        const Spread before{counter("rx_queue_0_packets"), counter("rx_queue_1_packets"),
                            counter("fdir_match")};
        Json wanted{{"ifname", facts_.ifname},
                    {"match", "020000005550"},
                    {"match_offset", 6},
                    {"count", kFrames + 1},
                    {"timeout_ms", 20000}};
        if (dropped) {
            wanted["until"] = hex_of("x550-end");
        }
        const auto capture = machine_->agent().start("packet.capture", wanted);
        EXPECT_TRUE(machine_->agent().wait_event(capture, "capturing", Milliseconds(10000)));
        auto packet = Tins::EthernetII(Tins::HWAddress<6>(mac(0)), Tins::HWAddress<6>(kWireMac)) /
                      Tins::IP("192.0.2.2", "192.0.2.1") / Tins::UDP(port, 4000) /
                      Tins::RawPDU(std::string(64, 'x'));
        const auto frame = bytes_of(packet);
        for (unsigned i = 0; i < kFrames; ++i) {
            network_->wire()->inject(frame);
        }
        network_->wire()->inject(experiment_frame(mac(0), "x550-end", 60));
        const Json seen = machine_->agent().finish(capture).at("frames");
        EXPECT_EQ(seen.size(), dropped ? 1U : kFrames + 1);
        return {counter("rx_queue_0_packets") - before.queue0,
                counter("rx_queue_1_packets") - before.queue1,
                counter("fdir_match") - before.matched};
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
    GuestFacts facts_;
};

TEST_P(FlowDirector, RulesSteerAndDrop) {
    machine_->agent().call("features.set", {{"features", {{"rx-ntuple-filter", true}}}});
    machine_->agent().call("link.wait");
    const auto rule = [&](unsigned location, std::uint16_t port, const Json& action) {
        Json args{{"location", location},       {"protocol", "udp4"},  {"source", "192.0.2.1"},
                  {"destination", "192.0.2.2"}, {"source_port", 4000}, {"destination_port", port}};
        args.update(action);
        machine_->agent().call("rules.add", args);
    };
    for (const unsigned queue : {0U, 1U}) {
        rule(1, 7001, {{"queue", queue}});
        const Spread got = spread(7001);
        EXPECT_GE(queue == 0 ? got.queue0 : got.queue1, kFrames);
        EXPECT_LT(queue == 0 ? got.queue1 : got.queue0, kFrames);
        EXPECT_EQ(got.matched, kFrames);
    }
    rule(2, 7002, {{"drop", true}});
    EXPECT_EQ(spread(7002, true).matched, kFrames);
    EXPECT_EQ(spread(7003).matched, 0U);
    machine_->agent().call("rules.remove", {{"location", 2}});
    EXPECT_EQ(spread(7002).matched, 0U);
    expect_happy_end(*machine_);
}

// The driver programs a signature for flows it sends, and the replies come back to that queue.
TEST_P(FlowDirector, FollowsWhatTheGuestSends) {
    EXPECT_EQ(counter("fdir_match"), 0U);
    expect_traffic(*machine_);
    EXPECT_GT(counter("fdir_match"), 100U);
    EXPECT_EQ(counter("fdir_overflow"), 0U);
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, FlowDirector, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FlowDirector);

}  // namespace
}  // namespace host
