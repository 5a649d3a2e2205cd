// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block moves with its device, to one that has the same offloads.
#include "ip_frame.h"
#include "second_process.h"

namespace x550 {
namespace {

constexpr const char* kWithout = ",task-offload-cap=off";

// Straight to another process, or into a file and out of it.
struct TaskOffloadMigration : testing::TestWithParam<bool> {
    OffloadMachine source;

    std::unique_ptr<SecondProcess> move() {
        const TemporaryFile place;
        const bool by_file = GetParam();
        const std::string uri = (by_file ? "file:" : "unix:") + place.path();
        if (by_file) {
            source.qemu.qmp("stop");
            migrate(source.qemu, uri);
        }
        auto there = std::make_unique<SecondProcess>(source, uri);
        if (!by_file) {
            migrate(source.qemu, uri);
        }
        there->wait_running();
        if (by_file) {
            there->qemu.qmp("cont");
        }
        reserve_memory(there->qemu, 16u << 20);
        return there;
    }
};

TEST_P(TaskOffloadMigration, RequestIsRungAtTheDestination) {
    source.block.write(X550_PARAMETERS, 0x0404'0301);
    source.block.write(X550_PARAMETERS + 24, 0x0000'0101);
    source.block.write(X550_ENCAPSULATION_IP4, X550_ENCAPSULATED_ON | 2u << 16);
    source.block.write(X550_ENCAPSULATION_IP6 + 4, 18);
    source.pci.write(32, kWindowOffset, X550_ENCAPSULATION_IP4);
    const auto there = move();
    OffloadBlock& block = there->block;
    EXPECT_EQ(there->pci.read(32, kWindowData), X550_ENCAPSULATED_ON | 2u << 16);
    EXPECT_EQ(block.read(X550_PARAMETERS), 0x0404'0301U);
    EXPECT_EQ(block.read(X550_PARAMETERS + 24), 0x0000'0101U);
    EXPECT_EQ(block.read(X550_ENCAPSULATION_IP6 + 4), 18U);
    EXPECT_FALSE(block.switches_apply());
    EXPECT_EQ(block.ring(X550_DOORBELL_PARAMETERS | X550_DOORBELL_ENCAPSULATION), X550_RESULT_DONE);
    const std::uint32_t csum = block.caps(X550_CURRENT, X550_WORD_CSUM);
    EXPECT_EQ(csum & 0x1F, 0x1CU) << "transmit: not IPv4, not TCP over it";
    EXPECT_EQ(csum >> X550_CSUM_RECEIVE_SHIFT & 0x1F, 0x1EU) << "receive: not IPv4";
    EXPECT_EQ(block.caps(X550_CURRENT, X550_WORD_SEG) & (X550_SEG_USO_IP4 | X550_SEG_USO_IP6), 0U);
    EXPECT_NE(block.caps(X550_CURRENT, X550_WORD_FLAGS) & X550_FLAGS_IP4_ACTIVE, 0U);
    EXPECT_TRUE(there->nic.still_works(there->wire));
}

TEST_P(TaskOffloadMigration, SettingsAndCountersGoOn) {
    source.block.write(X550_PARAMETERS + 4, X550_SWITCH_OFF << 8 | X550_SWITCH_OFF << 24);
    source.block.write(X550_PARAMETERS + 20,
                       X550_ENCAPSULATED_ON | X550_TYPE_VXLAN << 8 | 4790u << 16);
    ASSERT_EQ(source.block.ring(X550_DOORBELL_PARAMETERS), X550_RESULT_DONE);
    ASSERT_EQ(source.block.activate(), X550_RESULT_DONE);
    TxRing tx(source.nic, 0, 64);
    tx.enable();
    const LargeSend request(source.nic, 1);
    request.push(tx);
    tx.kick();
    ASSERT_TRUE(source.qemu.wait_until([&] { return tx.idle(); }));
    ASSERT_EQ(source.block.counter(X550_STAT_LSO_WHILE_OFF), 1U);
    std::map<std::uint32_t, std::vector<std::uint32_t>> tables;
    for (const std::uint32_t table : {X550_HARDWARE, X550_CURRENT, X550_EFFECTIVE}) {
        tables[table] = source.block.table(table);
    }
    const auto there = move();
    OffloadBlock& block = there->block;
    for (const auto& [table, words] : tables) {
        EXPECT_EQ(block.table(table), words) << std::hex << table;
    }
    EXPECT_EQ(block.read(X550_GENERATION), 2U);
    EXPECT_EQ(block.read(X550_EVENT), X550_EVENT_CURRENT);
    EXPECT_EQ(block.counter(X550_STAT_LSO_WHILE_OFF), 1U);
    EXPECT_EQ(there->nic.read(VXLANCTRL::at()) & 0xFFFF, 4790U);
    // The switches go on as well: a large send is dropped there, too.
    TxRing ring(there->nic, 1, 64);
    ring.enable();
    const LargeSend second(there->nic, 32);
    second.push(ring);
    ring.kick();
    EXPECT_TRUE(there->qemu.wait_until([&] { return ring.idle(); }));
    EXPECT_EQ(block.counter(X550_STAT_LSO_WHILE_OFF), 2U);
    EXPECT_EQ(block.counter(X550_STAT_LSO_SEGMENTS), 0U);
    EXPECT_TRUE(there->nic.still_works(there->wire));
}

TEST_P(TaskOffloadMigration, EventVectorGoesOn) {
    constexpr unsigned kVector = 37;
    source.pci.enable_msix(source.nic.msix);
    source.block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | kVector);
    const std::uint64_t message = source.qemu.read(32, source.nic.msix.address + kVector * 16);
    const auto there = move();
    EXPECT_EQ(there->qemu.read(32, message), 0U);
    EXPECT_EQ(there->block.set(X550_PARAM_RSC_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    EXPECT_TRUE(there->qemu.wait_until(
        [&] { return there->qemu.read(32, message) == (0x1234'0000U | kVector); }));
}

INSTANTIATE_TEST_SUITE_P(How, TaskOffloadMigration, testing::Bool(), [](const auto& by_file) {
    return by_file.param ? "ByFile" : "ToAnotherProcess";
});

// ---- Other offloads at the destination ----

struct TaskOffloadRefusal : testing::Test {
    static void save(OffloadMachine& source, const std::string& path) {
        source.qemu.qmp("stop");
        migrate(source.qemu, "file:" + path);
    }
    // How a QEMU with that device ends that is to load the file.
    static Exit load(const std::string& path, const std::string& device) {
        Launch launch;
        launch.add({"-machine", "pc", "-netdev", "hubport,id=wire,hubid=0", "-device",
                    "x550,id=nic,netdev=wire,mac=52:54:00:12:34:56,addr=4" + device, "-incoming",
                    "file:" + path});
        return Qemu::run(std::move(launch));
    }
    static void expect_refused(const Exit& exit, const std::string& words) {
        EXPECT_TRUE(exit.clean) << exit.error_output;
        EXPECT_EQ(exit.status, 1) << exit.error_output;
        EXPECT_NE(exit.error_output.find(words), std::string::npos) << exit.error_output;
    }
    const TemporaryFile file;
};

TEST_F(TaskOffloadRefusal, WhatTheDestinationLacksIsRefusedWhileItIsOn) {
    OffloadMachine source;
    save(source, file.path());
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"lso2-ip4=off", "segmentation is on that lso1, lso2-..."},
        {"uso-ip4=off", "segmentation is on that lso1, lso2-... or uso-..."},
        {"csum-tcp4=tx", "a checksum is on that csum-..."},
        {"csum-udp6=rx", "a checksum is on that csum-..."},
        {"rsc-ip6=off", "coalescing is on that rsc-ip4 or rsc-ip6"},
        {"vxlan=off", "a tunnel is on that nvgre or vxlan"},
    };
    for (const auto& [property, words] : cases) {
        SCOPED_TRACE(property);
        expect_refused(load(file.path(), "," + property),
                       "x550: the saved state is refused: task-offload: " + words);
    }
}

TEST_F(TaskOffloadRefusal, WhatTheDestinationLacksMayBeOff) {
    OffloadMachine source;
    ASSERT_EQ(source.block.set(X550_PARAM_LSO_V2_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    save(source, file.path());
    SecondProcess there(source, "file:" + file.path(), ",lso2-ip4=off");
    there.wait_running();
    there.qemu.qmp("cont");
    EXPECT_EQ(there.block.read(X550_GENERATION), 1U);
    EXPECT_EQ(there.block.set(X550_PARAM_LSO_V2_IP4, X550_SWITCH_ON), X550_RESULT_NOT_SUPPORTED);
}

TEST_F(TaskOffloadRefusal, WhatOnlyTheDestinationHasStaysOff) {
    OffloadMachine source({.device = ",lso2-ip4=off"});
    save(source, file.path());
    SecondProcess there(source, "file:" + file.path());
    there.wait_running();
    there.qemu.qmp("cont");
    EXPECT_NE(there.block.caps(X550_HARDWARE, X550_WORD_SEG) & X550_SEG_LSO2_IP4, 0U);
    EXPECT_EQ(there.block.caps(X550_CURRENT, X550_WORD_SEG) & X550_SEG_LSO2_IP4, 0U);
    EXPECT_EQ(there.block.set(X550_PARAM_LSO_V2_IP4, X550_SWITCH_ON), X550_RESULT_DONE);
}

// QEMU compares the configuration spaces before the device's own state is looked at.
TEST_F(TaskOffloadRefusal, BlockOnOneSideOnlyIsRefused) {
    {
        OffloadMachine source;
        ASSERT_EQ(source.block.set(X550_PARAM_LSO_V1, X550_SWITCH_OFF), X550_RESULT_DONE);
        save(source, file.path());
    }
    expect_refused(load(file.path(), kWithout), "0000:00:04.0/x550");
    const TemporaryFile plain;
    OffloadMachine without({.device = kWithout, .attach = false});
    save(without, plain.path());
    expect_refused(load(plain.path(), ""), "0000:00:04.0/x550");
}

TEST_F(TaskOffloadRefusal, PlainDevicesMoveWithoutTheBlock) {
    OffloadMachine source({.device = kWithout, .attach = false});
    source.nic.attach();
    source.nic.write(FCTTV::at(0), 0x1234);
    save(source, file.path());
    const MigrationStream stream(file.path(), kSavedDevice);
    const std::string text(stream.bytes().begin(), stream.bytes().end());
    EXPECT_EQ(text.find("x550/task-offload"), std::string::npos);
    SecondProcess there(source, "file:" + file.path(), kWithout);
    there.wait_running();
    there.qemu.qmp("cont");
    EXPECT_EQ(there.nic.read(FCTTV::at(0)), 0x1234U);
    EXPECT_TRUE(there.nic.still_works(there.wire));
}

// ---- A saved block is the word of a stranger ----

const std::string kSaved = "state.task_offload.";

TEST_F(TaskOffloadRefusal, ImpossibleValuesAreRefused) {
    OffloadMachine source;
    save(source, file.path());
    const MigrationStream stream(file.path(), kSavedDevice);
    std::vector<std::pair<std::string, Bytes>> spoils = {
        {"settings.vxlan_port", Bytes(2, 0)},
        {"event", Bytes(4, 0xFF)},
        {"event_vector", Bytes(4, 0xFF)},
        {"result", {0, 0, 0, X550_RESULT_BUSY}},  // without a doorbell
    };
    for (const std::string setting : {"csum_tx", "csum_rx", "segmentation", "rsc", "rsc_asked",
                                      "encap_types", "encap_active", "active", "engaged"}) {
        spoils.push_back({"settings." + setting, {0xFF}});
    }
    for (const auto& [name, instead] : spoils) {
        SCOPED_TRACE(name);
        Bytes bytes = stream.bytes();
        const std::size_t at = stream.field(kSaved + name).offset;
        std::copy(instead.begin(), instead.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
        const TemporaryFile spoiled;
        write_file(spoiled.path(), bytes);
        expect_refused(load(spoiled.path(), ""), "x550: the saved state is refused: task-offload");
    }
}

TEST_F(TaskOffloadRefusal, PendingDoorbellIsDoneAtTheDestination) {
    OffloadMachine source;
    source.block.request(X550_PARAM_RSC_IP4, X550_SWITCH_OFF);
    save(source, file.path());
    const MigrationStream stream(file.path(), kSavedDevice);
    Bytes bytes = stream.bytes();
    bytes[stream.field(kSaved + "result").offset + 3] = X550_RESULT_BUSY;
    bytes[stream.field(kSaved + "pending_doorbell").offset + 3] = X550_DOORBELL_PARAMETERS;
    write_file(file.path(), bytes);
    SecondProcess there(source, "file:" + file.path());
    there.wait_running();
    EXPECT_EQ(there.block.code(), X550_RESULT_BUSY) << "the machine is still stopped";
    there.qemu.qmp("cont");
    EXPECT_TRUE(there.qemu.wait_until([&] { return there.block.code() == X550_RESULT_DONE; }));
    EXPECT_EQ(there.block.caps(X550_CURRENT, X550_WORD_RSC) & 3, X550_RSC_IP6);
}

}  // namespace
}  // namespace x550
