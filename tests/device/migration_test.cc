// SPDX-License-Identifier: GPL-2.0-or-later
// The state moves to a second device in the middle of things, which must go on as the first would
// have; a spoiled state is refused with a reason.

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <memory>

#include "destination.h"
#include "flow_rig.h"
#include "random.h"
#include "rig.h"

namespace x550 {
namespace {

void save(const Rig& rig) {
    ixgbe_prepare_save(rig.machine.device());
}

TEST(Migration, FreshStateIsAccepted) {
    ColdRig rig;
    ixgbe_prepare_save(rig.machine.device());
    Destination destination(rig.machine);
    EXPECT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
}

TEST(Migration, RegistersAreTheSame) {
    Rig rig;
    rig.driver.write<PFCTOP>(0x12345678);
    rig.driver.set_mac_filter(100, kPeerMac);
    rig.driver.set_vlan_filter(77);
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    EXPECT_EQ(destination.read(PFCTOP::at()), 0x12345678u);
    EXPECT_EQ(destination.read(RAH::at(100)), rig.driver.read<RAH>(100));
    EXPECT_EQ(destination.read(VFTA::at(2)), bit(77 - 64));
    EXPECT_EQ(destination.read(LINKS::at()), rig.driver.read<LINKS>());
}

TEST(Migration, TransmitRingGoesOnWhereItWas) {
    Rig rig;
    TxRing tx(rig.driver, 0, {.size = 16});
    for (std::uint32_t i = 0; i < 10; ++i) {
        tx.send(plain_frame(100 + i));
    }
    std::vector<Frame> rest;
    for (std::uint32_t i = 0; i < 4; ++i) {
        rest.push_back(plain_frame(300 + i, kPeerMac, i + 1));
        tx.put_packet(rest.back());
    }
    tx.kick();  // noted, not run
    save(rig);
    const std::size_t before = rig.host.sent.size();
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    destination.run();
    ASSERT_EQ((before - 10) + destination.host.sent.size(), 4u);
    for (std::size_t i = 0; i < destination.host.sent.size(); ++i) {
        EXPECT_EQ(destination.host.sent[i].bytes, rest[i + before - 10]);
    }
    EXPECT_EQ(destination.read(TDH::at(0)), 14u);
}

TEST(Migration, HalfAPacketIsFinishedOnTheOtherSide) {
    Rig rig;
    TxRing tx(rig.driver);
    const Frame frame = plain_frame(600);
    tx.put_packet({frame.begin(), frame.begin() + 300}, {.command = TxData::ifcs, .paylen = 600});
    tx.kick();
    rig.machine.run();
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    tx.put_packet({frame.begin() + 300, frame.end()}, {.paylen = 0});
    destination.write(TDT::at(0), tx.tail());
    destination.run();
    ASSERT_EQ(destination.host.sent.size(), 1u);
    EXPECT_TRUE(same_bytes(frame, destination.host.sent[0].bytes));
}

TEST(Migration, ContextsTravel) {
    Rig rig;
    TxRing tx(rig.driver);
    tx.put_context({.vlan = 0x0111, .slot = 0});
    tx.put_context({.vlan = 0x0222, .slot = 1});
    tx.kick();
    rig.machine.run();
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    tx.put_packet(plain_frame(100),
                  {.command = TxData::eop | TxData::ifcs | TxData::rs | TxData::vle,
                   .options = 1u << TxData::idx_shift});
    destination.write(TDT::at(0), tx.tail());
    destination.run();
    ASSERT_EQ(destination.host.sent.size(), 1u);
    EXPECT_EQ(be16_at(destination.host.sent[0].bytes, 14), 0x0222);
}

TEST(Migration, ReceiveRingGoesOnWhereItWas) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 16});
    for (int i = 0; i < 5; ++i) {
        rig.machine.receive(plain_frame(100));
    }
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    const Frame frame = plain_frame(700);
    EXPECT_EQ(ixgbe_receive(destination.device(), frame.data(), frame.size(), nullptr),
              IXGBE_ACCEPTED);
    const auto packets = rx.take_all();
    ASSERT_EQ(packets.size(), 6u);
    EXPECT_TRUE(same_bytes(frame, packets[5].bytes));
}

