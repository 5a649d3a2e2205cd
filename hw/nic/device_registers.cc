// SPDX-License-Identifier: GPL-2.0-or-later
// What register accesses cause, beyond the stored word: one function a side, each case a call.
#include <algorithm>

#include "nic/device.h"
#include "regs/filter.h"
#include "regs/general.h"
#include "regs/nvm.h"
#include "regs/rx.h"
#include "regs/tx.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

constexpr std::int64_t kTcpTimerUnitNs = 1'000'000;  // DS 8.2.2.13.1: milliseconds
constexpr std::int64_t kFreeRunningUnitNs = 1024;

}  // namespace

std::uint32_t Device::read_hook(Hook hook, unsigned index, std::uint32_t stored) {
    switch (hook) {
        case Hook::status_read:
            return status();
        case Hook::eicr_read:
            return interrupts_.read_eicr();
        case Hook::eics_read:
            return interrupts_.peek_eicr();
        case Hook::eims_read:
            return interrupts_.read_eims();
        case Hook::eims_ex_read:
            return interrupts_.read_eims_ex(index);
        case Hook::swsm_read:
            return semaphores_.swsm_read();
        case Hook::sw_fw_sync_read:
            return semaphores_.sw_fw_sync_read();
        case Hook::frtimer_read:
            return static_cast<std::uint32_t>(host_.now_ns() / kFreeRunningUnitNs) & 0xffff;
        default:
            return stored;
    }
}

void Device::write_hook(Hook hook, unsigned index, std::uint32_t old, std::uint32_t value) {
    switch (hook) {
        case Hook::ctrl:
            return on_ctrl(value);
        case Hook::rxctrl:
        case Hook::rxdctl:
        case Hook::rdh:
        case Hook::rdba:
        case Hook::rdlen:
        case Hook::rdt:
        case Hook::srrctl:
        case Hook::rfctl:
        case Hook::hlreg0:
        case Hook::rsc:
        case Hook::ivar:
        case Hook::pfqde:
            return write_receive_hook(hook, index);
        case Hook::dmatxctl:
        case Hook::txdctl:
        case Hook::tdh:
        case Hook::tdba:
        case Hook::tdlen:
        case Hook::tdt:
        case Hook::tx_pools:
            return write_transmit_hook(hook, index);
        case Hook::ral:
        case Hook::rah:
            filter_.addresses_changed();
            return wake_receiver();
        case Hook::fctrl:
        case Hook::mcstctrl:
        case Hook::mta:
        case Hook::vfta:
        case Hook::vlnctrl:
        case Hook::mrqc:
        case Hook::reta:
        case Hook::queue_filter:
        case Hook::vxlanctrl:
        case Hook::rssrk:
        case Hook::fdirctrl:
        case Hook::fdircmd:
        case Hook::pools:
        case Hook::vfrssrk:
            return write_steering_hook(hook, index, old);
        case Hook::macc:
            return update_link();
        case Hook::msca:
            phy_.on_msca_write();
            return update_link();
        case Hook::tcptimer:
            return on_tcptimer(value);
        case Hook::swsm:
        case Hook::sw_fw_sync:
        case Hook::hicr:
        case Hook::eerd:
        case Hook::eewr:
            return write_firmware_hook(hook, value);
        default:
            return write_interrupt_hook(hook, index, old, value);
    }
}

void Device::write_receive_hook(Hook hook, unsigned index) {
    switch (hook) {
        case Hook::rxctrl:
            return on_rxctrl();
        case Hook::rxdctl:
            return on_rxdctl(index);
        case Hook::rdh:
        case Hook::rdba:
        case Hook::rdlen:
            coalescing_.forget_queue(index);
            rx_queues_.interrupted();
            return wake_receiver();
        case Hook::rdt:
            return on_rdt(index);
        case Hook::srrctl:
        case Hook::rfctl:
        case Hook::hlreg0:
        case Hook::rsc:
        case Hook::ivar:
            (void)rx_path_.close_units();  // under the rules they began with
            return wake_receiver();
        case Hook::pfqde:
            return on_pfqde();
        default:
            return;
    }
}

