// SPDX-License-Identifier: GPL-2.0-or-later
#include "network.h"

#include <array>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

#include "netlink.h"

namespace host {
namespace {

struct Name {
    Backend backend;
    const char* text;
};
constexpr std::array kNames{
    Name{Backend::user, "user"},           Name{Backend::tap, "tap"},
    Name{Backend::tap_plain, "tap-plain"}, Name{Backend::stream, "stream"},
    Name{Backend::dgram, "dgram"},         Name{Backend::socket, "socket"},
    Name{Backend::none, "none"},
};

// QEMU's number for the tap descriptor it inherits.
int qemu_descriptor(unsigned number) {
    return 30 + static_cast<int>(number);
}

constexpr unsigned kTapMtu = 9710;

// A port of this moment; another program could take it before QEMU does, which then says so.
std::uint16_t free_port() {
    const traffic::Server probe(0, traffic::Server::Scope::loopback);
    return probe.port();
}

}  // namespace

Backend parse_backend(const std::string& name) {
    for (const Name& known : kNames) {
        if (name == known.text) {
            return known.backend;
        }
    }
    throw std::runtime_error("unknown backend " + name);
}

std::string backend_name(Backend backend) {
    for (const Name& known : kNames) {
        if (backend == known.backend) {
            return known.text;
        }
    }
    return "?";
}

Network::Network(Backend backend, unsigned number) : backend_(backend), number_(number) {
    using Header = wire::Tap::Header;
    switch (backend_) {
        case Backend::user:
            addresses_ = {"10.0.2.2", "fec0::2", "", ""};
            forwarded_port_ = free_port();
            server_ = std::make_unique<traffic::Server>(0, traffic::Server::Scope::loopback);
            break;
        case Backend::tap:
            make_namespace(Header::vnet);
            break;
        case Backend::tap_plain:
            make_namespace(Header::none);
            break;
        case Backend::stream:
            make_wire(wire::Transport::stream);
            break;
        case Backend::dgram:
            make_wire(wire::Transport::dgram);
            break;
        case Backend::socket:
            make_wire(wire::Transport::socket);
            break;
        case Backend::none:
            break;
    }
}

Network::~Network() {
    // The wire uses the tap's descriptor.
    wire_.reset();
    watch_.reset();
    server_.reset();
}

void Network::make_namespace(wire::Tap::Header header) {
    space_ = std::make_unique<wire::NetNamespace>();
    tap_ = std::make_unique<wire::Tap>(*space_, "x550tap", header);
    const std::string net4 = "192.0.2.";
    const std::string net6 = "2001:db8:550:" + std::to_string(number_) + "::";
    addresses_ = {net4 + std::to_string(number_ * 16 + 1), net6 + "1",
                  net4 + std::to_string(number_ * 16 + 2), net6 + "2", kTapMtu};
    configure_host_side();
    space_->run(
        [this] { server_ = std::make_unique<traffic::Server>(0, traffic::Server::Scope::all); });
}

void Network::configure_host_side() const {
    space_->run([this] {
        std::ofstream("/proc/sys/net/ipv6/conf/default/accept_dad") << 0;
        std::ofstream("/proc/sys/net/ipv6/conf/" + tap_->name() + "/accept_dad") << 0;
        netlink::set_mtu(tap_->name(), addresses_.mtu);
        netlink::set_link_up(tap_->name(), true);
        netlink::add_address(tap_->name(), addresses_.host4, addresses_.prefix4);
        netlink::add_address(tap_->name(), addresses_.host6, addresses_.prefix6);
    });
}

void Network::make_wire(wire::Transport transport) {
    make_namespace(wire::Tap::Header::none);
    wire_ = std::make_unique<wire::Wire>(transport, scratch_.path());
    wire_->relay(tap_->fd());
}

wire::Capture* Network::capture() {
    if (wire_) {
        return wire_.get();
    }
    if (tap_ && !watch_) {
        watch_ = std::make_unique<wire::TapWatch>(*space_, tap_->name(), addresses_.mtu);
    }
    return watch_.get();
}

void Network::inject(std::span<const std::byte> frame, const agent::PacketOffload& offload) const {
    if (wire_) {
        wire_->inject(frame);
        return;
    }
    if (!tap_) {
        throw std::runtime_error("no frame can be put on a network of type " +
                                 backend_name(backend_));
    }
    if (!injector_) {
        space_->run([this] { injector_ = std::make_unique<agent::PacketSocket>(tap_->name()); });
    }
    injector_->send(frame, offload);
}

std::string Network::netdev(const std::string& id) const {
    if (wire_) {
        return wire_->netdev(id);
    }
    if (backend_ == Backend::user) {
        const std::string forward =
            ":127.0.0.1:" + std::to_string(forwarded_port_) + "-:" + std::to_string(kGuestPort);
        return "user,id=" + id + ",hostfwd=tcp" + forward + ",hostfwd=udp" + forward;
    }
    if (tap_) {
        return "tap,id=" + id + ",fd=" + std::to_string(qemu_descriptor(number_));
    }
    return {};
}

std::vector<std::pair<int, int>> Network::descriptors() const {
    if (tap_ && !wire_) {
        return {{tap_->fd(), qemu_descriptor(number_)}};
    }
    return {};
}

std::uint16_t Network::server_port() const {
    return server_ ? server_->port() : std::uint16_t{0};
}

std::vector<Network::Inward> Network::inward(const std::string& guest4,
                                             const std::string& guest6) const {
    if (backend_ == Backend::user) {
        return {{"127.0.0.1", forwarded_port_}};
    }
    if (!space_) {
        return {};
    }
    return {{guest4, kGuestPort}, {guest6, kGuestPort}};
}

void Network::run_inside(const std::function<void()>& action) const {
    if (space_) {
        space_->run(action);
    } else {
        action();
    }
}

const std::string& Network::interface() const {
    static const std::string kNone;
    return tap_ ? tap_->name() : kNone;
}

}  // namespace host
