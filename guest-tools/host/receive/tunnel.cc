// SPDX-License-Identifier: GPL-2.0-or-later
// Checksums inside tunnels.
#include "check.h"
#include "tunnel_packets.h"

namespace host {
namespace {

constexpr std::uint16_t kVxlanOther = 8472;  // Linux' own choice

// Linux tells the NIC a port again from a work queue after the driver has reset it: waits until the
// NIC vouches for an inner packet whose outer checksum is absent, which it can by the port alone.
void await_port(ReceiveTrial& trial, const Ends& ends, std::uint16_t port) {
    constexpr int kAttempts = 50;
    auto inner = trial.ethernet() / Tins::IP("198.51.100.2", "198.51.100.1") / Tins::TCP(80, 1234) /
                 Tins::RawPDU(payload(100));
    const Bytes probe = in_vxlan(trial.ethernet(), ends, port, bytes_of(inner));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const Json told = trial.told({probe});
        if (told.size() == 1 && told.at(0).at("checksum") == "valid") {
            return;
        }
    }
    throw std::runtime_error("the NIC never looked into VXLAN on port " + std::to_string(port));
}

// The NIC finds VXLAN by the port that an interface over IPv4 makes ixgbe tell it; one over IPv6
// does not, and the port stays when the interface goes. The verdict is read on the NIC: behind the
// tunnel the stack's own look at the outer checksum hides it.
Json try_vxlan(ReceiveTrial& trial, bool six, std::uint16_t port) {
    const Ends known = ends_of(trial, false);
    (void)trial.add_interface("tunnel.add", {{"type", "vxlan"},
                                             {"name", "rxtunnel"},
                                             {"id", kVni},
                                             {"local", known.guest},
                                             {"remote", known.host},
                                             {"dstport", port}});
    await_port(trial, known, port);
    const Ends ends = ends_of(trial, six);
    Verdicts verdicts = outer_packets(
        trial, [&](const Bytes& inner) { return in_vxlan(trial.ethernet(), ends, port, inner); });
    if (!six) {
        constexpr std::size_t kOuterIp4Checksum = 14 + 10;
        verdicts.spoiled("outer IPv4 header", verdicts.all().front().frame, kOuterIp4Checksum);
    }
    return compare_verdicts(trial, verdicts);
}

}  // namespace

Json check_rx_vxlan(ReceiveTrial& trial) {
    return try_vxlan(trial, false, kVxlan);
}

Json check_rx_vxlan_port(ReceiveTrial& trial) {
    return try_vxlan(trial, false, kVxlanOther);
}

Json check_rx_vxlan6(ReceiveTrial& trial) {
    return try_vxlan(trial, true, kVxlan);
}

// Here the verdict is read behind the tunnel: GRE without a checksum leaves it as it is.
Json check_rx_nvgre(ReceiveTrial& trial) {
    const Ends ends = ends_of(trial, false);
    View view;
    view.ifname = trial.add_interface("tunnel.add", {{"type", "gretap"},
                                                     {"name", "rxtunnel"},
                                                     {"local", ends.guest},
                                                     {"remote", ends.host},
                                                     {"key", kNvgreKey}});
    view.wrap = [&](const Bytes& inner) { return in_nvgre(trial.ethernet(), ends, inner); };
    // The stack's own coalescing would verify checksums itself.
    trial.agent().call("features.set",
                       {{"ifname", view.ifname}, {"features", {{"rx-gro", false}}}});
    return compare_verdicts(trial, inner_packets(trial), view);
}

}  // namespace host
