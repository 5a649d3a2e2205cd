// SPDX-License-Identifier: GPL-2.0-or-later
// Counters: they count what was on the wire, once, and a read takes the value away.

#include <array>
#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

struct StatRig : Rig {
    TxRing tx{driver};
    RxRing rx{driver};

    void send(std::size_t bytes, const Mac& to = kPeerMac) { tx.send(plain_frame(bytes, to)); }
    void receive(std::size_t bytes, const Mac& to = kDeviceMac) {
        EXPECT_EQ(machine.receive(plain_frame(bytes, to)), IXGBE_ACCEPTED);
        (void)rx.take();
        rx.fill_all();
    }
    template <typename Low, typename High>
    [[nodiscard]] std::uint64_t wide(std::uint32_t index = 0) const {
        const std::uint64_t low = driver.read<Low>(index);
        return low | std::uint64_t{driver.read<High>(index)} << 32;
    }
};

TEST(Statistics, TransmittedFramesAndBytes) {
    StatRig rig;
    rig.send(100);
    rig.send(1000);
    EXPECT_EQ(rig.driver.read<GPTC>(), 2u);
    EXPECT_EQ(rig.driver.read<TPT>(), 2u);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 1100u + 2 * kCrcBytes);
}

TEST(Statistics, ReceivedFramesAndBytes) {
    StatRig rig;
    rig.receive(100);
    rig.receive(1000);
    EXPECT_EQ(rig.driver.read<GPRC>(), 2u);
    EXPECT_EQ(rig.driver.read<TPR>(), 2u);
    EXPECT_EQ((rig.wide<GORCL, GORCH>()), 1100u) << "without CRC while it is stripped";
    EXPECT_EQ((rig.wide<TORL, TORH>()), 1100u + 2 * kCrcBytes);
}

TEST(Statistics, ReceivedBytesIncludeTheCrcThatIsDelivered) {
    StatRig rig;
    rig.driver.clear<HLREG0>(HLREG0::rxcrcstrp);
    rig.receive(100);
    EXPECT_EQ((rig.wide<GORCL, GORCH>()), 100u + kCrcBytes);
}

TEST(Statistics, AReadTakesTheValueAway) {
    StatRig rig;
    rig.send(100);
    rig.receive(100);
    EXPECT_EQ(rig.driver.read<GPTC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPTC>(), 0u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    EXPECT_GT((rig.wide<GOTCL, GOTCH>()), 0u);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 0u);
}

TEST(Statistics, NarrowReadsTakeNothingAway) {
    StatRig rig;
    rig.send(100);
    (void)rig.machine.read(GPTC::at(), 1);
    (void)rig.machine.read(GPTC::at(), 2);
    EXPECT_EQ(rig.driver.read<GPTC>(), 1u);
}

TEST(Statistics, WritesDoNotChangeCounters) {
    StatRig rig;
    rig.send(100);
    rig.driver.write<GPTC>(77);
    EXPECT_EQ(rig.driver.read<GPTC>(), 1u);
}

TEST(Statistics, ByteCountersCarryIntoTheHighRegister) {
    StatRig rig;
    rig.machine.state().reg[GOTCL::at() / 4] = 0xFFFFFFF0;
    rig.send(100);
    const std::uint64_t expected = 0xFFFFFFF0ull + 100 + kCrcBytes;
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), expected);
}

TEST(Statistics, CountersStopAtTheirLargestValue) {
    StatRig rig;
    std::uint32_t* reg = rig.machine.state().reg;
    reg[GPTC::at() / 4] = ~0u;
    reg[GOTCL::at() / 4] = ~0u;
    reg[GOTCH::at() / 4] = 0xF;
    rig.send(100);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 0xF'FFFF'FFFFull);
    // No read may return all ones, which drivers take for a removed device, but a counter that is
    // full.
    EXPECT_EQ(rig.driver.read<GPTC>(), ~0u);
}

