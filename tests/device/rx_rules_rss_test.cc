// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the task-offload interface for RSS, and for RSS with coalescing. Numbers of rules are
// those of the table in docs/coverage.md; vectors are those of Microsoft's verification suite.

#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "hex.h"
#include "rsc_rig.h"
#include "rss_key.h"

namespace x550 {
namespace {

constexpr std::uint32_t kTcpTypes = MRQC::tcp4 | MRQC::tcp6;
constexpr std::uint32_t kIpTypes = MRQC::ipv4 | MRQC::ipv6;
constexpr std::uint32_t kUdpTypes = MRQC::udp4 | MRQC::udp6;

// Vectors RSS-V1 and RSS-V6, without a transport.
FrameBuilder first4() {
    return FrameBuilder().ipv4("66.9.149.187", "161.142.100.80").payload(30);
}
FrameBuilder first6() {
    return FrameBuilder().ipv6("3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1").payload(30);
}
constexpr std::uint32_t kTcp4Hash = 0x51CCC178, kIp4Hash = 0x323E8FC2, kTcp6Hash = 0x40207D3D,
                        kIp6Hash = 0x2CC18CD5;

struct TypesRig : Rig {
    RxRing rest{driver, 0, {.size = 16}};
    RxRing table{driver, 63, {.size = 16}};

