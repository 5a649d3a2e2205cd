// SPDX-License-Identifier: GPL-2.0-or-later
// When a receiver that had no buffers calls for frames again.

#include <algorithm>
#include <gtest/gtest.h>

#include "destination.h"
#include "super_frame.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

// A frame waits for buffers; calls of the host are counted from here.
void starve(Rig& rig, const Frame& frame = plain_frame(100)) {
    ASSERT_EQ(rig.machine.receive(frame), IXGBE_NO_BUFFERS);
    rig.machine.run();
    rig.host.forget();
}

// A driver returns buffers a handful at a time, and each call of the host costs many frames.
TEST(RxRefill, TheHostIsCalledForAQuarterOfTheRing) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 64, .fill = false});
    starve(rig);
    rx.fill(8);
    rx.fill(7);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 0u);
    EXPECT_FALSE(ixgbe_can_receive(rig.machine.device()));
    rx.fill(1);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    EXPECT_TRUE(ixgbe_can_receive(rig.machine.device()));
}

TEST(RxRefill, TheHostIsCalledFor128BuffersOfALongRing) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 4096, .fill = false});
    starve(rig);
    rx.fill(127);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 0u);
    rx.fill(1);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
}

TEST(RxRefill, AFewBuffersWaitAMillisecondForMore) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 64, .fill = false});
    starve(rig);
    rx.fill(1);
    rig.machine.run_for(kMillisecond / 2);
    rx.fill(1);  // does not begin anew
    rig.machine.run_for(kMillisecond / 2 - 1);
    EXPECT_EQ(rig.host.receive_ready_count, 0u);
    rig.machine.run_for(1);
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    EXPECT_EQ(rig.machine.receive(plain_frame(100)), IXGBE_ACCEPTED);
    rig.machine.run_for(kSecond);
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
}

TEST(RxRefill, AnotherRingsBuffersAreOfNoUse) {
    Rig rig;
    RxRing dry(rig.driver, 0, {.size = 64, .fill = false});
    RxRing other(rig.driver, 1, {.size = 64, .fill = false});
    starve(rig);
    other.fill(40);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 0u);
    dry.fill(16);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
}

TEST(RxRefill, EachPoolThatAFrameWaitsForIsWaitedFor) {
    VmdqRig rig;
    rig.address(kMulticast, {1, 2});
    RxRing& first = rig.ring(2, {.size = 16, .fill = false});
    RxRing& second = rig.ring(4, {.size = 16, .fill = false});
    const Frame frame = plain_frame(100, kMulticast);
    starve(rig, frame);
    first.fill(4);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    starve(rig, frame);
    first.fill(4);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 0u);
    second.fill(4);
    rig.machine.run();
    EXPECT_EQ(rig.host.receive_ready_count, 1u);
    EXPECT_EQ(rig.machine.receive(frame), IXGBE_ACCEPTED);
}

// A packet for a pool that had no buffers waits in its transmit queue, not in the backend.
TEST(RxRefill, OneBufferIsEnoughForAPoolsPacket) {
    VmdqRig rig;
    rig.addresses_of({1, 2, 3});
    (void)rig.ring(4, {.size = 64, .fill = false});
    RxRing& third = rig.ring(6, {.size = 64, .fill = false});
    rig.driver.write<PFDTXGSWC>(PFDTXGSWC::lbe);
    TxRing tx(rig.driver, 2);
    const std::uint32_t index = tx.send(FrameBuilder()
                                            .from(mac_of_pool(1))
                                            .to(mac_of_pool(3))
                                            .ipv4("192.0.2.1", "192.0.2.2")
                                            .udp(1, 2)
                                            .build());
    starve(rig, plain_frame(100, mac_of_pool(2)));
    EXPECT_FALSE(tx.done(index));
    third.fill(1);
    rig.machine.run();
    EXPECT_TRUE(tx.done(index));
    EXPECT_TRUE(third.take());
    EXPECT_EQ(rig.host.receive_ready_count, 0u);
}

TEST(RxRefill, AResetForgetsTheWait) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 64, .fill = false});
    starve(rig);
    rx.fill(1);
    EXPECT_EQ(rig.machine.state().deadline[IXGBE_DEADLINE_REFILL], rig.host.now + kMillisecond);
    rig.driver.write<CTRL>(CTRL::rst);
    EXPECT_EQ(rig.machine.state().deadline[IXGBE_DEADLINE_REFILL], -1);
}

// The backend of the destination is asked at once, and a time from nowhere keeps nobody waiting.
TEST(RxRefill, IsNotWaitedForAfterAMove) {
    Rig rig;
    RxRing rx(rig.driver, 0, {.size = 64, .fill = false});
    starve(rig);
    rx.fill(1);
    rig.machine.state().deadline[IXGBE_DEADLINE_REFILL] = INT64_MAX;
    Destination destination(rig.machine);
    ASSERT_TRUE(destination.load(rig.machine.state())) << destination.why.data();
    destination.run();
    EXPECT_EQ(destination.host.receive_ready_count, 1u);
    EXPECT_EQ(destination.state().deadline[IXGBE_DEADLINE_REFILL], -1);
}

// Where pools are in use a large frame is cut, and its segments join a unit that took all buffers:
// the driver gives none back before it is told of them.
TEST(RxRefill, AUnitThatTookAllBuffersDoesNotWaitForMore) {
    VmdqRig rig;
    rig.address_of(1);
    RxRing& ring = rig.ring(2, {.size = 64, .buffer_kb = 3, .fill = false});
    rig.driver.clear<RFCTL>(RFCTL::rsc_dis);
    rig.driver.set<HLREG0>(HLREG0::rxcrcstrp);
    rig.driver.write<PSRTYPE>(1, PSRTYPE::tcp);
    rig.driver.write<RSCCTL>(2, RSCCTL::rscen | RSCCTL::maxdesc_16);
    ring.fill(4);
    SuperFrame super(20 * 1448, 1448);
    std::copy_n(mac_of_pool(1).begin(), 6, super.bytes.begin());
    ASSERT_EQ(rig.machine.receive(super.bytes, &super.offload), IXGBE_NO_BUFFERS);
    ASSERT_TRUE(rig.machine.run());
    EXPECT_EQ(ring.head(), 4u);
    EXPECT_EQ(ring.take_units().size(), 1u);
}

}  // namespace
}  // namespace x550
