// SPDX-License-Identifier: GPL-2.0-or-later
// Rings: wrap-around, resets at the wrong moment, full sides.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

Frame outgoing(std::size_t bytes, unsigned number) {
    return make_frame(bytes, number, kPeerMac, kDeviceMac);
}

struct RingTest : testing::Test, Machine {
    TxRing tx{nic, 0, 8};
    RxRing rx{nic, 0, 8};
    RingTest() {
        tx.enable();
        rx.enable();
        rx.post(7);
    }
};

TEST_F(RingTest, FrameLeavesUnchanged) {
    const Frame frame = outgoing(1514, 1);
    EXPECT_TRUE(tx.send(frame));
    EXPECT_EQ(wire.receive(), frame);
}

TEST_F(RingTest, FrameArrivesUnchanged) {
    const Frame frame = make_frame(1514, 1);
    wire.send(frame);
    EXPECT_EQ(rx.receive(), frame);
}

TEST_F(RingTest, ShortFramesArePadded) {
    Frame frame = outgoing(20, 1);
    EXPECT_TRUE(tx.send(frame));
    frame.resize(60);
    EXPECT_EQ(wire.receive(), frame);
}

TEST_F(RingTest, TransmitRingWraps) {
    for (unsigned number = 0; number < 100; ++number) {
        const Frame frame = outgoing(60 + number, number);
        ASSERT_TRUE(tx.send(frame)) << number;
        ASSERT_EQ(wire.receive(), frame) << number;
    }
    EXPECT_EQ(nic.read(TDH::at(0)), 100U % 8);
}

TEST_F(RingTest, ReceiveRingWraps) {
    for (unsigned number = 0; number < 100; ++number) {
        const Frame frame = make_frame(60 + number, number);
        wire.send(frame);
        ASSERT_EQ(rx.receive(), frame) << number;
    }
}

TEST_F(RingTest, BatchesWrapToo) {
    for (unsigned round = 0; round < 20; ++round) {
        for (unsigned i = 0; i < 7; ++i) {
            tx.push_frame(outgoing(100, round * 7 + i));
        }
        tx.kick();
        for (unsigned i = 0; i < 7; ++i) {
            ASSERT_EQ(wire.receive(), outgoing(100, round * 7 + i));
        }
        ASSERT_TRUE(qemu.wait_until([this] { return tx.idle(); }));
    }
}

// A frame of five descriptors, each time at another place of the ring.
TEST_F(RingTest, FrameOverTheEndOfTheRing) {
    const std::uint64_t buffer = qemu.allocate(2048);
    for (unsigned round = 0; round < 16; ++round) {
        const Frame frame = outgoing(500, round);
        qemu.write_memory(buffer, frame);
        for (std::uint32_t piece = 0; piece < 5; ++piece) {
            tx.push(data_descriptor(buffer + piece * 100, 100, 500,
                                    piece == 4 ? TxData::eop | TxData::rs : 0));
        }
        tx.kick();
        ASSERT_EQ(wire.receive(), frame) << round;
        ASSERT_TRUE(qemu.wait_until([this] { return tx.idle(); }));
    }
}

TEST_F(RingTest, LongFrameOverManyReceiveBuffers) {
    nic.write(HLREG0::at(), nic.read(HLREG0::at()) | HLREG0::jumboen);
    nic.write(MAXFRS::at(), 9728u << MAXFRS::mfs_shift);
    for (unsigned round = 0; round < 8; ++round) {
        const Frame frame = make_frame(9000, round);
        wire.send(frame);
        ASSERT_EQ(rx.receive(), frame) << round;
    }
}

TEST_F(RingTest, BothDirectionsAtOnce) {
    for (unsigned number = 0; number < 50; ++number) {
        wire.send(make_frame(300, number));
        ASSERT_TRUE(tx.send(outgoing(400, number)));
        ASSERT_EQ(wire.receive(), outgoing(400, number));
        ASSERT_EQ(rx.receive(), make_frame(300, number));
    }
}

// Frames wait at the backend until there are descriptors; none is lost, none overtakes.
TEST_F(RingTest, ReceiveWaitsForDescriptors) {
    for (unsigned number = 0; number < 60; ++number) {
        wire.send(make_frame(200, number));
    }
    for (unsigned number = 0; number < 60; ++number) {
        ASSERT_EQ(rx.receive(), make_frame(200, number)) << number;
    }
}

