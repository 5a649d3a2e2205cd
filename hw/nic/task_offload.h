// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block: docs/task-offload.md.
#pragma once

#include <cstdint>
#include <utility>

#include <ixgbe/ixgbe.h>

#include "nic/host.h"
#include "nic/interrupts.h"
#include "nic/offload_request.h"
#include "nic/offload_switches.h"
#include "nic/offload_words.h"
#include "nic/trace.h"
#include "regs/task_offload.h"

namespace ixgbe {

// The registers of the block and what a doorbell does. Whoever calls ring() has closed all
// coalesced units before (CTRL-7), and tells the data path to look at its gates afterwards.
class TaskOffload {
public:
    TaskOffload(Host& host, ixgbe_task_offload_state& state, OffloadSwitches& switches,
                Interrupts& interrupts, Tracer& trace);

    // Without the effects of reading. `observed` matters to the effective configuration only.
    [[nodiscard]] std::uint32_t peek(std::uint32_t offset, const OffloadObserved& observed) const;
    [[nodiscard]] std::uint32_t read(std::uint32_t offset, const OffloadObserved& observed);
    // True: a doorbell was rung, now pending().
    [[nodiscard]] bool write(std::uint32_t offset, std::uint32_t value);

    [[nodiscard]] bool pending() const { return (state_.result & 0xff) == kBusy; }
    // Does what the pending doorbell asks for.
    void ring();
    // One requested parameter of the host's own: offset of its first byte in the block. A guest
    // that never rang keeps all that its X550 driver had.
    [[nodiscard]] OffloadResult set(std::uint32_t offset, std::uint16_t value);
    // A driver wrote VXLANCTRL.
    void port_written(std::uint16_t port);
    // The port that a request has just made VXLAN's, for VXLANCTRL; 0: none did.
    [[nodiscard]] std::uint16_t take_port() { return std::exchange(new_port_, std::uint16_t{0}); }

    // MAP-5. `power_on`: the generation starts anew, too.
    void reset(bool power_on);
    void loaded() { switches_.settings_changed(); }
    // Why this state is not one that a guest can have brought about; nullptr: it can be.
    [[nodiscard]] const char* implausible(bool present) const;

private:
    static constexpr std::uint32_t kBusy = static_cast<std::uint32_t>(block::ResultCode::busy);

    [[nodiscard]] std::uint32_t table_word(std::uint32_t offset,
                                           const OffloadObserved& observed) const;
    [[nodiscard]] std::uint32_t counter_half(std::uint32_t offset) const;
    [[nodiscard]] OffloadResult apply(Value<block::Doorbell> doorbell,
                                      ixgbe_offload_settings& settings) const;
    void adopt(const ixgbe_offload_settings& settings, bool notify);
    void note_port(bool about_tunnels);
    void raise(Value<block::Event> event);

    Host& host_;
    ixgbe_task_offload_state& state_;
    OffloadSwitches& switches_;
    Interrupts& interrupts_;
    Tracer& trace_;
    std::uint16_t new_port_ = 0;
};

}  // namespace ixgbe
