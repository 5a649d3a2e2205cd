// SPDX-License-Identifier: GPL-2.0-or-later
#include "slirp_peer.h"

#include <algorithm>
#include <chrono>
#include <slirp/libslirp.h>
#include <stdexcept>

namespace x550 {

namespace {
std::int64_t host_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}
}  // namespace

struct SlirpPeer::Timer {
    SlirpTimerCb callback;
    void* opaque;
    std::int64_t deadline_ms = -1;
};

struct SlirpCalls {
    static SlirpPeer& self(void* opaque) { return *static_cast<SlirpPeer*>(opaque); }

    static ssize_t send_packet(const void* bytes, std::size_t length, void* opaque) {
        const auto* first = static_cast<const std::uint8_t*>(bytes);
        self(opaque).to_guest_.emplace_back(first, first + length);
        return static_cast<ssize_t>(length);
    }
    static void guest_error(const char* /*message*/, void* /*opaque*/) {}
    static std::int64_t clock_get_ns(void* /*opaque*/) { return host_ns(); }
    static void* timer_new(SlirpTimerCb callback, void* callback_opaque, void* opaque) {
        auto& timers = self(opaque).timers_;
        timers.push_back(
            std::make_unique<SlirpPeer::Timer>(SlirpPeer::Timer{callback, callback_opaque, -1}));
        return timers.back().get();
    }
    static void timer_free(void* timer, void* opaque) {
        std::erase_if(self(opaque).timers_, [timer](const auto& t) { return t.get() == timer; });
    }
    static void timer_mod(void* timer, std::int64_t expire_ms, void* /*opaque*/) {
        static_cast<SlirpPeer::Timer*>(timer)->deadline_ms = expire_ms;
    }
    static void register_poll_fd(int /*fd*/, void* /*opaque*/) {}
    static void unregister_poll_fd(int /*fd*/, void* /*opaque*/) {}
    static void notify(void* /*opaque*/) {}

    static int add_poll(int fd, int events, void* opaque) {
        short wanted = 0;
        wanted = static_cast<short>(wanted | ((events & SLIRP_POLL_IN) != 0 ? POLLIN : 0));
        wanted = static_cast<short>(wanted | ((events & SLIRP_POLL_OUT) != 0 ? POLLOUT : 0));
        wanted = static_cast<short>(wanted | ((events & SLIRP_POLL_PRI) != 0 ? POLLPRI : 0));
        self(opaque).sockets_.push_back({fd, wanted, 0});
        return static_cast<int>(self(opaque).sockets_.size()) - 1;
    }
    static int revents(int index, void* opaque) {
        const int got = self(opaque).sockets_.at(static_cast<std::size_t>(index)).revents;
        return ((got & POLLIN) != 0 ? SLIRP_POLL_IN : 0) |
               ((got & POLLOUT) != 0 ? SLIRP_POLL_OUT : 0) |
               ((got & POLLPRI) != 0 ? SLIRP_POLL_PRI : 0) |
               ((got & POLLERR) != 0 ? SLIRP_POLL_ERR : 0) |
               ((got & POLLHUP) != 0 ? SLIRP_POLL_HUP : 0);
    }
};

SlirpPeer::SlirpPeer(Machine& machine) : machine_(machine) {
    static const SlirpCb calls = {
        .send_packet = SlirpCalls::send_packet,
        .guest_error = SlirpCalls::guest_error,
        .clock_get_ns = SlirpCalls::clock_get_ns,
        .timer_new = SlirpCalls::timer_new,
        .timer_free = SlirpCalls::timer_free,
        .timer_mod = SlirpCalls::timer_mod,
        .register_poll_fd = SlirpCalls::register_poll_fd,
        .unregister_poll_fd = SlirpCalls::unregister_poll_fd,
        .notify = SlirpCalls::notify,
        .init_completed = nullptr,
        .timer_new_opaque = nullptr,
    };
    SlirpConfig config{};
    config.version = 3;
    config.in_enabled = true;
    inet_pton(AF_INET, "10.0.2.0", &config.vnetwork);
    inet_pton(AF_INET, "255.255.255.0", &config.vnetmask);
    inet_pton(AF_INET, kGatewayIp, &config.vhost);
    inet_pton(AF_INET, kGuestIp, &config.vdhcp_start);
    inet_pton(AF_INET, "10.0.2.3", &config.vnameserver);
    config.disable_dns = true;
    slirp_ = slirp_new(&config, &calls, this);
    if (slirp_ == nullptr) {
        throw std::runtime_error("libslirp does not start");
    }
}

SlirpPeer::~SlirpPeer() {
    slirp_cleanup(slirp_);
}

void SlirpPeer::run_timers() {
    const std::int64_t now_ms = host_ns() / 1'000'000;
    // A callback may add timers.
    for (std::size_t i = 0; i < timers_.size(); ++i) {  // NOLINT(modernize-loop-convert)
        if (timers_[i]->deadline_ms != -1 && timers_[i]->deadline_ms <= now_ms) {
            timers_[i]->deadline_ms = -1;
            timers_[i]->callback(timers_[i]->opaque);
        }
    }
}

void SlirpPeer::deliver() {
    while (!to_guest_.empty() && machine_.receive(to_guest_.front()) != IXGBE_NO_BUFFERS) {
        to_guest_.pop_front();
    }
}

void SlirpPeer::step(int wait_ms) {
    machine_.run();
    const std::vector<SentFrame> frames = std::move(machine_.host.sent);
    machine_.host.sent.clear();
    for (const SentFrame& frame : frames) {
        for (const Frame& one : finish_offload(frame)) {
            slirp_input(slirp_, one.data(), static_cast<int>(one.size()));
        }
    }
    run_timers();
    sockets_.clear();
    std::uint32_t timeout = to_guest_.empty() ? static_cast<std::uint32_t>(wait_ms) : 0;
    slirp_pollfds_fill(slirp_, &timeout, SlirpCalls::add_poll, this);
    const int result = poll(sockets_.data(), sockets_.size(), static_cast<int>(timeout));
    slirp_pollfds_poll(slirp_, result < 0 ? 1 : 0, SlirpCalls::revents, this);
    deliver();
    machine_.run_for(kMillisecond);
}

}  // namespace x550
