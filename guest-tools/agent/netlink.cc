// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <span>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace netlink {
namespace {

// <linux/if.h> has it, but does not go together with <net/if.h>.
constexpr unsigned kLowerUp = 1U << 16;

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what, int error) {
    throw std::system_error(error, std::generic_category(), what);
}

constexpr std::size_t align4(std::size_t size) {
    return (size + 3) & ~std::size_t{3};
}

// Builds one netlink request: header, family header, attributes.
class Message {
public:
    template <typename Body>
    Message(std::uint16_t type, std::uint16_t flags, const Body& body) {
        nlmsghdr header{};
        header.nlmsg_type = type;
        header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        header.nlmsg_seq = 1;
        append(&header, sizeof(header));
        append(&body, sizeof(body));
    }

    void attribute(std::uint16_t type, const void* data, std::size_t size) {
        rtattr header{};
        header.rta_len = static_cast<std::uint16_t>(sizeof(header) + size);
        header.rta_type = type;
        append(&header, sizeof(header));
        append(data, size);
    }
    template <typename T>
    void attribute(std::uint16_t type, const T& value) {
        attribute(type, &value, sizeof(value));
    }

    [[nodiscard]] std::size_t begin_nest(std::uint16_t type) {
        const std::size_t at = bytes_.size();
        attribute(static_cast<std::uint16_t>(type | NLA_F_NESTED), nullptr, 0);
        return at;
    }
    void end_nest(std::size_t at) {
        const auto size = static_cast<std::uint16_t>(bytes_.size() - at);
        std::memcpy(bytes_.data() + at, &size, sizeof(size));
    }

    [[nodiscard]] std::span<const char> finish() {
        const auto size = static_cast<std::uint32_t>(bytes_.size());
        std::memcpy(bytes_.data(), &size, sizeof(size));
        return bytes_;
    }

private:
    void append(const void* data, std::size_t size) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + align4(size));
        if (size > 0) {
            std::memcpy(bytes_.data() + at, data, size);
        }
    }

    std::vector<char> bytes_;
};

// A received message: type, family body and attributes, all bounds-checked.
class Received {
public:
    Received(std::uint16_t type, std::span<const char> payload) : type_(type), payload_(payload) {}

    [[nodiscard]] std::uint16_t type() const { return type_; }

    template <typename Body>
    [[nodiscard]] Body body() const {
        Body body{};
        std::memcpy(&body, payload_.data(), std::min(sizeof(body), payload_.size()));
        return body;
    }

    template <typename Body>
    [[nodiscard]] std::span<const char> attribute(std::uint16_t type) const {
        std::size_t at = align4(sizeof(Body));
        while (at + sizeof(rtattr) <= payload_.size()) {
            rtattr header{};
            std::memcpy(&header, payload_.data() + at, sizeof(header));
            if (header.rta_len < sizeof(header) || at + header.rta_len > payload_.size()) {
                break;
            }
            if ((header.rta_type & NLA_TYPE_MASK) == type) {
                return payload_.subspan(at + sizeof(header), header.rta_len - sizeof(header));
            }
            at += align4(header.rta_len);
        }
        return {};
    }

private:
    std::uint16_t type_;
    std::span<const char> payload_;
};

class Socket {
public:
    explicit Socket(std::uint32_t groups = 0)
        : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
        if (fd_ < 0) {
            fail("netlink socket", errno);
        }
        sockaddr_nl address{};
        address.nl_family = AF_NETLINK;
        address.nl_groups = groups;
        if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
            const int error = errno;
            close(fd_);
            fail("netlink bind", error);
        }
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { close(fd_); }

    // Sends a request and returns when the kernel has acknowledged it.
    void transact(Message message, const std::string& what) {
        send(message.finish());
        int error = 0;
        bool done = false;
        while (!done) {
            receive([&](const Received& reply) {
                if (reply.type() == NLMSG_ERROR) {
                    error = -reply.body<nlmsgerr>().error;
                    done = true;
                }
            });
        }
        if (error != 0) {
            fail(what, error);
        }
    }

    template <typename Visit>
    void dump(Message message, Visit visit) {
        send(message.finish());
        bool done = false;
        while (!done) {
            receive([&](const Received& reply) {
                if (reply.type() == NLMSG_DONE || reply.type() == NLMSG_ERROR) {
                    done = true;
                } else {
                    visit(reply);
                }
            });
        }
    }

    // True when a message is waiting before the deadline.
    [[nodiscard]] bool wait_until(Clock::time_point deadline) const {
        const auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            return false;
        }
        pollfd waiting{fd_, POLLIN, 0};
        return poll(&waiting, 1, static_cast<int>(std::min<long>(left.count(), 200))) >= 0;
    }

    void discard() {
        while (recv(fd_, buffer_.data(), buffer_.size(), MSG_DONTWAIT) > 0) {
        }
    }

