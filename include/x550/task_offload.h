/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The task-offload block of the X550 model, for writers of drivers: where it is, its words and
 * bits, and helpers that pack and unpack the structures of NDIS. docs/task-offload.md has the
 * meaning of each; ids such as CTRL-3 and KEY-5 name the Windows rules that stand behind it.
 *
 * C99 and C++11 or later, no library calls. Where <stdint.h> is not at hand define
 * X550_TASK_OFFLOAD_NO_STDINT and provide uint8_t, uint16_t and uint32_t beforehand.
 *
 * The block is an array of aligned 32-bit little-endian words. All helpers work on words as the CPU
 * sees them, after conversion.
 */
#ifndef X550_TASK_OFFLOAD_H
#define X550_TASK_OFFLOAD_H

#ifndef X550_TASK_OFFLOAD_NO_STDINT
#include <stdint.h>
#endif

#include "task_offload_regs.h"

#ifdef __cplusplus
#define X550_CAST(type, value) static_cast<type>(value)
#else
#define X550_CAST(type, value) ((type)(value))
#endif

/* NDIS_TCP_IP_CHECKSUM_OFFLOAD, one direction of one IP version; 1 where it is offered or on. */
struct x550_checksum_caps {
    uint32_t encapsulation; /* X550_ENCAPS_*, 0 where no checksum is there */
    uint8_t ip_options;     /* IpOptionsSupported; IPv6: IpExtensionHeadersSupported */
    uint8_t tcp_options;
    uint8_t tcp_checksum;
    uint8_t udp_checksum;
    uint8_t ip_checksum; /* IPv4 only */
};

/* NDIS_TCP_LARGE_SEND_OFFLOAD_V1 and _V2, NDIS_UDP_SEGMENTATION_OFFLOAD: one IP version. */
struct x550_segmentation_caps {
    uint32_t encapsulation;
    uint32_t max_offload_size; /* payload bytes a request */
    uint32_t min_segment_count;
    uint8_t supported;
    uint8_t tcp_options;           /* LSO; LSOv2 over IPv4: always required, thus as supported */
    uint8_t ip_options;            /* LSOv1 and, as extension headers, LSOv2 and USO over IPv6 */
    uint8_t sub_mss_final_segment; /* USO */
};

/* NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD(_V2): each a set of X550_TUNNEL_INNER_IP4... */
struct x550_tunnel_caps {
    uint8_t transmit_checksum;
    uint8_t receive_checksum;
    uint8_t lso2;
    uint8_t rss;
    uint8_t vmq;
    uint8_t uso;
    uint32_t max_header_size; /* bytes */
};

/* NDIS_OFFLOAD, and the parts of the RSS and VMQ capabilities that the device decides. */
struct x550_offload_caps {
    struct x550_checksum_caps ip4_transmit, ip4_receive, ip6_transmit, ip6_receive;
    struct x550_segmentation_caps lso1, lso2_ip4, lso2_ip6, uso_ip4, uso_ip6;
    uint8_t lso_ip4_id_16bit; /* identifications count in 16 bits, not 15 (LSO-13) */
    uint8_t rsc_ip4, rsc_ip6, rsc_timestamps;
    uint16_t rsc_flows; /* connections followed at once */
    struct x550_tunnel_caps gre, vxlan;
    uint16_t vxlan_udp_port; /* the number */
    uint8_t vxlan_udp_port_configurable;
    uint8_t encapsulation_types; /* X550_TYPE_*: hardware: they exist; current: they are active */
    uint32_t rss_flags;          /* X550_RSS_* */
    uint16_t rss_queues, rss_table_entries;
    uint8_t vmq_queue_properties; /* X550_VMQ_MSIX... */
    uint8_t vmq_filter_tests;     /* 1: equal */
    uint8_t vmq_filter_mac, vmq_filter_vlan, vmq_filter_inner_mac;
    uint16_t vmq_queues, vmq_mac_filters;
    uint32_t ipsec, ipsec_auth, ipsec_enc, ipsec_sa; /* raw words, 0 in this version */
    uint16_t flags;                                  /* NDIS_OFFLOAD.Flags */
    uint8_t encapsulation_active, switches_apply, ip4_active, ip6_active; /* 0 in hardware */
};

