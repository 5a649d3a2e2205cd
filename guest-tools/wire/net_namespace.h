// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>

namespace wire {

// A network namespace without a name; it goes when this object and everything in it has gone.
// Needs root (or a user namespace that grants it).
class NetNamespace {
public:
    NetNamespace();
    NetNamespace(const NetNamespace&) = delete;
    NetNamespace& operator=(const NetNamespace&) = delete;
    ~NetNamespace();

    // Runs `action` on a thread inside the namespace and returns when it is done; exceptions pass.
    void run(const std::function<void()>& action) const;
    // For child processes: moves the calling (single-threaded) process in. Async-signal-safe.
    void enter() const;
    // True when this process may create one.
    [[nodiscard]] static bool available();

private:
    int fd_ = -1;
};

}  // namespace wire
