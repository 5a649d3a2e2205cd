// SPDX-License-Identifier: GPL-2.0-or-later
// What the switches of the task-offload block do to the checksums of packets that are sent. Rules
// CSUM-1, CSUM-12 and MAP-8.

#include <gtest/gtest.h>

#include "lso_request.h"
#include "offload_probe.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

constexpr std::size_t kL3 = kEthBytes;

using TransmitRig = WithBlock<LsoRig>;

struct Sum {
    const char* name;
    std::uint32_t member, option, type;
    bool v6, udp;

    [[nodiscard]] FrameBuilder builder() const { return ProbedProtocol{name, v6, udp}.builder(); }
    [[nodiscard]] Frame right() const { return builder().build(); }
    // The one field that is asked for holds what a driver stores there.
    [[nodiscard]] Frame request() const {
        Frame frame = right();
        if (option == TxData::ixsm) {
            put_be16(frame, kL3 + 10, 0);
        } else {
            seed_l4_checksum(frame, kL3, builder().l4_offset());
        }
        return frame;
    }
    // Linux sets TUCMD.IPV4 for large sends only.
    [[nodiscard]] Frame sent(TransmitRig& rig, bool says_version = true) const {
        rig.host.forget();
        rig.tx.put_context({.iplen = static_cast<std::uint32_t>(builder().l4_offset() - kL3),
                            .type = type | (says_version && !v6 ? TxContext::ipv4 : 0)});
        rig.tx.send(request(), {.options = option});
        EXPECT_EQ(rig.host.sent.size(), 1u) << name;
        return rig.host.sent.empty() ? Frame{} : rig.host.sent[0].bytes;
    }
};

constexpr Sum kSums[] = {
    {"Ip4", Param::ip4_csum, TxData::ixsm, TxContext::l4_tcp, false, false},
    {"Tcp4", Param::tcp4_csum, TxData::txsm, TxContext::l4_tcp, false, false},
    {"Udp4", Param::udp4_csum, TxData::txsm, TxContext::l4_udp, false, true},
    {"Tcp6", Param::tcp6_csum, TxData::txsm, TxContext::l4_tcp, true, false},
    {"Udp6", Param::udp6_csum, TxData::txsm, TxContext::l4_udp, true, true},
};

class TaskOffloadTxCsum : public testing::TestWithParam<Sum> {};

TEST_P(TaskOffloadTxCsum, OffLeavesItsFieldAsStoredAndTheOthersAlone) {
    for (const std::uint8_t value : {CsumValue::off, CsumValue::rx}) {
        TransmitRig rig;
        rig.block.engage({{GetParam().member, value}});
        for (const Sum& one : kSums) {
            const bool off = one.member == GetParam().member;
            for (const bool says_version : {true, false}) {
                EXPECT_TRUE(
                    same_bytes(off ? one.request() : one.right(), one.sent(rig, says_version)))
                    << one.name;
            }
            EXPECT_EQ(rig.block.counter(Counter::tx_csum_off), off ? 2u : 0u) << one.name;
            rig.block.ring(Doorbell::clear_statistics);
        }
    }
}

TEST_P(TaskOffloadTxCsum, ServesWhatIsOnAndEverythingBeforeADoorbell) {
    TransmitRig rig;
    EXPECT_TRUE(same_bytes(GetParam().right(), GetParam().sent(rig)));
    rig.block.engage({{GetParam().member, CsumValue::tx}});
    EXPECT_TRUE(same_bytes(GetParam().right(), GetParam().sent(rig)));
    // A property cannot make a stock driver's descriptor fail.
    TransmitRig lacking(changed_config([](auto& c) {
        c.csum_ip4 = c.csum_tcp4 = c.csum_udp4 = c.csum_tcp6 = c.csum_udp6 = IXGBE_OFFLOAD_NONE;
        c.lso1 = c.lso2_ip4 = c.lso2_ip6 = c.uso_ip4 = c.uso_ip6 = false;
    }));
    EXPECT_TRUE(same_bytes(GetParam().right(), GetParam().sent(lacking)));
    EXPECT_EQ(lacking.send(tcp4(3000, 1000)).size(), 3u);
    EXPECT_EQ(lacking.send(udp(true, 3000, 1000)).size(), 3u);
    lacking.block.engage();
    EXPECT_TRUE(same_bytes(GetParam().request(), GetParam().sent(lacking)));
    EXPECT_EQ(lacking.block.counter(Counter::tx_csum_off), 1u);
}

// What is off is not left to a peer that would do it.
TEST_P(TaskOffloadTxCsum, OffIsNotHandedOver) {
    TransmitRig rig;
    ixgbe_set_peer(rig.machine.device(), kPeerAll);
    rig.block.engage({{GetParam().member, CsumValue::off}});
    EXPECT_TRUE(same_bytes(GetParam().request(), GetParam().sent(rig)));
    ASSERT_EQ(rig.host.sent.size(), 1u);
    EXPECT_TRUE(rig.host.sent[0].finished());
}

INSTANTIATE_TEST_SUITE_P(, TaskOffloadTxCsum, testing::ValuesIn(kSums),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace x550
