// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fake_task_offload.h"
#include "report.h"
#include "statistics.h"
#include "tables.h"

namespace taskoffload {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string value(const CapsWords& words, const std::string& name) {
    return value_of(capability_rows(words), name).value_or("no such row");
}

std::vector<std::string> names(const Table& table) {
    std::vector<std::string> out;
    for (const Row& row : table) {
        out.push_back(row.name);
    }
    return out;
}

TEST(Tables, RowsAreNamedAsTheProperties) {
    EXPECT_THAT(
        names(capability_rows({})),
        ElementsAre("csum-ip4", "csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6",
                    "csum-ip-options", "csum-ip6-ext", "lso1", "lso2-ip4", "lso2-ip6", "lso-max",
                    "lso-min-segs", "lso-ipid", "uso-ip4", "uso-ip6", "uso-sub-mss", "rsc-ip4",
                    "rsc-ip6", "rsc-timestamps", "rsc-flows", "nvgre", "vxlan", "encap-max-header",
                    "vxlan-port", "vxlan-port-fixed", "rss", "rss-udp", "rss-queues", "rss-table",
                    "vmq", "vmq-queues", "vmq-vlan"));
}

TEST(Tables, FullHardwareReadsAsThePropertiesDefaults) {
    const CapsWords words = FakeTaskOffload::full_hardware();
    EXPECT_EQ(value(words, "csum-ip4"), "both");
    EXPECT_EQ(value(words, "csum-udp6"), "both");
    EXPECT_EQ(value(words, "csum-ip-options"), "on");
    EXPECT_EQ(value(words, "lso1"), "on");
    EXPECT_EQ(value(words, "lso-max"), "261120");
    EXPECT_EQ(value(words, "lso-min-segs"), "2");
    EXPECT_EQ(value(words, "lso-ipid"), "15bit");
    EXPECT_EQ(value(words, "rsc-flows"), "32");
    EXPECT_EQ(value(words, "nvgre"), "on");
    EXPECT_EQ(value(words, "encap-max-header"), "256");
    EXPECT_EQ(value(words, "vxlan-port"), "4789");
    EXPECT_EQ(value(words, "vxlan-port-fixed"), "off");
    EXPECT_EQ(value(words, "rss"), "on");
    EXPECT_EQ(value(words, "rss-queues"), "16");
    EXPECT_EQ(value(words, "rss-table"), "128");
    EXPECT_EQ(value(words, "vmq-queues"), "16");
    EXPECT_EQ(value(words, "vmq-vlan"), "on");
}

TEST(Tables, NothingReadsAsOff) {
    const CapsWords words{};
    for (const char* name : {"csum-tcp6", "csum-ip6-ext", "lso2-ip6", "uso-ip4", "uso-sub-mss",
                             "rsc-ip6", "nvgre", "vxlan", "rss", "rss-udp", "vmq", "vmq-vlan"}) {
        EXPECT_EQ(value(words, name), "off") << name;
    }
    EXPECT_EQ(value(words, "lso-max"), "0");
    EXPECT_EQ(value(words, "vxlan-port-fixed"), "on");
}

TEST(Tables, DirectionsAreToldApart) {
    CapsWords words{};
    words[0] = 0x00110002;
    EXPECT_EQ(value(words, "csum-ip4"), "rx");
    EXPECT_EQ(value(words, "csum-tcp4"), "tx");
    EXPECT_EQ(value(words, "csum-udp6"), "rx");
    EXPECT_EQ(value(words, "csum-udp4"), "off");
}

TEST(Tables, StateIsInTheFlags) {
    CapsWords words{};
    words[23] = 0x000b0000;
    EXPECT_EQ(value_of(state_rows(words), "active-ip4"), "off");
    EXPECT_EQ(value_of(state_rows(words), "active-ip6"), "on");
    EXPECT_EQ(value_of(state_rows(words), "encapsulation-active"), "on");
    EXPECT_EQ(value_of(state_rows(words), "switches-apply"), "on");
}

TEST(Tables, SnapshotReadsTheThreeSections) {
    FakeTaskOffload block;
    block.write_current(2, 0);
    const Snapshot snapshot = take_snapshot(block);
    EXPECT_EQ(snapshot.generation, 7U);
    EXPECT_EQ(value(snapshot.hardware, "lso1"), "on");
    EXPECT_EQ(value(snapshot.configured, "lso1"), "off");
    EXPECT_EQ(value(snapshot.configured, "nvgre"), "on");
    ASSERT_TRUE(snapshot.current);
    EXPECT_EQ(value(*snapshot.current, "nvgre"), "off");
    EXPECT_EQ(block.turns, 0);
}

TEST(Tables, DifferencesNameRowAndValues) {
    FakeTaskOffload block;
    const Snapshot before = take_snapshot(block);
    block.disturb(9, 32U << 16 | 5);
    const auto rows = differences(before, take_snapshot(block));
    EXPECT_EQ(differences_text(rows),
              "configured  rsc-ip6  on -> off\ncurrent     rsc-ip6  on -> off\n");
    EXPECT_EQ(differences_json(rows)[0].dump(),
              R"({"table":"configured","name":"rsc-ip6","before":"on","after":"off"})");
}

TEST(Tables, SameTablesDifferInNothing) {
    FakeTaskOffload block;
    EXPECT_THAT(differences(take_snapshot(block), take_snapshot(block)), IsEmpty());
}

TEST(Tables, TextHasAColumnATable) {
    FakeTaskOffload block;
    const std::string text = snapshot_text(take_snapshot(block));
    EXPECT_THAT(text, HasSubstr("                      hardware  configured  current\n"));
    EXPECT_THAT(text, HasSubstr("nvgre                 on        on          off\n"));
    EXPECT_THAT(text, HasSubstr("switches-apply                  off\n"));
}

TEST(Tables, JsonHasNumbersAndWords) {
    FakeTaskOffload block;
    const auto json = snapshot_json(take_snapshot(block));
    EXPECT_EQ(json.at("generation"), 7);
    EXPECT_EQ(json.at("hardware").at("lso-max"), 261120);
    EXPECT_EQ(json.at("hardware").at("csum-ip4"), "both");
    EXPECT_FALSE(json.at("hardware").contains("switches-apply"));
    EXPECT_EQ(json.at("current").at("switches-apply"), "off");
}

TEST(Tables, StatisticsHaveBothHalves) {
    FakeTaskOffload block;
    block.statistics[0] = 0x100000002;
    block.statistics[28] = 5;
    const auto counters = read_statistics(block);
    ASSERT_EQ(counters.size(), 29U);
    EXPECT_EQ(counters[0].name, "rsc-segments");
    EXPECT_EQ(counters[0].value, 0x100000002U);
    EXPECT_EQ(counters[1].value, 0U);
    EXPECT_EQ(counters[28].name, "tx-csum-off");
    EXPECT_EQ(counters[28].value, 5U);
    EXPECT_EQ(statistics_json(counters).at("rsc-segments"), 0x100000002);
    EXPECT_THAT(statistics_text(counters), HasSubstr("rsc-segments       4294967298  segments in"));
}

}  // namespace
}  // namespace taskoffload
