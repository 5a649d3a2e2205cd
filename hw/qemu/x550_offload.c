/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The task-offload block: BAR, PCI capability and the window in it. */
#include "qemu/osdep.h"
#include "x550.h"

#define X550_BLOCK_BAR 2
#define X550_BLOCK_BAR_SIZE (4 * KiB)
#define X550_BLOCK_LENGTH 0x500

#define X550_CAP_OFFLOAD 0x80
#define X550_CAP_OFFLOAD_SIZE 0x20
#define X550_CAP_OFFLOAD_VERSION 1
#define X550_CAP_OFFLOAD_SIGNATURE 0x4f543558 /* "X5TO" */

/* Bytes of the capability. */
#define X550_CAP_LENGTH 0x02
#define X550_CAP_VERSION 0x03
#define X550_CAP_SIGNATURE 0x04
#define X550_CAP_BAR 0x08
#define X550_CAP_BAR_OFFSET 0x0c
#define X550_CAP_BLOCK_LENGTH 0x10
#define X550_CAP_WINDOW_OFFSET 0x14
#define X550_CAP_WINDOW_DATA 0x18

uint32_t x550_block_read(X550State *s, hwaddr addr, unsigned size)
{
    if (!x550_is_awake(s)) {
        return UINT32_MAX;
    }
    x550_trace_refresh(s);
    return ixgbe_block_read(s->core, addr, size);
}

void x550_block_write(X550State *s, hwaddr addr, uint32_t value, unsigned size)
{
    if (!x550_is_awake(s)) {
        return;
    }
    x550_trace_refresh(s);
    ixgbe_block_write(s->core, addr, value, size);
}

static uint64_t x550_bar_read(void *opaque, hwaddr addr, unsigned size)
{
    return x550_block_read(opaque, addr, size);
}

static void x550_bar_write(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size)
{
    x550_block_write(opaque, addr, value, size);
}

/* QEMU cuts wider accesses into words, the low one first. */
static const MemoryRegionOps x550_block_ops = {
    .read = x550_bar_read,
    .write = x550_bar_write,
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

bool x550_offload_init(X550State *s, Error **errp)
{
    PCIDevice *dev = &s->parent_obj;
    uint8_t *cap;

    if (!s->task_offload_cap) {
        return true;
    }
    if (pci_add_capability(dev, PCI_CAP_ID_VNDR, X550_CAP_OFFLOAD,
                           X550_CAP_OFFLOAD_SIZE, errp) < 0) {
        return false;
    }
    cap = dev->config + X550_CAP_OFFLOAD;
    cap[X550_CAP_LENGTH] = X550_CAP_OFFLOAD_SIZE;
    cap[X550_CAP_VERSION] = X550_CAP_OFFLOAD_VERSION;
    pci_set_long(cap + X550_CAP_SIGNATURE, X550_CAP_OFFLOAD_SIGNATURE);
    cap[X550_CAP_BAR] = X550_BLOCK_BAR;
    pci_set_long(cap + X550_CAP_BAR_OFFSET, 0);
    pci_set_long(cap + X550_CAP_BLOCK_LENGTH, X550_BLOCK_LENGTH);
    pci_set_long(dev->wmask + X550_CAP_OFFLOAD + X550_CAP_WINDOW_OFFSET,
                 UINT32_MAX);

    memory_region_init_io(&s->block, OBJECT(s), &x550_block_ops, s,
                          "x550-task-offload", X550_BLOCK_BAR_SIZE);
    pci_register_bar(dev, X550_BLOCK_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &s->block);
    return true;
}

static bool x550_in_window(X550State *s, uint32_t addr, int len)
{
    const uint32_t data = X550_CAP_OFFLOAD + X550_CAP_WINDOW_DATA;

    return s->task_offload_cap && addr < data + 4 && addr + len > data;
}

static bool x550_is_data_word(uint32_t addr, int len)
{
    return addr == X550_CAP_OFFLOAD + X550_CAP_WINDOW_DATA && len == 4;
}

static uint32_t x550_window_offset(X550State *s)
{
    return pci_get_long(s->parent_obj.config + X550_CAP_OFFLOAD +
                        X550_CAP_WINDOW_OFFSET);
}

/* Only an access to the data word as a whole is one to the block. */
bool x550_window_read(X550State *s, uint32_t addr, int len, uint32_t *value)
{
    if (!x550_in_window(s, addr, len)) {
        return false;
    }
    *value = x550_is_data_word(addr, len) ?
             x550_block_read(s, x550_window_offset(s), 4) : 0;
    return true;
}

bool x550_window_write(X550State *s, uint32_t addr, uint32_t value, int len)
{
    if (!x550_in_window(s, addr, len)) {
        return false;
    }
    if (x550_is_data_word(addr, len)) {
        x550_block_write(s, x550_window_offset(s), value, 4);
    }
    return true;
}

void x550_window_reset(X550State *s)
{
    if (s->task_offload_cap) {
        pci_set_long(s->parent_obj.config + X550_CAP_OFFLOAD +
                     X550_CAP_WINDOW_OFFSET, 0);
    }
}
