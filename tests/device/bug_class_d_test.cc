// SPDX-License-Identifier: GPL-2.0-or-later
// Bug class D: frames and buffers of every size.

#include <gtest/gtest.h>
#include <vector>

#include "hostile_rig.h"
#include "random.h"

namespace x550 {
namespace {

TEST(BugClassD19, EveryFrameSizeIntoEveryBufferSize) {
    for (const std::uint32_t kb : {1u, 2u, 4u, 16u}) {
        for (const RxDescriptorType type :
             {RxDescriptorType::legacy, RxDescriptorType::one_buffer,
              RxDescriptorType::header_split, RxDescriptorType::header_split_always}) {
            Rig rig;  // checks that nothing is written outside the buffers
            rig.driver.set<HLREG0>(HLREG0::jumboen);
            rig.driver.write<MAXFRS>(0xFFFFu << 16);
            rig.driver.write<PSRTYPE>(0, 0xFFFF);
            RxRing rx(rig.driver, 0, {.size = 72, .type = type, .buffer_kb = kb});
            for (const std::size_t bytes : {0u, 1u, 59u, 60u, 61u, 1514u, 1518u, 1522u, 9728u,
                                            15'872u, 65'535u, 65'536u, 70'000u}) {
                (void)rig.machine.receive(plain_frame(bytes));
                (void)rx.take_all();
                rx.program();
            }
        }
    }
}

TEST(BugClassD19, OversizeFramesNeverPassTheLimitOfTheQueue) {
    Rig rig;
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(0xFFFFu << 16);
    RxRing rx(rig.driver, 0, {.rxdctl = rlpml(1536)});
    for (const std::size_t bytes : {1537u, 9728u, 65'535u}) {
        EXPECT_NE(rig.machine.receive(plain_frame(bytes)), IXGBE_ACCEPTED) << bytes;
    }
    EXPECT_EQ(rx.head(), 0u);
}

TEST(BugClassD20, LoopbackOfShortFramesReadsNothingBeyondThem) {
    HostileRig rig;
    rig.driver.enable_loopback();
    rig.driver.clear<HLREG0>(HLREG0::txpaden);
    TxRing tx(rig.driver, 0, {.size = 128});
    RxRing rx(rig.driver, 0, {.size = 128, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    for (std::size_t bytes = 1; bytes < 60; ++bytes) {
        Frame frame = FrameBuilder()
                          .to(kBroadcast)
                          .vlan(1)
                          .ipv4("192.0.2.1", "192.0.2.2")
                          .tcp(1, 2)
                          .payload(20)
                          .build();
        frame.resize(bytes);
        tx.put_packet(frame);
    }
    tx.kick();
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD21, TruncatedHeadersAreReadWithinTheFrame) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 1024, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    rig.driver.write<RSCCTL>(0, RSCCTL::rscen | 0xC);
    rig.driver.set<VLNCTRL>(VLNCTRL::vfe);
    rig.driver.set_vlan_filter(1);
    const std::vector<Frame> whole = {
        FrameBuilder()
            .vlan(1)
            .ipv4("192.0.2.1", "192.0.2.2")
            .tcp(1, 2)
            .tcp_timestamps()
            .payload(9)
            .build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").ip_options().udp(1, 2).payload(9).build(),
        FrameBuilder()
            .ipv6("2001:db8::1", "2001:db8::2")
            .extension(0, Frame(6, 0))
            .tcp(1, 2)
            .payload(9)
            .build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").sctp(1, 2).payload(9).build(),
    };
    for (const Frame& frame : whole) {
        for (std::size_t bytes = 0; bytes <= frame.size(); ++bytes) {
            // Exactly as long as the frame, so that the sanitizer sees one byte too many.
            const std::vector<std::uint8_t> exact(
                frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(bytes));
            (void)rig.machine.receive(exact);
        }
        rx.program();
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD21, ImpossibleHeaderLengthsAreSurvived) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 1024, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    const Frame tcp = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(9).build();
    for (unsigned ihl = 0; ihl < 16; ++ihl) {
        for (unsigned doff = 0; doff < 16; ++doff) {
            Frame frame = tcp;
            frame[kEthBytes] = static_cast<std::uint8_t>(0x40 | ihl);
            frame[kEthBytes + kIpv4Bytes + 12] = static_cast<std::uint8_t>(doff << 4);
            (void)rig.machine.receive(frame);
        }
    }
    rx.program();
    for (const std::uint16_t total :
         {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{19}, std::uint16_t{20},
          std::uint16_t{39}, std::uint16_t{0xFFFF}}) {
        Frame frame = tcp;
        put_be16(frame, kEthBytes + 2, total);
        (void)rig.machine.receive(frame);
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD21, RandomFramesAreSurvived) {
    HostileRig rig;
    RxRing rx(rig.driver, 0, {.size = 1024, .type = RxDescriptorType::header_split});
    rig.driver.write<PSRTYPE>(0, 0xFFFF);
    rig.driver.write<MRQC>(MRQC::rss | 0x00FF0000);
    rig.driver.set<CTRL_EXT>(CTRL_EXT::extended_vlan);
    rig.driver.set<FCTRL>(FCTRL::upe | FCTRL::mpe | FCTRL::bam | FCTRL::sbp);
    rig.driver.write<VXLANCTRL>(4789);
    Random random(11);
    const std::vector<Frame> seeds = {
        FrameBuilder().vlan(1).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(50).build(),
        FrameBuilder()
            .ipv6("2001:db8::1", "2001:db8::2")
            .extension(44, Frame(6, 0))
            .udp(1, 4789)
            .payload(90)
            .build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 4789).payload(90).build(),
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").protocol(47).payload(90).build(),
    };
    for (int i = 0; i < 20'000; ++i) {
        Frame frame = seeds[random.below(4)];
        for (std::uint32_t n = random.below(6); n > 0; --n) {
            frame[random.below(static_cast<std::uint32_t>(frame.size()))] =
                static_cast<std::uint8_t>(random.word());
        }
        frame.resize(random.below(static_cast<std::uint32_t>(frame.size()) + 1));
        ixgbe_frame_offload offload{};
        offload.needs_csum = random.one_in(4);
        offload.data_valid = random.one_in(4);
        offload.gso = static_cast<std::uint8_t>(random.one_in(8) ? random.below(6) : 0);
        offload.hdr_len = static_cast<std::uint16_t>(random.below(200));
        offload.gso_size = static_cast<std::uint16_t>(random.below(3));
        offload.csum_start = static_cast<std::uint16_t>(random.below(200));
        offload.csum_offset = static_cast<std::uint16_t>(random.below(200));
        (void)rig.machine.receive(frame, &offload);
        if (i % 500 == 0) {
            rx.program();
        }
    }
    rig.expect_bounded();
    rig.expect_alive();
}

TEST(BugClassD22, WholeBarAtEveryWidthAndAlignment) {
    HostileRig rig;
    Random random(5);
    for (const unsigned size : {1u, 2u, 4u}) {
        for (std::uint32_t offset = 0; offset < kCsrBytes + 64; ++offset) {
            (void)rig.machine.read(offset, size);
            rig.machine.write(offset, random.word(), size);
        }
        for (std::uint32_t offset = kBarBytes - 16; offset < kBarBytes + 16; ++offset) {
            (void)rig.machine.read(offset, size);
            rig.machine.write(offset, random.word(), size);
        }
        ASSERT_TRUE(rig.machine.run_for(kMillisecond));
    }
    for (std::uint32_t offset = 0; offset < kCsrBytes; offset += 4) {
        rig.machine.write(offset, ~0u);
    }
    ASSERT_TRUE(rig.machine.run_for(kMillisecond));
    (void)rig.machine.receive(plain_frame(100, kBroadcast));
    rig.host.queue_sends = false;
    rig.expect_alive();
}

}  // namespace
}  // namespace x550
