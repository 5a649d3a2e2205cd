// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>
#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include "pattern.h"
#include "socket_io.h"
#include "traffic.h"
#include "traffic_datagram.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace traffic {

std::vector<std::byte> make_datagram(DatagramKind kind, std::uint32_t sequence, std::uint64_t seed,
                                     std::size_t size) {
    std::vector<std::byte> out(std::max(size, sizeof(DatagramHeader)));
    DatagramHeader header;
    header.kind = kind;
    header.sequence = sequence;
    header.seed = seed;
    header.size = static_cast<std::uint32_t>(out.size());
    std::memcpy(out.data(), &header, sizeof(header));
    Pattern(seed + sequence).fill(0, std::span(out).subspan(sizeof(header)));
    return out;
}

std::optional<DatagramHeader> read_header(std::span<const std::byte> datagram) {
    DatagramHeader header;
    if (datagram.size() < sizeof(header)) {
        return std::nullopt;
    }
    std::memcpy(&header, datagram.data(), sizeof(header));
    return header.magic == kMagic ? std::optional(header) : std::nullopt;
}

bool intact(std::span<const std::byte> datagram) {
    const auto header = read_header(datagram);
    if (!header || header->size != datagram.size()) {
        return false;
    }
    const auto expected =
        make_datagram(header->kind, header->sequence, header->seed, datagram.size());
    return std::memcmp(expected.data() + sizeof(DatagramHeader),
                       datagram.data() + sizeof(DatagramHeader),
                       datagram.size() - sizeof(DatagramHeader)) == 0;
}

namespace {

constexpr std::size_t kLargest = 65536;

class Conversation {
public:
    explicit Conversation(const UdpPlan& plan, const Stop& stop)
        : plan_(plan),
          stop_(stop),
          to_(parse_endpoint(plan.host, plan.port)),
          socket_(::socket(to_.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)),
          deadline_(Clock::now() + std::chrono::milliseconds(plan.timeout_ms)),
          buffer_(kLargest) {
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to_.address), to_.size) !=
            0) {
            throw std::system_error(errno, std::generic_category(), "UDP to " + plan.host);
        }
        const int room = 4 << 20;
        setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    }

    Json echo() {
        unsigned answered = 0;
        unsigned damaged = 0;
        unsigned repeated = 0;
        for (std::uint32_t sequence = 0; sequence < plan_.count; ++sequence) {
            const std::size_t size = plan_.sizes[sequence % plan_.sizes.size()];
            const auto datagram = make_datagram(DatagramKind::echo, sequence, plan_.seed, size);
            // A datagram may be lost; three attempts tell loss from deafness.
            for (int attempt = 0; attempt < 3 && !stopped(); ++attempt) {
                repeated += attempt > 0 ? 1U : 0U;
                send(datagram);
                const auto answer = receive_sequence(sequence, std::chrono::milliseconds(1000));
                if (!answer.empty()) {
                    ++answered;
                    damaged +=
                        std::equal(answer.begin(), answer.end(), datagram.begin(), datagram.end())
                            ? 0U
                            : 1U;
                    break;
                }
            }
        }
        return {{"ok", answered == plan_.count && damaged == 0},
                {"sent", plan_.count},
                {"answered", answered},
                {"damaged", damaged},
                {"repeated", repeated}};
    }

    Json burst() {
        if (plan_.segment != 0) {
            const int size = static_cast<int>(plan_.segment);
            if (setsockopt(socket_.get(), SOL_UDP, UDP_SEGMENT, &size, sizeof(size)) != 0) {
                throw std::system_error(errno, std::generic_category(), "UDP_SEGMENT");
            }
        }
        const auto before = report();
        const unsigned sent = plan_.segment != 0 ? send_segmented() : send_plain();
        const auto after = report();
        const std::uint64_t received = after.received - before.received;
        const std::uint64_t damaged = after.damaged - before.damaged;
        return {{"ok", damaged == 0 && received == sent},
                {"sent", sent},
                {"received", received},
                {"damaged", damaged},
                {"reordered", after.reordered - before.reordered}};
    }

    // A steady stream nobody answers; paced, so that the other programs of this machine live on.
    Json blast() {
        constexpr unsigned kAtOnce = 16;
        std::uint32_t sent = 0;
        while (!stopped()) {
            for (unsigned i = 0; i < kAtOnce; ++i, ++sent) {
                send(make_datagram(DatagramKind::count, sent, plan_.seed,
                                   plan_.sizes[sent % plan_.sizes.size()]));
            }
            pollfd idle{-1, 0, 0};
            poll(&idle, 1, 2);
        }
        return {{"ok", true}, {"sent", sent}};
    }

