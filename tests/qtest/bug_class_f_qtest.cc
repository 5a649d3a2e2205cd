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

}  // namespace
}  // namespace x550
