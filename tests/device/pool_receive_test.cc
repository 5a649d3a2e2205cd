// SPDX-License-Identifier: GPL-2.0-or-later
// Which pools get a frame from the wire: X550 DS 7.8.3.3. In the layout used here pool n has the
// queues 2n and 2n + 1, and without RSS everything goes to the first.

#include <gtest/gtest.h>

#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint16_t kVid = 0x123;

TEST(PoolReceive, UnicastGoesToThePoolOfItsAddress) {
    VmdqRig rig;
    rig.addresses_of({0, 1, 31, 32, 63});
    rig.rings({0, 2, 62, 64, 126});
    for (const unsigned pool : {0u, 1u, 31u, 32u, 63u}) {
        EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(pool))), Queues{2 * pool});
        EXPECT_EQ(rig.taken.at(0).bytes, plain_frame(100, mac_of_pool(pool)));
        EXPECT_FALSE(rig.taken.at(0).has(RxWriteBack::pif));
        EXPECT_FALSE(rig.taken.at(0).has(RxWriteBack::lb)) << "from the wire";
    }
}

TEST(PoolReceive, AddressOfSeveralPoolsIsReplicated) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 40});
    rig.rings({0, 2, 80});
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), (Queues{2, 80}));
    EXPECT_EQ(rig.taken.at(0).bytes, rig.taken.at(1).bytes);
}

TEST(PoolReceive, SeveralFiltersOfOneAddressAddUp) {
    VmdqRig rig;
    rig.address(mac_of_pool(5), {5});
    rig.address(mac_of_pool(5), {6});
    rig.rings({10, 12});
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(5))), (Queues{10, 12}));
}

TEST(PoolReceive, BroadcastGoesToPoolsWithBam) {
    VmdqRig rig;
    rig.rings({2, 4, 6});
    rig.driver.write<VMOLR>(1, VMOLR::bam);
    rig.driver.write<VMOLR>(3, VMOLR::bam);
    rig.driver.write<VMOLR>(2, VMOLR::mpe);
    EXPECT_EQ(rig.receivers(plain_frame(100, kBroadcast)), (Queues{2, 6}));
    rig.driver.clear<VMOLR>(VMOLR::bam, 1);
    rig.driver.write<VMOLR>(2, VMOLR::bam);
    EXPECT_EQ(rig.receivers(plain_frame(100, kBroadcast)), (Queues{4, 6})) << "under traffic";
}

TEST(PoolReceive, MulticastByTableAndByPromiscuity) {
    VmdqRig rig;
    rig.rings({2, 4, 6});
    rig.driver.write<VMOLR>(1, VMOLR::rompe);
    rig.driver.write<VMOLR>(2, VMOLR::mpe);
    rig.driver.set<FCTRL>(FCTRL::mpe);
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), Queues{4}) << "not in the table";
    // 01:00:5E:01:02:03, MO 0: bits 47:36 of the address as RAH holds it, 0x0302 >> 4.
    rig.driver.write<MCSTCTRL>(MCSTCTRL::mfe);
    rig.driver.write<MTA>(0x30 / 32, bit(0x30 % 32));
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), (Queues{2, 4}));
    rig.address(kMulticast, {3});
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), (Queues{4, 6}))
        << "the table counts only where no filter matched";
}

TEST(PoolReceive, UnicastHashWithoutAnExactMatch) {
    constexpr Mac kHashed = {0x02, 0, 0, 0, 0x40, 0x12};  // 0x1240 >> 4
    VmdqRig rig;
    rig.rings({2, 4});
    rig.driver.write<VMOLR>(1, VMOLR::rope);
    EXPECT_EQ(rig.receivers(plain_frame(100, kHashed)), Queues{}) << "not admitted";
    rig.driver.write<UTA>(0x124 / 32, bit(0x124 % 32));
    EXPECT_EQ(rig.receivers(plain_frame(100, kHashed)), Queues{2});
    EXPECT_TRUE(rig.taken.at(0).has(RxWriteBack::pif));
    rig.address(kHashed, {2});
    EXPECT_EQ(rig.receivers(plain_frame(100, kHashed)), Queues{4});
}

TEST(PoolReceive, UnicastPromiscuityAddsPools) {
    VmdqRig rig;
    rig.addresses_of({1});
    rig.rings({2, 4});
    rig.driver.write<VMOLR>(2, VMOLR::upe);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), (Queues{2, 4}));
    EXPECT_EQ(rig.receivers(plain_frame(100, kStranger)), Queues{}) << "FCTRL.UPE is the port's";
    rig.driver.set<FCTRL>(FCTRL::upe);
    EXPECT_EQ(rig.receivers(plain_frame(100, kStranger)), Queues{4});
}