// A driver that has few buffers to give gets its frame all the same.
TEST(Backpressure, ReceiveWaitsForMoreDescriptorsOrAMillisecond) {
    Machine machine;
    RxRing rx(machine.nic, 0, 64);
    rx.enable();
    machine.wire.send(make_frame(200, 1));
    for (int round = 0; round < 2; ++round) {
        machine.qemu.qmp("query-status");  // the frame has been offered
    }
    rx.post(1);
    machine.qemu.qmp("query-status");
    EXPECT_FALSE(rx.ready());
    machine.qemu.clock_step(kMillisecond);
    EXPECT_EQ(rx.receive(false), make_frame(200, 1));
}

// The backend does not take frames: the ring stops, and goes on where it stopped.
TEST(Backpressure, TransmitWaitsForTheWire) {
    constexpr unsigned kFrames = 2000;
    Machine machine;
    TxRing tx(machine.nic, 0, 4096);
    tx.enable();
    const std::uint64_t buffer = machine.qemu.allocate(kFrames * 1600);
    for (unsigned number = 0; number < kFrames; ++number) {
        const std::uint64_t at = buffer + number * 1600;
        machine.qemu.write_memory(at, outgoing(1514, number));
        tx.push(data_descriptor(at, 1514, 1514, TxData::eop | TxData::rs));
    }
    tx.kick();
    std::uint32_t head = 0;
    machine.qemu.wait_until(
        [&] {
            const std::uint32_t now = machine.nic.read(TDH::at(0));
            return now != 0 && std::exchange(head, now) == now;
        },
        Milliseconds(5000));
    EXPECT_LT(head, kFrames) << "3 MB do not fit into a socket buffer";
    for (unsigned number = 0; number < kFrames; ++number) {
        ASSERT_EQ(machine.wire.receive(), outgoing(1514, number)) << number;
    }
    EXPECT_TRUE(machine.qemu.wait_until([&] { return tx.idle(); }));
    EXPECT_TRUE(tx.done(kFrames - 1));
}

struct ResetTest : testing::Test, Machine {
    static constexpr unsigned kEntries = 512;
    TxRing tx{nic, 0, kEntries};
    RxRing rx{nic, 0, 64};

    // Work that cannot be over when the next command comes.
    void begin_work() {
        tx.enable();
        rx.enable();
        rx.post(63);
        for (unsigned i = 0; i < kEntries - 1; ++i) {
            tx.push_frame(outgoing(1500, i));
        }
        for (unsigned i = 0; i < 32; ++i) {
            wire.send(make_frame(1500, i));
        }
        tx.kick();
    }
    // Nothing is written to the rings any more.
    void expect_silence() {
        const Bytes tx_before = qemu.read_memory(tx.base, kEntries * kDescriptorBytes);
        const Bytes rx_before = qemu.read_memory(rx.base, 64 * kDescriptorBytes);
        wire.send(make_frame(100, 1));
        for (unsigned i = 0; i < 50; ++i) {
            qemu.turn();
        }
        qemu.clock_step(20 * kMillisecond);
        EXPECT_EQ(qemu.read_memory(tx.base, kEntries * kDescriptorBytes), tx_before);
        EXPECT_EQ(qemu.read_memory(rx.base, 64 * kDescriptorBytes), rx_before);
    }
};

TEST_F(ResetTest, SoftwareResetInTheMiddleOfDma) {
    begin_work();
    nic.reset();
    EXPECT_EQ(nic.read(TXDCTL::at(0)) & TXDCTL::enable, 0U);
    EXPECT_EQ(nic.read(TDT::at(0)), 0U);
    expect_silence();
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, FunctionLevelResetInTheMiddleOfDma) {
    pci.enable_msix(nic.msix);
    begin_work();
    pci.function_level_reset();
    EXPECT_EQ(pci.read(16, pci::kCommand) & (pci::kCommandMaster | pci::kCommandMemory), 0U);
    EXPECT_EQ(pci.read(16, pci::kMsix + 2) & 0x8000, 0U);
    expect_silence();
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, SystemResetInTheMiddleOfDma) {
    begin_work();
    qemu.qmp("system_reset");
    qemu.wait_event("RESET");
    expect_silence();
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, BusMasterOffStopsDma) {
    begin_work();
    pci.set_command_bits(pci::kCommandMaster, false);
    expect_silence();
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, SleepStopsDmaAndRegisters) {
    begin_work();
    pci.set_power_state(3);
    expect_silence();
    nic.write(FCTTV::at(0), 0x77);
    pci.set_power_state(0);
    EXPECT_NE(nic.read(FCTTV::at(0)), 0x77U);
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, QueueDisabledInTheMiddleOfDma) {
    begin_work();
    nic.write(TXDCTL::at(0), TXDCTL::swflsh);
    nic.write(RXDCTL::at(0), 0);
    EXPECT_EQ(nic.read(TXDCTL::at(0)) & TXDCTL::enable, 0U);
    EXPECT_EQ(nic.read(RXDCTL::at(0)) & RXDCTL::enable, 0U);
    expect_silence();
    EXPECT_TRUE(nic.still_works(wire));
}

