// SPDX-License-Identifier: GPL-2.0-or-later
// Coalescing at its edges: bytes behind a datagram, limits of a queue, a device that is switched
// off or changed while units are open.

#include <algorithm>
#include <gtest/gtest.h>

#include "lso_request.h"
#include "rsc_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;

constexpr std::uint32_t kJumbo = 9728;

// A super-frame of a tap: `segments` of `size` bytes.
struct Super {
    Frame bytes;
    ixgbe_frame_offload offload{};

    Super(unsigned segments, std::uint16_t size, std::uint16_t flags = TcpFlag::ack) {
        TcpSegment segment{.flags = flags};
        segment.payload = pattern(std::size_t{segments} * size);
        bytes = segment.build();
        const std::size_t l4 = segment.l3() + kIpv4Bytes;
        seed_l4_checksum(bytes, segment.l3(), l4);
        offload.gso = IXGBE_GSO_TCPV4;
        offload.gso_size = size;
        offload.hdr_len = static_cast<std::uint16_t>(l4 + kTcpBytes);
        offload.needs_csum = 1;
        offload.csum_start = static_cast<std::uint16_t>(l4);
        offload.csum_offset = 16;
    }
};

bool has_empty_descriptor(const std::vector<RxUnit>& units) {
    return std::any_of(units.begin(), units.end(), [](const RxUnit& unit) {
        return std::any_of(unit.descriptors.begin(), unit.descriptors.end(),
                           [](const Descriptor& d) { return (d[3] & 0xFFFF) == 0; });
    });
}

// A descriptor without bytes would stop Linux' ring for ever.
TEST(RscEdge, BytesBehindTheDatagramStartNoUnit) {
    RscRig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(kJumbo << 16);
    const auto segments = stream(2, 1000);
    Frame first = segments[0].build();
    first.resize(9000, 0xAA);
    for (const std::size_t second_size : {1000UL, 3072UL}) {
        TcpSegment second = segments[1];
        second.payload = pattern(second_size);
        const auto units = rig.burst({first, second.build()});
        ASSERT_EQ(units.size(), 2u);
        EXPECT_TRUE(same_bytes(first, units[0].bytes));
        EXPECT_TRUE(same_bytes(second.build(), units[1].bytes));
        EXPECT_FALSE(has_empty_descriptor(units));
        rig.ring.fill_all();
    }
}

TEST(RscEdge, PaddingOfTheFirstSegmentIsNoObstacle) {
    RscRig rig;
    const auto segments = stream(2, 3);
    const auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), Counts{2});
    EXPECT_EQ(units[0].bytes.size(), 54u + 6u);
}

// RXDCTL.RLPML bounds each frame of the wire, also those that a peer did not cut.
TEST(RscEdge, SegmentsOfASuperFrameObeyRlpml) {
    RscRig rig({.buffer_kb = 3, .rxdctl = rlpml(1000)});
    const Super super(10, 1448);
    (void)rig.machine.receive(super.bytes, &super.offload);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(rig.ring.take_units().empty());
    const Super small(10, 900);
    EXPECT_EQ(rig.machine.receive(small.bytes, &small.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{10});
}

// Once STATUS says that the master is off, memory is the driver's: units have to be done by then.
TEST(RscEdge, UnitsEndBeforeTheMasterIsOff) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    rig.driver.set<CTRL>(CTRL::gio_dis);
    ASSERT_EQ(rig.driver.read<STATUS>() & STATUS::gio_master_enabled, 0u);
    rig.host.record_dma = true;
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
    ASSERT_TRUE(rig.machine.run());
    EXPECT_TRUE(rig.host.dma_writes.empty());
}

TEST(RscEdge, UnitsEndWithTheReceiver) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    rig.driver.clear<RXCTRL>(RXCTRL::rxen);
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
}

TEST(RscEdge, ABadTailWhileAUnitIsOpenIsForgiven) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    const std::uint32_t tail = rig.driver.read<RDT>(0);
    rig.driver.write<RDT>(0, 0xFFFF);
    ASSERT_TRUE(rig.machine.run());
    rig.driver.write<RDT>(0, tail);
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
    EXPECT_EQ(rig.machine.receive_alone(stream(1)[0].build()), IXGBE_ACCEPTED);
    EXPECT_EQ(rig.ring.take_units().size(), 1u);
}

// The write-back of one unit switches the queue to buffers of no size before the next one opens.
struct BufferSizeChanger {
    explicit BufferSizeChanger(RscRig& rig) {
        rig.host.on_dma = [this, &rig](std::uint64_t address, std::size_t) {
            if (armed && address >= rig.ring.base() && address < rig.ring.base() + 64 * 16) {
                armed = false;
                rig.driver.write<SRRCTL>(0, 1 << 25);
            }
        };
    }
    bool armed = false;
};

TEST(RscEdge, BuffersThatVanishDuringAWriteBackAreSurvived) {
    RscRig rig;
    BufferSizeChanger changer(rig);
    auto segments = stream(3);
    segments[2].seq += 5000;  // a gap: one unit ends, another begins
    ASSERT_EQ(rig.machine.receive(segments[0].build()), IXGBE_ACCEPTED);
    ASSERT_EQ(rig.machine.receive(segments[1].build()), IXGBE_ACCEPTED);
    changer.armed = true;
    (void)rig.machine.receive(segments[2].build());
    EXPECT_FALSE(changer.armed);
    EXPECT_TRUE(rig.machine.run());
}

TEST(RscEdge, BuffersThatVanishUnderASuperFrameAreSurvived) {
    RscRig rig;
    BufferSizeChanger changer(rig);
    const auto segments = stream(2);
    ASSERT_EQ(rig.machine.receive(segments[0].build()), IXGBE_ACCEPTED);
    ASSERT_EQ(rig.machine.receive(segments[1].build()), IXGBE_ACCEPTED);
    changer.armed = true;
    const Super super(40, 1448);
    (void)rig.machine.receive(super.bytes, &super.offload);
    EXPECT_FALSE(changer.armed);
    EXPECT_TRUE(rig.machine.run());
}

// RFC 3168 6.1.2: one segment tells that the window was reduced.
TEST(RscEdge, ASuperFrameThatIsCutTellsCwrOnce) {
    RscRig rig;
    rig.driver.set<RFCTL>(RFCTL::rsc_dis);
    const Super super(3, 1000, TcpFlag::ack | TcpFlag::cwr | TcpFlag::psh | TcpFlag::fin);
    ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    const auto packets = rig.ring.take_units();
    ASSERT_EQ(packets.size(), 3u);
    EXPECT_EQ(decode(packets[0].bytes)->tcp_flags, TcpFlag::ack | TcpFlag::cwr);
    EXPECT_EQ(decode(packets[1].bytes)->tcp_flags, TcpFlag::ack);
    EXPECT_EQ(decode(packets[2].bytes)->tcp_flags, TcpFlag::ack | TcpFlag::psh | TcpFlag::fin);
}

}  // namespace
}  // namespace x550
