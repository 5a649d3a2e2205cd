/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of the task offloads: what -device leaves of the chip, the tables
 * of the block as a host sees them, and its own switches.
 */
#include "qemu/osdep.h"
#include "x550.h"

#include "qapi/visitor.h"

#include "x550/task_offload_regs.h"

/* ---- -device x550,... ---- */

static const char *const x550_directions[] = {
    [IXGBE_OFFLOAD_NONE] = "off",
    [IXGBE_OFFLOAD_TX] = "tx",
    [IXGBE_OFFLOAD_RX] = "rx",
    [IXGBE_OFFLOAD_BOTH] = "both",
};
static const QEnumLookup x550_direction_lookup = {
    .array = x550_directions,
    .size = ARRAY_SIZE(x550_directions),
};

static const char *const x550_id_widths[] = { "15bit", "16bit" };
static const QEnumLookup x550_id_width_lookup = {
    .array = x550_id_widths,
    .size = ARRAY_SIZE(x550_id_widths),
};

static const char *const x550_preferences[] = { "rss", "vmq" };
static const QEnumLookup x550_preference_lookup = {
    .array = x550_preferences,
    .size = ARRAY_SIZE(x550_preferences),
};

static const char *const x550_ipsec_modes[] = { "off", "ah", "esp", "both" };
static const QEnumLookup x550_ipsec_lookup = {
    .array = x550_ipsec_modes,
    .size = ARRAY_SIZE(x550_ipsec_modes),
};

