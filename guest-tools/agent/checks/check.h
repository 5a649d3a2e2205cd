// SPDX-License-Identifier: GPL-2.0-or-later
// What a check of one offload or feature is. A new one is a file with a function and a row in
// table.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../ethtool.h"

namespace agent {

using Json = nlohmann::json;

// Where the peer of a check answers traffic patterns; empty addresses are not available.
struct Peer {
    std::string address4;
    std::string address6;
    std::uint16_t port = 0;
    unsigned mtu = 1500;  // the largest MTU the path carries
    bool wire = false;    // the host records and judges what crosses the wire
};

struct CheckContext {
    std::string ifname;
    Peer peer;
    std::function<bool()> cancelled;
};

// What must be there for a check to make sense; it is skipped, with the reason, when missing.
enum Needs : unsigned {
    kNothing = 0,
    kPeer4 = 1,
    kPeer6 = 2,
    kJumboPath = 4,
    kManyQueues = 8,
    kWire = 16,
};

// Thrown by a check that cannot be made on this driver.
class Skip : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Checks that a group's name runs together; a check outside of a group has an empty one.
inline constexpr std::string_view kTransmitGroup = "tx";
inline constexpr std::string_view kReceiveGroup = "rx";

struct Check {
    std::string_view group;
    std::string_view name;
    std::string_view summary;
    unsigned needs;
    // Returns facts worth printing; throws when the check fails.
    Json (*run)(const CheckContext&);
};

[[nodiscard]] std::span<const Check> all_checks();

// Throws with `what` unless `holds`.
void expect(bool holds, const std::string& what);

// Puts features back to what they were when it was made.
class FeatureGuard {
public:
    explicit FeatureGuard(const std::string& ifname);
    FeatureGuard(const FeatureGuard&) = delete;
    FeatureGuard& operator=(const FeatureGuard&) = delete;
    ~FeatureGuard();
    // Skips the check when the driver does not let the feature be switched.
    void set(const std::string& feature, bool on);

private:
    std::string ifname_;
    // As all were at first: switching one may switch others that depend on it.
    std::map<std::string, Feature> found_;
    std::map<std::string, bool> before_;  // of those that were switched
};

// TCP both ways to the peer on one address family; throws on damage.
[[nodiscard]] Json tcp_both_ways(const CheckContext& context, const std::string& host,
                                 std::uint64_t bytes);
[[nodiscard]] Json udp_round_trips(const CheckContext& context, const std::string& host,
                                   unsigned count);

Json check_link(const CheckContext& context);
Json check_tcp4(const CheckContext& context);
Json check_tcp6(const CheckContext& context);
Json check_udp4(const CheckContext& context);
Json check_udp6(const CheckContext& context);
Json check_ping4(const CheckContext& context);
Json check_ping6(const CheckContext& context);
Json check_receive_checksum(const CheckContext& context);
Json check_transmit_checksum(const CheckContext& context);
Json check_transmit_sctp(const CheckContext& context);
Json check_segmentation4(const CheckContext& context);
Json check_segmentation6(const CheckContext& context);
Json check_udp_segmentation4(const CheckContext& context);
Json check_udp_segmentation6(const CheckContext& context);
Json check_transmit_vlan(const CheckContext& context);
Json check_transmit_stacked_vlan(const CheckContext& context);
Json check_transmit_vxlan(const CheckContext& context);
Json check_transmit_vxlan_checksum(const CheckContext& context);
Json check_transmit_gre(const CheckContext& context);
Json check_transmit_gre_checksum(const CheckContext& context);
Json check_transmit_gretap(const CheckContext& context);
Json check_transmit_ipip(const CheckContext& context);
Json check_transmit_sit(const CheckContext& context);
Json check_transmit_ip6tnl(const CheckContext& context);
Json check_transmit_geneve(const CheckContext& context);
Json check_receive_coalescing(const CheckContext& context);
Json check_jumbo(const CheckContext& context);
Json check_queues(const CheckContext& context);
Json check_settings(const CheckContext& context);
Json check_registers(const CheckContext& context);
Json check_eeprom(const CheckContext& context);
Json check_statistics(const CheckContext& context);
Json check_self_test(const CheckContext& context);
Json check_self_test_offline(const CheckContext& context);

}  // namespace agent
