// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class B: loops that a guest keeps going.

#include <array>
#include <gtest/gtest.h>
#include <initializer_list>
#include <utility>

#include "hostile_rig.h"

namespace x550 {
namespace {

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

}  // namespace
}  // namespace x550
