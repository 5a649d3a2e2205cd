// SPDX-License-Identifier: GPL-2.0-or-later
// Corners that a review found: wake-ups that must not get lost, work that must be bounded, events
// that count once.

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <utility>

#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kTso = TxData::eop | TxData::ifcs | TxData::rs | TxData::tse;

bool load(const Rig& rig, const ixgbe_state& from) {
    std::array<char, 200> why{};
    std::memcpy(&rig.machine.state(), &from, sizeof from);
    return ixgbe_loaded(rig.machine.device(), why.data(), why.size());
}

std::unique_ptr<ixgbe_state> snapshot(const Rig& rig) {
    ixgbe_prepare_save(rig.machine.device());
    return std::make_unique<ixgbe_state>(rig.machine.state());
}

// TCP over IPv4 as a driver prepares it for LSO.
void post_tso(TxRing& tx, std::size_t payload, std::uint32_t mss, std::uint32_t l4len = kTcpBytes,
              bool timestamps = false) {
    FrameBuilder builder;
    builder.to(kPeerMac)
        .from(kDeviceMac)
        .ipv4("192.0.2.1", "198.51.100.2")
        .tcp(1, 2)
        .payload(payload);
    if (timestamps) {
        builder.tcp_timestamps();
    }
    Frame frame = builder.build();
    put_be16(frame, builder.l3_offset() + 2, 0);
    put_be16(frame, builder.l3_offset() + 10, 0);
    seed_l4_checksum(frame, builder.l3_offset(), builder.l4_offset(), false);
    tx.put_context({.l4len = l4len, .mss = mss, .type = TxContext::l4_tcp | TxContext::ipv4});
    tx.put_packet(
        frame, {.command = kTso,
                .options = TxData::txsm | TxData::ixsm,
                .paylen = static_cast<std::uint32_t>(frame.size() - builder.l4_offset() - l4len)});
}

// The host may take the frame it kept while the device still writes the packet's descriptor back.
TEST(Review, SendReadyDuringTheRunThatWasBlockedIsNotLost) {
    Rig rig;
    TxRing tx(rig.driver);
    tx.put_packet(plain_frame(100, kPeerMac));
    tx.put_packet(plain_frame(200, kPeerMac));
    rig.host.queue_sends = true;
    rig.host.on_dma = [&](std::uint64_t, std::size_t) {
        if (rig.host.queue_sends && rig.host.sent.size() == 1) {
            rig.host.queue_sends = false;
            rig.host.release();
        }
    };
    tx.kick();
    EXPECT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), 2u);
    EXPECT_EQ(tx.head(), tx.tail());
}

// DS 7.2.4: MSS 1 is allowed. Eight packets are 16000 frames; one poll must not make them all.
TEST(Review, OnePollIsBoundedInFramesNotInPackets) {
    Rig rig;
    TxRing tx(rig.driver);
    for (int i = 0; i < 8; ++i) {
        post_tso(tx, 2000, 1);
    }
    tx.kick();
    ASSERT_TRUE(rig.host.poll_scheduled);
    rig.host.poll_scheduled = false;
    ixgbe_poll(rig.machine.device());
    EXPECT_LE(rig.host.sent.size(), 4096u);
    EXPECT_TRUE(rig.host.poll_scheduled);
    EXPECT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.sent.size(), 16'000u);
    EXPECT_EQ(tx.head(), tx.tail());
}

// A peer finds the payload by the TCP data offset, the device by L4LEN: only where both agree may
// the peer cut.
TEST(Review, SegmentationIsNotLeftToAPeerThatWouldCutElsewhere) {
    Rig rig;
    ixgbe_set_peer(rig.machine.device(), IXGBE_PEER_CSUM | IXGBE_PEER_TSO4);
    TxRing tx(rig.driver);
    post_tso(tx, 5000, 1000, kTcpBytes, true);
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    for (const SentFrame& frame : rig.host.sent) {
        EXPECT_EQ(frame.offload.gso, IXGBE_GSO_NONE);
    }
    EXPECT_EQ(rig.host.sent.size(), 6u);  // 12 bytes of options count as payload

    rig.host.forget();
    post_tso(tx, 5000, 1000, kTcpBytes + 12, true);
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    ASSERT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(rig.host.sent[0].offload.gso, IXGBE_GSO_TCPV4);
}

