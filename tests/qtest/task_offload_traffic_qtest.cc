// SPDX-License-Identifier: GPL-2.0-or-later
// Doorbells at a high rate while frames go both ways: a frame is right, or absent where its offload
// may be off.
#include "ip_frame.h"
#include "task_offload.h"

namespace x550 {
namespace {

constexpr unsigned kRounds = 60;
constexpr unsigned kFramesARound = 4;
constexpr unsigned kNumbersARequest = 16;

struct TaskOffloadTraffic : testing::TestWithParam<const char*> {
    OffloadMachine machine{{.device = GetParam()}};
    TxRing tx{machine.nic, 0, 512};
    RxRing rx{machine.nic, 0, 64};
    std::uint64_t sent_in_segments = 0;
    std::uint64_t dropped = 0;

    TaskOffloadTraffic() {
        tx.enable();
        rx.enable();
        rx.post(63);
    }
    static Frame incoming(unsigned number) {
        return ip_frame(number % 2 == 0 ? kTcp : kUdp, 100 + number, number);
    }
    static Frame marker(unsigned number) { return make_frame(80, number, kPeerMac, kDeviceMac); }

    // The tail, and doorbells that switch checksums, coalescing and large sends off and on behind
    // it; the last one leaves large sends on in every other round.
    void kick_among_doorbells(unsigned round) {
        const auto block_write = [&](std::uint32_t offset, std::uint32_t value) {
            return Qemu::write_command(32, machine.block.bar.address + offset, value);
        };
        std::vector<std::string> commands = {
            Qemu::write_command(32, machine.nic.registers.address + TDT::at(tx.queue), tx.tail)};
        for (unsigned i = 0; i < 16; ++i) {
            const std::uint32_t on = (i + round) % 2;
            const std::uint32_t sums = on != 0 ? X550_CHECKSUM_BOTH : X550_CHECKSUM_OFF;
            const std::uint32_t lso = on != 0 ? X550_SWITCH_ON : X550_SWITCH_OFF;
            commands.insert(
                commands.end(),
                {block_write(X550_PARAMETERS, sums * 0x0101'0101),
                 block_write(X550_PARAMETERS + 4, sums | lso << 8 | lso << 24),
                 block_write(X550_PARAMETERS + 16, lso << 16),
                 block_write(X550_ENCAPSULATION_IP4,
                             (on != 0 ? X550_ENCAPSULATED_ON : X550_ENCAPSULATED_OFF) | 2u << 16),
                 block_write(X550_DOORBELL,
                             X550_DOORBELL_PARAMETERS | X550_DOORBELL_ENCAPSULATION)});
        }
        (void)machine.qemu.batch(commands);
    }
    // All segments of the request or none of them, then the marker.
    void expect_on_the_wire(const LargeSend& request, unsigned number) {
        std::optional<Frame> frame = machine.wire.receive();
        if (frame == marker(number)) {
            ++dropped;
            return;
        }
        ++sent_in_segments;
        for (std::uint32_t index = 0; index < LargeSend::kSegments; ++index) {
            ASSERT_EQ(frame, request.segment(index)) << "segment " << index << " of " << number;
            frame = machine.wire.receive();
        }
        ASSERT_EQ(frame, marker(number));
    }
    // Whole, in order, and never called wrong.
    void expect_in_the_ring(unsigned number) {
        const std::uint64_t status = rx.base + std::uint64_t{rx.next} * kDescriptorBytes + 8;
        ASSERT_TRUE(machine.qemu.wait_until([this] { return rx.ready(); })) << number;
        const auto word = static_cast<std::uint32_t>(machine.qemu.read(32, status));
        EXPECT_EQ(word & (RxWriteBack::l4e | RxWriteBack::ipe), 0U) << number;
        ASSERT_EQ(rx.receive(), incoming(number));
    }
};

TEST_P(TaskOffloadTraffic, SwitchingCorruptsNoFrame) {
    for (unsigned round = 0; round < kRounds; ++round) {
        const unsigned number = round * kNumbersARequest;
        for (unsigned i = 0; i < kFramesARound; ++i) {
            machine.wire.send(incoming(number + i));
        }
        const LargeSend request(machine.nic, number);
        request.push(tx);
        tx.push_frame(marker(number));
        kick_among_doorbells(round);
        expect_on_the_wire(request, number);
        for (unsigned i = 0; i < kFramesARound; ++i) {
            expect_in_the_ring(number + i);
        }
        ASSERT_FALSE(HasFatalFailure()) << "round " << round;
    }
    EXPECT_EQ(sent_in_segments + dropped, kRounds);
    EXPECT_NE(sent_in_segments, 0U);
    EXPECT_EQ(machine.block.counter(X550_STAT_LSO_WHILE_OFF), dropped);
    EXPECT_EQ(machine.block.counter(X550_STAT_LSO_SEGMENTS),
              sent_in_segments * LargeSend::kSegments);
    EXPECT_EQ(machine.block.counter(X550_STAT_RX_TCP_WRONG), 0U);
    EXPECT_EQ(machine.block.code(), X550_RESULT_DONE);
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

INSTANTIATE_TEST_SUITE_P(Tx, TaskOffloadTraffic, testing::Values("", ",defer-tx=on"),
                         [](const auto& which) {
                             return *which.param == '\0' ? "AtTheWrite" : "InTheBottomHalf";
                         });

}  // namespace
}  // namespace x550
