// SPDX-License-Identifier: GPL-2.0-or-later
// Which context holds a connection's unit: a guess by the connection's hash, and all contexts only
// where that is wrong.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace ixgbe {

struct RscKey {
    static constexpr unsigned kNoQueue = ~0U;

    std::uint64_t connection = 0;  // rsc_connection(), never zero
    unsigned queue = kNoQueue;

    friend bool operator==(const RscKey&, const RscKey&) = default;
};

template <std::size_t Contexts>
class RscIndex {
public:
    static constexpr std::size_t kNone = Contexts;

    // The context of the connection, or kNone.
    [[nodiscard]] std::size_t find(const RscKey& key) const {
        const std::size_t guess = guess_[bucket(key)];
        if (keys_[guess] == key) {
            return guess;
        }
        const auto found = std::find(keys_.begin(), keys_.end(), key);
        return static_cast<std::size_t>(found - keys_.begin());
    }

    // A context for a connection that has none, or kNone. The caller has looked for it.
    [[nodiscard]] std::size_t take(const RscKey& key) {
        const auto unused = std::find_if(keys_.begin(), keys_.end(), [](const RscKey& k) {
            return k.queue == RscKey::kNoQueue;
        });
        if (unused == keys_.end()) {
            return kNone;
        }
        const auto context = static_cast<std::size_t>(unused - keys_.begin());
        *unused = key;
        guess_[bucket(key)] = static_cast<std::uint8_t>(context);
        return context;
    }

    void release(std::size_t context) { keys_.at(context) = {}; }

private:
    static constexpr unsigned kBucketBits = 9;
    static_assert(Contexts <= 256);

    static std::size_t bucket(const RscKey& key) { return key.connection >> (64 - kBucketBits); }

    std::array<RscKey, Contexts> keys_{};
    std::array<std::uint8_t, std::size_t{1} << kBucketBits> guess_{};
};

}  // namespace ixgbe
