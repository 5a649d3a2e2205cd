// SPDX-License-Identifier: GPL-2.0-or-later
// Parsing, verdicts and hashes of random, damaged and cut-off frames.
#include <algorithm>
#include <gtest/gtest.h>
#include <tins/tins.h>

#include "engine_reference.h"
#include "net/checksum.h"
#include "net/parse.h"
#include "net/toeplitz.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using ref::Buffer;
using ref::Dice;
using ref::Exact;
using ref::operator+;  // NOLINT(misc-unused-using-decls): it is used

constexpr int kCases = 10'000;
constexpr ParseOptions kOptions{.outer_vlan_ethertype = 0x88A8, .vxlan_port = 4789};
constexpr RssTypes kAllTypes{.ipv4 = true,
                             .tcp_ipv4 = true,
                             .ipv6 = true,
                             .tcp_ipv6 = true,
                             .udp_ipv4 = true,
                             .udp_ipv6 = true};

struct Sample {
    Buffer frame;
    ref::Addresses addresses;   // innermost
    std::uint8_t protocol = 0;  // 6 or 17
    std::size_t l4_offset = 0;  // innermost
    bool tunnel = false;
};

Buffer random_l4(Dice& dice, const Sample& s) {
    const Buffer payload = dice.bytes(dice.between(0, 1400));
    const auto src = static_cast<std::uint16_t>(dice.between(0, 65535));
    if (s.protocol == 17) {
        return ref::udp(s.addresses, payload, src, 6000);
    }
    return ref::tcp(
        s.addresses, payload,
        {.src_port = src,
         .options = dice.coin() ? Buffer{} : ref::from_hex("0101080a0000000100000002")});
}

Buffer random_packet(Dice& dice, const ref::Addresses& a, std::uint8_t protocol,
                     const Buffer& payload) {
    if (a.v4()) {
        return ref::ipv4(a, protocol, payload,
                         dice.coin() ? Buffer{} : Buffer(4 * dice.between(1, 10), std::byte{1}));
    }
    return dice.coin()
               ? ref::ipv6(a, protocol, payload)
               : ref::ipv6(a, 0, ref::ipv6_options(protocol, 8 * dice.between(1, 20)) + payload);
}

ref::Addresses random_addresses(Dice& dice) {
    const std::size_t length = dice.coin() ? 4 : 16;
    return {dice.bytes(length), dice.bytes(length)};
}

Buffer random_tags(Dice& dice) {
    const Buffer inner = dice.coin()
                             ? Buffer{}
                             : ref::tag(0x8100, static_cast<std::uint16_t>(dice.between(0, 65535)));
    return dice.between(0, 3) == 0 ? ref::tag(0x88A8, 5) + inner : inner;
}

Buffer frame_of(const ref::Addresses& a, const Buffer& packet, const Buffer& tags) {
    return ref::ethernet(a.v4() ? 0x0800 : 0x86DD, packet, tags);
}

Sample random_sample(Dice& dice) {
    Sample s;
    s.addresses = random_addresses(dice);
    s.protocol = dice.coin() ? 6 : 17;
    const Buffer l4 = random_l4(dice, s);
    const Buffer packet = random_packet(dice, s.addresses, s.protocol, l4);
    s.frame = frame_of(s.addresses, packet, random_tags(dice));
    s.tunnel = dice.between(0, 2) == 0;
    if (s.tunnel) {
        const ref::Addresses outer = random_addresses(dice);
        const Buffer inner = frame_of(s.addresses, packet, {});
        Buffer datagram = ref::nvgre(inner);
        const bool vxlan = dice.coin();
        if (vxlan) {
            datagram = ref::udp(outer, ref::vxlan(inner), 50000, 4789);
            ref::put16(datagram, 6, 0);
        }
        s.frame = frame_of(outer, random_packet(dice, outer, vxlan ? 17 : 47, datagram),
                           random_tags(dice));
    }
    s.l4_offset = s.frame.size() - l4.size();
    if (dice.coin()) {
        s.frame = s.frame + dice.bytes(dice.between(0, 40));  // Ethernet padding
    }
    return s;
}

