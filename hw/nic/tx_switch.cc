// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of pools: whether they may be sent, and to whom. X550 DS 7.8.3.4 and 7.8.4.2.
#include <algorithm>

#include "net/headers.h"
#include "nic/tx_path.h"
#include "regs/link.h"
#include "regs/tx.h"

namespace ixgbe {

namespace {

constexpr std::size_t kTwoTags = sizeof(EthernetHeader) + 2 * sizeof(VlanTag);

// The header as it will be: with the tag that the descriptor or the pool has inserted.
Layer2 layer2_of(const RegisterFile& regs, const TxRequest& request, ConstBytes start) {
    const auto control = regs.get<DMATXCTL>();
    const std::uint32_t outer =
        control.get(DMATXCTL::gdv) ? regs.get<EXVET_T>().get(EXVET_T::vet_ext) : 0;
    Layer2 l2 =
        parse(start, {.vlan_ethertype = static_cast<std::uint16_t>(control.get(DMATXCTL::vt)),
                      .outer_vlan_ethertype = static_cast<std::uint16_t>(outer)})
            .l2;
    if (request.insert_vlan) {
        l2.has_vlan = true;
        l2.vlan_tci = request.vlan;
    }
    return l2;
}

}  // namespace

// Decided once a packet: its segments have the same addresses and the same tag.
TxDrop TxPath::route(const TxRequest& request, const TxPacket& packet) {
    route_ = {.to_network = true};
    const auto pool = tx_pool(regs_, queue_);
    if (!pool || regs_.get<HLREG0>().get(HLREG0::lpbk)) {
        return TxDrop::none;
    }
    std::array<std::byte, kTwoTags> bytes{};
    const auto start = Bytes(bytes).first(std::min(bytes.size(), packet.size()));
    if (!packet.front(start)) {
        return TxDrop::too_short;
    }
    const Layer2 l2 = layer2_of(regs_, request, start);
    if (pools_.spoofed(start, l2, *pool)) {
        stats_.spoofed(*pool);
        return TxDrop::spoofed;
    }
    route_ = pools_.sent(start, l2, *pool);
    return TxDrop::none;
}

// To the pools first: only what they have taken goes on to the wire.
bool TxPath::exchange(const TxRequest& request) {
    const auto copies = receiver_.exchange({.bytes = flat_frame(),
                                            .offload = offload_,
                                            .to = route_,
                                            .context = request.context,
                                            .outer_context = request.geometry.native_tunnel});
    copies_ += copies.value_or(0);
    return copies.has_value();
}

}  // namespace ixgbe
