// SPDX-License-Identifier: GPL-2.0-or-later
// A machine and the driver that has brought its device up: the start of nearly every device test.
#pragma once

#include "guest_driver.h"
#include "machine.h"
#include "matchers.h"

namespace x550 {

struct Rig {
    Machine machine;
    GuestDriver driver{machine};
    FakeHost& host = machine.host;

    Rig() { driver.bring_up(); }
    explicit Rig(const ixgbe_config& config) : machine(config) { driver.bring_up(); }
};

// As after power-on: nothing but a cable.
struct ColdRig {
    Machine machine;
    GuestDriver driver{machine};
    FakeHost& host = machine.host;

    explicit ColdRig(std::uint8_t port = 0) : machine(port) {}
};

}  // namespace x550