void expect_inside(std::size_t offset, std::size_t length, std::size_t end) {
    ASSERT_LE(offset, end);
    ASSERT_LE(length, end - offset);
}

void expect_bounded(const Layer3& ip, std::size_t size) {
    if (!ip.present()) {
        return;
    }
    ASSERT_LE(ip.payload_end, size);
    expect_inside(ip.offset, ip.header_len, size);
    expect_inside(ip.src_offset, 2 * ip.address_len(), size);
    if (ip.l4.valid) {
        expect_inside(ip.l4.offset, ip.l4.header_len, ip.payload_end);
        ASSERT_EQ(ip.l4.payload_offset, ip.l4.offset + ip.l4.header_len);
    }
}

TEST(PacketProperty, WholeFramesAreParsedAndFoundGood) {
    Dice dice(7'001);
    for (int i = 0; i < kCases; ++i) {
        const Sample s = random_sample(dice);
        const Exact frame(s.frame);
        const PacketInfo info = parse(frame.bytes(), kOptions);
        const Layer3& ip = info.innermost();
        ASSERT_EQ(info.has_inner(), s.tunnel) << ref::to_hex(s.frame);
        ASSERT_EQ(ip.protocol, s.protocol) << ref::to_hex(s.frame);
        ASSERT_TRUE(ip.l4.valid) << ref::to_hex(s.frame);
        ASSERT_EQ(ip.l4.offset, s.l4_offset) << ref::to_hex(s.frame);
        const ChecksumVerdict verdict = verify(frame.bytes(), info);
        ASSERT_EQ(verdict.ip_checked, s.addresses.v4()) << ref::to_hex(s.frame);
        ASSERT_TRUE(verdict.l4_checked) << ref::to_hex(s.frame);
        ASSERT_FALSE(verdict.ip_bad || verdict.l4_bad || verdict.outer_bad) << ref::to_hex(s.frame);
    }
}

// Ports only: their bits change nothing but the sum.
TEST(PacketProperty, EveryFlippedBitIsNoticed) {
    Dice dice(7'002);
    for (int i = 0; i < kCases; ++i) {
        Sample s = random_sample(dice);
        const std::size_t at = s.l4_offset + dice.between(0, 3);
        s.frame[at] ^= static_cast<std::byte>(1u << dice.between(0, 7));
        const Exact frame(s.frame);
        const ChecksumVerdict verdict = verify(frame.bytes(), parse(frame.bytes(), kOptions));
        ASSERT_TRUE(verdict.l4_checked && verdict.l4_bad) << at << " " << ref::to_hex(s.frame);
    }
}

// What libtins, which knows nothing of us, says about the same bytes.
TEST(PacketProperty, AgreesWithLibtinsAboutAddressesAndPorts) {
    Dice dice(7'003);
    for (int i = 0; i < kCases / 4; ++i) {
        const Sample s = random_sample(dice);
        if (s.tunnel) {
            continue;
        }
        std::vector<std::uint8_t> raw(s.frame.size());
        std::transform(s.frame.begin(), s.frame.end(), raw.begin(), ref::u8);
        Tins::EthernetII packet(raw.data(), static_cast<std::uint32_t>(raw.size()));
        const PacketInfo info = parse(s.frame, kOptions);
        const Layer4& l4 = info.outer.l4;
        if (const auto* tcp = packet.find_pdu<Tins::TCP>()) {
            ASSERT_TRUE(l4.is(L4Kind::tcp)) << ref::to_hex(s.frame);
            ASSERT_EQ(ref::get16(s.frame, l4.offset), tcp->sport()) << ref::to_hex(s.frame);
            ASSERT_EQ(l4.header_len, tcp->data_offset() * 4u) << ref::to_hex(s.frame);
        }
        if (const auto* udp = packet.find_pdu<Tins::UDP>()) {
            ASSERT_TRUE(l4.is(L4Kind::udp)) << ref::to_hex(s.frame);
            ASSERT_EQ(ref::get16(s.frame, l4.offset), udp->sport()) << ref::to_hex(s.frame);
        }
        if (const auto* ip = packet.find_pdu<Tins::IP>()) {
            ASSERT_EQ(info.outer.kind, L3Kind::ipv4) << ref::to_hex(s.frame);
            ASSERT_EQ(info.outer.header_len, ip->head_len() * 4u) << ref::to_hex(s.frame);
        }
    }
}

TEST(PacketProperty, HashesWhatTheReferenceHashes) {
    Dice dice(7'004);
    const Buffer key_bytes = dice.bytes(40);
    const ToeplitzKey key(std::span<const std::byte, 40>(key_bytes.data(), 40));
    for (int i = 0; i < kCases; ++i) {
        const Sample s = random_sample(dice);
        const auto hash = rss_hash(key, s.frame, parse(s.frame, kOptions), kAllTypes);
        Buffer input = s.addresses.src + s.addresses.dst;
        input.insert(input.end(), s.frame.begin() + static_cast<std::ptrdiff_t>(s.l4_offset),
                     s.frame.begin() + static_cast<std::ptrdiff_t>(s.l4_offset + 4));
        ASSERT_TRUE(hash) << ref::to_hex(s.frame);
        ASSERT_EQ(hash->hash, ref::toeplitz(key_bytes, input)) << ref::to_hex(s.frame);
    }
}

// Everything stays inside the frame (the sanitizers see to reads), and nothing loops.
TEST(PacketProperty, DamagedFramesStayInsideTheirBounds) {
    Dice dice(7'005);
    const ToeplitzKey key;
    for (int i = 0; i < kCases; ++i) {
        Sample s = random_sample(dice);
        for (std::size_t flips = dice.between(0, 6); flips > 0; --flips) {
            const std::size_t headers = std::min<std::size_t>(s.frame.size(), 150);
            s.frame[dice.between(0, headers - 1)] = static_cast<std::byte>(dice.between(0, 255));
        }
        if (dice.coin()) {
            s.frame.resize(dice.between(0, std::min<std::size_t>(s.frame.size(), 200)));
        }
        const Exact frame(s.frame);
        const PacketInfo info = parse(frame.bytes(), kOptions);
        expect_bounded(info.outer, s.frame.size());
        expect_bounded(info.inner, info.outer.payload_end);
        ASSERT_FALSE(HasFatalFailure()) << ref::to_hex(s.frame);
        const ChecksumVerdict verdict = verify(frame.bytes(), info);
        ASSERT_TRUE(verdict.ip_checked || !verdict.ip_bad) << ref::to_hex(s.frame);
        ASSERT_TRUE(verdict.l4_checked || !verdict.l4_bad) << ref::to_hex(s.frame);
        if (const auto hash = rss_hash(key, frame.bytes(), info, kAllTypes)) {
            ASSERT_TRUE(info.innermost().present()) << ref::to_hex(s.frame);
        }
    }
}

TEST(PacketProperty, NoiseStaysInsideItsBounds) {
    Dice dice(7'006);
    for (int i = 0; i < kCases; ++i) {
        Buffer noise = dice.bytes(dice.between(0, 120));
        if (noise.size() > 15) {
            ref::put16(noise, 12, dice.coin() ? 0x0800 : 0x86DD);
            noise[14] =
                static_cast<std::byte>(ref::get16(noise, 12) == 0x0800 ? dice.between(0x40, 0x4F)
                                                                       : dice.between(0x60, 0x6F));
        }
        const Exact frame(noise);
        const PacketInfo info = parse(frame.bytes(), kOptions);
        expect_bounded(info.outer, noise.size());
        expect_bounded(info.inner, info.outer.payload_end);
        ASSERT_FALSE(HasFatalFailure()) << ref::to_hex(noise);
        const ChecksumVerdict verdict = verify(frame.bytes(), info);
        ASSERT_TRUE(verdict.l4_checked || !verdict.l4_bad) << ref::to_hex(noise);
    }
}

}  // namespace
}  // namespace ixgbe