// A snapshot taken while there were buffers is loaded into a device that has run out of them.
TEST(Review, LoadingForgetsThatBuffersWereMissing) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 16});
    const auto saved = snapshot(rig);
    ixgbe_receive_result result = IXGBE_ACCEPTED;
    for (int i = 0; i < 20 && result == IXGBE_ACCEPTED; ++i) {
        result = rig.machine.receive(plain_frame(100));
    }
    ASSERT_EQ(result, IXGBE_NO_BUFFERS);
    ASSERT_FALSE(ixgbe_can_receive(rig.machine.device()));
    ASSERT_TRUE(load(rig, *saved));
    EXPECT_TRUE(ixgbe_can_receive(rig.machine.device()));
}

// A frame that comes while another is being placed waits for its turn, and is asked for without any
// RDT write.
TEST(Review, FrameRefusedInTheMiddleOfAnotherIsAskedForAgain) {
    Rig rig;
    RxRing rx(rig.driver);
    const Frame inner = plain_frame(700, kDeviceMac, 2);
    ixgbe_receive_result refused = IXGBE_DROPPED;
    bool inside = false;
    rig.host.on_dma = [&](std::uint64_t, std::size_t) {
        if (!std::exchange(inside, true)) {
            refused = rig.machine.receive(inner);
        }
    };
    const Frame outer = plain_frame(900);
    EXPECT_EQ(rig.machine.receive(outer), IXGBE_ACCEPTED);
    EXPECT_EQ(refused, IXGBE_NO_BUFFERS);
    rig.host.on_receive_ready = [&] { EXPECT_EQ(rig.machine.receive(inner), IXGBE_ACCEPTED); };
    EXPECT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    const auto packets = rx.take_all();
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_EQ(packets[0].bytes, outer);
    EXPECT_EQ(packets[1].bytes, inner);
}

// While a machine is being loaded its interrupt controllers may not be there yet.
TEST(Review, LoadingSendsNoMessageBeforeTheClockRuns) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 5);
    rig.machine.receive(plain_frame(100));  // masked: stays pending
    const auto saved = snapshot(rig);
    saved->interrupt.vector_mask = bit(5);
    rig.host.forget();
    ASSERT_TRUE(load(rig, *saved));
    EXPECT_EQ(rig.host.msix_total(), 0u);
    EXPECT_TRUE(rig.machine.run_for(0));
    EXPECT_EQ(rig.host.msix_total(), 1u);
    EXPECT_EQ(rig.host.msix_count[5], 1u);
}

TEST(Review, PowerOnResetReleasesTheInterruptLine) {
    Rig rig;
    rig.driver.use_legacy_interrupts();
    rig.driver.write<EIMS>(EICR::lsc);
    rig.driver.write<EICS>(EICR::lsc);
    ASSERT_TRUE(rig.host.legacy_level);
    ixgbe_reset(rig.machine.device(), IXGBE_RESET_POWER_ON);
    EXPECT_FALSE(rig.host.legacy_level);
}

// DS 8.2.2.6.2: EICS unmasks what EIAM names; the event that was waiting and the one of EICS are
// one message.
TEST(Review, EicsOnAPendingVectorSendsOneMessage) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 3);
    rig.driver.write<EIAM>(bit(3));
    rig.machine.receive_alone(plain_frame(100));
    ASSERT_EQ(rig.host.msix_total(), 0u);
    rig.driver.write<EICS>(bit(3));
    EXPECT_EQ(rig.host.msix_count[3], 1u);
}

// DS 8.2.2.17.52: TOR counts every byte on the wire, a tag that was to be stripped and the CRC
// included.
TEST(Review, OctetsOfADroppedTaggedFrameAreThoseOfTheWire) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.drop_en = true, .rxdctl = RXDCTL::vme, .fill = false});
    (void)rig.driver.read<TORL>();
    const Frame frame =
        FrameBuilder().vlan(7).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(200).build();
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_DROPPED);
    EXPECT_EQ(rig.driver.read<TORL>(), frame.size() + kCrcBytes);
}

}  // namespace
}  // namespace x550
