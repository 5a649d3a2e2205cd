// SPDX-License-Identifier: GPL-2.0-or-later
// Forwarding by DPDK's driver: frames as they are, checksums, large sends, coalescing.
#include <algorithm>
#include <regex>

#include "dpdk_fixture.h"

namespace host {
namespace {

std::string mark_of(std::size_t number) {
    return "frame " + std::to_string(number) + ".";
}

class DpdkForwarding : public Dpdk {
protected:
    void forwards_with(const MachineConfig& config, const std::string& driver);
};

void DpdkForwarding::forwards_with(const MachineConfig& config, const std::string& driver) {
    constexpr std::size_t kFrames = 64;
    Machine& machine = boot_bare(config);
    Testpmd testpmd(machine, driver, {"--forward-mode=macswap"});
    testpmd.start();
    const std::size_t mark = wire().mark();
    for (std::size_t i = 0; i < kFrames; ++i) {
        wire().inject(experiment_frame(mac(0), mark_of(i), 46 + i * (1500 - 46) / (kFrames - 1)));
    }
    const auto frames =
        returned(mark, kFrames, [](const Frame& frame) { return contains(frame, "frame "); });
    ASSERT_EQ(frames.size(), kFrames);
    for (std::size_t i = 0; i < kFrames; ++i) {
        auto expected =
            experiment_frame(kWireMac, mark_of(i), 46 + i * (1500 - 46) / (kFrames - 1));
        const auto source = experiment_frame(mac(0), "", 0);
        std::copy_n(source.begin(), 6, expected.begin() + 6);
        EXPECT_EQ(frames[i].bytes, expected) << i;
    }
    const Counts counts = testpmd.statistics();
    const auto all = wire().frames_since(0);  // the driver counts from its start
    const auto received =
        static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), [](const Frame& frame) {
            return frame.direction == wire::Direction::to_guest;
        }));
    EXPECT_GE(counts.at("RX-packets"), kFrames);
    EXPECT_LE(counts.at("RX-packets"), received);
    EXPECT_EQ(counts.at("RX-errors") + counts.at("RX-missed") + counts.at("RX-nombuf"), 0U);
    EXPECT_EQ(counts.at("TX-errors"), 0U);
    EXPECT_NE(testpmd.quit().find("Bye"), std::string::npos);
}

TEST_P(DpdkForwarding, ForwardsFramesUnderUio) {
    forwards_with(dpdk_config(), "uio_pci_generic");
}

TEST_P(DpdkForwarding, ForwardsFramesBehindAnIommu) {
    MachineConfig config = dpdk_config();
    config.arguments = {"-device", "intel-iommu"};
    config.command_line += " intel_iommu=on";
    forwards_with(config, "vfio-pci");
}

// Verdicts on what arrives; checksums on what leaves.
TEST_P(DpdkForwarding, ChecksumsBothWays) {
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(machine, "uio_pci_generic", {"--enable-rx-cksum"});
    testpmd.run_all({"port stop 0", "csum set ip hw 0", "csum set tcp hw 0", "csum set udp hw 0",
                     "port start 0", std::string("set eth-peer 0 ") + kWireMac, "set fwd csum"});
    testpmd.start();
    const std::size_t mark = wire().mark();
    for (const std::size_t size : {18UL, 100UL, 1001UL, 1400UL}) {
        auto tcp4 = ethernet() / Tins::IP("192.0.2.2", "192.0.2.1") / Tins::TCP(80, 1234) /
                    Tins::RawPDU(text_of(size));
        auto udp4 = ethernet() / Tins::IP("192.0.2.2", "192.0.2.1") / Tins::UDP(53, 1234) /
                    Tins::RawPDU(text_of(size));
        auto tcp6 = ethernet() / Tins::IPv6("2001:db8::2", "2001:db8::1") / Tins::TCP(80, 1234) /
                    Tins::RawPDU(text_of(size));
        for (Tins::EthernetII* const frame : {&tcp4, &udp4, &tcp6}) {
            inject(*frame);
        }
    }
    auto spoiled = ethernet() / Tins::IP("192.0.2.2", "192.0.2.1") / Tins::UDP(53, 1234) /
                   Tins::RawPDU(text_of(200));
    auto bytes = bytes_of(spoiled);
    bytes.back() ^= std::byte{1};
    wire().inject(bytes);
    auto bad_header = bytes_of(spoiled);
    bad_header[24] ^= std::byte{1};
    wire().inject(bad_header);
    const auto frames =
        returned(mark, 14, [](const Frame& frame) { return contains(frame, "abcdefgh"); });
    EXPECT_EQ(frames.size(), 14U);
    for (const Frame& frame : frames) {
        EXPECT_EQ(wire::judge(frame.bytes), std::vector<std::string>());
    }
    const Counts counts = counts_in(testpmd.run("stop"));
    EXPECT_EQ(counts.at("Bad-l4csum"), 1U);
    EXPECT_EQ(counts.at("Bad-ipcsum"), 1U);
}

