// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/flow_tuple.h"

#include <algorithm>
#include <array>

#include "base/endian.h"
#include "net/headers.h"
#include "regs/wakeup.h"

namespace ixgbe {

namespace {

constexpr std::uint16_t kVlanId = 0x0FFF;
constexpr std::uint16_t kVlanPriority = 0xE000;  // DEI is not compared
constexpr std::size_t kFlexWindow = 64;          // of the frame
constexpr std::size_t kIpv6Bytes = 16;

Bytes field(FlowTuple& tuple, std::size_t offset, std::size_t length) {
    return Bytes(tuple.bytes).subspan(offset, length);
}

void put(FlowTuple& tuple, std::size_t offset, ConstBytes bytes) {
    std::copy(bytes.begin(), bytes.end(), field(tuple, offset, bytes.size()).begin());
}

template <typename T>
void put_number(FlowTuple& tuple, std::size_t offset, const T& value) {
    put(tuple, offset, std::as_bytes(std::span(&value, 1)));
}

template <typename T>
T number(const FlowTuple& tuple, std::size_t offset) {
    return read_at<T>(tuple.bytes, offset).value_or(T{});
}

// ---- masks ----

// Bit n of `mask` says that byte n is ignored.
void mask_bytes(Bytes bytes, std::uint32_t mask) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = (mask >> i & 1) != 0 ? std::byte{0} : bytes[i];
    }
}

void mask_bits(FlowTuple& tuple, std::size_t offset, le32 ignored) {
    const le32 kept = std::uint32_t{number<le32>(tuple, offset)} & ~std::uint32_t{ignored};
    put_number(tuple, offset, kept);
}

// Both halves, each with its bits in reverse.
std::uint32_t reversed_halves(std::uint32_t v) {
    v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
    v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
    v = (v >> 4 & 0x0F0F0F0F) | (v & 0x0F0F0F0F) << 4;
    return (v >> 8 & 0x00FF00FF) | (v & 0x00FF00FF) << 8;
}

std::uint32_t port_mask(const RegisterFile& regs, L4Kind kind) {
    switch (kind) {
        case L4Kind::tcp:
            return regs.get<FDIRTCPM>().raw();
        case L4Kind::udp:
            return regs.get<FDIRUDPM>().raw();
        case L4Kind::sctp:
            return regs.get<FDIRSCTPM>().raw();
        default:
            return ~0U;
    }
}

void mask_ports(FlowTuple& tuple, std::uint32_t mask) {
    const std::uint32_t ignored = reversed_halves(mask);
    const auto keep = [&](std::size_t offset, std::uint32_t half) {
        const be16 kept = static_cast<std::uint16_t>(number<be16>(tuple, offset) & ~half);
        put_number(tuple, offset, kept);
    };
    keep(FlowTuple::kSourcePort, ignored);
    keep(FlowTuple::kDestinationPort, ignored >> 16);
}

void mask_addresses(const RegisterFile& regs, FlowTuple& tuple, bool ipv6) {
    if (!ipv6) {
        mask_bits(tuple, FlowTuple::kSource, regs.get<FDIRSIP4M>().raw());
        mask_bits(tuple, FlowTuple::kDestination, regs.get<FDIRDIP4M>().raw());
        return;
    }
    const auto masks = regs.get<FDIRIP6M>();
    mask_bytes(field(tuple, FlowTuple::kSource, kIpv6Bytes), masks.get(FDIRIP6M::sipm));
    const auto destination = field(tuple, FlowTuple::kDestination, kIpv6Bytes);
    if (regs.get<FDIRM>().get(FDIRM::dipv6)) {
        std::fill(destination.begin(), destination.end(), std::byte{0});
    } else if (!regs.get<FDIRCTRL>().get(FDIRCTRL::perfect_match)) {
        mask_bytes(destination, masks.get(FDIRIP6M::dipm));
    }
}

// SIPM in these modes: bytes 0 to 11 as ever, but the tunnel identifier as a number, whose byte
// least on the right is bit 12 (drivers set that one for 24 bits of VNI).
void mask_tunnel_fields(const RegisterFile& regs, FlowTuple& tuple) {
    const std::uint32_t mask = regs.get<FDIRIP6M>().get(FDIRIP6M::sipm);
    mask_bytes(field(tuple, FlowTuple::kSource, kIpv6Bytes - 4), mask);
    const Bytes id = field(tuple, FlowTuple::kTunnelId, 4);
    std::reverse(id.begin(), id.end());
    mask_bytes(id, mask >> 12);
    std::reverse(id.begin(), id.end());
}

void mask_common(const RegisterFile& regs, FlowTuple& tuple) {
    const auto ignored = regs.get<FDIRM>();
    const auto compared =
        static_cast<std::uint16_t>((ignored.get(FDIRM::vlanid) ? 0 : kVlanId) |
                                   (ignored.get(FDIRM::vlanp) ? 0 : kVlanPriority));
    const std::uint16_t vlan = number<be16>(tuple, FlowTuple::kVlan);
    put_number(tuple, FlowTuple::kVlan, be16{static_cast<std::uint16_t>(vlan & compared)});
    if (ignored.get(FDIRM::flex)) {
        put_number(tuple, FlowTuple::kFlex, be16{0});
    }
    if (ignored.get(FDIRM::pool)) {
        tuple.bytes[FlowTuple::kPool] = {};
    }
    std::byte& type = tuple.bytes[FlowTuple::kType];
    type &= ignored.get(FDIRM::l4p) ? ~std::byte{3} : ~std::byte{0};
    type &= ignored.get(FDIRM::l3p) ? ~FlowTuple::kTypeIpv6 : ~std::byte{0};
}