/* NDIS_OFFLOAD_PARAMETERS. All 0 changes nothing. */
struct x550_offload_parameters {
    uint8_t ip4_checksum, tcp_ip4_checksum, udp_ip4_checksum; /* X550_CHECKSUM_* */
    uint8_t tcp_ip6_checksum, udp_ip6_checksum;
    uint8_t lso_v1; /* X550_SWITCH_*, and so on down to rsc_ip6 */
    uint8_t ipsec_v1;
    uint8_t lso_v2_ip4, lso_v2_ip6;
    uint8_t tcp_connection_ip4, tcp_connection_ip6; /* 0 */
    uint32_t flags;                                 /* 0, or 1: do not write the registry */
    uint8_t ipsec_v2, ipsec_v2_ip4;
    uint8_t rsc_ip4, rsc_ip6;
    uint8_t encapsulated_packet_task_offload; /* X550_ENCAPSULATED_* */
    uint8_t encapsulation_types;              /* X550_TYPE_* */
    uint16_t vxlan_udp_port;                  /* the number; 0: keep */
    uint8_t uso_ip4, uso_ip6, udp_rsc;        /* X550_SWITCH_* */
};

/* NDIS_OFFLOAD_ENCAPSULATION, one IP version. */
struct x550_encapsulation {
    uint32_t enabled;     /* X550_ENCAPSULATED_* */
    uint32_t type;        /* with on: X550_ENCAPSULATION_802_3 */
    uint32_t header_size; /* with on: 0 (not said), 14, 18 or 22 bytes before the IP header */
};

static inline uint8_t x550_has(uint32_t word, uint32_t bits) {
    return X550_CAST(uint8_t, (word & bits) != 0 ? 1 : 0);
}
static inline uint8_t x550_byte(uint32_t word, uint32_t index) {
    return X550_CAST(uint8_t, (word >> (8u * index)) & 0xFFu);
}
static inline uint16_t x550_half(uint32_t word, uint32_t index) {
    return X550_CAST(uint16_t, (word >> (16u * index)) & 0xFFFFu);
}
static inline uint8_t x550_nibble(uint32_t word, uint32_t shift) {
    return X550_CAST(uint8_t, (word >> shift) & 0xFu);
}
static inline uint32_t x550_pack_bytes(uint32_t b0, uint32_t b1, uint32_t b2, uint32_t b3) {
    return b0 | (b1 << 8) | (b2 << 16) | (b3 << 24);
}

/* Value of a checksum member of the parameters. */
static inline uint8_t x550_checksum_value(int tx, int rx) {
    return X550_CAST(uint8_t, 1 + (tx ? 1 : 0) + (rx ? 2 : 0));
}
/* The same from a keyword such as *TCPChecksumOffloadIPv4, whose 1 is transmit and 2 is receive.
 * Other values than 0..3 give X550_NO_CHANGE: the default stays (CTRL-1). */
static inline uint8_t x550_checksum_from_keyword(uint32_t keyword) {
    return X550_CAST(uint8_t, keyword <= 3u ? keyword + 1u : X550_NO_CHANGE);
}

static inline uint32_t x550_result_code(uint32_t result) {
    return result & X550_RESULT_CODE_MASK;
}
/* Offset in the block of the member that was refused, 0 if none. */
static inline uint32_t x550_result_member(uint32_t result) {
    return result >> X550_RESULT_MEMBER_SHIFT;
}
/* Offset in the block of a counter's low half; the high half, 4 further, is read after it. */
static inline uint32_t x550_statistic_offset(uint32_t index) {
    return X550_STATISTICS + 8u * index;
}

