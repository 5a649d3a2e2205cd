// SPDX-License-Identifier: GPL-2.0-or-later
// Large frames that a peer with a virtio-net header left uncut: they become units, or are cut by
// the device where nothing may be coalesced.

#include <gtest/gtest.h>

#include "rsc_rig.h"
#include "super_frame.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;

void expect_consistent(const RxUnit& unit) {
    const auto decoded = decode(unit.bytes);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->consistent);
    EXPECT_EQ(unit.status() & (RxWriteBack::l4cs | RxWriteBack::l4e | RxWriteBack::ipe),
              RxWriteBack::l4cs);
}

TEST(RscSuperFrame, BecomesUnitsAsLargeAsTheDriverTakes) {
    RscRig rig;
    const SuperFrame super(40 * 1448 + 700, 1448, {.flags = TcpFlag::ack | TcpFlag::psh});
    ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    const auto units = rig.ring.take_units();
    ASSERT_EQ(segments_of(units), (Counts{32, 9}));  // one, and 31 in 45 KB
    Frame payload;
    for (const RxUnit& unit : units) {
        expect_consistent(unit);
        const auto decoded = decode(unit.bytes);
        EXPECT_EQ(decoded->sequence, super.segment.seq + payload.size());
        payload.insert(payload.end(), decoded->payload.begin(), decoded->payload.end());
    }
    EXPECT_EQ(payload, super.segment.payload);
    EXPECT_EQ(decode(units[0].bytes)->tcp_flags, TcpFlag::ack);
    EXPECT_EQ(decode(units[1].bytes)->tcp_flags, TcpFlag::ack | TcpFlag::psh);
    EXPECT_EQ(decode(units[1].bytes)->ip_id, super.segment.id + 32);
    EXPECT_EQ(rig.driver.read<GPRC>(), 41u);
}

TEST(RscSuperFrame, CountsTheSegmentsThatBeginInEachBuffer) {
    RscRig rig;
    const SuperFrame super(6 * 1448, 1448);
    ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    const auto units = rig.ring.take_units();
    ASSERT_EQ(segments_of(units), Counts{6});
    const auto begin = [&](std::size_t i) {
        return units[0].descriptors.at(i)[0] >> RxWriteBack::rsccnt_shift &
               RxWriteBack::rsccnt_mask;
    };
    // Behind the first one they begin at 0, 1448, 2896, 4344 and 5792.
    EXPECT_EQ(begin(0), 2u);
    EXPECT_EQ(begin(1), 4u);
    EXPECT_EQ(begin(2), 3u);
}

TEST(RscSuperFrame, ComesBehindTheUnitOfItsConnection) {
    RscRig rig;
    const auto before = stream(3);
    for (const Frame& frame : frames_of(before)) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    const SuperFrame super(4 * 1448, 1448, {.seq = before.back().seq + 1448});
    ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(segments_of(rig.ring.take_units()), (Counts{3, 4}));
}

TEST(RscSuperFrame, LosesItsTag) {
    RscRig rig({.buffer_kb = 3, .rxdctl = RXDCTL::vme});
    const SuperFrame super(10 * 1448, 1448, {.vlan = 5});
    ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    const auto units = rig.ring.take_units();
    ASSERT_EQ(segments_of(units), Counts{10});
    expect_consistent(units[0]);
    EXPECT_EQ(decode(units[0].bytes)->payload, super.segment.payload);
    EXPECT_EQ(units[0].descriptors.back()[3] >> 16, 5u);
}

// On its way when the driver switched coalescing off, or with a flag that forbids it.
TEST(RscSuperFrame, IsCutWhereNothingIsCoalesced) {
    for (const std::uint16_t flags :
         {std::uint16_t{TcpFlag::ack}, std::uint16_t{TcpFlag::ack | TcpFlag::fin}}) {
        RscRig rig;
        if (flags == TcpFlag::ack) {
            rig.driver.set<RFCTL>(RFCTL::rsc_dis);
        }
        const SuperFrame super(5 * 1000 + 10, 1000, {.flags = flags});
        ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
        ASSERT_TRUE(rig.machine.run());
        Frame payload;
        std::uint16_t last_flags = 0;
        for (const RxUnit& unit : rig.ring.take_units()) {
            expect_consistent(unit);
            const auto decoded = decode(unit.bytes);
            payload.insert(payload.end(), decoded->payload.begin(), decoded->payload.end());
            last_flags = decoded->tcp_flags;
        }
        EXPECT_EQ(payload, super.segment.payload);
        EXPECT_EQ(last_flags, flags);
        EXPECT_EQ(rig.driver.read<GPRC>(), 6u);
    }
}

