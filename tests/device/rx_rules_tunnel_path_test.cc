// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for frames in NVGRE and VXLAN: long headers, the choice of
// the pool, no coalescing. Numbers of rules are those of the table in docs/coverage.md.

#include <array>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "rsc_rig.h"
#include "rss_key.h"
#include "tunnel_frame.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

using Counts = std::vector<unsigned>;

constexpr std::uint32_t kTunnel = bit(16);  // X550 DS 7.1.6.2, word 0

FrameBuilder outer4() {
    return FrameBuilder().ipv4("10.0.0.1", "10.0.0.2");
}

// A destination options header of that many bytes, for FrameBuilder::extension().
Frame options_of(std::size_t bytes) {
    Frame body(bytes - 2);
    body[0] = 1;  // PadN
    body[1] = static_cast<std::uint8_t>(bytes - 4);
    return body;
}

// Rule NVGRE-23: Windows recommends 256 bytes from the start of the frame to the end of the inner
// TCP header. Vector RSS-V6.
TEST(RuleRxTunnelHeaders, AreFollowedFor512Bytes) {
    for (const auto& [outer_bytes, inner_bytes] :
         {std::pair<std::size_t, std::size_t>{56, 64}, {184, 192}}) {
        Rig rig;
        RxRing rx(rig.driver);
        rig.driver.set_rss_key(kVerificationKey);
        rig.driver.write<RXCSUM>(RXCSUM::pcsd);
        rig.driver.write<MRQC>(MRQC::rss | MRQC::tcp6 | MRQC::ipv6);
        FrameBuilder outer;
        FrameBuilder inner;
        outer.ipv6("2001:db8::1", "2001:db8::2").extension(60, options_of(outer_bytes));
        inner.ipv6("3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1");
        inner.extension(60, options_of(inner_bytes)).tcp(2794, 1766).payload(50);
        const TunnelFrame t(TunnelKind::nvgre, outer, inner);
        ASSERT_EQ(t.inner_l4 + kTcpBytes, 136 + outer_bytes + inner_bytes);
        ASSERT_EQ(rig.machine.receive(t.frame), IXGBE_ACCEPTED);
        const auto packet = rx.take();
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->type(),
                  kTunnel | RxWriteBack::type_ipv6_extensions | RxWriteBack::type_tcp);
        EXPECT_TRUE(packet->has(RxWriteBack::l4cs));
        EXPECT_FALSE(packet->has(RxWriteBack::l4e));
        EXPECT_EQ(packet->hash(), 0x40207D3Du);
    }
}

// Rule NVGRE-21 wants the inner address; the X550's pools go by the outer one (DS 7.8.3.3), and
// only Flow Director knows the inner one.
TEST(RuleRxTunnelPool, ThePoolIsThatOfTheOuterAddress) {
    for (const TunnelKind kind : {TunnelKind::nvgre, TunnelKind::vxlan}) {
        VmdqRig rig;
        rig.driver.write<VXLANCTRL>(4789);
        rig.addresses_of({1, 2});
        rig.rings({2, 4});
        const FrameBuilder inner =
            FrameBuilder().to(mac_of_pool(2)).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(50);
        const TunnelFrame t(kind, outer4().to(mac_of_pool(1)), inner);
        EXPECT_EQ(rig.receivers(t.frame), Queues{2});
        EXPECT_EQ(rig.receivers(inner), Queues{4}) << "the same without a tunnel";
    }
}

// Segments of one stream, in a burst.
template <typename Wrap>
std::vector<Frame> wrapped_stream(const Wrap& wrap) {
    std::vector<Frame> frames;
    for (const std::uint32_t sequence : {1u, 101u, 201u}) {
        frames.push_back(wrap(FrameBuilder()
                                  .ipv4("192.0.2.1", "198.51.100.2")
                                  .tcp(1, 2, sequence)
                                  .payload(100, sequence)));
    }
    return frames;
}

void expect_apart(const std::vector<Frame>& frames) {
    RscRig rig;
    rig.driver.write<VXLANCTRL>(4789);
    const auto units = rig.burst(frames);
    ASSERT_EQ(segments_of(units), (Counts{0, 0, 0}));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_TRUE(same_bytes(frames[i], units[i].bytes));
    }
}

// Rules NVGRE-24 and RSC-27.
TEST(RuleRxTunnelCoalescing, NothingInATunnelIsCoalesced) {
    for (const TunnelKind kind : {TunnelKind::nvgre, TunnelKind::vxlan}) {
        expect_apart(wrapped_stream(
            [&](const FrameBuilder& inner) { return TunnelFrame(kind, outer4(), inner).frame; }));
    }
    expect_apart(wrapped_stream([](const FrameBuilder& inner) {
        const Frame inside = inner.build();
        const Frame packet(inside.begin() + kEthBytes, inside.end());
        return outer4().protocol(4).payload(packet).build();
    }));
    RscRig rig;
    const auto plain = wrapped_stream([](const FrameBuilder& inner) { return inner.build(); });
    EXPECT_EQ(segments_of(rig.burst(plain)), Counts{3}) << "the same without a tunnel";
}

}  // namespace
}  // namespace x550
