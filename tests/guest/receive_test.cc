// SPDX-License-Identifier: GPL-2.0-or-later
// Receive offloads with the stock driver: frames made by hand go in, and what the guest's stack is
// told about them is compared, on every backend that frames can be put on.
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

class Receive : public X550PairingTest {
protected:
    void check_on(Backend backend) {
        Machine& machine = boot(config_of(GetParam()), add_network(backend));
        (void)configure_guest(machine);
        const bool header = backend == Backend::tap;
        for (const Json& result : run_checks(machine, {"rx"})) {
            const auto name = result.at("name").get<std::string>();
            const bool offered = header || (name != "rx-unfinished" && name != "rx-super-frames");
            EXPECT_EQ(result.at("outcome"), offered ? "pass" : "skip")
                << name << ": " << result.value("reason", "");
        }
        // The driver counts the wrong checksums.
        expect_happy_end(machine, {"rx_csum_offload_errors"});
    }
};

TEST_P(Receive, IsToldRightOnAStream) {
    check_on(Backend::stream);
}

TEST_P(Receive, IsToldRightOnATapWithHeader) {
    check_on(Backend::tap);
}

TEST_P(Receive, IsToldRightOnATapWithoutHeader) {
    check_on(Backend::tap_plain);
}

INSTANTIATE_TEST_SUITE_P(Guest, Receive, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Receive);

}  // namespace
}  // namespace host
