// SPDX-License-Identifier: GPL-2.0-or-later
// Kernel x QEMU x interrupt kind, each with a NIC on every backend at once: default settings move
// TCP and UDP everywhere, and the offline self-test passes.
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

struct Interrupts {
    std::string name;
    std::string mode;          // as the guest's sysfs says
    std::string properties;    // of the device
    std::string command_line;  // of the kernel
};
void PrintTo(const Interrupts& interrupts, std::ostream* out) {
    *out << interrupts.name;
}

const Interrupts kMsix{"Msix", "msix", "", ""};
const Interrupts kMsi{"Msi", "msi", "msix=off", ""};
const Interrupts kIntx{"Intx", "intx", "", "pci=nomsi"};

class Matrix : public GuestTest,
               public ::testing::WithParamInterface<std::tuple<Pairing, Interrupts>> {};

TEST_P(Matrix, MovesTrafficOnEveryBackend) {
    const auto& [pairing, interrupts] = GetParam();
    MachineConfig config = config_of(pairing);
    config.command_line += " " + interrupts.command_line;
    std::vector<Nic> nics;
    for (const Backend backend :
         {Backend::stream, Backend::user, Backend::tap, Backend::tap_plain}) {
        nics.push_back({&add_network(backend), device(interrupts.properties), mac(nics.size())});
    }
    Machine& machine = boot(config, nics);
    for (std::size_t i = 0; i < nics.size(); ++i) {
        SCOPED_TRACE(backend_name(nics[i].network->backend()));
        const GuestFacts facts = configure_guest(machine, i);
        if (is_x550()) {
            EXPECT_EQ(facts.nic.at("nic").at("interrupts").at("mode"), interrupts.mode);
            EXPECT_EQ(facts.nic.at("nic").at("driver").at("driver"), "ixgbe");
        }
        expect_checks(machine,
                      {"link", "ping4", "ping6", "tcp4", "tcp6", "udp4", "udp6", "statistics"}, i);
        expect_inward(machine, facts, i);
    }
    expect_checks(machine, {"selftest", "selftest-offline"}, 0);
    expect_traffic(machine, 0);
    // What the driver says when it has to do without MSI-X.
    const std::vector<std::string> said{"Failed to allocate MSI", "Disabling DCB support",
                                        "Disabling SR-IOV support", "Disabling RSS support"};
    expect_happy_end(machine, interrupts.mode == kMsix.mode ? std::vector<std::string>() : said);
}

INSTANTIATE_TEST_SUITE_P(Guest, Matrix,
                         ::testing::Combine(::testing::ValuesIn(all_pairings()),
                                            ::testing::Values(kMsix, kMsi, kIntx)),
                         [](const auto& which) {
                             return pairing_name(std::get<0>(which.param)) +
                                    std::get<1>(which.param).name;
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Matrix);

}  // namespace
}  // namespace host
