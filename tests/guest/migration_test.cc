// SPDX-License-Identifier: GPL-2.0-or-later
// The guest moves to another QEMU process, to a file and back, and to a snapshot and back, while
// TCP streams run and every byte is compared.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "guest_fixture.h"

namespace host {
namespace {

int migrations() {
    return std::atoi(environment("X550_MIGRATIONS", "20").c_str());
}

class Migration : public PairingTest {
protected:
    void SetUp() override {
        PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        network_ = &add_network(Backend::stream);
        network_->wire()->set_snap_length(256);
    }

    [[nodiscard]] MachineConfig config(bool incoming) const {
        MachineConfig out = config_of(GetParam());
        out.incoming = incoming;
        return out;
    }

    // Waits for a state of query-migrate; the event would come only with a capability switched on.
    static void wait_migrated(Machine& machine) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
        while (std::chrono::steady_clock::now() < deadline) {
            const auto event = machine.qmp().wait_event("MIGRATION", Milliseconds(120000));
            ASSERT_TRUE(event) << "no migration event";
            const auto status = event->at("data").at("status").get<std::string>();
            ASSERT_NE(status, "failed")
                << machine.qmp().execute("query-migrate").dump() << machine.qemu_log();
            if (status == "completed") {
                return;
            }
        }
        FAIL() << "the migration does not end";
    }

    static void want_events(Machine& machine) {
        machine.qmp().execute("migrate-set-capabilities",
                              {{"capabilities", {{{"capability", "events"}, {"state", true}}}}});
    }

    static void send_to(Machine& machine, const std::string& uri) {
        want_events(machine);
        // As fast as it goes: the default of the older QEMU is 128 MB/s, which is enough, but the
        // guest dirties memory all the time.
        machine.qmp().execute("migrate-set-parameters",
                              {{"max-bandwidth", 4LL << 30}, {"downtime-limit", 500}});
        machine.qmp().execute("migrate", {{"uri", uri}});
        wait_migrated(machine);
    }

    Machine& receiver() {
        Machine& machine = add_machine(config(true), {{network_, device(), mac(0)}});
        machine.start();
        want_events(machine);
        return machine;
    }

    Network* network_ = nullptr;
};

TEST_P(Migration, MovesLiveBetweenProcessesUnderTraffic) {
    Machine* machine = &boot(config(false), {{network_, device(), mac(0)}});
    (void)configure_guest(*machine);
    const Json peer = peer_of(*network_);
    const auto soak = machine->agent().start("traffic.soak", {{"host", peer.at("address4")},
                                                              {"port", peer.at("port")},
                                                              {"bytes", 4 << 20},
                                                              {"timeout_ms", 120000}});
    ASSERT_TRUE(machine->agent().wait_event(soak, "progress", Milliseconds(60000)));
    for (int round = 0; round < migrations(); ++round) {
        SCOPED_TRACE("migration " + std::to_string(round + 1));
        Machine& target = receiver();
        const std::string uri = "unix:" + target.folder() + "/migration";
        target.share_agent(*machine);
        target.qmp().execute("migrate-incoming", {{"uri", uri}});
        send_to(*machine, uri);
        ASSERT_TRUE(target.qmp().wait_event("RESUME", Milliseconds(60000)));
        target.take_agent();
        machine->kill();
        machine = &target;
        // Two more rounds of the soak have to end here, after the move.
        ASSERT_TRUE(machine->agent().wait_event(soak, "progress", Milliseconds(120000)));
        ASSERT_TRUE(machine->agent().wait_event(soak, "progress", Milliseconds(120000)));
    }
    machine->agent().cancel(soak);
    const Json result = machine->agent().finish(soak, Milliseconds(120000));
    EXPECT_TRUE(result.at("ok").get<bool>()) << result.dump();
    expect_checks(*machine, {"link", "tcp4", "tcp6", "udp4"});
    expect_happy_end(*machine);
}

TEST_P(Migration, GoesToAFileAndComesBack) {
    Machine& source = boot(config(false), {{network_, device(), mac(0)}});
    (void)configure_guest(source);
    expect_traffic(source);
    const std::string file = source.folder() + "/state";
    source.qmp().execute("stop");
    send_to(source, "exec:cat > " + file);
    ASSERT_GT(std::filesystem::file_size(file), 1U << 20);
    Machine& target = receiver();
    target.share_agent(source);
    target.qmp().execute("migrate-incoming", {{"uri", "exec:cat " + file}});
    wait_migrated(target);
    target.qmp().execute("cont");
    target.take_agent();
    source.kill();
    expect_checks(target, {"link", "tcp4", "tcp6", "udp4"});
    expect_happy_end(target);
}

TEST_P(Migration, SnapshotIsSavedAndLoaded) {
    const Scratch scratch;
    const std::string image = scratch.path() + "/snapshot.qcow2";
    // NOLINTNEXTLINE(cert-env33-c): the command is the test's own
    if (std::system(("qemu-img create -q -f qcow2 " + image + " 1G").c_str()) != 0) {
        GTEST_SKIP() << "qemu-img is missing (qemu-utils)";
    }
    MachineConfig one = config(false);
    one.arguments = {"-drive", "if=none,id=disk,format=qcow2,file=" + image};
    Machine& machine = boot(one, {{network_, device(), mac(0)}});
    (void)configure_guest(machine);
    expect_traffic(machine);
    EXPECT_EQ(machine.qmp().monitor("savevm before"), "");
    // What happens now is undone by loading.
    machine.agent().call("link.down");
    EXPECT_EQ(machine.qmp().monitor("loadvm before"), "");
    expect_checks(machine, {"link", "tcp4", "tcp6", "udp4"});
    expect_happy_end(machine);
}

INSTANTIATE_TEST_SUITE_P(Guest, Migration, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Migration);

}  // namespace
}  // namespace host
