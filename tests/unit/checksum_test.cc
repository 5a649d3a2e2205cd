// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/checksum.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

#include "engine_reference.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using checksum_detail::SumKernel;
using ref::Buffer;
using ref::operator+;  // NOLINT(misc-unused-using-decls): it is used

ConstBytes text(std::string_view s) {
    return std::as_bytes(std::span(s));
}

// ---- sums ----

TEST(Checksum, AddsTheExampleOfRfc1071) {
    EXPECT_EQ(ones_complement_sum(ref::from_hex("0001f203f4f5f6f7")), 0xDDF2);
}

TEST(Checksum, OfNothingIsZero) {
    EXPECT_EQ(ones_complement_sum({}), 0);
}

TEST(Checksum, PadsAnOddByteWithZeroBehindIt) {
    EXPECT_EQ(ones_complement_sum(ref::from_hex("ab")), 0xAB00);
}

TEST(Checksum, OfAnIpv4HeaderWithItsChecksumIsMinusZero) {
    EXPECT_EQ(ones_complement_sum(ref::from_hex("45000073000040004011b861c0a80001c0a800c7")),
              0xFFFF);
}

// task-offload rules 7.2
TEST(Checksum, MakesTheGoldenSeeds) {
    const auto seed = [](const ref::Addresses& a, std::uint8_t protocol, std::uint16_t length) {
        const Buffer frame = ref::ip_frame(a, protocol, ref::counting(120));
        const PacketInfo info = parse(frame);
        return ones_complement_add(pseudo_header(frame, info.outer, protocol).fold(), length);
    };
    EXPECT_EQ(seed(ref::v4_addresses(), 6, 0), 0xEC3D);
    EXPECT_EQ(seed(ref::v4_addresses(), 6, 120), 0xECB5);
    EXPECT_EQ(seed(ref::v4_addresses(), 17, 0), 0xEC48);
    EXPECT_EQ(seed(ref::v4_addresses(), 17, 108), 0xECB4);
    EXPECT_EQ(seed(ref::v6_addresses(), 6, 0), 0x5B7B);
    EXPECT_EQ(seed(ref::v6_addresses(), 6, 120), 0x5BF3);
    EXPECT_EQ(seed(ref::v6_addresses(), 17, 0), 0x5B86);
}

TEST(ChecksumAccumulator, JoinsPiecesOfOddLength) {
    const Buffer bytes = ref::from_hex("0001f203f4f5f6f7");
    const ConstBytes all = bytes;
    ChecksumAccumulator sum;
    sum.add(all.first(1));
    sum.add(all.subspan(1, 3));
    sum.add({});
    sum.add(all.subspan(4, 1));
    sum.add(all.subspan(5));
    EXPECT_EQ(sum.fold(), 0xDDF2);
}

TEST(ChecksumAccumulator, AddsANumberWhereverItStands) {
    ChecksumAccumulator sum;
    sum.add(ref::from_hex("12"));
    sum.add_be16(0x0300);
    sum.add(ref::from_hex("34"));
    EXPECT_EQ(sum.fold(), 0x1534);
}

TEST(ChecksumAccumulator, TakesSumsOfPiecesThatAreAlreadyKnown) {
    const Buffer bytes = ref::counting(101, 200);
    const ConstBytes all = bytes;
    ChecksumAccumulator sum;
    sum.add_sum(ones_complement_sum(all.first(33)), 33);
    sum.add_sum(ones_complement_sum(all.subspan(33)), 68);
    EXPECT_EQ(sum.fold(), ref::sum(bytes));
}

// Short strings are summed in place, longer ones by a kernel.
TEST(Checksum, AgreesWithTheReferenceForEveryLengthAndAlignment) {
    const Buffer pool = ref::Dice(3).bytes(400);
    for (std::size_t offset = 0; offset < 9; ++offset) {
        for (std::size_t length = 0; length < 300; ++length) {
            const ConstBytes bytes = ConstBytes(pool).subspan(offset, length);
            ASSERT_EQ(ones_complement_sum(bytes), ref::sum(Buffer(bytes.begin(), bytes.end())))
                << offset << ", " << length;
        }
    }
}

