// SPDX-License-Identifier: GPL-2.0-or-later
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <netinet/in.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include "socket_io.h"
#include "traffic.h"
#include "traffic_datagram.h"
#include "traffic_stream.h"

namespace traffic {
namespace {

constexpr auto kConnectionLife = std::chrono::minutes(10);

// -1 when the family does not exist here.
int bound_socket(int family, int type, const char* address, std::uint16_t port) {
    const int fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    }
    if (type == SOCK_DGRAM) {
        const int room = 8 << 20;
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    }
    const Endpoint local = parse_endpoint(address, port);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&local.address), local.size) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

std::uint16_t port_of(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof(v6));  // the port lies at the same place in both families
    return ntohs(v6.sin6_port);
}

// Calls `ready` for each descriptor with something to read.
template <typename Ready>
void poll_all(const std::vector<int>& descriptors, Ready ready) {
    std::vector<pollfd> waiting;
    waiting.reserve(descriptors.size());
    for (const int fd : descriptors) {
        waiting.push_back({fd, POLLIN, 0});
    }
    poll(waiting.data(), waiting.size(), 50);
    for (const pollfd& one : waiting) {
        if ((one.revents & POLLIN) != 0) {
            ready(one.fd);
        }
    }
}

}  // namespace

Server::Server(std::uint16_t port, Scope scope) : port_(port) {
    open_sockets(AF_INET, scope);
    open_sockets(AF_INET6, scope);
    if (listeners_.empty() || datagrams_.empty()) {
        throw std::runtime_error("cannot listen on port " + std::to_string(port));
    }
    accept_thread_ = std::thread([this] { accept_loop(); });
    datagram_thread_ = std::thread([this] { datagram_loop(); });
}

void Server::open_sockets(int family, Scope scope) {
    const bool six = family == AF_INET6;
    const char* local = six ? "::1" : "127.0.0.1";
    const char* any = six ? "::" : "0.0.0.0";
    const char* address = scope == Scope::loopback ? local : any;
    const int stream = bound_socket(family, SOCK_STREAM, address, port_);
    if (stream < 0 || listen(stream, 64) != 0) {
        return;
    }
    port_ = port_of(stream);
    listeners_.push_back(stream);
    const int datagram = bound_socket(family, SOCK_DGRAM, address, port_);
    if (datagram >= 0) {
        datagrams_.push_back(datagram);
    }
}

Server::~Server() {
    stopping_ = true;
    accept_thread_.join();
    datagram_thread_.join();
    while (active_ > 0) {
        pollfd idle{-1, 0, 0};
        poll(&idle, 1, 10);
    }
    for (const int fd : listeners_) {
        close(fd);
    }
    for (const int fd : datagrams_) {
        close(fd);
    }
}

void Server::accept_loop() {
    while (!stopping_) {
        poll_all(listeners_, [this](int listener) {
            const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd >= 0) {
                ++connections_;
                ++active_;
                std::thread([this, fd] { serve_connection(fd); }).detach();
            }
        });
    }
}

void Server::serve_connection(int fd) {
    {
        const Descriptor connection(fd);
        try {
            answer_stream(fd, Clock::now() + kConnectionLife, [this] { return stopping_.load(); });
        } catch (const std::exception&) {
            // The client sees the connection end and reports.
        }
    }
    --active_;
}

void Server::datagram_loop() {
    std::vector<std::byte> buffer(65536);
    while (!stopping_) {
        poll_all(datagrams_, [&](int fd) { answer_datagram(fd, buffer); });
    }
}

void Server::answer_datagram(int fd, std::span<std::byte> buffer) {
    Endpoint from;
    from.size = sizeof(from.address);
    const ssize_t got = recvfrom(fd, buffer.data(), buffer.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from.address), &from.size);
    if (got <= 0) {
        return;
    }
    const std::span<const std::byte> datagram(buffer.data(), static_cast<std::size_t>(got));
    const auto header = read_header(datagram);
    if (!header) {
        return;
    }
    const auto reply = [&](std::span<const std::byte> bytes) {
        sendto(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&from.address), from.size);
    };
    DatagramCounts& count = counts_[header->seed];
    if (header->kind == DatagramKind::echo) {
        reply(datagram);
    } else if (header->kind == DatagramKind::count) {
        ++count.received;
        count.bytes += datagram.size();
        count.damaged += intact(datagram) ? 0U : 1U;
        count.reordered += header->sequence < count.next ? 1U : 0U;
        count.next = header->sequence + 1;
    } else if (header->kind == DatagramKind::report) {
        DatagramReport answer;
        answer.header = *header;
        answer.header.kind = DatagramKind::answer;
        answer.received = count.received;
        answer.damaged = count.damaged;
        answer.reordered = count.reordered;
        answer.bytes = count.bytes;
        count.next = 0;
        reply(std::as_bytes(std::span(&answer, 1)));
    }
}

}  // namespace traffic
