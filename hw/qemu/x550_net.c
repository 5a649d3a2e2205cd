/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network client. A peer that knows virtio-net headers (tap) gets frames
 * whose checksum or segmentation is left to it, and hands over such frames:
 * the core coalesces or cuts them, as the guest wants. The header is
 * translated to the core's own form here.
 */
#include "qemu/osdep.h"
#include "x550.h"

#include "qapi/qapi-types-net.h"
#include "qemu/iov.h"

#define X550_VNET_HDR_LEN sizeof(struct virtio_net_hdr)
#define X550_TX_FRAGMENTS 128

static uint8_t vnet_gso_type(const struct ixgbe_frame_offload *offload)
{
    uint8_t ecn = offload->ecn ? VIRTIO_NET_HDR_GSO_ECN : 0;

    switch (offload->gso) {
    case IXGBE_GSO_TCPV4:
        return VIRTIO_NET_HDR_GSO_TCPV4 | ecn;
    case IXGBE_GSO_TCPV6:
        return VIRTIO_NET_HDR_GSO_TCPV6 | ecn;
    case IXGBE_GSO_UDP:
        return VIRTIO_NET_HDR_GSO_UDP_L4;
    default:
        return VIRTIO_NET_HDR_GSO_NONE;
    }
}

/* The peers in question use the host's byte order. */
static void vnet_from_offload(struct virtio_net_hdr *hdr,
                              const struct ixgbe_frame_offload *offload)
{
    *hdr = (struct virtio_net_hdr) {
        .flags = offload->needs_csum ? VIRTIO_NET_HDR_F_NEEDS_CSUM : 0,
        .gso_type = vnet_gso_type(offload),
        .hdr_len = offload->hdr_len,
        .gso_size = offload->gso_size,
        .csum_start = offload->csum_start,
        .csum_offset = offload->csum_offset,
    };
}

/* False: a frame in a form that cannot be described to the core. */
static bool offload_from_vnet(struct ixgbe_frame_offload *offload,
                              const struct virtio_net_hdr *hdr)
{
    *offload = (struct ixgbe_frame_offload) {
        .needs_csum = !!(hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM),
        .data_valid = !!(hdr->flags & VIRTIO_NET_HDR_F_DATA_VALID),
        .ecn = !!(hdr->gso_type & VIRTIO_NET_HDR_GSO_ECN),
        .hdr_len = hdr->hdr_len,
        .gso_size = hdr->gso_size,
        .csum_start = hdr->csum_start,
        .csum_offset = hdr->csum_offset,
    };
    switch (hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
    case VIRTIO_NET_HDR_GSO_NONE:
        offload->gso = IXGBE_GSO_NONE;
        return true;
    case VIRTIO_NET_HDR_GSO_TCPV4:
        offload->gso = IXGBE_GSO_TCPV4;
        return true;
    case VIRTIO_NET_HDR_GSO_TCPV6:
        offload->gso = IXGBE_GSO_TCPV6;
        return true;
    case VIRTIO_NET_HDR_GSO_UDP_L4:
        offload->gso = IXGBE_GSO_UDP;
        return true;
    default:
        return false;
    }
}

/*
 * The peer has taken or dropped a frame it had kept. The core waits for the
 * last one: a packet is many frames, and QEMU's queue has no limit for those
 * with a callback.
 */
static void x550_sent(NetClientState *nc, ssize_t ret)
{
    X550State *s = qemu_get_nic_opaque(nc);

    if (s->queued && --s->queued == 0) {
        x550_do_later(s, X550_DUE_SEND_READY);
    }
}

/*
 * Room for the header and, if the peer could not take so many pieces in one
 * call, for the frame in one piece.
 */
enum ixgbe_send_result x550_net_send(X550State *s, const struct iovec *iov,
                                     unsigned count,
                                     const struct ixgbe_frame_offload *offload)
{
    NetClientState *nc = qemu_get_queue(s->nic);
    struct iovec pieces[X550_TX_FRAGMENTS + 1];
    struct virtio_net_hdr hdr;
    g_autofree uint8_t *whole = NULL;
    unsigned used = 0;
    ssize_t sent;

    if (s->vnet_hdr) {
        vnet_from_offload(&hdr, offload);
        pieces[used++] = (struct iovec) { &hdr, X550_VNET_HDR_LEN };
    }
    if (count <= X550_TX_FRAGMENTS) {
        memcpy(&pieces[used], iov, count * sizeof(*iov));
        used += count;
    } else {
        size_t len = iov_size(iov, count);

        whole = g_malloc(len);
        iov_to_buf(iov, count, 0, whole, len);
        pieces[used++] = (struct iovec) { whole, len };
    }
    sent = qemu_sendv_packet_async(nc, pieces, used, x550_sent);
    if (sent == 0) {
        s->queued++;
        return IXGBE_QUEUED;
    }
    return IXGBE_SENT;
}

