// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block as registers: what can be read and written where, docs/task-offload.md.

#include <gtest/gtest.h>

#include "lso_request.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

bool is_named(std::uint32_t offset) {
    const auto in = [&](std::uint32_t from, std::uint32_t to) {
        return offset >= from && offset < to;
    };
    return in(0, Block::hardware + Word::end) || in(Block::current, Block::current + Word::end) ||
           in(Block::parameters, Block::request_end) ||
           in(Block::event_vector, Block::statistics + 8 * Counter::count) ||
           in(Block::effective, Block::effective + Word::end);
}

TEST(TaskOffloadLayout, SaysWhatItIs) {
    const TaskOffloadRig rig;
    EXPECT_EQ(rig.block.read(Block::magic), 0x30353558u);
    EXPECT_EQ(rig.block.read(Block::version), 0x00010000u);
    EXPECT_EQ(rig.block.read(Block::length), Block::bytes);
    EXPECT_EQ(rig.block.read(Block::sections), 0x7Fu);
}

TEST(TaskOffloadLayout, IsQuietAfterPowerOn) {
    const WithBlock<ColdRig> rig;
    EXPECT_EQ(rig.block.result(), 0u);
    EXPECT_EQ(rig.block.generation(), 0u);
    EXPECT_EQ(rig.block.read(Block::event), 0u);
    EXPECT_EQ(rig.block.read(Block::event_vector), 0u);
    EXPECT_EQ(rig.block.read(Block::doorbell), 0u);
    for (unsigned index = 0; index < Counter::count; ++index) {
        EXPECT_EQ(rig.block.counter(index), 0u) << index;
    }
}

