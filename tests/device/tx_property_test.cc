// SPDX-License-Identifier: GPL-2.0-or-later
// Large sends of random geometry in random buffers, from descriptors to the wire. X550_NIGHTLY in
// the environment makes it a million of them.

#include <cstdlib>
#include <gtest/gtest.h>

#include "lso_case.h"
#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kSeed = 20'260'101;
constexpr std::uint32_t kCases = 10'000;
constexpr std::uint32_t kNightlyCases = 1'000'000;

std::uint32_t cases() {
    return std::getenv("X550_NIGHTLY") != nullptr ? kNightlyCases : kCases;
}

void set_masks(const GuestDriver& driver, const LsoCase& one) {
    driver.write<DTXTCPFLGL>(one.first_mask | std::uint32_t{one.middle_mask} << 16);
    driver.write<DTXTCPFLGH>(one.last_mask);
}

// Rules LSO-1, LSO-2, LSO-5 to LSO-12, LSO-16 to LSO-18, USO-2 to USO-4, USO-7, USO-8, USO-10,
// NVGRE-3, NVGRE-6 to NVGRE-12, NVGRE-14, NVGRE-15 and COMBO-12, all at once.
TEST(TxProperty, RandomLargeSendsAreRightSegmentsAndTheirPayloadIsWhole) {
    Rig rig;
    Random random(kSeed);
    const Frame bytes = pattern(std::size_t{2} * LsoCase::kMaxPayload, kSeed);
    const std::uint64_t arena = rig.machine.memory.allocate(LsoCase::kArena);
    TxRing ring(rig.driver, 0, {.size = 4096});
    for (std::uint32_t i = 0; i < cases(); ++i) {
        const LsoCase one(random, bytes);
        set_masks(rig.driver, one);
        rig.host.forget();
        rig.host.refuse_map = random.one_in(8);
        ring.put_context(one.context);
        if (random.one_in(4)) {
            ring.kick();  // the context alone
            ASSERT_TRUE(rig.machine.run());
        }
        one.post(ring, rig.machine.memory, arena);
        ring.kick();
        ASSERT_TRUE(rig.machine.run());
        ASSERT_TRUE(one.check(rig.host.sent)) << "case " << i << ": " << one.describe();
        ASSERT_EQ(ring.head(), ring.tail()) << "case " << i;
        ASSERT_TRUE(rig.host.guest_errors.empty()) << "case " << i << ": " << one.describe();
    }
}

}  // namespace
}  // namespace x550
