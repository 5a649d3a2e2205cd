// SPDX-License-Identifier: GPL-2.0-or-later
// Making and checking the datagrams of the UDP patterns.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "traffic_wire.h"

namespace traffic {

[[nodiscard]] std::vector<std::byte> make_datagram(DatagramKind kind, std::uint32_t sequence,
                                                   std::uint64_t seed, std::size_t size);
[[nodiscard]] std::optional<DatagramHeader> read_header(std::span<const std::byte> datagram);
// Length and every payload byte are what the header promises.
[[nodiscard]] bool intact(std::span<const std::byte> datagram);

}  // namespace traffic
