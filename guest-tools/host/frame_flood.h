// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "network.h"

namespace host {

// Sends one frame over and over on a tap, at a steady rate, until the object ends. What the tap has
// no room for is lost, as on a wire without flow control.
class FrameFlood {
public:
    // Frames a second: more than an emulated processor takes, and less than one core of ours makes.
    static constexpr int kRate = 250'000;

    // `network` has an interface of its own and outlives the flood.
    FrameFlood(const Network& network, std::vector<std::byte> frame);
    FrameFlood(const FrameFlood&) = delete;
    FrameFlood& operator=(const FrameFlood&) = delete;
    ~FrameFlood();

private:
    void send_all();

    std::vector<std::byte> frame_;
    int socket_ = -1;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

}  // namespace host
