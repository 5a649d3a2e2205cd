// SPDX-License-Identifier: GPL-2.0-or-later
// Work without end: rings, descriptors and headers that lead nowhere.
#include <array>

#include "hostile.h"

namespace x550 {
namespace {

using BugClassB3 = Hostile;
using BugClassB4 = Hostile;
using BugClassB5 = Hostile;
using BugClassB6 = Hostile;
using BugClassB7 = Hostile;
using BugClassB8 = Hostile;
using BugClassB9 = Hostile;

TEST_F(BugClassB3, TransmitHeadAndTailOutsideTheRing) {
    TxRing tx(nic, 0, 32);
    for (const std::uint32_t head : {0u, 31u, 32u, 33u, 0xFFFFu}) {
        for (const std::uint32_t tail : {0u, 31u, 32u, 33u, 0x8000u, 0xFFFFu}) {
            set_tx_ring(0, tx.base, 32 * kDescriptorBytes);
            nic.write(TDH::at(0), head);
            nic.write(TDT::at(0), tail);
            qemu.turn();
        }
    }
    expect_alive();
}

TEST_F(BugClassB3, TransmitRingShrinksUnderItsIndices) {
    TxRing tx(nic, 0, 256);
    tx.enable();
    for (unsigned i = 0; i < 250; ++i) {
        tx.push_frame(outgoing(1500, i));
    }
    tx.kick();
    nic.write(TDLEN::at(0), 128);
    run();
    nic.write(TDLEN::at(0), 0);
    run();
    expect_alive();
}

TEST_F(BugClassB3, DescriptorsWithoutLength) {
    TxRing tx(nic, 0, 512);
    tx.enable();
    for (unsigned i = 0; i < 510; ++i) {
        tx.push(
            {0, 0, TxData::dtyp | TxData::dext | (i % 3 == 2 ? TxData::eop : 0) | TxData::rs, 0});
    }
    tx.kick();
    EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    expect_alive();
}

TEST_F(BugClassB3, EndOfPacketNeverComes) {
    constexpr unsigned kEntries = 4096;
    TxRing tx(nic, 0, kEntries);
    tx.enable();
    const std::uint64_t buffer = qemu.allocate(65536);
    for (unsigned i = 0; i < kEntries - 1; ++i) {
        tx.push(data_descriptor(buffer, 65535, 0x3FFFF, TxData::rs));
    }
    tx.kick();
    run();
    for (unsigned i = 0; i < 3; ++i) {
        nic.write(TDT::at(0), (tx.tail + kEntries - 2 - i) % kEntries);
        run();
    }
    expect_alive();
}

// Contexts only, and the ring goes round and round.
TEST_F(BugClassB3, NothingButContexts) {
    TxRing tx(nic, 0, 128);
    tx.enable();
    for (unsigned round = 0; round < 5; ++round) {
        for (unsigned i = 0; i < 127; ++i) {
            tx.push({~0u, ~0u, TxContext::dtyp | TxContext::dext | i << 8, ~0u});
        }
        tx.kick();
        EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    }
    expect_alive();
}

TEST_F(BugClassB4, ReceiveHeadAndTailOutsideTheRing) {
    RxRing rx(nic, 0, 32);
    for (const std::uint32_t head : {0u, 31u, 32u, 33u, 0xFFFFu}) {
        for (const std::uint32_t tail : {0u, 31u, 32u, 33u, 0x8000u, 0xFFFFu}) {
            set_rx_ring(0, rx.base, 32 * kDescriptorBytes);
            nic.write(RDH::at(0), head);
            nic.write(RDT::at(0), tail);
            wire.send(make_frame(100, tail));
            qemu.turn();
        }
    }
    expect_alive();
}

TEST_F(BugClassB4, ReceiveRingShrinksUnderItsIndices) {
    RxRing rx(nic, 0, 256);
    rx.enable();
    rx.post(255);
    for (unsigned i = 0; i < 200; ++i) {
        wire.send(make_frame(100, i));
    }
    nic.write(RDLEN::at(0), 128);
    run();
    nic.write(RDLEN::at(0), 0);
    wire.send(make_frame(100, 0));
    expect_alive();
}

TEST_F(BugClassB5, BuffersAtAddressZeroAndNowhere) {
    for (const std::uint64_t place :
         {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0xFFFF'FFFF'FFFF'F000},
          std::uint64_t{0x0008'0000'0000'0000}, std::uint64_t{64} << 20}) {
        RxRing rx(nic, 0, 32);
        rx.buffers = place;
        rx.enable();
        rx.post(31);
        for (unsigned i = 0; i < 40; ++i) {
            wire.send(make_frame(1500, i));
        }
        run();
    }
    expect_alive();
}

// BSIZEPACKET 0 to 31, BSIZEHEADER 0 to 63 and every descriptor type, the reserved ones as well.
TEST_F(BugClassB5, ExtremesOfTheBufferSizes) {
    RxRing rx(nic, 0, 8);
    for (const std::uint32_t packet : {0u, 1u, 15u, 16u, 31u}) {
        for (const std::uint32_t header : {0u, 1u, 4u, 16u, 63u}) {
            for (std::uint32_t type = 0; type < 8; ++type) {
                set_rx_ring(
                    0, rx.base, 8 * kDescriptorBytes,
                    packet | header << SRRCTL::bsizeheader_shift | type << SRRCTL::desctype_shift);
                nic.write(RDH::at(0), 0);
                nic.write(RDT::at(0), 7);
                wire.send(make_frame(1500, type));
                qemu.turn();
            }
        }
    }
    expect_alive();
}

TEST_F(BugClassB6, LoopbackOntoItself) {
    set_loopback();
    TxRing tx(nic, 0, 512);
    RxRing rx(nic, 0, 32);
    tx.enable();
    rx.enable();
    rx.post(31);
    for (unsigned i = 0; i < 500; ++i) {
        tx.push_frame(make_frame(300, i, kBroadcast, kDeviceMac));
    }
    tx.kick();
    EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); })) << "a full ring must not stop a loop";
    EXPECT_EQ(rx.receive(), make_frame(300, 0, kBroadcast, kDeviceMac));
    expect_alive();
}

