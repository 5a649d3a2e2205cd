// SPDX-License-Identifier: GPL-2.0-or-later
// Frames and accesses of every size.
#include <array>

#include "hostile.h"

namespace x550 {
namespace {

using BugClassD19 = Hostile;
using BugClassD20 = Hostile;
using BugClassD21 = Hostile;
using BugClassD22 = Hostile;

TEST_F(BugClassD19, EveryFrameLengthIntoEveryBufferSize) {
    for (const bool jumbo : {false, true}) {
        for (const std::uint32_t kilobytes : {1u, 2u, 4u, 16u}) {
            nic.reset();
            ASSERT_TRUE(nic.wait_link());
            nic.start();
            if (jumbo) {
                nic.write(HLREG0::at(), nic.read(HLREG0::at()) | HLREG0::jumboen);
                nic.write(MAXFRS::at(), 0xFFFFu << MAXFRS::mfs_shift);
            }
            const std::uint64_t ring = qemu.allocate(64 * kDescriptorBytes);
            const std::uint64_t buffers = qemu.allocate(64 * 16384);
            for (unsigned i = 0; i < 64; ++i) {
                qemu.write(64, ring + i * kDescriptorBytes, buffers + i * 16384);
                qemu.write(64, ring + i * kDescriptorBytes + 8, 0);
            }
            set_rx_ring(0, ring, 64 * kDescriptorBytes, kilobytes | 1u << SRRCTL::desctype_shift);
            nic.write(RDT::at(0), 63);
            for (const auto bytes :
                 std::to_array<std::size_t>({1, 13, 14, 59, 60, 61, 1514, 1518, 1522, 1523, 9728,
                                             9729, 15872, 15873, 65535, 65550, 69000})) {
                wire.send(make_frame(bytes, 1));
            }
            run();
        }
    }
    expect_alive();
}

TEST_F(BugClassD19, NothingIsWrittenBehindABuffer) {
    RxRing rx(nic, 0, 8);
    rx.enable();
    nic.write(SRRCTL::at(0), 1 | 1u << SRRCTL::desctype_shift);
    const Bytes guard(RxRing::kBufferBytes - 1024, 0xEE);
    for (unsigned i = 0; i < 8; ++i) {
        qemu.write_memory(rx.buffers + i * RxRing::kBufferBytes + 1024, guard);
    }
    rx.post(7);
    wire.send(make_frame(1514, 1));
    EXPECT_TRUE(rx.receive(false));
    for (unsigned i = 0; i < 8; ++i) {
        EXPECT_EQ(qemu.read_memory(rx.buffers + i * RxRing::kBufferBytes + 1024, guard.size()),
                  guard);
    }
    expect_alive();
}

TEST_F(BugClassD20, LoopedFramesShorterThanAHeader) {
    set_loopback();
    TxRing tx(nic, 0, 128);
    RxRing rx(nic, 0, 128);
    tx.enable();
    rx.enable();
    rx.post(127);
    for (std::size_t bytes = 1; bytes < 60; ++bytes) {
        tx.push_frame(outgoing(bytes, 1));
    }
    tx.kick();
    EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    expect_alive();
}

TEST_F(BugClassD20, PaddingSwitchedOff) {
    nic.write(HLREG0::at(), (nic.read(HLREG0::at()) & ~HLREG0::txpaden) | HLREG0::lpbk);
    TxRing tx(nic, 0, 128);
    RxRing rx(nic, 0, 128);
    tx.enable();
    rx.enable();
    rx.post(127);
    for (std::size_t bytes = 1; bytes < 60; ++bytes) {
        tx.push_frame(outgoing(bytes, 1));
    }
    tx.kick();
    EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    expect_alive();
}

Frame tcp4_frame(std::uint8_t header_words, std::uint16_t total, std::uint8_t data_offset) {
    Frame frame = make_frame(14, 0);
    frame[12] = 0x08;
    frame[13] = 0x00;
    frame.insert(frame.end(), {static_cast<std::uint8_t>(0x40 | header_words),
                               0,
                               static_cast<std::uint8_t>(total >> 8),
                               static_cast<std::uint8_t>(total),
                               0,
                               1,
                               0x40,
                               0,
                               64,
                               6,
                               0,
                               0,
                               192,
                               0,
                               2,
                               1,
                               198,
                               51,
                               100,
                               1});
    frame.insert(
        frame.end(),
        {0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1, static_cast<std::uint8_t>(data_offset << 4),
         0x10, 0x20, 0, 0,  0, 0, 0});
    frame.resize(100, 0x55);
    return frame;
}

// Lengths in the headers that the frame does not have, cut at every byte, with coalescing and
// hashing on.
TEST_F(BugClassD21, TruncatedAndLyingHeaders) {
    nic.write(MRQC::at(),
              MRQC::rss | MRQC::tcp4 | MRQC::ipv4 | MRQC::ipv6 | MRQC::tcp6 | MRQC::udp4);
    nic.write(RSCCTL::at(0), RSCCTL::rscen | 3u << 2);
    RxRing rx(nic, 0, 256);
    rx.enable();
    nic.write(SRRCTL::at(0), 2 | 4u << SRRCTL::bsizeheader_shift | 2u << SRRCTL::desctype_shift);
    nic.write(PSRTYPE::at(0), PSRTYPE::tcp | PSRTYPE::udp | PSRTYPE::ipv4 | PSRTYPE::ipv6);
    const auto send_all = [&](const Frame& frame) {
        for (std::size_t bytes = 1; bytes <= frame.size(); ++bytes) {
            wire.send(Frame(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(bytes)));
        }
        rx.post(100);
        run();
    };
    for (const auto header_words : std::to_array<std::uint8_t>({0, 4, 5, 6, 15})) {
        for (const auto total : std::to_array<std::uint16_t>({0, 19, 20, 40, 86, 1500, 65535})) {
            for (const auto data_offset : std::to_array<std::uint8_t>({0, 4, 5, 15})) {
                rx.post(1);
                wire.send(tcp4_frame(header_words, total, data_offset));
            }
        }
    }
    send_all(tcp4_frame(5, 86, 5));
    send_all(tcp4_frame(15, 65535, 15));
    send_all(ipv6_frame(Bytes(60, 6), 6));
    expect_alive();
}

TEST_F(BugClassD22, RandomAccessesOfEverySize) {
    TxRing tx(nic, 0, 32);
    RxRing rx(nic, 0, 32);
    std::uint32_t random = 12345;
    const auto next = [&] { return random = random * 1664525 + 1013904223; };
    for (unsigned round = 0; round < 4; ++round) {
        tx.enable();
        rx.enable();
        rx.post(31);
        tx.push_frame(outgoing(100, round));
        std::vector<std::string> commands;
        for (unsigned i = 0; i < 20'000; ++i) {
            const unsigned bits = 8u << (next() >> 30);
            const bool in_registers = (next() >> 28) != 0;
            const std::uint32_t offset = next() % (in_registers ? kCsrBytes : kBarBytes - 8);
            const std::uint64_t address = own_register(bits == 32 ? offset & ~3u : offset);
            const std::uint64_t mask =
                bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
            commands.push_back(
                (next() >> 31) != 0
                    ? Qemu::read_command(bits, address)
                    : Qemu::write_command(bits, address, next() * 0x1'0000'0001u & mask));
        }
        qemu.batch(commands);
        wire.send(make_frame(100, round));
        run();
    }
    expect_alive();
}

}  // namespace
}  // namespace x550
