// SPDX-License-Identifier: GPL-2.0-or-later
// The judge and the capture file themselves: frames that are known to be right or wrong.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <tins/tins.h>

#include "capture.h"
#include "disturbance.h"
#include "flow_judge.h"
#include "judge.h"
#include "pattern.h"
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

// Numbers of the frames that come out of a cable when 10,000 go in.
std::vector<unsigned> through(const Disturbance& cable) {
    Disturber disturber(cable);
    std::vector<unsigned> out;
    for (unsigned i = 0; i < 10000; ++i) {
        const std::array frame{static_cast<std::byte>(i >> 8), static_cast<std::byte>(i & 0xff)};
        disturber.pass(frame, [&](std::span<const std::byte> one) {
            out.push_back(std::to_integer<unsigned>(one[0]) << 8 |
                          std::to_integer<unsigned>(one[1]));
        });
    }
    return out;
}

TEST(Disturber, LosesItsShareAndTheSameFramesEachTime) {
    const auto arrived = through({0.05, 0, 7});
    EXPECT_NEAR(static_cast<double>(arrived.size()), 9500, 150);
    EXPECT_TRUE(std::is_sorted(arrived.begin(), arrived.end()));
    EXPECT_EQ(arrived, through({0.05, 0, 7}));
    EXPECT_NE(arrived, through({0.05, 0, 8}));
}

TEST(Disturber, ReordersAndLosesNothing) {
    auto arrived = through({0, 0.05, 7});
    std::size_t late = 0;
    for (std::size_t i = 1; i < arrived.size(); ++i) {
        late += arrived[i] < arrived[i - 1] ? 1U : 0U;
    }
    EXPECT_NEAR(static_cast<double>(late), 450, 100);  // a few overtake together
    EXPECT_GE(arrived.size(), 9999U);                  // the last may still wait
    std::sort(arrived.begin(), arrived.end());
    EXPECT_EQ(std::unique(arrived.begin(), arrived.end()), arrived.end());
}

