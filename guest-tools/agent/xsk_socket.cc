// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsk_socket.h"

#include <cerrno>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace agent {
namespace {

constexpr std::uint32_t kFrames = 2048;  // more than the receive ring of ixgbe keeps for itself
constexpr std::uint32_t kFrameBytes = 4096;
constexpr std::uint32_t kEntries = kFrames;  // each ring could hold all frames

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), "AF_XDP: " + what);
}

template <typename Value>
void set_option(int fd, int option, const Value& value, const char* what) {
    if (setsockopt(fd, SOL_XDP, option, &value, sizeof(value)) != 0) {
        fail(what);
    }
}

template <typename Entry>
XskRing<Entry> map_ring(int fd, std::uint64_t place, const xdp_ring_offset& offsets) {
    Mapping memory(offsets.desc + kEntries * sizeof(Entry), fd, place);
    return {std::move(memory), offsets, kEntries};
}

}  // namespace

Mapping::Mapping(std::size_t size, int fd, std::uint64_t offset) : size_(size) {
    const int kind = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, kind | MAP_POPULATE, fd,
                              static_cast<off_t>(offset));
    if (memory == MAP_FAILED) {
        fail("mmap");
    }
    bytes_ = static_cast<std::byte*>(memory);
}

Mapping::Mapping(Mapping&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

Mapping::~Mapping() {
    if (bytes_ != nullptr) {
        munmap(bytes_, size_);
    }
}

XskSocket::XskSocket(const std::string& ifname, std::uint32_t queue, Mode mode)
    : fd_(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0) {
        fail("socket");
    }
    try {
        share_memory();
        share_rings();
        sockaddr_xdp address{};
        address.sxdp_family = AF_XDP;
        address.sxdp_ifindex = if_nametoindex(ifname.c_str());
        address.sxdp_queue_id = queue;
        address.sxdp_flags = XDP_USE_NEED_WAKEUP;
        address.sxdp_flags |= mode == Mode::zero_copy ? XDP_ZEROCOPY : XDP_COPY;
        if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
            const std::string where = ifname + ", queue " + std::to_string(queue);
            fail(where + (mode == Mode::zero_copy
                              ? ": no zero-copy socket (copy: true asks for another one)"
                              : ": no socket"));
        }
    } catch (...) {
        close(fd_);
        throw;
    }
}

XskSocket::~XskSocket() {
    close(fd_);
}

void XskSocket::share_memory() {
    frames_ = Mapping(std::size_t{kFrames} * kFrameBytes, -1, 0);
    xdp_umem_reg area{};
    area.addr = reinterpret_cast<std::uintptr_t>(frames_.at(0));
    area.len = frames_.size();
    area.chunk_size = kFrameBytes;
    set_option(fd_, XDP_UMEM_REG, area, "memory");
    for (const int ring :
         {XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING}) {
        set_option(fd_, ring, kEntries, "ring");
    }
}

void XskSocket::share_rings() {
    xdp_mmap_offsets offsets{};
    socklen_t size = sizeof(offsets);
    if (getsockopt(fd_, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &size) != 0) {
        fail("offsets");
    }
    fill_ = map_ring<std::uint64_t>(fd_, XDP_UMEM_PGOFF_FILL_RING, offsets.fr);
    completion_ = map_ring<std::uint64_t>(fd_, XDP_UMEM_PGOFF_COMPLETION_RING, offsets.cr);
    rx_ = map_ring<xdp_desc>(fd_, XDP_PGOFF_RX_RING, offsets.rx);
    tx_ = map_ring<xdp_desc>(fd_, XDP_PGOFF_TX_RING, offsets.tx);
    for (std::uint64_t i = 0; i < kFrames; ++i) {
        fill_.put(i * kFrameBytes);
    }
}

bool XskSocket::zero_copy() const {
    xdp_options options{};
    socklen_t size = sizeof(options);
    return getsockopt(fd_, SOL_XDP, XDP_OPTIONS, &options, &size) == 0 &&
           (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
}

std::optional<xdp_desc> XskSocket::receive() {
    return rx_.take();
}

std::span<std::byte> XskSocket::bytes(const xdp_desc& frame) const {
    return {frames_.at(frame.addr), frame.len};
}

void XskSocket::give_back(const xdp_desc& frame) {
    fill_.put(frame.addr - frame.addr % kFrameBytes);
}

void XskSocket::send(const xdp_desc& frame) {
    tx_.put(frame);
}

std::size_t XskSocket::reap() {
    std::size_t count = 0;
    while (const auto sent = completion_.take()) {
        fill_.put(*sent - *sent % kFrameBytes);
        ++count;
    }
    return count;
}

void XskSocket::wake(int milliseconds) {
    // Both ways at once; EAGAIN and EBUSY mean that the driver is at it.
    (void)sendto(fd_, nullptr, 0, MSG_DONTWAIT, nullptr, 0);
    pollfd waiting{fd_, POLLIN, 0};
    (void)poll(&waiting, 1, milliseconds);
}

}  // namespace agent
