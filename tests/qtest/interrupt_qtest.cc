// SPDX-License-Identifier: GPL-2.0-or-later
// The three kinds of interrupt, as messages in memory and levels on a pin.
#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {
namespace {

constexpr std::uint32_t kQueue0 = 1;

struct MsixTest : testing::Test, Machine {
    MsixTest() {
        pci.enable_msix(nic.msix);
        nic.write(GPIE::at(), GPIE::msix_mode | GPIE::ocd | GPIE::pba | GPIE::eiame);
    }
    bool comes(unsigned vector) {
        return qemu.wait_until([&] { return pci.take_msix(vector); }, Milliseconds(5000));
    }
    bool any_message() {
        qemu.turn();
        qemu.turn();
        for (unsigned vector = 0; vector < kVectors; ++vector) {
            if (pci.take_msix(vector)) {
                return true;
            }
        }
        return false;
    }
};

TEST_F(MsixTest, EveryVectorSendsItsOwnMessage) {
    nic.write(EIMS_EX::at(0), ~0u);
    nic.write(EIMS_EX::at(1), ~0u);
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        nic.write(EICS_EX::at(vector / 32), 1u << vector % 32);
        EXPECT_TRUE(comes(vector)) << vector;
        EXPECT_FALSE(any_message()) << "after " << vector;
    }
}

TEST_F(MsixTest, ReceivedFrameRaisesTheVectorOfItsQueue) {
    nic.write(IVAR::at(0), IVAR::valid | 5 | (IVAR::valid | 9) << 8);
    nic.write(EIMS_EX::at(0), 1u << 5 | 1u << 9);
    RxRing rx(nic, 0, 32);
    rx.enable();
    rx.post(31);
    wire.send(make_frame(100, 1));
    EXPECT_TRUE(comes(5));
    EXPECT_FALSE(any_message());
}

TEST_F(MsixTest, SentFrameRaisesTheVectorOfItsQueue) {
    nic.write(IVAR::at(0), IVAR::valid | 5 | (IVAR::valid | 9) << 8);
    nic.write(EIMS_EX::at(0), 1u << 5 | 1u << 9);
    TxRing tx(nic, 0, 32);
    tx.enable();
    EXPECT_TRUE(tx.send(make_frame(100, 1, kPeerMac, kDeviceMac)));
    EXPECT_TRUE(comes(9));
    EXPECT_FALSE(any_message());
}

TEST_F(MsixTest, MaskedCauseWaitsForItsMask) {
    nic.write(EIMC_EX::at(0), ~0u);
    nic.write(EICS_EX::at(0), 1u << 3);
    EXPECT_FALSE(any_message());
    nic.write(EIMS_EX::at(0), 1u << 3);
    EXPECT_TRUE(comes(3));
}

TEST_F(MsixTest, VectorMaskedInTheTableIsPendingUntilUnmasked) {
    pci.mask_msix(7, true);
    nic.write(EIMS_EX::at(0), 1u << 7);
    nic.write(EICS_EX::at(0), 1u << 7);
    EXPECT_FALSE(any_message());
    EXPECT_TRUE(pci.msix_pending(7));
    pci.mask_msix(7, false);
    EXPECT_TRUE(comes(7));
    EXPECT_FALSE(pci.msix_pending(7));
}

TEST_F(MsixTest, AutoMaskStopsTheSecondMessage) {
    nic.write(EIAM_EX::at(0), ~0u);
    nic.write(EIMS_EX::at(0), 1u << 2);
    nic.write(IVAR::at(0), IVAR::valid | 2);
    RxRing rx(nic, 0, 32);
    rx.enable();
    rx.post(31);
    wire.send(make_frame(100, 1));
    EXPECT_TRUE(comes(2));
    EXPECT_TRUE(rx.receive());
    wire.send(make_frame(100, 2));
    EXPECT_TRUE(rx.receive());
    EXPECT_FALSE(any_message());
    nic.write(EIMS_EX::at(0), 1u << 2);
    EXPECT_TRUE(comes(2)) << "the event that came while masked";
}

TEST_F(MsixTest, ThrottledVectorWaitsForTheClock) {
    constexpr std::uint32_t kLongest = 0xFF8;
    nic.write(EITR::at(0), kLongest);
    nic.write(EIMS_EX::at(0), 1);
    nic.write(EICS_EX::at(0), 1);
    EXPECT_TRUE(comes(0));
    nic.write(EIMS_EX::at(0), 1);
    nic.write(EICS_EX::at(0), 1);
    EXPECT_FALSE(any_message()) << "inside the interval";
    qemu.clock_step(EITR::interval_ns(kLongest) + 1);
    EXPECT_TRUE(comes(0));
}

TEST_F(MsixTest, LinkChangeRaisesTheVectorOfOtherCauses) {
    nic.write(IVAR_MISC::at(), (IVAR::valid | 11) << 8);
    nic.write(EIMS::at(), EICR::lsc);
    (void)nic.read(EICR::at());
    qemu.qmp("set_link", R"({"name": "nic", "up": false})");
    EXPECT_TRUE(comes(11));
    EXPECT_NE(nic.read(EICS::at()) & EICR::lsc, 0U);
}

