// SPDX-License-Identifier: GPL-2.0-or-later
// A host for the device under test: memory, wire, clock and interrupts that a test can look at and
// disturb.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <ixgbe/ixgbe.h>

#include "datasheet.h"
#include "guest_memory.h"

namespace x550 {

struct SentFrame {
    std::vector<std::uint8_t> bytes;
    ixgbe_frame_offload offload{};

    [[nodiscard]] bool finished() const {
        return offload.needs_csum == 0 && offload.gso == IXGBE_GSO_NONE;
    }
};

struct DmaWrite {
    std::uint64_t address;
    std::size_t bytes;
};

// Every host function the device may call; a hook that is set runs inside it and may re-enter the
// device.
class FakeHost {
public:
    static constexpr std::uint64_t kBar = 0xFE00'0000;
    static constexpr unsigned kDeepest = 48;
    static constexpr unsigned kNever = std::numeric_limits<unsigned>::max();

    explicit FakeHost(GuestMemory& memory) : memory_(memory) {}
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    [[nodiscard]] static const ixgbe_host_ops& ops();
    void attach(ixgbe_device* device) { device_ = device; }

    // ---- What happened ----
    std::vector<SentFrame> sent;
    std::array<unsigned, kVectors> msix_count{};
    std::vector<unsigned> msix_log;
    std::vector<bool> legacy_log;
    bool legacy_level = false;
    std::vector<bool> link_log;
    std::vector<std::uint32_t> offload_log;  // generations that were announced
    unsigned receive_ready_count = 0;
    std::vector<std::string> guest_errors;
    std::vector<unsigned> traced;      // events the device reported
    std::uint64_t dma_count = 0;       // reads, writes and maps
    std::vector<DmaWrite> dma_writes;  // filled while record_dma
    unsigned deepest_reentry = 0;
    bool sent_while_blocked = false;
    bool protocol_broken =
        false;  // unmap of something that was not mapped, vector out of range, ...
    [[nodiscard]] std::size_t open_maps() const { return maps_.size(); }
    [[nodiscard]] unsigned msix_total() const { return static_cast<unsigned>(msix_log.size()); }
    void forget();  // clears the logs above

    // ---- What the test decides ----
    bool record_dma = false;
    bool refuse_map = false;
    unsigned fail_dma_in = kNever;  // the n-th DMA from now fails, 0 = the next one
    bool fail_all_dma = false;
    bool queue_sends = false;  // the next frame is kept, and the wire is busy until release()
    std::function<void(const SentFrame&)> on_send;
    std::function<void(std::uint64_t, std::size_t)> on_dma;
    std::function<void(std::uint64_t, std::size_t)> on_map;
    std::function<void(unsigned)> on_msix;
    std::function<void()> on_receive_ready;
    std::int64_t now = 1'000'000'000;
    std::int64_t timer = -1;
    bool poll_scheduled = false;

    // Tells the device that the wire takes frames again.
    void release();

private:
    [[nodiscard]] bool may_transfer();
    [[nodiscard]] static bool in_bar(std::uint64_t address, std::size_t bytes);
    [[nodiscard]] bool bar_access(std::uint64_t address, std::uint8_t* read,
                                  const std::uint8_t* write, std::size_t bytes);

    static bool dma_read(void* opaque, std::uint64_t address, void* to, std::size_t bytes);
    static bool dma_write(void* opaque, std::uint64_t address, const void* from, std::size_t bytes);
    static void* dma_map(void* opaque, std::uint64_t address, std::size_t bytes, bool for_write);
    static void dma_unmap(void* opaque, void* mapping, std::size_t bytes, bool for_write,
                          std::size_t written);
    static void msix(void* opaque, unsigned vector);
    static void legacy(void* opaque, bool asserted);
    static ixgbe_send_result send(void* opaque, const iovec* iov, unsigned count,
                                  const ixgbe_frame_offload* offload);
    static void receive_ready(void* opaque);
    static void link_changed(void* opaque, bool up);
    static void offload_changed(void* opaque, std::uint32_t generation);
    static std::int64_t now_ns(void* opaque);
    static void set_timer(void* opaque, std::int64_t deadline);
    static void schedule_poll(void* opaque);
    static void guest_error(void* opaque, const char* message);
    static void trace(void* opaque, unsigned event, std::uint64_t a, std::uint64_t b,
                      std::uint64_t c, std::uint64_t d);

    GuestMemory& memory_;
    ixgbe_device* device_ = nullptr;
    std::multimap<void*, std::size_t> maps_;
    unsigned depth_ = 0;
    bool wire_busy_ = false;
};

}  // namespace x550
