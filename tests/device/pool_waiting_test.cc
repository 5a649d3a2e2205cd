// SPDX-License-Identifier: GPL-2.0-or-later
// Who waits when a pool has no descriptors, for how long, and what one round of work may cost.

#include <gtest/gtest.h>

#include "tcp_segment.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

FrameBuilder from(unsigned pool, const Mac& to) {
    return FrameBuilder().from(mac_of_pool(pool)).to(to).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2);
}

// Pool 5 has a ring and no descriptors; pool 1 sends to it, pool 2 to the wire.
struct WaitingRig : VmdqRig {
    WaitingRig() {
        addresses_of({1, 2, 5});
        rings({2, 4});
        driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
        waiting = one.send(from(1, mac_of_pool(5)).build());
        EXPECT_FALSE(one.done(waiting));
    }
    RxRing& full = ring(10, {.size = 16, .fill = false});
    TxRing one{driver, 2};
    TxRing two{driver, 4};
    std::uint32_t waiting = 0;
};

TEST(PoolWaiting, OnlyTheSenderWaits) {
    WaitingRig rig;
    EXPECT_TRUE(rig.two.done(rig.two.send(from(2, kStranger).build())));
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_TRUE(rig.two.done(rig.two.send(from(2, mac_of_pool(1)).build())));
    EXPECT_EQ(rig.take(), Queues{2});
}

TEST(PoolWaiting, TheWireDoesNotWait) {
    WaitingRig rig;
    EXPECT_TRUE(ixgbe_can_receive(rig.machine.device()));
    EXPECT_EQ(
        rig.receivers(FrameBuilder().to(mac_of_pool(2)).ipv4("192.0.2.9", "192.0.2.1").udp(1, 2)),
        Queues{4});
}

TEST(PoolWaiting, DescriptorsLetTheSenderGoOn) {
    WaitingRig rig;
    rig.full.fill(1);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(rig.one.done(rig.waiting));
    EXPECT_EQ(rig.full.take_all().size(), 1u);
}

// With the FCS the frame needs two descriptors, without it one.
TEST(PoolWaiting, AFrameThatGetsShorterGoesOn) {
    VmdqRig rig;
    rig.driver.clear<HLREG0>(HLREG0::rxcrcstrp);
    rig.address_of(5);
    rig.driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    RxRing& ring = rig.ring(10, {.size = 16, .fill = false});
    TxRing tx(rig.driver, 2);
    ring.fill(1);
    const Frame frame = plain_frame(2046, mac_of_pool(5));
    const std::uint32_t index = tx.send(frame);
    ASSERT_FALSE(tx.done(index));
    rig.driver.set<HLREG0>(HLREG0::rxcrcstrp);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(tx.done(index));
    EXPECT_EQ(ring.take_all().size(), 1u);
}

// The head's write-back of the same run lands on PFVFTE: whoever waits may go on.
TEST(PoolWaiting, AReleaseDuringTheRunCounts) {
    VmdqRig rig;
    rig.addresses_of({1, 5});
    rig.driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    RxRing& full = rig.ring(10, {.size = 16, .fill = false});
    TxRing tx(rig.driver, 2, {.head_write_back = true});
    bool armed = true;
    rig.host.on_dma = [&](std::uint64_t address, std::size_t) {
        if (armed && address == tx.head_write_back_address()) {
            armed = false;
            rig.driver.write<PFVFTE>(0, ~0u);
        }
    };
    tx.put_packet(from(1, kStranger).build());
    const std::uint32_t held = tx.put_packet(from(1, mac_of_pool(5)).build());
    tx.kick();
    rig.host.poll_scheduled = false;
    ixgbe_poll(rig.machine.device());
    ASSERT_FALSE(armed);
    EXPECT_TRUE(rig.host.poll_scheduled) << "the held queue is looked at again";
    full.fill(1);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(tx.head(), held + 1);
}

// Pool 1 switches its queue off and on: what waited is gone, and the queue works.
TEST(PoolWaiting, AQueueThatIsSwitchedOffWaitsNoLonger) {
    WaitingRig rig;
    rig.driver.clear<TXDCTL>(TXDCTL::enable, 2);
    rig.driver.write<TDH>(2, 0);
    rig.driver.write<TDT>(2, 0);
    TxRing again(rig.driver, 2);
    EXPECT_TRUE(again.done(again.send(from(1, kStranger).build())));
    EXPECT_FALSE(rig.full.take());
}

