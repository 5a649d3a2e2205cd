// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "check.h"
#include "host_check.h"

namespace host {
namespace {

constexpr std::array kChecks{
    ReceiveCheck{"rx-ip4", "IPv4 header checksum, options, fragments", check_rx_ip4},
    ReceiveCheck{"rx-tcp4", "TCP checksum over IPv4", check_rx_tcp4},
    ReceiveCheck{"rx-tcp6", "TCP checksum over IPv6, extension headers", check_rx_tcp6},
    ReceiveCheck{"rx-udp4", "UDP checksum over IPv4, none at all", check_rx_udp4},
    ReceiveCheck{"rx-udp6", "UDP checksum over IPv6", check_rx_udp6},
    ReceiveCheck{"rx-sctp", "SCTP CRC32c", check_rx_sctp},
    ReceiveCheck{"rx-vlan", "VLAN tags stripped, VLANs filtered", check_rx_vlan},
    ReceiveCheck{"rx-vxlan", "checksums inside VXLAN", check_rx_vxlan},
    ReceiveCheck{"rx-vxlan-port", "the same on another port", check_rx_vxlan_port},
    ReceiveCheck{"rx-vxlan6", "the same over IPv6", check_rx_vxlan6},
    ReceiveCheck{"rx-nvgre", "checksums inside Ethernet in GRE with a key", check_rx_nvgre},
    ReceiveCheck{"rx-lro", "segments coalesced unless one thing differs", check_rx_coalescing},
    ReceiveCheck{"rx-rss", "hash and queue of each kind of flow", check_rx_hash},
    ReceiveCheck{"rx-flow-rules", "flows sent to queues or dropped by rule", check_rx_flow_rules},
    ReceiveCheck{"rx-pools", "a macvlan interface with queues of its own (VMDq)", check_rx_pools},
    ReceiveCheck{"rx-unfinished", "checksums that the peer left to the NIC", check_rx_unfinished},
    ReceiveCheck{"rx-super-frames", "segments that the peer did not cut", check_rx_super_frames},
};

}  // namespace

std::span<const ReceiveCheck> receive_checks() {
    return kChecks;
}

Json run_receive_check(const ReceiveCheck& check, Machine& machine, std::size_t nic) {
    return run_host_check(check.name, check.summary, [&] {
        if (!machine.network(nic)->takes_frames()) {
            throw NotOffered("no frame can be put on this network");
        }
        ReceiveTrial trial(machine, nic);
        trial.prepare();
        return check.run(trial);
    });
}

}  // namespace host
