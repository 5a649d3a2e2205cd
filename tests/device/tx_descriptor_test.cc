// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit rings: which descriptors become which frames, and when.

#include <algorithm>
#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

struct TxRig : Rig {
    TxRing tx{driver};

    [[nodiscard]] std::vector<Frame> wire() const {
        std::vector<Frame> frames;
        for (const SentFrame& frame : host.sent) {
            frames.push_back(frame.bytes);
        }
        return frames;
    }
};

constexpr std::uint32_t kLast = TxData::eop | TxData::ifcs | TxData::rs;

TEST(TxDescriptor, AdvancedPacketReachesTheWireUnchanged) {
    TxRig rig;
    const Frame frame = plain_frame(777);
    rig.tx.send(frame);
    ASSERT_EQ(rig.host.sent.size(), 1u);
    EXPECT_TRUE(same_bytes(frame, rig.host.sent[0].bytes));
    EXPECT_TRUE(rig.host.sent[0].finished());
}

TEST(TxDescriptor, LegacyPacketReachesTheWireUnchanged) {
    TxRig rig;
    const Frame frame = plain_frame(300);
    const std::uint32_t index =
        rig.tx.put_legacy(frame, TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
    EXPECT_TRUE(rig.tx.done(index));
}

TEST(TxDescriptor, DoorbellReturnsBeforeTheWorkIsDone) {
    TxRig rig;
    rig.tx.put_packet(plain_frame(100));
    rig.tx.kick();
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_TRUE(rig.host.poll_scheduled);
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

TEST(TxDescriptor, PacketInManyBuffersIsPutTogether) {
    TxRig rig;
    const Frame frame = plain_frame(1514);
    rig.tx.send(frame, {}, {1, 13, 7, 100, 1000, 3});
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, FortyBuffersMakeOnePacket) {
    TxRig rig;
    const Frame frame = plain_frame(1500);
    rig.tx.send(frame, {}, std::vector<std::size_t>(39, 31));
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, LegacyPacketInManyBuffersIsPutTogether) {
    TxRig rig;
    const Frame frame = plain_frame(500);
    rig.tx.put_legacy({frame.begin(), frame.begin() + 200}, TxLegacy::ifcs);
    rig.tx.put_legacy({frame.begin() + 200, frame.end()},
                      TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, PacketMayCrossTailWrites) {
    TxRig rig;
    const Frame frame = plain_frame(600);
    rig.tx.put_packet({frame.begin(), frame.begin() + 300},
                      {.command = TxData::ifcs, .paylen = 600});
    rig.tx.kick();
    ASSERT_TRUE(rig.machine.run()) << "a packet without its end must not be waited for";
    EXPECT_TRUE(rig.host.sent.empty());
    rig.tx.put_packet({frame.begin() + 300, frame.end()}, {.paylen = 0});
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, RingWrapsManyTimes) {
    TxRig rig;
    TxRing tx(rig.driver, 1, {.size = 8});
    for (std::uint32_t i = 0; i < 50; ++i) {
        const Frame frame = plain_frame(64 + i, kPeerMac, i + 1);
        tx.send(frame, {}, {20, 20});
        ASSERT_EQ(rig.host.sent.size(), i + 1);
        ASSERT_TRUE(same_bytes(frame, rig.host.sent.back().bytes)) << i;
        ASSERT_EQ(tx.head(), tx.tail());
    }
}

TEST(TxDescriptor, FullRingIsSentInOrder) {
    TxRig rig;
    TxRing tx(rig.driver, 0, {.size = 4096});
    std::vector<Frame> frames;
    for (std::uint32_t i = 0; i < 4095; ++i) {
        frames.push_back(plain_frame(60 + i % 40, kPeerMac, i + 1));
        tx.put_packet(frames.back());
    }
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.wire(), frames);
}

TEST(TxDescriptor, LargestRingWorks) {
    TxRig rig;
    TxRing tx(rig.driver, 0, {.size = 32768});
    const Descriptor null = {0, 0, TxData::dtyp | TxData::dext | kLast, 0};
    for (std::uint32_t i = 0; i < 32760; ++i) {
        tx.put(null);
    }
    const std::uint32_t index = tx.put_packet(plain_frame(100));
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_TRUE(tx.done(index));
}

TEST(TxDescriptor, NullDescriptorSendsNothingAndHoldsNothingUp) {
    TxRig rig;
    rig.tx.put({0, 0, TxData::dtyp | TxData::dext | kLast, 0});
    const Frame frame = plain_frame(99);
    rig.tx.send(frame);
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
    EXPECT_EQ(rig.tx.head(), rig.tx.tail());
}

TEST(TxDescriptor, UnknownDescriptorTypeIsSkippedAndReported) {
    TxRig rig;
    rig.host.forget();
    rig.tx.put({0, 0, 60 | 7u << 20 | TxData::dext | kLast, 60u << TxData::paylen_shift});
    const Frame frame = plain_frame(99);
    rig.tx.send(frame);
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
    EXPECT_FALSE(rig.host.guest_errors.empty());
}

TEST(TxDescriptor, ShortFrameIsPaddedToSixtyBytes) {
    TxRig rig;
    Frame frame = plain_frame(20);
    rig.tx.send(frame);
    frame.resize(60, 0);
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, WithoutTxpadenFramesStayShort) {
    TxRig rig;
    rig.driver.clear<HLREG0>(HLREG0::txpaden);
    const Frame frame = plain_frame(20);
    rig.tx.send(frame);
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, FramesWithoutAHeaderAreDroppedAndCompleted) {
    TxRig rig;
    for (const std::size_t bytes : {1u, 12u}) {
        const std::uint32_t index = rig.tx.send(plain_frame(bytes));
        EXPECT_TRUE(rig.tx.done(index)) << bytes;
    }
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_EQ(rig.driver.read<GPTC>(), 0u);
}

TEST(TxDescriptor, FrameWithSoftwareFcsLosesItsLastFourBytes) {
    TxRig rig;
    const Frame frame = plain_frame(200);
    Frame with_fcs = frame;
    const std::uint32_t crc = crc32_ethernet(frame);
    for (unsigned i = 0; i < 4; ++i) {
        with_fcs.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
    }
    rig.tx.send(with_fcs, {.command = TxData::eop | TxData::rs});
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, JumboFrameOf9728BytesOnTheWireIsSent) {
    TxRig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    const Frame frame = plain_frame(9724);
    rig.tx.send(frame, {}, {4000, 4000});
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, FlagsOfLaterDescriptorsDoNotCount) {
    TxRig rig;
    const Frame frame =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(100).build();
    rig.tx.put_packet({frame.begin(), frame.begin() + 50},
                      {.command = TxData::ifcs, .paylen = 142});
    rig.tx.put_packet({frame.begin() + 50, frame.end()},
                      {.command = kLast | TxData::vle | TxData::tse,
                       .options = TxData::txsm | TxData::ixsm,
                       .paylen = 77});
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, ContextInsideAPacketAddsNoBytes) {
    TxRig rig;
    const Frame frame = plain_frame(600);
    rig.host.forget();
    rig.tx.put_packet({frame.begin(), frame.begin() + 300},
                      {.command = TxData::ifcs, .paylen = 600});
    rig.tx.put_context({.iplen = 100});
    rig.tx.put_packet({frame.begin() + 300, frame.end()}, {.paylen = 0});
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
    EXPECT_FALSE(rig.host.guest_errors.empty());
}

TEST(TxDescriptor, EndlessPacketIsDroppedUpToItsEndAndNoFurther) {
    TxRig rig;
    TxRing tx(rig.driver, 1, {.size = 8192});
    const std::uint64_t buffer = rig.machine.memory.allocate(64);
    const Descriptor middle = {static_cast<std::uint32_t>(buffer),
                               static_cast<std::uint32_t>(buffer >> 32),
                               1 | TxData::dtyp | TxData::dext, 0};
    for (int i = 0; i < 5000; ++i) {
        tx.put(middle);
    }
    tx.put_packet(plain_frame(64));
    const Frame frame = plain_frame(321);
    const std::uint32_t index = tx.put_packet(frame);
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
    EXPECT_TRUE(tx.done(index));
    EXPECT_EQ(tx.head(), tx.tail());
}

TEST(TxDescriptor, WrongPaylenOfAPlainPacketDoesNotSizeIt) {
    TxRig rig;
    const Frame frame = plain_frame(321);
    rig.tx.send(frame, {.paylen = 5});
    rig.tx.send(frame, {.paylen = 0x3FFFF});
    EXPECT_EQ(rig.wire(), (std::vector<Frame>{frame, frame}));
}

TEST(TxDescriptor, RefusedMappingsFallBackToCopies) {
    TxRig rig;
    rig.host.refuse_map = true;
    const Frame frame = plain_frame(1514);
    rig.tx.send(frame, {}, {10, 1000});
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

TEST(TxDescriptor, FailedDmaCompletesThePacketAndGoesOn) {
    TxRig rig;
    rig.tx.put(
        {0x1000, 0, 100 | TxData::dtyp | TxData::dext | kLast, 100u << TxData::paylen_shift});
    const Frame frame = plain_frame(99);
    const std::uint32_t index = rig.tx.send(frame);
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
    EXPECT_TRUE(rig.tx.done(0));
    EXPECT_TRUE(rig.tx.done(index));
}

TEST(TxDescriptor, AnySingleDmaFailureIsSurvived) {
    for (unsigned n = 0; n < 12; ++n) {
        TxRig rig;
        rig.host.refuse_map = n % 2 == 0;
        rig.host.fail_dma_in = n / 2;
        for (int i = 0; i < 4; ++i) {
            rig.tx.put_packet(plain_frame(200), {}, {50});
        }
        rig.tx.kick();
        ASSERT_TRUE(rig.machine.run()) << n;
        rig.host.fail_dma_in = FakeHost::kNever;
        EXPECT_LE(rig.host.sent.size(), 4u);
        rig.tx.kick();
        rig.tx.send(plain_frame(200));
        EXPECT_FALSE(rig.host.sent.empty()) << n;
    }
}

// ---- Gates ----

TEST(TxGate, NothingMovesWhileTransmissionIsOff) {
    TxRig rig;
    rig.driver.clear<DMATXCTL>(DMATXCTL::te);
    rig.tx.send(plain_frame(100));
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_EQ(rig.tx.head(), 0u);
    rig.driver.set<DMATXCTL>(DMATXCTL::te);
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 1u) << "the tail was remembered";
}

TEST(TxGate, NothingMovesWhileTheQueueIsOff) {
    TxRig rig;
    TxRing tx(rig.driver, 3, {.enable = false});
    tx.send(plain_frame(100));
    EXPECT_TRUE(rig.host.sent.empty());
    rig.driver.set<TXDCTL>(TXDCTL::enable, 3);
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

TEST(TxGate, QueueMayBeEnabledBeforeTransmission) {
    ColdRig rig;
    rig.machine.run_for(kSecond);
    TxRing tx(rig.driver, 0, {.size = 16});
    rig.driver.set<DMATXCTL>(DMATXCTL::te);
    tx.put_legacy(plain_frame(80), TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs);
    tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

TEST(TxGate, RingOfNoLengthIsNoRing) {
    TxRig rig;
    rig.driver.write<TDLEN>(0, 0);
    rig.driver.write<TDT>(0, 1);
    EXPECT_TRUE(rig.machine.run());
    EXPECT_TRUE(rig.host.sent.empty());
}

TEST(TxGate, BusMasterOffStopsTheRing) {
    TxRig rig;
    ixgbe_set_dma_enabled(rig.machine.device(), false);
    const std::uint64_t before = rig.host.dma_count;
    rig.tx.send(plain_frame(100));
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_EQ(rig.host.dma_count, before);
    ixgbe_set_dma_enabled(rig.machine.device(), true);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

TEST(TxGate, GioDisableStopsTheRing) {
    TxRig rig;
    rig.driver.write<CTRL>(CTRL::gio_dis);
    rig.tx.send(plain_frame(100));
    EXPECT_TRUE(rig.host.sent.empty());
    rig.driver.write<CTRL>(0);
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

TEST(TxGate, DisableReadsBackAtOnceWhenIdle) {
    TxRig rig;
    rig.driver.write<TXDCTL>(0, TXDCTL::swflsh);
    rig.machine.run();
    EXPECT_EQ(rig.driver.read<TXDCTL>(0) & (TXDCTL::enable | TXDCTL::swflsh), 0u);
}

TEST(TxGate, DescriptorsAreCompletedWhileTheLinkIsDown) {
    TxRig rig;
    ixgbe_set_cable(rig.machine.device(), false);
    const std::uint32_t index = rig.tx.send(plain_frame(100));
    rig.machine.run_for(kSecond);
    EXPECT_TRUE(rig.tx.done(index)) << "or the driver's watchdog resets the adapter";
    EXPECT_EQ(rig.tx.head(), rig.tx.tail());
}

// ---- Back-pressure ----

TEST(TxBackPressure, RingWaitsWhileTheWireIsBusy) {
    TxRig rig;
    rig.host.queue_sends = true;
    std::vector<Frame> frames;
    for (std::uint32_t i = 0; i < 5; ++i) {
        frames.push_back(plain_frame(100 + i, kPeerMac, i + 1));
        rig.tx.put_packet(frames.back());
    }
    rig.tx.kick();
    ASSERT_TRUE(rig.machine.run()) << "a busy wire must not be polled";
    for (std::size_t i = 1; i <= frames.size(); ++i) {
        EXPECT_EQ(rig.host.sent.size(), i);
        rig.host.release();
        rig.machine.run();
    }
    EXPECT_EQ(rig.wire(), frames);
    EXPECT_FALSE(rig.host.sent_while_blocked);
    EXPECT_EQ(rig.tx.head(), rig.tx.tail());
}

TEST(TxBackPressure, AllQueuesWait) {
    TxRig rig;
    TxRing other(rig.driver, 7);
    rig.host.queue_sends = true;
    rig.tx.send(plain_frame(100));
    other.send(plain_frame(100));
    EXPECT_EQ(rig.host.sent.size(), 1u);
    rig.host.queue_sends = false;
    rig.host.release();
    rig.machine.run();
    EXPECT_EQ(rig.host.sent.size(), 2u);
    EXPECT_FALSE(rig.host.sent_while_blocked);
}

TEST(TxBackPressure, DisableCompletesWhileTheWireIsBusy) {
    TxRig rig;
    rig.host.queue_sends = true;
    rig.tx.put_packet(plain_frame(100));
    rig.tx.put_packet(plain_frame(100));
    rig.tx.kick();
    rig.machine.run();
    rig.driver.write<TXDCTL>(0, 0);
    rig.machine.run_for(100 * kMillisecond);
    EXPECT_EQ(rig.driver.read<TXDCTL>(0) & TXDCTL::enable, 0u);
}

TEST(TxBackPressure, ResetWhileTheWireIsBusyStartsAfresh) {
    TxRig rig;
    rig.host.queue_sends = true;
    rig.tx.put_packet(plain_frame(100));
    rig.tx.put_packet(plain_frame(100));
    rig.tx.kick();
    rig.machine.run();
    rig.driver.bring_up();
    rig.tx.program();
    rig.host.queue_sends = false;
    rig.host.release();
    rig.machine.run();
    rig.host.sent.clear();
    const Frame frame = plain_frame(321);
    rig.tx.send(frame);
    EXPECT_EQ(rig.wire(), std::vector<Frame>{frame});
}

// ---- 128 queues ----

TEST(TxQueues, AllHundredTwentyEightSend) {
    TxRig rig;
    for (unsigned queue = 0; queue < kQueues; ++queue) {
        TxRing tx(rig.driver, queue, {.size = 8});
        const Frame frame = plain_frame(100 + queue, kPeerMac, queue + 1);
        tx.send(frame);
        ASSERT_EQ(rig.host.sent.size(), queue + 1);
        ASSERT_EQ(rig.host.sent.back().bytes, frame) << queue;
    }
}

TEST(TxQueues, NoneIsStarvedByAFullOne) {
    TxRig rig;
    TxRing busy(rig.driver, 0, {.size = 4096});
    for (int i = 0; i < 4000; ++i) {
        busy.put_packet(plain_frame(60));
    }
    TxRing quiet(rig.driver, 127, {.size = 8});
    quiet.put_packet(plain_frame(300));
    busy.kick();
    quiet.kick();
    ASSERT_TRUE(rig.machine.run());
    const auto quiet_frame =
        std::find_if(rig.host.sent.begin(), rig.host.sent.end(),
                     [](const SentFrame& frame) { return frame.bytes.size() == 300; });
    ASSERT_NE(quiet_frame, rig.host.sent.end());
    EXPECT_LT(quiet_frame - rig.host.sent.begin(), 3000);
    EXPECT_EQ(rig.host.sent.size(), 4001u);
}

}  // namespace
}  // namespace x550
