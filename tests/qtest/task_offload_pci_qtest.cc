// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block on the bus: capability, BAR, window; and nothing of it when switched off.
#include "task_offload.h"

namespace x550 {
namespace {

using TaskOffloadWindow = OffloadTest;

constexpr unsigned kConfigBytes = 256;
constexpr unsigned kExtendedConfigBytes = 4096;
constexpr std::uint32_t kBlockBarBytes = 4096;
constexpr unsigned kRomBar = 0x30;
constexpr const char* kWithout = ",task-offload-cap=off";

Bytes little_endian(const std::vector<std::uint64_t>& words) {
    Bytes bytes;
    for (const std::uint64_t word : words) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<std::uint8_t>(word >> shift));
        }
    }
    return bytes;
}

Bytes configuration(PciFunction& pci) {
    std::vector<std::uint64_t> words;
    for (unsigned offset = 0; offset < kConfigBytes; offset += 4) {
        words.push_back(pci.read(32, offset));
    }
    return little_endian(words);
}

// Through the memory-mapped configuration space of a q35.
Bytes extended_configuration(Qemu& qemu) {
    constexpr std::uint32_t kEcam = 0xB000'0000;
    PciFunction host(qemu, 0, 0);
    host.write(32, 0x64, 0);
    host.write(32, 0x60, kEcam | 1);
    std::vector<std::string> reads;
    for (unsigned offset = 0; offset < kExtendedConfigBytes; offset += 4) {
        reads.push_back(Qemu::read_command(32, kEcam + (Machine::kSlot << 15) + offset));
    }
    return little_endian(qemu.batch(reads));
}

// The configuration space as it would be if nobody had added the capability.
Bytes without_capability(Bytes bytes) {
    EXPECT_EQ(bytes[pci::kCapabilities], kOffloadCapability);
    bytes[pci::kCapabilities] = bytes[kOffloadCapability + X550_CAP_OFF_NEXT];
    std::fill_n(bytes.begin() + kOffloadCapability, X550_CAP_LENGTH, std::uint8_t{0});
    return bytes;
}

std::vector<unsigned> capabilities(PciFunction& pci) {
    std::vector<unsigned> list;
    unsigned offset = pci.read(8, pci::kCapabilities);
    while (offset != 0 && list.size() < 48) {
        list.push_back(offset);
        offset = pci.read(8, offset + 1);
    }
    return list;
}

TEST(TaskOffloadPci, CapabilityNamesTheBlock) {
    Machine machine({.attach = false});
    const Bytes config = configuration(machine.pci);
    const Bytes expected = {
        0x09, config[0x81], 0x20, 0x01, 'X', '5', 'T', 'O', 2, 0, 0, 0, 0, 0, 0,
        0,    0x00,         0x05, 0,    0,   0,   0,   0,   0,  // window: offset 0
        'X',  '5',          '5',  '0',  0,   0,   0,   0};      // and the word there
    EXPECT_EQ(Bytes(config.begin() + 0x80, config.begin() + 0xA0), expected);
}

TEST(TaskOffloadPci, ListLeadsToTheCapabilityAndToAllOthers) {
    Machine with({.attach = false});
    EXPECT_EQ(capabilities(with.pci), (std::vector<unsigned>{0x80, 0x40, 0x50, 0xA0, 0x70}));
    Machine without({.device = kWithout, .attach = false});
    EXPECT_EQ(capabilities(without.pci), (std::vector<unsigned>{0x40, 0x50, 0xA0, 0x70}));
}

TEST(TaskOffloadPci, BarIsOnePageOf32BitMemory) {
    Machine machine({.attach = false});
    EXPECT_EQ(machine.pci.read(32, pci::kBar0 + 4 * kBlockBar) & 0xFU, 0U);
    const Bar bar = machine.pci.probe_bar(kBlockBar);
    EXPECT_EQ(bar.bytes, kBlockBarBytes);
    EXPECT_FALSE(bar.is_64_bit);
    EXPECT_FALSE(bar.prefetchable);
}

TEST(TaskOffloadPci, SwitchedOffLeavesNoTraceInConfigurationSpace) {
    Machine with({.attach = false});
    Machine without({.device = kWithout, .attach = false});
    EXPECT_EQ(configuration(without.pci), without_capability(configuration(with.pci)));
    without.pci.write(32, kWindowOffset, X550_LENGTH);
    EXPECT_EQ(without.pci.read(32, kWindowData), 0U) << "no window";
}

