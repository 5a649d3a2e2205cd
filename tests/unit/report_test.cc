// SPDX-License-Identifier: GPL-2.0-or-later
// The report of ./x550 run: the document, and the page made of it.
#include "report/report.h"

#include <gtest/gtest.h>
#include <set>
#include <utility>

#include "report/html.h"
#include "report/offloads.h"

namespace host {
namespace {

Json passed(const char* name, const char* told) {
    return {{"name", name}, {"outcome", "pass"}, {"detail", {{"told", told}}}};
}

Json failed(const char* name, const char* reason) {
    return {{"name", name}, {"outcome", "fail"}, {"reason", reason}};
}

Json skipped(const char* name, const char* reason) {
    return {{"name", name}, {"outcome", "skip"}, {"reason", reason}};
}

Json report_of(Json checks, Json tables = nullptr) {
    ReportInput input;
    input.guest_facts = {{"kernel", "6.1.0"}, {"nic", {{"driver", {{"driver", "ixgbe"}}}}}};
    input.device = {{"device", "x550"}};
    input.offload_tables = std::move(tables);
    input.checks = std::move(checks);
    input.seconds = 61;
    return make_report(input);
}

Json offload(const Json& report, const std::string& name, const std::string& direction) {
    for (const Json& entry : report.at("offloads")) {
        if (entry.at("name") == name && entry.at("direction") == direction) {
            return entry;
        }
    }
    return {};
}

// A failed match would print the whole page.
bool has(const std::string& page, const std::string& word) {
    return page.find(word) != std::string::npos;
}

TEST(Report, HasEachOffloadOnceADirection) {
    std::set<std::pair<std::string, std::string>> seen;
    const Json report = report_of(Json::array());
    for (const Json& entry : report.at("offloads")) {
        seen.emplace(entry.at("direction"), entry.at("name"));
    }
    EXPECT_EQ(seen.size(), all_offloads().size());
    EXPECT_EQ(report.at("offloads").size(), all_offloads().size());
}

TEST(Report, HasARowForEachProperty) {
    const Json report = report_of(Json::array());
    for (const char* name : {"csum-ip4", "csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6",
                             "csum-ip-options", "csum-ip6-ext", "nvgre", "vxlan"}) {
        EXPECT_TRUE(offload(report, name, "transmit").is_object()) << name;
        EXPECT_TRUE(offload(report, name, "receive").is_object()) << name;
    }
    for (const char* name : {"lso1", "lso2-ip4", "lso2-ip6", "uso-ip4", "uso-ip6", "uso-sub-mss",
                             "ipsec1", "ipsec2"}) {
        EXPECT_TRUE(offload(report, name, "transmit").is_object()) << name;
    }
    for (const char* name :
         {"rsc-ip4", "rsc-ip6", "rsc-timestamps", "rss", "rss-udp", "vmq", "vmq-vlan"}) {
        EXPECT_TRUE(offload(report, name, "receive").is_object()) << name;
    }
}

TEST(Report, HasTheMembersItsHeaderPromises) {
    const Json report = report_of(Json::array({passed("tx-tso4", "fine")}));
    for (const char* name : {"version", "device", "guest", "block", "offloads", "limits", "checks",
                             "totals", "seconds"}) {
        EXPECT_TRUE(report.contains(name)) << name;
    }
    for (const Json& entry : report.at("offloads")) {
        for (const char* name : {"name", "direction", "title", "offered", "configured", "current",
                                 "seen", "proofs", "evidence", "cost"}) {
            EXPECT_TRUE(entry.contains(name)) << entry.dump();
        }
        for (const char* name : {"outcome", "sentence", "reason"}) {
            EXPECT_TRUE(entry.at("seen").contains(name)) << entry.dump();
        }
    }
    EXPECT_EQ(report.at("version"), 1);
    EXPECT_EQ(report.at("seconds"), 61.0);
}

TEST(Report, TellsWhatTheTablesTellInEachDirection) {
    const Json tables{{"hardware", {{"csum-tcp4", "both"}, {"rsc-ip6", true}, {"lso-max", 4096}}},
                      {"configured", {{"csum-tcp4", "tx"}, {"rsc-ip6", "off"}}},
                      {"current", {{"csum-tcp4", "off"}}}};
    const Json report = report_of(Json::array(), tables);
    const Json sent = offload(report, "csum-tcp4", "transmit");
    const Json received = offload(report, "csum-tcp4", "receive");
    EXPECT_EQ(sent.at("offered"), true);
    EXPECT_EQ(sent.at("configured"), true);
    EXPECT_EQ(sent.at("current"), false);
    EXPECT_EQ(received.at("offered"), true);
    EXPECT_EQ(received.at("configured"), false);
    EXPECT_EQ(offload(report, "rsc-ip6", "receive").at("offered"), true);
    EXPECT_EQ(offload(report, "rsc-ip6", "receive").at("configured"), false);
    EXPECT_EQ(offload(report, "rsc-ip6", "receive").at("current"), nullptr);
    EXPECT_EQ(offload(report, "capabilities", "control").at("offered"), true);
    EXPECT_EQ(report.at("limits").at(0).at("offered"), 4096);
}

TEST(Report, TellsNothingOfAnAbsentBlock) {
    const Json report = report_of(Json::array({passed("tx-tso4", "fine")}));
    EXPECT_EQ(report.at("block"), false);
    const Json entry = offload(report, "lso2-ip4", "transmit");
    EXPECT_EQ(entry.at("offered"), nullptr);
    EXPECT_EQ(entry.at("current"), nullptr);
    EXPECT_EQ(entry.at("seen").at("outcome"), "pass");
    EXPECT_EQ(offload(report, "reset", "control").at("offered"), false);
    EXPECT_TRUE(has(to_html(report), "no task-offload block"));
}

TEST(Report, OneFailedCheckFailsTheOffloadAndSaysWhy) {
    const Json report = report_of(Json::array(
        {passed("tx-tso4", "fine"), failed("control-large-sends", "was cut <wrongly>")}));
    const Json seen = offload(report, "lso2-ip4", "transmit").at("seen");
    EXPECT_EQ(seen.at("outcome"), "fail");
    EXPECT_EQ(seen.at("reason"), "was cut <wrongly>");
    EXPECT_EQ(offload(report, "lso2-ip4", "transmit").at("proofs").size(), 2U);
    const std::string page = to_html(report);
    EXPECT_TRUE(has(page, "was cut &lt;wrongly&gt;"));
    EXPECT_TRUE(has(page, "<details open>"));
}

TEST(Report, TakesTheOffendingFrameOutOfTheReason) {
    const Json report =
        report_of(Json::array({failed("rx-udp4", "vouched for; the frame: 52540012ab")}));
    const Json entry = offload(report, "csum-udp4", "receive");
    EXPECT_EQ(entry.at("seen").at("reason"), "vouched for");
    EXPECT_EQ(entry.at("evidence").at(0).at("hex"), "52540012ab");
    EXPECT_TRUE(has(to_html(report), "0000  52 54 00 12 ab"));
}

TEST(Report, KeepsAReasonThatHasNoFrame) {
    const Json report =
        report_of(Json::array({failed("rx-udp4", "never came; the frame: missing")}));
    EXPECT_EQ(offload(report, "csum-udp4", "receive").at("seen").at("reason"),
              "never came; the frame: missing");
}

TEST(Report, SkippedChecksLeaveItUnseen) {
    const Json report = report_of(Json::array({skipped("rx-pools", "one queue only")}));
    const Json seen = offload(report, "vmq", "receive").at("seen");
    EXPECT_EQ(seen.at("outcome"), "skip");
    EXPECT_EQ(seen.at("sentence"), "one queue only");
    EXPECT_EQ(offload(report, "vmq-vlan", "receive").at("seen").at("sentence"),
              "no check looks at it");
    EXPECT_EQ(offload(report, "rss", "receive").at("seen").at("sentence"),
              "its checks did not run");
}

TEST(Report, CountsOutcomes) {
    const Json report = report_of(Json::array(
        {passed("tx-sctp", "fine"), failed("rx-sctp", "wrong"), skipped("rx-vlan", "no")}));
    EXPECT_EQ(report.at("totals").at("checks"), (Json{{"pass", 1}, {"fail", 1}, {"skip", 1}}));
    EXPECT_EQ(report.at("totals").at("offloads").at("pass"), 1);
    EXPECT_EQ(report.at("totals").at("offloads").at("fail"), 1);
    EXPECT_EQ(report.at("totals").at("offloads").at("skip"), all_offloads().size() - 2);
}

TEST(Report, TakesFramesAsSentencesOrObjects) {
    Json check = passed("control-tunnels", "fine");
    check["detail"]["frames"] = {
        "first", {{"summary", "second"}, {"hex", "00ff"}}, {{"summary", "third"}, {"hex", "no"}}};
    const Json evidence =
        offload(report_of(Json::array({check})), "nvgre", "receive").at("evidence");
    ASSERT_EQ(evidence.size(), 3U);
    EXPECT_EQ(evidence.at(0).at("summary"), "first");
    EXPECT_EQ(evidence.at(0).at("hex"), nullptr);
    EXPECT_EQ(evidence.at(1).at("hex"), "00ff");
    EXPECT_EQ(evidence.at(2).at("hex"), nullptr);
    EXPECT_EQ(evidence.at(1).at("check"), "control-tunnels");
}

TEST(Report, GivesEachOffloadItsOwnCost) {
    Json check = passed("control-large-sends", "fine");
    check["detail"]["cost"]["lso2-ip4"] = {{"on", 1500.0}, {"off", 3e6}, {"unit", "ns/MB"}};
    const Json report = report_of(Json::array({check}));
    EXPECT_EQ(offload(report, "lso2-ip4", "transmit").at("cost").at("on"), 1500.0);
    EXPECT_EQ(offload(report, "lso2-ip6", "transmit").at("cost"), nullptr);
    const std::string page = to_html(report);
    EXPECT_TRUE(has(page, "1.50 µs/MB"));
    EXPECT_TRUE(has(page, "3.00 ms/MB"));
    EXPECT_TRUE(has(page, "width=\"100.00\""));
}

TEST(Report, SurvivesResultsOfAnyType) {
    Json odd{{"name", 7}, {"outcome", nullptr}, {"detail", "text"}, {"reason", Json::array()}};
    Json named{{"name", "tx-tso4"}, {"outcome", "pass"}, {"detail", 3}};
    Json deep = passed("control-coalescing", "fine");
    deep["detail"]["frames"] = {1, nullptr, {{"hex", 5}}};
    deep["detail"]["cost"] = {{"rsc-ip4", "free"}, {"rsc-ip6", {{"on", "x"}}}};
    const Json report = report_of({odd, named, deep, nullptr, "text"}, {{"hardware", 4}});
    EXPECT_EQ(report.at("checks").size(), 5U);
    EXPECT_EQ(offload(report, "rsc-ip4", "receive").at("cost"), nullptr);
    EXPECT_TRUE(has(to_html(report), "</html>"));
    EXPECT_TRUE(has(to_html(make_report({})), "No offload was looked at"));
}

TEST(ReportPage, EscapesEveryText) {
    const std::string evil = "\"><script>alert('&')</script>\x01\xff";
    ReportInput input;
    input.guest_facts = {{evil, {{evil, evil}}}, {"kernel", evil}};
    input.device = {{"device", evil}, {"qemu", {evil}}};
    Json check{{"name", "tx-tso4"}, {"summary", evil}, {"outcome", "fail"}, {"reason", evil}};
    check["detail"] = {{"frames", {evil, {{"summary", evil}, {"hex", evil}}}},
                       {"cost", {{"lso2-ip4", {{"on", 1}, {"off", 2}, {"unit", evil}}}}}};
    input.checks = Json::array({check, {{"name", evil}, {"outcome", evil}, {"reason", evil}}});
    input.offload_tables = {{"hardware", {{"lso-max", evil}}}};
    const std::string page = to_html(make_report(input));
    EXPECT_FALSE(has(page, "<script"));
    EXPECT_FALSE(has(page, "\x01"));
    EXPECT_FALSE(has(page, "\xff")) << "not UTF-8";
    EXPECT_TRUE(has(page, "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"));
}

TEST(ReportPage, NeedsNothingFromElsewhere) {
    const std::string page = to_html(report_of(Json::array({passed("tx-tso4", "fine")})));
    for (const char* word : {"http:", "https:", "src=", "@import", "url(", "<link", "<script"}) {
        EXPECT_FALSE(has(page, word));
    }
    EXPECT_TRUE(has(page, "prefers-color-scheme: dark"));
    EXPECT_TRUE(has(page, "@media print"));
}

TEST(ReportPage, HasARowForEachOffload) {
    const std::string page = to_html(report_of(Json::array()));
    for (const Offload& offload : all_offloads()) {
        EXPECT_TRUE(has(page, "id=\"" + std::string(name_of(offload.direction)) + "-" +
                                  std::string(offload.name) + "\""));
    }
}

TEST(ReportPage, TellsFailedChecksThatAreNoOffloads) {
    const std::string page = to_html(report_of(Json::array({failed("ping4", "3 pings lost")})));
    EXPECT_TRUE(has(page, "1 check failed, but no offload"));
    EXPECT_TRUE(has(page, "3 pings lost"));
}

}  // namespace
}  // namespace host
