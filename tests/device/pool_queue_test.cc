// SPDX-License-Identifier: GPL-2.0-or-later
// Which queue of its pool gets a frame: X550 DS 7.1.3.2, table 7-4, and RSS of single pools.

#include <array>
#include <gtest/gtest.h>

#include "flow_rig.h"
#include "rss_key.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kFields = MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::ipv6;

// The key of Microsoft's verification suite, and its first vector: TCP 51CCC178, IPv4 323E8FC2.
constexpr std::uint32_t kTcpHash = 0x51CCC178;
constexpr std::uint32_t kIpHash = 0x323E8FC2;

FrameBuilder known_tcp(unsigned pool) {
    return FrameBuilder()
        .to(mac_of_pool(pool))
        .ipv4("66.9.149.187", "161.142.100.80")
        .tcp(2794, 1766)
        .payload(20);
}

struct PoolQueueRig : VmdqRig {
    explicit PoolQueueRig(std::uint32_t mrqc, std::uint32_t mtqc = MTQC::vt_ena | MTQC::pools_64)
        : VmdqRig(mrqc, mtqc) {
        driver.write<RXCSUM>(RXCSUM::pcsd);
    }
    void queues_of_rss(unsigned pool, unsigned rqpl) const {
        driver.write<PSRTYPE>(pool, rqpl << PSRTYPE::rqpl_shift);
    }
    void pool_key(unsigned pool) const {
        for (unsigned i = 0; i < 10; ++i) {
            const std::size_t at = std::size_t{4} * i;
            driver.write<VFRSSRK>(16 * pool + i, kVerificationKey[at] |
                                                     std::uint32_t{kVerificationKey[at + 1]} << 8 |
                                                     std::uint32_t{kVerificationKey[at + 2]} << 16 |
                                                     std::uint32_t{kVerificationKey[at + 3]} << 24);
        }
    }
    // One entry of the pool's table of 64; each has a byte.
    void pool_entry(unsigned pool, unsigned entry, std::uint32_t index) const {
        const unsigned n = 16 * pool + entry / 4;
        const unsigned shift = entry % 4 * 8;
        driver.write<VFRETA>(n, (driver.read<VFRETA>(n) & ~(0xFFu << shift)) | index << shift);
    }
    void pool_rss(unsigned pool, std::uint32_t fields, unsigned rqpl) const {
        driver.write<VFMRQC>(pool, VFMRQC::rss_enable | fields);
        pool_key(pool);
        queues_of_rss(pool, rqpl);
    }
};

struct Layout {
    const char* name;
    std::uint32_t mrqe;
    unsigned pool, queue;  // its first
};

TEST(PoolQueue, FirstQueueOfEachLayout) {
    for (const Layout& layout :
         {Layout{"64", MRQC::vt_64, 21, 42}, Layout{"64 last", MRQC::vt_64, 63, 126},
          Layout{"62 + 1", MRQC::vt_62_and_a_mega_pool, 61, 122},
          Layout{"62 + 1 mega", MRQC::vt_62_and_a_mega_pool, 62, 124},
          Layout{"32 RSS", MRQC::vt_32_rss, 31, 124}, Layout{"64 RSS", MRQC::vt_64_rss, 30, 60},
          Layout{"16 of 8 TC", MRQC::vt_16_8tc, 15, 120},
          Layout{"32 of 4 TC", MRQC::vt_32_4tc, 31, 124},
          Layout{"16 of 4 TC RSS", MRQC::vt_16_4tc_rss, 9, 72},
          Layout{"60 + 2", MRQC::vt_60_and_two_mega_pools, 60, 120}}) {
        PoolQueueRig rig(layout.mrqe);
        rig.address_of(layout.pool);
        rig.rings({0, layout.queue});
        EXPECT_EQ(rig.receivers(known_tcp(layout.pool)), Queues{layout.queue}) << layout.name;
    }
}

TEST(PoolQueue, PoolsThatTheLayoutLacksGetNothing) {
    for (const Layout& layout :
         {Layout{"32 RSS", MRQC::vt_32_rss, 32, 0}, Layout{"16 of 8 TC", MRQC::vt_16_8tc, 16, 0},
          Layout{"62 + 1", MRQC::vt_62_and_a_mega_pool, 63, 126},
          Layout{"60 + 2", MRQC::vt_60_and_two_mega_pools, 61, 122}}) {
        PoolQueueRig rig(layout.mrqe);
        rig.address_of(layout.pool);
        rig.rings({0, layout.queue});
        EXPECT_EQ(rig.receivers(known_tcp(layout.pool)), Queues{}) << layout.name;
    }
}

