// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/toeplitz.h"

#include <algorithm>
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "engine_reference.h"

namespace ixgbe {
namespace {

namespace ref = reference;
using ref::Buffer;
using ref::operator+;  // NOLINT(misc-unused-using-decls): it is used

const Buffer& suite_key_bytes() {
    static const Buffer key = ref::from_hex(
        "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");
    return key;
}

ToeplitzKey key_of(const Buffer& bytes) {
    return ToeplitzKey(std::span<const std::byte, ToeplitzKey::kKeyLength>(bytes.data(), 40));
}

ToeplitzKey suite_key() {
    return key_of(suite_key_bytes());
}

Buffer address(const std::string& text) {
    const bool v6 = text.find(':') != std::string::npos;
    Buffer out(v6 ? 16 : 4);
    EXPECT_EQ(inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), out.data()), 1) << text;
    return out;
}

constexpr RssTypes kAll{.ipv4 = true,
                        .tcp_ipv4 = true,
                        .ipv6 = true,
                        .tcp_ipv6 = true,
                        .udp_ipv4 = true,
                        .udp_ipv6 = true};
constexpr RssTypes kAddressesOnly{.ipv4 = true, .ipv6 = true};

struct Flow {
    ref::Addresses addresses;
    std::uint16_t src_port = 0;
    std::uint16_t dst_port = 0;
    std::uint32_t ip_hash = 0;
    std::uint32_t l4_hash = 0;

    [[nodiscard]] Buffer tcp() const {
        return ref::tcp(addresses, ref::counting(9), {.src_port = src_port, .dst_port = dst_port});
    }
    [[nodiscard]] Buffer udp() const {
        return ref::udp(addresses, ref::counting(9), src_port, dst_port);
    }
};

std::vector<Flow> suite() {
    std::vector<Flow> flows;
    for (const auto& row : ref::vectors("toeplitz.txt")) {
        std::istringstream tuple(row.at(0));
        std::string src;
        std::string dst;
        Flow flow;
        tuple >> src >> flow.src_port >> dst >> flow.dst_port;
        flow.addresses = {address(src), address(dst)};
        flow.ip_hash = static_cast<std::uint32_t>(ref::hex_number(row.at(1)));
        flow.l4_hash = static_cast<std::uint32_t>(ref::hex_number(row.at(2)));
        flows.push_back(flow);
    }
    return flows;
}

std::optional<RssHash> hash_of(const Buffer& frame, RssTypes types,
                               const ParseOptions& options = {}) {
    return rss_hash(suite_key(), frame, parse(frame, options), types);
}

TEST(Toeplitz, PassesThePublishedSuite) {
    ASSERT_EQ(suite().size(), 8u);
    for (const Flow& flow : suite()) {
        Buffer input = flow.addresses.src + flow.addresses.dst;
        EXPECT_EQ(suite_key().hash(input), flow.ip_hash);
        input.resize(input.size() + 4);
        ref::put16(input, input.size() - 4, flow.src_port);
        ref::put16(input, input.size() - 2, flow.dst_port);
        EXPECT_EQ(suite_key().hash(input), flow.l4_hash);
    }
}

TEST(Toeplitz, AgreesWithTheReferenceForAnyKeyAndLength) {
    ref::Dice dice(11);
    for (int i = 0; i < 500; ++i) {
        const Buffer key = dice.bytes(40);
        const Buffer input = dice.bytes(dice.between(0, 36));
        ASSERT_EQ(key_of(key).hash(input), ref::toeplitz(key, input))
            << ref::to_hex(key) << " " << ref::to_hex(input);
    }
}

TEST(Toeplitz, IgnoresInputBeyondTheKey) {
    const Buffer input = ref::counting(40, 7);
    EXPECT_EQ(suite_key().hash(input),
              ref::toeplitz(suite_key_bytes(), ConstBytes(input).first(36)));
}

TEST(Toeplitz, OfAnUnsetKeyIsZero) {
    EXPECT_EQ(ToeplitzKey().hash(ref::counting(36, 1)), 0u);
}