void Device::write_transmit_hook(Hook hook, unsigned index) {
    switch (hook) {
        case Hook::dmatxctl:
            return on_dmatxctl();
        case Hook::txdctl:
            return on_txdctl(index);
        case Hook::tdh:
        case Hook::tdba:
        case Hook::tdlen:
            forget_held(index);  // what waited is gone
            return tx_queues_.interrupted();
        case Hook::tdt:
            return on_tdt(index);
        case Hook::tx_pools:
            withhold_pools();
            return kick_all();
        default:
            return;
    }
}

void Device::write_steering_hook(Hook hook, unsigned index, std::uint32_t old) {
    switch (hook) {
        case Hook::rssrk:
            steering_.rss().key_changed();
            break;
        case Hook::vfrssrk:
            steering_.rss().pool_key_changed(VFRSSRK::pool(index));
            break;
        case Hook::pools:
            withhold_pools();
            pool_switch_.pools_changed();
            break;
        case Hook::vxlanctrl:
            on_vxlanctrl();
            break;
        case Hook::fdirctrl:
            flow_director_.write_control(old);
            break;
        case Hook::fdircmd:
            flow_director_.write_command();
            break;
        default:
            break;
    }
    wake_receiver();  // the frame that waits may go elsewhere now
}

void Device::write_interrupt_hook(Hook hook, unsigned index, std::uint32_t old,
                                  std::uint32_t value) {
    switch (hook) {
        case Hook::eicr:
            return interrupts_.write_eicr(value);
        case Hook::eics:
            return interrupts_.write_eics(value);
        case Hook::eims:
            return interrupts_.write_eims(value);
        case Hook::eimc:
            return interrupts_.write_eimc(value);
        case Hook::eics_ex:
            return interrupts_.write_eics_ex(index, value);
        case Hook::eims_ex:
            return interrupts_.write_eims_ex(index, value);
        case Hook::eimc_ex:
            return interrupts_.write_eimc_ex(index, value);
        case Hook::eiam:
            return interrupts_.write_eiam();
        case Hook::eiam_ex:
            return interrupts_.write_eiam_ex(index);
        case Hook::eitr:
            return interrupts_.write_eitr(index, old);
        case Hook::gpie:
            return interrupts_.write_gpie();
        default:
            return;
    }
}

void Device::write_firmware_hook(Hook hook, std::uint32_t value) {
    switch (hook) {
        case Hook::swsm:
            return semaphores_.swsm_write(value);
        case Hook::sw_fw_sync:
            return semaphores_.sw_fw_sync_write(value);
        case Hook::hicr:
            return on_hicr();
        case Hook::eerd:
            return nvm_.on_eerd_write();
        case Hook::eewr:
            return nvm_.on_eewr_write();
        default:
            return;
    }
}

std::uint32_t Device::status() const {
    return Value<STATUS>()
        .with(STATUS::lan_id, config_.port)
        .with(STATUS::linkup, link_.up())
        .with(STATUS::pcie_master_enable_status, !regs_.get<CTRL>().get(CTRL::pcie_master_disable))
        .raw();
}

// RST and LRST clear themselves and complete within the write: the shared code polls for 10 us
// only.
void Device::on_ctrl(std::uint32_t value) {
    const Value<CTRL> written(value);
    if (written.get(CTRL::rst)) {
        software_reset();
    } else {
        regs_.set<CTRL>(written.with(CTRL::rst, false).with(CTRL::lrst, false));
    }
    if (written.get(CTRL::lrst)) {
        phy_.restart();
        update_link();
    }
    if (regs_.get<CTRL>().get(CTRL::pcie_master_disable)) {
        (void)rx_path_.close_units();  // before STATUS says that the master is off
    } else {
        kick_all();
        wake_receiver();
    }
}

