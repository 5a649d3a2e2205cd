// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for VMQ, on pools. Numbers of rules are those of the table in
// docs/coverage.md. Pool n has the queues 2n and 2n + 1; which pools get a frame: X550 DS 7.8.3.3.

#include <gtest/gtest.h>
#include <vector>

#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint16_t kVid = 0x123;
constexpr std::uint16_t kPriority = 0xE000;  // a tag of VLAN 0

FrameBuilder frame_to(unsigned pool) {
    return FrameBuilder().to(mac_of_pool(pool)).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2);
}
FrameBuilder tagged(unsigned pool, std::uint16_t tci) {
    return frame_to(pool).vlan(tci);
}

// VLANs are filtered, and every one is a VLAN of the port: pools alone decide.
struct VlanRig : VmdqRig {
    VlanRig() {
        addresses_of({1, 2});
        rings({0, 2, 4});
        driver.set<VLNCTRL>(VLNCTRL::vfe);
        for (unsigned i = 0; i < VFTA::count; ++i) {
            driver.write<VFTA>(i, ~0u);
        }
    }
};

// Rule VMQ-5: an address, and untagged or VLAN 0.
TEST(RuleVmq, UntaggedOrVlanZero) {
    VlanRig rig;
    rig.vlan(0, 0, {1});
    rig.driver.write<VMOLR>(1, VMOLR::aupe);
    EXPECT_EQ(rig.receivers(frame_to(1)), Queues{2});
    EXPECT_EQ(rig.receivers(tagged(1, kPriority)), Queues{2});
    EXPECT_EQ(rig.receivers(tagged(1, kVid)), Queues{});
    EXPECT_EQ(rig.receivers(frame_to(2)), Queues{}) << "another address";
}

// Rule VMQ-6: an address alone takes any tag, and the tag goes to the descriptor.
TEST(RuleVmq, AnyTagIsTakenAndStripped) {
    VlanRig rig;
    rig.address_of(3);
    (void)rig.ring(6, {.size = 16, .rxdctl = RXDCTL::vme});
    rig.driver.write<VMOLR>(3, VMOLR::aupe | VMOLR::vpe);
    const Frame untagged = frame_to(3).payload(60).build();
    EXPECT_EQ(rig.receivers(untagged), Queues{6});
    EXPECT_FALSE(rig.taken.at(0).has(RxWriteBack::vp));
    for (const std::uint16_t tci : {kPriority, std::uint16_t{1}, kVid, std::uint16_t{0xFFFF}}) {
        EXPECT_EQ(rig.receivers(tagged(3, tci).payload(60)), Queues{6}) << tci;
        EXPECT_TRUE(same_bytes(untagged, rig.taken.at(0).bytes));
        EXPECT_TRUE(rig.taken.at(0).has(RxWriteBack::vp));
        EXPECT_EQ(rig.taken.at(0).vlan(), tci);
    }
}

// Rules VMQ-2, VMQ-4 and VMQ-7: address and VLAN, both; neither untagged nor VLAN 0 will do.
TEST(RuleVmq, AddressAndVlanMustBothMatch) {
    VlanRig rig;
    rig.vlan(0, kVid, {1});
    rig.vlan(1, kVid + 1, {2});
    EXPECT_EQ(rig.receivers(tagged(1, kVid)), Queues{2});
    EXPECT_EQ(rig.receivers(tagged(1, kPriority | kVid)), Queues{2});
    EXPECT_EQ(rig.receivers(tagged(1, kVid + 1)), Queues{});
    EXPECT_EQ(rig.receivers(tagged(2, kVid)), Queues{});
    EXPECT_EQ(rig.receivers(tagged(1, 0)), Queues{});
    EXPECT_EQ(rig.receivers(frame_to(1)), Queues{});
}

// Rule VMQ-2: filters of one queue are alternatives. The X550 keeps the addresses of a pool and its
// VLANs in two lists, so two filters with both admit the crosswise frames as well; a driver that
// minds gives the filters two pools.
TEST(RuleVmq, FiltersOfAQueueAreAlternatives) {
    VlanRig rig;
    rig.address(mac_of_pool(8), {7});
    rig.address(mac_of_pool(9), {7});
    (void)rig.ring(14);
    rig.vlan(0, kVid, {7});
    rig.vlan(1, kVid + 1, {7});
    for (const unsigned address : {8u, 9u}) {
        EXPECT_EQ(rig.receivers(tagged(address, kVid)), Queues{14});
        EXPECT_EQ(rig.receivers(tagged(address, kVid + 1)), Queues{14});
        EXPECT_EQ(rig.receivers(tagged(address, kVid + 2)), Queues{});
    }
    EXPECT_EQ(rig.receivers(tagged(7, kVid)), Queues{}) << "no address of the pool";
}

