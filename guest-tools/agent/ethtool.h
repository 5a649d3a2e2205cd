// SPDX-License-Identifier: GPL-2.0-or-later
// The ethtool ioctls, one function per question.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace agent {

using Json = nlohmann::json;

[[nodiscard]] Json driver_info(const std::string& ifname);
[[nodiscard]] std::vector<std::string> string_set(const std::string& ifname, unsigned set);

// Offload features by kernel name ("tx-checksum-ipv4", "rx-lro"...).
struct Feature {
    bool active = false;
    bool fixed = false;
};
[[nodiscard]] std::map<std::string, Feature> features(const std::string& ifname);
void set_features(const std::string& ifname, const std::map<std::string, bool>& wanted);

[[nodiscard]] std::map<std::string, std::uint64_t> statistics(const std::string& ifname);
// Statistics whose name says error, drop or timeout, with a value other than 0.
[[nodiscard]] std::map<std::string, std::uint64_t> error_statistics(const std::string& ifname);

[[nodiscard]] Json link_settings(const std::string& ifname);
[[nodiscard]] Json rings(const std::string& ifname);
[[nodiscard]] Json channels(const std::string& ifname);
[[nodiscard]] Json coalescing(const std::string& ifname);
[[nodiscard]] Json pause_settings(const std::string& ifname);
[[nodiscard]] Json receive_hash(const std::string& ifname);
[[nodiscard]] Json timestamping(const std::string& ifname);
[[nodiscard]] std::vector<std::byte> registers(const std::string& ifname, std::uint32_t& version);
[[nodiscard]] std::vector<std::byte> eeprom(const std::string& ifname);

struct SelfTest {
    bool passed = false;
    std::map<std::string, std::uint64_t> results;
};
[[nodiscard]] SelfTest self_test(const std::string& ifname, bool offline);

void set_rings(const std::string& ifname, const Json& wanted);
void set_channels(const std::string& ifname, const Json& wanted);
void set_coalescing(const std::string& ifname, const Json& wanted);
void set_pause(const std::string& ifname, const Json& wanted);
void identify_port(const std::string& ifname, unsigned seconds);
// Sets the RSS table to spread over the first `queues` queues.
void set_hash_spread(const std::string& ifname, unsigned queues);

}  // namespace agent
