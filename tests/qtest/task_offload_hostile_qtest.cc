// SPDX-License-Identifier: GPL-2.0-or-later
// The doorbell of the task-offload block at the wrong moment, and from the wrong side.
#include "hostile.h"
#include "task_offload.h"

namespace x550 {
namespace {

struct TaskOffloadHostile : Hostile {
    OffloadBlock block{nic};
    TaskOffloadHostile() { block.attach(); }

    [[nodiscard]] std::uint64_t in_block(std::uint32_t offset) const {
        return block.bar.address + offset;
    }
    // A request that a stray doorbell would carry out.
    void lay_trap() { block.request(X550_PARAM_RSC_IP4, X550_SWITCH_OFF); }
    void expect_untouched() {
        run();
        EXPECT_FALSE(block.switches_apply());
        EXPECT_EQ(block.read(X550_GENERATION), 0U);
        EXPECT_EQ(block.read(X550_RESULT), 0U);
        EXPECT_EQ(block.read(X550_PARAMETERS + X550_PARAM_RSC_IP4 / 4 * 4), X550_SWITCH_OFF << 16);
    }
};

// ---- Resets ----

struct TaskOffloadReset : TaskOffloadHostile {
    const std::string request = Qemu::write_command(32, in_block(X550_PARAMETERS), 0x0101'0101);
    const std::string ring = Qemu::write_command(32, in_block(X550_DOORBELL), 1);
    const std::string reset = Qemu::write_command(32, own_register(CTRL::at()), CTRL::rst);
    const std::vector<std::uint32_t> defaults = block.table(X550_CURRENT);

    // MAP-5
    void expect_defaults() {
        EXPECT_EQ(block.table(X550_CURRENT), defaults);
        for (const std::uint32_t offset : {X550_PARAMETERS, X550_ENCAPSULATION_IP4, X550_RESULT,
                                           X550_EVENT, X550_EVENT_VECTOR}) {
            EXPECT_EQ(block.read(offset), 0U) << std::hex << offset;
        }
    }
};

TEST_F(TaskOffloadReset, SoftwareResetRightBehindTheDoorbell) {
    block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | 3);
    for (unsigned round = 1; round <= 20; ++round) {
        (void)qemu.batch({request, ring, request, reset});
        expect_defaults();
        EXPECT_EQ(block.read(X550_GENERATION), 2 * round) << "there and back";
    }
    expect_alive();
}

TEST_F(TaskOffloadReset, DoorbellRightBehindASoftwareReset) {
    for (unsigned round = 0; round < 20; ++round) {
        (void)qemu.batch({request, reset, ring});
        EXPECT_TRUE(qemu.wait_until([this] { return block.code() == X550_RESULT_DONE; }));
        EXPECT_EQ(block.caps(X550_CURRENT, X550_WORD_CSUM), defaults[X550_WORD_CSUM])
            << "the reset has cleared the area";
        (void)qemu.batch({reset, request, ring});
        EXPECT_TRUE(qemu.wait_until([this] { return block.code() == X550_RESULT_DONE; }));
        EXPECT_EQ(block.caps(X550_CURRENT, X550_WORD_CSUM) & 0xFU, 0U);
    }
    expect_alive();
}

TEST_F(TaskOffloadReset, ResetThatChangesNothingIsNotCounted) {
    (void)qemu.batch({request, reset, reset});
    expect_defaults();
    EXPECT_EQ(block.read(X550_GENERATION), 0U);
}

TEST_F(TaskOffloadReset, FunctionLevelResetBetweenDoorbells) {
    for (unsigned round = 1; round <= 20; ++round) {
        (void)qemu.batch({request, ring});
        pci.function_level_reset();
        // The BARs are gone, the window is not.
        block.window_write(X550_PARAMETERS, 0x0404'0404);
        block.window_write(X550_DOORBELL, X550_DOORBELL_PARAMETERS);
        EXPECT_TRUE(qemu.wait_until([this] { return block.window_read(X550_RESULT) == 0; }));
        EXPECT_EQ(block.window_read(X550_PARAMETERS), 0U);
        pci.function_level_reset();
        pci.write(32, pci::kBar0, low(nic.registers.address));
        pci.write(32, pci::kBar0 + 4 * kBlockBar, low(block.bar.address));
        pci.enable();
        expect_defaults();
        EXPECT_EQ(block.read(X550_GENERATION), 4 * round);
    }
    pci.write(32, pci::kBar0 + 16, low(nic.msix.address));
    expect_alive();
}

// ---- A stopped machine ----

TEST_F(TaskOffloadHostile, DoorbellOfAStoppedMachineIsDoneWhenItGoesOn) {
    qemu.qmp("stop");
    lay_trap();
    block.write(X550_DOORBELL, X550_DOORBELL_PARAMETERS);
    EXPECT_LE(block.code(), X550_RESULT_BUSY);
    qemu.qmp("cont");
    EXPECT_TRUE(qemu.wait_until([this] { return block.code() == X550_RESULT_DONE; }));
    EXPECT_TRUE(block.switches_apply());
    EXPECT_EQ(block.read(X550_GENERATION), 1U);
    expect_alive();
}

// ---- The device's own DMA and messages ----

TEST_F(TaskOffloadHostile, ReceivedFramesIntoTheOwnBlock) {
    lay_trap();
    RxRing rx(nic, 0, 32);
    rx.buffers = block.bar.address;
    rx.enable();
    rx.post(31);
    for (unsigned i = 0; i < 8; ++i) {
        wire.send(Frame(1514, 0x01));
    }
    EXPECT_TRUE(qemu.wait_until([this] { return nic.read(TPR::at()) != 0; }));
    expect_untouched();
    expect_alive();
}

TEST_F(TaskOffloadHostile, HeadWriteBackOntoTheOwnDoorbell) {
    lay_trap();
    TxRing tx(nic, 0, 32);
    nic.write(TDWBAL::at(0), low(in_block(X550_DOORBELL)) | TDWBAL::head_wb_en);
    nic.write(TDWBAH::at(0), 0);
    tx.enable();
    for (unsigned i = 0; i < 8; ++i) {
        tx.push_frame(outgoing(60, i));
        tx.kick();
    }
    EXPECT_TRUE(qemu.wait_until([&] { return tx.idle(); }));
    expect_untouched();
    expect_alive();
}

TEST_F(TaskOffloadHostile, RingsInTheOwnBlock) {
    lay_trap();
    for (const std::uint32_t offset : {X550_MAGIC, X550_PARAMETERS, X550_DOORBELL & ~127u}) {
        set_tx_ring(0, in_block(offset), 128);
        set_rx_ring(0, in_block(offset), 128);
        nic.write(RDT::at(0), 7);
        nic.write(TDT::at(0), 7);
        wire.send(make_frame(100, 1));
        expect_untouched();
    }
    expect_alive();
}

TEST_F(TaskOffloadHostile, TransmitBufferInTheOwnBlock) {
    lay_trap();
    TxRing tx(nic, 0, 32);
    tx.enable();
    for (const std::uint32_t offset : {X550_MAGIC, X550_STATISTICS, 0xFF0u}) {
        tx.push(data_descriptor(in_block(offset), 64, 64, TxData::eop | TxData::rs));
    }
    tx.kick();
    expect_untouched();
    expect_alive();
}

// Messages of a vector ring, and so does the message of the doorbell itself.
TEST_F(TaskOffloadHostile, MessagesOntoTheOwnDoorbell) {
    pci.enable_msix(nic.msix);
    nic.write(GPIE::at(), GPIE::msix_mode);
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        pci.place_msix(vector, in_block(X550_DOORBELL));
        qemu.write(32, nic.msix.address + vector * 16 + 8, X550_DOORBELL_PARAMETERS);
    }
    lay_trap();
    nic.write(EIMS_EX::at(0), ~0u);
    nic.write(EICS_EX::at(0), ~0u);
    expect_untouched();
    block.write(X550_EVENT_VECTOR, X550_EVENT_VECTOR_ON | 2);
    EXPECT_EQ(block.set(X550_PARAM_RSC_IP4, X550_SWITCH_OFF), X550_RESULT_DONE);
    EXPECT_EQ(block.read(X550_GENERATION), 1U);
    block.window_write(X550_PARAMETERS, X550_CHECKSUM_OFF);
    block.window_write(X550_DOORBELL, X550_DOORBELL_PARAMETERS);
    run();
    EXPECT_EQ(block.code(), X550_RESULT_DONE);
    EXPECT_EQ(block.read(X550_GENERATION), 2U);
    pci.disable_msix();
    expect_alive();
}

// A neighbour is a bus master like the processor: it may ring.
TEST(TaskOffloadPair, NeighbourRingsTheDoorbell) {
    OffloadMachine machine({.extra = {"-device", "x550,addr=5"}});
    PciFunction function(machine.qemu, 0, 5);
    Nic neighbour(machine.qemu, function);
    neighbour.attach();
    function.enable_msix(neighbour.msix);
    neighbour.write(GPIE::at(), GPIE::msix_mode);
    function.place_msix(0, machine.block.bar.address + X550_DOORBELL);
    machine.qemu.write(32, neighbour.msix.address + 8, X550_DOORBELL_PARAMETERS);
    machine.block.request(X550_PARAM_RSC_IP4, X550_SWITCH_OFF);
    neighbour.write(EIMS_EX::at(0), 1);
    neighbour.write(EICS_EX::at(0), 1);
    EXPECT_TRUE(machine.qemu.wait_until([&] { return machine.block.switches_apply(); }));
    EXPECT_EQ(machine.block.code(), X550_RESULT_DONE);
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

}  // namespace
}  // namespace x550
