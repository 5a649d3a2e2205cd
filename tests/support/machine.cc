// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace x550 {

namespace {
constexpr unsigned kTimersPerRun = 200'000;
}

ixgbe_config default_config(std::uint8_t port) {
    ixgbe_config config{};
    std::copy(kDeviceMac.begin(), kDeviceMac.end(), config.mac);
    config.port = port;
    config.task_offload_block = true;
    ixgbe_offload_defaults(&config.offload);
    return config;
}

Machine::Machine(const ixgbe_config& config) : state_(std::make_unique<ixgbe_state>()) {
    device_ = ixgbe_create(&FakeHost::ops(), &host, state_.get(), &config);
    if (device_ == nullptr) {
        ADD_FAILURE() << "the device was not created";
        std::abort();
    }
    host.attach(device_);
    ixgbe_set_dma_enabled(device_, true);
    ixgbe_set_cable(device_, true);
}

Machine::~Machine() {
    destroy_device();
    EXPECT_EQ(host.open_maps(), 0u) << "memory is still mapped after the device is gone";
    EXPECT_FALSE(host.protocol_broken) << "a host function was called with impossible arguments";
    EXPECT_FALSE(check_gaps && !memory.gaps_intact()) << "DMA went past a buffer";
}

void Machine::destroy_device() {
    ixgbe_destroy(device_);
    device_ = nullptr;
}

bool Machine::run(unsigned limit) {
    for (unsigned polls = 0; host.poll_scheduled; ++polls) {
        if (polls == limit) {
            return false;
        }
        host.poll_scheduled = false;
        ixgbe_poll(device_);
    }
    return true;
}

bool Machine::run_until(std::int64_t deadline) {
    bool idle = run();
    for (unsigned n = 0; host.timer != -1 && host.timer <= deadline; ++n) {
        if (n == kTimersPerRun) {
            return false;
        }
        host.now = std::max(host.now, host.timer);
        host.timer = -1;
        ixgbe_timer(device_);
        idle = run() && idle;
    }
    host.now = std::max(host.now, deadline);
    return idle;
}

ixgbe_receive_result Machine::receive_alone(std::span<const std::uint8_t> frame) {
    const ixgbe_receive_result result = receive(frame);
    run();
    return result;
}

ixgbe_receive_result Machine::receive(std::span<const std::uint8_t> frame,
                                      const ixgbe_frame_offload* offload) const {
    return ixgbe_receive(device_, frame.data(), frame.size(), offload);
}

}  // namespace x550