TEST(PoolQueue, TrafficClassIsThatOfTheTagsPriority) {
    for (const Layout& layout :
         {Layout{"8 TC", MRQC::vt_16_8tc, 3, 24 + 6}, Layout{"4 TC", MRQC::vt_32_4tc, 3, 12 + 2},
          Layout{"4 TC RSS", MRQC::vt_16_4tc_rss, 3, 24 + 4}}) {
        PoolQueueRig rig(layout.mrqe);
        rig.address_of(3);
        rig.rings({layout.queue, layout.pool * (layout.mrqe == MRQC::vt_32_4tc ? 4 : 8)});
        rig.driver.write<RTRUP2TC>(6u << 15);  // priority 5: class 6, and 2 of four
        const auto tagged = [](unsigned priority) {
            return FrameBuilder()
                .to(mac_of_pool(3))
                .vlan(static_cast<std::uint16_t>(priority << 13 | 1))
                .ipv4("192.0.2.1", "192.0.2.2")
                .udp(1, 2);
        };
        EXPECT_EQ(rig.receivers(tagged(5)), Queues{layout.queue}) << layout.name;
        EXPECT_NE(rig.receivers(tagged(4)), Queues{layout.queue}) << layout.name;
    }
}

// ---- one key and one table for all ----

TEST(PoolRss, GlobalTableWithinTheQueuesOfThePool) {
    PoolQueueRig rig(MRQC::vt_32_rss | kFields);
    rig.driver.set_rss_key(kVerificationKey);
    rig.address_of(5);
    rig.rings({20, 21, 22, 23});
    rig.driver.set_reta(kTcpHash & 0x1FF, 0x3F);
    for (const auto& [rqpl, queue] : {std::pair{0u, 20u}, {1u, 21u}, {2u, 23u}}) {
        rig.queues_of_rss(5, rqpl);
        EXPECT_EQ(rig.receivers(known_tcp(5)), Queues{queue}) << rqpl;
        EXPECT_EQ(rig.taken.at(0).hash(), kTcpHash);
        EXPECT_EQ(rig.taken.at(0).rss_type(), 1u);
    }
}

TEST(PoolRss, TwoQueuesOfSixtyFourPools) {
    PoolQueueRig rig(MRQC::vt_64_rss | kFields);
    rig.driver.set_rss_key(kVerificationKey);
    rig.address_of(40);
    rig.rings({80, 81});
    rig.driver.set_reta(kTcpHash & 0x1FF, 3);
    rig.queues_of_rss(40, 2);
    EXPECT_EQ(rig.receivers(known_tcp(40)), Queues{81});
}

TEST(PoolRss, MegaPoolHasFourQueues) {
    PoolQueueRig rig(MRQC::vt_62_and_a_mega_pool | kFields);
    rig.driver.set_rss_key(kVerificationKey);
    rig.addresses_of({61, 62});
    rig.rings({122, 123, 124, 127});
    rig.driver.set_reta(kTcpHash & 0x1FF, 3);
    rig.queues_of_rss(61, 2);
    rig.queues_of_rss(62, 2);
    EXPECT_EQ(rig.receivers(known_tcp(62)), Queues{127});
    EXPECT_EQ(rig.receivers(known_tcp(61)), Queues{123});
}

TEST(PoolRss, WithoutRssThereIsNoHash) {
    PoolQueueRig rig(MRQC::vt_64 | kFields);
    rig.driver.set_rss_key(kVerificationKey);
    rig.driver.set_reta(kTcpHash & 0x1FF, 1);
    rig.queues_of_rss(5, 2);
    rig.address_of(5);
    rig.rings({10, 11});
    EXPECT_EQ(rig.receivers(known_tcp(5)), Queues{10});
    EXPECT_EQ(rig.taken.at(0).rss_type(), 0u);
}

// ---- a key and a table of each pool's own ----

TEST(PoolRss, EachPoolHasItsKeyTableAndTypes) {
    PoolQueueRig rig(MRQC::vt_32_rss | MRQC::multiple_rss);
    rig.addresses_of({5, 6, 7});
    rig.rings({20, 23, 24, 25, 28});
    rig.pool_rss(5, kFields, 2);
    rig.pool_rss(6, MRQC::ipv4, 2);
    rig.pool_key(7);
    rig.pool_entry(5, kTcpHash & 0x3F, 3);
    rig.pool_entry(6, kIpHash & 0x3F, 1);
    EXPECT_EQ(rig.receivers(known_tcp(5)), Queues{23});
    EXPECT_EQ(rig.taken.at(0).hash(), kTcpHash);
    EXPECT_EQ(rig.taken.at(0).rss_type(), 1u);
    EXPECT_EQ(rig.receivers(known_tcp(6)), Queues{25});
    EXPECT_EQ(rig.taken.at(0).hash(), kIpHash);
    EXPECT_EQ(rig.taken.at(0).rss_type(), 2u);
    EXPECT_EQ(rig.receivers(known_tcp(7)), Queues{28}) << "VFMRQC.RSSEN is off";
    EXPECT_EQ(rig.taken.at(0).rss_type(), 0u);
}

