// SPDX-License-Identifier: GPL-2.0-or-later
// The C boundary: every entry point is one call into Device. Nothing throws: this is built without
// exceptions.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include <ixgbe/ixgbe.h>

#include "abi/host_adapter.h"
#include "base/bytes.h"
#include "nic/device.h"
#include "nic/trace.h"

// The members' order matters: the device holds a reference to the host.
struct ixgbe_device {
    ixgbe_device(const ixgbe_host_ops& ops, void* opaque, ixgbe_state& state,
                 const ixgbe_config& config)
        : host(ops, opaque), device(host, state, config) {}

    ixgbe::HostAdapter host;
    ixgbe::Device device;
};

namespace {

bool valid(const ixgbe_config& config) {
    const std::span mac(config.mac);
    const bool multicast = (mac[0] & 1) != 0;
    const bool zero = std::all_of(mac.begin(), mac.end(), [](auto byte) { return byte == 0; });
    return !multicast && !zero && config.port <= 1 &&
           ixgbe_offload_check(&config.offload, nullptr, 0);
}

}  // namespace

extern "C" {

ixgbe_device* ixgbe_create(const ixgbe_host_ops* ops, void* opaque, ixgbe_state* state,
                           const ixgbe_config* config) {
    if (ops == nullptr || state == nullptr || config == nullptr) {
        return nullptr;
    }
    if (!ixgbe::HostAdapter::complete(*ops) || !valid(*config)) {
        return nullptr;
    }
    return new (std::nothrow) ixgbe_device(*ops, opaque, *state, *config);
}

void ixgbe_destroy(ixgbe_device* dev) {
    delete dev;
}

void ixgbe_reset(ixgbe_device* dev, enum ixgbe_reset_kind kind) {
    dev->device.reset(kind);
}

uint32_t ixgbe_mmio_read(ixgbe_device* dev, uint64_t offset, unsigned size) {
    return dev->device.mmio_read(offset, size);
}

void ixgbe_mmio_write(ixgbe_device* dev, uint64_t offset, uint32_t value, unsigned size) {
    dev->device.mmio_write(offset, value, size);
}

uint32_t ixgbe_block_read(ixgbe_device* dev, uint64_t offset, unsigned size) {
    return dev->device.block_read(offset, size);
}

void ixgbe_block_write(ixgbe_device* dev, uint64_t offset, uint32_t value, unsigned size) {
    dev->device.block_write(offset, value, size);
}

uint32_t ixgbe_block_peek(const ixgbe_device* dev, uint64_t offset) {
    return dev->device.block_peek(offset);
}

uint32_t ixgbe_block_set(ixgbe_device* dev, uint64_t offset, uint16_t value) {
    return dev->device.block_set(offset, value);
}

ixgbe_receive_result ixgbe_receive(ixgbe_device* dev, const uint8_t* frame, size_t len,
                                   const ixgbe_frame_offload* offload) {
    return dev->device.receive(std::as_bytes(std::span(frame, len)), offload);
}

bool ixgbe_can_receive(ixgbe_device* dev) {
    return dev->device.can_receive();
}

void ixgbe_poll(ixgbe_device* dev) {
    dev->device.poll();
}

void ixgbe_timer(ixgbe_device* dev) {
    dev->device.timer();
}

void ixgbe_send_ready(ixgbe_device* dev) {
    dev->device.send_ready();
}

void ixgbe_set_cable(ixgbe_device* dev, bool connected) {
    dev->device.set_cable(connected);
}

void ixgbe_set_dma_enabled(ixgbe_device* dev, bool enabled) {
    dev->device.set_dma_enabled(enabled);
}

void ixgbe_set_peer(ixgbe_device* dev, unsigned features) {
    dev->device.set_peer(features);
}

void ixgbe_prepare_save(ixgbe_device* dev) {
    dev->device.prepare_save();
}

bool ixgbe_loaded(ixgbe_device* dev, char* why, size_t why_len) {
    return dev->device.loaded(std::span(why, why_len));
}

void ixgbe_query_rx_filter(const ixgbe_device* dev, ixgbe_rx_filter* filter) {
    dev->device.query_rx_filter(*filter);
}

unsigned ixgbe_trace_count(void) {
    return static_cast<unsigned>(ixgbe::kTraceEvents.size());
}

const char* ixgbe_trace_name(unsigned event) {
    return event < ixgbe::kTraceEvents.size() ? ixgbe::kTraceEvents[event].name : nullptr;
}

const char* ixgbe_trace_format(unsigned event) {
    return event < ixgbe::kTraceEvents.size() ? ixgbe::kTraceEvents[event].format : nullptr;
}

void ixgbe_trace_enable(ixgbe_device* dev, uint64_t mask) {
    dev->device.trace_enable(mask);
}

}  // extern "C"
