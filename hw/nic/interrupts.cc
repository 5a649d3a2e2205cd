// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/interrupts.h"

#include <bit>

namespace ixgbe {

namespace {

constexpr std::uint32_t kQueueCauses = 0xffff;       // EICR[15:0]
constexpr std::uint32_t kOtherCauses = 0xffff0000u;  // EICR[31:16]
constexpr std::uint32_t kTcpTimerCause = 1u << 30;   // IVAR_MISC byte 0; all others byte 1
constexpr unsigned kMiscTcpTimer = 0;
constexpr unsigned kMiscOther = 1;

constexpr std::uint32_t misc_causes(unsigned byte) {
    return byte == kMiscTcpTimer ? kTcpTimerCause : kOtherCauses & ~kTcpTimerCause;
}

}  // namespace

Interrupts::Interrupts(Host& host, ixgbe_state& state, RegisterFile& regs, Timers& timers,
                       Tracer& trace)
    : host_(host), irq_(state.interrupt), regs_(regs), timers_(timers), trace_(trace) {}

bool Interrupts::msix_mode() const {
    return regs_.get<GPIE>().get(GPIE::multiple_msix);
}

void Interrupts::raise_queue(unsigned queue, unsigned ivar_byte) {
    const IvarEntry entry = ivar_entry(regs_.get<IVAR>(queue / 2).raw(), ivar_byte);
    if (!entry.valid) {
        return;
    }
    if (msix_mode()) {
        raise_vector(entry.vector);
        return;
    }
    regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() | 1u << (entry.vector % 16)));
    update_legacy();
}

bool Interrupts::rx_queue_coalesces(unsigned queue) const {
    const IvarEntry entry = ivar_entry(regs_.get<IVAR>(queue / 2).raw(), queue % 2 * 2);
    return !entry.valid || regs_.get<RSCINT>(entry.vector).get(RSCINT::rscen);
}

void Interrupts::raise_vector(unsigned vector) {
    if (vector < 16) {
        regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() | 1u << vector));
    }
    irq_.vector_pending |= std::uint64_t{1} << vector;
    deliver(std::uint64_t{1} << vector);
}

void Interrupts::raise_cause(Value<EICR> causes) {
    const std::uint32_t bits = causes.raw() & kOtherCauses;
    regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() | bits));
    trace_(TraceEvent::interrupt_cause, regs_.get<EICR>().raw(), read_eims());
    if (!msix_mode()) {
        update_legacy();
        return;
    }
    for (const unsigned byte : {kMiscTcpTimer, kMiscOther}) {
        if ((bits & misc_causes(byte)) != 0) {
            irq_.misc_pending = static_cast<std::uint8_t>(irq_.misc_pending | 1u << byte);
        }
    }
    raise_misc();
}

// Sends what is pending and unmasked for the two entries of IVAR_MISC.
void Interrupts::raise_misc() {
    if (held_back_) {
        return;
    }
    for (const unsigned byte : {kMiscTcpTimer, kMiscOther}) {
        const IvarEntry entry = ivar_entry(regs_.get<IVAR_MISC>().raw(), byte);
        const std::uint32_t active = regs_.get<EICR>().raw() & read_eims() & misc_causes(byte);
        if ((irq_.misc_pending >> byte & 1) == 0 || active == 0 || !entry.valid) {
            continue;
        }
        if (irq_.moderated_until[entry.vector] > host_.now_ns()) {
            hold(entry.vector);
            continue;
        }
        irq_.misc_pending = static_cast<std::uint8_t>(irq_.misc_pending & ~(1u << byte));
        auto_mask(active);
        regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() & ~(active & regs_.get<EIAC>().raw())));
        send(entry.vector);
    }
}

// DS 7.3.2.3: GPIE.EIAME extends auto-mask from the EICR read to the MSI-X message.
void Interrupts::auto_mask(std::uint32_t causes) {
    if (regs_.get<GPIE>().get(GPIE::eiame)) {
        const std::uint32_t keep = ~(causes & regs_.get<EIAM>().raw() & kOtherCauses);
        regs_.set<EIMS>(Value<EIMS>(regs_.get<EIMS>().raw() & keep));
    }
}

std::uint64_t Interrupts::deliverable() const {
    return irq_.vector_pending & irq_.vector_mask;
}

