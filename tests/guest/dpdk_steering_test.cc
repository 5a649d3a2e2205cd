// SPDX-License-Identifier: GPL-2.0-or-later
// What DPDK's driver makes of queues: hashes, flow rules, pools; and its counters.
#include <algorithm>
#include <array>
#include <regex>

#include "dpdk_fixture.h"
#include "netlink.h"

namespace host {
namespace {

class DpdkSteering : public Dpdk {
protected:
    // Queues that testpmd has received frames of this length on so far, one entry a frame; waits
    // until there are `count`.
    std::vector<unsigned> queues_of(Testpmd& testpmd, std::size_t length, std::size_t count) {
        const std::regex told("length=" + std::to_string(length) +
                              " .*?Receive queue=0x([0-9a-f]+)");
        std::vector<unsigned> out;
        int round = 0;
        do {
            log_ += testpmd.run("show port info 0");
            out.clear();
            for (std::sregex_iterator at(log_.begin(), log_.end(), told), end; at != end; ++at) {
                out.push_back(static_cast<unsigned>(std::stoul((*at)[1], nullptr, 16)));
            }
        } while (out.size() < count && ++round < 30);
        EXPECT_EQ(out.size(), count) << log_;
        return out;
    }

private:
    std::string log_;
};

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

TEST_P(DpdkSteering, SpreadsFlowsOverSixteenQueues) {
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

// Rules of rte_flow, which the driver makes Flow Director filters of.
TEST_P(DpdkSteering, FlowRulesSteerAndDrop) {
    constexpr std::size_t kFrames = 5;
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(machine, "uio_pci_generic", {"--rxq=4", "--txq=4", "--forward-mode=rxonly"});
    testpmd.run_all({"set verbose 1"});
    const auto rule = [&](const std::string& action) {
        const std::string answer = testpmd.run(
            "flow create 0 ingress pattern eth / ipv4 src is 192.0.2.1 dst is 192.0.2.2 / udp src "
            "is 4000 dst is 7001 / end actions " +
            action + " / end");
        EXPECT_NE(answer.find("created"), std::string::npos) << answer;
    };
    testpmd.start();
    std::size_t size = 100;  // each round has its own
    const auto send = [&](std::uint16_t port) {
        ++size;
        auto frame = ethernet() / Tins::IP("192.0.2.2", "192.0.2.1") / Tins::UDP(port, 4000) /
                     Tins::RawPDU(text_of(size));
        for (std::size_t i = 0; i < kFrames; ++i) {
            inject(frame);
        }
        return size + 42;
    };
    for (const unsigned queue : {3U, 1U, 0U, 2U}) {
        rule("queue index " + std::to_string(queue));
        EXPECT_EQ(queues_of(testpmd, send(7001), kFrames), std::vector<unsigned>(kFrames, queue));
        (void)testpmd.run("flow flush 0");
    }
    rule("drop");
    const std::size_t dropped = send(7001);
    EXPECT_EQ(queues_of(testpmd, send(7002), kFrames).size(), kFrames) << "another flow";
    EXPECT_TRUE(queues_of(testpmd, dropped, 0).empty());
    (void)testpmd.run("flow flush 0");
    EXPECT_EQ(queues_of(testpmd, send(7001), kFrames).size(), kFrames) << "the rule is gone";
}

// Frames of the wire by the size that the MAC counts them under, FCS included (RFC 2819).
Counts by_size(const std::vector<Frame>& frames, const std::string& direction) {
    constexpr std::size_t kFcs = 4;
    struct Bin {
        const char* name;
        std::size_t longest;
    };
    constexpr std::array kBins{
        Bin{"64", 64},          Bin{"65_to_127", 127},    Bin{"128_to_255", 255},
        Bin{"256_to_511", 511}, Bin{"512_to_1023", 1023}, Bin{"1024_to_max", 65536}};
    Counts out;
    for (const Bin& bin : kBins) {
        out[direction + "_size_" + bin.name + "_packets"] = 0;
    }
    for (const Frame& frame : frames) {
        const auto* const bin = std::find_if(kBins.begin(), kBins.end(), [&](const Bin& one) {
            return frame.length + kFcs <= one.longest;
        });
        ++out[direction + "_size_" + bin->name + "_packets"];
    }
    return out;
}

std::uint64_t bytes_of(const std::vector<Frame>& frames) {
    std::uint64_t sum = 0;
    for (const Frame& frame : frames) {
        sum += frame.length;
    }
    return sum;
}

// The driver's counters tell what crossed the wire, each way.
TEST_P(DpdkSteering, StatisticsAreTheWires) {
    constexpr std::size_t kFrames = 60;
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(machine, "uio_pci_generic", {"--forward-mode=macswap"});
    testpmd.start();
    // From here on nobody else uses the wire.
    network_->run_inside([&] { netlink::set_link_up(network_->interface(), false); });
    testpmd.run_all({"clear port stats all", "clear port xstats all"});
    const std::size_t mark = wire().mark();
    const auto all = [](const Frame&) { return true; };
    for (std::size_t i = 0; i < kFrames; ++i) {
        const std::size_t size = 46 + i * (1500 - 46) / (kFrames - 1);
        wire().inject(experiment_frame(i % 3 == 0 ? "ff:ff:ff:ff:ff:ff" : mac(0), "stat", size));
    }
    ASSERT_EQ(returned(mark, kFrames, all).size(), kFrames);
    const auto sent = returned(mark, kFrames, all);
    auto received = wire().frames_since(
        mark, [](const Frame& frame) { return frame.direction == wire::Direction::to_guest; });
    const Counts counts = testpmd.statistics();
    EXPECT_EQ(counts.at("RX-packets"), received.size());
    EXPECT_EQ(counts.at("TX-packets"), sent.size());
    EXPECT_EQ(counts.at("RX-bytes"), bytes_of(received));
    EXPECT_EQ(counts.at("TX-bytes"), bytes_of(sent));
    const Counts extended = testpmd.extended_statistics();
    EXPECT_EQ(extended.at("rx_broadcast_packets"), kFrames / 3);
    for (const auto& expected : {by_size(received, "rx"), by_size(sent, "tx")}) {
        for (const auto& [name, value] : expected) {
            EXPECT_EQ(extended.at(name), value) << name;
        }
    }
}

// VMDq with DCB as testpmd sets it up: VLAN n belongs to pool n, and the tag's priority modulo four
// chooses one of the pool's four queues. When the port starts, the driver lists the station's
// address for pool 0 alone, and there is no default pool: other VLANs reach nobody.
TEST_P(DpdkSteering, PriorityChoosesTheQueueInAPool) {
    constexpr std::size_t kFrames = 3;
    Machine& machine = boot_bare(dpdk_config());
    Testpmd testpmd(
        machine, "uio_pci_generic",
        {"--rxq=128", "--txq=64", "--rxd=64", "--txd=64", "--forward-mode=rxonly", "--nb-cores=4"},
        "(0-4)@(0,1)");
    testpmd.run_all(
        {"port stop 0", "port config 0 dcb vt on 4 pfc off", "port start 0", "set verbose 1"});
    testpmd.start();
    std::size_t size = 100;
    const auto send = [&](unsigned vlan, unsigned priority) {
        ++size;
        const auto tag = static_cast<std::uint16_t>(priority << 13 | vlan);
        for (std::size_t i = 0; i < kFrames; ++i) {
            wire().inject(experiment_frame(mac(0), "vmdq", size, tag));
        }
        return size + 18;
    };
    const std::size_t stranger = send(7, 0);
    for (unsigned priority = 0; priority < 8; ++priority) {
        EXPECT_EQ(queues_of(testpmd, send(0, priority), kFrames),
                  std::vector<unsigned>(kFrames, priority % 4))
            << "priority " << priority;
    }
    EXPECT_TRUE(queues_of(testpmd, stranger, 0).empty());
}

INSTANTIATE_TEST_SUITE_P(Guest, DpdkSteering, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DpdkSteering);

}  // namespace
}  // namespace host
