// SPDX-License-Identifier: GPL-2.0-or-later
// Requests for encapsulated packets: their types and the port of VXLAN. Rules CTRL-5, CTRL-10 and
// NVGRE-2.

#include <gtest/gtest.h>

#include "task_offload_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kDone = Result::done, kAbsent = Result::not_supported;

TEST(TaskOffloadEncapRequest, EncapsulationTypesGoWithOnOnly) {
    const TaskOffloadRig rig;
    const auto active = [&] {
        return rig.block.current(Word::encap_port) & (EncapPort::nvgre | EncapPort::vxlan);
    };
    const std::uint32_t expected[] = {EncapPort::nvgre, EncapPort::nvgre, EncapPort::vxlan,
                                      EncapPort::nvgre | EncapPort::vxlan};
    for (std::uint8_t types = 0; types < 4; ++types) {
        EXPECT_EQ(rig.block.apply({{Param::encap, EncapValue::on}, {Param::encap_types, types}}),
                  kDone);
        EXPECT_EQ(active(), expected[types]) << +types << ": 0 is NVGRE";
        EXPECT_NE(rig.block.current(Word::flags) & Flags::encap_active, 0u);
        EXPECT_EQ(rig.block.apply({{Param::encap, EncapValue::off}}), kDone);
        EXPECT_EQ(active(), 0u);
        EXPECT_EQ(rig.block.current(Word::flags) & Flags::encap_active, 0u);
    }
    for (unsigned types = 4; types < 256; ++types) {
        EXPECT_EQ(rig.block.apply({{Param::encap, EncapValue::on},
                                   {Param::encap_types, static_cast<std::uint8_t>(types)}}),
                  Result::invalid_data);
        EXPECT_EQ(rig.block.refused(), Block::parameters + Param::encap_types);
    }
}

TEST(TaskOffloadEncapRequest, ATunnelThatIsAbsentCannotBeSwitchedOn) {
    const TaskOffloadRig no_nvgre(changed_config([](auto& c) { c.nvgre = false; }));
    const TaskOffloadRig no_vxlan(changed_config([](auto& c) { c.vxlan = false; }));
    const auto on = [](const TaskOffloadRig& rig, std::uint8_t types) {
        return rig.block.apply({{Param::encap, EncapValue::on}, {Param::encap_types, types}});
    };
    EXPECT_EQ(on(no_nvgre, EncapValue::nvgre), kAbsent);
    EXPECT_EQ(on(no_nvgre, 0), kAbsent);
    EXPECT_EQ(on(no_nvgre, EncapValue::both), kAbsent);
    EXPECT_EQ(on(no_nvgre, EncapValue::vxlan), kDone);
    EXPECT_EQ(on(no_vxlan, EncapValue::vxlan), kAbsent);
    EXPECT_EQ(on(no_vxlan, EncapValue::both), kAbsent);
    EXPECT_EQ(on(no_vxlan, EncapValue::nvgre), kDone);
}

TEST(TaskOffloadEncapRequest, VxlanPortIsKeptSetOrFixed) {
    const auto set = [](const TaskOffloadRig& rig, std::uint16_t port) {
        rig.block.request_port(port);
        return rig.block.ring(Doorbell::parameters);
    };
    const auto port = [](const TaskOffloadRig& rig) {
        return rig.block.current(Word::encap_port) & EncapPort::port_mask;
    };
    const TaskOffloadRig rig;
    EXPECT_EQ(set(rig, 8472), kDone);
    EXPECT_EQ(port(rig), 8472u);
    EXPECT_EQ(rig.block.hardware(Word::encap_port) & EncapPort::port_mask, 4789u);
    EXPECT_EQ(set(rig, 0), kDone);
    EXPECT_EQ(port(rig), 8472u);
    const TaskOffloadRig fixed(changed_config([](auto& c) { c.vxlan_port_fixed = true; }));
    EXPECT_EQ(set(fixed, 8472), kAbsent);
    EXPECT_EQ(fixed.block.refused(), Block::parameters + Param::vxlan_port);
    EXPECT_EQ(set(fixed, 0), kDone);
    EXPECT_EQ(port(fixed), 4789u);
}

}  // namespace
}  // namespace x550