void Interrupts::deliver(std::uint64_t vectors) {
    if (held_back_) {
        return;
    }
    for (std::uint64_t left = vectors & deliverable(); left != 0; left &= left - 1) {
        const auto vector = static_cast<unsigned>(std::countr_zero(left));
        if ((deliverable() >> vector & 1) == 0) {
            continue;  // a message sent earlier in this loop re-entered and dealt with it
        }
        if (irq_.moderated_until[vector] > host_.now_ns()) {
            hold(vector);
            continue;
        }
        const std::uint64_t bit = std::uint64_t{1} << vector;
        irq_.vector_pending &= ~bit;
        if (vector < 16) {
            const std::uint32_t cleared = regs_.get<EIAC>().raw() & 1u << vector;
            regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() & ~cleared));
        }
        if (regs_.get<GPIE>().get(GPIE::eiame) &&
            (regs_.get<EIAM_EX>(vector / 32).raw() >> vector % 32 & 1) != 0) {
            irq_.vector_mask &= ~bit;
        }
        send(vector);
    }
}

void Interrupts::send(unsigned vector) {
    trace_(TraceEvent::interrupt_vector, vector, irq_.vector_mask, irq_.vector_pending);
    start_moderation(vector);
    host_.msix(vector);
}

void Interrupts::start_moderation(unsigned vector) {
    const std::uint32_t interval = regs_.get<EITR>(vector).get(EITR::interval);
    irq_.moderated_until[vector] =
        interval == 0 ? 0 : host_.now_ns() + std::int64_t{interval} * EITR::unit_ns;
}

void Interrupts::hold(unsigned vector) {
    trace_(TraceEvent::interrupt_held, vector,
           static_cast<std::uint64_t>(irq_.moderated_until[vector]));
    const std::int64_t until = irq_.moderated_until[vector];
    const std::int64_t armed = timers_.at(IXGBE_DEADLINE_INTERRUPT);
    if (armed < 0 || until < armed) {
        timers_.arm(IXGBE_DEADLINE_INTERRUPT, until);
    }
}

void Interrupts::let_go() {
    held_back_ = false;
    moderation_expired();
}

void Interrupts::moderation_expired() {
    if (msix_mode()) {
        deliver(~std::uint64_t{0});
        raise_misc();
    } else {
        update_legacy();
    }
}

std::uint32_t Interrupts::peek_eicr() const {
    return regs_.get<EICR>().raw();
}

std::uint32_t Interrupts::read_eicr() {
    const std::uint32_t causes = regs_.get<EICR>().raw();
    const bool other_only = msix_mode() && regs_.get<GPIE>().get(GPIE::ocd);
    write_eicr(other_only ? kOtherCauses : ~0u);
    return causes;
}

// Write one to clear; also what a read does. Auto-mask follows in the modes without messages
// (DS 7.3.2.3).
void Interrupts::write_eicr(std::uint32_t value) {
    const std::uint32_t cleared = regs_.get<EICR>().raw() & value;
    regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() & ~value));
    irq_.vector_pending &= ~std::uint64_t{value & kQueueCauses};
    for (const unsigned byte : {kMiscTcpTimer, kMiscOther}) {
        if ((regs_.get<EICR>().raw() & misc_causes(byte)) == 0) {
            irq_.misc_pending = static_cast<std::uint8_t>(irq_.misc_pending & ~(1u << byte));
        }
    }
    if (!msix_mode()) {
        const std::uint32_t masked = cleared & regs_.get<EIAM>().raw();
        regs_.set<EIMS>(Value<EIMS>(regs_.get<EIMS>().raw() & ~(masked & kOtherCauses)));
        irq_.vector_mask &= ~std::uint64_t{masked & kQueueCauses};
    }
    update_legacy();
}

// DS 8.2.2.5.2: as if the cause had happened; bits with auto-mask are unmasked by it.
void Interrupts::write_eics(std::uint32_t value) {
    const std::uint32_t unmasked = value & regs_.get<EIAM>().raw();
    if (!msix_mode()) {
        regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() | value));
        write_eims(unmasked);
        return;
    }
    write_eims(unmasked & kOtherCauses);  // queue bits: below, with their event
    write_eics_ex(0, value & kQueueCauses);
    if ((value & kOtherCauses) != 0) {
        raise_cause(Value<EICR>(value));
    }
}

void Interrupts::write_eics_ex(unsigned index, std::uint32_t value) {
    if (!msix_mode()) {
        if (index == 0) {
            regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() | (value & kQueueCauses)));
            update_legacy();
        }
        return;
    }
    const std::uint64_t vectors = std::uint64_t{value} << 32 * index;
    if (index == 0) {
        regs_.set<EICR>(Value<EICR>(regs_.get<EICR>().raw() | (value & kQueueCauses)));
    }
    irq_.vector_pending |= vectors;
    irq_.vector_mask |= std::uint64_t{value & regs_.get<EIAM_EX>(index).raw()} << 32 * index;
    deliver(vectors);
}

