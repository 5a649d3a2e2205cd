// SPDX-License-Identifier: GPL-2.0-or-later
// TCP that a peer with a virtio-net header did not cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <ixgbe/ixgbe.h>

#include "frame_builder.h"
#include "tcp_segment.h"

namespace x550 {

// As Linux hands it to a tap: the checksum field holds the pseudo-header's sum with the length.
struct SuperFrame {
    TcpSegment segment;
    Frame bytes;
    ixgbe_frame_offload offload{};

    SuperFrame(std::size_t payload, std::uint16_t size, TcpSegment from = {})
        : segment(std::move(from)) {
        segment.payload = pattern(payload);
        bytes = segment.build();
        const std::size_t l4 = segment.l3() + kIpv4Bytes;
        seed_l4_checksum(bytes, segment.l3(), l4);
        offload.gso = IXGBE_GSO_TCPV4;
        offload.gso_size = size;
        offload.hdr_len = static_cast<std::uint16_t>(l4 + segment.tcp_bytes());
        offload.needs_csum = 1;
        offload.csum_start = static_cast<std::uint16_t>(l4);
        offload.csum_offset = 16;
    }
};

}  // namespace x550
