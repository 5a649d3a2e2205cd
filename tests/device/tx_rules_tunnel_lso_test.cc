// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for large sends in NVGRE and VXLAN (native tunnels). Numbers
// of rules are those of the table in docs/coverage.md.

#include <gtest/gtest.h>
#include <span>
#include <string>

#include "lso_request.h"
#include "tunnel_frame.h"

namespace x550 {
namespace {

struct TunnelCase {
    TunnelKind kind;
    bool outer_v4, inner_v4, tcp;
};

class RuleNvgreLso : public testing::TestWithParam<TunnelCase> {
protected:
    static constexpr std::size_t kPayload = 2500, kMss = 1000;

    static TunnelFrame tunnel() {
        const TunnelCase& one = GetParam();
        FrameBuilder outer;
        FrameBuilder inner;
        if (one.outer_v4) {
            outer.ipv4("203.0.113.1", "203.0.113.2").ip_id(0xFFFF);
        } else {
            outer.ipv6("2001:db8:1::1", "2001:db8:1::2");
        }
        if (one.inner_v4) {
            inner.ipv4("192.0.2.1", "198.51.100.2").ip_id(0x1000);
        } else {
            inner.ipv6("2001:db8::1", "2001:db8::2");
        }
        if (one.tcp) {
            inner.tcp(1, 2, 0xFFFFFF00, TcpFlag::ack | TcpFlag::psh | TcpFlag::fin)
                .tcp_timestamps();
        } else {
            inner.udp(1, 2);
        }
        return {one.kind, outer, inner.payload(kPayload)};
    }
    static std::size_t l4len() { return GetParam().tcp ? kTcpBytes + 12 : kUdpBytes; }

    // Segments as they left.
    std::vector<Frame> cut(const TunnelFrame& tunnel, const std::vector<std::size_t>& pieces = {}) {
        Context context = tunnel.context(GetParam().tcp ? TxContext::l4_tcp : TxContext::l4_udp);
        context.l4len = static_cast<std::uint32_t>(l4len());
        context.mss = kMss;
        rig.host.forget();
        rig.tx.put_context(context);
        rig.tx.send(tunnel.lso_request(),
                    {.command = kLast | TxData::tse | tunnel.command(),
                     .options = tunnel.options(),
                     .paylen = kPayload},
                    pieces);
        std::vector<Frame> frames;
        for (const SentFrame& frame : rig.host.sent) {
            EXPECT_TRUE(frame.finished());
            frames.push_back(frame.bytes);
        }
        EXPECT_EQ(frames.size(), 3u);
        return frames;
    }

    LsoRig rig;
};

// Rules NVGRE-8, NVGRE-9, NVGRE-11, NVGRE-14, NVGRE-25 and COMBO-10: full segments and one short
// one, each with all headers; lengths and checksums outside and inside are its own; shim unchanged.
TEST_P(RuleNvgreLso, EverySegmentIsAWholeTunnelPacket) {
    const TunnelFrame t = tunnel();
    Frame joined;
    for (const Frame& frame : cut(t)) {
        const std::size_t outer_bytes = frame.size() - t.outer_l3;
        if (t.outer_v4) {
            EXPECT_EQ(be16_at(frame, t.outer_l3 + 2), outer_bytes);
            EXPECT_EQ(ones_sum(std::span(frame).subspan(t.outer_l3, kIpv4Bytes)), 0xFFFF);
        } else {
            EXPECT_EQ(be16_at(frame, t.outer_l3 + 4), outer_bytes - kIpv6Bytes);
        }
        std::size_t shim = t.outer_l4;
        if (t.kind == TunnelKind::vxlan) {
            EXPECT_EQ(be16_at(frame, shim + 4), frame.size() - shim) << "outer UDP length";
            EXPECT_EQ(be16_at(frame, shim + 6), 0) << "rule NVGRE-26";
            shim += kUdpBytes;
        }
        EXPECT_TRUE(same_bytes(std::span(t.frame).subspan(shim, t.inner_l3 - shim),
                               std::span(frame).subspan(shim, t.inner_l3 - shim)));
        const auto inner = std::span(frame).subspan(t.inner_frame);
        EXPECT_TRUE(is_consistent(inner));
        const Frame part = decode(inner).value_or(Decoded{}).payload;
        joined.insert(joined.end(), part.begin(), part.end());
    }
    EXPECT_EQ(joined, pattern(kPayload));
}

// Rule NVGRE-10: both identifications count, each from its own.
TEST_P(RuleNvgreLso, BothIdentificationsCount) {
    const TunnelFrame t = tunnel();
    const auto frames = cut(t);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (t.outer_v4) {
            EXPECT_EQ(be16_at(frames[i], t.outer_l3 + 4), (0xFFFF + i) & 0xFFFF);
        }
        if (t.inner_v4) {
            EXPECT_EQ(be16_at(frames[i], t.inner_l3 + 4), 0x1000 + i);
        }
    }
}

// Rule NVGRE-12: sequence, flags and options of the inner TCP as without a tunnel.
TEST_P(RuleNvgreLso, InnerTcpIsCutLikeAnyOther) {
    if (!GetParam().tcp) {
        return;
    }
    const TunnelFrame t = tunnel();
    const auto frames = cut(t);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto inner = std::span(frames[i]).subspan(t.inner_frame);
        const Decoded decoded = decode(inner).value_or(Decoded{});
        EXPECT_EQ(decoded.sequence, static_cast<std::uint32_t>(0xFFFFFF00 + i * kMss));
        const bool last = i + 1 == frames.size();
        EXPECT_EQ(decoded.tcp_flags, TcpFlag::ack | (last ? TcpFlag::psh | TcpFlag::fin : 0));
        EXPECT_TRUE(same_bytes(std::span(t.frame).subspan(t.inner_l4 + kTcpBytes, 12),
                               std::span(frames[i]).subspan(t.inner_l4 + kTcpBytes, 12)));
    }
}

