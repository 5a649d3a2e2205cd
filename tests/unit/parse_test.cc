// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/parse.h"

#include <gtest/gtest.h>

#include "engine_reference.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using ref::Buffer;
using ref::operator+;  // NOLINT(misc-unused-using-decls): it is used
using ref::Exact;

PacketInfo parse_exact(const Buffer& frame, const ParseOptions& options = {}) {
    const Exact exact(frame);
    return parse(exact.bytes(), options);
}

Buffer tcp4() {
    return ref::tcp(ref::v4_addresses(), ref::counting(100));
}
Buffer tcp6() {
    return ref::tcp(ref::v6_addresses(), ref::counting(100));
}

TEST(Parse, FindsTheLayersOfTcpOverIpv4) {
    const PacketInfo info = parse_exact(ref::ip_frame(ref::v4_addresses(), 6, tcp4()));
    EXPECT_EQ(info.l2.header_len, 14u);
    EXPECT_EQ(info.l2.ethertype, 0x0800);
    EXPECT_EQ(info.l2.vlan_tags, 0);
    EXPECT_EQ(info.outer.kind, L3Kind::ipv4);
    EXPECT_EQ(info.outer.offset, 14u);
    EXPECT_EQ(info.outer.header_len, 20u);
    EXPECT_EQ(info.outer.src_offset, 26u);
    EXPECT_EQ(info.outer.dst_offset, 30u);
    EXPECT_EQ(info.outer.protocol, 6);
    EXPECT_EQ(info.outer.payload_end, 154u);
    EXPECT_TRUE(info.outer.l4.is(L4Kind::tcp));
    EXPECT_EQ(info.outer.l4.offset, 34u);
    EXPECT_EQ(info.outer.l4.header_len, 20u);
    EXPECT_EQ(info.outer.l4.payload_offset, 54u);
    EXPECT_FALSE(info.has_inner());
    EXPECT_FALSE(info.inner.present());
}

TEST(Parse, FindsTheLayersOfUdpOverIpv6) {
    const Buffer udp = ref::udp(ref::v6_addresses(), ref::counting(30));
    const PacketInfo info = parse_exact(ref::ip_frame(ref::v6_addresses(), 17, udp));
    EXPECT_EQ(info.outer.kind, L3Kind::ipv6);
    EXPECT_EQ(info.outer.header_len, 40u);
    EXPECT_EQ(info.outer.src_offset, 22u);
    EXPECT_EQ(info.outer.dst_offset, 38u);
    EXPECT_FALSE(info.outer.has_extensions);
    EXPECT_TRUE(info.outer.l4.is(L4Kind::udp));
    EXPECT_EQ(info.outer.l4.payload_offset, 62u);
    EXPECT_EQ(info.outer.payload_end, 92u);
}

TEST(Parse, CountsIpv4AndTcpOptions) {
    const ref::TcpFields fields{.options = ref::from_hex("0101080a0000000100000002")};
    const Buffer tcp = ref::tcp(ref::v4_addresses(), {}, fields);
    const PacketInfo info = parse_exact(
        ref::ethernet(0x0800, ref::ipv4(ref::v4_addresses(), 6, tcp, ref::from_hex("01010100"))));
    EXPECT_TRUE(info.outer.has_options);
    EXPECT_EQ(info.outer.header_len, 24u);
    EXPECT_EQ(info.outer.l4.offset, 38u);
    EXPECT_EQ(info.outer.l4.header_len, 32u);
    EXPECT_EQ(info.outer.l4.payload_offset, info.outer.payload_end);
}

TEST(Parse, ExcludesEthernetPadding) {
    Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, ref::tcp(ref::v4_addresses(), {}));
    frame.resize(60);
    const PacketInfo info = parse_exact(frame);
    EXPECT_EQ(info.outer.payload_end, 54u);
    EXPECT_FALSE(info.outer.truncated);
}

// ---- tags ----

