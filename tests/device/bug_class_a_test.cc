// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class A: DMA that comes back as a register access.

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "hostile_rig.h"

namespace x550 {
namespace {

TEST(BugClassA1, TxBufferInOwnBarDoesNotRecurse) {
    HostileRig rig;
    TxRing tx(rig.driver);
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{TDT::at(0)},
                                       std::uint64_t{EICR::at()}, std::uint64_t{FLEX_MNG::at()}}) {
        tx.put(data_descriptor(kBar + offset, 1024));
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassA1, RxBufferInOwnBarDoesNotRecurse) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 8});
    TxRing tx(rig.driver);
    rig.driver.enable_loopback();
    tx.put_packet(plain_frame(1000, kBroadcast));
    for (std::uint32_t i = 0; i < 8; ++i) {
        // A frame over the transmit registers: base, length, tail, enable.
        rx.put(i, {static_cast<std::uint32_t>(kBar + TDBAL::at(0)), 0, 0, 0});
    }
    tx.kick();
    (void)rig.machine.receive(plain_frame(1000, kBroadcast));
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassA1, RxBufferOverTheReceiveTailDoesNotRecurse) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 8});
    for (std::uint32_t i = 0; i < 8; ++i) {
        rx.put(i, {static_cast<std::uint32_t>(kBar + RDBAL::at(0)), 0, 0, 0});
    }
    rig.host.on_receive_ready = [&] { (void)rig.machine.receive(plain_frame(100, kBroadcast)); };
    for (int i = 0; i < 10; ++i) {
        (void)rig.machine.receive(plain_frame(100, kBroadcast));
    }
    rig.expect_bounded();
    rig.host.on_receive_ready = nullptr;
    rig.expect_alive();
}

TEST(BugClassA1, HeadWriteBackIntoOwnTailDoesNotRecurse) {
    HostileRig rig;
    TxRing tx(rig.driver);
    for (const std::uint32_t target :
         {TDT::at(0), TDH::at(0), TXDCTL::at(0), DMATXCTL::at(), EICS::at()}) {
        tx.program();
        rig.driver.write<TDWBAH>(0, 0);
        rig.driver.write<TDWBAL>(0, static_cast<std::uint32_t>(kBar + target) | TDWBAL::head_wb_en);
        for (int i = 0; i < 10; ++i) {
            tx.put_packet(plain_frame(100));
        }
        tx.kick();
        rig.expect_bounded();
    }
    rig.expect_alive();
}

TEST(BugClassA1, RingsInOwnBarDoNotRecurse) {
    HostileRig rig;
    for (const std::uint32_t where : {0u, TDBAL::at(0), RDBAL::at(0), FLEX_MNG::at()}) {
        const auto base = static_cast<std::uint32_t>(kBar + where) & ~0x7Fu;
        rig.driver.write<TXDCTL>(0, 0);
        rig.driver.write<TDBAL>(0, base);
        rig.driver.write<TDBAH>(0, 0);
        rig.driver.write<TDLEN>(0, 128 * 16);
        rig.driver.write<TDH>(0, 0);
        rig.driver.write<TXDCTL>(0, TXDCTL::enable);
        rig.driver.write<TDT>(0, 100);
        rig.driver.write<RXDCTL>(0, 0);
        rig.driver.write<RDBAL>(0, base);
        rig.driver.write<RDBAH>(0, 0);
        rig.driver.write<RDLEN>(0, 128 * 16);
        rig.driver.write<RDH>(0, 0);
        rig.driver.write<RXDCTL>(0, RXDCTL::enable);
        rig.driver.write<RDT>(0, 100);
        (void)rig.machine.receive(plain_frame(500, kBroadcast));
        rig.expect_bounded();
    }
    rig.expect_alive();
}