private:
    [[nodiscard]] bool stopped() const { return Clock::now() > deadline_ || (stop_ && stop_()); }

    void send(std::span<const std::byte> bytes) const {
        // A port that is down or a neighbour that is away is part of what is tested.
        if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 &&
            errno != ENOBUFS && errno != ECONNREFUSED && errno != EHOSTUNREACH) {
            throw std::system_error(errno, std::generic_category(), "UDP send");
        }
    }

    unsigned send_plain() {
        for (std::uint32_t i = 0; i < plan_.count && !stopped(); ++i) {
            send(make_datagram(DatagramKind::count, i, plan_.seed,
                               plan_.sizes[i % plan_.sizes.size()]));
        }
        return plan_.count;
    }

    // Whole datagrams of the segment's size, as many per send as one IP packet could hold.
    unsigned send_segmented() {
        const std::size_t per_send = std::clamp<std::size_t>(60000 / plan_.segment, 1, 40);
        std::uint32_t sequence = 0;
        while (sequence < plan_.count && !stopped()) {
            std::vector<std::byte> super;
            for (std::size_t i = 0; i < per_send && sequence < plan_.count; ++i) {
                const auto piece =
                    make_datagram(DatagramKind::count, sequence++, plan_.seed, plan_.segment);
                super.insert(super.end(), piece.begin(), piece.end());
            }
            send(super);
        }
        return plan_.count;
    }

    DatagramReport report() {
        // One socket for questions, so that UDP_SEGMENT does not touch them.
        const auto question =
            make_datagram(DatagramKind::report, 0, plan_.seed, sizeof(DatagramHeader));
        for (int attempt = 0; attempt < 10 && !stopped(); ++attempt) {
            send(question);
            const auto until = Clock::now() + std::chrono::milliseconds(1000);
            while (wait_readable(socket_.get(), std::min(until, deadline_), stop_)) {
                const ssize_t got = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
                DatagramReport answer;
                if (got >= static_cast<ssize_t>(sizeof(answer))) {
                    std::memcpy(&answer, buffer_.data(), sizeof(answer));
                    if (answer.header.kind == DatagramKind::answer) {
                        return answer;
                    }
                }
            }
        }
        throw std::runtime_error("the UDP peer does not report");
    }

    std::span<const std::byte> receive_sequence(std::uint32_t sequence,
                                                std::chrono::milliseconds patience) {
        const auto until = std::min(deadline_, Clock::now() + patience);
        while (wait_readable(socket_.get(), until, stop_)) {
            const ssize_t got = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
            if (got <= 0) {
                continue;
            }
            const std::span<const std::byte> datagram(buffer_.data(),
                                                      static_cast<std::size_t>(got));
            const auto header = read_header(datagram);
            if (header && header->sequence == sequence) {
                return datagram;
            }
        }
        return {};
    }

    const UdpPlan& plan_;
    const Stop& stop_;
    Endpoint to_;
    Descriptor socket_;
    Clock::time_point deadline_;
    std::vector<std::byte> buffer_;
};

}  // namespace

Json run_udp(const UdpPlan& plan, const Stop& stop) {
    if (plan.sizes.empty()) {
        throw std::runtime_error("no datagram sizes");
    }
    Conversation conversation(plan, stop);
    if (plan.mode == "echo") {
        return conversation.echo();
    }
    if (plan.mode == "burst") {
        return conversation.burst();
    }
    if (plan.mode == "blast") {
        return conversation.blast();
    }
    throw std::runtime_error("unknown UDP mode " + plan.mode);
}

}  // namespace traffic
