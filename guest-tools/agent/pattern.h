// SPDX-License-Identifier: GPL-2.0-or-later
// The payload both ends of a traffic pattern can make and check without talking to each other:
// byte k of a stream depends on nothing but the seed and k.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace traffic {

// A seeded, position-addressed byte stream.
class Pattern {
public:
    explicit Pattern(std::uint64_t seed) : seed_(seed) {}

    void fill(std::uint64_t position, std::span<std::byte> out) const {
        std::size_t done = 0;
        while (done < out.size()) {
            const std::uint64_t at = position + done;
            const std::uint64_t value = word(at / 8);
            const auto skip = static_cast<std::size_t>(at % 8);
            const std::size_t count = std::min<std::size_t>(8 - skip, out.size() - done);
            std::array<std::byte, 8> bytes{};
            std::memcpy(bytes.data(), &value, sizeof(value));
            std::memcpy(out.data() + done, bytes.data() + skip, count);
            done += count;
        }
    }

private:
    // The finaliser of the splitmix64 generator over a counter.
    [[nodiscard]] std::uint64_t word(std::uint64_t index) const {
        std::uint64_t z = seed_ + (index + 1) * 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    std::uint64_t seed_;
};

// Digest of a byte stream that does not depend on how the stream was cut into pieces.
class Digest {
public:
    void add(std::span<const std::byte> bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const std::size_t count = std::min<std::size_t>(8 - pending_size_, bytes.size() - done);
            std::memcpy(pending_.data() + pending_size_, bytes.data() + done, count);
            pending_size_ += count;
            done += count;
            if (pending_size_ == 8) {
                std::uint64_t value = 0;
                std::memcpy(&value, pending_.data(), sizeof(value));
                hash_ = step(hash_, value);
                pending_size_ = 0;
            }
        }
        length_ += bytes.size();
    }

    [[nodiscard]] std::uint64_t value() const {
        std::uint64_t tail = 0;
        std::memcpy(&tail, pending_.data(), pending_size_);
        return step(step(hash_, tail), length_);
    }

    [[nodiscard]] std::uint64_t length() const { return length_; }

private:
    static std::uint64_t step(std::uint64_t hash, std::uint64_t value) {
        hash = (hash ^ value) * 0x100000001b3U;
        return hash ^ (hash >> 29);
    }

    std::uint64_t hash_ = 0xcbf29ce484222325U;
    std::uint64_t length_ = 0;
    std::array<std::byte, 8> pending_{};
    std::size_t pending_size_ = 0;
};

}  // namespace traffic
