// SPDX-License-Identifier: GPL-2.0-or-later
// Segmentation of random packets: against an independent decoder (libtins) where the packet makes
// sense, against a literal transcription of the datasheet's algorithm where it is garbage.
#include <algorithm>
#include <gtest/gtest.h>
#include <tins/tins.h>

#include "engine_reference.h"
#include "net/checksum.h"
#include "net/lso.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using ref::Buffer;
using ref::Dice;
using ref::Exact;
using ref::operator+;  // NOLINT(misc-unused-using-decls): it is used

constexpr int kCases = 10'000;

Buffer part(const Buffer& bytes, std::size_t from, std::size_t length) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

enum class Wrapping { none, partial_vxlan, partial_nvgre, native_vxlan, native_nvgre };

struct Case {
    LsoRequest request;
    Buffer headers;
    Buffer payload;
    ref::Addresses inner;
    std::size_t inner_ip = 0;  // where the innermost IP header lies
    std::size_t outer_ip = 0;
    std::size_t outer_ip_len = 0;  // 0: no tunnel
    bool outer_v4 = false;
    bool outer_is_udp = false;

    [[nodiscard]] std::string describe() const {
        const HeaderGeometry& g = request.geometry;
        std::ostringstream out;
        out << "mss " << request.mss << " payload " << payload.size() << " lengths " << g.mac_len
            << " " << g.outer_ip_len << " " << g.tunnel_len << " " << g.ip_len << " " << g.l4_len
            << " l4 " << static_cast<int>(g.l4) << " ipv4 " << g.ipv4 << " native "
            << g.native_tunnel << " vxlan " << g.vxlan << "\nheaders " << ref::to_hex(headers)
            << "\npayload " << ref::to_hex(payload);
        return out.str();
    }
};

ref::Addresses random_addresses(Dice& dice, bool v4) {
    return {dice.bytes(v4 ? 4 : 16), dice.bytes(v4 ? 4 : 16)};
}

Buffer random_l4(Dice& dice, const ref::Addresses& a, L4 kind, std::size_t payload) {
    if (kind == L4::udp) {
        Buffer udp = ref::udp(a, {}, static_cast<std::uint16_t>(dice.between(1, 65535)), 4000);
        ref::put16(udp, 4, 8 + payload);
        ref::put16(udp, 6, ref::pseudo_header(a, 17, 0));
        return udp;
    }
    static const std::array<Buffer, 4> options{Buffer{}, ref::from_hex("0101080a0000000100000002"),
                                               ref::from_hex("020405b4"),
                                               ref::from_hex("0101050a0000000100000002")};
    Buffer tcp = ref::tcp(a, {},
                          {.src_port = static_cast<std::uint16_t>(dice.between(1, 65535)),
                           .seq = static_cast<std::uint32_t>(dice.between(0, 0xFFFFFFFF)),
                           .flags = static_cast<std::uint16_t>(dice.between(0, 0xFF)),
                           .options = options[dice.between(0, 3)]});
    ref::put16(tcp, 16, ref::pseudo_header(a, 6, 0));
    return tcp;
}

// An IP header as drivers prepare it: length and IPv4 checksum 0.
Buffer random_ip(Dice& dice, const ref::Addresses& a, std::uint8_t protocol) {
    Buffer header;
    if (a.v4()) {
        header = ref::ipv4(a, protocol, {}, dice.coin() ? Buffer{} : ref::from_hex("01010101"));
        ref::put16(header, 2, 0);
        ref::put16(header, 4, dice.between(0, 0xFFFF));
        ref::put16(header, 10, dice.coin() ? 0 : 0xFFFF);
        return header;
    }
    const bool extended = dice.coin();
    header = ref::ipv6(a, extended ? 60 : protocol, {});
    return extended ? header + ref::ipv6_options(protocol, 8 * dice.between(1, 7)) : header;
}

