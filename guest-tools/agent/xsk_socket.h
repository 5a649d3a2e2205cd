// SPDX-License-Identifier: GPL-2.0-or-later
// AF_XDP in zero-copy mode: the NIC's queue reads and writes memory of this process.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <linux/if_xdp.h>
#include <optional>
#include <span>
#include <string>

namespace agent {

// Memory of mmap(), given back with the object.
class Mapping {
public:
    Mapping() = default;
    // Of a descriptor at an offset; of nobody (anonymous) with descriptor -1.
    Mapping(std::size_t size, int fd, std::uint64_t offset);
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    ~Mapping();
    [[nodiscard]] std::byte* at(std::size_t offset) const { return bytes_ + offset; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    std::byte* bytes_ = nullptr;
    std::size_t size_ = 0;
};

// One of the four rings that a socket shares with the kernel; either end of it.
template <typename Entry>
class XskRing {
public:
    XskRing() = default;
    XskRing(Mapping memory, const xdp_ring_offset& offsets, std::uint32_t entries)
        : memory_(std::move(memory)), offsets_(offsets), entries_(entries) {}

    [[nodiscard]] std::optional<Entry> take() {
        const std::uint32_t next = consumer().load(std::memory_order_relaxed);
        if (next == producer().load(std::memory_order_acquire)) {
            return std::nullopt;
        }
        const Entry out = entry(next);
        consumer().store(next + 1, std::memory_order_release);
        return out;
    }
    // The caller never has more entries under way than the ring holds.
    void put(const Entry& value) {
        const std::uint32_t next = producer().load(std::memory_order_relaxed);
        entry(next) = value;
        producer().store(next + 1, std::memory_order_release);
    }

private:
    [[nodiscard]] std::atomic_ref<std::uint32_t> producer() const {
        return std::atomic_ref(*reinterpret_cast<std::uint32_t*>(memory_.at(offsets_.producer)));
    }
    [[nodiscard]] std::atomic_ref<std::uint32_t> consumer() const {
        return std::atomic_ref(*reinterpret_cast<std::uint32_t*>(memory_.at(offsets_.consumer)));
    }
    [[nodiscard]] Entry& entry(std::uint32_t index) const {
        return reinterpret_cast<Entry*>(memory_.at(offsets_.desc))[index & (entries_ - 1)];
    }

    Mapping memory_;
    xdp_ring_offset offsets_{};
    std::uint32_t entries_ = 0;
};

class XskSocket {
public:
    enum class Mode { zero_copy, copy };

    // Frames of the interface's queue come here once an XDP program redirects them.
    XskSocket(const std::string& ifname, std::uint32_t queue, Mode mode);
    XskSocket(const XskSocket&) = delete;
    XskSocket& operator=(const XskSocket&) = delete;
    ~XskSocket();

    [[nodiscard]] int descriptor() const { return fd_; }
    [[nodiscard]] bool zero_copy() const;

    // A received frame, which belongs to the caller until it goes to send() or give_back().
    [[nodiscard]] std::optional<xdp_desc> receive();
    [[nodiscard]] std::span<std::byte> bytes(const xdp_desc& frame) const;
    void give_back(const xdp_desc& frame);
    void send(const xdp_desc& frame);
    // Takes frames that have been sent back for reception; their number.
    std::size_t reap();
    // Lets the driver look at the rings, and waits for something to do, `milliseconds` at most.
    void wake(int milliseconds);

private:
    void share_memory();
    void share_rings();

    int fd_ = -1;
    Mapping frames_;
    XskRing<std::uint64_t> fill_;
    XskRing<std::uint64_t> completion_;
    XskRing<xdp_desc> rx_;
    XskRing<xdp_desc> tx_;
};

}  // namespace agent