TEST(Migration, DerivedTablesAreRebuilt) {
    Rig rig;
    RxRing zero(rig.driver, 0, {.size = 16});
    RxRing nine(rig.driver, 9, {.size = 16});
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    rig.driver.write<MRQC>(MRQC::rss | MRQC::tcp4);
    for (unsigned i = 0; i < 512; ++i) {
        rig.driver.set_reta(i, 9);
    }
    const Frame frame =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(100).build();
    Frame other = frame;
    std::copy(kPeerMac.begin(), kPeerMac.end(), other.begin());
    Destination destination(rig.machine);
    // The destination has built its tables for an older state, with another key and address,
    // before.
    for (std::uint32_t seed = 1; seed < 3; ++seed) {
        rig.driver.set_rss_key(pattern(40, seed));
        rig.driver.set_mac_filter(1, kPeerMac, seed == 2);
        (void)rig.machine.receive(frame);
        const auto on_source = nine.take();
        ASSERT_TRUE(on_source);
        save(rig);
        ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
        ixgbe_device* device = destination.device();
        EXPECT_EQ(ixgbe_receive(device, other.data(), other.size(), nullptr),
                  seed == 2 ? IXGBE_ACCEPTED : IXGBE_DROPPED);
        if (seed == 1) {
            EXPECT_EQ(ixgbe_receive(device, frame.data(), frame.size(), nullptr), IXGBE_ACCEPTED);
        }
        const auto on_destination = nine.take();
        ASSERT_TRUE(on_destination);
        EXPECT_EQ(on_destination->hash(), on_source->hash()) << seed;
        nine.program();
    }
}

TEST(Migration, PendingInterruptFiresOnTheOtherSide) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 20);
    rig.machine.receive(plain_frame(100));
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    EXPECT_EQ(destination.host.msix_count[20], 0u);
    destination.write(EIMS_EX::at(0), bit(20));
    EXPECT_EQ(destination.host.msix_count[20], 1u);
}

TEST(Migration, ThrottledInterruptFiresWhenItsIntervalEnds) {
    Rig rig;
    RxRing rx(rig.driver);
    rig.driver.use_msix();
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.write<EITR>(0, 0xFF8 | EITR::cnt_wdis);
    rig.driver.unmask_vectors();
    rig.machine.receive_alone(plain_frame(100));
    rig.driver.unmask_vectors();
    rig.machine.receive_alone(plain_frame(100));
    ASSERT_EQ(rig.host.msix_count[0], 1u);
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    EXPECT_EQ(destination.host.msix_count[0], 0u);
    destination.run_until(rig.host.now + EITR::interval_ns(0xFF8));
    EXPECT_EQ(destination.host.msix_count[0], 1u);
}

TEST(Migration, AssertedLineIsAssertedAgain) {
    Rig rig;
    rig.driver.write<EIMS>(bit(0));
    rig.driver.write<EICS>(bit(0));
    ASSERT_TRUE(rig.host.legacy_level);
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    destination.write(EIMC::at(), ~0u);
    EXPECT_FALSE(destination.host.legacy_level);
    destination.write(EIMS::at(), bit(0));
    EXPECT_TRUE(destination.host.legacy_level);
}

TEST(Migration, LinkThatWasComingUpComesUp) {
    ColdRig rig;
    ixgbe_prepare_save(rig.machine.device());
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    destination.run_until(rig.host.now + kSecond);
    EXPECT_NE(destination.read(LINKS::at()) & LINKS::up, 0u);
}

TEST(Migration, StatisticsTravel) {
    Rig rig;
    TxRing tx(rig.driver);
    tx.send(plain_frame(100));
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    EXPECT_EQ(destination.read(GPTC::at()), 1u);
}

TEST(Migration, NvmAndPhyTravel) {
    Rig rig;
    rig.driver.nvm_write(0x60, 0xCAFE);
    rig.driver.mdio_write(0, 7, 0x10, 0x0501);
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    destination.write(MSCA::at(), MSCA::command | MSCA::op_address | 7u << 16 | 0x10);
    destination.write(MSCA::at(), MSCA::command | MSCA::op_read | 7u << 16);
    EXPECT_EQ(destination.read(MSRWD::at()) >> 16, 0x0501u);
    EXPECT_EQ(destination.state().nvm[0x60], 0xCAFE);
}

TEST(Migration, SavingLeavesTheSourceRunning) {
    Rig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    save(rig);
    const std::uint32_t index = tx.send(plain_frame(100));
    EXPECT_TRUE(tx.done(index));
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    EXPECT_TRUE(rx.take());
}

