// SPDX-License-Identifier: GPL-2.0-or-later
// NICs that lack offloads, each property turned off, or down to its limit, by itself and then in
// groups: a driver of the X550 that counts on its chip works all the same. A guest has up to
// sixteen such NICs.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "dpdk_fixture.h"
#include "receive/tunnel_packets.h"

namespace host {
namespace {

// What a NIC is created with, and the check that meets it.
struct Lack {
    const char* properties;
    const char* check;
};
using Lacks = std::span<const Lack>;

constexpr std::array<Lack, 16> kSending{{
    {"csum-ip4=off", "tx-checksum"},
    {"csum-tcp4=off", "tx-checksum"},
    {"csum-udp4=off", "tx-checksum"},
    {"csum-tcp6=off", "tx-checksum"},
    {"csum-udp6=off", "tx-checksum"},
    {"csum-ip-options=off", "tx-checksum"},
    {"csum-ip6-ext=off", "tx-checksum"},
    {"lso1=off", "tx-tso4"},
    {"lso2-ip4=off", "tx-tso4"},
    {"lso2-ip6=off", "tx-tso6"},
    {"lso-max=1", "tx-tso4"},
    {"lso-min-segs=255", "tx-tso6"},
    {"uso-ip4=off", "tx-uso4"},
    {"uso-ip6=off", "tx-uso6"},
    {"uso-sub-mss=off", "tx-uso4"},
    {"task-offload-cap=off", "tx-tso4"},
}};
constexpr std::array<Lack, 16> kReceiving{{
    {"rsc-ip4=off", "tx-tso4"},
    {"rsc-ip6=off", "lro"},
    {"rsc-timestamps=off", "tx-tso6"},
    {"rsc-flows=1", "lro"},
    {"rsc-max-segs=2", "lro"},
    {"nvgre=off", "tx-gretap"},
    {"vxlan=off", "tx-vxlan"},
    {"encap-max-header=64", "tx-gretap"},
    {"vxlan-port=8472", "tx-vxlan"},
    {"vxlan-port-fixed=on", "tx-vxlan"},
    {"rss=off", "queues"},
    {"rss-udp=off", "queues"},
    {"rss-queues=1", "queues"},
    {"rss-table=2", "queues"},
    {"vmq=off", "tx-vlan"},
    {"vmq-vlan=off", "tx-vlan"},
}};
constexpr std::array<Lack, 9> kGroups{{
    {"vmq-queues=1", "queues"},
    {"rss-or-vmq=vmq", "queues"},
    {"lso-ipid=16bit", "tx-tso4"},
    {"csum-ip4=tx,csum-tcp4=tx,csum-udp4=tx,csum-tcp6=tx,csum-udp6=tx,csum-ip-options=off,"
     "csum-ip6-ext=off",
     "tx-checksum"},
    {"csum-ip4=rx,csum-tcp4=rx,csum-udp4=rx,csum-tcp6=rx,csum-udp6=rx,lso1=off,lso2-ip4=off,"
     "lso2-ip6=off,uso-ip4=off,uso-ip6=off,uso-sub-mss=off",
     "tx-tso6"},
    {"rsc-ip4=off,rsc-ip6=off,rsc-timestamps=off,lso-max=1000,lso-min-segs=255", "tx-tso4"},
    {"nvgre=off,vxlan=off,vxlan-port-fixed=on,rsc-flows=1,rsc-max-segs=2", "tx-vxlan"},
    {"rss=off,rss-udp=off,vmq=off,vmq-vlan=off", "queues"},
    {"csum-ip4=off,csum-tcp4=off,csum-udp4=off,csum-tcp6=off,csum-udp6=off,lso1=off,lso2-ip4=off,"
     "lso2-ip6=off,uso-ip4=off,uso-ip6=off,rsc-ip4=off,rsc-ip6=off,nvgre=off,vxlan=off,rss=off,"
     "vmq=off",
     "tx-gretap"},
}};

constexpr unsigned kMemory = 768;

class Lacking : public Dpdk {
protected:
    Machine& boot_lacking(MachineConfig config, Lacks lacks) {
        std::vector<Nic> nics;
        for (const Lack& lack : lacks) {
            nics.push_back(
                {&add_network(Backend::stream), device(lack.properties), mac(nics.size())});
        }
        config.memory_mb = kMemory;
        return boot(std::move(config), nics);
    }
    void moves_traffic(Lacks lacks);
    void forwards(Lacks lacks);
    void expect_answers(std::size_t port);
};

void Lacking::moves_traffic(Lacks lacks) {
    Machine& machine = boot_lacking(config_of(GetParam()), lacks);
    for (std::size_t i = 0; i < lacks.size(); ++i) {
        SCOPED_TRACE(lacks[i].properties);
        const std::string ifname = configure_guest(machine, i).ifname;
        const Json lro = machine.agent().call(
            "features.set", {{"ifname", ifname}, {"features", {{"rx-lro", true}}}});
        EXPECT_FALSE(lro.contains("refused")) << lro.dump();
        machine.agent().call("link.wait", {{"ifname", ifname}});
        expect_checks(machine, {"ping4", "ping6", "tcp4", "tcp6", "udp4", "udp6", lacks[i].check},
                      i);
    }
    expect_happy_end(machine);
}

std::vector<Bytes> packets_for(const Tins::EthernetII& ethernet) {
    const auto payload = Tins::RawPDU(text_of(600));
    auto tcp4 = ethernet / Tins::IP("192.0.2.2", "192.0.2.1") / Tins::TCP(80, 1234) / payload;
    auto udp4 = ethernet / Tins::IP("192.0.2.2", "192.0.2.1") / Tins::UDP(53, 1234) / payload;
    auto tcp6 = ethernet / Tins::IPv6("2001:db8::2", "2001:db8::1") / Tins::TCP(80, 1234) / payload;
    auto udp6 = ethernet / Tins::IPv6("2001:db8::2", "2001:db8::1") / Tins::UDP(53, 1234) / payload;
    const Ends ends{.guest = "198.51.100.2", .host = "198.51.100.1"};
    const Bytes inside = bytes_of(tcp4);
    return {inside,
            bytes_of(udp4),
            bytes_of(tcp6),
            bytes_of(udp6),
            in_nvgre(ethernet, ends, inside),
            in_vxlan(ethernet, ends, kVxlan, inside)};
}

// What the port gives back is what came, checksums made anew by the NIC, with other addresses.
void Lacking::expect_answers(std::size_t port) {
    const auto packets = packets_for({Tins::HWAddress<6>(mac(port)), Tins::HWAddress<6>(kWireMac)});
    const std::size_t mark = wire().mark();
    for (const Bytes& packet : packets) {
        wire().inject(packet);
    }
    const auto frames = returned(mark, packets.size(),
                                 [](const Frame& frame) { return contains(frame, "abcdefgh"); });
    ASSERT_EQ(frames.size(), packets.size());
    for (std::size_t k = 0; k < packets.size(); ++k) {
        Bytes expected = packets[k];
        std::swap_ranges(expected.begin(), expected.begin() + 6, expected.begin() + 6);
        EXPECT_EQ(frames[k].bytes, expected) << k;
    }
}

void Lacking::forwards(Lacks lacks) {
    Machine& machine = boot_lacking(dpdk_config(), lacks);
    Testpmd testpmd(machine, "uio_pci_generic", {"--port-topology=loop", "--enable-rx-cksum"});
    testpmd.run_all({"port stop all"});
    for (std::size_t i = 0; i < lacks.size(); ++i) {
        const std::string port = std::to_string(i);
        testpmd.run_all({"csum set ip hw " + port, "csum set tcp hw " + port,
                         "csum set udp hw " + port, "set eth-peer " + port + " " + kWireMac});
    }
    testpmd.run_all({"port start all", "set fwd csum"});
    testpmd.start();
    for (std::size_t i = 0; i < lacks.size(); ++i) {
        SCOPED_TRACE(lacks[i].properties);
        network_ = machine.network(i);
        expect_answers(i);
    }
    EXPECT_NE(testpmd.quit().find("Bye"), std::string::npos);
}

TEST_P(Lacking, MovesTrafficWithoutAnOffloadOfSending) {
    moves_traffic(kSending);
}

TEST_P(Lacking, MovesTrafficWithoutAnOffloadOfReceiving) {
    moves_traffic(kReceiving);
}

TEST_P(Lacking, MovesTrafficWithoutGroupsOfOffloads) {
    moves_traffic(kGroups);
}

TEST_P(Lacking, ForwardsByDpdkWithoutAnOffloadOfSending) {
    forwards(kSending);
}

TEST_P(Lacking, ForwardsByDpdkWithoutAnOffloadOfReceiving) {
    forwards(kReceiving);
}

TEST_P(Lacking, ForwardsByDpdkWithoutGroupsOfOffloads) {
    forwards(kGroups);
}

INSTANTIATE_TEST_SUITE_P(Guest, Lacking, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Lacking);

}  // namespace
}  // namespace host
