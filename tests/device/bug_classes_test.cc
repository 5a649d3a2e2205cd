// SPDX-License-Identifier: GPL-2.0-or-later
// One test per class of mistake that emulated network cards have had: re-entry, endless loops,
// wrong sizes, aborts on guest input, lifetimes, and trust in migrated state. The work a guest can
// cause must stay bounded.

#include <algorithm>
#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>

#include "random.h"
#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kLast = TxData::eop | TxData::ifcs | TxData::rs;
constexpr std::uint64_t kBar = FakeHost::kBar;
constexpr std::uint64_t kBoundedDma =
    200'000;  // far above any honest ring, far below an endless loop

struct HostileRig : Rig {
    HostileRig() {
        machine.check_gaps = false;
        host.forget();
    }
    // Work ended, was bounded, and did not nest.
    void expect_bounded() {
        EXPECT_TRUE(machine.run()) << "the device asks to be polled for ever";
        EXPECT_LT(host.dma_count, kBoundedDma);
        EXPECT_LE(host.deepest_reentry, 4u);
    }
    // The device still does its job.
    void expect_alive() {
        host.on_send = nullptr;
        host.on_dma = nullptr;
        host.on_map = nullptr;
        host.fail_all_dma = false;
        driver.bring_up();
        host.sent.clear();
        TxRing tx(driver, 2);
        RxRing rx(driver, 0);
        const Frame frame = plain_frame(234);
        tx.send(frame);
        ASSERT_EQ(host.sent.size(), 1u);
        EXPECT_TRUE(same_bytes(frame, host.sent[0].bytes));
        EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        EXPECT_TRUE(rx.take());
    }
};

Descriptor data_descriptor(std::uint64_t address, std::uint32_t length,
                           std::uint32_t command = kLast) {
    return {static_cast<std::uint32_t>(address), static_cast<std::uint32_t>(address >> 32),
            length | TxData::dtyp | TxData::dext | command, length << TxData::paylen_shift};
}

// ---- A: DMA that comes back as a register access ----

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

// ---- B: loops ----

TEST(BugClassB3, IndicesOutsideTheTransmitRingAreAnEmptyRing) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 16});
    for (const auto& [head, tail] : std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{
             {0, 16}, {0, 0xFFFF}, {16, 0}, {0xFFFF, 3}, {0xFFFF, 0xFFFF}, {17, 16}}) {
        rig.driver.write<TXDCTL>(0, 0);
        rig.driver.write<TDH>(0, head);
        rig.driver.write<TXDCTL>(0, TXDCTL::enable);
        rig.driver.write<TDT>(0, tail);
        rig.expect_bounded();
        EXPECT_TRUE(rig.host.sent.empty()) << head << " " << tail;
    }
    rig.expect_alive();
}

TEST(BugClassB3, RingLengthZeroOrTiny) {
    HostileRig rig;
    TxRing tx(rig.driver);
    for (const std::uint32_t length : {0u, 1u, 16u, 127u, 0xFFFFFFFFu}) {
        rig.driver.write<TDLEN>(0, length);
        rig.driver.write<TDT>(0, 5);
        rig.expect_bounded();
    }
    rig.expect_alive();
}

TEST(BugClassB3, TailEqualToHeadAfterWrapIsEmpty) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 8});
    for (int i = 0; i < 8; ++i) {
        tx.put_packet(plain_frame(100));
    }
    tx.kick();
    rig.expect_bounded();
    EXPECT_TRUE(rig.host.sent.empty());
}

TEST(BugClassB3, ZeroLengthDescriptorsWithoutEnd) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 4096});
    for (int i = 0; i < 4095; ++i) {
        tx.put(data_descriptor(0, 0, 0));
    }
    tx.kick();
    rig.expect_bounded();
    EXPECT_TRUE(rig.host.sent.empty());
    rig.expect_alive();
}

TEST(BugClassB3, PacketThatNeverEndsIsNotGatheredForEver) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 4096});
    const std::uint64_t buffer = rig.machine.memory.allocate(65535);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4095; ++i) {
            tx.put(data_descriptor(buffer, 65535, 0));
        }
        tx.kick();
        rig.expect_bounded();
    }
    EXPECT_TRUE(rig.host.sent.empty());
    rig.expect_alive();
}

