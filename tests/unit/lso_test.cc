// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/lso.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "engine_reference.h"
#include "net/checksum.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using ref::Buffer;
using ref::operator+;  // NOLINT(misc-unused-using-decls): it is used

Buffer part(const Buffer& bytes, std::size_t from, std::size_t length) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

std::vector<Buffer> cut(const LsoRequest& request, const Buffer& headers, const Buffer& payload) {
    std::vector<Buffer> frames;
    auto segmenter = Segmenter::create(request, headers);
    EXPECT_TRUE(segmenter);
    while (const auto segment = segmenter ? segmenter->next() : std::nullopt) {
        const Buffer data = part(payload, segment->payload_offset, segment->payload_len);
        Buffer header(segmenter->header_len());
        segmenter->write_header(*segment, ones_complement_sum(data), header);
        frames.push_back(header + data);
    }
    return frames;
}

// What Linux hands over: lengths of IP 0, IPv4 sum 0, L4 sum the pseudo-header without a length.
struct Template {
    Buffer headers;
    HeaderGeometry geometry;
    [[nodiscard]] LsoRequest request(std::uint16_t mss, std::size_t payload) const {
        LsoRequest out;
        out.geometry = geometry;
        out.mss = mss;
        out.payload_len = static_cast<std::uint32_t>(payload);
        out.insert_ip_checksum = geometry.ipv4;
        out.insert_l4_checksum = true;
        return out;
    }
};

Template make_template(const ref::Addresses& a, L4 l4, const Buffer& l4_header,
                       const Buffer& ip_extra = {}) {
    Buffer seeded = l4_header;
    const std::uint8_t protocol = l4 == L4::tcp ? 6 : 17;
    ref::put16(seeded, l4 == L4::tcp ? 16 : 6, ref::pseudo_header(a, protocol, 0));
    Buffer packet = a.v4() ? ref::ipv4(a, protocol, seeded, ip_extra)
                           : ref::ipv6(a, ip_extra.empty() ? protocol : 60, ip_extra + seeded);
    if (a.v4()) {
        ref::put16(packet, 2, 0);
        ref::put16(packet, 10, 0);
    } else {
        ref::put16(packet, 4, 0);
    }
    Template out;
    out.headers = ref::ethernet(a.v4() ? 0x0800 : 0x86DD, packet);
    out.geometry.mac_len = 14;
    out.geometry.ip_len = packet.size() - seeded.size();
    out.geometry.l4_len = seeded.size();
    out.geometry.l4 = l4;
    out.geometry.ipv4 = a.v4();
    return out;
}

Template tcp_template(const ref::Addresses& a, const ref::TcpFields& fields = {},
                      const Buffer& ip_extra = {}) {
    return make_template(a, L4::tcp, ref::tcp(a, {}, fields), ip_extra);
}
Template udp_template(const ref::Addresses& a) {
    return make_template(a, L4::udp, ref::udp(a, {}));
}

constexpr std::size_t kIp = 14;
constexpr std::size_t kTcp4 = 34;

std::uint16_t flags_of(const Buffer& frame, std::size_t tcp = kTcp4) {
    return ref::get16(frame, tcp + 12) & 0xFFF;
}

// 0xffff, in other words minus zero, if the checksum inside is right.
std::uint16_t ip_residue(const Buffer& frame, std::size_t at, std::size_t length) {
    return ref::sum(part(frame, at, length));
}
std::uint16_t l4_residue(const Buffer& frame, const ref::Addresses& a, std::uint8_t protocol,
                         std::size_t at) {
    const Buffer l4 = part(frame, at, frame.size() - at);
    return ref::sum(l4, ref::pseudo_header(a, protocol, l4.size()));
}

// ---- golden segments, task-offload rules 7.3 and 7.4 ----