TEST(PoolReceive, TaggedFramesStayInTheirVlan) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2, 3, 40});
    rig.rings({2, 4, 6, 80});
    rig.vlan(7, kVid, {1, 40});
    rig.driver.set_vlan_filter(kVid + 1);
    rig.driver.write<VMOLR>(3, VMOLR::vpe);
    const auto tagged = [](std::uint16_t vid) {
        return FrameBuilder().to(kMulticast).vlan(vid).ipv4("192.0.2.1", "192.0.2.2");
    };
    EXPECT_EQ(rig.receivers(tagged(kVid)), (Queues{2, 6, 80}));
    EXPECT_EQ(rig.receivers(tagged(0xE000 | kVid)), (Queues{2, 6, 80})) << "priority is no VLAN";
    EXPECT_EQ(rig.receivers(tagged(kVid + 1)), Queues{6}) << "VPE";
    EXPECT_EQ(rig.receivers(tagged(kVid + 2)), Queues{}) << "VFTA keeps it out";
    rig.driver.clear<VLVF>(VLVF::enable, 7);
    EXPECT_EQ(rig.receivers(tagged(kVid)), Queues{6});
    rig.driver.clear<VLNCTRL>(VLNCTRL::vfe);
    EXPECT_EQ(rig.receivers(tagged(kVid)), (Queues{2, 4, 6, 80}));
}

TEST(PoolReceive, UntaggedFramesNeedAupeWhileVlansAreFiltered) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2});
    rig.rings({2, 4});
    rig.driver.write<VMOLR>(2, VMOLR::aupe);
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), (Queues{2, 4}));
    rig.driver.set<VLNCTRL>(VLNCTRL::vfe);
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), Queues{4});
}

TEST(PoolReceive, DefaultPoolTakesWhatNoPoolClaims) {
    VmdqRig rig;
    rig.rings({0, 18});
    rig.driver.set<FCTRL>(FCTRL::upe);
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en | 9u << VT_CTL::def_pl_shift);
    EXPECT_EQ(rig.receivers(plain_frame(100, kStranger)), Queues{18});
    EXPECT_EQ(rig.receivers(plain_frame(100, kDeviceMac)), Queues{18}) << "a filter without pools";
    EXPECT_EQ(rig.receivers(plain_frame(100, kBroadcast)), Queues{18});
    rig.driver.set<VT_CTL>(VT_CTL::dis_def_pool);
    EXPECT_EQ(rig.receivers(plain_frame(100, kStranger)), Queues{});
    EXPECT_EQ(rig.driver.read<GPRC>(), 3u) << "a frame for no pool is not received";
}

TEST(PoolReceive, PoolsThatMayNotReceiveGetNothing) {
    VmdqRig rig;
    rig.addresses_of({1, 33});
    rig.rings({2, 4, 66});
    rig.driver.write<VMOLR>(1, VMOLR::bam);
    rig.driver.write<VMOLR>(2, VMOLR::bam);
    rig.clear_pool<PFVFRE>(1);
    rig.clear_pool<PFVFRE>(33);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{});
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(33))), Queues{});
    EXPECT_EQ(rig.receivers(plain_frame(100, kBroadcast)), Queues{4});
}

TEST(PoolReceive, EthertypeFilterNamesThePool) {
    VmdqRig rig;
    rig.driver.write<VMOLR>(1, VMOLR::bam);
    rig.driver.write<VMOLR>(2, VMOLR::bam);
    rig.rings({2, 4, 11});
    const Frame frame = plain_frame(100, kBroadcast);
    rig.driver.write<ETQF>(
        3, ETQF::enable | ETQF::pool_enable | 5u << ETQF::pool_shift | be16_at(frame, 12));
    EXPECT_EQ(rig.receivers(frame), (Queues{2, 4})) << "without ETQS.QUEUE_EN it only marks";
    rig.driver.write<ETQS>(3, ETQS::enable | 11u << ETQS::queue_shift);
    EXPECT_EQ(rig.receivers(frame), Queues{11});
}

