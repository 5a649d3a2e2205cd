// SPDX-License-Identifier: GPL-2.0-or-later
// Receive rings: which bytes end up in which buffers, and what happens when there are none.

#include <algorithm>
#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

TEST(RxDelivery, OneBufferFormatReportsLengthAndEnd) {
    Rig rig;
    RxRing rx(rig.driver);
    const Frame frame = plain_frame(777);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
    EXPECT_TRUE(packet->has(RxWriteBack::dd | RxWriteBack::eop));
    EXPECT_EQ(packet->descriptors.size(), 1u);
    EXPECT_EQ(rx.head(), 1u);
    EXPECT_EQ(packet->last()[0] & RxWriteBack::type_mask, 0u) << "not IP";
    EXPECT_FALSE(packet->has(RxWriteBack::rxe));
}

TEST(RxDelivery, LegacyFormatReportsLengthAndKeepsTheAddress) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.type = RxDescriptorType::legacy});
    const Descriptor posted = rx.at(0);
    const Frame frame = plain_frame(200);
    rig.machine.receive(frame);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
    EXPECT_TRUE(packet->has(RxLegacy::dd | RxLegacy::eop));
    EXPECT_EQ(packet->status() & RxLegacy::rxe, 0u);
    EXPECT_EQ(packet->last()[0], posted[0]);
    EXPECT_EQ(packet->last()[1], posted[1]);
}

TEST(RxDelivery, LongFrameFillsSeveralBuffers) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    RxRing rx(rig.driver);
    const Frame frame = plain_frame(9000);
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->descriptors.size(), 5u);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(packet->descriptors[i][2] & (RxWriteBack::dd | RxWriteBack::eop),
                  RxWriteBack::dd);
        EXPECT_EQ(packet->descriptors[i][3] & 0xFFFF, 2048u);
    }
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
}

TEST(RxDelivery, ExactMultipleUsesNoExtraDescriptor) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    RxRing rx(rig.driver);
    rig.machine.receive(plain_frame(4096));
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->descriptors.size(), 2u);
}

TEST(RxDelivery, RingWrapsManyTimes) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 8});
    for (std::uint32_t i = 0; i < 50; ++i) {
        const Frame frame = plain_frame(100 + i, kDeviceMac, i + 1);
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
        const auto packet = rx.take();
        ASSERT_TRUE(packet) << i;
        ASSERT_TRUE(same_bytes(frame, packet->bytes)) << i;
        rx.fill_all();
    }
}

TEST(RxDelivery, ChainWrapsAroundTheEndOfTheRing) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    RxRing rx(rig.driver, 0, {.size = 8});
    for (std::uint32_t i = 0; i < 20; ++i) {
        const Frame frame = plain_frame(5000, kDeviceMac, i + 1);
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED) << i;
        const auto packet = rx.take();
        ASSERT_TRUE(packet) << i;
        ASSERT_TRUE(same_bytes(frame, packet->bytes)) << i;
        rx.fill_all();
    }
}

TEST(RxDelivery, AStaleDoneBitInAPostedDescriptorDoesNotMatter) {
    Rig rig;
    RxRing rx(rig.driver);
    Descriptor recycled = rx.at(0);
    recycled[2] = RxWriteBack::dd | RxWriteBack::eop | 0x60;
    recycled[3] = 0x00420000;
    rx.put(0, recycled);
    const Frame frame = plain_frame(100);
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
    EXPECT_EQ(packet->vlan(), 0);
}

TEST(RxDelivery, LengthAndDoneBecomeVisibleTogether) {
    Rig rig;
    rig.host.record_dma = true;
    rig.host.refuse_map = true;
    RxRing rx(rig.driver);
    rig.machine.receive(plain_frame(100));
    ASSERT_FALSE(rig.host.dma_writes.empty());
    const DmaWrite& last = rig.host.dma_writes.back();
    EXPECT_LE(last.address, rx.base() + 8);
    EXPECT_GE(last.address + last.bytes, rx.base() + kDescriptorBytes);
}

TEST(RxDelivery, DataIsWrittenBeforeItsDescriptor) {
    Rig rig;
    rig.host.refuse_map = true;
    RxRing rx(rig.driver);
    bool done_too_early = false;
    rig.host.on_dma = [&](std::uint64_t address, std::size_t bytes) {
        const bool is_ring =
            address >= rx.base() && address + bytes <= rx.base() + rx.size() * kDescriptorBytes;
        done_too_early = done_too_early || (!is_ring && (rx.at(0)[2] & RxWriteBack::dd) != 0);
    };
    rig.machine.receive(plain_frame(100));
    EXPECT_FALSE(done_too_early);
    EXPECT_TRUE(rx.take());
}

