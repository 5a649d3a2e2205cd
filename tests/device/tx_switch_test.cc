// SPDX-License-Identifier: GPL-2.0-or-later
// Packets from one pool to others: X550 DS 7.8.3.4 and 7.8.3.6.1.

#include <gtest/gtest.h>

#include "lso_request.h"
#include "tunnel_frame.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

constexpr std::uint16_t kVid = 0x123;

// Pool 1 sends from queue 2; pools 1, 2 and 40 have addresses and rings.
struct SwitchRig : VmdqRig {
    explicit SwitchRig(std::uint32_t mrqc = MRQC::vt_64_rss) : VmdqRig(mrqc) {
        addresses_of({1, 2, 40});
        rings({0, 2, 4, 80});
        driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    }

    // Sends the frame from pool 1; whether the wire saw it. take() tells who else.
    bool send(const Frame& frame, const TxRing::Flags& flags = {}) {
        host.forget();
        const std::uint32_t index = tx.send(frame, flags);
        EXPECT_TRUE(tx.done(index));
        return !host.sent.empty();
    }
    bool send(const FrameBuilder& builder) { return send(builder.build()); }

    TxRing tx{driver, 2};
};

FrameBuilder from_one(const Mac& to) {
    return FrameBuilder().from(mac_of_pool(1)).to(to).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2);
}

TEST(TxSwitch, UnicastToAnotherPoolStaysInside) {
    SwitchRig rig;
    const Frame frame = from_one(mac_of_pool(40)).payload(60).build();
    EXPECT_FALSE(rig.send(frame));
    EXPECT_EQ(rig.take(), Queues{80});
    EXPECT_EQ(rig.taken.at(0).bytes, frame);
    EXPECT_TRUE(rig.taken.at(0).has(RxWriteBack::lb | RxWriteBack::l4cs | RxWriteBack::ipcs));
    EXPECT_FALSE(rig.taken.at(0).has(RxWriteBack::l4e));
}

TEST(TxSwitch, UnknownUnicastGoesToTheWire) {
    SwitchRig rig;
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en);
    EXPECT_TRUE(rig.send(from_one(kStranger)));
    EXPECT_EQ(rig.take(), Queues{}) << "the default pool is for frames from the wire";
}

TEST(TxSwitch, BroadcastGoesEverywhereButBack) {
    SwitchRig rig;
    for (const unsigned pool : {1u, 2u, 40u}) {
        rig.driver.write<VMOLR>(pool, VMOLR::bam);
    }
    EXPECT_TRUE(rig.send(from_one(kBroadcast)));
    EXPECT_EQ(rig.take(), (Queues{4, 80}));
    rig.set_pool<PFVMTXSW>(1);
    EXPECT_TRUE(rig.send(from_one(kBroadcast)));
    EXPECT_EQ(rig.take(), (Queues{2, 4, 80})) << "local loopback enabled";
}

TEST(TxSwitch, APoolsOwnAddress) {
    SwitchRig rig;
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(1))));
    EXPECT_EQ(rig.take(), Queues{}) << "neither back nor out";
    rig.set_pool<PFVMTXSW>(1);
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(1))));
    EXPECT_EQ(rig.take(), Queues{2});
}

TEST(TxSwitch, PromiscuousPoolsSeeWhatIsSent) {
    SwitchRig rig;
    rig.driver.write<VMOLR>(2, VMOLR::upe);
    EXPECT_TRUE(rig.send(from_one(kStranger)));
    EXPECT_EQ(rig.take(), Queues{4});
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(40))));
    EXPECT_EQ(rig.take(), (Queues{4, 80}));
}

TEST(TxSwitch, OffWithoutLbeOrReceiver) {
    SwitchRig rig;
    rig.driver.write<PFDTXGSWC>(0);
    EXPECT_TRUE(rig.send(from_one(mac_of_pool(40))));
    EXPECT_EQ(rig.take(), Queues{});
    rig.driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    rig.driver.clear<RXCTRL>(RXCTRL::rxen);
    EXPECT_TRUE(rig.send(from_one(mac_of_pool(40))));
}

TEST(TxSwitch, APoolThatMayNotReceiveIsNoDestination) {
    SwitchRig rig;
    rig.clear_pool<PFVFRE>(40);
    EXPECT_TRUE(rig.send(from_one(mac_of_pool(40)))) << "no match, so it is for the wire";
    EXPECT_EQ(rig.take(), Queues{});
}

