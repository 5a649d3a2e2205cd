// SPDX-License-Identifier: GPL-2.0-or-later
// What the switches of the task-offload block and the properties of the device do to frames that
// arrive: verdicts and hashes. Rules CTRL-3 and CSUM-17.

#include <gtest/gtest.h>

#include "rss_key.h"
#include "task_offload_rig.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kIpcs = RxWriteBack::ipcs, kIpe = RxWriteBack::ipe,
                        kL4cs = RxWriteBack::l4cs, kL4e = RxWriteBack::l4e;
constexpr std::uint32_t kVerdict = kIpcs | kIpe | kL4cs | kL4e;

struct Protocol {
    const char* name;
    std::uint32_t member;  // of its L4 checksum
    bool v6, udp;
    unsigned right, wrong;  // counters

    [[nodiscard]] FrameBuilder builder() const {
        FrameBuilder out = v6 ? FrameBuilder().ipv6("3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1")
                              : FrameBuilder().ipv4("66.9.149.187", "161.142.100.80");
        udp ? out.udp(2794, 1766) : out.tcp(2794, 1766);
        return out.payload(100);
    }
    [[nodiscard]] Frame good() const { return builder().build(); }
    [[nodiscard]] Frame bad_l4() const {
        Frame frame = good();
        frame.back() ^= 1;
        return frame;
    }
    [[nodiscard]] std::uint32_t verdict() const { return kL4cs | (v6 ? 0 : kIpcs); }
};

constexpr Protocol kProtocols[] = {
    {"Tcp4", Param::tcp4_csum, false, false, Counter::tcp_right, Counter::tcp_wrong},
    {"Udp4", Param::udp4_csum, false, true, Counter::udp_right, Counter::udp_wrong},
    {"Tcp6", Param::tcp6_csum, true, false, Counter::tcp_right, Counter::tcp_wrong},
    {"Udp6", Param::udp6_csum, true, true, Counter::udp_right, Counter::udp_wrong},
};
const Protocol& kTcp4 = kProtocols[0];

struct ReceiveRig : TaskOffloadRig {
    RxRing rx{driver, 0, {.size = 16}};
    using TaskOffloadRig::TaskOffloadRig;

    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive_alone(frame), IXGBE_ACCEPTED);
        auto packet = rx.take();
        rx.fill_all();
        EXPECT_TRUE(packet);
        return packet.value_or(RxPacket{{}, {}, {{0, 0, 0, 0}}, false});
    }
    std::uint32_t verdict(const Frame& frame) { return deliver(frame).status() & kVerdict; }
    // IPv4 with another TTL than its checksum says.
    std::uint32_t verdict_of_bad_ip() {
        Frame frame = kTcp4.good();
        frame[kEthBytes + 8] ^= 1;
        return verdict(frame);
    }
};

class TaskOffloadRxCsum : public testing::TestWithParam<Protocol> {};

// Rules CTRL-3 and CSUM-17: configured is not active; each IP version waits for its own request.
TEST_P(TaskOffloadRxCsum, WaitsForItsIpVersionOnceADoorbellWasRung) {
    const Protocol& one = GetParam();
    ReceiveRig rig;
    EXPECT_EQ(rig.verdict(one.good()), one.verdict()) << "MAP-8: without a doorbell";
    EXPECT_EQ(rig.block.ring(Doorbell::parameters), Result::done);
    EXPECT_EQ(rig.verdict(one.good()), 0u);
    EXPECT_EQ(rig.verdict(one.bad_l4()), 0u);
    rig.block.request_encapsulation(!one.v6, EncapValue::on);
    rig.block.ring(Doorbell::encapsulation);
    EXPECT_EQ(rig.verdict(one.good()), 0u) << "the other version";
    rig.block.request_encapsulation(one.v6, EncapValue::on);
    rig.block.ring(Doorbell::encapsulation);
    EXPECT_EQ(rig.verdict(one.good()), one.verdict());
    EXPECT_EQ(rig.verdict(one.bad_l4()), one.verdict() | kL4e);
    rig.block.request_encapsulation(one.v6, EncapValue::off);
    rig.block.ring(Doorbell::encapsulation);
    EXPECT_EQ(rig.verdict(one.good()), 0u);
    rig.block.ring(Doorbell::defaults);
    EXPECT_EQ(rig.verdict(one.good()), one.verdict()) << "the state before the first doorbell";
}

