// SPDX-License-Identifier: GPL-2.0-or-later
// The whole X550: blocks, entry points, register hooks.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <span>

#include <ixgbe/ixgbe.h>

#include "nic/firmware_mailbox.h"
#include "nic/flow_director.h"
#include "nic/host.h"
#include "nic/interrupts.h"
#include "nic/link.h"
#include "nic/nvm.h"
#include "nic/offload_switches.h"
#include "nic/phy.h"
#include "nic/pool_switch.h"
#include "nic/register_file.h"
#include "nic/rx_coalescing.h"
#include "nic/rx_filter.h"
#include "nic/rx_path.h"
#include "nic/rx_queue.h"
#include "nic/semaphores.h"
#include "nic/stats.h"
#include "nic/steering.h"
#include "nic/task_offload.h"
#include "nic/timers.h"
#include "nic/trace.h"
#include "nic/tx_path.h"
#include "nic/tx_queue.h"

namespace ixgbe {

// Owns the blocks by value; all of them are views over one ixgbe_state. Single-threaded; every
// entry point may be called again from within a Host call. A register write only notes what has to
// be done: transmission and the waking of the receiver happen in poll().
class Device {
public:
    // `state` is brought into its power-on state.
    Device(Host& host, ixgbe_state& state, const ixgbe_config& config);

    [[nodiscard]] std::uint32_t mmio_read(std::uint64_t offset, unsigned size);
    void mmio_write(std::uint64_t offset, std::uint32_t value, unsigned size);

    // The task-offload block, device_offload.cc.
    [[nodiscard]] std::uint32_t block_read(std::uint64_t offset, unsigned size);
    void block_write(std::uint64_t offset, std::uint32_t value, unsigned size);
    [[nodiscard]] std::uint32_t block_peek(std::uint64_t offset) const;
    [[nodiscard]] std::uint32_t block_set(std::uint64_t offset, std::uint16_t value);

    [[nodiscard]] ixgbe_receive_result receive(ConstBytes frame,
                                               const ixgbe_frame_offload* offload);
    [[nodiscard]] bool can_receive() const { return !rx_path_.starved(); }

    void poll();
    void timer();
    void send_ready();

    void reset(ixgbe_reset_kind kind);
    void set_cable(bool connected);
    void set_dma_enabled(bool enabled);
    void set_peer(unsigned features) { tx_path_.set_peer(features); }

    // Coalesced units close; nothing else is in flight between two calls.
    void prepare_save();
    // False, with the reason in `why`, if the loaded state is one no device can be in.
    [[nodiscard]] bool loaded(std::span<char> why);

    void query_rx_filter(ixgbe_rx_filter& out) const { filter_.query(out); }
    void trace_enable(std::uint64_t mask) { trace_.enable(mask); }

private:
    // Frames, so that a guest cannot hold the host up with packets of a thousand segments each.
    static constexpr unsigned kFramesPerRun = 256;
    static constexpr unsigned kFramesPerPoll = 4096;

    // device_registers.cc
    [[nodiscard]] std::uint32_t read_hook(Hook hook, unsigned index, std::uint32_t stored);
    void write_hook(Hook hook, unsigned index, std::uint32_t old, std::uint32_t value);
    void write_receive_hook(Hook hook, unsigned index);
    void write_transmit_hook(Hook hook, unsigned index);
    void write_steering_hook(Hook hook, unsigned index, std::uint32_t old);
    void write_interrupt_hook(Hook hook, unsigned index, std::uint32_t old, std::uint32_t value);
    void write_firmware_hook(Hook hook, std::uint32_t value);
    void on_ctrl(std::uint32_t value);
    void on_rxctrl();
    void on_rxdctl(unsigned queue);
    void on_txdctl(unsigned queue);
    void on_dmatxctl();
    void on_tdt(unsigned queue);
    void on_rdt(unsigned queue);
    void on_pfqde();
    void on_tcptimer(std::uint32_t value);
    void start_tcp_timer();
    void on_hicr();
    [[nodiscard]] std::uint32_t status() const;

    // device_offload.cc
    [[nodiscard]] bool block_answers(std::uint64_t offset, unsigned size);
    [[nodiscard]] OffloadObserved observed() const;
    void ring_doorbell();
    void offloads_changed();
    void on_vxlanctrl();
    void withhold_pools();

    void software_reset();
    void forget_queues();
    void load_address();
    void update_link();
    void kick(unsigned queue);
    void kick_all();
    void wake_receiver();
    void run_transmit();
    [[nodiscard]] bool tx_ready() const { return !tx_blocked_ && (tx_pending_ & ~tx_held_).any(); }
    void release_held();
    void forget_held(unsigned queue);
    [[nodiscard]] const char* implausible() const;
    [[nodiscard]] const char* implausible_queues() const;
    [[nodiscard]] const char* implausible_times() const;

    Host& host_;
    ixgbe_state& state_;
    const ixgbe_config config_;
    Tracer trace_;
    RegisterFile regs_;
    Timers timers_;
    Interrupts interrupts_;
    Stats stats_;
    OffloadSwitches offloads_;
    TaskOffload task_offload_;
    Semaphores semaphores_;
    Nvm nvm_;
    FirmwareMailbox mailbox_;
    Phy phy_;
    Link link_;
    RxFilter filter_;
    PoolSwitch pool_switch_;
    FlowDirector flow_director_;
    Steering steering_;
    RxQueues rx_queues_;
    RxCoalescing coalescing_;
    RxPath rx_path_;
    TxPath tx_path_;
    TxQueues tx_queues_;
    std::bitset<IXGBE_QUEUES> tx_pending_;
    unsigned tx_next_ = 0;      // queue the next round starts with
    bool tx_blocked_ = false;   // the host holds a frame of ours
    bool tx_released_ = false;  // ixgbe_send_ready() came during the run in progress
    // Queues whose next frame waits for the descriptors of another pool.
    std::bitset<IXGBE_QUEUES> tx_held_;
    bool held_released_ = false;  // one of them may go on, since the run in progress began
    bool rx_wake_ = false;
    bool polling_ = false;
    bool dma_enabled_ = true;
};

}  // namespace ixgbe