    // Every entry of the table names queue 63.
    explicit TypesRig(std::uint32_t types) {
        driver.set_rss_key(kVerificationKey);
        driver.write<RXCSUM>(RXCSUM::pcsd);
        driver.write<MRQC>(MRQC::rss | types);
        for (unsigned entry = 0; entry < 512; ++entry) {
            driver.set_reta(entry, 63);
        }
    }
    // Rule RSS-6: without a hash no type either, and the default queue.
    void expect_hash(const FrameBuilder& frame, std::uint32_t type, std::uint32_t hash) {
        EXPECT_EQ(machine.receive(frame.build()), IXGBE_ACCEPTED);
        const auto packet = type == 0 ? rest.take() : table.take();
        ASSERT_TRUE(packet) << "type " << type;
        EXPECT_EQ(packet->rss_type(), type);
        EXPECT_EQ(packet->hash(), hash);
        rest.fill_all();
        table.fill_all();
    }
};

// Rules RSS-2 and RSS-6.
TEST(RuleRss, WhatNoTypeCoversGoesToTheDefaultQueue) {
    TypesRig rig(kTcpTypes);
    rig.expect_hash(first4().tcp(2794, 1766), 1, kTcp4Hash);
    rig.expect_hash(first6().tcp(2794, 1766), 3, kTcp6Hash);
    rig.expect_hash(first4().udp(2794, 1766), 0, 0);
    rig.expect_hash(first6().udp(2794, 1766), 0, 0);
    rig.expect_hash(first4().protocol(1), 0, 0);
    rig.expect_hash(first6().protocol(58), 0, 0);
    rig.expect_hash(FrameBuilder().payload(60), 0, 0);
}

// Rule RSS-3: never ports, not even of the first fragment and not for want of another type.
TEST(RuleRss, FragmentsNeverHashPorts) {
    const FrameBuilder fragments4[] = {first4().tcp(1, 2).fragment(0, true),
                                       first4().udp(1, 2).fragment(64, true),
                                       first4().tcp(1, 2).fragment(64, false)};
    const FrameBuilder fragment6 = first6().udp(1, 2).extension(44, Frame{0, 1, 0, 0, 0, 9});
    TypesRig ports(kTcpTypes | kUdpTypes);
    TypesRig both(kTcpTypes | kUdpTypes | kIpTypes);
    for (const FrameBuilder& fragment : fragments4) {
        ports.expect_hash(fragment, 0, 0);
        both.expect_hash(fragment, 2, kIp4Hash);
    }
    ports.expect_hash(fragment6, 0, 0);
    both.expect_hash(fragment6, 5, kIp6Hash);
}

// A destination options or hop-by-hop header of that many bytes.
Frame options_of(std::size_t bytes) {
    Frame body(bytes - 2);
    body[0] = 1;  // PadN
    body[1] = static_cast<std::uint8_t>(bytes - 4);
    return body;
}

// Rule RSS-4.
TEST(RuleRss, PortsAreFoundBehindOptionsAndExtensions) {
    TypesRig rig(kTcpTypes | kUdpTypes | kIpTypes);
    rig.expect_hash(first4().ip_options().tcp(2794, 1766), 1, kTcp4Hash);
    rig.expect_hash(first4().ip_options().udp(2794, 1766), 7, kTcp4Hash);
    const auto extended = [] {
        return first6().extension(0, options_of(64)).extension(60, options_of(64));
    };
    rig.expect_hash(extended().tcp(2794, 1766), 3, kTcp6Hash);
    rig.expect_hash(extended().udp(2794, 1766), 8, kTcp6Hash);
}

// Rule RSS-5: the X550 has no types for home addresses and routing headers (MRQC 18, 19 and 24 are
// reserved); the addresses are those of the IPv6 header.
TEST(RuleRss, HomeAddressesAndRoutesDoNotCount) {
    TypesRig rig(kTcpTypes | kIpTypes | bit(18) | bit(19) | bit(24));
    const auto with = [](std::uint8_t type, Frame body) {
        const Frame address = from_hex("20010db8000000000000000000000099");
        body.insert(body.end(), address.begin(), address.end());
        return first6().extension(type, body);
    };
    const Frame home = {1, 2, 0, 0, 0xC9, 16};
    const Frame route = {2, 1, 0, 0, 0, 0};
    rig.expect_hash(with(60, home).tcp(2794, 1766), 3, kTcp6Hash);
    rig.expect_hash(with(43, route).tcp(2794, 1766), 3, kTcp6Hash);
    rig.expect_hash(with(60, home).protocol(58), 5, kIp6Hash);
    rig.expect_hash(with(43, route).protocol(58), 5, kIp6Hash);
}

// Rules RSS-8, RSS-9, RSS-11 and RSS-14: the last set counts in full, under traffic.
TEST(RuleRss, TheLastSetOfTypesCountsInFull) {
    TypesRig rig(kTcpTypes | kIpTypes | kUdpTypes);
    const FrameBuilder tcp = first4().tcp(2794, 1766);
    const FrameBuilder udp = first4().udp(2794, 1766);
    rig.expect_hash(udp, 7, kTcp4Hash);
    rig.driver.write<MRQC>(MRQC::rss | kTcpTypes | kIpTypes);
    rig.expect_hash(udp, 2, kIp4Hash);
    rig.expect_hash(tcp, 1, kTcp4Hash);
    rig.driver.write<MRQC>(MRQC::rss | kIpTypes);
    rig.expect_hash(tcp, 2, kIp4Hash);
    rig.driver.write<MRQC>(MRQC::rss | MRQC::udp4);
    rig.expect_hash(tcp, 0, 0);
    rig.expect_hash(udp, 7, kTcp4Hash);
    rig.driver.write<MRQC>(kTcpTypes | kIpTypes | kUdpTypes);
    rig.expect_hash(tcp, 0, 0);
}

// ---- tables and vectors ----

struct Indexed {
    const char* source;
    std::uint16_t source_port;
    const char* destination;
    std::uint16_t destination_port;
    unsigned of_128, of_16;
};

// Section 7.1: the entry of each vector in tables of 128 and of 16.
constexpr Indexed kIndexed[] = {
    {"66.9.149.187", 2794, "161.142.100.80", 1766, 120, 8},
    {"199.92.111.2", 14230, "65.69.140.83", 4739, 106, 10},
    {"24.19.198.95", 12898, "12.22.207.184", 38024, 74, 10},
    {"38.27.205.30", 48228, "209.142.163.6", 2217, 127, 15},
    {"153.39.163.191", 44251, "202.188.127.2", 1303, 34, 2},
    {"3ffe:2501:200:1fff::7", 2794, "3ffe:2501:200:3::1", 1766, 61, 13},
    {"3ffe:501:8::260:97ff:fe40:efab", 14230, "ff02::1", 4739, 63, 15},
    {"3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, "fe80::200:f8ff:fe21:67cf", 38024, 111, 15},
};

Frame frame_of(const Indexed& one) {
    FrameBuilder builder;
    if (std::string(one.source).find(':') == std::string::npos) {
        builder.ipv4(one.source, one.destination);
    } else {
        builder.ipv6(one.source, one.destination);
    }
    return builder.tcp(one.source_port, one.destination_port).payload(10).build();
}

// Rules RSS-1 and RSS-15: a table of Windows, of any power of two, is repeated in the 512 entries.
// An entry names one of 64 queues, so two entries of the largest table share one.
TEST(RuleRss, SmallerTablesAreRepeated) {
    Rig rig;
    std::vector<std::unique_ptr<RxRing>> rings;
    for (unsigned queue = 0; queue < 64; ++queue) {
        rings.push_back(std::make_unique<RxRing>(rig.driver, queue, RxOptions{.size = 16}));
    }
    rig.driver.set_rss_key(kVerificationKey);
    rig.driver.write<MRQC>(MRQC::rss | kTcpTypes);
    for (const unsigned size : {128u, 16u, 2u}) {
        const auto queue_of = [&](unsigned entry) { return size == 128 ? entry / 2 : entry; };
        for (unsigned entry = 0; entry < 512; ++entry) {
            rig.driver.set_reta(entry, queue_of(entry % size));
        }
        for (const Indexed& one : kIndexed) {
            const unsigned queue = queue_of(size == 128 ? one.of_128 : one.of_16 % size);
            ASSERT_EQ(rig.machine.receive(frame_of(one)), IXGBE_ACCEPTED);
            EXPECT_TRUE(rings[queue]->take()) << one.source << ", table of " << size;
            rings[queue]->fill_all();
        }
    }
}

// Rule RSS-15: sixteen queues, each with a vector of its own.
TEST(RuleRss, EachQueueHasItsVector) {
    Rig rig;
    rig.driver.set_rss_key(kVerificationKey);
    rig.driver.write<MRQC>(MRQC::rss | kTcpTypes);
    rig.driver.use_msix();
    rig.driver.unmask_vectors();
    for (unsigned queue = 0; queue < 16; ++queue) {
        RxRing ring(rig.driver, queue, {.size = 16});
        rig.driver.map_rx_interrupt(queue, queue);
        rig.driver.set_reta(kTcp4Hash & 0x1FF, queue);
        rig.host.forget();
        ASSERT_EQ(rig.machine.receive_alone(first4().tcp(2794, 1766).build()), IXGBE_ACCEPTED);
        EXPECT_EQ(rig.host.msix_log, std::vector<unsigned>{queue});
        EXPECT_TRUE(ring.take());
    }
}

// Rules COMBO-11 and COMBO-13: a unit stays in its queue though the table changes under it, and
// each has the hash of its segments.
TEST(RuleRxCombo, AUnitStaysInItsQueue) {
    RscRig rig;
    RxRing other(rig.driver, 1, {.buffer_kb = 3});
    rig.driver.write<RSCCTL>(1, RSCCTL::rscen | RSCCTL::maxdesc_16);
    rig.driver.set_rss_key(kVerificationKey);
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    rig.driver.write<MRQC>(MRQC::rss | kTcpTypes);
    for (std::uint32_t i = 0; i < 5; ++i) {
        rig.driver.set_reta(kTcp4Hash & 0x1FF, i < 2 ? 0 : 1);
        const Frame frame = first4().tcp(2794, 1766, 1 + 500 * i).payload(500).build();
        ASSERT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
    }
    ASSERT_TRUE(rig.machine.run());
    const auto first = rig.ring.take_units();
    const auto second = other.take_units();
    ASSERT_EQ(segments_of(first), std::vector<unsigned>{2});
    ASSERT_EQ(segments_of(second), std::vector<unsigned>{3});
    for (const RxUnit& unit : {first[0], second[0]}) {
        EXPECT_EQ(unit.descriptors.back()[0] & RxWriteBack::rss_type_mask, 1u);
        EXPECT_EQ(unit.descriptors.back()[1], kTcp4Hash);
        EXPECT_TRUE(is_consistent(unit.bytes));
    }
}

}  // namespace
}  // namespace x550