TEST(BugClassB3, RepeatedKicksOfAnUnfinishedPacketCostLittle) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 4096});
    const std::uint64_t buffer = rig.machine.memory.allocate(64);
    for (int i = 0; i < 2000; ++i) {
        tx.put(data_descriptor(buffer, 1, 0));
        tx.kick();
        ASSERT_TRUE(rig.machine.run());
    }
    EXPECT_LT(rig.host.dma_count, 10 * kBoundedDma);
    rig.expect_alive();
}

TEST(BugClassB4, IndicesOutsideTheReceiveRingAreAnEmptyRing) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 8});
    for (const auto& [head, tail] : std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{
             {0, 8}, {0, 0xFFFF}, {8, 0}, {0xFFFF, 3}, {0xFFFF, 0xFFFF}, {9, 8}}) {
        rig.driver.write<RXDCTL>(0, 0);
        rig.driver.write<RDH>(0, head);
        rig.driver.write<RXDCTL>(0, RXDCTL::enable);
        rig.driver.write<RDT>(0, tail);
        EXPECT_NE(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED) << head << " " << tail;
        rig.expect_bounded();
    }
    rig.expect_alive();
}

TEST(BugClassB5, NullBuffersAndExtremeSizes) {
    HostileRig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(0xFFFFu << 16);
    for (std::uint32_t type = 0; type < 8; ++type) {
        for (const std::uint32_t packet_kb : {0u, 1u, 16u, 31u}) {
            for (const std::uint32_t header : {0u, 1u, 16u, 63u}) {
                RxRing rx(rig.driver, 0, {.size = 8, .buffer_kb = 1, .header_bytes = 64});
                rig.driver.write<PSRTYPE>(0, 0xFFFF);
                rig.driver.write<SRRCTL>(0, packet_kb | header << SRRCTL::bsizeheader_shift |
                                                type << SRRCTL::desctype_shift);
                for (std::uint32_t i = 0; i < 8; ++i) {
                    rx.put(i, {0, 0, 0, 0});
                }
                (void)rig.machine.receive(
                    FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(900).build());
                (void)rig.machine.receive(plain_frame(9000));
                rig.expect_bounded();
            }
        }
    }
    rig.expect_alive();
}

TEST(BugClassB6, LoopbackDoesNotRecurse) {
    HostileRig rig;
    rig.driver.enable_loopback();
    TxRing tx(rig.driver, 0, {.size = 1024});
    RxRing rx(rig.driver, 0, {.size = 1024});
    for (int i = 0; i < 1000; ++i) {
        tx.put_packet(plain_frame(60, kBroadcast));
    }
    tx.kick();
    rig.expect_bounded();
    EXPECT_EQ(rx.take_all().size(), 1000u);
}

TEST(BugClassB7, RingOfContextsOnly) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 32768});
    for (int i = 0; i < 32767; ++i) {
        tx.put_context({});
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassB7, TailThatMovesWhileTheRingRunsIsBounded) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 8});
    for (int i = 0; i < 8; ++i) {
        tx.put_packet(plain_frame(60));
    }
    std::uint32_t tail = 7;
    rig.host.on_send = [&](const SentFrame&) {
        tail = (tail + 1) % 8;
        rig.driver.write<TDT>(0, tail);
    };
    rig.driver.write<TDT>(0, tail);
    rig.host.poll_scheduled = false;
    ixgbe_poll(rig.machine.device());
    EXPECT_LT(rig.host.sent.size(), 20'000u) << "one poll must come back";
    rig.host.on_send = nullptr;
    rig.machine.run();
    rig.expect_alive();
}

TEST(BugClassB8, Ipv6ExtensionChainsAreBounded) {
    HostileRig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << 16);
    rig.driver.write<MRQC>(MRQC::rss | MRQC::tcp6 | MRQC::ipv6);
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    RxRing rx(rig.driver, 0, {.type = RxDescriptorType::header_split});
    for (const std::uint8_t type : std::to_array<std::uint8_t>({0, 43, 44, 51, 60, 135})) {
        FrameBuilder builder;
        builder.ipv6("2001:db8::1", "2001:db8::2");
        for (int i = 0; i < 1000; ++i) {
            builder.extension(type, Frame(6, 0));
        }
        Frame frame = builder.tcp(1, 2).build();
        for (const std::size_t cut : {frame.size(), std::size_t{60}, std::size_t{61},
                                      std::size_t{100}, std::size_t{1001}}) {
            frame.resize(cut);
            (void)rig.machine.receive(frame);
        }
        rig.expect_bounded();
        rx.program();
    }
    rig.expect_alive();
}