// Lengths of the template inside a GSO_PARTIAL tunnel already describe one segment.
void describe_one_segment(Buffer& headers, std::size_t ip, const ref::Addresses& a,
                          std::size_t tail) {
    const std::size_t behind = headers.size() - ip + tail;
    ref::put16(headers, ip + (a.v4() ? 2 : 4), a.v4() ? behind : behind - 40);
}

void set_ipv4_sum(Buffer& headers, std::size_t ip) {
    const std::size_t length = (ref::u8(headers[ip]) & 15u) * 4;
    ref::put16(headers, ip + 10, 0);
    ref::put16(headers, ip + 10, static_cast<std::uint16_t>(~ref::sum(part(headers, ip, length))));
}

void wrap(Dice& dice, Case& c, const Buffer& inner_packet, Wrapping wrapping) {
    const bool vxlan = wrapping == Wrapping::partial_vxlan || wrapping == Wrapping::native_vxlan;
    const bool native = wrapping == Wrapping::native_vxlan || wrapping == Wrapping::native_nvgre;
    HeaderGeometry& g = c.request.geometry;
    const Buffer inner = ref::ethernet(c.inner.v4() ? 0x0800 : 0x86DD, inner_packet);
    const ref::Addresses outer = random_addresses(dice, dice.coin());
    const Buffer outer_ip = random_ip(dice, outer, vxlan ? 17 : 47);
    Buffer shim = vxlan ? ref::from_hex("c35012b500000000") + ref::vxlan({}) : ref::nvgre({});
    c.outer_v4 = outer.v4();
    c.outer_ip = g.mac_len;
    c.outer_ip_len = outer_ip.size();
    c.inner_ip = g.mac_len + outer_ip.size() + shim.size() + 14;
    // IPv6 extensions before the tunnel hide its UDP header from a device that works by lengths.
    c.outer_is_udp = vxlan && ref::u8(outer_ip[outer.v4() ? 9 : 6]) == 17;
    c.headers = ref::ethernet(outer.v4() ? 0x0800 : 0x86DD, outer_ip + shim + inner);
    if (native) {
        g.native_tunnel = true;
        g.vxlan = vxlan;
        g.outer_ip_len = outer_ip.size();
        g.tunnel_len = shim.size() + 14;
        return;
    }
    const std::size_t segment = c.request.mss;
    const std::size_t l4 = c.headers.size() - g.l4_len;
    describe_one_segment(c.headers, c.inner_ip, c.inner, segment);
    if (c.inner.v4()) {
        set_ipv4_sum(c.headers, c.inner_ip);
    }
    const std::size_t udp = g.mac_len + outer_ip.size();
    if (vxlan) {
        ref::put16(c.headers, udp + 4, c.headers.size() - udp + segment);
    }
    if (outer.v4()) {
        ref::put16(c.headers, c.outer_ip + 10,
                   static_cast<std::uint16_t>(~ref::sum(part(c.headers, udp, l4 - udp))));
    }
    g.ipv4 = outer.v4();
    g.ip_len = l4 - g.mac_len;
    c.request.insert_ip_checksum = outer.v4();
}

Case random_case(Dice& dice) {
    Case c;
    const auto wrapping = static_cast<Wrapping>(dice.between(0, 4));
    const bool partial = wrapping == Wrapping::partial_vxlan || wrapping == Wrapping::partial_nvgre;
    c.inner = random_addresses(dice, dice.coin());
    HeaderGeometry& g = c.request.geometry;
    g.mac_len = 14;
    g.l4 = partial || dice.coin() ? L4::tcp : L4::udp;
    g.ipv4 = c.inner.v4();
    const std::size_t segments = dice.between(1, 6);
    c.request.mss = static_cast<std::uint16_t>(dice.between(1, 600));
    const std::size_t tail = partial ? c.request.mss : dice.between(1, c.request.mss);
    c.payload = dice.bytes((segments - 1) * c.request.mss + tail);
    c.request.payload_len = static_cast<std::uint32_t>(c.payload.size());
    c.request.insert_l4_checksum = true;
    c.request.insert_ip_checksum = g.ipv4;
    const Buffer l4 = random_l4(dice, c.inner, g.l4, c.payload.size());
    const Buffer ip = random_ip(dice, c.inner, g.l4 == L4::tcp ? 6 : 17);
    g.ip_len = ip.size();
    g.l4_len = l4.size();
    if (wrapping != Wrapping::none) {
        wrap(dice, c, ip + l4, wrapping);
        return c;
    }
    const Buffer tags = dice.coin() ? Buffer{} : ref::tag(0x8100, 0x2005);
    g.mac_len += tags.size();
    c.inner_ip = g.mac_len;
    c.headers = ref::ethernet(c.inner.v4() ? 0x0800 : 0x86DD, ip + l4, tags);
    return c;
}

