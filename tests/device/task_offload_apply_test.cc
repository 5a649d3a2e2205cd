// SPDX-License-Identifier: GPL-2.0-or-later
// Requested parameters: every value of every member, and that a request is applied whole or not at
// all. Rules CTRL-5 and MAP-1 to MAP-4.

#include <array>
#include <gtest/gtest.h>

#include "task_offload_rig.h"

namespace x550 {
namespace {

// What a byte value answers, for a device that has everything.
using Codes = std::array<std::uint32_t, 256>;
Codes codes(std::initializer_list<std::uint32_t> first, std::uint32_t others = 3) {
    Codes out;
    out.fill(others);
    std::copy(first.begin(), first.end(), out.begin());
    return out;
}
constexpr std::uint32_t kDone = Result::done, kAbsent = Result::not_supported;

struct Member {
    const char* name;
    std::uint32_t offset;
    Codes codes;
    std::uint32_t member;  // the offset that is told
};

std::vector<Member> members() {
    const Codes csum = codes({kDone, kDone, kDone, kDone, kDone});
    const Codes on_off = codes({kDone, kDone, kDone});
    const Codes ipsec = codes({kDone, kDone, kAbsent, kAbsent, kAbsent});
    const Codes reserved = codes({kDone});
    std::vector<Member> out = {
        {"IPv4Checksum", 0, csum, 0},
        {"TCPIPv4Checksum", 1, csum, 1},
        {"UDPIPv4Checksum", 2, csum, 2},
        {"TCPIPv6Checksum", 3, csum, 3},
        {"UDPIPv6Checksum", 4, csum, 4},
        {"LsoV1", 5, on_off, 5},
        {"IPsecV1", 6, ipsec, 6},
        {"LsoV2IPv4", 7, on_off, 7},
        {"LsoV2IPv6", 8, on_off, 8},
        {"TcpConnectionIPv4", 9, reserved, 9},
        {"TcpConnectionIPv6", 10, reserved, 10},
        {"Flags", 12, codes({kDone, kDone}), 12},
        {"FlagsByte1", 13, reserved, 12},
        {"FlagsByte2", 14, reserved, 12},
        {"FlagsByte3", 15, reserved, 12},
        {"IPsecV2", 16, ipsec, 16},
        {"IPsecV2IPv4", 17, ipsec, 17},
        {"RscIPv4", 18, on_off, 18},
        {"RscIPv6", 19, on_off, 19},
        {"Encapsulated", 20, on_off, 20},
        {"EncapsulationTypes", 21, reserved, 21},  // without "on"
        {"VxlanPortLow", 22, codes({}, kDone), 22},
        {"VxlanPortHigh", 23, codes({}, kDone), 22},
        {"UsoIPv4", 24, on_off, 24},
        {"UsoIPv6", 25, on_off, 25},
        {"UdpRsc", 26, codes({kDone, kDone, kAbsent}), 26},
        {"Reserved", 11, reserved, 11},
    };
    for (std::uint32_t offset = Param::end; offset < Param::area; ++offset) {
        out.push_back({"Behind", offset, reserved, offset});
    }
    return out;
}

// Rules CTRL-5 and MAP-2: each byte by itself.
// NOLINTNEXTLINE(readability-function-cognitive-complexity): one loop in another
TEST(TaskOffloadApply, EveryValueOfEveryMemberHasItsCode) {
    const TaskOffloadRig rig;
    for (const Member& one : members()) {
        for (unsigned value = 0; value < 256; ++value) {
            rig.block.request(one.offset, static_cast<std::uint8_t>(value));
            const std::uint32_t expected = one.codes.at(value);
            const std::uint32_t before = rig.block.generation();
            ASSERT_EQ(rig.block.ring(Doorbell::parameters), expected) << one.name << " " << value;
            ASSERT_EQ(rig.block.refused(), expected == kDone ? 0 : Block::parameters + one.member)
                << one.name << " " << value;
            if (expected != kDone) {
                ASSERT_EQ(rig.block.generation(), before) << one.name << " " << value;
            }
            ASSERT_EQ(rig.block.read((Block::parameters + one.offset) & ~3u), 0u)
                << "MAP-4: the area is cleared, done or refused";
        }
        rig.block.ring(Doorbell::defaults);
    }
}

struct Absent {
    const char* name;
    void (*remove)(ixgbe_offload_config&);
    std::uint32_t member;
    std::vector<std::uint8_t> refused, accepted;
};

const std::vector<Absent>& absent() {
    using C = ixgbe_offload_config;
    static const std::vector<Absent> list = {
        {"IPv4Checksum", [](C& c) { c.csum_ip4 = IXGBE_OFFLOAD_NONE; }, 0, {2, 3, 4}, {0, 1}},
        {"TcpTxOnly", [](C& c) { c.csum_tcp4 = IXGBE_OFFLOAD_TX; }, 1, {3, 4}, {0, 1, 2}},
        {"UdpRxOnly", [](C& c) { c.csum_udp4 = IXGBE_OFFLOAD_RX; }, 2, {2, 4}, {0, 1, 3}},
        {"TCPIPv6", [](C& c) { c.csum_tcp6 = IXGBE_OFFLOAD_NONE; }, 3, {2, 3, 4}, {0, 1}},
        {"UDPIPv6", [](C& c) { c.csum_udp6 = IXGBE_OFFLOAD_NONE; }, 4, {2, 3, 4}, {0, 1}},
        {"LsoV1", [](C& c) { c.lso1 = false; }, Param::lso1, {2}, {0, 1}},
        {"LsoV2IPv4", [](C& c) { c.lso2_ip4 = false; }, Param::lso2v4, {2}, {0, 1}},
        {"LsoV2IPv6", [](C& c) { c.lso2_ip6 = false; }, Param::lso2v6, {2}, {0, 1}},
        {"RscIPv4", [](C& c) { c.rsc_ip4 = false; }, Param::rsc4, {2}, {0, 1}},
        {"RscIPv6", [](C& c) { c.rsc_ip6 = false; }, Param::rsc6, {2}, {0, 1}},
        {"UsoIPv4", [](C& c) { c.uso_ip4 = false; }, Param::uso4, {2}, {0, 1}},
        {"UsoIPv6", [](C& c) { c.uso_ip6 = false; }, Param::uso6, {2}, {0, 1}},
        {"Tunnels", [](C& c) { c.nvgre = c.vxlan = false; }, Param::encap, {1}, {0, 2}},
    };
    return list;
}

// Rules CTRL-5 and MAP-2: what the hardware lacks can only be switched off.
TEST(TaskOffloadApply, WhatTheHardwareLacksIsNotSupported) {
    for (const Absent& one : absent()) {
        const TaskOffloadRig rig(changed_config(one.remove));
        for (const std::uint8_t value : one.refused) {
            EXPECT_EQ(rig.block.apply({{one.member, value}}), kAbsent) << one.name << +value;
            EXPECT_EQ(rig.block.refused(), Block::parameters + one.member) << one.name;
        }
        for (const std::uint8_t value : one.accepted) {
            EXPECT_EQ(rig.block.apply({{one.member, value}}), kDone) << one.name << +value;
        }
    }
}

// Rule MAP-6: large sends are sent with checksums, on or off (KEY-4), which the hardware must have.
TEST(TaskOffloadApply, Map6LargeSendsNeedTheirChecksumsInHardware) {
    const TaskOffloadRig no4(changed_config([](auto& c) { c.csum_tcp4 = IXGBE_OFFLOAD_RX; }));
    EXPECT_EQ(no4.block.apply({{Param::lso1, Switch::on}}), kAbsent);
    EXPECT_EQ(no4.block.apply({{Param::lso2v4, Switch::on}}), kAbsent);
    EXPECT_EQ(no4.block.apply({{Param::lso2v6, Switch::on}}), kDone);
    const TaskOffloadRig no6(changed_config([](auto& c) { c.csum_tcp6 = IXGBE_OFFLOAD_NONE; }));
    EXPECT_EQ(no6.block.apply({{Param::lso2v6, Switch::on}}), kAbsent);
    EXPECT_EQ(no6.block.apply({{Param::lso2v4, Switch::on}}), kDone);
    const TaskOffloadRig usual;
    EXPECT_EQ(usual.block.apply({{Param::tcp4_csum, CsumValue::off}, {Param::lso1, Switch::on}}),
              kDone)
        << "merely off";
}

// Rule MAP-1, with the bad member before, between and behind the good ones; the restoring of
// defaults and the clearing of counters that were rung with it are refused as well.
TEST(TaskOffloadApply, OneBadMemberRefusesAll) {
    for (const std::uint32_t bad : {Param::ip4_csum, Param::ipsec1, Param::udp_rsc}) {
        TaskOffloadRig rig;
        rig.block.engage({{Param::lso2v6, Switch::off}});
        rig.machine.state().task_offload.counter[Counter::lso_off] = 77;
        const std::uint32_t csum = rig.block.current(Word::csum);
        const std::uint32_t seg = rig.block.current(Word::seg);
        const std::uint32_t generation = rig.block.generation();
        rig.block.request(Param::tcp4_csum, CsumValue::off);
        rig.block.request(Param::lso1, Switch::off);
        rig.block.request(Param::uso6, Switch::off);
        rig.block.request(bad, 200);
        rig.block.request_encapsulation(false, EncapValue::off);
        EXPECT_EQ(rig.block.ring(Doorbell::parameters | Doorbell::encapsulation |
                                 Doorbell::defaults | Doorbell::clear_statistics),
                  Result::invalid_data);
        EXPECT_EQ(rig.block.refused(), Block::parameters + bad);
        EXPECT_EQ(rig.block.current(Word::csum), csum);
        EXPECT_EQ(rig.block.current(Word::seg), seg);
        EXPECT_NE(rig.block.current(Word::flags) & Flags::ip4, 0u);
        EXPECT_EQ(rig.block.counter(Counter::lso_off), 77u);
        EXPECT_EQ(rig.block.generation(), generation);
        for (std::uint32_t at = Block::parameters; at < Block::request_end; at += 4) {
            EXPECT_EQ(rig.block.read(at), 0u);
        }
    }
}

// Rule MAP-4: members that are 0 stay as they are.
TEST(TaskOffloadApply, MembersOfZeroDoNotChange) {
    const TaskOffloadRig rig;
    rig.block.engage({{Param::tcp4_csum, CsumValue::tx}, {Param::lso1, Switch::off}});
    const std::uint32_t csum = rig.block.current(Word::csum);
    EXPECT_EQ(csum & (Csum::tcp4 | Csum::tcp4 << Csum::rx_shift), Csum::tcp4);
    EXPECT_EQ(rig.block.apply({{Param::uso4, Switch::off}}), kDone);
    EXPECT_EQ(rig.block.current(Word::csum), csum);
    EXPECT_EQ(rig.block.current(Word::seg) & (Seg::lso1 | Seg::uso4), 0u);
    EXPECT_EQ(rig.block.current(Word::lso1_max), 0u);
    EXPECT_EQ(rig.block.current(Word::uso4_max), 0u);
    EXPECT_EQ(rig.block.current(Word::min_segs), 0x02020200u) << "USO for IPv6 is still on";
    EXPECT_EQ(rig.block.hardware(Word::lso1_max), 65'415u);
}

TEST(TaskOffloadApply, EverySwitchGoesOffAndOnAgain) {
    const TaskOffloadRig rig;
    const std::uint32_t csum = rig.block.current(Word::csum);
    const std::uint32_t seg = rig.block.current(Word::seg);
    const std::uint32_t rsc = rig.block.current(Word::rsc);
    for (const auto& [member, on] : OffloadBlock::Requests{{0, 4},
                                                           {1, 4},
                                                           {2, 4},
                                                           {3, 4},
                                                           {4, 4},
                                                           {5, 2},
                                                           {7, 2},
                                                           {8, 2},
                                                           {18, 2},
                                                           {19, 2},
                                                           {24, 2},
                                                           {25, 2}}) {
        const auto same = [&] {
            return rig.block.current(Word::csum) == csum && rig.block.current(Word::seg) == seg &&
                   rig.block.current(Word::rsc) == rsc;
        };
        EXPECT_EQ(rig.block.apply({{member, std::uint8_t{1}}}), kDone);
        EXPECT_FALSE(same()) << member;
        EXPECT_EQ(rig.block.apply({{member, on}}), kDone);
        EXPECT_TRUE(same()) << member;
    }
}

}  // namespace
}  // namespace x550
