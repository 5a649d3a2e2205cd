// SPDX-License-Identifier: GPL-2.0-or-later
// DMA that comes back to the device that asked for it.
#include "hostile.h"

namespace x550 {
namespace {

using BugClassA1 = Hostile;
using BugClassA2 = Hostile;

TEST_F(BugClassA1, TransmitBufferInOwnBars) {
    TxRing tx(nic, 0, 32);
    for (const std::uint64_t place : own_places()) {
        tx.enable();
        for (const std::uint32_t bytes : {16u, 60u, 1500u}) {
            tx.push(data_descriptor(place, bytes, bytes, TxData::eop | TxData::rs));
        }
        tx.kick();
        run();
    }
    expect_alive();
}

TEST_F(BugClassA1, ReceiveBufferInOwnBars) {
    for (const std::uint64_t place : own_places()) {
        RxRing rx(nic, 0, 32);
        rx.buffers = place;
        rx.enable();
        rx.post(31);
        wire.send(make_frame(200, 1));
        run();
    }
    expect_alive();
}

// With loopback a received frame is a doorbell again.
TEST_F(BugClassA1, LoopedFrameIntoOwnDoorbell) {
    set_loopback();
    TxRing tx(nic, 0, 32);
    RxRing rx(nic, 0, 32);
    rx.buffers = own_register(TDT::at(0)) & ~std::uint64_t{2047};
    tx.enable();
    rx.enable();
    rx.post(31);
    for (unsigned i = 0; i < 20; ++i) {
        tx.push_frame(Frame(1500, static_cast<std::uint8_t>(i)));
    }
    tx.kick();
    expect_alive();
}

TEST_F(BugClassA1, HeadWriteBackIntoOwnBars) {
    for (const std::uint64_t place : own_places()) {
        TxRing tx(nic, 0, 32);
        nic.write(TDWBAL::at(0), low(place) | TDWBAL::head_wb_en);
        nic.write(TDWBAH::at(0), high(place));
        tx.enable();
        tx.push_frame(outgoing(60, 1));
        tx.kick();
        run();
    }
    nic.write(TDWBAL::at(0), low(own_register(TDT::at(0))) | TDWBAL::head_wb_en);
    TxRing tx(nic, 0, 32);
    tx.enable();
    tx.push_frame(outgoing(60, 1));
    tx.kick();
    expect_alive();
}

TEST_F(BugClassA1, RingsInOwnBars) {
    for (const std::uint64_t place : own_places()) {
        set_tx_ring(0, place, 128);
        set_rx_ring(0, place, 128);
        nic.write(RDT::at(0), 7);
        nic.write(TDT::at(0), 7);
        wire.send(make_frame(100, 1));
        run();
    }
    expect_alive();
}

// The message of a vector sets the cause of the same vector.
TEST_F(BugClassA1, MessageIntoOwnCauseRegister) {
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        pci.place_msix(vector, own_register(vector % 2 == 0 ? EICS::at() : EICS_EX::at(0)));
        qemu.write(32, nic.msix.address + vector * 16 + 8, ~0u);
    }
    nic.write(EIMS_EX::at(0), ~0u);
    nic.write(EIMS_EX::at(1), ~0u);
    nic.write(EICS_EX::at(0), ~0u);
    run();
    pci.disable_msix();
    expect_alive();
}

TEST_F(BugClassA1, MessageIntoOwnMsixTable) {
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        pci.place_msix(vector, nic.msix.address + vector * 16 + 12);
    }
    nic.write(EIMS_EX::at(0), ~0u);
    nic.write(EICS_EX::at(0), ~0u);
    run();
    pci.disable_msix();
    expect_alive();
}

