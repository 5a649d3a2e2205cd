// SPDX-License-Identifier: GPL-2.0-or-later
// What tells of a change, and what takes it back.
#include <sstream>

#include "check.h"
#include "guest.h"

namespace host {
namespace {

constexpr std::uint32_t kEventVector = 0x2EC;
constexpr std::uint32_t kVectorOn = 0x80000000;
constexpr std::uint32_t kResult = 0x2F4;
constexpr std::uint32_t kEvent = 0x2FC;
constexpr std::uint32_t kCurrentChanged = 1;

std::uint32_t generation(const ControlTrial& trial) {
    return trial.tables().at("generation").get<std::uint32_t>();
}

void expect_event(const ControlTrial& trial, bool event, const std::string& what) {
    const bool told = trial.tables().at("event") == kCurrentChanged;
    require(told == event, what + (event ? ": no event" : ": an event"));
}

void clear_event(const ControlTrial& trial) {
    (void)trial.raw({{"write", {{kEvent, kCurrentChanged}}}});
}

// One that is on, so that switching it off is a change.
std::string some_switch(const ControlTrial& trial) {
    const Json hardware = trial.tables().at("hardware");
    for (const char* name : {"rsc-ip4", "lso2-ip4", "lso2-ip6", "uso-ip4", "rsc-ip6", "lso1"}) {
        if (hardware.at(name) == "on") {
            return name;
        }
    }
    throw NotOffered("the device was created without anything to switch");
}

// The driver's vector for what is not a queue's, and how often it came; nothing without MSI-X.
struct OtherVector {
    unsigned number = 0;
    std::uint64_t taken = 0;
};
std::optional<OtherVector> other_vector(const ControlTrial& trial) {
    const Json shown =
        trial.agent().call("exec", {{"argv", {"cat", "/proc/interrupts"}}}).at("stdout");
    std::istringstream lines(shown.get<std::string>());
    std::string line;
    OtherVector out;
    bool found = false;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        std::string word;
        std::string name;
        std::uint64_t taken = 0;
        words >> word;
        std::uint64_t count = 0;
        while (words >> count) {
            taken += count;
        }
        words.clear();
        while (words >> word) {
            name = word;
        }
        out.number += name.starts_with(trial.ifname() + "-TxRx-") ? 1U : 0U;
        if (name == trial.ifname() && out.number != 0) {
            found = true;
            out.taken = taken;
        }
    }
    return found ? std::optional(out) : std::nullopt;
}

// The interrupt reaches the guest's processor when that comes to it.
void expect_interrupt(const ControlTrial& trial, std::uint64_t before) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
        if (other_vector(trial).value_or(OtherVector{}).taken > before) {
            return;
        }
    }
    throw std::runtime_error("a change of the host's made no interrupt");
}

// A switch of the guest: generation, event; the same again: neither (CTRL-6, MAP-3).
void change_by_guest(ControlTrial& trial, const std::string& name) {
    const std::uint32_t first = generation(trial);
    expect_event(trial, false, "after the reset");
    trial.change({name + "=off"});
    require(generation(trial) == first + 1, name + "=off: the generation did not count by one");
    expect_event(trial, true, name + "=off");
    clear_event(trial);
    expect_event(trial, false, "after it was cleared");
    const Json again = trial.change({name + "=off"});
    require(again.empty() && generation(trial) == first + 1,
            name + "=off again: counted as a change");
    expect_event(trial, false, name + "=off again");
    trial.change({name + "=on"});
    require(generation(trial) == first + 2, name + "=on: the generation did not count by one");
    clear_event(trial);
}

