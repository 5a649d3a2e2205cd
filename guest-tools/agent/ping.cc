// SPDX-License-Identifier: GPL-2.0-or-later
#include "ping.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <span>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "command.h"
#include "pattern.h"
#include "socket_io.h"

namespace agent {
namespace {

using traffic::Clock;

constexpr std::size_t kEchoHeader = 8;  // RFC 792, RFC 4443 4.1

std::uint16_t internet_checksum(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<std::uint32_t>(bytes[i]);
        sum += i % 2 == 0 ? value << 8 : value;
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

void put16(std::span<std::byte> at, std::uint16_t value) {
    at[0] = static_cast<std::byte>(value >> 8);
    at[1] = static_cast<std::byte>(value & 0xff);
}

std::uint16_t get16(std::span<const std::byte> at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(at[0]) << 8 |
                                      std::to_integer<unsigned>(at[1]));
}

std::vector<std::byte> echo_request(bool six, std::uint16_t id, std::uint16_t sequence,
                                    std::size_t size) {
    std::vector<std::byte> out(kEchoHeader + size);
    const std::span all(out);
    out[0] = std::byte{six ? std::uint8_t{ICMP6_ECHO_REQUEST} : std::uint8_t{ICMP_ECHO}};
    put16(all.subspan(4), id);
    put16(all.subspan(6), sequence);
    traffic::Pattern(sequence).fill(0, all.subspan(kEchoHeader));
    if (!six) {
        put16(all.subspan(2), internet_checksum(out));  // the kernel fills ICMPv6's in
    }
    return out;
}

class Pinger {
public:
    explicit Pinger(const std::string& host)
        : to_(traffic::parse_endpoint(host, 0)),
          six_(to_.family() == AF_INET6),
          id_(static_cast<std::uint16_t>(getpid() ^ 0x5550)),
          socket_(socket(to_.family(), SOCK_RAW | SOCK_CLOEXEC,
                         six_ ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP))),
          buffer_(70000) {
        if (socket_.get() < 0 ||
            connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to_.address), to_.size) !=
                0) {
            throw std::system_error(errno, std::generic_category(), "ping " + host);
        }
    }

    enum class Outcome { intact, damaged, lost };

    Outcome round_trip(std::uint16_t sequence, std::size_t size, Clock::time_point deadline) {
        const auto request = echo_request(six_, id_, sequence, size);
        if (send(socket_.get(), request.data(), request.size(), 0) < 0 && errno == EMSGSIZE) {
            throw std::system_error(errno, std::generic_category(), "ping size");
        }
        while (traffic::wait_readable(socket_.get(), deadline)) {
            const ssize_t got = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
            if (got <= 0) {
                continue;
            }
            const auto reply = icmp_part(std::span(buffer_.data(), static_cast<std::size_t>(got)));
            if (!answers(reply, sequence)) {
                continue;
            }
            const bool same =
                reply.size() == request.size() &&
                std::memcmp(reply.data() + kEchoHeader, request.data() + kEchoHeader, size) == 0;
            return same ? Outcome::intact : Outcome::damaged;
        }
        return Outcome::lost;
    }

private:
    // Raw IPv4 sockets deliver the IP header, raw IPv6 sockets do not.
    [[nodiscard]] std::span<const std::byte> icmp_part(std::span<const std::byte> packet) const {
        if (six_) {
            return packet;
        }
        const std::size_t header = (std::to_integer<std::size_t>(packet[0]) & 0xf) * 4;
        return header <= packet.size() ? packet.subspan(header) : std::span<const std::byte>();
    }

    [[nodiscard]] bool answers(std::span<const std::byte> reply, std::uint16_t sequence) const {
        const auto type =
            std::byte{six_ ? std::uint8_t{ICMP6_ECHO_REPLY} : std::uint8_t{ICMP_ECHOREPLY}};
        return reply.size() >= kEchoHeader && reply[0] == type && get16(reply.subspan(4)) == id_ &&
               get16(reply.subspan(6)) == sequence;
    }

    traffic::Endpoint to_;
    bool six_;
    std::uint16_t id_;
    traffic::Descriptor socket_;
    std::vector<std::byte> buffer_;
};

Json ping_command(Job& job) {
    const auto sizes = job.args.value("sizes", std::vector<std::size_t>{56});
    const auto result =
        ping(job.text("host"), sizes, job.timeout(2000), [&] { return job.cancelled(); });
    return {{"ok", result.answered == result.sent && result.damaged == 0},
            {"sent", result.sent},
            {"answered", result.answered},
            {"damaged", result.damaged},
            {"lost_sizes", result.lost_sizes}};
}

constexpr std::array kCommands{
    Command{"ping", "echo requests to {host} with payloads of {sizes}", ping_command},
};

}  // namespace

PingResult ping(const std::string& host, const std::vector<std::size_t>& sizes,
                std::chrono::milliseconds patience, const std::function<bool()>& stop) {
    Pinger pinger(host);
    PingResult result;
    std::uint16_t sequence = 0;
    for (const std::size_t size : sizes) {
        if (stop && stop()) {
            break;
        }
        ++result.sent;
        auto outcome = Pinger::Outcome::lost;
        for (int attempt = 0; attempt < 3 && outcome == Pinger::Outcome::lost; ++attempt) {
            outcome = pinger.round_trip(++sequence, size, Clock::now() + patience);
        }
        if (outcome == Pinger::Outcome::lost) {
            result.lost_sizes.push_back(size);
            continue;
        }
        ++result.answered;
        result.damaged += outcome == Pinger::Outcome::damaged ? 1U : 0U;
    }
    return result;
}

CommandTable ping_commands() {
    return kCommands;
}

}  // namespace agent
