// SPDX-License-Identifier: GPL-2.0-or-later
// Where a NIC can sit and what it can be plugged into; hot-plug; QEMU's own questions about it.
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

class Topology : public PairingTest {
protected:
    static std::vector<std::string> root_port(const std::string& id) {
        return {"-device", "pcie-root-port,id=" + id + ",chassis=1,slot=1"};
    }

    static void unplug_and_plug(Machine& machine, const std::string& bus) {
        const std::string ifname = interface_of(machine, mac(0));
        machine.qmp().execute("device_del", {{"id", "nic0"}});
        ASSERT_TRUE(machine.qmp().wait_event("DEVICE_DELETED", Milliseconds(60000)));
        machine.agent().call("link.vanish", {{"ifname", ifname}});
        machine.qmp().execute("device_add", {{"driver", device_model(device_at_hand())},
                                             {"netdev", "n0"},
                                             {"id", "nic0"},
                                             {"mac", mac(0)},
                                             {"bus", bus}});
        machine.agent().call("link.appear", {{"timeout_ms", 60000}}, Milliseconds(90000));
        (void)configure_guest(machine);
    }
};

TEST_P(Topology, SitsBehindARootPortAndIsHotPlugged) {
    MachineConfig config = config_of(GetParam());
    config.arguments = root_port("rp0");
    Machine& machine = boot(config, {{&add_network(Backend::stream), device(), mac(0), "rp0"}});
    (void)configure_guest(machine);
    expect_traffic(machine);
    for (int round = 0; round < 2; ++round) {
        unplug_and_plug(machine, "rp0");
        expect_traffic(machine);
    }
    expect_happy_end(machine);
}

TEST_P(Topology, WorksInAnI440fxMachineAndIsHotPlugged) {
    MachineConfig config = config_of(GetParam());
    config.machine = "pc";
    Machine& machine = boot(config, {{&add_network(Backend::stream), device(), mac(0), "pci.0"}});
    (void)configure_guest(machine);
    expect_traffic(machine);
    unplug_and_plug(machine, "pci.0");
    expect_traffic(machine);
    expect_happy_end(machine);
}

TEST_P(Topology, WorksOnDatagramAndSocketBackendsBesideANicWithoutOne) {
    const std::vector<Nic> nics{{&add_network(Backend::dgram), device(), mac(0)},
                                {&add_network(Backend::socket), device(), mac(1)},
                                {nullptr, device(), mac(2)}};
    Machine& machine = boot(config_of(GetParam()), nics);
    for (const std::size_t nic : {0U, 1U}) {
        (void)configure_guest(machine, nic);
        expect_checks(machine, {"ping4", "tcp4", "tcp6", "udp4", "udp6"}, nic);
    }
    const std::string lonely = interface_of(machine, mac(2));
    machine.agent().call("link.up", {{"ifname", lonely}, {"wait", false}});
    machine.agent().call("link.down", {{"ifname", lonely}});
    expect_happy_end(machine);
}

TEST_P(Topology, TalksThroughAHub) {
    Network& network = add_network(Backend::stream);
    MachineConfig config = config_of(GetParam());
    config.arguments = {"-netdev", network.netdev("outside"),
                        "-netdev", "hubport,id=far,hubid=0,netdev=outside",
                        "-netdev", "hubport,id=near,hubid=0"};
    Machine& machine = boot(config, {{nullptr, device() + ",netdev=near", mac(0)}});
    const std::string ifname = interface_of(machine, mac(0));
    machine.agent().call("link.up", {{"ifname", ifname}});
    machine.agent().call("address.add", {{"ifname", ifname},
                                         {"address", network.addresses().guest4},
                                         {"prefix", network.addresses().prefix4}});
    const Json answer = machine.agent().call("traffic.tcp", {{"host", network.addresses().host4},
                                                             {"port", network.server_port()},
                                                             {"mode", "echo"},
                                                             {"bytes", 1 << 20}});
    EXPECT_TRUE(answer.at("ok").get<bool>()) << answer.dump();
    expect_happy_end(machine);
}

TEST_P(Topology, AnswersTheMonitor) {
    Machine& machine = boot(config_of(GetParam()), add_network(Backend::stream));
    const GuestFacts facts = configure_guest(machine);
    const std::string network = machine.qmp().monitor("info network");
    EXPECT_NE(network.find(mac(0)), std::string::npos) << network;
    EXPECT_NE(network.find(device_model(device_at_hand())), std::string::npos) << network;
    const std::string pci = machine.qmp().monitor("info pci");
    if (!is_x550()) {
        GTEST_SKIP() << "the rest is about the X550";
    }
    EXPECT_NE(pci.find("8086:1563"), std::string::npos) << pci;
    const Json filter = machine.qmp().execute("query-rx-filter", {{"name", "nic0"}});
    ASSERT_EQ(filter.size(), 1U);
    EXPECT_EQ(filter.at(0).at("main-mac"), mac(0));
    EXPECT_EQ(filter.at(0).at("promiscuous"), false);
    machine.agent().call("link.flags", {{"promisc", true}});
    EXPECT_EQ(machine.qmp().execute("query-rx-filter", {{"name", "nic0"}}).at(0).at("promiscuous"),
              true);
    EXPECT_EQ(facts.nic.at("nic").at("pci_id"), "8086:1563");
    expect_happy_end(machine);
}

INSTANTIATE_TEST_SUITE_P(Guest, Topology, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Topology);

}  // namespace
}  // namespace host
