// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class E: aborts on guest input.

#include <gtest/gtest.h>

#include "hostile_rig.h"
#include "random.h"

namespace x550 {
namespace {

TEST(BugClassE23, AnyInterruptRoutingIsSurvived) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (std::uint32_t value = 0; value < 256; ++value) {
        rig.driver.write<GPIE>(value % 2 == 0 ? GPIE::msix_mode | GPIE::eiame : 0);
        rig.driver.write<IVAR>(0, value * 0x01010101);
        rig.driver.write<IVAR_MISC>(value * 0x01010101);
        rig.driver.unmask_vectors();
        rig.driver.write<EIMS>(~0u);
        tx.send(plain_frame(60));
        rig.host.sent.clear();
        (void)rig.machine.receive_alone(plain_frame(60));
        (void)rx.take();
        rx.fill_all();
        rig.driver.write<EICS>(value << 16 | value);
        ASSERT_TRUE(rig.machine.run_for(kMillisecond));
    }
    EXPECT_FALSE(rig.host.protocol_broken);
    rig.expect_alive();
}

TEST(BugClassE23, LegacyInterruptAfterMsixEnable) {
    HostileRig rig;
    RxRing rx(rig.driver);
    rig.driver.map_rx_interrupt(0, 0);
    rig.driver.write<EIMS>(~0u);
    (void)rig.machine.receive_alone(plain_frame(60));
    EXPECT_TRUE(rig.host.legacy_level);
    rig.driver.use_msix();
    (void)rig.machine.receive_alone(plain_frame(60));
    rig.driver.use_legacy_interrupts();
    (void)rig.driver.read<EICR>();
    rig.driver.unmask_vectors();
    (void)rig.machine.receive_alone(plain_frame(60));
    EXPECT_TRUE(rig.host.legacy_level);
    (void)rig.driver.read<EICR>();
    rig.expect_alive();
}

TEST(BugClassE23, QueueTablesMayPointAnywhere) {
    HostileRig rig;
    RxRing rx(rig.driver);
    for (std::uint32_t mode = 0; mode < 16; ++mode) {
        for (std::uint32_t i = 0; i < RETA::count; ++i) {
            rig.driver.write<RETA>(i, ~0u);
        }
        for (std::uint32_t i = 0; i < ERETA::count; ++i) {
            rig.driver.write<ERETA>(i, ~0u);
        }
        rig.driver.write<MRQC>(0xFFFF0000 | mode);
        rig.driver.write<VT_CTL>(mode % 2 == 0 ? 0u : ~0u);
        rig.driver.write<MTQC>(~0u);
        (void)rig.machine.receive(
            FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(9).build());
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassE23, RandomDescriptorsAreSurvived) {
    HostileRig rig;
    Random random(17);
    for (int round = 0; round < 300; ++round) {
        TxRing tx(rig.driver, 0, {.size = 64});
        const std::uint64_t buffer = rig.machine.memory.allocate(2048);
        for (int i = 0; i < 63; ++i) {
            Descriptor descriptor = {static_cast<std::uint32_t>(buffer),
                                     static_cast<std::uint32_t>(buffer >> 32), random.word(),
                                     random.word()};
            if (random.one_in(8)) {
                descriptor[1] = random.word();
            }
            if (!random.one_in(3)) {
                descriptor[2] = (descriptor[2] & 0xCF0007FF) | TxData::dext |
                                (random.one_in(3) ? TxContext::dtyp : TxData::dtyp);
            }
            tx.put(descriptor);
        }
        tx.kick();
        ASSERT_TRUE(rig.machine.run()) << round;
        rig.host.sent.clear();
    }
    rig.expect_alive();
}

}  // namespace
}  // namespace x550
