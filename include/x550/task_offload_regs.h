/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Offsets, bits and codes of the task-offload block; what each means is in docs/task-offload.md.
 * Macros only.
 */
#ifndef X550_TASK_OFFLOAD_REGS_H
#define X550_TASK_OFFLOAD_REGS_H

/* PCI: byte offsets in the vendor-specific capability. */
#define X550_CAP_ID 0x09u
#define X550_CAP_LENGTH 0x20u /* bytes, at +02h */
#define X550_CAP_VERSION_1 1u
#define X550_CAP_SIGNATURE 0x4F543558u /* the bytes "X5TO" */
#define X550_CAP_OFF_ID 0x00u          /* 8 bits */
#define X550_CAP_OFF_NEXT 0x01u        /* 8 bits */
#define X550_CAP_OFF_LENGTH 0x02u      /* 8 bits */
#define X550_CAP_OFF_VERSION 0x03u     /* 8 bits */
#define X550_CAP_OFF_SIGNATURE 0x04u   /* 32 bits */
#define X550_CAP_OFF_BAR 0x08u         /* 8 bits: number of the BAR */
#define X550_CAP_OFF_BLOCK 0x0Cu       /* 32 bits: offset of the block in the BAR */
#define X550_CAP_OFF_BLOCK_LENGTH 0x10u
#define X550_CAP_OFF_WINDOW 0x14u      /* 32 bits: offset in the block for the next access */
#define X550_CAP_OFF_WINDOW_DATA 0x18u /* 32 bits: the word there */

/* Offsets in the block. */
#define X550_MAGIC 0x000u
#define X550_MAGIC_VALUE 0x30353558u /* the bytes "X550" */
#define X550_VERSION 0x004u          /* major in the upper half: another major, another layout */
#define X550_VERSION_MAJOR 1u
#define X550_LENGTH 0x008u
#define X550_LENGTH_VALUE 0x500u
#define X550_SECTIONS 0x00Cu
#define X550_HARDWARE 0x010u   /* X550_CAPS_WORDS words: OID_TCP_OFFLOAD_HARDWARE_CAPABILITIES */
#define X550_CURRENT 0x110u    /* the same: OID_TCP_OFFLOAD_CURRENT_CONFIG (CTRL-2) */
#define X550_PARAMETERS 0x200u /* X550_PARAMETERS_WORDS words: OID_TCP_OFFLOAD_PARAMETERS */
#define X550_ENCAPSULATION_IP4 0x280u /* two words: OID_OFFLOAD_ENCAPSULATION */
#define X550_ENCAPSULATION_IP6 0x288u
#define X550_EVENT_VECTOR 0x2ECu
#define X550_DOORBELL 0x2F0u
#define X550_RESULT 0x2F4u
#define X550_GENERATION 0x2F8u /* +1 for each change of the current configuration */
#define X550_EVENT 0x2FCu      /* RW1C */
#define X550_STATISTICS 0x300u /* 64 bits each; reading the low half latches the high half */
#define X550_EFFECTIVE 0x410u  /* as X550_CURRENT: what the data path does at this moment */

#define X550_CAPS_WORDS 24u
#define X550_PARAMETERS_WORDS 32u
#define X550_ENCAPSULATION_WORDS 2u

/* SECTIONS: what this block has. */
#define X550_SECTION_HARDWARE 0x01u
#define X550_SECTION_CURRENT 0x02u
#define X550_SECTION_PARAMETERS 0x04u
#define X550_SECTION_ENCAPSULATION 0x08u
#define X550_SECTION_STATISTICS 0x10u
#define X550_SECTION_EVENTS 0x20u
#define X550_SECTION_EFFECTIVE 0x40u

/* EVENT_VECTOR: an MSI-X vector for EVENT. 0 after a reset. */
#define X550_EVENT_VECTOR_ON 0x80000000u
#define X550_EVENT_VECTOR_MASK 0x3Fu

/* DOORBELL: may be rung together; defaults come first, then all of the rest or none of it. */
#define X550_DOORBELL_PARAMETERS 0x1u
#define X550_DOORBELL_ENCAPSULATION 0x2u
#define X550_DOORBELL_DEFAULTS 0x4u
#define X550_DOORBELL_CLEAR_STATISTICS 0x8u

