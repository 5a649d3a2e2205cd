// SPDX-License-Identifier: GPL-2.0-or-later
// Which frames are admitted: addresses, multicast hash, promiscuous modes, VLANs; tags stripped and
// reported.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

struct FilterRig : Rig {
    RxRing rx{driver};

    [[nodiscard]] bool admits(const Frame& frame) {
        const ixgbe_receive_result result = machine.receive(frame);
        (void)rx.take();
        rx.fill_all();
        return result == IXGBE_ACCEPTED;
    }
    [[nodiscard]] bool admits(const Mac& to) { return admits(plain_frame(100, to)); }
};

constexpr Mac kOther = {0x52, 0x54, 0x00, 0x12, 0x34, 0x57};

TEST(RxFilter, OwnAddressPassesAndOthersDoNot) {
    FilterRig rig;
    EXPECT_TRUE(rig.admits(kDeviceMac));
    EXPECT_FALSE(rig.admits(kOther));
}

TEST(RxFilter, LastAddressFilterWorks) {
    FilterRig rig;
    rig.driver.set_mac_filter(127, kOther);
    EXPECT_TRUE(rig.admits(kOther));
    rig.driver.set_mac_filter(127, kOther, false);
    EXPECT_FALSE(rig.admits(kOther));
}

TEST(RxFilter, FiltersWrittenAtTheOldOffsetsWork) {
    FilterRig rig;
    rig.driver.write<RAL_ALIAS>(15, 0x12005452);
    rig.driver.write<RAH_ALIAS>(15, RAH::av | 0x5734);
    EXPECT_TRUE(rig.admits(kOther));
}

TEST(RxFilter, BroadcastNeedsBam) {
    FilterRig rig;
    EXPECT_TRUE(rig.admits(kBroadcast));
    rig.driver.clear<FCTRL>(FCTRL::bam);
    EXPECT_FALSE(rig.admits(kBroadcast));
}

// DS 7.1.2.1.
TEST(RxFilter, BroadcastPassesWithMulticastPromiscuity) {
    FilterRig rig;
    rig.driver.clear<FCTRL>(FCTRL::bam);
    rig.driver.set<FCTRL>(FCTRL::mpe);
    EXPECT_TRUE(rig.admits(kBroadcast));
}

TEST(RxFilter, UnicastTableAdmits) {
    FilterRig rig;
    // The last two bytes are 34:57; MO 0 leaves the upper twelve bits of 0x5734.
    rig.driver.write<UTA>(0x574 / 32, bit(0x574 % 32));
    EXPECT_FALSE(rig.admits(kOther));
    rig.driver.write<UTA>(0x573 / 32, bit(0x573 % 32));
    EXPECT_TRUE(rig.admits(kOther));
}

TEST(RxFilter, UnicastPromiscuousAdmitsEveryUnicast) {
    FilterRig rig;
    rig.driver.set<FCTRL>(FCTRL::upe);
    EXPECT_TRUE(rig.admits(kOther));
    EXPECT_FALSE(rig.admits(kMulticast));
}

TEST(RxFilter, MulticastPromiscuousAdmitsEveryMulticast) {
    FilterRig rig;
    rig.driver.set<FCTRL>(FCTRL::mpe);
    EXPECT_TRUE(rig.admits(kMulticast));
    EXPECT_FALSE(rig.admits(kOther));
}

// Twelve bits of the last two address bytes, which ones MO tells.
unsigned multicast_vector(const Mac& mac, unsigned mo) {
    const unsigned bits = mac[4] | static_cast<unsigned>(mac[5]) << 8;
    return bits >> (4 - mo) & 0xFFF;
}

TEST(RxFilter, MulticastHashUsesTheBitsThatMoNames) {
    constexpr Mac group = {0x01, 0x00, 0x5E, 0x11, 0xA7, 0x5C};
    for (unsigned mo = 0; mo < 4; ++mo) {
        FilterRig rig;
        rig.driver.write<MCSTCTRL>(MCSTCTRL::mfe | mo);
        EXPECT_FALSE(rig.admits(group)) << mo;
        const unsigned vector = multicast_vector(group, mo);
        rig.driver.set<MTA>(bit(vector % 32), vector / 32);
        EXPECT_TRUE(rig.admits(group)) << mo;
        rig.driver.write<MCSTCTRL>(mo);
        EXPECT_FALSE(rig.admits(group)) << mo << ": filter disabled";
    }
}

TEST(RxFilter, GroupAddressInAnAddressFilterPasses) {
    FilterRig rig;
    EXPECT_FALSE(rig.admits(kMulticast));
    rig.driver.set_mac_filter(3, kMulticast);
    EXPECT_TRUE(rig.admits(kMulticast));
}

