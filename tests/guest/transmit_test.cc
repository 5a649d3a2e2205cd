// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit offloads with the stock driver: every frame on the wire is judged, tunnels run between
// two guests, and features are switched under traffic.
#include <gtest/gtest.h>
#include <map>

#include "guest_fixture.h"
#include "scratch.h"

namespace host {
namespace {

constexpr std::uint16_t kPort = 5551;

// One boot with a NIC on every backend; what crosses each of them is judged.
class Transmit : public PairingTest {};

TEST_P(Transmit, IsRightOnEveryBackend) {
    std::vector<Nic> nics;
    for (const Backend backend :
         {Backend::stream, Backend::tap, Backend::tap_plain, Backend::user}) {
        nics.push_back({&add_network(backend), device(), mac(nics.size())});
    }
    Machine& machine = boot(config_of(GetParam()), nics);
    for (std::size_t i = 0; i < nics.size(); ++i) {
        SCOPED_TRACE(backend_name(nics[i].network->backend()));
        (void)configure_guest(machine, i);
        const bool watched = nics[i].network->capture() != nullptr;
        unsigned judged = 0;
        unsigned passed = 0;
        for (const Json& result : run_checks(machine, {"tx"}, {}, i)) {
            const auto name = result.at("name").get<std::string>();
            const auto outcome = result.at("outcome").get<std::string>();
            EXPECT_NE(outcome, "fail") << name << ": " << result.value("reason", "");
            passed += outcome == "pass" ? 1U : 0U;
            // User-mode networking shows no frames: the peer judges what it can receive.
            if (is_x550() && watched) {
                EXPECT_EQ(outcome, "pass") << name << ": " << result.value("reason", "");
                judged += result.at("detail").value("judged", 0U);
            }
        }
        EXPECT_EQ(judged > 0, is_x550() && watched);
        if (is_x550()) {
            EXPECT_GE(passed, 5U) << "checksums and segmentation, which the peer can judge as well";
        }
        if (watched) {
            EXPECT_EQ(nics[i].network->capture()->complaints(), std::vector<std::string>());
        }
    }
    expect_happy_end(machine);
}

// Every feature that can be switched is, over and over, while TCP runs. Some make the driver reset
// the port, and those wait for the link: a second reset while the driver's service task still takes
// the link up makes it send into rings that it is about to clear, and hang (driver-development.md).
TEST_P(Transmit, FeaturesAreSwitchedUnderTraffic) {
    constexpr unsigned kToggles = 200;
    Network& network = add_network(Backend::stream);
    Machine& machine = boot(config_of(GetParam()), network);
    (void)configure_guest(machine);
    std::map<std::string, bool> state;
    const Json known = machine.agent().call("features");
    for (const auto& [name, feature] : known.items()) {
        if (!feature.at("fixed").get<bool>()) {
            state[name] = feature.at("active").get<bool>();
        }
    }
    ASSERT_GT(state.size(), 10U) << known.dump();
    const auto soak = machine.agent().start("traffic.soak", {{"host", network.addresses().host4},
                                                             {"port", network.server_port()},
                                                             {"bytes", 4 << 20},
                                                             {"timeout_ms", 60000}});
    ASSERT_TRUE(machine.agent().wait_event(soak, "progress", Milliseconds(30000)));
    auto next = state.begin();
    for (unsigned i = 0; i < kToggles; ++i) {
        next->second = !next->second;
        (void)machine.agent().call("features.set", {{"features", {{next->first, next->second}}}});
        (void)machine.agent().call("link.wait");
        if (++next == state.end()) {
            next = state.begin();
        }
    }
    // Two more rounds, of which one began after the last switch, prove that the traffic outlived
    // it.
    while (machine.agent().wait_event(soak, "progress", Milliseconds(0))) {
    }
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(machine.agent().wait_event(soak, "progress", Milliseconds(60000)));
    }
    machine.agent().cancel(soak);
    const Json result = machine.agent().finish(soak);
    EXPECT_EQ(result.at("broken"), 0) << result.dump();
    EXPECT_GT(result.at("rounds").get<unsigned>(), 3U) << result.dump();
    expect_happy_end(machine);
}

// Two guests on one stream socket, and a tunnel between them with the settings it has by default.
class TunnelPair : public PairingTest {
protected:
    Machine& boot_half(const std::string& socket, bool first) {
        MachineConfig config = config_of(GetParam());
        config.cpus = 1;
        config.arguments = {"-netdev",
                            "stream,id=pair,server=" + std::string(first ? "on" : "off") +
                                ",addr.type=unix,addr.path=" + socket};
        Machine& machine = boot(config, {{nullptr, device() + ",netdev=pair", mac(first ? 0 : 1)}});
        const Json one{{"ifname", interface_of(machine, mac(first ? 0 : 1))}};
        machine.agent().call("link.up", one);
        machine.agent().call(
            "address.add",
            {{"ifname", one.at("ifname")}, {"address", underlay(first)}, {"prefix", 24}});
        return machine;
    }