// A switch of the host: the guest sees it at once, with an interrupt.
bool change_by_host(ControlTrial& trial, const std::string& name) {
    const auto vector = other_vector(trial);
    if (vector) {
        (void)trial.raw({{"write", {{kEventVector, kVectorOn | vector->number}}}});
    }
    const std::uint32_t first = generation(trial);
    trial.set_property("offload-" + name, false);
    const Json tables = trial.tables();
    require(tables.at("configured").at(name) == "off" && tables.at("current").at(name) == "off",
            name + " was switched off by the host, and the guest does not see it");
    require(
        tables.at("generation") == first + 1 && trial.property("offload-generation") == first + 1,
        "the host's change: the generation did not count by one");
    expect_event(trial, true, "the host's change");
    if (vector) {
        expect_interrupt(trial, vector->taken);
        (void)trial.raw({{"write", {{kEventVector, 0}}}});
    }
    clear_event(trial);
    trial.set_property("offload-" + name, true);
    require(trial.tables().at("configured").at(name) == "on",
            name + " was switched on by the host, and the guest does not see it");
    require(trial.property("offload-" + name) == true, "the host does not see its own switch");
    return vector.has_value();
}

void expect_plain(const ControlTrial& trial, const std::string& after) {
    const Json tables = trial.tables();
    for (const auto& [name, value] : tables.at("hardware").items()) {
        require(tables.at("configured").at(name) == value || name == "vxlan-port",
                after + ": " + name + " is not configured as the hardware has it");
    }
    for (const char* name :
         {"active-ip4", "active-ip6", "encapsulation-active", "switches-apply"}) {
        require(tables.at("configured").at(name) == "off", after + ": " + name + " is not off");
    }
}

// Switches as far from the defaults as the hardware lets them.
void disturb(ControlTrial& trial) {
    trial.change({"csum=off", "lso=off", "uso=off", "rsc=off", "encap=off", "active=ip6"});
    const Json tables = trial.tables();
    require(tables.at("configured").at("switches-apply") == "on", "the switches do not apply");
    require(tables.at("configured").at("csum-tcp4") == "off", "the switches changed nothing");
}

// The driver resets the NIC when its interface goes down and comes back; IPv6 addresses go with it.
void bounce(ControlTrial& trial) {
    const Json one{{"ifname", trial.ifname()}};
    trial.agent().call("link.down", one);
    trial.agent().call("link.up", one);
    const Addresses& plan = trial.addresses();
    if (plan.guest6.empty()) {
        trial.agent().call("address.wait6", one);
    } else {
        trial.agent().call(
            "address.add",
            {{"ifname", trial.ifname()}, {"address", plan.guest6}, {"prefix", plan.prefix6}});
    }
}

}  // namespace

Json check_control_events(ControlTrial& trial) {
    const std::string name = some_switch(trial);
    change_by_guest(trial, name);
    trial.reset();
    const bool interrupt = change_by_host(trial, name);
    return {{"told", std::string("a change of the guest's and one of the host's count by one and "
                                 "set the event") +
                         (interrupt ? ", with an interrupt" : "") + "; no change does neither"},
            {"frames", Json::array()}};
}

Json check_control_reset(ControlTrial& trial) {
    (void)some_switch(trial);
    disturb(trial);
    std::uint32_t before = generation(trial);
    trial.reset();
    expect_plain(trial, "restored defaults");
    require(generation(trial) == before + 1, "restored defaults did not count as a change");
    disturb(trial);
    (void)trial.raw({{"write", {{0x200, 4}, {kEventVector, kVectorOn | 1}}}});
    before = generation(trial);
    bounce(trial);
    expect_plain(trial, "the driver's reset");
    require(generation(trial) > before, "the driver's reset did not count as a change");
    const Json words = trial.raw({{"read", {0x200, kEventVector, kResult}}}).at("values");
    require(words == Json({0, 0, 0}),
            "the driver's reset left " + words.dump() + " in the request, EVENT_VECTOR and RESULT");
    const Json result = trial.agent().call("traffic.tcp", {{"host", trial.addresses().host4},
                                                           {"port", trial.network().server_port()},
                                                           {"mode", "echo"}});
    require(result.at("ok").get<bool>(), "after the driver's reset: " + result.dump());
    return {{"told",
             "restored defaults and a reset by the driver both give the plain X550 again, "
             "and TCP passes"},
            {"frames", Json::array()}};
}

}  // namespace host
