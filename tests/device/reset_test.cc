// SPDX-License-Identifier: GPL-2.0-or-later
// Reset values, and what each kind of reset does.

#include <array>
#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

struct ResetValue {
    const char* name;
    std::uint32_t offset;
    std::uint32_t mask;
    std::uint32_t value;
};

template <typename R>
constexpr ResetValue all(const char* name, std::uint32_t value, std::uint32_t index = 0) {
    return {name, R::at(index), ~0u, value};
}
template <typename R>
constexpr ResetValue part(const char* name, std::uint32_t mask, std::uint32_t value) {
    return {name, R::at(), mask, value};
}

// The registers a driver depends on after power-on and CTRL.RST.
constexpr auto kResetValues = std::to_array<ResetValue>({
    all<CTRL>("CTRL", 0),
    part<STATUS>("STATUS", 0x000FFFFF, 0x00080000),
    all<CTRL_EXT>("CTRL_EXT", 0),
    all<EEC>("EEC", 0x00004300),
    all<FWSM>("FWSM", 0x00008000),
    all<HICR>("HICR", 1),
    part<RAH>("RAH0.AV", RAH::av, RAH::av),
    {"RAH1.AV", RAH::at(1), RAH::av, 0},
    {"RAH127.AV", RAH::at(127), RAH::av, 0},
    all<RXPBSIZE>("RXPBSIZE(0)", 0x60000),
    all<RXPBSIZE>("RXPBSIZE(1)", 0, 1),
    all<RXPBSIZE>("RXPBSIZE(7)", 0, 7),
    all<TXPBSIZE>("TXPBSIZE(0)", 0x28000),
    all<TXPBSIZE>("TXPBSIZE(7)", 0, 7),
    {"RXDCTL(0).ENABLE", RXDCTL::at(0), RXDCTL::enable, 0},
    {"RXDCTL(127).ENABLE", RXDCTL::at(127), RXDCTL::enable, 0},
    {"TXDCTL(0).ENABLE", TXDCTL::at(0), TXDCTL::enable, 0},
    {"TXDCTL(127).ENABLE", TXDCTL::at(127), TXDCTL::enable, 0},
    all<RXCTRL>("RXCTRL", 0),
    part<DMATXCTL>("DMATXCTL.TE", DMATXCTL::te, 0),
    part<DMATXCTL>("DMATXCTL.VT", 0xFFFF0000, 0x81000000),
    part<RDRXCTL>("RDRXCTL.DMAIDONE", RDRXCTL::dmaidone, RDRXCTL::dmaidone),
    part<VLNCTRL>("VLNCTRL", VLNCTRL::vet_mask | VLNCTRL::vfe | VLNCTRL::vme, 0x8100),
    all<MAXFRS>("MAXFRS", 1518u << 16),
    all<HLREG0>("HLREG0", 0x403),
    all<MCSTCTRL>("MCSTCTRL", 0),
    all<FCTRL>("FCTRL", 0),
    all<MTA>("MTA(127)", 0, 127),
    all<VFTA>("VFTA(127)", 0, 127),
    all<UTA>("UTA(5)", 0, 5),
    all<VLVF>("VLVF(3)", 0, 3),
    all<EIMS>("EIMS", 0),
    all<EICS>("EICR, read without clearing", 0),
    all<EIAC>("EIAC", 0),
    all<EIAM>("EIAM", 0),
    all<GPIE>("GPIE", 0),
    all<EITR>("EITR(0)", 0),
    all<EITR>("EITR(63)", 0, 63),
    all<IVAR>("IVAR(0)", 0),
    all<IVAR_MISC>("IVAR_MISC", 0),
    all<RTTDCS>("RTTDCS", 0),
    all<MTQC>("MTQC", 0),
    all<GCR_EXT>("GCR_EXT", 0),
    all<PFDTXGSWC>("PFDTXGSWC", 0),
    part<SECTXSTAT>("SECTXSTAT.READY", 1, 1),
    part<SECRXSTAT>("SECRXSTAT.READY", 1, 1),
    all<MMNGC>("MMNGC", 0),
    all<MANC>("MANC", 0),
    all<FACTPS>("FACTPS", 0),
    all<DTXTCPFLGL>("DTXTCPFLGL", 0x0FF60FF6),
    all<DTXTCPFLGH>("DTXTCPFLGH", 0x00000F7F),
    part<SRRCTL>("SRRCTL(0)", 0x1F | 0x3F00, 2 | 4 << 8),
    part<EXVET>("EXVET", 0xFFFF0000, 0x81000000),
    part<RSCINT>("RSCINT(0)", 1, 1),
    all<GPRC>("GPRC", 0),
    all<GPTC>("GPTC", 0),
    all<QPRC>("QPRC(0)", 0),
    all<MPC>("MPC(0)", 0),
});

