// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/device.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

#include "nic/register_check.h"
#include "regs/filter.h"
#include "regs/general.h"
#include "regs/rx.h"
#include "regs/tx.h"

namespace ixgbe {

Device::Device(Host& host, ixgbe_state& state, const ixgbe_config& config)
    : host_(host),
      state_(state),
      config_(config),
      trace_(host),
      regs_(state),
      timers_(state, host),
      interrupts_(host, state, regs_, timers_, trace_),
      stats_(state, regs_),
      offloads_(state.task_offload, config.offload, config.task_offload_block),
      task_offload_(host, state.task_offload, offloads_, interrupts_, trace_),
      semaphores_(regs_),
      nvm_(state, regs_, config.port),
      mailbox_(regs_, nvm_, config.port, trace_),
      phy_(state, regs_, timers_, trace_),
      link_(regs_, phy_, host, trace_),
      filter_(regs_),
      pool_switch_(regs_, filter_, offloads_.gates()),
      flow_director_(state.flow, regs_, interrupts_, trace_),
      steering_(regs_, flow_director_, offloads_.gates()),
      rx_queues_(host, state, regs_),
      coalescing_(host, regs_, rx_queues_, interrupts_, trace_, offloads_),
      rx_path_(regs_, filter_, pool_switch_, steering_, flow_director_, rx_queues_, coalescing_,
               interrupts_, link_, stats_, trace_, offloads_),
      tx_path_(host, regs_, pool_switch_, rx_path_, link_, stats_, trace_),
      tx_queues_(host, state, regs_, tx_path_, interrupts_, stats_, trace_, offloads_) {
    reset(IXGBE_RESET_POWER_ON);
}

std::uint32_t Device::mmio_read(std::uint64_t offset, unsigned size) {
    if (size != 4 || offset % 4 != 0) {
        host_.guest_error("register read that is not 32 bits wide and aligned: 0");
        return 0;
    }
    const RegisterRead result = regs_.read(offset);
    if (!result.known) {
        if (result.first_unknown) {
            host_.guest_error("read of an offset without a register: 0");
        }
        trace_(TraceEvent::register_unknown, offset);
        return 0;
    }
    return result.hook == Hook::none ? result.value
                                     : read_hook(result.hook, result.index, result.value);
}

void Device::mmio_write(std::uint64_t offset, std::uint32_t value, unsigned size) {
    if (size != 4 || offset % 4 != 0) {
        host_.guest_error("register write that is not 32 bits wide and aligned: ignored");
        return;
    }
    const RegisterWrite result = regs_.write(offset, value);
    trace_(TraceEvent::register_write, offset, value, 0, result.index);
    if (!result.known) {
        if (result.first_unknown) {
            host_.guest_error("write to an offset without a register: ignored");
        }
        trace_(TraceEvent::register_unknown, offset, value, 1);
        return;
    }
    if (result.hook != Hook::none) {
        write_hook(result.hook, result.index, result.old, result.stored);
    }
}

// Backends hand over frames in bursts; the interrupt waits for the end of the burst, which is when
// poll() runs: later, or now, if this answers what it sends. A frame that is not taken holds
// nothing back.
ixgbe_receive_result Device::receive(ConstBytes frame, const ixgbe_frame_offload* offload) {
    const bool first = !polling_ && !interrupts_.held_back();
    if (first) {
        interrupts_.hold_back();
    }
    const ixgbe_receive_result result =
        rx_path_.receive(frame, offload != nullptr ? *offload : ixgbe_frame_offload{});
    // The inner one of two frames sees this too; a poll before the outer one is done is harmless.
    if (rx_path_.missed()) {
        wake_receiver();
    }
    if (task_offload_.pending() && !rx_path_.busy()) {
        ring_doorbell();  // rung in the middle of this frame
    }
    // A frame that was cut and had to wait may have left an open unit with all the buffers.
    if (result == IXGBE_ACCEPTED || coalescing_.open()) {
        if (!polling_) {
            host_.schedule_poll();
        }
    } else if (first) {
        interrupts_.let_go();
    }
    return result;
}

// Transmit in rounds over the pending queues, call for frames held back, and then decide once about
// the interrupts of all of it.
void Device::poll() {
    if (polling_) {
        return;  // a Host call of the round below came back to us
    }
    polling_ = true;
    interrupts_.hold_back();
    if (std::exchange(rx_wake_, false)) {
        host_.receive_ready();
    }
    run_transmit();
    const bool settled = rx_path_.close_units();
    if (settled && task_offload_.pending()) {
        ring_doorbell();
    }
    polling_ = false;
    interrupts_.let_go();
    if (tx_ready() || rx_wake_ || !settled || coalescing_.open()) {
        host_.schedule_poll();
    }
}

// One round: every pending queue once, beginning where the last round ended; fewer if they have
// much to send.
void Device::run_transmit() {
    const unsigned first = tx_next_;
    unsigned left = kFramesPerPoll;
    for (unsigned i = 0; i < IXGBE_QUEUES && tx_ready() && left != 0; ++i) {
        const unsigned queue = (first + i) % IXGBE_QUEUES;
        if (!tx_pending_.test(queue) || tx_held_.test(queue)) {
            continue;
        }
        tx_pending_.reset(queue);
        tx_next_ = (queue + 1) % IXGBE_QUEUES;
        tx_released_ = false;
        held_released_ = false;
        const TxQueues::Outcome outcome = tx_queues_.run(queue, std::min(left, kFramesPerRun));
        left -= std::min(left, tx_queues_.spent());
        tx_blocked_ = outcome == TxQueues::Outcome::blocked && !tx_released_;
        tx_held_.set(queue, outcome == TxQueues::Outcome::held && !held_released_);
        if (outcome != TxQueues::Outcome::idle) {
            tx_pending_.set(queue);
        }
    }
}

void Device::timer() {
    while (const auto deadline = timers_.take_expired(host_.now_ns())) {
        switch (*deadline) {
            case IXGBE_DEADLINE_LINK:
                phy_.on_deadline();
                update_link();
                break;
            case IXGBE_DEADLINE_INTERRUPT:
                interrupts_.moderation_expired();
                break;
            case IXGBE_DEADLINE_TCP_TIMER:
                interrupts_.raise_cause(Value<EICR>().with(EICR::tcp_timer, true));
                if (regs_.get<TCPTIMER>().get(TCPTIMER::loop)) {
                    start_tcp_timer();
                }
                break;
            case IXGBE_DEADLINE_REFILL:
                wake_receiver();
                break;
            case IXGBE_DEADLINES:
                break;
        }
    }
    timers_.rearm();
}

void Device::send_ready() {
    tx_blocked_ = false;
    tx_released_ = true;
    if (tx_pending_.any()) {
        host_.schedule_poll();
    }
}

void Device::reset(ixgbe_reset_kind kind) {
    trace_(TraceEvent::reset, kind);
    if (kind == IXGBE_RESET_POWER_ON) {
        const std::uint8_t cable = state_.phy.cable != 0 ? 1 : 0;
        interrupts_.reset();                     // the host must hear that the line is down
        std::memset(&state_, 0, sizeof state_);  // too large for the stack
        state_.phy.cable = cable;
        std::copy(std::begin(config_.mac), std::end(config_.mac), std::begin(state_.mac));
        timers_.cancel_all();
        nvm_.power_on();
    }
    phy_.reset();  // a driver that never touches the PHY must find it awake
    regs_.reset(kind == IXGBE_RESET_POWER_ON ? ResetKind::power_on : ResetKind::bus);
    forget_queues();
    task_offload_.reset(kind == IXGBE_RESET_POWER_ON);
    load_address();
    link_.after_reset();
    wake_receiver();
}

// CTRL.RST: DS 4.2.1.6. The NVM, the PHY and the semaphores keep what they have.
void Device::software_reset() {
    trace_(TraceEvent::reset, 2);
    regs_.reset(ResetKind::software);
    forget_queues();
    task_offload_.reset(false);
    load_address();
    link_.after_reset();
    wake_receiver();
}

void Device::forget_queues() {
    for (unsigned queue = 0; queue < IXGBE_QUEUES; ++queue) {
        state_.tx[queue] = {};
        state_.rx[queue] = {};
    }
    tx_pending_.reset();
    tx_held_.reset();
    tx_queues_.interrupted();
    rx_queues_.interrupted();
    coalescing_.forget_all();
    flow_director_.reset();
    interrupts_.reset();
    timers_.cancel(IXGBE_DEADLINE_TCP_TIMER);
    timers_.cancel(IXGBE_DEADLINE_REFILL);
    filter_.addresses_changed();
    pool_switch_.pools_changed();
    steering_.rss().all_keys_changed();
}

// Drivers take their address from RAL0 and RAH0, never from the NVM.
void Device::load_address() {
    const auto mac = nvm_.mac();
    le32 low;
    le16 high;
    std::memcpy(&low, mac.data(), sizeof low);
    std::memcpy(&high, mac.data() + sizeof low, sizeof high);
    regs_.set<RAL>(0, Value<RAL>(low));
    regs_.set<RAH>(0, Value<RAH>().with(RAH::rah, high).with(RAH::av, true));
    filter_.addresses_changed();
}

void Device::set_cable(bool connected) {
    phy_.set_cable(connected);
    update_link();
}

void Device::update_link() {
    if (link_.update()) {
        interrupts_.raise_cause(Value<EICR>().with(EICR::lsc, true));
        kick_all();
    }
}

void Device::set_dma_enabled(bool enabled) {
    dma_enabled_ = enabled;
    rx_path_.set_dma_enabled(enabled);
    tx_queues_.set_dma_enabled(enabled);
    if (!enabled) {
        coalescing_.forget_all();  // their buffers are out of reach, and RDH is still before them
    }
    if (enabled) {
        kick_all();
        wake_receiver();
    }
}

void Device::kick(unsigned queue) {
    tx_pending_.set(queue);
    if (tx_ready() && !polling_) {
        host_.schedule_poll();
    }
}

void Device::kick_all() {
    tx_held_.reset();
    held_released_ = true;
    for (unsigned queue = 0; queue < IXGBE_QUEUES; ++queue) {
        if (tx_queues_.enabled(queue)) {
            kick(queue);
        }
    }
}

// Frames for pools that had to wait are tried again, from poll().
void Device::release_held() {
    held_released_ = true;
    if (tx_held_.any()) {
        tx_held_.reset();
        if (tx_ready() && !polling_) {
            host_.schedule_poll();
        }
    }
}

void Device::forget_held(unsigned queue) {
    held_released_ = true;
    tx_held_.reset(queue);
}

// Something that made the receiver refuse frames has changed; the host is asked again from poll().
void Device::wake_receiver() {
    release_held();
    if (rx_path_.take_starved()) {
        rx_wake_ = true;
        if (!polling_) {
            host_.schedule_poll();
        }
    }
}

// What units raise goes out after loading, or when poll() runs here after all.
void Device::prepare_save() {
    if (coalescing_.open()) {
        interrupts_.hold_back();
        (void)rx_path_.close_units();
        host_.schedule_poll();
    }
}

bool Device::loaded(std::span<char> why) {
    const char* const reason = implausible();
    if (reason != nullptr) {
        if (!why.empty()) {
            (void)std::snprintf(why.data(), why.size(), "%s", reason);
        }
        return false;
    }
    task_offload_.loaded();
    withhold_pools();
    filter_.addresses_changed();
    pool_switch_.pools_changed();
    steering_.rss().all_keys_changed();
    tx_queues_.interrupted();
    rx_queues_.interrupted();
    coalescing_.forget_all();
    flow_director_.loaded();
    timers_.cancel(IXGBE_DEADLINE_REFILL);  // the host is asked below
    timers_.rearm();
    interrupts_.restore();
    tx_blocked_ = false;
    kick_all();
    (void)rx_path_.take_starved();  // that was the state before
    rx_wake_ = true;
    host_.schedule_poll();
    return true;
}

// What no sequence of driver accesses can have left behind.
const char* Device::implausible_queues() const {
    const auto is_flag = [](std::uint8_t v) { return v <= 1; };
    for (const ixgbe_tx_queue_state& queue : state_.tx) {
        if (!is_flag(queue.enabled) || !is_flag(queue.discarding)) {
            return "tx: enabled and discarding are 0 or 1";
        }
        if (queue.segments_sent >= TxPacket::kMaxBytes) {
            return "tx: segments_sent is more than a packet can have";
        }
    }
    for (const ixgbe_rx_queue_state& queue : state_.rx) {
        if (!is_flag(queue.enabled) || queue.pfqde > 7) {
            return "rx: enabled is 0 or 1, pfqde has three bits";
        }
    }
    return nullptr;
}

const char* Device::implausible_times() const {
    if (state_.interrupt.legacy_asserted > 1 || state_.interrupt.misc_pending > 3) {
        return "interrupt: legacy_asserted is 0 or 1, misc_pending has two bits";
    }
    // EITR.INTERVAL has nine bits; the slowest unit is that of 100 Mb/s.
    const std::int64_t latest = host_.now_ns() + (EITR::F<11, 3>::max + 1) * EITR::slow_unit_ns;
    for (const std::int64_t until : state_.interrupt.moderated_until) {
        if (until < 0 || until > latest) {
            return "interrupt: moderated_until is further away than EITR can express";
        }
    }
    for (const std::int64_t deadline : state_.deadline) {
        if (deadline < -1) {
            return "deadline: a time, or -1";
        }
    }
    return nullptr;
}

const char* Device::implausible() const {
    if (const char* const reason = implausible_queues()) {
        return reason;
    }
    if (const char* const reason = implausible_times()) {
        return reason;
    }
    if (!phy_.plausible()) {
        return "phy: registers, cable or link have values the PHY never has";
    }
    if (const char* const reason = flow_director_.implausible()) {
        return reason;
    }
    if (const char* const reason = task_offload_.implausible(config_.task_offload_block)) {
        return reason;
    }
    if (state_.firmware_busy != 0) {
        return "firmware_busy is 0";
    }
    const bool zero = std::all_of(std::begin(state_.mac), std::end(state_.mac),
                                  [](std::uint8_t byte) { return byte == 0; });
    if (zero || (state_.mac[0] & 1) != 0) {
        return "mac: a unicast address";
    }
    return implausible_register(state_);
}

}  // namespace ixgbe
