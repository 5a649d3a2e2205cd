// SPDX-License-Identifier: GPL-2.0-or-later
// The filter table of Flow Director: X550 DS 7.1.3.6.4.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <ixgbe/state.h>

#include "net/flow_hash.h"

namespace ixgbe {

// Buckets of filters, each a list in the order its filters were added. The filters are the saved
// state's; the lists are an index over them, made anew when somebody else changed the state.
class FlowFilters {
public:
    static constexpr std::size_t kBuckets = 1U << 15;

    explicit FlowFilters(ixgbe_flow_state& state) : state_(state) {}

    struct Search {
        std::optional<std::size_t> filter;
        std::size_t position = 0;  // in its list, from 0; without a filter, the list's length
    };
    // The first filter of the bucket with this signature or software index.
    [[nodiscard]] Search find(unsigned bucket, unsigned id);
    // The first one with this tuple; perfect mode.
    [[nodiscard]] Search find(unsigned bucket, const FlowTuple& tuple);
    [[nodiscard]] bool used(unsigned bucket) { return head(bucket) != kEnd; }

    // At the end of its bucket's list; `tuple` in perfect mode only. False: there is no room.
    [[nodiscard]] bool add(const ixgbe_flow_filter& filter, const FlowTuple* tuple);
    void replace(std::size_t filter, const ixgbe_flow_filter& with) {
        state_.filter[filter] = with;
    }
    void remove(std::size_t filter);
    void clear();
    void changed() { stale_ = true; }

    [[nodiscard]] std::size_t size() const { return state_.filters; }
    [[nodiscard]] const ixgbe_flow_filter& filter(std::size_t i) const { return state_.filter[i]; }
    [[nodiscard]] FlowTuple tuple(std::size_t filter) const;

private:
    static constexpr std::uint16_t kEnd = 0xFFFF;

    template <typename Match>
    [[nodiscard]] Search walk(unsigned bucket, Match matches);
    [[nodiscard]] std::uint16_t head(unsigned bucket);
    void rebuild();

    ixgbe_flow_state& state_;
    bool stale_ = true;
    std::array<std::uint16_t, kBuckets> first_{};
    std::array<std::uint16_t, IXGBE_FLOW_FILTERS> next_{};
};

}  // namespace ixgbe