TEST(RxDelivery, InterruptComesAfterTheDescriptor) {
    Rig rig;
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.unmask_vectors();
    RxRing rx(rig.driver);
    bool seen = false;
    rig.host.on_msix = [&](unsigned) { seen = rx.head() == 1 && rx.take().has_value(); };
    rig.machine.receive_alone(plain_frame(100));
    EXPECT_TRUE(seen);
}

// ---- No buffers ----

TEST(RxNoBuffers, FrameIsLeftToTheHostUntilTheTailMoves) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false});
    const Frame frame = plain_frame(100);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_NO_BUFFERS);
    EXPECT_EQ(rig.driver.read<MPC>(0), 0u) << "nothing is lost yet";
    rx.fill(16);
    rig.machine.run();
    EXPECT_GE(rig.host.receive_ready_count, 1u);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    EXPECT_EQ(rx.take_all().size(), 1u);
}

TEST(RxNoBuffers, NothingOfARefusedFrameIsWritten) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    RxRing rx(rig.driver, 0, {.fill = false});
    rx.fill(2);
    const Descriptor first = rx.at(0);
    EXPECT_EQ(rig.machine.receive(plain_frame(5000)), IXGBE_NO_BUFFERS);
    EXPECT_EQ(rx.head(), 0u);
    EXPECT_EQ(rx.at(0), first);
    EXPECT_EQ(rig.machine.receive(plain_frame(4000)), IXGBE_ACCEPTED) << "two buffers suffice";
}

TEST(RxNoBuffers, RefusedFrameMayReenterFromReceiveReady) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false});
    const Frame frame = plain_frame(100);
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_NO_BUFFERS);
    ixgbe_receive_result again = IXGBE_NO_BUFFERS;
    rig.host.on_receive_ready = [&] { again = rig.machine.receive(frame); };
    rx.fill(16);
    rig.machine.run();
    EXPECT_EQ(again, IXGBE_ACCEPTED);
    EXPECT_EQ(rx.take_all().size(), 1u);
}

TEST(RxNoBuffers, DropEnDropsAndCounts) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.drop_en = true, .fill = false});
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_DROPPED);
    EXPECT_EQ(rig.driver.read<QPRDC>(0), 1u);
}

TEST(RxNoBuffers, TheQueueDropWindowActsLikeDropEn) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false});
    rig.driver.write<PFQDE>(PFQDE::we | PFQDE::drop);
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_DROPPED);
    rig.driver.write<PFQDE>(PFQDE::re);
    EXPECT_NE(rig.driver.read<PFQDE>() & PFQDE::drop, 0u);
    rig.driver.write<PFQDE>(PFQDE::re | 5u << PFQDE::queue_shift);
    EXPECT_EQ(rig.driver.read<PFQDE>() & PFQDE::drop, 0u) << "each queue has its own bit";
    rig.driver.write<PFQDE>(PFQDE::we);
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_NO_BUFFERS);
}

TEST(RxNoBuffers, FrameThatNoFillingOfTheRingCouldHoldIsDropped) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    RxRing rx(rig.driver, 0, {.size = 8, .buffer_kb = 1});
    EXPECT_EQ(rig.machine.receive(plain_frame(8000)), IXGBE_DROPPED);
    const Frame frame = plain_frame(7000);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
}

TEST(RxNoBuffers, LastDescriptorBelongsToSoftware) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 8});
    for (int i = 0; i < 7; ++i) {
        EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED) << i;
    }
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_NO_BUFFERS);
}

TEST(RxNoBuffers, CanReceiveTellsTheHostToHoldBack) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false});
    (void)rig.machine.receive(plain_frame(100));
    rx.fill(16);
    rig.machine.run();
    EXPECT_TRUE(ixgbe_can_receive(rig.machine.device()));
}

// ---- Gates ----

TEST(RxGate, DisabledQueueDrops) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false, .enable = false});
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_DROPPED);
}

TEST(RxGate, ReceiverOffTakesNothing) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.driver.write<RXCTRL>(0);
    EXPECT_NE(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    EXPECT_EQ(rx.head(), 0u);
    rig.driver.write<RXCTRL>(RXCTRL::rxen);
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
}

