// SPDX-License-Identifier: GPL-2.0-or-later
// What a check of a receive offload works with: a guest, and a network that frames can be put on.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <tins/tins.h>
#include <vector>

#include "crafted.h"
#include "host_check.h"
#include "machine.h"

namespace host {

using Bytes = std::vector<std::byte>;

// Throws with `what` unless `holds`.
void require(bool holds, const std::string& what);

// Where the stack is asked what it was told.
struct View {            // NOLINT(bugprone-exception-escape): no move of Json throws
    std::string ifname;  // empty: the NIC
    std::function<Bytes(const Bytes&)> wrap;        // what takes a frame to that interface
    Json only;                                      // of packet.capture: {hash, queue}
    std::optional<agent::PacketOffload> offload{};  // what the network is told about each frame
    // Frames to wait for, in any order: queues do not wait for each other. Without it the capture
    // ends with a frame that is put on the network last.
    std::optional<std::size_t> expected{};
};

class ReceiveTrial {
public:
    ReceiveTrial(Machine& machine, std::size_t nic);
    ReceiveTrial(const ReceiveTrial&) = delete;
    ReceiveTrial& operator=(const ReceiveTrial&) = delete;
    // Features are as they were, interfaces that were added are gone.
    ~ReceiveTrial();

    [[nodiscard]] AgentClient& agent() const { return machine_.agent(); }
    [[nodiscard]] const std::string& ifname() const { return ifname_; }
    [[nodiscard]] const Addresses& addresses() const { return network_.addresses(); }
    [[nodiscard]] const Network& network() const { return network_; }
    // To the guest, from the station that injected frames come from.
    [[nodiscard]] Tins::EthernetII ethernet() const;

    // What every check wants: no coalescing by the stack, which would hide the device's, and one
    // queue, so that frames stay in order.
    void prepare();
    // Throws NotOffered when the driver has no such switch.
    void set(const std::string& feature, bool on);
    // As many queues of the device as it offers, `most` at most; a carrier afterwards. Throws
    // NotOffered when that leaves one although more were wanted.
    unsigned set_queues(unsigned most);
    // Runs a command of the agent that makes an interface, and returns its name.
    std::string add_interface(const std::string& command, Json args);

    // What the stack was told about these frames, in order; entries as packet.capture makes them.
    [[nodiscard]] Json told(const std::vector<Bytes>& frames, const View& view = {});

private:
    void inject(const Bytes& frame, const View& view) const;
    [[nodiscard]] Json capture_arguments(const View& view, std::size_t sent,
                                         const std::string& mark) const;

    Machine& machine_;
    Network& network_;
    std::string mac_;
    std::string ifname_;
    Json features_;
    std::map<std::string, bool> changed_;
    std::vector<std::string> added_;
    unsigned queues_ = 0;  // as found, once they were changed
    unsigned serial_ = 0;
};

}  // namespace host