TEST(RssHash, TakesPortsOfTcpAndUdp) {
    for (const Flow& flow : suite()) {
        const bool v4 = flow.addresses.v4();
        const auto tcp = hash_of(ref::ip_frame(flow.addresses, 6, flow.tcp()), kAll);
        const auto udp = hash_of(ref::ip_frame(flow.addresses, 17, flow.udp()), kAll);
        EXPECT_EQ(tcp, (RssHash{flow.l4_hash, v4 ? RssKind::tcp_ipv4 : RssKind::tcp_ipv6}));
        EXPECT_EQ(udp, (RssHash{flow.l4_hash, v4 ? RssKind::udp_ipv4 : RssKind::udp_ipv6}));
    }
}

TEST(RssHash, FallsBackToAddressesWhenPortsAreNotEnabled) {
    for (const Flow& flow : suite()) {
        const auto hash = hash_of(ref::ip_frame(flow.addresses, 6, flow.tcp()), kAddressesOnly);
        EXPECT_EQ(hash,
                  (RssHash{flow.ip_hash, flow.addresses.v4() ? RssKind::ipv4 : RssKind::ipv6}));
    }
}

TEST(RssHash, IsAbsentForTypesThatAreNotEnabled) {
    const Flow flow = suite().front();
    const Buffer frame = ref::ip_frame(flow.addresses, 6, flow.tcp());
    EXPECT_FALSE(hash_of(frame, {}));
    EXPECT_FALSE(hash_of(frame, {.ipv6 = true, .tcp_ipv6 = true, .udp_ipv4 = true}));
    EXPECT_TRUE(hash_of(frame, {.tcp_ipv4 = true}));
}

TEST(RssHash, KnowsEachTypeByItsOwnBit) {
    const Flow four = suite().front();
    const Flow six = suite().at(5);
    const Buffer tcp4 = ref::ip_frame(four.addresses, 6, four.tcp());
    const Buffer udp4 = ref::ip_frame(four.addresses, 17, four.udp());
    const Buffer tcp6 = ref::ip_frame(six.addresses, 6, six.tcp());
    const Buffer udp6 = ref::ip_frame(six.addresses, 17, six.udp());
    const auto hashed = [&](RssTypes types) {
        return std::array{hash_of(tcp4, types).has_value(), hash_of(udp4, types).has_value(),
                          hash_of(tcp6, types).has_value(), hash_of(udp6, types).has_value()};
    };
    EXPECT_EQ(hashed({.tcp_ipv4 = true}), (std::array{true, false, false, false}));
    EXPECT_EQ(hashed({.udp_ipv4 = true}), (std::array{false, true, false, false}));
    EXPECT_EQ(hashed({.tcp_ipv6 = true}), (std::array{false, false, true, false}));
    EXPECT_EQ(hashed({.udp_ipv6 = true}), (std::array{false, false, false, true}));
    EXPECT_EQ(hashed({.ipv4 = true}), (std::array{true, true, false, false}));
    EXPECT_EQ(hashed({.ipv6 = true}), (std::array{false, false, true, true}));
}

TEST(RssHash, IsAbsentForFramesWithoutIp) {
    EXPECT_FALSE(hash_of(ref::ethernet(0x0806, ref::counting(46)), kAll));
    EXPECT_FALSE(hash_of(ref::counting(3), kAll));
}

TEST(RssHash, UsesAddressesOfIpv4Fragments) {
    const Flow flow = suite().front();
    for (const std::uint16_t fragment :
         std::initializer_list<std::uint16_t>{0x2000, 0x2005, 0x0005}) {
        const Buffer frame =
            ref::ethernet(0x0800, ref::ipv4(flow.addresses, 6, flow.tcp(), {}, fragment));
        EXPECT_EQ(hash_of(frame, kAll), (RssHash{flow.ip_hash, RssKind::ipv4}));
    }
}

TEST(RssHash, UsesAddressesOfIpv6Fragments) {
    const Flow flow = suite().at(5);
    const Buffer fragment = ref::from_hex("0600000112345678") + flow.tcp();
    const Buffer frame = ref::ethernet(0x86DD, ref::ipv6(flow.addresses, 44, fragment));
    EXPECT_EQ(hash_of(frame, kAll), (RssHash{flow.ip_hash, RssKind::ipv6}));
}

