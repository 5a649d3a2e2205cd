// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/tx_pool.h"

#include <array>
#include <cstddef>

#include "net/headers.h"
#include "nic/pools.h"
#include "regs/tx.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

// PFVMVIR.VLANA; the other two values leave it to the descriptor. X550 DS 8.2.2.22.14.
constexpr std::uint32_t kAlwaysInsert = 1;
constexpr std::uint32_t kNeverInsert = 2;

bool is_tagged(const RegisterFile& regs, const TxPacket& packet) {
    std::array<std::byte, sizeof(EthernetHeader)> header{};
    const auto type =
        packet.front(header) ? read_at<be16>(header, offsetof(EthernetHeader, type)) : std::nullopt;
    return type && *type == regs.get<DMATXCTL>().get(DMATXCTL::vt);
}

}  // namespace

TxDrop apply_pool_vlan(const RegisterFile& regs, unsigned queue, const TxPacket& packet,
                       TxRequest& request) {
    const auto pool = tx_pool(regs, queue);
    if (!pool) {
        return TxDrop::none;
    }
    const auto rule = regs.get<PFVMVIR>(*pool);
    const std::uint32_t action = rule.get(PFVMVIR::vlana);
    if (action != kAlwaysInsert && action != kNeverInsert) {
        return TxDrop::none;
    }
    if (is_tagged(regs, packet)) {
        return TxDrop::pool_vlan;
    }
    request.insert_vlan = action == kAlwaysInsert;
    request.vlan = static_cast<std::uint16_t>(rule.get(PFVMVIR::port_vlan_id));
    return TxDrop::none;
}

}  // namespace ixgbe