TEST(Parse, StepsOverTheVlanTagThatIsConfigured) {
    const Buffer frame =
        ref::ethernet(0x0800, ref::ipv4(ref::v4_addresses(), 6, tcp4()), ref::tag(0x8100, 0x6005));
    const PacketInfo info = parse_exact(frame);
    EXPECT_TRUE(info.l2.has_vlan);
    EXPECT_EQ(info.l2.vlan_tags, 1);
    EXPECT_EQ(info.l2.vlan_tci, 0x6005);
    EXPECT_EQ(info.l2.vlan_offset, 12u);
    EXPECT_EQ(info.l2.header_len, 18u);
    EXPECT_EQ(info.l2.ethertype, 0x0800);
    EXPECT_TRUE(info.outer.l4.is(L4Kind::tcp));

    const PacketInfo other = parse_exact(frame, {.vlan_ethertype = 0x9100});
    EXPECT_FALSE(other.l2.has_vlan);
    EXPECT_EQ(other.l2.ethertype, 0x8100);
    EXPECT_FALSE(other.outer.present());
}

TEST(Parse, StepsOverTwoTagsWithAnOuterTypeOnly) {
    const Buffer frame = ref::ethernet(0x0800, ref::ipv4(ref::v4_addresses(), 6, tcp4()),
                                       ref::tag(0x88A8, 7) + ref::tag(0x8100, 9));
    const PacketInfo info = parse_exact(frame, {.outer_vlan_ethertype = 0x88A8});
    EXPECT_TRUE(info.l2.has_outer_vlan);
    EXPECT_TRUE(info.l2.has_vlan);
    EXPECT_EQ(info.l2.vlan_tags, 2);
    EXPECT_EQ(info.l2.outer_vlan_tci, 7);
    EXPECT_EQ(info.l2.vlan_tci, 9);
    EXPECT_EQ(info.l2.vlan_offset, 16u);
    EXPECT_EQ(info.l2.header_len, 22u);
    EXPECT_TRUE(info.outer.present());
    EXPECT_FALSE(parse_exact(frame).outer.present());
}

TEST(Parse, TakesASingleTagAsTheOuterOneInDoubleVlanMode) {
    const Buffer frame =
        ref::ethernet(0x0800, ref::ipv4(ref::v4_addresses(), 6, tcp4()), ref::tag(0x8100, 7));
    const PacketInfo info = parse_exact(frame, {.outer_vlan_ethertype = 0x8100});
    EXPECT_TRUE(info.l2.has_outer_vlan);
    EXPECT_FALSE(info.l2.has_vlan);
    EXPECT_TRUE(info.outer.present());
}

TEST(Parse, DoesNotRecogniseATagThatIsCutOff) {
    Buffer frame = ref::ethernet(0x0800, {}, ref::tag(0x88A8, 7) + ref::tag(0x8100, 9));
    const ParseOptions options{.outer_vlan_ethertype = 0x88A8};
    EXPECT_EQ(parse_exact(frame, options).l2.vlan_tags, 2);
    frame.resize(21);
    EXPECT_EQ(parse_exact(frame, options).l2.vlan_tags, 1);
    EXPECT_EQ(parse_exact(frame, options).l2.ethertype, 0x8100);
    frame.resize(17);
    EXPECT_EQ(parse_exact(frame, options).l2.vlan_tags, 0);
    EXPECT_EQ(parse_exact(frame, options).l2.header_len, 14u);
}

TEST(Parse, AcceptsAFrameThatIsNothingButATag) {
    const PacketInfo info = parse_exact(ref::ethernet(0x0800, {}, ref::tag(0x8100, 9)));
    EXPECT_TRUE(info.l2.has_vlan);
    EXPECT_EQ(info.l2.header_len, 18u);
    EXPECT_FALSE(info.outer.present());
}

// ---- frames that lie or end early ----

