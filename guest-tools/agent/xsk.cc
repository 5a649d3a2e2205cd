// SPDX-License-Identifier: GPL-2.0-or-later
// AF_XDP as a user of the NIC: frames of one EtherType come up without a copy and go back the same
// way.
#include <algorithm>
#include <array>
#include <chrono>
#include <linux/if_link.h>
#include <utility>

#include "bpf.h"
#include "command.h"
#include "netlink.h"
#include "xsk_socket.h"

namespace agent {
namespace {

constexpr std::uint32_t kQueues = 64;

// The program that redirects to AF_XDP sockets, on an interface for as long as this object lives.
class Redirection {
public:
    Redirection(std::string ifname, std::uint16_t ethertype)
        : ifname_(std::move(ifname)), map_(bpf::make_socket_map(kQueues)) {
        const auto program =
            bpf::load_xdp(bpf::for_ethertype(ethertype, bpf::to_socket_of_queue(map_.number())));
        netlink::set_xdp(ifname_, program.number(), XDP_FLAGS_DRV_MODE);
    }
    Redirection(const Redirection&) = delete;
    Redirection& operator=(const Redirection&) = delete;
    ~Redirection() {
        try {
            netlink::set_xdp(ifname_, -1, XDP_FLAGS_DRV_MODE);
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the interface is gone
        }
    }
    void add(std::uint32_t queue, const XskSocket& socket) const {
        bpf::put_socket(map_.number(), queue, socket.descriptor());
    }

private:
    std::string ifname_;
    bpf::Descriptor map_;
};

// Sends what has come back to where it came from; the number of frames.
std::size_t echo(XskSocket& socket) {
    constexpr std::size_t kAddress = 6;
    std::size_t count = 0;
    while (const auto frame = socket.receive()) {
        const auto bytes = socket.bytes(*frame);
        std::swap_ranges(bytes.begin(), bytes.begin() + kAddress, bytes.begin() + kAddress);
        socket.send(*frame);
        ++count;
    }
    return count;
}

// Echoes {count} frames of {ethertype} on {queue}, announced by "echoing".
Json run_echo(Job& job) {
    const auto queue = job.args.value("queue", 0U);
    const auto count = job.args.at("count").get<std::size_t>();
    const auto mode =
        job.args.value("copy", false) ? XskSocket::Mode::copy : XskSocket::Mode::zero_copy;
    const Redirection redirection(job.ifname(), job.args.at("ethertype").get<std::uint16_t>());
    XskSocket socket(job.ifname(), queue, mode);
    redirection.add(queue, socket);
    (void)netlink::wait_carrier(job.ifname(), true, std::chrono::seconds(20));
    job.event("echoing", Json::object());
    const auto deadline = std::chrono::steady_clock::now() + job.timeout(20000);
    std::size_t received = 0;
    std::size_t sent = 0;
    while (sent < count && !job.cancelled() && std::chrono::steady_clock::now() < deadline) {
        socket.wake(10);
        received += echo(socket);
        sent += socket.reap();
    }
    return {{"received", received}, {"sent", sent}, {"zero_copy", socket.zero_copy()}};
}

constexpr std::array kCommands{
    Command{"xsk.echo", "AF_XDP: send {count} frames of {ethertype} on {queue} back, {copy: bool}",
            run_echo},
};

}  // namespace

CommandTable xsk_commands() {
    return kCommands;
}

}  // namespace agent
