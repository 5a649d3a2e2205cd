// SPDX-License-Identifier: GPL-2.0-or-later
// The one table of checks. Order is the order they run in: cheap and basic first.
#include <array>

#include "check.h"

namespace agent {
namespace {

constexpr std::array kChecks{
    Check{"link", "carrier, full duplex, a speed", kNothing, check_link},
    Check{"ping4", "ICMP echo of many sizes", kPeer4, check_ping4},
    Check{"ping6", "ICMPv6 echo of many sizes", kPeer6, check_ping6},
    Check{"tcp4", "TCP over IPv4, both ways", kPeer4, check_tcp4},
    Check{"tcp6", "TCP over IPv6, both ways", kPeer6, check_tcp6},
    Check{"udp4", "UDP over IPv4, both ways", kPeer4, check_udp4},
    Check{"udp6", "UDP over IPv6, both ways", kPeer6, check_udp6},
    Check{"rx-checksum", "received checksums vouched for, and traffic without", kPeer4,
          check_receive_checksum},
    Check{"tx-checksum", "checksum insertion off and on", kPeer4, check_transmit_checksum},
    Check{"tso", "TCP segmentation off and on", kPeer4, check_segmentation},
    Check{"uso", "UDP segmentation off and on", kPeer4, check_udp_segmentation},
    Check{"lro", "receive coalescing on and off", kPeer4, check_receive_coalescing},
    Check{"queues", "traffic on every number of queues", kPeer4 | kManyQueues, check_queues},
    Check{"jumbo", "MTU up to the path's and the driver's limit", kPeer4 | kJumboPath, check_jumbo},
    Check{"settings", "rings, channels, coalescing, pause, hash make sense", kNothing,
          check_settings},
    Check{"registers", "register dump", kNothing, check_registers},
    Check{"eeprom", "EEPROM dump", kNothing, check_eeprom},
    Check{"statistics", "driver counters agree with the traffic, no errors", kPeer4,
          check_statistics},
    Check{"selftest", "online self-test", kNothing, check_self_test},
    Check{"selftest-offline", "offline self-test", kNothing, check_self_test_offline},
};

}  // namespace

std::span<const Check> all_checks() {
    return kChecks;
}

}  // namespace agent
