// SPDX-License-Identifier: GPL-2.0-or-later
// What the switches of the task-offload block do to large sends. Rules KEY-4, CTRL-8, LSO-13,
// LSO-21 and CSUM-23.

#include <gtest/gtest.h>

#include "lso_request.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

constexpr std::size_t kL3 = kEthBytes;

struct TransmitRig : WithBlock<LsoRig> {
    using WithBlock::WithBlock;

    // Whatever leaves, for a large send that may be refused; true if its descriptor is completed.
    bool large(const Lso& lso, const std::vector<std::size_t>& pieces = {}) {
        host.forget();
        lso.post(tx, pieces);
        tx.kick();
        EXPECT_TRUE(machine.run());
        return tx.done((tx.tail() + tx.size() - 1) % tx.size());
    }
};

// Rules KEY-4, CSUM-23, LSO-22 and USO-13.
TEST(TaskOffloadLso, ALargeSendHasItsChecksumsWithAllOfThemOff) {
    TransmitRig rig;
    rig.block.engage({{Param::ip4_csum, CsumValue::off},
                      {Param::tcp4_csum, CsumValue::off},
                      {Param::udp4_csum, CsumValue::off},
                      {Param::tcp6_csum, CsumValue::off},
                      {Param::udp6_csum, CsumValue::off}});
    for (const Lso& lso :
         {tcp4(3000, 1000), tcp6(3000, 1000), udp(false, 3000, 1000), udp(true, 3000, 1000)}) {
        EXPECT_EQ(rig.send(lso).size(), 3u);  // and each of them right
    }
    EXPECT_EQ(rig.block.counter(Counter::tx_csum_off), 0u);
}

// ---- Large sends that are off ----

// Far from where identifications wrap, which is not for every peer.
Lso low_id(Lso lso) {
    lso.builder.ip_id(1);
    return lso;
}

struct Large {
    const char* name;
    Lso (*request)();
    std::vector<std::pair<std::uint32_t, std::uint8_t>> off;
    unsigned requests, segments, dropped;
};

const std::vector<Large>& larges() {
    static const std::vector<Large> list = {
        {"Tcp4",
         [] { return low_id(tcp4(3500, 1000)); },
         {{Param::lso1, Switch::off}, {Param::lso2v4, Switch::off}},
         Counter::lso_requests,
         Counter::lso_segments,
         Counter::lso_off},
        {"Tcp6",
         [] { return tcp6(3500, 1000); },
         {{Param::lso2v6, Switch::off}},
         Counter::lso_requests,
         Counter::lso_segments,
         Counter::lso_off},
        {"Udp4",
         [] { return udp(false, 3500, 1000); },
         {{Param::uso4, Switch::off}},
         Counter::uso_requests,
         Counter::uso_datagrams,
         Counter::uso_rejected},
        {"Udp6",
         [] { return udp(true, 3500, 1000); },
         {{Param::uso6, Switch::off}},
         Counter::uso_requests,
         Counter::uso_datagrams,
         Counter::uso_rejected},
    };
    return list;
}

// Rules CTRL-8 and LSO-21: dropped, completed, counted; and nobody else is touched, a peer that
// would cut it included.
TEST(TaskOffloadLso, OffDropsItsRequestsAndCompletesThem) {
    for (const Large& off : larges()) {
        for (const unsigned peer : {0u, kPeerAll}) {
            TransmitRig rig;
            ixgbe_set_peer(rig.machine.device(), peer);
            rig.block.engage();
            for (const auto& [member, value] : off.off) {
                rig.block.request(member, value);
            }
            ASSERT_EQ(rig.block.ring(Doorbell::parameters), Result::done);
            EXPECT_TRUE(rig.large(off.request())) << off.name << ": completed";
            EXPECT_TRUE(rig.host.sent.empty()) << off.name;
            EXPECT_EQ(rig.block.counter(off.dropped), 1u) << off.name;
            EXPECT_EQ(rig.block.counter(off.segments), 0u) << off.name;
            for (const Large& other : larges()) {
                if (other.name != off.name) {
                    EXPECT_TRUE(rig.large(other.request()));
                    EXPECT_EQ(rig.host.sent.size(), peer == 0 ? 4u : 1u) << other.name;
                }
            }
            EXPECT_EQ(rig.block.counter(off.dropped), 1u) << off.name;
            EXPECT_EQ(rig.tx.head(), rig.tx.tail());
        }
    }
}

