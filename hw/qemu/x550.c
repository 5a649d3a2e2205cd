/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device type: life cycle, register accesses, deferred work. */
#include "qemu/osdep.h"
#include "x550.h"

#include "qemu/module.h"
#include "hw/pci/pci_ids.h"

#define X550_DEVICE_ID 0x1563
#define X550_SUBSYSTEM_ID 0x0001
#define X550_REVISION 1
#define X550_REGISTER_BAR 0
#define X550_REGISTER_BAR_SIZE (2 * MiB)
#define X550_ANSWERED_BYTES 4096

bool x550_enter(X550State *s)
{
    MemReentrancyGuard *guard = &DEVICE(s)->mem_reentrancy_guard;
    bool was_busy = guard->engaged_in_io;

    guard->engaged_in_io = true;
    return was_busy;
}

void x550_leave(X550State *s, bool was_busy)
{
    DEVICE(s)->mem_reentrancy_guard.engaged_in_io = was_busy;
}

/* QEMU wakes the main loop for each call, also for one that changes nothing. */
void x550_do_later(X550State *s, unsigned what)
{
    if (s->gone) {
        return;
    }
    s->due |= what;
    if (!s->bh_scheduled) {
        s->bh_scheduled = true;
        qemu_bh_schedule(s->bh);
    }
}

/* At the end of the register write that asked for it, or in the bottom half. */
void x550_poll_soon(X550State *s)
{
    if (s->writing) {
        s->kicked = true;
    } else {
        x550_do_later(s, X550_DUE_POLL);
    }
}

/*
 * What a guest sends after so many bytes are answers to them, most often
 * acknowledgements. On a tap the host's TCP works through them within the
 * system call that sends them, and the guest's processor is what a received
 * stream waits for: the main loop has the time. Elsewhere the main loop is the
 * busier of the two.
 */
static bool x550_left_to_main_loop(const X550State *s)
{
    switch (s->defer_tx) {
    case ON_OFF_AUTO_ON:
        return true;
    case ON_OFF_AUTO_AUTO:
        return s->deferring ||
               (s->received > X550_ANSWERED_BYTES && x550_net_is_tap(s));
    default:
        return false;
    }
}

/*
 * The guest's processor does the work itself, as a rule: waking another thread
 * for a few frames costs more than sending them. What is beyond ixgbe_poll()'s
 * budget is left to the bottom half.
 */
static void x550_poll_now(X550State *s)
{
    /* DMA of one device may kick the next: such a chain is not followed. */
    static bool polling;

    s->kicked = false;
    s->deferring = x550_left_to_main_loop(s);
    if (s->deferring || polling || !runstate_is_running()) {
        x550_do_later(s, X550_DUE_POLL);
        return;
    }
    s->received = 0;
    polling = true;
    ixgbe_poll(s->core);
    polling = false;
}

static uint64_t x550_register_read(void *opaque, hwaddr addr, unsigned size)
{
    X550State *s = opaque;

    if (!x550_is_awake(s)) {
        return UINT32_MAX;
    }
    x550_trace_refresh(s);
    return ixgbe_mmio_read(s->core, addr, size);
}

static void x550_register_write(void *opaque, hwaddr addr, uint64_t value,
                                unsigned size)
{
    X550State *s = opaque;

    if (!x550_is_awake(s)) {
        return;
    }
    x550_trace_refresh(s);
    s->writing = true;
    ixgbe_mmio_write(s->core, addr, value, size);
    s->writing = false;
    if (s->kicked && !s->gone) {
        x550_poll_now(s);
    }
}

/* QEMU cuts wider accesses into words, the low one first. */
static const MemoryRegionOps x550_register_ops = {
    .read = x550_register_read,
    .write = x550_register_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 4,
        .unaligned = true,
    },
};

static void x550_reset_core(X550State *s)
{
    x550_wake(s);
    x550_window_reset(s);
    ixgbe_reset(s->core, IXGBE_RESET_BUS);
    x550_update_dma(s);
    x550_update_intx(s);
}

/*
 * The guest can aim our own DMA at a configuration space and so reset us from
 * within the core. Then the reset waits until the core is idle.
 */
static void x550_reset(DeviceState *qdev)
{
    X550State *s = X550(qdev);
    bool was_busy = x550_enter(s);

    if (was_busy) {
        x550_do_later(s, X550_DUE_RESET);
    } else {
        /* Expired timers and frames the peer has taken outlive a reset. */
        s->due &= ~X550_DUE_RESET;
        x550_reset_core(s);
        /* A guest that wakes up is reset; the bottom half had to wait. */
        x550_do_later(s, s->due);
    }
    x550_leave(s, was_busy);
}

