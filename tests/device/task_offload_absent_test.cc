// SPDX-License-Identifier: GPL-2.0-or-later
// Properties as a driver sees them that never rings the doorbell: what is absent on receive, what
// is served on transmit all the same; and that a switch of the host's leaves it so.

#include <gtest/gtest.h>

#include "offload_probe.h"

namespace x550 {
namespace {

using C = ixgbe_offload_config;

struct Lack {
    const char* name;
    void (*remove)(C&);
    Names missing;
};

const std::vector<Lack>& lacks() {
    static const std::vector<Lack> list = {
        {"CsumIp4", [](C& c) { c.csum_ip4 = IXGBE_OFFLOAD_NONE; }, {"ip4 rx"}},
        {"CsumTcp4", [](C& c) { c.csum_tcp4 = IXGBE_OFFLOAD_NONE; }, {"tcp4 rx"}},
        {"CsumUdp4", [](C& c) { c.csum_udp4 = IXGBE_OFFLOAD_NONE; }, {"udp4 rx"}},
        {"CsumTcp6", [](C& c) { c.csum_tcp6 = IXGBE_OFFLOAD_NONE; }, {"tcp6 rx"}},
        {"CsumUdp6", [](C& c) { c.csum_udp6 = IXGBE_OFFLOAD_NONE; }, {"udp6 rx"}},
        {"Lso4", [](C& c) { c.lso1 = c.lso2_ip4 = false; }, {}},
        {"Lso6", [](C& c) { c.lso2_ip6 = false; }, {}},
        {"Uso4", [](C& c) { c.uso_ip4 = false; }, {}},
        {"Uso6", [](C& c) { c.uso_ip6 = false; }, {}},
        {"Rsc4", [](C& c) { c.rsc_ip4 = false; }, {"rsc4"}},
        {"Rsc6", [](C& c) { c.rsc_ip6 = false; }, {}},
        {"Nvgre", [](C& c) { c.nvgre = false; }, {"nvgre rx"}},
        {"Vxlan", [](C& c) { c.vxlan = false; }, {"vxlan rx"}},
        {"Tunnels", [](C& c) { c.nvgre = c.vxlan = false; }, {"nvgre rx", "vxlan rx"}},
    };
    return list;
}

class TaskOffloadAbsent : public testing::TestWithParam<std::size_t> {};

// Rule RSC-2: nobody asks for units of IPv6. The switch concerns nothing that is on.
TEST_P(TaskOffloadAbsent, TransmitIsServedWithAndWithoutASwitchOfTheHost) {
    const Lack& one = lacks()[GetParam()];
    OffloadProbe rig(changed_config(one.remove));
    Names expected = one.missing;
    expected.insert("rsc6");
    EXPECT_EQ(rig.missing(), expected);
    ASSERT_EQ(rig.host_sets(Param::rsc6, Switch::off), Result::done);
    EXPECT_EQ(rig.missing(), expected) << "as it was";
}

INSTANTIATE_TEST_SUITE_P(, TaskOffloadAbsent, testing::Range(std::size_t{0}, lacks().size()),
                         [](const auto& one) { return lacks()[one.param].name; });

}  // namespace
}  // namespace x550