bool x550_net_is_tap(const X550State *s)
{
    NetClientState *peer = s->nic ? qemu_get_queue(s->nic)->peer : NULL;

    return peer && peer->info->type == NET_CLIENT_DRIVER_TAP;
}

void x550_net_receive_ready(X550State *s)
{
    for (int i = 0; i < MAX(s->conf.peers.queues, 1); i++) {
        qemu_flush_queued_packets(qemu_get_subqueue(s->nic, i));
    }
}

static bool x550_can_receive(NetClientState *nc)
{
    X550State *s = qemu_get_nic_opaque(nc);

    return !s->gone && ixgbe_can_receive(s->core);
}

/* QEMU marks the device busy around this. Returns 0 to be offered it again. */
static ssize_t x550_receive_iov(NetClientState *nc, const struct iovec *iov,
                                int count)
{
    X550State *s = qemu_get_nic_opaque(nc);
    size_t size = iov_size(iov, count);
    size_t skip = s->vnet_hdr ? X550_VNET_HDR_LEN : 0;
    struct ixgbe_frame_offload offload = { 0 };
    g_autofree uint8_t *whole = NULL;
    const uint8_t *bytes;

    if (size <= skip || s->gone) {
        return size;
    }
    if (s->vnet_hdr) {
        struct virtio_net_hdr hdr;

        iov_to_buf(iov, count, 0, &hdr, sizeof(hdr));
        if (!offload_from_vnet(&offload, &hdr)) {
            return size;
        }
    }
    if (iov[0].iov_len == size) {
        bytes = iov[0].iov_base;
    } else {
        whole = g_malloc(size);
        iov_to_buf(iov, count, 0, whole, size);
        bytes = whole;
    }
    x550_trace_refresh(s);
    switch (ixgbe_receive(s->core, bytes + skip, size - skip, &offload)) {
    case IXGBE_NO_BUFFERS:
        return 0;
    case IXGBE_ACCEPTED:
        s->received += size;
        return size;
    default:
        return size;
    }
}

static ssize_t x550_receive(NetClientState *nc, const uint8_t *bytes,
                            size_t size)
{
    const struct iovec iov = { (void *)bytes, size };

    return x550_receive_iov(nc, &iov, 1);
}

void x550_net_update_cable(X550State *s)
{
    bool was_busy = x550_enter(s);

    ixgbe_set_cable(s->core, !qemu_get_queue(s->nic)->link_down);
    x550_leave(s, was_busy);
}

static void x550_link_status_changed(NetClientState *nc)
{
    X550State *s = qemu_get_nic_opaque(nc);

    if (s->gone) {
        return;
    }
    /* A peer that was deleted never gives back what it keeps. */
    if (nc->link_down && s->queued) {
        s->queued = 0;
        x550_do_later(s, X550_DUE_SEND_READY);
    }
    if (runstate_is_running()) {
        x550_net_update_cable(s);
    } else {
        x550_do_later(s, X550_DUE_CABLE);
    }
}

static strList *mac_list(const struct ixgbe_rx_filter *filter)
{
    strList *list = NULL;

    for (unsigned i = filter->unicast_count; i-- > 0;) {
        strList *entry = g_new0(strList, 1);

        entry->value = qemu_mac_strdup_printf(filter->unicast[i]);
        entry->next = list;
        list = entry;
    }
    return list;
}

static intList *vlan_list(const struct ixgbe_rx_filter *filter)
{
    intList *list = NULL;

    for (int vid = ARRAY_SIZE(filter->vlan) * 32; vid-- > 0;) {
        if (filter->vlan[vid / 32] >> vid % 32 & 1) {
            intList *entry = g_new0(intList, 1);

            entry->value = vid;
            entry->next = list;
            list = entry;
        }
    }
    return list;
}

