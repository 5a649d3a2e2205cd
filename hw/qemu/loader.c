/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libqemu-x550.so: the plug-in for whatever QEMU it finds itself in. Loads
 * the plug-in built for exactly that version, libqemu-x550-VERSION.so beside
 * it, and hands over.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "running_qemu.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "libqemu-x550-"
#define SUFFIX ".so"

typedef int (*InstallFn)(uint64_t id, const void *info, int argc, char **argv);

static bool own_folder(char *folder, size_t size)
{
    Dl_info info;
    char *slash;

    if (!dladdr((void *)&qemu_plugin_install, &info) || !info.dli_fname) {
        fprintf(stderr, "x550: cannot find the folder of the plug-in.\n");
        return false;
    }
    snprintf(folder, size, "%s", info.dli_fname);
    slash = strrchr(folder, '/');
    if (slash) {
        *slash = '\0';
    } else {
        snprintf(folder, size, ".");
    }
    return true;
}

/* "7.2.22, 10.0.13": the versions there are plug-ins for. */
static void list_versions(const char *folder, char *text, size_t size)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t used = 0;

    snprintf(text, size, "no version");
    while (dir && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);
        size_t around = strlen(PREFIX SUFFIX);

        if (len <= around || strncmp(entry->d_name, PREFIX, strlen(PREFIX)) ||
            strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX)) {
            continue;
        }
        used += snprintf(text + used, size - used, "%s%.*s", used ? ", " : "",
                         (int)(len - around), entry->d_name + strlen(PREFIX));
        if (used >= size) {
            break;
        }
    }
    if (dir) {
        closedir(dir);
    }
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
    struct x550_running_qemu qemu;
    char folder[PATH_MAX];
    char path[PATH_MAX + 64];
    char built[256];
    InstallFn install;
    void *plugin;

    if (!x550_find_running_qemu(&qemu) ||
        !own_folder(folder, sizeof(folder))) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/" PREFIX "%s" SUFFIX, folder,
             qemu.version);
    if (access(path, R_OK)) {
        list_versions(folder, built, sizeof(built));
        x550_refuse_qemu(&qemu, built);
        return -1;
    }
    plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!plugin) {
        fprintf(stderr, "x550: the plug-in for QEMU %s does not load: %s\n"
                "x550: This QEMU is configured differently from the one it "
                "was built for; run \"./x550 build\" again.\n",
                qemu.version, dlerror());
        return -1;
    }
    install = (InstallFn)dlsym(plugin, "qemu_plugin_install");
    if (!install) {
        fprintf(stderr, "x550: %s is no plug-in.\n", path);
        return -1;
    }
    return install(id, info, argc, argv);
}
