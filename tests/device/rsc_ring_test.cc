// SPDX-License-Identifier: GPL-2.0-or-later
// Receive side coalescing on the ring: what allows it, how units lie in the ring, what ends them
// besides the next segment.

#include <gtest/gtest.h>

#include "rsc_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;

struct Gate {
    const char* name;
    void (*close)(const GuestDriver&);
};

const Gate kGates[] = {
    {"RscctlOfTheQueue", [](const GuestDriver& d) { d.clear<RSCCTL>(RSCCTL::rscen); }},
    {"RfctlRscDis", [](const GuestDriver& d) { d.set<RFCTL>(RFCTL::rsc_dis); }},
    {"CrcIsKept", [](const GuestDriver& d) { d.clear<HLREG0>(HLREG0::rxcrcstrp); }},
    {"NoTcpInPsrtype", [](const GuestDriver& d) { d.clear<PSRTYPE>(PSRTYPE::tcp); }},
    {"SmallBuffers", [](const GuestDriver& d) { d.write<SRRCTL>(0, 1 | 4 << 8 | 1 << 25); }},
    {"SmallHeaderBuffers", [](const GuestDriver& d) { d.write<SRRCTL>(0, 3 | 1 << 8 | 1 << 25); }},
    {"LegacyDescriptors", [](const GuestDriver& d) { d.write<SRRCTL>(0, 3 | 4 << 8); }},
    {"RscintOfTheVector",
     [](const GuestDriver& d) {
         d.map_rx_interrupt(0, 5);
         d.write<RSCINT>(5, 0);
     }},
};

class RscGate : public testing::TestWithParam<Gate> {};

// Rule RSC-2.
TEST_P(RscGate, NothingIsCoalescedBehindIt) {
    RscRig rig;
    GetParam().close(rig.driver);
    for (const Frame& frame : frames_of(stream(4, 500))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.ring.head(), 4u);
}

INSTANTIATE_TEST_SUITE_P(, RscGate, testing::ValuesIn(kGates),
                         [](const auto& which) { return which.param.name; });

// Rules RSC-5, RSC-24: nothing waits longer than the burst, and the interrupt comes with it.
TEST(RscRing, AUnitIsToldAtTheEndOfTheBurst) {
    RscRig rig;
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 3);
    rig.driver.unmask_vectors();
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    EXPECT_EQ(rig.ring.at(0)[2] & RxWriteBack::dd, 0u);
    EXPECT_EQ(rig.host.msix_count[3], 0u);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
    EXPECT_EQ(rig.host.msix_count[3], 1u);
}

TEST(RscRing, SwitchingOffEndsUnitsAtOnce) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    rig.driver.set<RFCTL>(RFCTL::rsc_dis);
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
}

// Descriptors of a unit name the next one; RSCCNT is one more than what begins in the buffer.
TEST(RscRing, UnitsInterleaveByNextp) {
    RscRig rig;
    std::vector<Frame> frames;
    const auto a = stream(6, 1448, {.source_port = 1});
    const auto b = stream(6, 1448, {.source_port = 2});
    for (unsigned i = 0; i < 6; ++i) {
        frames.push_back(a[i].build());
        frames.push_back(b[i].build());
    }
    const auto units = rig.burst(frames);
    ASSERT_EQ(segments_of(units), (Counts{6, 6}));
    EXPECT_EQ(units[0].slots, (std::vector<std::uint32_t>{0, 2, 4, 6}));
    EXPECT_EQ(units[1].slots, (std::vector<std::uint32_t>{1, 3, 5, 7}));
    EXPECT_EQ(units[0].descriptors[0][2], RxWriteBack::dd | 2 << RxWriteBack::nextp_shift);
    EXPECT_EQ(units[0].descriptors[0][0], 2u << RxWriteBack::rsccnt_shift);
    EXPECT_EQ(units[0].descriptors[0][3], 54u + 1448u);
    // Payloads begin at 0, 1448 and 2896 of 3072 bytes.
    EXPECT_EQ(units[0].descriptors[1][0], 4u << RxWriteBack::rsccnt_shift);
    EXPECT_EQ(units[0].descriptors[1][3], 3072u);
    EXPECT_EQ(rig.ring.head(), 8u);
}

