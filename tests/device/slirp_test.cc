// SPDX-License-Identifier: GPL-2.0-or-later
// The device in conversation with libslirp, an independent TCP/IP stack that answers nothing whose
// checksum is wrong: a small guest-side stack talks to it through the rings.

#include <gtest/gtest.h>
#include <tins/tins.h>

#include "slirp_rig.h"

namespace x550 {
namespace {

TEST(Slirp, ArpIsAnswered) {
    SlirpRig rig;
    EXPECT_TRUE(rig.resolve_gateway());
}

Frame dhcp_message(Tins::DHCP::Flags type, bool with_request) {
    Tins::DHCP dhcp;
    dhcp.type(type);
    dhcp.xid(0x12345678);
    dhcp.chaddr(Tins::HWAddress<6>(kDeviceMac.data()));
    if (with_request) {
        dhcp.requested_ip(SlirpPeer::kGuestIp);
        dhcp.server_identifier(SlirpPeer::kGatewayIp);
    }
    dhcp.end();
    return dhcp.serialize();
}

TEST(Slirp, DhcpGivesTheGuestItsAddress) {
    SlirpRig rig;
    FrameBuilder builder;
    builder.to(kBroadcast).from(kDeviceMac).ipv4("0.0.0.0", "255.255.255.255").udp(68, 67);
    std::vector<Tins::DHCP::Flags> answers;
    std::string address;
    const auto see = [&](const RxPacket& packet, const Decoded& decoded) {
        if (decoded.udp && decoded.destination_port == 68) {
            EXPECT_TRUE(packet.has(RxWriteBack::l4cs)) << "libslirp sums its datagrams";
            const Tins::DHCP dhcp(decoded.payload.data(),
                                  static_cast<std::uint32_t>(decoded.payload.size()));
            answers.push_back(static_cast<Tins::DHCP::Flags>(dhcp.type()));
            address = dhcp.yiaddr().to_string();
        }
    };
    rig.send_with_offload(builder.payload(dhcp_message(Tins::DHCP::DISCOVER, false)), false);
    ASSERT_TRUE(rig.until([&] { return answers.size() == 1; }, see));
    EXPECT_EQ(answers[0], Tins::DHCP::OFFER);
    rig.send_with_offload(builder.payload(dhcp_message(Tins::DHCP::REQUEST, true)), false);
    ASSERT_TRUE(rig.until([&] { return answers.size() == 2; }, see));
    EXPECT_EQ(answers[1], Tins::DHCP::ACK);
    EXPECT_EQ(address, SlirpPeer::kGuestIp);
}

TEST(Slirp, UdpDatagramsGoToAHostSocketAndBack) {
    SlirpRig rig;
    ASSERT_TRUE(rig.resolve_gateway());
    const LoopbackSocket server(SOCK_DGRAM);
    std::vector<Frame> echoes;
    const auto see = [&](const RxPacket& packet, const Decoded& decoded) {
        if (decoded.udp && decoded.source_port == server.port()) {
            EXPECT_TRUE(packet.has(RxWriteBack::l4cs | RxWriteBack::udpcs));
            echoes.push_back(decoded.payload);
        }
    };
    std::uint32_t seed = 1;
    for (const std::size_t bytes : {1u, 17u, 500u, 1471u, 1472u}) {
        rig.send_with_offload(rig.to_gateway().udp(5000, server.port()).payload(bytes, seed),
                              false);
        const std::size_t want = echoes.size() + 1;
        ASSERT_TRUE(rig.until(
            [&] {
                server.echo();
                return echoes.size() == want;
            },
            see))
            << bytes;
        EXPECT_TRUE(same_bytes(pattern(bytes, seed), echoes.back())) << bytes;
        ++seed;
    }
}

TEST(Slirp, AWrongChecksumIsNotAnswered) {
    SlirpRig rig;
    ASSERT_TRUE(rig.resolve_gateway());
    const LoopbackSocket server(SOCK_DGRAM);
    std::vector<Frame> echoes;
    const auto see = [&](const RxPacket&, const Decoded& decoded) {
        echoes.push_back(decoded.payload);
    };
    FrameBuilder builder = rig.to_gateway().udp(5000, server.port()).payload(100, 1);
    Frame spoiled = builder.build();
    spoiled[60] = static_cast<std::uint8_t>(spoiled[60] ^ 1);
    rig.tx.send(spoiled);
    rig.send_with_offload(builder.payload(101, 2), false);
    ASSERT_TRUE(rig.until(
        [&] {
            server.echo();
            return !echoes.empty();
        },
        see));
    EXPECT_EQ(echoes, std::vector<Frame>{pattern(101, 2)}) << "the peer judges checksums";
}

TEST(Slirp, LargeSendsUploadAStreamThatArrivesIntact) {
    SlirpRig rig;
    ASSERT_TRUE(rig.resolve_gateway());
    LoopbackSocket server(SOCK_STREAM);
    TcpConnection tcp(rig, server.port());
    const auto see = [&](const RxPacket& packet, const Decoded& decoded) {
        if (decoded.tcp) {
            EXPECT_TRUE(packet.has(RxWriteBack::l4cs));
        }
        tcp.see(decoded);
    };
    tcp.open();
    ASSERT_TRUE(rig.until([&] { return tcp.established(); }, see));
    const Frame stream = pattern(1'000'000, 77);
    Frame arrived;
    std::size_t last_acknowledged = 0;
    unsigned quiet = 0;
    ASSERT_TRUE(rig.until(
        [&] {
            quiet = tcp.acknowledged() == last_acknowledged ? quiet + 1 : 0;
            last_acknowledged = tcp.acknowledged();
            if (quiet == 300) {
                tcp.rewind();
                quiet = 0;
            }
            tcp.push(stream, 8000, 1460);
            (void)server.drain(arrived);
            return arrived.size() >= stream.size() && tcp.acknowledged() >= stream.size();
        },
        see));
    EXPECT_TRUE(same_bytes(stream, arrived));
    tcp.finish();
    EXPECT_TRUE(rig.until([&] { return server.drain(arrived); }, see)) << "the end arrives as well";
    EXPECT_EQ(arrived.size(), stream.size());
}

TEST(Slirp, ADownloadArrivesIntactAndIsFoundGood) {
    SlirpRig rig;
    ASSERT_TRUE(rig.resolve_gateway());
    LoopbackSocket server(SOCK_STREAM);
    TcpConnection tcp(rig, server.port());
    unsigned unchecked = 0;
    const auto see = [&](const RxPacket& packet, const Decoded& decoded) {
        unchecked += decoded.tcp && !packet.has(RxWriteBack::l4cs) ? 1u : 0u;
        tcp.see(decoded);
    };
    tcp.open();
    ASSERT_TRUE(rig.until([&] { return tcp.established(); }, see));
    const Frame stream = pattern(500'000, 78);
    Frame nothing;
    ASSERT_TRUE(rig.until(
        [&] {
            (void)server.drain(nothing);
            server.write_all(stream);
            return tcp.received().size() >= stream.size();
        },
        see));
    EXPECT_TRUE(same_bytes(stream, tcp.received()));
    EXPECT_EQ(unchecked, 0u);
}

}  // namespace
}  // namespace x550