TEST(RxFilter, PifIsInTheLegacyFormatAsWell) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.type = RxDescriptorType::legacy});
    rig.machine.receive(plain_frame(100, kDeviceMac));
    rig.machine.receive(plain_frame(100, kBroadcast));
    const auto packets = rx.take_all();
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_FALSE(packets[0].has(RxLegacy::pif));
    EXPECT_TRUE(packets[1].has(RxLegacy::pif));
}

TEST(RxFilter, PifMarksFramesWithoutAnExactMatch) {
    FilterRig rig;
    rig.driver.set<FCTRL>(FCTRL::upe | FCTRL::mpe);
    const std::pair<Mac, bool> cases[] = {
        {kDeviceMac, false}, {kOther, true}, {kMulticast, true}, {kBroadcast, true}};
    for (const auto& [mac, inexact] : cases) {
        rig.machine.receive(plain_frame(100, mac));
        const auto packet = rig.rx.take();
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->has(RxWriteBack::pif), inexact);
    }
}

TEST(RxFilter, QueryShowsWhatTheDriverSet) {
    FilterRig rig;
    rig.driver.set_mac_filter(1, kOther);
    rig.driver.set<FCTRL>(FCTRL::upe);
    rig.driver.set<VLNCTRL>(VLNCTRL::vfe);
    rig.driver.set_vlan_filter(100);
    ixgbe_rx_filter filter{};
    ixgbe_query_rx_filter(rig.machine.device(), &filter);
    EXPECT_TRUE(filter.promiscuous);
    EXPECT_FALSE(filter.all_multicast);
    EXPECT_TRUE(filter.broadcast);
    EXPECT_TRUE(filter.vlan_filter);
    EXPECT_EQ(filter.unicast_count, 2u);
    EXPECT_EQ(filter.vlan[100 / 32], bit(100 % 32));
}

// ---- VLAN ----

Frame vlan_frame(std::uint16_t tci, std::uint16_t type = 0x8100) {
    return FrameBuilder().vlan(tci, type).payload(100).build();
}

TEST(RxVlan, FilterAdmitsOnlyConfiguredIdentifiers) {
    FilterRig rig;
    rig.driver.set<VLNCTRL>(VLNCTRL::vfe);
    rig.driver.set_vlan_filter(0);
    rig.driver.set_vlan_filter(4095);
    EXPECT_TRUE(rig.admits(vlan_frame(0x0000)));
    EXPECT_TRUE(rig.admits(vlan_frame(0xEFFF))) << "priority bits do not matter";
    EXPECT_FALSE(rig.admits(vlan_frame(0x0001)));
    EXPECT_TRUE(rig.admits(kDeviceMac)) << "untagged frames pass";
}

TEST(RxVlan, WithoutTheFilterEveryTagPasses) {
    FilterRig rig;
    EXPECT_TRUE(rig.admits(vlan_frame(0x0123)));
}

TEST(RxVlan, StrippingMovesTheTagToTheDescriptor) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.rxdctl = RXDCTL::vme});
    const Frame frame = vlan_frame(0x6123);
    rig.machine.receive(frame);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxWriteBack::vp));
    EXPECT_EQ(packet->vlan(), 0x6123);
    Frame stripped = frame;
    stripped.erase(stripped.begin() + 12, stripped.begin() + 16);
    EXPECT_TRUE(same_bytes(stripped, packet->bytes));
}

TEST(RxVlan, StrippingWorksInTheLegacyFormat) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.type = RxDescriptorType::legacy, .rxdctl = RXDCTL::vme});
    rig.machine.receive(vlan_frame(0x2001));
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxLegacy::vp));
    EXPECT_EQ(packet->vlan(), 0x2001);
    EXPECT_EQ(packet->bytes.size(), 114u);
}

TEST(RxVlan, WithoutStrippingTheTagStays) {
    FilterRig rig;
    const Frame frame = vlan_frame(0x6123);
    rig.machine.receive(frame);
    const auto packet = rig.rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(same_bytes(frame, packet->bytes));
}