TEST(TaskOffloadLayout, WhatIsNotNamedReadsZeroAndIgnoresWrites) {
    const TaskOffloadRig rig;
    for (std::uint32_t offset = 0; offset < 0x2000; offset += 4) {
        if (!is_named(offset)) {
            rig.block.write(offset, ~0u);
            EXPECT_EQ(rig.block.read(offset), 0u) << std::hex << offset;
        }
    }
    for (const std::uint64_t offset : {std::uint64_t{0x10000}, std::uint64_t{0xFFFF'FFFC},
                                       std::uint64_t{1} << 32, ~std::uint64_t{3}}) {
        rig.block.write(offset, ~0u);
        EXPECT_EQ(rig.block.read(offset), 0u) << std::hex << offset;
    }
    EXPECT_EQ(rig.block.generation(), 0u);
}

TEST(TaskOffloadLayout, OtherWidthsAndAlignmentsAreMistakes) {
    TaskOffloadRig rig;
    const auto mistakes = [&] { return rig.host.guest_errors.size(); };
    for (const unsigned size : {1u, 2u, 8u}) {
        const auto before = mistakes();
        EXPECT_EQ(rig.block.read(Block::magic, size), 0u) << size;
        rig.block.write(Block::parameters, 1, size);
        EXPECT_EQ(mistakes(), before + 2) << size;
    }
    for (std::uint32_t offset = 1; offset < 4; ++offset) {
        const auto before = mistakes();
        EXPECT_EQ(rig.block.read(Block::magic + offset), 0u) << offset;
        rig.block.write(Block::parameters + offset, 1);
        rig.block.write(Block::doorbell + offset, Doorbell::parameters);
        EXPECT_EQ(mistakes(), before + 3) << offset;
    }
    EXPECT_EQ(rig.block.read(Block::parameters), 0u);
    EXPECT_EQ(rig.block.current(Word::flags), 0u);
}

TEST(TaskOffloadLayout, ReadOnlyWordsStay) {
    const TaskOffloadRig rig;
    for (std::uint32_t offset = 0; offset < Block::bytes; offset += 4) {
        const bool writable = (offset >= Block::parameters && offset < Block::request_end) ||
                              offset == Block::event_vector || offset == Block::doorbell ||
                              offset == Block::event;
        if (!writable) {
            const std::uint32_t before = rig.block.read(offset);
            rig.block.write(offset, ~before);
            EXPECT_EQ(rig.block.read(offset), before) << std::hex << offset;
        }
    }
}

TEST(TaskOffloadLayout, RequestsReadBackAsTheyWereWritten) {
    const TaskOffloadRig rig;
    const auto value_of = [](std::uint32_t offset) { return 0x9E3779B9u * (offset + 1); };
    for (std::uint32_t offset = Block::parameters; offset < Block::request_end; offset += 4) {
        rig.block.write(offset, value_of(offset));
    }
    for (std::uint32_t offset = Block::parameters; offset < Block::request_end; offset += 4) {
        EXPECT_EQ(rig.block.read(offset), value_of(offset)) << std::hex << offset;
    }
    EXPECT_EQ(rig.block.generation(), 0u) << "nothing is applied before the doorbell";
}

TEST(TaskOffloadLayout, EventVectorKeepsItsTwoFields) {
    const TaskOffloadRig rig;
    rig.block.write(Block::event_vector, ~0u);
    EXPECT_EQ(rig.block.read(Block::event_vector), EventVector::on | EventVector::vector_mask);
    rig.block.write(Block::event_vector, 5);
    EXPECT_EQ(rig.block.read(Block::event_vector), 5u);
}

TEST(TaskOffloadLayout, ReadingTheLowHalfLatchesTheHighOne) {
    TaskOffloadRig rig;
    rig.machine.state().task_offload.counter[Counter::lso_segments] = 0x1'FFFF'FFFF;
    const std::uint32_t at = Block::statistics + 8 * Counter::lso_segments;
    EXPECT_EQ(rig.block.read(at), 0xFFFF'FFFFu);
    rig.machine.state().task_offload.counter[Counter::lso_segments] = 0x2'0000'0000;
    EXPECT_EQ(ixgbe_block_peek(rig.machine.device(), at), 0u) << "which latches nothing";
    EXPECT_EQ(rig.block.read(at + 4), 1u);
    EXPECT_EQ(rig.block.read(at), 0u);
    EXPECT_EQ(rig.block.read(at + 4), 2u);
}

TEST(TaskOffloadLayout, PeekIsAnotherWayToRead) {
    const TaskOffloadRig rig;
    rig.block.engage({{Param::lso1, Switch::off}});
    for (std::uint32_t offset = 0; offset < Block::bytes; offset += 4) {
        const std::uint32_t peeked = ixgbe_block_peek(rig.machine.device(), offset);
        EXPECT_EQ(peeked, rig.block.read(offset)) << std::hex << offset;
    }
}

TEST(TaskOffloadLayout, ReadsZeroWhereItIsAbsent) {
    ixgbe_config config = default_config();
    config.task_offload_block = false;
    TaskOffloadRig rig(config);
    for (std::uint32_t offset = 0; offset < Block::bytes; offset += 4) {
        rig.block.write(offset, 0x01010101);
        EXPECT_EQ(rig.block.read(offset), 0u) << std::hex << offset;
        EXPECT_EQ(ixgbe_block_peek(rig.machine.device(), offset), 0u) << std::hex << offset;
    }
    EXPECT_TRUE(rig.host.offload_log.empty());
}

// ---- The host's own door ----

TEST(TaskOffloadHost, TheHostSetsOneMemberBesideTheGuestsRequests) {
    TaskOffloadRig rig;
    rig.block.request(Param::uso4, Switch::off);
    const auto set = [&](std::uint32_t member, std::uint16_t value) {
        return ixgbe_block_set(rig.machine.device(), Block::parameters + member, value);
    };
    EXPECT_EQ(set(Param::lso1, Switch::off), Result::done);
    EXPECT_EQ(rig.block.current(Word::seg) & (Seg::lso1 | Seg::uso4), Seg::uso4);
    EXPECT_EQ(rig.block.read(Block::parameters + Param::uso4), Switch::off) << "the guest's";
    EXPECT_EQ(rig.block.read(Block::event), Event::current_changed);
    EXPECT_EQ(rig.host.offload_log, std::vector<std::uint32_t>{1});
    EXPECT_EQ(set(Param::vxlan_port, 8472), Result::done);
    EXPECT_EQ(rig.block.current(Word::encap_port) & EncapPort::port_mask, 8472u);
    EXPECT_EQ(set(Param::lso1, 3) & Result::code_mask, Result::invalid_data);
    EXPECT_EQ(set(Param::ipsec1, 2) & Result::code_mask, Result::not_supported);
}

// ---- MAP-8 ----

struct Traffic {
    std::vector<Frame> sent;
    std::vector<RxPacket> received;
    std::vector<Descriptor> written_back;
};

std::vector<Frame> arrivals() {
    std::vector<Frame> frames;
    for (const bool v6 : {false, true}) {
        for (const bool udp : {false, true}) {
            FrameBuilder builder = v6 ? FrameBuilder().ipv6("2001:db8::1", "2001:db8::2")
                                      : FrameBuilder().ipv4("192.0.2.1", "198.51.100.2");
            udp ? builder.udp(1, 2) : builder.tcp(1, 2);
            frames.push_back(builder.payload(100).build());
            frames.push_back(frames.back());
            frames.back().back() ^= 1;
        }
    }
    frames.push_back(plain_frame(77));
    return frames;
}

Traffic traffic_of(bool with_block) {
    ixgbe_config config = default_config();
    config.task_offload_block = with_block;
    LsoRig rig(config);
    RxRing rx(rig.driver);
    rig.driver.write<RXCSUM>(RXCSUM::pcsd);
    rig.driver.write<MRQC>(MRQC::rss | MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::udp6);
    Traffic out;
    for (const Lso& lso : {tcp4(5000, 1000), tcp6(5000, 1000), udp(false, 5000, 1000)}) {
        rig.send(lso);
        for (const SentFrame& frame : rig.host.sent) {
            out.sent.push_back(frame.bytes);
        }
    }
    for (std::uint32_t i = 0; i < rig.tx.tail(); ++i) {
        Descriptor descriptor = rig.tx.at(i);
        out.written_back.push_back(descriptor);
    }
    for (const Frame& frame : arrivals()) {
        EXPECT_EQ(rig.machine.receive_alone(frame), IXGBE_ACCEPTED);
    }
    out.received = rx.take_all();
    return out;
}

TEST(TaskOffloadLayout, Map8WithoutADoorbellTheBlockChangesNothing) {
    const Traffic with = traffic_of(true);
    const Traffic without = traffic_of(false);
    EXPECT_EQ(with.sent, without.sent);
    EXPECT_EQ(with.written_back, without.written_back);
    ASSERT_EQ(with.received.size(), without.received.size());
    for (std::size_t i = 0; i < with.received.size(); ++i) {
        EXPECT_EQ(with.received[i].bytes, without.received[i].bytes);
        EXPECT_EQ(with.received[i].descriptors, without.received[i].descriptors);
    }
}

}  // namespace
}  // namespace x550