TEST(TaskOffloadPci, SwitchedOffLeavesNoTraceInExtendedConfigurationSpace) {
    Machine with({.machine = "q35", .attach = false});
    Machine without({.machine = "q35", .device = kWithout, .attach = false});
    EXPECT_EQ(extended_configuration(without.qemu),
              without_capability(extended_configuration(with.qemu)));
}

TEST(TaskOffloadPci, SwitchedOffLeavesNoBar) {
    Machine with({.attach = false});
    Machine without({.device = kWithout, .attach = false});
    for (const unsigned number : {0u, 4u}) {
        EXPECT_EQ(without.pci.probe_bar(number).bytes, with.pci.probe_bar(number).bytes);
    }
    for (const unsigned number : {2u, 3u}) {
        without.pci.write(32, pci::kBar0 + 4 * number, ~0u);
        EXPECT_EQ(without.pci.read(32, pci::kBar0 + 4 * number), 0U);
    }
    for (Machine* machine : {&with, &without}) {
        machine->pci.write(32, kRomBar, 0xFFFF'F800);
    }
    EXPECT_EQ(without.pci.read(32, kRomBar), with.pci.read(32, kRomBar));
    EXPECT_EQ(without.qemu.hmp("info mtree").find("task-offload"), std::string::npos);
}

// MAP-11
TEST_F(TaskOffloadWindow, BarAndWindowShowTheSameWords) {
    ASSERT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | 5);
    for (std::uint32_t offset = X550_PARAMETERS; offset < X550_EVENT_VECTOR; offset += 4) {
        block.write(offset, offset * 0x1'0101);
    }
    unsigned not_zero = 0;
    for (std::uint32_t offset = 0; offset < kBlockBarBytes; offset += 4) {
        const std::uint32_t word = block.read(offset);
        ASSERT_EQ(block.window_read(offset), word) << std::hex << offset;
        not_zero += word != 0 ? 1 : 0;
    }
    EXPECT_GT(not_zero, 80U);
    EXPECT_EQ(block.read(X550_MAGIC), X550_MAGIC_VALUE);
    EXPECT_EQ(block.read(X550_VERSION), 0x0001'0000U);
    EXPECT_EQ(block.read(X550_LENGTH), 0x500U);
    EXPECT_EQ(block.read(X550_SECTIONS), 0x7FU);
}

TEST_F(TaskOffloadWindow, WhatOneSideWritesTheOtherReads) {
    for (std::uint32_t offset = X550_PARAMETERS; offset < X550_PARAMETERS + 0x90; offset += 4) {
        block.window_write(offset, ~offset);
        ASSERT_EQ(block.read(offset), ~offset);
        block.write(offset, offset);
        ASSERT_EQ(block.window_read(offset), offset);
    }
}

TEST_F(TaskOffloadWindow, OffsetsOutsideOfTheBlockReadZeroAndWriteNothing) {
    block.write(X550_PARAMETERS, 0x0102'0304);
    for (const std::uint32_t offset :
         {0x001u, 0x002u, 0x003u, 0x201u, 0x202u, 0x203u, 0x2F1u, 0x500u, 0xFFCu, 0x1000u, 0x1200u,
          0x8000'0200u, 0xFFFF'FFFCu, 0xFFFF'FFFFu}) {
        block.window_write(offset, ~0u);
        EXPECT_EQ(block.window_read(offset), 0U) << std::hex << offset;
        EXPECT_EQ(pci.read(32, kWindowOffset), offset);
    }
    for (std::uint32_t offset = X550_LENGTH_VALUE; offset < kBlockBarBytes; offset += 4) {
        block.write(offset, ~0u);
        ASSERT_EQ(block.read(offset), 0U) << std::hex << offset;
    }
    EXPECT_EQ(block.read(X550_PARAMETERS), 0x0102'0304U);
    EXPECT_EQ(block.read(X550_RESULT), 0U);
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(TaskOffloadWindow, NarrowAccessesReadZeroAndWriteNothing) {
    block.window_write(X550_PARAMETERS, 0x0102'0304);
    for (const unsigned bits : {8u, 16u}) {
        for (unsigned at = 0; at < 4; at += bits / 8) {
            pci.write(bits, kWindowData + at, 0xFFFF'FFFF);
            EXPECT_EQ(pci.read(bits, kWindowData + at), 0U);
            qemu.write(bits, block.bar.address + X550_PARAMETERS + at, 0xFFFF'FFFF);
            EXPECT_EQ(qemu.read(bits, block.bar.address + X550_PARAMETERS + at), 0U);
        }
    }
    for (const unsigned at : {1u, 2u, 3u}) {
        qemu.write(32, block.bar.address + X550_PARAMETERS + at, ~0u);
        EXPECT_EQ(qemu.read(32, block.bar.address + X550_PARAMETERS + at), 0U);
    }
    EXPECT_EQ(block.read(X550_PARAMETERS), 0x0102'0304U);
    EXPECT_EQ(block.read(X550_PARAMETERS + 4), 0U);
}

// Four bytes at another place are no access to the data word, though some of them lie in it.
TEST_F(TaskOffloadWindow, FourBytesBesideTheDataWordDoNothing) {
    block.window_write(X550_PARAMETERS, 0x0102'0304);
    constexpr std::uint16_t kAddressPort = 0xCF8;
    constexpr std::uint16_t kDataPort = 0xCFC;
    pci.write(32, kWindowOffset, X550_PARAMETERS);
    const std::uint32_t selected = qemu.in(32, kAddressPort) & ~0xFFU;
    for (const unsigned place : {kWindowData - 2, kWindowData + 1, kWindowData + 2}) {
        qemu.out(32, kAddressPort, selected | place);
        EXPECT_EQ(qemu.in(32, kDataPort), 0U) << place;
        qemu.out(32, kDataPort, ~0u);
        EXPECT_EQ(block.read(X550_PARAMETERS), 0x0102'0304U) << place;
        pci.write(32, kWindowOffset, X550_PARAMETERS);
    }
}

TEST(TaskOffloadPci, NarrowAccessesAreTold) {
    OffloadMachine machine({.extra = {"-d", "guest_errors"}});
    EXPECT_EQ(machine.qemu.error_output().find("task-offload"), std::string::npos);
    (void)machine.qemu.read(16, machine.block.bar.address);
    EXPECT_NE(machine.qemu.error_output().find("task-offload"), std::string::npos);
}

TEST_F(TaskOffloadWindow, WindowOffsetReadsBack) {
    EXPECT_EQ(pci.read(32, kWindowOffset), 0U);
    for (unsigned byte = 0; byte < 4; ++byte) {
        pci.write(8, kWindowOffset + byte, 0xA0 + byte);
        EXPECT_EQ(pci.read(8, kWindowOffset + byte), 0xA0 + byte);
    }
    EXPECT_EQ(pci.read(32, kWindowOffset), 0xA3A2'A1A0U);
    pci.write(32, kWindowOffset, X550_LENGTH);
    EXPECT_EQ(pci.read(32, kWindowData), 0x500U) << "offset and data in two steps";
}

TEST_F(TaskOffloadWindow, SleepingDeviceShowsAndTakesNothing) {
    pci.write(32, kWindowOffset, X550_PARAMETERS);
    pci.set_power_state(3);
    EXPECT_EQ(pci.read(32, kWindowData), ~0u);
    pci.write(32, kWindowData, 0x0101'0101);
    block.write(X550_PARAMETERS + 4, 0x0101'0101);
    block.write(X550_DOORBELL, X550_DOORBELL_PARAMETERS);
    pci.set_power_state(0);
    EXPECT_EQ(block.read(X550_PARAMETERS), 0U);
    EXPECT_EQ(block.read(X550_PARAMETERS + 4), 0U);
    EXPECT_FALSE(block.switches_apply());
}

TEST_F(TaskOffloadWindow, BusResetsClearTheWindowOffset) {
    pci.write(32, kWindowOffset, X550_LENGTH);
    nic.reset();
    EXPECT_EQ(pci.read(32, kWindowOffset), X550_LENGTH) << "CTRL.RST is not one";
    pci.function_level_reset();
    EXPECT_EQ(pci.read(32, kWindowOffset), 0U);
    EXPECT_EQ(pci.read(32, kWindowData), X550_MAGIC_VALUE);
    pci.write(32, kWindowOffset, X550_LENGTH);
    reset_bus();
    EXPECT_EQ(pci.read(32, kWindowOffset), 0U);
}

}  // namespace
}  // namespace x550
