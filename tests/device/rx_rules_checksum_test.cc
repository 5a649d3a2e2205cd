// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for checksums of frames that arrive. Numbers of rules are
// those of the table in docs/coverage.md; what each kind of packet reports: X550 DS 7.1.11.

#include <gtest/gtest.h>
#include <span>

#include "hex.h"
#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kIpcs = RxWriteBack::ipcs, kL4cs = RxWriteBack::l4cs,
                        kUdpcs = RxWriteBack::udpcs, kIpe = RxWriteBack::ipe,
                        kL4e = RxWriteBack::l4e;
constexpr std::uint32_t kVerdict = kIpcs | kL4cs | kUdpcs | kIpe | kL4e;
constexpr std::size_t kTotalLength = kEthBytes + 2, kTtl = kEthBytes + 8;

FrameBuilder flow(bool v6) {
    return v6 ? FrameBuilder().ipv6("2001:db8::1", "2001:db8::2")
              : FrameBuilder().ipv4("192.0.2.1", "198.51.100.2");
}
FrameBuilder with_l4(FrameBuilder builder, bool udp, std::size_t payload) {
    if (udp) {
        builder.udp(1, 2);
    } else {
        builder.tcp(1, 2);
    }
    return builder.payload(payload);
}
std::uint32_t good(bool v6, bool udp) {
    return kL4cs | (v6 ? 0 : kIpcs) | (udp ? kUdpcs : 0);
}

Frame spoiled(Frame frame, std::size_t at) {
    frame.at(at) = static_cast<std::uint8_t>(frame.at(at) ^ 0x40);
    return frame;
}

struct VerdictRig : Rig {
    RxRing rx;

    explicit VerdictRig(std::uint32_t rxdctl = 0) : rx(driver, 0, {.size = 16, .rxdctl = rxdctl}) {}

    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        auto packet = rx.take();
        rx.fill_all();
        EXPECT_TRUE(packet);
        return packet.value_or(RxPacket{{}, {}, {{0, 0, 0, 0}}, false});
    }
    std::uint32_t verdict(const Frame& frame) { return deliver(frame).status() & kVerdict; }
    std::uint32_t verdict(const FrameBuilder& builder) { return verdict(builder.build()); }
};

// Rule CSUM-15: a wrong frame is delivered like any other, byte for byte, and counted as good.
TEST(RuleRxCsum, WrongFramesAreDeliveredAsTheyCame) {
    VerdictRig rig;
    const Frame right = with_l4(flow(false), false, 100).build();
    for (const std::size_t at : {kTtl, right.size() - 1}) {
        const Frame wrong = spoiled(right, at);
        const RxPacket packet = rig.deliver(wrong);
        EXPECT_TRUE(same_bytes(wrong, packet.bytes));
        EXPECT_NE(packet.status() & (kIpe | kL4e), 0u);
    }
    EXPECT_EQ(rig.driver.read<GPRC>(), 2u);
    EXPECT_EQ(rig.driver.read<QPRDC>(0), 0u);
}

// Rule CSUM-8: the range is that of the IP length; what follows in the frame is not summed,
// whatever it is.
TEST(RuleRxCsum, BytesBehindTheDatagramAreNotSummed) {
    VerdictRig rig;
    for (const bool v6 : {false, true}) {
        for (const bool udp : {false, true}) {
            Frame frame = with_l4(flow(v6), udp, 1).build();
            frame.resize(frame.size() + 23, 0x5A);
            EXPECT_EQ(rig.verdict(frame), good(v6, udp)) << v6 << udp;
        }
    }
}

