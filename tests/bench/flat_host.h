// SPDX-License-Identifier: GPL-2.0-or-later
// The cheapest host there can be, for benchmarks: guest memory is one array, the wire only counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <ixgbe/ixgbe.h>

namespace x550 {

class FlatHost {
public:
    static constexpr std::size_t kBytes = 64U << 20;

    FlatHost() : memory_(kBytes) {
        ixgbe_config config{.mac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56},
                            .port = 0,
                            .task_offload_block = true,
                            .offload = {}};
        ixgbe_offload_defaults(&config.offload);
        state_ = std::make_unique<ixgbe_state>();
        device_ = ixgbe_create(&kOps, this, state_.get(), &config);
        ixgbe_set_cable(device_, true);
        now_ += 1'000'000'000;
        ixgbe_timer(device_);
    }
    FlatHost(const FlatHost&) = delete;
    FlatHost& operator=(const FlatHost&) = delete;
    ~FlatHost() { ixgbe_destroy(device_); }

    [[nodiscard]] ixgbe_device* device() const { return device_; }
    [[nodiscard]] std::uint8_t* at(std::uint64_t addr) { return memory_.data() + addr; }
    void write(std::uint32_t offset, std::uint32_t value) {
        ++accesses;
        ixgbe_mmio_write(device_, offset, value, 4);
    }
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) {
        ++accesses;
        return ixgbe_mmio_read(device_, offset, 4);
    }
    void run() {
        while (poll_) {
            poll_ = false;
            ixgbe_poll(device_);
        }
    }
    void advance(std::int64_t ns) {
        now_ += ns;
        if (deadline_ >= 0 && deadline_ <= now_) {
            ixgbe_timer(device_);
        }
    }

    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t interrupts = 0;
    std::uint64_t mappings = 0;
    std::uint64_t transfers = 0;  // DMA reads and writes
    std::uint64_t copied = 0;     // bytes that they moved
    std::uint64_t accesses = 0;   // register reads and writes, each a VM exit

private:
    static FlatHost& self(void* opaque) { return *static_cast<FlatHost*>(opaque); }
    static bool inside(std::uint64_t addr, std::size_t len) {
        return addr <= kBytes && len <= kBytes - addr;
    }
    static const ixgbe_host_ops kOps;
    void count_transfer(std::size_t len) {
        ++transfers;
        copied += len;
    }

    std::vector<std::uint8_t> memory_;
    std::unique_ptr<ixgbe_state> state_;
    ixgbe_device* device_ = nullptr;
    std::int64_t now_ = 1;
    std::int64_t deadline_ = -1;
    bool poll_ = false;
};

inline constexpr ixgbe_host_ops FlatHost::kOps = {
    .dma_read =
        [](void* opaque, std::uint64_t addr, void* to, std::size_t len) {
            const bool ok = inside(addr, len);
            if (ok) {
                self(opaque).count_transfer(len);
                std::memcpy(to, self(opaque).at(addr), len);
            }
            return ok;
        },
    .dma_write =
        [](void* opaque, std::uint64_t addr, const void* from, std::size_t len) {
            const bool ok = inside(addr, len);
            if (ok) {
                self(opaque).count_transfer(len);
                std::memcpy(self(opaque).at(addr), from, len);
            }
            return ok;
        },
    .dma_map = [](void* opaque, std::uint64_t addr, std::size_t len, bool) -> void* {
        ++self(opaque).mappings;
        return inside(addr, len) ? self(opaque).at(addr) : nullptr;
    },
    .dma_unmap = [](void*, void*, std::size_t, bool, std::size_t) {},
    .msix = [](void* opaque, unsigned) { ++self(opaque).interrupts; },
    .legacy = [](void* opaque, bool asserted) { self(opaque).interrupts += asserted ? 1 : 0; },
    .send =
        [](void* opaque, const iovec* iov, unsigned count, const ixgbe_frame_offload*) {
            FlatHost& host = self(opaque);
            ++host.frames;
            for (unsigned i = 0; i < count; ++i) {
                host.bytes += iov[i].iov_len;
            }
            return IXGBE_SENT;
        },
    .receive_ready = [](void*) {},
    .link_changed = [](void*, bool) {},
    .offload_changed = [](void*, std::uint32_t) {},
    .now_ns = [](void* opaque) { return self(opaque).now_; },
    .set_timer = [](void* opaque, std::int64_t deadline) { self(opaque).deadline_ = deadline; },
    .schedule_poll = [](void* opaque) { self(opaque).poll_ = true; },
    .guest_error = [](void*, const char*) {},
    .trace = [](void*, unsigned, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {},
};

}  // namespace x550
