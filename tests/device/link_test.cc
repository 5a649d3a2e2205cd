// SPDX-License-Identifier: GPL-2.0-or-later
// The PHY over MDIO and the link it makes.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

constexpr unsigned kPhyPort = 0;
constexpr unsigned kPma = 1, kAutoneg = 7, kVendor = 30;
constexpr std::uint16_t kAutonegRestart = bit(9);
constexpr std::uint16_t kLowPower = bit(11);

TEST(Mdio, DiscoveryFindsThePhyWhereLinuxLooks) {
    ColdRig rig;
    const GuestDriver& driver = rig.driver;
    EXPECT_EQ(driver.mdio_read(kPhyPort, kPma, 8) >> 14, 2) << "10b: a device answers";
    const std::uint32_t present = driver.mdio_read(kPhyPort, kPma, 5);
    EXPECT_NE(present & bit(1), 0u);
    EXPECT_NE(present & bit(7), 0u);
    EXPECT_EQ(driver.mdio_read(kPhyPort, kPma, 2), 0x0154);
    EXPECT_EQ(driver.mdio_read(kPhyPort, kPma, 3) & 0xFFF0, 0x0220);
}

TEST(Mdio, DevicesThatDiscoveryMayMeetFirstAnswerToo) {
    ColdRig rig;
    for (const unsigned device : {3u, 4u, 7u}) {
        EXPECT_EQ(rig.driver.mdio_read(kPhyPort, device, 8) >> 14, 2) << device;
    }
}

TEST(Mdio, AbsentAddressesAndDevicesReadAllOnes) {
    ColdRig rig;
    for (unsigned port = 1; port < 32; ++port) {
        EXPECT_EQ(rig.driver.mdio_read(port, kPma, 8), 0xFFFF) << port;
    }
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, 5, 8), 0xFFFF);
}

TEST(Mdio, CommandBitClearsByItself) {
    ColdRig rig;
    rig.driver.write<MSCA>(MSCA::command | MSCA::op_address | 31u << MSCA::port_shift);
    rig.machine.run_for(kMillisecond);
    EXPECT_EQ(rig.driver.read<MSCA>() & MSCA::command, 0u);
}

TEST(Mdio, AbilitiesAreThoseOfACopperTenGigabitPhy) {
    ColdRig rig;
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kPma, 4) & 0x31, 0x31);
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kPma, 0x0B), 0x00A4);
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kAutoneg, 0x10), 0x0DE1);
}

TEST(Mdio, AdvertisementsAreStoredAndPartnerHasPause) {
    ColdRig rig;
    rig.machine.run_for(kSecond);
    rig.driver.mdio_write(kPhyPort, kAutoneg, 0x20, 0x1001);
    rig.driver.mdio_write(kPhyPort, kAutoneg, 0xC400, 0x8C00);
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kAutoneg, 0x20), 0x1001);
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kAutoneg, 0xC400), 0x8C00);
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kAutoneg, 0x13) & 0x0C00, 0x0C00);
}

TEST(Mdio, AddressLatchIsKeptPerDevice) {
    ColdRig rig;
    const GuestDriver& driver = rig.driver;
    const std::uint32_t command = MSCA::command;
    driver.write<MSCA>(command | MSCA::op_address | kPma << MSCA::device_shift | 2);
    driver.write<MSCA>(command | MSCA::op_address | kAutoneg << MSCA::device_shift | 0x10);
    driver.write<MSCA>(command | MSCA::op_read | kPma << MSCA::device_shift);
    EXPECT_EQ(driver.read<MSRWD>() >> 16, 0x0154u);
}

TEST(Mdio, ReadWithIncrementGoesOn) {
    ColdRig rig;
    const GuestDriver& driver = rig.driver;
    driver.write<MSCA>(MSCA::command | MSCA::op_address | kPma << MSCA::device_shift | 2);
    driver.write<MSCA>(MSCA::command | MSCA::op_read_increment | kPma << MSCA::device_shift);
    EXPECT_EQ(driver.read<MSRWD>() >> 16, 0x0154u);
    driver.write<MSCA>(MSCA::command | MSCA::op_read | kPma << MSCA::device_shift);
    EXPECT_EQ(driver.read<MSRWD>() >> 16 & 0xFFF0, 0x0220u);
}

TEST(Link, ComesUpAtTenGigabitWithoutADriver) {
    ColdRig rig;
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.driver.read<LINKS>() & 0x70000000, 0x70000000u);
    EXPECT_FALSE(rig.host.link_log.empty());
    EXPECT_TRUE(rig.host.link_log.back());
}

