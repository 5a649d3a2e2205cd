// SPDX-License-Identifier: GPL-2.0-or-later
#include "channel.h"

#include <array>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace x550 {

Fd::~Fd() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

std::pair<Fd, Fd> socket_pair(int type) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::runtime_error("socketpair failed");
    }
    return {Fd(ends[0]), Fd(ends[1])};
}

Channel::Channel(Fd fd) : socket_(g_socket_new_from_fd(fd.get(), nullptr), &g_object_unref) {
    if (socket_ == nullptr) {
        throw std::runtime_error("no socket");
    }
    (void)fd.release();
    g_socket_set_blocking(socket_.get(), FALSE);
}

std::size_t Channel::send_some(std::span<const std::uint8_t> bytes) {
    const gssize sent = g_socket_send(socket_.get(), reinterpret_cast<const gchar*>(bytes.data()),
                                      bytes.size(), nullptr, nullptr);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void Channel::send(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const std::size_t sent = send_some(bytes);
        bytes = bytes.subspan(sent);
        if (sent == 0 &&
            g_socket_condition_timed_wait(socket_.get(), G_IO_OUT, kPatience.count() * 1000,
                                          nullptr, nullptr) == FALSE) {
            throw std::runtime_error("QEMU does not take what it is sent");
        }
        if (sent == 0 && (g_socket_condition_check(socket_.get(), G_IO_HUP) & G_IO_HUP) != 0) {
            throw std::runtime_error("QEMU is gone");
        }
    }
}

void Channel::send(const std::string& text) {
    send(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

bool Channel::receive(std::string& buffer, Milliseconds patience) {
    if (g_socket_condition_timed_wait(socket_.get(), G_IO_IN, patience.count() * 1000, nullptr,
                                      nullptr) == FALSE) {
        return false;
    }
    std::array<char, 65536> piece{};
    const gssize got =
        g_socket_receive(socket_.get(), piece.data(), piece.size(), nullptr, nullptr);
    if (got <= 0) {
        closed_ = true;
        return false;
    }
    buffer.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

}  // namespace x550