TEST(Parse, SurvivesEveryTruncationOfEveryRecordedFrame) {
    for (const auto& row : ref::vectors("rx_frames.txt")) {
        const Buffer frame = ref::from_hex(row.at(3));
        for (std::size_t length = 0; length < frame.size(); ++length) {
            const PacketInfo info = parse_exact(
                Buffer(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length)),
                {.outer_vlan_ethertype = 0x88A8, .vxlan_port = 4789});
            ASSERT_LE(info.outer.payload_end, length) << row.at(0);
            ASSERT_LE(info.inner.payload_end, length) << row.at(0);
        }
    }
}

TEST(Parse, FindsNothingInFewerBytesThanAnEthernetHeader) {
    for (const std::size_t length : {0u, 1u, 13u}) {
        EXPECT_FALSE(parse_exact(ref::counting(length)).l2.present());
    }
    const PacketInfo info = parse_exact(ref::ethernet(0x0800, {}));
    EXPECT_TRUE(info.l2.present());
    EXPECT_FALSE(info.outer.present());
}

TEST(Parse, RefusesImpossibleIpv4Headers) {
    const Buffer good = ref::ip_frame(ref::v4_addresses(), 6, tcp4());
    const auto with_first_byte = [&good](unsigned value) {
        Buffer frame = good;
        frame[14] = static_cast<std::byte>(value);
        return parse_exact(frame).outer.present();
    };
    EXPECT_FALSE(with_first_byte(0x44));
    EXPECT_FALSE(with_first_byte(0x40));
    EXPECT_FALSE(with_first_byte(0x65));
    EXPECT_TRUE(with_first_byte(0x4F));
    Buffer shorter(good.begin(), good.begin() + 14 + 59);
    shorter[14] = std::byte{0x4F};
    EXPECT_FALSE(parse_exact(shorter).outer.present());
}

TEST(Parse, RefusesAnIpv6HeaderOfAnotherVersion) {
    Buffer frame = ref::ip_frame(ref::v6_addresses(), 6, tcp6());
    frame[14] = std::byte{0x45};
    EXPECT_FALSE(parse_exact(frame).outer.present());
}

TEST(Parse, MarksADatagramLongerThanItsFrame) {
    Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, tcp4());
    ref::put16(frame, 16, 0xFFFF);
    const PacketInfo info = parse_exact(frame);
    EXPECT_TRUE(info.outer.truncated);
    EXPECT_EQ(info.outer.payload_end, frame.size());
    EXPECT_TRUE(info.outer.l4.valid);
    EXPECT_FALSE(info.outer.l4_checkable());
}

TEST(Parse, MarksALengthThatEndsInsideTheIpHeader) {
    Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, tcp4());
    ref::put16(frame, 16, 19);
    const PacketInfo info = parse_exact(frame);
    EXPECT_TRUE(info.outer.bad_length);
    EXPECT_EQ(info.outer.payload_len(), 0u);
    EXPECT_EQ(info.outer.l4.kind, L4Kind::none);
}

TEST(Parse, DoesNotTrustTcpDataOffsets) {
    const auto with_offset = [](unsigned words) {
        Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, ref::tcp(ref::v4_addresses(), {}));
        ref::put16(frame, 46, words * 4096);
        return parse_exact(frame).outer.l4;
    };
    EXPECT_TRUE(with_offset(5).valid);
    EXPECT_FALSE(with_offset(4).valid);
    EXPECT_FALSE(with_offset(0).valid);
    EXPECT_FALSE(with_offset(6).valid);
    EXPECT_FALSE(with_offset(15).valid);
    EXPECT_EQ(with_offset(15).kind, L4Kind::tcp);
    EXPECT_EQ(with_offset(15).payload_offset, 0u);
}

TEST(Parse, DoesNotTakeL4HeadersFromBehindTheDatagram) {
    Buffer frame = ref::ip_frame(ref::v4_addresses(), 6, tcp4());
    ref::put16(frame, 16, 20 + 19);
    EXPECT_FALSE(parse_exact(frame).outer.l4.valid);
    EXPECT_FALSE(
        parse_exact(ref::ip_frame(ref::v4_addresses(), 17, ref::counting(7))).outer.l4.valid);
    EXPECT_FALSE(
        parse_exact(ref::ip_frame(ref::v4_addresses(), 132, ref::counting(11))).outer.l4.valid);
}

