// SPDX-License-Identifier: GPL-2.0-or-later
#include "tables.h"

#include <algorithm>
#include <initializer_list>
#include <tuple>

namespace taskoffload {
namespace {

// More changes than this while reading come from a program in a loop: take what there is.
constexpr int kMostRereads = 3;

std::string on_off(bool on) {
    return on ? "on" : "off";
}

std::string direction(bool tx, bool rx, const char* both) {
    if (tx && rx) {
        return both;
    }
    return tx ? "tx" : rx ? "rx" : "off";
}

std::string largest(std::initializer_list<std::uint32_t> values) {
    return std::to_string(std::max(values));
}

// Neither is there a row for what the block does not tell: rsc-max-segs, rss-or-vmq, ipsec.
Table checksum_rows(const x550_offload_caps& caps) {
    const auto& [tx4, rx4, tx6, rx6] =
        std::tie(caps.ip4_transmit, caps.ip4_receive, caps.ip6_transmit, caps.ip6_receive);
    return {
        {"csum-ip4", direction(tx4.ip_checksum != 0, rx4.ip_checksum != 0, "both")},
        {"csum-tcp4", direction(tx4.tcp_checksum != 0, rx4.tcp_checksum != 0, "both")},
        {"csum-udp4", direction(tx4.udp_checksum != 0, rx4.udp_checksum != 0, "both")},
        {"csum-tcp6", direction(tx6.tcp_checksum != 0, rx6.tcp_checksum != 0, "both")},
        {"csum-udp6", direction(tx6.udp_checksum != 0, rx6.udp_checksum != 0, "both")},
        {"csum-ip-options", direction(tx4.ip_options != 0, rx4.ip_options != 0, "on")},
        {"csum-ip6-ext", direction(tx6.ip_options != 0, rx6.ip_options != 0, "on")},
    };
}

Table segmentation_rows(const x550_offload_caps& caps) {
    const auto& [lso1, lso4, lso6, uso4, uso6] =
        std::tie(caps.lso1, caps.lso2_ip4, caps.lso2_ip6, caps.uso_ip4, caps.uso_ip6);
    return {
        {"lso1", on_off(lso1.supported != 0)},
        {"lso2-ip4", on_off(lso4.supported != 0)},
        {"lso2-ip6", on_off(lso6.supported != 0)},
        // One property, of which LSOv1 gets what its packet has room for.
        {"lso-max", largest({lso1.max_offload_size, lso4.max_offload_size, lso6.max_offload_size,
                             uso4.max_offload_size, uso6.max_offload_size})},
        {"lso-min-segs",
         largest({lso1.min_segment_count, lso4.min_segment_count, lso6.min_segment_count,
                  uso4.min_segment_count, uso6.min_segment_count})},
        {"lso-ipid", caps.lso_ip4_id_16bit != 0 ? "16bit" : "15bit"},
        {"uso-ip4", on_off(uso4.supported != 0)},
        {"uso-ip6", on_off(uso6.supported != 0)},
        {"uso-sub-mss", on_off(uso4.sub_mss_final_segment != 0)},
    };
}

Table receive_rows(const x550_offload_caps& caps, const CapsWords& words) {
    return {
        {"rsc-ip4", on_off(caps.rsc_ip4 != 0)},
        {"rsc-ip6", on_off(caps.rsc_ip6 != 0)},
        {"rsc-timestamps", on_off(caps.rsc_timestamps != 0)},
        {"rsc-flows", std::to_string(caps.rsc_flows)},
        // Configured or not: a tunnel that is not active is 0 in the current table alone (CTRL-10).
        {"nvgre", on_off(words[X550_WORD_GRE] != 0)},
        {"vxlan", on_off(words[X550_WORD_VXLAN] != 0)},
        {"encap-max-header", largest({caps.gre.max_header_size, caps.vxlan.max_header_size})},
        {"vxlan-port", std::to_string(caps.vxlan_udp_port)},
        {"vxlan-port-fixed", on_off(caps.vxlan_udp_port_configurable == 0)},
    };
}

Table queue_rows(const x550_offload_caps& caps) {
    return {
        {"rss", on_off(caps.rss_queues != 0)},
        {"rss-udp", on_off(x550_has(caps.rss_flags, X550_RSS_UDP_IP4 | X550_RSS_UDP_IP6) != 0)},
        {"rss-queues", std::to_string(caps.rss_queues)},
        {"rss-table", std::to_string(caps.rss_table_entries)},
        {"vmq", on_off(caps.vmq_queues != 0)},
        {"vmq-queues", std::to_string(caps.vmq_queues)},
        {"vmq-vlan", on_off(caps.vmq_filter_vlan != 0)},
    };
}

x550_offload_caps unpacked(const CapsWords& words) {
    x550_offload_caps caps{};
    x550_unpack_caps(words.data(), &caps);
    return caps;
}

void compare(const char* name, const CapsWords& before, const CapsWords& after,
             std::vector<Difference>& out) {
    const auto add = [&](const Table& old_rows, const Table& new_rows) {
        for (std::size_t i = 0; i < old_rows.size(); ++i) {
            if (old_rows[i] != new_rows[i]) {
                out.push_back({name, old_rows[i].name, old_rows[i].value, new_rows[i].value});
            }
        }
    };
    add(capability_rows(before), capability_rows(after));
    add(state_rows(before), state_rows(after));
}

}  // namespace

CapsWords read_caps(Block& block, std::uint32_t section) {
    const Turn turn(block);
    CapsWords words{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = block.read(section + static_cast<std::uint32_t>(i * sizeof(words[i])));
    }
    return words;
}

Snapshot take_snapshot(Block& block) {
    const bool has_effective = x550_has(block.read(X550_SECTIONS), X550_SECTION_EFFECTIVE) != 0;
    Snapshot out;
    for (int i = 0; i < kMostRereads; ++i) {
        out.generation = block.read(X550_GENERATION);
        out.hardware = read_caps(block, X550_HARDWARE);
        out.configured = read_caps(block, X550_CURRENT);
        if (has_effective) {
            out.current = read_caps(block, X550_EFFECTIVE);
        }
        if (block.read(X550_GENERATION) == out.generation) {
            break;
        }
    }
    return out;
}

Table capability_rows(const CapsWords& words) {
    const x550_offload_caps caps = unpacked(words);
    Table out = checksum_rows(caps);
    for (const Table& more :
         {segmentation_rows(caps), receive_rows(caps, words), queue_rows(caps)}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

Table state_rows(const CapsWords& words) {
    const x550_offload_caps caps = unpacked(words);
    return {
        {"active-ip4", on_off(caps.ip4_active != 0)},
        {"active-ip6", on_off(caps.ip6_active != 0)},
        {"encapsulation-active", on_off(caps.encapsulation_active != 0)},
        {"switches-apply", on_off(caps.switches_apply != 0)},
    };
}

std::optional<std::string> value_of(const Table& table, std::string_view name) {
    for (const Row& row : table) {
        if (row.name == name) {
            return row.value;
        }
    }
    return std::nullopt;
}

std::vector<Difference> differences(const Snapshot& before, const Snapshot& after) {
    std::vector<Difference> out;
    compare("configured", before.configured, after.configured, out);
    if (before.current && after.current) {
        compare("current", *before.current, *after.current, out);
    }
    return out;
}

}  // namespace taskoffload