private:
    void send(std::span<const char> bytes) const {
        if (::send(fd_, bytes.data(), bytes.size(), 0) < 0) {
            fail("netlink send", errno);
        }
    }

    template <typename Visit>
    void receive(Visit visit) {
        const ssize_t got = recv(fd_, buffer_.data(), buffer_.size(), 0);
        if (got < 0) {
            if (errno == EINTR) {
                return;
            }
            fail("netlink receive", errno);
        }
        const auto size = static_cast<std::size_t>(got);
        std::size_t at = 0;
        while (at + sizeof(nlmsghdr) <= size) {
            nlmsghdr header{};
            std::memcpy(&header, buffer_.data() + at, sizeof(header));
            if (header.nlmsg_len < sizeof(header) || at + header.nlmsg_len > size) {
                break;
            }
            const std::span<const char> payload(buffer_.data() + at + sizeof(header),
                                                header.nlmsg_len - sizeof(header));
            visit(Received(header.nlmsg_type, payload));
            at += align4(header.nlmsg_len);
        }
    }

    int fd_;
    std::array<char, 65536> buffer_{};
};

std::string text(std::span<const char> bytes) {
    return {bytes.data(), strnlen(bytes.data(), bytes.size())};
}

std::string format_mac(std::span<const char> bytes) {
    std::string out;
    for (const char c : bytes) {
        std::array<char, 4> piece{};
        (void)std::snprintf(piece.data(), piece.size(), "%s%02x", out.empty() ? "" : ":",
                            static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += piece.data();
    }
    return out;
}

LinkState parse_link(const Received& message) {
    const auto info = message.body<ifinfomsg>();
    LinkState link;
    link.index = static_cast<unsigned>(info.ifi_index);
    link.name = text(message.attribute<ifinfomsg>(IFLA_IFNAME));
    link.mac = format_mac(message.attribute<ifinfomsg>(IFLA_ADDRESS));
    link.up = (info.ifi_flags & IFF_UP) != 0;
    link.carrier = (info.ifi_flags & kLowerUp) != 0;
    const auto mtu = message.attribute<ifinfomsg>(IFLA_MTU);
    if (mtu.size() >= sizeof(link.mtu)) {
        std::memcpy(&link.mtu, mtu.data(), sizeof(link.mtu));
    }
    return link;
}

unsigned index_of(const std::string& ifname) {
    const unsigned index = if_nametoindex(ifname.c_str());
    if (index == 0) {
        throw std::runtime_error("no interface " + ifname);
    }
    return index;
}

ifinfomsg link_body(const std::string& ifname) {
    ifinfomsg body{};
    body.ifi_family = AF_UNSPEC;
    body.ifi_index = static_cast<int>(index_of(ifname));
    return body;
}

struct Inet {
    int family = AF_UNSPEC;
    std::array<unsigned char, 16> bytes{};
    std::size_t size = 0;
};

Inet parse_inet(const std::string& address) {
    Inet inet;
    inet.family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    inet.size = inet.family == AF_INET ? 4 : 16;
    if (inet_pton(inet.family, address.c_str(), inet.bytes.data()) != 1) {
        throw std::runtime_error("not an address: " + address);
    }
    return inet;
}

void change_link(const std::string& ifname, std::uint16_t attribute, const void* data,
                 std::size_t size) {
    Message message(RTM_SETLINK, NLM_F_ACK, link_body(ifname));
    message.attribute(attribute, data, size);
    Socket().transact(std::move(message), "change " + ifname);
}

// Waits on a notification socket until `state` yields a value or the deadline passes.
template <typename State>
auto wait_event(std::uint32_t groups, Milliseconds timeout, State state) -> decltype(state()) {
    Socket events(groups);
    const auto deadline = Clock::now() + timeout;
    while (true) {
        if (auto value = state()) {
            return value;
        }
        if (!events.wait_until(deadline)) {
            return state();
        }
        events.discard();
    }
}

}  // namespace

