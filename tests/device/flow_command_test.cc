// SPDX-License-Identifier: GPL-2.0-or-later
// The commands of Flow Director: X550 DS 7.1.3.6.7 to 12.

#include <gtest/gtest.h>

#include "flow_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kAdd = FDIRCMD::add | FDIRCMD::tcp | FDIRCMD::last;

bool flow_director_cause(const Rig& rig) {
    return (rig.driver.read<EICR>() & bit(16)) != 0;
}

TEST(FlowCommand, SameFilterAgainChangesNothing) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(5));
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(5));
    EXPECT_EQ(rig.driver.read<FDIRUSTAT>(), 1u);
    EXPECT_EQ(rig.driver.read<FDIRFREE>(), 8190u);
    const auto match = rig.deliver(known_frame().build());
    EXPECT_FALSE(match->packet.has(RxWriteBack::fdir_coll));
}

TEST(FlowCommand, OtherActionCollides) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(5));
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(6));
    const auto match = rig.deliver(known_frame().build());
    ASSERT_TRUE(match);
    EXPECT_TRUE(match->steered) << "the first one stays";
    EXPECT_TRUE(match->packet.has(RxWriteBack::fdir_coll));
}

TEST(FlowCommand, UpdateReplacesTheAction) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(6));
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FDIRCMD::update | FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame()));
    EXPECT_EQ(rig.driver.read<FDIRUSTAT>(), 1u);
}

TEST(FlowCommand, UpdateKeepsTheCollision) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(6));
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(7));
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FDIRCMD::update | FlowRig::to_queue(5));
    const auto match = rig.deliver(known_frame().build());
    EXPECT_TRUE(match->packet.has(RxWriteBack::fdir_coll));
}

TEST(FlowCommand, RemoveTakesOneFilterOutOfItsList) {
    FlowRig rig;
    rig.start(0);
    for (const std::uint32_t signature : {0x1u, 0x6373u, 0x2u}) {
        rig.command(FlowRig::id(0xFA6, signature), kAdd | FlowRig::to_queue(5));
    }
    rig.command(FlowRig::id(0xFA6, 0x1), FDIRCMD::remove);
    EXPECT_TRUE(rig.steers(known_frame()));
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::remove);
    EXPECT_FALSE(rig.steers(known_frame()));
    EXPECT_EQ(rig.driver.read<FDIRUSTAT>(), 2u << 16 | 3u);
    EXPECT_EQ(rig.driver.read<FDIRFREE>(), 8190u);
    EXPECT_FALSE(flow_director_cause(rig));
}

TEST(FlowCommand, RemoveOfNothingFails) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::remove);
    EXPECT_NE(rig.driver.read<FDIRCMD>() & FDIRCMD::exception, 0u);
    EXPECT_EQ(rig.driver.read<FDIRFSTAT>(), 0x0100u);
    EXPECT_TRUE(flow_director_cause(rig));
    EXPECT_EQ(rig.driver.read<FDIRFSTAT>(), 0u) << "cleared by reading";
}

TEST(FlowCommand, FailuresAreCountedUpTo255) {
    FlowRig rig;
    rig.start(0);
    for (int i = 0; i < 300; ++i) {
        rig.command(FlowRig::id(1, 1), FDIRCMD::remove);
    }
    EXPECT_EQ(rig.driver.read<FDIRFSTAT>(), 0xFF00u);
}