/* Accessors of one enumerated member; the property has dashes in its name. */
#define X550_ENUM_PROPERTY(name, member)                                \
    static int x550_get_##name(Object *obj, Error **errp)               \
    {                                                                   \
        return X550(obj)->member;                                       \
    }                                                                   \
    static void x550_set_##name(Object *obj, int value, Error **errp)   \
    {                                                                   \
        X550State *s = X550(obj);                                       \
                                                                        \
        if (DEVICE(obj)->realized) {                                    \
            error_setg(errp, #name ": the device exists already");      \
            return;                                                     \
        }                                                               \
        s->member = value;                                              \
    }

X550_ENUM_PROPERTY(csum_ip4, offload.csum_ip4)
X550_ENUM_PROPERTY(csum_tcp4, offload.csum_tcp4)
X550_ENUM_PROPERTY(csum_udp4, offload.csum_udp4)
X550_ENUM_PROPERTY(csum_tcp6, offload.csum_tcp6)
X550_ENUM_PROPERTY(csum_udp6, offload.csum_udp6)
X550_ENUM_PROPERTY(lso_ipid, offload.lso_id_16bit)
X550_ENUM_PROPERTY(rss_or_vmq, offload.prefer_vmq)
X550_ENUM_PROPERTY(ipsec1, ipsec1)
X550_ENUM_PROPERTY(ipsec2, ipsec2)

static const struct {
    const char *name;
    const char *type;
    const QEnumLookup *lookup;
    int (*get)(Object *obj, Error **errp);
    void (*set)(Object *obj, int value, Error **errp);
    const char *description;
} x550_enums[] = {
    { "csum-ip4", "X550Direction", &x550_direction_lookup, x550_get_csum_ip4,
      x550_set_csum_ip4, "off/tx/rx/both, default both" },
    { "csum-tcp4", "X550Direction", &x550_direction_lookup, x550_get_csum_tcp4,
      x550_set_csum_tcp4, "off/tx/rx/both, default both" },
    { "csum-udp4", "X550Direction", &x550_direction_lookup, x550_get_csum_udp4,
      x550_set_csum_udp4, "off/tx/rx/both, default both" },
    { "csum-tcp6", "X550Direction", &x550_direction_lookup, x550_get_csum_tcp6,
      x550_set_csum_tcp6, "off/tx/rx/both, default both" },
    { "csum-udp6", "X550Direction", &x550_direction_lookup, x550_get_csum_udp6,
      x550_set_csum_udp6, "off/tx/rx/both, default both" },
    { "lso-ipid", "X550IdWidth", &x550_id_width_lookup, x550_get_lso_ipid,
      x550_set_lso_ipid, "15bit/16bit, default 15bit" },
    { "rss-or-vmq", "X550Preference", &x550_preference_lookup,
      x550_get_rss_or_vmq, x550_set_rss_or_vmq, "rss/vmq, default rss" },
    { "ipsec1", "X550Ipsec", &x550_ipsec_lookup, x550_get_ipsec1,
      x550_set_ipsec1, "off" },
    { "ipsec2", "X550Ipsec", &x550_ipsec_lookup, x550_get_ipsec2,
      x550_set_ipsec2, "off" },
};

bool x550_offload_config(X550State *s, Error **errp)
{
    ERRP_GUARD();
    char why[128];

    if (s->ipsec1 || s->ipsec2) {
        error_setg(errp, "%s: this device has no IPsec offload",
                   s->ipsec1 ? "ipsec1" : "ipsec2");
        error_append_hint(errp, "Only off is possible.\n");
        return false;
    }
    if (!ixgbe_offload_check(&s->offload, why, sizeof(why))) {
        error_setg(errp, "%s", why);
        return false;
    }
    return true;
}

/* ---- the tables ---- */

enum x550_kind {
    X550_DIRECTIONS,    /* a bit for transmit, its like for receive */
    X550_BIT,
    X550_BIT_CLEAR,
    X550_ANY_BIT,       /* of the whole word */
    X550_NUMBER,
    X550_LARGEST,       /* of some words */
    X550_LARGEST_BYTE,
    X550_ID_WIDTH,
};

#define MEMBER(name) (X550_PARAMETERS + X550_PARAM_##name)

/* One offload: where a table has it, and which parameter switches it. */
static const struct x550_row {
    const char *name;
    uint8_t kind;
    uint8_t word;
    uint32_t mask;      /* of the bit, or of the number */
    uint16_t member;    /* offset in the block; 0: it cannot be switched */
    uint8_t last, step; /* of X550_LARGEST: its last word, and the way there */
} x550_rows[] = {
    { "csum-ip4", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_IP4, MEMBER(IP4_CHECKSUM) },
    { "csum-tcp4", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_TCP4, MEMBER(TCP_IP4_CHECKSUM) },
    { "csum-udp4", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_UDP4, MEMBER(UDP_IP4_CHECKSUM) },
    { "csum-tcp6", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_TCP6, MEMBER(TCP_IP6_CHECKSUM) },
    { "csum-udp6", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_UDP6, MEMBER(UDP_IP6_CHECKSUM) },
    { "csum-ip-options", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_IP4_OPTIONS },
    { "csum-ip6-ext", X550_DIRECTIONS, X550_WORD_CSUM,
      X550_CSUM_IP6_EXTENSIONS },
    { "lso1", X550_BIT, X550_WORD_SEG,
      X550_SEG_LSO1, MEMBER(LSO_V1) },
    { "lso2-ip4", X550_BIT, X550_WORD_SEG,
      X550_SEG_LSO2_IP4, MEMBER(LSO_V2_IP4) },
    { "lso2-ip6", X550_BIT, X550_WORD_SEG,
      X550_SEG_LSO2_IP6, MEMBER(LSO_V2_IP6) },
    { "lso-max", X550_LARGEST, X550_WORD_LSO1_MAX,
      .last = X550_WORD_USO6_MAX, .step = 1 },
    { "lso-min-segs", X550_LARGEST_BYTE, X550_WORD_MIN_SEGS },
    { "lso-ipid", X550_ID_WIDTH, X550_WORD_SEG, X550_SEG_IP4_ID_16BIT },
    { "uso-ip4", X550_BIT, X550_WORD_SEG,
      X550_SEG_USO_IP4, MEMBER(USO_IP4) },
    { "uso-ip6", X550_BIT, X550_WORD_SEG,
      X550_SEG_USO_IP6, MEMBER(USO_IP6) },
    { "uso-sub-mss", X550_BIT, X550_WORD_SEG, X550_SEG_USO_SHORT_LAST },
    { "rsc-ip4", X550_BIT, X550_WORD_RSC,
      X550_RSC_IP4, MEMBER(RSC_IP4) },
    { "rsc-ip6", X550_BIT, X550_WORD_RSC,
      X550_RSC_IP6, MEMBER(RSC_IP6) },
    { "rsc-timestamps", X550_BIT, X550_WORD_RSC, X550_RSC_TIMESTAMPS },
    { "rsc-flows", X550_NUMBER, X550_WORD_RSC, 0xffff0000 },
    { "nvgre", X550_ANY_BIT, X550_WORD_GRE,
      0, MEMBER(ENCAPSULATION_TYPES) },
    { "vxlan", X550_ANY_BIT, X550_WORD_VXLAN,
      0, MEMBER(ENCAPSULATION_TYPES) },
    { "encap-max-header", X550_LARGEST, X550_WORD_GRE_MAXHDR,
      .last = X550_WORD_VXLAN_MAXHDR, .step = 2 },
    { "vxlan-port", X550_NUMBER, X550_WORD_ENCAP_PORT,
      X550_ENCAP_PORT_MASK, MEMBER(VXLAN_PORT) },
    { "vxlan-port-fixed", X550_BIT_CLEAR, X550_WORD_ENCAP_PORT,
      X550_ENCAP_PORT_CONFIGURABLE },
    { "rss", X550_ANY_BIT, X550_WORD_RSS_CAPS },
    { "rss-udp", X550_BIT, X550_WORD_RSS_CAPS, X550_RSS_UDP_IP4 },
    { "rss-queues", X550_NUMBER, X550_WORD_RSS_SIZE, 0xffff },
    { "rss-table", X550_NUMBER, X550_WORD_RSS_SIZE, 0xffff0000 },
    { "vmq", X550_ANY_BIT, X550_WORD_VMQ_CAPS },
    { "vmq-vlan", X550_BIT, X550_WORD_VMQ_CAPS, X550_VMQ_FILTER_VLAN },
    { "vmq-queues", X550_NUMBER, X550_WORD_VMQ_SIZE, 0xffff },
    { "active-ip4", X550_BIT, X550_WORD_FLAGS, X550_FLAGS_IP4_ACTIVE },
    { "active-ip6", X550_BIT, X550_WORD_FLAGS, X550_FLAGS_IP6_ACTIVE },
    { "encapsulation-active", X550_BIT, X550_WORD_FLAGS,
      X550_FLAGS_ENCAPSULATION_ACTIVE },
    { "switches-apply", X550_BIT, X550_WORD_FLAGS,
      X550_FLAGS_SWITCHES_APPLY },
};

static uint64_t x550_row_value(X550State *s, const struct x550_row *row,
                               unsigned table)
{
    uint32_t word = ixgbe_block_peek(s->core, table + row->word * 4);
    uint32_t largest = word;

    switch (row->kind) {
    case X550_LARGEST:
        for (unsigned i = row->word; i <= row->last; i += row->step) {
            word = ixgbe_block_peek(s->core, table + i * 4);
            largest = MAX(largest, word);
        }
        return largest;
    case X550_LARGEST_BYTE:
        return MAX(MAX(word & 0xff, word >> 8 & 0xff),
                   MAX(word >> 16 & 0xff, word >> 24));
    case X550_DIRECTIONS:
        return (word & row->mask ? IXGBE_OFFLOAD_TX : 0) |
               (word >> X550_CSUM_RECEIVE_SHIFT & row->mask ?
                IXGBE_OFFLOAD_RX : 0);
    case X550_BIT:
    case X550_ID_WIDTH:
        return (word & row->mask) != 0;
    case X550_BIT_CLEAR:
        return (word & row->mask) == 0;
    case X550_ANY_BIT:
        return word != 0;
    default:
        return (word & row->mask) >> ctz32(row->mask);
    }
}

static bool x550_visit_row(Visitor *v, const char *name,
                           const struct x550_row *row, uint64_t *value,
                           Error **errp)
{
    int choice = *value;
    bool on = *value;
    bool ok;

    switch (row->kind) {
    case X550_DIRECTIONS:
        ok = visit_type_enum(v, name, &choice, &x550_direction_lookup, errp);
        *value = choice;
        return ok;
    case X550_ID_WIDTH:
        return visit_type_enum(v, name, &choice, &x550_id_width_lookup,
                               errp);
    case X550_NUMBER:
    case X550_LARGEST:
    case X550_LARGEST_BYTE:
        return visit_type_uint64(v, name, value, errp);
    default:
        ok = visit_type_bool(v, name, &on, errp);
        *value = on;
        return ok;
    }
}

/* False, with the reason, where there is nothing to show. */
static bool x550_has_block(X550State *s, Error **errp)
{
    if (!s->core) {
        error_setg(errp, "it can be used once the device exists");
        return false;
    }
    if (!s->task_offload_cap) {
        error_setg(errp, "there is no task-offload block "
                   "(task-offload-cap=off)");
        return false;
    }
    return true;
}

static void x550_get_table(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    X550State *s = X550(obj);

    if (!x550_has_block(s, errp) ||
        !visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    s->offload_event_sent = false;
    for (unsigned i = 0; i < ARRAY_SIZE(x550_rows); i++) {
        uint64_t value = x550_row_value(s, &x550_rows[i],
                                        (uintptr_t)opaque);

        if (!x550_visit_row(v, x550_rows[i].name, &x550_rows[i], &value,
                            errp)) {
            break;
        }
    }
    visit_end_struct(v, NULL);
}

static const char *const x550_counters[] = {
    "rsc-segments", "rsc-bytes", "rsc-units", "rsc-aborts",
    "rsc-no-resources", "rsc-bad-checksum", "rsc-flag", "rsc-option",
    "rsc-ip-option", "rsc-fragment", "rsc-ecn", "rsc-full",
    "lso-requests", "lso-segments", "lso-while-off", "lso-malformed",
    "uso-requests", "uso-datagrams", "uso-rejected",
    "rx-ip-good", "rx-ip-bad", "rx-tcp-good", "rx-tcp-bad",
    "rx-udp-good", "rx-udp-bad",
    "encapsulated", "encapsulation-unknown", "encapsulation-oversize",
    "tx-checksum-while-off",
};

static void x550_get_statistics(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    X550State *s = X550(obj);

    if (!x550_has_block(s, errp) ||
        !visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(x550_counters); i++) {
        uint64_t value = s->state.task_offload.counter[i];

        if (!visit_type_uint64(v, x550_counters[i], &value, errp)) {
            break;
        }
    }
    visit_end_struct(v, NULL);
}

static void x550_get_generation(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    X550State *s = X550(obj);

    s->offload_event_sent = false;
    visit_type_uint32(v, name, &s->state.task_offload.generation, errp);
}

/* ---- switches ---- */

static void x550_get_switch(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    X550State *s = X550(obj);
    const struct x550_row *row = opaque;
    uint64_t value;

    if (x550_has_block(s, errp)) {
        value = x550_row_value(s, row, X550_CURRENT);
        x550_visit_row(v, name, row, &value, errp);
    }
}

/* What a guest would have to write for that value. */
static uint64_t x550_parameter(X550State *s, const struct x550_row *row,
                               uint64_t value)
{
    static const uint8_t of_direction[] = {
        [IXGBE_OFFLOAD_NONE] = X550_CHECKSUM_OFF,
        [IXGBE_OFFLOAD_TX] = X550_CHECKSUM_TX,
        [IXGBE_OFFLOAD_RX] = X550_CHECKSUM_RX,
        [IXGBE_OFFLOAD_BOTH] = X550_CHECKSUM_BOTH,
    };
    unsigned types = 0, own;

    switch (row->kind) {
    case X550_DIRECTIONS:
        return of_direction[value];
    case X550_NUMBER:
        return value;
    case X550_ANY_BIT:
        for (unsigned i = 0; i < ARRAY_SIZE(x550_rows); i++) {
            own = x550_rows[i].word == X550_WORD_GRE ? X550_TYPE_NVGRE :
                                                       X550_TYPE_VXLAN;
            if (x550_rows[i].member == row->member &&
                (&x550_rows[i] == row ? value :
                 x550_row_value(s, &x550_rows[i], X550_CURRENT))) {
                types |= own;
            }
        }
        return types;
    default:
        return value ? X550_SWITCH_ON : X550_SWITCH_OFF;
    }
}

static void x550_refuse(const struct x550_row *row, unsigned code,
                        Error **errp)
{
    ERRP_GUARD();

    switch (code) {
    case X550_RESULT_BUSY:
        error_setg(errp, "offload-%s: the device is in the middle of a frame; "
                   "try again", row->name);
        break;
    case X550_RESULT_NOT_SUPPORTED:
        error_setg(errp, "offload-%s: the device was created %s", row->name,
                   row->kind == X550_NUMBER ? "with another one fixed" :
                                              "without it");
        error_append_hint(errp, "See offload-hardware for what it has.\n");
        break;
    default:
        error_setg(errp, "offload-%s: value out of range", row->name);
        break;
    }
}

static void x550_set_switch(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    X550State *s = X550(obj);
    const struct x550_row *row = opaque;
    uint64_t value = 0, parameter;
    uint32_t result;
    bool was_busy;

    if (!x550_visit_row(v, name, row, &value, errp) ||
        !x550_has_block(s, errp)) {
        return;
    }
    parameter = x550_parameter(s, row, value);
    if (parameter == 0 && row->kind == X550_NUMBER) {
        error_setg(errp, "offload-%s: 0 is no port", row->name);
        return;
    }
    x550_trace_refresh(s);
    was_busy = x550_enter(s);
    result = parameter > UINT16_MAX ? X550_RESULT_INVALID_DATA :
             ixgbe_block_set(s->core, row->member, parameter);
    x550_leave(s, was_busy);
    if (result & X550_RESULT_CODE_MASK) {
        x550_refuse(row, result & X550_RESULT_CODE_MASK, errp);
    }
}

void x550_offload_instance_init(Object *obj)
{
    ixgbe_offload_defaults(&X550(obj)->offload);
}

void x550_offload_class_init(ObjectClass *class)
{
    for (unsigned i = 0; i < ARRAY_SIZE(x550_enums); i++) {
        object_class_property_add_enum(class, x550_enums[i].name,
                                       x550_enums[i].type, x550_enums[i].lookup,
                                       x550_enums[i].get, x550_enums[i].set);
        object_class_property_set_description(class, x550_enums[i].name,
                                              x550_enums[i].description);
    }
    object_class_property_add(class, "offload-hardware", "X550Offloads",
                              x550_get_table, NULL, NULL,
                              (void *)(uintptr_t)X550_HARDWARE);
    object_class_property_add(class, "offload-configured", "X550Offloads",
                              x550_get_table, NULL, NULL,
                              (void *)(uintptr_t)X550_CURRENT);
    object_class_property_add(class, "offload-current", "X550Offloads",
                              x550_get_table, NULL, NULL,
                              (void *)(uintptr_t)X550_EFFECTIVE);
    object_class_property_add(class, "offload-statistics", "X550Statistics",
                              x550_get_statistics, NULL, NULL, NULL);
    object_class_property_add(class, "offload-generation", "uint32",
                              x550_get_generation, NULL, NULL, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(x550_rows); i++) {
        g_autofree char *name = g_strdup_printf("offload-%s",
                                                x550_rows[i].name);

        if (x550_rows[i].member) {
            object_class_property_add(class, name,
                                      x550_rows[i].kind == X550_DIRECTIONS ?
                                      "X550Direction" :
                                      x550_rows[i].kind == X550_NUMBER ?
                                      "uint16" : "bool",
                                      x550_get_switch, x550_set_switch, NULL,
                                      (void *)&x550_rows[i]);
            object_class_property_set_description(class, name,
                "switches it while the machine runs (qom-set)");
        }
    }
}
