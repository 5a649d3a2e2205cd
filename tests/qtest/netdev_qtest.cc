// SPDX-License-Identifier: GPL-2.0-or-later
// Backends, and what the operator does to a running device.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "nic.h"

namespace x550 {
namespace {

// The machine around a backend of the test's choice; `passed` is handed to QEMU as %s.
struct Backend {
    Backend(Wire::Kind kind, const std::string& before, const std::string& after)
        : wire(kind), qemu(launch(before, after)) {
        if (before.starts_with("stream")) {
            wait_connected(qemu);
        }
        nic.attach();
        EXPECT_TRUE(nic.wait_link());
        nic.start();
    }
    Launch launch(const std::string& before, const std::string& after) {
        Launch launch;
        const std::string fd = launch.pass(wire.take_qemu_end());
        launch.add({"-machine", "pc", "-netdev", before + fd + after, "-device",
                    "x550,id=nic,netdev=wire,mac=52:54:00:12:34:56,addr=4"});
        return launch;
    }
    Wire wire;
    Qemu qemu;
    PciFunction pci{qemu, 0, 4};
    Nic nic{qemu, pci};
};

TEST(Netdev, Stream) {
    Backend backend(Wire::Kind::stream, "stream,id=wire,server=off,addr.type=fd,addr.str=", "");
    EXPECT_TRUE(backend.nic.still_works(backend.wire));
}

TEST(Netdev, Socket) {
    Backend backend(Wire::Kind::stream, "socket,id=wire,fd=", "");
    EXPECT_TRUE(backend.nic.still_works(backend.wire));
}

TEST(Netdev, Dgram) {
    Backend backend(Wire::Kind::datagram, "dgram,id=wire,local.type=fd,local.str=", "");
    EXPECT_TRUE(backend.nic.still_works(backend.wire));
}

TEST(Netdev, Hubport) {
    Wire wire;
    Launch launch;
    const std::string fd = launch.pass(wire.take_qemu_end());
    launch.add({"-machine", "pc", "-netdev", "stream,id=far,server=off,addr.type=fd,addr.str=" + fd,
                "-netdev", "hubport,id=near,hubid=1", "-netdev",
                "hubport,id=other,hubid=1,netdev=far", "-device",
                "x550,id=nic,netdev=near,mac=52:54:00:12:34:56,addr=4"});
    Qemu qemu(std::move(launch));
    PciFunction pci(qemu, 0, 4);
    Nic nic(qemu, pci);
    wait_connected(qemu);
    nic.attach();
    EXPECT_TRUE(nic.wait_link());
    EXPECT_TRUE(nic.still_works(wire));
}

TEST(Netdev, TwoDevicesOnOneHubTalk) {
    Launch launch;
    launch.add({"-machine", "pc", "-netdev", "hubport,id=a,hubid=1", "-netdev",
                "hubport,id=b,hubid=1", "-device", "x550,netdev=a,addr=4", "-device",
                "x550,netdev=b,addr=5"});
    Qemu qemu(std::move(launch));
    PciFunction pci_a(qemu, 0, 4);
    PciFunction pci_b(qemu, 0, 5);
    Nic a(qemu, pci_a);
    Nic b(qemu, pci_b);
    a.attach();
    b.attach();
    ASSERT_TRUE(a.wait_link());
    ASSERT_TRUE(b.wait_link());
    a.start();
    b.start();
    TxRing tx(a, 0, 32);
    RxRing rx(b, 0, 32);
    tx.enable();
    rx.enable();
    rx.post(31);
    const Frame frame = make_frame(500, 1, kBroadcast);
    EXPECT_TRUE(tx.send(frame));
    EXPECT_EQ(rx.receive(), frame);
}

TEST(Netdev, NoneAtAll) {
    Launch launch;
    launch.add({"-machine", "pc", "-device", "x550,addr=4"});
    Qemu qemu(std::move(launch));
    PciFunction pci(qemu, 0, 4);
    Nic nic(qemu, pci);
    nic.attach();
    nic.start();
    qemu.clock_step(200 * kMillisecond);
    TxRing tx(nic, 0, 32);
    tx.enable();
    tx.push_frame(make_frame(100, 1));
    tx.kick();
    for (unsigned i = 0; i < 20; ++i) {
        qemu.turn();
    }
    EXPECT_NE(nic.read(STATUS::at()), ~0u);
}

TEST(Operator, SetLinkTakesTheCableOutAndPutsItBack) {
    Machine machine;
    EXPECT_TRUE(machine.nic.link_up());
    (void)machine.nic.read(EICR::at());
    machine.qemu.qmp("set_link", R"({"name": "nic", "up": false})");
    EXPECT_FALSE(machine.nic.link_up());
    EXPECT_NE(machine.nic.read(EICR::at()) & EICR::lsc, 0U);
    machine.qemu.qmp("set_link", R"({"name": "nic", "up": true})");
    EXPECT_TRUE(machine.nic.wait_link());
    EXPECT_NE(machine.nic.read(EICR::at()) & EICR::lsc, 0U);
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(Operator, SetLinkOfTheBackendWorksAsWell) {
    Machine machine;
    machine.qemu.qmp("set_link", R"({"name": "wire", "up": false})");
    EXPECT_FALSE(machine.nic.link_up());
    machine.qemu.qmp("set_link", R"({"name": "wire", "up": true})");
    EXPECT_TRUE(machine.nic.wait_link());
}

TEST(Operator, NothingArrivesWhileTheLinkIsDown) {
    Machine machine;
    RxRing rx(machine.nic, 0, 32);
    rx.enable();
    rx.post(31);
    machine.qemu.qmp("set_link", R"({"name": "nic", "up": false})");
    machine.wire.send(make_frame(100, 1));
    for (unsigned i = 0; i < 50; ++i) {
        machine.qemu.turn();
    }
    EXPECT_FALSE(rx.ready());
    machine.qemu.qmp("set_link", R"({"name": "nic", "up": true})");
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(Operator, QueryRxFilterShowsTheFilters) {
    Machine machine;
    machine.nic.write(RAL::at(1), 0x0500'0002);
    machine.nic.write(RAH::at(1), RAH::av | 0x0706);
    machine.nic.write(VFTA::at(100 / 32), 1u << 100 % 32);
    machine.nic.write(VLNCTRL::at(), VLNCTRL::vfe | 0x8100);
    machine.nic.write(FCTRL::at(), FCTRL::bam);
    const Json answer = machine.qemu.qmp("query-rx-filter", R"({"name": "nic"})");
    const Json& filter = answer[0];
    EXPECT_FALSE(filter["promiscuous"].boolean());
    EXPECT_TRUE(filter["broadcast-allowed"].boolean());
    EXPECT_EQ(filter["multicast"].string(), "normal");
    EXPECT_EQ(filter["vlan"].string(), "normal");
    EXPECT_EQ(filter["main-mac"].string(), "52:54:00:12:34:56");
    ASSERT_EQ(filter["unicast-table"].array().size(), 2U);
    EXPECT_EQ(filter["unicast-table"][1].string(), "02:00:00:05:06:07");
    ASSERT_EQ(filter["vlan-table"].array().size(), 1U);
    EXPECT_EQ(filter["vlan-table"][0].number(), 100);
}

TEST(Operator, QueryRxFilterKnowsPromiscuousMode) {
    Machine machine;
    machine.nic.write(FCTRL::at(), FCTRL::upe | FCTRL::mpe);
    const Json answer = machine.qemu.qmp("query-rx-filter", R"({"name": "nic"})");
    EXPECT_TRUE(answer[0]["promiscuous"].boolean());
    EXPECT_EQ(answer[0]["multicast"].string(), "all");
    EXPECT_FALSE(answer[0]["broadcast-allowed"].boolean());
}

TEST(Operator, BackendRemovedUnderTheDevice) {
    Machine machine;
    machine.qemu.qmp("netdev_del", R"({"id": "wire"})");
    TxRing tx(machine.nic, 0, 32);
    tx.enable();
    tx.push_frame(make_frame(100, 1));
    tx.kick();
    for (unsigned i = 0; i < 20; ++i) {
        machine.qemu.turn();
    }
    EXPECT_NE(machine.nic.read(STATUS::at()), ~0u);
}

TEST(Operator, StopAndContinueLoseNothing) {
    Machine machine;
    RxRing rx(machine.nic, 0, 32);
    rx.enable();
    rx.post(31);
    machine.qemu.qmp("stop");
    machine.wire.send(make_frame(100, 1));
    for (unsigned i = 0; i < 50; ++i) {
        machine.qemu.turn();
    }
    EXPECT_FALSE(rx.ready()) << "memory must not change while the machine is stopped";
    machine.qemu.qmp("cont");
    EXPECT_EQ(rx.receive(), make_frame(100, 1));
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

}  // namespace
}  // namespace x550
