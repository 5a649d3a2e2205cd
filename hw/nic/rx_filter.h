// SPDX-License-Identifier: GPL-2.0-or-later
// Which frames the MAC lets in: X550 DS 7.1.1.
#pragma once

#include <array>
#include <cstdint>

#include <ixgbe/ixgbe.h>

#include "base/bytes.h"
#include "net/parse.h"
#include "nic/register_file.h"

namespace ixgbe {

// Address and VLAN admission. The valid entries of RAL/RAH are kept in a compact table, rebuilt
// after a driver changed one: addresses_changed() marks it.
class RxFilter {
public:
    explicit RxFilter(RegisterFile& regs) : regs_(regs) {}

    struct Verdict {
        bool accepted = false;
        bool exact = false;  // a unicast address filter matched; otherwise the descriptor says PIF
    };

    // `frame` holds at least an Ethernet header; `l2` is what parse() found in it.
    [[nodiscard]] Verdict admit(ConstBytes frame, const Layer2& l2);
    void addresses_changed() { stale_ = true; }
    void query(ixgbe_rx_filter& out) const;

private:
    [[nodiscard]] bool matches_address(std::uint64_t address);
    [[nodiscard]] bool matches_multicast(std::uint64_t address) const;
    [[nodiscard]] bool admits_vlan(const Layer2& l2) const;
    void rebuild();

    RegisterFile& regs_;
    std::array<std::uint64_t, 128> address_{};
    unsigned count_ = 0;
    bool stale_ = true;
};

}  // namespace ixgbe