TEST_P(TaskOffloadRxCsum, OffHasNoVerdictAndTheOthersKeepTheirs) {
    for (const std::uint8_t value : {CsumValue::off, CsumValue::tx}) {
        ReceiveRig rig;
        rig.block.engage({{GetParam().member, value}});
        for (const Protocol& one : kProtocols) {
            const bool off = one.member == GetParam().member;
            const std::uint32_t expected = off ? one.verdict() & ~kL4cs : one.verdict();
            EXPECT_EQ(rig.verdict(one.good()), expected) << one.name;
            EXPECT_EQ(rig.verdict(one.bad_l4()), expected | (off ? 0 : kL4e)) << one.name;
        }
        EXPECT_EQ(rig.verdict_of_bad_ip() & (kIpcs | kIpe), kIpcs | kIpe);
    }
}

TEST_P(TaskOffloadRxCsum, VerdictsAreCounted) {
    const Protocol& one = GetParam();
    ReceiveRig rig;
    rig.block.engage();
    for (int i = 0; i < 3; ++i) {
        (void)rig.verdict(one.good());
    }
    (void)rig.verdict(one.bad_l4());
    EXPECT_EQ(rig.block.counter(one.right), 3u);
    EXPECT_EQ(rig.block.counter(one.wrong), 1u);
    EXPECT_EQ(rig.block.counter(Counter::ip_right), one.v6 ? 0u : 4u);
    (void)rig.verdict_of_bad_ip();
    EXPECT_EQ(rig.block.counter(Counter::ip_wrong), 1u);
}

// The same by properties, without a doorbell: frames arrive without a verdict.
TEST_P(TaskOffloadRxCsum, AbsentHasNoVerdictForAStockDriver) {
    const auto lacking = [&](auto& c) {
        for (auto* member : {&c.csum_tcp4, &c.csum_udp4, &c.csum_tcp6, &c.csum_udp6}) {
            *member = IXGBE_OFFLOAD_TX;
        }
        auto& own = GetParam().v6 ? (GetParam().udp ? c.csum_udp6 : c.csum_tcp6)
                                  : (GetParam().udp ? c.csum_udp4 : c.csum_tcp4);
        own = IXGBE_OFFLOAD_RX;
    };
    ReceiveRig rig(changed_config(lacking));
    for (const Protocol& one : kProtocols) {
        const bool own = one.member == GetParam().member;
        const std::uint32_t expected = own ? one.verdict() : one.verdict() & ~kL4cs;
        EXPECT_EQ(rig.verdict(one.good()), expected) << one.name;
        EXPECT_EQ(rig.verdict(one.bad_l4()), expected | (own ? kL4e : 0)) << one.name;
    }
}

INSTANTIATE_TEST_SUITE_P(, TaskOffloadRxCsum, testing::ValuesIn(kProtocols),
                         [](const auto& one) { return one.param.name; });

TEST(TaskOffloadReceive, Ipv4HeadersHaveTheirOwnSwitchAndProperty) {
    ReceiveRig rig;
    rig.block.engage({{Param::ip4_csum, CsumValue::tx}});
    EXPECT_EQ(rig.verdict(kTcp4.good()), kL4cs);
    EXPECT_EQ(rig.verdict_of_bad_ip() & (kIpcs | kIpe), 0u);
    ReceiveRig lacking(changed_config([](auto& c) { c.csum_ip4 = IXGBE_OFFLOAD_TX; }));
    EXPECT_EQ(lacking.verdict(kTcp4.good()), kL4cs);
    EXPECT_EQ(lacking.verdict_of_bad_ip() & (kIpcs | kIpe), 0u);
}

TEST(TaskOffloadReceive, WithoutOptionsThereIsNoVerdictForSuchFrames) {
    const FrameBuilder options =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").ip_options().tcp(1, 2).payload(50);
    const FrameBuilder extension = FrameBuilder()
                                       .ipv6("2001:db8::1", "2001:db8::2")
                                       .extension(60, {1, 4, 0, 0, 0, 0})
                                       .tcp(1, 2)
                                       .payload(50);
    ReceiveRig usual;
    EXPECT_EQ(usual.verdict(options.build()), kIpcs | kL4cs);
    EXPECT_EQ(usual.verdict(extension.build()), kL4cs);
    ReceiveRig rig(changed_config([](auto& c) { c.csum_ip_options = c.csum_ip6_ext = false; }));
    EXPECT_EQ(rig.verdict(options.build()), 0u);
    EXPECT_EQ(rig.verdict(extension.build()), 0u);
    EXPECT_EQ(rig.verdict(kTcp4.good()), kIpcs | kL4cs);
}

