// SPDX-License-Identifier: GPL-2.0-or-later
// A descriptor ring in guest memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/ring.h"
#include "nic/host.h"
#include "regs/descriptors.h"

namespace ixgbe {

// Where a ring lies and what of it is the device's, read from its registers once per use: nothing
// here survives a call that can re-enter. A malformed ring (head or tail outside, no length) reads
// as empty.
struct DescriptorRing {
    std::uint64_t base = 0;
    RingSpan span;

    [[nodiscard]] std::uint64_t address(std::uint32_t index) const {
        return base + std::uint64_t{index} * kDescriptorBytes;
    }

    // Copies `out.size()` descriptors from `index` on, across the end of the ring; false if DMA
    // failed.
    template <typename Descriptor>
    [[nodiscard]] bool fetch(Host& host, std::uint32_t index, std::span<Descriptor> out) const {
        static_assert(sizeof(Descriptor) == kDescriptorBytes);
        while (!out.empty()) {
            const std::size_t chunk = std::min<std::size_t>(out.size(), span.size - index);
            if (!host.dma_read(address(index), std::as_writable_bytes(out.first(chunk)))) {
                return false;
            }
            out = out.subspan(chunk);
            index = 0;
        }
        return true;
    }
};

// TDBAL/TDBAH/TDLEN/TDH/TDT or their receive twins as a ring.
template <typename BaseLow, typename BaseHigh, typename Length, typename Head, typename Tail,
          typename Registers>
[[nodiscard]] DescriptorRing ring_of(const Registers& regs, unsigned queue) {
    return {.base = std::uint64_t{regs.template get<BaseHigh>(queue).raw()} << 32 |
                    regs.template get<BaseLow>(queue).raw(),
            .span = {.head = regs.template get<Head>(queue).raw(),
                     .tail = regs.template get<Tail>(queue).raw(),
                     .size = static_cast<std::uint32_t>(regs.template get<Length>(queue).raw() /
                                                        kDescriptorBytes)}};
}

}  // namespace ixgbe
