// SPDX-License-Identifier: GPL-2.0-or-later
// Local sockets with waits that end.
#pragma once

#include <chrono>
#include <cstdint>
#include <gio/gio.h>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace x550 {

using Bytes = std::vector<std::uint8_t>;
using Milliseconds = std::chrono::milliseconds;

// QEMU has to answer everything within this time: long for a busy machine, short for an endless
// loop.
inline constexpr Milliseconds kPatience{30'000};

// A file descriptor that closes itself.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd();
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

// Both ends of a local socket.
[[nodiscard]] std::pair<Fd, Fd> socket_pair(int type);

template <typename T>
using GObjectPtr = std::unique_ptr<T, void (*)(void*)>;

// One end of a socket, with waits that end.
class Channel {
public:
    explicit Channel(Fd fd);
    void send(std::span<const std::uint8_t> bytes);
    void send(const std::string& text);
    // Appends what has come to `buffer`; false when nothing came in time or the other side is gone.
    bool receive(std::string& buffer, Milliseconds patience);
    [[nodiscard]] bool closed() const { return closed_; }
    // Bytes the peer has not taken yet stay with us: sends what it takes now.
    [[nodiscard]] std::size_t send_some(std::span<const std::uint8_t> bytes);

private:
    GObjectPtr<GSocket> socket_;
    bool closed_ = false;
};

}  // namespace x550
