// SPDX-License-Identifier: GPL-2.0-or-later
// What a guest's NIC is plugged into, with a peer that answers traffic patterns.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net_namespace.h"
#include "packet_socket.h"
#include "scratch.h"
#include "tap.h"
#include "tap_watch.h"
#include "traffic.h"
#include "wire.h"

namespace host {

enum class Backend {
    user,       // QEMU's user-mode network; the peer is on this machine's loopback
    tap,        // tap with vnet header, in a network namespace of our own
    tap_plain,  // tap without
    stream,     // -netdev stream; the wire relays to a tap in a namespace
    dgram,      // -netdev dgram, likewise
    socket,     // -netdev socket, likewise
    none,       // a NIC without a backend
};

[[nodiscard]] Backend parse_backend(const std::string& name);
[[nodiscard]] std::string backend_name(Backend backend);

struct Addresses {
    std::string host4;
    std::string host6;
    std::string guest4;  // empty: by DHCP
    std::string guest6;  // empty: by router advertisement
    unsigned mtu = 1500;
    unsigned prefix4 = 28;
    unsigned prefix6 = 64;
};

// The port a guest serves on when the host connects inwards.
inline constexpr std::uint16_t kGuestPort = 5550;

class Network {
public:
    // `number` (0 to 15) tells the subnets of one guest's networks apart.
    explicit Network(Backend backend, unsigned number = 0);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
    ~Network();

    [[nodiscard]] Backend backend() const { return backend_; }
    // Value of -netdev for the id, and the descriptors (ours, QEMU's number) it refers to.
    [[nodiscard]] std::string netdev(const std::string& id) const;
    [[nodiscard]] std::vector<std::pair<int, int>> descriptors() const;

    [[nodiscard]] const Addresses& addresses() const { return addresses_; }
    [[nodiscard]] std::uint16_t server_port() const;
    // Where the host finds the guest's server on kGuestPort.
    struct Inward {
        std::string host;
        std::uint16_t port = 0;
    };
    [[nodiscard]] std::vector<Inward> inward(const std::string& guest4,
                                             const std::string& guest6) const;

    // Runs where the peer lives: in the namespace, or right here for user-mode networking.
    void run_inside(const std::function<void()>& action) const;
    [[nodiscard]] wire::Wire* wire() { return wire_.get(); }
    // What records and judges the frames of the guest: the wire, or on a tap a watch that starts
    // with the first call. Null where nothing can: user-mode networking and no backend.
    [[nodiscard]] wire::Capture* capture();
    // Puts a frame on the network for the guest; what `offload` leaves to the NIC needs a tap with
    // vnet header. Throws where takes_frames() is false.
    void inject(std::span<const std::byte> frame, const agent::PacketOffload& offload = {}) const;
    [[nodiscard]] bool takes_frames() const { return wire_ || tap_; }
    [[nodiscard]] const wire::NetNamespace* space() const { return space_.get(); }
    [[nodiscard]] const std::string& interface() const;

private:
    void make_namespace(wire::Tap::Header header);
    void make_wire(wire::Transport transport);
    void configure_host_side() const;

    Backend backend_;
    unsigned number_;
    Addresses addresses_;
    Scratch scratch_;
    std::uint16_t forwarded_port_ = 0;
    std::unique_ptr<wire::NetNamespace> space_;
    std::unique_ptr<wire::Tap> tap_;
    std::unique_ptr<wire::Wire> wire_;
    std::unique_ptr<wire::TapWatch> watch_;
    mutable std::unique_ptr<agent::PacketSocket> injector_;  // on the tap
    std::unique_ptr<traffic::Server> server_;
};

}  // namespace host