void Device::on_rxctrl() {
    (void)rx_path_.close_units();
    wake_receiver();
}

void Device::on_hicr() {
    switch (mailbox_.on_hicr_write()) {
        case FirmwareMailbox::Effect::none:
            break;
        case FirmwareMailbox::Effect::disable_receive:
            regs_.set<RXCTRL>(regs_.get<RXCTRL>().with(RXCTRL::rxen, false));
            on_rxctrl();
            break;
    }
}

void Device::on_rxdctl(unsigned queue) {
    const auto control = regs_.get<RXDCTL>(queue);
    regs_.set<RXDCTL>(queue, control.with(RXDCTL::swflsh, false));
    const bool enable = control.get(RXDCTL::enable);
    if (enable != rx_queues_.enabled(queue)) {
        rx_path_.close_units_of(queue);
        state_.rx[queue].enabled = enable ? 1 : 0;
        rx_queues_.interrupted();
    }
    wake_receiver();
}

void Device::on_txdctl(unsigned queue) {
    const auto control = regs_.get<TXDCTL>(queue);
    regs_.set<TXDCTL>(queue, control.with(TXDCTL::swflsh, false));
    const bool enable = control.get(TXDCTL::enable);
    if (enable == (state_.tx[queue].enabled != 0)) {
        return;
    }
    forget_held(queue);
    tx_queues_.initialise(queue);
    state_.tx[queue].enabled = enable ? 1 : 0;
    kick(queue);
}

void Device::on_dmatxctl() {
    if (regs_.get<DMATXCTL>().get(DMATXCTL::te)) {
        kick_all();
    }
}

void Device::on_tdt(unsigned queue) {
    trace_(TraceEvent::tx_tail, queue, regs_.get<TDH>(queue).raw(), regs_.get<TDT>(queue).raw());
    kick(queue);
}

// A receiver that ran dry calls for frames when a good part of the ring is back, not for each
// handful that a driver returns: a call wakes the backend, at the cost of many frames. A driver may
// have no more to give, or the frame may go elsewhere by now: then it calls a little later. A
// deadline of an earlier time only makes that sooner; changing it could wake the main loop.
void Device::on_rdt(unsigned queue) {
    constexpr std::int64_t kRefillWaitNs = 1'000'000;
    if (!rx_path_.starved() || (rx_path_.starved_of(queue) && rx_queues_.refilled(queue))) {
        return wake_receiver();
    }
    release_held();
    if (!timers_.armed(IXGBE_DEADLINE_REFILL)) {
        timers_.arm_in(IXGBE_DEADLINE_REFILL, kRefillWaitNs);
    }
}

// DS 8.2.2.22.4: a window to per-queue bits.
void Device::on_pfqde() {
    const auto window = regs_.get<PFQDE>();
    ixgbe_rx_queue_state& queue = state_.rx[window.get(PFQDE::queue_index)];
    if (window.get(PFQDE::we)) {
        queue.pfqde = static_cast<std::uint8_t>(window.raw() & 7);
    } else if (window.get(PFQDE::re)) {
        regs_.set<PFQDE>(Value<PFQDE>((window.raw() & ~7u) | queue.pfqde));
    }
    wake_receiver();
}

void Device::on_tcptimer(std::uint32_t value) {
    const Value<TCPTIMER> written(value);
    if (written.get(TCPTIMER::tcpcountfinish)) {
        timers_.cancel(IXGBE_DEADLINE_TCP_TIMER);
    }
    if (written.get(TCPTIMER::kickstart)) {
        start_tcp_timer();
    }
}

void Device::start_tcp_timer() {
    const auto control = regs_.get<TCPTIMER>();
    if (control.get(TCPTIMER::tcpcounten)) {
        const std::int64_t ticks = std::max<std::int64_t>(1, control.get(TCPTIMER::duration));
        timers_.arm_in(IXGBE_DEADLINE_TCP_TIMER, ticks * kTcpTimerUnitNs);
    }
}

}  // namespace ixgbe
