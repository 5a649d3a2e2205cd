// SPDX-License-Identifier: GPL-2.0-or-later
// Small blocking-socket helpers with deadlines, for the traffic patterns.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <sys/socket.h>

namespace traffic {

using Clock = std::chrono::steady_clock;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

struct Endpoint {
    sockaddr_storage address{};
    socklen_t size = 0;
    [[nodiscard]] int family() const { return address.ss_family; }
};

// A numeric address, with %interface for link-local ones.
[[nodiscard]] Endpoint parse_endpoint(const std::string& host, std::uint16_t port);
[[nodiscard]] int connect_socket(const std::string& host, std::uint16_t port,
                                 Clock::time_point deadline);
// False at the deadline, on `stop`, or when the peer is gone.
[[nodiscard]] bool wait_readable(int fd, Clock::time_point deadline,
                                 const std::function<bool()>& stop = {});
void send_all(int fd, std::span<const std::byte> bytes, Clock::time_point deadline,
              const std::function<bool()>& stop = {});
void receive_all(int fd, std::span<std::byte> bytes, Clock::time_point deadline,
                 const std::function<bool()>& stop = {});

}  // namespace traffic
