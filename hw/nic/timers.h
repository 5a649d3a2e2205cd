// SPDX-License-Identifier: GPL-2.0-or-later
// Named deadlines over the host's one timer.
#pragma once

#include <cstdint>
#include <optional>

#include <ixgbe/state.h>

namespace ixgbe {

class Host;

// Deadlines are absolute nanoseconds of the virtual clock in state.deadline (-1: not armed). Every
// change leaves the host timer at the earliest of them.
//
// Device::timer():  while (auto deadline = timers.take_expired(now)) { ... }  timers.rearm();
class Timers {
public:
    Timers(ixgbe_state& state, Host& host) : state_(state), host_(host) {}

    void arm(ixgbe_deadline deadline, std::int64_t at_ns);
    void arm_in(ixgbe_deadline deadline, std::int64_t delay_ns);
    void cancel(ixgbe_deadline deadline);
    void cancel_all();
    [[nodiscard]] bool armed(ixgbe_deadline deadline) const;
    [[nodiscard]] std::int64_t at(ixgbe_deadline deadline) const {
        return state_.deadline[deadline];
    }
    [[nodiscard]] std::int64_t now() const;

    // The earliest deadline that is not later than `now`, disarmed; nothing when none is left. A
    // handler that arms a deadline at or before `now` again would be returned again: arm in the
    // future.
    [[nodiscard]] std::optional<ixgbe_deadline> take_expired(std::int64_t now);

    // Tells the host the earliest deadline once more: after the host's timer fired, and after
    // loading.
    void rearm();

    // Loaded state: every deadline is a time or -1.
    [[nodiscard]] bool plausible() const;

private:
    [[nodiscard]] std::int64_t earliest() const;
    void change(ixgbe_deadline deadline, std::int64_t at_ns);

    ixgbe_state& state_;
    Host& host_;
};

}  // namespace ixgbe
