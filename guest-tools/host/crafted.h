// SPDX-License-Identifier: GPL-2.0-or-later
// Frames made by hand for the wire: libtins packets, and frames of the EtherType IEEE 802 keeps for
// local experiments.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tins/tins.h>
#include <vector>

namespace host {

inline constexpr std::uint16_t kExperiment = 0x88b5;
inline constexpr const char* kWireMac = "02:00:00:00:55:50";

// As long as the shortest frame of a wire.
[[nodiscard]] inline std::vector<std::byte> bytes_of(Tins::PDU& packet) {
    const auto raw = packet.serialize();
    std::vector<std::byte> out(raw.size());
    std::transform(raw.begin(), raw.end(), out.begin(),
                   [](std::uint8_t byte) { return static_cast<std::byte>(byte); });
    out.resize(std::max<std::size_t>(out.size(), 60));
    return out;
}

// A frame with a payload of `size` bytes that starts with `mark`; tagged when `vlan` is given.
[[nodiscard]] inline std::vector<std::byte> experiment_frame(
    const std::string& to, const std::string& mark, std::size_t size,
    std::optional<std::uint16_t> vlan = std::nullopt) {
    std::vector<std::byte> out;
    const auto put16 = [&](unsigned value) {
        out.push_back(static_cast<std::byte>(value >> 8));
        out.push_back(static_cast<std::byte>(value & 0xff));
    };
    for (const std::string& mac : {to, std::string(kWireMac)}) {
        for (std::size_t at = 0; at < mac.size(); at += 3) {
            out.push_back(static_cast<std::byte>(std::stoul(mac.substr(at, 2), nullptr, 16)));
        }
    }
    if (vlan) {
        put16(0x8100);
        put16(*vlan);
    }
    put16(kExperiment);
    for (std::size_t i = 0; i < size; ++i) {
        out.push_back(i < mark.size() ? static_cast<std::byte>(mark[i])
                                      : static_cast<std::byte>(i));
    }
    return out;
}

// Hexadecimal text of a mark, for the agent's capture filter.
[[nodiscard]] inline std::string hex_of(const std::string& mark) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : mark) {
        const auto value = static_cast<unsigned char>(c);
        out += kDigits[value >> 4];
        out += kDigits[value & 0xf];
    }
    return out;
}

}  // namespace host