std::vector<Buffer> cut(const Case& c) {
    std::vector<Buffer> frames;
    const Exact headers(c.headers);
    auto segmenter = Segmenter::create(c.request, headers.bytes());
    while (const auto segment = segmenter ? segmenter->next() : std::nullopt) {
        const Buffer data = part(c.payload, segment->payload_offset, segment->payload_len);
        const Exact header(Buffer(segmenter->header_len()));
        segmenter->write_header(*segment, ones_complement_sum(data), header.bytes());
        frames.push_back(Buffer(header.bytes().begin(), header.bytes().end()) + data);
    }
    return frames;
}

// libtins recomputes every length and checksum when it writes a packet: right ones come back
// unchanged.
template <typename Packet>
bool survives_libtins(const Buffer& bytes) {
    std::vector<std::uint8_t> in(bytes.size());
    std::transform(bytes.begin(), bytes.end(), in.begin(), ref::u8);
    Packet packet(in.data(), static_cast<std::uint32_t>(in.size()));
    return packet.serialize() == in;
}

void expect_right_outer(const Case& c, const Buffer& frame, std::size_t k) {
    const std::size_t behind = frame.size() - c.outer_ip;
    if (c.outer_v4) {
        ASSERT_EQ(ref::get16(frame, c.outer_ip + 2), behind);
        ASSERT_EQ(ref::get16(frame, c.outer_ip + 4),
                  static_cast<std::uint16_t>(ref::get16(c.headers, c.outer_ip + 4) + k));
        ASSERT_EQ(ref::sum(part(frame, c.outer_ip, c.outer_ip_len)), 0xFFFF);
    } else {
        ASSERT_EQ(ref::get16(frame, c.outer_ip + 4), behind - 40);
    }
    if (c.outer_is_udp) {
        ASSERT_EQ(ref::get16(frame, c.outer_ip + c.outer_ip_len + 4), behind - c.outer_ip_len);
    }
}

TEST(SegmenterProperty, EverySegmentIsARightPacketAndTogetherTheyAreThePayload) {
    Dice dice(20'240'501);
    for (int i = 0; i < kCases; ++i) {
        const Case c = random_case(dice);
        const auto frames = cut(c);
        ASSERT_EQ(frames.size(), (c.payload.size() - 1) / c.request.mss + 1) << c.describe();
        Buffer joined;
        for (std::size_t k = 0; k < frames.size(); ++k) {
            const Buffer& frame = frames[k];
            const Buffer inner = part(frame, c.inner_ip, frame.size() - c.inner_ip);
            ASSERT_TRUE(c.inner.v4() ? survives_libtins<Tins::IP>(inner)
                                     : survives_libtins<Tins::IPv6>(inner))
                << "segment " << k << " " << ref::to_hex(frame) << "\n"
                << c.describe();
            if (c.outer_ip_len != 0) {
                expect_right_outer(c, frame, k);
                ASSERT_FALSE(HasFatalFailure()) << "segment " << k << "\n" << c.describe();
            }
            joined = joined + part(frame, c.headers.size(), frame.size() - c.headers.size());
        }
        ASSERT_EQ(joined, c.payload) << c.describe();
    }
}

