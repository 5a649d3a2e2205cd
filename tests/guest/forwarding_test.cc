// SPDX-License-Identifier: GPL-2.0-or-later
// A guest between two networks, as a router and as a bridge. It switches coalescing off by itself:
// what it passes on has to be what came in.
#include <gtest/gtest.h>

#include "guest_fixture.h"
#include "netlink.h"

namespace host {
namespace {

constexpr std::uint64_t kBytes = 4 << 20;
constexpr unsigned kMtu = 1500;

class Forwarding : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        near_ = &add_network(Backend::tap);
        far_ = &add_network(Backend::tap);
        machine_ =
            &boot(config_of(GetParam()), {{near_, device(), mac(0)}, {far_, device(), mac(1)}});
        for (Network* const network : {near_, far_}) {
            (void)network->capture();  // judges what the guest passes on
            network->run_inside([&] { netlink::set_mtu(network->interface(), kMtu); });
        }
        for (const std::size_t nic : {0U, 1U}) {
            names_.push_back(configure_guest(*machine_, nic).ifname);
            set_lro(names_.back(), true);
        }
    }

    [[nodiscard]] AgentClient& agent() { return machine_->agent(); }

    void run(const std::vector<std::string>& words) {
        const Json done = agent().call("exec", {{"argv", words}});
        ASSERT_EQ(done.at("status"), 0) << done.dump();
    }
    void set_lro(const std::string& ifname, bool on) {
        const Json now =
            agent().call("features.set", {{"ifname", ifname}, {"features", {{"rx-lro", on}}}});
        EXPECT_FALSE(now.contains("refused"));
        agent().call("link.wait", {{"ifname", ifname}});
    }
    void expect_lro(bool on) {
        for (const std::string& name : names_) {
            const Json features = agent().call("features", {{"ifname", name}});
            EXPECT_EQ(features.at("rx-lro").at("active"), on) << name;
            agent().call("link.wait", {{"ifname", name}});
        }
    }

    // From the near network to a server of the far one, both ways.
    void expect_through(const std::string& address) {
        near_->run_inside([&] {
            for (const char* mode : {"send", "receive"}) {
                const Json result = traffic::run_tcp(
                    {address, far_->server_port(), mode, kBytes, 55, 65536, 60000});
                EXPECT_TRUE(result.at("ok").get<bool>()) << mode << ": " << result.dump();
            }
            traffic::UdpPlan plan;
            plan.host = address;
            plan.port = far_->server_port();
            const Json result = traffic::run_udp(plan);
            EXPECT_TRUE(result.at("ok").get<bool>()) << result.dump();
        });
    }

    Network* near_ = nullptr;
    Network* far_ = nullptr;
    Machine* machine_ = nullptr;
    std::vector<std::string> names_;
};

TEST_P(Forwarding, RoutesBetweenTwoNetworks) {
    expect_lro(true);
    run({"sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"});
    run({"sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"});
    expect_lro(false);
    for (Network* const network : {near_, far_}) {
        const Addresses& known = network->addresses();
        network->run_inside([&] {
            netlink::add_default_route(network->interface(), known.guest4);
            netlink::add_default_route(network->interface(), known.guest6);
        });
    }
    expect_through(far_->addresses().host4);
    expect_through(far_->addresses().host6);
    expect_happy_end(*machine_);
}

TEST_P(Forwarding, BridgesTwoNetworks) {
    constexpr const char* kNeighbour = "192.0.2.3";  // of the near network, on the far one
    far_->run_inside([&] { netlink::add_address(far_->interface(), kNeighbour, 28); });
    expect_lro(true);
    agent().call("module.load", {{"name", "bridge"}});
    run({"ip", "link", "add", "br0", "type", "bridge"});
    for (const std::string& name : names_) {
        run({"ip", "link", "set", name, "master", "br0"});
    }
    run({"ip", "link", "set", "br0", "up"});
    expect_lro(false);
    expect_through(kNeighbour);
    run({"ip", "link", "del", "br0"});
    for (const std::string& name : names_) {
        set_lro(name, true);
    }
    expect_traffic(*machine_, 0);
    expect_traffic(*machine_, 1);
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Forwarding, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Forwarding);

}  // namespace
}  // namespace host