TEST(RssHash, FindsPortsBehindOptionsAndExtensions) {
    const Flow four = suite().front();
    const Flow six = suite().at(5);
    const Buffer options = ref::from_hex("01010101");
    EXPECT_EQ(
        hash_of(ref::ethernet(0x0800, ref::ipv4(four.addresses, 6, four.tcp(), options)), kAll),
        (RssHash{four.l4_hash, RssKind::tcp_ipv4}));
    const Buffer extended = ref::ipv6_options(60, 8) + ref::ipv6_options(6, 128) + six.tcp();
    EXPECT_EQ(hash_of(ref::ethernet(0x86DD, ref::ipv6(six.addresses, 0, extended)), kAll),
              (RssHash{six.l4_hash, RssKind::tcp_ipv6}));
}

TEST(RssHash, UsesAddressesOfSctpAndOfIpInIp) {
    const Flow flow = suite().front();
    EXPECT_EQ(hash_of(ref::ip_frame(flow.addresses, 132, ref::sctp(ref::counting(20))), kAll),
              (RssHash{flow.ip_hash, RssKind::ipv4}));
    const Flow other = suite().at(1);
    const Buffer inner = ref::ipv4(other.addresses, 6, other.tcp());
    EXPECT_EQ(hash_of(ref::ip_frame(flow.addresses, 4, inner), kAll),
              (RssHash{flow.ip_hash, RssKind::ipv4}));
}

ref::Addresses outer_addresses() {
    return {address("10.0.0.1"), address("10.0.0.2")};
}

Buffer inner_frame(std::uint8_t protocol, const Buffer& payload) {
    return ref::ip_frame(suite().front().addresses, protocol, payload);
}

TEST(RssHash, LooksInsideNvgre) {
    const Buffer frame =
        ref::ip_frame(outer_addresses(), 47, ref::nvgre(inner_frame(6, suite().front().tcp())));
    EXPECT_EQ(hash_of(frame, kAll), (RssHash{0x51CCC178, RssKind::tcp_ipv4}));
}

TEST(RssHash, LooksInsideVxlanOnItsPortOnly) {
    const Buffer datagram =
        ref::udp(outer_addresses(), ref::vxlan(inner_frame(6, suite().front().tcp())), 50000, 4789);
    const Buffer frame = ref::ip_frame(outer_addresses(), 17, datagram);
    EXPECT_EQ(hash_of(frame, kAll, {.vxlan_port = 4789}), (RssHash{0x51CCC178, RssKind::tcp_ipv4}));
    const auto plain = hash_of(frame, kAll);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->kind, RssKind::udp_ipv4);
    EXPECT_EQ(plain->hash,
              ref::toeplitz(suite_key_bytes(), ref::from_hex("0a0000010a000002c35012b5")));
}

// X550 hashes the inner addresses; rule NVGRE-20 wants the outer ones.
TEST(RssHash, OfATunnelWithoutInnerPortsFollowsTheChosenRule) {
    const Buffer frame =
        ref::ip_frame(outer_addresses(), 47, ref::nvgre(inner_frame(1, ref::counting(16))));
    EXPECT_EQ(hash_of(frame, kAll), (RssHash{0x323E8FC2, RssKind::ipv4}));
    RssTypes windows = kAll;
    windows.tunnel_outer_fallback = true;
    EXPECT_EQ(hash_of(frame, windows), (RssHash{0x02B7C9B1, RssKind::ipv4}));

    const Buffer datagram =
        ref::udp(outer_addresses(), ref::vxlan(inner_frame(1, ref::counting(16))), 50000, 4789);
    const Buffer in_udp = ref::ip_frame(outer_addresses(), 17, datagram);
    EXPECT_EQ(hash_of(in_udp, windows, {.vxlan_port = 4789}), (RssHash{0x02B7C9B1, RssKind::ipv4}));

    const Buffer over_ipv6 =
        ref::ip_frame(ref::v6_addresses(), 47, ref::nvgre(inner_frame(1, ref::counting(16))));
    EXPECT_EQ(hash_of(over_ipv6, windows), (RssHash{0x829C6D35, RssKind::ipv6}));
}

}  // namespace
}  // namespace ixgbe