// Rule CSUM-9: options of IPv4 and of TCP are part of their sums.
TEST(RuleRxCsum, OptionsAreSummed) {
    VerdictRig rig;
    const FrameBuilder four = flow(false).ip_options().tcp(1, 2).tcp_timestamps().payload(50);
    const Frame frame = four.build();
    EXPECT_EQ(rig.verdict(frame), kIpcs | kL4cs);
    EXPECT_EQ(rig.verdict(spoiled(frame, kEthBytes + 22)), kIpcs | kL4cs | kIpe);
    EXPECT_EQ(rig.verdict(spoiled(frame, four.l4_offset() + 24)), kIpcs | kL4cs | kL4e);
    const FrameBuilder six = flow(true).tcp(1, 2).tcp_timestamps().payload(50);
    EXPECT_EQ(rig.verdict(six), kL4cs);
    EXPECT_EQ(rig.verdict(spoiled(six.build(), six.l4_offset() + 24)), kL4cs | kL4e);
}

// A destination options or hop-by-hop header of that many bytes.
Frame options_of(std::size_t bytes) {
    Frame body(bytes - 2);
    body[0] = 1;  // PadN
    body[1] = static_cast<std::uint8_t>(bytes - 4);
    return body;
}

// Rule CSUM-10: 128 bytes of extension headers, and more.
TEST(RuleRxCsum, ExtensionHeadersArePassedOver) {
    VerdictRig rig;
    for (const std::size_t bytes : {std::size_t{64}, std::size_t{128}, std::size_t{256}}) {
        for (const bool udp : {false, true}) {
            FrameBuilder builder = with_l4(flow(true), udp, 50);
            builder.extension(0, options_of(bytes)).extension(60, options_of(bytes));
            const Frame frame = builder.build();
            EXPECT_EQ(rig.verdict(frame), good(true, udp)) << bytes;
            EXPECT_EQ(rig.verdict(spoiled(frame, frame.size() - 1)), good(true, udp) | kL4e);
        }
    }
}

// Rules CSUM-10 and CSUM-13: with a route to go or a home address the header's addresses are not
// those of the sum. The X550 does not check such packets and says neither.
TEST(RuleRxCsum, UnfinishedRoutesAndHomeAddressesAreNotChecked) {
    VerdictRig rig;
    const Frame address = from_hex("20010db8000000000000000000000099");
    const auto verdict = [&](std::uint8_t type, Frame body) {
        body.insert(body.end(), address.begin(), address.end());
        return rig.verdict(flow(true).extension(type, body).tcp(1, 2).payload(50));
    };
    EXPECT_EQ(verdict(43, {2, 1, 0, 0, 0, 0}), 0u) << "one segment left";
    EXPECT_EQ(verdict(43, {2, 0, 0, 0, 0, 0}), kL4cs) << "arrived";
    EXPECT_EQ(verdict(60, {1, 2, 0, 0, 0xC9, 16}), 0u) << "home address";
}

// Rule CSUM-16 wants a verdict on both headers; the X550 checks the outer one only.
TEST(RuleRxCsum, IpInIpIsJudgedByItsOuterHeader) {
    VerdictRig rig;
    const Frame inner = with_l4(flow(false), false, 50).build();
    const Frame frame = FrameBuilder()
                            .ipv4("203.0.113.1", "203.0.113.2")
                            .protocol(4)
                            .payload(Frame(inner.begin() + kEthBytes, inner.end()))
                            .build();
    EXPECT_EQ(rig.verdict(frame), kIpcs);
    EXPECT_EQ(rig.verdict(spoiled(frame, kTtl)), kIpcs | kIpe);
    EXPECT_EQ(rig.verdict(spoiled(frame, kTtl + kIpv4Bytes)), kIpcs) << "inner header";
    EXPECT_EQ(rig.verdict(spoiled(frame, frame.size() - 1)), kIpcs) << "inner payload";
}