// X550 DS 7.4.3.2: like stripping, but the descriptor shows neither tag nor VP. A queue's own VME
// does not matter: who hides a tag from the owner of a queue does not ask him.
TEST(RxVlan, HiddenTagLeavesNoTrace) {
    for (const bool vme : {false, true}) {
        Rig rig;
        RxRing rx(rig.driver, 0, {.rxdctl = vme ? RXDCTL::vme : 0});
        rig.driver.write<PFQDE>(PFQDE::we | PFQDE::hide_vlan);
        const Frame frame = vlan_frame(0x6123);
        rig.machine.receive(frame);
        const auto packet = rx.take();
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->bytes.size(), frame.size() - 4);
        EXPECT_EQ(packet->vlan(), 0);
        EXPECT_FALSE(packet->has(RxWriteBack::vp));
        rig.driver.write<PFQDE>(PFQDE::we);
        rig.machine.receive(frame);
        const auto plain = rx.take();
        ASSERT_TRUE(plain);
        EXPECT_EQ(plain->bytes.size(), frame.size() - (vme ? 4 : 0));
        EXPECT_EQ(plain->vlan(), vme ? 0x6123 : 0);
        EXPECT_TRUE(plain->has(RxWriteBack::vp));
    }
}

TEST(RxVlan, UntaggedFrameOnAStrippingQueueReportsNoTag) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.rxdctl = RXDCTL::vme});
    rig.machine.receive(plain_frame(100));
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_FALSE(packet->has(RxWriteBack::vp));
    EXPECT_EQ(packet->vlan(), 0);
}

TEST(RxVlan, StrippingIsPerQueueAndCanChangeOnALiveRing) {
    FilterRig rig;
    rig.driver.set<RXDCTL>(RXDCTL::vme);
    rig.machine.receive(vlan_frame(7));
    auto packet = rig.rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxWriteBack::vp));
    EXPECT_EQ(packet->bytes.size(), 114u);
    rig.driver.clear<RXDCTL>(RXDCTL::vme);
    rig.machine.receive(vlan_frame(7));
    packet = rig.rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->bytes.size(), 118u);
}

TEST(RxVlan, EtherTypeComesFromVlnctrl) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.rxdctl = RXDCTL::vme});
    rig.driver.write<VLNCTRL>(0x9100);
    rig.machine.receive(vlan_frame(7, 0x9100));
    rig.machine.receive(vlan_frame(7, 0x8100));
    auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxWriteBack::vp));
    packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_FALSE(packet->has(RxWriteBack::vp));
    EXPECT_EQ(packet->bytes.size(), 118u);
}

TEST(RxVlan, StrippedShortFrameKeepsSixtyBytesMinusTheTag) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.rxdctl = RXDCTL::vme});
    const Frame frame = FrameBuilder().vlan(7).payload(46).build();
    ASSERT_EQ(frame.size(), 64u);
    rig.machine.receive(frame);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->bytes.size(), 60u);
}

TEST(RxVlan, QinqStripsTheInnerTagAndReportsTheOuter) {
    Rig rig;
    rig.driver.set<CTRL_EXT>(CTRL_EXT::extended_vlan);
    rig.driver.write<EXVET>(0x88A8u << 16);
    RxRing rx(rig.driver, 0, {.rxdctl = RXDCTL::vme});
    const Frame frame = FrameBuilder().vlan(0x0011, 0x88A8).vlan(0x0022).payload(100).build();
    rig.machine.receive(frame);
    const auto packet = rx.take();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->has(RxWriteBack::vext));
    EXPECT_TRUE(packet->has(RxWriteBack::vp));
    EXPECT_EQ(packet->vlan(), 0x0022);
    Frame expected = frame;
    expected.erase(expected.begin() + 16, expected.begin() + 20);
    EXPECT_TRUE(same_bytes(expected, packet->bytes));
}

TEST(RxVlan, QinqFilterLooksAtTheInnerTag) {
    FilterRig rig;
    rig.driver.set<CTRL_EXT>(CTRL_EXT::extended_vlan);
    rig.driver.write<EXVET>(0x88A8u << 16);
    rig.driver.set<VLNCTRL>(VLNCTRL::vfe);
    rig.driver.set_vlan_filter(0x22);
    EXPECT_TRUE(rig.admits(FrameBuilder().vlan(0x11, 0x88A8).vlan(0x22).payload(100).build()));
    EXPECT_FALSE(rig.admits(FrameBuilder().vlan(0x22, 0x88A8).vlan(0x11).payload(100).build()));
}

TEST(RxVlan, TagBehindTheEndOfTheFrameIsNoTag) {
    FilterRig rig;
    rig.driver.set<RXDCTL>(RXDCTL::vme);
    Frame frame = plain_frame(14);
    put_be16(frame, 12, 0x8100);
    rig.machine.receive(frame);
    const auto packet = rig.rx.take();
    ASSERT_TRUE(packet) << "padding makes it a frame of VLAN 0";
    EXPECT_GE(packet->bytes.size(), 56u);
}

}  // namespace
}  // namespace x550