TEST_P(DpdkForwarding, CutsLargeSends) {
    constexpr std::size_t kSegment = 800;
    constexpr std::size_t kPayload = 5000;
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(machine, "uio_pci_generic",
                    {"--mbuf-size=10240", "--total-num-mbufs=4096", "--max-pkt-len=9018"});
    testpmd.run_all({"port stop 0", "csum set ip hw 0", "csum set tcp hw 0",
                     "tso set " + std::to_string(kSegment) + " 0", "port start 0",
                     std::string("set eth-peer 0 ") + kWireMac, "set fwd csum"});
    testpmd.start();
    const std::size_t mark = wire().mark();
    Tins::TCP tcp(80, 1234);
    tcp.seq(1000);
    tcp.flags(Tins::TCP::ACK);
    auto large =
        ethernet() / Tins::IP("192.0.2.2", "192.0.2.1") / tcp / Tins::RawPDU(text_of(kPayload));
    inject(large);
    const std::size_t expected = (kPayload + kSegment - 1) / kSegment;
    const auto frames =
        returned(mark, expected, [](const Frame& frame) { return contains(frame, "abcdefgh"); });
    ASSERT_EQ(frames.size(), expected);
    std::string payload;
    for (const Frame& frame : frames) {
        EXPECT_EQ(wire::judge(frame.bytes), std::vector<std::string>());
        const auto* const first = reinterpret_cast<const std::uint8_t*>(frame.bytes.data());
        const Tins::EthernetII decoded(first, static_cast<std::uint32_t>(frame.bytes.size()));
        EXPECT_EQ(decoded.rfind_pdu<Tins::TCP>().seq(), 1000 + payload.size());
        const auto& part = decoded.rfind_pdu<Tins::RawPDU>().payload();
        payload.append(part.begin(), part.end());
    }
    EXPECT_EQ(payload, text_of(kPayload));
}

// Segments of one stream come to the driver as fewer and larger packets, and none of their bytes is
// missing.
TEST_P(DpdkForwarding, CoalescesAStream) {
    constexpr std::size_t kSegments = 40;
    constexpr std::size_t kSize = 1400;
    constexpr std::size_t kHeaders = 54;
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(
        machine, "uio_pci_generic",
        {"--enable-lro", "--enable-rx-cksum", "--enable-scatter", "--forward-mode=rxonly"});
    testpmd.run_all({"set verbose 1"});
    testpmd.start();
    Tins::TCP tcp(80, 1234);
    tcp.flags(Tins::TCP::ACK);
    for (std::size_t i = 0; i < kSegments; ++i) {
        tcp.seq(static_cast<std::uint32_t>(1000 + i * kSize));
        auto frame =
            ethernet() / Tins::IP("192.0.2.2", "192.0.2.1") / tcp / Tins::RawPDU(text_of(kSize));
        inject(frame);
    }
    const std::regex told("length=([0-9]+) - nb_segs=([0-9]+)");
    std::string log;
    std::size_t payload = 0;
    std::size_t packets = 0;
    for (int round = 0; round < 30 && payload < kSegments * kSize; ++round) {
        log += testpmd.run("show port stats 0");
        payload = packets = 0;
        for (std::sregex_iterator at(log.begin(), log.end(), told), end; at != end; ++at) {
            const std::size_t length = std::stoull((*at)[1]);
            if (length > kSize) {
                payload += length - kHeaders;
                ++packets;
            }
        }
    }
    EXPECT_EQ(payload, kSegments * kSize) << testpmd.greeting() << log;
    EXPECT_LT(packets, kSegments) << log;
    EXPECT_GE(testpmd.statistics().at("RX-packets"), kSegments) << "the wire's count";
}

INSTANTIATE_TEST_SUITE_P(Guest, DpdkForwarding, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DpdkForwarding);

}  // namespace
}  // namespace host