std::vector<LinkState> links() {
    std::vector<LinkState> out;
    ifinfomsg body{};
    Socket().dump(Message(RTM_GETLINK, NLM_F_DUMP, body), [&](const Received& message) {
        if (message.type() == RTM_NEWLINK) {
            out.push_back(parse_link(message));
        }
    });
    return out;
}

std::optional<LinkState> find_link(const std::string& ifname) {
    for (auto& link : links()) {
        if (link.name == ifname) {
            return link;
        }
    }
    return std::nullopt;
}

void set_link_up(const std::string& ifname, bool up) {
    ifinfomsg body = link_body(ifname);
    body.ifi_change = IFF_UP;
    body.ifi_flags = up ? IFF_UP : 0;
    Socket().transact(Message(RTM_NEWLINK, NLM_F_ACK, body),
                      (up ? "bring up " : "take down ") + ifname);
}

void set_mtu(const std::string& ifname, unsigned mtu) {
    change_link(ifname, IFLA_MTU, &mtu, sizeof(mtu));
}

std::array<unsigned char, 6> mac_bytes(const std::string& mac) {
    std::array<unsigned char, 6> bytes{};
    const char* next = mac.data();
    const char* const end = next + mac.size();
    for (unsigned char& byte : bytes) {
        if (&byte != bytes.data() && (next == end || *next++ != ':')) {
            throw std::runtime_error("not a MAC address: " + mac);
        }
        const auto [stop, error] = std::from_chars(next, end, byte, 16);
        if (error != std::errc{}) {
            throw std::runtime_error("not a MAC address: " + mac);
        }
        next = stop;
    }
    return bytes;
}

void set_mac(const std::string& ifname, const std::string& mac) {
    const auto bytes = mac_bytes(mac);
    change_link(ifname, IFLA_ADDRESS, bytes.data(), bytes.size());
}

std::vector<Address> addresses(const std::string& ifname) {
    const unsigned index = index_of(ifname);
    std::vector<Address> out;
    ifaddrmsg body{};
    Socket().dump(Message(RTM_GETADDR, NLM_F_DUMP, body), [&](const Received& message) {
        const auto info = message.body<ifaddrmsg>();
        if (message.type() != RTM_NEWADDR || info.ifa_index != index) {
            return;
        }
        auto bytes = message.attribute<ifaddrmsg>(IFA_LOCAL);
        if (bytes.empty()) {
            bytes = message.attribute<ifaddrmsg>(IFA_ADDRESS);
        }
        if (bytes.size() < (info.ifa_family == AF_INET ? 4U : 16U)) {
            return;
        }
        std::array<char, INET6_ADDRSTRLEN> name{};
        inet_ntop(info.ifa_family, bytes.data(), name.data(), name.size());
        Address address;
        address.ifname = ifname;
        address.address = name.data();
        address.prefix = info.ifa_prefixlen;
        address.tentative = (info.ifa_flags & IFA_F_TENTATIVE) != 0;
        // fec0::/10, which QEMU's user-mode network hands out, has site scope.
        address.global = info.ifa_scope == RT_SCOPE_UNIVERSE || info.ifa_scope == RT_SCOPE_SITE;
        out.push_back(address);
    });
    return out;
}

