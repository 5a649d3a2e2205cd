// SPDX-License-Identifier: GPL-2.0-or-later
// Receive checksum offload: on, the driver vouches for what arrives; off, it does not, and the
// traffic still flows.
#include <map>
#include <thread>

#include "../ethtool.h"
#include "../packet_socket.h"
#include "../traffic.h"
#include "check.h"

namespace agent {
namespace {

struct Seen {
    unsigned valid = 0;
    unsigned unchecked = 0;
};

// Sorts the TCP frames that arrive during a short transfer by their checksum state.
Seen watch_transfer(const CheckContext& context) {
    PacketSocket socket(context.ifname);
    Seen seen;
    std::atomic<bool> done{false};
    std::thread watcher([&] {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!done) {
            const auto frame = socket.receive(deadline, [&] { return done.load(); });
            constexpr std::size_t kProtocol = 14 + 9;  // IPv4 protocol byte behind Ethernet
            if (!frame || frame->outgoing || frame->bytes.size() <= kProtocol ||
                frame->bytes[12] != std::byte{0x08} || frame->bytes[kProtocol] != std::byte{6}) {
                continue;
            }
            ++(frame->checksum_valid ? seen.valid : seen.unchecked);
        }
    });
    try {
        (void)tcp_both_ways(context, context.peer.address4, 256 << 10);
    } catch (...) {
        done = true;
        watcher.join();
        throw;
    }
    done = true;
    watcher.join();
    return seen;
}

}  // namespace

Json check_receive_checksum(const CheckContext& context) {
    FeatureGuard guard(context.ifname);
    guard.set("rx-gro", false);  // software coalescing would hide the state of single frames
    guard.set("rx-checksum", true);
    const Seen on = watch_transfer(context);
    expect(on.valid > 0, "no received frame is vouched for");
    guard.set("rx-checksum", false);
    const Seen off = watch_transfer(context);
    expect(off.valid == 0, "frames are vouched for although the offload is off");
    guard.set("rx-checksum", true);
    const Json stats = error_statistics(context.ifname);
    expect(!stats.contains("rx_csum_offload_errors"), "checksum errors counted: " + stats.dump());
    return {{"vouched", on.valid},
            {"not_vouched", on.unchecked},
            {"told", std::to_string(on.valid) + " frames of a transfer vouched for; off: none of " +
                         std::to_string(off.unchecked)}};
}

}  // namespace agent
