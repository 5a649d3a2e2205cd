/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QEMU side of the X550: one PCI device object around the core's C
 * interface. What the registers mean is the core's business alone.
 */
#ifndef X550_H
#define X550_H

#include "compat.h"
#include "x550_offload.h"

#include <ixgbe/ixgbe.h>

#define TYPE_X550 "x550"
OBJECT_DECLARE_SIMPLE_TYPE(X550State, X550)

/* Work for the bottom half, in the order in which it is done. */
enum {
    X550_DUE_RESET = 1 << 0,      /* a reset that came from our own DMA */
    X550_DUE_CABLE = 1 << 1,      /* it may have changed meanwhile */
    X550_DUE_TIMER = 1 << 2,
    X550_DUE_SEND_READY = 1 << 3,
    X550_DUE_POLL = 1 << 4,
};

#define X550_TRACE_EVENTS_MAX 64

struct X550State {
    PCIDevice parent_obj;

    NICState *nic;
    NICConf conf;
    OnOffAuto msi;
    OnOffAuto msix;

    MemoryRegion registers;
    MemoryRegion msix_bar;
    MemoryRegion block;

    struct ixgbe_device *core;
    struct ixgbe_state state;

    QEMUBH *bh;
    QEMUTimer *timer;
    VMChangeStateEntry *vm_change;
    unsigned due;       /* X550_DUE_*, kept while the machine is stopped */
    bool bh_scheduled;
    unsigned queued;    /* frames of ours that the peer keeps */
    bool writing;       /* a register write is in the core */
    bool kicked;        /* it asked for ixgbe_poll() */
    OnOffAuto defer_tx; /* property: transmit in the bottom half */
    bool deferring;     /* the bottom half is to do what a write asked for */
    size_t received;    /* bytes since the work of a write was done last */
    bool task_offload_cap;
    struct ixgbe_offload_config offload;
    int ipsec1, ipsec2; /* properties that only exist for their errors */
    uint32_t ipsec_sas;
    bool offload_event_sent; /* and nobody has looked since */
    bool gone;          /* unplugged: nothing of PCI or net may be used */
    bool vnet_hdr;      /* frames to and from the peer carry a header */

    uint16_t traced[X550_TRACE_EVENTS_MAX]; /* switches the core knows of */
};

/*
 * Entering the core from outside a memory access or bottom half: marks the
 * device busy so that DMA to its own BARs is refused. Returns what to give
 * to x550_leave().
 */
bool x550_enter(X550State *s);
void x550_leave(X550State *s, bool was_busy);
void x550_do_later(X550State *s, unsigned what);
void x550_poll_soon(X550State *s);

/* Host functions for the core; opaque is the X550State. */
extern const struct ixgbe_host_ops x550_host_ops;
void x550_update_intx(X550State *s);

/* PCI configuration space. */
bool x550_config_init(X550State *s, Error **errp);
void x550_config_exit(X550State *s);
uint32_t x550_config_read(PCIDevice *dev, uint32_t addr, int len);
void x550_config_write(PCIDevice *dev, uint32_t addr, uint32_t val, int len);
bool x550_is_awake(X550State *s);
void x550_update_dma(X550State *s);
void x550_wake(X550State *s);

/* The network client. */
void x550_net_init(X550State *s);
void x550_net_exit(X550State *s);
void x550_net_setup_peer(X550State *s);
void x550_net_update_cable(X550State *s);
bool x550_net_is_tap(const X550State *s);
enum ixgbe_send_result x550_net_send(X550State *s, const struct iovec *iov,
                                     unsigned count,
                                     const struct ixgbe_frame_offload *offload);
void x550_net_receive_ready(X550State *s);

/* QMP: the current configuration of the task offloads changed. */
void x550_event_offload_changed(X550State *s, uint32_t generation);

/* Trace events. */
void x550_trace_register(void);
void x550_trace_refresh(X550State *s);
void x550_trace_emit(unsigned event, const uint64_t value[4]);

void x550_register_type(void);

extern const VMStateDescription vmstate_x550;

#endif /* X550_H */
