// SPDX-License-Identifier: GPL-2.0-or-later
// DPDK's own ixgbe driver, as the distribution ships it, under testpmd.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <regex>
#include <tins/tins.h>

#include "crafted.h"
#include "guest_fixture.h"
#include "testpmd.h"

namespace host {
namespace {

using wire::Frame;

std::string text_of(std::size_t bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) {
        out.push_back(static_cast<char>('a' + i % 23));
    }
    return out;
}

class Dpdk : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (!IsSkipped() && GetParam().kernel.dpdk_initrd.empty()) {
            GTEST_SKIP() << "X550_DPDK_INITRDS names no image with testpmd";
        }
    }

    [[nodiscard]] static MachineConfig dpdk_config() {
        MachineConfig config = config_of(GetParam());
        config.kernel.initrd = config.kernel.dpdk_initrd;
        config.cpu = "max";  // DPDK wants SSE 4.2
        config.memory_mb = 768;
        config.modules = "uio_pci_generic";  // and no driver for the NIC
        return config;
    }

    Machine& boot_bare(const MachineConfig& config) {
        network_ = &add_network(Backend::stream);
        Machine& machine = boot(config, *network_);
        return machine;
    }

    [[nodiscard]] wire::Wire& wire() const { return *network_->wire(); }

    void inject(Tins::PDU& packet) const { wire().inject(bytes_of(packet)); }

    [[nodiscard]] static Tins::EthernetII ethernet() {
        return {Tins::HWAddress<6>(mac(0)), Tins::HWAddress<6>(kWireMac)};
    }

    // Frames of the guest that satisfy, once there are `count` of them.
    [[nodiscard]] std::vector<Frame> returned(std::size_t mark, std::size_t count,
                                              const wire::Capture::Predicate& wanted) const {
        const auto from_guest = [&](const Frame& frame) {
            return frame.direction == wire::Direction::from_guest && wanted(frame);
        };
        std::size_t seen = 0;
        (void)wire().wait_for(
            [&](const Frame& frame) { return from_guest(frame) && ++seen == count; },
            Milliseconds(30000), mark);
        return wire().frames_since(mark, from_guest);
    }

    void forwards_with(const MachineConfig& config, const std::string& driver);

    Network* network_ = nullptr;
};

bool contains(const Frame& frame, const std::string& text) {
    const auto* const first = reinterpret_cast<const char*>(frame.bytes.data());
    return std::string_view(first, frame.bytes.size()).find(text) != std::string_view::npos;
}

std::string mark_of(std::size_t number) {
    return "frame " + std::to_string(number) + ".";
}

void Dpdk::forwards_with(const MachineConfig& config, const std::string& driver) {
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

TEST_P(Dpdk, ForwardsFramesUnderUio) {
    forwards_with(dpdk_config(), "uio_pci_generic");
}

TEST_P(Dpdk, ForwardsFramesBehindAnIommu) {
    MachineConfig config = dpdk_config();
    config.arguments = {"-device", "intel-iommu"};
    config.command_line += " intel_iommu=on";
    forwards_with(config, "vfio-pci");
}

// Verdicts on what arrives; checksums on what leaves.
TEST_P(Dpdk, ChecksumsBothWays) {
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

TEST_P(Dpdk, CutsLargeSends) {
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

// Microsoft's definition of the hash, bit by bit, over source and destination address and port.
std::uint32_t toeplitz(const std::array<std::uint8_t, 12>& input) {
    // The key of DPDK's driver, which is the one of Microsoft's verification suite.
    constexpr std::array<std::uint8_t, 40> kKey = {
        0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
        0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
        0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};
    const auto key_bit = [&](std::size_t bit) { return kKey.at(bit / 8) >> (7 - bit % 8) & 1U; };
    std::uint32_t out = 0;
    for (std::size_t bit = 0; bit < input.size() * 8; ++bit) {
        if ((input.at(bit / 8) >> (7 - bit % 8) & 1U) == 0) {
            continue;
        }
        std::uint32_t window = 0;
        for (std::size_t i = 0; i < 32; ++i) {
            window = window << 1 | key_bit(bit + i);
        }
        out ^= window;
    }
    return out;
}

TEST_P(Dpdk, SpreadsFlowsOverSixteenQueues) {
    constexpr unsigned kQueues = 16;
    constexpr std::uint16_t kFlows = 64;
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(machine, "uio_pci_generic",
                    {"--rxq=16", "--txq=16", "--rss-udp", "--forward-mode=rxonly"});
    testpmd.run_all({"set verbose 1"});
    testpmd.start();
    for (std::uint16_t port = 0; port < kFlows; ++port) {
        auto frame = ethernet() / Tins::IP("192.0.2.1", "192.0.2.2") /
                     Tins::UDP(1234, static_cast<std::uint16_t>(5000 + port)) /
                     Tins::RawPDU(text_of(64));
        inject(frame);
    }
    std::string log;
    std::map<std::uint32_t, unsigned> queue_of;
    const std::regex told("RSS hash=0x([0-9a-f]+) - RSS queue=0x([0-9a-f]+)");
    for (int round = 0; round < 30 && queue_of.size() < kFlows; ++round) {
        log += testpmd.run("show port stats 0");
        for (std::sregex_iterator at(log.begin(), log.end(), told), end; at != end; ++at) {
            queue_of[static_cast<std::uint32_t>(std::stoul((*at)[1], nullptr, 16))] =
                static_cast<unsigned>(std::stoul((*at)[2], nullptr, 16));
        }
    }
    for (std::uint16_t port = 0; port < kFlows; ++port) {
        const unsigned source = 5000U + port;
        const std::uint32_t hash = toeplitz(
            {192, 0, 2, 2, 192, 0, 2, 1, static_cast<std::uint8_t>(source >> 8),
             static_cast<std::uint8_t>(source & 0xff), static_cast<std::uint8_t>(1234 >> 8),
             static_cast<std::uint8_t>(1234 & 0xff)});
        ASSERT_EQ(queue_of.count(hash), 1U) << "no packet with hash " << hash << "\n" << log;
        // DPDK fills the table with the queues in turn.
        EXPECT_EQ(queue_of.at(hash), hash % kQueues);
    }
}

// Segments of one stream come to the driver as fewer and larger packets, and none of their bytes is
// missing.
TEST_P(Dpdk, CoalescesAStream) {
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

INSTANTIATE_TEST_SUITE_P(Guest, Dpdk, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Dpdk);

}  // namespace
}  // namespace host
