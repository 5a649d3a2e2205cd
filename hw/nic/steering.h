// SPDX-License-Identifier: GPL-2.0-or-later
// To which queue a received frame goes: X550 DS 7.1.2.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/parse.h"
#include "net/toeplitz.h"
#include "nic/register_file.h"
#include "regs/descriptors.h"

namespace ixgbe {

// Ethertype filters, then RSS; queue 0 for what neither claims. The expanded key is rebuilt after
// RSSRK changed: key_changed() marks it.
class Steering {
public:
    explicit Steering(RegisterFile& regs) : regs_(regs) {}

    struct Target {
        unsigned queue = 0;
        std::uint32_t hash = 0;
        RssType rss_type = RssType::none;
        std::optional<unsigned> ethertype_filter;  // index of the ETQF that matched
    };

    [[nodiscard]] Target choose(ConstBytes frame, const PacketInfo& info);
    void key_changed() { stale_ = true; }

private:
    [[nodiscard]] std::optional<unsigned> match_ethertype(std::uint16_t ethertype) const;
    [[nodiscard]] unsigned rss_queue(std::uint32_t hash) const;
    [[nodiscard]] unsigned redirection(unsigned entry) const;
    void rebuild_key();

    RegisterFile& regs_;
    ToeplitzKey key_;
    bool stale_ = true;
};

}  // namespace ixgbe
