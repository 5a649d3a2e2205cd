// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of one packet on their way out, where they lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "nic/host.h"

namespace ixgbe {

// A scatter list over guest memory. Long pieces are mapped; short ones (headers, mostly) and those
// that cannot be mapped are copied into a buffer of the packet's own. Between the first append()
// and release() nothing else may use the packet. Guest memory behind a mapping may change at any
// time: what must not is copied by front().
class TxPacket {
public:
    // 18 bits of PAYLEN plus the longest headers: DS 7.2.3.2.4.
    static constexpr std::size_t kMaxBytes = (1u << 18) + 2048;
    static constexpr std::size_t kMaxPieces = 512;
    // Below this a copy is cheaper than a mapping.
    static constexpr std::size_t kCopyBytes = 512;

    explicit TxPacket(Host& host);

    enum class Append : std::uint8_t { done, too_long, dma_failed };
    [[nodiscard]] Append append(std::uint64_t addr, std::size_t len);

    // Cuts bytes off the end; no more than size().
    void trim(std::size_t bytes);
    // Copies the first to.size() bytes; false if there are fewer.
    [[nodiscard]] bool front(Bytes to) const;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::span<const iovec> pieces() const { return {piece_.data(), count_}; }

    // Ends all mappings; the packet is empty again.
    void release();

private:
    [[nodiscard]] bool map(std::uint64_t addr, std::size_t len);
    [[nodiscard]] bool copy(std::uint64_t addr, std::size_t len);

    Host& host_;
    std::array<iovec, kMaxPieces> piece_{};
    std::array<Bytes, kMaxPieces> mapping_{};
    std::vector<std::byte> copied_;  // sized once
    std::size_t count_ = 0;
    std::size_t mappings_ = 0;
    std::size_t copied_bytes_ = 0;
    std::size_t size_ = 0;
};

// Walks the bytes of a scatter list from the front, handing out slices.
class PieceCursor {
public:
    explicit PieceCursor(std::span<const iovec> pieces) : pieces_(pieces) {}

    // The next slice, at most `len` bytes long; empty when nothing is left.
    [[nodiscard]] ConstBytes take(std::size_t len);
    void skip(std::size_t len);

private:
    std::span<const iovec> pieces_;
    std::size_t index_ = 0;
    std::size_t offset_ = 0;
};

}  // namespace ixgbe
