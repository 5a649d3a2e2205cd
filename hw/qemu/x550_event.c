/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * X550_OFFLOAD_CHANGED: a QMP event of our own. It is not in QEMU's schema,
 * since a plug-in cannot add to that; clients skip events they do not know.
 */
#include "qemu/osdep.h"
#include "x550.h"

#include "qapi/qapi-emit-events.h"
#include "qapi/qmp-event.h"
#if X550_QEMU_SINCE(10, 0)
#include "qobject/qdict.h"
#else
#include "qapi/qmp/qdict.h"
#endif

/*
 * As NIC_RX_FILTER_CHANGED: once, and then not before somebody has looked, so
 * that a guest cannot flood a monitor. QEMU throttles events by their number;
 * that of this one's model has no limit of its own.
 */
void x550_event_offload_changed(X550State *s, uint32_t generation)
{
    g_autofree char *path = NULL;
    QDict *event, *data;

    if (s->offload_event_sent || s->gone || !DEVICE(s)->realized) {
        return;
    }
    s->offload_event_sent = true;
    path = object_get_canonical_path(OBJECT(s));
    data = qdict_new();
    if (DEVICE(s)->id) {
        qdict_put_str(data, "name", DEVICE(s)->id);
    }
    qdict_put_str(data, "path", path);
    qdict_put_int(data, "generation", generation);
    event = qmp_event_build_dict("X550_OFFLOAD_CHANGED");
    qdict_put(event, "data", data);
    qapi_event_emit(QAPI_EVENT_NIC_RX_FILTER_CHANGED, event);
    qobject_unref(event);
}
