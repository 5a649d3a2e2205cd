// SPDX-License-Identifier: GPL-2.0-or-later
// Trace events: one list (trace_events.def), one test when an event is off.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "nic/host.h"

namespace ixgbe {

enum class TraceEvent : std::uint8_t {
#define TRACE_EVENT(name, format) name,
#include "nic/trace_events.def"
#undef TRACE_EVENT
};

struct TraceEventInfo {
    const char* name;
    const char* format;
};

inline constexpr auto kTraceEvents = std::to_array<TraceEventInfo>({
#define TRACE_EVENT(name, format) {#name, format},
#include "nic/trace_events.def"
#undef TRACE_EVENT
});
static_assert(kTraceEvents.size() <= 64, "the mask of enabled events has 64 bits");

// Passes enabled events on to the host.
class Tracer {
public:
    explicit Tracer(Host& host) : host_(host) {}

    void enable(std::uint64_t mask) { mask_ = mask; }

    void operator()(TraceEvent event, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0,
                    std::uint64_t d = 0) {
        if ((mask_ >> static_cast<unsigned>(event) & 1) != 0) [[unlikely]] {
            host_.trace(event, a, b, c, d);
        }
    }

private:
    Host& host_;
    std::uint64_t mask_ = 0;
};

}  // namespace ixgbe