// A hub brings every frame back to all but its sender: two devices with pool switching and loopback
// bits set.
TEST(BugClassB6Hub, HubWithSeveralPortsOfTheSameMachine) {
    Launch launch;
    launch.add({"-machine", "pc"});
    for (const std::string number : {"4", "5", "6"}) {
        std::string nic = "x550,netdev=p" + number;
        nic.append(",addr=").append(number);
        launch.add({"-netdev", "hubport,hubid=1,id=p" + number, "-device", nic});
    }
    Qemu qemu(std::move(launch));
    for (const unsigned slot : {4u, 5u, 6u}) {
        PciFunction pci(qemu, 0, slot);
        Nic nic(qemu, pci);
        nic.attach();
        ASSERT_TRUE(nic.wait_link());
        nic.start();
        nic.write(PFDTXGSWC::at(), 1);
        RxRing rx(nic, 0, 64);
        TxRing tx(nic, 0, 64);
        rx.enable();
        rx.post(63);
        tx.enable();
        for (unsigned i = 0; i < 63; ++i) {
            tx.push_frame(make_frame(300, i, kBroadcast, kBroadcast));
        }
        tx.kick();
        EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    }
}

TEST_F(BugClassB7, EveryQueueWithARingOfNothing) {
    for (const std::uint32_t bytes : {0u, 0x80u, 0xFFF80u}) {
        for (unsigned queue = 0; queue < kQueues; ++queue) {
            set_tx_ring(queue, 0, bytes);
            set_rx_ring(queue, 0, bytes);
            nic.write(TDT::at(queue), 0xFFFF);
            nic.write(RDT::at(queue), 0xFFFF);
        }
        wire.send(make_frame(100, bytes));
        run();
    }
    expect_alive();
}

TEST_F(BugClassB7, LargestRingFullOfZeroes) {
    const std::uint64_t ring = qemu.allocate(1u << 20);
    set_tx_ring(0, ring, 0xFFF80);
    nic.write(TDT::at(0), 0xFFF7);
    EXPECT_TRUE(qemu.wait_until([this] { return nic.read(TDH::at(0)) != 0; }));
    expect_alive();
}

TEST_F(BugClassB8, ExtensionHeadersWithoutEnd) {
    nic.write(MRQC::at(), MRQC::rss | MRQC::ipv6 | MRQC::tcp6 | MRQC::udp6);
    nic.write(HLREG0::at(), nic.read(HLREG0::at()) | HLREG0::jumboen);
    nic.write(MAXFRS::at(), 9728u << MAXFRS::mfs_shift);
    RxRing rx(nic, 0, 64);
    rx.enable();
    rx.post(63);
    // Hop-by-hop, destination, routing, fragment, mobility, shim and authentication headers, each
    // naming itself again.
    for (const auto header : std::to_array<std::uint8_t>({0, 60, 43, 44, 135, 140, 51})) {
        for (const std::size_t bytes :
             {std::size_t{8}, std::size_t{15}, std::size_t{1400}, std::size_t{9000}}) {
            for (const auto length : std::to_array<std::uint8_t>({0, 1, 255})) {
                Bytes chain(bytes, 0);
                for (std::size_t at = 0; at + 1 < bytes; at += 8u * (length + 1u)) {
                    chain[at] = header;
                    chain[at + 1] = length;
                }
                wire.send(ipv6_frame(chain, header));
                EXPECT_TRUE(rx.receive());
            }
        }
    }
    expect_alive();
}

// The same on the way out, with every offload asked for.
TEST_F(BugClassB8, ExtensionHeadersWithOffloads) {
    TxRing tx(nic, 0, 64);
    tx.enable();
    const Frame frame = ipv6_frame(Bytes(1400, 0), 0);
    const std::uint64_t buffer = qemu.allocate(2048);
    qemu.write_memory(buffer, frame);
    const auto bytes = static_cast<std::uint32_t>(frame.size());
    for (const std::uint32_t lengths : {0u, ~0u, 40u | 14u << TxContext::maclen_shift}) {
        tx.push({lengths, 0, TxContext::dtyp | TxContext::dext | TxContext::l4_tcp,
                 1u << TxContext::mss_shift | 20u << TxContext::l4len_shift});
        Descriptor data =
            data_descriptor(buffer, bytes, bytes, TxData::eop | TxData::rs | TxData::tse);
        data[3] |= TxData::ixsm | TxData::txsm | TxData::cc;
        tx.push(data);
    }
    tx.kick();
    expect_alive();
}

// No number of buffers of this ring holds the frame: it is dropped, and those behind it come
// through.
TEST_F(BugClassB9, FrameLargerThanAllBuffers) {
    nic.write(HLREG0::at(), nic.read(HLREG0::at()) | HLREG0::jumboen);
    nic.write(MAXFRS::at(), 9728u << MAXFRS::mfs_shift);
    RxRing rx(nic, 0, 8);
    rx.enable();
    nic.write(SRRCTL::at(0), 1 | 1u << SRRCTL::desctype_shift);
    rx.post(7);
    wire.send(make_frame(9000, 1));
    wire.send(make_frame(100, 2));
    EXPECT_EQ(rx.receive(), make_frame(100, 2));
    expect_alive();
}

}  // namespace
}  // namespace x550
