// SPDX-License-Identifier: GPL-2.0-or-later
// Flow Director: X550 DS 7.1.3.6. Filters in, queues and descriptors out.

#include <array>
#include <gtest/gtest.h>

#include "flow_rig.h"

namespace x550 {
namespace {

// ---- Initialisation: DS 7.1.3.6.5 and 11 ----

struct Size {
    unsigned pballoc;
    std::uint32_t signatures, perfect;
};

TEST(FlowDirector, TableHasTheSizeOfItsMemory) {
    constexpr std::array kSizes{Size{1, 8191, 2047}, Size{2, 16383, 4095}, Size{3, 32767, 8191}};
    for (const Size& size : kSizes) {
        FlowRig rig;
        EXPECT_EQ(rig.driver.read<FDIRCTRL>() & FDIRCTRL::init_done, 0u);
        rig.start(0, size.pballoc);
        EXPECT_EQ(rig.driver.read<FDIRFREE>(), size.signatures);
        rig.start(FDIRCTRL::perfect_match, size.pballoc);
        EXPECT_EQ(rig.driver.read<FDIRFREE>(), size.perfect);
        rig.driver.write<FDIRCTRL>(0);
        EXPECT_EQ(rig.driver.read<FDIRCTRL>() & FDIRCTRL::init_done, 0u);
        EXPECT_EQ(rig.driver.read<FDIRFREE>(), 0u);
    }
}

TEST(FlowDirector, BeginsAnewWhenItsControlIsWritten) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame()));
    rig.driver.write<FDIRCTRL>(rig.control | FDIRCTRL::init_done | FDIRCTRL::report_status);
    EXPECT_TRUE(rig.steers(known_frame())) << "INIT_DONE as it was read: nothing begins";
    rig.driver.write<FDIRCTRL>(rig.control);
    EXPECT_FALSE(rig.steers(known_frame()));
    EXPECT_EQ(rig.driver.read<FDIRFREE>(), 8191u);
}

TEST(FlowDirector, ClearhtRemovesEverything) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    rig.driver.write<FDIRCMD>(FDIRCMD::clearht);
    rig.driver.write<FDIRCMD>(0);
    EXPECT_FALSE(rig.steers(known_frame()));
}

TEST(FlowDirector, ResetRemovesEverything) {
    FlowRig rig;
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    rig.driver.bring_up();
    EXPECT_EQ(rig.driver.read<FDIRCTRL>(), 0u);
    rig.rest.program();
    rig.steered.program();
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    rig.start(0);
    EXPECT_FALSE(rig.steers(known_frame()));
}

TEST(FlowDirector, CommandsBeforeInitialisationFail) {
    FlowRig rig;
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    EXPECT_NE(rig.driver.read<FDIRCMD>() & FDIRCMD::exception, 0u);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::remove);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::query);
    EXPECT_EQ(rig.driver.read<FDIRCMD>() & FDIRCMD::filter_valid, 0u);
    EXPECT_EQ(rig.driver.read<FDIRFSTAT>(), 0x0101u);
}

// ---- Signatures ----

// As Linux' and DPDK's ATR write them: hashes that their arithmetic gives for this packet.
TEST(FlowDirector, SignatureFilterSteersItsFlow) {
    FlowRig rig;
    rig.start(0);
    EXPECT_FALSE(rig.steers(known_frame()));
    rig.command(FlowRig::id(0x0FA6, 0x6373), FDIRCMD::add | FDIRCMD::update | FDIRCMD::last |
                                                 FDIRCMD::tcp | FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame()));
    EXPECT_FALSE(rig.steers(FrameBuilder().ipv4("192.168.1.1", "192.168.1.2").tcp(1025, 80)));
    EXPECT_EQ(rig.driver.read<FDIRMATCH>(), 1u);
    EXPECT_EQ(rig.driver.read<FDIRMISS>(), 2u);
    EXPECT_EQ(rig.driver.read<FDIRMISS>(), 0u) << "cleared by reading";
    EXPECT_EQ(rig.driver.read<FDIRUSTAT>(), 1u);
    EXPECT_EQ(rig.driver.read<FDIRFREE>(), 8190u);
}

