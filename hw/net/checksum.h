// SPDX-License-Identifier: GPL-2.0-or-later
// The Internet checksum (RFC 1071) and the CRCs of SCTP and Ethernet.
//
// All sums here are folded to 16 bits, NOT inverted, and given as the number the big-endian sum
// would be on the wire: add two of them with add_be16(), invert when storing. A sum of 0 means that
// every byte was 0.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/endian.h"
#include "net/checksum_words.h"
#include "net/parse.h"

namespace ixgbe {

namespace checksum_detail {

// Headers are summed where they are needed, everything longer by a kernel.
inline constexpr std::size_t kFewBytes = 64;
[[nodiscard]] std::uint16_t sum_of_many(ConstBytes bytes) noexcept;

}  // namespace checksum_detail

// Folded sum of `bytes`, the first of them at an even offset.
[[nodiscard]] inline std::uint16_t ones_complement_sum(ConstBytes bytes) noexcept {
    using namespace checksum_detail;
    return bytes.size() <= kFewBytes ? byte_swap(fold(sum_words(bytes.data(), bytes.size())))
                                     : sum_of_many(bytes);
}

// memcpy and sum in one pass; the shorter of the two lengths counts.
std::uint16_t copy_and_sum(Bytes to, ConstBytes from) noexcept;

// a + b in one's complement.
[[nodiscard]] constexpr std::uint16_t ones_complement_add(std::uint16_t a, std::uint16_t b) {
    const std::uint32_t sum = std::uint32_t{a} + b;
    return static_cast<std::uint16_t>(sum + (sum >> 16));
}

// Sums pieces of one byte string in order; a piece of odd length shifts the ones that follow.
// Folded once, in the end.
class ChecksumAccumulator {
public:
    void add(ConstBytes bytes) noexcept {
        using namespace checksum_detail;
        if (bytes.size() <= kFewBytes) {
            add_words(sum_words(bytes.data(), bytes.size()), bytes.size());
        } else {
            add_sum(sum_of_many(bytes), bytes.size());
        }
    }

    // As add(), for a piece whose folded sum is already known.
    void add_sum(std::uint16_t sum, std::size_t length) noexcept {
        add_words(byte_swap(sum), length);
    }

    // A number that is not part of the byte string: a length or protocol of the pseudo-header, a
    // seed.
    void add_be16(std::uint16_t word) noexcept {
        sum_ = checksum_detail::add_around(sum_, byte_swap(word));
    }

    [[nodiscard]] std::uint16_t fold() const noexcept {
        return byte_swap(checksum_detail::fold(sum_));
    }

private:
    // In memory order, modulo 2^64 - 1: to turn it round by a byte is to move all bytes by one.
    void add_words(std::uint64_t words, std::size_t length) noexcept {
        sum_ = checksum_detail::add_around(sum_, odd_ ? std::rotl(words, 8) : words);
        odd_ = odd_ != ((length & 1) != 0);
    }

    std::uint64_t sum_ = 0;
    bool odd_ = false;
};

// CRC32c (Castagnoli) as RFC 9260 uses it; `crc` is the result for the bytes before. Goes on the
// wire as le32.
[[nodiscard]] std::uint32_t crc32c(ConstBytes bytes, std::uint32_t crc = 0) noexcept;

// Frame check sequence of IEEE 802.3; goes on the wire as le32.
[[nodiscard]] std::uint32_t crc32_ethernet(ConstBytes bytes, std::uint32_t crc = 0) noexcept;

// Source, destination and protocol of an IP header, without the length. `layer` comes from parse()
// of this very frame.
[[nodiscard]] inline ChecksumAccumulator pseudo_header(ConstBytes frame, const Layer3& layer,
                                                       std::uint8_t protocol) noexcept {
    // Source and destination are neighbours in both versions.
    ChecksumAccumulator sum;
    if (holds(frame, layer.src_offset, 2 * layer.address_len())) {
        sum.add(frame.subspan(layer.src_offset, 2 * layer.address_len()));
    }
    sum.add_be16(protocol);
    return sum;
}

// What the X550 reports about the checksums of a received frame (X550 DS 7.1.11). One byte: it is
// made bit by bit and then handed on as a whole, several times a frame.
struct ChecksumVerdict {
    bool ip_checked : 1 = false;  // IPv4 header; inner one of a tunnel
    bool ip_bad : 1 = false;
    bool l4_checked : 1 = false;  // innermost TCP, UDP or SCTP
    bool l4_bad : 1 = false;
    bool udp_present : 1 = false;       // the L4 checked is UDP (status bit UDPCS)
    bool outer_ip_checked : 1 = false;  // tunnels only: outer IPv4 header
    bool outer_bad : 1 = false;         // outer IPv4 sum wrong, or VXLAN with an outer UDP checksum

    friend bool operator==(const ChecksumVerdict&, const ChecksumVerdict&) = default;
};

enum class L4Trust : bool {
    verify,
    vouched,  // the peer guarantees the L4 checksum (or left it unfinished): counts as checked and
              // good
};

[[nodiscard]] ChecksumVerdict verify(ConstBytes frame, const PacketInfo& info,
                                     L4Trust trust = L4Trust::verify) noexcept;

namespace checksum_detail {

// The kernels behind the functions above, each usable if its `usable` function says so. Sums are
// folded in memory order (no byte swap), so that tests can compare kernel with kernel.
struct SumKernel {
    const char* name;
    bool (*usable)() noexcept;
    std::uint16_t (*sum)(const std::byte* from, std::size_t length) noexcept;
    std::uint16_t (*copy_and_sum)(std::byte* to, const std::byte* from,
                                  std::size_t length) noexcept;
};
extern const SumKernel kPortable;
extern const SumKernel kAvx2;
extern const SumKernel kAvx512;

[[nodiscard]] std::uint32_t crc32c_portable(ConstBytes bytes, std::uint32_t crc) noexcept;
[[nodiscard]] bool crc32c_sse42_usable() noexcept;
[[nodiscard]] std::uint32_t crc32c_sse42(ConstBytes bytes, std::uint32_t crc) noexcept;

}  // namespace checksum_detail
}  // namespace ixgbe