// A frame for many pools is as much work as many frames.
TEST(PoolWaiting, OneRoundCountsEachCopy) {
    constexpr unsigned kPoolsWithRings = 32;
    VmdqRig rig;
    for (unsigned pool = 0; pool < kPoolsWithRings; ++pool) {
        (void)rig.ring(2 * pool, {.size = 256, .drop_en = true});
        rig.driver.set<VMOLR>(VMOLR::bam, pool);
    }
    rig.driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    TxRing tx(rig.driver, 2 * 40, {.size = 512});
    const Frame broadcast = from(40, kBroadcast).build();
    for (unsigned i = 0; i < 500; ++i) {
        tx.put_packet(broadcast);
    }
    tx.kick();
    ixgbe_poll(rig.machine.device());
    EXPECT_GT(tx.head(), 0u);
    EXPECT_LT(tx.head(), 256 / kPoolsWithRings + 2);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(tx.head(), tx.tail());
}

// The border of a split moves with the tag that is taken out: room is planned for what is placed.
struct SplitCase {
    const char* name;
    std::size_t payload;
    std::uint32_t header_bytes;
    unsigned wants;  // descriptors
};

class PoolSplitRoom : public testing::TestWithParam<SplitCase> {};

TEST_P(PoolSplitRoom, RoomIsPlannedForWhatIsPlaced) {
    VmdqRig rig;
    rig.address_of(5);
    rig.driver.write<PSRTYPE>(5, PSRTYPE::tcp);
    RxRing& ring = rig.ring(10, {.size = 16,
                                 .type = RxDescriptorType::header_split,
                                 .buffer_kb = 1,
                                 .header_bytes = GetParam().header_bytes,
                                 .rxdctl = RXDCTL::vme,
                                 .fill = false});
    TcpSegment segment{.vlan = 7};
    segment.payload = pattern(GetParam().payload);
    Frame frame = segment.build();
    std::copy_n(mac_of_pool(5).begin(), 6, frame.begin());
    rig.vlan(0, 7, {5});
    for (unsigned given = 1; given < GetParam().wants; ++given) {
        ring.fill(1);
        EXPECT_EQ(rig.machine.receive_alone(frame), IXGBE_NO_BUFFERS) << given;
    }
    ring.fill(1);
    EXPECT_EQ(rig.machine.receive_alone(frame), IXGBE_ACCEPTED);
    const auto packet = ring.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->header.size() + packet->bytes.size(), frame.size() - kVlanBytes);
    EXPECT_EQ(packet->descriptors.size(), GetParam().wants);
}

INSTANTIATE_TEST_SUITE_P(, PoolSplitRoom,
                         testing::Values(SplitCase{"FillsTheBuffer", 1024, 256, 1},
                                         SplitCase{"OneByteMore", 1025, 256, 2},
                                         SplitCase{"FourBytesMore", 1028, 256, 2},
                                         SplitCase{"HeaderFitsWithoutTheTag", 500, 64, 1}),
                         [](const auto& which) { return which.param.name; });

// ---- what lets a waiting frame go on ----

TEST(PoolWaiting, NoMorePoolsLetPacketsGo) {
    VmdqRig rig;
    rig.clear_pool<PFVFTE>(1);
    TxRing tx(rig.driver, 2);
    const std::uint32_t index = tx.send(from(1, kStranger).build());
    EXPECT_FALSE(tx.done(index));
    rig.driver.write<MTQC>(0);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(tx.done(index));
}

TEST(PoolWaiting, AnEthertypeFilterSendsAWaitingFrameElsewhere) {
    Rig rig;
    RxRing full(rig.driver, 0, {.size = 16, .fill = false});
    RxRing other(rig.driver, 7, {.size = 16});
    const Frame frame = plain_frame(100);
    EXPECT_EQ(rig.machine.receive_alone(frame), IXGBE_NO_BUFFERS);
    rig.host.forget();
    rig.driver.write<ETQS>(1, ETQS::enable | 7u << ETQS::queue_shift);
    rig.driver.write<ETQF>(1, ETQF::enable | be16_at(frame, 12));
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    EXPECT_EQ(rig.machine.receive_alone(frame), IXGBE_ACCEPTED);
    EXPECT_TRUE(other.take());
}

// Pool 62 of 62 pools has queues 124 to 127.
TEST(PoolWaiting, QueuesOfALargePoolAreItsOwn) {
    VmdqRig rig(MRQC::vt_62_and_a_mega_pool);
    rig.rings({124, 126});
    TxRing tx(rig.driver, 2);
    const Frame frame = plain_frame(100, kMulticast);
    rig.driver.write<ETQF>(1, ETQF::enable | ETQF::tx_antispoof | be16_at(frame, 12));
    rig.driver.write<ETQS>(1, ETQS::enable | 126u << ETQS::queue_shift);
    rig.driver.write<PFVFSPOOF>(0, bit(1) << PFVFSPOOF::ethertypelb_shift);
    (void)tx.send(frame);
    EXPECT_EQ(rig.take(), Queues{126});
}

}  // namespace
}  // namespace x550
