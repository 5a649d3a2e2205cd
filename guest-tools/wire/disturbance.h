// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "frame.h"

namespace wire {

// How bad a cable is. The same seed gives the same losses for the same number of frames.
struct Disturbance {
    double loss = 0;        // share of frames that vanish
    double reordering = 0;  // share of frames that are overtaken by the next ones
    std::uint32_t seed = 1;
};

// One direction of such a cable.
class Disturber {
public:
    using Deliver = std::function<void(std::span<const std::byte>)>;

    explicit Disturber(const Disturbance& disturbance);

    // Delivers what comes out of the far end now that this frame has gone in. A frame that waits to
    // be overtaken waits for ever if none comes: the sender repeats it then.
    void pass(std::span<const std::byte> frame, const Deliver& deliver);

    [[nodiscard]] std::size_t lost() const { return lost_; }
    [[nodiscard]] std::size_t overtaken() const { return overtaken_; }

private:
    Disturbance disturbance_;
    std::mt19937 random_;
    Bytes held_;               // one frame at a time; empty: none
    unsigned overtakers_ = 0;  // frames that go before it
    std::size_t lost_ = 0;
    std::size_t overtaken_ = 0;
};

}  // namespace wire
