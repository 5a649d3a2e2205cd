// SPDX-License-Identifier: GPL-2.0-or-later
// What a host's switches and a driver that knows nothing of the block must not notice of it. Rule
// MAP-8.

#include <gtest/gtest.h>

#include "destination.h"
#include "rsc_rig.h"
#include "task_offload_rig.h"
#include "tunnel_frame.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

// ---- Before any doorbell ----

TEST(TaskOffloadStock, FramesOfAnEthertypeFilterComeAlone) {
    WithBlock<RscRig> rig;
    rig.driver.write<ETQF>(0, ETQF::enable | 0x0800);
    const auto units = rig.burst(frames_of(stream(3)));
    ASSERT_EQ(segments_of(units), (std::vector<unsigned>{0, 0, 0}));
    for (const RxUnit& unit : units) {
        EXPECT_EQ(unit.status() & (RxWriteBack::l4cs | RxWriteBack::ipcs), 0u);
    }
    EXPECT_EQ(rig.block.counter(Counter::tcp_right), 0u) << "what is not told is not counted";
    EXPECT_EQ(rig.block.counter(Counter::ip_right), 0u);
}

// A port for VXLAN is no business of a block that is not there.
TEST(TaskOffloadStock, WithoutABlockASavedMachineGoesOn) {
    ixgbe_config config = default_config();
    config.task_offload_block = false;
    Rig rig(config);
    rig.driver.write<VXLANCTRL>(8472);
    ixgbe_reset(rig.machine.device(), IXGBE_RESET_BUS);
    Destination destination(rig.machine, config);
    EXPECT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
}

// ---- Switches of the host ----

constexpr std::uint32_t member(std::uint32_t byte) {
    return Block::parameters + byte;
}

TEST(TaskOffloadHost, WhatThePropertiesLeaveOutIsServedOn) {
    TaskOffloadRig rig(changed_config([](auto& c) {
        c.lso1 = c.lso2_ip4 = false;
        c.csum_tcp4 = IXGBE_OFFLOAD_RX;
    }));
    const std::uint32_t csum = rig.block.effective(Word::csum);
    const std::uint32_t seg = rig.block.effective(Word::seg);
    ASSERT_EQ(ixgbe_block_set(rig.machine.device(), member(Param::rsc6), Switch::off),
              Result::done);
    EXPECT_EQ(rig.block.effective(Word::csum), csum);
    EXPECT_EQ(rig.block.effective(Word::seg), seg);
}

TEST(TaskOffloadHost, ADoorbellOfTheGuestEndsWhatTheHostKeptGoing) {
    TaskOffloadRig rig;
    ASSERT_EQ(ixgbe_block_set(rig.machine.device(), member(Param::ip4_csum), CsumValue::tx),
              Result::done);
    EXPECT_NE(rig.block.effective(Word::csum) & Csum::tcp4 << Csum::rx_shift, 0u);
    EXPECT_EQ(rig.block.ring(Doorbell::parameters), Result::done);
    EXPECT_EQ(rig.block.effective(Word::csum) >> Csum::rx_shift & 0x1F, 0u) << "CTRL-3";
    EXPECT_EQ(rig.block.current(Word::csum) & Csum::ip4 << Csum::rx_shift, 0u)
        << "what the host switched stays";
}

TEST(TaskOffloadHost, SwitchingOneTunnelOffActivatesNoOther) {
    TaskOffloadRig rig;
    rig.block.engage();
    constexpr std::uint16_t kVxlanOnly = 2;
    ASSERT_EQ(ixgbe_block_set(rig.machine.device(), member(Param::encap_types), kVxlanOnly),
              Result::done);
    EXPECT_EQ(rig.block.current(Word::gre), 0u);
    EXPECT_NE(rig.block.current(Word::vxlan), 0u);
    EXPECT_EQ(rig.block.current(Word::flags) & Flags::encap_active, 0u);
    EXPECT_EQ(rig.driver.read<VXLANCTRL>(), 0u);
}

TEST(TaskOffloadHost, NoLimitBindsADriverThatNeverRang) {
    WithBlock<VmdqRig> rig(changed_config([](auto& c) { c.vmq_queues = 2; }));
    rig.addresses_of({1, 7});
    rig.rings({2, 14});
    const Frame frame =
        FrameBuilder().to(mac_of_pool(7)).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).build();
    EXPECT_EQ(rig.receivers(frame), Queues{14});
    ASSERT_EQ(ixgbe_block_set(rig.machine.device(), member(Param::rsc4), Switch::off),
              Result::done);
    EXPECT_EQ(rig.receivers(frame), Queues{14});
}

// ---- Pools that the block does not offer, after a doorbell ----

TEST(TaskOffloadPools, APacketForAPoolThatIsNotOfferedGoesToTheWire) {
    WithBlock<VmdqRig> rig(changed_config([](auto& c) { c.vmq_queues = 2; }));
    rig.driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    rig.addresses_of({1, 2, 40});
    rig.rings({0, 2, 4, 80});
    TxRing tx(rig.driver, 2);
    const auto packet_to = [](unsigned pool) {
        return FrameBuilder()
            .from(mac_of_pool(1))
            .to(mac_of_pool(pool))
            .ipv4("192.0.2.1", "192.0.2.2")
            .udp(1, 2)
            .build();
    };
    rig.block.engage();
    EXPECT_TRUE(tx.done(tx.send(packet_to(2))));
    EXPECT_EQ(rig.take(), Queues{4});
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_TRUE(tx.done(tx.send(packet_to(40))));
    EXPECT_EQ(rig.take(), Queues{});
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

TEST(TaskOffloadPools, WhatOnlyWithheldPoolsWantIsForTheDefaultPool) {
    WithBlock<VmdqRig> rig(changed_config([](auto& c) { c.vmq_queues = 2; }));
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en);
    rig.rings({0, 80});
    rig.driver.write<VMOLR>(40, VMOLR::bam);
    const Frame frame =
        FrameBuilder().to(kBroadcast).ipv4("192.0.2.1", "192.0.2.255").udp(1, 2).build();
    EXPECT_EQ(rig.receivers(frame), Queues{80});
    rig.block.engage();
    EXPECT_EQ(rig.receivers(frame), Queues{0});
}

}  // namespace
}  // namespace x550
