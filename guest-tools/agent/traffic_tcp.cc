// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "pattern.h"
#include "socket_io.h"
#include "traffic.h"
#include "traffic_stream.h"

namespace traffic {
namespace {

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}
template <typename T>
std::span<std::byte> writable_bytes_of(T& value) {
    return std::as_writable_bytes(std::span(&value, 1));
}

Mode parse_mode(const std::string& name) {
    if (name == "send") {
        return Mode::send;
    }
    if (name == "receive") {
        return Mode::receive;
    }
    if (name == "echo") {
        return Mode::echo;
    }
    throw std::runtime_error("unknown TCP mode " + name);
}

Json describe(const Verdict& mine, const Verdict& theirs, std::uint64_t bytes, double seconds) {
    const bool intact = mine.first_bad == kNothingBad && theirs.first_bad == kNothingBad;
    const bool ok =
        intact && mine.digest == theirs.digest && mine.bytes == bytes && theirs.bytes == bytes;
    Json out{{"ok", ok},
             {"bytes", theirs.bytes},
             {"digest", std::to_string(theirs.digest)},
             {"seconds", seconds},
             {"mbit_per_s", seconds > 0 ? static_cast<double>(bytes) * 8e-6 / seconds : 0.0}};
    if (!intact) {
        out["first_bad"] = std::min(mine.first_bad, theirs.first_bad);
    }
    return out;
}

}  // namespace

Verdict stream_out(int fd, const Hello& hello, Clock::time_point deadline, const Stop& stop) {
    const Pattern pattern(hello.seed);
    std::vector<std::byte> buffer(std::clamp<std::size_t>(hello.chunk, 1, 1U << 20));
    Digest digest;
    Verdict verdict;
    while (verdict.bytes < hello.bytes) {
        const auto size = std::min<std::uint64_t>(buffer.size(), hello.bytes - verdict.bytes);
        const std::span piece(buffer.data(), static_cast<std::size_t>(size));
        pattern.fill(verdict.bytes, piece);
        digest.add(piece);
        send_all(fd, piece, deadline, stop);
        verdict.bytes += size;
    }
    verdict.digest = digest.value();
    return verdict;
}

Verdict stream_in(int fd, const Hello& hello, Clock::time_point deadline, const Stop& stop) {
    const Pattern pattern(hello.seed);
    std::vector<std::byte> buffer(65536);
    std::vector<std::byte> expected(buffer.size());
    Digest digest;
    Verdict verdict;
    while (verdict.bytes < hello.bytes) {
        if (!wait_readable(fd, deadline, stop)) {
            throw std::runtime_error("stream stalled after " + std::to_string(verdict.bytes) +
                                     " bytes");
        }
        const auto room = std::min<std::uint64_t>(buffer.size(), hello.bytes - verdict.bytes);
        const ssize_t got = recv(fd, buffer.data(), static_cast<std::size_t>(room), 0);
        if (got <= 0) {
            throw std::runtime_error("stream ended after " + std::to_string(verdict.bytes) +
                                     " bytes");
        }
        const auto size = static_cast<std::size_t>(got);
        pattern.fill(verdict.bytes, std::span(expected.data(), size));
        if (verdict.first_bad == kNothingBad &&
            std::memcmp(buffer.data(), expected.data(), size) != 0) {
            const auto bad = std::mismatch(expected.begin(), expected.end(), buffer.begin());
            verdict.first_bad =
                verdict.bytes + static_cast<std::uint64_t>(bad.first - expected.begin());
        }
        digest.add(std::span(buffer.data(), size));
        verdict.bytes += size;
    }
    verdict.digest = digest.value();
    return verdict;
}

void answer_stream(int fd, Clock::time_point deadline, const Stop& stop) {
    Hello hello;
    receive_all(fd, writable_bytes_of(hello), deadline, stop);
    if (hello.magic != kMagic) {
        throw std::runtime_error("not our protocol");
    }
    if (hello.mode == Mode::send) {
        const Verdict verdict = stream_in(fd, hello, deadline, stop);
        send_all(fd, bytes_of(verdict), deadline, stop);
    } else if (hello.mode == Mode::receive) {
        const Verdict verdict = stream_out(fd, hello, deadline, stop);
        send_all(fd, bytes_of(verdict), deadline, stop);
    } else {
        std::vector<std::byte> buffer(65536);
        std::uint64_t left = hello.bytes;
        while (left > 0 && wait_readable(fd, deadline, stop)) {
            const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                return;
            }
            send_all(fd, std::span(buffer.data(), static_cast<std::size_t>(got)), deadline, stop);
            left -= std::min(left, static_cast<std::uint64_t>(got));
        }
    }
}

Json run_tcp(const TcpPlan& plan, const Stop& stop) {
    const auto start = Clock::now();
    const auto deadline = start + std::chrono::milliseconds(plan.timeout_ms);
    const Descriptor connection(connect_socket(plan.host, plan.port, deadline));
    const int fd = connection.get();
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    Hello hello;
    hello.mode = parse_mode(plan.mode);
    hello.chunk = static_cast<std::uint32_t>(plan.chunk);
    hello.bytes = plan.bytes;
    hello.seed = plan.seed;
    send_all(fd, bytes_of(hello), deadline, stop);
    Verdict mine;
    Verdict theirs;
    if (hello.mode == Mode::send) {
        mine = stream_out(fd, hello, deadline, stop);
        receive_all(fd, writable_bytes_of(theirs), deadline, stop);
    } else if (hello.mode == Mode::receive) {
        mine = stream_in(fd, hello, deadline, stop);
        receive_all(fd, writable_bytes_of(theirs), deadline, stop);
    } else {
        std::exception_ptr failure;
        std::thread sender([&] {
            try {
                mine = stream_out(fd, hello, deadline, stop);
            } catch (...) {
                failure = std::current_exception();
            }
        });
        std::exception_ptr receiving;
        try {
            theirs = stream_in(fd, hello, deadline, stop);
        } catch (...) {
            receiving = std::current_exception();
            shutdown(fd, SHUT_RDWR);
        }
        sender.join();
        if (receiving || failure) {
            std::rethrow_exception(receiving ? receiving : failure);
        }
    }
    const std::chrono::duration<double> took = Clock::now() - start;
    return describe(mine, theirs, plan.bytes, took.count());
}

}  // namespace traffic