void expect_golden(const std::string& kind, const std::vector<Buffer>& frames) {
    std::size_t at = 0;
    for (const auto& row : ref::vectors("segments.txt")) {
        if (row.at(0).compare(0, 3, kind) != 0) {
            continue;
        }
        ASSERT_LT(at, frames.size());
        const Buffer& frame = frames[at++];
        const bool tcp = kind == "lso";
        EXPECT_EQ(frame.size(), (tcp ? 54 : 42) + std::stoul(row.at(0).substr(4)));
        EXPECT_EQ(ref::get16(frame, 16), ref::hex_number(row.at(1)));
        EXPECT_EQ(ref::get16(frame, 18), ref::hex_number(row.at(2)));
        EXPECT_EQ(ref::get16(frame, 24), ref::hex_number(row.at(3)));
        EXPECT_EQ(tcp ? ref::get32(frame, 38) : ref::get16(frame, 38), ref::hex_number(row.at(4)));
        EXPECT_EQ(tcp ? flags_of(frame) : 0, ref::hex_number(row.at(5)));
        EXPECT_EQ(ref::get16(frame, tcp ? 50 : 40), ref::hex_number(row.at(6)));
    }
    EXPECT_EQ(at, frames.size());
}

// Rule LSO-13: the engine can count 15 bits, though no descriptor asks for it.
TEST(Segmenter, MakesTheGoldenLsoSegments) {
    Template t = tcp_template(ref::v4_addresses(), {.seq = 0xFFFFFA00, .flags = 0x099});
    ref::put16(t.headers, 18, 0x7FFE);
    t.headers[22] = std::byte{128};
    ASSERT_EQ(ref::get16(t.headers, 50), 0xEC3D);
    LsoRequest request = t.request(1460, 3000);
    request.id_count_mask = 0x7FFF;
    request.masks.middle = 0xF76;  // CWR in the first segment only (LSO-7)
    expect_golden("lso", cut(request, t.headers, ref::counting(3000)));
}

TEST(Segmenter, MakesTheGoldenUsoSegments) {
    Template t = udp_template(ref::v4_addresses());
    ref::put16(t.headers, 18, 0xFFFF);
    t.headers[22] = std::byte{128};
    ref::put16(t.headers, 38, 3008);
    ASSERT_EQ(ref::get16(t.headers, 40), 0xEC48);
    expect_golden("uso", cut(t.request(1472, 3000), t.headers, ref::counting(3000)));
}

// ---- cutting ----

TEST(Segmenter, SendsFullSegmentsAndOneShortTail) {
    const Template t = tcp_template(ref::v4_addresses());
    auto segmenter = Segmenter::create(t.request(1000, 2500), t.headers);
    ASSERT_TRUE(segmenter);
    EXPECT_EQ(segmenter->segment_count(), 3u);
    const auto first = segmenter->next();
    const auto middle = segmenter->next();
    const auto last = segmenter->next();
    ASSERT_TRUE(first && middle && last);
    EXPECT_TRUE(first->first && !first->last && !first->only);
    EXPECT_TRUE(!middle->first && !middle->last && middle->index == 1);
    EXPECT_TRUE(!last->first && last->last && !last->only);
    EXPECT_EQ(middle->payload_offset, 1000u);
    EXPECT_EQ(last->payload_offset, 2000u);
    EXPECT_EQ(last->payload_len, 500u);
    EXPECT_FALSE(segmenter->next());
    EXPECT_FALSE(segmenter->next());
}

TEST(Segmenter, MakesNoEmptyTailForAMultipleOfTheMss) {
    const Template t = tcp_template(ref::v4_addresses());
    const auto frames = cut(t.request(1000, 3000), t.headers, ref::counting(3000));
    ASSERT_EQ(frames.size(), 3u);
    EXPECT_EQ(frames.back().size(), 1054u);
}

TEST(Segmenter, SendsTheHeadersOnceWhenThereIsNoPayload) {
    const Template t = tcp_template(ref::v4_addresses(), {.flags = 0x019});
    const auto frames = cut(t.request(1460, 0), t.headers, {});
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(flags_of(frames[0]), 0x019);
    EXPECT_EQ(ref::get16(frames[0], 16), 40);
    EXPECT_EQ(l4_residue(frames[0], ref::v4_addresses(), 6, kTcp4), 0xFFFF);
}

TEST(Segmenter, CutsSingleBytes) {
    const Template t = tcp_template(ref::v4_addresses());
    const auto frames = cut(t.request(1, 300), t.headers, ref::counting(300));
    ASSERT_EQ(frames.size(), 300u);
    EXPECT_EQ(ref::get32(frames[299], 38), 1000u + 299);
    EXPECT_EQ(ref::get16(frames[299], 18), 0x1234 + 299);
    EXPECT_EQ(l4_residue(frames[299], ref::v4_addresses(), 6, kTcp4), 0xFFFF);
}

