// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a whole run: every check there is, as the pages that users look at. They stay in
// X550_ARTIFACTS as offloads.json and offloads.html.
#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

#include "environment.h"
#include "guest_fixture.h"
#include "report/html.h"
#include "run_report.h"

namespace host {
namespace {

class Report : public X550PairingTest {};

// No check of a stock guest can look at these: docs/testing.md.
bool never_seen(const Json& offload) {
    static const std::set<std::string> kNever{"transmit csum-ip-options", "transmit csum-ip6-ext",
                                              "transmit ipsec1",          "transmit ipsec2",
                                              "receive rss-udp",          "receive vmq-vlan",
                                              "receive unfinished-frames"};
    return kNever.contains(offload.at("direction").get<std::string>() + " " +
                           offload.at("name").get<std::string>());
}

TEST_P(Report, ShowsEveryOffloadAtWork) {
    MachineConfig config = config_of(GetParam());
    config.cpus = 4;
    Machine& machine = boot(config, add_network(Backend::stream));
    ReportInput input = begin_report(machine, configure_guest(machine));
    const auto start = std::chrono::steady_clock::now();
    input.checks = run_checks(machine, {});
    input.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const Json report = make_report(input);
    const std::filesystem::path folder = environment("X550_ARTIFACTS", "/tmp/x550-artifacts");
    std::filesystem::create_directories(folder);
    write_json(folder / "offloads.json", report, input.checks);
    write_html(folder / "offloads.html", report);

    EXPECT_TRUE(report.at("block").get<bool>());
    for (const Json& check : report.at("checks")) {
        EXPECT_NE(check.at("outcome"), "fail") << check.dump();
    }
    for (const Json& offload : report.at("offloads")) {
        EXPECT_EQ(offload.at("seen").at("outcome"), never_seen(offload) ? "skip" : "pass")
            << offload.at("direction") << " " << offload.at("name") << ": "
            << offload.at("seen").dump();
    }
    EXPECT_NE(to_html(report).find("none failed"), std::string::npos);
}

// All of it once; the checks themselves run in every pairing elsewhere.
std::vector<Pairing> one_pairing() {
    auto all = diagonal_pairings();
    all.resize(std::min<std::size_t>(all.size(), 1));
    return all;
}

INSTANTIATE_TEST_SUITE_P(Guest, Report, ::testing::ValuesIn(one_pairing()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Report);

}  // namespace
}  // namespace host
