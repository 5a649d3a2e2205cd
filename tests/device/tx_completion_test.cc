// SPDX-License-Identifier: GPL-2.0-or-later
// How the device reports that descriptors are done.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kWithoutReport = TxData::eop | TxData::ifcs;

TEST(TxCompletion, OnlyDescriptorsThatAskAreWrittenBack) {
    Rig rig;
    TxRing tx(rig.driver);
    const std::uint32_t quiet = tx.put_packet(plain_frame(100), {.command = kWithoutReport});
    const Descriptor before = tx.at(quiet);
    const std::uint32_t asking = tx.put_packet(plain_frame(100));
    tx.kick();
    rig.machine.run();
    EXPECT_EQ(tx.at(quiet), before);
    EXPECT_TRUE(tx.done(asking));
    EXPECT_EQ(tx.head(), 2u);
}

TEST(TxCompletion, LastDescriptorOfAPacketReports) {
    Rig rig;
    TxRing tx(rig.driver);
    const std::uint32_t last = tx.send(plain_frame(1000), {}, {100, 100, 100});
    EXPECT_EQ(last, 3u);
    EXPECT_TRUE(tx.done(last));
    for (std::uint32_t i = 0; i < last; ++i) {
        EXPECT_FALSE(tx.done(i)) << i;
    }
}

TEST(TxCompletion, RequestsAreAnsweredAtOnceDespiteWthresh) {
    Rig rig;
    TxRing tx(rig.driver, 0, {.wthresh = 8});
    const std::uint32_t index = tx.send(plain_frame(100));
    EXPECT_TRUE(tx.done(index)) << "Linux asks for every packet with WTHRESH 8";
}

TEST(TxCompletion, EveryBufferMayAsk) {
    Rig rig;
    TxRing tx(rig.driver);
    const Frame frame = plain_frame(300);
    tx.put_packet({frame.begin(), frame.begin() + 100},
                  {.command = TxData::ifcs | TxData::rs, .paylen = 300});
    tx.put_packet({frame.begin() + 100, frame.end()}, {.paylen = 0});
    tx.kick();
    rig.machine.run();
    EXPECT_TRUE(tx.done(0));
    EXPECT_TRUE(tx.done(1));
}

TEST(TxCompletion, DoneIsVisibleBeforeTheInterrupt) {
    Rig rig;
    rig.driver.use_msix();
    rig.driver.map_tx_interrupt(0, 0);
    rig.driver.unmask_vectors();
    TxRing tx(rig.driver);
    bool done = false;
    std::uint32_t head = 0;
    rig.host.on_msix = [&](unsigned) {
        done = tx.done(0);
        head = tx.head();
    };
    tx.send(plain_frame(100));
    EXPECT_TRUE(done);
    EXPECT_EQ(head, 1u);
}

TEST(TxCompletion, PacketsThatDoNotAskDoNotInterrupt) {
    Rig rig;
    rig.driver.use_msix();
    rig.driver.map_tx_interrupt(0, 0);
    rig.driver.unmask_vectors();
    TxRing tx(rig.driver);
    tx.send(plain_frame(100), {.command = kWithoutReport});
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(rig.host.msix_total(), 0u);
}

TEST(TxCompletion, HeadIsWrittenInsteadOfDescriptors) {
    Rig rig;
    TxRing tx(rig.driver, 0, {.head_write_back = true});
    rig.machine.memory.put<std::uint32_t>(tx.head_write_back_address(), 0xFFFF);
    const std::uint32_t index = tx.put_packet(plain_frame(100));
    tx.put_packet(plain_frame(100));
    tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.machine.memory.load<std::uint32_t>(tx.head_write_back_address()), 2u);
    EXPECT_FALSE(tx.done(index));
}

TEST(TxCompletion, HeadWriteBackWrapsWithTheRing) {
    Rig rig;
    TxRing tx(rig.driver, 0, {.size = 8, .head_write_back = true});
    for (std::uint32_t i = 1; i <= 20; ++i) {
        tx.send(plain_frame(100));
        EXPECT_EQ(rig.machine.memory.load<std::uint32_t>(tx.head_write_back_address()), i % 8);
    }
}

TEST(TxCompletion, HeadWriteBackInterrupts) {
    Rig rig;
    rig.driver.use_msix();
    rig.driver.map_tx_interrupt(0, 4);
    rig.driver.unmask_vectors();
    TxRing tx(rig.driver, 0, {.head_write_back = true});
    tx.send(plain_frame(100));
    EXPECT_EQ(rig.host.msix_count[4], 1u);
}

TEST(TxCompletion, RsBucketsOfDpdkAreCompleted) {
    Rig rig;
    TxRing tx(rig.driver, 0, {.size = 128});
    for (std::uint32_t i = 1; i <= 96; ++i) {
        tx.put_packet(plain_frame(64),
                      {.command = i % 32 == 0 ? kWithoutReport | TxData::rs : kWithoutReport});
    }
    tx.kick();
    rig.machine.run();
    for (std::uint32_t i = 0; i < 96; ++i) {
        EXPECT_EQ(tx.done(i), i % 32 == 31) << i;
    }
}

TEST(TxCompletion, WriteBackStaysInsideItsDescriptor) {
    Rig rig;
    TxRing tx(rig.driver);
    rig.host.record_dma = true;
    rig.host.refuse_map = true;
    tx.send(plain_frame(100));
    for (const DmaWrite& write : rig.host.dma_writes) {
        EXPECT_GE(write.address, tx.base());
        EXPECT_LE(write.address + write.bytes, tx.base() + kDescriptorBytes);
    }
}

TEST(TxCompletion, ContextDescriptorsAreConsumed) {
    Rig rig;
    TxRing tx(rig.driver);
    for (int i = 0; i < 3; ++i) {
        tx.put_context({});
    }
    tx.kick();
    rig.machine.run();
    EXPECT_EQ(tx.head(), 3u);
    EXPECT_TRUE(rig.host.sent.empty());
}

}  // namespace
}  // namespace x550
