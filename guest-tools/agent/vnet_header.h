// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace agent {

// virtio 1.1, 5.1.6: what a packet socket or a tap puts in front of a frame. The kernel's own
// header is not C++.
struct VnetHeader {
    static constexpr std::uint8_t kNeedsChecksum = 1;

    std::uint8_t flags = 0;
    std::uint8_t segment_type = 0;
    std::uint16_t header_length = 0;
    std::uint16_t segment_size = 0;
    std::uint16_t checksum_start = 0;
    std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VnetHeader) == 10);

}  // namespace agent
