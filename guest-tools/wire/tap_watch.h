// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <memory>
#include <thread>

#include "capture.h"
#include "net_namespace.h"
#include "tap.h"

namespace wire {

// Watches what QEMU writes to a tap as a receiver behind it would see it. A frame that came with a
// virtio-net header may be a super-frame, or lack a checksum: the host's kernel cuts and completes
// such a frame only when it leaves by a device that cannot. So every frame is sent on, with its
// header, to a second tap that can do neither, and what comes out there is recorded and judged.
class TapWatch : public Capture {
public:
    // `tap` lies in `space`; both must outlive the watch.
    TapWatch(const NetNamespace& space, const std::string& tap, unsigned mtu);
    TapWatch(const TapWatch&) = delete;
    TapWatch& operator=(const TapWatch&) = delete;
    ~TapWatch();

private:
    void open(const std::string& tap, unsigned mtu);
    void watch();
    void take_frame();
    void drain_cut();

    std::unique_ptr<Tap> cut_;
    int seen_ = -1;     // packet socket on the watched tap
    int forward_ = -1;  // packet socket on the second one
    Bytes buffer_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace wire
