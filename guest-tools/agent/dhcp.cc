// SPDX-License-Identifier: GPL-2.0-or-later
#include "dhcp.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <random>
#include <span>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "netlink.h"

namespace agent {
namespace {

using Clock = std::chrono::steady_clock;
using Bytes = std::vector<unsigned char>;

constexpr std::size_t kHeaderSize = 236;  // RFC 2131 2: up to the options field
constexpr std::array<unsigned char, 4> kCookie{99, 130, 83, 99};
constexpr int kServerPort = 67;
constexpr int kClientPort = 68;

enum Option : unsigned char {
    kSubnetMask = 1,
    kRouter = 3,
    kDns = 6,
    kRequestedAddress = 50,
    kLeaseTime = 51,
    kMessageType = 53,
    kServerId = 54,
    kParameterList = 55,
    kEnd = 255,
};
enum Type : unsigned char { kDiscover = 1, kOffer = 2, kRequest = 3, kAck = 5, kNak = 6 };

struct Reply {
    Bytes address;
    std::map<unsigned char, Bytes> options;
    [[nodiscard]] unsigned char type() const {
        const auto found = options.find(kMessageType);
        return found == options.end() || found->second.empty() ? 0 : found->second[0];
    }
    [[nodiscard]] Bytes option(unsigned char number) const {
        const auto found = options.find(number);
        return found == options.end() ? Bytes() : found->second;
    }
};

std::string dotted(const Bytes& bytes, std::size_t at = 0) {
    if (bytes.size() < at + 4) {
        return {};
    }
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, bytes.data() + at, text.data(), text.size());
    return text.data();
}

class Client {
public:
    Client(const std::string& ifname, const std::string& mac)
        : transaction_(std::random_device()()), mac_(netlink::mac_bytes(mac)) {
        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(fd_, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
        setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        setsockopt(fd_, SOL_SOCKET, SO_BINDTODEVICE, ifname.c_str(),
                   static_cast<socklen_t>(ifname.size() + 1));
        sockaddr_in local{};
        local.sin_family = AF_INET;
        local.sin_port = htons(kClientPort);
        if (fd_ < 0 || bind(fd_, reinterpret_cast<sockaddr*>(&local), sizeof(local)) != 0) {
            throw std::system_error(errno, std::generic_category(), "DHCP socket");
        }
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { close(fd_); }

    void send(Type type, const std::map<unsigned char, Bytes>& options) const {
        Bytes message(kHeaderSize);
        message[0] = 1;  // BOOTREQUEST
        message[1] = 1;  // Ethernet
        message[2] = 6;
        std::memcpy(&message[4], &transaction_, sizeof(transaction_));
        message[10] = 0x80;  // broadcast: we cannot receive unicast yet
        std::copy(mac_.begin(), mac_.end(), message.begin() + 28);
        message.insert(message.end(), kCookie.begin(), kCookie.end());
        message.insert(message.end(), {kMessageType, 1, type});
        for (const auto& [number, value] : options) {
            message.push_back(number);
            message.push_back(static_cast<unsigned char>(value.size()));
            message.insert(message.end(), value.begin(), value.end());
        }
        message.push_back(kEnd);
        message.resize(std::max<std::size_t>(message.size(), 300));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(kServerPort);
        to.sin_addr.s_addr = INADDR_BROADCAST;
        sendto(fd_, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&to),
               sizeof(to));
    }

    // The next reply to our transaction, or nothing at the deadline.
    [[nodiscard]] std::optional<Reply> receive(Clock::time_point deadline) const {
        while (true) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
            pollfd waiting{fd_, POLLIN, 0};
            if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) {
                return std::nullopt;
            }
            Bytes buffer(2048);
            const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
            if (got > 0) {
                buffer.resize(static_cast<std::size_t>(got));
                if (auto reply = parse(buffer)) {
                    return reply;
                }
            }
        }
    }

private:
    [[nodiscard]] std::optional<Reply> parse(const Bytes& message) const {
        constexpr std::size_t kOptions = kHeaderSize + 4;
        if (message.size() < kOptions || message[0] != 2 ||
            std::memcmp(&message[4], &transaction_, sizeof(transaction_)) != 0) {
            return std::nullopt;
        }
        Reply reply;
        reply.address.assign(message.begin() + 16, message.begin() + 20);
        std::size_t at = kOptions;
        while (at + 1 < message.size() && message[at] != kEnd) {
            if (message[at] == 0) {
                ++at;
                continue;
            }
            const std::size_t length = message[at + 1];
            if (at + 2 + length > message.size()) {
                break;
            }
            const auto begin = message.begin() + static_cast<std::ptrdiff_t>(at + 2);
            reply.options[message[at]].assign(begin, begin + static_cast<std::ptrdiff_t>(length));
            at += 2 + length;
        }
        return reply;
    }

    int fd_ = -1;
    std::uint32_t transaction_;
    std::array<unsigned char, 6> mac_{};
};

Lease lease_of(const Reply& ack) {
    Lease lease;
    lease.address = dotted(ack.address);
    lease.router = dotted(ack.option(kRouter));
    lease.server = dotted(ack.option(kServerId));
    for (const unsigned char byte : ack.option(kSubnetMask)) {
        lease.prefix += static_cast<unsigned>(std::popcount(byte));
    }
    const Bytes dns = ack.option(kDns);
    for (std::size_t at = 0; at + 4 <= dns.size(); at += 4) {
        lease.dns.push_back(dotted(dns, at));
    }
    for (const unsigned char byte : ack.option(kLeaseTime)) {
        lease.seconds = lease.seconds << 8 | byte;
    }
    return lease;
}

}  // namespace

Lease acquire_lease(const std::string& ifname, std::chrono::milliseconds timeout) {
    const auto link = netlink::find_link(ifname);
    if (!link) {
        throw std::runtime_error("no interface " + ifname);
    }
    const Client client(ifname, link->mac);
    const Bytes wanted{kSubnetMask, kRouter, kDns};
    const auto deadline = Clock::now() + timeout;
    while (Clock::now() < deadline) {
        const auto round = std::min(deadline, Clock::now() + std::chrono::seconds(1));
        client.send(kDiscover, {{kParameterList, wanted}});
        const auto offer = client.receive(round);
        if (!offer || offer->type() != kOffer) {
            continue;
        }
        client.send(kRequest, {{kParameterList, wanted},
                               {kRequestedAddress, offer->address},
                               {kServerId, offer->option(kServerId)}});
        const auto ack = client.receive(std::min(deadline, Clock::now() + std::chrono::seconds(2)));
        if (ack && ack->type() == kAck) {
            return lease_of(*ack);
        }
    }
    throw std::runtime_error("no DHCP lease on " + ifname);
}

}  // namespace agent
