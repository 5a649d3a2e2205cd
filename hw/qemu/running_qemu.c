/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "running_qemu.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* QAPI's VersionInfo, the same in every QEMU since 2.4. */
typedef struct VersionTriple {
    int64_t major;
    int64_t minor;
    int64_t micro;
} VersionTriple;

typedef struct VersionInfo {
    VersionTriple *qemu;
    char *package;
} VersionInfo;

typedef VersionInfo *(*QueryVersionFn)(void **errp);
typedef void (*FreeVersionFn)(VersionInfo *info);

int qemu_plugin_version = 1;

static bool query_version(VersionTriple *version, char *package, size_t size)
{
    QueryVersionFn query = (QueryVersionFn)dlsym(RTLD_DEFAULT,
                                                 "qmp_query_version");
    FreeVersionFn release = (FreeVersionFn)dlsym(RTLD_DEFAULT,
                                                 "qapi_free_VersionInfo");
    VersionInfo *info;

    if (!query || !release) {
        return false;
    }
    info = query(NULL);
    *version = *info->qemu;
    snprintf(package, size, "%s", info->package ? info->package : "");
    release(info);
    return true;
}

/*
 * QEMU reads qemu_plugin_version before it calls anything here. None of the
 * instrumentation interface is used, so any version it accepts is right: 9.0
 * and later refuse those below 2.
 */
static void __attribute__((constructor)) choose_plugin_version(void)
{
    VersionTriple version;
    char package[8];

    if (query_version(&version, package, sizeof(package)) &&
        version.major >= 9) {
        qemu_plugin_version = 2;
    }
}

bool x550_find_running_qemu(struct x550_running_qemu *qemu)
{
    VersionTriple version;

    if (!query_version(&version, qemu->package, sizeof(qemu->package))) {
        fprintf(stderr, "x550: this QEMU does not export its functions to "
                "plug-ins: it must be built with modules enabled, as "
                "distributions do, or with -Wl,--export-dynamic.\n");
        return false;
    }
    snprintf(qemu->version, sizeof(qemu->version), "%d.%d.%d",
             (int)version.major, (int)version.minor, (int)version.micro);
    return true;
}

void x550_refuse_qemu(const struct x550_running_qemu *qemu, const char *built)
{
    fprintf(stderr,
            "x550: this is QEMU %s%s%s%s, but the plug-in is built for "
            "QEMU %s.\n"
            "x550: Run \"./x550 build\" where this QEMU is installed (or add "
            "its headers to meson's option qemu_sdks), or use a QEMU that the "
            "plug-in is built for.\n",
            qemu->version, *qemu->package ? " (" : "", qemu->package,
            *qemu->package ? ")" : "", built);
}