    static std::string underlay(bool first) { return first ? "192.0.2.1" : "192.0.2.2"; }
    static std::string inner(bool first) { return first ? "198.51.100.1" : "198.51.100.2"; }

    static void add_tunnel(Machine& machine, bool first, const Json& kind) {
        Json args = kind;
        args["name"] = "tun0";
        args["local"] = underlay(first);
        args["remote"] = underlay(!first);
        args["address"] = inner(first);
        args["ifname"] = interface_of(machine, mac(first ? 0 : 1));
        machine.agent().call("tunnel.add", args);
    }

    // Mbit/s from `machine`, each way; nothing may be lost or damaged.
    static std::vector<double> rates(Machine& machine, const std::string& host) {
        std::vector<double> out;
        for (const char* mode : {"send", "receive"}) {
            const Json answer = machine.agent().call(
                "traffic.tcp",
                {{"host", host}, {"port", kPort}, {"mode", mode}, {"bytes", 4 << 20}, {"seed", 7}});
            EXPECT_TRUE(answer.at("ok").get<bool>()) << host << ": " << answer.dump();
            out.push_back(answer.at("mbit_per_s").get<double>());
        }
        return out;
    }
};

TEST_P(TunnelPair, CarriesTcpAtTheRateOfThePlainWire) {
    const Scratch scratch;
    Machine& server = boot_half(scratch.path() + "/pair", true);
    Machine& client = boot_half(scratch.path() + "/pair", false);
    const auto serving = server.agent().start("traffic.serve", {{"port", kPort}});
    ASSERT_TRUE(server.agent().wait_event(serving, "serving", Milliseconds(10000)));
    const auto plain = rates(client, underlay(true));
    for (const Json& kind :
         {Json{{"type", "vxlan"}, {"id", 42}, {"dstport", 4789}}, Json{{"type", "gre"}},
          Json{{"type", "gretap"}, {"key", 7}}, Json{{"type", "ipip"}}}) {
        SCOPED_TRACE(kind.dump());
        add_tunnel(server, true, kind);
        add_tunnel(client, false, kind);
        const auto rate = rates(client, inner(true));
        for (std::size_t way = 0; way < rate.size(); ++way) {
            EXPECT_GT(rate[way], plain[way] / 10) << "plain: " << plain[way];
        }
        for (Machine* machine : {&server, &client}) {
            machine->agent().call("interface.remove", {{"ifname", "tun0"}});
        }
    }
    server.agent().cancel(serving);
    (void)server.agent().finish(serving);
    expect_no_complaints(server);
    expect_happy_end(client);
}

INSTANTIATE_TEST_SUITE_P(Guest, TunnelPair, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TunnelPair);

INSTANTIATE_TEST_SUITE_P(Guest, Transmit, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Transmit);

}  // namespace
}  // namespace host
