// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <gio/gunixsocketaddress.h>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace wire {
namespace {

constexpr std::size_t kLongestFrame = 70000;
constexpr std::size_t kShortestFrame = 60;  // without FCS
constexpr std::size_t kQueueFrames = 2048;
constexpr auto kPatience = std::chrono::milliseconds(200);

[[noreturn]] void fail(const char* what, GError* error) {
    const std::string text = std::string(what) + ": " + (error != nullptr ? error->message : "?");
    g_clear_error(&error);
    throw std::runtime_error(text);
}

}  // namespace

// One QEMU process on the stream or socket transport.
struct Wire::Connection {
    explicit Connection(GSocketConnection* socket) : stream(socket) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { g_object_unref(stream); }

    GSocketConnection* stream;
    std::mutex lock;
    std::condition_variable changed;
    std::deque<Bytes> queue;
    bool closed = false;
    bool stuck = false;
};

Wire::Wire(Transport transport, std::string folder)
    : transport_(transport), folder_(std::move(folder)), cancel_(g_cancellable_new()) {
    if (transport_ == Transport::dgram) {
        open_dgram();
        threads_.emplace_back([this] { read_dgram(); });
    } else {
        listen_stream();
        threads_.emplace_back([this] { accept_loop(); });
    }
}

Wire::~Wire() {
    stopping_ = true;
    g_cancellable_cancel(cancel_);
    {
        const std::lock_guard guard(lock_);
        for (const auto& connection : connections_) {
            const std::lock_guard inner(connection->lock);
            connection->closed = true;
            connection->changed.notify_all();
        }
    }
    // The first thread is the one that starts others.
    for (std::size_t i = 0; i < threads_.size(); ++i) {  // NOLINT(modernize-loop-convert): it grows
        threads_[i].join();
    }
    g_clear_object(&listener_);
    g_clear_object(&dgram_);
    g_clear_object(&dgram_peer_);
    g_object_unref(cancel_);
}

void Wire::listen_stream() {
    listener_ = g_socket_listener_new();
    GError* error = nullptr;
    if (transport_ == Transport::socket) {
        GInetAddress* loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
        GSocketAddress* any = g_inet_socket_address_new(loopback, 0);
        GSocketAddress* actual = nullptr;
        g_socket_listener_add_address(listener_, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                      nullptr, &actual, &error);
        g_object_unref(any);
        g_object_unref(loopback);
        if (actual != nullptr) {
            port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(actual));
            g_object_unref(actual);
        }
    } else {
        GSocketAddress* address = g_unix_socket_address_new((folder_ + "/wire").c_str());
        g_socket_listener_add_address(listener_, address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, nullptr, nullptr, &error);
        g_object_unref(address);
    }
    if (error != nullptr) {
        fail("wire", error);
    }
}

void Wire::open_dgram() {
    GError* error = nullptr;
    dgram_ = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT,
                          &error);
    GSocketAddress* local = g_unix_socket_address_new((folder_ + "/wire").c_str());
    if (dgram_ == nullptr || g_socket_bind(dgram_, local, TRUE, &error) == FALSE) {
        fail("wire", error);
    }
    g_object_unref(local);
    dgram_peer_ = g_unix_socket_address_new((folder_ + "/guest").c_str());
}

std::string Wire::netdev(const std::string& id) const {
    switch (transport_) {
        case Transport::stream:
            return "stream,id=" + id + ",server=off,addr.type=unix,addr.path=" + folder_ + "/wire";
        case Transport::dgram:
            return "dgram,id=" + id + ",local.type=unix,local.path=" + folder_ +
                   "/guest,remote.type=unix,remote.path=" + folder_ + "/wire";
        case Transport::socket:
            return "socket,id=" + id + ",connect=127.0.0.1:" + std::to_string(port_);
    }
    return {};
}

void Wire::accept_loop() {
    while (!stopping_) {
        GSocketConnection* stream = g_socket_listener_accept(listener_, nullptr, cancel_, nullptr);
        if (stream == nullptr) {
            continue;
        }
        auto connection = std::make_shared<Connection>(stream);
        const std::lock_guard guard(lock_);
        if (stopping_) {
            return;
        }
        connections_.push_back(connection);
        threads_.emplace_back([this, connection] { read_stream(connection); });
        threads_.emplace_back([this, connection] { write_loop(connection); });
    }
}

// net/stream.c and net/socket.c of QEMU put a 32-bit big-endian length before each frame.
void Wire::read_stream(const std::shared_ptr<Connection>& connection) {
    GInputStream* input = g_io_stream_get_input_stream(G_IO_STREAM(connection->stream));
    GInputStream* buffered = g_buffered_input_stream_new_sized(input, 1U << 18);
    g_filter_input_stream_set_close_base_stream(G_FILTER_INPUT_STREAM(buffered), FALSE);
    Bytes frame;
    while (!stopping_) {
        std::array<unsigned char, 4> header{};
        gsize got = 0;
        if (g_input_stream_read_all(buffered, header.data(), header.size(), &got, cancel_,
                                    nullptr) == FALSE ||
            got < header.size()) {
            break;
        }
        const std::size_t size = std::size_t{header[0]} << 24 | std::size_t{header[1]} << 16 |
                                 std::size_t{header[2]} << 8 | header[3];
        if (size > kLongestFrame) {
            break;
        }
        frame.resize(size);
        if (g_input_stream_read_all(buffered, frame.data(), size, &got, cancel_, nullptr) ==
                FALSE ||
            got < size) {
            break;
        }
        arrived(frame);
    }
    g_object_unref(buffered);
    const std::lock_guard guard(connection->lock);
    connection->closed = true;
    connection->changed.notify_all();
}

