// SPDX-License-Identifier: GPL-2.0-or-later
// The other end of QEMU's socket network backends.
#pragma once

#include <atomic>
#include <deque>
#include <gio/gio.h>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "capture.h"
#include "disturbance.h"

namespace wire {

enum class Transport { stream, dgram, socket };

// Captures every frame with its time, injects frames, and can relay to a tap interface, so that a
// host kernel answers the guest while everything is on record.
//
// More than one QEMU process may be connected (migration): frames from all are captured, injected
// frames go to all. A process that does not read loses frames rather than block the others.
class Wire : public Capture {
public:
    // `folder` holds the sockets and must outlive the object.
    Wire(Transport transport, std::string folder);
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire();

    // The value of QEMU's -netdev option that connects here.
    [[nodiscard]] std::string netdev(const std::string& id) const;

    void inject(std::span<const std::byte> frame);

    // Joins the wire to a tap descriptor (no vnet header). The descriptor must outlive the wire.
    void relay(int tap);

    // From now on what is relayed goes over a bad cable, either way; injected frames do not.
    void disturb(const Disturbance& disturbance);
    struct Disturbed {
        std::size_t lost = 0;
        std::size_t overtaken = 0;
    };
    // Both ways together.
    [[nodiscard]] Disturbed disturbed() const;

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
    void to_tap(std::span<const std::byte> frame) const;
    // Over the cable of that direction, if it is a bad one.
    void carry(std::unique_ptr<Disturber> Wire::*cable, std::span<const std::byte> frame,
               const Disturber::Deliver& deliver);
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

    mutable std::mutex cable_lock_;
    std::unique_ptr<Disturber> cable_to_guest_;
    std::unique_ptr<Disturber> cable_to_tap_;

    std::mutex lock_;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::deque<std::thread> threads_;  // elements stay where they are while it grows
};

}  // namespace wire