TEST(PoolReceive, OneQueueGetsOneCopy) {
    VmdqRig rig;
    rig.driver.write<VMOLR>(1, VMOLR::bam);
    rig.driver.write<VMOLR>(2, VMOLR::bam);
    rig.rings({2, 4, 11});
    const Frame frame = plain_frame(100, kBroadcast);
    rig.driver.write<ETQF>(0, ETQF::enable | be16_at(frame, 12));
    rig.driver.write<ETQS>(0, ETQS::enable | 11u << ETQS::queue_shift);
    EXPECT_EQ(rig.receivers(frame), Queues{11});
}

TEST(PoolReceive, SourceAddressPruning) {
    VmdqRig rig;
    rig.addresses_of({1, 34});
    rig.address(kMulticast, {1, 2, 34});
    rig.rings({2, 4, 68});
    const auto from = [](unsigned pool) {
        return FrameBuilder().to(kMulticast).from(mac_of_pool(pool)).payload(60);
    };
    EXPECT_EQ(rig.receivers(from(1)), (Queues{2, 4, 68}));
    rig.driver.write<PFFLPL>(bit(1));
    rig.driver.write<PFFLPH>(bit(2));
    EXPECT_EQ(rig.receivers(from(1)), (Queues{4, 68})) << "its own frame";
    EXPECT_EQ(rig.receivers(from(34)), (Queues{2, 4}));
    EXPECT_EQ(rig.receivers(from(2)), (Queues{2, 4, 68})) << "not an address of the port";
}

TEST(PoolReceive, WithoutReplicationGroupsGoToTheDefaultPool) {
    VmdqRig rig;
    rig.addresses_of({1});
    rig.rings({2, 4, 6});
    rig.driver.write<VMOLR>(2, VMOLR::bam | VMOLR::mpe | VMOLR::upe | VMOLR::rompe);
    rig.driver.set<FCTRL>(FCTRL::mpe);
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::dis_def_pool | 3u << VT_CTL::def_pl_shift);
    EXPECT_EQ(rig.receivers(plain_frame(100, kBroadcast)), Queues{6});
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), Queues{6});
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{2});
    rig.address(kMulticast, {1});
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), Queues{2}) << "an exact filter";
}

TEST(PoolReceive, TagsOfEtagPoolingAreNoAddresses) {
    VmdqRig rig;
    rig.addresses_of({1});
    rig.rings({2});
    rig.driver.set<RAH>(RAH::adtype_etag, 1);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{});
}

TEST(PoolReceive, WithoutVirtualisationThereAreNoPools) {
    VmdqRig rig(MRQC::vt_64);
    rig.addresses_of({1});
    rig.rings({0, 2});
    rig.driver.clear<VT_CTL>(VT_CTL::vt_ena);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{0});
    rig.driver.set<VT_CTL>(VT_CTL::vt_ena);
    rig.driver.write<MRQC>(0);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{0}) << "no layout of pools";
}

// ---- mirrors ----

struct MirrorRig : VmdqRig {
    MirrorRig() {
        addresses_of({1, 2, 35});
        rings({2, 4, 70, 80});
    }
    void rule(unsigned n, std::uint32_t kinds, unsigned pool) const {
        driver.write<PFMRCTL>(n, kinds | pool << PFMRCTL::mp_shift);
    }
};

TEST(PoolMirror, OfPools) {
    MirrorRig rig;
    rig.rule(2, PFMRCTL::vpme, 40);
    rig.driver.write<PFMRVM>(2, bit(1));
    rig.driver.write<PFMRVM>(6, bit(3));  // pool 35
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), (Queues{2, 80}));
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(2))), Queues{4});
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(35))), (Queues{70, 80}));
    rig.clear_pool<PFVFRE>(40);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{2});
}

TEST(PoolMirror, OfVlans) {
    MirrorRig rig;
    rig.vlan(33, kVid, {1});
    rig.rule(0, PFMRCTL::vlme, 40);
    rig.driver.write<PFMRVLAN>(4, bit(1));  // PFVLVF 33
    const auto tagged = FrameBuilder().to(mac_of_pool(1)).vlan(kVid).payload(60);
    EXPECT_EQ(rig.receivers(tagged), (Queues{2, 80}));
    rig.driver.write<PFMRVLAN>(4, bit(2));
    EXPECT_EQ(rig.receivers(tagged), Queues{2});
}

