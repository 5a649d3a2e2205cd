// SPDX-License-Identifier: GPL-2.0-or-later
// Frame sizes: what is too short, too long, padded, and what the CRC adds.

#include <algorithm>
#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

struct SizeRig : Rig {
    void allow_jumbo(std::uint32_t bytes_on_wire = 9728) const {
        driver.set<HLREG0>(HLREG0::jumboen);
        driver.write<MAXFRS>(bytes_on_wire << MAXFRS::mfs_shift);
    }
};

TEST(RxSize, ShortFramesArePaddedToSixtyBytes) {
    SizeRig rig;
    RxRing rx(rig.driver);
    for (const std::size_t bytes : {14u, 15u, 42u, 59u}) {
        Frame frame = plain_frame(bytes);
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED) << bytes;
        const auto packet = rx.take();
        ASSERT_TRUE(packet) << bytes;
        frame.resize(60, 0);
        EXPECT_TRUE(same_bytes(frame, packet->bytes)) << bytes;
    }
}

TEST(RxSize, PaddingHoldsNothingOfEarlierFrames) {
    SizeRig rig;
    RxRing rx(rig.driver);
    rig.machine.receive(plain_frame(59));
    Frame frame = plain_frame(20);
    rig.machine.receive(frame);
    const auto packets = rx.take_all();
    ASSERT_EQ(packets.size(), 2u);
    frame.resize(60, 0);
    EXPECT_TRUE(same_bytes(frame, packets[1].bytes));
}

TEST(RxSize, FramesWithoutAHeaderAreRefused) {
    SizeRig rig;
    RxRing rx(rig.driver);
    for (std::size_t bytes = 0; bytes < kEthBytes; ++bytes) {
        EXPECT_EQ(rig.machine.receive(plain_frame(bytes)), IXGBE_DROPPED) << bytes;
    }
    EXPECT_EQ(rx.head(), 0u);
}

TEST(RxSize, WithoutJumboEnableTheLimitIs1518OnTheWire) {
    SizeRig rig;
    RxRing rx(rig.driver);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    EXPECT_EQ(rig.machine.receive(plain_frame(1514)), IXGBE_ACCEPTED);
    EXPECT_EQ(rig.machine.receive(plain_frame(1515)), IXGBE_DROPPED);
    EXPECT_EQ(rig.driver.read<ROC>(), 1u);
}

TEST(RxSize, AVlanTagDoesNotCountAgainstTheLimit) {
    SizeRig rig;
    RxRing rx(rig.driver);
    const Frame fits = FrameBuilder().vlan(5).payload(1500).build();
    const Frame too_long = FrameBuilder().vlan(5).payload(1501).build();
    EXPECT_EQ(rig.machine.receive(fits), IXGBE_ACCEPTED);
    EXPECT_EQ(rig.machine.receive(too_long), IXGBE_DROPPED);
}

TEST(RxSize, JumboFramesUpTo9728OnTheWire) {
    SizeRig rig;
    rig.allow_jumbo();
    RxRing rx(rig.driver, 0, {.buffer_kb = 10});
    const Frame frame = plain_frame(9724);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
    EXPECT_EQ(rig.machine.receive(plain_frame(9725)), IXGBE_DROPPED);
    EXPECT_EQ(rig.driver.read<ROC>(), 1u);
}

TEST(RxSize, RlpmlDropsWhatWouldOverrunTheBuffer) {
    SizeRig rig;
    rig.allow_jumbo();
    RxRing rx(rig.driver, 0, {.rxdctl = rlpml(1536)});
    EXPECT_EQ(rig.machine.receive(plain_frame(1536)), IXGBE_ACCEPTED);
    EXPECT_EQ(rig.machine.receive(plain_frame(1537)), IXGBE_DROPPED);
    EXPECT_EQ(rx.take_all().size(), 1u);
}

