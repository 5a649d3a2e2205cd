// SPDX-License-Identifier: GPL-2.0-or-later
// libslirp at the other end of the device's wire: a TCP/IP stack that shares nothing with the
// device and throws away what has a wrong checksum.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <poll.h>
#include <vector>

#include "frame_builder.h"
#include "machine.h"

struct Slirp;

namespace x550 {

class SlirpPeer {
public:
    static constexpr const char* kGuestIp = "10.0.2.15";
    static constexpr const char* kGatewayIp = "10.0.2.2";

    explicit SlirpPeer(Machine& machine);
    ~SlirpPeer();
    SlirpPeer(const SlirpPeer&) = delete;
    SlirpPeer& operator=(const SlirpPeer&) = delete;

    // One round: frames the device sent go in, sockets are looked at (waiting at most `wait_ms`),
    // answers go to the device.
    void step(int wait_ms = 10);

private:
    friend struct SlirpCalls;
    struct Timer;
    void run_timers();
    void deliver();

    Machine& machine_;
    Slirp* slirp_ = nullptr;
    std::deque<Frame> to_guest_;
    std::vector<pollfd> sockets_;
    std::vector<std::unique_ptr<Timer>> timers_;
};

}  // namespace x550
