// SPDX-License-Identifier: GPL-2.0-or-later
// Tags that a pool's PFVMVIR decides on, whatever its descriptors say: X550 DS 7.8.4.2.3.

#include <gtest/gtest.h>
#include <span>

#include "lso_request.h"

namespace x550 {
namespace {

constexpr std::uint16_t kPort = 0xA0B3;  // priority 5, DEI clear, VLAN 0x0B3
constexpr std::uint16_t kGuests = 0x0042;

Frame tagged(Frame frame, std::uint16_t tci, std::uint16_t type = 0x8100) {
    frame.insert(frame.begin() + 12,
                 {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                  static_cast<std::uint8_t>(tci >> 8), static_cast<std::uint8_t>(tci)});
    return frame;
}

struct PoolRig : Rig {
    // 64 pools of two queues; each pool's rule is set before its queues are enabled.
    void use_pools(std::uint32_t layout = MTQC::pools_64) {
        driver.write<MTQC>(MTQC::vt_ena | layout);
        driver.write<PFVFTE>(0, ~0u);
        driver.write<PFVFTE>(1, ~0u);
    }
    Frame sent_by(unsigned queue, const Frame& frame, bool vle) {
        TxRing tx(driver, queue);
        host.forget();
        tx.put_context({.vlan = kGuests});
        const std::uint32_t index = tx.send(frame, {.command = kLast | (vle ? TxData::vle : 0u)});
        EXPECT_TRUE(tx.done(index));
        return host.sent.empty() ? Frame{} : host.sent[0].bytes;
    }
};

TEST(TxPool, AlwaysInsertTagsEveryPacketWithThePortVlan) {
    PoolRig rig;
    rig.use_pools();
    rig.driver.write<PFVMVIR>(3, PFVMVIR::always | kPort);
    const Frame frame = plain_frame(200);
    EXPECT_TRUE(same_bytes(tagged(frame, kPort), rig.sent_by(6, frame, false)));
    EXPECT_TRUE(same_bytes(tagged(frame, kPort), rig.sent_by(7, frame, true)))
        << "the descriptor's command is ignored";
}

TEST(TxPool, NeverInsertIgnoresTheDescriptorsCommand) {
    PoolRig rig;
    rig.use_pools();
    rig.driver.write<PFVMVIR>(0, PFVMVIR::never | kPort);
    const Frame frame = plain_frame(200);
    EXPECT_TRUE(same_bytes(frame, rig.sent_by(0, frame, true)));
    EXPECT_TRUE(same_bytes(frame, rig.sent_by(1, frame, false)));
}

TEST(TxPool, DescriptorDecidesByDefaultAndForTheReservedAction) {
    PoolRig rig;
    rig.use_pools();
    const Frame frame = plain_frame(200);
    for (const std::uint32_t rule : {std::uint32_t{kPort}, PFVMVIR::always | PFVMVIR::never}) {
        rig.driver.write<PFVMVIR>(0, rule);
        EXPECT_TRUE(same_bytes(frame, rig.sent_by(0, frame, false)));
        EXPECT_TRUE(same_bytes(tagged(frame, kGuests), rig.sent_by(0, frame, true)));
    }
}

TEST(TxPool, WithoutPoolsTheDescriptorDecides) {
    PoolRig rig;
    for (unsigned pool = 0; pool < 64; ++pool) {
        rig.driver.write<PFVMVIR>(pool, PFVMVIR::always | kPort);
    }
    const Frame frame = plain_frame(200);
    for (const std::uint32_t mode : {0u, 0x9u, 0xDu, std::uint32_t{MTQC::vt_ena}}) {
        rig.driver.write<MTQC>(mode);  // the last: no layout of pools
        EXPECT_TRUE(same_bytes(frame, rig.sent_by(5, frame, false))) << mode;
        EXPECT_TRUE(same_bytes(tagged(frame, kGuests), rig.sent_by(5, frame, true))) << mode;
    }
}

struct Layout {
    std::uint32_t mtqc;
    unsigned queues;  // of a pool
};

TEST(TxPool, MtqcSaysWhichQueuesAreAPools) {
    for (const Layout& layout :
         {Layout{MTQC::pools_64, 2}, Layout{MTQC::pools_32, 4},
          Layout{MTQC::pools_32 | MTQC::dcb_ena, 4}, Layout{MTQC::pools_16 | MTQC::dcb_ena, 8}}) {
        PoolRig rig;
        rig.use_pools(layout.mtqc);
        const unsigned pools = kQueues / layout.queues;
        for (unsigned pool = 0; pool < pools; ++pool) {
            rig.driver.write<PFVMVIR>(pool, PFVMVIR::always | (0x100 + pool));
        }
        for (unsigned queue = 0; queue < kQueues; ++queue) {
            const Frame sent = rig.sent_by(queue, plain_frame(100), false);
            ASSERT_EQ(sent.size(), 104u);
            EXPECT_EQ(be16_at(sent, 14), 0x100 + queue / layout.queues)
                << queue << " of " << layout.mtqc;
        }
    }
}

TEST(TxPool, TaggedPacketOfAPoolThatMayNotChooseIsDropped) {
    PoolRig rig;
    rig.use_pools();
    const Frame frame = tagged(plain_frame(200), kGuests);
    for (const std::uint32_t action : {PFVMVIR::always, PFVMVIR::never}) {
        rig.driver.write<PFVMVIR>(0, action | kPort);
        EXPECT_TRUE(rig.sent_by(0, frame, false).empty());
        EXPECT_FALSE(rig.host.guest_errors.empty());
        EXPECT_FALSE(rig.sent_by(2, frame, false).empty()) << "pool 1 may";
    }
}

TEST(TxPool, EtherTypeOfTheTagIsDmatxctls) {
    PoolRig rig;
    rig.use_pools();
    rig.driver.write<DMATXCTL>(DMATXCTL::te | 0x88A8u << DMATXCTL::vt_shift);
    rig.driver.write<PFVMVIR>(0, PFVMVIR::always | kPort);
    const Frame frame = plain_frame(200);
    EXPECT_TRUE(same_bytes(tagged(frame, kPort, 0x88A8), rig.sent_by(0, frame, false)));
    EXPECT_TRUE(rig.sent_by(0, tagged(frame, 1, 0x88A8), false).empty());
}

TEST(TxPool, LegacyDescriptorsFollowTheRuleAsWell) {
    PoolRig rig;
    rig.use_pools();
    rig.driver.write<PFVMVIR>(0, PFVMVIR::always | kPort);
    TxRing tx(rig.driver);
    const Frame frame = plain_frame(200);
    tx.put_legacy(frame, TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs | TxLegacy::vle, 0,
                  std::uint32_t{kGuests} << TxLegacy::vlan_shift);
    tx.kick();
    rig.machine.run();
    ASSERT_EQ(rig.host.sent.size(), 1u);
    EXPECT_TRUE(same_bytes(tagged(frame, kPort), rig.host.sent[0].bytes));
}

TEST(TxPool, EverySegmentGetsThePortVlan) {
    LsoRig rig;
    rig.driver.write<MTQC>(MTQC::vt_ena | MTQC::pools_64);
    rig.driver.write<PFVFTE>(0, 1);
    rig.driver.write<PFVMVIR>(0, PFVMVIR::always | kPort);
    const auto segments = rig.send(tcp4(3000, 1000));
    ASSERT_EQ(segments.size(), 3u);
    for (const Decoded& segment : segments) {
        EXPECT_EQ(segment.vlan_tcis, std::vector<std::uint16_t>{kPort});
    }
}

TEST(TxPool, ShortestPacketsAreReadWithinTheirBytes) {
    PoolRig rig;
    rig.use_pools();
    rig.driver.write<PFVMVIR>(0, PFVMVIR::always | kPort);
    Frame frame = plain_frame(14);
    put_be16(frame, 12, 0x8100);
    EXPECT_TRUE(rig.sent_by(0, frame, false).empty()) << "14 bytes with a tag's type";
    frame.resize(13);
    EXPECT_FALSE(rig.sent_by(0, frame, false).empty());
}

}  // namespace
}  // namespace x550
