/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the task offloads a device has: the hardware capabilities of its task-offload block, from
 * the properties of the same names. docs/task-offload.md says what each means.
 */
#ifndef IXGBE_OFFLOAD_H
#define IXGBE_OFFLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ixgbe_offload_direction {
    IXGBE_OFFLOAD_NONE = 0,
    IXGBE_OFFLOAD_TX = 1,
    IXGBE_OFFLOAD_RX = 2,
    IXGBE_OFFLOAD_BOTH = 3,
};

struct ixgbe_offload_config {
    /* enum ixgbe_offload_direction */
    uint8_t csum_ip4, csum_tcp4, csum_udp4, csum_tcp6, csum_udp6;
    bool csum_ip_options, csum_ip6_ext;
    bool lso1, lso2_ip4, lso2_ip6;
    bool lso_id_16bit;    /* IPv4 identifications of segments count in 16 bits, not 15 (LSO-13) */
    uint8_t lso_min_segs; /* 2..255 */
    uint32_t lso_max;     /* payload bytes of a large send, 1..262143 */
    bool uso_ip4, uso_ip6, uso_sub_mss;
    bool rsc_ip4, rsc_ip6, rsc_timestamps;
    uint16_t rsc_flows;    /* 1..32 */
    uint16_t rsc_max_segs; /* 0 (no limit), 2..65535 */
    bool nvgre, vxlan;
    uint16_t encap_max_header; /* bytes, 64..1024 */
    uint16_t vxlan_port;       /* 1..65535 */
    bool vxlan_port_fixed;
    bool rss, rss_udp;
    uint16_t rss_queues; /* 1..16 */
    uint16_t rss_table;  /* entries, a power of two, 2..128 */
    bool vmq, vmq_vlan;
    uint16_t vmq_queues; /* beside the default one, 1..63 */
    bool prefer_vmq;     /* a hint for drivers that may have RSS or VMQ, not both */
};

/* Everything the chip can do. */
void ixgbe_offload_defaults(struct ixgbe_offload_config *config);
/* False, with the member and its range in `why`, if a member is out of range. */
bool ixgbe_offload_check(const struct ixgbe_offload_config *config, char *why, size_t why_len);

#ifdef __cplusplus
}
#endif

#endif /* IXGBE_OFFLOAD_H */
