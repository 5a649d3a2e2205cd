// SPDX-License-Identifier: GPL-2.0-or-later
// Receive checksums: what the stack and the driver are told while a switch is off, and when it is
// on again.
#include <map>

#include "check.h"
#include "cost.h"
#include "encode.h"
#include "receive/verdicts.h"

namespace host {
namespace {

constexpr std::size_t kIp = 14;
constexpr std::size_t kIp4Checksum = kIp + 10;
constexpr std::size_t kIp4Payload = kIp + 20;
constexpr std::size_t kIp6Payload = kIp + 40;
constexpr std::size_t kTcpChecksum = 16;
constexpr std::size_t kUdpChecksum = 6;
constexpr std::array kSwitches{"csum-ip4", "csum-tcp4", "csum-udp4", "csum-tcp6", "csum-udp6"};

struct Received {
    std::string name;  // of the switch of its transport checksum
    Bytes frame;
    bool header_wrong = false;
    bool transport_wrong = false;

    [[nodiscard]] bool six() const { return name.back() == '6'; }
    [[nodiscard]] std::string told() const {
        return name + (header_wrong      ? ", wrong IPv4 header"
                       : transport_wrong ? ", wrong checksum"
                                         : ", right");
    }
};

void add(std::vector<Received>& out, const std::string& name, const Bytes& right,
         std::size_t checksum) {
    Bytes wrong = right;
    wrong.at(checksum) ^= std::byte{0x10};
    out.push_back({name, right});
    out.push_back({name, wrong, false, true});
}

// A right one and a wrong one of each kind, and one with a wrong IPv4 header.
std::vector<Received> frames_of(const ReceiveTrial& trial) {
    const Tins::IP ip4("198.51.100.2", "198.51.100.1");
    const Tins::IPv6 ip6("2001:db8:99::2", "2001:db8:99::1");
    const Tins::TCP tcp(80, 1234);
    const Tins::UDP udp(80, 1234);
    const Tins::RawPDU content(payload(101));
    auto tcp4 = trial.ethernet() / ip4 / tcp / content;
    auto udp4 = trial.ethernet() / ip4 / udp / content;
    auto tcp6 = trial.ethernet() / ip6 / tcp / content;
    auto udp6 = trial.ethernet() / ip6 / udp / content;
    std::vector<Received> out;
    add(out, "csum-tcp4", bytes_of(tcp4), kIp4Payload + kTcpChecksum);
    add(out, "csum-udp4", bytes_of(udp4), kIp4Payload + kUdpChecksum);
    add(out, "csum-tcp6", bytes_of(tcp6), kIp6Payload + kTcpChecksum);
    add(out, "csum-udp6", bytes_of(udp6), kIp6Payload + kUdpChecksum);
    Bytes header = bytes_of(tcp4);
    header.at(kIp4Checksum) ^= std::byte{0x10};
    out.push_back({"csum-tcp4", header, true});
    return out;
}

// Which checks the device is to make at this moment.
struct Checked {
    std::map<std::string, bool> on;
    bool ip4 = true;
    bool ip6 = true;

