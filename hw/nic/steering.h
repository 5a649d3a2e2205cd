// SPDX-License-Identifier: GPL-2.0-or-later
// To which queue a received frame goes: X550 DS 7.1.2.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/parse.h"
#include "net/toeplitz.h"
#include "nic/flow_director.h"
#include "nic/register_file.h"
#include "regs/descriptors.h"

namespace ixgbe {

// Ethertype filters, the SYN filter, Flow Director, then RSS; queue 0 for what none claims. The
// expanded key is rebuilt after RSSRK changed: key_changed() marks it.
class Steering {
public:
    Steering(RegisterFile& regs, FlowDirector& flows) : regs_(regs), flows_(flows) {}

    struct Target {
        unsigned queue = 0;
        std::uint32_t hash = 0;
        RssType rss_type = RssType::none;
        std::optional<unsigned> ethertype_filter;  // index of the ETQF that matched
        FlowDirector::Verdict flow;
    };

    [[nodiscard]] Target choose(ConstBytes frame, const PacketInfo& info);
    void key_changed() { stale_ = true; }

private:
    [[nodiscard]] std::optional<unsigned> match_ethertype(std::uint16_t ethertype) const;
    [[nodiscard]] std::optional<unsigned> queue_by_ethertype(Target& target,
                                                             const PacketInfo& info) const;
    [[nodiscard]] std::optional<unsigned> queue_by_syn(ConstBytes frame,
                                                       const PacketInfo& info) const;
    [[nodiscard]] unsigned queue_by_rss(Target& target, ConstBytes frame, const PacketInfo& info);
    [[nodiscard]] unsigned rss_queue(std::uint32_t hash) const;
    [[nodiscard]] unsigned redirection(unsigned entry) const;
    void rebuild_key();

    RegisterFile& regs_;
    FlowDirector& flows_;
    ToeplitzKey key_;
    bool stale_ = true;
};

}  // namespace ixgbe
