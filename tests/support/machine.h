// SPDX-License-Identifier: GPL-2.0-or-later
// A device in its host, with power and a cable, ready to be driven through its BAR.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include <ixgbe/ixgbe.h>

#include "fake_host.h"
#include "guest_memory.h"

namespace x550 {

using Mac = std::array<std::uint8_t, 6>;

inline constexpr Mac kDeviceMac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
inline constexpr std::int64_t kMicrosecond = 1'000;
inline constexpr std::int64_t kMillisecond = 1'000'000;
inline constexpr std::int64_t kSecond = 1'000'000'000;

// The tests' address, and everything that the chip can do.
[[nodiscard]] ixgbe_config default_config(std::uint8_t port = 0);

class Machine {
public:
    explicit Machine(std::uint8_t port = 0) : Machine(default_config(port)) {}
    explicit Machine(const ixgbe_config& config);
    ~Machine();  // fails the test if a mapping is open, or memory outside the buffers was touched
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    GuestMemory memory;
    FakeHost host{memory};

    [[nodiscard]] ixgbe_device* device() const { return device_; }
    [[nodiscard]] ixgbe_state& state() const { return *state_; }

    // Runs the work the device asked for; false if it still asks after `limit` polls.
    bool run(unsigned limit = 20'000);
    // The same, while the virtual clock goes on to `deadline`.
    bool run_until(std::int64_t deadline);
    bool run_for(std::int64_t duration) { return run_until(host.now + duration); }

    [[nodiscard]] std::uint32_t read(std::uint64_t offset, unsigned size = 4) const {
        return ixgbe_mmio_read(device_, offset, size);
    }
    void write(std::uint64_t offset, std::uint32_t value, unsigned size = 4) const {
        ixgbe_mmio_write(device_, offset, value, size);
    }

    // A frame from the wire, without FCS.
    ixgbe_receive_result receive(std::span<const std::uint8_t> frame,
                                 const ixgbe_frame_offload* offload = nullptr) const;
    // A burst of one frame: what the device defers until the end of a burst is done as well.
    ixgbe_receive_result receive_alone(std::span<const std::uint8_t> frame);

    void destroy_device();

    bool check_gaps = true;  // hostile tests aim DMA at everything

private:
    std::unique_ptr<ixgbe_state> state_;
    ixgbe_device* device_ = nullptr;
};

}  // namespace x550
