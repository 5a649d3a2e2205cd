// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class C, segmentation: divisions, lengths that disagree, stale contexts, fragments.

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "hostile_rig.h"
#include "lso_request.h"

namespace x550 {
namespace {

struct LsoHostileRig : HostileRig {
    TxRing tx{driver, 0, {.size = 4096}};

    std::vector<SentFrame> send(const Context& context, const Frame& frame, std::uint32_t paylen,
                                const std::vector<std::size_t>& pieces = {}) {
        host.forget();
        tx.put_context(context);
        const std::uint32_t index = tx.put_packet(frame,
                                                  {.command = kLast | TxData::tse,
                                                   .options = TxData::txsm | TxData::ixsm,
                                                   .paylen = paylen},
                                                  pieces);
        tx.kick();
        expect_bounded();
        EXPECT_TRUE(tx.done(index));
        return host.sent;
    }
};

constexpr std::uint32_t kTcp4 = TxContext::l4_tcp | TxContext::ipv4;
constexpr std::uint32_t kHeaders = kEthBytes + kIpv4Bytes + kTcpBytes;

Frame joined_payload(const std::vector<SentFrame>& sent) {
    Frame bytes;
    for (const SentFrame& frame : sent) {
        EXPECT_TRUE(is_consistent(frame.bytes));
        const Decoded decoded = decode(frame.bytes).value_or(Decoded{});
        bytes.insert(bytes.end(), decoded.payload.begin(), decoded.payload.end());
    }
    return bytes;
}

// ---- C15: numbers that should have been checked ----

TEST(BugClassC15, MssOfZeroDividesNothing) {
    for (const unsigned peer : {0u, kPeerAll}) {
        LsoHostileRig rig;
        ixgbe_set_peer(rig.machine.device(), peer);
        for (const std::uint32_t payload : {0u, 1u, 5000u}) {
            const Frame request = tcp4(payload, 1).request();
            EXPECT_TRUE(
                rig.send({.l4len = kTcpBytes, .mss = 0, .type = kTcp4}, request, payload).empty());
            EXPECT_FALSE(rig.host.guest_errors.empty());
        }
        rig.expect_alive();
    }
}

TEST(BugClassC15, MssOfOneSendsEveryByte) {
    LsoHostileRig rig;
    const auto sent =
        rig.send({.l4len = kTcpBytes, .mss = 1, .type = kTcp4}, tcp4(2000, 1).request(), 2000);
    EXPECT_EQ(sent.size(), 2000u);
    EXPECT_EQ(joined_payload(sent), pattern(2000));
    rig.expect_alive();
}

TEST(BugClassC15, MssOfOneForTheLongestPayloadIsBoundedWork) {
    LsoHostileRig rig;
    Frame request = tcp4(60'000, 1).request();
    const std::uint32_t index = [&] {
        rig.tx.put_context({.l4len = kTcpBytes, .mss = 1, .type = kTcp4});
        return rig.tx.put_packet(request, {.command = kLast | TxData::tse,
                                           .options = TxData::txsm | TxData::ixsm,
                                           .paylen = 60'000});
    }();
    unsigned frames = 0;
    rig.host.on_send = [&](const SentFrame&) {
        ++frames;
        rig.host.sent.clear();
    };
    rig.tx.kick();
    rig.expect_bounded();
    EXPECT_EQ(frames, 60'000u);
    EXPECT_TRUE(rig.tx.done(index));
    rig.expect_alive();
}

TEST(BugClassC15, L4lenTooSmallForItsProtocolIsRefused) {
    LsoHostileRig rig;
    for (std::uint32_t l4len = 0; l4len < kTcpBytes; ++l4len) {
        const Frame request = tcp4(1000, 100).request();
        const std::uint32_t paylen = 1000 + kTcpBytes - l4len;  // the sum is right
        EXPECT_TRUE(rig.send({.l4len = l4len, .mss = 100, .type = kTcp4}, request, paylen).empty())
            << l4len;
    }
    for (std::uint32_t l4len = 0; l4len < kUdpBytes; ++l4len) {
        const Frame request = udp(false, 1000, 100).request();
        const std::uint32_t paylen = 1000 + kUdpBytes - l4len;
        EXPECT_TRUE(rig.send({.l4len = l4len, .mss = 100, .type = TxContext::ipv4}, request, paylen)
                        .empty())
            << l4len;
    }
    rig.expect_alive();
}

TEST(BugClassC15, PaylenThatDisagreesWithTheBuffersSendsNothing) {
    LsoHostileRig rig;
    const Frame request = tcp4(1000, 100).request();
    // Smaller than the headers, one off, none, all bits
    for (const std::uint32_t paylen : {0u, 1u, 53u, 54u, 999u, 1001u, 1054u, 0x3FFFFu}) {
        EXPECT_TRUE(
            rig.send({.l4len = kTcpBytes, .mss = 100, .type = kTcp4}, request, paylen).empty())
            << paylen;
        EXPECT_FALSE(rig.host.guest_errors.empty());
    }
    rig.expect_alive();
}

TEST(BugClassC15, PacketThatEndsInsideItsHeadersSendsNothing) {
    LsoHostileRig rig;
    const Frame whole = tcp4(10, 100).request();
    for (std::size_t bytes = 1; bytes < kHeaders; ++bytes) {
        Frame request = whole;
        request.resize(bytes);
        for (const std::uint32_t paylen : {0u, 10u, static_cast<std::uint32_t>(bytes)}) {
            EXPECT_TRUE(
                rig.send({.l4len = kTcpBytes, .mss = 100, .type = kTcp4}, request, paylen).empty())
                << bytes << " " << paylen;
        }
    }
    rig.expect_alive();
}

TEST(BugClassC15, SegmentationWithoutAContextSendsNothing) {
    for (const unsigned slot : {0u, 1u}) {
        LsoHostileRig rig;
        const std::uint32_t index =
            rig.tx.send(tcp4(1000, 100).request(),
                        {.command = kLast | TxData::tse,
                         .options = TxData::txsm | TxData::ixsm | slot << TxData::idx_shift,
                         .paylen = 1000});
        rig.expect_bounded();
        EXPECT_TRUE(rig.host.sent.empty());
        EXPECT_TRUE(rig.tx.done(index));
        rig.expect_alive();
    }
}

TEST(BugClassC15, ContextFromBeforeAResetIsForgotten) {
    const auto reset_by = {IXGBE_RESET_BUS, IXGBE_RESET_POWER_ON};
    for (unsigned kind = 0; kind < reset_by.size() + 2; ++kind) {
        LsoHostileRig rig;
        rig.tx.put_context({.l4len = kTcpBytes, .mss = 100, .vlan = 0x0123, .type = kTcp4});
        rig.tx.kick();
        rig.expect_bounded();
        if (kind < reset_by.size()) {
            ixgbe_reset(rig.machine.device(), reset_by.begin()[kind]);
            rig.driver.bring_up();
        } else if (kind == reset_by.size()) {
            rig.driver.bring_up();  // CTRL.RST
        }                           // and the last one: TXDCTL.ENABLE alone, in program()
        rig.tx.program();
        rig.tx.send(tcp4(1000, 100).request(), {.command = kLast | TxData::tse,
                                                .options = TxData::txsm | TxData::ixsm,
                                                .paylen = 1000});
        rig.tx.send(plain_frame(100), {.command = kLast | TxData::vle});
        rig.expect_bounded();
        ASSERT_EQ(rig.host.sent.size(), 1u) << kind;
        EXPECT_NE(be16_at(rig.host.sent[0].bytes, 14), 0x0123) << kind;
        rig.expect_alive();
    }
}

// ---- C16: what a peer with a virtio-net header is told ----

TEST(BugClassC16, OffloadOfAPeerNeverPointsOutsideTheFrame) {
    LsoHostileRig rig;
    const Frame frame = tcp4(1000, 100).request();
    for (unsigned features = 0; features <= kPeerAll; ++features) {
        ixgbe_set_peer(rig.machine.device(), features);
        for (const std::uint32_t maclen : {0u, 14u, 18u, 127u}) {
            for (const std::uint32_t iplen : {0u, 20u, 40u, 511u}) {
                for (const std::uint32_t command : {0u, std::uint32_t{TxData::tse}}) {
                    rig.host.forget();
                    rig.tx.put_context({.maclen = maclen,
                                        .iplen = iplen,
                                        .l4len = 20,
                                        .mss = 100,
                                        .vlan = 1,
                                        .type = kTcp4});
                    rig.tx.send(frame, {.command = kLast | TxData::vle | command,
                                        .options = TxData::txsm | TxData::ixsm,
                                        .paylen = 1034 - maclen - iplen});
                    rig.expect_bounded();
                    for (const SentFrame& one : rig.host.sent) {
                        const ixgbe_frame_offload& told = one.offload;
                        const std::size_t field = std::size_t{told.csum_start} + told.csum_offset;
                        EXPECT_TRUE(told.needs_csum == 0 || field + 2 <= one.bytes.size());
                        EXPECT_TRUE(told.gso == IXGBE_GSO_NONE ||
                                    (told.needs_csum != 0 && told.gso_size == 100 &&
                                     told.hdr_len < one.bytes.size() && field + 2 <= told.hdr_len));
                    }
                }
            }
        }
    }
    ixgbe_set_peer(rig.machine.device(), 0);
    rig.expect_alive();
}

// ---- C17: padding is not payload ----

TEST(BugClassC17, PaddingEntersNoLengthAndNoChecksum) {
    LsoHostileRig rig;
    for (std::size_t payload = 0; payload < 30; ++payload) {
        for (const bool is_tcp : {false, true}) {
            FrameBuilder builder;
            builder.ipv4("192.0.2.1", "198.51.100.2").payload(payload);
            is_tcp ? builder.tcp(1, 2) : builder.udp(1, 2);
            Frame expected = builder.build();
            Frame request = expected;
            put_be16(request, kEthBytes + 10, 0);
            seed_l4_checksum(request, kEthBytes, builder.l4_offset());
            rig.host.forget();
            rig.tx.put_context(
                {.type = TxContext::ipv4 | (is_tcp ? TxContext::l4_tcp : TxContext::l4_udp)});
            rig.tx.send(request, {.options = TxData::txsm | TxData::ixsm});
            expected.resize(std::max<std::size_t>(expected.size(), 60), 0);
            ASSERT_EQ(rig.host.sent.size(), 1u);
            EXPECT_TRUE(same_bytes(expected, rig.host.sent[0].bytes)) << payload;
        }
    }
    rig.expect_alive();
}

TEST(BugClassC17, LengthsOfAShortLastSegmentAreItsOwn) {
    LsoHostileRig rig;
    for (std::uint32_t tail = 1; tail <= 8; ++tail) {
        const auto sent = rig.send({.l4len = kTcpBytes, .mss = 500, .type = kTcp4},
                                   tcp4(500 + tail, 500).request(), 500 + tail);
        ASSERT_EQ(sent.size(), 2u);
        EXPECT_EQ(sent[1].bytes.size(), std::max(60u, kHeaders + tail));
        EXPECT_EQ(be16_at(sent[1].bytes, kEthBytes + 2), kIpv4Bytes + kTcpBytes + tail);
        EXPECT_EQ(joined_payload(sent), pattern(500 + tail));
    }
    rig.expect_alive();
}

// ---- C18: fragments ----

TEST(BugClassC18, TwoByteDescriptorsDoNotShortenSegments) {
    LsoHostileRig rig;
    const auto sent = rig.send({.l4len = kTcpBytes, .mss = 1460, .type = kTcp4},
                               tcp4(8000, 1460).request(), 8000, std::vector<std::size_t>(4000, 2));
    ASSERT_EQ(sent.size(), 6u);
    EXPECT_EQ(sent[0].bytes.size(), kHeaders + 1460);
    EXPECT_EQ(joined_payload(sent), pattern(8000));
    rig.expect_alive();
}

TEST(BugClassC18, MoreFragmentsThanAScatterListHoldsDoNotShortenSegments) {
    // Long and short buffers in turns, so that no two of them can be joined: 500 times 513 + 1
    // bytes.
    LsoHostileRig rig;
    std::vector<std::size_t> pieces = {kHeaders};
    for (int i = 0; i < 500; ++i) {
        pieces.insert(pieces.end(), {513, 1});
    }
    Frame request = tcp4(1, 9000).request();
    request.resize(kHeaders);
    const Frame payload = pattern(257'000, 9);
    request.insert(request.end(), payload.begin(), payload.end());
    pieces.pop_back();  // the rest goes into the last descriptor
    for (const bool refuse : {false, true}) {
        rig.host.refuse_map = refuse;
        const auto sent =
            rig.send({.l4len = kTcpBytes, .mss = 9000, .type = kTcp4}, request, 257'000, pieces);
        ASSERT_EQ(sent.size(), 29u);
        EXPECT_EQ(joined_payload(sent), payload);
    }
    rig.expect_alive();
}

TEST(BugClassC18, MoreDescriptorsThanAPacketMayHaveDropItWhole) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 8192});
    tx.put_context({.l4len = kTcpBytes, .mss = 1460, .type = kTcp4});
    const std::uint32_t index = tx.put_packet(
        tcp4(8000, 1460).request(),
        {.command = kLast | TxData::tse, .options = TxData::txsm | TxData::ixsm, .paylen = 8000},
        std::vector<std::size_t>(5000, 1));
    tx.kick();
    rig.expect_bounded();
    EXPECT_TRUE(rig.host.sent.empty()) << "no half packet";
    EXPECT_TRUE(tx.done(index));
    rig.expect_alive();
}

}  // namespace
}  // namespace x550
