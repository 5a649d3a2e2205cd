// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "commands.h"
#include "error.h"
#include "fake_task_offload.h"
#include "report.h"

namespace taskoffload {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

const Options kText{};
const Options kJson{"", false, true};
const std::string kSample = X550_TEST_VECTORS "/task_offload.reg";

// Every third look at the generation finds a new one.
void disturb_now_and_then(FakeTaskOffload& block) {
    block.before_generation = [&block, looks = 0U]() mutable {
        if (++looks % 3 == 0) {
            block.disturb(9, 32U << 16 | 6 | (looks + 1) % 2);
        }
    };
}

TEST(Commands, ShowPrintsTheTables) {
    FakeTaskOffload block;
    CaptureStdout();
    EXPECT_EQ(show_command(block, kText), 0);
    EXPECT_THAT(GetCapturedStdout(), HasSubstr("csum-tcp4"));
    CaptureStdout();
    EXPECT_EQ(show_command(block, kJson), 0);
    EXPECT_EQ(Json::parse(GetCapturedStdout()).at("hardware").at("rss-table"), 128);
}

TEST(Commands, SetPrintsWhatChanged) {
    FakeTaskOffload block;
    CaptureStdout();
    EXPECT_EQ(set_command(block, kText, {"lso1=off"}), 0);
    EXPECT_THAT(GetCapturedStdout(), HasSubstr("configured  lso1                  on -> off\n"));
    CaptureStdout();
    EXPECT_EQ(set_command(block, kText, {"lso1=off"}), 0);
    EXPECT_EQ(GetCapturedStdout(), "done; nothing changed\n");
    EXPECT_EQ(block.turns, 0);
}

TEST(Commands, SetSaysWhatWasRefused) {
    FakeTaskOffload block;
    block.hardware[2] = 0;
    block.restore();
    CaptureStderr();
    EXPECT_EQ(set_command(block, kText, {"uso-ip6=on"}), 1);
    EXPECT_THAT(GetCapturedStderr(), HasSubstr("refused: not supported: UsoIPv6 (uso-ip6)"));
    CaptureStdout();
    EXPECT_EQ(set_command(block, kJson, {"uso-ip6=on"}), 1);
    const Json answer = Json::parse(GetCapturedStdout());
    EXPECT_EQ(answer.at("done"), false);
    EXPECT_EQ(answer.at("code"), 2);
    EXPECT_EQ(answer.at("member"), "UsoIPv6");
    EXPECT_TRUE(answer.at("changes").empty());
}

TEST(Commands, ApplyDoesWhatTheFileSays) {
    FakeTaskOffload block;
    CaptureStdout();
    EXPECT_EQ(apply_command(block, kJson, {kSample, "0001", false}), 0);
    const Json answer = Json::parse(GetCapturedStdout());
    EXPECT_EQ(answer.at("done"), true);
    EXPECT_EQ(answer.at("request").at("TCPIPv4Checksum"), 2);
    EXPECT_EQ(answer.at("request").at("VxlanUDPPortNumber"), 8472);
    EXPECT_EQ(answer.at("ignored").at(0), "BusType");
    EXPECT_THAT(block.rung, testing::ElementsAre(7U));
}

TEST(Commands, DryRunRingsNothing) {
    FakeTaskOffload block;
    CaptureStdout();
    CaptureStderr();
    EXPECT_EQ(apply_command(block, kText, {kSample, "", true}), 0);
    EXPECT_THAT(GetCapturedStdout(), HasSubstr("UDPIPv4Checksum=3\n"));
    EXPECT_THAT(GetCapturedStderr(), HasSubstr("note: *LsoV1IPv4"));
    EXPECT_TRUE(block.rung.empty());
}

TEST(Commands, ApplyNamesTheFileThatIsWrong) {
    FakeTaskOffload block;
    EXPECT_THROW((void)apply_command(block, kText, {"/no/such/file", "", false}), UsageError);
    try {
        (void)apply_command(block, kText, {X550_TEST_VECTORS "/toeplitz.txt", "", false});
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("toeplitz.txt: line 1: no registry export"));
    }
}

TEST(Commands, WatchEndsAfterItsCount) {
    FakeTaskOffload block;
    disturb_now_and_then(block);
    CaptureStdout();
    EXPECT_EQ(watch_command(block, kText, {std::chrono::milliseconds(1), 2, {}}), 0);
    const std::string text = GetCapturedStdout();
    EXPECT_THAT(text, HasSubstr("generation 8\nconfigured  rsc-ip4"));
    EXPECT_THAT(text, HasSubstr("generation 9\nconfigured  rsc-ip4"));
}

TEST(Commands, WatchEndsInTime) {
    FakeTaskOffload block;
    EXPECT_EQ(
        watch_command(block, kText, {std::chrono::milliseconds(1), {}, std::chrono::seconds(0)}),
        0);
    CaptureStderr();
    EXPECT_EQ(
        watch_command(block, kText, {std::chrono::milliseconds(1), 1, std::chrono::seconds(0)}), 1);
    EXPECT_EQ(GetCapturedStderr(), "only 0 of 1 changes before the timeout\n");
}

TEST(Commands, StatsPrintAndClear) {
    FakeTaskOffload block;
    block.statistics[2] = 77;
    CaptureStdout();
    EXPECT_EQ(stats_command(block, kJson, false), 0);
    EXPECT_EQ(Json::parse(GetCapturedStdout()).at("rsc-units"), 77);
    EXPECT_EQ(stats_command(block, kText, true), 0);
    EXPECT_THAT(block.rung, testing::ElementsAre(8U));
    EXPECT_TRUE(block.statistics.empty());
}

TEST(Commands, ResetRestoresTheDefaults) {
    FakeTaskOffload block;
    CaptureStdout();
    EXPECT_EQ(set_command(block, kText, {"csum=off"}), 0);
    EXPECT_EQ(reset_command(block, kText), 0);
    EXPECT_THAT(GetCapturedStdout(), HasSubstr("off -> both"));
    EXPECT_THAT(block.rung, testing::ElementsAre(3U, 4U));
}

}  // namespace
}  // namespace taskoffload