// Rule CSUM-17: the only switch of the chip is RFCTL, for IPv6 (IPV6_DIS) and for what is behind
// its extension headers (IPV6_EX_DIS).
TEST(RuleRxCsum, Ipv6CanBeSwitchedOff) {
    constexpr std::uint32_t kIpv6Dis = bit(10);
    constexpr std::uint32_t kIpv6ExDis = bit(16);
    VerdictRig rig;
    const FrameBuilder plain = flow(true).tcp(1, 2).payload(50);
    const FrameBuilder extended = flow(true).extension(60, options_of(8)).tcp(1, 2).payload(50);
    rig.driver.set<RFCTL>(kIpv6ExDis);
    EXPECT_EQ(rig.verdict(plain), kL4cs);
    EXPECT_EQ(rig.verdict(extended), 0u);
    rig.driver.set<RFCTL>(kIpv6Dis);
    EXPECT_EQ(rig.verdict(plain), 0u);
    EXPECT_EQ(rig.verdict(flow(false).tcp(1, 2).payload(50)), kIpcs | kL4cs);
    rig.driver.clear<RFCTL>(kIpv6Dis | kIpv6ExDis);
    EXPECT_EQ(rig.verdict(plain), kL4cs);
    EXPECT_EQ(rig.verdict(extended), kL4cs);
}

// Rules CSUM-5 and CSUM-19, vector of section 7.2: a UDP checksum of FFFF stands for 0.
TEST(RuleRxCsum, AllOnesStandForUdpZero) {
    VerdictRig rig;
    Frame frame = flow(false).udp(5000, 6000).payload(from_hex("e8aa")).build();
    put_be16(frame, kEthBytes + kIpv4Bytes + 6, 0xFFFF);
    EXPECT_EQ(rig.verdict(frame), kIpcs | kL4cs | kUdpcs);
}

// Rules CSUM-21 and COMBO-6: a tag, stripped or not, or two of them, change no verdict.
void expect_tags_do_not_matter(VerdictRig& rig, bool two_tags) {
    for (const bool v6 : {false, true}) {
        for (const bool udp : {false, true}) {
            FrameBuilder builder = with_l4(flow(v6), udp, 100);
            if (two_tags) {
                builder.vlan(7, 0x88A8);
            }
            const Frame frame = builder.vlan(9).build();
            EXPECT_EQ(rig.verdict(frame), good(v6, udp)) << v6 << udp;
            EXPECT_EQ(rig.verdict(spoiled(frame, frame.size() - 1)), good(v6, udp) | kL4e);
        }
    }
}

TEST(RuleRxCsum, TaggedFramesAreJudgedLikeOthers) {
    for (const std::uint32_t rxdctl : {0u, RXDCTL::vme}) {
        VerdictRig rig(rxdctl);
        expect_tags_do_not_matter(rig, false);
        rig.driver.set<CTRL_EXT>(CTRL_EXT::extended_vlan);
        rig.driver.write<EXVET>(0x88A8u << 16);
        expect_tags_do_not_matter(rig, true);
    }
}

// Rule CSUM-24: of lengths that cannot be, nothing is concluded.
TEST(RuleRxCsum, ImpossibleLengthsAreNotBelieved) {
    VerdictRig rig;
    const Frame tcp = with_l4(flow(false), false, 50).build();
    Frame short_header = tcp;
    short_header[kEthBytes] = 0x44;
    EXPECT_EQ(rig.verdict(short_header), 0u);
    for (const unsigned total : {19u, 39u, 91u, 0xFFFFu}) {  // the right one is 90
        Frame frame = tcp;
        put_be16(frame, kTotalLength, static_cast<std::uint16_t>(total));
        put_be16(frame, kEthBytes + 10, 0);
        const auto header = std::span<const std::uint8_t>(frame).subspan(kEthBytes, kIpv4Bytes);
        put_be16(frame, kEthBytes + 10, static_cast<std::uint16_t>(~ones_sum(header)));
        EXPECT_EQ(rig.verdict(frame) & (kL4cs | kL4e), 0u) << total;
    }
    Frame udp = with_l4(flow(false), true, 50).build();
    put_be16(udp, kEthBytes + kIpv4Bytes + 4, 57);  // the right one is 58
    EXPECT_EQ(rig.verdict(udp), kIpcs);
}

}  // namespace
}  // namespace x550
