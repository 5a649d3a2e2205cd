// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload properties of -device: every one shows in what the device has, and wrong values
// are refused by name. Most devices are plugged in later: the same words, one QEMU for many.
#include <algorithm>

#include "task_offload.h"

namespace x550 {
namespace {

// A QEMU that devices are added to.
class Bench {
public:
    // What the monitor says: nothing if all is well. `property` may be several.
    std::string add(const std::string& property) {
        if (added_ == kSlots) {
            qemu_.reset();
            qemu_ = std::make_unique<Qemu>(launch());
            added_ = 0;
        }
        name_ = "x" + std::to_string(++added_);
        return qemu_->hmp("device_add x550,id=" + name_ + "," + property);
    }
    [[nodiscard]] Json hardware() {
        return qemu_->qmp("qom-get", R"({"path": "/machine/peripheral/)" + name_ +
                                         R"(", "property": "offload-hardware"})");
    }

private:
    static constexpr unsigned kSlots = 20;
    static Launch launch() {
        Launch launch;
        launch.add({"-machine", "pc"});
        return launch;
    }
    std::unique_ptr<Qemu> qemu_ = std::make_unique<Qemu>(launch());
    std::string name_;
    unsigned added_ = 0;
};

void expect_refusal(const std::string& property) {
    Launch launch;
    launch.add({"-machine", "pc", "-device", "x550," + property});
    const Exit exit = Qemu::run(std::move(launch));
    EXPECT_TRUE(exit.clean) << exit.error_output;
    EXPECT_EQ(exit.status, 1) << exit.error_output;
    EXPECT_NE(exit.error_output.find(property.substr(0, property.find('='))), std::string::npos)
        << exit.error_output;
}

TEST(TaskOffloadProperty, ChecksumDirectionsShow) {
    Bench bench;
    for (const std::string name :
         {"csum-ip4", "csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6"}) {
        for (const std::string value : {"off", "tx", "rx", "both"}) {
            ASSERT_EQ(bench.add(std::string(name).append("=").append(value)), "");
            EXPECT_EQ(bench.hardware()[name].string(), value) << name;
        }
    }
}

TEST(TaskOffloadProperty, SwitchesShow) {
    Bench bench;
    for (const std::string name :
         {"lso1", "lso2-ip4", "lso2-ip6", "uso-ip4", "uso-ip6", "uso-sub-mss", "rsc-ip4", "rsc-ip6",
          "rsc-timestamps", "nvgre", "vxlan", "rss", "rss-udp", "vmq", "vmq-vlan"}) {
        ASSERT_EQ(bench.add(name + "=off"), "");
        EXPECT_FALSE(bench.hardware()[name].boolean()) << name;
    }
    ASSERT_EQ(bench.add("vxlan-port-fixed=on"), "");
    EXPECT_TRUE(bench.hardware()["vxlan-port-fixed"].boolean());
    for (const std::string name : {"csum-ip-options", "csum-ip6-ext"}) {
        ASSERT_EQ(bench.add(name + "=off"), "");
        EXPECT_EQ(bench.hardware()[name].string(), "off");
    }
}

struct Number {
    const char* property;  // and member of offload-hardware
    std::vector<double> values;
};

TEST(TaskOffloadProperty, NumbersShow) {
    const std::vector<Number> numbers = {
        {"lso-max", {1, 65416, 262143}},  {"lso-min-segs", {2, 255}}, {"rsc-flows", {1, 31}},
        {"encap-max-header", {64, 1024}}, {"vxlan-port", {1, 65535}}, {"rss-queues", {1, 15}},
        {"rss-table", {2, 64}},           {"vmq-queues", {1, 63}},
    };
    Bench bench;
    for (const Number& row : numbers) {
        for (const double value : row.values) {
            const auto written = static_cast<unsigned>(value);
            ASSERT_EQ(bench.add(std::string(row.property) + "=" + std::to_string(written)), "");
            EXPECT_EQ(bench.hardware()[row.property].number(), value) << row.property;
        }
    }
    EXPECT_EQ(bench.add("rsc-max-segs=2"), "");
    EXPECT_EQ(bench.add("rsc-max-segs=65535"), "");
    EXPECT_EQ(bench.add("ipsec1=off,ipsec2=off"), "");
}

TEST(TaskOffloadProperty, WidthOfIdentificationsAndPreferenceShowInTheBlock) {
    OffloadMachine stock;
    EXPECT_EQ(stock.block.caps(X550_HARDWARE, X550_WORD_SEG) & X550_SEG_IP4_ID_16BIT, 0U);
    EXPECT_EQ(stock.block.caps(X550_HARDWARE, X550_WORD_FLAGS), 0U);
    OffloadMachine other({.device = ",lso-ipid=16bit,rss-or-vmq=vmq"});
    EXPECT_NE(other.block.caps(X550_HARDWARE, X550_WORD_SEG) & X550_SEG_IP4_ID_16BIT, 0U);
    EXPECT_EQ(other.block.caps(X550_HARDWARE, X550_WORD_FLAGS), 1u << 24);
}