L4Kind l4_of(std::byte type) {
    constexpr std::array kKinds{L4Kind::other, L4Kind::udp, L4Kind::tcp, L4Kind::sctp};
    return kKinds.at(std::to_integer<unsigned>(type & std::byte{3}));
}

void mask(const RegisterFile& regs, FlowTuple& tuple) {
    if (regs.get<FDIRCTRL>().get(FDIRCTRL::filtermode) != FlowFilterMode::ip) {
        mask_tunnel_fields(regs, tuple);
        mask_common(regs, tuple);
        return;
    }
    const std::byte type = tuple.bytes[FlowTuple::kType];
    mask_addresses(regs, tuple, (type & FlowTuple::kTypeIpv6) != std::byte{0});
    mask_ports(tuple, port_mask(regs, l4_of(type)));
    mask_common(regs, tuple);
}

// ---- packets ----

std::byte l4_type(const Layer4& l4) {
    if (l4.is(L4Kind::udp)) {
        return std::byte{1};
    }
    if (l4.is(L4Kind::tcp)) {
        return std::byte{2};
    }
    return l4.is(L4Kind::sctp) ? std::byte{3} : std::byte{0};
}

std::uint32_t own_address_word(const RegisterFile& regs, unsigned word) {
    constexpr unsigned kFirst = count_of<IP6AT>();
    return word < kFirst ? regs.get<IP6AT>(word).raw() : regs.get<IP6AT_EXT>(word - kFirst).raw();
}

// One of the valid addresses of IP6AT.
bool is_own_ipv6(const RegisterFile& regs, ConstBytes address) {
    constexpr unsigned kAddresses = 4;
    constexpr unsigned kWords = kIpv6Bytes / 4;
    for (unsigned i = 0; i < kAddresses; ++i) {
        bool equal = (regs.get<IPAV>().get(IPAV::v6) >> i & 1) != 0;
        for (unsigned word = 0; word < kWords && equal; ++word) {
            equal = read_at<le32>(address, 4 * std::size_t{word}) ==
                    le32{own_address_word(regs, i * kWords + word)};
        }
        if (equal) {
            return true;
        }
    }
    return false;
}

void put_destination(const RegisterFile& regs, FlowTuple& tuple, ConstBytes address) {
    const bool perfect = regs.get<FDIRCTRL>().get(FDIRCTRL::perfect_match);
    if (!perfect || address.size() != kIpv6Bytes) {
        put(tuple, FlowTuple::kDestination, address);
    } else if (is_own_ipv6(regs, address)) {
        tuple.bytes[FlowTuple::kDestination] = FlowTuple::kIp6at;
    }
}

// Table 7-5: TCP, UDP and SCTP; other IP only while L4P is masked, and no IP in IP.
bool put_ip(const RegisterFile& regs, FlowTuple& tuple, ConstBytes frame, const PacketInfo& info) {
    const Layer3& ip = info.innermost();
    const std::byte l4 = l4_type(ip.l4);
    if (!ip.present() || ip.nested != L3Kind::none ||
        (l4 == std::byte{0} && !regs.get<FDIRM>().get(FDIRM::l4p))) {
        return false;
    }
    put(tuple, FlowTuple::kSource, frame.subspan(ip.src_offset, ip.address_len()));
    put_destination(regs, tuple, frame.subspan(ip.dst_offset, ip.address_len()));
    if (l4 != std::byte{0}) {
        put(tuple, FlowTuple::kSourcePort, frame.subspan(ip.l4.offset, 4));
    }
    tuple.bytes[FlowTuple::kType] =
        l4 | (ip.kind == L3Kind::ipv6 ? FlowTuple::kTypeIpv6 : std::byte{0}) |
        (info.has_inner() ? FlowTuple::kTypeTunnel : std::byte{0});
    return true;
}

// VXLAN and NVGRE both have the identifier 4 bytes into their header, of which VXLAN's has 24 bits.
bool put_cloud(FlowTuple& tuple, ConstBytes frame, const PacketInfo& info) {
    if (!info.has_inner() || !info.inner_l2.present()) {
        return false;
    }
    put(tuple, FlowTuple::kMac, frame.subspan(info.inner_l2.offset, 6));
    put(tuple, FlowTuple::kTunnelId, frame.subspan(info.tunnel_offset + std::size_t{4}, 4));
    tuple.bytes[FlowTuple::kTunnelType] =
        info.tunnel == TunnelKind::vxlan ? FlowTuple::kVxlan : std::byte{0};
    return true;
}