    [[nodiscard]] bool header(const Received& frame) const {
        return ip4 && !frame.six() && on.at("csum-ip4");
    }
    [[nodiscard]] bool transport(const Received& frame) const {
        return (frame.six() ? ip6 : ip4) && on.at(frame.name);
    }
    // CSUM-13: what is not checked is neither right nor wrong.
    [[nodiscard]] bool wrong(const Received& frame) const {
        return (frame.header_wrong && header(frame)) || (frame.transport_wrong && transport(frame));
    }
    [[nodiscard]] bool vouched(const Received& frame) const {
        return transport(frame) && !frame.transport_wrong && !wrong(frame);
    }
};

// The block's counters of these frames.
struct Counts {
    std::uint64_t right = 0, wrong = 0;
};
Counts transport_counts(const ControlTrial& trial) {
    return {trial.counter("rx-tcp-right") + trial.counter("rx-udp-right"),
            trial.counter("rx-tcp-wrong") + trial.counter("rx-udp-wrong")};
}

void compare(ControlTrial& trial, const std::string& state, const std::vector<Received>& frames,
             const Checked& checked) {
    constexpr const char* kErrors = "rx_csum_offload_errors";
    std::vector<Bytes> bytes;
    std::uint64_t wrong = 0;
    Counts expected = transport_counts(trial);
    for (const Received& frame : frames) {
        bytes.push_back(frame.frame);
        wrong += checked.wrong(frame) ? 1U : 0U;
        if (checked.transport(frame)) {
            (frame.transport_wrong ? expected.wrong : expected.right) += 1;
        }
    }
    const std::uint64_t before = trial.statistic(kErrors);
    const Json told = trial.told(bytes);
    require(told.size() == frames.size(), state + ": " + std::to_string(told.size()) + " of " +
                                              std::to_string(frames.size()) + " frames arrived");
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const bool vouched = told.at(i).at("checksum") == "valid";
        require(vouched == checked.vouched(frames[i]),
                state + ": " + frames[i].told() +
                    (vouched ? ": vouched for" : ": not vouched for") +
                    "; the frame: " + agent::to_hex(frames[i].frame));
        require(told.at(i).at("hex") == agent::to_hex(frames[i].frame),
                state + ": " + frames[i].told() + ": other bytes arrived");
    }
    const std::uint64_t errors = trial.statistic(kErrors) - before;
    require(errors == wrong, state + ": the driver was told of " + std::to_string(errors) +
                                 " wrong checksums instead of " + std::to_string(wrong));
    const Counts now = transport_counts(trial);
    require(now.right == expected.right && now.wrong == expected.wrong,
            state + ": the block counts other TCP and UDP checksums than were checked");
}

// CTRL-3, CSUM-17: an IP version that nobody made active is not checked, whatever is configured.
void activate_each(ControlTrial& trial, const std::vector<Received>& frames, Checked checked,
                   const std::string& first_request) {
    trial.reset();
    trial.change({first_request}, false);
    checked.ip4 = checked.ip6 = false;
    compare(trial, "no version of IP active", frames, checked);
    for (const char* active : {"ip4", "ip6", "both", "none"}) {
        const std::string name = active;
        trial.change({"active=" + name});
        checked.ip4 = name == "ip4" || name == "both";
        checked.ip6 = name == "ip6" || name == "both";
        compare(trial, "active=" + name, frames, checked);
    }
}

}  // namespace

Json check_control_rx_checksum(ControlTrial& trial) {
    trial.want_frames();
    trial.set("rx-checksum", true);
    trial.reset();
    const auto frames = frames_of(trial);
    Checked checked;
    std::vector<std::string> tried;
    std::map<std::string, std::string> offered;
    for (const std::string name : kSwitches) {
        offered[name] = trial.hardware(name);
        checked.on[name] = has_direction(offered[name], "rx");
        if (checked.on[name]) {
            tried.push_back(name);
        }
    }
    if (tried.empty()) {
        throw NotOffered("the device was created without receive checksums");
    }
    compare(trial, "before the first doorbell", frames, checked);
    for (const std::string& name : tried) {
        trial.change({name + "=" + without(offered[name], "rx")});
        checked.on[name] = false;
        compare(trial, name + " off", frames, checked);
        trial.change({name + "=" + offered[name]});
        checked.on[name] = true;
        compare(trial, name + " on again", frames, checked);
    }
    activate_each(trial, frames, checked, tried.front() + "=" + offered[tried.front()]);
    trial.reset();
    compare(trial, "after the reset", frames, checked);
    Json evidence = Json::array();
    for (const Received& frame : frames) {
        evidence.push_back({{"summary", frame.told()}, {"hex", agent::to_hex(frame.frame)}});
    }
    Json detail{{"told", std::to_string(tried.size()) +
                             " switches: off gives no verdict and no error of its kind, on gives "
                             "both again; a version of IP that is not active gives neither"},
                {"frames", evidence}};
    add_cost(trial, {"csum-tcp4", "rx-checksum", false, "receive"}, detail);
    return detail;
}

}  // namespace host
