// SPDX-License-Identifier: GPL-2.0-or-later
// name=value as a user writes it, and the request to the device that it stands for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <x550/task_offload.h>

namespace taskoffload {

// What a doorbell is to be rung for. Members that are 0 change nothing.
struct Request {
    x550_offload_parameters parameters{};  // without the tunnels, which are here:
    std::uint8_t tunnels_on = 0;           // X550_TYPE_*
    std::uint8_t tunnels_off = 0;
    x550_encapsulation ip4{}, ip6{};  // OID_OFFLOAD_ENCAPSULATION
    bool restore_defaults = false;    // before all else

    [[nodiscard]] bool asks_parameters() const;
    [[nodiscard]] bool asks_activation() const { return ip4.enabled != 0 || ip6.enabled != 0; }
    void activate(bool ip4_on, bool ip6_on);
};

// Adds one setting; of two for the same thing the later counts. Throws UsageError with the names or
// values that exist.
void add_setting(Request& request, std::string_view text);
[[nodiscard]] Request parse_settings(const std::vector<std::string>& texts);
// Every name with its values, a line each, for --help.
[[nodiscard]] std::string settings_help();
// The property that a member of the request is set by; empty for members without one.
[[nodiscard]] std::string setting_of_member(std::uint32_t offset);
// The number that is all of `text`; nothing if it is not one or beyond 32 bits.
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view text, int base = 10);

}  // namespace taskoffload
