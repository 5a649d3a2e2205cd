// SPDX-License-Identifier: GPL-2.0-or-later
// Which frames the MAC lets in: X550 DS 7.1.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <ixgbe/ixgbe.h>

#include "base/bytes.h"
#include "net/parse.h"
#include "nic/register_file.h"

namespace ixgbe {

// The six bytes as RAL and RAH hold them: the first one on the wire in bits 7:0. Bytes that are not
// there make it 0.
[[nodiscard]] std::uint64_t mac_address_at(ConstBytes frame, std::size_t offset);
[[nodiscard]] constexpr bool is_group(std::uint64_t address) {
    return (address & 1) != 0;
}
[[nodiscard]] constexpr bool is_broadcast(std::uint64_t address) {
    return address == 0xffffffffffff;
}

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

    // Calls `visit` with the number of each RAL/RAH pair that is valid and holds this address.
    template <typename Visit>
    void for_each_match(std::uint64_t address, Visit visit) {
        rebuild_if_stale();
        for (unsigned i = 0; i < count_; ++i) {
            if (address_[i] == address) {
                visit(entry_[i]);
            }
        }
    }
    [[nodiscard]] bool in_multicast_table(std::uint64_t address) const;  // MTA, if MFE is set
    [[nodiscard]] bool in_unicast_table(std::uint64_t address) const;    // PFUTA
    void query(ixgbe_rx_filter& out) const;

private:
    [[nodiscard]] bool matches_address(std::uint64_t address);
    [[nodiscard]] std::uint32_t hash_vector(std::uint64_t address) const;
    [[nodiscard]] bool admits_vlan(const Layer2& l2) const;
    void rebuild_if_stale();

    RegisterFile& regs_;
    std::array<std::uint64_t, 128> address_{};
    std::array<unsigned, 128> entry_{};
    unsigned count_ = 0;
    bool stale_ = true;
};

}  // namespace ixgbe
