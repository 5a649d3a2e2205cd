// SPDX-License-Identifier: GPL-2.0-or-later
// A device whose receive queue 0 interrupts, in each of the two modes.
#pragma once

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {

// MSI and INTx: one interrupt for everything.
struct LegacyRig : Rig {
    RxRing rx{driver};

    LegacyRig() {
        driver.use_legacy_interrupts();
        driver.map_rx_interrupt(0, 0);
        (void)driver.read<EICR>();
        host.forget();
    }
    void receive() {
        ASSERT_EQ(machine.receive_alone(plain_frame(100, kDeviceMac)), IXGBE_ACCEPTED);
    }
};

// Receive queue 0 has vector 0, other causes have vector 5.
struct MsixRig : Rig {
    RxRing rx{driver};

    MsixRig() {
        driver.use_msix();
        driver.map_rx_interrupt(0, 0);
        driver.map_other_interrupt(5);
        (void)driver.read<EICR>();
        driver.write<EICR>(~0u);
        host.forget();
    }
    void receive() {
        ASSERT_EQ(machine.receive_alone(plain_frame(100, kDeviceMac)), IXGBE_ACCEPTED);
    }
};

}  // namespace x550
