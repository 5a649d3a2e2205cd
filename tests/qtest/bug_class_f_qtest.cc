// SPDX-License-Identifier: GPL-2.0-or-later
// Things that are used after they are gone.
#include "hostile.h"

namespace x550 {
namespace {

using BugClassF24 = Hostile;
using BugClassF25 = Hostile;

TEST_F(BugClassF24, ResetWhileTheBackendHoldsAFrame) {
    for (unsigned kind = 0; kind < 4; ++kind) {
        TxRing tx(nic, 0, 1024);
        tx.enable();
        for (unsigned i = 0; i < 1000; ++i) {
            tx.push_frame(outgoing(1500, i));
        }
        tx.kick();
        std::uint32_t head = 0;
        qemu.wait_until(
            [&] {
                const std::uint32_t now = nic.read(TDH::at(0));
                return now != 0 && std::exchange(head, now) == now;
            },
            Milliseconds(3000));
        switch (kind) {
            case 0:
                nic.reset();
                break;
            case 1:
                pci.function_level_reset();
                break;
            case 2:
                nic.write(TXDCTL::at(0), TXDCTL::swflsh);
                break;
            default:
                qemu.qmp("system_reset");
                qemu.wait_event("RESET");
                break;
        }
        EXPECT_TRUE(nic.still_works(wire)) << kind;
    }
}

TEST_F(BugClassF24, ResetWhileFramesWaitForDescriptors) {
    for (unsigned i = 0; i < 10; ++i) {
        RxRing rx(nic, 0, 8);
        rx.enable();
        rx.post(3);
        for (unsigned frame = 0; frame < 20; ++frame) {
            wire.send(make_frame(1000, frame));
        }
        run();
        nic.reset();
        nic.start();
    }
    expect_alive();
}

TEST_F(BugClassF24, BusMasterOffWhileFramesWait) {
    RxRing rx(nic, 0, 8);
    rx.enable();
    rx.post(3);
    for (unsigned frame = 0; frame < 20; ++frame) {
        wire.send(make_frame(1000, frame));
    }
    run();
    pci.set_command_bits(pci::kCommandMaster, false);
    rx.post(4);
    run();
    pci.set_command_bits(pci::kCommandMaster, true);
    expect_alive();
}

TEST_F(BugClassF25, ThousandResets) {
    TxRing tx(nic, 0, 32);
    RxRing rx(nic, 0, 32);
    for (unsigned i = 0; i < 1000; ++i) {
        nic.start();
        tx.enable();
        rx.enable();
        rx.post(4);
        tx.push_frame(outgoing(60, i));
        tx.kick();
        if (i % 10 == 0) {
            wire.send(make_frame(60, i));
        }
        nic.write(CTRL::at(), i % 3 == 0 ? CTRL::rst | CTRL::lnk_rst : CTRL::rst);
    }
    expect_alive();
}

// Realizing fails late, with and without a backend; QEMU goes on and the next attempt succeeds.
TEST(BugClassF25Realize, FailuresLeaveNothingBehind) {
    Launch launch;
    launch.add({"-machine", "pc", "-netdev", "hubport,id=n0,hubid=0"});
    Qemu qemu(std::move(launch));
    for (unsigned i = 0; i < 3; ++i) {
        for (const std::string bad :
             {R"("mac": "01:02:03:04:05:06")", R"("mac": "x")", R"("netdev": "n1")",
              R"("romfile": "/none")", R"("msix": "x")", R"("addr": "1")", R"("bootindex": "x")",
              R"("none": 1)", R"("bus": "pci.7")", R"("romsize": 3)"}) {
            EXPECT_NE(
                qemu.qmp_error("device_add", R"({"driver": "x550", "id": "hot", )" + bad + "}"),
                "");
            EXPECT_NE(
                qemu.qmp_error("device_add",
                               R"({"driver": "x550", "id": "hot", "netdev": "n0", )" + bad + "}"),
                "")
                << bad;
        }
    }
    qemu.qmp("device_add", R"({"driver": "x550", "id": "hot", "netdev": "n0", "addr": "6"})");
    EXPECT_EQ(PciFunction(qemu, 0, 6).read(32, 0), 0x1563'8086U);
}

// ---- Unplugged by its own hand ----

// Whoever writes to a root port's slot control can switch the slot off, which unplugs what is in it
// at once; the configuration space lies in memory, within reach of the device's own DMA.
class BugClassF25Unplug : public testing::Test {
protected:
    static constexpr std::uint64_t kConfigurationSpace = 0xB000'0000;  // PCIEXBAR of the q35
    static constexpr unsigned kPortSlot = 3;
    static constexpr std::uint32_t kSlotOff = 0x0700;  // power controller and its indicator off

    Wire wire;
    Qemu qemu{launch()};
    PciFunction port{qemu, 0, kPortSlot};
    PciFunction pci{qemu, 1, 0};
    Nic nic{qemu, pci};
    std::uint64_t slot_control = 0;

    void SetUp() override {
        wait_connected(qemu);
        PciFunction(qemu, 0, 0).write(32, 0x60, kConfigurationSpace | 1);
        place_behind_root_port(port, nic);
        ASSERT_TRUE(nic.wait_link());
        nic.start();
        const auto express = port.find_capability(pci::kIdExpress);
        ASSERT_TRUE(express);
        slot_control = kConfigurationSpace + kPortSlot * 0x8000 + *express + 0x18;
        ASSERT_EQ(qemu.read(32, kConfigurationSpace + (1u << 20)), 0x1563'8086U);
    }

    void aim_message(unsigned vector) {
        pci.enable_msix(nic.msix);
        nic.write(GPIE::at(), GPIE::msix_mode);
        pci.place_msix(vector, slot_control);
        qemu.write(32, nic.msix.address + vector * 16 + 8, kSlotOff);
        nic.write(IVAR::at(0), IVAR::valid | vector | (IVAR::valid | vector) << 8);
        nic.write(IVAR_MISC::at(), (IVAR::valid | vector) << 8);
        (void)nic.read(EICR::at());  // the link has come up long ago
        nic.write(EIMS::at(), EICR::lsc);
        nic.write(EIMS_EX::at(0), ~0u);
        ASSERT_EQ(pci.read(32, 0), 0x1563'8086U);
    }

    // QEMU goes on, and the backend takes another device.
    void expect_gone() {
        EXPECT_TRUE(qemu.wait_until([this] { return pci.read(32, 0) == ~0u; }));
        for (unsigned i = 0; i < 20; ++i) {
            qemu.turn();
        }
        qemu.clock_step(200 * kMillisecond);
        qemu.qmp("device_add", R"({"driver": "x550", "netdev": "wire", "bus": "root"})");
    }

private:
    Launch launch() {
        Launch launch;
        const std::string fd = launch.pass(wire.take_qemu_end());
        launch.add({"-machine", "q35", "-global",
                    "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off", "-device",
                    "pcie-root-port,id=root,addr=3,chassis=1", "-netdev",
                    "stream,id=wire,server=off,addr.type=fd,addr.str=" + fd, "-device",
                    "x550,id=nic,netdev=wire,bus=root"});
        return launch;
    }
};

TEST_F(BugClassF25Unplug, BytesOfAReceivedFrame) {
    constexpr std::size_t kBefore = 16;
    RxRing rx(nic, 0, 32);
    rx.buffers = slot_control - kBefore;
    rx.enable();
    rx.post(1);
    Frame frame(60, 0);
    frame[kBefore + 1] = kSlotOff >> 8;
    wire.send(frame);
    wire.send(frame);
    expect_gone();
}

TEST_F(BugClassF25Unplug, MessageOfAReceivedFrame) {
    aim_message(2);
    RxRing rx(nic, 0, 32);
    rx.enable();
    rx.post(31);
    wire.send(make_frame(60, 1));
    wire.send(make_frame(60, 2));
    expect_gone();
}

TEST_F(BugClassF25Unplug, MessageOfASentFrame) {
    aim_message(2);
    TxRing tx(nic, 0, 64);
    tx.enable();
    for (unsigned i = 0; i < 40; ++i) {
        tx.push_frame(outgoing(1500, i));
    }
    tx.kick();
    expect_gone();
}

TEST_F(BugClassF25Unplug, MessageOfARegisterWrite) {
    aim_message(2);
    nic.write(EICS_EX::at(0), 1u << 2);
    expect_gone();
}

// QEMU cuts the access in two; the second half meets a function that is gone.
TEST_F(BugClassF25Unplug, MessageOfTheFirstHalfOfAWideWrite) {
    aim_message(2);
    qemu.write(64, nic.registers.address + EICS_EX::at(0), 1u << 2);
    expect_gone();
}

TEST_F(BugClassF25Unplug, MessageOfTheCable) {
    aim_message(2);
    qemu.qmp("set_link", R"({"name": "nic", "up": false})");
    expect_gone();
}

TEST_F(BugClassF25Unplug, MessageOfATimer) {
    aim_message(2);
    nic.write(CTRL::at(), CTRL::lnk_rst);
    qemu.clock_step(200 * kMillisecond);
    expect_gone();
}

}  // namespace
}  // namespace x550