TEST(TxSwitch, VlansSeparatePools) {
    SwitchRig rig;
    rig.vlan(0, kVid, {40});
    rig.driver.write<VMOLR>(2, VMOLR::aupe);
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(2))));
    EXPECT_EQ(rig.take(), Queues{4});
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(40)))) << "exact, though nobody may have it";
    EXPECT_EQ(rig.take(), Queues{});
    rig.tx.put_context({.vlan = kVid});
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(40)).build(), {.command = kLast | TxData::vle}));
    EXPECT_EQ(rig.take(), Queues{80}) << "the tag that the descriptor adds";
    EXPECT_EQ(be16_at(rig.taken.at(0).bytes, 14), kVid);
    rig.driver.write<PFVMVIR>(1, PFVMVIR::always | kVid);
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(40))));
    EXPECT_EQ(rig.take(), Queues{80}) << "the tag of the pool";
    rig.driver.write<PFVMVIR>(1, 0);
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(40)).vlan(kVid)));
    EXPECT_EQ(rig.take(), Queues{80}) << "the tag in the packet";
}

TEST(TxSwitch, WithoutReplicationGroupsAreForTheDefaultPool) {
    SwitchRig rig;
    rig.driver.write<VMOLR>(40, VMOLR::bam | VMOLR::upe);
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | 2u << VT_CTL::def_pl_shift);
    EXPECT_TRUE(rig.send(from_one(kBroadcast)));
    EXPECT_EQ(rig.take(), Queues{4});
    EXPECT_TRUE(rig.send(from_one(kStranger)));
    EXPECT_EQ(rig.take(), Queues{});
}

TEST(TxSwitch, DownlinkMirrorSeesWhatIsForTheWire) {
    SwitchRig rig;
    rig.driver.write<PFMRCTL>(0, PFMRCTL::dpme | PFMRCTL::upme | 2u << PFMRCTL::mp_shift);
    EXPECT_TRUE(rig.send(from_one(kStranger)));
    EXPECT_EQ(rig.take(), Queues{4});
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(40))));
    EXPECT_EQ(rig.take(), Queues{80});
}

TEST(TxSwitch, EthertypeLoopback) {
    SwitchRig rig;
    rig.driver.write<PFDTXGSWC>(0);
    const Frame frame = plain_frame(100, kMulticast);
    rig.driver.write<ETQF>(1, ETQF::enable | ETQF::tx_antispoof | be16_at(frame, 12));
    rig.driver.write<ETQS>(1, ETQS::enable | 80u << ETQS::queue_shift);
    EXPECT_TRUE(rig.send(frame));
    EXPECT_EQ(rig.take(), Queues{});
    rig.driver.write<PFVFSPOOF>(0, bit(1) << PFVFSPOOF::ethertypelb_shift);
    EXPECT_FALSE(rig.send(frame)) << "even without LBE, and never to the wire";
    EXPECT_EQ(rig.take(), Queues{80});
}

// ---- offloads ----

TEST(TxSwitchOffload, LargeSendsAreCutForAPool) {
    SwitchRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    Lso lso = tcp4(3000, 1000);
    lso.builder.from(mac_of_pool(1)).to(mac_of_pool(40));
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_EQ(rig.take(), (Queues{80, 80, 80}));
    Frame payload;
    for (const RxPacket& packet : rig.taken) {
        const auto decoded = decode(packet.bytes);
        ASSERT_TRUE(decoded);
        EXPECT_TRUE(decoded->consistent);
        payload.insert(payload.end(), decoded->payload.begin(), decoded->payload.end());
    }
    const auto whole = decode(lso.builder.build());
    EXPECT_TRUE(same_bytes(whole->payload, payload));
}

TEST(TxSwitchOffload, SumsThatThePeerWouldFinishAreFinished) {
    SwitchRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    rig.driver.write<VMOLR>(2, VMOLR::upe);
    const FrameBuilder builder = from_one(kStranger).payload(100);
    Frame frame = builder.build();
    const Frame finished = frame;
    seed_l4_checksum(frame, builder.l3_offset(), builder.l4_offset(), true);
    rig.tx.put_context({.l4len = kUdpBytes, .type = TxContext::l4_udp | TxContext::ipv4});
    EXPECT_TRUE(rig.send(frame, {.options = TxData::txsm | TxData::cc}));
    EXPECT_EQ(rig.host.sent.at(0).offload.needs_csum, 1) << "the wire's copy is the peer's";
    EXPECT_EQ(rig.take(), Queues{4});
    EXPECT_TRUE(same_bytes(finished, rig.taken.at(0).bytes));
    EXPECT_FALSE(rig.taken.at(0).has(RxWriteBack::l4e));
}

