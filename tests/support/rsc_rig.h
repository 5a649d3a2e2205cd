// SPDX-License-Identifier: GPL-2.0-or-later
// A driver that has everything switched on that coalescing wants.
#pragma once

#include <vector>

#include "tcp_segment.h"

namespace x550 {

struct RscRig : Rig {
    RxRing ring;

    explicit RscRig(const RxOptions& options = {.buffer_kb = 3},
                    std::uint32_t maxdesc = RSCCTL::maxdesc_16)
        : RscRig(default_config(), options, maxdesc) {}
    explicit RscRig(const ixgbe_config& config, const RxOptions& options = {.buffer_kb = 3},
                    std::uint32_t maxdesc = RSCCTL::maxdesc_16)
        : Rig(config), ring(driver, 0, options) {
        driver.clear<RFCTL>(RFCTL::rsc_dis);
        driver.set<HLREG0>(HLREG0::rxcrcstrp);
        driver.set<PSRTYPE>(PSRTYPE::tcp);
        driver.write<RSCCTL>(0, RSCCTL::rscen | maxdesc);
    }

    // A burst: nothing is told to the driver before its end.
    std::vector<RxUnit> burst(const std::vector<Frame>& frames) {
        for (const Frame& frame : frames) {
            EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        }
        EXPECT_TRUE(machine.run());
        return ring.take_units();
    }
};

// `count` segments of one stream in order, of `size` bytes each.
[[nodiscard]] inline std::vector<TcpSegment> stream(unsigned count, std::size_t size = 1448,
                                                    TcpSegment next = {}) {
    std::vector<TcpSegment> out;
    for (unsigned i = 0; i < count; ++i) {
        next.payload = pattern(size, next.seq);
        out.push_back(next);
        next.seq += static_cast<std::uint32_t>(size);
        ++next.id;
    }
    return out;
}

[[nodiscard]] inline std::vector<Frame> frames_of(const std::vector<TcpSegment>& segments) {
    std::vector<Frame> out;
    for (const TcpSegment& segment : segments) {
        out.push_back(segment.build());
    }
    return out;
}

[[nodiscard]] inline Frame payload_of(const std::vector<TcpSegment>& segments) {
    Frame out;
    for (const TcpSegment& segment : segments) {
        out.insert(out.end(), segment.payload.begin(), segment.payload.end());
    }
    return out;
}

[[nodiscard]] inline std::vector<unsigned> segments_of(const std::vector<RxUnit>& units) {
    std::vector<unsigned> out;
    for (const RxUnit& unit : units) {
        out.push_back(unit.segments);
    }
    return out;
}

}  // namespace x550