// The chip coalesces IPv4 only.
TEST(RscSuperFrame, OverIpv6IsCut) {
    RscRig rig;
    const FrameBuilder builder =
        FrameBuilder().ipv6("2001:db8::1", "2001:db8::2").tcp(1, 2).payload(5 * 1000 + 10);
    Frame frame = builder.build();
    const auto whole = decode(frame);
    seed_l4_checksum(frame, kEthBytes, builder.l4_offset());
    ixgbe_frame_offload offload{};
    offload.gso = IXGBE_GSO_TCPV6;
    offload.gso_size = 1000;
    offload.needs_csum = 1;
    offload.csum_start = static_cast<std::uint16_t>(builder.l4_offset());
    offload.csum_offset = 16;
    ASSERT_EQ(rig.machine.receive(frame, &offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    Frame payload;
    const auto units = rig.ring.take_units();
    ASSERT_EQ(segments_of(units), (Counts{0, 0, 0, 0, 0, 0}));
    for (const RxUnit& unit : units) {
        expect_consistent(unit);
        const auto decoded = decode(unit.bytes);
        payload.insert(payload.end(), decoded->payload.begin(), decoded->payload.end());
    }
    EXPECT_EQ(payload, whole->payload);
}

TEST(RscSuperFrame, WaitsForDescriptorsWhole) {
    RscRig rig({.size = 64, .buffer_kb = 3, .fill = false});
    rig.ring.fill(5);
    const SuperFrame super(20 * 1448, 1448);
    EXPECT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_NO_BUFFERS);
    EXPECT_EQ(rig.ring.head(), 0u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    rig.ring.fill(40);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.driver.read<GPRC>(), 20u);
}

// Cut, it goes on where it had to wait, in a ring of any length.
TEST(RscSuperFrame, GoesOnWhereItHadToWait) {
    RscRig rig({.size = 8, .buffer_kb = 2, .fill = false});
    rig.driver.write<RSCCTL>(0, 0);
    const SuperFrame super(20 * 1448 + 9, 1448);
    Frame payload;
    ixgbe_receive_result result = IXGBE_NO_BUFFERS;
    for (unsigned round = 0; result == IXGBE_NO_BUFFERS && round < 20; ++round) {
        rig.ring.fill(4);
        ASSERT_TRUE(rig.machine.run());
        result = rig.machine.receive(super.bytes, &super.offload);
        ASSERT_TRUE(rig.machine.run());
        for (const RxUnit& unit : rig.ring.take_units()) {
            expect_consistent(unit);
            const auto decoded = decode(unit.bytes);
            payload.insert(payload.end(), decoded->payload.begin(), decoded->payload.end());
        }
    }
    EXPECT_EQ(result, IXGBE_ACCEPTED);
    EXPECT_EQ(payload, super.segment.payload);
    EXPECT_EQ(rig.driver.read<GPRC>(), 21u);
    // The same frame once more is another frame.
    EXPECT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_NO_BUFFERS);
}

// What a peer may say and nobody sends: sizes of zero, headers that are not there, lengths that
// lie.
TEST(BugClassG, SuperFramesThatLie) {
    RscRig rig;
    const SuperFrame super(20 * 1448, 1448);
    for (std::size_t length = 0; length < 120; ++length) {
        (void)rig.machine.receive(std::span(super.bytes).first(length), &super.offload);
    }
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(0xFFFFu << MAXFRS::mfs_shift);
    for (const std::uint16_t size : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{9000},
                                     std::uint16_t{16000}, std::uint16_t{65535}}) {
        for (const int gso : {int{IXGBE_GSO_TCPV4}, int{IXGBE_GSO_TCPV6}, int{IXGBE_GSO_UDP}, 77}) {
            auto offload = super.offload;
            offload.gso_size = size;
            offload.gso = static_cast<std::uint8_t>(gso);
            (void)rig.machine.receive(super.bytes, &offload);
            ASSERT_TRUE(rig.machine.run());
            (void)rig.ring.take_units();
            rig.ring.fill_all();
        }
    }
    // A large send without payload is an ordinary packet.
    const SuperFrame empty(0, 1448);
    EXPECT_EQ(rig.machine.receive(empty.bytes, &empty.offload), IXGBE_ACCEPTED);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{0});
    Frame lying = super.bytes;
    for (unsigned value = 0; value < 65536; value += 911) {
        put_be16(lying, kEthBytes + 2, static_cast<std::uint16_t>(value));
        (void)rig.machine.receive(lying, &super.offload);
        ASSERT_TRUE(rig.machine.run());
        (void)rig.ring.take_units();
        rig.ring.fill_all();
    }
}

}  // namespace
}  // namespace x550
