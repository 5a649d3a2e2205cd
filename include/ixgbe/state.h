/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole migratable state of the device, as one plain struct of fixed-width members.
 *
 * The shim embeds one, describes it to VMState and hands the core a pointer; the core's objects are
 * views over it. Values of registers live at reg[offset / 4] of their canonical offset, so that
 * adding a register never moves saved state. After loading, every member is untrusted until
 * ixgbe_loaded() has accepted it.
 */
#ifndef IXGBE_STATE_H
#define IXGBE_STATE_H

#include <stdint.h>

#define IXGBE_CSR_BYTES 0x20000u /* registers; the rest of BAR0 reads 0 */
#define IXGBE_REG_WORDS (IXGBE_CSR_BYTES / 4u)
#define IXGBE_QUEUES 128u
#define IXGBE_VECTORS 64u
#define IXGBE_NVM_WORDS 16384u
#define IXGBE_PHY_REGS 64u
#define IXGBE_TX_CONTEXTS 2u
#define IXGBE_FLOW_FILTERS 32767u /* signatures in 256 KB; DS table 7-8 */
#define IXGBE_FLOW_TUPLES 8191u   /* perfect filters in 256 KB */
#define IXGBE_OFFLOAD_COUNTERS 32u
#define IXGBE_STATE_VERSION 3u

/* Named deadlines, absolute nanoseconds of the virtual clock; -1 is "not armed". */
enum ixgbe_deadline {
    IXGBE_DEADLINE_LINK,      /* autonegotiation completes */
    IXGBE_DEADLINE_INTERRUPT, /* the earliest EITR interval ends */
    IXGBE_DEADLINE_TCP_TIMER, /* TCPTIMER expires */
    IXGBE_DEADLINE_REFILL,    /* a few receive buffers are there: as many as will come */
    IXGBE_DEADLINES,
};

struct ixgbe_tx_context {
    uint32_t dw[4]; /* as the guest wrote it, host order; DS 7.2.3.2.3 */
};

struct ixgbe_tx_queue_state {
    struct ixgbe_tx_context context[IXGBE_TX_CONTEXTS];
    uint8_t enabled;        /* what TXDCTL.ENABLE reads back */
    uint8_t discarding;     /* a packet with too many descriptors is skipped up to its EOP */
    uint32_t segments_sent; /* of the packet at the head, which waits for the host with the rest */
};

struct ixgbe_rx_queue_state {
    uint8_t enabled; /* what RXDCTL.ENABLE reads back */
    uint8_t pfqde;   /* bits 2:0 of PFQDE: STRIP_TAG, HIDE_VLAN, QDE */
};

struct ixgbe_interrupt_state {
    uint64_t vector_pending; /* MSI-X mode: events not yet signalled, a bit a vector */
    uint64_t vector_mask;    /* EIMS_EX, a bit a vector */
    int64_t moderated_until[IXGBE_VECTORS]; /* EITR: no message before this time (ns); 0 = free */
    uint8_t legacy_asserted;                /* level of INTx as last told to the host */
    uint8_t misc_pending; /* MSI-X mode: bit n, a cause of IVAR_MISC byte n not yet signalled */
};

struct ixgbe_phy_state {
    uint16_t address[32];         /* clause 45 address latch, one an MMD */
    uint16_t reg[IXGBE_PHY_REGS]; /* values of the rows of the PHY table, in its order */
    uint8_t cable;                /* the backend's link */
    uint8_t link;                 /* the copper link, negotiated */
};

struct ixgbe_flow_filter {
    uint32_t command; /* FDIRCMD as the guest wrote it, and its COLLISION */
    uint16_t bucket;
    uint16_t id; /* signature or software index */
};

struct ixgbe_flow_tuple {
    uint8_t byte[42]; /* DS table 7-12, masked */
};

/* The filters of Flow Director in the order they were added; tuple[i] is that of filter[i]. */
struct ixgbe_flow_state {
    uint32_t filters;
    uint32_t tuples; /* as many as filters in perfect mode, none in signature mode */
    struct ixgbe_flow_filter filter[IXGBE_FLOW_FILTERS];
    struct ixgbe_flow_tuple tuple[IXGBE_FLOW_TUPLES];
};

/* What a guest can switch through the task-offload block. Bits from 0. */
struct ixgbe_offload_settings {
    uint8_t csum_tx;      /* IPv4, TCP/IPv4, UDP/IPv4, TCP/IPv6, UDP/IPv6 */
    uint8_t csum_rx;      /* the same */
    uint8_t segmentation; /* LSOv1, LSOv2 IPv4, LSOv2 IPv6, USO IPv4, USO IPv6 */
    uint8_t rsc;          /* IPv4, IPv6 */
    uint8_t rsc_asked;    /* the same: a request said on (RSC-2) */
    uint8_t encap_types;  /* NVGRE, VXLAN: configured */
    uint8_t encap_active; /* and active (CTRL-10) */
    uint8_t active;       /* IPv4, IPv6 (CTRL-3) */
    uint8_t engaged;      /* the switches apply (MAP-8): 1 a doorbell was rung, 2 the host did it */
    uint16_t vxlan_port;
};

struct ixgbe_task_offload_state {
    uint64_t counter[IXGBE_OFFLOAD_COUNTERS];
    struct ixgbe_offload_settings settings;
    uint32_t generation;
    uint32_t event;
    uint32_t event_vector;
    uint32_t result;
    uint32_t latch_high;       /* of the counter whose low half was read last */
    uint32_t pending_doorbell; /* rung in the middle of a frame */
    uint8_t request[128];
    uint8_t encapsulation[16];
};

struct ixgbe_state {
    uint32_t reg[IXGBE_REG_WORDS];
    struct ixgbe_tx_queue_state tx[IXGBE_QUEUES];
    struct ixgbe_rx_queue_state rx[IXGBE_QUEUES];
    struct ixgbe_interrupt_state interrupt;
    struct ixgbe_phy_state phy;
    int64_t deadline[IXGBE_DEADLINES];
    struct ixgbe_flow_state flow;
    uint64_t rx_drop[32]; /* by drop reason, for traces and tests */
    uint64_t tx_drop[32];
    uint16_t nvm[IXGBE_NVM_WORDS];
    uint8_t mac[6];        /* permanent address */
    uint8_t firmware_busy; /* reserved for the host interface; 0 */
    struct ixgbe_task_offload_state task_offload;
};

#endif /* IXGBE_STATE_H */
