/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libqemu-x550-VERSION.so: the plug-in for one version of QEMU. Looks whether
 * it is in that QEMU, reads its arguments, registers the device type.
 */
#include "qemu/osdep.h"
#include "x550.h"
#include "running_qemu.h"

#include "trace/control.h"

/*
 * A vendor may patch a structure without changing the version. QEMU's own
 * description of a PCI device says where a late member of it lies; before it
 * are all the structures that we embed.
 */
static bool layout_fits(void)
{
    const VMStateField *field = vmstate_pci_device.fields;

    while (field->name && strcmp(field->name, "version_id")) {
        field++;
    }
    if (field->name && field->offset == offsetof(PCIDevice, version_id)) {
        return true;
    }
    error_report("x550: this QEMU calls itself " QEMU_VERSION ", but its PCI "
                 "devices are laid out differently from those of the source "
                 "that the plug-in was built with");
    error_printf("Run \"./x550 build\" again with this QEMU installed.\n");
    return false;
}

static bool use_argument(const char *argument)
{
    if (g_str_has_prefix(argument, "trace=")) {
        trace_enable_events(argument + strlen("trace="));
        return true;
    }
    error_report("x550: plug-in argument '%s' is not known", argument);
    error_printf("Arguments: trace=PATTERN, for example trace=x550_tx_*\n");
    return false;
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
    struct x550_running_qemu qemu;

    if (!x550_find_running_qemu(&qemu)) {
        return -1;
    }
    if (strcmp(qemu.version, QEMU_VERSION)) {
        x550_refuse_qemu(&qemu, QEMU_VERSION);
        return -1;
    }
    if (!layout_fits()) {
        return -1;
    }
    if (object_class_by_name(TYPE_X550)) {
        error_report("x550: the plug-in is already loaded");
        return -1;
    }
    x550_trace_register();
    for (int i = 0; i < argc; i++) {
        if (!use_argument(argv[i])) {
            return -1;
        }
    }
    x550_register_type();
    return 0;
}
