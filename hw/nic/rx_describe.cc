// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rx_describe.h"

#include "net/headers.h"

namespace ixgbe {

namespace {

Value<RxInfo> with_layer(Value<RxInfo> word, const Layer3& layer) {
    const bool v4 = layer.kind == L3Kind::ipv4;
    const bool v6 = layer.kind == L3Kind::ipv6;
    const bool nested_v6 = layer.nested == L3Kind::ipv6;
    word = word.with(RxInfo::ipv4, v4 && !layer.has_options)
               .with(RxInfo::ipv4e, v4 && layer.has_options)
               .with(RxInfo::ipv6, (v6 && !layer.has_extensions) || (v4 && nested_v6))
               .with(RxInfo::ipv6e, v6 && layer.has_extensions)
               .with(RxInfo::esp, layer.protocol == ipproto::kEsp)
               .with(RxInfo::ah, layer.protocol == ipproto::kAh);
    return word.with(RxInfo::tcp, layer.l4.is(L4Kind::tcp))
        .with(RxInfo::udp, layer.l4.is(L4Kind::udp))
        .with(RxInfo::sctp, layer.l4.is(L4Kind::sctp));
}

}  // namespace

Value<RxInfo> packet_info_word(const PacketInfo& info, std::optional<unsigned> ethertype_filter) {
    if (ethertype_filter) {
        return Value<RxInfo>().with(RxInfo::etqf, true).with(RxInfo::etqf_index, *ethertype_filter);
    }
    const Value<RxInfo> word = Value<RxInfo>()
                                   .with(RxInfo::tunnel, info.has_inner())
                                   .with(RxInfo::tunnel_vxlan, info.tunnel == TunnelKind::vxlan);
    const Layer3& layer = info.innermost();
    return layer.present() ? with_layer(word, layer) : word;
}

Value<RxStatus> checksum_status(const ChecksumVerdict& verdict) {
    return Value<RxStatus>()
        .with(RxStatus::ipcs, verdict.ip_checked)
        .with(RxStatus::ipe, verdict.ip_bad)
        .with(RxStatus::l4cs, verdict.l4_checked)
        .with(RxStatus::l4e, verdict.l4_bad)
        .with(RxStatus::udpcs, verdict.udp_present)
        .with(RxStatus::outeripcs, verdict.outer_ip_checked)
        .with(RxStatus::outeriper, verdict.outer_bad);
}

std::uint32_t ip_identification(ConstBytes frame, const PacketInfo& info) {
    if (info.outer.kind != L3Kind::ipv4) {
        return 0;
    }
    const auto id = read_at<be16>(frame, info.outer.offset + 4);
    return id ? Value<RxFragment>().with(RxFragment::ip_identification, *id).raw() : 0;
}

std::size_t header_split_point(const PacketInfo& info, Value<PSRTYPE> wanted) {
    const Layer3& layer = info.innermost();
    const bool tcp = wanted.get(PSRTYPE::tcp) && layer.l4.is(L4Kind::tcp);
    const bool udp = wanted.get(PSRTYPE::udp) && layer.l4.is(L4Kind::udp);
    if (layer.present() && (tcp || udp)) {
        return layer.l4.payload_offset;
    }
    const bool v4 = wanted.get(PSRTYPE::ipv4) && layer.kind == L3Kind::ipv4;
    const bool v6 = wanted.get(PSRTYPE::ipv6) && layer.kind == L3Kind::ipv6;
    if (v4 || v6) {
        return layer.payload_offset();
    }
    return wanted.get(PSRTYPE::l2) ? info.l2.header_len : 0;
}

}  // namespace ixgbe
