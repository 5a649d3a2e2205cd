/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The task-offload block as QEMU shows it: a BAR, a window in configuration
 * space, properties. docs/task-offload.md.
 */
#ifndef X550_OFFLOAD_H
#define X550_OFFLOAD_H

#include "compat.h"

struct X550State;

/* The block in the device: what its BAR and its window have in common. */
uint32_t x550_block_read(struct X550State *s, hwaddr addr, unsigned size);
void x550_block_write(struct X550State *s, hwaddr addr, uint32_t value,
                      unsigned size);

/* What -device says of the offloads, as the core takes it. */
bool x550_offload_config(struct X550State *s, Error **errp);

bool x550_offload_init(struct X550State *s, Error **errp);
/* Configuration space; false: the access has nothing to do with the window. */
bool x550_window_read(struct X550State *s, uint32_t addr, int len,
                      uint32_t *value);
bool x550_window_write(struct X550State *s, uint32_t addr, uint32_t value,
                       int len);
void x550_window_reset(struct X550State *s);

void x550_offload_instance_init(Object *obj);
void x550_offload_class_init(ObjectClass *class);

#endif /* X550_OFFLOAD_H */
