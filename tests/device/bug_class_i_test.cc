// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class I: trust in migrated state.

#include <algorithm>
#include <array>
#include <cstring>
#include <gtest/gtest.h>

#include "hostile_rig.h"
#include "random.h"

namespace x550 {
namespace {

TEST(BugClassI28, RandomStateIsRefusedOrWorks) {
    Random random(23);
    unsigned accepted = 0;
    for (int round = 0; round < 400; ++round) {
        HostileRig rig;
        TxRing tx(rig.driver);
        RxRing rx(rig.driver);
        rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
        ixgbe_prepare_save(rig.machine.device());
        auto* bytes = reinterpret_cast<std::uint8_t*>(&rig.machine.state());
        if (round % 8 == 0) {
            for (std::size_t i = 0; i < sizeof(ixgbe_state); i += 4) {
                const std::uint32_t word = random.word();
                std::memcpy(bytes + i, &word, std::min<std::size_t>(4, sizeof(ixgbe_state) - i));
            }
        } else {
            for (std::uint32_t n = 1 + random.below(4); n > 0; --n) {
                bytes[random.below(static_cast<std::uint32_t>(sizeof(ixgbe_state)))] =
                    static_cast<std::uint8_t>(random.word());
            }
        }
        std::array<char, 160> why{};
        if (!ixgbe_loaded(rig.machine.device(), why.data(), why.size())) {
            EXPECT_NE(why[0], '\0');
            continue;
        }
        ++accepted;
        tx.put_packet(plain_frame(100));
        tx.kick();
        (void)rig.machine.receive(plain_frame(100));
        ASSERT_TRUE(rig.machine.run_for(10 * kMillisecond)) << round;
        EXPECT_LT(rig.host.dma_count, kBoundedDma);
    }
    EXPECT_GT(accepted, 0u) << "the test must reach a working device now and then";
}

TEST(BugClassI28, RingIndicesOutsideTheRingAreHarmlessAfterLoading) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 8});
    RxRing rx(rig.driver, 0, {.size = 8});
    ixgbe_prepare_save(rig.machine.device());
    rig.machine.state().reg[TDH::at(0) / 4] = 0xFFFF;
    rig.machine.state().reg[RDH::at(0) / 4] = 0xFFFF;
    std::array<char, 160> why{};
    if (ixgbe_loaded(rig.machine.device(), why.data(), why.size())) {
        rig.driver.write<TDT>(0, 5);
        (void)rig.machine.receive(plain_frame(100));
        rig.expect_bounded();
        rig.expect_alive();
    }
}

}  // namespace
}  // namespace x550
