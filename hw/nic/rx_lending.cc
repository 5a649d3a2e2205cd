// SPDX-License-Identifier: GPL-2.0-or-later
// Receive buffers that are filled before it is known how much goes into them.
#include <algorithm>

#include "nic/rx_queue.h"

namespace ixgbe {

DescriptorRing RxQueues::rest_of_ring(unsigned queue) const {
    DescriptorRing ring = ring_of<RDBAL, RDBAH, RDLEN, RDH, RDT>(regs_, queue);
    if (lent_.at(queue) != 0 && ring.span.size != 0) {
        const bool moved_back = ring.span.well_formed() && lent_.at(queue) > ring.span.available();
        ring.span.head =
            moved_back ? ring.span.tail : ring.span.advanced(ring.span.head, lent_.at(queue));
    }
    return ring;
}

std::uint32_t RxQueues::lendable(unsigned queue) const {
    return rest_of_ring(queue).span.available();
}

bool RxQueues::lend(unsigned queue, std::span<Buffer> out) {
    const DescriptorRing ring = rest_of_ring(queue);
    const std::uint32_t epoch = epoch_;
    const auto posted = std::span(posted_).first(std::min(out.size(), posted_.size()));
    if (out.size() > posted_.size() || out.size() > ring.span.available() ||
        !ring.fetch(host_, ring.span.head, posted)) {
        return false;
    }
    if (epoch != epoch_) {
        return false;  // a read of our own BAR took the ring away
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = {.index = ring.span.advanced(ring.span.head, static_cast<std::uint32_t>(i)),
                  .address = posted[i].packet_address};
    }
    lent_.at(queue) = static_cast<std::uint16_t>(lent_.at(queue) + out.size());
    return true;
}

void RxQueues::take_back(unsigned queue, std::size_t count) {
    lent_.at(queue) =
        static_cast<std::uint16_t>(lent_.at(queue) - std::min<std::size_t>(count, lent_.at(queue)));
}

void RxQueues::forget_lent(unsigned queue) {
    lent_.at(queue) = 0;
    ++epoch_;
}

void RxQueues::write_back(unsigned queue, std::uint32_t index, const RxWriteback& done) {
    write_back(ring_of<RDBAL, RDBAH, RDLEN, RDH, RDT>(regs_, queue).address(index), done);
}

void RxQueues::settle(unsigned queue) {
    regs_.set<RDH>(queue, Value<RDH>(rest_of_ring(queue).span.head));
    lent_.at(queue) = 0;
}

}  // namespace ixgbe
