// SPDX-License-Identifier: GPL-2.0-or-later
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

#include "apply.h"
#include "fake_task_offload.h"
#include "keywords.h"
#include "plan.h"
#include "registry.h"

namespace taskoffload {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Keywords keywords(const std::string& lines) {
    return Keywords(parse_registry("REGEDIT4\n[Adapter]\n" + lines));
}

Plan plan(const std::string& lines, const CapsWords& hardware = FakeTaskOffload::full_hardware()) {
    return plan_for(keywords(lines), hardware);
}

std::string sample() {
    std::ifstream file(X550_TEST_VECTORS "/task_offload.reg", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Keywords, AbsentOnesAreTheDefaults) {
    const auto none = keywords("");
    EXPECT_EQ(none.value("*IPChecksumOffloadIPv4"), 3U);
    EXPECT_EQ(none.value("*LsoV1IPv4"), 1U);
    EXPECT_EQ(none.value("*UsoIPv4"), 1U);
    EXPECT_EQ(none.value("*VxlanUDPPortNumber"), 4789U);
    EXPECT_EQ(none.value("*JumboPacket"), 1514U);
    EXPECT_EQ(none.value("*RSSProfile"), 4U);
    EXPECT_EQ(none.value("*RssOrVmqPreference"), 0U);
    EXPECT_EQ(none.value("*IPsecOffloadV2"), 3U);
    EXPECT_EQ(none.value("DisableTaskOffload"), 0U);
    EXPECT_FALSE(none.is_present("*LsoV1IPv4"));
    EXPECT_THAT(none.warnings(), IsEmpty());
}

TEST(Keywords, StringsAndDwordsAreTaken) {
    const auto some = keywords("\"*LsoV2IPv4\"=\" 0 \"\n\"*rscipv4\"=dword:00000000\n");
    EXPECT_EQ(some.value("*LsoV2IPv4"), 0U);
    EXPECT_EQ(some.value("*RscIPv4"), 0U);
    EXPECT_TRUE(some.is_present("*RscIPv4"));
}

// CTRL-1
TEST(Keywords, WrongValueIsTheDefaultAndAWarning) {
    const auto some = keywords("\"*LsoV2IPv4\"=\"2\"\n");
    EXPECT_EQ(some.value("*LsoV2IPv4"), 1U);
    EXPECT_TRUE(some.is_present("*LsoV2IPv4"));
    EXPECT_THAT(some.warnings(),
                ElementsAre("line 3: *LsoV2IPv4 is \"2\", not 0 to 1: taken as the default, 1"));
}

TEST(Keywords, HostileValuesAreWarnings) {
    for (const char* value : {"\"\"", "\"-1\"", "\"0x1\"", "\"1;\"", "\"4294967296\"",
                              "\"\x1b[2J\"", "hex:01", "dword:ffffffff"}) {
        const auto some = keywords("\"*TCPChecksumOffloadIPv4\"=" + std::string(value) + "\n");
        EXPECT_EQ(some.value("*TCPChecksumOffloadIPv4"), 3U) << value;
        EXPECT_THAT(some.warnings(), Contains(HasSubstr("*TCPChecksumOffloadIPv4"))) << value;
        EXPECT_THAT(some.warnings(), Not(Contains(HasSubstr("\x1b")))) << value;
    }
}

TEST(Keywords, StepsAndListsAreChecked) {
    EXPECT_THAT(keywords("\"*EncapOverhead\"=\"33\"").warnings(),
                Contains(HasSubstr("0 to 256 in steps of 32")));
    EXPECT_THAT(keywords("\"*EncapOverhead\"=\"160\"").warnings(), IsEmpty());
    EXPECT_THAT(keywords("\"*JumboPacket\"=\"9000\"").warnings(),
                Contains(HasSubstr("1514, 4088, 9014")));
    EXPECT_THAT(keywords("\"*JumboPacket\"=\"4088\"").warnings(), IsEmpty());
    EXPECT_THAT(keywords("\"*RssMaxProcNumber\"=\"x\"").warnings(),
                Contains(HasSubstr("left out")));
}

TEST(Keywords, OthersAreListedOnce) {
    const auto some = keywords("\"b\"=\"1\"\n\"*Unheard\"=\"1\"\n\"b\"=hex:00\n\"*RSS\"=\"1\"\n");
    EXPECT_THAT(some.ignored(), ElementsAre("*Unheard", "b"));
}

TEST(Keywords, SeveralSectionsAreAWarning) {
    const auto some = keywords("\"*RSS\"=\"0\"\n[Other]\n\"*RSS\"=\"1\"\n");
    EXPECT_EQ(some.value("*RSS"), 1U);
    EXPECT_THAT(some.warnings(), ElementsAre(HasSubstr("several sections")));
}

// CTRL-2
TEST(Plan, DefaultsAreAllOnAndActive) {
    const auto& request = plan("").request;
    EXPECT_EQ(request.parameters.ip4_checksum, 4);
    EXPECT_EQ(request.parameters.udp_ip6_checksum, 4);
    EXPECT_EQ(request.parameters.lso_v1, 2);
    EXPECT_EQ(request.parameters.lso_v2_ip4, 2);
    EXPECT_EQ(request.parameters.uso_ip6, 2);
    EXPECT_EQ(request.parameters.rsc_ip6, 2);
    EXPECT_EQ(request.parameters.udp_rsc, 0);
    EXPECT_EQ(request.parameters.ipsec_v2, 0);
    EXPECT_EQ(request.parameters.vxlan_udp_port, 0);
    EXPECT_EQ(request.tunnels_on, 0);
    EXPECT_EQ(request.tunnels_off, 0);
    EXPECT_EQ(request.ip4.enabled, 1U);
    EXPECT_EQ(request.ip6.enabled, 1U);
    EXPECT_TRUE(request.restore_defaults);
}

TEST(Plan, ChecksumKeywordsBecomeTheOidsValues) {
    const auto& p = plan(
                        "\"*IPChecksumOffloadIPv4\"=\"0\"\n\"*TCPChecksumOffloadIPv4\"=\"1\"\n"
                        "\"*UDPChecksumOffloadIPv4\"=\"2\"\n\"*TCPChecksumOffloadIPv6\"=\"3\"\n")
                        .request.parameters;
    EXPECT_EQ(p.ip4_checksum, 1);
    EXPECT_EQ(p.tcp_ip4_checksum, 2);
    EXPECT_EQ(p.udp_ip4_checksum, 3);
    EXPECT_EQ(p.tcp_ip6_checksum, 4);
    EXPECT_EQ(p.udp_ip6_checksum, 4);
}

// KEY-5
TEST(Plan, GroupedChecksumsCountAlone) {
    const auto& p = plan(
                        "\"*TCPUDPChecksumOffloadIPv4\"=\"1\"\n"
                        "\"*TCPUDPChecksumOffloadIPv6\"=\"0\"\n")
                        .request.parameters;
    EXPECT_EQ(p.ip4_checksum, 2);
    EXPECT_EQ(p.tcp_ip4_checksum, 2);
    EXPECT_EQ(p.udp_ip4_checksum, 2);
    EXPECT_EQ(p.tcp_ip6_checksum, 1);
    EXPECT_EQ(p.udp_ip6_checksum, 1);
}

// KEY-5
TEST(Plan, OneGranularChecksumDismissesTheGroups) {
    const auto made = plan(
        "\"*TCPUDPChecksumOffloadIPv4\"=\"0\"\n"
        "\"*UDPChecksumOffloadIPv6\"=\"1\"\n");
    EXPECT_EQ(made.request.parameters.tcp_ip4_checksum, 4);
    EXPECT_EQ(made.request.parameters.udp_ip6_checksum, 2);
    EXPECT_THAT(made.notes, Contains(HasSubstr("*TCPUDPChecksumOffloadIPv4: not used")));
}

// KEY-3
TEST(Plan, NewerLargeSendOverrulesTheOlder) {
    const auto off = plan("\"*LsoV1IPv4\"=\"1\"\n\"*LsoV2IPv4\"=\"0\"\n");
    EXPECT_EQ(off.request.parameters.lso_v1, 1);
    EXPECT_EQ(off.request.parameters.lso_v2_ip4, 1);
    EXPECT_THAT(off.notes, Contains(HasSubstr("KEY-3")));
    const auto on = plan("\"*LsoV1IPv4\"=\"0\"\n\"*LsoV2IPv4\"=\"1\"\n");
    EXPECT_EQ(on.request.parameters.lso_v1, 1);
    EXPECT_EQ(on.request.parameters.lso_v2_ip4, 2);
}

// KEY-3
TEST(Plan, OlderLargeSendCountsWithoutTheNewer) {
    CapsWords hardware = FakeTaskOffload::full_hardware();
    hardware[2] &= ~2U;
    const auto made = plan("\"*LsoV1IPv4\"=\"1\"\n\"*LsoV2IPv4\"=\"0\"\n", hardware);
    EXPECT_EQ(made.request.parameters.lso_v1, 2);
    EXPECT_EQ(made.request.parameters.lso_v2_ip4, 1);
}

TEST(Plan, WhatTheHardwareLacksIsNotAskedFor) {
    CapsWords hardware{};
    hardware[0] = 0x00040002;
    const auto made = plan(
        "\"*LsoV2IPv6\"=\"1\"\n\"*RscIPv4\"=\"1\"\n\"*UdpRsc\"=\"1\"\n"
        "\"*TCPChecksumOffloadIPv4\"=\"3\"\n\"*IPsecOffloadV2\"=\"3\"\n",
        hardware);
    const auto& p = made.request.parameters;
    EXPECT_EQ(p.ip4_checksum, 1);
    EXPECT_EQ(p.tcp_ip4_checksum, 2);
    EXPECT_EQ(p.udp_ip4_checksum, 3);
    EXPECT_EQ(p.lso_v2_ip6, 1);
    EXPECT_EQ(p.rsc_ip4, 1);
    EXPECT_EQ(p.udp_rsc, 0);
    EXPECT_EQ(p.ipsec_v2, 0);
    EXPECT_THAT(made.notes, Contains(HasSubstr("*LsoV2IPv6: the hardware lacks it")));
    EXPECT_THAT(made.notes, Contains(HasSubstr("*TCPChecksumOffloadIPv4: the hardware has one")));
    EXPECT_THAT(made.notes, Contains(HasSubstr("*UdpRsc")));
    EXPECT_THAT(made.notes, Contains(HasSubstr("*IPsecOffloadV2")));
}

// Whatever the hardware is, the device takes what the keywords make of it.
TEST(Plan, IsTakenByHardwareThatLacksAnything) {
    for (std::size_t word = 0; word < 24; ++word) {
        for (unsigned bit = 0; bit < 32; ++bit) {
            FakeTaskOffload block;
            block.hardware[word] &= ~(1U << bit);
            block.restore();
            EXPECT_TRUE(apply(block, plan("", block.hardware).request).done())
                << word << ":" << bit;
        }
    }
}

// KEY-7, KEY-9
TEST(Plan, DisableTaskOffloadActivatesNothing) {
    const auto made = plan("[Services]\n\"DisableTaskOffload\"=dword:00000001\n");
    EXPECT_FALSE(made.request.asks_activation());
    EXPECT_EQ(made.request.parameters.tcp_ip4_checksum, 4);
    EXPECT_THAT(made.notes, Contains(HasSubstr("KEY-9")));
    FakeTaskOffload block;
    EXPECT_TRUE(apply(block, made.request).done());
    EXPECT_EQ(value_of(capability_rows(*take_snapshot(block).current), "csum-tcp4"), "tx");
}

// KEY-8
TEST(Plan, IpsecServiceStopsNothingElse) {
    const auto made = plan("\"EnabledOffload\"=dword:0\n");
    EXPECT_EQ(made.request.parameters.lso_v2_ip4, 2);
    EXPECT_TRUE(made.request.asks_activation());
    EXPECT_THAT(made.notes, Contains(HasSubstr("KEY-8")));
}

// KEY-10, CTRL-10
TEST(Plan, EncapsulationKeywordPermitsOrTakesAway) {
    const auto off = plan(
        "\"*EncapsulatedPacketTaskOffload\"=\"0\"\n"
        "\"*EncapsulatedPacketTaskOffloadVxlan\"=\"0\"\n");
    EXPECT_EQ(off.request.tunnels_off, 3);
    const auto one = plan("\"*EncapsulatedPacketTaskOffloadNvgre\"=\"0\"\n");
    EXPECT_EQ(one.request.tunnels_off, 0);
    EXPECT_EQ(one.request.tunnels_on, 0);
    EXPECT_THAT(one.notes, Contains(HasSubstr("permitted for VXLAN, inactive")));
}

TEST(Plan, PortIsSetWhereTheHardwareCan) {
    EXPECT_EQ(plan("\"*VxlanUDPPortNumber\"=\"8472\"\n").request.parameters.vxlan_udp_port, 8472);
    EXPECT_EQ(plan("\"*VxlanUDPPortNumber\"=\"4789\"\n").request.parameters.vxlan_udp_port, 0);
    CapsWords fixed = FakeTaskOffload::full_hardware();
    fixed[14] &= ~0x10000U;
    const auto made = plan("\"*VxlanUDPPortNumber\"=\"8472\"\n", fixed);
    EXPECT_EQ(made.request.parameters.vxlan_udp_port, 0);
    EXPECT_THAT(made.notes, Contains(HasSubstr("cannot be configured")));
}

// KEY-6
TEST(Plan, PreferenceChoosesRssOrVmq) {
    EXPECT_THAT(plan("\"*VMQ\"=\"1\"\n").notes, Contains(HasSubstr("RSS on, *VMQ is not read")));
    EXPECT_THAT(plan("\"*RssOrVmqPreference\"=\"1\"\n\"*VMQ\"=\"0\"\n").notes,
                Contains(HasSubstr("VMQ off, *RSS is not read")));
    EXPECT_THAT(plan("\"*SriovPreferred\"=\"1\"\n").notes, Contains(HasSubstr("*SRIOV decides")));
}

TEST(Plan, SampleDoesWhatItSays) {
    const Keywords from(parse_registry(sample()));
    EXPECT_THAT(from.warnings(), IsEmpty());
    EXPECT_THAT(from.ignored(), ElementsAre("BusType", "DriverDesc", "InfPath", "InstallTimeStamp",
                                            "ProviderName"));
    FakeTaskOffload block;
    ASSERT_TRUE(apply(block, plan_for(from, block.hardware).request).done());
    const Table configured = capability_rows(take_snapshot(block).configured);
    EXPECT_EQ(value_of(configured, "csum-tcp4"), "tx");
    EXPECT_EQ(value_of(configured, "csum-udp4"), "rx");
    EXPECT_EQ(value_of(configured, "csum-udp6"), "off");
    EXPECT_EQ(value_of(configured, "lso1"), "off");
    EXPECT_EQ(value_of(configured, "lso2-ip6"), "on");
    EXPECT_EQ(value_of(configured, "uso-ip6"), "off");
    EXPECT_EQ(value_of(configured, "rsc-ip6"), "off");
    EXPECT_EQ(value_of(configured, "vxlan-port"), "8472");
}

}  // namespace
}  // namespace taskoffload
