// SPDX-License-Identifier: GPL-2.0-or-later
// The world outside the device, as the core sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <ixgbe/ixgbe.h>

#include "base/bytes.h"

namespace ixgbe {

enum class Direction : bool { to_device, to_guest };

enum class TraceEvent : std::uint8_t;

// One way out: DMA, interrupts, the wire, time. Callers assume that every call may re-enter the
// device.
class Host {
public:
    virtual ~Host() = default;

    // A failed transfer is an ordinary result: the guest may point DMA anywhere.
    [[nodiscard]] virtual bool dma_read(std::uint64_t addr, Bytes to) = 0;
    [[nodiscard]] virtual bool dma_write(std::uint64_t addr, ConstBytes from) = 0;
    // One piece of host memory over guest memory, or nullptr; ends with dma_unmap of the same span.
    [[nodiscard]] virtual std::byte* dma_map(std::uint64_t addr, std::size_t len,
                                             Direction direction) = 0;
    virtual void dma_unmap(Bytes mapping, Direction direction, std::size_t written) = 0;

    virtual void msix(unsigned vector) = 0;
    virtual void legacy(bool asserted) = 0;

    [[nodiscard]] virtual ixgbe_send_result send(std::span<const iovec> frame,
                                                 const ixgbe_frame_offload& offload) = 0;
    virtual void receive_ready() = 0;
    virtual void link_changed(bool up) = 0;
    virtual void offload_changed(std::uint32_t generation) = 0;

    [[nodiscard]] virtual std::int64_t now_ns() = 0;
    virtual void set_timer(std::int64_t deadline_ns) = 0;
    virtual void schedule_poll() = 0;

    virtual void guest_error(const char* message) = 0;
    virtual void trace(TraceEvent event, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                       std::uint64_t d) = 0;
};

}  // namespace ixgbe
