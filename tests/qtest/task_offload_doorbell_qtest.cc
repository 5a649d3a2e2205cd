// SPDX-License-Identifier: GPL-2.0-or-later
// The doorbell of the task-offload block: what it takes, what it refuses, and its interrupt.
#include "task_offload.h"

namespace x550 {
namespace {

using TaskOffloadDoorbell = OffloadTest;

constexpr unsigned kMembers = 128;
constexpr unsigned kValues = 256;

// What docs/task-offload.md says of one member alone with that value.
std::uint32_t documented(unsigned member, unsigned value) {
    const auto up_to = [&](unsigned most) {
        return value <= most ? X550_RESULT_DONE : X550_RESULT_INVALID_DATA;
    };
    switch (member) {
        case X550_PARAM_IP4_CHECKSUM:
        case X550_PARAM_TCP_IP4_CHECKSUM:
        case X550_PARAM_UDP_IP4_CHECKSUM:
        case X550_PARAM_TCP_IP6_CHECKSUM:
        case X550_PARAM_UDP_IP6_CHECKSUM:
            return up_to(4);
        case X550_PARAM_LSO_V1:
        case X550_PARAM_LSO_V2_IP4:
        case X550_PARAM_LSO_V2_IP6:
        case X550_PARAM_RSC_IP4:
        case X550_PARAM_RSC_IP6:
        case X550_PARAM_ENCAPSULATED:
        case X550_PARAM_USO_IP4:
        case X550_PARAM_USO_IP6:
            return up_to(2);
        case X550_PARAM_IPSEC_V1:
        case X550_PARAM_IPSEC_V2:
        case X550_PARAM_IPSEC_V2_IP4:
            return value >= 2 && value <= 4 ? X550_RESULT_NOT_SUPPORTED : up_to(1);
        case X550_PARAM_UDP_RSC:
            return value == 2 ? X550_RESULT_NOT_SUPPORTED : up_to(1);
        case X550_PARAM_FLAGS:
            return up_to(1);
        case X550_PARAM_VXLAN_PORT:
        case X550_PARAM_VXLAN_PORT + 1:
            return X550_RESULT_DONE;
        default:  // the types without the switch, TCP connections, reserved bytes
            return up_to(0);
    }
}

struct Answer {
    std::uint32_t result, generation, flags, rest;
};

// Rings once for each value of one member.
std::vector<Answer> ring_all_values(OffloadMachine& machine, unsigned member) {
    const auto at = [&](std::uint32_t offset) { return machine.block.bar.address + offset; };
    const std::uint64_t word = at(X550_PARAMETERS + member / 4 * 4);
    std::vector<std::string> commands;
    for (unsigned value = 0; value < kValues; ++value) {
        const std::uint64_t shifted = std::uint64_t{value} << 8 * (member % 4);
        const std::string ring = Qemu::write_command(32, at(X550_DOORBELL), 1);
        commands.insert(
            commands.end(),
            {Qemu::write_command(32, word, shifted), ring, Qemu::read_command(32, at(X550_RESULT)),
             Qemu::read_command(32, at(X550_GENERATION)),
             Qemu::read_command(32, at(X550_CURRENT + 0x5C)), Qemu::read_command(32, word)});
    }
    const std::vector<std::uint64_t> values = machine.qemu.batch(commands);
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < values.size(); i += 6) {
        const auto word_of = [&](std::size_t n) {
            return static_cast<std::uint32_t>(values.at(i + n));
        };
        answers.push_back({word_of(2), word_of(3), word_of(4), word_of(5)});
    }
    return answers;
}

// MAP-2, MAP-4
TEST_F(TaskOffloadDoorbell, EveryValueOfEveryMemberGivesItsResult) {
    std::uint32_t generation = 0;
    for (unsigned member = 0; member < kMembers; ++member) {
        const std::vector<Answer> answers = ring_all_values(*this, member);
        for (unsigned value = 0; value < kValues; ++value) {
            const Answer& answer = answers.at(value);
            const std::uint32_t expected = documented(member, value);
            const bool flags = member >= X550_PARAM_FLAGS && member < X550_PARAM_FLAGS + 4;
            const std::uint32_t refused = X550_PARAMETERS + (flags ? X550_PARAM_FLAGS : member);
            ASSERT_EQ(x550_result_code(answer.result), expected) << member << " = " << value;
            ASSERT_EQ(x550_result_member(answer.result), expected == 0 ? 0 : refused)
                << member << " = " << value;
            ASSERT_EQ(answer.rest, 0U) << "the area is cleared: " << member << " = " << value;
            if (expected != X550_RESULT_DONE) {
                ASSERT_EQ(answer.generation, generation) << member << " = " << value;
            }
            generation = answer.generation;
        }
    }
    EXPECT_GT(generation, 20U);
    EXPECT_EQ(block.caps(X550_CURRENT, X550_WORD_ENCAP_PORT) & 0xFFFF, 0xFF00U) << "VxlanUDPPort";
    EXPECT_TRUE(nic.still_works(wire));
}

TEST_F(TaskOffloadDoorbell, RefusedRequestChangesNothing) {
    ASSERT_EQ(block.set(X550_PARAM_LSO_V1, X550_SWITCH_OFF), X550_RESULT_DONE);
    const auto before = block.table(X550_CURRENT);
    const std::uint32_t generation = block.read(X550_GENERATION);
    block.write(X550_PARAMETERS, 0x0101'0101);
    block.write(X550_PARAMETERS + 4, 0x0101'0101);
    block.write(X550_PARAMETERS + 24, 0x0002'0101);  // UdpRsc on
    EXPECT_EQ(block.ring(X550_DOORBELL_PARAMETERS), X550_RESULT_NOT_SUPPORTED);
    EXPECT_EQ(x550_result_member(block.read(X550_RESULT)), X550_PARAMETERS + X550_PARAM_UDP_RSC);
    EXPECT_EQ(block.table(X550_CURRENT), before);
    EXPECT_EQ(block.read(X550_GENERATION), generation);
}

// MAP-11
TEST_F(TaskOffloadDoorbell, IsRungThroughTheWindowToo) {
    const std::uint32_t generation = block.read(X550_GENERATION);
    block.window_write(X550_PARAMETERS + X550_PARAM_RSC_IP4 / 4 * 4, X550_SWITCH_OFF << 16);
    block.window_write(X550_DOORBELL, X550_DOORBELL_PARAMETERS);
    EXPECT_TRUE(qemu.wait_until([this] { return block.window_read(X550_RESULT) == 0; }));
    EXPECT_EQ(block.window_read(X550_GENERATION), generation + 1);
    EXPECT_EQ(block.caps(X550_CURRENT, X550_WORD_RSC) & 3, X550_RSC_IP6);
    EXPECT_TRUE(block.switches_apply());
}

TEST_F(TaskOffloadDoorbell, IsRefusedWithoutOrWithUnknownBits) {
    for (const std::uint32_t bits : {0u, 0x10u, 0x11u, 0x8000'0000u, 0xFFFF'FFFFu}) {
        EXPECT_EQ(block.ring(bits), X550_RESULT_INVALID_DATA) << std::hex << bits;
    }
    EXPECT_EQ(block.read(X550_GENERATION), 0U);
    EXPECT_EQ(block.read(X550_DOORBELL), 0U) << "write-only";
    EXPECT_FALSE(block.switches_apply());
}

TEST_F(TaskOffloadDoorbell, RestoresDefaults) {
    const auto hardware = block.table(X550_HARDWARE);
    const auto before = block.table(X550_CURRENT);
    ASSERT_EQ(block.set(X550_PARAM_TCP_IP4_CHECKSUM, X550_CHECKSUM_RX), X550_RESULT_DONE);
    ASSERT_EQ(block.activate(), X550_RESULT_DONE);
    EXPECT_NE(block.table(X550_CURRENT), before);
    EXPECT_EQ(block.ring(X550_DOORBELL_DEFAULTS), X550_RESULT_DONE);
    EXPECT_EQ(block.table(X550_CURRENT), before);
    EXPECT_EQ(block.table(X550_HARDWARE), hardware) << "never changes while the device runs";
    EXPECT_EQ(block.read(X550_GENERATION), 3U);
}

// ---- The interrupt ----

struct TaskOffloadEvent : OffloadTest {
    TaskOffloadEvent() {
        pci.enable_msix(nic.msix);
        nic.write(GPIE::at(), GPIE::msix_mode);
    }
    bool any_message() {
        qemu.turn();
        qemu.turn();
        bool any = false;
        for (unsigned vector = 0; vector < kVectors; ++vector) {
            any = pci.take_msix(vector) || any;
        }
        return any;
    }
    std::uint32_t toggle() {
        on_ = !on_;
        return block.set(X550_PARAM_RSC_IP4, on_ ? X550_SWITCH_ON : X550_SWITCH_OFF);
    }

private:
    bool on_ = true;
};

TEST_F(TaskOffloadEvent, IsNotSentUnlessAskedFor) {
    EXPECT_EQ(block.read(X550_EVENT_VECTOR), 0U);
    EXPECT_EQ(toggle(), X550_RESULT_DONE);
    block.write(X550_EVENT_VECTOR, 9);  // bit 31 is off
    EXPECT_EQ(toggle(), X550_RESULT_DONE);
    EXPECT_FALSE(any_message());
    EXPECT_EQ(block.read(X550_EVENT), X550_EVENT_CURRENT);
}

TEST_F(TaskOffloadEvent, ComesOnTheVectorNamed) {
    for (const unsigned vector : {0u, 1u, 33u, 63u}) {
        block.write(X550_EVENT_VECTOR, 0x7FFF'FFC0 | X550_EVENT_VECTOR_ON | vector);
        EXPECT_EQ(block.read(X550_EVENT_VECTOR), X550_EVENT_VECTOR_ON | vector);
        EXPECT_EQ(toggle(), X550_RESULT_DONE);
        EXPECT_TRUE(qemu.wait_until([&] { return pci.take_msix(vector); })) << vector;
        EXPECT_FALSE(any_message()) << "one message, on one vector: " << vector;
        EXPECT_EQ(block.read(X550_EVENT), X550_EVENT_CURRENT);
        block.write(X550_EVENT, X550_EVENT_HARDWARE);
        EXPECT_EQ(block.read(X550_EVENT), X550_EVENT_CURRENT);
        block.write(X550_EVENT, X550_EVENT_CURRENT);
        EXPECT_EQ(block.read(X550_EVENT), 0U);
    }
}

TEST_F(TaskOffloadEvent, IsNotSentForWhatChangesNothing) {
    ASSERT_EQ(toggle(), X550_RESULT_DONE);
    block.write(X550_EVENT, ~0u);
    block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | 7);
    EXPECT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    EXPECT_EQ(block.set(X550_PARAM_LSO_V1, 77), X550_RESULT_INVALID_DATA);
    EXPECT_EQ(block.ring(X550_DOORBELL_CLEAR_STATISTICS), X550_RESULT_DONE);
    EXPECT_FALSE(any_message());
    EXPECT_EQ(block.read(X550_EVENT), 0U);
}

TEST_F(TaskOffloadEvent, OfAVectorMaskedInTheTableIsPending) {
    block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | 40);
    pci.mask_msix(40, true);
    EXPECT_EQ(toggle(), X550_RESULT_DONE);
    EXPECT_TRUE(qemu.wait_until([this] { return pci.msix_pending(40); }));
    EXPECT_FALSE(any_message());
    pci.mask_msix(40, false);
    EXPECT_TRUE(qemu.wait_until([this] { return pci.take_msix(40); }));
}

}  // namespace
}  // namespace x550
