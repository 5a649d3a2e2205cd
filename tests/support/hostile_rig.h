// SPDX-License-Identifier: GPL-2.0-or-later
// A device in the hands of a guest that means harm, for the classes of mistake that emulated
// network cards have had. The work a guest can cause must stay bounded, and the device must still
// do its job afterwards.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>

#include "descriptors.h"
#include "rig.h"

namespace x550 {

inline constexpr std::uint64_t kBar = FakeHost::kBar;
// Far above any honest ring, far below an endless loop.
inline constexpr std::uint64_t kBoundedDma = 200'000;

struct HostileRig : Rig {
    HostileRig() {
        machine.check_gaps = false;
        host.forget();
    }
    // Work ended, was bounded, and did not nest.
    void expect_bounded() {
        EXPECT_TRUE(machine.run()) << "the device asks to be polled for ever";
        EXPECT_LT(host.dma_count, kBoundedDma);
        EXPECT_LE(host.deepest_reentry, 4u);
    }
    // The device still does its job.
    void expect_alive() {
        host.on_send = nullptr;
        host.on_dma = nullptr;
        host.on_map = nullptr;
        host.fail_all_dma = false;
        driver.bring_up();
        host.sent.clear();
        TxRing tx(driver, 2);
        RxRing rx(driver, 0);
        const Frame frame = plain_frame(234);
        tx.send(frame);
        ASSERT_EQ(host.sent.size(), 1u);
        EXPECT_TRUE(same_bytes(frame, host.sent[0].bytes));
        EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        EXPECT_TRUE(rx.take());
    }
};

}  // namespace x550
