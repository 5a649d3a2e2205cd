// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture.h"

#include <algorithm>

#include "pcapng.h"

namespace wire {
namespace {

constexpr std::size_t kMostStored = 256U << 20;
constexpr std::size_t kMostComplaints = 200;

}  // namespace

void Capture::sent(std::span<const std::byte> frame) {
    record(Direction::from_guest, frame);
    std::unique_lock guard(lock_);
    if (exempt_ && exempt_(frame)) {
        return;
    }
    const JudgeLimits limits = limits_;
    guard.unlock();
    const auto complaints = judge(frame, limits);
    guard.lock();
    for (const std::string& complaint : complaints) {
        if (complaints_.size() < kMostComplaints) {
            complaints_.push_back("frame " + std::to_string(forgotten_ + frames_.size()) + ": " +
                                  complaint);
        }
    }
    ++judged_;
}

void Capture::record(Direction direction, std::span<const std::byte> frame) {
    Frame one;
    one.time = std::chrono::system_clock::now();
    one.direction = direction;
    one.length = frame.size();
    const auto kept = frame.first(std::min(snap_, frame.size()));
    one.bytes.assign(kept.begin(), kept.end());
    const std::lock_guard guard(lock_);
    stored_ += kept.size();
    frames_.push_back(std::move(one));
    while (stored_ > kMostStored) {
        stored_ -= frames_.front().bytes.size();
        frames_.pop_front();
        ++forgotten_;
    }
    changed_.notify_all();
}

std::optional<Frame> Capture::wait_for(const Predicate& predicate,
                                       std::chrono::milliseconds timeout, std::size_t mark) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::size_t next = mark;
    std::unique_lock guard(lock_);
    while (true) {
        for (next = std::max(next, forgotten_); next < forgotten_ + frames_.size(); ++next) {
            const Frame& frame = frames_[next - forgotten_];
            if (predicate(frame)) {
                return frame;
            }
        }
        if (changed_.wait_until(guard, deadline) == std::cv_status::timeout) {
            return std::nullopt;
        }
    }
}

std::size_t Capture::mark() const {
    const std::lock_guard guard(lock_);
    return forgotten_ + frames_.size();
}

std::vector<Frame> Capture::frames_since(std::size_t mark) const {
    const std::lock_guard guard(lock_);
    const std::size_t from = std::max(mark, forgotten_) - forgotten_;
    if (from >= frames_.size()) {
        return {};
    }
    return {frames_.begin() + static_cast<std::ptrdiff_t>(from), frames_.end()};
}

std::vector<Frame> Capture::frames_since(std::size_t mark, const Predicate& wanted) const {
    const std::lock_guard guard(lock_);
    std::vector<Frame> out;
    for (std::size_t next = std::max(mark, forgotten_); next < forgotten_ + frames_.size();
         ++next) {
        if (wanted(frames_[next - forgotten_])) {
            out.push_back(frames_[next - forgotten_]);
        }
    }
    return out;
}

void Capture::write_pcapng(const std::string& path) const {
    wire::write_pcapng(path, frames_since(0));
}

void Capture::set_limits(const JudgeLimits& limits) {
    const std::lock_guard guard(lock_);
    limits_ = limits;
}

void Capture::set_exempt(Exempt exempt) {
    const std::lock_guard guard(lock_);
    exempt_ = std::move(exempt);
}

JudgeLimits Capture::limits() const {
    const std::lock_guard guard(lock_);
    return limits_;
}

std::vector<std::string> Capture::complaints() const {
    const std::lock_guard guard(lock_);
    return complaints_;
}

}  // namespace wire
