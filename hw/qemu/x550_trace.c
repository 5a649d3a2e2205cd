/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's trace events as QEMU trace events "x550_*", so that the monitor
 * and QMP can list and switch them. They are printed the way QEMU's log
 * backend prints its own.
 */
#include "qemu/osdep.h"
#include "x550.h"

#include "trace/control.h"

static TraceEvent events[X550_TRACE_EVENTS_MAX];
static TraceEvent *event_list[X550_TRACE_EVENTS_MAX + 1];
static uint16_t enabled[X550_TRACE_EVENTS_MAX];

void x550_trace_register(void)
{
    unsigned count = MIN(ixgbe_trace_count(), X550_TRACE_EVENTS_MAX);

    for (unsigned i = 0; i < count; i++) {
        /* The member sstate is constant, hence the copy. */
        const TraceEvent event = {
#if !X550_QEMU_SINCE(8, 1)
            .vcpu_id = TRACE_VCPU_EVENT_NONE,
#endif
            .name = g_strdup_printf("x550_%s", ixgbe_trace_name(i)),
            .sstate = true,
            .dstate = &enabled[i],
        };

        memcpy(&events[i], &event, sizeof(event));
        event_list[i] = &events[i];
    }
    trace_event_register_group(event_list);
}

/* QEMU has no callback for a switched event: compare before entering. */
void x550_trace_refresh(X550State *s)
{
    uint64_t mask = 0;

    if (likely(!memcmp(s->traced, enabled, sizeof(enabled)))) {
        return;
    }
    memcpy(s->traced, enabled, sizeof(enabled));
    for (unsigned i = 0; i < X550_TRACE_EVENTS_MAX; i++) {
        mask |= (uint64_t)(enabled[i] != 0) << i;
    }
    ixgbe_trace_enable(s->core, mask);
}

void x550_trace_emit(unsigned event, const uint64_t value[4])
{
    char text[256];
    struct timeval now;

    if (event >= X550_TRACE_EVENTS_MAX || !events[event].name) {
        return;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof(text), ixgbe_trace_format(event),
             (unsigned long long)value[0], (unsigned long long)value[1],
             (unsigned long long)value[2], (unsigned long long)value[3]);
#pragma GCC diagnostic pop
    if (message_with_timestamp) {
        gettimeofday(&now, NULL);
        qemu_log("%d@%zu.%06zu:%s %s\n", qemu_get_thread_id(),
                 (size_t)now.tv_sec, (size_t)now.tv_usec, events[event].name,
                 text);
    } else {
        qemu_log("%s %s\n", events[event].name, text);
    }
}
