// SPDX-License-Identifier: GPL-2.0-or-later
// Byte connections over UNIX sockets: we listen, QEMU connects, so nobody has to poll for a path.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "gobject.h"

namespace host {

class LocalConnection {
public:
    using OnBytes = std::function<void(std::string_view)>;
    using OnClose = std::function<void()>;

    explicit LocalConnection(Ref<GSocketConnection> stream) : stream_(std::move(stream)) {}
    LocalConnection(const LocalConnection&) = delete;
    LocalConnection& operator=(const LocalConnection&) = delete;
    ~LocalConnection();

    // Both callbacks run on the reader thread.
    void start(OnBytes on_bytes, OnClose on_close);
    void send(const std::string& bytes);

private:
    void read_loop(const OnBytes& on_bytes, const OnClose& on_close);

    Ref<GSocketConnection> stream_;
    Ref<GCancellable> cancel_{g_cancellable_new()};
    std::mutex write_lock_;
    std::thread reader_;
};

class LocalListener {
public:
    explicit LocalListener(const std::string& path);
    // The first connection; throws when `cancel` fires first.
    [[nodiscard]] std::unique_ptr<LocalConnection> accept(GCancellable* cancel);

private:
    Ref<GSocketListener> listener_{g_socket_listener_new()};
};

}  // namespace host
