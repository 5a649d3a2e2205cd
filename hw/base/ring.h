// SPDX-License-Identifier: GPL-2.0-or-later
// Head and tail arithmetic of a descriptor ring.
#pragma once

#include <cstdint>

namespace ixgbe {

// Indices of a ring of `size` descriptors: head is the next one the device handles, tail is one
// past the last one software handed over. head == tail means empty.
struct RingSpan {
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    std::uint32_t size = 0;

    // A ring whose indices lie outside itself holds nothing.
    [[nodiscard]] constexpr bool well_formed() const {
        return size != 0 && head < size && tail < size;
    }

    [[nodiscard]] constexpr std::uint32_t available() const {
        if (!well_formed()) {
            return 0;
        }
        return tail >= head ? tail - head : size - head + tail;
    }

    // Descriptors from head that lie next to each other in memory.
    [[nodiscard]] constexpr std::uint32_t contiguous() const {
        const std::uint32_t count = available();
        const std::uint32_t to_end = size - (well_formed() ? head : size);
        return count < to_end ? count : to_end;
    }

    [[nodiscard]] constexpr std::uint32_t advanced(std::uint32_t index, std::uint32_t by) const {
        return (index + by) % size;
    }
};

}  // namespace ixgbe
