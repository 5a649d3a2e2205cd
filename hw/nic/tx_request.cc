// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/tx_request.h"

namespace ixgbe {

namespace {

L4 l4_of(TxL4Type type) {
    switch (type) {
        case TxL4Type::udp:
            return L4::udp;
        case TxL4Type::tcp:
            return L4::tcp;
        case TxL4Type::sctp:
            return L4::sctp;
        case TxL4Type::none:
            return L4::none;
    }
    return L4::none;
}

}  // namespace

// X550 DS 7.2.3.2.2
TxRequest legacy_request(const TxDescriptor& first) {
    const auto command = first.word<TxLegacyCommand>(2);
    const auto status = first.word<TxLegacyStatus>(3);
    TxRequest request;
    request.insert_fcs = command.get(TxLegacyCommand::ifcs);
    request.insert_vlan = command.get(TxLegacyCommand::vle);
    request.vlan = static_cast<std::uint16_t>(status.get(TxLegacyStatus::vlan));
    request.raw_checksum = command.get(TxLegacyCommand::ic);
    request.css = static_cast<std::uint8_t>(status.get(TxLegacyStatus::css));
    request.cso = static_cast<std::uint8_t>(command.get(TxLegacyCommand::cso));
    return request;
}

// X550 DS 7.2.3.2.3 and 7.2.3.2.4
TxRequest advanced_request(const TxDescriptor& first, const ixgbe_tx_context& context) {
    const auto command = first.word<TxDataCommand>(2);
    const auto options = first.word<TxDataOptions>(3);
    const Value<TxContextHeader> header(context.dw[0]);
    const Value<TxContextTunnel> tunnel(context.dw[1]);
    const Value<TxContextCommand> type(context.dw[2]);
    const Value<TxContextSegment> segment(context.dw[3]);
    return {
        .insert_fcs = command.get(TxDataCommand::ifcs),
        .insert_vlan = command.get(TxDataCommand::vle),
        .vlan = static_cast<std::uint16_t>(header.get(TxContextHeader::vlan)),
        .segment = command.get(TxDataCommand::tse),
        .ip_checksum = options.get(TxDataOptions::ixsm),
        .l4_checksum = options.get(TxDataOptions::txsm),
        .ipsec = options.get(TxDataOptions::ipsec),
        .geometry = {.mac_len = header.get(TxContextHeader::maclen),
                     .outer_ip_len = tunnel.get(TxContextTunnel::outeriplen),
                     .tunnel_len = tunnel.get(TxContextTunnel::tunnellen),
                     .ip_len = header.get(TxContextHeader::iplen),
                     .l4_len = segment.get(TxContextSegment::l4len),
                     .l4 = l4_of(type.get(TxContextCommand::l4t)),
                     .ipv4 = type.get(TxContextCommand::ipv4),
                     .native_tunnel = command.get(TxDataCommand::outeripcs),
                     .vxlan = !command.get(TxDataCommand::tunnel_type)},
        .mss = static_cast<std::uint16_t>(segment.get(TxContextSegment::mss)),
        .payload_len = options.get(TxDataOptions::paylen),
        .context = options.get(TxDataOptions::cc),
    };
}

}  // namespace ixgbe