// A frame written over the configuration ports cannot be, but over a neighbour's registers it can.
TEST(BugClassA1Pair, TwoDevicesWriteIntoEachOther) {
    Machine machine(
        {.extra = {"-netdev", "hubport,id=b,hubid=1", "-netdev", "hubport,id=c,hubid=1", "-device",
                   "x550,addr=5,netdev=b", "-device", "x550,addr=6,netdev=c"}});
    PciFunction pci_b(machine.qemu, 0, 5);
    PciFunction pci_c(machine.qemu, 0, 6);
    Nic b(machine.qemu, pci_b);
    Nic c(machine.qemu, pci_c);
    for (Nic* nic : {&b, &c}) {
        nic->attach();
        ASSERT_TRUE(nic->wait_link());
        nic->start();
    }
    const auto aim = [&](Nic& nic, Nic& at, TxRing& tx, RxRing& rx) {
        rx.buffers = (at.registers.address + TDT::at(0)) & ~std::uint64_t{2047};
        nic.write(TDWBAL::at(0), low(at.registers.address + TDT::at(0)) | TDWBAL::head_wb_en);
        tx.enable();
        rx.enable();
        rx.post(31);
        for (unsigned i = 0; i < 31; ++i) {
            tx.push_frame(make_frame(1500, i, kBroadcast));
        }
    };
    TxRing tx_b(b, 0, 32);
    RxRing rx_b(b, 0, 32);
    TxRing tx_c(c, 0, 32);
    RxRing rx_c(c, 0, 32);
    aim(b, c, tx_b, rx_b);
    aim(c, b, tx_c, rx_c);
    tx_b.kick();
    tx_c.kick();
    for (unsigned i = 0; i < 100; ++i) {
        machine.qemu.turn();
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

// Not only survived: what the device writes never reaches its own registers, from wherever it was
// started.
TEST_F(BugClassA1, OwnRegistersAreOutOfReach) {
    const std::uint64_t place = own_register(FCTTV::at(0));
    RxRing rx(nic, 0, 32);
    rx.buffers = place & ~std::uint64_t{2047};
    rx.enable();
    rx.post(1);
    wire.send(Frame(1514, 0x5A));
    EXPECT_TRUE(qemu.wait_until([&] { return nic.read(TPR::at()) != 0; }));
    EXPECT_EQ(nic.read(FCTTV::at(0)), 0U) << "received bytes";

    TxRing tx(nic, 0, 32);
    nic.write(TDWBAL::at(0), low(place) | TDWBAL::head_wb_en);
    tx.enable();
    tx.push_frame(outgoing(100, 1));
    tx.kick();
    EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    EXPECT_EQ(nic.read(FCTTV::at(0)), 0U) << "head write-back";
    expect_alive();
}

// Work that comes from timers and bottom halves, not from a register access.
TEST_F(BugClassA2, ThrottledMessageIntoOwnRegisters) {
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    pci.place_msix(0, own_register(EICS_EX::at(0)));
    qemu.write(32, nic.msix.address + 8, 1);
    nic.write(EITR::at(0), 0x8);
    nic.write(EIMS_EX::at(0), 1);
    nic.write(EICS_EX::at(0), 1);
    for (unsigned i = 0; i < 50; ++i) {
        qemu.clock_step(kMillisecond);
    }
    pci.disable_msix();
    expect_alive();
}

TEST_F(BugClassA2, OwnRegistersAreOutOfReachOfTimers) {
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    pci.place_msix(0, own_register(FCTTV::at(0)));
    nic.write(EITR::at(0), 0x8);
    nic.write(EIMS_EX::at(0), 1);
    for (unsigned i = 0; i < 3; ++i) {
        nic.write(EICS_EX::at(0), 1);
        qemu.clock_step(kMillisecond);
        qemu.turn();
    }
    EXPECT_EQ(nic.read(FCTTV::at(0)), 0U);
    pci.disable_msix();
    expect_alive();
}

TEST_F(BugClassA2, LinkTimerMessageResetsTheDevice) {
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    nic.write(IVAR_MISC::at(), (IVAR::valid | 1) << 8);
    pci.place_msix(1, own_register(CTRL::at()));
    qemu.write(32, nic.msix.address + 16 + 8, CTRL::rst);
    nic.write(EIMS::at(), EICR::lsc);
    nic.write(CTRL::at(), CTRL::lnk_rst);
    qemu.clock_step(200 * kMillisecond);
    pci.disable_msix();
    expect_alive();
}

TEST_F(BugClassA2, BottomHalfWritesIntoOwnDoorbells) {
    TxRing tx(nic, 0, 512);
    nic.write(TDWBAL::at(0), low(own_register(TDT::at(0))) | TDWBAL::head_wb_en);
    tx.enable();
    for (unsigned i = 0; i < 300; ++i) {
        tx.push(data_descriptor(own_register(TDT::at(0)), 60, 60, TxData::eop | TxData::rs));
    }
    tx.kick();
    expect_alive();
}

}  // namespace
}  // namespace x550