/* RESULT: code, and the offset in the block of the member that was refused. */
#define X550_RESULT_CODE_MASK 0xFFu
#define X550_RESULT_MEMBER_SHIFT 16u
#define X550_RESULT_DONE 0u
#define X550_RESULT_BUSY 1u
#define X550_RESULT_NOT_SUPPORTED 2u     /* NDIS_STATUS_NOT_SUPPORTED */
#define X550_RESULT_INVALID_DATA 3u      /* NDIS_STATUS_INVALID_DATA */
#define X550_RESULT_INVALID_PARAMETER 4u /* NDIS_STATUS_INVALID_PARAMETER */

#define X550_EVENT_CURRENT 0x1u  /* indicate NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG (CTRL-6) */
#define X550_EVENT_HARDWARE 0x2u /* never, in this version */

/* Capability words: index of the word from HARDWARE, CURRENT or EFFECTIVE. */
#define X550_WORD_CSUM 0u
#define X550_WORD_ENCAPS 1u
#define X550_WORD_SEG 2u
#define X550_WORD_LSO1_MAX                                                \
    3u /* payload bytes a request, 0: absent or off; so are the next four \
        */
#define X550_WORD_LSO2V4_MAX 4u
#define X550_WORD_LSO2V6_MAX 5u
#define X550_WORD_USO4_MAX 6u
#define X550_WORD_USO6_MAX 7u
#define X550_WORD_MIN_SEGS 8u /* a byte each: LSOv1, LSOv2 IPv4, LSOv2 IPv6, USO */
#define X550_WORD_RSC 9u
#define X550_WORD_GRE 10u
#define X550_WORD_GRE_MAXHDR 11u /* bytes, frame's start to the end of the inner L4 header */
#define X550_WORD_VXLAN 12u
#define X550_WORD_VXLAN_MAXHDR 13u
#define X550_WORD_ENCAP_PORT 14u
#define X550_WORD_RSS_CAPS 15u /* flags of NDIS_RECEIVE_SCALE_CAPABILITIES */
#define X550_WORD_RSS_SIZE 16u /* 15:0 queues, 31:16 entries of the table */
#define X550_WORD_VMQ_CAPS 17u
#define X550_WORD_VMQ_SIZE 18u /* 15:0 queues beside the default one, 31:16 MAC filters */
#define X550_WORD_IPSEC 19u    /* 0: this version has no IPsec; so are the next three */
#define X550_WORD_IPSEC_AUTH 20u
#define X550_WORD_IPSEC_ENC 21u
#define X550_WORD_IPSEC_SA 22u
#define X550_WORD_FLAGS 23u

/* CSUM: transmit; receive is the same shifted by X550_CSUM_RECEIVE_SHIFT. */
#define X550_CSUM_IP4 0x001u
#define X550_CSUM_TCP4 0x002u
#define X550_CSUM_UDP4 0x004u
#define X550_CSUM_TCP6 0x008u
#define X550_CSUM_UDP6 0x010u
#define X550_CSUM_IP4_OPTIONS 0x020u
#define X550_CSUM_TCP4_OPTIONS 0x040u
#define X550_CSUM_TCP6_OPTIONS 0x080u
#define X550_CSUM_IP6_EXTENSIONS 0x100u
#define X550_CSUM_RECEIVE_SHIFT 16u

/* ENCAPS: transmit; receive is the same shifted by 16. The values are those of NDIS. */
#define X550_ENCAPS_802_3 0x2u
#define X550_ENCAPS_TAG_IN_FRAME 0x4u
#define X550_ENCAPS_TAG_BESIDE 0x8u
#define X550_ENCAPS_RECEIVE_SHIFT 16u