// Longer than a frame can be once the tag is in; with a sum still to be finished.
TEST(TxSwitchOffload, FramesThatAreTooLongReachNoPool) {
    SwitchRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    (void)rig.ring(4, {.size = 64});
    rig.driver.write<VMOLR>(2, VMOLR::upe);
    const auto send = [&](std::size_t bytes, std::uint32_t command) {
        const FrameBuilder builder = from_one(kStranger).payload(bytes - 42);
        rig.tx.put_context({.l4len = kUdpBytes, .type = TxContext::l4_udp | TxContext::ipv4});
        return rig.send(builder.build(),
                        {.command = command, .options = TxData::txsm | TxData::cc});
    };
    EXPECT_TRUE(send(15872, kLast | TxData::vle)) << "the wire is another matter";
    EXPECT_EQ(rig.take(), Queues{});
    EXPECT_TRUE(send(15872, kLast));
    EXPECT_EQ(rig.take(), Queues{4});
    Lso lso = tcp4(40000, 20000);
    lso.builder.from(mac_of_pool(1)).to(mac_of_pool(2));
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.take(), Queues{});
    EXPECT_EQ(rig.tx.head(), rig.tx.tail());
}

TEST(TxSwitchOffload, FramesWithoutAnEtherTypeReachNoPool) {
    SwitchRig rig;
    rig.driver.clear<HLREG0>(HLREG0::txpaden);
    Frame frame = plain_frame(14, mac_of_pool(40));
    frame.resize(13);
    EXPECT_FALSE(rig.send(frame));
    EXPECT_EQ(rig.take(), Queues{});
}

// Without CC in the descriptor the switch does not know the offsets: no RSS, no stripping.
TEST(TxSwitchOffload, HashAndStrippingNeedCc) {
    SwitchRig rig(MRQC::vt_64_rss | MRQC::ipv4 | MRQC::l3l4_tx_switch);
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    rig.driver.write<PSRTYPE>(40, 1u << PSRTYPE::rqpl_shift);
    for (unsigned entry = 0; entry < 512; ++entry) {
        rig.driver.set_reta(entry, 1);
    }
    (void)rig.ring(81, {.size = 16, .rxdctl = RXDCTL::vme});
    rig.driver.set<RXDCTL>(RXDCTL::vme, 80);
    const Frame frame = from_one(mac_of_pool(40)).vlan(kVid).payload(60).build();
    EXPECT_FALSE(rig.send(frame));
    EXPECT_EQ(rig.take(), Queues{80});
    EXPECT_EQ(rig.taken.at(0).bytes, frame);
    EXPECT_EQ(rig.taken.at(0).rss_type(), 0u);
    rig.tx.put_context({});
    EXPECT_FALSE(rig.send(frame, {.options = TxData::cc}));
    EXPECT_EQ(rig.take(), Queues{81});
    EXPECT_EQ(rig.taken.at(0).bytes.size(), frame.size() - kVlanBytes);
    EXPECT_EQ(rig.taken.at(0).vlan(), kVid);
    EXPECT_EQ(rig.taken.at(0).rss_type(), 2u);
    rig.driver.clear<MRQC>(MRQC::l3l4_tx_switch);
    EXPECT_FALSE((rig.tx.put_context({}), rig.send(frame, {.options = TxData::cc})));
    EXPECT_EQ(rig.take(), Queues{80}) << "L3L4TXSWEN";
    EXPECT_EQ(rig.taken.at(0).vlan(), kVid);
}

TEST(TxSwitchOffload, ATunnelsOffsetsNeedOuteripcs) {
    SwitchRig rig(MRQC::vt_64_rss | MRQC::ipv4 | MRQC::l3l4_tx_switch);
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    const TunnelFrame tunnel(TunnelKind::nvgre, from_one(mac_of_pool(40)),
                             FrameBuilder().ipv4("192.0.2.3", "192.0.2.4").udp(3, 4).payload(60));
    rig.tx.put_context({});
    EXPECT_FALSE(rig.send(tunnel.frame, {.options = TxData::cc}));
    EXPECT_EQ(rig.take(), Queues{80});
    EXPECT_EQ(rig.taken.at(0).rss_type(), 0u);
    rig.tx.put_context(tunnel.context(TxContext::l4_udp));
    EXPECT_FALSE(
        rig.send(tunnel.frame, {.command = kLast | TxData::outer_ip_cs | TxData::tunnel_type_nvgre,
                                .options = TxData::cc}));
    EXPECT_EQ(rig.take(), Queues{80});
    EXPECT_EQ(rig.taken.at(0).rss_type(), 2u);
}

