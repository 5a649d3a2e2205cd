// SPDX-License-Identifier: GPL-2.0-or-later
// The doorbell and what it tells: encapsulation requests, combinations, generation, event and
// interrupt, a ring in the middle of a frame. Rules CTRL-3, CTRL-4, CTRL-6 and MAP-3.

#include <gtest/gtest.h>
#include <utility>

#include "rsc_rig.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kActive = Flags::ip4 | Flags::ip6;

// ---- Encapsulation requests (CTRL-4) ----

TEST(TaskOffloadDoorbell, EachIpVersionIsActivatedByItself) {
    for (const bool v6 : {false, true}) {
        const TaskOffloadRig rig;
        const std::uint32_t own = v6 ? Flags::ip6 : Flags::ip4;
        rig.block.request_encapsulation(v6, EncapValue::on);
        EXPECT_EQ(rig.block.ring(Doorbell::encapsulation), Result::done);
        EXPECT_EQ(rig.block.current(Word::flags) & kActive, own);
        EXPECT_EQ(rig.block.ring(Doorbell::encapsulation), Result::done) << "no change";
        EXPECT_EQ(rig.block.current(Word::flags) & kActive, own);
        rig.block.request_encapsulation(v6, EncapValue::off, 0, 0);
        EXPECT_EQ(rig.block.ring(Doorbell::encapsulation), Result::done);
        EXPECT_EQ(rig.block.current(Word::flags) & kActive, 0u);
    }
}

TEST(TaskOffloadDoorbell, EnabledHasThreeValues) {
    const TaskOffloadRig rig;
    for (const bool v6 : {false, true}) {
        for (unsigned value = 0; value < 256; ++value) {
            rig.block.request_encapsulation(v6, static_cast<std::uint8_t>(value));
            const std::uint32_t expected = value < 3 ? Result::done : Result::invalid_data;
            ASSERT_EQ(rig.block.ring(Doorbell::encapsulation), expected) << value;
            ASSERT_EQ(rig.block.refused(), value < 3 ? 0
                                           : v6      ? Block::encapsulation6
                                                     : Block::encapsulation4);
        }
    }
}

TEST(TaskOffloadDoorbell, EncapsulationTypeIs8023Exactly) {
    const TaskOffloadRig rig;
    for (const bool v6 : {false, true}) {
        const std::uint32_t base = v6 ? Block::encapsulation6 : Block::encapsulation4;
        for (const std::uint16_t type :
             {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3},
              std::uint16_t{4}, std::uint16_t{8}, std::uint16_t{0x10}, std::uint16_t{0x0202}}) {
            rig.block.request_encapsulation(v6, EncapValue::on, type);
            const bool right = type == 2;
            EXPECT_EQ(rig.block.ring(Doorbell::encapsulation),
                      right ? Result::done : Result::invalid_parameter)
                << type;
            EXPECT_EQ(rig.block.refused(), right ? 0 : base + 2) << type;
        }
    }
}

TEST(TaskOffloadDoorbell, HeaderSizeIsThatOfEthernetWithUpToTwoTags) {
    const TaskOffloadRig rig;
    for (std::uint32_t size = 0; size < 0x10010; ++size) {
        rig.block.request_encapsulation(false, EncapValue::on, 2, size);
        const bool right = size == 0 || size == 14 || size == 18 || size == 22;
        EXPECT_EQ(rig.block.ring(Doorbell::encapsulation),
                  right ? Result::done : Result::invalid_parameter)
            << size;
        EXPECT_EQ(rig.block.refused(), right ? 0 : Block::encapsulation4 + 4) << size;
    }
}

TEST(TaskOffloadDoorbell, OneBadVersionRefusesBoth) {
    const TaskOffloadRig rig;
    rig.block.request_encapsulation(false, EncapValue::on);
    rig.block.request_encapsulation(true, EncapValue::on, 0x10);
    EXPECT_EQ(rig.block.ring(Doorbell::encapsulation), Result::invalid_parameter);
    EXPECT_EQ(rig.block.refused(), Block::encapsulation6 + 2);
    EXPECT_EQ(rig.block.current(Word::flags), 0u);
}

// ---- Bits of the doorbell ----

