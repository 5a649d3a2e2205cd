// SPDX-License-Identifier: GPL-2.0-or-later
// What the developer of a driver gets to see.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

unsigned count(const std::string& text, const std::string& what) {
    unsigned found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++found;
    }
    return found;
}

TEST(Log, GuestErrorsAreShownWhenAskedFor) {
    Machine machine({.extra = {"-d", "guest_errors"}});
    (void)machine.qemu.read(8, machine.nic.registers.address);
    EXPECT_NE(machine.qemu.error_output().find("x550: "), std::string::npos);
}

TEST(Log, GuestErrorsAreSilentOtherwise) {
    Machine machine;
    (void)machine.qemu.read(8, machine.nic.registers.address);
    (void)machine.nic.read(0x1FFF0);
    EXPECT_EQ(machine.qemu.error_output().find("x550: "), std::string::npos);
}

TEST(Log, UnknownOffsetIsToldOnce) {
    Machine machine({.extra = {"-d", "guest_errors"}});
    const unsigned before = count(machine.qemu.error_output(), "x550: ");
    for (unsigned i = 0; i < 5; ++i) {
        EXPECT_EQ(machine.nic.read(0x1FFF0), 0U);
        machine.nic.write(0x1FFF0, 1);
    }
    EXPECT_EQ(count(machine.qemu.error_output(), "x550: "), before + 1);
}

TEST(Log, TraceEventsCanBeSwitchedOnAndOff) {
    Machine machine;
    machine.nic.reset();
    EXPECT_EQ(machine.qemu.error_output().find("x550_reset"), std::string::npos);
    EXPECT_EQ(machine.qemu.hmp("trace-event x550_reset on"), "");
    machine.nic.reset();
    EXPECT_EQ(count(machine.qemu.error_output(), "x550_reset"), 1U);
    EXPECT_EQ(machine.qemu.hmp("trace-event x550_reset off"), "");
    machine.nic.reset();
    EXPECT_EQ(count(machine.qemu.error_output(), "x550_reset"), 1U);
}

}  // namespace
}  // namespace x550