TEST(BugClassA1, LoopbackIntoOwnBarDoesNotRecurse) {
    HostileRig rig;
    rig.driver.enable_loopback();
    TxRing tx(rig.driver);
    RxRing rx(rig.driver, 0, {.size = 64});
    const auto tail = static_cast<std::uint32_t>(kBar + TDT::at(0));
    for (std::uint32_t i = 0; i < 64; ++i) {
        rx.put(i, {tail, 0, 0, 0});
    }
    Frame frame(64, 0xFF);
    frame[0] = 0x30;  // what lands in TDT; still a group address after the next line
    frame[0] |= 1;
    for (int i = 0; i < 30; ++i) {
        tx.put_packet(frame);
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassA2, EveryHostCallMayReenter) {
    HostileRig rig;
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.map_tx_interrupt(0, 1);
    rig.driver.unmask_vectors();
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    unsigned depth = 0;
    const auto reenter = [&] {
        if (depth != 0) {
            return;
        }
        ++depth;
        (void)rig.machine.receive(plain_frame(100, kBroadcast));
        rig.driver.write<TDT>(0, tx.tail());
        ixgbe_poll(rig.machine.device());
        ixgbe_timer(rig.machine.device());
        ixgbe_send_ready(rig.machine.device());
        (void)rig.driver.read<EICR>();
        --depth;
    };
    rig.host.on_send = [&](const SentFrame&) { reenter(); };
    rig.host.on_dma = [&](std::uint64_t, std::size_t) { reenter(); };
    rig.host.on_map = [&](std::uint64_t, std::size_t) { reenter(); };
    rig.host.on_msix = [&](unsigned) { reenter(); };
    std::vector<Frame> frames;
    for (std::uint32_t i = 0; i < 20; ++i) {
        frames.push_back(plain_frame(100 + i, kPeerMac, i + 1));
        tx.put_packet(frames.back());
    }
    tx.kick();
    rig.expect_bounded();
    rig.host.on_msix = nullptr;
    ASSERT_EQ(rig.host.sent.size(), frames.size()) << "each packet exactly once";
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(rig.host.sent[i].bytes, frames[i]) << i;
    }
    rig.expect_alive();
}

TEST(BugClassA2, PeerThatAnswersAtOnceIsHeard) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    rig.host.on_send = [&](const SentFrame& sent) {
        Frame answer = sent.bytes;
        std::copy(kDeviceMac.begin(), kDeviceMac.end(), answer.begin());
        EXPECT_EQ(rig.machine.receive(answer), IXGBE_ACCEPTED);
    };
    for (int i = 0; i < 10; ++i) {
        tx.put_packet(plain_frame(100, kPeerMac));
    }
    tx.kick();
    rig.expect_bounded();
    EXPECT_EQ(rx.take_all().size(), 10u);
}

TEST(BugClassA2, FrameThatArrivesWhileAnotherIsBeingPlacedDamagesNeither) {
    HostileRig rig;
    RxRing rx(rig.driver);
    const Frame outer = plain_frame(900, kDeviceMac, 1);
    const Frame inner = plain_frame(700, kDeviceMac, 2);
    for (unsigned n = 0; n < 6; ++n) {
        rx.program();
        unsigned countdown = n;
        bool inside = false;
        std::vector<Frame> accepted;
        const auto strike = [&](std::uint64_t, std::size_t) {
            if (countdown-- == 0 && !inside) {
                inside = true;
                if (rig.machine.receive(inner) == IXGBE_ACCEPTED) {
                    accepted.push_back(inner);
                }
            }
        };
        rig.host.on_dma = strike;
        rig.host.on_map = strike;
        if (rig.machine.receive(outer) == IXGBE_ACCEPTED) {
            accepted.push_back(outer);
        }
        rig.host.on_dma = nullptr;
        rig.host.on_map = nullptr;
        rig.expect_bounded();
        std::vector<Frame> delivered;
        for (const RxPacket& packet : rx.take_all()) {
            delivered.push_back(packet.bytes);
        }
        std::sort(accepted.begin(), accepted.end());
        std::sort(delivered.begin(), delivered.end());
        EXPECT_EQ(delivered, accepted) << "re-entry at DMA " << n;
    }
}

}  // namespace
}  // namespace x550