TEST(Migration, NothingIsMappedWhileSaved) {
    Rig rig;
    TxRing tx(rig.driver);
    rig.host.queue_sends = true;
    tx.put_packet(plain_frame(100));
    tx.put_packet(plain_frame(100));
    tx.kick();
    rig.machine.run();
    save(rig);
    const auto copy = std::make_unique<ixgbe_state>(rig.machine.state());
    rig.machine.run();
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(*copy)) << destination.why.data();
    destination.run();
    EXPECT_LE(destination.host.sent.size(), 1u)
        << "the frame the first host keeps is not sent twice";
}

// One step of random transmit work, whoever does it.
std::uint32_t post_random_packet(TxRing& tx, Random& random, std::uint32_t step) {
    if (random.one_in(3)) {
        tx.put_context({.vlan = static_cast<std::uint16_t>(step)});
    }
    const std::uint32_t vle = random.one_in(2) ? TxData::vle : 0;
    tx.put_packet(plain_frame(60 + random.below(900), kPeerMac, step + 1),
                  {.command = TxData::eop | TxData::ifcs | TxData::rs | vle}, {random.below(30)});
    return tx.tail();
}

void collect(FakeHost& host, std::vector<Frame>& wire) {
    for (const SentFrame& frame : host.sent) {
        wire.push_back(frame.bytes);
    }
    host.sent.clear();
}

constexpr std::uint32_t kSteps = 40;

std::vector<Frame> run_in_one_place() {
    Rig rig;
    TxRing tx(rig.driver, 0, {.size = 32});
    Random random(3);
    std::vector<Frame> wire;
    for (std::uint32_t step = 0; step < kSteps; ++step) {
        rig.driver.write<TDT>(0, post_random_packet(tx, random, step));
        rig.machine.run();
        collect(rig.host, wire);
    }
    return wire;
}

// Hands over to a new device after every step.
std::vector<Frame> run_on_the_move() {
    Rig rig;
    TxRing tx(rig.driver, 0, {.size = 32});
    Random random(3);
    std::vector<Frame> wire;
    save(rig);
    auto state = std::make_unique<ixgbe_state>(rig.machine.state());
    for (std::uint32_t step = 0; step < kSteps; ++step) {
        Destination next(rig.machine);
        EXPECT_TRUE(next.load(*state)) << next.why.data();
        next.write(TDT::at(0), post_random_packet(tx, random, step));
        next.run();
        collect(next.host, wire);
        ixgbe_prepare_save(next.device());
        *state = next.state();
    }
    return wire;
}

TEST(Migration, EveryStepOfARecordedRunCanBeTheLastOnTheSource) {
    const std::vector<Frame> stayed = run_in_one_place();
    EXPECT_EQ(stayed.size(), kSteps);
    EXPECT_EQ(run_on_the_move(), stayed);
}

TEST(Migration, FlowDirectorKeepsItsFilters) {
    FlowRig rig;
    rig.start_perfect();
    for (std::uint8_t i = 0; i < 10; ++i) {
        Flow flow = known_flow();
        flow.put(2, {10, 0, 0, i});
        rig.add_perfect(flow, i, FlowRig::to_queue(5));
    }
    rig.command(FlowRig::id(0, 3), FDIRCMD::remove);  // fails: another bucket
    save(rig);
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    EXPECT_EQ(destination.read(FDIRFREE::at()), 2047u - 10);
    const Frame frame = FrameBuilder().ipv4("10.0.0.7", "192.168.1.2").tcp(1024, 80).build();
    EXPECT_EQ(ixgbe_receive(destination.device(), frame.data(), frame.size(), nullptr),
              IXGBE_ACCEPTED);
    destination.run();
    const auto packet = rig.steered.take();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->hash() & 0x1FFF, 7u);
}

// ---- Refusal ----

struct Spoiler {
    const char* name;
    std::function<void(ixgbe_state&)> spoil;
};

