// SPDX-License-Identifier: GPL-2.0-or-later
// Every byte of the BARs, in every width: nothing reads all ones, nothing takes the device down.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

constexpr std::size_t kChunk = 20'000;

// Offsets whose reads have an effect that a later read of the walk would see.
std::vector<std::uint64_t> read_walk(Machine& machine, unsigned bits, unsigned first,
                                     unsigned stride, unsigned end) {
    std::vector<std::uint64_t> values;
    std::vector<std::string> commands;
    for (unsigned offset = first; offset + bits / 8 <= end; offset += stride) {
        commands.push_back(Qemu::read_command(bits, machine.nic.registers.address + offset));
        if (commands.size() == kChunk) {
            const auto part = machine.qemu.batch(commands);
            values.insert(values.end(), part.begin(), part.end());
            commands.clear();
        }
    }
    const auto part = machine.qemu.batch(commands);
    values.insert(values.end(), part.begin(), part.end());
    return values;
}

void write_walk(Machine& machine, unsigned bits, unsigned first, unsigned stride, unsigned end,
                std::uint64_t value) {
    std::vector<std::string> commands;
    for (unsigned offset = first; offset + bits / 8 <= end; offset += stride) {
        commands.push_back(
            Qemu::write_command(bits, machine.nic.registers.address + offset, value));
        if (commands.size() == kChunk) {
            machine.qemu.batch(commands);
            commands.clear();
        }
    }
    machine.qemu.batch(commands);
}

TEST(RegisterWalk, WholeBarReadsAsWordsWithoutAllOnes) {
    Machine machine;
    const auto values = read_walk(machine, 32, 0, 4, kBarBytes);
    ASSERT_EQ(values.size(), kBarBytes / 4);
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NE(values[i], 0xFFFF'FFFFU) << "offset " << std::hex << i * 4;
        EXPECT_TRUE(i * 4 < kCsrBytes || values[i] == 0) << "offset " << std::hex << i * 4;
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(RegisterWalk, WholeBarReadsAsDoubleWords) {
    Machine machine;
    const auto values = read_walk(machine, 64, 0, 8, kBarBytes);
    ASSERT_EQ(values.size(), kBarBytes / 8);
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NE(values[i], ~std::uint64_t{0}) << "offset " << std::hex << i * 8;
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(RegisterWalk, DoubleWordIsTwoRegisters) {
    Machine machine;
    machine.nic.write(RDBAL::at(3), 0x1234'5680);
    machine.nic.write(RDBAH::at(3), 0x9ABC'DEF0);
    EXPECT_EQ(machine.qemu.read(64, machine.nic.registers.address + RDBAL::at(3)),
              0x9ABC'DEF0'1234'5680U);
    machine.qemu.write(64, machine.nic.registers.address + RDBAL::at(3), 0x1111'1111'2222'2200);
    EXPECT_EQ(machine.nic.read(RDBAL::at(3)), 0x2222'2200U);
    EXPECT_EQ(machine.nic.read(RDBAH::at(3)), 0x1111'1111U);
}

// 16 and 8 bits wide, aligned or across registers: an error of the guest, without effect.
TEST(RegisterWalk, NarrowAndUnalignedReads) {
    Machine machine;
    for (const auto& [bits, first, stride] :
         {std::array{8u, 0u, 1u}, std::array{16u, 0u, 2u}, std::array{16u, 1u, 2u},
          std::array{32u, 1u, 4u}, std::array{32u, 2u, 4u}, std::array{32u, 3u, 4u},
          std::array{64u, 4u, 8u}, std::array{64u, 1u, 8u}, std::array{64u, 6u, 8u}}) {
        EXPECT_FALSE(read_walk(machine, bits, first, stride, kCsrBytes).empty());
        EXPECT_FALSE(read_walk(machine, bits, kCsrBytes + first, 0x1FF8, kBarBytes).empty());
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(RegisterWalk, NarrowWritesChangeNothing) {
    Machine machine;
    machine.nic.write(FCTTV::at(0), 0x1234'5678);
    const std::uint64_t address = machine.nic.registers.address + FCTTV::at(0);
    for (unsigned byte = 0; byte < 4; ++byte) {
        machine.qemu.write(8, address + byte, 0xFF);
    }
    machine.qemu.write(16, address, 0xFFFF);
    machine.qemu.write(16, address + 1, 0xFFFF);
    machine.qemu.write(32, address + 1, ~0u);
    EXPECT_EQ(machine.nic.read(FCTTV::at(0)), 0x1234'5678U);
}

TEST(RegisterWalk, AccessAcrossTheEndOfTheBar) {
    Machine machine;
    const std::uint64_t end = machine.nic.registers.address + kBarBytes;
    for (const unsigned bits : {16u, 32u, 64u}) {
        (void)machine.qemu.read(bits, end - 1);
        machine.qemu.write(bits, end - 1, 0);
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(RegisterWalk, MsixBarInEveryWidth) {
    Machine machine;
    const std::uint64_t table = machine.nic.msix.address;
    for (const unsigned bits : {8u, 16u, 32u, 64u}) {
        for (unsigned offset = 0; offset + bits / 8 <= machine.nic.msix.bytes; offset += 0x3F) {
            (void)machine.qemu.read(bits, table + offset);
            machine.qemu.write(bits, table + offset, 0xFFFF'FFFF'FFFF'FFFF >> (64 - bits));
        }
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

struct WriteWalk : testing::TestWithParam<std::uint32_t> {};

// Every register is written, resets and doorbells included, while rings are running.
TEST_P(WriteWalk, LeavesADeviceThatWorksAfterReset) {
    Machine machine;
    TxRing tx(machine.nic, 0, 32);
    RxRing rx(machine.nic, 0, 32);
    for (const unsigned bits : {32u, 64u, 16u, 8u}) {
        tx.enable();
        rx.enable();
        rx.post(31);
        write_walk(machine, bits, 0, bits / 8, kCsrBytes, GetParam());
        write_walk(machine, bits, kCsrBytes, 0x1000, kBarBytes, GetParam());
        if (bits > 8) {
            write_walk(machine, bits, 1, 64, kCsrBytes, GetParam());
        }
        machine.wire.send(make_frame(100, bits));
        machine.qemu.clock_step(10 * kMillisecond);
    }
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

INSTANTIATE_TEST_SUITE_P(Patterns, WriteWalk,
                         testing::Values(0u, ~0u, 0x5A5A'5A5Au, 0xA5A5'A5A5u, 1u, 0x0200'0001u));

// From the end to the beginning: units are on before the rings behind them are there.
TEST(RegisterWalk, WritesBackwards) {
    Machine machine;
    std::vector<std::string> commands;
    for (unsigned offset = kCsrBytes; offset > 0; offset -= 4) {
        commands.push_back(Qemu::write_command(32, machine.nic.registers.address + offset - 4,
                                               0x9E37'79B9u * offset));
    }
    machine.qemu.batch(commands);
    machine.qemu.clock_step(10 * kMillisecond);
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST(RegisterWalk, StatusSurvivesTheWritesOfTheSelfTest) {
    Machine machine;
    const std::uint32_t before = machine.nic.read(STATUS::at());
    machine.nic.write(STATUS::at(), 0x7FFF'F30F);
    EXPECT_EQ(machine.nic.read(STATUS::at()), before);
}

}  // namespace
}  // namespace x550