TEST(RxGate, BusMasterOffTakesNothing) {
    Rig rig;
    RxRing rx(rig.driver);
    ixgbe_set_dma_enabled(rig.machine.device(), false);
    const std::uint64_t before = rig.host.dma_count;
    EXPECT_NE(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    EXPECT_EQ(rig.host.dma_count, before);
}

TEST(RxGate, GioDisableTakesNothing) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.driver.write<CTRL>(CTRL::gio_dis);
    EXPECT_NE(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    EXPECT_EQ(rx.head(), 0u);
    rig.driver.write<CTRL>(0);
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
}

TEST(RxGate, QueueEnabledBeforeItsTailIsWritten) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false});
    rig.driver.write<RDH>(0, 0);
    rx.fill_all();
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    EXPECT_TRUE(rx.take());
}

TEST(RxGate, IpxeOrderWorks) {
    ColdRig rig;
    rig.machine.run_for(kSecond);
    RxRing rx(rig.driver, 0, {.size = 16, .type = RxDescriptorType::legacy, .fill = false});
    rx.fill(8);
    rig.driver.set<FCTRL>(FCTRL::bam | FCTRL::upe | FCTRL::mpe);
    rig.driver.write<SRRCTL_ALIAS>(2);  // 2 KB, while the queue is enabled
    rig.driver.set<RXCTRL>(RXCTRL::rxen);
    EXPECT_EQ(rig.machine.receive(plain_frame(300, kBroadcast)), IXGBE_ACCEPTED);
    EXPECT_TRUE(rx.take());
}

TEST(RxGate, FailedDmaIsAnOrdinaryResult) {
    for (unsigned n = 0; n < 4; ++n) {
        Rig rig;
        RxRing rx(rig.driver);
        rig.host.fail_dma_in = n;
        (void)rig.machine.receive(plain_frame(100));
        rig.host.fail_dma_in = FakeHost::kNever;
        EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED) << n;
    }
}

TEST(RxGate, RefusedMappingsFallBackToCopies) {
    Rig rig;
    rig.host.refuse_map = true;
    RxRing rx(rig.driver);
    const Frame frame = plain_frame(1514);
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
}

// ---- Loopback ----

TEST(Loopback, TransmittedFramesEnterTheReceiver) {
    Rig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    rig.driver.enable_loopback();
    const Frame frame = plain_frame(500);
    tx.send(frame);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
    EXPECT_TRUE(rig.host.sent.empty());
}

TEST(Loopback, FiltersApply) {
    Rig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    rig.driver.set<HLREG0>(HLREG0::lpbk);
    rig.driver.set<MACC>(MACC::flu);
    tx.send(plain_frame(500, kPeerMac));
    EXPECT_FALSE(rx.take());
}

TEST(Loopback, SegmentsOfALargeSendComeBackOneByOne) {
    Rig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    rig.driver.enable_loopback();
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(3000);
    Frame request = builder.build();
    put_be16(request, kEthBytes + 10, 0);
    seed_l4_checksum(request, kEthBytes, builder.l4_offset(), false);
    tx.put_context({.l4len = kTcpBytes, .mss = 1000, .type = TxContext::l4_tcp | TxContext::ipv4});
    tx.send(request, {.command = TxData::eop | TxData::ifcs | TxData::rs | TxData::tse,
                      .options = TxData::txsm | TxData::ixsm,
                      .paylen = 3000});
    const auto packets = rx.take_all();
    ASSERT_EQ(packets.size(), 3u);
    for (const RxPacket& packet : packets) {
        EXPECT_TRUE(is_consistent(packet.bytes));
    }
}

TEST(Loopback, WaitsForBuffersWithoutSpinning) {
    Rig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver, 0, {.size = 8});
    rig.driver.enable_loopback();
    for (int i = 0; i < 20; ++i) {
        tx.put_packet(plain_frame(100));
    }
    tx.kick();
    EXPECT_TRUE(rig.machine.run());
    EXPECT_EQ(rx.take_all().size(), 7u);
}

// ---- 128 queues ----

TEST(RxQueues, AllHundredTwentyEightCanBeEnabledAndDisabled) {
    Rig rig;
    for (unsigned queue = 0; queue < kQueues; ++queue) {
        RxRing rx(rig.driver, queue, {.size = 8});
        EXPECT_NE(rig.driver.read<RXDCTL>(queue) & RXDCTL::enable, 0u) << queue;
        EXPECT_EQ(rig.driver.read<RDT>(queue), 7u);
        rig.driver.clear<RXDCTL>(RXDCTL::enable, queue);
        rig.machine.run();
        EXPECT_EQ(rig.driver.read<RXDCTL>(queue) & RXDCTL::enable, 0u) << queue;
    }
}

}  // namespace
}  // namespace x550