// Linux divides what is behind the first buffer by the segments, and warns when that is nothing.
TEST(RscRing, TheFirstSegmentHasItsBufferToItself) {
    RscRig rig;
    const auto units = rig.burst(frames_of(stream(2, 400)));
    ASSERT_EQ(segments_of(units), Counts{2});
    ASSERT_EQ(units[0].descriptors.size(), 2u);
    EXPECT_EQ(units[0].descriptors[0][3] & 0xFFFF, 454u);
    EXPECT_EQ(units[0].descriptors[1][3] & 0xFFFF, 400u);
}

TEST(RscRing, MaxdescBoundsAUnit) {
    RscRig rig({.buffer_kb = 2}, RSCCTL::maxdesc_4);
    const auto segments = stream(12);
    const auto units = rig.burst(frames_of(segments));
    ASSERT_EQ(segments_of(units), (Counts{5, 5, 2}));  // one, and four in 6 KB
    EXPECT_EQ(units[0].descriptors.size(), 4u);
}

// RSCCNT has four bits.
TEST(RscRing, NoMoreThanFourteenSegmentsBeginInABuffer) {
    RscRig rig;
    const auto segments = stream(40, 60);
    const auto units = rig.burst(frames_of(segments));
    EXPECT_EQ(segments_of(units), (Counts{15, 15, 10}));
    EXPECT_EQ(units[0].descriptors[1][0] >> RxWriteBack::rsccnt_shift & RxWriteBack::rsccnt_mask,
              15u);
}

// Rules RSC-E7, RSC-18.
TEST(RscRing, ADatagramIsNoLongerThanItsLengthFieldCanSay) {
    RscRig rig({.buffer_kb = 8});
    const auto units = rig.burst(frames_of(stream(50)));
    ASSERT_EQ(segments_of(units), (Counts{45, 5}));  // 40 + 45 * 1448 = 65200
    EXPECT_EQ(be16_at(units[0].bytes, kEthBytes + 2), 65200);
}

// Back-pressure: what was taken is told, the rest waits at the host, nothing is lost.
TEST(RscRing, AShortRingEndsUnits) {
    RscRig rig({.size = 8, .buffer_kb = 3, .fill = false});
    rig.ring.fill(3);
    const auto segments = stream(10);
    std::size_t taken = 0;
    const auto frames = frames_of(segments);
    while (taken < frames.size() && rig.machine.receive(frames[taken]) == IXGBE_ACCEPTED) {
        ++taken;
    }
    ASSERT_TRUE(rig.machine.run());
    auto units = rig.ring.take_units();
    ASSERT_EQ(segments_of(units), Counts{5});  // one, and four in 6 KB
    EXPECT_EQ(taken, 5u);
    EXPECT_EQ(rig.ring.head(), 3u);
    rig.ring.fill(4);
    const auto rest =
        rig.burst({frames.begin() + static_cast<std::ptrdiff_t>(taken), frames.end()});
    EXPECT_EQ(segments_of(rest), Counts{5});
}

TEST(RscRing, AFrameThatIsNotCoalescedPassesThroughBesideUnits) {
    RscRig rig;
    auto frames = frames_of(stream(3));
    frames.insert(frames.begin() + 1, plain_frame(200));
    frames.push_back(plain_frame(300));
    const auto units = rig.burst(frames);
    // It ends in the slot before the one in which the unit ends.
    ASSERT_EQ(segments_of(units), (Counts{0, 3, 0}));
    EXPECT_EQ(units[0].bytes, plain_frame(200));
    EXPECT_EQ(units[2].bytes, plain_frame(300));
    EXPECT_EQ(rig.ring.head(), 4u);
}

TEST(RscRing, DisablingTheQueueEndsItsUnits) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    rig.driver.write<RXDCTL>(0, 0);
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
}