/* Guarded by QEMU. While the machine is stopped its memory must not change. */
static void x550_bottom_half(void *opaque)
{
    X550State *s = opaque;
    unsigned due = s->due;

    s->bh_scheduled = false;
    if (!runstate_is_running()) {
        return;
    }
    s->due = 0;
    object_ref(OBJECT(s));
    x550_trace_refresh(s);
    if (due & X550_DUE_RESET) {
        x550_reset_core(s);
    }
    if (due & X550_DUE_CABLE && s->nic) {
        x550_net_update_cable(s);
    }
    if (due & X550_DUE_TIMER) {
        ixgbe_timer(s->core);
    }
    if (due & X550_DUE_SEND_READY) {
        ixgbe_send_ready(s->core);
    }
    if (s->deferring) {
        s->deferring = false;
        s->received = 0;
    }
    if (due & X550_DUE_POLL) {
        ixgbe_poll(s->core);
    }
    object_unref(OBJECT(s));
}

static void x550_timer_expired(void *opaque)
{
    x550_do_later(opaque, X550_DUE_TIMER);
}

/*
 * A machine stops before its memory is saved, and the device's state is saved
 * after its memory: what the core holds back for the guest must go now. What
 * has happened to the cable meanwhile is told when the machine goes on.
 */
static void x550_vm_change(void *opaque, bool running, RunState state)
{
    X550State *s = opaque;
    bool was_busy;

    if (running) {
        x550_do_later(s, X550_DUE_CABLE | X550_DUE_POLL);
        return;
    }
    was_busy = x550_enter(s);
    ixgbe_prepare_save(s->core);
    x550_leave(s, was_busy);
}

/*
 * The core itself lives as long as the object: an unplug can come from within
 * a call into it.
 */
static void x550_take_down(X550State *s)
{
    s->gone = true;
    if (s->vm_change) {
        qemu_del_vm_change_state_handler(s->vm_change);
        s->vm_change = NULL;
    }
    if (s->nic) {
        x550_net_exit(s);
    }
    x550_config_exit(s);
    timer_free(s->timer);
    s->timer = NULL;
    qemu_bh_delete(s->bh);
    s->bh = NULL;
}

static bool x550_create_core(X550State *s, Error **errp)
{
    PCIDevice *dev = &s->parent_obj;
    struct ixgbe_config config = {
        .port = PCI_FUNC(dev->devfn) & 1,
        .task_offload_block = s->task_offload_cap,
        .offload = s->offload,
    };

    if (!x550_offload_config(s, errp)) {
        return false;
    }

    qemu_macaddr_default_if_unset(&s->conf.macaddr);
    memcpy(config.mac, s->conf.macaddr.a, sizeof(config.mac));
    if (config.mac[0] & 1) {
        error_setg(errp, "mac: " MAC_FMT " is not a unicast address",
                   MAC_ARG(config.mac));
        return false;
    }
    s->core = ixgbe_create(&x550_host_ops, s, &s->state, &config);
    if (!s->core) {
        error_setg(errp, "not enough memory for the device");
    }
    return s->core != NULL;
}

static void x550_realize(PCIDevice *dev, Error **errp)
{
    X550State *s = X550(dev);

    /* The second function of a card has the second pin. */
    pci_config_set_interrupt_pin(dev->config, 1 + (PCI_FUNC(dev->devfn) & 1));
    s->bh = qemu_bh_new_guarded(x550_bottom_half, s,
                                &DEVICE(s)->mem_reentrancy_guard);
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, x550_timer_expired, s);
    if (!x550_create_core(s, errp) || !x550_config_init(s, errp) ||
        !x550_offload_init(s, errp)) {
        x550_take_down(s);
        return;
    }
    memory_region_init_io(&s->registers, OBJECT(s), &x550_register_ops, s,
                          "x550-registers", X550_REGISTER_BAR_SIZE);
    pci_register_bar(dev, X550_REGISTER_BAR, PCI_BASE_ADDRESS_MEM_TYPE_64 |
                     PCI_BASE_ADDRESS_MEM_PREFETCH, &s->registers);
    x550_net_init(s);
    s->vm_change = qdev_add_vm_change_state_handler(DEVICE(s), x550_vm_change,
                                                    s);
}

static void x550_exit(PCIDevice *dev)
{
    x550_take_down(X550(dev));
}

static void x550_instance_init(Object *obj)
{
    X550State *s = X550(obj);

    device_add_bootindex_property(obj, &s->conf.bootindex, "bootindex",
                                  "/ethernet-phy@0", DEVICE(obj));
    x550_offload_instance_init(obj);
}