/* NDIS' name of the member at an offset in the block, for messages; never null. */
static inline const char *x550_member_name(uint32_t offset) {
    static const struct {
        uint32_t offset;
        const char *name;
    } members[] = {
        {0u, "none"},
        {X550_PARAMETERS + X550_PARAM_IP4_CHECKSUM, "IPv4Checksum"},
        {X550_PARAMETERS + X550_PARAM_TCP_IP4_CHECKSUM, "TCPIPv4Checksum"},
        {X550_PARAMETERS + X550_PARAM_UDP_IP4_CHECKSUM, "UDPIPv4Checksum"},
        {X550_PARAMETERS + X550_PARAM_TCP_IP6_CHECKSUM, "TCPIPv6Checksum"},
        {X550_PARAMETERS + X550_PARAM_UDP_IP6_CHECKSUM, "UDPIPv6Checksum"},
        {X550_PARAMETERS + X550_PARAM_LSO_V1, "LsoV1"},
        {X550_PARAMETERS + X550_PARAM_IPSEC_V1, "IPsecV1"},
        {X550_PARAMETERS + X550_PARAM_LSO_V2_IP4, "LsoV2IPv4"},
        {X550_PARAMETERS + X550_PARAM_LSO_V2_IP6, "LsoV2IPv6"},
        {X550_PARAMETERS + X550_PARAM_TCP_CONNECTION_IP4, "TcpConnectionIPv4"},
        {X550_PARAMETERS + X550_PARAM_TCP_CONNECTION_IP6, "TcpConnectionIPv6"},
        {X550_PARAMETERS + X550_PARAM_FLAGS, "Flags"},
        {X550_PARAMETERS + X550_PARAM_IPSEC_V2, "IPsecV2"},
        {X550_PARAMETERS + X550_PARAM_IPSEC_V2_IP4, "IPsecV2IPv4"},
        {X550_PARAMETERS + X550_PARAM_RSC_IP4, "RscIPv4"},
        {X550_PARAMETERS + X550_PARAM_RSC_IP6, "RscIPv6"},
        {X550_PARAMETERS + X550_PARAM_ENCAPSULATED, "EncapsulatedPacketTaskOffload"},
        {X550_PARAMETERS + X550_PARAM_ENCAPSULATION_TYPES, "EncapsulationTypes"},
        {X550_PARAMETERS + X550_PARAM_VXLAN_PORT, "VxlanUDPPortNumber"},
        {X550_PARAMETERS + X550_PARAM_USO_IP4, "UsoIPv4"},
        {X550_PARAMETERS + X550_PARAM_USO_IP6, "UsoIPv6"},
        {X550_PARAMETERS + X550_PARAM_UDP_RSC, "UdpRsc"},
        {X550_ENCAPSULATION_IP4, "IPv4.Enabled"},
        {X550_ENCAPSULATION_IP4 + 2u, "IPv4.EncapsulationType"},
        {X550_ENCAPSULATION_IP4 + 4u, "IPv4.HeaderSize"},
        {X550_ENCAPSULATION_IP6, "IPv6.Enabled"},
        {X550_ENCAPSULATION_IP6 + 2u, "IPv6.EncapsulationType"},
        {X550_ENCAPSULATION_IP6 + 4u, "IPv6.HeaderSize"},
        {X550_DOORBELL, "DOORBELL"},
    };
    uint32_t i;
    for (i = 0; i < sizeof(members) / sizeof(members[0]); ++i) {
        if (members[i].offset == offset) {
            return members[i].name;
        }
    }
    return "a reserved byte";
}

