// SPDX-License-Identifier: GPL-2.0-or-later
// Offloads switched off and on, jumbo frames, four queues on four CPUs, and everything ethtool
// reports.
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

class Features : public PairingTest {
protected:
    void check_on(Backend backend) {
        MachineConfig config = config_of(GetParam());
        config.cpus = 4;
        Machine& machine = boot(config, add_network(backend));
        (void)configure_guest(machine);
        expect_checks(machine,
                      {"rx-checksum", "tx-checksum", "tx-tso4", "tx-tso6", "tx-uso4", "tx-uso6",
                       "lro", "queues", "jumbo", "settings", "registers", "eeprom", "statistics"});
        expect_happy_end(machine);
    }
};

TEST_P(Features, WorkOnAStreamSocket) {
    check_on(Backend::stream);
}

TEST_P(Features, WorkOnATapWithHeader) {
    check_on(Backend::tap);
}

TEST_P(Features, FourQueuesShareTheFlows) {
    MachineConfig config = config_of(GetParam());
    config.cpus = 4;
    Machine& machine = boot(config, add_network(Backend::tap_plain));
    const GuestFacts facts = configure_guest(machine);
    if (!is_x550()) {
        GTEST_SKIP() << "about the X550's queues";
    }
    EXPECT_EQ(facts.nic.at("nic").at("interrupts").at("vectors"), 5) << "four pairs and one other";
    const Json results = run_checks(machine, {"queues"});
    ASSERT_EQ(results.at(0).at("outcome"), "pass") << results.dump();
    EXPECT_GE(results.at(0).at("detail").at("4").get<int>(), 2) << results.dump();
    const Json ids = machine.agent().call("exec", {{"argv", {"ethtool", "-p", facts.ifname, "1"}}});
    EXPECT_EQ(ids.at("status"), 0) << "port identification";
    for (const char* flag : {"-i", "-d", "-e", "-S", "-k", "-a", "-c", "-g", "-l", "-x", "-T"}) {
        const Json run = machine.agent().call("exec", {{"argv", {"ethtool", flag, facts.ifname}}});
        EXPECT_EQ(run.at("status"), 0) << "ethtool " << flag << ": " << run.at("stderr");
        EXPECT_FALSE(run.at("stdout").get<std::string>().empty()) << "ethtool " << flag;
    }
    expect_happy_end(machine);
}

INSTANTIATE_TEST_SUITE_P(Guest, Features, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Features);

}  // namespace
}  // namespace host