void expect_reset_values(const GuestDriver& driver) {
    for (const ResetValue& row : kResetValues) {
        EXPECT_EQ(driver.machine().read(row.offset) & row.mask, row.value & row.mask) << row.name;
    }
}

void expect_own_mac(const GuestDriver& driver) {
    EXPECT_EQ(driver.read<RAL>(), 0x12005452u);
    EXPECT_EQ(driver.read<RAH>(), 0x80005634u);
}

void disturb(const GuestDriver& driver) {
    driver.write<CTRL_EXT>(CTRL_EXT::drv_load);
    driver.write<HLREG0>(0);
    driver.write<MAXFRS>(9728u << 16);
    driver.write<VLNCTRL>(VLNCTRL::vfe);
    driver.write<FCTRL>(FCTRL::upe | FCTRL::mpe);
    driver.write<MTA>(127, ~0u);
    driver.write<VFTA>(127, ~0u);
    driver.write<RXPBSIZE>(0, 0);
    driver.write<RXPBSIZE>(7, 0x8000);
    driver.write<TXPBSIZE>(7, 0x8000);
    driver.write<EIMS>(~0u);
    driver.write<EIAM>(~0u);
    driver.write<GPIE>(GPIE::msix_mode);
    driver.write<IVAR>(0, 0x80808080);
    driver.write<EITR>(63, 0xC8);
    driver.write<EICS>(0x7FFF);
    driver.write<RXCTRL>(RXCTRL::rxen);
    driver.write<DMATXCTL>(DMATXCTL::te);
    driver.write<TXDCTL>(127, TXDCTL::enable);
    driver.write<RXDCTL>(127, RXDCTL::enable);
    driver.write<DTXTCPFLGL>(0);
    driver.write<DTXTCPFLGH>(0);
    driver.write<MTQC>(9);
    driver.set_mac_filter(0, kPeerMac);
    driver.set_mac_filter(127, kPeerMac);
}

TEST(Reset, PowerOnGivesTheDocumentedValues) {
    ColdRig rig;
    expect_reset_values(rig.driver);
    EXPECT_EQ(rig.driver.read<SWSM>() & 1, 0u);
    EXPECT_EQ(rig.driver.read<SW_FW_SYNC>(), 0u);
}

TEST(Reset, OwnMacIsInTheFirstAddressFilter) {
    ColdRig rig;
    expect_own_mac(rig.driver);
}

TEST(Reset, StatusNamesThePort) {
    ColdRig first(0);
    ColdRig second(1);
    EXPECT_EQ(first.driver.read<STATUS>() >> STATUS::lan_id_shift & 3, 0u);
    EXPECT_EQ(second.driver.read<STATUS>() >> STATUS::lan_id_shift & 3, 1u);
}

TEST(Reset, CtrlRstRestoresTheDocumentedValues) {
    ColdRig rig;
    disturb(rig.driver);
    rig.driver.write<CTRL>(CTRL::rst);
    expect_reset_values(rig.driver);
    expect_own_mac(rig.driver);
}

TEST(Reset, LinkResetWithRstRestoresTheDocumentedValues) {
    ColdRig rig;
    disturb(rig.driver);
    rig.driver.write<CTRL>(CTRL::rst | CTRL::lnk_rst);
    expect_reset_values(rig.driver);
    expect_own_mac(rig.driver);
}

TEST(Reset, BusResetRestoresTheDocumentedValues) {
    ColdRig rig;
    disturb(rig.driver);
    (void)rig.driver.read<SWSM>();
    ixgbe_reset(rig.machine.device(), IXGBE_RESET_BUS);
    expect_reset_values(rig.driver);
    expect_own_mac(rig.driver);
    EXPECT_EQ(rig.driver.read<SWSM>() & 1, 0u);
}

