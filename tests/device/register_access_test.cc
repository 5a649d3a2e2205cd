// SPDX-License-Identifier: GPL-2.0-or-later
// What any access anywhere in the BAR does: no lies about presence, no side doors, aliases are one
// storage.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

TEST(RegisterAccess, NoRegisterReadsAllOnes) {
    ColdRig rig;
    for (std::uint32_t offset = 0; offset < kBarBytes; offset += 4) {
        ASSERT_NE(rig.machine.read(offset), ~0u) << std::hex << offset;
    }
}

TEST(RegisterAccess, UnknownOffsetsReadZeroAndSwallowWrites) {
    ColdRig rig;
    for (const std::uint32_t offset : {0x00FF0u, 0x1FFF8u, 0x30000u, 0x1FFFFCu}) {
        rig.machine.write(offset, 0xDEADBEEF);
        EXPECT_EQ(rig.machine.read(offset), 0u) << std::hex << offset;
    }
}

TEST(RegisterAccess, UnknownOffsetIsReportedOnce) {
    ColdRig rig;
    rig.host.forget();
    for (int i = 0; i < 10; ++i) {
        (void)rig.machine.read(0x00FF0);
    }
    EXPECT_EQ(rig.host.guest_errors.size(), 1u);
}

TEST(RegisterAccess, OffsetsBeyondTheBarAreHarmless) {
    ColdRig rig;
    rig.machine.write(0xFFFF'FFFF'FFFF'FFFCull, 1);
    EXPECT_EQ(rig.machine.read(0xFFFF'FFFF'FFFF'FFFCull), 0u);
    EXPECT_EQ(rig.machine.read(kBarBytes), 0u);
}

TEST(RegisterAccess, NarrowAndUnalignedWritesAreIgnoredAndReported) {
    ColdRig rig;
    rig.driver.write<PFCTOP>(0x11223344);
    rig.host.forget();
    rig.machine.write(PFCTOP::at(), 0xFF, 1);
    rig.machine.write(PFCTOP::at() + 2, 0xFFFF, 2);
    rig.machine.write(PFCTOP::at() + 1, 0xFFFFFFFF, 4);
    EXPECT_EQ(rig.driver.read<PFCTOP>(), 0x11223344u);
    EXPECT_FALSE(rig.host.guest_errors.empty());
}

TEST(RegisterAccess, NarrowReadsHaveNoSideEffects) {
    ColdRig rig;
    rig.driver.write<EICS>(bit(3));
    for (unsigned i = 0; i < 4; ++i) {
        (void)rig.machine.read(EICR::at() + i, 1);
        (void)rig.machine.read(SWSM::at() + i, 1);
    }
    EXPECT_EQ(rig.driver.read<EICS>() & bit(3), bit(3));
    EXPECT_EQ(rig.driver.read<SWSM>() & SWSM::smbi, 0u);
}

TEST(RegisterAccess, ReadOnlyRegistersIgnoreWrites) {
    ColdRig rig;
    const std::uint32_t status = rig.driver.read<STATUS>();
    const std::uint32_t links = rig.driver.read<LINKS>();
    rig.driver.write<STATUS>(~0u);
    rig.driver.write<LINKS>(~0u);
    rig.driver.write<FWSM>(~0u);
    EXPECT_EQ(rig.driver.read<STATUS>(), status);
    EXPECT_EQ(rig.driver.read<LINKS>(), links);
    EXPECT_EQ(rig.driver.read<FWSM>(), 0x8000u);
}

template <typename A, typename B>
void expect_one_storage(const GuestDriver& driver, std::uint32_t index, std::uint32_t mask = ~0u) {
    driver.write<A>(index, 0x5A5A5A5A & mask);
    EXPECT_EQ(driver.read<B>(index) & mask, 0x5A5A5A5A & mask) << std::hex << B::at(index);
    driver.write<B>(index, 0x25252525 & mask);
    EXPECT_EQ(driver.read<A>(index) & mask, 0x25252525 & mask) << std::hex << A::at(index);
}

TEST(RegisterAccess, AliasesAreOneStorage) {
    ColdRig rig;
    const GuestDriver& driver = rig.driver;
    expect_one_storage<MRQC, MRQC_ALIAS>(driver, 0, 0x00FF000F);
    for (const std::uint32_t last : {0u, 9u}) {
        expect_one_storage<RSSRK, RSSRK_ALIAS>(driver, last);
    }
    for (const std::uint32_t last : {0u, 31u}) {
        expect_one_storage<RETA, RETA_ALIAS>(driver, last, 0x3F3F3F3F);
    }
    for (const std::uint32_t last : {0u, 15u}) {
        expect_one_storage<RAL, RAL_ALIAS>(driver, last);
        expect_one_storage<RAH, RAH_ALIAS>(driver, last, 0x8000FFFF);
        expect_one_storage<SRRCTL, SRRCTL_ALIAS>(driver, last, 0x1E003F1F);
        expect_one_storage<DCA_RXCTRL, DCA_RXCTRL_ALIAS>(driver, last, 0x3A00);
        expect_one_storage<PSRTYPE, PSRTYPE_ALIAS>(driver, last, 0x00001330);
    }
}

TEST(RegisterAccess, SecondBankOfReceiveQueuesIsSeparate) {
    ColdRig rig;
    rig.driver.write<RDBAH>(0, 1);
    rig.driver.write<RDBAH>(63, 2);
    rig.driver.write<RDBAH>(64, 3);
    rig.driver.write<RDBAH>(127, 4);
    EXPECT_EQ(rig.driver.read<RDBAH>(0), 1u);
    EXPECT_EQ(rig.driver.read<RDBAH>(63), 2u);
    EXPECT_EQ(rig.driver.read<RDBAH>(64), 3u);
    EXPECT_EQ(rig.driver.read<RDBAH>(127), 4u);
    EXPECT_EQ(rig.machine.read(0xD004), 3u);
}

TEST(RegisterAccess, QueueEnableIsMirroredAtOnceForUnconfiguredQueues) {
    ColdRig rig;
    for (unsigned queue = 0; queue < kQueues; ++queue) {
        rig.driver.write<TXDCTL>(queue, TXDCTL::enable);
        rig.driver.write<RXDCTL>(queue, RXDCTL::enable);
        EXPECT_NE(rig.driver.read<TXDCTL>(queue) & TXDCTL::enable, 0u) << queue;
        EXPECT_NE(rig.driver.read<RXDCTL>(queue) & RXDCTL::enable, 0u) << queue;
        rig.driver.write<TXDCTL>(queue, TXDCTL::swflsh);
        rig.driver.write<RXDCTL>(queue, RXDCTL::swflsh);
        rig.machine.run();
        EXPECT_EQ(rig.driver.read<TXDCTL>(queue) & (TXDCTL::enable | TXDCTL::swflsh), 0u) << queue;
        EXPECT_EQ(rig.driver.read<RXDCTL>(queue) & (RXDCTL::enable | RXDCTL::swflsh), 0u) << queue;
    }
}

TEST(RegisterAccess, AutocAndPauseRegistersAreStorage) {
    ColdRig rig;
    rig.driver.write<AUTOC>(0xA000);
    rig.driver.write<FCCFG>(8);
    rig.driver.write<MFLCN>(8);
    EXPECT_EQ(rig.driver.read<AUTOC>() & 0xE000, 0xA000u);
    EXPECT_EQ(rig.driver.read<FCCFG>(), 8u);
    EXPECT_EQ(rig.driver.read<MFLCN>(), 8u);
}

TEST(RegisterAccess, WakeStatusIsClearedByOnes) {
    ColdRig rig;
    rig.driver.write<WUS>(~0u);
    EXPECT_EQ(rig.driver.read<WUS>(), 0u);
}

}  // namespace
}  // namespace x550
