// SPDX-License-Identifier: GPL-2.0-or-later
// Receive-side scaling: hash, type, and the table of 512 entries, with the Microsoft verification
// suite.

#include <array>
#include <gtest/gtest.h>
#include <memory>

#include "rig.h"
#include "rss_key.h"

namespace x550 {
namespace {

struct Vector {
    const char* source;
    std::uint16_t source_port;
    const char* destination;
    std::uint16_t destination_port;
    std::uint32_t ip_hash, tcp_hash;
};

constexpr std::array kIpv4Vectors = {
    Vector{"66.9.149.187", 2794, "161.142.100.80", 1766, 0x323e8fc2, 0x51ccc178},
    Vector{"199.92.111.2", 14230, "65.69.140.83", 4739, 0xd718262a, 0xc626b0ea},
    Vector{"24.19.198.95", 12898, "12.22.207.184", 38024, 0xd2d0a5de, 0x5c2b394a},
    Vector{"38.27.205.30", 48228, "209.142.163.6", 2217, 0x82989176, 0xafc7327f},
    Vector{"153.39.163.191", 44251, "202.188.127.2", 1303, 0x5d1809c5, 0x10e828a2},
};
constexpr std::array kIpv6Vectors = {
    Vector{"3ffe:2501:200:1fff::7", 2794, "3ffe:2501:200:3::1", 1766, 0x2cc18cd5, 0x40207d3d},
    Vector{"3ffe:501:8::260:97ff:fe40:efab", 14230, "ff02::1", 4739, 0x0f0c461c, 0xdde51bbf},
    Vector{"3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, "fe80::200:f8ff:fe21:67cf", 38024,
           0x4b61e985, 0x02d1feef},
};

constexpr std::uint32_t kAllFields =
    MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::ipv6 | MRQC::udp4 | MRQC::udp6;

struct RssRig : Rig {
    RxRing rx0{driver, 0, {.size = 16}};
    RxRing rx1{driver, 63, {.size = 16}};