TEST(BugClassB8, SelfNestingDestinationOptionsAreBounded) {
    HostileRig rig;
    RxRing rx(rig.driver);
    FrameBuilder builder;
    builder.ipv6("2001:db8::1", "2001:db8::2");
    for (int i = 0; i < 20; ++i) {
        builder.extension(60, Frame{0xC9, 0, 0xC9, 0, 0xC9, 0});
    }
    (void)rig.machine.receive(builder.udp(1, 2).payload(10).build());
    builder.extension(60, Frame{0xC9, 0xFF, 0, 0, 0, 0});
    (void)rig.machine.receive(builder.build());
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassB9, FrameLargerThanAllBuffersIsDroppedAndTheNextOneArrives) {
    HostileRig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << 16);
    RxRing rx(rig.driver, 0, {.size = 8, .buffer_kb = 1});
    EXPECT_EQ(rig.machine.receive(plain_frame(9000)), IXGBE_DROPPED);
    EXPECT_EQ(rig.machine.receive(plain_frame(900)), IXGBE_ACCEPTED);
    EXPECT_TRUE(rx.take());
}

// ---- D: sizes ----

TEST(BugClassD19, EveryFrameSizeIntoEveryBufferSize) {
    for (const std::uint32_t kb : {1u, 2u, 4u, 16u}) {
        for (const RxDescriptorType type :
             {RxDescriptorType::legacy, RxDescriptorType::one_buffer,
              RxDescriptorType::header_split, RxDescriptorType::header_split_always}) {
            Rig rig;  // checks that nothing is written outside the buffers
            rig.driver.set<HLREG0>(HLREG0::jumboen);
            rig.driver.write<MAXFRS>(0xFFFFu << 16);
            rig.driver.write<PSRTYPE>(0, 0xFFFF);
            RxRing rx(rig.driver, 0, {.size = 72, .type = type, .buffer_kb = kb});
            for (const std::size_t bytes : {0u, 1u, 59u, 60u, 61u, 1514u, 1518u, 1522u, 9728u,
                                            15'872u, 65'535u, 65'536u, 70'000u}) {
                (void)rig.machine.receive(plain_frame(bytes));
                (void)rx.take_all();
                rx.program();
            }
        }
    }
}

TEST(BugClassD19, OversizeFramesNeverPassTheLimitOfTheQueue) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(0xFFFFu << 16);
    RxRing rx(rig.driver, 0, {.rxdctl = rlpml(1536)});
    for (const std::size_t bytes : {1537u, 9728u, 65'535u}) {
        EXPECT_NE(rig.machine.receive(plain_frame(bytes)), IXGBE_ACCEPTED) << bytes;
    }
    EXPECT_EQ(rx.head(), 0u);
}

