// SPDX-License-Identifier: GPL-2.0-or-later
// Header split: headers in one buffer, payload in another.

#include <gtest/gtest.h>

#include "rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kSplitAll =
    PSRTYPE::tcp | PSRTYPE::udp | PSRTYPE::ipv4 | PSRTYPE::ipv6 | PSRTYPE::l2;

struct SplitRig : Rig {
    RxRing rx;

    explicit SplitRig(RxDescriptorType type, std::uint32_t header_bytes = 256)
        : rx(driver, 0, {.type = type, .header_bytes = header_bytes}) {
        driver.write<PSRTYPE>(0, kSplitAll);
    }
    RxPacket deliver(const Frame& frame) {
        EXPECT_EQ(machine.receive(frame), IXGBE_ACCEPTED);
        auto packet = rx.take();
        EXPECT_TRUE(packet);
        return packet.value_or(RxPacket{{}, {}, {{0, 0, 0, 0}}, false});
    }
};

std::uint32_t header_length(const RxPacket& packet) {
    return packet.descriptors.front()[0] >> RxWriteBack::hdr_len_shift & RxWriteBack::hdr_len_mask;
}

bool split(const RxPacket& packet) {
    return (packet.descriptors.front()[0] & RxWriteBack::sph) != 0;
}

struct SplitCase {
    const char* name;
    Frame frame;
    std::uint32_t header;
};

std::vector<SplitCase> split_cases() {
    const FrameBuilder v4 = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2");
    const FrameBuilder v6 = FrameBuilder().ipv6("2001:db8::1", "2001:db8::2");
    FrameBuilder udp4 = v4;
    FrameBuilder tcp4 = v4;
    FrameBuilder options = v4;
    FrameBuilder udp6 = v6;
    FrameBuilder tcp6 = v6;
    return {
        {"Udp4", udp4.udp(1, 2).payload(500).build(), 42},
        {"Tcp4", tcp4.tcp(1, 2).payload(500).build(), 54},
        {"Tcp4Timestamps", options.tcp(1, 2).tcp_timestamps().payload(500).build(), 66},
        {"Udp6", udp6.udp(1, 2).payload(500).build(), 62},
        {"Tcp6", tcp6.tcp(1, 2).payload(500).build(), 74},
    };
}

TEST(HeaderSplit, HeadersGoToTheHeaderBuffer) {
    for (const SplitCase& one : split_cases()) {
        SplitRig rig(RxDescriptorType::header_split);
        const RxPacket packet = rig.deliver(one.frame);
        ASSERT_TRUE(split(packet)) << one.name;
        EXPECT_EQ(header_length(packet), one.header) << one.name;
        EXPECT_TRUE(same_bytes(std::span(one.frame).first(one.header), packet.header)) << one.name;
        EXPECT_TRUE(same_bytes(std::span(one.frame).subspan(one.header), packet.bytes)) << one.name;
    }
}

TEST(HeaderSplit, ProtocolsThatPsrtypeDoesNotNameStayWhole) {
    SplitRig rig(RxDescriptorType::header_split);
    rig.driver.write<PSRTYPE>(0, PSRTYPE::tcp);
    const Frame frame =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(500).build();
    const RxPacket packet = rig.deliver(frame);
    EXPECT_FALSE(split(packet));
    EXPECT_TRUE(same_bytes(frame, packet.bytes));
}

TEST(HeaderSplit, UnrecognisedHeaderStaysWhole) {
    SplitRig rig(RxDescriptorType::header_split);
    rig.driver.write<PSRTYPE>(0, PSRTYPE::tcp | PSRTYPE::udp);
    const Frame frame = plain_frame(500);
    const RxPacket packet = rig.deliver(frame);
    EXPECT_FALSE(split(packet));
    EXPECT_TRUE(same_bytes(frame, packet.bytes));
}

TEST(HeaderSplit, HeaderTooLongForItsBufferStaysWholeAndSaysSo) {
    SplitRig rig(RxDescriptorType::header_split, 64);
    Frame frame = FrameBuilder().ipv6("2001:db8::1", "2001:db8::2").tcp(1, 2).payload(500).build();
    const RxPacket packet = rig.deliver(frame);
    EXPECT_TRUE(split(packet));
    EXPECT_NE(packet.descriptors.front()[2] & RxWriteBack::hbo, 0u);
    EXPECT_EQ(header_length(packet), 74u);
    EXPECT_TRUE(same_bytes(frame, packet.bytes));
}

TEST(HeaderSplit, LongPayloadGoesOnInTheNextBuffers) {
    SplitRig rig(RxDescriptorType::header_split);
    rig.driver.set<HLREG0>(HLREG0::jumboen);
    rig.driver.write<MAXFRS>(9728u << MAXFRS::mfs_shift);
    const Frame frame =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(5000).build();
    const RxPacket packet = rig.deliver(frame);
    EXPECT_EQ(packet.descriptors.size(), 3u);
    EXPECT_TRUE(same_bytes(std::span(frame).first(42), packet.header));
    EXPECT_TRUE(same_bytes(std::span(frame).subspan(42), packet.bytes));
}

TEST(HeaderSplit, AlwaysModeFillsTheHeaderBufferWithAnythingElse) {
    SplitRig rig(RxDescriptorType::header_split_always, 128);
    rig.driver.write<PSRTYPE>(0, PSRTYPE::tcp);
    const Frame frame = plain_frame(500);
    const RxPacket packet = rig.deliver(frame);
    EXPECT_FALSE(split(packet));
    EXPECT_EQ(header_length(packet), 128u);
    EXPECT_TRUE(same_bytes(std::span(frame).subspan(128), packet.bytes));
}

TEST(HeaderSplit, AStrippedTagIsNotInTheHeader) {
    SplitRig rig(RxDescriptorType::header_split);
    rig.driver.set<RXDCTL>(RXDCTL::vme);
    Frame frame =
        FrameBuilder().vlan(7).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(500).build();
    const RxPacket packet = rig.deliver(frame);
    frame.erase(frame.begin() + 12, frame.begin() + 16);
    EXPECT_TRUE(same_bytes(std::span(frame).first(42), packet.header));
    EXPECT_TRUE(same_bytes(std::span(frame).subspan(42), packet.bytes));
}

TEST(HeaderSplit, AlwaysModeNeverReportsAnEmptyPacketBuffer) {
    SplitRig rig(RxDescriptorType::header_split_always, 256);
    rig.driver.write<PSRTYPE>(0, PSRTYPE::tcp);
    const RxPacket packet = rig.deliver(plain_frame(100));
    EXPECT_NE(packet.last()[3] & 0xFFFF, 0u) << "Linux would wait for this descriptor for ever";
}

TEST(HeaderSplit, SplitPacketsKeepTheirVerdicts) {
    SplitRig rig(RxDescriptorType::header_split);
    const RxPacket packet =
        rig.deliver(FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(500).build());
    EXPECT_TRUE(packet.has(RxWriteBack::ipcs | RxWriteBack::l4cs | RxWriteBack::udpcs));
}

}  // namespace
}  // namespace x550
