// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of known content, as a stack hands them to a device that computes checksums and cuts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace agent {

struct TransmitPacket {
    bool six = false;
    bool tcp = true;
    std::size_t bytes = 0;    // of payload
    std::size_t segment = 0;  // payload of one frame, 0: the packet is one frame
    unsigned source = 0;      // port, which tells the flows apart
    std::uint64_t seed = 0;   // of the payload's pattern
};

inline constexpr unsigned kDiscardPort = 9;

// The IP packet. Addresses are documentation addresses; TCP has a timestamp option and FIN, PSH and
// ACK set; IPv4 may not be fragmented. The transport checksum is the pseudo-header's sum.
[[nodiscard]] std::vector<std::byte> make_packet(const TransmitPacket& packet);
[[nodiscard]] std::size_t network_header(const TransmitPacket& packet);
[[nodiscard]] std::size_t transport_header(const TransmitPacket& packet);

}  // namespace agent
