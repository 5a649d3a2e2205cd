// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "error.h"
#include "settings.h"

namespace taskoffload {
namespace {

using testing::HasSubstr;

std::string complaint(const std::string& text) {
    try {
        (void)parse_settings({text});
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Settings, ChecksumDirectionsAreTheOids) {
    const auto& p = parse_settings({"csum-ip4=off", "csum-tcp4=tx", "csum-udp4=rx",
                                    "csum-tcp6=both", "csum-udp6=on"})
                        .parameters;
    EXPECT_EQ(p.ip4_checksum, 1);
    EXPECT_EQ(p.tcp_ip4_checksum, 2);
    EXPECT_EQ(p.udp_ip4_checksum, 3);
    EXPECT_EQ(p.tcp_ip6_checksum, 4);
    EXPECT_EQ(p.udp_ip6_checksum, 4);
}

TEST(Settings, SwitchesAreOneAndTwo) {
    const auto& p = parse_settings({"lso1=on", "lso2-ip4=off", "lso2-ip6=on", "rsc-ip4=off",
                                    "rsc-ip6=on", "uso-ip4=off", "uso-ip6=on"})
                        .parameters;
    EXPECT_EQ(p.lso_v1, 2);
    EXPECT_EQ(p.lso_v2_ip4, 1);
    EXPECT_EQ(p.lso_v2_ip6, 2);
    EXPECT_EQ(p.rsc_ip4, 1);
    EXPECT_EQ(p.rsc_ip6, 2);
    EXPECT_EQ(p.uso_ip4, 1);
    EXPECT_EQ(p.uso_ip6, 2);
}

TEST(Settings, WhatIsNotNamedStaysZero) {
    const auto request = parse_settings({"lso1=on"});
    EXPECT_EQ(request.parameters.ip4_checksum, 0);
    EXPECT_EQ(request.parameters.lso_v2_ip4, 0);
    EXPECT_EQ(request.parameters.flags, 0U);
    EXPECT_TRUE(request.asks_parameters());
    EXPECT_FALSE(request.asks_activation());
}

TEST(Settings, GroupsSetAllOfThem) {
    const auto& p = parse_settings({"csum=rx", "lso=off", "uso=on", "rsc=on"}).parameters;
    EXPECT_EQ(p.ip4_checksum, 3);
    EXPECT_EQ(p.udp_ip6_checksum, 3);
    EXPECT_EQ(p.lso_v1, 1);
    EXPECT_EQ(p.lso_v2_ip4, 1);
    EXPECT_EQ(p.lso_v2_ip6, 1);
    EXPECT_EQ(p.uso_ip4, 2);
    EXPECT_EQ(p.uso_ip6, 2);
    EXPECT_EQ(p.rsc_ip4, 2);
    EXPECT_EQ(p.rsc_ip6, 2);
}

TEST(Settings, Lso2LeavesLso1Alone) {
    const auto& p = parse_settings({"lso2=off"}).parameters;
    EXPECT_EQ(p.lso_v1, 0);
    EXPECT_EQ(p.lso_v2_ip4, 1);
    EXPECT_EQ(p.lso_v2_ip6, 1);
}

TEST(Settings, LaterOneCounts) {
    const auto& p = parse_settings({"csum=off", "csum-tcp4=tx", "lso1=on", "lso=off"}).parameters;
    EXPECT_EQ(p.ip4_checksum, 1);
    EXPECT_EQ(p.tcp_ip4_checksum, 2);
    EXPECT_EQ(p.lso_v1, 1);
}

TEST(Settings, TunnelsAddUp) {
    const auto both = parse_settings({"nvgre=on", "vxlan=on"});
    EXPECT_EQ(both.tunnels_on, 3);
    EXPECT_EQ(both.tunnels_off, 0);
    const auto one = parse_settings({"encap=off", "vxlan=on"});
    EXPECT_EQ(one.tunnels_on, 2);
    EXPECT_EQ(one.tunnels_off, 1);
    EXPECT_TRUE(one.asks_parameters());
}

TEST(Settings, PortIsAParameter) {
    const auto request = parse_settings({"vxlan-port=8472"});
    EXPECT_EQ(request.parameters.vxlan_udp_port, 8472);
    EXPECT_TRUE(request.asks_parameters());
}

TEST(Settings, ActiveNamesBothVersions) {
    const auto request = parse_settings({"active=ip4"});
    EXPECT_EQ(request.ip4.enabled, 1U);
    EXPECT_EQ(request.ip4.type, 2U);
    EXPECT_EQ(request.ip4.header_size, 0U);
    EXPECT_EQ(request.ip6.enabled, 2U);
    EXPECT_FALSE(request.asks_parameters());
    EXPECT_TRUE(request.asks_activation());
    EXPECT_EQ(parse_settings({"active=both"}).ip6.enabled, 1U);
    EXPECT_EQ(parse_settings({"active=none"}).ip4.enabled, 2U);
}

TEST(Settings, OneVersionLeavesTheOtherAlone) {
    const auto request = parse_settings({"ip6=off"});
    EXPECT_EQ(request.ip4.enabled, 0U);
    EXPECT_EQ(request.ip6.enabled, 2U);
    EXPECT_EQ(request.ip6.type, 0U);
}

TEST(Settings, WrongValuesNameTheRightOnes) {
    EXPECT_EQ(complaint("csum-tcp4=1"), "csum-tcp4=1: values are off, tx, rx and both");
    EXPECT_EQ(complaint("csum=yes"), "csum=yes: values are off, tx, rx and both");
    EXPECT_EQ(complaint("lso1=both"), "lso1=both: values are on and off");
    EXPECT_EQ(complaint("nvgre="), "nvgre=: values are on and off");
    EXPECT_EQ(complaint("active=on"), "active=on: values are ip4, ip6, both and none");
    for (const char* port : {"0", "65536", "-1", "0x10", "1 ", "99999999999999999999"}) {
        EXPECT_THAT(complaint(std::string("vxlan-port=") + port), HasSubstr("are 1 to 65535"));
    }
}

TEST(Settings, WrongNamesSayWhatToDo) {
    EXPECT_THAT(complaint("lso-max=1"), HasSubstr("-device x550,lso-max="));
    EXPECT_THAT(complaint("rss=off"), HasSubstr("ethtool"));
    EXPECT_THAT(complaint("tso=off"), HasSubstr("no setting is called tso; there are:"));
    EXPECT_THAT(complaint("lso-=off"), HasSubstr("no setting"));
    EXPECT_THAT(complaint("lso1"), HasSubstr("is not NAME=VALUE"));
    EXPECT_THAT(complaint("=on"), HasSubstr("is not NAME=VALUE"));
    EXPECT_THAT(complaint(""), HasSubstr("is not NAME=VALUE"));
}

TEST(Settings, MembersHaveTheirSettings) {
    EXPECT_EQ(setting_of_member(0x201), "csum-tcp4");
    EXPECT_EQ(setting_of_member(0x208), "lso2-ip6");
    EXPECT_EQ(setting_of_member(0x214), "nvgre, vxlan");
    EXPECT_EQ(setting_of_member(0x216), "vxlan-port");
    EXPECT_EQ(setting_of_member(0x219), "uso-ip6");
    EXPECT_EQ(setting_of_member(0x282), "ip4");
    EXPECT_EQ(setting_of_member(0x28c), "ip6");
    EXPECT_EQ(setting_of_member(0x206), "");
    EXPECT_EQ(setting_of_member(0x2f0), "");
}

}  // namespace
}  // namespace taskoffload
