// SPDX-License-Identifier: GPL-2.0-or-later
// The data path after a switch of the host's, in a guest that never rings the doorbell: what was
// switched off is off, all else goes on as before, what the properties leave out included.

#include <gtest/gtest.h>

#include "offload_probe.h"

namespace x550 {
namespace {

struct HostSwitch {
    const char* name;
    std::uint32_t member;
    std::uint16_t value;
    Names off;
};

const std::vector<HostSwitch>& switches() {
    static const std::vector<HostSwitch> list = {
        {"Ip4", Param::ip4_csum, CsumValue::off, {"ip4 tx", "ip4 rx"}},
        {"Tcp4", Param::tcp4_csum, CsumValue::off, {"tcp4 tx", "tcp4 rx"}},
        {"Udp4", Param::udp4_csum, CsumValue::off, {"udp4 tx", "udp4 rx"}},
        {"Tcp6", Param::tcp6_csum, CsumValue::off, {"tcp6 tx", "tcp6 rx"}},
        {"Udp6", Param::udp6_csum, CsumValue::off, {"udp6 tx", "udp6 rx"}},
        {"Ip4Transmit", Param::ip4_csum, CsumValue::rx, {"ip4 tx"}},
        {"Udp6Receive", Param::udp6_csum, CsumValue::tx, {"udp6 rx"}},
        {"Lso1", Param::lso1, Switch::off, {}},
        {"Lso2Ip4", Param::lso2v4, Switch::off, {}},
        {"Lso2Ip6", Param::lso2v6, Switch::off, {"lso6"}},
        {"UsoIp4", Param::uso4, Switch::off, {"uso4"}},
        {"UsoIp6", Param::uso6, Switch::off, {"uso6"}},
        {"RscIp4", Param::rsc4, Switch::off, {"rsc4"}},
        {"Vxlan", Param::encap_types, EncapValue::nvgre, {"vxlan tx", "vxlan rx"}},
        {"Nvgre", Param::encap_types, EncapValue::vxlan, {"nvgre tx", "nvgre rx"}},
        {"Tunnels", Param::encap_types, 0, {"nvgre tx", "nvgre rx", "vxlan tx", "vxlan rx"}},
    };
    return list;
}

Names plus(Names names, const char* one) {
    names.insert(one);
    return names;
}

class TaskOffloadHostSwitch : public testing::TestWithParam<std::size_t> {};

// Rule RSC-2: nobody asked for units of IPv6.
TEST_P(TaskOffloadHostSwitch, OffIsOffAndAllElseGoesOn) {
    const HostSwitch& one = switches()[GetParam()];
    OffloadProbe rig;
    EXPECT_EQ(rig.missing(), Names{"rsc6"}) << "before";
    ASSERT_EQ(rig.host_sets(one.member, one.value), Result::done);
    EXPECT_EQ(rig.missing(), plus(one.off, "rsc6"));
}

INSTANTIATE_TEST_SUITE_P(, TaskOffloadHostSwitch, testing::Range(std::size_t{0}, switches().size()),
                         [](const auto& one) { return switches()[one.param].name; });

// "With both off a TSE packet of TCP/IPv4 is dropped and counted."
TEST(TaskOffloadHostSwitches, BothVersionsOffDropLargeSendsOfTcpOverIpv4) {
    OffloadProbe rig;
    ASSERT_EQ(rig.host_sets(Param::lso1, Switch::off), Result::done);
    ASSERT_EQ(rig.host_sets(Param::lso2v4, Switch::off), Result::done);
    EXPECT_EQ(rig.missing(), (Names{"lso4", "rsc6"}));
}

TEST(TaskOffloadHostSwitches, Ipv6IsCoalescedWhileTheHostSaysOn) {
    OffloadProbe rig;
    ASSERT_EQ(rig.host_sets(Param::rsc6, Switch::on), Result::done);
    EXPECT_EQ(rig.missing(), Names{});
    ASSERT_EQ(rig.host_sets(Param::rsc6, Switch::off), Result::done);
    EXPECT_EQ(rig.missing(), Names{"rsc6"});
}

}  // namespace
}  // namespace x550