TEST(FlowCommand, FullTableRefusesMore) {
    FlowRig rig;
    rig.start_perfect(FDIRM::flex | FDIRM::pool, 4u << FDIRCTRL::full_thresh_shift);
    Flow flow = known_flow();
    const auto number = [&](unsigned i) {
        flow.put(2, {10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
    };
    for (unsigned i = 0; i < 2047; ++i) {
        EXPECT_EQ(flow_director_cause(rig), i == 2047 - 63) << "FREE fell below 64 with " << i;
        number(i);
        rig.add_perfect(flow, i, FlowRig::to_queue(5));
    }
    EXPECT_EQ(rig.driver.read<FDIRFREE>(), 0u);
    EXPECT_EQ(rig.driver.read<FDIRCMD>() & FDIRCMD::exception, 0u);
    rig.add_perfect(known_flow(), 2047, FlowRig::to_queue(5));
    EXPECT_NE(rig.driver.read<FDIRCMD>() & FDIRCMD::exception, 0u);
    EXPECT_EQ(rig.driver.read<FDIRFSTAT>(), 1u);
    EXPECT_TRUE(flow_director_cause(rig));
    EXPECT_TRUE(rig.steers(FrameBuilder().ipv4("10.0.7.254", "192.168.1.2").tcp(1024, 80)));
    EXPECT_FALSE(rig.steers(known_frame()));
}

// Table 7-9.
TEST(FlowCommand, QueryFindsASignature) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x11), kAdd | FlowRig::to_queue(4));
    rig.command(FlowRig::id(0xFA6, 0x6373), kAdd | FlowRig::to_queue(5));
    rig.command(0xFA6 | 0x6373u << 16, FDIRCMD::query);
    EXPECT_EQ(rig.driver.read<FDIRHASH>(), FlowRig::id(0xFA6, 0x6373));
    const std::uint32_t command = rig.driver.read<FDIRCMD>();
    EXPECT_EQ(command, FDIRCMD::filter_valid | FDIRCMD::tcp | FDIRCMD::last | FlowRig::to_queue(5));
    EXPECT_EQ(rig.driver.read<FDIRLEN>() >> 8 & 0x3F, 1u) << "index in its list";
}

TEST(FlowCommand, QueryTellsAnEmptyBucketFromAFullOne) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x11), kAdd | FlowRig::to_queue(4));
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::query);
    EXPECT_EQ(rig.driver.read<FDIRHASH>() & FDIRHASH::valid, FDIRHASH::valid);
    EXPECT_EQ(rig.driver.read<FDIRCMD>() & FDIRCMD::filter_valid, 0u);
    EXPECT_EQ(rig.driver.read<FDIRLEN>() >> 8 & 0x3F, 1u) << "length of the list";
    rig.command(FlowRig::id(0xFA7, 0x6373), FDIRCMD::query);
    EXPECT_EQ(rig.driver.read<FDIRHASH>() & FDIRHASH::valid, 0u);
    EXPECT_EQ(rig.driver.read<FDIRCMD>() & FDIRCMD::filter_valid, 0u);
}

TEST(FlowCommand, QueryReturnsAPerfectFilter) {
    FlowRig rig;
    rig.start_perfect();
    Flow flow = known_flow();
    flow.put(0, {0x20, 0x64});
    rig.add_perfect(flow, 77, FlowRig::to_queue(5));
    const std::uint32_t bucket = reference_flow_hash(flow.tuple, kBucketKey) & 0x7FF;
    for (const std::uint32_t offset :
         {FDIRIPSA::at(), FDIRIPDA::at(), FDIRPORT::at(), FDIRVLAN::at(), FDIRSIPV6::at(0)}) {
        rig.machine.write(offset, 0);
    }
    rig.command(FlowRig::id(bucket, 77), FDIRCMD::query);
    EXPECT_EQ(rig.driver.read<FDIRCMD>(),
              FDIRCMD::filter_valid | FDIRCMD::tcp | FDIRCMD::last | FlowRig::to_queue(5));
    EXPECT_EQ(rig.driver.read<FDIRIPSA>(), 0x0101A8C0u) << "192.168.1.1, first byte lowest";
    EXPECT_EQ(rig.driver.read<FDIRIPDA>(), 0x0201A8C0u);
    EXPECT_EQ(rig.driver.read<FDIRPORT>(), 80u << 16 | 1024u);
    EXPECT_EQ(rig.driver.read<FDIRVLAN>(), 0x2064u);
}

// Drivers remove a perfect filter by bucket and index, with 13 bits of bucket whatever PBALLOC is.
TEST(FlowCommand, PerfectFilterIsRemovedByItsIndex) {
    FlowRig rig;
    rig.start_perfect();
    rig.add_perfect(known_flow(), 77, FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame()));
    rig.command(FlowRig::id(0xCBD4 & 0x1FFF, 77), FDIRCMD::remove);
    EXPECT_FALSE(rig.steers(known_frame()));
    EXPECT_EQ(rig.driver.read<FDIRFREE>(), 2047u);
}

}  // namespace
}  // namespace x550
