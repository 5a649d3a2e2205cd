// SPDX-License-Identifier: GPL-2.0-or-later
// What a check of the task-offload block works with: the block as the guest and as the host see it,
// and the frames on both sides of the NIC.
#pragma once

#include "receive/trial.h"

namespace host {

// A packet for the NIC to finish, and the frames to expect of it.
struct Outgoing {
    std::string name;  // of the switch that it depends on
    std::string also;  // of the property for its headers, empty: none
    Bytes given;       // with the seed of its checksum
    Bytes right;       // with the checksum
    agent::PacketOffload offload;
};

class ControlTrial : public ReceiveTrial {
public:
    // A station on the guest's network that does not exist. What the guest sends to it is not
    // judged by the capture: some of it is wrong on purpose.
    static constexpr const char* kStation = "02:00:00:00:55:0e";

    ControlTrial(Machine& machine, std::size_t nic);
    ControlTrial(const ControlTrial&) = delete;
    ControlTrial& operator=(const ControlTrial&) = delete;
    // The block is as after a reset.
    ~ControlTrial();

    // One queue, no coalescing by the stack, a block in its first state. Throws NotOffered where
    // there is none.
    void begin();
    // Throws NotOffered when frames can neither be put on this network nor be seen.
    void want_frames() const;

    // As offload.tables of the agent: {hardware, configured, current, generation, event}.
    [[nodiscard]] Json tables() const;
    // What the hardware has of a switch: "both", "on" and so on.
    [[nodiscard]] std::string hardware(const std::string& name) const;
    // The agent's answer, which may be a refusal. The first request activates both versions of IP
    // unless `activate` is false.
    [[nodiscard]] Json request(const std::vector<std::string>& settings, bool activate = true);
    // The same, and a refusal fails the check; returns the changes.
    Json change(const std::vector<std::string>& settings, bool activate = true);
    void reset();
    // Words: offload.raw of the agent.
    Json raw(const Json& args) const;
    [[nodiscard]] std::uint64_t counter(const std::string& name) const;
    // Of the driver.
    [[nodiscard]] std::uint64_t statistic(const std::string& name) const;

    // The device's properties on the host's side.
    [[nodiscard]] Json property(const std::string& name) const;
    void set_property(const std::string& name, const Json& value) const;
    // As it was given to QEMU.
    [[nodiscard]] const std::string& device() const { return device_; }

    // False where every frame is written to a file: what it costs there says nothing.
    [[nodiscard]] bool measures() const { return !machine_.config().capture; }

    // To the station that does not exist.
    [[nodiscard]] Tins::EthernetII outwards() const;
    // What crosses the wire when the guest gives its driver these packets. Ends with the frame
    // behind them, so that a packet that never leaves costs no time.
    [[nodiscard]] std::vector<Bytes> sent(const std::vector<Outgoing>& packets);
    // The recorded frames; null where nobody sees them.
    [[nodiscard]] wire::Capture* capture() const { return network_.capture(); }

private:
    Machine& machine_;
    Network& network_;
    std::string mac_;
    std::string device_;
    std::string path_;  // in QEMU's object model
    bool present_ = false;
    unsigned marks_ = 0;
};

// "both", "rx", "tx", "off" or "on", as a setting takes it: a table's word without one direction.
[[nodiscard]] std::string without(const std::string& directions, const std::string& direction);
[[nodiscard]] bool has_direction(const std::string& directions, const std::string& direction);

}  // namespace host