static inline struct x550_checksum_caps x550_ip4_checksum(uint32_t csum, uint32_t encaps) {
    struct x550_checksum_caps out;
    out.ip_options = x550_has(csum, X550_CSUM_IP4_OPTIONS);
    out.tcp_options = x550_has(csum, X550_CSUM_TCP4_OPTIONS);
    out.tcp_checksum = x550_has(csum, X550_CSUM_TCP4);
    out.udp_checksum = x550_has(csum, X550_CSUM_UDP4);
    out.ip_checksum = x550_has(csum, X550_CSUM_IP4);
    out.encapsulation = (csum & (X550_CSUM_IP4 | X550_CSUM_TCP4 | X550_CSUM_UDP4)) ? encaps : 0;
    return out;
}
static inline struct x550_checksum_caps x550_ip6_checksum(uint32_t csum, uint32_t encaps) {
    struct x550_checksum_caps out;
    out.ip_options = x550_has(csum, X550_CSUM_IP6_EXTENSIONS);
    out.tcp_options = x550_has(csum, X550_CSUM_TCP6_OPTIONS);
    out.tcp_checksum = x550_has(csum, X550_CSUM_TCP6);
    out.udp_checksum = x550_has(csum, X550_CSUM_UDP6);
    out.ip_checksum = 0;
    out.encapsulation = (csum & (X550_CSUM_TCP6 | X550_CSUM_UDP6)) ? encaps : 0;
    return out;
}
/* One of the five large sends: `bit` of SEG, index of its word of bytes and of its MIN_SEGS. */
static inline struct x550_segmentation_caps x550_segmentation(const uint32_t *words, uint32_t bit,
                                                              uint32_t max_word,
                                                              uint32_t min_index) {
    struct x550_segmentation_caps out;
    out.supported = x550_has(words[X550_WORD_SEG], bit);
    out.encapsulation = out.supported ? x550_half(words[X550_WORD_ENCAPS], 0) : 0u;
    out.max_offload_size = words[max_word];
    out.min_segment_count = x550_byte(words[X550_WORD_MIN_SEGS], min_index);
    out.tcp_options = out.ip_options = out.sub_mss_final_segment = 0;
    return out;
}
static inline struct x550_tunnel_caps x550_tunnel(uint32_t word, uint32_t max_header) {
    struct x550_tunnel_caps out;
    out.transmit_checksum = x550_nibble(word, X550_TUNNEL_TX_CSUM_SHIFT);
    out.receive_checksum = x550_nibble(word, X550_TUNNEL_RX_CSUM_SHIFT);
    out.lso2 = x550_nibble(word, X550_TUNNEL_LSO2_SHIFT);
    out.rss = x550_nibble(word, X550_TUNNEL_RSS_SHIFT);
    out.vmq = x550_nibble(word, X550_TUNNEL_VMQ_SHIFT);
    out.uso = x550_nibble(word, X550_TUNNEL_USO_SHIFT);
    out.max_header_size = max_header;
    return out;
}
static inline void x550_unpack_large_sends(const uint32_t *words, struct x550_offload_caps *caps) {
    const uint32_t seg = words[X550_WORD_SEG];
    caps->lso1 = x550_segmentation(words, X550_SEG_LSO1, X550_WORD_LSO1_MAX, 0);
    caps->lso1.tcp_options = x550_has(seg, X550_SEG_LSO1_TCP_OPTIONS);
    caps->lso1.ip_options = x550_has(seg, X550_SEG_LSO1_IP_OPTIONS);
    caps->lso2_ip4 = x550_segmentation(words, X550_SEG_LSO2_IP4, X550_WORD_LSO2V4_MAX, 1);
    caps->lso2_ip4.tcp_options = caps->lso2_ip4.ip_options = caps->lso2_ip4.supported;
    caps->lso2_ip6 = x550_segmentation(words, X550_SEG_LSO2_IP6, X550_WORD_LSO2V6_MAX, 2);
    caps->lso2_ip6.tcp_options = x550_has(seg, X550_SEG_LSO2_IP6_TCP_OPTIONS);
    caps->lso2_ip6.ip_options = x550_has(seg, X550_SEG_LSO2_IP6_EXTENSIONS);
    caps->uso_ip4 = x550_segmentation(words, X550_SEG_USO_IP4, X550_WORD_USO4_MAX, 3);
    caps->uso_ip4.sub_mss_final_segment = x550_has(seg, X550_SEG_USO_SHORT_LAST);
    caps->uso_ip6 = x550_segmentation(words, X550_SEG_USO_IP6, X550_WORD_USO6_MAX, 3);
    caps->uso_ip6.sub_mss_final_segment = x550_has(seg, X550_SEG_USO_SHORT_LAST);
    caps->uso_ip6.ip_options = x550_has(seg, X550_SEG_USO_IP6_EXTENSIONS);
    caps->lso_ip4_id_16bit = x550_has(seg, X550_SEG_IP4_ID_16BIT);
}
static inline void x550_unpack_queues(const uint32_t *words, struct x550_offload_caps *caps) {
    const uint32_t vmq = words[X550_WORD_VMQ_CAPS];
    caps->rss_flags = words[X550_WORD_RSS_CAPS];
    caps->rss_queues = x550_half(words[X550_WORD_RSS_SIZE], 0);
    caps->rss_table_entries = x550_half(words[X550_WORD_RSS_SIZE], 1);
    caps->vmq_queue_properties = x550_byte(vmq, 0);
    caps->vmq_filter_tests = x550_byte(vmq, 1);
    caps->vmq_filter_mac = x550_has(vmq, X550_VMQ_FILTER_MAC);
    caps->vmq_filter_vlan = x550_has(vmq, X550_VMQ_FILTER_VLAN);
    caps->vmq_filter_inner_mac = x550_has(vmq, X550_VMQ_FILTER_INNER_MAC);
    caps->vmq_queues = x550_half(words[X550_WORD_VMQ_SIZE], 0);
    caps->vmq_mac_filters = x550_half(words[X550_WORD_VMQ_SIZE], 1);
}

