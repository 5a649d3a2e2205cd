// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest_memory.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace x550 {

namespace {
constexpr std::uint8_t kGuard = 0xA5;
constexpr std::size_t kSmallestGap = 64;
}  // namespace

GuestMemory::GuestMemory() {
    void* ram = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED) {
        throw std::bad_alloc();
    }
    ram_ = static_cast<std::uint8_t*>(ram);
}

GuestMemory::~GuestMemory() {
    munmap(ram_, kBytes);
}

std::uint64_t GuestMemory::allocate(std::size_t bytes, std::size_t alignment) {
    const std::size_t gap = kSmallestGap + random_() % 1024;
    const std::size_t start = (next_ + gap + alignment - 1) / alignment * alignment;
    if (start > kBytes || bytes > kBytes - start) {
        throw std::bad_alloc();
    }
    gaps_.push_back({next_, start - next_});
    std::memset(ram_ + next_, kGuard, start - next_);
    next_ = start + bytes;
    return kBase + start;
}

std::uint64_t GuestMemory::store(std::span<const std::uint8_t> bytes) {
    const std::uint64_t address = allocate(bytes.size());
    std::copy(bytes.begin(), bytes.end(), at(address));
    return address;
}

std::vector<std::uint8_t> GuestMemory::bytes(std::uint64_t address, std::size_t count) const {
    return {at(address), at(address) + count};
}

bool GuestMemory::gaps_intact() const {
    return std::all_of(gaps_.begin(), gaps_.end(), [this](const Gap& gap) {
        const std::uint8_t* first = ram_ + gap.offset;
        return std::all_of(first, first + gap.bytes, [](std::uint8_t b) { return b == kGuard; });
    });
}

}  // namespace x550