static void x550_instance_finalize(Object *obj)
{
    X550State *s = X550(obj);

    if (s->core) {
        ixgbe_destroy(s->core);
    }
}

static X550_PROPERTIES x550_properties[] = {
    DEFINE_NIC_PROPERTIES(X550State, conf),
    DEFINE_PROP_ON_OFF_AUTO("msi", X550State, msi, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_ON_OFF_AUTO("msix", X550State, msix, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_ON_OFF_AUTO("defer-tx", X550State, defer_tx, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("task-offload-cap", X550State, task_offload_cap, true),
    DEFINE_PROP_BOOL("csum-ip-options", X550State, offload.csum_ip_options,
                     true),
    DEFINE_PROP_BOOL("csum-ip6-ext", X550State, offload.csum_ip6_ext, true),
    DEFINE_PROP_BOOL("lso1", X550State, offload.lso1, true),
    DEFINE_PROP_BOOL("lso2-ip4", X550State, offload.lso2_ip4, true),
    DEFINE_PROP_BOOL("lso2-ip6", X550State, offload.lso2_ip6, true),
    DEFINE_PROP_UINT32("lso-max", X550State, offload.lso_max, 261120),
    DEFINE_PROP_UINT8("lso-min-segs", X550State, offload.lso_min_segs, 2),
    DEFINE_PROP_BOOL("uso-ip4", X550State, offload.uso_ip4, true),
    DEFINE_PROP_BOOL("uso-ip6", X550State, offload.uso_ip6, true),
    DEFINE_PROP_BOOL("uso-sub-mss", X550State, offload.uso_sub_mss, true),
    DEFINE_PROP_BOOL("rsc-ip4", X550State, offload.rsc_ip4, true),
    DEFINE_PROP_BOOL("rsc-ip6", X550State, offload.rsc_ip6, true),
    DEFINE_PROP_BOOL("rsc-timestamps", X550State, offload.rsc_timestamps, true),
    DEFINE_PROP_UINT16("rsc-flows", X550State, offload.rsc_flows, 32),
    DEFINE_PROP_UINT16("rsc-max-segs", X550State, offload.rsc_max_segs, 0),
    DEFINE_PROP_BOOL("nvgre", X550State, offload.nvgre, true),
    DEFINE_PROP_BOOL("vxlan", X550State, offload.vxlan, true),
    DEFINE_PROP_UINT16("encap-max-header", X550State, offload.encap_max_header,
                       256),
    DEFINE_PROP_UINT16("vxlan-port", X550State, offload.vxlan_port, 4789),
    DEFINE_PROP_BOOL("vxlan-port-fixed", X550State, offload.vxlan_port_fixed,
                     false),
    DEFINE_PROP_BOOL("rss", X550State, offload.rss, true),
    DEFINE_PROP_BOOL("rss-udp", X550State, offload.rss_udp, true),
    DEFINE_PROP_UINT16("rss-queues", X550State, offload.rss_queues, 16),
    DEFINE_PROP_UINT16("rss-table", X550State, offload.rss_table, 128),
    DEFINE_PROP_BOOL("vmq", X550State, offload.vmq, true),
    DEFINE_PROP_BOOL("vmq-vlan", X550State, offload.vmq_vlan, true),
    DEFINE_PROP_UINT16("vmq-queues", X550State, offload.vmq_queues, 16),
    DEFINE_PROP_UINT32("ipsec-sas", X550State, ipsec_sas, 1024),
    X550_PROPERTIES_END
};

static void x550_class_init(ObjectClass *class, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(class);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(class);

    pc->realize = x550_realize;
    pc->exit = x550_exit;
    pc->config_read = x550_config_read;
    pc->config_write = x550_config_write;
    pc->vendor_id = PCI_VENDOR_ID_INTEL;
    pc->device_id = X550_DEVICE_ID;
    pc->revision = X550_REVISION;
    pc->class_id = PCI_CLASS_NETWORK_ETHERNET;
    pc->subsystem_vendor_id = PCI_VENDOR_ID_INTEL;
    pc->subsystem_id = X550_SUBSYSTEM_ID;

    dc->desc = "Intel X550-T 10 Gigabit Ethernet controller";
    dc->vmsd = &vmstate_x550;
    x550_compat_set_reset(dc, x550_reset);
    device_class_set_props(dc, x550_properties);
    x550_offload_class_init(class);
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
}

/* Accepted by express and by conventional buses, like QEMU's e1000e. */
static const TypeInfo x550_type = {
    .name = TYPE_X550,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(X550State),
    .instance_init = x550_instance_init,
    .instance_finalize = x550_instance_finalize,
    .class_init = x550_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

void x550_register_type(void)
{
    type_register_static(&x550_type);
}
