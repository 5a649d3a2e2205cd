// SPDX-License-Identifier: GPL-2.0-or-later
// Causes, masks, vectors and moderation: X550 DS 7.3 and 8.2.2.5.
#pragma once

#include <cstdint>

#include <ixgbe/state.h>

#include "nic/host.h"
#include "nic/register_file.h"
#include "nic/timers.h"
#include "nic/trace.h"
#include "regs/interrupt.h"

namespace ixgbe {

// The only class that knows EICR, EIMS, IVAR, EITR and vectors. Others raise causes; a cause
// latches whatever the masks say, and becomes a message or a level as soon as mask and throttle
// allow.
//
// MSI-X mode (GPIE.MSIX_MODE = 1): an event belongs to a vector; vectors 0..15 show in EICR[15:0];
// the upper half of EICR goes to the vector in IVAR_MISC. Otherwise IVAR selects an EICR bit and
// one level stands for all of them.
class Interrupts {
public:
    Interrupts(Host& host, ixgbe_state& state, RegisterFile& regs, Timers& timers, Tracer& trace);

    void raise_rx_queue(unsigned queue) { raise_queue(queue, queue % 2 * 2); }
    void raise_tx_queue(unsigned queue) { raise_queue(queue, queue % 2 * 2 + 1); }
    // RSCINT of the queue's vector; a queue without one, as polling drivers leave it, may coalesce.
    [[nodiscard]] bool rx_queue_coalesces(unsigned queue) const;
    // Bits 30:16 of EICR.
    void raise_cause(Value<EICR> causes);

    [[nodiscard]] std::uint32_t read_eicr();
    [[nodiscard]] std::uint32_t peek_eicr() const;
    [[nodiscard]] std::uint32_t read_eims() const;
    [[nodiscard]] std::uint32_t read_eims_ex(unsigned index) const;
    void write_eicr(std::uint32_t value);
    void write_eics(std::uint32_t value);
    void write_eics_ex(unsigned index, std::uint32_t value);
    void write_eims(std::uint32_t value);
    void write_eimc(std::uint32_t value);
    void write_eims_ex(unsigned index, std::uint32_t value);
    void write_eimc_ex(unsigned index, std::uint32_t value);
    void write_eiam();
    void write_eiam_ex(unsigned index);
    void write_eitr(unsigned vector, std::uint32_t old);
    void write_gpie();

    // A message of the task-offload block's, on the vector it was told; no cause, no throttle.
    void send_event(unsigned vector) { host_.msix(vector); }

    // Between these two, events latch and nothing goes out: one decision for a whole batch.
    void hold_back() { held_back_ = true; }
    [[nodiscard]] bool held_back() const { return held_back_; }
    void let_go();

    // The throttle of some vector has run out.
    void moderation_expired();
    // After a reset: nothing pending, nothing asserted.
    void reset();
    // After loading: what is pending goes out once time goes on. The level itself travels with the
    // PCI function.
    void restore();

private:
    [[nodiscard]] bool msix_mode() const;
    void raise_queue(unsigned queue, unsigned ivar_byte);
    void raise_vector(unsigned vector);
    void raise_misc();
    void unmask(std::uint64_t vectors);
    void auto_mask(std::uint32_t causes);
    void deliver(std::uint64_t vectors);
    void send(unsigned vector);
    void hold(unsigned vector);
    void start_moderation(unsigned vector);
    void update_legacy();
    [[nodiscard]] std::uint64_t deliverable() const;

    Host& host_;
    ixgbe_interrupt_state& irq_;
    RegisterFile& regs_;
    Timers& timers_;
    Tracer& trace_;
    bool held_back_ = false;
};

}  // namespace ixgbe