/* Multicast goes through a hash table: its addresses cannot be listed. */
static RxFilterInfo *x550_query_rx_filter(NetClientState *nc)
{
    X550State *s = qemu_get_nic_opaque(nc);
    g_autofree struct ixgbe_rx_filter *filter =
        g_new0(struct ixgbe_rx_filter, 1);
    RxFilterInfo *info = g_new0(RxFilterInfo, 1);

    ixgbe_query_rx_filter(s->core, filter);
    info->name = g_strdup(nc->name);
    info->promiscuous = filter->promiscuous;
    info->multicast = filter->all_multicast ? RX_STATE_ALL : RX_STATE_NORMAL;
    info->unicast = filter->promiscuous ? RX_STATE_ALL : RX_STATE_NORMAL;
    info->vlan = filter->vlan_filter ? RX_STATE_NORMAL : RX_STATE_ALL;
    info->broadcast_allowed = filter->broadcast;
    info->main_mac = qemu_mac_strdup_printf(filter->unicast_count ?
                                            filter->unicast[0] :
                                            s->conf.macaddr.a);
    info->unicast_table = mac_list(filter);
    info->vlan_table = vlan_list(filter);
    return info;
}

/* QEMU's own end deletes the clients before the devices. */
static void x550_net_cleanup(NetClientState *nc)
{
    X550State *s = qemu_get_nic_opaque(nc);

    s->nic = NULL;
}

static NetClientInfo x550_net_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = x550_can_receive,
    .receive = x550_receive,
    .receive_iov = x550_receive_iov,
    .link_status_changed = x550_link_status_changed,
    .query_rx_filter = x550_query_rx_filter,
    .cleanup = x550_net_cleanup,
};

/* One peer without headers, and none of them uses any. */
static bool peers_have_vnet_hdr(X550State *s)
{
    for (int i = 0; i < MAX(s->conf.peers.queues, 1); i++) {
        NetClientState *peer = qemu_get_subqueue(s->nic, i)->peer;

        if (!peer || !qemu_has_vnet_hdr(peer) ||
            !qemu_has_vnet_hdr_len(peer, X550_VNET_HDR_LEN)) {
            return false;
        }
    }
    return true;
}

void x550_net_setup_peer(X550State *s)
{
    unsigned features = 0;

    s->vnet_hdr = peers_have_vnet_hdr(s);
    for (int i = 0; s->vnet_hdr && i < MAX(s->conf.peers.queues, 1); i++) {
        NetClientState *peer = qemu_get_subqueue(s->nic, i)->peer;

        x550_compat_use_vnet_hdr(peer, X550_VNET_HDR_LEN);
        x550_compat_large_frames(peer);
    }
    if (s->vnet_hdr) {
        features = IXGBE_PEER_CSUM | IXGBE_PEER_TSO4 | IXGBE_PEER_TSO6;
        if (x550_compat_peer_has_uso(qemu_get_queue(s->nic)->peer)) {
            features |= IXGBE_PEER_USO;
        }
    }
    ixgbe_set_peer(s->core, features);
}

void x550_net_init(X550State *s)
{
    DeviceState *dev = DEVICE(s);

    s->nic = qemu_new_nic(&x550_net_info, &s->conf,
                          object_get_typename(OBJECT(s)), dev->id,
                          &dev->mem_reentrancy_guard, s);
    qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);
    x550_net_setup_peer(s);
    x550_net_update_cable(s);
}

static void x550_net_delete(void *opaque)
{
    X550State *s = opaque;

    if (s->nic) {
        /* A frame that the peer still keeps would call x550_sent() later. */
        for (int i = 0; i < MAX(s->conf.peers.queues, 1); i++) {
            qemu_purge_queued_packets(qemu_get_subqueue(s->nic, i));
        }
        qemu_del_nic(s->nic);
    }
    object_unref(OBJECT(s));
}

/*
 * A guest can aim our own DMA at the register that unplugs us. Then this call
 * comes from within the delivery of a frame, whose queue is the client's own
 * and is used after we have returned: the client goes when we are idle.
 */
void x550_net_exit(X550State *s)
{
    object_ref(OBJECT(s));
    if (DEVICE(s)->mem_reentrancy_guard.engaged_in_io) {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), x550_net_delete, s);
    } else {
        x550_net_delete(s);
    }
}