TEST(Statistics, UndersizeFramesAreCounted) {
    StatRig rig;
    EXPECT_EQ(rig.machine.receive(plain_frame(10)), IXGBE_DROPPED);
    EXPECT_EQ(rig.driver.read<RUC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
}

struct Bin {
    std::size_t smallest, largest;  // without CRC
    std::uint32_t sent, received;
};

constexpr std::array kBins = {
    Bin{60, 60, PTC64::at(), PRC64::at()},        Bin{61, 123, PTC127::at(), PRC127::at()},
    Bin{124, 251, PTC255::at(), PRC255::at()},    Bin{252, 507, PTC511::at(), PRC511::at()},
    Bin{508, 1019, PTC1023::at(), PRC1023::at()}, Bin{1020, 1514, PTC1522::at(), PRC1522::at()},
};

TEST(Statistics, SizeBinsHaveTheirBordersAtTheLengthOnTheWire) {
    StatRig rig;
    for (const Bin& bin : kBins) {
        rig.send(bin.smallest);
        rig.send(bin.largest);
        rig.receive(bin.smallest);
        rig.receive(bin.largest);
    }
    for (const Bin& bin : kBins) {
        EXPECT_EQ(rig.machine.read(bin.sent), 2u) << std::hex << bin.sent;
        EXPECT_EQ(rig.machine.read(bin.received), 2u) << std::hex << bin.received;
    }
}

TEST(Statistics, PaddingCountsAsItIsOnTheWire) {
    StatRig rig;
    rig.send(20);
    rig.receive(20);
    EXPECT_EQ(rig.driver.read<PTC64>(), 1u);
    EXPECT_EQ(rig.driver.read<PRC64>(), 1u);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 64u);
}

TEST(Statistics, BroadcastAndMulticastAreCountedApart) {
    StatRig rig;
    rig.driver.set<FCTRL>(FCTRL::mpe);
    rig.send(100, kBroadcast);
    rig.send(100, kMulticast);
    rig.send(100);
    rig.receive(100, kBroadcast);
    rig.receive(100, kMulticast);
    rig.receive(100);
    EXPECT_EQ(rig.driver.read<BPTC>(), 1u);
    EXPECT_EQ(rig.driver.read<MPTC>(), 1u);
    EXPECT_EQ(rig.driver.read<BPRC>(), 1u);
    EXPECT_EQ(rig.driver.read<MPRC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPTC>(), 3u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 3u);
}

void post_lso(TxRing& tx, std::size_t payload, std::uint32_t mss) {
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(payload);
    Frame request = builder.build();
    put_be16(request, kEthBytes + 10, 0);
    seed_l4_checksum(request, kEthBytes, builder.l4_offset(), false);
    tx.put_context({.l4len = kTcpBytes, .mss = mss, .type = TxContext::l4_tcp | TxContext::ipv4});
    tx.send(request, {.command = TxData::eop | TxData::ifcs | TxData::rs | TxData::tse,
                      .options = TxData::txsm | TxData::ixsm,
                      .paylen = static_cast<std::uint32_t>(payload)});
}

TEST(Statistics, LargeSendCountsItsSegments) {
    StatRig rig;
    post_lso(rig.tx, 10'500, 1000);
    EXPECT_EQ(rig.driver.read<GPTC>(), 11u);
    EXPECT_EQ(rig.driver.read<PTC1522>(), 10u);
    EXPECT_EQ(rig.driver.read<PTC1023>(), 1u);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 10'500u + 11 * (54 + kCrcBytes));
}

TEST(Statistics, LargeSendCountsItsSegmentsEvenIfThePeerCutsThem) {
    StatRig rig;
    ixgbe_set_peer(rig.machine.device(), IXGBE_PEER_CSUM | IXGBE_PEER_TSO4);
    post_lso(rig.tx, 10'500, 1000);
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(rig.driver.read<GPTC>(), 11u);
    EXPECT_EQ(rig.driver.read<PTC1522>(), 10u);
    EXPECT_EQ(rig.driver.read<PTC1023>(), 1u);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 10'500u + 11 * (54 + kCrcBytes));
    EXPECT_EQ(rig.driver.read<QPTC>(0), 11u);
}

TEST(Statistics, InsertedTagIsOnTheWire) {
    StatRig rig;
    rig.tx.put_context({.vlan = 5});
    rig.tx.send(plain_frame(100),
                {.command = TxData::eop | TxData::ifcs | TxData::rs | TxData::vle});
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 104u + kCrcBytes);
}

TEST(Statistics, OversizeFramesCountAsSuchOnly) {
    StatRig rig;
    EXPECT_EQ(rig.machine.receive(plain_frame(1600)), IXGBE_DROPPED);
    EXPECT_EQ(rig.driver.read<ROC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    EXPECT_EQ(rig.driver.read<TPR>(), 1u);
}

TEST(Statistics, FilteredFramesAreNotGoodFrames) {
    StatRig rig;
    (void)rig.machine.receive(plain_frame(100, kPeerMac));
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    EXPECT_EQ(rig.driver.read<QPRC>(0), 0u);
    EXPECT_EQ(rig.driver.read<TPR>(), 1u);
}

TEST(Statistics, FramesWaitingForBuffersAreCountedOnce) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.fill = false});
    const Frame frame = plain_frame(100);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(rig.machine.receive(frame), IXGBE_NO_BUFFERS);
    }
    rx.fill(8);
    rig.machine.run();
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    EXPECT_EQ(rig.driver.read<GPRC>(), 1u);
    EXPECT_EQ(rig.driver.read<TPR>(), 1u);
    EXPECT_EQ(rig.driver.read<QPRC>(0), 1u);
}