// The outermost tag.
std::uint16_t tag_of(const Layer2& l2) {
    if (l2.has_outer_vlan) {
        return l2.outer_vlan_tci;
    }
    return l2.has_vlan ? l2.vlan_tci : std::uint16_t{0};
}

void put_flex(const RegisterFile& regs, FlowTuple& tuple, ConstBytes frame) {
    const std::size_t offset = std::size_t{2} * regs.get<FDIRCTRL>().get(FDIRCTRL::flex_offset);
    if (offset + 2 <= kFlexWindow && holds(frame, offset, 2)) {
        put(tuple, FlowTuple::kFlex, frame.subspan(offset, 2));
    }
}

}  // namespace

std::optional<FlowTuple> packet_tuple(const RegisterFile& regs, ConstBytes frame,
                                      const PacketInfo& info, unsigned pool) {
    FlowTuple tuple;
    const FlowFilterMode mode = regs.get<FDIRCTRL>().get(FDIRCTRL::filtermode);
    bool candidate = true;
    if (mode == FlowFilterMode::ip) {
        candidate = put_ip(regs, tuple, frame, info);
    } else if (mode == FlowFilterMode::cloud) {
        candidate = put_cloud(tuple, frame, info);
    } else {
        put(tuple, FlowTuple::kMac, frame.first(6));
    }
    if (!candidate) {
        return std::nullopt;
    }
    const Layer2& tagged = mode == FlowFilterMode::cloud ? info.inner_l2 : info.l2;
    put_number(tuple, FlowTuple::kVlan, be16{tag_of(tagged)});
    put_flex(regs, tuple, frame);
    tuple.bytes[FlowTuple::kPool] = static_cast<std::byte>(pool);
    mask(regs, tuple);
    return tuple;
}

FlowTuple register_tuple(const RegisterFile& regs, Value<FDIRCMD> command) {
    FlowTuple tuple;
    const bool ip = regs.get<FDIRCTRL>().get(FDIRCTRL::filtermode) == FlowFilterMode::ip;
    const bool ipv6 = ip && command.get(FDIRCMD::ipv6);
    put_number(tuple, FlowTuple::kVlan,
               be16{static_cast<std::uint16_t>(regs.get<FDIRVLAN>().get(FDIRVLAN::vlan))});
    put_number(tuple, FlowTuple::kSource, le32{regs.get<FDIRIPSA>().raw()});
    for (unsigned word = 0; word < 3 && (ipv6 || !ip); ++word) {
        put_number(tuple, FlowTuple::kMac + 4 * std::size_t{word},
                   le32{regs.get<FDIRSIPV6>(word).raw()});
    }
    if (!ipv6) {
        put_number(tuple, FlowTuple::kDestination, le32{regs.get<FDIRIPDA>().raw()});
    } else if (command.get(FDIRCMD::ipv6dmatch)) {
        tuple.bytes[FlowTuple::kDestination] = FlowTuple::kIp6at;
    }
    const auto ports = regs.get<FDIRPORT>();
    put_number(tuple, FlowTuple::kSourcePort,
               be16{static_cast<std::uint16_t>(ports.get(FDIRPORT::source))});
    put_number(tuple, FlowTuple::kDestinationPort,
               be16{static_cast<std::uint16_t>(ports.get(FDIRPORT::destination))});
    put_number(tuple, FlowTuple::kFlex,
               le16{static_cast<std::uint16_t>(regs.get<FDIRVLAN>().get(FDIRVLAN::flex))});
    tuple.bytes[FlowTuple::kPool] = static_cast<std::byte>(command.get(FDIRCMD::pool));
    tuple.bytes[FlowTuple::kType] =
        static_cast<std::byte>(command.get(FDIRCMD::l4type)) |
        (command.get(FDIRCMD::ipv6) ? FlowTuple::kTypeIpv6 : std::byte{0}) |
        (command.get(FDIRCMD::tunnel_filter) ? FlowTuple::kTypeTunnel : std::byte{0});
    mask(regs, tuple);
    return tuple;
}

void load_registers(RegisterFile& regs, const FlowTuple& tuple) {
    regs.set<FDIRIPSA>(0, Value<FDIRIPSA>(number<le32>(tuple, FlowTuple::kSource)));
    for (unsigned word = 0; word < 3; ++word) {
        regs.set<FDIRSIPV6>(
            word, Value<FDIRSIPV6>(number<le32>(tuple, FlowTuple::kMac + 4 * std::size_t{word})));
    }
    regs.set<FDIRIPDA>(0, Value<FDIRIPDA>(number<le32>(tuple, FlowTuple::kDestination)));
    regs.set<FDIRPORT>(
        0, Value<FDIRPORT>()
               .with(FDIRPORT::source, number<be16>(tuple, FlowTuple::kSourcePort))
               .with(FDIRPORT::destination, number<be16>(tuple, FlowTuple::kDestinationPort)));
    regs.set<FDIRVLAN>(0, Value<FDIRVLAN>()
                              .with(FDIRVLAN::vlan, number<be16>(tuple, FlowTuple::kVlan))
                              .with(FDIRVLAN::flex, number<le16>(tuple, FlowTuple::kFlex)));
}

}  // namespace ixgbe
