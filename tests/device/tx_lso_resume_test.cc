// SPDX-License-Identifier: GPL-2.0-or-later
// A segmented packet that the host cannot take in one go: it waits between two segments, and goes
// on with the next one. How many a packet has is the guest's choice (262,143 with an MSS of 1).

#include <gtest/gtest.h>

#include "lso_request.h"

namespace x550 {
namespace {

constexpr std::size_t kPayload = 4500;
constexpr std::uint32_t kMss = 1000;
constexpr std::size_t kSegments = 5;

std::vector<Frame> frames_of(const FakeHost& host) {
    std::vector<Frame> out;
    for (const SentFrame& frame : host.sent) {
        out.push_back(frame.bytes);
    }
    return out;
}

std::vector<Frame> sent_at_once(const Lso& lso) {
    LsoRig rig;
    rig.send(lso);
    return frames_of(rig.host);
}

TEST(TxLsoResume, WaitsAfterEverySegmentTheHostQueues) {
    const Lso lso = tcp4(kPayload, kMss, TcpFlag::ack | TcpFlag::psh);
    LsoRig rig;
    rig.host.queue_sends = true;
    lso.post(rig.tx, {100, 700, 33});
    const std::uint32_t last = rig.tx.tail() - 1;
    rig.tx.kick();
    for (std::size_t sent = 1; sent <= kSegments; ++sent) {
        ASSERT_TRUE(rig.machine.run()) << "a busy wire must not be polled";
        EXPECT_EQ(rig.host.sent.size(), sent);
        EXPECT_EQ(rig.tx.done(last), sent == kSegments);
        EXPECT_EQ(rig.tx.head() == rig.tx.tail(), sent == kSegments);
        rig.host.release();
    }
    EXPECT_TRUE(rig.machine.run());
    EXPECT_FALSE(rig.host.sent_while_blocked);
    EXPECT_EQ(frames_of(rig.host), sent_at_once(lso));
}

TEST(TxLsoResume, NextPacketBeginsAtItsFirstSegment) {
    LsoRig rig;
    rig.host.queue_sends = true;
    const Lso first = tcp4(kPayload, kMss);
    const Lso second = tcp6(kPayload, kMss);
    first.post(rig.tx);
    second.post(rig.tx);
    rig.tx.kick();
    for (std::size_t i = 0; i < 2 * kSegments; ++i) {
        rig.machine.run();
        rig.host.release();
    }
    rig.machine.run();
    std::vector<Frame> wanted = sent_at_once(first);
    for (const Frame& frame : sent_at_once(second)) {
        wanted.push_back(frame);
    }
    EXPECT_EQ(frames_of(rig.host), wanted);
}

// Statistics count each segment once: DS 8.2.2.14 (GPTC, TPT).
TEST(TxLsoResume, StatisticsCountEverySegmentOnce) {
    LsoRig rig;
    rig.host.queue_sends = true;
    tcp4(kPayload, kMss).post(rig.tx);
    rig.tx.kick();
    for (std::size_t i = 0; i < kSegments; ++i) {
        rig.machine.run();
        rig.host.release();
    }
    EXPECT_EQ(rig.driver.read<GPTC>(), kSegments);
}

// A packet of an MSS of 1 neither fills the host's queue nor keeps other queues waiting.
TEST(TxLsoResume, OtherQueuesSendBetweenTheSegmentsOfALongPacket) {
    constexpr std::size_t kMany = 20000;
    LsoRig rig;
    TxRing other(rig.driver, 7);
    bool waiting = true;
    std::size_t before = 0;
    rig.host.on_send = [&](const SentFrame& frame) {
        waiting = waiting && frame.bytes != plain_frame(777);
        before += waiting ? 1U : 0U;
    };
    tcp4(kMany, 1).post(rig.tx);
    other.put_packet(plain_frame(777));
    rig.tx.kick();
    other.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), kMany + 1);
    EXPECT_LT(before, kMany / 2) << "segments that left before the other queue's frame";
}

TEST(TxLsoResume, HostIsAskedOnceWhileItIsBusy) {
    LsoRig rig;
    rig.host.queue_sends = true;
    tcp4(200000, 1).post(rig.tx, {60000, 60000, 60000});
    rig.tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

// What the guest does to a packet in the meantime is its own loss.
TEST(TxLsoResume, PacketThatShrankMeanwhileIsCompleted) {
    LsoRig rig;
    rig.host.queue_sends = true;
    tcp4(kPayload, kMss).post(rig.tx);
    const std::uint32_t last = rig.tx.tail() - 1;
    rig.tx.kick();
    for (int i = 0; i < 3; ++i) {
        rig.machine.run();
        rig.host.release();
    }
    rig.machine.run();
    const Lso shorter = tcp4(500, kMss);
    const auto length = static_cast<std::uint32_t>(shorter.request().size());
    const std::uint64_t descriptor = rig.tx.base() + std::uint64_t{last} * kDescriptorBytes;
    const auto word = rig.machine.memory.load<std::uint32_t>(descriptor + 8);
    rig.machine.memory.put(descriptor + 8, (word & 0xFFFF0000) | length);
    rig.machine.memory.put(descriptor + 12,
                           std::uint32_t{TxData::txsm | TxData::ixsm} | 500u << 14);
    rig.host.queue_sends = false;
    rig.host.release();
    EXPECT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), 4u) << "the one segment it has now left long ago";
    EXPECT_TRUE(rig.tx.done(last));
}

// After a reset of the queue a packet is a new one.
TEST(TxLsoResume, DisabledQueueForgetsHowFarItWas) {
    LsoRig rig;
    rig.host.queue_sends = true;
    const Lso lso = tcp4(kPayload, kMss);
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    rig.driver.write<TXDCTL>(0, 0);
    rig.machine.run();
    rig.host.queue_sends = false;
    rig.host.release();
    rig.machine.run();
    rig.host.sent.clear();
    TxRing fresh(rig.driver, 0);
    lso.post(fresh);
    fresh.kick();
    rig.machine.run();
    EXPECT_EQ(frames_of(rig.host), sent_at_once(lso));
}

}  // namespace
}  // namespace x550