// ---- Properties of spreading, as a stock driver sees them ----

struct SpreadRig : ReceiveRig {
    explicit SpreadRig(const ixgbe_config& config) : ReceiveRig(config) {
        driver.set_rss_key(kVerificationKey);
        driver.write<RXCSUM>(RXCSUM::pcsd);
        driver.write<MRQC>(MRQC::rss | MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::ipv6 |
                           MRQC::udp4 | MRQC::udp6);
    }
};

TEST(TaskOffloadReceive, WithoutRssNothingIsHashedOrSpread) {
    SpreadRig rig(changed_config([](auto& c) { c.rss = false; }));
    for (unsigned i = 0; i < 512; ++i) {
        rig.driver.set_reta(i, 1);
    }
    const RxPacket packet = rig.deliver(kTcp4.good());  // queue 0
    EXPECT_EQ(packet.rss_type(), 0u);
    EXPECT_EQ(packet.hash(), 0u);
}

TEST(TaskOffloadReceive, WithoutRssOfUdpItsAddressesAreHashed) {
    SpreadRig rig(changed_config([](auto& c) { c.rss_udp = false; }));
    EXPECT_EQ(rig.deliver(kProtocols[1].good()).hash(), 0x323E8FC2u);
    EXPECT_EQ(rig.deliver(kProtocols[1].good()).rss_type(), 2u);
    EXPECT_EQ(rig.deliver(kProtocols[3].good()).hash(), 0x2CC18CD5u);
    EXPECT_EQ(rig.deliver(kProtocols[3].good()).rss_type(), 5u);
    EXPECT_EQ(rig.deliver(kTcp4.good()).hash(), 0x51CCC178u);
}

// "MRQC's pool modes act like the mode without pools: everything arrives in queue 0."
TEST(TaskOffloadReceive, WithoutPoolsEverythingArrivesInQueueZero) {
    for (const std::uint32_t mode : {MRQC::vt_64, MRQC::vt_64_rss, MRQC::vt_32_rss}) {
        VmdqRig rig(changed_config([](auto& c) { c.vmq = false; }), mode);
        rig.driver.set<FCTRL>(FCTRL::upe);
        rig.addresses_of({1, 2});
        rig.rings({0, 2, 4, 8});
        EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(1))), Queues{0});
        EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(2))), Queues{0});
    }
}

// Once a doorbell was rung: "frames for pools beyond vmq-queues go to the default pool".
TEST(TaskOffloadReceive, PoolsBeyondTheLimitAreTheDefaultPool) {
    WithBlock<VmdqRig> rig(changed_config([](auto& c) { c.vmq_queues = 2; }));
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en);  // pool 0
    rig.addresses_of({1, 2, 3});
    rig.rings({0, 2, 4, 6});
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(3))), Queues{6}) << "nothing before";
    rig.block.engage();
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(2))), Queues{4});
    EXPECT_EQ(rig.receivers(plain_frame(100, mac_of_pool(3))), Queues{0});
}

// Once a doorbell was rung: "RSS spreads over rss-queues queues and rss-table entries".
TEST(TaskOffloadReceive, RssKeepsToItsQueuesAndTableAfterADoorbell) {
    SpreadRig rig(changed_config([](auto& c) { c.rss_table = 2; }));
    RxRing other(rig.driver, 3, {.size = 16});
    for (unsigned i = 2; i < 512; ++i) {
        rig.driver.set_reta(i, 3);
    }
    ASSERT_EQ(rig.machine.receive_alone(kTcp4.good()), IXGBE_ACCEPTED);
    EXPECT_TRUE(other.take()) << "51CCC178: entry 378";
    rig.block.engage();
    EXPECT_EQ(rig.deliver(kTcp4.good()).hash(), 0x51CCC178u);
}

}  // namespace
}  // namespace x550