TEST(BugClassD20, LoopbackOfShortFramesReadsNothingBeyondThem) {
    HostileRig rig;
    rig.driver.enable_loopback();
    rig.driver.clear<HLREG0>(HLREG0::txpaden);
    TxRing tx(rig.driver, 0, {.size = 128});
    RxRing rx(rig.driver, 0, {.size = 128, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    for (std::size_t bytes = 1; bytes < 60; ++bytes) {
        Frame frame = FrameBuilder()
                          .to(kBroadcast)
                          .vlan(1)
                          .ipv4("192.0.2.1", "192.0.2.2")
                          .tcp(1, 2)
                          .payload(20)
                          .build();
        frame.resize(bytes);
        tx.put_packet(frame);
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD21, TruncatedHeadersAreReadWithinTheFrame) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 1024, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    rig.driver.write<RSCCTL>(0, RSCCTL::rscen | 0xC);
    rig.driver.set<VLNCTRL>(VLNCTRL::vfe);
    rig.driver.set_vlan_filter(1);
    const std::vector<Frame> whole = {
        FrameBuilder()
            .vlan(1)
            .ipv4("192.0.2.1", "192.0.2.2")
            .tcp(1, 2)
            .tcp_timestamps()
            .payload(9)
            .build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").ip_options().udp(1, 2).payload(9).build(),
        FrameBuilder()
            .ipv6("2001:db8::1", "2001:db8::2")
            .extension(0, Frame(6, 0))
            .tcp(1, 2)
            .payload(9)
            .build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").sctp(1, 2).payload(9).build(),
    };
    for (const Frame& frame : whole) {
        for (std::size_t bytes = 0; bytes <= frame.size(); ++bytes) {
            // Exactly as long as the frame, so that the sanitizer sees one byte too many.
            const std::vector<std::uint8_t> exact(
                frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(bytes));
            (void)rig.machine.receive(exact);
        }
        rx.program();
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD21, ImpossibleHeaderLengthsAreSurvived) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 1024, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    const Frame tcp = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(9).build();
    for (unsigned ihl = 0; ihl < 16; ++ihl) {
        for (unsigned doff = 0; doff < 16; ++doff) {
            Frame frame = tcp;
            frame[kEthBytes] = static_cast<std::uint8_t>(0x40 | ihl);
            frame[kEthBytes + kIpv4Bytes + 12] = static_cast<std::uint8_t>(doff << 4);
            (void)rig.machine.receive(frame);
        }
    }
    rx.program();
    for (const std::uint16_t total :
         {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{19}, std::uint16_t{20},
          std::uint16_t{39}, std::uint16_t{0xFFFF}}) {
        Frame frame = tcp;
        put_be16(frame, kEthBytes + 2, total);
        (void)rig.machine.receive(frame);
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD21, RandomFramesAreSurvived) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 1024, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    rig.driver.set<CTRL_EXT>(CTRL_EXT::extended_vlan);
    rig.driver.set<FCTRL>(FCTRL::upe | FCTRL::mpe | FCTRL::bam | FCTRL::sbp);
    rig.driver.write<VXLANCTRL>(4789);
    Random random(11);
    const std::vector<Frame> seeds = {
        FrameBuilder().vlan(1).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(50).build(),
        FrameBuilder()
            .ipv6("2001:db8::1", "2001:db8::2")
            .extension(44, Frame(6, 0))
            .udp(1, 4789)
            .payload(90)
            .build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 4789).payload(90).build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").protocol(47).payload(90).build(),
    };
    for (int i = 0; i < 20'000; ++i) {
        Frame frame = seeds[random.below(4)];
        for (std::uint32_t n = random.below(6); n > 0; --n) {
            frame[random.below(static_cast<std::uint32_t>(frame.size()))] =
                static_cast<std::uint8_t>(random.word());
        }
        frame.resize(random.below(static_cast<std::uint32_t>(frame.size()) + 1));
        ixgbe_frame_offload offload{};
        offload.needs_csum = random.one_in(4);
        offload.data_valid = random.one_in(4);
        offload.gso = static_cast<std::uint8_t>(random.one_in(8) ? random.below(6) : 0);
        offload.hdr_len = static_cast<std::uint16_t>(random.below(200));
        offload.gso_size = static_cast<std::uint16_t>(random.below(3));
        offload.csum_start = static_cast<std::uint16_t>(random.below(200));
        offload.csum_offset = static_cast<std::uint16_t>(random.below(200));
        (void)rig.machine.receive(frame, &offload);
        if (i % 500 == 0) {
            rx.program();
        }
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD22, WholeBarAtEveryWidthAndAlignment) {
    HostileRig rig;
    Random random(5);
    for (const unsigned size : {1u, 2u, 4u}) {
        for (std::uint32_t offset = 0; offset < kCsrBytes + 64; ++offset) {
            (void)rig.machine.read(offset, size);
            rig.machine.write(offset, random.word(), size);
        }
        for (std::uint32_t offset = kBarBytes - 16; offset < kBarBytes + 16; ++offset) {
            (void)rig.machine.read(offset, size);
            rig.machine.write(offset, random.word(), size);
        }
        ASSERT_TRUE(rig.machine.run_for(kMillisecond));
    }
    for (std::uint32_t offset = 0; offset < kCsrBytes; offset += 4) {
        rig.machine.write(offset, ~0u);
    }
    ASSERT_TRUE(rig.machine.run_for(kMillisecond));
    (void)rig.machine.receive(plain_frame(100, kBroadcast));
    rig.host.queue_sends = false;
    rig.expect_alive();
}

// ---- E: aborts ----

TEST(BugClassE23, AnyInterruptRoutingIsSurvived) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (std::uint32_t value = 0; value < 256; ++value) {
        rig.driver.write<GPIE>(value % 2 == 0 ? GPIE::msix_mode | GPIE::eiame : 0);
        rig.driver.write<IVAR>(0, value * 0x01010101);
        rig.driver.write<IVAR_MISC>(value * 0x01010101);
        rig.driver.unmask_vectors();
        rig.driver.write<EIMS>(~0u);
        tx.send(plain_frame(60));
        rig.host.sent.clear();
        (void)rig.machine.receive(plain_frame(60));
        (void)rx.take();
        rx.fill_all();
        rig.driver.write<EICS>(value << 16 | value);
        ASSERT_TRUE(rig.machine.run_for(kMillisecond));
    }
    EXPECT_FALSE(rig.host.protocol_broken);
    rig.expect_alive();
}

TEST(BugClassE23, LegacyInterruptAfterMsixEnable) {
    HostileRig rig;
    RxRing rx(rig.driver);
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.write<EIMS>(~0u);
    (void)rig.machine.receive(plain_frame(60));
    EXPECT_TRUE(rig.host.legacy_level);
    rig.driver.use_msix();
    (void)rig.machine.receive(plain_frame(60));
    rig.driver.use_legacy_interrupts();
    (void)rig.driver.read<EICR>();
    rig.driver.unmask_vectors();
    (void)rig.machine.receive(plain_frame(60));
    EXPECT_TRUE(rig.host.legacy_level);
    (void)rig.driver.read<EICR>();
    rig.expect_alive();
}

TEST(BugClassE23, QueueTablesMayPointAnywhere) {
    HostileRig rig;
    RxRing rx(rig.driver);
    for (std::uint32_t mode = 0; mode < 16; ++mode) {
        for (std::uint32_t i = 0; i < RETA::count; ++i) {
            rig.driver.write<RETA>(i, ~0u);
        }
        for (std::uint32_t i = 0; i < ERETA::count; ++i) {
            rig.driver.write<ERETA>(i, ~0u);
        }
        rig.driver.write<MRQC>(0xFFFF0000 | mode);
        rig.driver.write<VT_CTL>(mode % 2 == 0 ? 0u : ~0u);
        rig.driver.write<MTQC>(~0u);
        (void)rig.machine.receive(
            FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(9).build());
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassE23, RandomDescriptorsAreSurvived) {
    HostileRig rig;
    Random random(17);
    for (int round = 0; round < 300; ++round) {
        TxRing tx(rig.driver, 0, {.size = 64});
        const std::uint64_t buffer = rig.machine.memory.allocate(2048);
        for (int i = 0; i < 63; ++i) {
            Descriptor descriptor = {static_cast<std::uint32_t>(buffer),
                                     static_cast<std::uint32_t>(buffer >> 32), random.word(),
                                     random.word()};
            if (random.one_in(8)) {
                descriptor[1] = random.word();
            }
            if (!random.one_in(3)) {
                descriptor[2] = (descriptor[2] & 0xCF0007FF) | TxData::dext |
                                (random.one_in(3) ? TxContext::dtyp : TxData::dtyp);
            }
            tx.put(descriptor);
        }
        tx.kick();
        ASSERT_TRUE(rig.machine.run()) << round;
        rig.host.sent.clear();
    }
    rig.expect_alive();
}

// ---- F: lifetimes ----

TEST(BugClassF24, ResetBetweenMapAndCompletion) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (unsigned n = 0; n < 30; ++n) {
        rig.driver.bring_up();
        tx.program();
        rx.program();
        unsigned countdown = n;
        const auto strike = [&] {
            if (countdown-- == 0) {
                rig.driver.write<CTRL>(CTRL::rst);
            }
        };
        rig.host.on_map = [&](std::uint64_t, std::size_t) { strike(); };
        rig.host.on_dma = [&](std::uint64_t, std::size_t) { strike(); };
        rig.host.on_send = [&](const SentFrame&) { strike(); };
        for (int i = 0; i < 5; ++i) {
            tx.put_packet(plain_frame(300), {}, {100});
        }
        tx.kick();
        ASSERT_TRUE(rig.machine.run()) << n;
        (void)rig.machine.receive(plain_frame(300));
        (void)rig.machine.receive(plain_frame(300));
        rig.host.on_map = nullptr;
        rig.host.on_dma = nullptr;
        rig.host.on_send = nullptr;
    }
    rig.expect_alive();
}

TEST(BugClassF24, ResetInsideSendLeavesTheRingAsTheResetDid) {
    HostileRig rig;
    TxRing tx(rig.driver);
    rig.host.on_send = [&](const SentFrame&) { rig.driver.write<CTRL>(CTRL::rst); };
    const std::uint32_t index = tx.put_packet(plain_frame(300));
    tx.put_packet(plain_frame(300));
    tx.kick();
    rig.expect_bounded();
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(tx.head(), 0u);
    EXPECT_FALSE(tx.done(index)) << "the ring's memory is the driver's again";
    rig.expect_alive();
}

TEST(BugClassF24, ResetWhileAFrameIsPlacedWritesNoDescriptor) {
    HostileRig rig;
    RxRing rx(rig.driver);
    const Descriptor posted = rx.at(0);
    const std::uint64_t buffer = posted[0] | std::uint64_t{posted[1]} << 32;
    rig.host.on_dma = [&](std::uint64_t address, std::size_t) {
        if (address == buffer) {
            rig.driver.write<CTRL>(CTRL::rst);
        }
    };
    EXPECT_NE(rig.machine.receive(plain_frame(300)), IXGBE_ACCEPTED);
    EXPECT_EQ(rx.at(0), posted);
    EXPECT_EQ(rx.head(), 0u);
    rig.expect_alive();
}

TEST(BugClassF24, HeadWriteBackThatResetsTheDevice) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 64});
    rig.driver.write<TDWBAH>(0, 0);
    rig.driver.write<TDWBAL>(0, static_cast<std::uint32_t>(kBar + CTRL::at()) | TDWBAL::head_wb_en);
    for (int i = 0; i < 40; ++i) {
        tx.put_packet(plain_frame(60));  // heads 4 and 8 set GIO_DIS and LNK_RST
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassF24, QueueDisabledWhileItsFrameIsBeingSent) {
    HostileRig rig;
    TxRing tx(rig.driver);
    rig.host.on_send = [&](const SentFrame&) {
        rig.driver.write<TXDCTL>(0, 0);
        rig.driver.write<TDLEN>(0, 0);
        rig.driver.write<TDBAL>(0, 0);
    };
    for (int i = 0; i < 10; ++i) {
        tx.put_packet(plain_frame(300), {}, {100});
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassF25, DestructionWithWorkPending) {
    for (int kind = 0; kind < 5; ++kind) {
        Rig rig;
        TxRing tx(rig.driver);
        RxRing rx(rig.driver, 0, {.fill = false});
        rig.driver.use_msix();
        rig.driver.map_rx_interrupt(0, 0);
        rig.driver.write<EITR>(0, 0xFF8);
        rig.driver.unmask_vectors();
        rig.host.queue_sends = kind != 0;
        tx.put_packet(plain_frame(100));
        tx.put_packet(plain_frame(100), {.command = 0});
        tx.kick();
        if (kind >= 1) {
            rig.machine.run();
        }
        if (kind >= 2) {
            (void)rig.machine.receive(plain_frame(100));
            rig.driver.write<EICS_EX>(0, 1);
            rig.driver.unmask_vectors();
            rig.driver.write<EICS_EX>(0, 1);
        }
        if (kind >= 3) {
            ixgbe_set_cable(rig.machine.device(), false);
            ixgbe_set_cable(rig.machine.device(), true);
        }
        rig.machine.destroy_device();
        EXPECT_EQ(rig.host.open_maps(), 0u) << kind;
    }
}

TEST(BugClassF25, AThousandResetsOfEachKind) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (int i = 0; i < 1000; ++i) {
        tx.program();
        rx.program();
        rig.driver.set<DMATXCTL>(DMATXCTL::te);
        rig.driver.set<RXCTRL>(RXCTRL::rxen);
        tx.put_packet(plain_frame(60));
        tx.kick();
        if (i % 3 == 0) {
            rig.machine.run();
        }
        (void)rig.machine.receive(plain_frame(60));
        if (i % 2 == 0) {
            rig.driver.write<CTRL>(CTRL::rst);
        } else {
            ixgbe_reset(rig.machine.device(), i % 5 == 0 ? IXGBE_RESET_POWER_ON : IXGBE_RESET_BUS);
        }
        ASSERT_EQ(rig.host.open_maps(), 0u) << i;
        tx.program();
        if (i % 50 == 49) {
            rig.machine.run_for(kSecond);
        }
        if (i % 1000 == 999) {
            break;
        }
    }
    rig.expect_alive();
}

