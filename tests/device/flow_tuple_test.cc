// SPDX-License-Identifier: GPL-2.0-or-later
// What Flow Director compares, and what its masks leave out: X550 DS 7.1.3.6, tables 7-5 and 7-6.

#include <functional>
#include <gtest/gtest.h>

#include "flow_rig.h"
#include "tunnel_frame.h"

namespace x550 {
namespace {

// TCP 192.168.1.1:1024 to 192.168.1.2:80 in VLAN 100, priority 3, with one field changed.
struct Change {
    const char* name;
    std::uint32_t fdirm;   // makes the field count no more
    std::uint32_t offset;  // or this register with that value
    std::uint32_t value;
    std::function<FrameBuilder()> frame;
    std::function<void(Flow&)> mask;  // the flow as it is hashed then
};

FrameBuilder tagged(std::uint16_t tci, const char* source, const char* destination,
                    std::uint16_t from, std::uint16_t to) {
    return FrameBuilder().vlan(tci).ipv4(source, destination).tcp(from, to).payload(50);
}

constexpr const char* kSource = "192.168.1.1";
constexpr const char* kDestination = "192.168.1.2";
constexpr std::uint16_t kTci = 0x6064;

const std::vector<Change>& changes() {
    static const std::vector<Change> list = {
        {"VlanId", FDIRM::vlanid, 0, 0,
         [] { return tagged(0x6065, kSource, kDestination, 1024, 80); },
         [](Flow& f) {
             f.put(0, {0x60, 0});
         }},
        {"VlanPriority", FDIRM::vlanp, 0, 0,
         [] { return tagged(0x4064, kSource, kDestination, 1024, 80); },
         [](Flow& f) {
             f.put(0, {0, 0x64});
         }},
        {"Source", 0, FDIRSIP4M::at(), 0x02000000,
         [] { return tagged(kTci, "192.168.1.3", kDestination, 1024, 80); }, [](Flow&) {}},
        {"Destination", 0, FDIRDIP4M::at(), 0x0000FF00,
         [] { return tagged(kTci, kSource, "192.0.1.2", 1024, 80); },
         [](Flow& f) { f.put(19, {0}); }},
        {"SourcePort", 0, FDIRTCPM::at(), 0x00008000,  // reversed: the lowest bit
         [] { return tagged(kTci, kSource, kDestination, 1025, 80); }, [](Flow&) {}},
        {"DestinationPort", 0, FDIRTCPM::at(), 0x00010000,  // reversed: the highest bit
         [] { return tagged(kTci, kSource, kDestination, 1024, 0x8000 | 80); }, [](Flow&) {}},
    };
    return list;
}

class FlowField : public testing::TestWithParam<std::size_t> {};

TEST_P(FlowField, CountsUnlessItIsMasked) {
    const Change& change = changes().at(GetParam());
    Flow flow = known_flow();
    flow.put(0, {kTci >> 8, kTci & 0xFF});
    FlowRig plain;
    plain.start_perfect();
    plain.add_perfect(flow, 1, FlowRig::to_queue(5));
    EXPECT_TRUE(plain.steers(tagged(kTci, kSource, kDestination, 1024, 80)));
    EXPECT_TRUE(plain.steers(tagged(kTci | 0x1000, kSource, kDestination, 1024, 80))) << "DEI";
    EXPECT_FALSE(plain.steers(change.frame()));
    FlowRig masked;
    if (change.offset != 0) {
        masked.machine.write(change.offset, change.value);
    }
    masked.start_perfect(FDIRM::flex | FDIRM::pool | change.fdirm);
    Flow hashed = flow;
    change.mask(hashed);
    masked.add_perfect(flow, 1, FlowRig::to_queue(5), hashed);
    EXPECT_TRUE(masked.steers(tagged(kTci, kSource, kDestination, 1024, 80)));
    EXPECT_TRUE(masked.steers(change.frame()));
}

INSTANTIATE_TEST_SUITE_P(Each, FlowField, testing::Range(std::size_t{0}, changes().size()),
                         [](const auto& i) { return changes().at(i.param).name; });

TEST(FlowTuple, ProtocolCounts) {
    FlowRig rig;
    rig.start_perfect();
    for (const Protocol protocol : {Protocol::udp, Protocol::tcp, Protocol::sctp}) {
        rig.add_perfect(flow4(protocol, {192, 0, 2, 1}, {192, 0, 2, 2}, 7, 9),
                        static_cast<unsigned>(protocol), FlowRig::to_queue(5));
    }
    const auto index = [&](const FrameBuilder& frame) {
        const auto arrived = rig.deliver(frame.build());
        return arrived && arrived->steered ? arrived->packet.hash() & 0x1FFF : 0U;
    };
    FrameBuilder frame;
    frame.ipv4("192.0.2.1", "192.0.2.2").payload(20);
    EXPECT_EQ(index(frame.udp(7, 9)), 1u);
    EXPECT_EQ(index(frame.tcp(7, 9)), 2u);
    EXPECT_EQ(index(frame.sctp(7, 9)), 3u);
}

TEST(FlowTuple, FlexibleBytesCountWhereTheyAre) {
    FlowRig rig;
    rig.start_perfect(FDIRM::pool);  // flexible bytes at 12: the ethertype
    Flow flow = known_flow();
    flow.put(38, {0x08, 0x00});
    rig.add_perfect(flow, 1, FlowRig::to_queue(5));
    EXPECT_TRUE(rig.steers(known_frame()));
    flow.put(38, {0x12, 0x34});
    FlowRig other;
    other.start_perfect(FDIRM::pool);
    other.add_perfect(flow, 1, FlowRig::to_queue(5));
    EXPECT_FALSE(other.steers(known_frame()));
}

// Table 7-5: without L4 only while L4P says that nobody looks.
TEST(FlowTuple, OtherProtocolsAndFragmentsAreCandidatesWhileL4IsMasked) {
    const Flow addresses = [] {
        Flow flow;
        flow.put(2, {192, 0, 2, 1}).put(18, {192, 0, 2, 2});
        return flow;
    }();
    const auto icmp = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").protocol(1).payload(30);
    const auto fragment =
        FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").protocol(17).fragment(8, true).payload(64);
    FlowRig strict;
    strict.start_perfect();
    strict.add_perfect(addresses, 1, FlowRig::to_queue(5));
    EXPECT_FALSE(strict.steers(icmp));
    EXPECT_FALSE(strict.steers(fragment));
    EXPECT_EQ(strict.driver.read<FDIRMISS>(), 0u) << "no candidates";
    FlowRig loose;
    for (const std::uint32_t mask : {FDIRTCPM::at(), FDIRUDPM::at(), FDIRSCTPM::at()}) {
        loose.machine.write(mask, 0xFFFFFFFF);
    }
    loose.start_perfect(FDIRM::flex | FDIRM::pool | FDIRM::l4p);
    loose.add_perfect(addresses, 1, FlowRig::to_queue(5));
    EXPECT_TRUE(loose.steers(icmp));
    EXPECT_TRUE(loose.steers(fragment));
    EXPECT_TRUE(loose.steers(FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2)));
    EXPECT_FALSE(loose.steers(FrameBuilder().ipv4("192.0.2.1", "192.0.2.3").tcp(1, 2)));
}

// IPv6: bytes of the source by mask; the destination by IP6AT only.
TEST(FlowTuple, PerfectIpv6ComparesTheDestinationWithIp6at) {
    FlowRig rig;
    rig.driver.write<IP6AT>(0, 0xB80D0120);
    rig.driver.write<IP6AT>(3, 0x02000000);
    rig.driver.write<IPAV>(bit(16));
    rig.driver.write<FDIRIP6M>(0x8000);  // the last byte of the source
    rig.start_perfect();
    Flow flow = flow4(Protocol::tcp, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                      {1, 0, 0, 0}, 1000, 2000);
    flow.tuple[41] |= 4;
    flow.type |= FDIRCMD::ipv6 | FDIRCMD::ipv6dmatch;
    rig.add_perfect(flow, 1, FlowRig::to_queue(5));
    const auto frame = [](const char* source, const char* destination) {
        return FrameBuilder().ipv6(source, destination).tcp(1000, 2000).payload(9);
    };
    EXPECT_TRUE(rig.steers(frame("2001:db8::1", "2001:db8::2")));
    EXPECT_TRUE(rig.steers(frame("2001:db8::77", "2001:db8::2")));
    EXPECT_FALSE(rig.steers(frame("2001:db8::1:1", "2001:db8::2")));
    EXPECT_FALSE(rig.steers(frame("2001:db8::1", "2001:db8::3")));
    rig.driver.write<IPAV>(0);
    EXPECT_FALSE(rig.steers(frame("2001:db8::1", "2001:db8::2")));
}

// ---- The other modes ----

// As DPDK's "perfect-mac-vlan".
TEST(FlowTuple, MacVlanModeComparesAddressAndTag) {
    FlowRig rig;
    rig.driver.write<FCTRL>(FCTRL::upe | FCTRL::bam);
    rig.driver.write<FDIRIP6M>(0xFFFFFC0F);
    rig.start_perfect(FDIRM::l4p | FDIRM::l3p | FDIRM::dipv6 | FDIRM::pool | FDIRM::flex,
                      FDIRCTRL::mac_vlan_mode);
    Flow flow;
    flow.put(0, {0, 7}).put(6, Frame(kDeviceMac.begin(), kDeviceMac.end()));
    rig.add_perfect(flow, 1, FlowRig::to_queue(5));
    const auto frame = [](std::uint16_t tci, const Mac& to) {
        return FrameBuilder().to(to).vlan(tci).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(30);
    };
    EXPECT_TRUE(rig.steers(frame(7, kDeviceMac)));
    EXPECT_FALSE(rig.steers(frame(8, kDeviceMac)));
    EXPECT_FALSE(rig.steers(frame(7, kPeerMac)));
    EXPECT_EQ(rig.driver.read<FDIRMISS>(), 2u) << "every packet is a candidate";
}

struct Cloud {
    TunnelKind kind;
    Frame id;
    std::uint8_t type;
};

// As DPDK's "perfect-tunnel": VXLAN and NVGRE, whose identifiers the frames of the rig name.
TEST(FlowTuple, CloudModeComparesTheInnerAddressAndTheIdentifier) {
    for (const Cloud& cloud : {Cloud{TunnelKind::vxlan, {0, 0, 42, 0}, 0x80},
                               Cloud{TunnelKind::nvgre, {0, 0xAB, 0xCD, 0x12}, 0}}) {
        FlowRig rig;
        rig.driver.write<VXLANCTRL>(4789);
        rig.driver.write<FDIRIP6M>(0xFFFF040F);
        rig.start_perfect(FDIRM::l4p | FDIRM::l3p | FDIRM::dipv6 | FDIRM::pool | FDIRM::flex,
                          FDIRCTRL::cloud_mode);
        Flow flow;
        flow.put(6, Frame(kPeerMac.begin(), kPeerMac.end()));
        flow.tuple[13] = cloud.type;
        flow.put(14, cloud.id);
        rig.add_perfect(flow, 1, FlowRig::to_queue(5));
        const auto tunnel = [&](const Mac& inner) {
            return TunnelFrame(cloud.kind, FrameBuilder().ipv4("192.0.2.1", "192.0.2.2"),
                               FrameBuilder()
                                   .to(inner)
                                   .ipv4("198.51.100.1", "198.51.100.2")
                                   .tcp(1, 2)
                                   .payload(30))
                .frame;
        };
        EXPECT_TRUE(rig.deliver(tunnel(kPeerMac))->steered);
        EXPECT_FALSE(rig.deliver(tunnel(kDeviceMac))->steered);
        EXPECT_FALSE(rig.steers(known_frame())) << "not a tunnel";
        EXPECT_EQ(rig.driver.read<FDIRMISS>(), 1u);
        flow.tuple[16] ^= 1;
        FlowRig other;
        other.driver.write<VXLANCTRL>(4789);
        other.driver.write<FDIRIP6M>(0xFFFF040F);
        other.start_perfect(FDIRM::l4p | FDIRM::l3p | FDIRM::dipv6 | FDIRM::pool | FDIRM::flex,
                            FDIRCTRL::cloud_mode);
        other.add_perfect(flow, 1, FlowRig::to_queue(5));
        EXPECT_FALSE(other.deliver(tunnel(kPeerMac))->steered);
    }
}

// DPDK sets bit 12 of the mask for the 24 bits of a VNI; the byte behind them does not count then.
TEST(FlowTuple, CloudModeMasksTheByteBehindTheIdentifier) {
    FlowRig rig;
    rig.driver.write<FDIRIP6M>(0xFFFF140F);
    rig.start_perfect(FDIRM::l4p | FDIRM::l3p | FDIRM::dipv6 | FDIRM::pool | FDIRM::flex,
                      FDIRCTRL::cloud_mode);
    Flow flow;
    flow.put(6, Frame(kPeerMac.begin(), kPeerMac.end()));
    flow.put(14, {0, 0xAB, 0xCD, 0});  // the frames have a flow identifier of 0x12
    rig.add_perfect(flow, 1, FlowRig::to_queue(5));
    const TunnelFrame tunnel(
        TunnelKind::nvgre, FrameBuilder().ipv4("192.0.2.1", "192.0.2.2"),
        FrameBuilder().to(kPeerMac).ipv4("198.51.100.1", "198.51.100.2").tcp(1, 2).payload(30));
    EXPECT_TRUE(rig.deliver(tunnel.frame)->steered);
    flow.tuple[14] = 1;
    FlowRig other;
    other.driver.write<FDIRIP6M>(0xFFFF140F);
    other.start_perfect(FDIRM::l4p | FDIRM::l3p | FDIRM::dipv6 | FDIRM::pool | FDIRM::flex,
                        FDIRCTRL::cloud_mode);
    other.add_perfect(flow, 1, FlowRig::to_queue(5));
    EXPECT_FALSE(other.deliver(tunnel.frame)->steered);
}

// The inner headers of a tunnel are what IP mode compares, with TUNNEL_FILTER.
TEST(FlowTuple, TunnelFiltersCompareTheInnerHeaders) {
    FlowRig rig;
    rig.driver.write<VXLANCTRL>(4789);
    rig.start_perfect();
    Flow flow = flow4(Protocol::tcp, {198, 51, 100, 1}, {198, 51, 100, 2}, 1, 2);
    flow.tuple[41] |= 0x10;
    flow.type |= FDIRCMD::tunnel;
    rig.add_perfect(flow, 1, FlowRig::to_queue(5));
    const FrameBuilder inner =
        FrameBuilder().ipv4("198.51.100.1", "198.51.100.2").tcp(1, 2).payload(30);
    for (const TunnelKind kind : {TunnelKind::vxlan, TunnelKind::nvgre}) {
        const TunnelFrame tunnel(kind, FrameBuilder().ipv4("192.0.2.1", "192.0.2.2"), inner);
        EXPECT_TRUE(rig.deliver(tunnel.frame)->steered);
    }
    EXPECT_FALSE(rig.steers(inner)) << "the same headers without a tunnel";
}

}  // namespace
}  // namespace x550
