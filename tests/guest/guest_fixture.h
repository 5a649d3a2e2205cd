// SPDX-License-Identifier: GPL-2.0-or-later
// What every guest test has: the QEMUs and kernels of the environment, machines that end with the
// test, and a folder of evidence when it fails.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "environment.h"
#include "guest.h"
#include "machine.h"
#include "network.h"

namespace host {

// One QEMU with one kernel.
struct Pairing {
    Qemu qemu;
    Kernel kernel;
};
void PrintTo(const Pairing& pairing, std::ostream* out);

// All combinations, or QEMU i with kernel i only (every QEMU and every kernel at least once).
[[nodiscard]] std::vector<Pairing> all_pairings();
[[nodiscard]] std::vector<Pairing> diagonal_pairings();
// Letters and digits only, as GoogleTest wants its names.
[[nodiscard]] std::string pairing_name(const Pairing& pairing);
[[nodiscard]] std::string plain_name(const std::string& text);

class GuestTest : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    // The device under test with more properties: "x550,msix=off".
    [[nodiscard]] static std::string device(const std::string& properties = "");
    [[nodiscard]] static MachineConfig config_of(const Pairing& pairing);
    [[nodiscard]] static std::string mac(std::size_t number);
    // True when the device under test is the X550 and not a stand-in of X550_DEVICE.
    [[nodiscard]] static bool is_x550();

    Network& add_network(Backend backend);
    // Starts a machine with one NIC per network given; configured are those with a backend.
    Machine& boot(MachineConfig config, const std::vector<Nic>& nics);
    Machine& boot(const MachineConfig& config, Network& network);
    Machine& add_machine(MachineConfig config, const std::vector<Nic>& nics);

    // Every check passes or is skipped; the message names those that fail.
    static void expect_checks(Machine& machine, const std::vector<std::string>& names,
                              std::size_t nic = 0);
    static void expect_inward(Machine& machine, const GuestFacts& facts, std::size_t nic = 0);
    // No driver message and no error counter since the boot, nothing wrong on the wire, and QEMU
    // ends by itself with status 0. Complaints with a text of `allowed` are expected.
    // Kernel log, driver counters and wire have nothing to say but what is allowed.
    static void expect_no_complaints(Machine& machine,
                                     const std::vector<std::string>& allowed = {});
    // The same, and the guest powers off.
    static void expect_happy_end(Machine& machine, const std::vector<std::string>& allowed = {});
    // TCP both ways, as the shortest proof that the NIC works.
    static void expect_traffic(Machine& machine, std::size_t nic = 0);

private:
    void leave_evidence();

    std::vector<std::unique_ptr<Network>> networks_;
    std::vector<std::unique_ptr<Machine>> machines_;
};

class PairingTest : public GuestTest, public ::testing::WithParamInterface<Pairing> {};

// About what no other device can do.
class X550PairingTest : public PairingTest {
protected:
    void SetUp() override {
        PairingTest::SetUp();
        if (!IsSkipped() && !is_x550()) {
            GTEST_SKIP() << "about the X550";
        }
    }
};

}  // namespace host