TEST(Disturber, AGoodCableChangesNothing) {
    const auto arrived = through({});
    EXPECT_EQ(arrived.size(), 10000U);
    EXPECT_TRUE(std::is_sorted(arrived.begin(), arrived.end()));
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

class Recorder : public Capture {
public:
    using Capture::sent;
};

TEST(Capture, RecordsAndDoesNotJudgeWhatIsExempt) {
    Bytes wrong = tcp4();
    wrong.back() ^= std::byte{1};
    Recorder recorder;
    recorder.set_exempt([&](std::span<const std::byte> frame) { return frame[0] == wrong[0]; });
    recorder.sent(wrong);
    EXPECT_EQ(recorder.complaints(), std::vector<std::string>());
    EXPECT_EQ(recorder.frames_since(0).size(), 1U);
    recorder.set_exempt({});
    recorder.sent(wrong);
    EXPECT_EQ(recorder.complaints(), std::vector<std::string>{"frame 2: TCP checksum"});
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

std::string layers_of(const Bytes& frame, const JudgeLimits& limits = {}) {
    std::string out;
    for (const Layer& layer : examine(frame, limits).layers) {
        out += (out.empty() ? "" : " / ") + layer.name;
    }
    return out;
}

Tins::EthernetII outer() {
    return Tins::EthernetII("52:54:00:12:34:56", "02:00:00:00:55:50") /
           Tins::IP("192.0.2.1", "192.0.2.2");
}

std::string text_of(const Bytes& bytes) {
    std::string out;
    for (const std::byte byte : bytes) {
        out += std::to_integer<char>(byte);
    }
    return out;
}

TEST(Judge, NamesTheLayersOfATunnelOnAnotherPort) {
    Tins::EthernetII frame = outer() / Tins::UDP(5789, 5000) /
                             Tins::RawPDU(std::string("\x08\0\0\0\0\0\x2a\0", 8) + text_of(tcp4()));
    const Bytes bytes = bytes_of(frame);
    EXPECT_EQ(layers_of(bytes), "eth / ipv4 / udp");
    JudgeLimits limits;
    limits.vxlan_port = 5789;
    EXPECT_EQ(layers_of(bytes, limits), "eth / ipv4 / udp / vxlan 42 / eth / ipv4 / tcp");
}

TEST(Judge, LooksInsideGeneve) {
    const std::string header("\0\0\x65\x58\0\0\x2a\0", 8);
    Bytes inner = tcp4();
    Tins::EthernetII right =
        outer() / Tins::UDP(6081, 5000) / Tins::RawPDU(header + text_of(inner));
    EXPECT_EQ(layers_of(bytes_of(right)), "eth / ipv4 / udp / geneve 42 / eth / ipv4 / tcp");
    EXPECT_EQ(judge(bytes_of(right)), std::vector<std::string>());
    inner.back() ^= std::byte{1};
    Tins::EthernetII wrong =
        outer() / Tins::UDP(6081, 5000) / Tins::RawPDU(header + text_of(inner));
    EXPECT_EQ(judge(bytes_of(wrong)), std::vector<std::string>{"TCP checksum"});
}

// Ports 20000 and 9, tag 0, one chunk; the checksum was computed by a table-driven CRC32c that
// gives e3069283 for "123456789".
TEST(Judge, ChecksTheCrcOfSctp) {
    std::string packet("\x4e\x20\0\x09\0\0\0\0CRC!\x0e\0\0\x08\xde\xad\xbe\xef", 20);
    packet.replace(8, 4, "\x17\x72\xce\x1b");
    for (const bool right : {true, false}) {
        Tins::EthernetII frame = outer() / Tins::RawPDU(packet);
        frame.rfind_pdu<Tins::IP>().protocol(132);
        EXPECT_EQ(judge(bytes_of(frame)),
                  right ? std::vector<std::string>() : std::vector<std::string>{"SCTP checksum"});
        packet[9] = static_cast<char>(packet[9] ^ 1);
    }
}

// A flow of one TCP packet in three segments of 100, 100 and 50 bytes, once from a kernel and once
// from a device.
class FlowJudge : public ::testing::Test {
protected:
    FlowJudge() {
        plan_.name = "tcp";
        plan_.protocol = "tcp";
        plan_.source = 20000;
        plan_.destination = 9;
        plan_.seed = 5;
        plan_.bytes = 250;
        plan_.segment = 100;
        plan_.layers = {"eth", "ipv4", "tcp"};
        const Bytes whole = segment(0, 0);
        plan_.prototype.assign(whole.begin() + 14, whole.begin() + 14 + 40);
        plan_.prototype[33] = std::byte{0x19};  // ACK, PSH, FIN
        for (int run = 0; run < 2; ++run) {
            add(segment(0, 100));
            add(segment(100, 100));
            add(segment(200, 50));
        }
    }

    static Bytes segment(unsigned from, std::size_t size, unsigned id_step = 100) {
        std::vector<std::byte> payload(size);
        traffic::Pattern(5).fill(from, payload);
        Tins::TCP tcp(9, 20000);
        tcp.seq(1000 + from);
        tcp.flags(Tins::TCP::ACK);
        if (from == 200) {
            tcp.flags(Tins::TCP::ACK | Tins::TCP::PSH | Tins::TCP::FIN);
        }
        Tins::IP ip("192.0.2.1", "192.0.2.2");
        ip.id(static_cast<std::uint16_t>(7 + from / id_step));
        Tins::EthernetII frame = Tins::EthernetII("02:00:00:00:55:0d", "02:00:00:00:55:50") / ip /
                                 tcp / Tins::RawPDU(text_of(payload));
        return bytes_of(frame);
    }

    void add(Bytes bytes) {
        Frame frame;
        frame.length = bytes.size();
        frame.bytes = std::move(bytes);
        frames_.push_back(std::move(frame));
    }

    // What is said of the frames with the last run's second frame replaced.
    std::string verdict_with(Bytes second) {
        frames_[4].bytes = std::move(second);
        const auto fault = judge_flow(frames_, plan_, true);
        return fault ? fault->what : "";
    }

    FlowPlan plan_;
    std::vector<Frame> frames_;
};

TEST_F(FlowJudge, AcceptsARightFlow) {
    EXPECT_FALSE(judge_flow(frames_, plan_, true).has_value());
}

TEST_F(FlowJudge, FindsAWrongChecksumAndShowsTheFrame) {
    Bytes wrong = segment(100, 100);
    wrong.back() ^= std::byte{1};
    frames_[4].bytes = wrong;
    const auto fault = judge_flow(frames_, plan_, true);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->what, "tcp, offload on, frame 2 of 3: TCP checksum");
    EXPECT_EQ(fault->frame, wrong);
}

TEST_F(FlowJudge, FindsWhatIsRightInItselfAndWrongInTheFlow) {
    const std::string where = "tcp, offload on, frame 2 of 3: ";
    EXPECT_EQ(verdict_with(segment(101, 100)), where + "payload differs from byte 0");
    EXPECT_EQ(verdict_with(segment(100, 99)), where + "99 bytes of payload, not 100");
    EXPECT_EQ(verdict_with(segment(100, 100, 50)), where + "IPv4 id is 2 after the first one's");
    plan_.layers = {"eth", "vlan 8100:0064", "ipv4", "tcp"};
    EXPECT_EQ(verdict_with(segment(100, 100)),
              "tcp, offload off, frame 1 of 3: headers are eth / ipv4 / tcp, not eth / vlan "
              "8100:0064 / ipv4 / tcp");
}

TEST_F(FlowJudge, WantsFinAndPushOnTheLastSegmentOnly) {
    plan_.prototype[33] = std::byte{0x10};
    EXPECT_EQ(judge_flow(frames_, plan_, true)->what, "tcp, offload off, frame 3 of 3: TCP flags");
}

TEST_F(FlowJudge, MissesAFrame) {
    frames_.pop_back();
    EXPECT_EQ(judge_flow(frames_, plan_, true)->what, "tcp: 5 frames, not twice 3");
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
