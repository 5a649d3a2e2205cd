// SPDX-License-Identifier: GPL-2.0-or-later
// Each property of a task offload turned off, or down to its limit, by itself: a driver of the X550
// that counts on its chip works all the same. Two guests have sixteen NICs each.
#include <algorithm>
#include <array>
#include <utility>

#include "dpdk_fixture.h"

namespace host {
namespace {

using Properties = std::array<const char*, 16>;

constexpr Properties kSending{
    "csum-ip4=off",  "csum-tcp4=off",       "csum-udp4=off",    "csum-tcp6=off",
    "csum-udp6=off", "csum-ip-options=off", "csum-ip6-ext=off", "lso1=off",
    "lso2-ip4=off",  "lso2-ip6=off",        "lso-max=1000",     "lso-min-segs=255",
    "uso-ip4=off",   "uso-ip6=off",         "uso-sub-mss=off",  "task-offload-cap=off",
};
constexpr Properties kReceiving{
    "rsc-ip4=off",    "rsc-ip6=off",         "rsc-timestamps=off",
    "rsc-flows=1",    "rsc-max-segs=2",      "nvgre=off",
    "vxlan=off",      "encap-max-header=64", "vxlan-port-fixed=on",
    "rss=off",        "rss-udp=off",         "rss-queues=1",
    "vmq=off",        "vmq-vlan=off",        "vmq-queues=1",
    "rss-or-vmq=vmq",
};

constexpr unsigned kMemory = 768;

class Lacking : public Dpdk {
protected:
    Machine& boot_lacking(MachineConfig config, const Properties& lacks) {
        std::vector<Nic> nics;
        for (const char* const property : lacks) {
            nics.push_back({&add_network(Backend::stream), device(property), mac(nics.size())});
        }
        config.memory_mb = kMemory;
        return boot(std::move(config), nics);
    }
    void moves_traffic(const Properties& lacks);
    void forwards(const Properties& lacks);
};

void Lacking::moves_traffic(const Properties& lacks) {
    Machine& machine = boot_lacking(config_of(GetParam()), lacks);
    for (std::size_t i = 0; i < lacks.size(); ++i) {
        SCOPED_TRACE(lacks.at(i));
        const std::string ifname = configure_guest(machine, i).ifname;
        const Json lro = machine.agent().call(
            "features.set", {{"ifname", ifname}, {"features", {{"rx-lro", true}}}});
        EXPECT_FALSE(lro.contains("refused")) << lro.dump();
        machine.agent().call("link.wait", {{"ifname", ifname}});
        expect_checks(machine, {"ping4", "ping6", "tcp4", "tcp6", "udp4", "udp6"}, i);
    }
    expect_happy_end(machine);
}

// Each port answers on the wire that asked, byte for byte.
void Lacking::forwards(const Properties& lacks) {
    const std::vector<std::size_t> sizes{46, 500, 1000, 1500};
    Machine& machine = boot_lacking(dpdk_config(), lacks);
    Testpmd testpmd(machine, "uio_pci_generic",
                    {"--forward-mode=macswap", "--port-topology=loop", "--enable-rx-cksum"});
    testpmd.start();
    for (std::size_t i = 0; i < lacks.size(); ++i) {
        SCOPED_TRACE(lacks.at(i));
        network_ = machine.network(i);
        const std::size_t mark = wire().mark();
        for (const std::size_t size : sizes) {
            wire().inject(experiment_frame(mac(i), lacks.at(i), size));
        }
        const auto frames = returned(
            mark, sizes.size(), [&](const Frame& frame) { return contains(frame, lacks.at(i)); });
        ASSERT_EQ(frames.size(), sizes.size());
        for (std::size_t k = 0; k < sizes.size(); ++k) {
            auto expected = experiment_frame(kWireMac, lacks.at(i), sizes[k]);
            const auto source = experiment_frame(mac(i), "", 0);
            std::copy_n(source.begin(), 6, expected.begin() + 6);
            EXPECT_EQ(frames[k].bytes, expected);
        }
    }
    EXPECT_NE(testpmd.quit().find("Bye"), std::string::npos);
}

TEST_P(Lacking, MovesTrafficWithoutAnOffloadOfSending) {
    moves_traffic(kSending);
}

TEST_P(Lacking, MovesTrafficWithoutAnOffloadOfReceiving) {
    moves_traffic(kReceiving);
}

TEST_P(Lacking, ForwardsByDpdkWithoutAnOffloadOfSending) {
    forwards(kSending);
}

TEST_P(Lacking, ForwardsByDpdkWithoutAnOffloadOfReceiving) {
    forwards(kReceiving);
}

INSTANTIATE_TEST_SUITE_P(Guest, Lacking, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Lacking);

}  // namespace
}  // namespace host
