// SPDX-License-Identifier: GPL-2.0-or-later
// Devices that come and go.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

constexpr unsigned kSlot = 6;
constexpr std::uint16_t kAcpiEject = 0xAE08;

struct HotplugTest : testing::Test {
    Wire wire;
    Qemu qemu{launch()};
    PciFunction pci{qemu, 0, kSlot};
    Nic nic{qemu, pci};

    HotplugTest() { wait_connected(qemu); }
    Launch launch() {
        Launch launch;
        const std::string fd = launch.pass(wire.take_qemu_end());
        launch.add(
            {"-machine", "pc", "-netdev", "stream,id=wire,server=off,addr.type=fd,addr.str=" + fd});
        return launch;
    }
    void plug() {
        qemu.qmp("device_add", R"({"driver": "x550", "id": "hot", "netdev": "wire", "addr": "6",)"
                               R"( "mac": "52:54:00:12:34:56"})");
        nic.attach();
        ASSERT_TRUE(nic.wait_link());
        nic.start();
    }
    // The guest's part of an unplug on this machine is a write to the ejection port.
    void unplug() {
        qemu.qmp("device_del", R"({"id": "hot"})");
        qemu.out(32, kAcpiEject, 1u << kSlot);
        qemu.wait_event("DEVICE_DELETED",
                        [](const Json& event) { return event["data"].has("device"); });
        EXPECT_EQ(pci.read(32, 0), ~0u);
    }
};

TEST_F(HotplugTest, ComesWorksAndGoes) {
    plug();
    EXPECT_TRUE(nic.still_works(wire));
    unplug();
}

TEST_F(HotplugTest, ComesAgainAndAgain) {
    for (unsigned i = 0; i < 10; ++i) {
        plug();
        EXPECT_TRUE(nic.still_works(wire)) << i;
        unplug();
    }
}

TEST_F(HotplugTest, BadPropertiesAreRefusedAndLeaveNothing) {
    EXPECT_NE(qemu.qmp_error("device_add", R"({"driver": "x550", "id": "hot", "mac": "junk"})"),
              "");
    EXPECT_NE(qemu.qmp_error("device_add", R"({"driver": "x550", "id": "hot", "netdev": "no"})"),
              "");
    EXPECT_NE(qemu.qmp_error("device_add",
                             R"({"driver": "x550", "id": "hot", "mac": "01:00:5e:00:00:01"})"),
              "");
    plug();
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(HotplugTest, GoesWithTransmitWorkPending) {
    plug();
    TxRing tx(nic, 0, 512);
    tx.enable();
    for (unsigned i = 0; i < 511; ++i) {
        tx.push_frame(make_frame(1500, i, kPeerMac, kDeviceMac));
    }
    tx.kick();
    unplug();
    plug();
    EXPECT_TRUE(nic.still_works(wire));
}

// The wire takes nothing: the backend still holds a frame of the device when it goes.
TEST_F(HotplugTest, GoesWhileTheBackendHoldsAFrame) {
    plug();
    TxRing tx(nic, 0, 1024);
    tx.enable();
    for (unsigned i = 0; i < 1023; ++i) {
        tx.push_frame(make_frame(1500, i, kPeerMac, kDeviceMac));
    }
    tx.kick();
    std::uint32_t head = 0;
    qemu.wait_until(
        [&] {
            const std::uint32_t now = nic.read(TDH::at(0));
            return now != 0 && std::exchange(head, now) == now;
        },
        Milliseconds(3000));
    unplug();
    EXPECT_TRUE(wire.receive());
}

TEST_F(HotplugTest, GoesWithFramesWaitingAndTimersArmed) {
    plug();
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    nic.write(IVAR::at(0), IVAR::valid | IVAR::valid << 8);
    nic.write(EITR::at(0), 0xFF8);
    nic.write(EIMS_EX::at(0), ~0u);
    RxRing rx(nic, 0, 8);
    rx.enable();
    rx.post(7);
    for (unsigned i = 0; i < 40; ++i) {
        wire.send(make_frame(200, i));
    }
    EXPECT_TRUE(rx.receive(false));
    nic.write(CTRL::at(), CTRL::lnk_rst);  // a negotiation is going on as well
    unplug();
    qemu.clock_step(200 * kMillisecond);
    qemu.turn();
}

TEST_F(HotplugTest, QemuEndsWithWorkPending) {
    plug();
    TxRing tx(nic, 0, 512);
    tx.enable();
    for (unsigned i = 0; i < 511; ++i) {
        tx.push_frame(make_frame(1500, i, kPeerMac, kDeviceMac));
    }
    tx.kick();
}

}  // namespace
}  // namespace x550