/* From the X550_CAPS_WORDS words at HARDWARE, CURRENT or EFFECTIVE. */
static inline void x550_unpack_caps(const uint32_t *words, struct x550_offload_caps *caps) {
    const uint32_t csum = words[X550_WORD_CSUM];
    const uint32_t tx_encaps = x550_half(words[X550_WORD_ENCAPS], 0);
    const uint32_t rx_encaps = x550_half(words[X550_WORD_ENCAPS], 1);
    const uint32_t port = words[X550_WORD_ENCAP_PORT];
    const uint32_t flags = words[X550_WORD_FLAGS];
    caps->ip4_transmit = x550_ip4_checksum(csum, tx_encaps);
    caps->ip4_receive = x550_ip4_checksum(csum >> X550_CSUM_RECEIVE_SHIFT, rx_encaps);
    caps->ip6_transmit = x550_ip6_checksum(csum, tx_encaps);
    caps->ip6_receive = x550_ip6_checksum(csum >> X550_CSUM_RECEIVE_SHIFT, rx_encaps);
    x550_unpack_large_sends(words, caps);
    caps->rsc_ip4 = x550_has(words[X550_WORD_RSC], X550_RSC_IP4);
    caps->rsc_ip6 = x550_has(words[X550_WORD_RSC], X550_RSC_IP6);
    caps->rsc_timestamps = x550_has(words[X550_WORD_RSC], X550_RSC_TIMESTAMPS);
    caps->rsc_flows = x550_half(words[X550_WORD_RSC], 1);
    caps->gre = x550_tunnel(words[X550_WORD_GRE], words[X550_WORD_GRE_MAXHDR]);
    caps->vxlan = x550_tunnel(words[X550_WORD_VXLAN], words[X550_WORD_VXLAN_MAXHDR]);
    caps->vxlan_udp_port = x550_half(port, 0);
    caps->vxlan_udp_port_configurable = x550_has(port, X550_ENCAP_PORT_CONFIGURABLE);
    caps->encapsulation_types = X550_CAST(
        uint8_t, (port >> X550_ENCAP_PORT_TYPES_SHIFT) & (X550_TYPE_NVGRE | X550_TYPE_VXLAN));
    x550_unpack_queues(words, caps);
    caps->ipsec = words[X550_WORD_IPSEC];
    caps->ipsec_auth = words[X550_WORD_IPSEC_AUTH];
    caps->ipsec_enc = words[X550_WORD_IPSEC_ENC];
    caps->ipsec_sa = words[X550_WORD_IPSEC_SA];
    caps->flags = x550_half(flags, 0);
    caps->encapsulation_active = x550_has(flags, X550_FLAGS_ENCAPSULATION_ACTIVE);
    caps->switches_apply = x550_has(flags, X550_FLAGS_SWITCHES_APPLY);
    caps->ip4_active = x550_has(flags, X550_FLAGS_IP4_ACTIVE);
    caps->ip6_active = x550_has(flags, X550_FLAGS_IP6_ACTIVE);
}