std::uint32_t Interrupts::read_eims() const {
    return (regs_.get<EIMS>().raw() & kOtherCauses) |
           (static_cast<std::uint32_t>(irq_.vector_mask) & kQueueCauses);
}

std::uint32_t Interrupts::read_eims_ex(unsigned index) const {
    return static_cast<std::uint32_t>(irq_.vector_mask >> 32 * index);
}

void Interrupts::write_eims(std::uint32_t value) {
    regs_.set<EIMS>(Value<EIMS>(regs_.get<EIMS>().raw() | (value & kOtherCauses)));
    if ((value & regs_.get<EICR>().raw() & kOtherCauses) != 0) {
        for (const unsigned byte : {kMiscTcpTimer, kMiscOther}) {
            if ((value & regs_.get<EICR>().raw() & misc_causes(byte)) != 0) {
                irq_.misc_pending = static_cast<std::uint8_t>(irq_.misc_pending | 1u << byte);
            }
        }
    }
    unmask(value & kQueueCauses);
    if (msix_mode()) {
        raise_misc();
    }
}

void Interrupts::write_eimc(std::uint32_t value) {
    regs_.set<EIMS>(Value<EIMS>(regs_.get<EIMS>().raw() & ~(value & kOtherCauses)));
    irq_.vector_mask &= ~std::uint64_t{value & kQueueCauses};
    update_legacy();
}

void Interrupts::write_eims_ex(unsigned index, std::uint32_t value) {
    unmask(std::uint64_t{value} << 32 * index);
}

void Interrupts::write_eimc_ex(unsigned index, std::uint32_t value) {
    irq_.vector_mask &= ~(std::uint64_t{value} << 32 * index);
    update_legacy();
}

// An event that came while masked fires now; so does a cause of EICR[15:0] that nobody has cleared.
void Interrupts::unmask(std::uint64_t vectors) {
    irq_.vector_mask |= vectors;
    if (msix_mode()) {
        irq_.vector_pending |= vectors & regs_.get<EICR>().raw() & kQueueCauses;
        deliver(vectors);
    } else {
        update_legacy();
    }
}

// DS 8.2.2.6.7: bits 15:0 of EIAM and of EIAM_EX(0) are the same bits.
void Interrupts::write_eiam() {
    const auto mirror = regs_.get<EIAM>().get(EIAM::rtxq);
    regs_.set<EIAM_EX>(0, regs_.get<EIAM_EX>(0).with(EIAM_EX::mirror, mirror));
}

void Interrupts::write_eiam_ex(unsigned index) {
    if (index == 0) {
        const auto mirror = regs_.get<EIAM_EX>(0).get(EIAM_EX::mirror);
        regs_.set<EIAM>(regs_.get<EIAM>().with(EIAM::rtxq, mirror));
    }
}

void Interrupts::write_eitr(unsigned vector, std::uint32_t /*old*/) {
    // DS 8.2.2.5.13: CNT_WDIS leaves the running counter alone; without it the counter starts anew
    // from zero.
    if (vector < IXGBE_VECTORS && !regs_.get<EITR>(vector).get(EITR::cnt_wdis)) {
        irq_.moderated_until[vector] = 0;
        moderation_expired();
    }
}

void Interrupts::write_gpie() {
    if (!msix_mode()) {
        irq_.vector_pending = 0;
        irq_.misc_pending = 0;
    }
    update_legacy();
}

// The level that MSI and INTx stand for: an unmasked cause, held back while EITR[0] runs.
void Interrupts::update_legacy() {
    const bool wanted = !msix_mode() && (regs_.get<EICR>().raw() & read_eims()) != 0;
    if (wanted == (irq_.legacy_asserted != 0) || (wanted && held_back_)) {
        return;
    }
    if (wanted && irq_.moderated_until[0] > host_.now_ns()) {
        hold(0);
        return;
    }
    if (wanted) {
        start_moderation(0);
    }
    irq_.legacy_asserted = wanted ? 1 : 0;
    trace_(TraceEvent::interrupt_legacy, wanted, regs_.get<EICR>().raw(), read_eims());
    host_.legacy(wanted);
}

void Interrupts::reset() {
    const bool asserted = irq_.legacy_asserted != 0;
    irq_ = {};
    held_back_ = false;
    timers_.cancel(IXGBE_DEADLINE_INTERRUPT);
    if (asserted) {
        host_.legacy(false);
    }
}

// Not at once: the interrupt controllers may be loaded after us and would forget it.
void Interrupts::restore() {
    timers_.arm(IXGBE_DEADLINE_INTERRUPT, timers_.now());
}

}  // namespace ixgbe
