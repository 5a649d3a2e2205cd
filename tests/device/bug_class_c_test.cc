// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class C: header parsing, checksum offsets, fragment arithmetic.

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "hostile_rig.h"
#include "lso_request.h"

namespace x550 {
namespace {

constexpr std::size_t kMinFrame = 60;

struct TxHostileRig : HostileRig {
    TxRing tx{driver, 0, {.size = 4096}};

    // One packet with its own context; what came out of it.
    std::vector<SentFrame> transmit(const Context& context, const Frame& frame,
                                    const TxRing::Flags& flags,
                                    const std::vector<std::size_t>& pieces = {}) {
        host.forget();
        tx.put_context(context);
        const std::uint32_t index = tx.put_packet(frame, flags, pieces);
        tx.kick();
        expect_bounded();
        EXPECT_TRUE(tx.done(index)) << "whatever becomes of the packet, its descriptor is done";
        return host.sent;
    }
};

Frame padded(Frame frame) {
    frame.resize(std::max(frame.size(), kMinFrame));
    return frame;
}

Frame cut_to(Frame frame, std::size_t bytes) {
    frame.resize(bytes);
    return frame;
}

Frame tcp_frame(std::size_t payload = 100) {
    return FrameBuilder().ipv4("192.0.2.1", "198.51.100.2").tcp(1, 2).payload(payload).build();
}

constexpr std::uint32_t kAllChecksums = TxData::ixsm | TxData::txsm;

// ---- C10: header lengths that cannot be, and frames that end early ----

TEST(BugClassC10, HeaderLengthInsideTheIpHeaderIsNotBelieved) {
    // IHL 0 to 15, which includes IHL below 5 and IHL beyond the frame; the device goes by IPLEN.
    TxHostileRig rig;
    for (unsigned ihl = 0; ihl < 16; ++ihl) {
        Frame request = tcp_frame(4);
        request[kEthBytes] = static_cast<std::uint8_t>(0x40 | ihl);
        put_be16(request, kEthBytes + 10, 0);
        seed_l4_checksum(request, kEthBytes, kEthBytes + kIpv4Bytes);
        const auto sent = rig.transmit({.type = TxContext::l4_tcp | TxContext::ipv4}, request,
                                       {.options = kAllChecksums});
        ASSERT_EQ(sent.size(), 1u) << ihl;
        const auto header = std::span(sent[0].bytes).subspan(kEthBytes, kIpv4Bytes);
        EXPECT_EQ(ones_sum(header), 0xFFFF) << ihl;
    }
    rig.expect_alive();
}

TEST(BugClassC10, SegmentationDoesNotBelieveTheHeaderLengthEither) {
    TxHostileRig rig;
    for (unsigned ihl = 0; ihl < 16; ++ihl) {
        const Lso lso = tcp4(3000, 1000);
        Frame request = lso.request();
        request[kEthBytes] = static_cast<std::uint8_t>(0x40 | ihl);
        const auto sent = rig.transmit(
            {.l4len = kTcpBytes, .mss = 1000, .type = TxContext::l4_tcp | TxContext::ipv4}, request,
            {.command = kLast | TxData::tse, .options = kAllChecksums, .paylen = 3000});
        ASSERT_EQ(sent.size(), 3u) << ihl;
        EXPECT_EQ(sent[2].bytes.size(), 1054u) << ihl;
    }
    rig.expect_alive();
}

TEST(BugClassC10, FrameOfATagAloneIsSentAsItIs) {
    TxHostileRig rig;
    Frame frame = plain_frame(18);
    put_be16(frame, 12, 0x8100);
    for (const std::size_t bytes : {14u, 15u, 16u, 17u, 18u}) {
        const Frame cut = cut_to(frame, bytes);
        const auto plain = rig.transmit({}, cut, {});
        ASSERT_EQ(plain.size(), 1u) << bytes;
        EXPECT_TRUE(same_bytes(padded(cut), plain[0].bytes));
        // With a second tag from the descriptor, and a first one that may be an outer tag.
        rig.driver.set<DMATXCTL>(DMATXCTL::gdv);
        rig.driver.write<EXVET_T>(0x8100u << 16);
        const auto tagged = rig.transmit({.vlan = 5}, cut, {.command = kLast | TxData::vle});
        ASSERT_EQ(tagged.size(), 1u) << bytes;
        EXPECT_EQ(tagged[0].bytes.size(), kMinFrame);
        rig.driver.clear<DMATXCTL>(DMATXCTL::gdv);
    }
    rig.expect_alive();
}

TEST(BugClassC10, TruncatedDoubleTagsAreReceivedWithinTheFrame) {
    TxHostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 128, .rxdctl = RXDCTL::vme});
    rig.driver.set<CTRL_EXT>(CTRL_EXT::extended_vlan);
    const Frame whole = FrameBuilder()
                            .vlan(7, 0x88A8)
                            .vlan(8)
                            .ipv4("192.0.2.1", "192.0.2.2")
                            .tcp(1, 2)
                            .payload(20)
                            .build();
    for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
        const Frame exact = cut_to(whole, bytes);  // the sanitizer sees one byte too many
        (void)rig.machine.receive(exact);
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassC10, EveryShortFrameWithEveryOffload) {
    TxHostileRig rig;
    for (const std::uint32_t options :
         {0u, std::uint32_t{TxData::ixsm}, std::uint32_t{TxData::txsm}, kAllChecksums}) {
        for (const std::uint32_t type :
             {TxContext::l4_udp, TxContext::l4_tcp, TxContext::l4_sctp, TxContext::l4_none}) {
            for (std::size_t bytes = 1; bytes <= kMinFrame; ++bytes) {
                const Frame frame = cut_to(tcp_frame(), bytes);
                const auto sent =
                    rig.transmit({.type = type | TxContext::ipv4}, frame, {.options = options});
                // 13 bytes is the least: DS 7.2.3.2.2. All bytes or none.
                EXPECT_LE(sent.size(), bytes < 13 ? 0u : 1u) << bytes;
                if (!sent.empty()) {
                    EXPECT_EQ(sent[0].bytes.size(), kMinFrame);
                }
                if (options == 0) {
                    EXPECT_EQ(sent.size(), bytes < 13 ? 0u : 1u) << bytes;
                }
            }
        }
    }
    rig.expect_alive();
}

