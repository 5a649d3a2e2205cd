// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for checksum insertion, through descriptors. Numbers of rules
// are those of the table in docs/coverage.md.

#include <gtest/gtest.h>
#include <span>

#include "hex.h"
#include "matchers.h"
#include "rig.h"
#include "tunnel_frame.h"

namespace x550 {
namespace {

constexpr std::size_t kTcp4At = kEthBytes + kIpv4Bytes;

struct RulesRig : Rig {
    TxRing tx{driver};

    Frame sent(const Context& context, const Frame& request, const TxRing::Flags& flags,
               const std::vector<std::size_t>& pieces = {}) {
        host.forget();
        tx.put_context(context);
        tx.send(request, flags, pieces);
        EXPECT_EQ(host.sent.size(), 1u);
        return host.sent.empty() ? Frame{} : host.sent[0].bytes;
    }
};

FrameBuilder flow4() {
    FrameBuilder builder;
    builder.ipv4("192.0.2.1", "198.51.100.2");
    return builder;
}
FrameBuilder flow6() {
    FrameBuilder builder;
    builder.ipv6("2001:db8::1", "2001:db8::2");
    return builder;
}

// Rule CSUM-1: each request counts alone. Rule CSUM-2: without a request nothing changes. Rule
// CSUM-12: no byte but the fields asked for.
TEST(RuleCsum, RequestsAreIndependent) {
    const Frame right = flow4().tcp(1, 2).payload(333).build();
    Frame request = right;
    put_be16(request, kEthBytes + 10, 0);
    seed_l4_checksum(request, kEthBytes, kTcp4At);
    for (const bool ip : {false, true}) {
        for (const bool l4 : {false, true}) {
            RulesRig rig;
            Frame expected = request;
            if (ip) {
                put_be16(expected, kEthBytes + 10, be16_at(right, kEthBytes + 10));
            }
            if (l4) {
                put_be16(expected, kTcp4At + 16, be16_at(right, kTcp4At + 16));
            }
            const std::uint32_t options = (ip ? TxData::ixsm : 0) | (l4 ? TxData::txsm : 0);
            EXPECT_TRUE(same_bytes(expected, rig.sent({.type = TxContext::l4_tcp | TxContext::ipv4},
                                                      request, {.options = options})));
        }
    }
}

// Rules CSUM-3 and CSUM-4: the seed has the length; literal seeds of these flows.
TEST(RuleCsum, LiteralSeedsAreCompleted) {
    struct Case {
        FrameBuilder builder;
        std::uint16_t seed;
        std::uint32_t type;
        std::size_t field;
    };
    const Case cases[] = {
        {flow4().tcp(1, 2).payload(100), 0xECB5, TxContext::l4_tcp, 16},
        {flow4().udp(1, 2).payload(100), 0xECB4, TxContext::l4_udp, 6},
        {flow6().tcp(1, 2).payload(100), 0x5BF3, TxContext::l4_tcp, 16},
    };
    for (const Case& one : cases) {
        RulesRig rig;
        const Frame expected = one.builder.build();
        Frame request = expected;
        put_be16(request, one.builder.l4_offset() + one.field, one.seed);
        const Frame sent =
            rig.sent({.iplen = static_cast<std::uint32_t>(one.builder.l4_offset() - kEthBytes),
                      .type = one.type},
                     request, {.options = TxData::txsm});
        EXPECT_TRUE(same_bytes(expected, sent));
        EXPECT_TRUE(is_consistent(sent));
    }
}

// Rule CSUM-5: UDP 5000 -> 6000 with these two bytes sums to 0 and must say FFFF.
TEST(RuleCsum, UdpZeroIsSentAsAllOnes) {
    RulesRig rig;
    Frame request = flow4().udp(5000, 6000).payload(from_hex("e8aa")).build();
    seed_l4_checksum(request, kEthBytes, kTcp4At);
    const Frame sent = rig.sent({.type = TxContext::l4_udp}, request, {.options = TxData::txsm});
    EXPECT_EQ(be16_at(sent, kTcp4At + 6), 0xFFFF);
}

// Rule CSUM-5: TCP has no such exception.
TEST(RuleCsum, TcpZeroIsSentAsZero) {
    RulesRig rig;
    Frame probe = flow4().tcp(1, 2).payload(Frame(2)).build();
    const std::uint16_t sum = be16_at(probe, kTcp4At + 16);  // these two bytes make it 0
    Frame request = probe;
    put_be16(request, kTcp4At + kTcpBytes, sum);
    seed_l4_checksum(request, kEthBytes, kTcp4At);
    const Frame sent = rig.sent({.type = TxContext::l4_tcp}, request, {.options = TxData::txsm});
    EXPECT_EQ(be16_at(sent, kTcp4At + 16), 0);
}

// Rule CSUM-6: a stack zeroes the field; minus zero counts the same. Anything else is summed, as
// the X550 does it: a template of a tunnel depends on that.
TEST(RuleCsum, Ipv4FieldMayHoldZeroOrMinusZero) {
    for (const std::uint16_t field : {std::uint16_t{0}, std::uint16_t{0xFFFF}}) {
        RulesRig rig;
        const Frame expected = flow4().udp(1, 2).payload(50).build();
        Frame request = expected;
        put_be16(request, kEthBytes + 10, field);
        EXPECT_TRUE(same_bytes(expected, rig.sent({.type = TxContext::l4_none | TxContext::ipv4},
                                                  request, {.options = TxData::ixsm})));
    }
}

// Rule CSUM-9: options of IPv4 and of TCP. Rules LSO-25 and COMBO-7 need the same.
TEST(RuleCsum, OptionsOfIpAndTcpAreSummed) {
    for (const bool v6 : {false, true}) {
        RulesRig rig;
        FrameBuilder builder = v6 ? flow6() : flow4().ip_options();
        builder.tcp(1, 2).tcp_timestamps().payload(77);
        const Frame expected = builder.build();
        Frame request = expected;
        if (!v6) {
            put_be16(request, kEthBytes + 10, 0);
        }
        seed_l4_checksum(request, kEthBytes, builder.l4_offset());
        const Frame sent =
            rig.sent({.iplen = static_cast<std::uint32_t>(builder.l4_offset() - kEthBytes),
                      .type = TxContext::l4_tcp | (v6 ? 0 : TxContext::ipv4)},
                     request, {.options = TxData::txsm | (v6 ? 0u : TxData::ixsm)});
        EXPECT_TRUE(same_bytes(expected, sent));
    }
}

// Rule CSUM-10: 128 bytes of extension headers and more; the seed says TCP or UDP.
TEST(RuleCsum, ExtensionHeadersOfIpv6ArePassedOver) {
    for (const std::size_t bytes : {8u, 64u, 128u, 256u}) {
        for (const bool tcp : {false, true}) {
            RulesRig rig;
            Frame options(bytes - 2);
            options[0] = 1;  // PadN
            options[1] = static_cast<std::uint8_t>(bytes - 4);
            FrameBuilder builder = flow6().extension(60, options).payload(99);
            tcp ? builder.tcp(1, 2) : builder.udp(1, 2);
            const Frame expected = builder.build();
            Frame request = expected;
            const std::size_t l4 = builder.l4_offset();
            const std::size_t field = l4 + (tcp ? 16 : 6);
            const auto addresses = std::span(request).subspan(kEthBytes + 8, 32);
            const auto length = static_cast<std::uint32_t>(request.size() - l4);
            put_be16(request, field, ones_sum(addresses, length + (tcp ? 6 : 17)));
            EXPECT_TRUE(
                same_bytes(expected, rig.sent({.iplen = static_cast<std::uint32_t>(l4 - kEthBytes),
                                               .type = tcp ? TxContext::l4_tcp : TxContext::l4_udp},
                                              request, {.options = TxData::txsm})))
                << bytes;
        }
    }
}

// Rule CSUM-10: with a routing header the final destination is in the seed, and only there.
TEST(RuleCsum, RoutingHeaderNeedsNothingButTheSeed) {
    RulesRig rig;
    Frame routing(22);
    routing[1] = 1;       // segments left
    routing[6 + 15] = 9;  // 2001:db8::9 at the end
    routing[6] = 0x20, routing[7] = 0x01, routing[8] = 0x0D, routing[9] = 0xB8;
    const FrameBuilder builder = flow6().extension(43, routing).tcp(1, 2).payload(40);
    const Frame final_flow =
        FrameBuilder().ipv6("2001:db8::1", "2001:db8::9").tcp(1, 2).payload(40).build();
    const std::uint16_t expected = be16_at(final_flow, kEthBytes + kIpv6Bytes + 16);
    Frame request = builder.build();
    Frame seeded = final_flow;
    seed_l4_checksum(seeded, kEthBytes, kEthBytes + kIpv6Bytes);
    const std::size_t field = builder.l4_offset() + 16;
    put_be16(request, field, be16_at(seeded, kEthBytes + kIpv6Bytes + 16));
    const Frame sent =
        rig.sent({.iplen = static_cast<std::uint32_t>(builder.l4_offset() - kEthBytes),
                  .type = TxContext::l4_tcp},
                 request, {.options = TxData::txsm});
    EXPECT_EQ(be16_at(sent, field), expected);
}

// Rule CSUM-11: IP in IP, the outer header's checksum only.
TEST(RuleCsum, IpInIpGetsTheOuterChecksumOnly) {
    RulesRig rig;
    Frame inside = flow4().tcp(1, 2).payload(60).build();
    inside.erase(inside.begin(), inside.begin() + kEthBytes);
    put_be16(inside, 10, 0x1357);  // whatever the stack wrote: not ours
    const Frame expected =
        FrameBuilder().ipv4("198.51.100.1", "198.51.100.2").protocol(4).payload(inside).build();
    Frame request = expected;
    put_be16(request, kEthBytes + 10, 0);
    EXPECT_TRUE(same_bytes(expected, rig.sent({.type = TxContext::l4_none | TxContext::ipv4},
                                              request, {.options = TxData::ixsm})));
}

// Rule COMBO-6: tagged frames are served like others; COMBO-14: the tag goes in after the sums, and
// padding after the tag.
TEST(RuleCombo, TagAndPaddingComeAfterTheChecksums) {
    RulesRig rig;
    FrameBuilder builder = flow4().udp(1, 2).payload(3);
    Frame expected = builder.build();
    Frame request = expected;
    put_be16(request, kEthBytes + 10, 0);
    seed_l4_checksum(request, kEthBytes, kTcp4At);
    const Frame tag = from_hex("8100 2042");
    expected.insert(expected.begin() + 12, tag.begin(), tag.end());
    expected.resize(60, 0);
    EXPECT_TRUE(same_bytes(
        expected,
        rig.sent({.vlan = 0x2042, .type = TxContext::l4_udp | TxContext::ipv4}, request,
                 {.command = kLast | TxData::vle, .options = TxData::ixsm | TxData::txsm})));
}

// ---- Tunnels ----

FrameBuilder outer(bool v4) {
    FrameBuilder builder;
    if (v4) {
        builder.ipv4("203.0.113.1", "203.0.113.2");
    } else {
        builder.ipv6("2001:db8:1::1", "2001:db8:1::2");
    }
    return builder;
}

struct TunnelCase {
    TunnelKind kind;
    bool outer_v4, inner_v4, tcp;
};

class RuleNvgre : public testing::TestWithParam<TunnelCase> {};

// Rules NVGRE-1, NVGRE-3, NVGRE-5, NVGRE-6, NVGRE-25, NVGRE-26 and COMBO-10: outer IPv4, inner
// IPv4, inner TCP or UDP by the inner addresses, for every mixture; nothing else changes, an outer
// UDP checksum of 0 included.
TEST_P(RuleNvgre, OuterAndInnerChecksumsAreInserted) {
    const TunnelCase& one = GetParam();
    FrameBuilder inner = one.inner_v4 ? flow4() : flow6();
    one.tcp ? inner.tcp(1, 2) : inner.udp(1, 2);
    const TunnelFrame tunnel(one.kind, outer(one.outer_v4), inner.payload(500));
    RulesRig rig;
    const Frame sent =
        rig.sent(tunnel.context(one.tcp ? TxContext::l4_tcp : TxContext::l4_udp), tunnel.request(),
                 {.command = kLast | tunnel.command(), .options = tunnel.options()});
    EXPECT_TRUE(same_bytes(tunnel.frame, sent));
    EXPECT_TRUE(is_consistent(std::span(sent).subspan(tunnel.inner_frame)));
}

// Rule NVGRE-15: encapsulation headers in one buffer, the inner frame in another; or cut anywhere.
TEST_P(RuleNvgre, InnerFrameMayLieInAnotherBuffer) {
    const TunnelCase& one = GetParam();
    FrameBuilder inner = one.inner_v4 ? flow4() : flow6();
    one.tcp ? inner.tcp(1, 2) : inner.udp(1, 2);
    const TunnelFrame tunnel(one.kind, outer(one.outer_v4), inner.payload(500));
    RulesRig rig;
    for (std::size_t cut = 1; cut <= tunnel.inner_l4 + 20; ++cut) {
        const Frame sent = rig.sent(
            tunnel.context(one.tcp ? TxContext::l4_tcp : TxContext::l4_udp), tunnel.request(),
            {.command = kLast | tunnel.command(), .options = tunnel.options()}, {cut});
        ASSERT_TRUE(same_bytes(tunnel.frame, sent)) << cut;
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

INSTANTIATE_TEST_SUITE_P(Mixtures, RuleNvgre, testing::ValuesIn(every_tunnel()), name_of);

// Rule NVGRE-5: inner ICMP has no L4 checksum to insert.
TEST(RuleNvgreChecksum, InnerIcmpIsLeftAlone) {
    const TunnelFrame tunnel(TunnelKind::nvgre, outer(true),
                             flow4().protocol(1).payload(from_hex("0800 1234 0001 0001")));
    Frame request = tunnel.frame;
    put_be16(request, tunnel.outer_l3 + 10, 0);
    put_be16(request, tunnel.inner_l3 + 10, 0);
    RulesRig rig;
    Frame expected = tunnel.frame;
    expected.resize(std::max<std::size_t>(expected.size(), 60), 0);
    EXPECT_TRUE(same_bytes(
        expected, rig.sent(tunnel.context(TxContext::l4_none), request,
                           {.command = kLast | tunnel.command(), .options = TxData::ixsm})));
}

// Rule NVGRE-7: options in the outer IP header, the inner one and the inner TCP header.
TEST(RuleNvgreChecksum, OptionsInEveryHeader) {
    for (const TunnelKind kind : {TunnelKind::nvgre, TunnelKind::vxlan}) {
        const TunnelFrame tunnel(kind, outer(true).ip_options(),
                                 flow4().ip_options().tcp(1, 2).tcp_timestamps().payload(100));
        RulesRig rig;
        const Frame sent =
            rig.sent(tunnel.context(TxContext::l4_tcp), tunnel.request(),
                     {.command = kLast | tunnel.command(), .options = tunnel.options()});
        EXPECT_TRUE(same_bytes(tunnel.frame, sent));
    }
}

// Rule NVGRE-27: the encapsulation comes on top of the MTU; a jumbo inner frame goes out whole.
TEST(RuleNvgreChecksum, EncapsulationMayExceedTheMtu) {
    const TunnelFrame tunnel(TunnelKind::nvgre, outer(false), flow6().tcp(1, 2).payload(9000));
    RulesRig rig;
    EXPECT_TRUE(
        same_bytes(tunnel.frame,
                   rig.sent(tunnel.context(TxContext::l4_tcp), tunnel.request(),
                            {.command = kLast | tunnel.command(), .options = tunnel.options()})));
}

}  // namespace
}  // namespace x550
