// SPDX-License-Identifier: GPL-2.0-or-later
// The tuple that Flow Director compares, and its hash: X550 DS 7.1.3.6.16.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ixgbe {

// Table 7-12. Fields as on the wire; what is masked or absent is zero.
struct FlowTuple {
    static constexpr std::size_t kBytes = 42;
    static constexpr std::size_t kVlan = 0;
    static constexpr std::size_t kSource = 2;  // IP mode: 16 bytes, of IPv4 the first 4
    static constexpr std::size_t kMac = 6;     // MAC-VLAN and cloud mode
    static constexpr std::size_t kTunnelType = 13;
    static constexpr std::size_t kTunnelId = 14;
    static constexpr std::size_t kDestination = 18;
    static constexpr std::size_t kSourcePort = 34;
    static constexpr std::size_t kDestinationPort = 36;
    static constexpr std::size_t kFlex = 38;
    static constexpr std::size_t kPool = 40;
    static constexpr std::size_t kType = 41;

    static constexpr std::byte kTypeIpv6{1 << 2};
    static constexpr std::byte kTypeTunnel{1 << 4};
    static constexpr std::byte kVxlan{1 << 7};  // in kTunnelType
    static constexpr std::byte kIp6at{1};       // at kDestination: one of our own addresses

    std::array<std::byte, kBytes> bytes{};

    bool operator==(const FlowTuple&) const = default;
};

// All 16 bits; buckets and signatures use the low ones. `key`: FDIRHKEY or FDIRSKEY.
[[nodiscard]] std::uint16_t flow_hash(const FlowTuple& tuple, std::uint32_t key) noexcept;

}  // namespace ixgbe
