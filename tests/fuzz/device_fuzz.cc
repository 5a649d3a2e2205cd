// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever a guest, a peer and a clock can do to the device, in any order: register accesses, bytes
// in guest memory, frames, time, resets, a save and load. The input is a list of small commands;
// memory is 64 KB so that rings, buffers and the device's own BAR meet often. Run with libFuzzer
// under AddressSanitizer and UBSan.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

#include <ixgbe/ixgbe.h>

namespace {

constexpr std::uint64_t kMemory = 64 << 10;
constexpr std::uint64_t kBar = 1 << 20;
constexpr std::uint64_t kBarBytes = 2 << 20;

// Registers in which something happens; any other offset can still be chosen freely.
constexpr std::array<std::uint32_t, 48> kRegisters = {
    0x00000, 0x00008, 0x00018, 0x00800, 0x00808, 0x00880, 0x00888, 0x00890, 0x00898, 0x00820,
    0x00900, 0x00A00, 0x00A90, 0x00AA0, 0x00AB0, 0x00AD0, 0x01000, 0x01008, 0x01010, 0x01014,
    0x01018, 0x01028, 0x02F04, 0x03000, 0x0425C, 0x04260, 0x04240, 0x04268, 0x04A80, 0x04330,
    0x05080, 0x05088, 0x05400, 0x05404, 0x05818, 0x05C00, 0x06000, 0x06008, 0x06010, 0x06018,
    0x06028, 0x06038, 0x0EA00, 0x10140, 0x10160, 0x15800, 0x15F00, 0x0507C};

struct Input {
    const std::uint8_t* data;
    std::size_t left;

    std::uint32_t take(unsigned bytes) {
        std::uint32_t value = 0;
        for (; bytes != 0 && left != 0; --bytes, --left) {
            value = value << 8 | *data++;
        }
        return value;
    }
};

struct World {
    std::array<std::uint8_t, kMemory> memory{};
    std::unique_ptr<ixgbe_state> state = std::make_unique<ixgbe_state>();
    ixgbe_device* device = nullptr;
    std::int64_t now = 1;
    std::int64_t deadline = -1;
    bool poll = false;
    bool block = false;
    unsigned depth = 0;

