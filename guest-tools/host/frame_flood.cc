// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame_flood.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace host {
namespace {

int packet_socket(const std::string& interface) {
    const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    const int straight = 1;  // to the driver: a queue would only delay the loss
    if (socket < 0 || ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::setsockopt(socket, SOL_PACKET, PACKET_QDISC_BYPASS, &straight, sizeof straight) != 0) {
        throw std::system_error(errno, std::generic_category(), "frames on " + interface);
    }
    return socket;
}

}  // namespace

FrameFlood::FrameFlood(const Network& network, std::vector<std::byte> frame)
    : frame_(std::move(frame)) {
    network.run_inside([&] { socket_ = packet_socket(network.interface()); });
    thread_ = std::thread([this] { send_all(); });
}

FrameFlood::~FrameFlood() {
    ended_ = true;
    thread_.join();
    ::close(socket_);
}

void FrameFlood::send_all() {
    constexpr unsigned kBatch = 32;
    constexpr auto kPause = std::chrono::nanoseconds(std::chrono::seconds(1)) * kBatch / kRate;
    iovec bytes{frame_.data(), frame_.size()};
    std::array<mmsghdr, kBatch> batch{};
    for (mmsghdr& message : batch) {
        message.msg_hdr.msg_iov = &bytes;
        message.msg_hdr.msg_iovlen = 1;
    }
    auto next = std::chrono::steady_clock::now();
    while (!ended_) {
        (void)::sendmmsg(socket_, batch.data(), kBatch, 0);
        next = std::max(next + kPause, std::chrono::steady_clock::now());
        std::this_thread::sleep_until(next);
    }
}

}  // namespace host
