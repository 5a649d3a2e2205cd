// SPDX-License-Identifier: GPL-2.0-or-later
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "apply.h"
#include "fake_task_offload.h"
#include "tables.h"

namespace taskoffload {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Outcome set(FakeTaskOffload& block, const std::vector<std::string>& settings) {
    return apply(block, parse_settings(settings));
}

std::optional<std::string> current(FakeTaskOffload& block, const std::string& name) {
    return value_of(capability_rows(*take_snapshot(block).current), name);
}

TEST(Apply, ParametersRingTheirBit) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"lso2-ip6=off"}).done());
    EXPECT_THAT(block.rung, ElementsAre(1U));
    EXPECT_EQ(current(block, "lso2-ip6"), "off");
    EXPECT_EQ(current(block, "lso2-ip4"), "on");
}

TEST(Apply, ActivationRingsItsBit) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"active=ip6"}).done());
    EXPECT_THAT(block.rung, ElementsAre(2U));
    EXPECT_EQ(current(block, "csum-tcp4"), "tx");
    EXPECT_EQ(current(block, "csum-tcp6"), "both");
}

TEST(Apply, BothGoTogether) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"csum-udp4=tx", "active=both"}).done());
    EXPECT_THAT(block.rung, ElementsAre(3U));
}

TEST(Apply, FirstRequestActivatesBothVersions) {
    FakeTaskOffload block;
    const auto request = with_first_activation(parse_settings({"lso1=off"}), block);
    EXPECT_TRUE(apply(block, request).done());
    EXPECT_THAT(block.rung, ElementsAre(3U));
    EXPECT_EQ(current(block, "csum-tcp4"), "both");
    EXPECT_EQ(current(block, "csum-tcp6"), "both");
}

TEST(Apply, LaterRequestsActivateNothing) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"active=none"}).done());
    EXPECT_FALSE(with_first_activation(parse_settings({"lso1=off"}), block).asks_activation());
}

TEST(Apply, NamedVersionIsLeftAsNamed) {
    FakeTaskOffload block;
    const auto request = with_first_activation(parse_settings({"lso1=off", "ip4=on"}), block);
    EXPECT_EQ(request.ip4.enabled, 1U);
    EXPECT_EQ(request.ip6.enabled, 0U);
}

TEST(Apply, RefusalNamesMemberAndSetting) {
    FakeTaskOffload block;
    block.hardware[0] &= ~2U;
    block.restore();
    const auto outcome = set(block, {"lso1=off", "csum-tcp4=both"});
    EXPECT_EQ(outcome.code, 2U);
    EXPECT_EQ(outcome.member, 0x201U);
    EXPECT_THAT(outcome.message,
                AllOf(HasSubstr("not supported: TCPIPv4Checksum (csum-tcp4)"), HasSubstr("show")));
    EXPECT_EQ(current(block, "lso1"), "on");
}

TEST(Apply, EveryResultHasWords) {
    FakeTaskOffload block;
    block.forced_result = 0x02150003;
    EXPECT_THAT(set(block, {"vxlan=on"}).message,
                HasSubstr("invalid data: EncapsulationTypes (nvgre, vxlan) has"));
    block.forced_result = 0x02820004;
    EXPECT_THAT(set(block, {"ip4=on"}).message,
                HasSubstr("invalid parameter: IPv4.EncapsulationType (ip4)"));
    block.forced_result = 3;
    EXPECT_THAT(set(block, {"ip4=on"}).message, HasSubstr("the request has"));
    block.forced_result = 0x99;
    EXPECT_THAT(set(block, {"ip4=on"}).message, HasSubstr("unknown result 153"));
    block.forced_result = 0x02ff0002;
    EXPECT_THAT(set(block, {"ip4=on"}).message, HasSubstr("a reserved byte asks"));
}

TEST(Apply, WaitsWhileBusy) {
    FakeTaskOffload block;
    block.busy_reads = 3;
    EXPECT_TRUE(set(block, {"lso1=off"}).done());
}

TEST(Apply, WaitsNotForEver) {
    FakeTaskOffload block;
    block.busy_reads = 1'000'000;
    const auto outcome = ring(block, 1, std::chrono::milliseconds(5));
    EXPECT_EQ(outcome.code, 1U);
    EXPECT_THAT(outcome.message, HasSubstr("stays busy"));
}

TEST(Apply, KeepsItsTurnThroughoutAndGivesItBack) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"lso1=off"}).done());
    EXPECT_GT(block.most_turns, 0);
    EXPECT_EQ(block.turns, 0);
}

TEST(Apply, LeftoversInTheAreaDoNotCount) {
    FakeTaskOffload block;
    block.write(0x21c, 0xffffffff);
    block.write(0x200, 0x01010101);
    block.write(0x288, 0x000000ff);
    EXPECT_TRUE(set(block, {"lso1=off", "ip4=on"}).done());
    EXPECT_EQ(current(block, "csum-ip4"), "both");
}

TEST(Apply, TunnelsJoinThoseThatAreActive) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"nvgre=on"}).done());
    EXPECT_EQ(current(block, "nvgre"), "on");
    EXPECT_EQ(current(block, "vxlan"), "off");
    EXPECT_TRUE(set(block, {"vxlan=on"}).done());
    EXPECT_EQ(current(block, "nvgre"), "on");
    EXPECT_EQ(current(block, "vxlan"), "on");
    EXPECT_TRUE(set(block, {"encap=off"}).done());
    EXPECT_EQ(current(block, "nvgre"), "off");
    EXPECT_EQ(current(block, "vxlan"), "off");
}

TEST(Apply, OneTunnelGoesOffAlone) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"encap=on"}).done());
    EXPECT_TRUE(set(block, {"nvgre=off"}).done());
    EXPECT_THAT(block.rung, ElementsAre(1U, 1U));
    EXPECT_EQ(current(block, "nvgre"), "off");
    EXPECT_EQ(current(block, "vxlan"), "on");
}

TEST(Apply, OneTunnelGoesOffAloneWhereTypesOnlyAdd) {
    FakeTaskOffload block;
    block.adds_types = true;
    EXPECT_TRUE(set(block, {"encap=on"}).done());
    EXPECT_TRUE(set(block, {"nvgre=off"}).done());
    EXPECT_THAT(block.rung, ElementsAre(1U, 1U, 1U, 1U));
    EXPECT_EQ(current(block, "nvgre"), "off");
    EXPECT_EQ(current(block, "vxlan"), "on");
}

TEST(Apply, TunnelThatIsOffMayBeSwitchedOff) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"vxlan=on"}).done());
    EXPECT_TRUE(set(block, {"nvgre=off"}).done());
    EXPECT_EQ(current(block, "vxlan"), "on");
}

TEST(Apply, DefaultsComeBack) {
    FakeTaskOffload block;
    EXPECT_TRUE(set(block, {"lso=off", "active=none", "vxlan=on"}).done());
    EXPECT_TRUE(ring(block, X550_DOORBELL_DEFAULTS).done());
    EXPECT_EQ(current(block, "lso1"), "on");
    EXPECT_EQ(current(block, "vxlan"), "off");
    EXPECT_EQ(current(block, "csum-tcp4"), "both");
}

}  // namespace
}  // namespace taskoffload
