// SPDX-License-Identifier: GPL-2.0-or-later
// The other end of QEMU's socket network backends.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <gio/gio.h>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "frame.h"
#include "judge.h"

namespace wire {

enum class Transport { stream, dgram, socket };

// Captures every frame with its time, injects frames, and can relay to a tap interface, so that a
// host kernel answers the guest while everything is on record.
//
// More than one QEMU process may be connected (migration): frames from all are captured, injected
// frames go to all. A process that does not read loses frames rather than block the others.
class Wire {
public:
    // `folder` holds the sockets and must outlive the object.
    Wire(Transport transport, std::string folder);
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire();

    // The value of QEMU's -netdev option that connects here.
    [[nodiscard]] std::string netdev(const std::string& id) const;

    void inject(std::span<const std::byte> frame);

    using Predicate = std::function<bool(const Frame&)>;
    // The first captured frame from `mark` on that satisfies, waiting for it if need be.
    [[nodiscard]] std::optional<Frame> wait_for(const Predicate& predicate,
                                                std::chrono::milliseconds timeout,
                                                std::size_t mark = 0);
    // Number of frames captured so far: a place to look from.
    [[nodiscard]] std::size_t mark() const;
    [[nodiscard]] std::vector<Frame> frames_since(std::size_t mark) const;
    void write_pcapng(const std::string& path) const;

    // Joins the wire to a tap descriptor (no vnet header). The descriptor must outlive the wire.
    void relay(int tap);
    // Bytes kept per captured frame; the judge always sees all.
    void set_snap_length(std::size_t bytes) { snap_ = bytes; }
    void set_limits(const JudgeLimits& limits);

    // Verdicts on everything the guest sent.
    [[nodiscard]] std::vector<std::string> complaints() const;
    [[nodiscard]] std::size_t judged() const { return judged_; }

private:
    struct Connection;

    void listen_stream();
    void open_dgram();
    void accept_loop();
    void read_stream(const std::shared_ptr<Connection>& connection);
    void read_dgram();
    void write_loop(const std::shared_ptr<Connection>& connection);
    void read_tap();
    void arrived(std::span<const std::byte> frame);
    void record(Direction direction, std::span<const std::byte> frame);
    static void enqueue(Connection& connection, std::span<const std::byte> frame);

    Transport transport_;
    std::string folder_;
    std::uint16_t port_ = 0;
    GCancellable* cancel_;
    GSocketListener* listener_ = nullptr;
    GSocket* dgram_ = nullptr;
    GSocketAddress* dgram_peer_ = nullptr;
    std::atomic<int> tap_{-1};
    std::atomic<bool> stopping_{false};

    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::deque<Frame> frames_;
    std::size_t forgotten_ = 0;
    std::size_t stored_ = 0;
    std::size_t snap_ = 65536;
    JudgeLimits limits_;
    std::vector<std::string> complaints_;
    std::atomic<std::size_t> judged_{0};
    std::vector<std::shared_ptr<Connection>> connections_;
    std::deque<std::thread> threads_;  // elements stay where they are while it grows
};

}  // namespace wire