/* To the X550_PARAMETERS_WORDS words at PARAMETERS; all of them are set. Values go as they are: the
 * device judges them (CTRL-5, MAP-2). */
static inline void x550_pack_parameters(const struct x550_offload_parameters *p, uint32_t *words) {
    uint32_t i;
    words[0] = x550_pack_bytes(p->ip4_checksum, p->tcp_ip4_checksum, p->udp_ip4_checksum,
                               p->tcp_ip6_checksum);
    words[1] = x550_pack_bytes(p->udp_ip6_checksum, p->lso_v1, p->ipsec_v1, p->lso_v2_ip4);
    words[2] = x550_pack_bytes(p->lso_v2_ip6, p->tcp_connection_ip4, p->tcp_connection_ip6, 0);
    words[3] = p->flags;
    words[4] = x550_pack_bytes(p->ipsec_v2, p->ipsec_v2_ip4, p->rsc_ip4, p->rsc_ip6);
    words[5] = x550_pack_bytes(p->encapsulated_packet_task_offload, p->encapsulation_types,
                               x550_byte(p->vxlan_udp_port, 0), x550_byte(p->vxlan_udp_port, 1));
    words[6] = x550_pack_bytes(p->uso_ip4, p->uso_ip6, p->udp_rsc, 0);
    for (i = 7; i < X550_PARAMETERS_WORDS; ++i) {
        words[i] = 0;
    }
}
static inline void x550_unpack_parameters(const uint32_t *words,
                                          struct x550_offload_parameters *p) {
    p->ip4_checksum = x550_byte(words[0], 0);
    p->tcp_ip4_checksum = x550_byte(words[0], 1);
    p->udp_ip4_checksum = x550_byte(words[0], 2);
    p->tcp_ip6_checksum = x550_byte(words[0], 3);
    p->udp_ip6_checksum = x550_byte(words[1], 0);
    p->lso_v1 = x550_byte(words[1], 1);
    p->ipsec_v1 = x550_byte(words[1], 2);
    p->lso_v2_ip4 = x550_byte(words[1], 3);
    p->lso_v2_ip6 = x550_byte(words[2], 0);
    p->tcp_connection_ip4 = x550_byte(words[2], 1);
    p->tcp_connection_ip6 = x550_byte(words[2], 2);
    p->flags = words[3];
    p->ipsec_v2 = x550_byte(words[4], 0);
    p->ipsec_v2_ip4 = x550_byte(words[4], 1);
    p->rsc_ip4 = x550_byte(words[4], 2);
    p->rsc_ip6 = x550_byte(words[4], 3);
    p->encapsulated_packet_task_offload = x550_byte(words[5], 0);
    p->encapsulation_types = x550_byte(words[5], 1);
    p->vxlan_udp_port = x550_half(words[5], 1);
    p->uso_ip4 = x550_byte(words[6], 0);
    p->uso_ip6 = x550_byte(words[6], 1);
    p->udp_rsc = x550_byte(words[6], 2);
}

/* To and from the two words at ENCAPSULATION_IP4 or _IP6. NDIS' members are wider than the block's:
 * what does not fit is packed as the highest value, so that the device refuses it all the same. */
static inline void x550_pack_encapsulation(const struct x550_encapsulation *e, uint32_t *words) {
    const uint32_t enabled = e->enabled > 0xFFu ? 0xFFu : e->enabled;
    const uint32_t type = e->type > 0xFFFFu ? 0xFFFFu : e->type;
    words[0] = enabled | (type << 16);
    words[1] = e->header_size;
}
static inline void x550_unpack_encapsulation(const uint32_t *words, struct x550_encapsulation *e) {
    e->enabled = x550_byte(words[0], 0);
    e->type = x550_half(words[0], 1);
    e->header_size = words[1];
}

#undef X550_CAST

#endif /* X550_TASK_OFFLOAD_H */