#define X550_SEG_LSO1 0x00001u
#define X550_SEG_LSO2_IP4 0x00002u
#define X550_SEG_LSO2_IP6 0x00004u
#define X550_SEG_LSO1_TCP_OPTIONS 0x00008u
#define X550_SEG_LSO1_IP_OPTIONS 0x00010u
#define X550_SEG_LSO2_IP6_EXTENSIONS 0x00020u
#define X550_SEG_LSO2_IP6_TCP_OPTIONS 0x00040u
#define X550_SEG_USO_IP4 0x00100u
#define X550_SEG_USO_IP6 0x00200u
#define X550_SEG_USO_SHORT_LAST 0x00400u
#define X550_SEG_USO_IP6_EXTENSIONS 0x00800u
#define X550_SEG_IP4_ID_16BIT 0x10000u

#define X550_RSC_IP4 0x1u
#define X550_RSC_IP6 0x2u
#define X550_RSC_TIMESTAMPS 0x4u
#define X550_RSC_FLOWS_SHIFT 16u

/* GRE and VXLAN: nibbles from the lowest, and the bits in each. */
#define X550_TUNNEL_TX_CSUM_SHIFT 0u
#define X550_TUNNEL_RX_CSUM_SHIFT 4u
#define X550_TUNNEL_LSO2_SHIFT 8u
#define X550_TUNNEL_RSS_SHIFT 12u
#define X550_TUNNEL_VMQ_SHIFT 16u
#define X550_TUNNEL_USO_SHIFT 20u
#define X550_TUNNEL_INNER_IP4 0x1u
#define X550_TUNNEL_OUTER_IP4 0x2u
#define X550_TUNNEL_INNER_IP6 0x4u
#define X550_TUNNEL_OUTER_IP6 0x8u

#define X550_ENCAP_PORT_MASK 0xFFFFu
#define X550_ENCAP_PORT_CONFIGURABLE 0x00010000u
#define X550_ENCAP_PORT_NVGRE 0x01000000u /* hardware: exists; current: active (CTRL-10) */
#define X550_ENCAP_PORT_VXLAN 0x02000000u
#define X550_ENCAP_PORT_TYPES_SHIFT 24u

#define X550_RSS_TCP_IP4 0x00000100u
#define X550_RSS_TCP_IP6 0x00000200u
#define X550_RSS_UDP_IP4 0x00000800u
#define X550_RSS_UDP_IP6 0x00001000u
#define X550_RSS_MESSAGE_SIGNALLED 0x01000000u
#define X550_RSS_CLASSIFIED_AT_DPC 0x04000000u
#define X550_RSS_USES_MSIX 0x08000000u
#define X550_RSS_SUPPORTS_MSIX 0x20000000u
#define X550_RSS_ENTRIES_MOVE_SINGLY 0x40000000u

#define X550_VMQ_MSIX 0x01u /* 7:0 queue properties */
#define X550_VMQ_VM_QUEUE 0x02u
#define X550_VMQ_DYNAMIC_AFFINITY 0x08u
#define X550_VMQ_INTERRUPT_COALESCING 0x10u
#define X550_VMQ_ANY_VLAN 0x20u
#define X550_VMQ_TEST_EQUAL 0x00100u /* 15:8 filter tests */
#define X550_VMQ_FILTER_MAC 0x10000u
#define X550_VMQ_FILTER_VLAN 0x20000u
#define X550_VMQ_FILTER_INNER_MAC 0x40000u

/* FLAGS: 15:0 NDIS_OFFLOAD.Flags; 19:16 are 0 in HARDWARE. */
#define X550_FLAGS_NDIS_MASK 0x0000FFFFu
#define X550_FLAGS_ENCAPSULATION_ACTIVE 0x00010000u
#define X550_FLAGS_SWITCHES_APPLY 0x00020000u /* a doorbell was rung; until then a plain X550 */
#define X550_FLAGS_IP4_ACTIVE 0x00040000u     /* CTRL-3 */
#define X550_FLAGS_IP6_ACTIVE 0x00080000u
#define X550_FLAGS_PREFER_VMQ 0x01000000u /* a hint for *RssOrVmqPreference */