// The mailbox command with which drivers stop the receiver.
TEST_F(ResetTest, FirmwareStopsTheReceiver) {
    begin_work();
    nic.write(FLEX_MNG::at(0), 0xFF00'01DE);
    nic.write(FLEX_MNG::at(1), 0);
    nic.write(HICR::at(), HICR::en | HICR::c);
    EXPECT_EQ(nic.read(HICR::at()), HICR::en | HICR::sv);
    EXPECT_EQ(nic.read(RXCTRL::at()) & RXCTRL::rxen, 0U);
    const Bytes before = qemu.read_memory(rx.base, 64 * kDescriptorBytes);
    wire.send(make_frame(100, 1));
    qemu.turn();
    qemu.turn();
    EXPECT_EQ(qemu.read_memory(rx.base, 64 * kDescriptorBytes), before);
    EXPECT_TRUE(nic.still_works(wire));
}

// A driver that has put the PHY to sleep may be followed by one that never touches it.
TEST_F(ResetTest, BusResetWakesThePhy) {
    nic.write(MSRWD::at(), 0x0800);  // low power
    nic.write(MSCA::at(), MSCA::command | MSCA::op_address | 30u << MSCA::device_shift);
    nic.write(MSCA::at(), MSCA::command | MSCA::op_write | 30u << MSCA::device_shift);
    EXPECT_FALSE(nic.link_up());
    nic.reset();
    EXPECT_FALSE(nic.wait_link(Milliseconds(100))) << "CTRL.RST leaves the PHY alone";
    qemu.qmp("system_reset");
    qemu.wait_event("RESET");
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, HundredResetsUnderTraffic) {
    for (unsigned i = 0; i < 100; ++i) {
        tx.enable();
        rx.enable();
        rx.post(63);
        nic.start();
        for (unsigned frame = 0; frame < 8; ++frame) {
            tx.push_frame(outgoing(200, frame));
        }
        wire.send(make_frame(200, i));
        tx.kick();
        nic.reset();
    }
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(ResetTest, RegistersAreBackAtTheirDocumentedValues) {
    nic.write(RXPBSIZE::at(0), 0);
    nic.write(VLNCTRL::at(), 0);
    nic.write(RAL::at(0), 0);
    nic.write(RAH::at(0), 0);
    nic.write(EIMS::at(), ~0u);
    nic.reset();
    EXPECT_EQ(nic.read(CTRL::at()) & (CTRL::rst | CTRL::lnk_rst | CTRL::gio_dis), 0U);
    EXPECT_NE(nic.read(STATUS::at()) & STATUS::gio_master_enabled, 0U);
    EXPECT_EQ(nic.read(RXPBSIZE::at(0)), 0x60000U);
    EXPECT_EQ(nic.read(VLNCTRL::at()) & (VLNCTRL::vet_mask | VLNCTRL::vfe | VLNCTRL::vme), 0x8100U);
    EXPECT_EQ(nic.read(RAL::at(0)), 0x1200'5452U);
    EXPECT_EQ(nic.read(RAH::at(0)), RAH::av | 0x5634);
    EXPECT_EQ(nic.read(EIMS::at()), 0U);
    EXPECT_NE(nic.read(EEC::at()) & EEC::ard, 0U);
    EXPECT_NE(nic.read(RDRXCTL::at()) & RDRXCTL::dmaidone, 0U);
}

}  // namespace
}  // namespace x550