void add_address(const std::string& ifname, const std::string& address, unsigned prefix) {
    const Inet inet = parse_inet(address);
    ifaddrmsg body{};
    body.ifa_family = static_cast<unsigned char>(inet.family);
    body.ifa_prefixlen = static_cast<unsigned char>(prefix);
    body.ifa_index = index_of(ifname);
    body.ifa_flags = inet.family == AF_INET6 ? IFA_F_NODAD : 0;
    Message message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, body);
    message.attribute(IFA_LOCAL, inet.bytes.data(), inet.size);
    message.attribute(IFA_ADDRESS, inet.bytes.data(), inet.size);
    if (inet.family == AF_INET && prefix < 31) {
        Inet broadcast = inet;
        for (unsigned bit = prefix; bit < 32; ++bit) {
            broadcast.bytes[bit / 8] |= static_cast<unsigned char>(0x80U >> (bit % 8));
        }
        message.attribute(IFA_BROADCAST, broadcast.bytes.data(), broadcast.size);
    }
    Socket().transact(std::move(message), "add " + address + " to " + ifname);
}

void flush_addresses(const std::string& ifname, int family) {
    const unsigned index = index_of(ifname);
    for (const Address& address : addresses(ifname)) {
        const Inet inet = parse_inet(address.address);
        if (family != AF_UNSPEC && inet.family != family) {
            continue;
        }
        ifaddrmsg body{};
        body.ifa_family = static_cast<unsigned char>(inet.family);
        body.ifa_prefixlen = static_cast<unsigned char>(address.prefix);
        body.ifa_index = index;
        Message message(RTM_DELADDR, NLM_F_ACK, body);
        message.attribute(IFA_LOCAL, inet.bytes.data(), inet.size);
        Socket().transact(std::move(message), "remove " + address.address);
    }
}

void add_default_route(const std::string& ifname, const std::string& gateway) {
    const Inet inet = parse_inet(gateway);
    rtmsg body{};
    body.rtm_family = static_cast<unsigned char>(inet.family);
    body.rtm_table = RT_TABLE_MAIN;
    body.rtm_protocol = RTPROT_STATIC;
    body.rtm_scope = RT_SCOPE_UNIVERSE;
    body.rtm_type = RTN_UNICAST;
    Message message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, body);
    message.attribute(RTA_GATEWAY, inet.bytes.data(), inet.size);
    message.attribute(RTA_OIF, index_of(ifname));
    Socket().transact(std::move(message), "default route via " + gateway);
}

void set_xdp(const std::string& ifname, int program, std::uint32_t flags) {
    Message message(RTM_SETLINK, NLM_F_ACK, link_body(ifname));
    const std::size_t nest = message.begin_nest(IFLA_XDP);
    message.attribute(IFLA_XDP_FD, program);
    message.attribute(IFLA_XDP_FLAGS, flags);
    message.end_nest(nest);
    Socket().transact(std::move(message), "XDP on " + ifname);
}

bool wait_carrier(const std::string& ifname, bool wanted, Milliseconds timeout,
                  const std::function<bool()>& stop) {
    bool matched = false;
    const bool ended = wait_event(RTMGRP_LINK, timeout, [&] {
        const auto link = find_link(ifname);
        matched = link && link->carrier == wanted;
        return matched || (stop && stop());
    });
    return ended && matched;
}

std::optional<std::string> wait_link(const std::function<bool(const std::string&)>& wanted,
                                     Milliseconds timeout) {
    return wait_event(RTMGRP_LINK, timeout, [&]() -> std::optional<std::string> {
        for (const LinkState& link : links()) {
            if (wanted(link.name)) {
                return link.name;
            }
        }
        return std::nullopt;
    });
}

bool wait_link_gone(const std::string& ifname, Milliseconds timeout) {
    return wait_event(RTMGRP_LINK, timeout, [&] { return !find_link(ifname).has_value(); });
}

std::optional<Address> wait_global_ipv6(const std::string& ifname, Milliseconds timeout) {
    return wait_event(RTMGRP_IPV6_IFADDR, timeout, [&]() -> std::optional<Address> {
        for (const Address& address : addresses(ifname)) {
            if (address.global && !address.tentative &&
                address.address.find(':') != std::string::npos) {
                return address;
            }
        }
        return std::nullopt;
    });
}

}  // namespace netlink
