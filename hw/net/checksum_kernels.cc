// SPDX-License-Identifier: GPL-2.0-or-later
// One's complement sums of long byte strings.
//
// Every kernel adds 64-bit words and, apart from them, their upper halves; the sum of the lower
// halves is what is left when the upper halves are taken away modulo 2^64. So no addition needs a
// carry, and no lane overflows before 2^32 words. 2^16 = 1 modulo 65535: halves of any width may be
// folded in the end.
#include <bit>
#include <cstring>
#include <immintrin.h>

#include "net/checksum.h"
#include "net/checksum_words.h"

namespace ixgbe::checksum_detail {
namespace {

// Bytes from here to the next multiple of `boundary`. Vectors that straddle cache lines halve the
// speed of long sums.
std::size_t to_alignment(const std::byte* from, std::size_t boundary) {
    return (0 - std::bit_cast<std::uintptr_t>(from)) % boundary;
}

// Sums are little-endian numbers on every host: the portable kernel is the reference of the vector
// ones.
std::uint16_t sum_portable(const std::byte* from, std::size_t length) noexcept {
    std::uint64_t even = 0;
    std::uint64_t odd = 0;
    while (length >= 32) {
        even = add_around(even, load<le64>(from));
        odd = add_around(odd, load<le64>(from + 8));
        even = add_around(even, load<le64>(from + 16));
        odd = add_around(odd, load<le64>(from + 24));
        from += 32;
        length -= 32;
    }
    while (length >= 8) {
        even = add_around(even, load<le64>(from));
        from += 8;
        length -= 8;
    }
    return fold(add_around(add_around(even, odd), load_rest(from, length)));
}

std::uint16_t copy_and_sum_portable(std::byte* to, const std::byte* from,
                                    std::size_t length) noexcept {
    std::uint64_t sum = 0;
    while (length >= 8) {
        const std::uint64_t word = load<le64>(from);
        const le64 out = word;
        std::memcpy(to, &out, 8);
        sum = add_around(sum, word);
        from += 8;
        to += 8;
        length -= 8;
    }
    if (length != 0) {
        std::memcpy(to, from, length);
    }
    return fold(add_around(sum, load_rest(from, length)));
}

bool always() noexcept {
    return true;
}

// ---- AVX2 ----

bool avx2_usable() noexcept {
    return __builtin_cpu_supports("avx2") != 0;
}

struct Sum256 {
    __m256i words;
    __m256i upper;
};

[[gnu::target("avx2")]] inline __m256i load256(const std::byte* from) {
    __m256i value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}

[[gnu::target("avx2")]] inline void add256(Sum256& sum, __m256i value) {
    sum.words = _mm256_add_epi64(sum.words, value);
    sum.upper = _mm256_add_epi64(sum.upper, _mm256_srli_epi64(value, 32));
}

[[gnu::target("avx2")]] inline std::uint16_t reduce256(const Sum256& sum) {
    const __m256i lower = _mm256_sub_epi64(sum.words, _mm256_slli_epi64(sum.upper, 32));
    const __m256i lanes = _mm256_add_epi64(lower, sum.upper);
    const __m128i pair =
        _mm_add_epi64(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    return fold(static_cast<std::uint64_t>(_mm_cvtsi128_si64(pair)) +
                static_cast<std::uint64_t>(_mm_extract_epi64(pair, 1)));
}

// Reading 32 bytes at [n] gives 32 - n zeros, then n times 0xFF.
alignas(64) constexpr auto kTailMask = [] {
    std::array<std::byte, 64> mask{};
    for (std::size_t i = 32; i < mask.size(); ++i) {
        mask[i] = std::byte{0xFF};
    }
    return mask;
}();

// The end of a string of at least 32 bytes: the last `rest` < 32 bytes are not summed yet. Reads 32
// bytes that end with the last even one, so that no byte outside the string is touched, and hides
// those summed before.
[[gnu::target("avx2")]] inline std::uint16_t finish256(Sum256& sum, const std::byte* end,
                                                       std::size_t rest) {
    std::uint16_t last = 0;
    if ((rest & 1) != 0) {
        --end;
        --rest;
        last = std::to_integer<std::uint8_t>(*end);
    }
    const __m256i mask = load256(kTailMask.data() + rest);
    add256(sum, _mm256_and_si256(load256(end - 32), mask));
    return ones_complement_add(reduce256(sum), last);
}

[[gnu::target("avx2")]] std::uint16_t sum_avx2(const std::byte* from, std::size_t length) noexcept {
    if (length < 64) {
        return sum_portable(from, length);
    }
    const std::byte* const end = from + length;
    Sum256 a{_mm256_setzero_si256(), _mm256_setzero_si256()};
    Sum256 b = a;
    const std::size_t head = to_alignment(from, 32);
    if (length >= 256 && head % 2 == 0) {
        // Bytes up to the boundary; an odd number of them would turn all others round.
        add256(b, _mm256_andnot_si256(load256(kTailMask.data() + 32 - head), load256(from)));
        from += head;
        length -= head;
    }
    for (; length >= 128; length -= 128, from += 128) {
        add256(a, load256(from));
        add256(b, load256(from + 32));
        add256(a, load256(from + 64));
        add256(b, load256(from + 96));
    }
    for (; length >= 32; length -= 32, from += 32) {
        add256(a, load256(from));
    }
    a.words = _mm256_add_epi64(a.words, b.words);
    a.upper = _mm256_add_epi64(a.upper, b.upper);
    return finish256(a, end, length);
}

[[gnu::target("avx2")]] inline __m256i copy256(std::byte* to, const std::byte* from) {
    const __m256i value = load256(from);
    std::memcpy(to, &value, sizeof(value));
    return value;
}

[[gnu::target("avx2")]] std::uint16_t copy_and_sum_avx2(std::byte* to, const std::byte* from,
                                                        std::size_t length) noexcept {
    if (length < 64) {
        return copy_and_sum_portable(to, from, length);
    }
    const std::byte* const end = from + length;
    std::byte* const to_end = to + length;
    Sum256 a{_mm256_setzero_si256(), _mm256_setzero_si256()};
    Sum256 b = a;
    for (; length >= 64; length -= 64, from += 64, to += 64) {
        add256(a, copy256(to, from));
        add256(b, copy256(to + 32, from + 32));
    }
    if (length >= 32) {
        add256(a, copy256(to, from));
        length -= 32;
    }
    copy256(to_end - 32, end - 32);
    a.words = _mm256_add_epi64(a.words, b.words);
    a.upper = _mm256_add_epi64(a.upper, b.upper);
    return finish256(a, end, length);
}

// ---- AVX-512 ----

bool avx512_usable() noexcept {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
}

// Plain vector arithmetic: some of GCC 12's intrinsics warn about their own placeholders.
using Words512 = std::uint64_t __attribute__((vector_size(64)));

struct Sum512 {
    Words512 words;
    Words512 upper;
};

[[gnu::target("avx512f,avx512bw")]] inline void add512(Sum512& sum, __m512i value) {
    const auto words = __builtin_convertvector(value, Words512);
    sum.words += words;
    sum.upper += words >> 32;
}

using Words256 = std::uint64_t __attribute__((vector_size(32)));
using Words128 = std::uint64_t __attribute__((vector_size(16)));

template <typename Half, typename Whole>
[[gnu::target("avx512f,avx512bw")]] inline Half halves_added(const Whole& whole) {
    static_assert(sizeof(Whole) == 2 * sizeof(Half));
    std::array<Half, 2> halves;
    std::memcpy(halves.data(), &whole, sizeof whole);
    return halves[0] + halves[1];
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint16_t reduce512(const Sum512& a,
                                                                   const Sum512& b) {
    const Words512 upper = a.upper + b.upper;
    const Words512 lanes = a.words + b.words - (upper << 32) + upper;
    const auto half = halves_added<Words256>(lanes);
    const auto pair = halves_added<Words128>(half);
    return fold(pair[0] + pair[1]);
}

[[gnu::target("avx512f,avx512bw")]] inline __mmask64 first_bytes(std::size_t count) {
    return _cvtu64_mask64((std::uint64_t{1} << count) - 1);
}

// Whole cache lines, the first and the last one masked: masked bytes are not accessed. Bytes so are
// even or odd by their address; if that is the wrong way round, the sum comes out with its halves
// exchanged.
[[gnu::target("avx512f,avx512bw")]] std::uint16_t sum_avx512(const std::byte* from,
                                                             std::size_t length) noexcept {
    constexpr std::size_t kLine = 64;
    // Not std::bit_cast: clang-tidy 14 crashes on one of a pointer.
    const std::size_t skipped = reinterpret_cast<std::uintptr_t>(from) % kLine;
    const std::byte* line = from - skipped;
    std::size_t left = skipped + length;
    __mmask64 mask = _knot_mask64(first_bytes(skipped));
    Sum512 a{};
    Sum512 b{};
    if (left >= kLine) {
        add512(b, _mm512_maskz_loadu_epi8(mask, line));
        mask = _cvtu64_mask64(~std::uint64_t{0});
        line += kLine;
        left -= kLine;
    }
    for (; left >= 4 * kLine; left -= 4 * kLine, line += 4 * kLine) {
        add512(a, _mm512_load_si512(line));
        add512(b, _mm512_load_si512(line + kLine));
        add512(a, _mm512_load_si512(line + 2 * kLine));
        add512(b, _mm512_load_si512(line + 3 * kLine));
    }
    for (; left >= kLine; left -= kLine, line += kLine) {
        add512(a, _mm512_load_si512(line));
    }
    add512(b, _mm512_maskz_loadu_epi8(_kand_mask64(mask, first_bytes(left)), line));
    const std::uint16_t sum = reduce512(a, b);
    return skipped % 2 == 0 ? sum : byte_swap(sum);
}

[[gnu::target("avx512f,avx512bw")]] std::uint16_t copy_and_sum_avx512(std::byte* to,
                                                                      const std::byte* from,
                                                                      std::size_t length) noexcept {
    Sum512 a{};
    Sum512 b = a;
    for (; length >= 128; length -= 128, from += 128, to += 128) {
        const __m512i low = _mm512_loadu_si512(from);
        const __m512i high = _mm512_loadu_si512(from + 64);
        _mm512_storeu_si512(to, low);
        _mm512_storeu_si512(to + 64, high);
        add512(a, low);
        add512(b, high);
    }
    if (length >= 64) {
        const __m512i value = _mm512_loadu_si512(from);
        _mm512_storeu_si512(to, value);
        add512(a, value);
        length -= 64;
        from += 64;
        to += 64;
    }
    const __mmask64 rest = first_bytes(length);
    const __m512i value = _mm512_maskz_loadu_epi8(rest, from);
    _mm512_mask_storeu_epi8(to, rest, value);
    add512(b, value);
    return reduce512(a, b);
}

}  // namespace

const SumKernel kPortable{"portable", always, sum_portable, copy_and_sum_portable};
const SumKernel kAvx2{"avx2", avx2_usable, sum_avx2, copy_and_sum_avx2};
const SumKernel kAvx512{"avx512", avx512_usable, sum_avx512, copy_and_sum_avx512};

}  // namespace ixgbe::checksum_detail

namespace ixgbe {
namespace {

using namespace checksum_detail;

// Kernels sum little-endian numbers.
std::uint16_t wire_value(std::uint16_t sum) {
    return byte_swap(sum);
}

}  // namespace

std::uint16_t checksum_detail::sum_of_many(ConstBytes bytes) noexcept {
    if (avx512_usable()) {
        return wire_value(sum_avx512(bytes.data(), bytes.size()));
    }
    if (avx2_usable()) {
        return wire_value(sum_avx2(bytes.data(), bytes.size()));
    }
    return wire_value(sum_portable(bytes.data(), bytes.size()));
}

std::uint16_t copy_and_sum(Bytes to, ConstBytes from) noexcept {
    const std::size_t length = to.size() < from.size() ? to.size() : from.size();
    if (avx512_usable()) {
        return wire_value(copy_and_sum_avx512(to.data(), from.data(), length));
    }
    if (avx2_usable()) {
        return wire_value(copy_and_sum_avx2(to.data(), from.data(), length));
    }
    return wire_value(copy_and_sum_portable(to.data(), from.data(), length));
}

}  // namespace ixgbe
