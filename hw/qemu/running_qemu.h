/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QEMU that this process is. Nothing here needs a QEMU header or symbol,
 * so that it works in every QEMU, also in those we refuse.
 */
#ifndef X550_RUNNING_QEMU_H
#define X550_RUNNING_QEMU_H

#include <stdbool.h>
#include <stdint.h>

#define X550_EXPORT __attribute__((visibility("default")))

struct x550_running_qemu {
    char version[32];   /* "7.2.22" */
    char package[96];   /* what the distribution calls it, or "" */
};

/* False, with a message: the executable does not export its functions. */
bool x550_find_running_qemu(struct x550_running_qemu *qemu);
void x550_refuse_qemu(const struct x550_running_qemu *qemu, const char *built);

/* What QEMU looks for in a plug-in. */
extern int qemu_plugin_version X550_EXPORT;
int qemu_plugin_install(uint64_t id, const void *info, int argc,
                        char **argv) X550_EXPORT;

#endif /* X550_RUNNING_QEMU_H */
