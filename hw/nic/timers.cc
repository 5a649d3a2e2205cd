// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/timers.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "nic/host.h"

namespace ixgbe {

namespace {

constexpr std::int64_t kNotArmed = -1;

}  // namespace

void Timers::change(ixgbe_deadline deadline, std::int64_t at_ns) {
    const std::int64_t before = earliest();
    state_.deadline[deadline] = at_ns;
    const std::int64_t after = earliest();
    if (after != before) {
        host_.set_timer(after);
    }
}

void Timers::arm(ixgbe_deadline deadline, std::int64_t at_ns) {
    change(deadline, at_ns < 0 ? 0 : at_ns);
}

void Timers::arm_in(ixgbe_deadline deadline, std::int64_t delay_ns) {
    const std::int64_t start = now();
    constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
    arm(deadline, delay_ns > kEnd - start ? kEnd : start + delay_ns);
}

void Timers::cancel(ixgbe_deadline deadline) {
    change(deadline, kNotArmed);
}

void Timers::cancel_all() {
    for (std::int64_t& at_ns : state_.deadline) {
        at_ns = kNotArmed;
    }
    rearm();
}

bool Timers::armed(ixgbe_deadline deadline) const {
    return state_.deadline[deadline] >= 0;
}

std::int64_t Timers::now() const {
    return host_.now_ns();
}

std::optional<ixgbe_deadline> Timers::take_expired(std::int64_t now) {
    const std::int64_t first = earliest();
    if (first < 0 || first > now) {
        return std::nullopt;
    }
    for (unsigned i = 0; i < IXGBE_DEADLINES; ++i) {
        if (state_.deadline[i] == first) {
            state_.deadline[i] = kNotArmed;
            return static_cast<ixgbe_deadline>(i);
        }
    }
    return std::nullopt;
}

void Timers::rearm() {
    host_.set_timer(earliest());
}

bool Timers::plausible() const {
    return std::all_of(std::begin(state_.deadline), std::end(state_.deadline),
                       [](std::int64_t at_ns) { return at_ns >= kNotArmed; });
}

std::int64_t Timers::earliest() const {
    std::int64_t first = kNotArmed;
    for (const std::int64_t at_ns : state_.deadline) {
        if (at_ns >= 0 && (first < 0 || at_ns < first)) {
            first = at_ns;
        }
    }
    return first;
}

}  // namespace ixgbe