TEST(TaskOffloadLso, RequestsAndSegmentsAreCounted) {
    TransmitRig rig;
    rig.block.engage();
    for (const Large& one : larges()) {
        rig.send(one.request());
    }
    EXPECT_EQ(rig.block.counter(Counter::lso_requests), 2u);
    EXPECT_EQ(rig.block.counter(Counter::lso_segments), 8u);
    EXPECT_EQ(rig.block.counter(Counter::uso_requests), 2u);
    EXPECT_EQ(rig.block.counter(Counter::uso_datagrams), 8u);
    for (const unsigned bad : {Counter::lso_off, Counter::lso_malformed, Counter::uso_rejected}) {
        EXPECT_EQ(rig.block.counter(bad), 0u);
    }
}

// "The descriptors of both are the same, so one that is on carries both; with LsoV1 alone the limit
// is LSO1_MAX."
TEST(TaskOffloadLso, EitherVersionCarriesTcpOverIpv4) {
    const std::vector<std::size_t> pieces = {54, 40'000};
    for (const bool v1 : {false, true}) {
        TransmitRig rig;
        rig.block.engage({{v1 ? Param::lso2v4 : Param::lso1, Switch::off}});
        EXPECT_EQ(rig.send(tcp4(3000, 1000)).size(), 3u);
        EXPECT_EQ(payload_of(rig.send(tcp4(65'415, 1448), pieces)), pattern(65'415));
        EXPECT_TRUE(rig.large(tcp4(65'416, 1448), pieces));
        EXPECT_EQ(rig.host.sent.empty(), v1);
        EXPECT_EQ(rig.block.counter(Counter::lso_malformed), v1 ? 1u : 0u);
    }
}

TEST(TaskOffloadLso, LimitHoldsAfterADoorbell) {
    for (const bool engaged : {false, true}) {
        TransmitRig rig(changed_config([](auto& c) { c.lso_max = 5000; }));
        if (engaged) {
            rig.block.engage();
        }
        const std::size_t over = engaged ? 0 : 6;
        for (const auto& make : {+[](std::size_t n) { return tcp4(n, 1000); },
                                 +[](std::size_t n) { return tcp6(n, 1000); },
                                 +[](std::size_t n) { return udp(false, n, 1000); },
                                 +[](std::size_t n) { return udp(true, n, 1000); }}) {
            EXPECT_EQ(rig.send(make(5000)).size(), 5u);
            EXPECT_TRUE(rig.large(make(5001)));
            EXPECT_EQ(rig.host.sent.size(), over);
        }
        EXPECT_EQ(rig.block.counter(Counter::lso_malformed), engaged ? 2u : 0u);
        EXPECT_EQ(rig.block.counter(Counter::uso_rejected), engaged ? 2u : 0u);
    }
}

// ---- Identifications (LSO-13, LSO-14, USO-7) ----

std::vector<unsigned> ids_of(TransmitRig& rig, Lso lso, std::uint16_t first) {
    lso.builder.ip_id(first);
    (void)rig.large(lso);
    std::vector<unsigned> out;
    for (const SentFrame& sent : rig.host.sent) {
        for (const Frame& frame : finish_offload(sent)) {
            out.push_back(be16_at(frame, kL3 + 4));
        }
    }
    return out;
}

TEST(TaskOffloadLso, IdentificationsCountFifteenBitsAfterADoorbell) {
    const std::vector<unsigned> all_16 = {0x7FFE, 0x7FFF, 0x8000};
    const std::vector<unsigned> only_15 = {0x7FFE, 0x7FFF, 0x0000};
    for (const bool wide : {false, true}) {
        for (const unsigned peer : {0u, kPeerAll}) {
            TransmitRig rig(changed_config([&](auto& c) { c.lso_id_16bit = wide; }));
            ixgbe_set_peer(rig.machine.device(), peer);
            EXPECT_EQ(ids_of(rig, tcp4(3000, 1000), 0x7FFE), all_16) << "like the chip's";
            rig.block.engage();
            EXPECT_EQ(ids_of(rig, tcp4(3000, 1000), 0x7FFE), wide ? all_16 : only_15);
            EXPECT_EQ(ids_of(rig, udp(false, 3000, 1000), 0x7FFE), all_16) << "USO-7";
            EXPECT_EQ(ids_of(rig, udp(false, 3000, 1000), 0xFFFF),
                      (std::vector<unsigned>{0xFFFF, 0, 1}));
        }
    }
}

TEST(TaskOffloadLso, TheUpperBitOfAnIdentificationStays) {
    TransmitRig rig;
    rig.block.engage();
    EXPECT_EQ(ids_of(rig, tcp4(3000, 1000), 0xFFFE),
              (std::vector<unsigned>{0xFFFE, 0xFFFF, 0x8000}));
}

}  // namespace
}  // namespace x550