TEST(Segmenter, CutsThreePayloadsOf64KilobytesInARow) {  // LSO-18
    const Template t = tcp_template(ref::v4_addresses(), {.seq = 0xFFFF0000});
    const Buffer payload = ref::counting(200'000);
    const auto frames = cut(t.request(8948, payload.size()), t.headers, payload);
    ASSERT_EQ(frames.size(), 23u);
    Buffer joined;
    for (const Buffer& frame : frames) {
        ASSERT_EQ(ref::get32(frame, 38), static_cast<std::uint32_t>(0xFFFF0000 + joined.size()));
        ASSERT_EQ(l4_residue(frame, ref::v4_addresses(), 6, kTcp4), 0xFFFF);
        joined = joined + part(frame, 54, frame.size() - 54);
    }
    EXPECT_EQ(joined, payload);
}

// ---- headers ----

TEST(Segmenter, MasksFlagsByPosition) {
    const Template t = tcp_template(ref::v4_addresses(), {.flags = 0xFFF});
    const auto frames = cut(t.request(10, 30), t.headers, ref::counting(30));
    ASSERT_EQ(frames.size(), 3u);
    // X550 DS 7.2.4: reset values of DTXTCPFLGL and DTXTCPFLGH; the middle repeats CWR.
    EXPECT_EQ(flags_of(frames[0]), 0xFF6);
    EXPECT_EQ(flags_of(frames[1]), 0xFF6);
    EXPECT_EQ(flags_of(frames[2]), 0xF7F);
}

TEST(Segmenter, UsesTheMasksItIsGiven) {
    const Template t = tcp_template(ref::v4_addresses(), {.flags = 0xFFF});
    LsoRequest request = t.request(10, 30);
    request.masks = {.first = 0x001, .middle = 0x800, .last = 0xF000};
    const auto frames = cut(request, t.headers, ref::counting(30));
    EXPECT_EQ(ref::get16(frames[0], kTcp4 + 12), 0x5001);
    EXPECT_EQ(ref::get16(frames[1], kTcp4 + 12), 0x5800);
    EXPECT_EQ(ref::get16(frames[2], kTcp4 + 12), 0x5000);
}

TEST(Segmenter, LeavesTheFlagsOfASingleSegment) {
    const Template t = tcp_template(ref::v4_addresses(), {.flags = 0xFFF});
    EXPECT_EQ(flags_of(cut(t.request(30, 30), t.headers, ref::counting(30)).at(0)), 0xFFF);
}

TEST(Segmenter, CountsIdentificationsThroughAll16Bits) {
    Template t = tcp_template(ref::v4_addresses());
    ref::put16(t.headers, 18, 0xFFFF);
    const auto frames = cut(t.request(10, 30), t.headers, ref::counting(30));
    EXPECT_EQ(ref::get16(frames[0], 18), 0xFFFF);
    EXPECT_EQ(ref::get16(frames[1], 18), 0x0000);
    EXPECT_EQ(ref::get16(frames[2], 18), 0x0001);
}

TEST(Segmenter, KeepsBit15OfTheIdentificationWhenAsked) {  // LSO-14
    Template t = tcp_template(ref::v4_addresses());
    ref::put16(t.headers, 18, 0xFFFF);
    LsoRequest request = t.request(10, 20);
    request.id_count_mask = 0x7FFF;
    const auto frames = cut(request, t.headers, ref::counting(20));
    EXPECT_EQ(ref::get16(frames[1], 18), 0x8000);
    EXPECT_EQ(ip_residue(frames[1], kIp, 20), 0xFFFF);
}

TEST(Segmenter, CopiesOptionsOfIpAndTcp) {
    const Buffer timestamps = ref::from_hex("0101080a0000000100000002");
    const Template t = tcp_template(ref::v4_addresses(), {.options = timestamps},
                                    ref::from_hex("0103000000000001"));
    for (const Buffer& frame : cut(t.request(100, 250), t.headers, ref::counting(250))) {
        EXPECT_EQ(part(frame, 34, 8), ref::from_hex("0103000000000001"));
        EXPECT_EQ(part(frame, 62, 12), timestamps);
        EXPECT_EQ(ref::get16(frame, 16), frame.size() - 14);
        EXPECT_EQ(ip_residue(frame, kIp, 28), 0xFFFF);
        EXPECT_EQ(l4_residue(frame, ref::v4_addresses(), 6, 42), 0xFFFF);
    }
}

TEST(Segmenter, CountsExtensionsInTheIpv6Length) {
    const Template t = tcp_template(ref::v6_addresses(), {}, ref::ipv6_options(6, 128));
    for (const Buffer& frame : cut(t.request(100, 250), t.headers, ref::counting(250))) {
        EXPECT_EQ(ref::get16(frame, 18), frame.size() - 54);
        EXPECT_EQ(l4_residue(frame, ref::v6_addresses(), 6, 14 + 40 + 128), 0xFFFF);
    }
}

TEST(Segmenter, LeavesChecksumsNobodyAskedFor) {
    Template t = tcp_template(ref::v4_addresses());
    ref::put16(t.headers, 24, 0x1357);
    ref::put16(t.headers, 50, 0x2468);
    LsoRequest request = t.request(10, 20);
    request.insert_ip_checksum = false;
    request.insert_l4_checksum = false;
    for (const Buffer& frame : cut(request, t.headers, ref::counting(20))) {
        EXPECT_EQ(ref::get16(frame, 24), 0x1357);
        EXPECT_EQ(ref::get16(frame, 50), 0x2468);
    }
}

TEST(Segmenter, KeepsItsTemplateWhenTheGuestChangesItsOwn) {
    Template t = tcp_template(ref::v4_addresses());
    auto segmenter = Segmenter::create(t.request(10, 10), t.headers);
    ASSERT_TRUE(segmenter);
    std::fill(t.headers.begin(), t.headers.end(), std::byte{0xFF});
    Buffer header(54);
    segmenter->write_header(segmenter->next().value(), 0, header);
    EXPECT_EQ(ref::get16(header, 12), 0x0800);
}

TEST(Segmenter, WritesNothingIntoASpanThatIsTooShort) {
    const Template t = tcp_template(ref::v4_addresses());
    auto segmenter = Segmenter::create(t.request(10, 10), t.headers);
    Buffer header(53, std::byte{0x77});
    segmenter->write_header(segmenter->next().value(), 0, header);
    EXPECT_EQ(header, Buffer(53, std::byte{0x77}));
}

TEST(Segmenter, WorksFromLengthsWhateverTheBytesSay) {
    // MPLS before the IP header, and an IP header that claims another length.
    Template t = tcp_template(ref::v4_addresses());
    t.headers = ref::ethernet(0x8847, ref::from_hex("00001140") + part(t.headers, 14, 40));
    t.headers[18] = std::byte{0x4F};
    t.geometry.mac_len = 18;
    const auto frames = cut(t.request(100, 150), t.headers, ref::counting(150));
    EXPECT_EQ(ref::get16(frames[1], 20), 90);
    EXPECT_EQ(l4_residue(frames[1], ref::v4_addresses(), 6, 38), 0xFFFF);
}

// ---- UDP ----

TEST(Segmenter, GivesEachDatagramItsLength) {
    Template t = udp_template(ref::v6_addresses());
    ref::put16(t.headers, 58, 0xBEEF);
    for (const Buffer& frame : cut(t.request(100, 250), t.headers, ref::counting(250))) {
        EXPECT_EQ(ref::get16(frame, 58), frame.size() - 54);
        EXPECT_EQ(ref::get16(frame, 18), frame.size() - 54);
        EXPECT_EQ(l4_residue(frame, ref::v6_addresses(), 17, 54), 0xFFFF);
    }
}

TEST(Segmenter, SendsNoUdpChecksumOfZero) {  // USO-6, vector of rules 7.2
    const Template t = udp_template(ref::v4_addresses());
    const auto frames = cut(t.request(2, 4), t.headers, ref::from_hex("e8aae8aa"));
    EXPECT_EQ(ref::get16(frames[0], 40), 0xFFFF);
    EXPECT_EQ(ref::get16(frames[1], 40), 0xFFFF);
}

TEST(Segmenter, MakesNoUdpChecksumWithoutASeed) {  // USO-5
    Template t = udp_template(ref::v4_addresses());
    ref::put16(t.headers, 40, 0);
    for (const Buffer& frame : cut(t.request(100, 250), t.headers, ref::counting(250))) {
        EXPECT_EQ(ref::get16(frame, 40), 0);
    }
}

// ---- tunnels ----

Buffer outer_udp(std::size_t length) {
    Buffer udp = ref::from_hex("c35012b500000000");
    ref::put16(udp, 4, length);
    return udp;
}

// As Linux' GSO_PARTIAL: IPLEN spans outer IP to inner TCP, and the IP checksum field cancels what
// lies between.
TEST(Segmenter, RepairsOnlyOutermostIpAndInnermostTcpOfAPartialTunnel) {
    const Buffer inner =
        ref::ip_frame(ref::v6_addresses(), 6, ref::tcp(ref::v6_addresses(), ref::counting(100)));
    const ref::Addresses outer{ref::from_hex("cb007101"), ref::from_hex("cb007102")};
    Buffer headers = ref::ethernet(
        0x0800, ref::ipv4(outer, 17, outer_udp(16 + inner.size()) + ref::vxlan(inner)));
    headers.resize(headers.size() - 100);
    const std::size_t tcp = headers.size() - 20;
    ref::put16(headers, 16, 0);
    ref::put16(headers, 24, static_cast<std::uint16_t>(~ref::sum(part(headers, 34, tcp - 34))));
    ref::put16(headers, tcp + 16, ref::pseudo_header(ref::v6_addresses(), 6, 0));

    Template t;
    t.headers = headers;
    t.geometry = {.mac_len = 14, .ip_len = tcp - 14, .l4_len = 20, .l4 = L4::tcp, .ipv4 = true};
    const auto frames = cut(t.request(100, 300), t.headers, ref::counting(300));
    ASSERT_EQ(frames.size(), 3u);
    for (std::size_t k = 0; k < frames.size(); ++k) {
        const Buffer& frame = frames[k];
        EXPECT_EQ(ref::get16(frame, 16), frame.size() - 14);
        EXPECT_EQ(ref::get16(frame, 18), 0x1234 + k);
        EXPECT_EQ(ip_residue(frame, 14, 20), 0xFFFF);
        EXPECT_EQ(part(frame, 34, tcp - 34), part(headers, 34, tcp - 34));
        EXPECT_EQ(ref::get32(frame, tcp + 4), 1000 + 100 * k);
        EXPECT_EQ(l4_residue(frame, ref::v6_addresses(), 6, tcp), 0xFFFF);
    }
}

struct NativeTunnel {
    Template inner = tcp_template(ref::v4_addresses());
    ref::Addresses outer{ref::from_hex("cb007101"), ref::from_hex("cb007102")};

    // Everything before the inner Ethernet header, behind the outer IP header.
    [[nodiscard]] Template build(std::uint8_t protocol, const Buffer& shim, bool vxlan) const {
        Buffer packet = ref::ip(outer, protocol, shim + inner.headers);
        const std::size_t outer_len = outer.v4() ? 20 : 40;
        ref::put16(packet, outer.v4() ? 2 : 4, 0);
        if (outer.v4()) {
            ref::put16(packet, 10, 0);
        }
        Template out;
        out.headers = ref::ethernet(outer.v4() ? 0x0800 : 0x86DD, packet);
        out.geometry = inner.geometry;
        out.geometry.native_tunnel = true;
        out.geometry.vxlan = vxlan;
        out.geometry.outer_ip_len = outer_len;
        out.geometry.tunnel_len = shim.size() + 14;
        return out;
    }
};

TEST(Segmenter, RepairsBothIpHeadersOfANativeTunnel) {
    const NativeTunnel tunnel;
    const Template t = tunnel.build(47, ref::from_hex("2000655800abcd12"), false);
    const auto frames = cut(t.request(100, 250), t.headers, ref::counting(250));
    ASSERT_EQ(frames.size(), 3u);
    for (std::size_t k = 0; k < frames.size(); ++k) {
        const Buffer& frame = frames[k];
        EXPECT_EQ(ref::get16(frame, 16), frame.size() - 14);
        EXPECT_EQ(ref::get16(frame, 18), 0x1234 + k);
        EXPECT_EQ(ip_residue(frame, 14, 20), 0xFFFF);
        EXPECT_EQ(part(frame, 34, 8), ref::from_hex("2000655800abcd12"));
        EXPECT_EQ(ref::get16(frame, 58), frame.size() - 56);
        EXPECT_EQ(ref::get16(frame, 60), 0x1234 + k);
        EXPECT_EQ(ip_residue(frame, 56, 20), 0xFFFF);
        EXPECT_EQ(l4_residue(frame, ref::v4_addresses(), 6, 76), 0xFFFF);
    }
}

TEST(Segmenter, SetsTheOuterUdpLengthOfVxlan) {
    const NativeTunnel tunnel;
    const Template t = tunnel.build(17, outer_udp(0) + ref::vxlan({}), true);
    for (const Buffer& frame : cut(t.request(100, 250), t.headers, ref::counting(250))) {
        EXPECT_EQ(ref::get16(frame, 38), frame.size() - 34);
        EXPECT_EQ(ref::get16(frame, 40), 0);
    }
}

// A driver that never fills in the tunnel type announces NVGRE as VXLAN.
TEST(Segmenter, DoesNotTakeAGreKeyForAUdpLength) {
    const NativeTunnel tunnel;
    const Template t = tunnel.build(47, ref::from_hex("2000655800abcd12"), true);
    const auto frames = cut(t.request(100, 250), t.headers, ref::counting(250));
    EXPECT_EQ(part(frames[0], 34, 8), ref::from_hex("2000655800abcd12"));
}

TEST(Segmenter, RepairsANativeTunnelOverIpv6) {
    NativeTunnel tunnel;
    tunnel.outer = ref::v6_addresses();
    const Template t = tunnel.build(17, outer_udp(0) + ref::vxlan({}), true);
    for (const Buffer& frame : cut(t.request(100, 250), t.headers, ref::counting(250))) {
        EXPECT_EQ(ref::get16(frame, 18), frame.size() - 54);
        EXPECT_EQ(ref::get16(frame, 58), frame.size() - 54);
        EXPECT_EQ(part(frame, 20, 34), part(t.headers, 20, 34));
        EXPECT_EQ(ip_residue(frame, 84, 20), 0xFFFF);
    }
}

// ---- requests that cannot be met ----

LsoError refusal(const std::function<void(LsoRequest&, Buffer&)>& spoil, bool v6 = false) {
    Template t = tcp_template(v6 ? ref::v6_addresses() : ref::v4_addresses());
    LsoRequest request = t.request(1460, 3000);
    spoil(request, t.headers);
    EXPECT_EQ(Segmenter::create(request, t.headers).has_value(),
              Segmenter::check(request, t.headers) == LsoError::none);
    return Segmenter::check(request, t.headers);
}

TEST(Segmenter, RefusesWithAReason) {
    EXPECT_EQ(refusal([](auto&, auto&) {}), LsoError::none);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.mss = 0; }), LsoError::mss_zero);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.l4 = L4::sctp; }), LsoError::sctp);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.l4 = L4::none; }), LsoError::no_l4);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.l4_len = 0; }), LsoError::l4_len_too_short);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.l4_len = 19; }), LsoError::l4_len_too_short);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.ip_len = 19; }), LsoError::ip_len_too_short);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.ip_len = 39; }, true),
              LsoError::ip_len_too_short);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.ip_len = 511; }), LsoError::header_too_long);
    EXPECT_EQ(refusal([](auto&, auto& headers) { headers.pop_back(); }),
              LsoError::header_truncated);
    EXPECT_EQ(refusal([](auto&, auto& headers) { headers.clear(); }), LsoError::header_truncated);
    EXPECT_EQ(refusal([](auto& r, auto&) { r.geometry.native_tunnel = true; }),
              LsoError::outer_ip_len_too_short);
    EXPECT_EQ(refusal([](auto& r, auto&) {
                  r.mss = 0xFFFF;
                  r.payload_len = 0x3FFFF;
              }),
              LsoError::segment_too_long);
}

TEST(Segmenter, AcceptsALargeMssForAPayloadThatFits) {
    EXPECT_EQ(refusal([](auto& r, auto&) { r.mss = 0xFFFF; }), LsoError::none);
}

TEST(Segmenter, RefusesAnOuterIpHeaderThatIsTooShort) {
    const NativeTunnel tunnel;
    const Template t = tunnel.build(47, ref::from_hex("2000655800abcd12"), false);
    LsoRequest request = t.request(100, 250);
    request.geometry.outer_ip_len = 19;
    EXPECT_EQ(Segmenter::check(request, t.headers), LsoError::outer_ip_len_too_short);
}

TEST(Segmenter, HasWordsForEveryReason) {
    for (unsigned i = 0; i <= static_cast<unsigned>(LsoError::segment_too_long); ++i) {
        EXPECT_STRNE(to_string(static_cast<LsoError>(i)), "?");
    }
}

}  // namespace
}  // namespace ixgbe
