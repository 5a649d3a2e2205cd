// SPDX-License-Identifier: GPL-2.0-or-later
// How a transmit offload is tried: the same packets leave with it off and with it on, and the
// result tells the host, which watches the wire, what must have crossed it ("flows").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "check.h"
#include "transmit_packet.h"

namespace agent {

// Another station on the guest's network. It does not exist: its addresses are known to the
// neighbour table for as long as this object lives, and nobody answers.
class Phantom {
public:
    explicit Phantom(const CheckContext& context);
    Phantom(const Phantom&) = delete;
    Phantom& operator=(const Phantom&) = delete;
    ~Phantom();

    static constexpr const char* kMac = "02:00:00:00:55:0d";
    static constexpr const char* kMacHex = "02000000550d";
    // Addresses of the phantom and of the guest on that network.
    std::string address4, address6, own4, own6;

private:
    std::string ifname_;
};

// An interface made for a check, deleted with this object.
class Interface {
public:
    // `words` follow "ip link add name NAME". Skips the check when the kernel lacks the module.
    Interface(std::string name, const std::string& module, const std::vector<std::string>& words);
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;
    ~Interface();
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
};

// What the driver was handed, as the last hook before it saw it.
struct Handed {
    std::size_t frames = 0;
    std::size_t bytes = 0;
    std::size_t longer = 0;    // than a frame may be: to be cut by the device
    std::size_t unsummed = 0;  // transport checksum left to the device
    std::size_t tagged = 0;    // VLAN tag left to the device
};

// Where the packets enter the stack and what the wire shows around them.
struct Way {
    std::string ifname;                        // interface they are given to
    bool ethernet = true;                      // it takes Ethernet frames, else IP packets
    std::vector<std::string> outer = {"eth"};  // headers before the packet's own, as on the wire
    bool tunnel = false;
    unsigned vxlan_port = 4789;
};

using Features = std::map<std::string, bool>;

struct Trial {
    Features off;                // features to switch for the run without the offload
    Features on;                 // and for the run with it
    std::size_t Handed::*proof;  // what must be zero without it and is not with it
};

// Packets every offload is tried with: TCP whose last segment is short, TCP that is a multiple of
// the segment, a short UDP datagram. Each gets a port of its own.
[[nodiscard]] std::vector<TransmitPacket> usual_packets(bool four, bool six, std::size_t segment);

// Sends the packets in both runs; throws when the offload was not at work where it should be.
[[nodiscard]] Json try_offload(const CheckContext& context, const Trial& trial, const Way& way,
                               const std::vector<TransmitPacket>& packets);
// The same for what `send` sends from a socket; `flows` come as they are to be told.
[[nodiscard]] Json try_offload(const CheckContext& context, const Trial& trial,
                               const std::function<std::size_t()>& send, Json flows);
// Puts the flows of one try after those of another.
void append_flows(Json& result, const Json& more);

// A port for one flow; no two checks of a boot share one.
[[nodiscard]] unsigned next_port();

// The peer takes TCP and UDP with the features as they are; addresses it does not have are left
// out.
void prove_to_peer(const CheckContext& context, bool four, bool six);

}  // namespace agent
