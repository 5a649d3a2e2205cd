// SPDX-License-Identifier: GPL-2.0-or-later
// Flow Director: filters that send single flows to queues. X550 DS 7.1.3.6 and 8.2.2.15.
#pragma once

#include <cstdint>
#include <optional>

#include <ixgbe/state.h>

#include "base/bytes.h"
#include "net/parse.h"
#include "nic/flow_filters.h"
#include "nic/interrupts.h"
#include "nic/register_file.h"
#include "nic/trace.h"
#include "regs/flow_director.h"

namespace ixgbe {

// Commands are over when the write of FDIRCMD returns. Buckets have as many bits as PBALLOC allows;
// more in FDIRHASH are cut off (drivers write 13 whatever PBALLOC says).
class FlowDirector {
public:
    FlowDirector(ixgbe_flow_state& state, RegisterFile& regs, Interrupts& interrupts,
                 Tracer& trace);

    struct Verdict {
        bool candidate = false;
        bool matched = false;
        bool report = false;            // the descriptor tells `id`, not the RSS hash
        bool too_long = false;          // FDIRERR.LEN
        bool drop_too_long = false;     // FDIRERR.DROP
        bool collided = false;          // FDIRERR.COLL
        std::optional<unsigned> queue;  // by the filter or by a drop rule
        std::uint32_t id = 0;           // RxFilterMatch
    };
    [[nodiscard]] Verdict match(ConstBytes frame, const PacketInfo& info, unsigned pool);
    // The frame that got this verdict was delivered.
    void count(const Verdict& verdict);

    void write_control(std::uint32_t old);
    void write_command();
    // All filters are gone: reset.
    void reset();
    void loaded() { filters_.changed(); }
    // Why the loaded state cannot be; null if it can.
    [[nodiscard]] const char* implausible() const;

private:
    [[nodiscard]] bool active() const;
    [[nodiscard]] bool perfect() const;
    [[nodiscard]] std::size_t capacity() const;
    [[nodiscard]] unsigned bucket_of(std::uint32_t hash) const;
    [[nodiscard]] FlowFilters::Search find_id();
    [[nodiscard]] FlowFilters::Search find_packet(const FlowTuple& tuple, Verdict& verdict);
    void add(Value<FDIRCMD> command);
    void add_new(const ixgbe_flow_filter& filter, const FlowTuple* tuple, std::size_t before);
    void remove();
    void query();
    template <typename F>
    void fail(F counter);
    void set_free();
    void matched(const FlowFilters::Search& found, Verdict& verdict) const;
    [[nodiscard]] bool too_long(std::size_t length) const;

    const ixgbe_flow_state& state_;
    RegisterFile& regs_;
    Interrupts& interrupts_;
    Tracer& trace_;
    FlowFilters filters_;
};

}  // namespace ixgbe