TEST(BugClassF25, CreationRefusesAnInvalidConfiguration) {
    GuestMemory memory;
    FakeHost host(memory);
    const auto state = std::make_unique<ixgbe_state>();
    ixgbe_config config{};
    EXPECT_EQ(ixgbe_create(&FakeHost::ops(), &host, state.get(), &config), nullptr) << "MAC zero";
    std::copy(kMulticast.begin(), kMulticast.end(), config.mac);
    EXPECT_EQ(ixgbe_create(&FakeHost::ops(), &host, state.get(), &config), nullptr) << "multicast";
    std::copy(kDeviceMac.begin(), kDeviceMac.end(), config.mac);
    config.port = 2;
    EXPECT_EQ(ixgbe_create(&FakeHost::ops(), &host, state.get(), &config), nullptr) << "port";
}

TEST(BugClassF25, DestroyingNothingIsAllowed) {
    ixgbe_destroy(nullptr);
}

// ---- I: migration ----

TEST(BugClassI28, RandomStateIsRefusedOrWorks) {
    Random random(23);
    unsigned accepted = 0;
    for (int round = 0; round < 400; ++round) {
        HostileRig rig;
        TxRing tx(rig.driver);
        RxRing rx(rig.driver);
        rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
        ixgbe_prepare_save(rig.machine.device());
        auto* bytes = reinterpret_cast<std::uint8_t*>(&rig.machine.state());
        if (round % 8 == 0) {
            for (std::size_t i = 0; i < sizeof(ixgbe_state); i += 4) {
                const std::uint32_t word = random.word();
                std::memcpy(bytes + i, &word, std::min<std::size_t>(4, sizeof(ixgbe_state) - i));
            }
        } else {
            for (std::uint32_t n = 1 + random.below(4); n > 0; --n) {
                bytes[random.below(static_cast<std::uint32_t>(sizeof(ixgbe_state)))] =
                    static_cast<std::uint8_t>(random.word());
            }
        }
        std::array<char, 160> why{};
        if (!ixgbe_loaded(rig.machine.device(), why.data(), why.size())) {
            EXPECT_NE(why[0], '\0');
            continue;
        }
        ++accepted;
        tx.put_packet(plain_frame(100));
        tx.kick();
        (void)rig.machine.receive(plain_frame(100));
        ASSERT_TRUE(rig.machine.run_for(10 * kMillisecond)) << round;
        EXPECT_LT(rig.host.dma_count, kBoundedDma);
    }
    EXPECT_GT(accepted, 0u) << "the test must reach a working device now and then";
}

TEST(BugClassI28, RingIndicesOutsideTheRingAreHarmlessAfterLoading) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 8});
    RxRing rx(rig.driver, 0, {.size = 8});
    ixgbe_prepare_save(rig.machine.device());
    rig.machine.state().reg[TDH::at(0) / 4] = 0xFFFF;
    rig.machine.state().reg[RDH::at(0) / 4] = 0xFFFF;
    std::array<char, 160> why{};
    if (ixgbe_loaded(rig.machine.device(), why.data(), why.size())) {
        rig.driver.write<TDT>(0, 5);
        (void)rig.machine.receive(plain_frame(100));
        rig.expect_bounded();
        rig.expect_alive();
    }
}

}  // namespace
}  // namespace x550
