// SPDX-License-Identifier: GPL-2.0-or-later
// The Toeplitz hash of receive-side scaling and the choice of its input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "net/parse.h"

namespace ixgbe {

// A 40-byte key, expanded to one table of 256 entries for each byte of the input.
class ToeplitzKey {
public:
    static constexpr std::size_t kKeyLength = 40;
    static constexpr std::size_t kMaxInput = 36;

    ToeplitzKey() noexcept : ToeplitzKey(std::array<std::byte, kKeyLength>{}) {}
    explicit ToeplitzKey(std::span<const std::byte, kKeyLength> key) noexcept;

    // Bytes beyond kMaxInput do not count.
    [[nodiscard]] std::uint32_t hash(ConstBytes input) const noexcept;

    // Hash of both addresses of an IP header (8 or 32 bytes) followed by both ports.
    [[nodiscard]] std::uint32_t hash(ConstBytes addresses,
                                     std::span<const std::byte, 4> ports) const noexcept;

private:
    using ByteTable = std::array<std::uint32_t, 256>;

    template <std::size_t First, std::size_t... Positions>
    [[nodiscard]] std::uint32_t hash_at(const std::byte* input,
                                        std::index_sequence<Positions...> positions) const noexcept;

    alignas(64) std::array<ByteTable, kMaxInput> tables_;
};

enum class RssKind : std::uint8_t { ipv4, tcp_ipv4, ipv6, tcp_ipv6, udp_ipv4, udp_ipv6 };

struct RssTypes {
    bool ipv4 = false;
    bool tcp_ipv4 = false;
    bool ipv6 = false;
    bool tcp_ipv6 = false;
    bool udp_ipv4 = false;
    bool udp_ipv6 = false;
    // A tunnel without inner TCP or UDP hashes the outer addresses (rule NVGRE-20), not the inner
    // ones (X550).
    bool tunnel_outer_fallback = false;
};

struct RssHash {
    std::uint32_t hash = 0;
    RssKind kind = RssKind::ipv4;

    friend bool operator==(const RssHash&, const RssHash&) = default;
};

// Nothing: the frame is of no enabled type; it has no hash and goes to the default queue.
[[nodiscard]] std::optional<RssHash> rss_hash(const ToeplitzKey& key, ConstBytes frame,
                                              const PacketInfo& info, RssTypes enabled) noexcept;

}  // namespace ixgbe
