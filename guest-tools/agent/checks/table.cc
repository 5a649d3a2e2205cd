// SPDX-License-Identifier: GPL-2.0-or-later
// The one table of checks. Order is the order they run in: cheap and basic first.
#include <array>

#include "check.h"

namespace agent {
namespace {

constexpr std::array kChecks{
    Check{"", "link", "carrier, full duplex, a speed", kNothing, check_link},
    Check{"", "ping4", "ICMP echo of many sizes", kPeer4, check_ping4},
    Check{"", "ping6", "ICMPv6 echo of many sizes", kPeer6, check_ping6},
    Check{"", "tcp4", "TCP over IPv4, both ways", kPeer4, check_tcp4},
    Check{"", "tcp6", "TCP over IPv6, both ways", kPeer6, check_tcp6},
    Check{"", "udp4", "UDP over IPv4, both ways", kPeer4, check_udp4},
    Check{"", "udp6", "UDP over IPv6, both ways", kPeer6, check_udp6},
    Check{kReceiveGroup, "rx-checksum", "checksums of a TCP transfer vouched for", kPeer4,
          check_receive_checksum},
    Check{kTransmitGroup, "tx-checksum", "TCP and UDP checksums", kNothing,
          check_transmit_checksum},
    Check{kTransmitGroup, "tx-sctp", "SCTP CRC32c", kWire, check_transmit_sctp},
    Check{kTransmitGroup, "tx-tso4", "TCP segmentation over IPv4", kNothing, check_segmentation4},
    Check{kTransmitGroup, "tx-tso6", "TCP segmentation over IPv6", kNothing, check_segmentation6},
    Check{kTransmitGroup, "tx-uso4", "UDP segmentation over IPv4", kNothing,
          check_udp_segmentation4},
    Check{kTransmitGroup, "tx-uso6", "UDP segmentation over IPv6", kNothing,
          check_udp_segmentation6},
    Check{kTransmitGroup, "tx-vlan", "VLAN tag insertion", kWire, check_transmit_vlan},
    Check{kTransmitGroup, "tx-qinq", "offloads behind two VLAN tags", kWire,
          check_transmit_stacked_vlan},
    Check{kTransmitGroup, "tx-vxlan", "VXLAN without outer checksum, two ports", kWire,
          check_transmit_vxlan},
    Check{kTransmitGroup, "tx-vxlan-checksum", "VXLAN with outer checksum", kWire,
          check_transmit_vxlan_checksum},
    Check{kTransmitGroup, "tx-gre", "GRE without checksum", kWire, check_transmit_gre},
    Check{kTransmitGroup, "tx-gre-checksum", "GRE with checksum", kWire,
          check_transmit_gre_checksum},
    Check{kTransmitGroup, "tx-gretap", "Ethernet in GRE with a key (NVGRE)", kWire,
          check_transmit_gretap},
    Check{kTransmitGroup, "tx-ipip", "IPv4 in IPv4", kWire, check_transmit_ipip},
    Check{kTransmitGroup, "tx-sit", "IPv6 in IPv4", kWire, check_transmit_sit},
    Check{kTransmitGroup, "tx-ip6tnl", "IPv4 and IPv6 in IPv6", kWire, check_transmit_ip6tnl},
    Check{kTransmitGroup, "tx-geneve", "Geneve, left to GSO_PARTIAL", kWire, check_transmit_geneve},
    Check{kReceiveGroup, "lro", "coalescing during a TCP transfer, on and off", kPeer4,
          check_receive_coalescing},
    Check{"", "queues", "traffic on every number of queues", kPeer4 | kManyQueues, check_queues},
    Check{"", "jumbo", "MTU up to the path's and the driver's limit", kPeer4 | kJumboPath,
          check_jumbo},
    Check{"", "settings", "rings, channels, coalescing, pause, hash make sense", kNothing,
          check_settings},
    Check{"", "registers", "register dump", kNothing, check_registers},
    Check{"", "eeprom", "EEPROM dump", kNothing, check_eeprom},
    Check{"", "statistics", "driver counters agree with the traffic, no errors", kPeer4,
          check_statistics},
    Check{"", "selftest", "online self-test", kNothing, check_self_test},
    Check{"", "selftest-offline", "offline self-test", kNothing, check_self_test_offline},
};

}  // namespace

std::span<const Check> all_checks() {
    return kChecks;
}

}  // namespace agent
