// SPDX-License-Identifier: GPL-2.0-or-later
// What crossed a wire: frames in order, and the judge's verdict on those the guest sent.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frame.h"
#include "judge.h"

namespace wire {

class Capture {
public:
    Capture() = default;
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    using Predicate = std::function<bool(const Frame&)>;
    // The first captured frame from `mark` on that satisfies, waiting for it if need be.
    [[nodiscard]] std::optional<Frame> wait_for(const Predicate& predicate,
                                                std::chrono::milliseconds timeout,
                                                std::size_t mark = 0);
    // Number of frames captured so far: a place to look from.
    [[nodiscard]] std::size_t mark() const;
    [[nodiscard]] std::vector<Frame> frames_since(std::size_t mark) const;
    [[nodiscard]] std::vector<Frame> frames_since(std::size_t mark, const Predicate& wanted) const;
    void write_pcapng(const std::string& path) const;

    // Bytes kept per captured frame; the judge always sees all.
    void set_snap_length(std::size_t bytes) { snap_ = bytes; }
    void set_limits(const JudgeLimits& limits);
    // Frames that satisfy from now on are recorded and not judged: those that are wrong on purpose.
    using Exempt = std::function<bool(std::span<const std::byte>)>;
    void set_exempt(Exempt exempt);
    [[nodiscard]] JudgeLimits limits() const;

    // Verdicts on everything the guest sent.
    [[nodiscard]] std::vector<std::string> complaints() const;
    [[nodiscard]] std::size_t judged() const { return judged_; }

protected:
    ~Capture() = default;
    // A frame of the guest is recorded and judged.
    void sent(std::span<const std::byte> frame);
    void record(Direction direction, std::span<const std::byte> frame);

private:
    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::deque<Frame> frames_;
    std::size_t forgotten_ = 0;
    std::size_t stored_ = 0;
    std::size_t snap_ = 65536;
    JudgeLimits limits_;
    Exempt exempt_;
    std::vector<std::string> complaints_;
    std::atomic<std::size_t> judged_{0};
};

}  // namespace wire
