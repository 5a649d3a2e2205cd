// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's RAM: allocations with random, guarded gaps between them, so that code which assumes
// contiguous memory or writes past a buffer fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

namespace x550 {

class GuestMemory {
public:
    static constexpr std::uint64_t kBase = 0x1'4000'0000;  // above 4 GB: both address words matter
    static constexpr std::size_t kBytes = 64u << 20;

    GuestMemory();
    ~GuestMemory();
    GuestMemory(const GuestMemory&) = delete;
    GuestMemory& operator=(const GuestMemory&) = delete;

    // Zeroed memory at a bus address that is a multiple of `alignment`.
    [[nodiscard]] std::uint64_t allocate(std::size_t bytes, std::size_t alignment = 1);
    [[nodiscard]] std::uint64_t store(std::span<const std::uint8_t> bytes);

    [[nodiscard]] static bool contains(std::uint64_t address, std::size_t bytes) {
        return address >= kBase && bytes <= kBytes && address - kBase <= kBytes - bytes;
    }
    // Host view of guest memory; the range must be contained.
    [[nodiscard]] std::uint8_t* at(std::uint64_t address) const { return ram_ + (address - kBase); }

    template <typename T>
    [[nodiscard]] T load(std::uint64_t address) const {
        T value;
        std::memcpy(&value, at(address), sizeof value);
        return value;
    }
    template <typename T>
    void put(std::uint64_t address, const T& value) const {
        std::memcpy(at(address), &value, sizeof value);
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes(std::uint64_t address, std::size_t count) const;

    // False once something was written between two allocations.
    [[nodiscard]] bool gaps_intact() const;

private:
    struct Gap {
        std::size_t offset;
        std::size_t bytes;
    };
    std::uint8_t* ram_ = nullptr;
    std::size_t next_ = 0;
    std::vector<Gap> gaps_;
    std::minstd_rand random_{20};
};

}  // namespace x550