// ---- fragments and extensions ----

TEST(Parse, GivesFragmentsNoL4) {
    for (const std::uint16_t word : std::initializer_list<std::uint16_t>{0x2000, 0x0001, 0x3FFF}) {
        const PacketInfo info =
            parse_exact(ref::ethernet(0x0800, ref::ipv4(ref::v4_addresses(), 6, tcp4(), {}, word)));
        EXPECT_TRUE(info.outer.fragment);
        EXPECT_EQ(info.outer.l4.kind, L4Kind::none);
        EXPECT_EQ(info.outer.protocol, 6);
    }
}

PacketInfo extended(std::uint8_t first, const Buffer& extensions,
                    const ParseOptions& options = {}) {
    return parse_exact(
        ref::ethernet(0x86DD, ref::ipv6(ref::v6_addresses(), first, extensions + tcp6())), options);
}

TEST(Parse, WalksIpv6Extensions) {
    const PacketInfo info = extended(0, ref::ipv6_options(60, 8) + ref::ipv6_options(43, 16) +
                                            ref::from_hex("06020200000000000000000000000000"
                                                          "0000000000000000"));
    EXPECT_TRUE(info.outer.has_extensions);
    EXPECT_EQ(info.outer.header_len, 40u + 8 + 16 + 24);
    EXPECT_EQ(info.outer.protocol, 6);
    EXPECT_FALSE(info.outer.segments_left);
    EXPECT_TRUE(info.outer.l4.is(L4Kind::tcp));
    EXPECT_TRUE(info.outer.l4_checkable());
}

// Rules CSUM-10 and LSO-11 ask for 128 bytes.
TEST(Parse, Walks512BytesOfExtensionsAndNotMore) {
    Buffer chain;
    for (int i = 0; i < 63; ++i) {
        chain = chain + ref::ipv6_options(60, 8);
    }
    EXPECT_TRUE(extended(60, chain + ref::ipv6_options(6, 8)).outer.l4.valid);
    const PacketInfo longer =
        extended(60, chain + ref::ipv6_options(60, 8) + ref::ipv6_options(6, 8));
    EXPECT_TRUE(longer.outer.cut_short);
    EXPECT_EQ(longer.outer.l4.kind, L4Kind::none);
    EXPECT_TRUE(extended(60, ref::ipv6_options(6, 2048)).outer.cut_short);
}

TEST(Parse, StopsAtExtensionsThatLeaveTheDatagram) {
    Buffer extension = ref::ipv6_options(6, 8);
    extension[1] = std::byte{0xFF};
    EXPECT_TRUE(extended(0, extension).outer.cut_short);
    Buffer frame =
        ref::ethernet(0x86DD, ref::ipv6(ref::v6_addresses(), 0, ref::ipv6_options(6, 8)));
    ref::put16(frame, 18, 4);
    EXPECT_TRUE(parse_exact(frame).outer.cut_short);
}

TEST(Parse, LeavesExtensionsAloneWhenToldTo) {
    const PacketInfo info = extended(0, ref::ipv6_options(6, 8), {.ipv6_extensions = false});
    EXPECT_TRUE(info.outer.has_extensions);
    EXPECT_EQ(info.outer.l4.kind, L4Kind::none);
    EXPECT_FALSE(parse_exact(ref::ip_frame(ref::v6_addresses(), 6, tcp6()), {.ipv6 = false})
                     .outer.present());
}

TEST(Parse, MarksRoutesThatAreNotFinished) {
    const PacketInfo info = extended(43, ref::from_hex("06020201"
                                                       "00000000"
                                                       "20010db8000000000000000000000005"));
    EXPECT_TRUE(info.outer.segments_left);
    EXPECT_TRUE(info.outer.l4.valid);
    EXPECT_FALSE(info.outer.l4_checkable());
}

