/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What migrates: the PCI device and every member of struct ixgbe_state. A new
 * member needs a line here, a higher IXGBE_STATE_VERSION and the new sizes
 * below.
 */
#include "qemu/osdep.h"
#include "x550.h"

#include "hw/pci/msix.h"

QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_tx_context) != 16);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_tx_queue_state) != 40);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_rx_queue_state) != 2);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_interrupt_state) != 536);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_phy_state) != 194);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_flow_filter) != 8);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_flow_tuple) != 42);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_flow_state) != 606168);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_offload_settings) != 12);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_task_offload_state) != 440);
QEMU_BUILD_BUG_ON(sizeof(struct ixgbe_state) != 777112);

static const VMStateDescription vmstate_tx_context = {
    .name = "x550/tx-context",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(dw, struct ixgbe_tx_context, 4),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_tx_queue = {
    .name = "x550/tx-queue",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(context, struct ixgbe_tx_queue_state,
                             IXGBE_TX_CONTEXTS, IXGBE_STATE_VERSION,
                             vmstate_tx_context, struct ixgbe_tx_context),
        VMSTATE_UINT8(enabled, struct ixgbe_tx_queue_state),
        VMSTATE_UINT8(discarding, struct ixgbe_tx_queue_state),
        VMSTATE_UINT32(segments_sent, struct ixgbe_tx_queue_state),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_rx_queue = {
    .name = "x550/rx-queue",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(enabled, struct ixgbe_rx_queue_state),
        VMSTATE_UINT8(pfqde, struct ixgbe_rx_queue_state),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_interrupt = {
    .name = "x550/interrupt",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(vector_pending, struct ixgbe_interrupt_state),
        VMSTATE_UINT64(vector_mask, struct ixgbe_interrupt_state),
        VMSTATE_INT64_ARRAY(moderated_until, struct ixgbe_interrupt_state,
                            IXGBE_VECTORS),
        VMSTATE_UINT8(legacy_asserted, struct ixgbe_interrupt_state),
        VMSTATE_UINT8(misc_pending, struct ixgbe_interrupt_state),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_phy = {
    .name = "x550/phy",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16_ARRAY(address, struct ixgbe_phy_state, 32),
        VMSTATE_UINT16_ARRAY(reg, struct ixgbe_phy_state, IXGBE_PHY_REGS),
        VMSTATE_UINT8(cable, struct ixgbe_phy_state),
        VMSTATE_UINT8(link, struct ixgbe_phy_state),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_flow_filter = {
    .name = "x550/flow-filter",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(command, struct ixgbe_flow_filter),
        VMSTATE_UINT16(bucket, struct ixgbe_flow_filter),
        VMSTATE_UINT16(id, struct ixgbe_flow_filter),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_flow_tuple = {
    .name = "x550/flow-tuple",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY(byte, struct ixgbe_flow_tuple, 42),
        VMSTATE_END_OF_LIST()
    }
};

/* The counts come first: what follows is as long as they say. */
static bool x550_flow_counts_fit(void *opaque, int version_id)
{
    const struct ixgbe_flow_state *flow = opaque;

    return flow->filters <= IXGBE_FLOW_FILTERS &&
           flow->tuples <= IXGBE_FLOW_TUPLES;
}

static const VMStateDescription vmstate_flow = {
    .name = "x550/flow",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(filters, struct ixgbe_flow_state),
        VMSTATE_UINT32(tuples, struct ixgbe_flow_state),
        VMSTATE_VALIDATE("at most 32767 filters, 8191 of them perfect",
                         x550_flow_counts_fit),
        VMSTATE_STRUCT_VARRAY_UINT32(filter, struct ixgbe_flow_state, filters,
                                     IXGBE_STATE_VERSION, vmstate_flow_filter,
                                     struct ixgbe_flow_filter),
        VMSTATE_STRUCT_VARRAY_UINT32(tuple, struct ixgbe_flow_state, tuples,
                                     IXGBE_STATE_VERSION, vmstate_flow_tuple,
                                     struct ixgbe_flow_tuple),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_offload_settings = {
    .name = "x550/offload-settings",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(csum_tx, struct ixgbe_offload_settings),
        VMSTATE_UINT8(csum_rx, struct ixgbe_offload_settings),
        VMSTATE_UINT8(segmentation, struct ixgbe_offload_settings),
        VMSTATE_UINT8(rsc, struct ixgbe_offload_settings),
        VMSTATE_UINT8(rsc_asked, struct ixgbe_offload_settings),
        VMSTATE_UINT8(encap_types, struct ixgbe_offload_settings),
        VMSTATE_UINT8(encap_active, struct ixgbe_offload_settings),
        VMSTATE_UINT8(active, struct ixgbe_offload_settings),
        VMSTATE_UINT8(engaged, struct ixgbe_offload_settings),
        VMSTATE_UINT16(vxlan_port, struct ixgbe_offload_settings),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_offload_members = {
    .name = "x550/offload-members",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(counter, struct ixgbe_task_offload_state,
                             IXGBE_OFFLOAD_COUNTERS),
        VMSTATE_STRUCT(settings, struct ixgbe_task_offload_state, 1,
                       vmstate_offload_settings,
                       struct ixgbe_offload_settings),
        VMSTATE_UINT32(generation, struct ixgbe_task_offload_state),
        VMSTATE_UINT32(event, struct ixgbe_task_offload_state),
        VMSTATE_UINT32(event_vector, struct ixgbe_task_offload_state),
        VMSTATE_UINT32(result, struct ixgbe_task_offload_state),
        VMSTATE_UINT32(latch_high, struct ixgbe_task_offload_state),
        VMSTATE_UINT32(pending_doorbell, struct ixgbe_task_offload_state),
        VMSTATE_UINT8_ARRAY(request, struct ixgbe_task_offload_state, 128),
        VMSTATE_UINT8_ARRAY(encapsulation, struct ixgbe_task_offload_state,
                            16),
        VMSTATE_END_OF_LIST()
    }
};

static bool x550_has_offload_block(void *opaque)
{
    X550State *s = opaque;

    return s->task_offload_cap;
}

/* A device without the block has the stream of a plain X550. */
static const VMStateDescription vmstate_task_offload = {
    .name = "x550/task-offload",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = x550_has_offload_block,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(state.task_offload, X550State, 1,
                       vmstate_offload_members,
                       struct ixgbe_task_offload_state),
        VMSTATE_END_OF_LIST()
    }
};

static int x550_pre_save(void *opaque)
{
    X550State *s = opaque;
    bool was_busy = x550_enter(s);

    ixgbe_prepare_save(s->core);
    x550_leave(s, was_busy);
    return 0;
}

/*
 * The machine is stopped. The backend, the cable and the bus master bit are
 * this side's own; the core hears of them once it has accepted the state, of
 * the cable only when the machine runs: its interrupt would be forgotten here.
 */
static int x550_post_load(void *opaque, int version_id)
{
    X550State *s = opaque;
    char why[256] = "";
    bool was_busy = x550_enter(s);
    bool accepted;

    s->due = 0;
    accepted = ixgbe_loaded(s->core, why, sizeof(why));
    if (accepted) {
        x550_net_setup_peer(s);
        x550_update_dma(s);
        x550_update_intx(s);
    } else {
        error_report("x550: the saved state is refused: %s", why);
        /* After a failed loadvm the user may let the machine go on. */
        ixgbe_reset(s->core, IXGBE_RESET_POWER_ON);
        x550_update_intx(s);
    }
    x550_leave(s, was_busy);
    return accepted ? 0 : -EINVAL;
}

const VMStateDescription vmstate_x550 = {
    .name = "x550",
    .version_id = IXGBE_STATE_VERSION,
    .minimum_version_id = IXGBE_STATE_VERSION,
    .pre_save = x550_pre_save,
    .post_load = x550_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, X550State),
        VMSTATE_MSIX(parent_obj, X550State),
        VMSTATE_UINT32_ARRAY(state.reg, X550State, IXGBE_REG_WORDS),
        VMSTATE_STRUCT_ARRAY(state.tx, X550State, IXGBE_QUEUES,
                             IXGBE_STATE_VERSION, vmstate_tx_queue,
                             struct ixgbe_tx_queue_state),
        VMSTATE_STRUCT_ARRAY(state.rx, X550State, IXGBE_QUEUES,
                             IXGBE_STATE_VERSION, vmstate_rx_queue,
                             struct ixgbe_rx_queue_state),
        VMSTATE_STRUCT(state.interrupt, X550State, IXGBE_STATE_VERSION,
                       vmstate_interrupt, struct ixgbe_interrupt_state),
        VMSTATE_STRUCT(state.phy, X550State, IXGBE_STATE_VERSION, vmstate_phy,
                       struct ixgbe_phy_state),
        VMSTATE_INT64_ARRAY(state.deadline, X550State, IXGBE_DEADLINES),
        VMSTATE_STRUCT(state.flow, X550State, IXGBE_STATE_VERSION,
                       vmstate_flow, struct ixgbe_flow_state),
        VMSTATE_UINT64_ARRAY(state.rx_drop, X550State, 32),
        VMSTATE_UINT64_ARRAY(state.tx_drop, X550State, 32),
        VMSTATE_UINT16_ARRAY(state.nvm, X550State, IXGBE_NVM_WORDS),
        VMSTATE_UINT8_ARRAY(state.mac, X550State, 6),
        VMSTATE_UINT8(state.firmware_busy, X550State),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (X550_SUBSECTION[]) {
        &vmstate_task_offload,
        NULL
    }
};