TEST(TaskOffloadProperty, NumbersOutOfRangeAreRefusedByName) {
    Bench bench;
    for (const std::string property :
         {"lso-max=0",      "lso-max=262144",     "lso-max=-1",          "lso-max=many",
          "lso-min-segs=1", "lso-min-segs=256",   "rsc-flows=0",         "rsc-flows=33",
          "rsc-max-segs=1", "rsc-max-segs=65536", "encap-max-header=63", "encap-max-header=1025",
          "vxlan-port=0",   "vxlan-port=65536",   "rss-queues=0",        "rss-queues=17",
          "rss-table=1",    "rss-table=3",        "rss-table=127",       "rss-table=256",
          "vmq-queues=0",   "vmq-queues=64"}) {
        const std::string error = bench.add(property);
        EXPECT_NE(error.find(property.substr(0, property.find('='))), std::string::npos)
            << property << ": " << error;
    }
}

TEST(TaskOffloadProperty, UnknownWordsAreRefusedByName) {
    Bench bench;
    for (const std::string name : {"task-offload-cap",
                                   "csum-ip4",
                                   "csum-tcp4",
                                   "csum-udp4",
                                   "csum-tcp6",
                                   "csum-udp6",
                                   "csum-ip-options",
                                   "csum-ip6-ext",
                                   "lso1",
                                   "lso2-ip4",
                                   "lso2-ip6",
                                   "lso-ipid",
                                   "uso-ip4",
                                   "uso-ip6",
                                   "uso-sub-mss",
                                   "rsc-ip4",
                                   "rsc-ip6",
                                   "rsc-timestamps",
                                   "nvgre",
                                   "vxlan",
                                   "vxlan-port-fixed",
                                   "rss",
                                   "rss-udp",
                                   "vmq",
                                   "vmq-vlan",
                                   "rss-or-vmq",
                                   "ipsec1",
                                   "ipsec2"}) {
        const std::string error = bench.add(name + "=perhaps");
        EXPECT_NE(error.find(name), std::string::npos) << name << ": " << error;
    }
}

TEST(TaskOffloadProperty, IpsecIsRefusedByName) {
    Bench bench;
    for (const std::string name : {"ipsec1", "ipsec2"}) {
        for (const std::string value : {"ah", "esp", "both"}) {
            const std::string error = bench.add(std::string(name).append("=").append(value));
            EXPECT_NE(error.find(name), std::string::npos) << value << ": " << error;
        }
    }
}

TEST(TaskOffloadProperty, QemuEndsWithAnError) {
    expect_refusal("lso-max=0");
    expect_refusal("csum-ip4=on");
    expect_refusal("ipsec1=esp");
    expect_refusal("rss-table=100");
}

// They are of the device's making.
TEST(TaskOffloadProperty, CannotBeSetOnceTheDeviceExists) {
    OffloadMachine machine;
    for (const std::string name : {"csum-ip4", "lso1", "lso-max", "rss-or-vmq"}) {
        const std::string value = name == "lso-max" ? "5" : name == "lso1" ? "false" : "\"rss\"";
        (void)machine.qemu.qmp_error(
            "qom-set", OffloadMachine::assignment(name, name == "csum-ip4" ? "\"rx\"" : value));
    }
    EXPECT_EQ(machine.property("offload-hardware")["csum-ip4"].string(), "both");
    EXPECT_EQ(machine.property("offload-hardware")["lso-max"].number(), 261120);
}

// What ./x550 help-device prints.
TEST(TaskOffloadProperty, HelpListsThemAll) {
    Machine machine;
    const std::string help = machine.qemu.hmp("device_add x550,help");
    for (const std::string name : {"task-offload-cap",
                                   "csum-ip4",
                                   "csum-ip-options",
                                   "csum-ip6-ext",
                                   "lso1",
                                   "lso2-ip6",
                                   "lso-max",
                                   "lso-min-segs",
                                   "lso-ipid",
                                   "uso-ip4",
                                   "uso-sub-mss",
                                   "rsc-ip6",
                                   "rsc-timestamps",
                                   "rsc-flows",
                                   "rsc-max-segs",
                                   "nvgre",
                                   "vxlan",
                                   "encap-max-header",
                                   "vxlan-port",
                                   "vxlan-port-fixed",
                                   "rss",
                                   "rss-udp",
                                   "rss-queues",
                                   "rss-table",
                                   "vmq",
                                   "vmq-queues",
                                   "vmq-vlan",
                                   "rss-or-vmq",
                                   "ipsec1",
                                   "ipsec2",
                                   "ipsec-sas"}) {
        EXPECT_NE(help.find("  " + name + "="), std::string::npos) << name << "\n" << help;
    }
}

}  // namespace
}  // namespace x550