    // One access to our own BAR may nest, as QEMU's guard would not even allow.
    bool bar(std::uint64_t addr, std::size_t len, std::uint8_t* bytes, bool write) {
        if (addr < kBar || addr - kBar >= kBarBytes || depth > 1) {
            return false;
        }
        ++depth;
        for (std::size_t i = 0; i + 4 <= std::min<std::size_t>(len, 64); i += 4) {
            std::uint32_t word = 0;
            if (write) {
                std::memcpy(&word, bytes + i, 4);
                ixgbe_mmio_write(device, addr - kBar + i, word, 4);
            } else {
                word = ixgbe_mmio_read(device, addr - kBar + i, 4);
                std::memcpy(bytes + i, &word, 4);
            }
        }
        --depth;
        return true;
    }
};

World& world(void* opaque) {
    return *static_cast<World*>(opaque);
}

bool inside(std::uint64_t addr, std::size_t len) {
    return addr <= kMemory && len <= kMemory - addr;
}

const ixgbe_host_ops kOps = {
    .dma_read =
        [](void* opaque, std::uint64_t addr, void* to, std::size_t len) {
            if (!inside(addr, len)) {
                std::memset(to, 0xff, len);
                return world(opaque).bar(addr, len, static_cast<std::uint8_t*>(to), false);
            }
            std::memcpy(to, world(opaque).memory.data() + addr, len);
            return true;
        },
    .dma_write =
        [](void* opaque, std::uint64_t addr, const void* from, std::size_t len) {
            if (!inside(addr, len)) {
                std::array<std::uint8_t, 64> copy{};
                std::memcpy(copy.data(), from, std::min(len, copy.size()));
                return world(opaque).bar(addr, len, copy.data(), true);
            }
            std::memcpy(world(opaque).memory.data() + addr, from, len);
            return true;
        },
    .dma_map = [](void* opaque, std::uint64_t addr, std::size_t len, bool) -> void* {
        return inside(addr, len) && (addr & 8) == 0 ? world(opaque).memory.data() + addr : nullptr;
    },
    .dma_unmap = [](void*, void*, std::size_t, bool, std::size_t) {},
    .msix =
        [](void*, unsigned vector) {
            if (vector >= IXGBE_VECTORS) {
                __builtin_trap();
            }
        },
    .legacy = [](void*, bool) {},
    .send =
        [](void* opaque, const iovec* iov, unsigned count, const ixgbe_frame_offload*) {
            std::uint32_t sum = 0;  // every byte is read, so that a sanitizer sees a bad slice
            for (unsigned i = 0; i < count; ++i) {
                const auto* bytes = static_cast<const std::uint8_t*>(iov[i].iov_base);
                for (std::size_t k = 0; k < iov[i].iov_len; ++k) {
                    sum += bytes[k];
                }
            }
            return world(opaque).block && (sum & 1) != 0 ? IXGBE_QUEUED : IXGBE_SENT;
        },
    .receive_ready = [](void*) {},
    .link_changed = [](void*, bool) {},
    .offload_changed = [](void*, std::uint32_t) {},
    .now_ns = [](void* opaque) { return world(opaque).now; },
    .set_timer = [](void* opaque, std::int64_t deadline) { world(opaque).deadline = deadline; },
    .schedule_poll = [](void* opaque) { world(opaque).poll = true; },
    .guest_error = [](void*, const char*) {},
    .trace = [](void*, unsigned, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {},
};

void run(World& w) {
    for (int i = 0; i < 4 && w.poll; ++i) {
        w.poll = false;
        ixgbe_poll(w.device);
    }
}

std::uint32_t offset_from(Input& in) {
    const std::uint32_t choice = in.take(1);
    if (choice < 0xF0) {
        return kRegisters[choice % kRegisters.size()] + (choice / kRegisters.size() == 4 ? 4 : 0);
    }
    return in.take(3) & 0x3FFFFF;
}

void receive(World& w, Input& in) {
    const std::size_t wanted = in.take(2) % 2048;
    const std::size_t len = std::min(wanted, in.left);
    std::unique_ptr<std::uint8_t[]> frame(new std::uint8_t[len + 1]);
    std::memcpy(frame.get(), in.data, len);
    in.data += len;
    in.left -= len;
    ixgbe_frame_offload offload{};
    offload.needs_csum = static_cast<std::uint8_t>(wanted & 1);
    offload.csum_start = static_cast<std::uint16_t>(wanted / 2 % 64);
    offload.csum_offset = static_cast<std::uint16_t>(wanted % 3 == 0 ? 6 : 16);
    (void)ixgbe_receive(w.device, frame.get(), len, &offload);
}

void save_and_load(World& w, Input& in) {
    ixgbe_prepare_save(w.device);
    const std::uint32_t at = in.take(3) % sizeof(ixgbe_state);
    reinterpret_cast<std::uint8_t*>(w.state.get())[at] ^= static_cast<std::uint8_t>(in.take(1));
    std::array<char, 128> why{};
    if (!ixgbe_loaded(w.device, why.data(), why.size())) {
        ixgbe_reset(w.device, IXGBE_RESET_POWER_ON);
    }
}

// The task-offload block: its areas mostly, a doorbell often.
void use_block(World& w, Input& in) {
    constexpr std::uint32_t kRequests = 0x200;
    constexpr std::uint32_t kDoorbell = 0x2F0;
    const std::uint32_t choice = in.take(1);
    const std::uint32_t offset = choice < 0xA0 ? kRequests + choice % 0x24 * 4 : in.take(2);
    ixgbe_block_write(w.device, offset, in.take(4), 4);
    if (choice % 2 == 0) {
        ixgbe_block_write(w.device, kDoorbell, in.take(1), 4);
    }
    (void)ixgbe_block_read(w.device, in.take(2), 1U << choice % 3);
    (void)ixgbe_block_set(w.device, kRequests + choice % 0x80,
                          static_cast<std::uint16_t>(choice % 5));
}

void step(World& w, Input& in) {
    switch (in.take(1) % 11) {
        case 0:
        case 1:
        case 2:
            return ixgbe_mmio_write(w.device, offset_from(in), in.take(4), 4);
        case 3:
            (void)ixgbe_mmio_read(w.device, offset_from(in), 1U << in.take(1) % 3);
            return;
        case 4: {
            const std::uint64_t at = in.take(2) & ~15U;
            for (unsigned i = 0; i < 16 && at + i < kMemory; ++i) {
                w.memory[at + i] = static_cast<std::uint8_t>(in.take(1));
            }
            return;
        }
        case 5:
            return receive(w, in);
        case 6:
            return run(w);
        case 7:
            w.now += in.take(3) * 64;
            if (w.deadline >= 0 && w.deadline <= w.now) {
                ixgbe_timer(w.device);
            }
            return;
        case 8:
            w.block = !w.block;
            if (!w.block) {
                ixgbe_send_ready(w.device);
            }
            ixgbe_set_peer(w.device, in.take(1) & 15);
            return;
        case 9:
            return use_block(w, in);
        default:
            ixgbe_set_cable(w.device, (in.take(1) & 3) != 0);
            save_and_load(w, in);
    }
}

// One ring each way, running and promiscuous: most inputs would never get as far by themselves.
void bring_up(World& w) {
    constexpr std::array<std::array<std::uint32_t, 2>, 11> writes = {{{0x06000, 0x1000},
                                                                      {0x06008, 0x400},
                                                                      {0x06028, 1U << 25},
                                                                      {0x04A80, 0x81000001},
                                                                      {0x01000, 0x2000},
                                                                      {0x01008, 0x400},
                                                                      {0x01014, 0x02000402},
                                                                      {0x01028, 1U << 25},
                                                                      {0x01018, 32},
                                                                      {0x05080, 0x702},
                                                                      {0x03000, 1}}};
    ixgbe_set_cable(w.device, true);
    w.now += 1'000'000'000;
    ixgbe_timer(w.device);
    for (const auto& [offset, value] : writes) {
        ixgbe_mmio_write(w.device, offset, value, 4);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto w = std::make_unique<World>();
    ixgbe_config config{.mac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56},
                        .port = 0,
                        .task_offload_block = true,
                        .offload = {}};
    ixgbe_offload_defaults(&config.offload);
    w->device = ixgbe_create(&kOps, w.get(), w->state.get(), &config);
    bring_up(*w);
    Input in{data, size};
    while (in.left != 0) {
        step(*w, in);
    }
    run(*w);
    ixgbe_destroy(w->device);
    return 0;
}