// Rules VMQ-1, VMQ-9 and VMQ-10: without its last filter a queue gets nothing more and the default
// queue takes over; with a filter it goes on.
TEST(RuleVmq, AQueueWithoutFiltersGetsNothing) {
    VmdqRig rig;
    rig.address_of(5);
    rig.rings({0, 10});
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en);
    rig.driver.set<FCTRL>(FCTRL::upe);
    EXPECT_EQ(rig.receivers(frame_to(5)), Queues{10});
    EXPECT_EQ(rig.receivers(frame_to(6)), Queues{0});
    rig.driver.set_mac_filter(1, mac_of_pool(5), false);
    EXPECT_EQ(rig.receivers(frame_to(5)), Queues{0});
    rig.driver.set_mac_filter(1, mac_of_pool(5));
    EXPECT_EQ(rig.receivers(frame_to(5)), Queues{10});
    rig.clear_pool<MPSAR>(5, 2);
    EXPECT_EQ(rig.receivers(frame_to(5)), Queues{0}) << "an address of no pool";
}

// Rule VMQ-11: a queue that is switched off is not written any more; the others go on.
TEST(RuleVmq, DmaOfAFreedQueueStops) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2});
    rig.rings({2, 4});
    const Frame frame = plain_frame(100, kMulticast);
    EXPECT_EQ(rig.receivers(frame), (Queues{2, 4}));
    rig.driver.clear<RXDCTL>(RXDCTL::enable, 2);
    ASSERT_TRUE(rig.machine.run());
    ASSERT_EQ(rig.driver.read<RXDCTL>(2) & RXDCTL::enable, 0u);
    const RxRing& freed = rig.ring(2);
    const Descriptor posted = freed.at(freed.next());
    EXPECT_EQ(rig.receivers(frame), Queues{4});
    EXPECT_EQ(freed.at(freed.next()), posted);
}

// Rules VMQ-14 and VMQ-17: sixteen queues, each with a vector of its own.
TEST(RuleVmq, EachQueueHasItsVector) {
    VmdqRig rig;
    rig.driver.use_msix();
    rig.driver.unmask_vectors();
    for (unsigned pool = 0; pool < 16; ++pool) {
        rig.address_of(pool);
        (void)rig.ring(2 * pool);
        rig.driver.map_rx_interrupt(2 * pool, pool);
    }
    for (unsigned pool = 0; pool < 16; ++pool) {
        rig.host.forget();
        EXPECT_EQ(rig.receivers(frame_to(pool)), Queues{2 * pool});
        EXPECT_EQ(rig.host.msix_log, std::vector<unsigned>{pool});
    }
}

// Rule VMQ-18: an address filter for one station admits no group; those are for the default queue.
TEST(RuleVmq, GroupsGoToTheDefaultQueue) {
    for (const std::uint32_t replication : {0u, VT_CTL::rpl_en}) {
        VmdqRig rig;
        rig.addresses_of({1, 2});
        rig.rings({0, 2, 4});
        rig.driver.write<VT_CTL>(VT_CTL::vt_ena | replication);
        rig.driver.set<FCTRL>(FCTRL::mpe);
        EXPECT_EQ(rig.receivers(plain_frame(100, kBroadcast)), Queues{0});
        EXPECT_EQ(rig.receivers(plain_frame(100, kMulticast)), Queues{0});
        EXPECT_EQ(rig.receivers(frame_to(1)), Queues{2});
    }
}

// Rule COMBO-11: pools that get copies of one stream coalesce each its own.
TEST(RuleVmq, EveryPoolCoalescesItsOwnCopies) {
    VmdqRig rig;
    rig.address(mac_of_pool(3), {1, 2});
    rig.driver.clear<RFCTL>(RFCTL::rsc_dis);
    rig.driver.set<HLREG0>(HLREG0::rxcrcstrp);
    for (const unsigned pool : {1u, 2u}) {
        (void)rig.ring(2 * pool, {.buffer_kb = 3});
        rig.driver.write<PSRTYPE>(pool, PSRTYPE::tcp);
        rig.driver.write<RSCCTL>(2 * pool, RSCCTL::rscen | RSCCTL::maxdesc_16);
    }
    for (const std::uint32_t sequence : {1u, 1001u, 2001u}) {
        const Frame frame = frame_to(3).tcp(1, 2, sequence).payload(1000).build();
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    ASSERT_TRUE(rig.machine.run());
    for (const unsigned queue : {2u, 4u}) {
        const auto units = rig.ring(queue).take_units();
        ASSERT_EQ(units.size(), 1u) << queue;
        EXPECT_EQ(units[0].segments, 3u);
        EXPECT_EQ(units[0].bytes.size(), 54u + 3000u);
        EXPECT_TRUE(is_consistent(units[0].bytes));
    }
}

}  // namespace
}  // namespace x550