/* Offset of each member from PARAMETERS; a byte each unless said. */
#define X550_PARAM_IP4_CHECKSUM 0u
#define X550_PARAM_TCP_IP4_CHECKSUM 1u
#define X550_PARAM_UDP_IP4_CHECKSUM 2u
#define X550_PARAM_TCP_IP6_CHECKSUM 3u
#define X550_PARAM_UDP_IP6_CHECKSUM 4u
#define X550_PARAM_LSO_V1 5u
#define X550_PARAM_IPSEC_V1 6u
#define X550_PARAM_LSO_V2_IP4 7u
#define X550_PARAM_LSO_V2_IP6 8u
#define X550_PARAM_TCP_CONNECTION_IP4 9u
#define X550_PARAM_TCP_CONNECTION_IP6 10u
#define X550_PARAM_FLAGS 12u /* 32 bits */
#define X550_PARAM_IPSEC_V2 16u
#define X550_PARAM_IPSEC_V2_IP4 17u
#define X550_PARAM_RSC_IP4 18u
#define X550_PARAM_RSC_IP6 19u
#define X550_PARAM_ENCAPSULATED 20u
#define X550_PARAM_ENCAPSULATION_TYPES 21u
#define X550_PARAM_VXLAN_PORT 22u /* 16 bits */
#define X550_PARAM_USO_IP4 24u
#define X550_PARAM_USO_IP6 25u
#define X550_PARAM_UDP_RSC 26u

/* Values of the members. 0 always means: leave it alone (CTRL-5). */
#define X550_NO_CHANGE 0u
#define X550_CHECKSUM_OFF 1u /* the five checksum members */
#define X550_CHECKSUM_TX 2u
#define X550_CHECKSUM_RX 3u
#define X550_CHECKSUM_BOTH 4u
#define X550_SWITCH_OFF 1u /* LSO, RSC, USO, UDP RSC, IPsec */
#define X550_SWITCH_ON 2u
#define X550_ENCAPSULATED_ON \
    1u /* EncapsulatedPacketTaskOffload and Enabled are the other way round */
#define X550_ENCAPSULATED_OFF 2u
#define X550_TYPE_NVGRE 1u /* EncapsulationTypes, with on only */
#define X550_TYPE_VXLAN 2u
#define X550_ENCAPSULATION_802_3                                     \
    2u /* EncapsulationType; stands for its tagged variants (CTRL-4) \
        */

/* Statistics: index of the counter. */
#define X550_STAT_RSC_SEGMENTS 0u
#define X550_STAT_RSC_BYTES 1u
#define X550_STAT_RSC_UNITS 2u
#define X550_STAT_RSC_ABORTS 3u /* the sum of E1..E6 and E8 */
#define X550_STAT_RSC_E1 4u     /* no context or buffer */
#define X550_STAT_RSC_E2 5u     /* bad checksum */
#define X550_STAT_RSC_E3 6u     /* flag */
#define X550_STAT_RSC_E4 7u     /* option */
#define X550_STAT_RSC_E5 8u     /* IP option or extension header */
#define X550_STAT_RSC_E6 9u     /* fragment */
#define X550_STAT_RSC_E8 10u    /* ECN differs */
#define X550_STAT_RSC_E7 11u    /* units ended because they were full */
#define X550_STAT_LSO_REQUESTS 12u
#define X550_STAT_LSO_SEGMENTS 13u
#define X550_STAT_LSO_WHILE_OFF 14u
#define X550_STAT_LSO_MALFORMED 15u
#define X550_STAT_USO_REQUESTS 16u
#define X550_STAT_USO_DATAGRAMS 17u
#define X550_STAT_USO_REJECTED 18u
#define X550_STAT_RX_IP4_RIGHT 19u
#define X550_STAT_RX_IP4_WRONG 20u
#define X550_STAT_RX_TCP_RIGHT 21u
#define X550_STAT_RX_TCP_WRONG 22u
#define X550_STAT_RX_UDP_RIGHT 23u
#define X550_STAT_RX_UDP_WRONG 24u
#define X550_STAT_ENCAP_PARSED 25u
#define X550_STAT_ENCAP_UNKNOWN_GRE 26u
#define X550_STAT_ENCAP_LONG_HEADER 27u
#define X550_STAT_TX_CSUM_WHILE_OFF 28u
#define X550_STATISTICS_COUNT 29u

#endif /* X550_TASK_OFFLOAD_REGS_H */