TEST_F(MsixTest, DisabledMsixSendsNothing) {
    pci.disable_msix();
    nic.write(EIMS_EX::at(0), ~0u);
    nic.write(EICS_EX::at(0), ~0u);
    EXPECT_FALSE(any_message());
}

struct MsiTest : testing::Test, Machine {
    MsiTest() { pci.enable_msi(); }
    bool comes() {
        return qemu.wait_until([this] { return pci.take_msi(); }, Milliseconds(5000));
    }
};

TEST_F(MsiTest, CauseSendsOneMessage) {
    nic.write(EIMS::at(), kQueue0);
    nic.write(EICS::at(), kQueue0);
    EXPECT_TRUE(comes());
    qemu.turn();
    EXPECT_FALSE(pci.take_msi());
    EXPECT_EQ(nic.read(EICR::at()) & kQueue0, kQueue0);
}

TEST_F(MsiTest, NextCauseAfterTheHandlerSendsAgain) {
    nic.write(EIMS::at(), kQueue0);
    for (unsigned i = 0; i < 3; ++i) {
        nic.write(EICS::at(), kQueue0);
        EXPECT_TRUE(comes()) << i;
        nic.write(EIMC::at(), ~0u);
        (void)nic.read(EICR::at());
        nic.write(EIMS::at(), kQueue0);
    }
}

TEST_F(MsiTest, CauseWhileMaskedComesWithTheMask) {
    nic.write(EICS::at(), kQueue0);
    qemu.turn();
    EXPECT_FALSE(pci.take_msi());
    nic.write(EIMS::at(), kQueue0);
    EXPECT_TRUE(comes());
}

TEST_F(MsiTest, FrameArrives) {
    nic.write(IVAR::at(0), IVAR::valid | IVAR::valid << 8);
    nic.write(EIMS::at(), kQueue0);
    RxRing rx(nic, 0, 32);
    rx.enable();
    rx.post(31);
    wire.send(make_frame(100, 1));
    EXPECT_TRUE(comes());
}

struct IntxTest : testing::Test, Machine {
    IntxTest() { (void)nic.read(EICR::at()); }  // the link's coming up
    bool asserted() {
        qemu.turn();
        return pci.intx_asserted();
    }
};

TEST_F(IntxTest, LevelFollowsCauseAndMask) {
    EXPECT_FALSE(asserted());
    nic.write(EICS::at(), kQueue0);
    EXPECT_FALSE(asserted()) << "masked";
    nic.write(EIMS::at(), kQueue0);
    EXPECT_TRUE(asserted());
    nic.write(EIMC::at(), kQueue0);
    EXPECT_FALSE(asserted()) << "masked again";
    nic.write(EIMS::at(), kQueue0);
    EXPECT_TRUE(asserted());
    EXPECT_EQ(nic.read(EICR::at()), kQueue0);
    EXPECT_FALSE(asserted()) << "a read clears it";
}

TEST_F(IntxTest, WritingTheCauseClearsIt) {
    nic.write(EIMS::at(), kQueue0);
    nic.write(EICS::at(), kQueue0);
    EXPECT_TRUE(asserted());
    nic.write(EICR::at(), kQueue0);
    EXPECT_FALSE(asserted());
}

TEST_F(IntxTest, ReachesTheInterruptController) {
    PciFunction bridge(qemu, 0, 1);
    bridge.write(32, 0x60, 0x0B0B'0B0B);  // every PIRQ to line 11
    qemu.intercept_irqs("ioapic");
    nic.write(EIMS::at(), kQueue0);
    nic.write(EICS::at(), kQueue0);
    qemu.turn();
    EXPECT_TRUE(qemu.irq_raised(11));
    (void)nic.read(EICR::at());
    qemu.turn();
    EXPECT_FALSE(qemu.irq_raised(11));
}

TEST_F(IntxTest, CommandBitHidesTheLevel) {
    PciFunction bridge(qemu, 0, 1);
    bridge.write(32, 0x60, 0x0B0B'0B0B);
    qemu.intercept_irqs("ioapic");
    pci.set_command_bits(pci::kCommandIntxDisable, true);
    nic.write(EIMS::at(), kQueue0);
    nic.write(EICS::at(), kQueue0);
    qemu.turn();
    EXPECT_FALSE(qemu.irq_raised(11));
    pci.set_command_bits(pci::kCommandIntxDisable, false);
    qemu.turn();
    EXPECT_TRUE(qemu.irq_raised(11));
}

TEST_F(IntxTest, FrameArrives) {
    nic.write(IVAR::at(0), IVAR::valid | IVAR::valid << 8);
    nic.write(EIMS::at(), kQueue0);
    RxRing rx(nic, 0, 32);
    rx.enable();
    rx.post(31);
    wire.send(make_frame(100, 1));
    EXPECT_TRUE(qemu.wait_until([this] { return pci.intx_asserted(); }));
}

TEST_F(IntxTest, ResetTakesTheLevelAway) {
    nic.write(EIMS::at(), kQueue0);
    nic.write(EICS::at(), kQueue0);
    EXPECT_TRUE(asserted());
    nic.reset();
    EXPECT_FALSE(asserted());
}

}  // namespace
}  // namespace x550