TEST(Parse, MarksHomeAddresses) {
    const Buffer home = ref::from_hex(
        "0602"
        "01020000"
        "c910"
        "20010db8000000000000000000000099");
    EXPECT_TRUE(extended(60, home).outer.home_address);
    EXPECT_FALSE(extended(60, home).outer.l4_checkable());
    EXPECT_FALSE(extended(60, ref::ipv6_options(6, 24)).outer.home_address);
}

TEST(Parse, SurvivesDestinationOptionsThatOverrunTheirHeader) {
    EXPECT_TRUE(extended(60, ref::from_hex("060001ff00000000")).outer.l4.valid);
    EXPECT_TRUE(extended(60, ref::from_hex("0600000000000001")).outer.l4.valid);
}

TEST(Parse, GivesIpv6FragmentsNoL4) {
    const PacketInfo info = extended(44, ref::from_hex("0600000000000001"));
    EXPECT_TRUE(info.outer.fragment);
    EXPECT_TRUE(info.outer.has_extensions);
    EXPECT_EQ(info.outer.header_len, 48u);
    EXPECT_EQ(info.outer.l4.kind, L4Kind::none);
}

TEST(Parse, DoesNotForgetAFragmentHeaderOverTheOnesBehindIt) {
    const PacketInfo info =
        extended(44, ref::from_hex("3c00000000000001") + ref::ipv6_options(6, 8));
    EXPECT_TRUE(info.outer.fragment);
    EXPECT_EQ(info.outer.header_len, 48u);
    EXPECT_EQ(info.outer.l4.kind, L4Kind::none);
}

TEST(Parse, NamesIpInsideIp) {
    const Buffer inner = ref::ipv6(ref::v6_addresses(), 6, tcp6());
    const PacketInfo info = parse_exact(ref::ip_frame(ref::v4_addresses(), 41, inner));
    EXPECT_EQ(info.outer.nested, L3Kind::ipv6);
    EXPECT_EQ(info.outer.l4.kind, L4Kind::other);
    EXPECT_FALSE(info.has_inner());
}

// ---- tunnels ----

Buffer inner_frame() {
    return ref::ip_frame(ref::v6_addresses(), 6, tcp6());
}

Buffer vxlan_frame(const Buffer& inner, std::uint16_t port = 4789) {
    return ref::ip_frame(ref::v4_addresses(), 17,
                         ref::udp(ref::v4_addresses(), ref::vxlan(inner), 50000, port));
}

TEST(Parse, LooksInsideVxlan) {
    const PacketInfo info = parse_exact(vxlan_frame(inner_frame()), {.vxlan_port = 4789});
    EXPECT_EQ(info.tunnel, TunnelKind::vxlan);
    EXPECT_EQ(info.tunnel_offset, 42u);
    EXPECT_EQ(info.outer.kind, L3Kind::ipv4);
    EXPECT_TRUE(info.outer.l4.is(L4Kind::udp));
    EXPECT_EQ(info.inner_l2.offset, 50u);
    EXPECT_EQ(info.inner_l2.header_len, 14u);
    EXPECT_EQ(info.inner.kind, L3Kind::ipv6);
    EXPECT_EQ(info.inner.offset, 64u);
    EXPECT_TRUE(info.inner.l4.is(L4Kind::tcp));
    EXPECT_EQ(info.inner.l4.offset, 104u);
    EXPECT_EQ(&info.innermost(), &info.inner);
}

TEST(Parse, TakesVxlanOnOtherPortsForUdp) {
    EXPECT_FALSE(parse_exact(vxlan_frame(inner_frame(), 4790), {.vxlan_port = 4789}).has_inner());
    EXPECT_FALSE(parse_exact(vxlan_frame(inner_frame(), 0), {.vxlan_port = 0}).has_inner());
}