TEST(RxSize, RlpmlIsIgnoredUnlessEnabled) {
    SizeRig rig;
    RxRing rx(rig.driver, 0, {.rxdctl = 100});
    EXPECT_EQ(rig.machine.receive(plain_frame(1000)), IXGBE_ACCEPTED);
}

TEST(RxSize, RlpmlCountsWhatIsLeftAfterStripping) {
    SizeRig rig;
    RxRing rx(rig.driver, 0, {.rxdctl = rlpml(1000) | RXDCTL::vme});
    const Frame tagged = FrameBuilder().vlan(5).payload(986).build();
    ASSERT_EQ(tagged.size(), 1004u);
    EXPECT_EQ(rig.machine.receive(tagged), IXGBE_ACCEPTED);
}

TEST(RxSize, CrcIsDeliveredWhenStrippingIsOff) {
    SizeRig rig;
    rig.driver.clear<HLREG0>(HLREG0::rxcrcstrp);
    RxRing rx(rig.driver);
    Frame frame = plain_frame(200);
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    const std::uint32_t crc = crc32_ethernet(frame);
    for (unsigned i = 0; i < 4; ++i) {
        frame.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
    }
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
}

TEST(RxSize, CrcOfAShortFrameCoversItsPadding) {
    SizeRig rig;
    rig.driver.clear<HLREG0>(HLREG0::rxcrcstrp);
    RxRing rx(rig.driver);
    Frame frame = plain_frame(20);
    rig.machine.receive(frame);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    frame.resize(60, 0);
    const std::uint32_t crc = crc32_ethernet(frame);
    for (unsigned i = 0; i < 4; ++i) {
        frame.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
    }
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
}

TEST(RxSize, PspPadsInMemoryWhatStrippingShortened) {
    SizeRig rig;
    rig.driver.set<RDRXCTL>(RDRXCTL::psp);
    RxRing rx(rig.driver, 0, {.rxdctl = RXDCTL::vme});
    const Descriptor posted = rx.at(0);
    const std::uint64_t buffer = posted[0] | std::uint64_t{posted[1]} << 32;
    std::fill_n(rig.machine.memory.at(buffer), 64, std::uint8_t{0xEE});
    ASSERT_EQ(rig.machine.receive(FrameBuilder().vlan(5).payload(42).build()), IXGBE_ACCEPTED);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->bytes.size(), 56u) << "PKT_LEN stays unpadded";
    EXPECT_EQ(rig.machine.memory.bytes(buffer + 56, 5), (Frame{0, 0, 0, 0, 0xEE}));
}

TEST(RxSize, BufferSizesFromOneToSixteenKilobytes) {
    for (const std::uint32_t kb : {1u, 2u, 3u, 4u, 10u, 16u}) {
        SizeRig rig;
        rig.allow_jumbo(15872);
        RxRing rx(rig.driver, 0, {.size = 32, .buffer_kb = kb});
        const Frame frame = plain_frame(15'000);
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED) << kb;
        const auto packet = rx.take();
        ASSERT_TRUE(packet) << kb;
        EXPECT_EQ(packet->descriptors.size(), (15'000 + kb * 1024 - 1) / (kb * 1024));
        EXPECT_TRUE(same_bytes(frame, packet->bytes)) << kb;
    }
}

TEST(RxSize, NoWriteBackEverHasLengthZero) {
    SizeRig rig;
    rig.allow_jumbo();
    RxRing rx(rig.driver, 0, {.buffer_kb = 1});
    for (const std::size_t bytes : {60u, 1020u, 1023u, 1024u, 1025u, 2048u, 3072u, 3073u}) {
        rig.machine.receive(plain_frame(bytes));
        const auto packet = rx.take();
        ASSERT_TRUE(packet) << bytes;
        for (const Descriptor& descriptor : packet->descriptors) {
            EXPECT_NE(descriptor[3] & 0xFFFF, 0u) << bytes;
        }
    }
}

}  // namespace
}  // namespace x550