TEST(PoolMirror, OfTheUplink) {
    MirrorRig rig;
    rig.rule(3, PFMRCTL::upme | PFMRCTL::dpme, 40);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), (Queues{2, 80}));
    rig.driver.set<FCTRL>(FCTRL::upe);
    EXPECT_EQ(rig.receivers(plain_frame(100, kStranger)), Queues{}) << "it reached no pool";
    rig.rule(3, PFMRCTL::dpme, 40);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{2}) << "not sent";
}

TEST(PoolMirror, TheSamePoolGetsOneCopy) {
    MirrorRig rig;
    rig.rule(0, PFMRCTL::upme, 1);
    rig.rule(1, PFMRCTL::upme, 40);
    rig.rule(2, PFMRCTL::upme, 40);
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), (Queues{2, 80}));
}

TEST(PoolMirror, FiltersOfQueuesConcernTheOriginal) {
    MirrorRig rig;
    rig.rings({3});
    rig.rule(0, PFMRCTL::upme, 40);
    const auto syn =
        FrameBuilder().to(mac_of_pool(1)).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2, 1, TcpFlag::syn);
    rig.driver.write<SYNQF>(SYNQF::enable | 3u << SYNQF::queue_shift);
    EXPECT_EQ(rig.receivers(syn), (Queues{3, 80}));
}

// ---- coalescing ----

TEST(PoolCoalescing, FollowsTheHeaderTypesOfThePool) {
    for (const unsigned pool_with_tcp : {1u, 0u}) {
        VmdqRig rig;
        rig.addresses_of({1});
        RxRing& ring = rig.ring(2, {.buffer_kb = 3});
        rig.driver.clear<RFCTL>(RFCTL::rsc_dis);
        rig.driver.set<HLREG0>(HLREG0::rxcrcstrp);
        rig.driver.write<PSRTYPE>(pool_with_tcp, PSRTYPE::tcp);
        rig.driver.write<RSCCTL>(2, RSCCTL::rscen | RSCCTL::maxdesc_16);
        for (const std::uint32_t sequence : {1u, 1001u, 2001u}) {
            (void)rig.machine.receive(FrameBuilder()
                                          .to(mac_of_pool(1))
                                          .ipv4("192.0.2.1", "192.0.2.2")
                                          .tcp(1, 2, sequence)
                                          .payload(1000)
                                          .build());
        }
        rig.machine.run();
        EXPECT_EQ(ring.take_units().size(), pool_with_tcp == 1 ? 1u : 3u);
    }
}

// ---- buffers and counters ----

TEST(PoolBuffers, ACopyThatHasToWaitKeepsAllBack) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2});
    RxRing& first = rig.ring(2);
    RxRing& second = rig.ring(4, {.size = 16, .fill = false});
    const Frame frame = plain_frame(100, kMulticast);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_NO_BUFFERS);
    EXPECT_FALSE(first.take()) << "once is enough";
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    second.fill_all();
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    EXPECT_TRUE(first.take());
    EXPECT_TRUE(second.take());
}

TEST(PoolBuffers, AFullPoolWithDropEnLosesItsCopyOnly) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2});
    RxRing& first = rig.ring(2);
    (void)rig.ring(4, {.size = 16, .drop_en = true, .fill = false});
    rig.driver.write<RQSMR>(1, 0x00000007);  // queue 4: set 7
    EXPECT_EQ(rig.machine.receive_alone(plain_frame(100, kMulticast)), IXGBE_ACCEPTED);
    EXPECT_TRUE(first.take());
    EXPECT_EQ(rig.driver.read<QPRDC>(7), 1u);
}

TEST(PoolBuffers, AHeldFrameGoesOnWhenItsPoolMayNotReceiveAnyMore) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2});
    (void)rig.ring(2);
    (void)rig.ring(4, {.size = 16, .fill = false});
    EXPECT_EQ(rig.machine.receive(plain_frame(100, kMulticast)), IXGBE_NO_BUFFERS);
    rig.clear_pool<PFVFRE>(2);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), Queues{2});
}

TEST(PoolStatistics, CopiesAreCountedApart) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2, 3});
    rig.rings({2, 4, 6});
    EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)).size(), 3u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 1u);
    EXPECT_EQ(rig.driver.read<MPRC>(), 1u);
    EXPECT_EQ(rig.driver.read<TPR>(), 1u);
    EXPECT_EQ(rig.driver.read<RXDGPC>(), 1u);
    EXPECT_EQ(rig.driver.read<RXDDPC>(), 2u);
    EXPECT_EQ(rig.driver.read<RXLPBKPC>(), 0u);
}

}  // namespace
}  // namespace x550