TEST(Statistics, DroppedForLackOfDescriptorsCountsInItsQueue) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.drop_en = true, .fill = false});
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_DROPPED);
    }
    EXPECT_EQ(rig.driver.read<QPRDC>(0), 3u);
    EXPECT_EQ(rig.driver.read<QPRDC>(0), 0u);
    EXPECT_EQ(rig.driver.read<QPRC>(0), 0u);
}

TEST(Statistics, QueuesCountInSetZeroByDefault) {
    StatRig rig;
    TxRing other(rig.driver, 5);
    rig.send(100);
    other.send(plain_frame(100));
    EXPECT_EQ(rig.driver.read<QPTC>(0), 2u);
    rig.receive(100);
    EXPECT_EQ(rig.driver.read<QPRC>(0), 1u);
}

TEST(Statistics, MapsAssignQueuesToSets) {
    StatRig rig;
    rig.driver.write<TQSM>(0, 0x03020100);
    rig.driver.write<TQSM>(31, 0x0F000000);
    rig.driver.write<RQSMR>(0, 0x0000000E);
    TxRing third(rig.driver, 3);
    TxRing last(rig.driver, 127);
    third.send(plain_frame(100));
    last.send(plain_frame(100));
    rig.receive(100);
    EXPECT_EQ(rig.driver.read<QPTC>(3), 1u);
    EXPECT_EQ(rig.driver.read<QPTC>(15), 1u);
    EXPECT_EQ(rig.driver.read<QPTC>(0), 0u);
    EXPECT_EQ(rig.driver.read<QPRC>(14), 1u);
    EXPECT_EQ(rig.driver.read<QPRC>(0), 0u);
}

TEST(Statistics, QueueByteCountersCount) {
    StatRig rig;
    rig.send(100);
    rig.send(100);
    rig.receive(200);
    const std::uint64_t sent = rig.wide<QBTC_L, QBTC_H>(0);
    EXPECT_TRUE(sent == 200 || sent == 200 + 2 * kCrcBytes) << sent;
    EXPECT_EQ((rig.wide<QBRC_L, QBRC_H>(0)), 200u) << "DPDK's ibytes, CRC stripped";
}

TEST(Statistics, LoopedFramesCountOnBothSides) {
    StatRig rig;
    rig.driver.enable_loopback();
    rig.send(100, kBroadcast);
    EXPECT_EQ(rig.driver.read<GPTC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 1u);
}

TEST(Statistics, ResetClearsEverything) {
    StatRig rig;
    rig.send(100);
    rig.receive(100);
    rig.driver.write<CTRL>(CTRL::rst);
    EXPECT_EQ(rig.driver.read<GPTC>(), 0u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    EXPECT_EQ(rig.driver.read<QPTC>(0), 0u);
    EXPECT_EQ((rig.wide<GOTCL, GOTCH>()), 0u);
}

TEST(Statistics, OldPositionsReadZero) {
    StatRig rig;
    rig.send(100);
    for (const std::uint32_t offset : {0x0CF60u, 0x0CF68u, 0x0CF00u, 0x0CF20u}) {
        EXPECT_EQ(rig.machine.read(offset), 0u) << std::hex << offset;
    }
    EXPECT_EQ(rig.driver.read<LXONTXC>(), 0u);
    EXPECT_EQ(rig.driver.read<CRCERRS>(), 0u);
}

}  // namespace
}  // namespace x550