    explicit RssRig(std::uint32_t fields = kAllFields) {
        driver.set_rss_key(kVerificationKey);
        driver.write<RXCSUM>(RXCSUM::pcsd);
        driver.write<MRQC>(MRQC::rss | fields);
    }
    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        auto packet = rx0.take();
        EXPECT_TRUE(packet);
        rx0.fill_all();
        return packet.value_or(RxPacket{{}, {}, {{0, 0, 0, 0}}, false});
    }
};

FrameBuilder builder_for(const Vector& vector, bool v6) {
    FrameBuilder builder;
    if (v6) {
        builder.ipv6(vector.source, vector.destination);
    } else {
        builder.ipv4(vector.source, vector.destination);
    }
    return builder;
}

TEST(Rss, TcpVectorsOfTheVerificationSuite) {
    RssRig rig;
    for (const Vector& vector : kIpv4Vectors) {
        const RxPacket packet = rig.deliver(builder_for(vector, false)
                                                .tcp(vector.source_port, vector.destination_port)
                                                .payload(10)
                                                .build());
        EXPECT_EQ(packet.hash(), vector.tcp_hash) << vector.source;
        EXPECT_EQ(packet.rss_type(), 1u);
    }
    for (const Vector& vector : kIpv6Vectors) {
        const RxPacket packet = rig.deliver(builder_for(vector, true)
                                                .tcp(vector.source_port, vector.destination_port)
                                                .payload(10)
                                                .build());
        EXPECT_EQ(packet.hash(), vector.tcp_hash) << vector.source;
        EXPECT_EQ(packet.rss_type(), 3u);
    }
}

TEST(Rss, IpVectorsOfTheVerificationSuite) {
    RssRig rig;
    for (const Vector& vector : kIpv4Vectors) {
        const RxPacket packet =
            rig.deliver(builder_for(vector, false).protocol(1).payload(10).build());
        EXPECT_EQ(packet.hash(), vector.ip_hash) << vector.source;
        EXPECT_EQ(packet.rss_type(), 2u);
    }
    for (const Vector& vector : kIpv6Vectors) {
        const RxPacket packet =
            rig.deliver(builder_for(vector, true).protocol(58).payload(10).build());
        EXPECT_EQ(packet.hash(), vector.ip_hash) << vector.source;
        EXPECT_EQ(packet.rss_type(), 5u);
    }
}

TEST(Rss, UdpHashesLikeTcpUnderItsOwnType) {
    RssRig rig;
    const Vector& four = kIpv4Vectors[0];
    RxPacket packet = rig.deliver(
        builder_for(four, false).udp(four.source_port, four.destination_port).payload(10).build());
    EXPECT_EQ(packet.hash(), four.tcp_hash);
    EXPECT_EQ(packet.rss_type(), 7u);
    const Vector& six = kIpv6Vectors[0];
    packet = rig.deliver(
        builder_for(six, true).udp(six.source_port, six.destination_port).payload(10).build());
    EXPECT_EQ(packet.hash(), six.tcp_hash);
    EXPECT_EQ(packet.rss_type(), 8u);
}

TEST(Rss, DisabledL4TypesFallBackToTheAddresses) {
    RssRig rig(MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::ipv6);
    const Vector& vector = kIpv4Vectors[1];
    const RxPacket packet = rig.deliver(builder_for(vector, false)
                                            .udp(vector.source_port, vector.destination_port)
                                            .payload(10)
                                            .build());
    EXPECT_EQ(packet.hash(), vector.ip_hash);
    EXPECT_EQ(packet.rss_type(), 2u);
}

TEST(Rss, NoEnabledTypeMeansNoHash) {
    RssRig rig(MRQC::tcp6);
    const Vector& vector = kIpv4Vectors[1];
    const RxPacket packet = rig.deliver(builder_for(vector, false).tcp(1, 2).payload(10).build());
    EXPECT_EQ(packet.rss_type(), 0u);
}

TEST(Rss, FragmentsHashTheirAddresses) {
    RssRig rig;
    const Vector& vector = kIpv4Vectors[2];
    const RxPacket packet =
        rig.deliver(builder_for(vector, false).udp(1, 2).fragment(0, true).payload(104).build());
    EXPECT_EQ(packet.hash(), vector.ip_hash);
    EXPECT_EQ(packet.rss_type(), 2u);
}

TEST(Rss, SctpHashesItsAddresses) {
    RssRig rig;
    const Vector& vector = kIpv4Vectors[3];
    const RxPacket packet = rig.deliver(builder_for(vector, false).sctp(1, 2).payload(10).build());
    EXPECT_EQ(packet.hash(), vector.ip_hash);
    EXPECT_EQ(packet.rss_type(), 2u);
}

TEST(Rss, PortsAreFoundBehindIpv6Extensions) {
    RssRig rig;
    const Vector& vector = kIpv6Vectors[0];
    const RxPacket packet = rig.deliver(builder_for(vector, true)
                                            .extension(0, Frame{1, 4, 0, 0, 0, 0})
                                            .tcp(vector.source_port, vector.destination_port)
                                            .payload(10)
                                            .build());
    EXPECT_EQ(packet.hash(), vector.tcp_hash);
}

TEST(Rss, NonIpGoesToQueueZeroWithoutAHash) {
    RssRig rig;
    rig.driver.set_reta(0, 63);
    rig.machine.receive(plain_frame(100));
    const auto packet = rig.rx0.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->rss_type(), 0u);
}

TEST(Rss, WithoutPcsdNoTypeIsReported) {
    RssRig rig;
    rig.driver.write<RXCSUM>(0);
    const Vector& vector = kIpv4Vectors[0];
    const RxPacket packet = rig.deliver(builder_for(vector, false).tcp(1, 2).payload(10).build());
    EXPECT_EQ(packet.rss_type(), 0u);
}

TEST(Rss, NineBitsOfTheHashIndexTheTable) {
    for (const Vector& vector : kIpv4Vectors) {
        RssRig rig;
        const Frame frame = builder_for(vector, false)
                                .tcp(vector.source_port, vector.destination_port)
                                .payload(10)
                                .build();
        rig.driver.set_reta(vector.tcp_hash & 0x1FF, 63);
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
        EXPECT_TRUE(rig.rx1.take()) << vector.source;
        rig.driver.set_reta(vector.tcp_hash & 0x1FF, 0);
        rig.driver.set_reta((vector.tcp_hash & 0x1FF) ^ 0x80, 63);
        rig.driver.set_reta((vector.tcp_hash & 0x1FF) ^ 0x100, 63);
        rig.machine.receive(frame);
        EXPECT_FALSE(rig.rx1.take()) << vector.source;
        EXPECT_TRUE(rig.rx0.take()) << vector.source;
    }
}

TEST(Rss, OffMeansQueueZeroWhateverTheTable) {
    RssRig rig;
    for (unsigned i = 0; i < 512; ++i) {
        rig.driver.set_reta(i, 63);
    }
    rig.driver.write<MRQC>(0);
    rig.machine.receive(builder_for(kIpv4Vectors[0], false).tcp(1, 2).payload(10).build());
    EXPECT_TRUE(rig.rx0.take());
}

