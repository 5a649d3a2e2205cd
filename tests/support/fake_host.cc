// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_host.h"

#include <algorithm>
#include <cstring>

namespace x550 {

namespace {
FakeHost& self(void* opaque) {
    return *static_cast<FakeHost*>(opaque);
}
constexpr std::size_t kLogged = 10'000;  // hostile tests produce endless messages
}  // namespace

const ixgbe_host_ops& FakeHost::ops() {
    static const ixgbe_host_ops table = {
        .dma_read = dma_read,
        .dma_write = dma_write,
        .dma_map = dma_map,
        .dma_unmap = dma_unmap,
        .msix = msix,
        .legacy = legacy,
        .send = send,
        .receive_ready = receive_ready,
        .link_changed = link_changed,
        .offload_changed = offload_changed,
        .now_ns = now_ns,
        .set_timer = set_timer,
        .schedule_poll = schedule_poll,
        .guest_error = guest_error,
        .trace = trace,
    };
    return table;
}

void FakeHost::forget() {
    sent.clear();
    msix_count.fill(0);
    msix_log.clear();
    legacy_log.clear();
    link_log.clear();
    offload_log.clear();
    receive_ready_count = 0;
    guest_errors.clear();
    traced.clear();
    dma_count = 0;
    dma_writes.clear();
    deepest_reentry = 0;
}

bool FakeHost::may_transfer() {
    ++dma_count;
    if (fail_all_dma) {
        return false;
    }
    if (fail_dma_in == kNever) {
        return true;
    }
    if (fail_dma_in == 0) {
        fail_dma_in = kNever;
        return false;
    }
    --fail_dma_in;
    return true;
}

bool FakeHost::in_bar(std::uint64_t address, std::size_t bytes) {
    return address >= kBar && address - kBar <= kBarBytes && bytes <= kBarBytes - (address - kBar);
}

// As a bus would do it: one access of 4 bytes after the other.
bool FakeHost::bar_access(std::uint64_t address, std::uint8_t* read, const std::uint8_t* write,
                          std::size_t bytes) {
    if (depth_ >= kDeepest) {
        return false;
    }
    deepest_reentry = std::max(deepest_reentry, ++depth_);
    for (std::size_t done = 0; done < bytes; done += 4) {
        const std::size_t step = std::min<std::size_t>(4, bytes - done);
        const unsigned size = step == 4 ? 4 : 1;
        for (std::size_t i = 0; i < step; i += size) {
            const std::uint64_t offset = address - kBar + done + i;
            std::uint32_t value = 0;
            if (write != nullptr) {
                std::memcpy(&value, write + done + i, size);
                ixgbe_mmio_write(device_, offset, value, size);
            } else {
                value = ixgbe_mmio_read(device_, offset, size);
                std::memcpy(read + done + i, &value, size);
            }
        }
    }
    --depth_;
    return true;
}

bool FakeHost::dma_read(void* opaque, std::uint64_t address, void* to, std::size_t bytes) {
    FakeHost& host = self(opaque);
    if (!host.may_transfer()) {
        return false;
    }
    if (host.on_dma) {
        host.on_dma(address, bytes);
    }
    if (in_bar(address, bytes)) {
        return host.bar_access(address, static_cast<std::uint8_t*>(to), nullptr, bytes);
    }
    if (!GuestMemory::contains(address, bytes)) {
        return false;
    }
    std::memcpy(to, host.memory_.at(address), bytes);
    return true;
}

bool FakeHost::dma_write(void* opaque, std::uint64_t address, const void* from, std::size_t bytes) {
    FakeHost& host = self(opaque);
    if (!host.may_transfer()) {
        return false;
    }
    if (host.on_dma) {
        host.on_dma(address, bytes);
    }
    if (host.record_dma) {
        host.dma_writes.push_back({address, bytes});
    }
    if (in_bar(address, bytes)) {
        return host.bar_access(address, nullptr, static_cast<const std::uint8_t*>(from), bytes);
    }
    if (!GuestMemory::contains(address, bytes)) {
        return false;
    }
    std::memcpy(host.memory_.at(address), from, bytes);
    return true;
}

void* FakeHost::dma_map(void* opaque, std::uint64_t address, std::size_t bytes,
                        bool /*for_write*/) {
    FakeHost& host = self(opaque);
    if (host.refuse_map || !host.may_transfer() || !GuestMemory::contains(address, bytes)) {
        return nullptr;
    }
    void* mapping = host.memory_.at(address);
    host.maps_.emplace(mapping, bytes);
    if (host.on_map) {
        host.on_map(address, bytes);
    }
    return mapping;
}

void FakeHost::dma_unmap(void* opaque, void* mapping, std::size_t bytes, bool /*for_write*/,
                         std::size_t written) {
    FakeHost& host = self(opaque);
    const auto [first, last] = host.maps_.equal_range(mapping);
    const auto found =
        std::find_if(first, last, [bytes](const auto& map) { return map.second == bytes; });
    if (found == last || written > bytes) {
        host.protocol_broken = true;
        return;
    }
    host.maps_.erase(found);
}

void FakeHost::msix(void* opaque, unsigned vector) {
    FakeHost& host = self(opaque);
    if (vector >= kVectors) {
        host.protocol_broken = true;
        return;
    }
    ++host.msix_count[vector];
    host.msix_log.push_back(vector);
    if (host.on_msix) {
        host.on_msix(vector);
    }
}

void FakeHost::legacy(void* opaque, bool asserted) {
    FakeHost& host = self(opaque);
    host.legacy_level = asserted;
    host.legacy_log.push_back(asserted);
}

ixgbe_send_result FakeHost::send(void* opaque, const iovec* iov, unsigned count,
                                 const ixgbe_frame_offload* offload) {
    FakeHost& host = self(opaque);
    SentFrame frame;
    for (unsigned i = 0; i < count; ++i) {
        const auto* bytes = static_cast<const std::uint8_t*>(iov[i].iov_base);
        frame.bytes.insert(frame.bytes.end(), bytes, bytes + iov[i].iov_len);
    }
    if (offload != nullptr) {
        frame.offload = *offload;
    }
    host.sent_while_blocked = host.sent_while_blocked || host.wire_busy_;
    host.sent.push_back(frame);
    if (host.on_send) {
        host.on_send(frame);
    }
    host.wire_busy_ = host.wire_busy_ || host.queue_sends;
    return host.wire_busy_ ? IXGBE_QUEUED : IXGBE_SENT;
}

void FakeHost::release() {
    wire_busy_ = false;
    ixgbe_send_ready(device_);
}

void FakeHost::receive_ready(void* opaque) {
    FakeHost& host = self(opaque);
    ++host.receive_ready_count;
    if (host.on_receive_ready) {
        host.on_receive_ready();
    }
}

void FakeHost::link_changed(void* opaque, bool up) {
    self(opaque).link_log.push_back(up);
}

void FakeHost::offload_changed(void* opaque, std::uint32_t generation) {
    self(opaque).offload_log.push_back(generation);
}

std::int64_t FakeHost::now_ns(void* opaque) {
    return self(opaque).now;
}

void FakeHost::set_timer(void* opaque, std::int64_t deadline) {
    self(opaque).timer = deadline;
}

void FakeHost::schedule_poll(void* opaque) {
    self(opaque).poll_scheduled = true;
}

void FakeHost::guest_error(void* opaque, const char* message) {
    FakeHost& host = self(opaque);
    if (host.guest_errors.size() < kLogged) {
        host.guest_errors.emplace_back(message);
    }
}

void FakeHost::trace(void* opaque, unsigned event, std::uint64_t /*a*/, std::uint64_t /*b*/,
                     std::uint64_t /*c*/, std::uint64_t /*d*/) {
    FakeHost& host = self(opaque);
    if (host.traced.size() < kLogged) {
        host.traced.push_back(event);
    }
}

}  // namespace x550
