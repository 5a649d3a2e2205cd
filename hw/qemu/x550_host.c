/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core may ask of its host: memory, interrupts, time. */
#include "qemu/osdep.h"
#include "x550.h"

#include "hw/pci/msi.h"
#include "hw/pci/msix.h"

static bool x550_dma_read(void *opaque, uint64_t addr, void *to, size_t len)
{
    X550State *s = opaque;

    return !s->gone &&
           pci_dma_read(&s->parent_obj, addr, to, len) == MEMTX_OK;
}

static bool x550_dma_write(void *opaque, uint64_t addr, const void *from,
                           size_t len)
{
    X550State *s = opaque;

    return !s->gone &&
           pci_dma_write(&s->parent_obj, addr, from, len) == MEMTX_OK;
}

/*
 * address_space_map() would read a device's registers into a bounce buffer;
 * the core has its own way for what is not RAM, so only RAM is mapped here.
 */
static void *x550_dma_map(void *opaque, uint64_t addr, size_t len,
                          bool for_write)
{
    X550State *s = opaque;
    hwaddr offset;
    hwaddr mapped = len;
    MemoryRegion *mr;

    if (s->gone || xen_enabled()) {
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(pci_get_address_space(&s->parent_obj), addr,
                                 &offset, &mapped, for_write,
                                 MEMTXATTRS_UNSPECIFIED);
    if (mapped < len || !memory_region_is_ram(mr) ||
        memory_region_is_ram_device(mr) ||
        (for_write && (mr->readonly || mr->rom_device))) {
        return NULL;
    }
    memory_region_ref(mr);
    return (uint8_t *)memory_region_get_ram_ptr(mr) + offset;
}

static void x550_dma_unmap(void *opaque, void *mapping, size_t len,
                           bool for_write, size_t written)
{
    X550State *s = opaque;

    address_space_unmap(pci_get_address_space(&s->parent_obj), mapping, len,
                        for_write, written);
}

static void x550_msix(void *opaque, unsigned vector)
{
    X550State *s = opaque;

    if (!s->gone && msix_enabled(&s->parent_obj)) {
        msix_notify(&s->parent_obj, vector);
    }
}

/*
 * One interrupt for everything. The function sends it the way its
 * configuration space says: a driver may have enabled MSI-X or MSI while the
 * device's own mode is still the legacy one.
 */
static void x550_legacy(void *opaque, bool asserted)
{
    X550State *s = opaque;
    PCIDevice *dev = &s->parent_obj;

    if (s->gone) {
        return;
    }
    if (msix_enabled(dev)) {
        if (asserted) {
            msix_notify(dev, 0);
        }
    } else if (msi_enabled(dev)) {
        if (asserted) {
            msi_notify(dev, 0);
        }
    } else {
        pci_set_irq(dev, asserted);
    }
}

/* The pin follows the core's level only while no message interrupt is on. */
void x550_update_intx(X550State *s)
{
    PCIDevice *dev = &s->parent_obj;

    pci_set_irq(dev, s->state.interrupt.legacy_asserted &&
                     !msix_enabled(dev) && !msi_enabled(dev));
}

static enum ixgbe_send_result
x550_send(void *opaque, const struct iovec *iov, unsigned count,
          const struct ixgbe_frame_offload *offload)
{
    X550State *s = opaque;

    return s->nic && !s->gone ? x550_net_send(s, iov, count, offload) :
                                IXGBE_SENT;
}

static void x550_receive_ready(void *opaque)
{
    X550State *s = opaque;

    if (s->nic && !s->gone) {
        x550_net_receive_ready(s);
    }
}

/*
 * The backend's link belongs to the user (set_link), who would not see his
 * setting again if the guest could change it: nothing to tell QEMU.
 */
static void x550_link_changed(void *opaque, bool up)
{
}

static void x550_offload_changed(void *opaque, uint32_t generation)
{
    x550_event_offload_changed(opaque, generation);
}

static int64_t x550_now_ns(void *opaque)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static void x550_set_timer(void *opaque, int64_t deadline_ns)
{
    X550State *s = opaque;

    if (s->gone) {
        return;
    }
    if (deadline_ns < 0) {
        timer_del(s->timer);
    } else {
        timer_mod_ns(s->timer, deadline_ns);
    }
}

static void x550_schedule_poll(void *opaque)
{
    x550_poll_soon(opaque);
}

static void x550_guest_error(void *opaque, const char *message)
{
    qemu_log_mask(LOG_GUEST_ERROR, "x550: %s\n", message);
}

static void x550_trace(void *opaque, unsigned event, uint64_t a, uint64_t b,
                       uint64_t c, uint64_t d)
{
    x550_trace_emit(event, (const uint64_t[4]) { a, b, c, d });
}

const struct ixgbe_host_ops x550_host_ops = {
    .dma_read = x550_dma_read,
    .dma_write = x550_dma_write,
    .dma_map = x550_dma_map,
    .dma_unmap = x550_dma_unmap,
    .msix = x550_msix,
    .legacy = x550_legacy,
    .send = x550_send,
    .receive_ready = x550_receive_ready,
    .link_changed = x550_link_changed,
    .offload_changed = x550_offload_changed,
    .now_ns = x550_now_ns,
    .set_timer = x550_set_timer,
    .schedule_poll = x550_schedule_poll,
    .guest_error = x550_guest_error,
    .trace = x550_trace,
};
