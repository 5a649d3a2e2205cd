// SPDX-License-Identifier: GPL-2.0-or-later
// The host of the C boundary, as the core's Host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <ixgbe/ixgbe.h>

#include "base/bytes.h"
#include "nic/host.h"

namespace ixgbe {

// Forwards every call to the table of C functions. The table is copied, `opaque` is handed back as
// it came.
class HostAdapter final : public Host {
public:
    HostAdapter(const ixgbe_host_ops& ops, void* opaque) : ops_(ops), opaque_(opaque) {}

    // Every function of the table is needed; a host that leaves one out is refused at creation.
    [[nodiscard]] static bool complete(const ixgbe_host_ops& ops) {
        return ops.dma_read != nullptr && ops.dma_write != nullptr && ops.dma_map != nullptr &&
               ops.dma_unmap != nullptr && ops.msix != nullptr && ops.legacy != nullptr &&
               ops.send != nullptr && ops.receive_ready != nullptr && ops.link_changed != nullptr &&
               ops.offload_changed != nullptr && ops.now_ns != nullptr &&
               ops.set_timer != nullptr && ops.schedule_poll != nullptr &&
               ops.guest_error != nullptr && ops.trace != nullptr;
    }

    [[nodiscard]] bool dma_read(std::uint64_t addr, Bytes to) override {
        return ops_.dma_read(opaque_, addr, to.data(), to.size());
    }
    [[nodiscard]] bool dma_write(std::uint64_t addr, ConstBytes from) override {
        return ops_.dma_write(opaque_, addr, from.data(), from.size());
    }
    [[nodiscard]] std::byte* dma_map(std::uint64_t addr, std::size_t len,
                                     Direction direction) override {
        return static_cast<std::byte*>(
            ops_.dma_map(opaque_, addr, len, direction == Direction::to_guest));
    }
    void dma_unmap(Bytes mapping, Direction direction, std::size_t written) override {
        ops_.dma_unmap(opaque_, mapping.data(), mapping.size(), direction == Direction::to_guest,
                       written);
    }

    void msix(unsigned vector) override { ops_.msix(opaque_, vector); }
    void legacy(bool asserted) override { ops_.legacy(opaque_, asserted); }

    [[nodiscard]] ixgbe_send_result send(std::span<const iovec> frame,
                                         const ixgbe_frame_offload& offload) override {
        return ops_.send(opaque_, frame.data(), static_cast<unsigned>(frame.size()), &offload);
    }
    void receive_ready() override { ops_.receive_ready(opaque_); }
    void link_changed(bool up) override { ops_.link_changed(opaque_, up); }
    void offload_changed(std::uint32_t generation) override {
        ops_.offload_changed(opaque_, generation);
    }

    [[nodiscard]] std::int64_t now_ns() override { return ops_.now_ns(opaque_); }
    void set_timer(std::int64_t deadline_ns) override { ops_.set_timer(opaque_, deadline_ns); }
    void schedule_poll() override { ops_.schedule_poll(opaque_); }

    void guest_error(const char* message) override { ops_.guest_error(opaque_, message); }
    void trace(TraceEvent event, std::uint64_t a, std::uint64_t b, std::uint64_t c,
               std::uint64_t d) override {
        ops_.trace(opaque_, static_cast<unsigned>(event), a, b, c, d);
    }

private:
    const ixgbe_host_ops ops_;
    void* const opaque_;
};

}  // namespace ixgbe
