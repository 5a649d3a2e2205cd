// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/flow_filters.h"

#include <cstring>

namespace ixgbe {

template <typename Match>
FlowFilters::Search FlowFilters::walk(unsigned bucket, Match matches) {
    std::size_t position = 0;
    for (std::uint16_t i = head(bucket); i != kEnd; i = next_.at(i)) {
        if (matches(i)) {
            return {.filter = i, .position = position};
        }
        ++position;
    }
    return {.filter = std::nullopt, .position = position};
}

FlowFilters::Search FlowFilters::find(unsigned bucket, unsigned id) {
    return walk(bucket, [&](std::size_t i) { return state_.filter[i].id == id; });
}

FlowFilters::Search FlowFilters::find(unsigned bucket, const FlowTuple& tuple) {
    return walk(bucket, [&](std::size_t i) {
        return i < state_.tuples &&
               std::memcmp(state_.tuple[i].byte, tuple.bytes.data(), FlowTuple::kBytes) == 0;
    });
}

bool FlowFilters::add(const ixgbe_flow_filter& filter, const FlowTuple* tuple) {
    const std::size_t room = tuple != nullptr ? IXGBE_FLOW_TUPLES : IXGBE_FLOW_FILTERS;
    if (size() >= room) {
        return false;
    }
    std::uint16_t last = head(filter.bucket);
    while (last != kEnd && next_.at(last) != kEnd) {
        last = next_.at(last);
    }
    const auto fresh = static_cast<std::uint16_t>(state_.filters++);
    state_.filter[fresh] = filter;
    if (tuple != nullptr) {
        std::memcpy(state_.tuple[fresh].byte, tuple->bytes.data(), FlowTuple::kBytes);
        state_.tuples = state_.filters;
    }
    next_.at(fresh) = kEnd;
    (last == kEnd ? first_.at(filter.bucket) : next_.at(last)) = fresh;
    return true;
}

void FlowFilters::remove(std::size_t filter) {
    const std::size_t behind = --state_.filters - filter;
    std::memmove(state_.filter + filter, state_.filter + filter + 1,
                 behind * sizeof state_.filter[0]);
    if (state_.tuples != 0) {
        std::memmove(state_.tuple + filter, state_.tuple + filter + 1,
                     behind * sizeof state_.tuple[0]);
        state_.tuples = state_.filters;
    }
    changed();
}

void FlowFilters::clear() {
    state_.filters = 0;
    state_.tuples = 0;
    changed();
}

FlowTuple FlowFilters::tuple(std::size_t filter) const {
    FlowTuple out;
    std::memcpy(out.bytes.data(), state_.tuple[filter].byte, FlowTuple::kBytes);
    return out;
}

std::uint16_t FlowFilters::head(unsigned bucket) {
    if (stale_) {
        rebuild();
    }
    return first_.at(bucket);
}

void FlowFilters::rebuild() {
    first_.fill(kEnd);
    for (std::size_t i = size(); i-- != 0;) {
        std::uint16_t& first = first_.at(state_.filter[i].bucket);
        next_.at(i) = first;
        first = static_cast<std::uint16_t>(i);
    }
    stale_ = false;
}

}  // namespace ixgbe