void Wire::read_dgram() {
    Bytes buffer(kLongestFrame);
    while (!stopping_) {
        const gssize got = g_socket_receive(dgram_, reinterpret_cast<gchar*>(buffer.data()),
                                            buffer.size(), cancel_, nullptr);
        if (got > 0) {
            arrived(std::span(buffer.data(), static_cast<std::size_t>(got)));
        }
    }
}

void Wire::arrived(std::span<const std::byte> frame) {
    sent(frame);
    if (tap_ >= 0) {
        carry(&Wire::cable_to_tap_, frame, [this](auto one) { to_tap(one); });
    }
}

void Wire::to_tap(std::span<const std::byte> frame) const {
    if (write(tap_, frame.data(), frame.size()) < 0) {
        // The tap refuses frames while it is down; the guest retransmits.
        return;
    }
}

void Wire::disturb(const Disturbance& disturbance) {
    const std::lock_guard guard(cable_lock_);
    cable_to_guest_ = std::make_unique<Disturber>(disturbance);
    cable_to_tap_ = std::make_unique<Disturber>(disturbance);
}

Wire::Disturbed Wire::disturbed() const {
    const std::lock_guard guard(cable_lock_);
    Disturbed out;
    for (const auto* cable : {cable_to_guest_.get(), cable_to_tap_.get()}) {
        out.lost += cable == nullptr ? 0 : cable->lost();
        out.overtaken += cable == nullptr ? 0 : cable->overtaken();
    }
    return out;
}

void Wire::carry(std::unique_ptr<Disturber> Wire::*cable, std::span<const std::byte> frame,
                 const Disturber::Deliver& deliver) {
    std::vector<Bytes> out;
    {
        const std::lock_guard guard(cable_lock_);
        Disturber* const disturber = (this->*cable).get();
        if (disturber == nullptr) {
            out.emplace_back(frame.begin(), frame.end());
        } else {
            disturber->pass(frame, [&](auto one) { out.emplace_back(one.begin(), one.end()); });
        }
    }
    for (const Bytes& one : out) {
        deliver(one);  // may wait for its end, which is no reason for the other direction to wait
    }
}

void Wire::inject(std::span<const std::byte> frame) {
    record(Direction::to_guest, frame);
    if (transport_ == Transport::dgram) {
        g_socket_send_to(dgram_, dgram_peer_, reinterpret_cast<const gchar*>(frame.data()),
                         frame.size(), cancel_, nullptr);
        return;
    }
    std::vector<std::shared_ptr<Connection>> connections;
    {
        const std::lock_guard guard(lock_);
        connections = connections_;
    }
    for (const auto& connection : connections) {
        enqueue(*connection, frame);
    }
}

void Wire::enqueue(Connection& connection, std::span<const std::byte> frame) {
    Bytes message(4 + frame.size());
    for (unsigned i = 0; i < 4; ++i) {
        message[i] = static_cast<std::byte>(frame.size() >> (24 - 8 * i) & 0xff);
    }
    std::memcpy(message.data() + 4, frame.data(), frame.size());
    std::unique_lock guard(connection.lock);
    if (connection.queue.size() >= kQueueFrames && !connection.stuck) {
        connection.stuck = !connection.changed.wait_for(guard, kPatience, [&] {
            return connection.closed || connection.queue.size() < kQueueFrames;
        });
    }
    if (connection.closed || connection.queue.size() >= kQueueFrames) {
        return;
    }
    connection.queue.push_back(std::move(message));
    connection.changed.notify_all();
}

void Wire::write_loop(const std::shared_ptr<Connection>& connection) {
    GOutputStream* output = g_io_stream_get_output_stream(G_IO_STREAM(connection->stream));
    std::deque<Bytes> batch;
    while (true) {
        {
            std::unique_lock guard(connection->lock);
            connection->changed.wait(
                guard, [&] { return connection->closed || !connection->queue.empty(); });
            if (connection->closed) {
                return;
            }
            batch.swap(connection->queue);
            connection->stuck = false;
            connection->changed.notify_all();
        }
        Bytes joined;
        for (const Bytes& message : batch) {
            joined.insert(joined.end(), message.begin(), message.end());
        }
        batch.clear();
        if (g_output_stream_write_all(output, joined.data(), joined.size(), nullptr, cancel_,
                                      nullptr) == FALSE) {
            return;
        }
    }
}

void Wire::relay(int tap) {
    tap_ = tap;
    const std::lock_guard guard(lock_);
    threads_.emplace_back([this] { read_tap(); });
}

void Wire::read_tap() {
    Bytes buffer(kLongestFrame);
    while (!stopping_) {
        pollfd waiting{tap_, POLLIN, 0};
        if (poll(&waiting, 1, 50) <= 0) {
            continue;
        }
        const ssize_t got = read(tap_, buffer.data(), buffer.size());
        if (got <= 0) {
            continue;
        }
        // A tap hands over frames as the stack made them; on a cable they would be padded.
        auto size = static_cast<std::size_t>(got);
        if (size < kShortestFrame) {
            std::fill(buffer.begin() + got, buffer.begin() + kShortestFrame, std::byte{0});
            size = kShortestFrame;
        }
        carry(&Wire::cable_to_guest_, std::span(buffer.data(), size),
              [this](auto frame) { inject(frame); });
    }
}

}  // namespace wire
