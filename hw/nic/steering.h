// SPDX-License-Identifier: GPL-2.0-or-later
// To which queue a received frame goes: X550 DS 7.1.3.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/parse.h"
#include "nic/flow_director.h"
#include "nic/pools.h"
#include "nic/register_file.h"
#include "nic/rss.h"
#include "regs/descriptors.h"

namespace ixgbe {

// The first ethertype filter (ETQF) that is enabled for this type.
[[nodiscard]] std::optional<unsigned> ethertype_filter(const RegisterFile& regs,
                                                       std::uint16_t ethertype);

// Ethertype filters, the SYN filter, Flow Director, then RSS and traffic class; the first queue of
// the pool, or of all, for what none claims.
class Steering {
public:
    Steering(RegisterFile& regs, FlowDirector& flows, const OffloadGates& gates)
        : regs_(regs), flows_(flows), rss_(regs, gates) {}

    // A frame that pools share is steered once for each copy.
    struct Copy {
        unsigned pool = 0;
        bool original = true;      // not a mirror's: ethertype and SYN filters concern it
        bool l3l4_filters = true;  // SYN filter, Flow Director, RSS
    };
    struct Target {
        unsigned queue = 0;
        std::uint32_t hash = 0;
        RssType rss_type = RssType::none;
        std::optional<unsigned> ethertype_filter;  // index of the ETQF that matched
        FlowDirector::Verdict flow;
    };

    // Without pools: figure 7-5.
    [[nodiscard]] Target choose(ConstBytes frame, const PacketInfo& info);
    // The copy of one pool: figure 7-6.
    [[nodiscard]] Target choose(ConstBytes frame, const PacketInfo& info,
                                const RxPoolLayout& layout, const Copy& copy);

    [[nodiscard]] Rss& rss() { return rss_; }

private:
    [[nodiscard]] std::optional<unsigned> queue_by_ethertype(const Target& target) const;
    [[nodiscard]] std::optional<unsigned> queue_by_syn(ConstBytes frame,
                                                       const PacketInfo& info) const;
    [[nodiscard]] unsigned queue_by_rss(Target& target, ConstBytes frame, const PacketInfo& info);
    [[nodiscard]] unsigned queue_of_pool(Target& target, ConstBytes frame, const PacketInfo& info,
                                         const RxPoolLayout& layout, const Copy& copy);
    [[nodiscard]] std::optional<Rss::Result> rss_of_pool(ConstBytes frame, const PacketInfo& info,
                                                         unsigned pool);
    [[nodiscard]] unsigned traffic_class(const Layer2& l2) const;
    static void report_flow(Target& target);

    RegisterFile& regs_;
    FlowDirector& flows_;
    Rss rss_;
};

}  // namespace ixgbe