TEST(Link, ComesBackByItselfAfterAReset) {
    ColdRig rig;
    rig.machine.run_for(kSecond);
    rig.driver.write<CTRL>(CTRL::rst | CTRL::lnk_rst);
    rig.machine.run_for(kSecond);
    EXPECT_NE(rig.driver.read<LINKS>() & LINKS::up, 0u);
}

TEST(Link, CableChangesRaiseLsc) {
    Rig rig;
    (void)rig.driver.read<EICR>();
    ixgbe_set_cable(rig.machine.device(), false);
    EXPECT_EQ(rig.driver.read<LINKS>() & LINKS::up, 0u);
    EXPECT_NE(rig.driver.read<EICR>() & EICR::lsc, 0u);
    EXPECT_FALSE(rig.host.link_log.back());
    ixgbe_set_cable(rig.machine.device(), true);
    rig.machine.run_for(kSecond);
    EXPECT_NE(rig.driver.read<LINKS>() & LINKS::up, 0u);
    EXPECT_NE(rig.driver.read<EICR>() & EICR::lsc, 0u);
    EXPECT_TRUE(rig.host.link_log.back());
}

TEST(Link, SameCableStateRaisesNothing) {
    Rig rig;
    (void)rig.driver.read<EICR>();
    ixgbe_set_cable(rig.machine.device(), true);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.driver.read<EICR>() & EICR::lsc, 0u);
}

TEST(Link, RestartOfAutonegotiationEndsWithTheLinkUp) {
    Rig rig;
    rig.driver.mdio_write(kPhyPort, kAutoneg, 0, 0x1000 | kAutonegRestart);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.driver.mdio_read(kPhyPort, kAutoneg, 0) & kAutonegRestart, 0);
    EXPECT_NE(rig.driver.read<LINKS>() & LINKS::up, 0u);
}

TEST(Link, IsDownWhileThePhyIsInLowPower) {
    Rig rig;
    const std::uint16_t control = rig.driver.mdio_read(kPhyPort, kVendor, 0);
    rig.driver.mdio_write(kPhyPort, kVendor, 0, control | kLowPower);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.driver.read<LINKS>() & LINKS::up, 0u);
    rig.driver.mdio_write(kPhyPort, kVendor, 0, control);
    rig.machine.run_for(kSecond);
    EXPECT_NE(rig.driver.read<LINKS>() & LINKS::up, 0u);
}

TEST(Link, NegotiatesOneGigabitWhenTenIsNotAdvertised) {
    Rig rig;
    rig.driver.mdio_write(kPhyPort, kAutoneg, 0x20, 0);
    rig.driver.mdio_write(kPhyPort, kAutoneg, 0xC400, 0x8000);
    rig.driver.mdio_write(kPhyPort, kAutoneg, 0, 0x1000 | kAutonegRestart);
    rig.machine.run_for(kSecond);
    EXPECT_NE(rig.driver.read<LINKS>() & LINKS::up, 0u);
    EXPECT_EQ(rig.driver.read<LINKS>() & LINKS::speed_mask, LINKS::speed_1g);
}

TEST(Link, LossDropsFramesFromTheWire) {
    Rig rig;
    RxRing rx(rig.driver);
    ixgbe_set_cable(rig.machine.device(), false);
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_DROPPED);
}

TEST(Link, MaccForcesItUpWithoutACable) {
    Rig rig;
    ixgbe_set_cable(rig.machine.device(), false);
    rig.driver.write<MACC>(MACC::flu);
    EXPECT_NE(rig.driver.read<LINKS>() & LINKS::up, 0u);
    rig.driver.write<MACC>(0);
    EXPECT_EQ(rig.driver.read<LINKS>() & LINKS::up, 0u);
}

TEST(Leds, OneShowsLinkActivityAndModesAreStored) {
    ColdRig rig;
    const std::uint32_t leds = rig.driver.read<LEDCTL>();
    int link_activity = 0;
    for (unsigned led = 0; led < 4; ++led) {
        link_activity += (leds >> (8 * led) & LEDCTL::mode_mask) == LEDCTL::mode_link_activity;
    }
    EXPECT_EQ(link_activity, 1);
    rig.driver.write<LEDCTL>((leds & ~0xFFu) | LEDCTL::blink | 0xE);
    EXPECT_EQ(rig.driver.read<LEDCTL>() & 0xFF, LEDCTL::blink | 0xE);
}

}  // namespace
}  // namespace x550
