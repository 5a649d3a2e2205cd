// SPDX-License-Identifier: GPL-2.0-or-later
// The effective table: what the data path does at this moment, whoever switched it.

#include <gtest/gtest.h>

#include "rsc_rig.h"
#include "task_offload_rig.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t rx(std::uint32_t bits) {
    return bits << Csum::rx_shift;
}
constexpr std::uint32_t kRx4 = rx(Csum::ip4 | Csum::tcp4 | Csum::udp4);
constexpr std::uint32_t kRx6 = rx(Csum::tcp6 | Csum::udp6);
constexpr std::uint32_t kTx = Csum::ip4 | Csum::tcp4 | Csum::udp4 | Csum::tcp6 | Csum::udp6;

// "Before the first doorbell it shows what the X550 driver has."
TEST(TaskOffloadEffective, BeforeADoorbellItIsThePlainChip) {
    const TaskOffloadRig rig;
    EXPECT_EQ(rig.block.effective(Word::csum) & (kTx | kRx4 | kRx6), kTx | kRx4 | kRx6);
    EXPECT_EQ(rig.block.effective(Word::seg) & 0x307, 0x307u) << "LSO and USO";
    EXPECT_EQ(rig.block.effective(Word::rsc) & (Rsc::ip4 | Rsc::ip6), 0u) << "RSCCTL is 0";
    EXPECT_EQ(rig.block.effective(Word::flags) & Flags::engaged, 0u);
    EXPECT_EQ(rig.block.effective(Word::encap_port),
              std::uint32_t{EncapPort::nvgre} | EncapPort::configurable)
        << "the chip parses NVGRE, and VXLAN once VXLANCTRL names a port";
    EXPECT_EQ(rig.block.effective(Word::rss_caps), 0u);
    EXPECT_EQ(rig.block.effective(Word::vmq_caps), 0u);
}

// A property without a switch does not stop a stock driver's descriptors, but its verdicts.
TEST(TaskOffloadEffective, BeforeADoorbellEveryTransmitOffloadIsServed) {
    const TaskOffloadRig rig(changed_config([](auto& c) {
        c.csum_tcp4 = c.csum_udp6 = IXGBE_OFFLOAD_NONE;
        c.lso2_ip6 = false;
    }));
    EXPECT_EQ(rig.block.effective(Word::csum) & kTx, kTx);
    EXPECT_EQ(rig.block.effective(Word::csum) & rx(Csum::tcp4 | Csum::udp6), 0u);
    EXPECT_NE(rig.block.effective(Word::seg) & Seg::lso2v6, 0u);
    rig.block.engage();
    EXPECT_EQ(rig.block.effective(Word::csum) & kTx, kTx & ~(Csum::tcp4 | Csum::udp6));
    EXPECT_EQ(rig.block.effective(Word::seg) & Seg::lso2v6, 0u);
}

TEST(TaskOffloadEffective, Ctrl3ReceiveChecksumsWaitForTheirIpVersion) {
    const TaskOffloadRig rig;
    rig.block.ring(Doorbell::parameters);
    EXPECT_EQ(rig.block.effective(Word::csum) & (kTx | kRx4 | kRx6), kTx);
    EXPECT_EQ(rig.block.current(Word::csum) & (kRx4 | kRx6), kRx4 | kRx6) << "CTRL-2: configured";
    rig.block.request_encapsulation(false, EncapValue::on);
    rig.block.ring(Doorbell::encapsulation);
    EXPECT_EQ(rig.block.effective(Word::csum) & (kRx4 | kRx6), kRx4);
    rig.block.request_encapsulation(true, EncapValue::on);
    rig.block.ring(Doorbell::encapsulation);
    EXPECT_EQ(rig.block.effective(Word::csum) & (kRx4 | kRx6), kRx4 | kRx6);
    rig.block.apply({{Param::udp6_csum, CsumValue::tx}, {Param::lso1, Switch::off}});
    EXPECT_EQ(rig.block.effective(Word::csum) & rx(Csum::udp6), 0u);
    EXPECT_EQ(rig.block.effective(Word::lso1_max), 0u);
}

TEST(TaskOffloadEffective, ATunnelThatIsNotActiveIsZero) {
    const TaskOffloadRig rig;
    rig.block.engage();
    for (const std::uint32_t word :
         {Word::gre, Word::gre_maxhdr, Word::vxlan, Word::vxlan_maxhdr}) {
        EXPECT_EQ(rig.block.effective(word), 0u) << word;
        EXPECT_EQ(rig.block.current(word), rig.block.hardware(word)) << "CTRL-10: configured";
    }
    rig.block.engage({{Param::encap, EncapValue::on}, {Param::encap_types, EncapValue::vxlan}});
    EXPECT_EQ(rig.block.effective(Word::gre), 0u);
    EXPECT_NE(rig.block.effective(Word::vxlan), 0u);
    EXPECT_EQ(rig.block.effective(Word::vxlan_maxhdr), 256u);
    EXPECT_EQ(rig.block.effective(Word::encap_port) & (EncapPort::nvgre | EncapPort::vxlan),
              EncapPort::vxlan);
}

TEST(TaskOffloadEffective, RscIsWhatTheRegistersLetThrough) {
    const WithBlock<RscRig> rig;
    const auto versions = [&] { return rig.block.effective(Word::rsc) & (Rsc::ip4 | Rsc::ip6); };
    EXPECT_EQ(versions(), Rsc::ip4) << "without a doorbell";
    rig.block.engage();
    EXPECT_EQ(versions(), Rsc::ip4) << "RSC-2: nobody asked for IPv6";
    rig.block.apply({{Param::rsc6, Switch::on}});
    EXPECT_EQ(versions(), Rsc::ip4 | Rsc::ip6);
    rig.block.apply({{Param::rsc4, Switch::off}});
    EXPECT_EQ(versions(), Rsc::ip6);
    rig.driver.write<RSCCTL>(0, 0);
    EXPECT_EQ(versions(), 0u);
    rig.driver.write<RSCCTL>(0, RSCCTL::rscen);
    EXPECT_EQ(versions(), Rsc::ip6);
    rig.driver.set<RFCTL>(RFCTL::rsc_dis);
    EXPECT_EQ(versions(), 0u);
}

TEST(TaskOffloadEffective, RssIsWhatMrqcSelects) {
    const TaskOffloadRig rig;
    constexpr std::uint32_t types = RssCaps::tcp4 | RssCaps::tcp6 | RssCaps::udp4 | RssCaps::udp6;
    rig.driver.write<MRQC>(MRQC::rss | MRQC::tcp4 | MRQC::udp6);
    EXPECT_EQ(rig.block.effective(Word::rss_caps) & types, RssCaps::tcp4 | RssCaps::udp6);
    EXPECT_EQ(rig.block.effective(Word::vmq_caps), 0u);
    rig.driver.write<MRQC>(0);
    EXPECT_EQ(rig.block.effective(Word::rss_caps), 0u);
}

TEST(TaskOffloadEffective, PoolsAreWhatMrqcSelects) {
    const WithBlock<VmdqRig> rig;
    EXPECT_NE(rig.block.effective(Word::vmq_caps), 0u);
    rig.driver.write<MRQC>(MRQC::rss);
    EXPECT_EQ(rig.block.effective(Word::vmq_caps), 0u);
}

}  // namespace
}  // namespace x550
