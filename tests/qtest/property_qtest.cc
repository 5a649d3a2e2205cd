// SPDX-License-Identifier: GPL-2.0-or-later
// The command line: good and bad values, and QEMUs the plug-in is not for.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

namespace fs = std::filesystem;

Exit run_with(const std::string& device) {
    Launch launch;
    launch.add({"-machine", "pc", "-device", device});
    return Qemu::run(std::move(launch));
}

// QEMU ends with status 1 and says why in the words it uses for every device.
void expect_refusal(const std::string& device, const std::string& words) {
    const Exit exit = run_with(device);
    EXPECT_TRUE(exit.clean) << exit.error_output;
    EXPECT_EQ(exit.status, 1) << exit.error_output;
    EXPECT_NE(exit.error_output.find(words), std::string::npos) << exit.error_output;
}

TEST(Property, UnknownOnesAreNamed) {
    expect_refusal("x550,bogus=1", "Property 'x550.bogus' not found");
}

TEST(Property, BadAddressIsRefused) {
    expect_refusal("x550,mac=nonsense", "Property 'x550.mac' doesn't take value 'nonsense'");
}

TEST(Property, MulticastAddressIsRefused) {
    expect_refusal("x550,mac=01:00:5e:00:00:01", "not a unicast address");
}

TEST(Property, UnknownNetdevIsRefused) {
    expect_refusal("x550,netdev=nothing", "Property 'x550.netdev' can't find value 'nothing'");
}

TEST(Property, OnOffAutoTakesNothingElse) {
    expect_refusal("x550,msix=perhaps", "does not accept value 'perhaps'");
    expect_refusal("x550,msi=perhaps", "does not accept value 'perhaps'");
    expect_refusal("x550,defer-tx=perhaps", "does not accept value 'perhaps'");
}

TEST(Property, OnOffTakesNothingElse) {
    expect_refusal("x550,task-offload-cap=perhaps", "'task-offload-cap' expects 'on' or 'off'");
}

TEST(Property, BootIndexMustBeNumberAndUnique) {
    expect_refusal("x550,bootindex=first", "expects");
    Launch launch;
    launch.add({"-machine", "pc", "-device", "x550,bootindex=1", "-device", "x550,bootindex=1"});
    const Exit exit = Qemu::run(std::move(launch));
    EXPECT_EQ(exit.status, 1);
    EXPECT_NE(exit.error_output.find("bootindex 1 has already been used"), std::string::npos)
        << exit.error_output;
}

TEST(Property, MissingRomFileIsNamed) {
    expect_refusal("x550,romfile=/nonexistent.rom", "/nonexistent.rom");
}

TEST(Property, TakenSlotIsRefused) {
    Launch launch;
    launch.add({"-machine", "pc", "-device", "x550,addr=4", "-device", "x550,addr=4"});
    const Exit exit = Qemu::run(std::move(launch));
    EXPECT_EQ(exit.status, 1);
    EXPECT_NE(exit.error_output.find("slot 4 function 0"), std::string::npos) << exit.error_output;
}

TEST(Property, NetdevServesOneDeviceOnly) {
    Launch launch;
    launch.add({"-machine", "pc", "-netdev", "hubport,id=n0,hubid=0", "-device", "x550,netdev=n0",
                "-device", "x550,netdev=n0"});
    const Exit exit = Qemu::run(std::move(launch));
    EXPECT_EQ(exit.status, 1);
    EXPECT_NE(exit.error_output.find("netdev"), std::string::npos) << exit.error_output;
}

TEST(Property, MsixCanBeSwitchedOff) {
    Machine machine({.device = ",msix=off"});
    EXPECT_FALSE(machine.pci.find_capability(pci::kIdMsix));
    EXPECT_EQ(machine.pci.find_capability(pci::kIdMsi), pci::kMsi);
}

TEST(Property, MsiCanBeSwitchedOff) {
    Machine machine({.device = ",msi=off"});
    EXPECT_FALSE(machine.pci.find_capability(pci::kIdMsi));
    EXPECT_EQ(machine.pci.find_capability(pci::kIdMsix), pci::kMsix);
}

TEST(Property, RomFileShowsUpInTheRomBar) {
    const fs::path rom = fs::temp_directory_path() / ("x550-rom-" + std::to_string(getpid()));
    std::ofstream(rom, std::ios::binary) << "\x55\xAA" << std::string(2046, '\x01');
    {
        Machine machine({.device = ",romfile=" + rom.string(), .attach = false});
        machine.pci.write(32, 0x30, 0xFFFF'F800);
        EXPECT_NE(machine.pci.read(32, 0x30), 0U);
    }
    fs::remove(rom);
}

TEST(Plugin, UnknownArgumentIsRefused) {
    Launch launch;
    launch.add({"-machine", "pc", "-plugin", Qemu::plugin_path() + ",bogus=1"});
    const Exit exit = Qemu::run(std::move(launch), false);
    EXPECT_NE(exit.status, 0);
    EXPECT_NE(exit.error_output.find("bogus=1"), std::string::npos) << exit.error_output;
}

// A folder with the plug-in but without a module for the running QEMU.
TEST(Plugin, NamesBothVersionsAndTheFixWhenTheyDiffer) {
    const fs::path folder = fs::temp_directory_path() / ("x550-plugin-" + std::to_string(getpid()));
    fs::create_directory(folder);
    fs::copy_file(Qemu::plugin_path(), folder / "libqemu-x550.so");
    std::ofstream(folder / "libqemu-x550-6.66.6.so") << "a module for another QEMU";
    Launch launch;
    launch.add({"-machine", "pc", "-plugin", (folder / "libqemu-x550.so").string()});
    const Exit exit = Qemu::run(std::move(launch), false);
    fs::remove_all(folder);
    EXPECT_TRUE(exit.clean) << exit.error_output;
    EXPECT_NE(exit.status, 0);
    EXPECT_NE(exit.error_output.find("QEMU 10.0."), std::string::npos) << exit.error_output;
    EXPECT_NE(exit.error_output.find("6.66.6"), std::string::npos) << exit.error_output;
    EXPECT_NE(exit.error_output.find("./x550 build"), std::string::npos) << exit.error_output;
}

TEST(Plugin, LoadedTwiceIsRefused) {
    const fs::path plugin = Qemu::plugin_path();
    Launch launch;
    launch.add(
        {"-machine", "pc", "-plugin", (plugin.parent_path() / "." / plugin.filename()).string()});
    const Exit exit = Qemu::run(std::move(launch));
    EXPECT_TRUE(exit.clean) << exit.error_output;
    EXPECT_NE(exit.status, 0);
    EXPECT_NE(exit.error_output.find("already loaded"), std::string::npos) << exit.error_output;
}

}  // namespace
}  // namespace x550
