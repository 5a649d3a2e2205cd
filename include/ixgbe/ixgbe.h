/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C boundary of the X550 core: an opaque device, the host it lives in, and its entry points.
 *
 * Threads: all calls into one device are made by one thread at a time (QEMU: under the big lock).
 * Re-entry: any host function may call back into the device before it returns (a DMA aimed at the
 * device's own BAR, a frame that is answered at once); the core finishes its updates before it
 * calls. Nothing here throws or aborts.
 */
#ifndef IXGBE_IXGBE_H
#define IXGBE_IXGBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <ixgbe/offload.h>
#include <ixgbe/state.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ixgbe_device;

enum ixgbe_send_result {
    IXGBE_SENT, /* the frame is gone */
    /* Accepted and kept by the host; send no other packet before ixgbe_send_ready(). */
    IXGBE_QUEUED,
};

enum ixgbe_receive_result {
    IXGBE_ACCEPTED,   /* delivered to guest memory */
    IXGBE_DROPPED,    /* refused and counted; do not offer it again */
    IXGBE_NO_BUFFERS, /* keep it; offer it again after receive_ready() */
};

/* What a peer with a virtio-net header may finish for us. */
enum ixgbe_peer_feature {
    IXGBE_PEER_CSUM = 1u << 0, /* takes frames with an unfinished L4 checksum */
    IXGBE_PEER_TSO4 = 1u << 1,
    IXGBE_PEER_TSO6 = 1u << 2,
    IXGBE_PEER_USO = 1u << 3,
};

enum ixgbe_gso { IXGBE_GSO_NONE, IXGBE_GSO_TCPV4, IXGBE_GSO_TCPV6, IXGBE_GSO_UDP };

/* What is left to do on a frame; all zero: nothing. Offsets are bytes from the frame's start. */
struct ixgbe_frame_offload {
    /* One's complement sum from csum_start to the end goes to csum_start + csum_offset. */
    uint8_t needs_csum;
    uint8_t data_valid; /* received: the peer vouches for the L4 checksum */
    uint8_t gso;        /* enum ixgbe_gso */
    uint8_t ecn;        /* TCP segments carry CWR in the first one only */
    uint16_t hdr_len;   /* bytes of all headers */
    uint16_t gso_size;  /* payload bytes a segment */
    uint16_t csum_start;
    uint16_t csum_offset;
};

/*
 * The host. `opaque` is what ixgbe_create() was given. Every function may re-enter the device.
 */
struct ixgbe_host_ops {
    /* DMA as the PCI function, to bus addresses; false: nothing usable was transferred. */
    bool (*dma_read)(void *opaque, uint64_t addr, void *to, size_t len);
    bool (*dma_write)(void *opaque, uint64_t addr, const void *from, size_t len);
    /* Maps len bytes as one piece of host memory, or NULL (not RAM, or not in one piece). The
     * mapping stays valid until dma_unmap() with the same pointer and length; `written`: bytes were
     * stored through it. */
    void *(*dma_map)(void *opaque, uint64_t addr, size_t len, bool for_write);
    void (*dma_unmap)(void *opaque, void *mapping, size_t len, bool for_write, size_t written);

    /* Interrupts. msix(): one message of that vector (0..63). legacy(): level of the single
     * MSI/INTx interrupt, called when it changes; MSI sends its message when it rises. */
    void (*msix)(void *opaque, unsigned vector);
    void (*legacy)(void *opaque, bool asserted);

    /* The wire. The iovec and the bytes stay the core's; the host has copied or sent them when it
     * returns. */
    enum ixgbe_send_result (*send)(void *opaque, const struct iovec *iov, unsigned count,
                                   const struct ixgbe_frame_offload *offload);
    /* Frames refused for lack of buffers can be offered again. */
    void (*receive_ready)(void *opaque);
    void (*link_changed)(void *opaque, bool up); /* the MAC's view of the link */
    /* The task-offload block's current configuration changed, by whomever. */
    void (*offload_changed)(void *opaque, uint32_t generation);

    /* Virtual time in ns, and one timer: deadline -1 disarms. schedule_poll(): call ixgbe_poll()
     * soon. */
    int64_t (*now_ns)(void *opaque);
    void (*set_timer)(void *opaque, int64_t deadline_ns);
    void (*schedule_poll)(void *opaque);

    /* A mistake of the guest's driver, one line without newline. */
    void (*guest_error)(void *opaque, const char *message);
    /* A decision of the device; event is an index into trace_events.def, called only for enabled
     * events. */
    void (*trace)(void *opaque, unsigned event, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
};

struct ixgbe_config {
    uint8_t mac[6];          /* unicast, not zero */
    uint8_t port;            /* LAN_ID, 0 or 1 */
    bool task_offload_block; /* false: ixgbe_block_*() find nothing, and nothing is counted */
    struct ixgbe_offload_config offload;
};

enum ixgbe_reset_kind {
    IXGBE_RESET_POWER_ON, /* everything, NVM image included */
    IXGBE_RESET_BUS,      /* FLR and bus reset: everything but NVM and PHY cable */
};

/*
 * Creates a device over `state` (which outlives it) in its power-on state. All memory the device
 * will ever need is allocated here. NULL: out of memory, or a config that is not valid.
 */
struct ixgbe_device *ixgbe_create(const struct ixgbe_host_ops *ops, void *opaque,
                                  struct ixgbe_state *state, const struct ixgbe_config *config);
void ixgbe_destroy(struct ixgbe_device *dev);
void ixgbe_reset(struct ixgbe_device *dev, enum ixgbe_reset_kind kind);

/* Registers in BAR0: any offset, size 1, 2 or 4. Narrow or unaligned accesses are guest errors:
 * reads return the bytes of the containing registers' stored values as 0, writes are ignored. */
uint32_t ixgbe_mmio_read(struct ixgbe_device *dev, uint64_t offset, unsigned size);
void ixgbe_mmio_write(struct ixgbe_device *dev, uint64_t offset, uint32_t value, unsigned size);

/* The task-offload block: offsets from its start, docs/task-offload.md. What is not 32 bits wide
 * and aligned is a guest error: reads give 0, writes are ignored. */
uint32_t ixgbe_block_read(struct ixgbe_device *dev, uint64_t offset, unsigned size);
void ixgbe_block_write(struct ixgbe_device *dev, uint64_t offset, uint32_t value, unsigned size);
/* For the host's own use: a word as it would be read, without the effects of reading; one requested
 * parameter (its offset in the block, its value) applied by itself, at once. Answers RESULT. */
uint32_t ixgbe_block_peek(const struct ixgbe_device *dev, uint64_t offset);
uint32_t ixgbe_block_set(struct ixgbe_device *dev, uint64_t offset, uint16_t value);

/* One frame without FCS from the wire; `offload` may be NULL. The bytes are read before the call
 * returns. */
enum ixgbe_receive_result ixgbe_receive(struct ixgbe_device *dev, const uint8_t *frame, size_t len,
                                        const struct ixgbe_frame_offload *offload);
bool ixgbe_can_receive(struct ixgbe_device *dev); /* false: the host should hold frames back */

void ixgbe_poll(struct ixgbe_device *dev);       /* answer to schedule_poll() */
void ixgbe_timer(struct ixgbe_device *dev);      /* the timer's deadline has come */
void ixgbe_send_ready(struct ixgbe_device *dev); /* the host took the frame it had queued */

void ixgbe_set_cable(struct ixgbe_device *dev, bool connected);
void ixgbe_set_dma_enabled(struct ixgbe_device *dev, bool enabled); /* bus master bit and D0 */
/* `features`: mask of enum ixgbe_peer_feature. */
void ixgbe_set_peer(struct ixgbe_device *dev, unsigned features);

/* Migration. prepare_save(): nothing is in flight when it returns. loaded(): checks the state,
 * rebuilds what derives from it, re-arms timers; false with the reason in `why` if a member is
 * impossible. */
void ixgbe_prepare_save(struct ixgbe_device *dev);
bool ixgbe_loaded(struct ixgbe_device *dev, char *why, size_t why_len);

/* Facts for `query-rx-filter` and the like. */
struct ixgbe_rx_filter {
    bool promiscuous, all_multicast, broadcast, vlan_filter;
    unsigned unicast_count; /* valid address filters */
    uint8_t unicast[128][6];
    uint32_t vlan[128]; /* bitmap of 4096 */
};
void ixgbe_query_rx_filter(const struct ixgbe_device *dev, struct ixgbe_rx_filter *filter);

/* Trace events: names in the order of trace_events.def, and the wanted ones (bit = index). */
unsigned ixgbe_trace_count(void);
const char *ixgbe_trace_name(unsigned event);
const char *ixgbe_trace_format(unsigned event); /* four uint64_t arguments: %llu or %llx */
void ixgbe_trace_enable(struct ixgbe_device *dev, uint64_t mask);

#ifdef __cplusplus
}
#endif

#endif /* IXGBE_IXGBE_H */
