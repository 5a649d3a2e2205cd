// SPDX-License-Identifier: GPL-2.0-or-later
// The judge and the capture file themselves: frames that are known to be right or wrong.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <tins/tins.h>

#include "judge.h"
#include "pcapng.h"
#include "scratch.h"

namespace wire {
namespace {

Bytes bytes_of(Tins::PDU& packet) {
    const auto raw = packet.serialize();
    Bytes out;
    for (const auto byte : raw) {
        out.push_back(static_cast<std::byte>(byte));
    }
    return out;
}

Bytes tcp4() {
    Tins::EthernetII frame = Tins::EthernetII("52:54:00:12:34:56", "02:00:00:00:55:50") /
                             Tins::IP("192.0.2.1", "192.0.2.2") / Tins::TCP(80, 1234) /
                             Tins::RawPDU("an odd number of bytes follows!");
    return bytes_of(frame);
}

Bytes udp6() {
    Tins::EthernetII frame = Tins::EthernetII("52:54:00:12:34:56", "02:00:00:00:55:50") /
                             Tins::IPv6("2001:db8::1", "2001:db8::2") / Tins::UDP(53, 1234) /
                             Tins::RawPDU("payload of a datagram");
    return bytes_of(frame);
}

// A frame taken from RFC-conformant traffic, checksums computed by hand: an ICMP echo request from
// 192.0.2.1 to 192.0.2.2 with eight bytes of zero payload, padded to 60 bytes.
Bytes golden_ping() {
    constexpr std::array<unsigned char, 50> kFrame = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x02, 0x00, 0x00, 0x00, 0x55, 0x50, 0x08,
        0x00, 0x45, 0x00, 0x00, 0x24, 0x00, 0x00, 0x40, 0x00, 0x40, 0x01, 0xb6, 0xd5,
        0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0x08, 0x00, 0xf7, 0xfd, 0x00,
        0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    Bytes out;
    out.reserve(60);
    for (const unsigned char byte : kFrame) {
        out.push_back(static_cast<std::byte>(byte));
    }
    out.resize(60);
    return out;
}

TEST(Judge, AcceptsRightFrames) {
    EXPECT_EQ(judge(tcp4()), std::vector<std::string>());
    EXPECT_EQ(judge(udp6()), std::vector<std::string>());
    EXPECT_EQ(judge(golden_ping()), std::vector<std::string>());
}

TEST(Judge, FindsAWrongHeaderChecksum) {
    Bytes frame = golden_ping();
    frame[24] ^= std::byte{1};
    EXPECT_EQ(judge(frame), std::vector<std::string>{"IPv4 header checksum"});
}

TEST(Judge, FindsAWrongTransportChecksum) {
    Bytes tcp = tcp4();
    tcp.back() ^= std::byte{1};
    EXPECT_EQ(judge(tcp), std::vector<std::string>{"TCP checksum"});
    Bytes udp = udp6();
    udp[70] ^= std::byte{0x80};
    EXPECT_EQ(judge(udp), std::vector<std::string>{"UDP checksum"});
    Bytes icmp = golden_ping();
    icmp[45] ^= std::byte{0x80};
    EXPECT_EQ(judge(icmp), std::vector<std::string>{"ICMP checksum"});
}

TEST(Judge, FindsMissingPaddingAndExcessLength) {
    Bytes frame = golden_ping();
    frame.resize(50);
    EXPECT_EQ(judge(frame), std::vector<std::string>{"not padded: 50 bytes"});
    JudgeLimits limits;
    limits.longest = 80;
    EXPECT_EQ(judge(tcp4(), limits), std::vector<std::string>{"too long: 85 bytes"});
}

TEST(Judge, FindsLengthsThatDoNotFit) {
    Bytes frame = tcp4();
    frame.resize(frame.size() - 3);
    EXPECT_EQ(judge(frame).size(), 1U);
    Bytes udp = udp6();
    udp[14 + 40 + 5] = std::byte{5};
    EXPECT_EQ(judge(udp), std::vector<std::string>{"UDP length"});
}

TEST(Judge, LooksInsideVxlan) {
    Bytes inner = tcp4();
    inner.back() ^= std::byte{1};
    std::string payload = {8, 0, 0, 0, 0, 0, 42, 0};
    for (const std::byte byte : inner) {
        payload += std::to_integer<char>(byte);
    }
    Tins::EthernetII frame = Tins::EthernetII("52:54:00:12:34:56", "02:00:00:00:55:50") /
                             Tins::IP("192.0.2.1", "192.0.2.2") / Tins::UDP(4789, 5000) /
                             Tins::RawPDU(payload);
    EXPECT_EQ(judge(bytes_of(frame)), std::vector<std::string>{"TCP checksum"});
}

TEST(Judge, SurvivesEveryTruncation) {
    for (const Bytes& whole : {tcp4(), udp6(), golden_ping()}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            EXPECT_FALSE(judge(std::span(whole).first(size)).empty()) << size;
        }
    }
}

TEST(Pcapng, IsReadBackByTshark) {
    const host::Scratch scratch;
    const std::string file = scratch.path() + "/two.pcapng";
    std::vector<Frame> frames(2);
    frames[0].bytes = tcp4();
    frames[0].length = frames[0].bytes.size();
    frames[1].bytes = golden_ping();
    frames[1].length = frames[1].bytes.size();
    frames[1].direction = Direction::to_guest;
    write_pcapng(file, frames);
    const std::string text = scratch.path() + "/text";
    // NOLINTNEXTLINE(cert-env33-c): the command is the test's own
    if (std::system(("tshark -r " + file +
                     " -o ip.check_checksum:TRUE -T fields -e frame.len -e "
                     "ip.checksum.status -e _ws.col.Protocol >" +
                     text + " 2>/dev/null")
                        .c_str()) != 0) {
        GTEST_SKIP() << "tshark is missing";
    }
    std::ifstream in(text);
    const std::string read{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(read, "85\t1\tTCP\n60\t1\tICMP\n");
}

}  // namespace
}  // namespace wire
