// SPDX-License-Identifier: GPL-2.0-or-later
// What firmware and operating systems find on the bus.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

TEST(Enumerate, FunctionSaysItIsAnX550) {
    Machine machine;
    EXPECT_EQ(machine.pci.read(32, 0x00), 0x1563'8086U);
    EXPECT_EQ(machine.pci.read(32, 0x08) >> 8, 0x020000U);  // Ethernet controller
    EXPECT_EQ(machine.pci.read(8, 0x08), 1U);
    EXPECT_EQ(machine.pci.read(8, 0x0E) & 0x7F, 0U);
    EXPECT_EQ(machine.pci.read(32, 0x2C), 0x0001'8086U);
    EXPECT_EQ(machine.pci.read(8, pci::kInterruptPin), 1U);
}

TEST(Enumerate, BarsHaveTheSizesOfTheCard) {
    Machine machine({.attach = false});
    const Bar registers = machine.pci.probe_bar(0);
    EXPECT_EQ(registers.bytes, kBarBytes);
    EXPECT_TRUE(registers.is_64_bit);
    EXPECT_TRUE(registers.prefetchable);
    const Bar msix = machine.pci.probe_bar(4);
    EXPECT_EQ(msix.bytes, 16u << 10);
    EXPECT_TRUE(msix.is_64_bit);
    EXPECT_EQ(machine.pci.read(32, pci::kBar0 + 8), 0U);
    EXPECT_EQ(machine.pci.read(32, pci::kBar0 + 12), 0U);
}

TEST(Enumerate, BarMovesWithItsAddress) {
    Machine machine;
    const std::uint32_t status = machine.nic.read(STATUS::at());
    EXPECT_NE(status, 0xFFFF'FFFFU);
    machine.nic.registers = machine.pci.map_bar(0);
    EXPECT_EQ(machine.nic.read(STATUS::at()), status);
}

TEST(Enumerate, BarAnswersOnlyWhileMemoryIsEnabled) {
    Machine machine;
    machine.nic.write(FCTTV::at(0), 0x5A);
    machine.pci.set_command_bits(pci::kCommandMemory, false);
    EXPECT_NE(machine.nic.read(FCTTV::at(0)), 0x5AU);
    machine.pci.set_command_bits(pci::kCommandMemory, true);
    EXPECT_EQ(machine.nic.read(FCTTV::at(0)), 0x5AU);
}

// Drivers read these places without walking the list.
TEST(Enumerate, CapabilitiesLieWhereDriversLook) {
    Machine machine;
    EXPECT_EQ(machine.pci.read(8, 0x40), pci::kIdPowerManagement);
    EXPECT_EQ(machine.pci.read(8, 0x50), pci::kIdMsi);
    EXPECT_EQ(machine.pci.read(8, 0x70), pci::kIdMsix);
    EXPECT_EQ(machine.pci.read(8, 0xA0), pci::kIdExpress);
}

TEST(Enumerate, ListLeadsToEveryCapability) {
    Machine machine;
    EXPECT_EQ(machine.pci.find_capability(pci::kIdPowerManagement), 0x40U);
    EXPECT_EQ(machine.pci.find_capability(pci::kIdMsi), 0x50U);
    EXPECT_EQ(machine.pci.find_capability(pci::kIdMsix), 0x70U);
    EXPECT_EQ(machine.pci.find_capability(pci::kIdExpress), 0xA0U);
}

TEST(Enumerate, MsixHas64VectorsInBar4) {
    Machine machine;
    EXPECT_EQ(machine.pci.read(16, 0x72) & 0x7FF, 63U);
    EXPECT_EQ(machine.pci.read(32, 0x74), 0x0000'0004U);
    EXPECT_EQ(machine.pci.read(32, 0x78), 0x0000'2004U);
}

TEST(Enumerate, MsiHasOneVector64BitAddressAndMask) {
    Machine machine;
    const std::uint32_t control = machine.pci.read(16, 0x52);
    EXPECT_EQ(control >> 1 & 7, 0U);
    EXPECT_NE(control & 1u << 7, 0U);
    EXPECT_NE(control & 1u << 8, 0U);
}

TEST(Enumerate, ExpressCapabilityIsWhatDriversExpect) {
    Machine machine;
    EXPECT_EQ(machine.pci.read(16, 0xA2) & 0xF0, 0U) << "endpoint";
    EXPECT_NE(machine.pci.read(32, 0xA4) & 1u << 28, 0U) << "function level reset";
    EXPECT_EQ(machine.pci.read(16, 0xAA) & 1u << 5, 0U) << "transactions pending";
    EXPECT_EQ(machine.pci.read(16, 0xB2) & 0x3FF, 0x43U) << "8 GT/s, four lanes";
    EXPECT_EQ(machine.pci.read(16, 0xC8) & 0xF, 0U) << "completion timeout";
}

TEST(Enumerate, ExtendedCapabilitiesOnAnExpressBus) {
    Machine machine({.machine = "q35"});
    PciFunction host(machine.qemu, 0, 0);
    constexpr std::uint32_t kEcam = 0xB000'0000;
    host.write(32, 0x64, 0);
    host.write(32, 0x60, kEcam | 1);
    const std::uint64_t config = kEcam + (Machine::kSlot << 15);
    EXPECT_EQ(machine.qemu.read(32, config), 0x1563'8086U);
    EXPECT_EQ(machine.qemu.read(16, config + 0x100), 0x0001U);  // AER
    EXPECT_EQ(machine.qemu.read(16, config + 0x140), 0x0003U);  // serial number
    EXPECT_EQ(machine.qemu.read(32, config + 0x144), 0xFF12'3456U);
    EXPECT_EQ(machine.qemu.read(32, config + 0x148), 0x5254'00FFU);
}

TEST(Enumerate, AddressOfThePropertyIsInTheFirstFilter) {
    Machine machine;
    EXPECT_EQ(machine.nic.read(RAL::at(0)), 0x1200'5452U);
    EXPECT_EQ(machine.nic.read(RAH::at(0)), RAH::av | 0x5634);
    EXPECT_EQ(machine.nic.read(RAL_ALIAS::at(0)), 0x1200'5452U);
}

TEST(Enumerate, SecondFunctionIsTheSecondPort) {
    Machine machine({.device = ",multifunction=on",
                     .extra = {"-device", "x550,id=second,addr=4.1,multifunction=on"}});
    PciFunction second(machine.qemu, 0, Machine::kSlot, 1);
    Nic nic(machine.qemu, second);
    nic.attach();
    EXPECT_EQ(second.read(8, pci::kInterruptPin), 2U);
    EXPECT_EQ(machine.nic.read(STATUS::at()) >> STATUS::lan_id_shift & 3, 0U);
    EXPECT_EQ(nic.read(STATUS::at()) >> STATUS::lan_id_shift & 3, 1U);
}

TEST(Enumerate, SeveralDevicesKeepApart) {
    Machine machine({.extra = {"-device", "x550,addr=5,mac=52:54:00:00:00:05", "-device",
                               "x550,addr=6,mac=52:54:00:00:00:06"}});
    PciFunction fifth(machine.qemu, 0, 5);
    PciFunction sixth(machine.qemu, 0, 6);
    Nic nic5(machine.qemu, fifth);
    Nic nic6(machine.qemu, sixth);
    nic5.attach();
    nic6.attach();
    nic5.write(FCTTV::at(0), 5);
    nic6.write(FCTTV::at(0), 6);
    EXPECT_EQ(machine.nic.read(FCTTV::at(0)), 0U);
    EXPECT_EQ(nic5.read(FCTTV::at(0)), 5U);
    EXPECT_EQ(nic5.read(RAH::at(0)), RAH::av | 0x0500);
    EXPECT_EQ(nic6.read(RAH::at(0)), RAH::av | 0x0600);
}

TEST(Enumerate, AddressesGivenByQemuDiffer) {
    Launch launch;
    launch.add({"-machine", "pc", "-device", "x550,addr=5", "-device", "x550,addr=6"});
    Qemu qemu(std::move(launch));
    PciFunction fifth(qemu, 0, 5);
    PciFunction sixth(qemu, 0, 6);
    Nic nic5(qemu, fifth);
    Nic nic6(qemu, sixth);
    nic5.attach();
    nic6.attach();
    EXPECT_EQ(nic5.read(RAL::at(0)) & 0xFFFFFF, 0x005452U);  // QEMU's own 52:54:00
    EXPECT_NE(nic5.read(RAH::at(0)), nic6.read(RAH::at(0)));
}

TEST(Enumerate, BehindARootPort) {
    Launch launch;
    launch.add({"-machine", "q35", "-device", "pcie-root-port,id=root,addr=3,chassis=1", "-device",
                "x550,bus=root,mac=52:54:00:12:34:56"});
    Qemu qemu(std::move(launch));
    PciFunction port(qemu, 0, 3);
    PciFunction function(qemu, 1, 0);
    Nic nic(qemu, function);
    place_behind_root_port(port, nic);
    EXPECT_EQ(function.read(32, 0), 0x1563'8086U);
    EXPECT_EQ(nic.read(RAL::at(0)), 0x1200'5452U);
}

TEST(Enumerate, InfoCommandsKnowTheDevice) {
    Machine machine;
    EXPECT_NE(machine.qemu.hmp("info pci").find("8086:1563"), std::string::npos);
    const std::string network = machine.qemu.hmp("info network");
    EXPECT_NE(network.find("model=x550,macaddr=52:54:00:12:34:56"), std::string::npos) << network;
}

TEST(Enumerate, MonitorShowsTheProperties) {
    Machine machine;
    const std::string tree = machine.qemu.hmp("info qtree");
    EXPECT_NE(tree.find("dev: x550, id \"nic\""), std::string::npos) << tree;
}

}  // namespace
}  // namespace x550
