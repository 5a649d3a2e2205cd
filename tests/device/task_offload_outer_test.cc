// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict on the outer header of tunnels, under the switches and properties of IPv4 checksums.
// Rules CTRL-3, CSUM-13, CSUM-17 and NVGRE-16.

#include <gtest/gtest.h>

#include "task_offload_rig.h"
#include "tunnel_frame.h"

namespace x550 {
namespace {

constexpr std::uint32_t kOuterRight = RxWriteBack::outer_ipcs;
constexpr std::uint32_t kOuterWrong = kOuterRight | bit(26);  // X550 DS 7.1.6.2: OUTERIPER
constexpr std::uint32_t kInner4 = RxWriteBack::ipcs | RxWriteBack::l4cs;
constexpr std::uint32_t kInner6 = RxWriteBack::l4cs;
constexpr std::uint32_t kVerdict = kOuterWrong | kInner4 | RxWriteBack::ipe | RxWriteBack::l4e;

constexpr TunnelKind kKinds[] = {TunnelKind::nvgre, TunnelKind::vxlan};

FrameBuilder outer(bool options = false) {
    FrameBuilder out = FrameBuilder().ipv4("10.0.0.1", "10.0.0.2");
    return options ? out.ip_options() : out;
}
FrameBuilder inner(bool v4 = true, bool options = false) {
    FrameBuilder out = v4 ? FrameBuilder().ipv4("192.0.2.1", "192.0.2.2")
                          : FrameBuilder().ipv6("2001:db8::1", "2001:db8::2");
    return (options ? out.ip_options() : out).tcp(1, 2).payload(50);
}

struct OuterRig : TaskOffloadRig {
    RxRing rx{driver, 0, {.size = 16}};

    explicit OuterRig(const ixgbe_config& config = default_config()) : WithBlock(config) {
        driver.write<VXLANCTRL>(4789);
    }
    // IPv4 and IPv6 as the protocols ask, tunnels on.
    void engage(OffloadBlock::Requests requests, bool v4 = true, bool v6 = true) const {
        for (const auto& [member, value] : requests) {
            block.request(member, value);
        }
        block.request(Param::encap, EncapValue::on);
        block.request(Param::encap_types, EncapValue::both);
        block.request_encapsulation(false, v4 ? EncapValue::on : EncapValue::off);
        block.request_encapsulation(true, v6 ? EncapValue::on : EncapValue::off);
        EXPECT_EQ(block.ring(Doorbell::parameters | Doorbell::encapsulation), Result::done);
    }
    std::uint32_t verdict(const Frame& frame) {
        EXPECT_EQ(machine.receive_alone(frame), IXGBE_ACCEPTED);
        const auto packet = rx.take();
        rx.fill_all();
        EXPECT_TRUE(packet);
        return packet ? packet->status() & kVerdict : 0;
    }
    // The frame as it is, and with another outer TTL than its checksum says.
    void expect(const TunnelFrame& tunnel, std::uint32_t inner_bits, bool outer_told) {
        Frame bad = tunnel.frame;
        bad.at(tunnel.outer_l3 + 8) ^= 1;
        EXPECT_EQ(verdict(tunnel.frame), inner_bits | (outer_told ? kOuterRight : 0)) << "right";
        EXPECT_EQ(verdict(bad), inner_bits | (outer_told ? kOuterWrong : 0)) << "wrong";
    }
};

TEST(TaskOffloadOuter, WithIpv4ChecksumsOffItHasNoVerdict) {
    for (const TunnelKind kind : kKinds) {
        OuterRig rig;
        rig.engage({});
        rig.expect({kind, outer(), inner()}, kInner4, true);
        rig.engage({{Param::ip4_csum, CsumValue::tx}});
        rig.expect({kind, outer(), inner()}, RxWriteBack::l4cs, false);
        rig.expect({kind, outer(), inner(false)}, kInner6, false);
        rig.engage({{Param::ip4_csum, CsumValue::rx}, {Param::tcp4_csum, CsumValue::off}});
        rig.expect({kind, outer(), inner()}, RxWriteBack::ipcs, true);
    }
}

TEST(TaskOffloadOuter, WithoutIpv4ChecksumsAStockDriverHasNoVerdict) {
    for (const TunnelKind kind : kKinds) {
        OuterRig rig(changed_config([](auto& c) { c.csum_ip4 = IXGBE_OFFLOAD_TX; }));
        rig.expect({kind, outer(), inner()}, RxWriteBack::l4cs, false);
        rig.expect({kind, outer(), inner(false)}, kInner6, false);
    }
}

// Rule CTRL-3: each header waits for its own version.
TEST(TaskOffloadOuter, WaitsForItsIpVersion) {
    for (const TunnelKind kind : kKinds) {
        OuterRig rig;
        rig.engage({}, false, true);
        rig.expect({kind, outer(), inner(false)}, kInner6, false);
        rig.expect({kind, outer(), inner()}, 0, false);
        rig.engage({}, true, false);
        rig.expect({kind, outer(), inner(false)}, 0, true);
        rig.expect({kind, outer(), inner()}, kInner4, true);
    }
}

TEST(TaskOffloadOuter, OptionsAreAPropertyOfEachHeader) {
    for (const TunnelKind kind : kKinds) {
        OuterRig rig(changed_config([](auto& c) { c.csum_ip_options = false; }));
        for (const bool engaged : {false, true}) {
            rig.expect({kind, outer(), inner()}, kInner4, true);
            rig.expect({kind, outer(true), inner()}, kInner4, false);
            rig.expect({kind, outer(), inner(true, true)}, 0, true);
            if (!engaged) {
                rig.engage({});
            }
        }
    }
}

// With another checksum off, which has to do with nothing here.
TEST(TaskOffloadOuter, WithOptionsItHasItsVerdictUnlessThePropertyIsOff) {
    for (const TunnelKind kind : kKinds) {
        OuterRig rig;
        rig.engage({{Param::udp6_csum, CsumValue::off}});
        rig.expect({kind, outer(true), inner()}, kInner4, true);
        rig.expect({kind, outer(true), inner(true, true)}, kInner4, true);
    }
}

}  // namespace
}  // namespace x550
