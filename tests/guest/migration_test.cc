// SPDX-License-Identifier: GPL-2.0-or-later
// The guest moves to another QEMU process, to a file and back, and to a snapshot and back, while
// TCP streams run: our own, of which every byte is compared, and those of iperf3, which are fast.
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>

#include "guest_fixture.h"
#include "iperf_server.h"

namespace host {
namespace {

constexpr std::uint16_t kIperfPort = 5201;

int migrations(const char* otherwise) {
    return std::stoi(environment("X550_MIGRATIONS", otherwise));
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

    [[nodiscard]] static MachineConfig config(bool incoming) {
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

    // Guests that move while they run in QEMU 7.2 under TCG panic now and then, also with QEMU's
    // own e1000e: most likely pages are lost that change while the dirty bitmap is read. A stopped
    // guest changes none.
    static bool loses_pages(const Machine& source) { return source.config().qemu.name == "7.2"; }

    // The machine goes to another process with its traffic; where it goes on. `prepare` sees that
    // process before anything has come.
    Machine& move(Machine& source, const std::function<void(Machine&)>& prepare = {}) {
        Machine& target = receiver();
        if (prepare) {
            prepare(target);
        }
        const std::string uri = "unix:" + target.folder() + "/migration";
        target.share_agent(source);
        target.qmp().execute("migrate-incoming", {{"uri", uri}});
        if (loses_pages(source)) {
            source.qmp().execute("stop");
        }
        send_to(source, uri);
        if (loses_pages(source)) {
            wait_migrated(target);
            target.qmp().execute("cont");
        }
        EXPECT_TRUE(target.qmp().wait_event("RESUME", Milliseconds(60000)));
        target.take_agent();
        source.kill();
        return target;
    }

    // Waits until the wire has carried full frames of data in one direction since `mark`.
    [[nodiscard]] bool data_flows(wire::Direction direction, std::size_t mark) {
        constexpr std::size_t kFullFrame = 1514;
        for (unsigned i = 0; i < 20; ++i) {
            const auto frame = network_->wire()->wait_for(
                [&](const wire::Frame& one) {
                    return one.direction == direction && one.length >= kFullFrame;
                },
                Milliseconds(60000), mark);
            if (!frame) {
                return false;
            }
            mark = network_->wire()->mark();
        }
        return true;
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
    for (int round = 0; round < migrations("20"); ++round) {
        SCOPED_TRACE("migration " + std::to_string(round + 1));
        machine = &move(*machine);
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

// One iperf3, sending and receiving at once as fast as it goes, from the first process to the last.
TEST_P(Migration, MovesLiveUnderIperf) {
    Machine* machine = &boot(config(false), {{network_, device(), mac(0)}});
    (void)configure_guest(*machine);
    const IperfServer server(*network_, kIperfPort);
    const std::vector<std::string> iperf{"iperf3",
                                         "-J",
                                         "--bidir",
                                         "-t",
                                         "3600",
                                         "-p",
                                         std::to_string(kIperfPort),
                                         "-c",
                                         network_->addresses().host4};
    const auto run = machine->agent().start("exec", {{"argv", iperf}, {"timeout_ms", 3600000}});
    const auto expect_data = [&] {
        const std::size_t mark = network_->wire()->mark();
        EXPECT_TRUE(data_flows(wire::Direction::from_guest, mark));
        EXPECT_TRUE(data_flows(wire::Direction::to_guest, mark));
    };
    expect_data();
    for (int round = 0; round < migrations("10") && !HasFailure(); ++round) {
        SCOPED_TRACE("migration " + std::to_string(round + 1));
        machine = &move(*machine);
        expect_data();
    }
    (void)machine->agent().call("exec", {{"argv", {"killall", "-INT", "iperf3"}}});
    const Json result = machine->agent().finish(run);
    const Json report = Json::parse(result.at("stdout").get<std::string>(), nullptr, false);
    ASSERT_TRUE(report.is_object()) << result.dump();
    EXPECT_EQ(report.value("error", ""), "interrupt - the client has terminated");
    double sent = 0;
    double received = 0;
    for (const Json& interval : report.at("intervals")) {
        sent += interval.at("sum").at("bytes").get<double>();
        received += interval.at("sum_bidir_reverse").at("bytes").get<double>();
    }
    EXPECT_GT(sent, 0) << report.dump();
    EXPECT_GT(received, 0) << report.dump();
    expect_checks(*machine, {"link", "tcp4", "udp4"});
    expect_happy_end(*machine);
}

// The cable is that of the new place: the guest hears of it and works when it is plugged in.
TEST_P(Migration, GuestLearnsThatTheCableIsOut) {
    const auto set_link = [](Machine& machine, bool up) {
        machine.qmp().execute("set_link", {{"name", "nic0"}, {"up", up}});
    };
    Machine& first = boot(config(false), {{network_, device(), mac(0)}});
    (void)configure_guest(first);
    expect_traffic(first);
    Machine& second = move(first, [&](Machine& target) { set_link(target, false); });
    second.agent().call("link.wait", {{"carrier", false}});
    Machine& third = move(second);
    third.agent().call("link.wait", {{"carrier", true}});
    expect_traffic(third);
    // As with set_link: what was still to be sent when the link went is reset away.
    expect_happy_end(
        third, {"reset to clear Tx work after link loss", "Reset adapter", "tx_timeout_count"});
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
