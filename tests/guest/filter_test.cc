// SPDX-License-Identifier: GPL-2.0-or-later
// Address, multicast and VLAN filters, seen with frames injected on the wire: what the driver did
// not ask for does not reach its stack. A capture in the guest does not make the port promiscuous.
#include <gtest/gtest.h>

#include "crafted.h"
#include "guest_fixture.h"

namespace host {
namespace {

constexpr const char* kBroadcast = "ff:ff:ff:ff:ff:ff";
constexpr const char* kStranger = "02:00:00:00:00:99";
constexpr const char* kGroupMac = "01:00:5e:00:02:37";  // RFC 1112 6.4 for 224.0.2.55
constexpr const char* kGroup = "224.0.2.55";
constexpr const char* kOtherGroupMac = "01:00:5e:00:02:38";

class Filter : public PairingTest {
protected:
    void SetUp() override {
        PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        machine_ = &boot(config_of(GetParam()), *network_);
        facts_ = configure_guest(*machine_);
    }

    // Sends a frame to an address, then a broadcast as the end mark; true when the first one was
    // delivered before it.
    bool delivered(const std::string& to, std::optional<std::uint16_t> vlan = std::nullopt) {
        const std::string tag = "x550-" + std::to_string(++serial_) + "-";
        const auto capture = machine_->agent().start("packet.capture", {{"ifname", facts_.ifname},
                                                                        {"ethertype", kExperiment},
                                                                        {"match", hex_of(tag)},
                                                                        {"match_offset", 14},
                                                                        {"count", 2},
                                                                        {"timeout_ms", 10000}});
        EXPECT_TRUE(machine_->agent().wait_event(capture, "capturing", Milliseconds(10000)));
        network_->wire()->inject(experiment_frame(to, tag + "probe", 100, vlan));
        network_->wire()->inject(experiment_frame(kBroadcast, tag + "end1", 100));
        network_->wire()->inject(experiment_frame(kBroadcast, tag + "end2", 100));
        const Json frames = machine_->agent().finish(capture).at("frames");
        EXPECT_EQ(frames.size(), 2U);
        const std::string probe = hex_of(tag + "probe");
        return !frames.empty() &&
               frames.at(0).at("hex").get<std::string>().find(probe) != std::string::npos;
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
    GuestFacts facts_;

private:
    unsigned serial_ = 0;
};

TEST_P(Filter, DeliversOwnAddressAndNotAStrangers) {
    EXPECT_TRUE(delivered(mac(0)));
    EXPECT_FALSE(delivered(kStranger));
    machine_->agent().call("link.flags", {{"promisc", true}});
    EXPECT_TRUE(delivered(kStranger)) << "promiscuous";
    machine_->agent().call("link.flags", {{"promisc", false}});
    EXPECT_FALSE(delivered(kStranger)) << "no longer promiscuous";
    machine_->agent().call("link.set", {{"mac", kStranger}});
    EXPECT_TRUE(delivered(kStranger)) << "a new station address";
    EXPECT_FALSE(delivered(mac(0))) << "the old station address";
    machine_->agent().call("link.set", {{"mac", mac(0)}});
    expect_traffic(*machine_);
    expect_happy_end(*machine_);
}

TEST_P(Filter, DeliversJoinedGroupsOnly) {
    EXPECT_FALSE(delivered(kGroupMac));
    const auto member = machine_->agent().start("multicast.join", {{"group", kGroup}});
    ASSERT_TRUE(machine_->agent().wait_event(member, "joined", Milliseconds(10000)));
    EXPECT_TRUE(delivered(kGroupMac));
    EXPECT_FALSE(delivered(kOtherGroupMac));
    machine_->agent().call("link.flags", {{"allmulticast", true}});
    EXPECT_TRUE(delivered(kOtherGroupMac));
    machine_->agent().call("link.flags", {{"allmulticast", false}});
    machine_->agent().cancel(member);
    (void)machine_->agent().finish(member);
    EXPECT_FALSE(delivered(kGroupMac)) << "after leaving";
    expect_happy_end(*machine_);
}

// The guest's VLAN interface talks to one on the host's side of the wire.
TEST_P(Filter, VlansAreInsertedStrippedAndFiltered) {
    constexpr std::uint16_t kVlan = 100;
    if (is_x550()) {
        EXPECT_FALSE(delivered(mac(0), kVlan)) << "no VLAN is configured yet";
    }
    machine_->agent().call("vlan.add",
                           {{"id", kVlan}, {"name", "vlan100"}, {"address", "198.51.100.2"}});
    network_->wire()->set_snap_length(128);
    const std::size_t mark = network_->wire()->mark();
    network_->wire()->inject(experiment_frame(mac(0), "hello", 100, kVlan));
    machine_->agent().call("packet.send", {{"ifname", "vlan100"},
                                           {"frames",
                                            {hex_of(std::string("\xff\xff\xff\xff\xff\xff"
                                                                "\x52\x54\x00\x12\x34\x50\x88\xb5"
                                                                "tagged",
                                                                20))}}});
    const auto sent = network_->wire()->wait_for(
        [](const wire::Frame& frame) {
            return frame.direction == wire::Direction::from_guest && frame.bytes.size() > 24 &&
                   frame.bytes[12] == std::byte{0x81} && frame.bytes[18] == std::byte{'t'};
        },
        Milliseconds(5000), mark);
    ASSERT_TRUE(sent) << "no tagged frame on the wire";
    EXPECT_EQ(sent->bytes[13], std::byte{0x00});
    EXPECT_EQ(sent->bytes[15], std::byte{kVlan});
    EXPECT_EQ(sent->bytes[16], std::byte{0x88});
    EXPECT_EQ(sent->bytes[17], std::byte{0xb5});
    EXPECT_TRUE(delivered(mac(0), kVlan)) << "the VLAN is configured";
    EXPECT_FALSE(delivered(mac(0), kVlan + 1)) << "this one is not";
    expect_traffic(*machine_);
    machine_->agent().call("interface.remove", {{"ifname", "vlan100"}});
    EXPECT_FALSE(delivered(mac(0), kVlan)) << "the VLAN is gone";
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Filter, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Filter);

}  // namespace
}  // namespace host