TEST(FlowDirector, TagCountsWithItsPriorityAndFlexibleBytesAsReceived) {
    FlowRig rig;
    rig.driver.set<RXDCTL>(RXDCTL::vme, 0);
    rig.driver.set<RXDCTL>(RXDCTL::vme, 5);
    rig.start(0);
    Flow flow = known_flow();
    flow.put(0, {0x60, 100}).put(38, {0x81, 0x00});
    rig.command(FlowRig::id(reference_flow_hash(flow.tuple, kBucketKey) & 0x1FFF,
                            reference_flow_hash(flow.tuple, kSignatureKey) & 0x7FFF),
                FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame().vlan(0x6000 | 100)));
    EXPECT_FALSE(rig.steers(known_frame().vlan(0x4000 | 100)));
    EXPECT_FALSE(rig.steers(known_frame().vlan(0x6000 | 101)));
    EXPECT_FALSE(rig.steers(known_frame()));
}

TEST(FlowDirector, SignaturesOfIpv6CoverBothAddresses) {
    FlowRig rig;
    rig.start(0);
    const Frame source{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const Frame destination{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    Flow flow = flow4(Protocol::tcp, source, destination, 1000, 2000);
    flow.tuple[41] |= 4;
    flow.put(38, {0x86, 0xDD});
    rig.command(FlowRig::id(reference_flow_hash(flow.tuple, kBucketKey) & 0x1FFF,
                            reference_flow_hash(flow.tuple, kSignatureKey) & 0x7FFF),
                FDIRCMD::add | FDIRCMD::tcp | FDIRCMD::ipv6 | FlowRig::to_queue(5));
    EXPECT_TRUE(
        rig.steers(FrameBuilder().ipv6("2001:db8::1", "2001:db8::2").tcp(1000, 2000).payload(9)));
    EXPECT_FALSE(
        rig.steers(FrameBuilder().ipv6("2001:db8::1", "2001:db8::3").tcp(1000, 2000).payload(9)));
    EXPECT_FALSE(
        rig.steers(FrameBuilder().ipv6("2001:db8::4", "2001:db8::2").tcp(1000, 2000).payload(9)));
}

// ---- What the descriptor says: table 7-7 ----

TEST(FlowDirector, DescriptorKeepsTheRssHashWithoutReportStatus) {
    FlowRig rig;
    rig.start(0);
    const auto before = rig.deliver(known_frame().build());
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    const auto after = rig.deliver(known_frame().build());
    ASSERT_TRUE(before && after);
    EXPECT_EQ(after->packet.rss_type(), 1u);
    EXPECT_EQ(after->packet.hash(), before->packet.hash());
    EXPECT_TRUE(after->packet.has(RxWriteBack::flm));
}

TEST(FlowDirector, DescriptorReportsBucketAndSignature) {
    FlowRig rig;
    rig.start(FDIRCTRL::report_status);
    const auto miss = rig.deliver(known_frame().build());
    EXPECT_EQ(miss->packet.rss_type(), 1u) << "only what matches is reported";
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    const auto match = rig.deliver(known_frame().build());
    EXPECT_EQ(match->packet.rss_type(), 0xFu);
    EXPECT_EQ(match->packet.hash(), 0x0FA66373u);
}

TEST(FlowDirector, DescriptorReportsWhatAFilterWouldNeed) {
    FlowRig rig;
    rig.start(FDIRCTRL::report_status | FDIRCTRL::report_status_always);
    const auto miss = rig.deliver(known_frame().build());
    EXPECT_EQ(miss->packet.rss_type(), 0xFu);
    EXPECT_EQ(miss->packet.hash(), 0x0FA66373u);
    EXPECT_FALSE(miss->packet.has(RxWriteBack::flm));
    const auto other = rig.deliver(plain_frame(100));
    EXPECT_EQ(other->packet.rss_type(), 0u) << "not IP: no candidate";
}

TEST(FlowDirector, DescriptorReportsTheSoftwareIndexOfAPerfectFilter) {
    FlowRig rig;
    rig.start_perfect();
    rig.add_perfect(known_flow(), 0x1234, FlowRig::to_queue(5));
    const auto match = rig.deliver(known_frame().build());
    ASSERT_TRUE(match && match->steered);
    EXPECT_EQ(match->packet.rss_type(), 0xFu);
    EXPECT_EQ(match->packet.hash(), (0xCBD4u & 0x7FF) << 16 | 0x1234u) << "11 bits of bucket";
}

// ---- Actions ----

TEST(FlowDirector, MatchWithoutQueueLeavesTheQueueToRss) {
    FlowRig rig;
    rig.start_perfect();
    rig.add_perfect(known_flow(), 1, 5u << FDIRCMD::queue_shift);
    const auto match = rig.deliver(known_frame().build());
    ASSERT_TRUE(match);
    EXPECT_FALSE(match->steered);
    EXPECT_TRUE(match->packet.has(RxWriteBack::flm));
}

TEST(FlowDirector, DropRuleSendsToTheDropQueue) {
    FlowRig rig;
    rig.start_perfect();
    rig.add_perfect(known_flow(), 1, FDIRCMD::drop | FlowRig::to_queue(5));
    EXPECT_FALSE(rig.deliver(known_frame().build()));
    EXPECT_TRUE(rig.deliver(plain_frame(100))) << "the receiver goes on";
    EXPECT_EQ(rig.driver.read<FDIRMATCH>(), 1u);
    RxRing dropped(rig.driver, kNoQueue, {.size = 16});
    EXPECT_FALSE(rig.deliver(known_frame().build()));
    EXPECT_TRUE(dropped.take()) << "a queue like any other";
}

TEST(FlowDirector, DropNoMatchDropsOnlyCandidates) {
    FlowRig rig;
    rig.start_perfect(FDIRM::flex | FDIRM::pool, FDIRCTRL::drop_no_match);
    rig.add_perfect(known_flow(), 1, FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame()));
    EXPECT_FALSE(rig.deliver(FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).build()));
    EXPECT_TRUE(rig.deliver(plain_frame(100)));
    EXPECT_TRUE(rig.deliver(
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").fragment(0, true).payload(64).build()));
}

// DS 7.1.3: filters before Flow Director in the order keep the frame, and it is still marked.
TEST(FlowDirector, SynFilterGoesFirst) {
    FlowRig rig;
    RxRing syn(rig.driver, 9, {.size = 16});
    rig.start(0);
    rig.driver.write<SYNQF>(SYNQF::enable | 9u << SYNQF::queue_shift);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    for (const std::uint16_t flags :
         {TcpFlag::syn, static_cast<std::uint16_t>(TcpFlag::syn | TcpFlag::ack)}) {
        rig.deliver(
            FrameBuilder().ipv4("192.168.1.1", "192.168.1.2").tcp(1024, 80, 1, flags).build());
        const auto packet = syn.take();
        ASSERT_TRUE(packet);
        EXPECT_TRUE(packet->has(RxWriteBack::flm));
        EXPECT_EQ(packet->rss_type(), 1u);
    }
    EXPECT_TRUE(rig.steers(known_frame()));
    rig.driver.write<SYNQF>(0);
    EXPECT_TRUE(rig.steers(
        FrameBuilder().ipv4("192.168.1.1", "192.168.1.2").tcp(1024, 80, 1, TcpFlag::syn)));
}

TEST(FlowDirector, EthertypeFilterGoesFirst) {
    FlowRig rig;
    RxRing other(rig.driver, 9, {.size = 16});
    rig.start(0);
    rig.command(FlowRig::id(0xFA6, 0x6373), FDIRCMD::add | FDIRCMD::tcp | FlowRig::to_queue(5));
    rig.driver.write<ETQS>(0, ETQS::enable | 9u << ETQS::queue_shift);
    rig.driver.write<ETQF>(0, ETQF::enable | 0x0800);
    rig.deliver(known_frame().build());
    EXPECT_TRUE(other.take());
}

// ---- Lists: DS 7.1.3.6.3 ----

TEST(FlowDirector, ListsThatAreTooLongAreReported) {
    FlowRig rig;
    rig.start_perfect(FDIRM::flex | FDIRM::pool, 1u << FDIRCTRL::max_length_shift);  // two filters
    const std::uint32_t bucket = 0xCBD4 & 0x7FF;
    Flow flow = known_flow();
    for (std::uint8_t i = 0; i < 2; ++i) {
        flow.put(2, {10, 0, 0, i});
        rig.add_perfect(flow, i, FlowRig::to_queue(5));
        rig.command(FlowRig::id(bucket, i), FDIRCMD::add | flow.type | FlowRig::to_queue(5));
    }
    const auto miss = rig.deliver(known_frame().build());
    EXPECT_FALSE(miss->packet.has(RxWriteBack::fdir_len));
    rig.add_perfect(known_flow(), 7, FDIRCMD::drop | FlowRig::to_queue(5));
    const auto match = rig.deliver(known_frame().build());
    ASSERT_TRUE(match) << "a drop filter so far down does not drop";
    EXPECT_TRUE(match->steered);
    EXPECT_TRUE(
        match->packet.has(RxWriteBack::flm | RxWriteBack::fdir_len | RxWriteBack::fdir_drop));
    EXPECT_EQ(rig.driver.read<FDIRLEN>() & 0x7FFF003F, bucket << 16 | 2) << "longest list less one";
}

}  // namespace
}  // namespace x550
