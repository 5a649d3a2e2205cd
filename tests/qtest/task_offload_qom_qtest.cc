// SPDX-License-Identifier: GPL-2.0-or-later
// The host looks at the task offloads and switches them.
#include <algorithm>

#include "ip_frame.h"
#include "task_offload.h"

namespace x550 {
namespace {

using TaskOffloadHost = OffloadTest;

// A switch, and a value that is not the one at start.
struct Switch {
    const char* name;
    const char* value;
};
constexpr std::array kSwitches = {
    Switch{"csum-ip4", "\"rx\""},  Switch{"csum-tcp4", "\"tx\""}, Switch{"csum-udp4", "\"off\""},
    Switch{"csum-tcp6", "\"tx\""}, Switch{"csum-udp6", "\"rx\""}, Switch{"lso1", "false"},
    Switch{"lso2-ip4", "false"},   Switch{"lso2-ip6", "false"},   Switch{"uso-ip4", "false"},
    Switch{"uso-ip6", "false"},    Switch{"rsc-ip4", "false"},    Switch{"rsc-ip6", "false"},
    Switch{"vxlan-port", "4790"},  Switch{"nvgre", "false"},      Switch{"vxlan", "false"},
};
constexpr std::array kReadOnly = {"offload-hardware", "offload-configured", "offload-current",
                                  "offload-statistics", "offload-generation"};

// As the constants above write it.
std::string text(const Json& value) {
    try {
        return json_quote(value.string());
    } catch (const std::bad_variant_access&) {
    }
    try {
        return value.boolean() ? "true" : "false";
    } catch (const std::bad_variant_access&) {
        return std::to_string(static_cast<long>(value.number()));
    }
}

std::string offload(const std::string& name) {
    return "offload-" + name;
}

TEST_F(TaskOffloadHost, ListHasTheProperties) {
    const Json list = qemu.qmp("qom-list", R"({"path": "/machine/peripheral/nic"})");
    const auto listed = [&](const std::string& name) {
        return std::any_of(list.array().begin(), list.array().end(),
                           [&](const Json& entry) { return entry["name"].string() == name; });
    };
    for (const char* name : kReadOnly) {
        EXPECT_TRUE(listed(name)) << name;
    }
    for (const Switch& row : kSwitches) {
        EXPECT_TRUE(listed(row.name)) << row.name;
        EXPECT_TRUE(listed(offload(row.name))) << row.name;
    }
}

TEST_F(TaskOffloadHost, TablesShowWhatTheBlockShows) {
    for (const char* table : {"offload-hardware", "offload-configured"}) {
        const Json shown = property(table);
        EXPECT_EQ(shown["csum-tcp6"].string(), "both") << table;
        EXPECT_TRUE(shown["lso2-ip6"].boolean()) << table;
        EXPECT_TRUE(shown["rsc-ip6"].boolean()) << table;
        EXPECT_EQ(shown["vxlan-port"].number(), 4789) << table;
        EXPECT_EQ(shown["rss-table"].number(), 128) << table;
    }
    const Json current = property("offload-current");
    EXPECT_TRUE(current["lso2-ip4"].boolean());
    EXPECT_FALSE(current["rsc-ip4"].boolean()) << "no queue coalesces";
    EXPECT_FALSE(current["rss"].boolean()) << "MRQC selects none";
    EXPECT_FALSE(current["switches-apply"].boolean());
    EXPECT_EQ(property("offload-generation").number(), 0);
    ASSERT_EQ(block.set(X550_PARAM_TCP_IP6_CHECKSUM, X550_CHECKSUM_TX), X550_RESULT_DONE);
    EXPECT_EQ(property("offload-hardware")["csum-tcp6"].string(), "both");
    EXPECT_EQ(property("offload-configured")["csum-tcp6"].string(), "tx");
    EXPECT_EQ(property("offload-current")["csum-tcp6"].string(), "tx");
    EXPECT_EQ(property("offload-current")["csum-ip4"].string(), "tx") << "IPv4 is not active";
    EXPECT_TRUE(property("offload-current")["switches-apply"].boolean());
    EXPECT_EQ(property("offload-generation").number(), 1);
}

TEST_F(TaskOffloadHost, EverySwitchChangesTheConfiguration) {
    std::uint32_t generation = 0;
    for (const Switch& row : kSwitches) {
        SCOPED_TRACE(row.name);
        EXPECT_NE(text(property(offload(row.name))), row.value);
        set_property(offload(row.name), row.value);
        EXPECT_EQ(text(property(offload(row.name))), row.value);
        EXPECT_EQ(text(property("offload-configured")[row.name]), row.value);
        EXPECT_NE(text(property("offload-hardware")[row.name]), row.value);
        EXPECT_EQ(text(property("offload-current")[row.name]), row.value);
        EXPECT_EQ(property("offload-generation").number(), ++generation);
        EXPECT_EQ(block.read(X550_GENERATION), generation);
        EXPECT_EQ(block.read(X550_EVENT), X550_EVENT_CURRENT);
        set_property(offload(row.name), row.value);
        EXPECT_EQ(block.read(X550_GENERATION), generation) << "no change, nothing to tell";
    }
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(TaskOffloadHost, TunnelsAreSwitchedOneByOne) {
    nic.write(VXLANCTRL::at(), 4789);
    set_property("offload-nvgre", "false");
    EXPECT_TRUE(property("offload-current")["vxlan"].boolean());
    EXPECT_FALSE(property("offload-current")["nvgre"].boolean());
    set_property("offload-vxlan", "false");
    set_property("offload-nvgre", "true");
    EXPECT_FALSE(property("offload-current")["vxlan"].boolean());
    EXPECT_TRUE(property("offload-current")["nvgre"].boolean());
}

TEST_F(TaskOffloadHost, WrongValuesAreRefusedByName) {
    constexpr std::array kWrong = {
        Switch{"csum-ip4", "\"perhaps\""}, Switch{"csum-tcp4", "7"},   Switch{"csum-udp6", "true"},
        Switch{"lso1", "\"on\""},          Switch{"rsc-ip6", "2"},     Switch{"vxlan-port", "0"},
        Switch{"vxlan-port", "65536"},     Switch{"vxlan-port", "-1"}, Switch{"nvgre", "null"},
        Switch{"vxlan-port", "\"many\""},  Switch{"lso2-ip4", "{}"},
    };
    for (const Switch& row : kWrong) {
        const std::string name = offload(row.name);
        const std::string error = qemu.qmp_error("qom-set", assignment(name, row.value));
        EXPECT_NE(error.find(name), std::string::npos) << row.value << ": " << error;
    }
    for (const std::string name : kReadOnly) {
        const std::string error = qemu.qmp_error("qom-set", assignment(name, "1"));
        EXPECT_NE(error.find(name), std::string::npos) << error;
    }
    EXPECT_EQ(block.read(X550_GENERATION), 0U);
    EXPECT_FALSE(block.switches_apply());
}

TEST(TaskOffloadHostLimits, SwitchOfWhatTheDeviceLacksIsRefusedByName) {
    OffloadMachine machine(
        {.device = ",lso1=off,csum-udp4=rx,rsc-ip4=off,vxlan=off,vxlan-port-fixed=on"});
    constexpr std::array kAbsent = {Switch{"lso1", "true"}, Switch{"csum-udp4", "\"both\""},
                                    Switch{"rsc-ip4", "true"}, Switch{"vxlan", "true"},
                                    Switch{"vxlan-port", "4790"}};
    for (const Switch& row : kAbsent) {
        const std::string name = offload(row.name);
        const std::string error =
            machine.qemu.qmp_error("qom-set", OffloadMachine::assignment(name, row.value));
        EXPECT_NE(error.find(name), std::string::npos) << error;
    }
    EXPECT_EQ(machine.block.read(X550_GENERATION), 0U);
    machine.set_property("offload-lso1", "false");
    machine.set_property("offload-nvgre", "false");
}

TEST(TaskOffloadHostLimits, WithoutTheBlockThereIsNothingToShow) {
    OffloadMachine machine({.device = ",task-offload-cap=off", .attach = false});
    for (const std::string name : {"offload-hardware", "offload-statistics", "offload-lso1"}) {
        const std::string error = machine.qemu.qmp_error(
            "qom-get",
            R"({"path": "/machine/peripheral/nic", "property": )" + json_quote(name) + "}");
        EXPECT_NE(error.find("task-offload-cap=off"), std::string::npos) << error;
    }
    const std::string error =
        machine.qemu.qmp_error("qom-set", OffloadMachine::assignment("offload-lso1", "false"));
    EXPECT_NE(error.find("task-offload-cap=off"), std::string::npos) << error;
}

// A guest that knows nothing of the block keeps what is not switched.
TEST_F(TaskOffloadHost, PlainDriverKeepsTheRest) {
    TxRing tx(nic, 0, 64);
    RxRing rx(nic, 0, 64);
    tx.enable();
    rx.enable();
    rx.post(63);
    set_property("offload-csum-udp4", "\"tx\"");
    EXPECT_TRUE(property("offload-current")["active-ip4"].boolean());
    const auto verdict = [&](std::uint8_t protocol) {
        const std::uint64_t status = rx.base + std::uint64_t{rx.next} * kDescriptorBytes + 8;
        wire.send(ip_frame(protocol, 100, 1));
        EXPECT_TRUE(qemu.wait_until([&] { return rx.ready(); }));
        const std::uint64_t word = qemu.read(32, status);
        EXPECT_EQ(rx.receive(), ip_frame(protocol, 100, 1));
        return static_cast<std::uint32_t>(word) & (RxWriteBack::l4cs | RxWriteBack::ipcs);
    };
    EXPECT_EQ(verdict(kTcp), RxWriteBack::l4cs | RxWriteBack::ipcs);
    EXPECT_EQ(verdict(kUdp), RxWriteBack::ipcs) << "this one was switched";
    const LargeSend request(nic, 64);
    request.push(tx);
    tx.kick();
    for (std::uint32_t index = 0; index < LargeSend::kSegments; ++index) {
        EXPECT_EQ(wire.receive(), request.segment(index));
    }
    nic.reset();
    EXPECT_EQ(property("offload-csum-udp4").string(), "both") << "a reset takes it back";
    EXPECT_FALSE(block.switches_apply());
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(TaskOffloadHost, GuestIsToldOnItsVector) {
    pci.enable_msix(nic.msix);
    block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | 11);
    EXPECT_EQ(qemu.hmp("qom-set /machine/peripheral/nic offload-csum-tcp4 rx"), "");
    EXPECT_TRUE(qemu.wait_until([this] { return pci.take_msix(11); }));
    EXPECT_EQ(property("offload-csum-tcp4").string(), "rx");
}

// Once, and again after somebody has looked.
TEST_F(TaskOffloadHost, AnEventTellsOfChanges) {
    const auto generation = [](double wanted) {
        return [wanted](const Json& event) {
            return event["data"]["path"].string() == "/machine/peripheral/nic" &&
                   event["data"]["generation"].number() == wanted;
        };
    };
    ASSERT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    qemu.wait_event("X550_OFFLOAD_CHANGED", generation(1));
    ASSERT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_ON), X550_RESULT_DONE);  // nobody looked
    (void)property("offload-generation");
    ASSERT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    qemu.wait_event("X550_OFFLOAD_CHANGED", generation(3));
}

TEST_F(TaskOffloadHost, VxlanSwitchedOnHasItsPortInTheRegister) {
    set_property("offload-vxlan", "true");
    EXPECT_EQ(nic.read(VXLANCTRL::at()), 4789U);
}

TEST_F(TaskOffloadHost, TraceTellsOfChanges) {
    const auto told = [&](const std::string& words) {
        return qemu.error_output().find("x550_task_offload doorbell 0x1 " + words) !=
               std::string::npos;
    };
    EXPECT_EQ(qemu.hmp("trace-event x550_task_offload on"), "");
    set_property("offload-rsc-ip4", "false");
    EXPECT_TRUE(told("result 0x0 generation 1")) << qemu.error_output();
    ASSERT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_ON), X550_RESULT_DONE);
    EXPECT_TRUE(told("result 0x0 generation 2")) << qemu.error_output();
    EXPECT_EQ(block.set(X550_PARAM_RSC_IP4, 9), X550_RESULT_INVALID_DATA);
    EXPECT_TRUE(told("result 0x2120003 generation 2")) << qemu.error_output();
}

}  // namespace
}  // namespace x550