const std::vector<Spoiler>& spoilers() {
    static const std::vector<Spoiler> list = {
        {"TxEnabled", [](ixgbe_state& s) { s.tx[0].enabled = 2; }},
        {"TxSegmentsSent", [](ixgbe_state& s) { s.tx[3].segments_sent = UINT32_MAX; }},
        {"FlowFiltersWithoutTable", [](ixgbe_state& s) { s.flow.filters = 1; }},
        {"FlowTuplesWithoutFilters", [](ixgbe_state& s) { s.flow.tuples = 1; }},
        {"FlowFiltersBeyondTheArray", [](ixgbe_state& s) { s.flow.filters = UINT32_MAX; }},
        {"FlowBucket",
         [](ixgbe_state& s) {
             s.reg[FDIRCTRL::at() / 4] = FDIRCTRL::pballoc_64k | FDIRCTRL::init_done;
             s.flow.filters = 1;
             s.flow.filter[0].bucket = 0x2000;  // 13 bits
         }},
        {"FlowTuplesOfSignatures",
         [](ixgbe_state& s) {
             s.reg[FDIRCTRL::at() / 4] = FDIRCTRL::pballoc_64k | FDIRCTRL::init_done;
             s.flow.filters = s.flow.tuples = 1;
         }},
        {"TxEnabledLast", [](ixgbe_state& s) { s.tx[127].enabled = 0xFF; }},
        {"RxEnabled", [](ixgbe_state& s) { s.rx[0].enabled = 2; }},
        {"RxEnabledLast", [](ixgbe_state& s) { s.rx[127].enabled = 0xFF; }},
        {"LegacyAsserted", [](ixgbe_state& s) { s.interrupt.legacy_asserted = 2; }},
        {"ModeratedNegative", [](ixgbe_state& s) { s.interrupt.moderated_until[0] = -5; }},
        {"ModeratedForEver", [](ixgbe_state& s) { s.interrupt.moderated_until[63] = INT64_MAX; }},
        {"Cable", [](ixgbe_state& s) { s.phy.cable = 2; }},
        {"Link", [](ixgbe_state& s) { s.phy.link = 3; }},
        {"LinkWithoutCable",
         [](ixgbe_state& s) {
             s.phy.cable = 0;
             s.phy.link = 1;
         }},
        {"DeadlineLink", [](ixgbe_state& s) { s.deadline[IXGBE_DEADLINE_LINK] = -2; }},
        {"DeadlineInterrupt",
         [](ixgbe_state& s) { s.deadline[IXGBE_DEADLINE_INTERRUPT] = INT64_MIN; }},
        {"DeadlineTcpTimer", [](ixgbe_state& s) { s.deadline[IXGBE_DEADLINE_TCP_TIMER] = -7; }},
        {"DeadlineRefill", [](ixgbe_state& s) { s.deadline[IXGBE_DEADLINE_REFILL] = -2; }},
        {"MacMulticast", [](ixgbe_state& s) { s.mac[0] = 0x01; }},
        {"MacZero", [](ixgbe_state& s) { std::memset(s.mac, 0, sizeof s.mac); }},
        {"FirmwareBusy", [](ixgbe_state& s) { s.firmware_busy = 1; }},
        {"RingBaseLowBits", [](ixgbe_state& s) { s.reg[TDBAL::at(0) / 4] |= 0x7F; }},
        {"RxRingBaseLowBits", [](ixgbe_state& s) { s.reg[RDBAL::at(64) / 4] |= 1; }},
        {"TailTooWide", [](ixgbe_state& s) { s.reg[TDT::at(0) / 4] = 0x10000; }},
        {"RegisterThatDoesNotExist", [](ixgbe_state& s) { s.reg[0x00FF0 / 4] = 1; }},
    };
    return list;
}

class SpoiledState : public testing::TestWithParam<std::size_t> {};

TEST_P(SpoiledState, IsRefusedWithAReason) {
    Rig rig;
    save(rig);
    Destination destination(rig.machine);
    const auto state = std::make_unique<ixgbe_state>(rig.machine.state());
    spoilers()[GetParam()].spoil(*state);
    EXPECT_FALSE(destination.load(*state));
    EXPECT_NE(destination.why[0], '\0');
}

INSTANTIATE_TEST_SUITE_P(Members, SpoiledState, testing::Range(std::size_t{0}, spoilers().size()),
                         [](const auto& one) { return spoilers()[one.param].name; });

TEST(SpoiledState, ReasonIsCutToItsBuffer) {
    Rig rig;
    save(rig);
    Destination destination(rig.machine);
    destination.state() = rig.machine.state();
    destination.state().firmware_busy = 1;
    std::array<char, 8> why{};
    why.fill('x');
    EXPECT_FALSE(ixgbe_loaded(destination.device(), why.data(), 4));
    EXPECT_EQ(why[4], 'x');
    EXPECT_LT(std::string(why.data(), strnlen(why.data(), 4)).size(), 4u);
}

}  // namespace
}  // namespace x550