// ---- C11: SCTP shorter than its header ----

TEST(BugClassC11, SctpChecksumOfAPacketShorterThanItsHeader) {
    TxHostileRig rig;
    const Frame whole = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").sctp(1, 2).build();
    constexpr std::size_t l4 = kEthBytes + kIpv4Bytes;
    for (std::size_t bytes = 0; bytes <= 12; ++bytes) {
        const Frame frame = cut_to(whole, l4 + bytes);
        for (std::size_t first = 1; first < frame.size(); first += 3) {  // across two buffers
            const auto sent = rig.transmit({.type = TxContext::l4_sctp}, frame,
                                           {.options = TxData::txsm}, {first});
            EXPECT_EQ(sent.size(), bytes < 12 ? 0u : 1u) << bytes << " cut at " << first;
        }
        if (bytes > 0) {  // every byte in a buffer of its own
            const auto sent =
                rig.transmit({.type = TxContext::l4_sctp}, frame, {.options = TxData::txsm},
                             std::vector<std::size_t>(frame.size() - 1, 1));
            EXPECT_EQ(sent.size(), bytes < 12 ? 0u : 1u) << bytes;
        }
    }
    rig.expect_alive();
}

// ---- C12: segmentation of what is not IP ----

TEST(BugClassC12, SegmentationOfAnyEtherTypeGoesByLengths) {
    for (const unsigned peer : {0u, kPeerAll}) {
        TxHostileRig rig;
        ixgbe_set_peer(rig.machine.device(), peer);
        // ARP, MPLS, PPPoE, a length, garbage, a tag without anything behind it
        for (const std::uint16_t type : std::to_array<std::uint16_t>(
                 {0x0806, 0x8847, 0x8864, 0x0100, 0xFFFF, 0x8100, 0x0000, 0x86DD})) {
            Frame request = tcp4(2500, 1000).request();
            put_be16(request, 12, type);
            const auto sent = rig.transmit(
                {.l4len = kTcpBytes, .mss = 1000, .type = TxContext::l4_tcp | TxContext::ipv4},
                request,
                {.command = kLast | TxData::tse, .options = kAllChecksums, .paylen = 2500});
            ASSERT_EQ(sent.size(), 3u) << std::hex << type;
            Frame joined;
            for (const SentFrame& frame : sent) {
                EXPECT_TRUE(frame.finished()) << "nobody else can cut it";
                EXPECT_EQ(be16_at(frame.bytes, 12), type);
                joined.insert(joined.end(), frame.bytes.begin() + 54, frame.bytes.end());
            }
            EXPECT_EQ(joined, pattern(2500));
        }
        rig.expect_alive();
    }
}

TEST(BugClassC12, SegmentationOfAGarbagePacketIsSurvived) {
    TxHostileRig rig;
    for (const std::uint32_t type : {TxContext::l4_udp, TxContext::l4_tcp, TxContext::l4_sctp,
                                     TxContext::l4_none, TxContext::l4_tcp | TxContext::ipv4}) {
        const auto sent =
            rig.transmit({.iplen = 40, .l4len = 20, .mss = 100, .type = type}, Frame(1000, 0xFF),
                         {.command = kLast | TxData::tse | TxData::outer_ip_cs,
                          .options = kAllChecksums,
                          .paylen = 1000 - 74});
        EXPECT_TRUE(sent.empty()) << "OUTERIPLEN is 0";
    }
    rig.expect_alive();
}

// ---- C13: extension headers on the way to the hash ----