TEST(TxSwitchOffload, ExchangedFramesAreNeverCoalesced) {
    SwitchRig rig;
    rig.driver.clear<RFCTL>(RFCTL::rsc_dis);
    rig.driver.set<HLREG0>(HLREG0::rxcrcstrp);
    rig.driver.set<PSRTYPE>(PSRTYPE::tcp, 40);
    rig.driver.set<PSRTYPE>(PSRTYPE::tcp);
    rig.driver.write<RSCCTL>(80, RSCCTL::rscen | RSCCTL::maxdesc_16);
    Lso lso = tcp4(3000, 1000);
    lso.builder.from(mac_of_pool(1)).to(mac_of_pool(40));
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_EQ(rig.take(), (Queues{80, 80, 80}));
}

// ---- waiting, counting ----

TEST(TxSwitchQueue, APoolThatMayNotSendKeepsItsPackets) {
    SwitchRig rig;
    rig.clear_pool<PFVFTE>(1);
    const std::uint32_t index = rig.tx.send(from_one(kStranger).build());
    EXPECT_FALSE(rig.tx.done(index));
    rig.set_pool<PFVFTE>(1);
    rig.machine.run();
    EXPECT_TRUE(rig.tx.done(index));
    EXPECT_EQ(rig.host.sent.size(), 1u);
}

// A queue without DROP_EN holds the sender back, as flow control would.
TEST(TxSwitchQueue, WaitsForDescriptorsOfTheReceiver) {
    SwitchRig rig;
    rig.address_of(5);
    RxRing& full = rig.ring(10, {.size = 16, .fill = false});
    const std::uint32_t first = rig.tx.send(from_one(mac_of_pool(5)).build());
    EXPECT_FALSE(rig.tx.done(first));
    const std::uint32_t second = rig.tx.send(from_one(kStranger).build());
    EXPECT_FALSE(rig.tx.done(second)) << "in order";
    EXPECT_TRUE(rig.host.sent.empty());
    full.fill(2);
    rig.machine.run();
    EXPECT_TRUE(rig.tx.done(first));
    EXPECT_TRUE(rig.tx.done(second));
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(full.take_all().size(), 1u);
}

TEST(TxSwitchQueue, ALargeSendGoesOnWhereItStopped) {
    SwitchRig rig;
    rig.address_of(5);
    RxRing& scarce = rig.ring(10, {.size = 16, .fill = false});
    Lso lso = tcp4(5000, 1000);
    lso.builder.from(mac_of_pool(1)).to(mac_of_pool(5));
    lso.post(rig.tx);
    rig.tx.kick();
    std::vector<std::uint32_t> sequence;
    for (unsigned round = 0; round < 5; ++round) {
        scarce.fill(1);
        rig.machine.run();
        const auto packets = scarce.take_all();
        ASSERT_EQ(packets.size(), 1u) << round;
        sequence.push_back(decode(packets[0].bytes)->sequence);
    }
    for (unsigned i = 1; i < 5; ++i) {
        EXPECT_EQ(sequence[i], sequence[0] + 1000 * i);
    }
    EXPECT_EQ(rig.tx.head(), rig.tx.tail());
}

TEST(TxSwitchQueue, DropEnLosesTheFrameInstead) {
    SwitchRig rig;
    rig.address_of(5);
    (void)rig.ring(10, {.size = 16, .drop_en = true, .fill = false});
    EXPECT_FALSE(rig.send(from_one(mac_of_pool(5))));
    EXPECT_TRUE(rig.send(from_one(kStranger))) << "and nobody waits";
}

TEST(TxSwitchQueue, AWaitingPacketIsForgottenWithItsQueue) {
    SwitchRig rig;
    rig.address_of(5);
    RxRing& full = rig.ring(10, {.size = 16, .fill = false});
    (void)rig.tx.send(from_one(mac_of_pool(5)).build());
    rig.driver.reset();
    rig.machine.run();
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_FALSE(full.take());
}