TEST(Rss, EveryOneOf512EntriesIsReachable) {
    Rig rig;
    std::vector<std::unique_ptr<RxRing>> rings;
    for (unsigned queue = 0; queue < 64; ++queue) {
        rings.push_back(std::make_unique<RxRing>(rig.driver, queue, RxOptions{.size = 64}));
    }
    rig.driver.set_rss_key(kVerificationKey);
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    rig.driver.write<MRQC>(MRQC::rss | kAllFields);
    for (unsigned i = 0; i < 512; ++i) {
        rig.driver.set_reta(i, (i * 7 + i / 64) % 64);
    }
    std::array<bool, 512> seen{};
    for (std::uint16_t port = 1; port <= 3000; ++port) {
        ASSERT_EQ(
            rig.machine.receive(
                FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(port, 80).payload(1).build()),
            IXGBE_ACCEPTED);
        unsigned found = 64;
        for (unsigned queue = 0; queue < 64 && found == 64; ++queue) {
            if (const auto packet = rings[queue]->take()) {
                const unsigned entry = packet->hash() & 0x1FF;
                EXPECT_EQ(queue, (entry * 7 + entry / 64) % 64) << "entry " << entry;
                seen.at(entry) = true;
                found = queue;
                rings[queue]->fill_all();
            }
        }
        ASSERT_NE(found, 64u);
    }
    EXPECT_GE(std::count(seen.begin(), seen.end(), true), 500);
}

TEST(Rss, ChangesApplyToTheNextFrame) {
    RssRig rig;
    const Vector& vector = kIpv4Vectors[0];
    const Frame frame = builder_for(vector, false)
                            .tcp(vector.source_port, vector.destination_port)
                            .payload(10)
                            .build();
    EXPECT_EQ(rig.deliver(frame).hash(), vector.tcp_hash);
    constexpr std::array<std::uint8_t, 40> zero{};
    rig.driver.set_rss_key(zero);
    EXPECT_EQ(rig.deliver(frame).hash(), 0u);
    rig.driver.set_rss_key(kVerificationKey);
    EXPECT_EQ(rig.deliver(frame).hash(), vector.tcp_hash);
}

TEST(Rss, WithTrafficClassesTheIndexIsCutToTheQueuesOfTheClass) {
    RssRig rig;
    RxRing third(rig.driver, 3, {.size = 16});
    rig.driver.write<MRQC>(MRQC::eight_tc_rss | kAllFields);
    rig.driver.write<RQTC>(2);  // four queues in class 0
    for (unsigned i = 0; i < 512; ++i) {
        rig.driver.set_reta(i, 15);
    }
    rig.machine.receive(builder_for(kIpv4Vectors[0], false).tcp(1, 2).payload(10).build());
    EXPECT_TRUE(third.take());
}

TEST(EtherTypeFilter, SteersAndMarksItsFrames) {
    RssRig rig;
    rig.driver.write<ETQF>(5, 0x88B5);
    rig.driver.write<ETQS>(5, ETQS::enable | 63u << ETQS::queue_shift);
    rig.machine.receive(plain_frame(100));
    EXPECT_TRUE(rig.rx0.take()) << "a filter that is not enabled does nothing";
    rig.driver.write<ETQF>(5, ETQF::enable | 0x88B5);
    rig.machine.receive(plain_frame(100));
    const auto packet = rig.rx1.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type(), RxWriteBack::type_etqf | 5u << 4);
}

TEST(EtherTypeFilter, WinsAgainstRss) {
    RssRig rig;
    rig.driver.write<ETQF>(0, ETQF::enable | 0x0800);
    rig.driver.write<ETQS>(0, ETQS::enable | 63u << ETQS::queue_shift);
    rig.machine.receive(builder_for(kIpv4Vectors[0], false).tcp(1, 2).payload(10).build());
    const auto packet = rig.rx1.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->rss_type(), 0u);
}

TEST(Rss, TableEntryOfADisabledQueueDrops) {
    RssRig rig;
    for (unsigned i = 0; i < 512; ++i) {
        rig.driver.set_reta(i, 17);
    }
    EXPECT_EQ(
        rig.machine.receive(builder_for(kIpv4Vectors[0], false).tcp(1, 2).payload(10).build()),
        IXGBE_DROPPED);
}

}  // namespace
}  // namespace x550
