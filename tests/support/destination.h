// SPDX-License-Identifier: GPL-2.0-or-later
// Where a device's state goes when its machine moves.
#pragma once

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <memory>

#include "machine.h"

namespace x550 {

// A second device over the same guest memory.
class Destination {
public:
    explicit Destination(Machine& source, const ixgbe_config& config = default_config())
        : host(source.memory), state_(std::make_unique<ixgbe_state>()) {
        device_ = ixgbe_create(&FakeHost::ops(), &host, state_.get(), &config);
        host.attach(device_);
        ixgbe_set_dma_enabled(device_, true);
        ixgbe_set_cable(device_, true);
        host.now = source.host.now;
    }
    ~Destination() {
        ixgbe_destroy(device_);
        EXPECT_EQ(host.open_maps(), 0u);
    }
    Destination(const Destination&) = delete;
    Destination& operator=(const Destination&) = delete;

    bool load(const ixgbe_state& from) {
        *state_ = from;
        why.fill(0);
        return ixgbe_loaded(device_, why.data(), why.size());
    }
    void run() {
        for (int i = 0; i < 10'000 && host.poll_scheduled; ++i) {
            host.poll_scheduled = false;
            ixgbe_poll(device_);
        }
    }
    void run_until(std::int64_t deadline) {
        run();
        while (host.timer != -1 && host.timer <= deadline) {
            host.now = std::max(host.now, host.timer);
            host.timer = -1;
            ixgbe_timer(device_);
            run();
        }
        host.now = deadline;
    }
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) const {
        return ixgbe_mmio_read(device_, offset, 4);
    }
    void write(std::uint32_t offset, std::uint32_t value) const {
        ixgbe_mmio_write(device_, offset, value, 4);
    }
    [[nodiscard]] ixgbe_device* device() const { return device_; }
    [[nodiscard]] ixgbe_state& state() const { return *state_; }

    FakeHost host;
    std::array<char, 200> why{};

private:
    std::unique_ptr<ixgbe_state> state_;
    ixgbe_device* device_ = nullptr;
};

}  // namespace x550