TEST(TxSwitchStatistics, FramesThatStayInsideAreNotTheMacs) {
    SwitchRig rig;
    rig.driver.write<VMOLR>(2, VMOLR::upe);
    rig.driver.write<TQSM>(0, 0x00030000);  // queue 2: set 3
    (void)rig.send(from_one(mac_of_pool(40)));
    EXPECT_EQ(rig.take(), (Queues{4, 80}));
    EXPECT_EQ(rig.driver.read<GPTC>(), 0u);
    EXPECT_EQ(rig.driver.read<QPTC>(3), 1u);
    EXPECT_EQ(rig.driver.read<TXDGPC>(), 1u);
    EXPECT_EQ(rig.driver.read<GPRC>(), 0u);
    EXPECT_EQ(rig.driver.read<RXDGPC>(), 0u);
    EXPECT_EQ(rig.driver.read<RXLPBKPC>(), 1u);
    EXPECT_EQ(rig.driver.read<RXDLPBKPC>(), 1u);
}

// ---- what a pool may not send ----

TEST(AntiSpoof, SourceAddressMustBeThePools) {
    SwitchRig rig;
    rig.driver.write<PFVMECM>(0, bit(1));
    const auto from = [](const Mac& mac) { return from_one(kStranger).from(mac); };
    EXPECT_TRUE(rig.send(from(kStranger)));
    rig.driver.write<PFVFSPOOF>(0, bit(1) << PFVFSPOOF::macas_shift);
    EXPECT_TRUE(rig.send(from(mac_of_pool(1))));
    EXPECT_FALSE(rig.send(from(mac_of_pool(2))));
    EXPECT_FALSE(rig.send(from(kStranger)));
    EXPECT_EQ(rig.driver.read<SSVPC>(), 2u);
    rig.driver.write<PFVMECM>(0, 0);
    EXPECT_FALSE(rig.send(from(kStranger)));
    EXPECT_EQ(rig.driver.read<SSVPC>(), 0u) << "PFVMECM";
}

TEST(AntiSpoof, AppliesToThePoolThatIsNamed) {
    SwitchRig rig;
    rig.driver.write<PFVFSPOOF>(5, bit(0) << PFVFSPOOF::macas_shift);  // pool 40
    TxRing other(rig.driver, 80);
    EXPECT_TRUE(rig.send(from_one(kStranger)));
    rig.host.forget();
    (void)other.send(from_one(kStranger).build());
    EXPECT_TRUE(rig.host.sent.empty());
}

TEST(AntiSpoof, VlanMustBeThePools) {
    SwitchRig rig;
    rig.vlan(0, kVid, {1});
    rig.driver.write<PFVFSPOOF>(
        0, bit(1) << PFVFSPOOF::macas_shift | bit(1) << PFVFSPOOF::vlanas_shift);
    EXPECT_TRUE(rig.send(from_one(kStranger))) << "untagged";
    EXPECT_TRUE(rig.send(from_one(kStranger).vlan(kVid)));
    EXPECT_FALSE(rig.send(from_one(kStranger).vlan(kVid + 1)));
    rig.tx.put_context({.vlan = kVid + 1});
    EXPECT_FALSE(rig.send(from_one(kStranger).build(), {.command = kLast | TxData::vle}));
    rig.driver.write<PFVFSPOOF>(0, bit(1) << PFVFSPOOF::vlanas_shift);
    EXPECT_TRUE(rig.send(from_one(kStranger).vlan(kVid + 1))) << "only together with MACAS";
}

TEST(AntiSpoof, EthertypesThatPoolsMustNotSend) {
    SwitchRig rig;
    const Frame frame = plain_frame(100, kMulticast);
    rig.driver.write<ETQF>(1, ETQF::enable | be16_at(frame, 12));
    rig.driver.write<PFVFSPOOF>(0, bit(1) << PFVFSPOOF::ethertypeas_shift);
    EXPECT_TRUE(rig.send(frame)) << "TX_ANTISPOOF is off";
    rig.driver.set<ETQF>(ETQF::tx_antispoof, 1);
    EXPECT_FALSE(rig.send(frame));
    EXPECT_TRUE(rig.send(from_one(kStranger)));
}

TEST(AntiSpoof, WholeLargeSendsAreDropped) {
    SwitchRig rig;
    rig.driver.write<PFVMECM>(0, bit(1));
    rig.driver.write<PFVFSPOOF>(0, bit(1) << PFVFSPOOF::macas_shift);
    Lso lso = tcp4(3000, 1000);
    lso.builder.from(kStranger).to(kPeerMac);
    lso.post(rig.tx);
    rig.tx.kick();
    rig.machine.run();
    EXPECT_TRUE(rig.host.sent.empty());
    EXPECT_EQ(rig.tx.head(), rig.tx.tail());
    EXPECT_EQ(rig.driver.read<SSVPC>(), 1u);
}

}  // namespace
}  // namespace x550
