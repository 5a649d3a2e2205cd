/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences between the QEMU versions that this source builds for, 7.2 and
 * 10.0. Every file of the device includes this right after qemu/osdep.h.
 */
#ifndef X550_COMPAT_H
#define X550_COMPAT_H

#include "qemu/units.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "exec/memory.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "net/net.h"
#include "standard-headers/linux/virtio_net.h"

#define X550_QEMU_SINCE(major, minor)                       \
    (QEMU_VERSION_MAJOR > (major) ||                        \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR >= (minor)))

#if X550_QEMU_SINCE(8, 1)
#include "hw/pci/pci_device.h"
#else
#include "hw/pci/pci.h"
#endif

#if X550_QEMU_SINCE(10, 0)
#include "system/dma.h"
#include "system/runstate.h"
#include "system/system.h"
#include "system/xen.h"
#else
#include "sysemu/dma.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "sysemu/xen.h"
#endif

/*
 * Functions that only some of these versions have. Weak, so that a plug-in in
 * the wrong QEMU is loaded far enough to say that it is the wrong one.
 */
#pragma weak device_class_set_legacy_reset
#pragma weak device_class_set_props
#pragma weak device_class_set_props_n
#pragma weak pci_pm_init
#pragma weak qemu_has_uso
#pragma weak qemu_using_vnet_hdr

/* Arrays of properties lost their terminator and became constant. */
#if X550_QEMU_SINCE(10, 0)
#define X550_PROPERTIES const Property
#define X550_PROPERTIES_END
#else
#define X550_PROPERTIES Property
#define X550_PROPERTIES_END DEFINE_PROP_END_OF_LIST(),
#endif

/* Lists of subsections became constant. */
#if X550_QEMU_SINCE(9, 0)
#define X550_SUBSECTION const VMStateDescription * const
#else
#define X550_SUBSECTION const VMStateDescription *
#endif

static inline void x550_compat_set_reset(DeviceClass *dc,
                                         void (*reset)(DeviceState *dev))
{
#if X550_QEMU_SINCE(10, 0)
    device_class_set_legacy_reset(dc, reset);
#else
    dc->reset = reset;
#endif
}

/* Since 10.0 the core unmaps BARs outside D0 for capabilities it knows. */
static inline int x550_compat_pm_init(PCIDevice *dev, uint8_t offset,
                                      Error **errp)
{
#if X550_QEMU_SINCE(10, 0)
    return pci_pm_init(dev, offset, errp);
#else
    return pci_add_capability(dev, PCI_CAP_ID_PM, offset, PCI_PM_SIZEOF, errp);
#endif
}

/* The peer puts a virtio-net header of that length before each frame. */
static inline void x550_compat_use_vnet_hdr(NetClientState *peer, int len)
{
    qemu_set_vnet_hdr_len(peer, len);
#if !X550_QEMU_SINCE(8, 2)
    qemu_using_vnet_hdr(peer, true);
#endif
}

/* The peer need not sum its frames, nor cut TCP. */
static inline void x550_compat_large_frames(NetClientState *peer)
{
#if X550_QEMU_SINCE(8, 2)
    qemu_set_offload(peer, 1, 1, 1, 0, 0, 0, 0);
#else
    qemu_set_offload(peer, 1, 1, 1, 0, 0);
#endif
}

static inline bool x550_compat_peer_has_uso(NetClientState *peer)
{
#if X550_QEMU_SINCE(8, 2)
    return qemu_has_uso(peer);
#else
    return false;
#endif
}

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

#endif /* X550_COMPAT_H */