// Rule NVGRE-15: the inner frame begins in another buffer, or the headers are cut anywhere.
TEST_P(RuleNvgreLso, HeadersMayBeCutAnywhere) {
    const TunnelFrame t = tunnel();
    const auto whole = cut(t);
    for (std::size_t at = 1; at < t.inner_l4 + l4len() + 2; ++at) {
        const auto pieces = cut(t, {at});
        ASSERT_EQ(pieces, whole) << at;
    }
}

std::string name_of(const testing::TestParamInfo<TunnelCase>& info) {
    const TunnelCase& one = info.param;
    return std::string(one.kind == TunnelKind::nvgre ? "Nvgre" : "Vxlan") +
           (one.outer_v4 ? "4" : "6") + "With" + (one.tcp ? "Tcp" : "Udp") +
           (one.inner_v4 ? "4" : "6");
}

std::vector<TunnelCase> every_tunnel() {
    std::vector<TunnelCase> cases;
    for (unsigned i = 0; i < 16; ++i) {
        cases.push_back({(i & 1) != 0 ? TunnelKind::vxlan : TunnelKind::nvgre, (i & 2) == 0,
                         (i & 4) == 0, (i & 8) == 0});
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Mixtures, RuleNvgreLso, testing::ValuesIn(every_tunnel()), name_of);

// A destination options header of that many bytes, for FrameBuilder::extension().
Frame options_of(std::size_t bytes) {
    Frame body(bytes - 2);
    body[0] = 1;  // PadN
    body[1] = static_cast<std::uint8_t>(bytes - 4);
    return body;
}

// Rule NVGRE-23: headers up to the advertised size are served; here the chip's 512 bytes
// (DS 7.2.4), and what is longer is not sent at all.
TEST(RuleNvgreHeaders, AreCutUpToTheirLargestSize) {
    for (const std::size_t inner_options : {192u, 200u}) {
        FrameBuilder outer;
        FrameBuilder inner;
        outer.ipv6("2001:db8:1::1", "2001:db8:1::2").extension(60, options_of(184));
        inner.ipv6("2001:db8::1", "2001:db8::2").extension(60, options_of(inner_options));
        inner.tcp(1, 2).payload(2500);
        const TunnelFrame tunnel(TunnelKind::nvgre, outer, inner);
        Frame request = tunnel.frame;
        put_be16(request, tunnel.outer_l3 + 4, 0);
        put_be16(request, tunnel.inner_l3 + 4, 0);
        put_be16(request, tunnel.inner_l4 + 16, 0x5B7B);  // the seed of this flow
        Context context = tunnel.context(TxContext::l4_tcp);
        context.l4len = kTcpBytes;
        context.mss = 1000;
        LsoRig rig;
        rig.host.forget();
        rig.tx.put_context(context);
        rig.tx.send(request, {.command = kLast | TxData::tse | tunnel.command(),
                              .options = TxData::txsm,
                              .paylen = 2500});
        if (tunnel.inner_l4 + kTcpBytes > 512) {
            EXPECT_TRUE(rig.host.sent.empty());
            EXPECT_FALSE(rig.host.guest_errors.empty());
            continue;
        }
        ASSERT_EQ(tunnel.inner_l4 + kTcpBytes, 512u);
        ASSERT_EQ(rig.host.sent.size(), 3u);
        for (const SentFrame& frame : rig.host.sent) {
            EXPECT_TRUE(is_consistent(std::span(frame.bytes).subspan(tunnel.inner_frame)));
        }
    }
}

}  // namespace
}  // namespace x550