TEST(Checksum, OfOnesAloneIsMinusZeroAtAnyLength) {
    const Buffer ones(300, std::byte{0xff});
    for (std::size_t length = 2; length <= ones.size(); length += 2) {
        ASSERT_EQ(ones_complement_sum(ConstBytes(ones).first(length)), 0xFFFF) << length;
    }
}

// One's complement is arithmetic modulo 2^n - 1, with the modulus in the place of zero.
TEST(Checksum, FoldsModulo65535) {
    std::mt19937_64 random(4);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t sum = random() >> i % 64;
        const std::uint64_t rest = sum % 0xFFFF;
        ASSERT_EQ(checksum_detail::fold(sum), rest == 0 && sum != 0 ? 0xFFFF : rest) << sum;
    }
    EXPECT_EQ(checksum_detail::fold(0), 0);
    EXPECT_EQ(checksum_detail::fold(~std::uint64_t{0}), 0xFFFF);
    EXPECT_EQ(checksum_detail::fold(0xFFFFFFFF00000001), 1);
}

TEST(ChecksumAccumulator, AgreesWithTheReferenceHoweverAStringIsCut) {
    ref::Dice dice(5);
    for (int i = 0; i < 2'000; ++i) {
        const Buffer bytes = dice.bytes(dice.between(0, 599));
        ChecksumAccumulator sum;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t length = std::min(dice.between(0, 129), bytes.size() - at);
            sum.add(ConstBytes(bytes).subspan(at, length));
            at += length;
        }
        ASSERT_EQ(sum.fold(), ref::sum(bytes)) << i;
    }
}

class Kernel : public testing::TestWithParam<const SumKernel*> {
protected:
    void SetUp() override {
        if (!GetParam()->usable()) {
            GTEST_SKIP() << "this processor cannot run it";
        }
    }
    // Kernels sum little-endian words.
    static std::uint16_t sum(ConstBytes bytes) {
        return byte_swap(GetParam()->sum(bytes.data(), bytes.size()));
    }
    static std::uint16_t copy_and_sum(Bytes to, ConstBytes from) {
        return byte_swap(GetParam()->copy_and_sum(to.data(), from.data(), from.size()));
    }
};

TEST_P(Kernel, AgreesWithTheReferenceForEveryLengthAndAlignment) {
    const Buffer pool = ref::Dice(1).bytes(1200);
    for (std::size_t offset = 0; offset < 9; ++offset) {
        for (std::size_t length = 0; length < 1100; ++length) {
            const ConstBytes bytes = ConstBytes(pool).subspan(offset, length);
            ASSERT_EQ(sum(bytes), ref::sum(bytes)) << offset << " " << length;
        }
    }
}

