// SPDX-License-Identifier: GPL-2.0-or-later
#include "disturbance.h"

#include <utility>

namespace wire {
namespace {

constexpr unsigned kMostOvertakers = 4;

}  // namespace

Disturber::Disturber(const Disturbance& disturbance)
    : disturbance_(disturbance), random_(disturbance.seed) {}

void Disturber::pass(std::span<const std::byte> frame, const Deliver& deliver) {
    std::uniform_real_distribution<double> share(0, 1);
    if (share(random_) < disturbance_.loss) {
        ++lost_;
        return;
    }
    if (held_.empty() && share(random_) < disturbance_.reordering) {
        held_.assign(frame.begin(), frame.end());
        overtakers_ = std::uniform_int_distribution<unsigned>(1, kMostOvertakers)(random_);
        return;
    }
    deliver(frame);
    if (!held_.empty() && --overtakers_ == 0) {
        ++overtaken_;
        deliver(std::exchange(held_, {}));
    }
}

}  // namespace wire