TEST(Parse, LooksInsideNvgreWithAndWithoutOptionalFields) {
    const auto offset_of_inner = [](const std::string& gre) {
        const PacketInfo info =
            parse_exact(ref::ip_frame(ref::v4_addresses(), 47, ref::from_hex(gre) + inner_frame()));
        EXPECT_EQ(info.tunnel, TunnelKind::nvgre);
        EXPECT_EQ(info.tunnel_offset, 34u);
        EXPECT_TRUE(info.inner.l4.is(L4Kind::tcp));
        return info.inner_l2.offset;
    };
    EXPECT_EQ(offset_of_inner("2000655800abcd12"), 42u);
    EXPECT_EQ(offset_of_inner("a00065580000000000abcd12"), 46u);
    EXPECT_EQ(offset_of_inner("3000655800abcd1200000001"), 46u);
    EXPECT_EQ(offset_of_inner("b00065580000000000abcd1200000001"), 50u);
}

TEST(Parse, TakesOtherGreForPlainIp) {
    const auto is_tunnel = [](const std::string& gre, const ParseOptions& options = {}) {
        return parse_exact(
                   ref::ip_frame(ref::v4_addresses(), 47, ref::from_hex(gre) + inner_frame()),
                   options)
            .has_inner();
    };
    EXPECT_FALSE(is_tunnel("00006558"));          // no key
    EXPECT_FALSE(is_tunnel("2001655800abcd12"));  // version 1
    EXPECT_FALSE(is_tunnel("6000655800abcd12"));  // source routes
    EXPECT_FALSE(is_tunnel("2000080000abcd12"));  // not Ethernet
    EXPECT_FALSE(is_tunnel("2000655800abcd12", {.nvgre = false}));
}

TEST(Parse, KnowsATunnelWithoutInnerIp) {
    const PacketInfo info =
        parse_exact(vxlan_frame(ref::ethernet(0x0806, ref::counting(28))), {.vxlan_port = 4789});
    EXPECT_TRUE(info.has_inner());
    EXPECT_EQ(info.inner_l2.ethertype, 0x0806);
    EXPECT_FALSE(info.innermost().present());
}

TEST(Parse, NeedsAWholeInnerEthernetHeader) {
    EXPECT_FALSE(parse_exact(vxlan_frame(ref::counting(13)), {.vxlan_port = 4789}).has_inner());
    EXPECT_TRUE(parse_exact(vxlan_frame(ref::counting(14)), {.vxlan_port = 4789}).has_inner());
}

TEST(Parse, EndsTheInnerFrameWithTheOuterDatagram) {
    Buffer frame = vxlan_frame(inner_frame());
    ref::put16(frame, 16, ref::get16(frame, 16) - 10u);
    const PacketInfo info = parse_exact(frame, {.vxlan_port = 4789});
    EXPECT_TRUE(info.inner.truncated);
    EXPECT_EQ(info.inner.payload_end, info.outer.payload_end);
}

TEST(Parse, DoesNotLookInsideFragmentsOrTunnelsInTunnels) {
    Buffer frame = vxlan_frame(inner_frame());
    ref::put16(frame, 20, 0x2000);
    EXPECT_FALSE(parse_exact(frame, {.vxlan_port = 4789}).has_inner());
    const PacketInfo nested =
        parse_exact(vxlan_frame(vxlan_frame(inner_frame())), {.vxlan_port = 4789});
    EXPECT_TRUE(nested.inner.l4.is(L4Kind::udp));
    EXPECT_EQ(nested.inner.kind, L3Kind::ipv4);
}

TEST(Parse, LeavesOtherProtocolsAlone) {
    for (const std::uint16_t type :
         std::initializer_list<std::uint16_t>{0x0806, 0x8847, 0x8864, 0x88CC, 0x0100, 0x05DC}) {
        const PacketInfo info = parse_exact(ref::ethernet(type, ref::counting(46)));
        EXPECT_EQ(info.l2.ethertype, type);
        EXPECT_FALSE(info.outer.present());
    }
}

}  // namespace
}  // namespace ixgbe
