// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block as part of the device: accesses, and what a changed switch touches.
#include "nic/device.h"
#include "regs/rx.h"
#include "regs/steering.h"
#include "regs/task_offload.h"
#include "regs/tx.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

bool spreads_by_hash(MultipleRxQueues mode) {
    switch (mode) {
        case MultipleRxQueues::rss:
        case MultipleRxQueues::dcb_8tc_rss:
        case MultipleRxQueues::dcb_4tc_rss:
        case MultipleRxQueues::vt_62_rss2_1_rss4:
        case MultipleRxQueues::vt_32_rss4:
        case MultipleRxQueues::vt_64_rss2:
        case MultipleRxQueues::vt_16_4tc_rss2:
        case MultipleRxQueues::vt_60_rss2_2_rss4:
            return true;
        default:
            return false;
    }
}

}  // namespace

bool Device::block_answers(std::uint64_t offset, unsigned size) {
    if (!config_.task_offload_block || offset >= block::kLength) {
        return false;
    }
    if (size != 4 || offset % 4 != 0) {
        host_.guest_error(
            "access to the task-offload block that is not 32 bits wide and aligned: ignored");
        return false;
    }
    return true;
}

std::uint32_t Device::block_read(std::uint64_t offset, unsigned size) {
    return block_answers(offset, size)
               ? task_offload_.read(static_cast<std::uint32_t>(offset), observed())
               : 0;
}

void Device::block_write(std::uint64_t offset, std::uint32_t value, unsigned size) {
    if (block_answers(offset, size) &&
        task_offload_.write(static_cast<std::uint32_t>(offset), value)) {
        ring_doorbell();
    }
}

std::uint32_t Device::block_peek(std::uint64_t offset) const {
    const bool there = config_.task_offload_block && offset < block::kLength && offset % 4 == 0;
    return there ? task_offload_.peek(static_cast<std::uint32_t>(offset), observed()) : 0;
}

std::uint32_t Device::block_set(std::uint64_t offset, std::uint16_t value) {
    if (!config_.task_offload_block || offset >= block::kLength) {
        return static_cast<std::uint32_t>(block::ResultCode::not_supported);
    }
    if (task_offload_.pending() || rx_path_.busy() || !rx_path_.close_units()) {
        return static_cast<std::uint32_t>(block::ResultCode::busy);
    }
    const OffloadResult result = task_offload_.set(static_cast<std::uint32_t>(offset), value);
    offloads_changed();
    return Value<block::Result>()
        .with(block::Result::code, result.code)
        .with(block::Result::offset, result.offset)
        .raw();
}

// CTRL-7: what is half done goes to the guest first. In the middle of a frame that has to wait for
// its end; poll() comes back here.
void Device::ring_doorbell() {
    if (rx_path_.busy() || !rx_path_.close_units()) {
        host_.schedule_poll();
        return;
    }
    if (!task_offload_.pending()) {
        return;  // the write-back of a unit reset the device
    }
    task_offload_.ring();
    offloads_changed();
}

// What waited may go another way now.
void Device::offloads_changed() {
    if (const std::uint16_t port = task_offload_.take_port()) {
        regs_.set<VXLANCTRL>(regs_.get<VXLANCTRL>().with(VXLANCTRL::udpport, port));
    }
    wake_receiver();
}

void Device::on_vxlanctrl() {
    task_offload_.port_written(
        static_cast<std::uint16_t>(regs_.get<VXLANCTRL>().get(VXLANCTRL::udpport)));
}

// vmq=off: the bits that make pools do not stick.
void Device::withhold_pools() {
    if (!offloads_.gates().vmq) {
        regs_.set<PFVTCTL>(regs_.get<PFVTCTL>().with(PFVTCTL::vt_ena, false));
        regs_.set<MTQC>(regs_.get<MTQC>().with(MTQC::vt_ena, false));
    }
}

OffloadObserved Device::observed() const {
    const auto control = regs_.get<MRQC>();
    OffloadObserved out;
    for (unsigned queue = 0; queue < IXGBE_QUEUES && !out.coalesces; ++queue) {
        out.coalesces = rx_queues_.enabled(queue) && coalescing_.enabled(queue);
    }
    out.pools = rx_pool_layout(regs_).has_value();
    const bool for_pools = control.get(MRQC::mrqe) >= MultipleRxQueues::vt_64;
    if (spreads_by_hash(control.get(MRQC::mrqe)) && for_pools == out.pools) {
        out.rss = {.tcp_ip4 = control.get(MRQC::tcp_ipv4),
                   .tcp_ip6 = control.get(MRQC::tcp_ipv6),
                   .udp_ip4 = control.get(MRQC::udp_ipv4),
                   .udp_ip6 = control.get(MRQC::udp_ipv6)};
    }
    out.vxlan_port = static_cast<std::uint16_t>(regs_.get<VXLANCTRL>().get(VXLANCTRL::udpport));
    return out;
}

}  // namespace ixgbe