TEST_P(Kernel, DoesNotLoseCarries) {
    const Buffer ones(200'001, std::byte{0xFF});
    for (const std::size_t length : {2u, 64u, 1460u, 65'535u, 65'536u, 200'001u}) {
        const ConstBytes bytes = ConstBytes(ones).first(length);
        EXPECT_EQ(sum(bytes), ref::sum(bytes)) << length;
    }
}

TEST_P(Kernel, CopiesWhatItSumsAndNothingElse) {
    const Buffer pool = ref::Dice(2).bytes(700);
    for (std::size_t length = 0; length < 600; ++length) {
        const ConstBytes from = ConstBytes(pool).subspan(length % 7, length);
        Buffer to(length + 2, std::byte{0x5A});
        ASSERT_EQ(copy_and_sum(Bytes(to).subspan(1, length), from), ref::sum(from)) << length;
        ASSERT_TRUE(std::equal(from.begin(), from.end(), to.begin() + 1)) << length;
        ASSERT_EQ(to.front(), std::byte{0x5A}) << length;
        ASSERT_EQ(to.back(), std::byte{0x5A}) << length;
    }
}

TEST_P(Kernel, ReadsNoByteOutsideItsString) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* const area =
        mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(area, MAP_FAILED);
    auto* const first = static_cast<std::byte*>(area);
    ASSERT_EQ(mprotect(first, page, PROT_NONE), 0);
    ASSERT_EQ(mprotect(first + 2 * page, page, PROT_NONE), 0);
    Buffer to(page);
    for (std::size_t length = 0; length < 600; ++length) {
        const ConstBytes low(first + page, length);
        const ConstBytes high(first + 2 * page - length, length);
        ASSERT_EQ(sum(low), 0);
        ASSERT_EQ(sum(high), 0);
        ASSERT_EQ(copy_and_sum(to, low), 0);
        ASSERT_EQ(copy_and_sum(to, high), 0);
    }
    munmap(area, 3 * page);
}

INSTANTIATE_TEST_SUITE_P(All, Kernel,
                         testing::Values(&checksum_detail::kPortable, &checksum_detail::kAvx2,
                                         &checksum_detail::kAvx512),
                         [](const auto& kernel) { return std::string(kernel.param->name); });

TEST(CopyAndSum, StopsAtTheShorterSpan) {
    const Buffer from = ref::counting(100, 1);
    Buffer to(60);
    EXPECT_EQ(copy_and_sum(to, from), ref::sum(ConstBytes(from).first(60)));
    EXPECT_EQ(copy_and_sum({}, {}), 0);
    EXPECT_EQ(copy_and_sum(Bytes(to), ConstBytes(from).first(3)),
              ref::sum(ConstBytes(from).first(3)));
}

// ---- CRCs ----

TEST(Crc32c, HasItsCheckValue) {
    EXPECT_EQ(crc32c(text("123456789")), 0xE3069283);
}

// RFC 3720 appendix B.4
TEST(Crc32c, MatchesThePublishedStrings) {
    Buffer up = ref::counting(32);
    EXPECT_EQ(crc32c(Buffer(32)), 0x8A9136AA);
    EXPECT_EQ(crc32c(Buffer(32, std::byte{0xFF})), 0x62A8AB43);
    EXPECT_EQ(crc32c(up), 0x46DD794E);
    std::reverse(up.begin(), up.end());
    EXPECT_EQ(crc32c(up), 0x113FDB5C);
}

TEST(Crc32c, GoesOnWhereItStopped) {
    EXPECT_EQ(crc32c(text("6789"), crc32c(text("12345"))), 0xE3069283);
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstruction) {
    const Buffer pool = ref::Dice(3).bytes(300);
    for (std::size_t length = 0; length < 290; ++length) {
        const ConstBytes bytes = ConstBytes(pool).subspan(length % 8, length);
        ASSERT_EQ(checksum_detail::crc32c_portable(bytes, 0), ref::crc32c(bytes));
        if (checksum_detail::crc32c_sse42_usable()) {
            ASSERT_EQ(checksum_detail::crc32c_sse42(bytes, 0), ref::crc32c(bytes));
        }
    }
}

TEST(Crc32Ethernet, HasItsCheckValue) {
    EXPECT_EQ(crc32_ethernet(text("123456789")), 0xCBF43926);
    EXPECT_EQ(crc32_ethernet(text("6789"), crc32_ethernet(text("12345"))), 0xCBF43926);
}

TEST(Crc32Ethernet, MatchesTheReferenceForEveryLength) {
    const Buffer pool = ref::Dice(4).bytes(80);
    for (std::size_t length = 0; length <= pool.size(); ++length) {
        const ConstBytes bytes = ConstBytes(pool).first(length);
        ASSERT_EQ(crc32_ethernet(bytes), ref::crc32(bytes));
    }
}

// ---- verdicts ----

std::string bits(const ChecksumVerdict& v) {
    std::string out;
    const auto add = [&out](bool on, const char* name) {
        if (on) {
            out += out.empty() ? name : std::string(" ") + name;
        }
    };
    add(v.outer_ip_checked, "OUTERIPCS");
    add(v.outer_bad, "OUTERIPER");
    add(v.ip_checked, "IPCS");
    add(v.l4_checked, "L4CS");
    add(v.udp_present, "UDPCS");
    add(v.ip_bad, "IPE");
    add(v.l4_bad, "L4E");
    return out;
}

std::string verdict_of(ConstBytes frame, const ParseOptions& options = {},
                       L4Trust trust = L4Trust::verify) {
    return bits(verify(frame, parse(frame, options), trust));
}

// X550 DS 7.1.11, rules CSUM-8 to CSUM-22 and NVGRE-16
TEST(Verdict, IsTheDatasheetsForEachRecordedFrame) {
    const auto rows = ref::vectors("rx_frames.txt");
    ASSERT_GE(rows.size(), 40u);
    for (const auto& row : rows) {
        ParseOptions options;
        options.vxlan_port = static_cast<std::uint16_t>(std::stoul(row.at(1)));
        EXPECT_EQ(verdict_of(ref::from_hex(row.at(3)), options), row.at(2)) << row.at(0);
    }
}

TEST(Verdict, DoesNotDependOnBytesBehindTheDatagram) {
    for (const auto& row : ref::vectors("rx_frames.txt")) {
        ParseOptions options;
        options.vxlan_port = static_cast<std::uint16_t>(std::stoul(row.at(1)));
        EXPECT_EQ(verdict_of(ref::from_hex(row.at(3) + "5a5a5a"), options), row.at(2)) << row.at(0);
    }
}

// A UDP sum of 0 goes out as 0xffff (RFC 768) and is right as such.
TEST(Verdict, AcceptsTheUdpSumThatStandsForZero) {
    const Buffer frame = ref::ip_frame(ref::v4_addresses(), 17,
                                       ref::udp(ref::v4_addresses(), ref::from_hex("e8aa")));
    ASSERT_EQ(ref::get16(frame, 14 + 20 + 6), 0xFFFF);
    EXPECT_EQ(verdict_of(frame), "IPCS L4CS UDPCS");
}

TEST(Verdict, LeavesL4AloneWhenTheDatagramIsCutOff) {
    Buffer frame =
        ref::ip_frame(ref::v4_addresses(), 6, ref::tcp(ref::v4_addresses(), ref::counting(50)));
    frame.resize(frame.size() - 1);
    EXPECT_EQ(verdict_of(frame), "IPCS");
}

TEST(Verdict, LeavesUdpAloneWhenItsLengthIsNotTheDatagrams) {
    Buffer udp = ref::udp(ref::v4_addresses(), ref::counting(50));
    ref::put16(udp, 4, 57);
    EXPECT_EQ(verdict_of(ref::ip_frame(ref::v4_addresses(), 17, udp)), "IPCS");
}

TEST(Verdict, LeavesAShortSctpPacketAlone) {
    EXPECT_EQ(verdict_of(ref::ip_frame(ref::v4_addresses(), 132, ref::counting(11))), "IPCS");
}

TEST(Verdict, ChecksSctpWithoutChunks) {
    EXPECT_EQ(verdict_of(ref::ip_frame(ref::v4_addresses(), 132, ref::sctp({}))), "IPCS L4CS");
}

TEST(Verdict, LeavesL4AloneWhenTheLengthEndsInsideTheIpHeader) {
    Buffer packet = ref::ipv4(ref::v4_addresses(), 6, ref::tcp(ref::v4_addresses(), {}));
    ref::put16(packet, 2, 19);
    ref::put16(packet, 10, 0);
    ref::put16(packet, 10, static_cast<std::uint16_t>(~ref::sum(ConstBytes(packet).first(20))));
    EXPECT_EQ(verdict_of(ref::ethernet(0x0800, packet)), "IPCS");
}

TEST(Verdict, BelievesAPeerThatVouchesForL4) {
    Buffer tcp = ref::tcp(ref::v4_addresses(), ref::counting(10));
    ref::put16(tcp, 16, 0x1111);
    const Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, tcp);
    EXPECT_EQ(verdict_of(frame), "IPCS L4CS L4E");
    EXPECT_EQ(verdict_of(frame, {}, L4Trust::vouched), "IPCS L4CS");
}

TEST(Verdict, DoesNotLetAVouchingPeerInventAUdpChecksum) {
    Buffer udp = ref::udp(ref::v4_addresses(), ref::counting(10));
    ref::put16(udp, 6, 0);
    EXPECT_EQ(verdict_of(ref::ip_frame(ref::v4_addresses(), 17, udp), {}, L4Trust::vouched),
              "IPCS");
}

}  // namespace
}  // namespace ixgbe