TEST(SegmenterProperty, SequenceNumbersIdsAndFlagsFollowTheirRules) {
    Dice dice(20'240'502);
    for (int i = 0; i < kCases; ++i) {
        const Case c = random_case(dice);
        if (c.request.geometry.l4 != L4::tcp) {
            continue;
        }
        const auto frames = cut(c);
        const std::size_t tcp = c.headers.size() - c.request.geometry.l4_len;
        const std::uint32_t seq = ref::get32(c.headers, tcp + 4);
        const std::uint16_t word = ref::get16(c.headers, tcp + 12);
        for (std::size_t k = 0; k < frames.size(); ++k) {
            const bool last = k + 1 == frames.size();
            // FIN and PSH at the end only; CWR not at the end (X550 DS 7.2.4).
            const unsigned cleared = frames.size() == 1 ? 0 : last ? 0x080 : 0x009;
            ASSERT_EQ(ref::get32(frames[k], tcp + 4),
                      static_cast<std::uint32_t>(seq + k * c.request.mss))
                << c.describe();
            ASSERT_EQ(ref::get16(frames[k], tcp + 12), word & ~cleared) << c.describe();
            ASSERT_EQ(part(frames[k], 0, 12), part(c.headers, 0, 12)) << c.describe();
            ASSERT_EQ(part(frames[k], tcp + 8, 4), part(c.headers, tcp + 8, 4)) << c.describe();
        }
    }
}

// ---- garbage ----

struct Slow {
    const LsoRequest& request;
    const Buffer& headers;

    // X550 DS 7.2.4, step by step on a copy of the whole segment.
    [[nodiscard]] Buffer header(std::size_t k, const Buffer& data, bool last) const {
        const HeaderGeometry& g = request.geometry;
        Buffer h = part(headers, 0, g.header_len());
        const std::size_t end = h.size() + data.size();
        if (g.native_tunnel) {
            outer(h, g, k, end);
        }
        const std::size_t ip = g.ip_offset();
        if (g.ipv4) {
            ref::put16(h, ip + 2, g.ip_len + g.l4_len + data.size());
            ref::put16(h, ip + 4, ref::get16(headers, ip + 4) + k);
            if (request.insert_ip_checksum) {
                store_sum(h, ip, g.ip_len, ip + 10);
            }
        } else {
            ref::put16(h, ip + 4, g.ip_len - 40 + g.l4_len + data.size());
        }
        if (g.l4 == L4::tcp) {
            tcp(h, k, data, last);
        } else {
            udp(h, data);
        }
        return h;
    }

private:
    static void store_sum(Buffer& h, std::size_t from, std::size_t length, std::size_t at) {
        ref::put16(h, at, static_cast<std::uint16_t>(~ref::sum(part(h, from, length))));
    }

    void outer(Buffer& h, const HeaderGeometry& g, std::size_t k, std::size_t end) const {
        const std::size_t at = g.mac_len;
        const unsigned version = ref::u8(h[at]) >> 4;
        if (version == 4) {
            ref::put16(h, at + 2, end - at);
            ref::put16(h, at + 4, ref::get16(headers, at + 4) + k);
            store_sum(h, at, g.outer_ip_len, at + 10);
        } else if (version == 6) {
            ref::put16(h, at + 4, end - at - 40);
        }
        const std::size_t protocol = at + (version == 4 ? 9 : 6);
        if (g.vxlan && g.tunnel_len >= 8 && ref::u8(h[protocol]) == 17) {
            ref::put16(h, at + g.outer_ip_len + 4, end - at - g.outer_ip_len);
        }
    }

    void tcp(Buffer& h, std::size_t k, const Buffer& data, bool last) const {
        const std::size_t at = request.geometry.l4_offset();
        ref::put32(h, at + 4, ref::get32(headers, at + 4) + k * request.mss);
        if (!(k == 0 && last)) {
            const unsigned mask = k == 0 ? request.masks.first
                                  : last ? request.masks.last
                                         : request.masks.middle;
            ref::put16(h, at + 12, ref::get16(headers, at + 12) & (0xF000 | mask));
        }
        if (request.insert_l4_checksum) {
            store_l4(h, at, data, 16, false);
        }
    }

