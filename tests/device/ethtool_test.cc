// SPDX-License-Identifier: GPL-2.0-or-later
// The offline self-test of the Linux driver, step by step.

#include <array>
#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

struct Row {
    const char* name;
    std::uint32_t offset, stride, count, mask, write;
};

constexpr std::array kPatternTests = {
    Row{"FCRTL", FCRTL::at(), 4, 1, 0x8007FFF0, 0x8007FFF0},
    Row{"FCRTH", FCRTH::at(), 4, 1, 0x8007FFF0, 0x8007FFF0},
    Row{"PFCTOP", PFCTOP::at(), 4, 1, 0xFFFFFFFF, 0xFFFFFFFF},
    Row{"VLNCTRL", VLNCTRL::at(), 4, 1, 0, 0},
    Row{"RDBAL", RDBAL::at(), 0x40, 4, 0xFFFFFF80, 0xFFFFFF80},
    Row{"RDBAH", RDBAH::at(), 0x40, 4, 0xFFFFFFFF, 0xFFFFFFFF},
    Row{"RDLEN", RDLEN::at(), 0x40, 4, 0x000FFF80, 0x000FFFFF},
    Row{"RDT", RDT::at(), 0x40, 4, 0x0000FFFF, 0x0000FFFF},
    Row{"FCTTV", FCTTV::at(), 4, 1, 0xFFFFFFFF, 0xFFFFFFFF},
    Row{"TDBAL", TDBAL::at(), 0x40, 4, 0xFFFFFF80, 0xFFFFFFFF},
    Row{"TDBAH", TDBAH::at(), 0x40, 4, 0xFFFFFFFF, 0xFFFFFFFF},
    Row{"TDLEN", TDLEN::at(), 0x40, 4, 0x000FFF80, 0x000FFF80},
    Row{"RAL", RAL_ALIAS::at(), 8, 16, 0xFFFFFFFF, 0xFFFFFFFF},
    Row{"RAH", RAH_ALIAS::at(), 8, 16, 0x8001FFFF, 0x800CFFFF},
    Row{"MTA", MTA::at(), 4, 128, 0xFFFFFFFF, 0xFFFFFFFF},
};

constexpr std::array<std::uint32_t, 4> kPatterns = {0x5A5A5A5A, 0xA5A5A5A5, 0, 0xFFFFFFFF};

TEST(EthtoolRegisterTest, EveryPatternReadsBackUnderItsMask) {
    ColdRig rig;
    for (unsigned queue = 0; queue < 4; ++queue) {
        rig.driver.write<RXDCTL>(queue, RXDCTL::enable);
    }
    for (const Row& row : kPatternTests) {
        for (std::uint32_t i = 0; i < row.count; ++i) {
            const std::uint32_t offset = row.offset + i * row.stride;
            for (const std::uint32_t value : kPatterns) {
                rig.machine.write(offset, value & row.write);
                ASSERT_EQ(rig.machine.read(offset), value & row.write & row.mask)
                    << row.name << "(" << i << ") pattern " << std::hex << value;
            }
        }
    }
    rig.machine.run();
    EXPECT_EQ(rig.host.dma_count, 0u) << "the receiver is off: nothing may be fetched";
}

TEST(EthtoolRegisterTest, StatusKeepsItsReadOnlyBits) {
    ColdRig rig;
    constexpr std::uint32_t mask = 0x7FFFF30F;
    const std::uint32_t before = rig.driver.read<STATUS>();
    rig.driver.write<STATUS>(mask);
    EXPECT_EQ(rig.driver.read<STATUS>() & mask, before & mask);
}

TEST(EthtoolRegisterTest, ReceiveEnableCanBeSetAndRead) {
    ColdRig rig;
    rig.driver.write<RXCTRL>(RXCTRL::rxen);
    EXPECT_EQ(rig.driver.read<RXCTRL>(), RXCTRL::rxen);
    rig.driver.write<RXCTRL>(0);
    EXPECT_EQ(rig.driver.read<RXCTRL>(), 0u);
}

// A handler that gathers the EICR values it reads, as the driver's temporary one.
struct InterruptTest {
    ColdRig rig;
    std::uint32_t gathered = 0;

    InterruptTest() {
        rig.driver.reset();         // EIAM is 0: nothing unmasks itself
        rig.driver.write<EIAM>(0);  // the driver runs this test after a reset
        rig.machine.run_for(kSecond);
        rig.driver.write<EIMC>(~0u);
        (void)rig.driver.read<EICR>();
        rig.host.forget();
    }
    void wait() {
        rig.machine.run_for(20 * kMillisecond);
        for (const bool level : rig.host.legacy_log) {
            if (level) {
                gathered |= rig.driver.read<EICR>();
                break;
            }
        }
        rig.host.forget();
    }
};

constexpr std::uint32_t kForced = 0x7FFF;

TEST(EthtoolInterruptTest, ForcedCausesOfMaskedBitsDoNotInterrupt) {
    for (unsigned b = 0; b < 10; ++b) {
        InterruptTest test;
        test.rig.driver.write<EIMC>(~bit(b) & kForced);
        test.rig.driver.write<EICS>(~bit(b) & kForced);
        test.wait();
        EXPECT_EQ(test.gathered & bit(b), 0u) << b;
    }
}

TEST(EthtoolInterruptTest, ForcedCausesOfUnmaskedBitsInterrupt) {
    for (unsigned b = 0; b < 10; ++b) {
        InterruptTest test;
        test.rig.driver.write<EIMS>(bit(b));
        test.rig.driver.write<EICS>(bit(b));
        test.wait();
        EXPECT_NE(test.gathered & bit(b), 0u) << b;
    }
}

TEST(EthtoolInterruptTest, OtherForcedCausesStaySilent) {
    for (unsigned b = 0; b < 10; ++b) {
        InterruptTest test;
        test.rig.driver.write<EIMC>(~bit(b) & kForced);
        test.rig.driver.write<EICS>(~bit(b) & kForced);
        test.wait();
        EXPECT_EQ(test.gathered, 0u) << b;
        EXPECT_FALSE(test.rig.host.legacy_level) << b;
    }
}

// 1024 bytes whose first half is all ones: a broadcast of an odd type.
Frame loopback_test_frame() {
    Frame frame(1024, 0xFF);
    std::fill(frame.begin() + 512, frame.end(), std::uint8_t{0xAA});
    frame[512 + 10] = 0xBE;
    frame[512 + 12] = 0xAF;
    return frame;
}

TEST(EthtoolLoopbackTest, EveryFrameComesBackWithoutACable) {
    Rig rig;
    ixgbe_set_cable(rig.machine.device(), false);
    TxRing tx(rig.driver, 0, {.size = 128});
    RxRing rx(rig.driver, 0, {.size = 128});
    rig.driver.set<RXCTRL>(RXCTRL::dmbyps);
    rig.driver.enable_loopback();
    const Frame frame = loopback_test_frame();
    for (int round = 0; round < 18; ++round) {
        std::uint32_t last = 0;
        for (int i = 0; i < 64; ++i) {
            last = tx.put_packet(frame);
        }
        tx.kick();
        rig.machine.run_for(200 * kMillisecond);
        ASSERT_TRUE(tx.done(last)) << round;
        const auto packets = rx.take_all();
        ASSERT_EQ(packets.size(), 64u) << round;
        for (const RxPacket& packet : packets) {
            ASSERT_TRUE(same_bytes(frame, packet.bytes)) << round;
        }
        rx.fill_all();
    }
    EXPECT_TRUE(rig.host.sent.empty()) << "looped frames never reach the wire";
}

}  // namespace
}  // namespace x550