TEST(TaskOffloadDoorbell, NoBitAndUnknownBitsAreInvalid) {
    const TaskOffloadRig rig;
    for (unsigned n = 4; n < 32; ++n) {
        EXPECT_EQ(rig.block.ring(bit(n)), Result::invalid_data) << n;
        EXPECT_EQ(rig.block.refused(), Block::doorbell);
        EXPECT_EQ(rig.block.ring(bit(n) | Doorbell::parameters), Result::invalid_data) << n;
    }
    EXPECT_EQ(rig.block.ring(0), Result::invalid_data);
    EXPECT_EQ(rig.block.current(Word::flags), 0u);
    EXPECT_EQ(rig.block.generation(), 0u);
}

// "A doorbell with bit 0 or 1 that succeeds makes the block's switches apply."
TEST(TaskOffloadDoorbell, SwitchesApplyAfterBitZeroOrOne) {
    for (std::uint32_t bits = 1; bits < 16; ++bits) {
        const TaskOffloadRig rig;
        EXPECT_EQ(rig.block.ring(bits), Result::done) << bits;
        EXPECT_EQ(rig.block.current(Word::flags), (bits & 3) != 0 ? Flags::engaged : 0) << bits;
        EXPECT_EQ(rig.block.effective(Word::flags) & Flags::engaged,
                  rig.block.current(Word::flags) & Flags::engaged)
            << bits;
    }
}

TEST(TaskOffloadDoorbell, AnAreaIsAppliedByItsOwnBitOnly) {
    const TaskOffloadRig rig;
    rig.block.request(Param::lso1, Switch::off);
    rig.block.request_encapsulation(false, EncapValue::on);
    EXPECT_EQ(rig.block.ring(Doorbell::encapsulation), Result::done);
    EXPECT_NE(rig.block.current(Word::seg) & Seg::lso1, 0u);
    EXPECT_NE(rig.block.current(Word::flags) & Flags::ip4, 0u);
}

TEST(TaskOffloadDoorbell, DefaultsComeFirst) {
    const TaskOffloadRig rig;
    rig.block.engage({{Param::lso1, Switch::off}, {Param::uso4, Switch::off}});
    rig.block.request(Param::lso2v4, Switch::off);
    EXPECT_EQ(rig.block.ring(Doorbell::defaults | Doorbell::parameters), Result::done);
    EXPECT_EQ(rig.block.current(Word::seg) & (Seg::lso1 | Seg::lso2v4 | Seg::uso4),
              Seg::lso1 | Seg::uso4);
    EXPECT_EQ(rig.block.current(Word::flags), Flags::engaged);
}

TEST(TaskOffloadDoorbell, StatisticsAreClearedAlone) {
    TaskOffloadRig rig;
    rig.block.engage({{Param::lso1, Switch::off}});
    for (auto& counter : rig.machine.state().task_offload.counter) {
        counter = 5;
    }
    EXPECT_EQ(rig.block.ring(Doorbell::clear_statistics), Result::done);
    for (unsigned index = 0; index < Counter::count; ++index) {
        EXPECT_EQ(rig.block.counter(index), 0u) << index;
    }
    EXPECT_EQ(rig.block.current(Word::seg) & Seg::lso1, 0u);
}

// ---- Generation, event, interrupt (MAP-3, CTRL-6) ----