    void udp(Buffer& h, const Buffer& data) const {
        const std::size_t at = request.geometry.l4_offset();
        ref::put16(h, at + 4, request.geometry.l4_len + data.size());
        if (request.insert_l4_checksum && ref::get16(h, at + 6) != 0) {
            store_l4(h, at, data, 6, true);
        }
    }

    void store_l4(Buffer& h, std::size_t at, const Buffer& data, std::size_t field,
                  bool udp) const {
        const std::size_t l4_len = request.geometry.l4_len;
        ChecksumParts sum;
        sum.add(part(h, at, l4_len));
        sum.add(data);
        sum.total += static_cast<std::uint32_t>(l4_len + data.size());
        const auto value = static_cast<std::uint16_t>(~ref::sum({}, sum.total));
        ref::put16(h, at + field, udp && value == 0 ? 0xFFFF : value);
    }

    // The payload is summed as if it began at an even offset, whatever L4LEN is.
    struct ChecksumParts {
        std::uint32_t total = 0;
        void add(const Buffer& bytes) { total += ref::sum(bytes); }
    };
};

LsoRequest random_request(Dice& dice) {
    LsoRequest r;
    HeaderGeometry& g = r.geometry;
    const std::size_t small = dice.between(0, 3);
    g.mac_len = dice.between(0, small != 0 ? 30 : 127);
    g.ip_len = dice.between(0, small != 0 ? 90 : 511);
    g.l4_len = dice.between(0, small != 0 ? 60 : 255);
    g.native_tunnel = dice.coin();
    g.vxlan = dice.coin();
    g.outer_ip_len = dice.between(0, small != 0 ? 60 : 255);
    g.tunnel_len = dice.between(0, small != 0 ? 60 : 255);
    g.ipv4 = dice.coin();
    g.l4 = static_cast<L4>(dice.between(0, 3) % (small + 1));
    r.mss = static_cast<std::uint16_t>(dice.between(0, small != 0 ? 200 : 0xFFFF));
    r.payload_len = static_cast<std::uint32_t>(dice.between(0, 1000));
    r.insert_ip_checksum = dice.coin();
    r.insert_l4_checksum = dice.coin();
    r.masks = {.first = static_cast<std::uint16_t>(dice.between(0, 0xFFF)),
               .middle = static_cast<std::uint16_t>(dice.between(0, 0xFFF)),
               .last = static_cast<std::uint16_t>(dice.between(0, 0xFFF))};
    return r;
}

TEST(SegmenterProperty, FollowsTheDatasheetToTheLetterOnGarbage) {
    Dice dice(20'240'503);
    int accepted = 0;
    for (int i = 0; i < kCases; ++i) {
        Case c;
        c.request = random_request(dice);
        c.headers = dice.bytes(dice.between(0, 9) == 0 ? dice.between(0, 60) : 600);
        const HeaderGeometry& g = c.request.geometry;
        if (g.native_tunnel && g.mac_len < c.headers.size()) {
            c.headers[g.mac_len] = static_cast<std::byte>(dice.between(3, 6) * 16 + 5);
        }
        c.payload = dice.bytes(c.request.payload_len);
        const auto frames = cut(c);
        if (frames.empty()) {
            ASSERT_NE(Segmenter::check(c.request, c.headers), LsoError::none) << c.describe();
            continue;
        }
        ++accepted;
        for (std::size_t k = 0, at = 0; k < frames.size(); ++k) {
            const std::size_t size = frames[k].size() - g.header_len();
            const Buffer data = part(c.payload, at, size);
            const Buffer want =
                Slow{c.request, c.headers}.header(k, data, k + 1 == frames.size()) + data;
            ASSERT_EQ(ref::to_hex(frames[k]), ref::to_hex(want)) << "segment " << k << "\n"
                                                                 << c.describe();
            at += size;
        }
    }
    EXPECT_GT(accepted, kCases / 20);
}

}  // namespace
}  // namespace ixgbe