TEST(PoolRss, KeyAndTableOfAPoolChangeUnderTraffic) {
    PoolQueueRig rig(MRQC::vt_64_rss | MRQC::multiple_rss);
    rig.address_of(63);
    rig.rings({126, 127});
    rig.driver.write<VFMRQC>(63, VFMRQC::rss_enable | kFields);
    rig.queues_of_rss(63, 1);
    EXPECT_EQ(rig.receivers(known_tcp(63)), Queues{126});
    EXPECT_EQ(rig.taken.at(0).hash(), 0u) << "a key of zeros";
    rig.pool_key(63);
    EXPECT_EQ(rig.receivers(known_tcp(63)), Queues{126});
    EXPECT_EQ(rig.taken.at(0).hash(), kTcpHash);
    rig.pool_entry(63, kTcpHash & 0x3F, 1);
    EXPECT_EQ(rig.receivers(known_tcp(63)), Queues{127});
}

TEST(PoolRss, OtherEntriesOfTheTableDoNotCount) {
    PoolQueueRig rig(MRQC::vt_32_rss | MRQC::multiple_rss);
    rig.address_of(5);
    rig.rings({20, 21, 22, 23});
    rig.pool_rss(5, kFields, 2);
    for (unsigned entry = 0; entry < 64; ++entry) {
        rig.pool_entry(5, entry, entry == (kTcpHash & 0x3F) ? 2 : 1);
    }
    EXPECT_EQ(rig.receivers(known_tcp(5)), Queues{22});
}

TEST(PoolRss, ReplicatedCopiesHashEachByItsPool) {
    PoolQueueRig rig(MRQC::vt_32_rss | MRQC::multiple_rss);
    rig.address(kMulticast, {5, 6});
    rig.rings({20, 22, 24});
    rig.pool_rss(5, kFields, 2);
    rig.pool_entry(5, kTcpHash & 0x3F, 2);
    EXPECT_EQ(rig.receivers(known_tcp(0).to(kMulticast)), (Queues{22, 24}));
    EXPECT_EQ(rig.taken.at(0).hash(), kTcpHash);
    EXPECT_EQ(rig.taken.at(1).hash(), 0u);
}

TEST(PoolSplit, HeadersThatCountAreThoseOfThePool) {
    PoolQueueRig rig(MRQC::vt_64);
    rig.addresses_of({5, 6});
    const RxOptions split{.size = 16, .type = RxDescriptorType::header_split};
    (void)rig.ring(10, split);
    (void)rig.ring(12, split);
    rig.driver.write<PSRTYPE>(5, PSRTYPE::tcp);
    rig.driver.write<PSRTYPE>(6, PSRTYPE::l2);
    EXPECT_EQ(rig.receivers(known_tcp(5)), Queues{10});
    EXPECT_EQ(rig.taken.at(0).header.size(), 54u);
    EXPECT_EQ(rig.receivers(known_tcp(6)), Queues{12});
    EXPECT_EQ(rig.taken.at(0).header.size(), 14u);
}

// ---- Flow Director ----

// The pool is one of the fields of a filter unless FDIRM says that it does not count.
TEST(PoolFlow, FilterConcernsTheCopyOfItsPool) {
    FlowRig rig;
    RxRing pool_two(rig.driver, 4, {.size = 64});
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en);
    rig.driver.write<MRQC>(MRQC::vt_64);
    rig.driver.write<PFVFRE>(0, ~0u);
    rig.driver.write<MPSAR>(0, bit(0) | bit(2));
    Flow flow = known_flow();
    flow.tuple[40] = 2;
    for (const bool masked : {false, true}) {
        rig.start_perfect(FDIRM::flex | (masked ? FDIRM::pool : 0));
        rig.add_perfect(flow, 7, FlowRig::to_queue(5) | 2u << FDIRCMD::pool_shift,
                        masked ? std::optional(known_flow()) : std::nullopt);
        (void)rig.machine.receive_alone(known_frame().build());
        EXPECT_EQ(rig.rest.take().has_value(), !masked) << "pool 0, queue 0";
        const auto steered = rig.steered.take();
        ASSERT_TRUE(steered) << masked;
        EXPECT_TRUE(steered->has(RxWriteBack::flm));
        EXPECT_FALSE(pool_two.take());
        EXPECT_EQ(rig.driver.read<FDIRMATCH>() & 0xFFFF, 1u) << "one frame";
    }
}

}  // namespace
}  // namespace x550
