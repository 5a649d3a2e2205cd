// SPDX-License-Identifier: GPL-2.0-or-later
// rtnetlink: links, addresses, routes and the events that tell when they change.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlink {

struct LinkState {
    unsigned index = 0;
    std::string name;
    std::string mac;
    unsigned mtu = 0;
    bool up = false;
    bool carrier = false;
};

struct Address {
    std::string ifname;
    std::string address;
    unsigned prefix = 0;
    bool tentative = false;
    bool global = false;
};

using Milliseconds = std::chrono::milliseconds;

[[nodiscard]] std::optional<LinkState> find_link(const std::string& ifname);
[[nodiscard]] std::vector<LinkState> links();
void set_link_up(const std::string& ifname, bool up);
void set_mtu(const std::string& ifname, unsigned mtu);
// "52:54:00:12:34:56" as bytes.
[[nodiscard]] std::array<unsigned char, 6> mac_bytes(const std::string& mac);
void set_mac(const std::string& ifname, const std::string& mac);

[[nodiscard]] std::vector<Address> addresses(const std::string& ifname);
void add_address(const std::string& ifname, const std::string& address, unsigned prefix);
void flush_addresses(const std::string& ifname, int family);
void add_default_route(const std::string& ifname, const std::string& gateway);

// Attaches an XDP program (fd >= 0) or detaches (fd = -1); flags are XDP_FLAGS_*.
void set_xdp(const std::string& ifname, int program, std::uint32_t flags);

// Blocks on link events until the carrier is as wanted; false at the deadline. `stop` is asked
// between events and ends the wait early.
[[nodiscard]] bool wait_carrier(const std::string& ifname, bool wanted, Milliseconds timeout,
                                const std::function<bool()>& stop = {});
// Blocks until an interface whose name satisfies `wanted` exists; returns its name.
[[nodiscard]] std::optional<std::string> wait_link(
    const std::function<bool(const std::string&)>& wanted, Milliseconds timeout);
[[nodiscard]] bool wait_link_gone(const std::string& ifname, Milliseconds timeout);
// Blocks until a usable (not tentative) global IPv6 address is there.
[[nodiscard]] std::optional<Address> wait_global_ipv6(const std::string& ifname,
                                                      Milliseconds timeout);

}  // namespace netlink