TEST(RscRing, AResetForgetsUnits) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    rig.driver.reset();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.ring.at(0)[2] & RxWriteBack::dd, 0u);
    EXPECT_EQ(rig.ring.head(), 0u);
}

// Nothing is on its way in a saved state.
TEST(RscRing, SavingEndsUnits) {
    RscRig rig;
    for (const Frame& frame : frames_of(stream(3))) {
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    ixgbe_prepare_save(rig.machine.device());
    EXPECT_EQ(segments_of(rig.ring.take_units()), Counts{3});
    EXPECT_EQ(rig.ring.head(), 2u);
}

// Statistics count what was on the wire.
TEST(RscRing, StatisticsCountSegments) {
    RscRig rig;
    ASSERT_EQ(segments_of(rig.burst(frames_of(stream(5, 946)))), Counts{5});
    EXPECT_EQ(rig.driver.read<GPRC>(), 5u);
    EXPECT_EQ(rig.driver.read<GORCL>(), 5u * 1000);  // without CRC
    EXPECT_EQ(rig.driver.read<QPRC>(0), 5u);
}

// ---- Bug class G: memory of coalescing ----

// The buffers of a unit are the device's own registers: segments reset it, disable the queue, move
// the ring. Whatever happens, nothing crashes and the next ring works.
TEST(BugClassG, UnitsWhoseBuffersAreRegisters) {
    for (const std::uint64_t target : {CTRL::at(0), RXDCTL::at(0), RDH::at(0), RDT::at(0),
                                       RSCCTL::at(0), RDLEN::at(0), RFCTL::at(0)}) {
        RscRig rig;
        rig.machine.check_gaps = false;
        const std::uint64_t bus = FakeHost::kBar + target;
        for (std::uint32_t i = 0; i < 4; ++i) {
            rig.ring.put(
                i, {static_cast<std::uint32_t>(bus), static_cast<std::uint32_t>(bus >> 32), 0, 0});
        }
        for (const Frame& frame : frames_of(stream(8))) {
            (void)rig.machine.receive(frame);
        }
        EXPECT_TRUE(rig.machine.run());
        rig.driver.bring_up();
        RxRing fresh(rig.driver, 0);
        ASSERT_EQ(rig.machine.receive_alone(plain_frame(100)), IXGBE_ACCEPTED);
        EXPECT_TRUE(fresh.take().has_value());
    }
}

// The driver begins anew in the middle of any DMA: what was lent is forgotten, and RDH moves again.
TEST(BugClassG, TheRingBeginsAnewWhileBuffersAreLent) {
    for (unsigned n = 1; n < 12; ++n) {
        RscRig rig;
        unsigned calls = 0;
        rig.host.on_dma = [&](std::uint64_t, std::size_t) {
            if (++calls == n) {
                rig.ring.program();
            }
        };
        for (const Frame& frame : frames_of(stream(6))) {
            (void)rig.machine.receive(frame);
        }
        EXPECT_TRUE(rig.machine.run());
        rig.host.on_dma = {};
        const std::uint32_t head = rig.ring.head();
        ASSERT_EQ(rig.machine.receive_alone(plain_frame(100)), IXGBE_ACCEPTED);
        EXPECT_EQ(rig.ring.head(), head + 1) << "DMA " << n;
    }
}

// DMA fails at every place in turn: no unit grows beyond its buffers, none is left open.
TEST(BugClassG, UnitsSurviveEveryFailingDma) {
    for (unsigned n = 0; n < 40; ++n) {
        RscRig rig;
        rig.host.fail_dma_in = n;
        for (const Frame& frame : frames_of(stream(6))) {
            (void)rig.machine.receive(frame);
        }
        EXPECT_TRUE(rig.machine.run());
        rig.host.fail_dma_in = FakeHost::kNever;
        RxRing fresh(rig.driver, 0);
        ASSERT_EQ(rig.machine.receive_alone(plain_frame(100)), IXGBE_ACCEPTED) << n;
        EXPECT_TRUE(fresh.take().has_value()) << n;
    }
}

}  // namespace
}  // namespace x550
