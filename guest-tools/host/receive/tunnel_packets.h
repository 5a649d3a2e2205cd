// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of all kinds, right and wrong, and the tunnels that they are put in.
#pragma once

#include "verdicts.h"

namespace host {

inline constexpr std::uint32_t kVni = 0xABCD;
inline constexpr std::uint32_t kNvgreKey = kVni << 8 | 0x12;  // with a flow id, RFC 7637 3.2
inline constexpr std::uint16_t kVxlan = 4789;                 // RFC 7348 8

// Outer addresses of the guest's end, and of ours.
struct Ends {
    std::string guest;
    std::string host;
    bool six = false;
};
[[nodiscard]] Ends ends_of(const ReceiveTrial& trial, bool six);

// RFC 7348 5. Over IPv4 the outer checksum is absent, as it should be; over IPv6 it is there.
[[nodiscard]] Bytes in_vxlan(const Tins::EthernetII& ethernet, const Ends& ends, std::uint16_t port,
                             const Bytes& inner);
// RFC 7637 3.2: a key, and Ethernet inside.
[[nodiscard]] Bytes in_nvgre(const Tins::EthernetII& ethernet, const Ends& ends,
                             const Bytes& inner);
// What goes inside. Padding at the end of an inner frame would be content of the outer packet, so
// that all of them are long enough.
[[nodiscard]] Verdicts inner_packets(const ReceiveTrial& trial);
// All of those with `wrap` around each.
[[nodiscard]] Verdicts outer_packets(const ReceiveTrial& trial,
                                     const std::function<Bytes(const Bytes&)>& wrap);

}  // namespace host