TEST(BugClassC13, HashOfIpv6ExtensionHeadersReadsWithinTheFrame) {
    HostileRig rig;
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    RxRing rx(rig.driver, 0, {.size = 256, .type = RxDescriptorType::header_split});
    // Routing headers of both types with segments left, home address, fragment, and lengths that
    // reach to the end of the frame, one byte further and far away.
    const std::vector<Frame> bodies = {
        {0, 1, 0, 0, 0, 0},      {2, 1, 0, 0, 0, 0}, {0xC9, 16, 0, 0, 0, 0},
        {0xC9, 255, 0, 0, 0, 0}, {0, 0, 0, 1, 0, 0},
    };
    for (const std::uint8_t type : std::to_array<std::uint8_t>({0, 43, 44, 51, 60, 135})) {
        for (const Frame& body : bodies) {
            const Frame whole = FrameBuilder()
                                    .ipv6("2001:db8::1", "2001:db8::2")
                                    .extension(type, body)
                                    .tcp(1, 2)
                                    .payload(40)
                                    .build();
            for (const std::uint8_t length : std::to_array<std::uint8_t>({0, 1, 7, 8, 255})) {
                Frame frame = whole;
                frame[kEthBytes + kIpv6Bytes + 1] = length;
                for (std::size_t bytes = frame.size(); bytes >= kEthBytes; bytes -= 9) {
                    (void)rig.machine.receive(cut_to(frame, bytes));
                }
                (void)rx.take_all();
                rx.fill_all();
            }
        }
    }
    rig.expect_bounded();
    rig.expect_alive();
}

// ---- C14: offsets beyond the packet ----

// NOLINTNEXTLINE(readability-function-cognitive-complexity): every combination
TEST(BugClassC14, ChecksumsBeyondThePacketAreNotWritten) {
    TxHostileRig rig;
    for (const std::uint32_t maclen : {0u, 13u, 14u, 59u, 60u, 127u}) {
        for (const std::uint32_t iplen : {0u, 19u, 20u, 44u, 46u, 511u}) {
            for (const std::uint32_t type :
                 {TxContext::l4_udp, TxContext::l4_tcp, TxContext::l4_sctp, TxContext::l4_none}) {
                for (const std::uint32_t options :
                     {std::uint32_t{TxData::ixsm}, std::uint32_t{TxData::txsm}}) {
                    const Frame frame = plain_frame(60);
                    const auto sent = rig.transmit({.maclen = maclen, .iplen = iplen, .type = type},
                                                   frame, {.options = options}, {20, 20});
                    const std::size_t l4 = std::size_t{maclen} + iplen;
                    const std::size_t field = type == TxContext::l4_udp   ? l4 + 8
                                              : type == TxContext::l4_tcp ? l4 + 18
                                                                          : l4 + 12;
                    const bool ip_fits = iplen >= 20 && l4 <= 60;
                    const bool fits = options == TxData::ixsm      ? ip_fits
                                      : type == TxContext::l4_none ? true
                                                                   : field <= 60;
                    ASSERT_EQ(sent.size(), fits ? 1u : 0u) << maclen << " " << iplen << " " << type;
                    if (fits) {
                        EXPECT_EQ(sent[0].bytes.size(), 60u);
                    } else {
                        EXPECT_FALSE(rig.host.guest_errors.empty());
                    }
                }
            }
        }
    }
    rig.expect_alive();
}

TEST(BugClassC14, TunnelOffsetsBeyondThePacketAreNotWritten) {
    TxHostileRig rig;
    for (const std::uint32_t outer : {0u, 19u, 20u, 46u, 47u, 255u}) {
        for (const std::uint32_t tunnel : {0u, 26u, 27u, 255u}) {
            const auto sent = rig.transmit(
                {.iplen = 20,
                 .type = TxContext::l4_none | TxContext::ipv4,
                 .outer_iplen = outer,
                 .tunnellen = tunnel},
                plain_frame(60), {.command = kLast | TxData::outer_ip_cs, .options = TxData::ixsm});
            const bool fits = outer >= 20 && 14 + outer + tunnel + 20 <= 60;
            EXPECT_EQ(sent.size(), fits ? 1u : 0u) << outer << " " << tunnel;
        }
    }
    rig.expect_alive();
}

TEST(BugClassC14, LegacyChecksumOffsetsBeyondThePacketChangeNothing) {
    TxHostileRig rig;
    const Frame frame = plain_frame(60);
    for (const std::uint32_t cso : {59u, 60u, 255u}) {
        for (const std::uint32_t css : {0u, 60u, 61u, 255u}) {
            rig.host.forget();
            rig.tx.put_legacy(frame, TxLegacy::eop | TxLegacy::ifcs | TxLegacy::rs | TxLegacy::ic,
                              cso, css << TxLegacy::css_shift);
            rig.tx.kick();
            rig.expect_bounded();
            ASSERT_EQ(rig.host.sent.size(), 1u);
            EXPECT_TRUE(same_bytes(frame, rig.host.sent[0].bytes)) << cso << " " << css;
        }
    }
    rig.expect_alive();
}

}  // namespace
}  // namespace x550
