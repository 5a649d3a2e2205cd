// SPDX-License-Identifier: GPL-2.0-or-later
#include "socket_io.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace traffic {
namespace {

int milliseconds_until(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, 200));
}

[[nodiscard]] bool wait_for(int fd, short events, Clock::time_point deadline,
                            const std::function<bool()>& stop) {
    while (Clock::now() < deadline && !(stop && stop())) {
        pollfd waiting{fd, events, 0};
        if (poll(&waiting, 1, milliseconds_until(deadline)) > 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

Endpoint parse_endpoint(const std::string& host, std::uint16_t port) {
    Endpoint out;
    if (host.find(':') == std::string::npos) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) {
            throw std::runtime_error("not an address: " + host);
        }
        std::memcpy(&out.address, &v4, sizeof(v4));
        out.size = sizeof(v4);
        return out;
    }
    const auto percent = host.find('%');
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (percent != std::string::npos) {
        v6.sin6_scope_id = if_nametoindex(host.substr(percent + 1).c_str());
    }
    if (inet_pton(AF_INET6, host.substr(0, percent).c_str(), &v6.sin6_addr) != 1) {
        throw std::runtime_error("not an address: " + host);
    }
    std::memcpy(&out.address, &v6, sizeof(v6));
    out.size = sizeof(v6);
    return out;
}

int connect_socket(const std::string& host, std::uint16_t port, Clock::time_point deadline) {
    const Endpoint to = parse_endpoint(host, port);
    const int fd = socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), "socket");
    }
    int error = 0;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to.address), to.size) != 0) {
        error = errno;
        if (error == EINPROGRESS) {
            socklen_t size = sizeof(error);
            if (!wait_for(fd, POLLOUT, deadline, {})) {
                error = ETIMEDOUT;
            } else {
                getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            }
        }
    }
    if (error != 0) {
        close(fd);
        throw std::system_error(error, std::generic_category(),
                                "connect to " + host + " port " + std::to_string(port));
    }
    return fd;
}

bool wait_readable(int fd, Clock::time_point deadline, const std::function<bool()>& stop) {
    return wait_for(fd, POLLIN, deadline, stop);
}

void send_all(int fd, std::span<const std::byte> bytes, Clock::time_point deadline,
              const std::function<bool()>& stop) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t sent =
            send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            if (!wait_for(fd, POLLOUT, deadline, stop)) {
                throw std::runtime_error("sending stalled after " + std::to_string(done) +
                                         " bytes");
            }
        } else if (errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "send");
        }
    }
}

void receive_all(int fd, std::span<std::byte> bytes, Clock::time_point deadline,
                 const std::function<bool()>& stop) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = recv(fd, bytes.data() + done, bytes.size() - done, MSG_DONTWAIT);
        if (got > 0) {
            done += static_cast<std::size_t>(got);
        } else if (got == 0) {
            throw std::runtime_error("the other end closed early");
        } else if (errno == EAGAIN) {
            if (!wait_for(fd, POLLIN, deadline, stop)) {
                throw std::runtime_error("receiving stalled");
            }
        } else if (errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "receive");
        }
    }
}

}  // namespace traffic