TEST(TaskOffloadDoorbell, EachChangeIsCountedAndToldOnce) {
    TaskOffloadRig rig;
    rig.block.engage();
    const std::uint32_t first = rig.block.generation();
    EXPECT_EQ(first, 1u);
    EXPECT_EQ(rig.host.offload_log, std::vector<std::uint32_t>{1});
    rig.block.apply({{Param::lso1, Switch::off}, {Param::uso4, Switch::off}});
    EXPECT_EQ(rig.block.generation(), 2u);
    rig.block.apply({{Param::lso1, 9}});
    EXPECT_EQ(rig.block.generation(), 2u) << "refused";
    rig.block.ring(Doorbell::defaults);
    EXPECT_EQ(rig.block.generation(), 3u);
    EXPECT_EQ(rig.host.offload_log, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST(TaskOffloadDoorbell, EventIsClearedByWritingOne) {
    const TaskOffloadRig rig;
    EXPECT_EQ(rig.block.read(Block::event), 0u);
    rig.block.engage();
    EXPECT_EQ(rig.block.read(Block::event), Event::current_changed);
    rig.block.write(Block::event, ~Event::current_changed);
    EXPECT_EQ(rig.block.read(Block::event), Event::current_changed);
    rig.block.write(Block::event, Event::current_changed);
    EXPECT_EQ(rig.block.read(Block::event), 0u);
    rig.block.apply({{Param::lso1, 9}});
    EXPECT_EQ(rig.block.read(Block::event), 0u) << "refused";
}

TEST(TaskOffloadDoorbell, AChangeInterruptsWhereAVectorIsNamed) {
    TaskOffloadRig rig;
    rig.driver.use_msix();
    rig.driver.unmask_vectors();
    rig.host.forget();
    rig.block.engage();
    rig.block.write(Block::event_vector, 7);
    rig.block.apply({{Param::lso1, Switch::off}});
    EXPECT_EQ(rig.host.msix_total(), 0u) << "none by default, nor without bit 31";
    rig.block.write(Block::event_vector, EventVector::on | 7);
    rig.block.apply({{Param::lso1, Switch::on}});
    EXPECT_EQ(rig.host.msix_log, std::vector<unsigned>{7});
    rig.block.apply({{Param::lso1, 9}});
    EXPECT_EQ(rig.host.msix_total(), 1u) << "refused";
}

// ---- A ring in the middle of a frame ----

// "Then it is done before the next frame."
TEST(TaskOffloadDoorbell, RungInsideAFrameItHoldsForTheNextOne) {
    TaskOffloadRig rig;
    TxRing tx(rig.driver);
    bool rung = false;
    rig.host.on_send = [&](const SentFrame&) {
        if (!std::exchange(rung, true)) {
            rig.block.apply({{Param::udp4_csum, CsumValue::rx}});
        }
    };
    const Frame right = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(99).build();
    Frame request = right;
    seed_l4_checksum(request, kEthBytes, kEthBytes + kIpv4Bytes);
    tx.put_context({.type = TxContext::l4_udp | TxContext::ipv4});
    tx.put_packet(request, {.options = TxData::txsm});
    tx.put_packet(request, {.options = TxData::txsm});
    tx.kick();
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(rig.block.code(), Result::done);
    ASSERT_EQ(rig.host.sent.size(), 2u);
    EXPECT_TRUE(same_bytes(right, rig.host.sent[0].bytes));
    EXPECT_TRUE(same_bytes(request, rig.host.sent[1].bytes)) << "off";
}

// A doorbell out of the device's own DMA.
TEST(TaskOffloadDoorbell, IsBusyInTheMiddleOfAFrameThatArrives) {
    TaskOffloadRig rig;
    RxRing rx(rig.driver);
    std::vector<std::uint32_t> codes;
    const auto ring = [&](std::uint64_t, std::size_t) {
        if (codes.empty()) {
            codes.push_back(rig.block.apply({{Param::lso1, Switch::off}}));
        }
    };
    rig.host.on_dma = ring;
    rig.host.on_map = ring;
    EXPECT_EQ(rig.machine.receive_alone(plain_frame(200)), IXGBE_ACCEPTED);
    EXPECT_EQ(codes, std::vector<std::uint32_t>{Result::busy});
    EXPECT_EQ(rig.block.code(), Result::done);
    EXPECT_EQ(rig.block.current(Word::seg) & Seg::lso1, 0u);
    EXPECT_TRUE(rx.take());
}

// Rung at the end of a run, it interrupts, and who is interrupted may hand us frames at once.
TEST(TaskOffloadDoorbell, UnitsThatBeginInItsInterruptAreClosed) {
    WithBlock<RscRig> rig;
    rig.driver.use_msix();
    rig.driver.unmask_vectors();
    rig.block.engage();
    rig.block.write(Block::event_vector, EventVector::on | 7);
    rig.block.request(Param::lso1, Switch::off);
    ASSERT_TRUE(rig.machine.run());
    ixgbe_task_offload_state& state = rig.machine.state().task_offload;
    state.result = Result::busy;
    state.pending_doorbell = Doorbell::parameters;
    bool interrupted = false;
    rig.host.on_msix = [&](unsigned vector) {
        if (vector == 7 && !std::exchange(interrupted, true)) {
            for (const Frame& frame : frames_of(stream(3))) {
                EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
            }
        }
    };
    ixgbe_poll(rig.machine.device());
    ASSERT_TRUE(interrupted);
    ASSERT_TRUE(rig.machine.run());
    std::size_t payload = 0;
    for (const RxUnit& unit : rig.ring.take_units()) {
        payload += decode(unit.bytes)->payload.size();
    }
    EXPECT_EQ(payload, 3 * 1448u);
}

}  // namespace
}  // namespace x550
