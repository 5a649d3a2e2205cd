// SPDX-License-Identifier: GPL-2.0-or-later
// Guest actions that made other models abort.
#include "hostile.h"

namespace x550 {
namespace {

using BugClassE23 = Hostile;

TEST_F(BugClassE23, VectorsThatDoNotExist) {
    pci.enable_msix(nic.msix);
    for (const std::uint32_t gpie : {0u, GPIE::msix_mode, GPIE::msix_mode | GPIE::eiame, ~0u}) {
        nic.write(GPIE::at(), gpie);
        for (unsigned i = 0; i < 64; ++i) {
            nic.write(IVAR::at(i), ~0u);
        }
        nic.write(IVAR_MISC::at(), ~0u);
        nic.write(EIMS::at(), ~0u);
        nic.write(EIMS_EX::at(0), ~0u);
        nic.write(EIMS_EX::at(1), ~0u);
        nic.write(EICS::at(), ~0u);
        nic.write(EICS_EX::at(0), ~0u);
        nic.write(EICS_EX::at(1), ~0u);
        TxRing tx(nic, 0, 32);
        RxRing rx(nic, 0, 32);
        rx.enable();
        rx.post(31);
        tx.enable();
        EXPECT_TRUE(tx.send(outgoing(100, 1)));
        wire.send(make_frame(100, 1));
        EXPECT_TRUE(rx.receive());
    }
    pci.disable_msix();
    expect_alive();
}

TEST_F(BugClassE23, LegacyInterruptAfterMsixWasEnabled) {
    nic.write(EIMS::at(), ~0u);
    nic.write(EICS::at(), 1);
    pci.enable_msix(nic.msix);
    nic.write(EICS::at(), 1);
    nic.write(GPIE::at(), GPIE::msix_mode);
    nic.write(EICS::at(), 1);
    pci.disable_msix();
    nic.write(EICS::at(), 2);
    pci.enable_msi();
    nic.write(EICS::at(), 4);
    nic.write(GPIE::at(), 0);
    nic.write(EICS::at(), 8);
    pci.enable_msix(nic.msix);  // both at once
    nic.write(EICS::at(), 16);
    (void)nic.read(EICR::at());
    pci.disable_msix();
    expect_alive();
}

TEST(BugClassE23Off, DeviceWithoutMessageInterrupts) {
    Machine machine({.device = ",msi=off,msix=off"});
    machine.nic.write(GPIE::at(), GPIE::msix_mode);
    machine.nic.write(EIMS::at(), ~0u);
    machine.nic.write(EIMS_EX::at(1), ~0u);
    machine.nic.write(EICS::at(), ~0u);
    machine.nic.write(EICS_EX::at(1), ~0u);
    machine.nic.write(GPIE::at(), 0);
    machine.nic.write(EICS::at(), ~0u);
    EXPECT_TRUE(machine.pci.intx_asserted());
    EXPECT_TRUE(machine.nic.still_works(machine.wire));
}

TEST_F(BugClassE23, EveryDescriptorTypeAndFlag) {
    TxRing tx(nic, 0, 64);
    const std::uint64_t buffer = qemu.allocate(4096);
    std::uint32_t random = 99;
    const auto next = [&] { return random = random * 1664525 + 1013904223; };
    for (unsigned round = 0; round < 100; ++round) {
        tx.enable();
        for (unsigned i = 0; i < 63; ++i) {
            tx.push({low(buffer) + (next() & 0xFF), next() % 16 == 0 ? next() : 0,
                     next() & 0xFFFF'0FFF, next()});
        }
        tx.kick();
        qemu.turn();
    }
    // Everything that was sent is on its way to the wire.
    while (wire.receive(Milliseconds(50))) {
    }
    expect_alive();
}

TEST_F(BugClassE23, HostInterfaceCommandsWithAnyContents) {
    std::uint32_t random = 7;
    for (unsigned command = 0; command < 256; ++command) {
        for (unsigned word = 1; word < 8; ++word) {
            random = random * 1664525 + 1013904223;
            nic.write(FLEX_MNG::at(word), random);
        }
        nic.write(FLEX_MNG::at(0), random << 8 | command);
        nic.write(HICR::at(), HICR::en | HICR::c);
        EXPECT_EQ(nic.read(HICR::at()) & (HICR::en | HICR::c | HICR::sv), HICR::en | HICR::sv);
    }
    // The NVM may hold anything now, so the address of the reset may be another one.
    run();
    EXPECT_EQ(nic.read(RAH::at(0)) & RAH::av, RAH::av);
}

}  // namespace
}  // namespace x550
