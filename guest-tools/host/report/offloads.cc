// SPDX-License-Identifier: GPL-2.0-or-later
#include "offloads.h"

#include <algorithm>

namespace host {
namespace {

constexpr auto kTransmit = OffloadDirection::transmit;
constexpr auto kReceive = OffloadDirection::receive;
constexpr auto kControl = OffloadDirection::control;
constexpr auto kProperty = OffloadSwitch::property;
constexpr auto kBlock = OffloadSwitch::block;
constexpr auto kChip = OffloadSwitch::chip;

constexpr std::array kOffloads{
    Offload{"csum-ip4", kTransmit, kProperty, "IPv4 header checksum", {"tx-tso4"}},
    Offload{"csum-tcp4",
            kTransmit,
            kProperty,
            "TCP checksum over IPv4",
            {"tx-checksum", "control-tx-checksum"}},
    Offload{"csum-udp4",
            kTransmit,
            kProperty,
            "UDP checksum over IPv4",
            {"tx-checksum", "control-tx-checksum"}},
    Offload{"csum-tcp6",
            kTransmit,
            kProperty,
            "TCP checksum over IPv6",
            {"tx-checksum", "control-tx-checksum"}},
    Offload{"csum-udp6",
            kTransmit,
            kProperty,
            "UDP checksum over IPv6",
            {"tx-checksum", "control-tx-checksum"}},
    Offload{"csum-ip-options", kTransmit, kProperty, "Checksums with IPv4 options", {}},
    Offload{"csum-ip6-ext", kTransmit, kProperty, "Checksums behind IPv6 extension headers", {}},
    Offload{"lso1",
            kTransmit,
            kProperty,
            "TCP segmentation over IPv4, LSO version 1",
            {"control-large-sends"}},
    Offload{"lso2-ip4",
            kTransmit,
            kProperty,
            "TCP segmentation over IPv4, LSO version 2",
            {"tx-tso4", "control-large-sends"}},
    Offload{"lso2-ip6",
            kTransmit,
            kProperty,
            "TCP segmentation over IPv6, LSO version 2",
            {"tx-tso6", "control-large-sends"}},
    Offload{"uso-ip4",
            kTransmit,
            kProperty,
            "UDP segmentation over IPv4",
            {"tx-uso4", "control-large-sends"}},
    Offload{"uso-ip6",
            kTransmit,
            kProperty,
            "UDP segmentation over IPv6",
            {"tx-uso6", "control-large-sends"}},
    Offload{"uso-sub-mss",
            kTransmit,
            kProperty,
            "UDP segmentation with a short last datagram",
            {"tx-uso4", "tx-uso6", "control-large-sends"}},
    Offload{
        "nvgre", kTransmit, kProperty, "Checksums and segmentation inside NVGRE", {"tx-gretap"}},
    Offload{"vxlan",
            kTransmit,
            kProperty,
            "Checksums and segmentation inside VXLAN",
            {"tx-vxlan", "tx-vxlan-checksum"}},
    Offload{"ipsec1", kTransmit, kProperty, "IPsec version 1, both ways", {}},
    Offload{"ipsec2", kTransmit, kProperty, "IPsec version 2, both ways", {}},
    Offload{"vlan-insert", kTransmit, kChip, "VLAN tag insertion", {"tx-vlan", "tx-qinq"}},
    Offload{"csum-sctp", kTransmit, kChip, "SCTP CRC32c", {"tx-sctp"}},
    Offload{"other-tunnels",
            kTransmit,
            kChip,
            "Segmentation inside GRE, IP in IP and Geneve",
            {"tx-gre", "tx-gre-checksum", "tx-ipip", "tx-sit", "tx-ip6tnl", "tx-geneve"}},

    Offload{
        "csum-ip4", kReceive, kProperty, "IPv4 header checksum", {"rx-ip4", "control-rx-checksum"}},
    Offload{"csum-tcp4",
            kReceive,
            kProperty,
            "TCP checksum over IPv4",
            {"rx-tcp4", "rx-checksum", "control-rx-checksum"}},
    Offload{"csum-udp4",
            kReceive,
            kProperty,
            "UDP checksum over IPv4",
            {"rx-udp4", "control-rx-checksum"}},
    Offload{"csum-tcp6",
            kReceive,
            kProperty,
            "TCP checksum over IPv6",
            {"rx-tcp6", "control-rx-checksum"}},
    Offload{"csum-udp6",
            kReceive,
            kProperty,
            "UDP checksum over IPv6",
            {"rx-udp6", "control-rx-checksum"}},
    Offload{"csum-ip-options", kReceive, kProperty, "Checksums with IPv4 options", {"rx-ip4"}},
    Offload{"csum-ip6-ext",
            kReceive,
            kProperty,
            "Checksums behind IPv6 extension headers",
            {"rx-tcp6"}},
    Offload{"rsc-ip4",
            kReceive,
            kProperty,
            "TCP coalescing over IPv4",
            {"rx-lro", "lro", "control-coalescing"}},
    Offload{"rsc-ip6", kReceive, kProperty, "TCP coalescing over IPv6", {"control-coalescing"}},
    Offload{
        "rsc-timestamps", kReceive, kProperty, "Coalescing of segments with timestamps", {"lro"}},
    Offload{
        "nvgre", kReceive, kProperty, "Checksums inside NVGRE", {"rx-nvgre", "control-tunnels"}},
    Offload{"vxlan",
            kReceive,
            kProperty,
            "Checksums inside VXLAN",
            {"rx-vxlan", "rx-vxlan-port", "rx-vxlan6", "control-tunnels"}},
    Offload{"rss", kReceive, kProperty, "Spreading by hash", {"rx-rss", "queues"}},
    Offload{"rss-udp", kReceive, kProperty, "Spreading of UDP by ports", {}},
    Offload{"vmq", kReceive, kProperty, "Pools by address", {"rx-pools"}},
    Offload{"vmq-vlan", kReceive, kProperty, "Pools by address and VLAN", {}},
    Offload{"vlan-strip", kReceive, kChip, "VLAN tags stripped and filtered", {"rx-vlan"}},
    Offload{"csum-sctp", kReceive, kChip, "SCTP CRC32c", {"rx-sctp"}},
    Offload{"flow-rules", kReceive, kChip, "Flow Director rules", {"rx-flow-rules"}},
    Offload{"unfinished-frames",
            kReceive,
            kChip,
            "What a tap leaves unfinished",
            {"rx-unfinished", "rx-super-frames"}},

    Offload{"capabilities", kControl, kBlock, "What the block tells", {"control-capabilities"}},
    Offload{"refusals",
            kControl,
            kBlock,
            "Requests that must be refused, with nothing changed",
            {"control-refusals"}},
    Offload{"events",
            kControl,
            kBlock,
            "An event and an interrupt for each change",
            {"control-events"}},
    Offload{"reset", kControl, kBlock, "The state after each kind of reset", {"control-reset"}},
};

constexpr std::array kLimits{
    OffloadLimit{"lso-max", "payload bytes of a large send"},
    OffloadLimit{"lso-min-segs", "segments a large send has at least"},
    OffloadLimit{"lso-ipid", "how IPv4 identifications of segments count"},
    OffloadLimit{"rsc-flows", "connections followed at once"},
    OffloadLimit{"rsc-max-segs", "segments a coalesced unit, 0 without limit"},
    OffloadLimit{"encap-max-header", "bytes to the end of a tunnel's inner headers"},
    OffloadLimit{"vxlan-port", "UDP port of VXLAN"},
    OffloadLimit{"vxlan-port-fixed", "that port cannot be changed"},
    OffloadLimit{"rss-queues", "queues to spread over"},
    OffloadLimit{"rss-table", "entries of the redirection table"},
    OffloadLimit{"vmq-queues", "pools beside the default one"},
    OffloadLimit{"rss-or-vmq", "what the driver is advised to prefer"},
    OffloadLimit{"ipsec-sas", "IPsec security associations"},
};

}  // namespace

std::string_view name_of(OffloadDirection direction) {
    switch (direction) {
        case OffloadDirection::transmit:
            return "transmit";
        case OffloadDirection::receive:
            return "receive";
        case OffloadDirection::control:
            return "control";
    }
    return "";
}

bool Offload::proved_by(std::string_view check) const {
    return !check.empty() && std::find(checks.begin(), checks.end(), check) != checks.end();
}

std::span<const Offload> all_offloads() {
    return kOffloads;
}

std::span<const OffloadLimit> all_offload_limits() {
    return kLimits;
}

}  // namespace host