TEST(Reset, ResetBitsReadZeroAtOnce) {
    ColdRig rig;
    rig.driver.write<CTRL>(CTRL::rst | CTRL::lnk_rst);
    EXPECT_EQ(rig.driver.read<CTRL>() & (CTRL::rst | CTRL::lnk_rst), 0u);
}

TEST(Reset, GioDisableReadsBackAndDropsTheMasterBit) {
    ColdRig rig;
    rig.driver.write<CTRL>(CTRL::gio_dis);
    EXPECT_NE(rig.driver.read<CTRL>() & CTRL::gio_dis, 0u);
    EXPECT_EQ(rig.driver.read<STATUS>() & STATUS::gio_master_enabled, 0u);
    rig.driver.write<CTRL>(0);
    EXPECT_NE(rig.driver.read<STATUS>() & STATUS::gio_master_enabled, 0u);
}

TEST(Reset, RstClearsGioDisable) {
    ColdRig rig;
    rig.driver.write<CTRL>(CTRL::gio_dis);
    rig.driver.set<CTRL>(CTRL::rst);
    EXPECT_EQ(rig.driver.read<CTRL>() & CTRL::gio_dis, 0u);
    EXPECT_NE(rig.driver.read<STATUS>() & STATUS::gio_master_enabled, 0u);
}

TEST(Reset, RstKeepsNvmPhyAndWakeStatus) {
    ColdRig rig;
    rig.driver.nvm_write(0x60, 0xCAFE);
    rig.driver.mdio_write(0, 7, 0x10, 0x0501);
    rig.driver.write<CTRL>(CTRL::rst);
    EXPECT_EQ(rig.driver.nvm_read(0x60, 1).at(0), 0xCAFE);
    EXPECT_EQ(rig.driver.mdio_read(0, 7, 0x10), 0x0501);
}

TEST(Reset, BusResetKeepsTheNvm) {
    ColdRig rig;
    rig.driver.nvm_write(0x60, 0xCAFE);
    ixgbe_reset(rig.machine.device(), IXGBE_RESET_BUS);
    EXPECT_EQ(rig.driver.nvm_read(0x60, 1).at(0), 0xCAFE);
}

TEST(Reset, PowerOnRestoresTheNvmImage) {
    ColdRig rig;
    const auto before = rig.driver.nvm_read(0x60, 1);
    rig.driver.nvm_write(0x60, 0xCAFE);
    ixgbe_reset(rig.machine.device(), IXGBE_RESET_POWER_ON);
    EXPECT_EQ(rig.driver.nvm_read(0x60, 1), before);
}

TEST(Reset, RstDropsLatchedCausesAndTheInterruptLine) {
    Rig rig;
    rig.driver.write<EIMS>(bit(0));
    rig.driver.write<EICS>(bit(0));
    ASSERT_TRUE(rig.host.legacy_level);
    rig.driver.write<CTRL>(CTRL::rst);
    EXPECT_FALSE(rig.host.legacy_level);
    EXPECT_EQ(rig.driver.read<EICS>() & EICR::queues, 0u);
}

TEST(Reset, RstStopsDma) {
    Rig rig;
    TxRing tx(rig.driver);
    tx.put_packet(plain_frame(100));
    rig.driver.write<CTRL>(CTRL::rst);
    tx.kick();
    rig.machine.run();
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_NE(rig.machine.receive(plain_frame(100, kBroadcast)), IXGBE_ACCEPTED);
}

TEST(Reset, RstForgetsWorkThatWasNotedButNotRun) {
    Rig rig;
    TxRing tx(rig.driver);
    const std::uint32_t index = tx.put_packet(plain_frame(100));
    tx.kick();
    rig.driver.write<CTRL>(CTRL::rst);
    rig.machine.run();
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_FALSE(tx.done(index));
}

TEST(Reset, TrafficRunsAgainAfterAHundredResets) {
    Rig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (int round = 0; round < 100; ++round) {
        rig.driver.bring_up();
        tx.program();
        rx.program();
        tx.send(plain_frame(200));
        ASSERT_EQ(rig.host.sent.size(), 1u) << "round " << round;
        rig.host.sent.clear();
        ASSERT_EQ(rig.machine.receive(plain_frame(300)), IXGBE_ACCEPTED) << "round " << round;
        ASSERT_EQ(rx.take_all().size(), 1u) << "round " << round;
    }
}

}  // namespace
}  // namespace x550
