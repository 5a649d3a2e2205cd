// SPDX-License-Identifier: GPL-2.0-or-later
// The properties of the task offloads: defaults and ranges.
#include <array>
#include <cstdint>
#include <cstdio>

#include <ixgbe/offload.h>

namespace {

// The largest PAYLEN of an advanced descriptor, X550 DS 7.2.3.2.4.
constexpr std::uint32_t kMaxPayload = 0x3ffff;
// What the descriptors of Linux' ixgbe can hold together with the headers of a large send.
constexpr std::uint32_t kDefaultPayload = 261120;

struct Range {
    const char* name;
    std::uint32_t value, least, most;
};

bool in_range(const Range& range) {
    return range.value >= range.least && range.value <= range.most;
}

bool power_of_two(std::uint32_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}

}  // namespace

extern "C" {

void ixgbe_offload_defaults(ixgbe_offload_config* config) {
    *config = {
        .csum_ip4 = IXGBE_OFFLOAD_BOTH,
        .csum_tcp4 = IXGBE_OFFLOAD_BOTH,
        .csum_udp4 = IXGBE_OFFLOAD_BOTH,
        .csum_tcp6 = IXGBE_OFFLOAD_BOTH,
        .csum_udp6 = IXGBE_OFFLOAD_BOTH,
        .csum_ip_options = true,
        .csum_ip6_ext = true,
        .lso1 = true,
        .lso2_ip4 = true,
        .lso2_ip6 = true,
        .lso_id_16bit = false,
        .lso_min_segs = 2,
        .lso_max = kDefaultPayload,
        .uso_ip4 = true,
        .uso_ip6 = true,
        .uso_sub_mss = true,
        .rsc_ip4 = true,
        .rsc_ip6 = true,
        .rsc_timestamps = true,
        .rsc_flows = 32,
        .rsc_max_segs = 0,
        .nvgre = true,
        .vxlan = true,
        .encap_max_header = 256,
        .vxlan_port = 4789,
        .vxlan_port_fixed = false,
        .rss = true,
        .rss_udp = true,
        .rss_queues = 16,
        .rss_table = 128,
        .vmq = true,
        .vmq_vlan = true,
        .vmq_queues = 16,
        .prefer_vmq = false,
    };
}

bool ixgbe_offload_check(const ixgbe_offload_config* config, char* why, size_t why_len) {
    const std::array ranges{
        Range{"csum-ip4", config->csum_ip4, 0, IXGBE_OFFLOAD_BOTH},
        Range{"csum-tcp4", config->csum_tcp4, 0, IXGBE_OFFLOAD_BOTH},
        Range{"csum-udp4", config->csum_udp4, 0, IXGBE_OFFLOAD_BOTH},
        Range{"csum-tcp6", config->csum_tcp6, 0, IXGBE_OFFLOAD_BOTH},
        Range{"csum-udp6", config->csum_udp6, 0, IXGBE_OFFLOAD_BOTH},
        Range{"lso-min-segs", config->lso_min_segs, 2, 255},
        Range{"lso-max", config->lso_max, 1, kMaxPayload},
        Range{"rsc-flows", config->rsc_flows, 1, 32},
        Range{"rsc-max-segs", config->rsc_max_segs == 0 ? 2U : config->rsc_max_segs, 2, 65535},
        Range{"encap-max-header", config->encap_max_header, 64, 1024},
        Range{"vxlan-port", config->vxlan_port, 1, 65535},
        Range{"rss-queues", config->rss_queues, 1, 16},
        Range{"rss-table", config->rss_table, 2, 128},
        Range{"vmq-queues", config->vmq_queues, 1, 63},
    };
    for (const Range& range : ranges) {
        if (!in_range(range)) {
            (void)std::snprintf(why, why_len, "%s: %u is not in %u..%u", range.name, range.value,
                                range.least, range.most);
            return false;
        }
    }
    if (!power_of_two(config->rss_table)) {
        (void)std::snprintf(why, why_len, "rss-table: %u is not a power of two",
                            unsigned{config->rss_table});
        return false;
    }
    return true;
}

}  // extern "C"
