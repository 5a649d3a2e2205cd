// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class F: lifetimes.

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

#include "hostile_rig.h"

namespace x550 {
namespace {

TEST(BugClassF24, ResetBetweenMapAndCompletion) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (unsigned n = 0; n < 30; ++n) {
        rig.driver.bring_up();
        tx.program();
        rx.program();
        unsigned countdown = n;
        const auto strike = [&] {
            if (countdown-- == 0) {
                rig.driver.write<CTRL>(CTRL::rst);
            }
        };
        rig.host.on_map = [&](std::uint64_t, std::size_t) { strike(); };
        rig.host.on_dma = [&](std::uint64_t, std::size_t) { strike(); };
        rig.host.on_send = [&](const SentFrame&) { strike(); };
        for (int i = 0; i < 5; ++i) {
            tx.put_packet(plain_frame(300), {}, {100});
        }
        tx.kick();
        ASSERT_TRUE(rig.machine.run()) << n;
        (void)rig.machine.receive(plain_frame(300));
        (void)rig.machine.receive(plain_frame(300));
        rig.host.on_map = nullptr;
        rig.host.on_dma = nullptr;
        rig.host.on_send = nullptr;
    }
    rig.expect_alive();
}

TEST(BugClassF24, ResetInsideSendLeavesTheRingAsTheResetDid) {
    HostileRig rig;
    TxRing tx(rig.driver);
    rig.host.on_send = [&](const SentFrame&) { rig.driver.write<CTRL>(CTRL::rst); };
    const std::uint32_t index = tx.put_packet(plain_frame(300));
    tx.put_packet(plain_frame(300));
    tx.kick();
    rig.expect_bounded();
    EXPECT_EQ(rig.host.sent.size(), 1u);
    EXPECT_EQ(tx.head(), 0u);
    EXPECT_FALSE(tx.done(index)) << "the ring's memory is the driver's again";
    rig.expect_alive();
}

TEST(BugClassF24, ResetWhileAFrameIsPlacedWritesNoDescriptor) {
    HostileRig rig;
    RxRing rx(rig.driver);
    const Descriptor posted = rx.at(0);
    const std::uint64_t buffer = posted[0] | std::uint64_t{posted[1]} << 32;
    rig.host.on_dma = [&](std::uint64_t address, std::size_t) {
        if (address == buffer) {
            rig.driver.write<CTRL>(CTRL::rst);
        }
    };
    EXPECT_NE(rig.machine.receive(plain_frame(300)), IXGBE_ACCEPTED);
    EXPECT_EQ(rx.at(0), posted);
    EXPECT_EQ(rx.head(), 0u);
    rig.expect_alive();
}

TEST(BugClassF24, HeadWriteBackThatResetsTheDevice) {
    HostileRig rig;
    TxRing tx(rig.driver, 0, {.size = 64});
    rig.driver.write<TDWBAH>(0, 0);
    rig.driver.write<TDWBAL>(0, static_cast<std::uint32_t>(kBar + CTRL::at()) | TDWBAL::head_wb_en);
    for (int i = 0; i < 40; ++i) {
        tx.put_packet(plain_frame(60));  // heads 4 and 8 set GIO_DIS and LNK_RST
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassF24, QueueDisabledWhileItsFrameIsBeingSent) {
    HostileRig rig;
    TxRing tx(rig.driver);
    rig.host.on_send = [&](const SentFrame&) {
        rig.driver.write<TXDCTL>(0, 0);
        rig.driver.write<TDLEN>(0, 0);
        rig.driver.write<TDBAL>(0, 0);
    };
    for (int i = 0; i < 10; ++i) {
        tx.put_packet(plain_frame(300), {}, {100});
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassF25, DestructionWithWorkPending) {
    for (int kind = 0; kind < 5; ++kind) {
        Rig rig;
        TxRing tx(rig.driver);
        RxRing rx(rig.driver, 0, {.fill = false});
        rig.driver.use_msix();
        rig.driver.map_rx_interrupt(0, 0);
        rig.driver.write<EITR>(0, 0xFF8);
        rig.driver.unmask_vectors();
        rig.host.queue_sends = kind != 0;
        tx.put_packet(plain_frame(100));
        tx.put_packet(plain_frame(100), {.command = 0});
        tx.kick();
        if (kind >= 1) {
            rig.machine.run();
        }
        if (kind >= 2) {
            (void)rig.machine.receive(plain_frame(100));
            rig.driver.write<EICS_EX>(0, 1);
            rig.driver.unmask_vectors();
            rig.driver.write<EICS_EX>(0, 1);
        }
        if (kind >= 3) {
            ixgbe_set_cable(rig.machine.device(), false);
            ixgbe_set_cable(rig.machine.device(), true);
        }
        rig.machine.destroy_device();
        EXPECT_EQ(rig.host.open_maps(), 0u) << kind;
    }
}

TEST(BugClassF25, AThousandResetsOfEachKind) {
    HostileRig rig;
    TxRing tx(rig.driver);
    RxRing rx(rig.driver);
    for (int i = 0; i < 1000; ++i) {
        tx.program();
        rx.program();
        rig.driver.set<DMATXCTL>(DMATXCTL::te);
        rig.driver.set<RXCTRL>(RXCTRL::rxen);
        tx.put_packet(plain_frame(60));
        tx.kick();
        if (i % 3 == 0) {
            rig.machine.run();
        }
        (void)rig.machine.receive(plain_frame(60));
        if (i % 2 == 0) {
            rig.driver.write<CTRL>(CTRL::rst);
        } else {
            ixgbe_reset(rig.machine.device(), i % 5 == 0 ? IXGBE_RESET_POWER_ON : IXGBE_RESET_BUS);
        }
        ASSERT_EQ(rig.host.open_maps(), 0u) << i;
        tx.program();
        if (i % 50 == 49) {
            rig.machine.run_for(kSecond);
        }
        if (i % 1000 == 999) {
            break;
        }
    }
    rig.expect_alive();
}

TEST(BugClassF25, CreationRefusesAnInvalidConfiguration) {
    GuestMemory memory;
    FakeHost host(memory);
    const auto state = std::make_unique<ixgbe_state>();
    ixgbe_config config = default_config();
    std::fill(std::begin(config.mac), std::end(config.mac), std::uint8_t{0});
    EXPECT_EQ(ixgbe_create(&FakeHost::ops(), &host, state.get(), &config), nullptr) << "MAC zero";
    std::copy(kMulticast.begin(), kMulticast.end(), config.mac);
    EXPECT_EQ(ixgbe_create(&FakeHost::ops(), &host, state.get(), &config), nullptr) << "multicast";
    std::copy(kDeviceMac.begin(), kDeviceMac.end(), config.mac);
    config.port = 2;
    EXPECT_EQ(ixgbe_create(&FakeHost::ops(), &host, state.get(), &config), nullptr) << "port";
}

TEST(BugClassF25, DestroyingNothingIsAllowed) {
    ixgbe_destroy(nullptr);
}

}  // namespace
}  // namespace x550
