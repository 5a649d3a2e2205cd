// SPDX-License-Identifier: GPL-2.0-or-later
// Limits of properties once a doorbell was rung: long headers, queues of RSS; and why a large send
// that is not sent counts as what.

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "lso_request.h"
#include "rss_key.h"
#include "task_offload_rig.h"
#include "vmdq_rig.h"

namespace x550 {
namespace {

// ---- Checksums behind long headers ----

struct LongHeader {
    FrameBuilder plain, builder;  // without and with the long header
    bool is_udp = false, v4 = false;

    [[nodiscard]] Frame right() const { return builder.build(); }
    // What is asked for holds what a driver stores there: no pseudo-header has the long one in it.
    [[nodiscard]] Frame request() const {
        const std::size_t field = is_udp ? 6 : 16;
        Frame short_one = plain.build();
        seed_l4_checksum(short_one, kEthBytes, plain.l4_offset());
        Frame frame = right();
        put_be16(frame, builder.l4_offset() + field, be16_at(short_one, plain.l4_offset() + field));
        if (v4) {
            put_be16(frame, kEthBytes + 10, 0);
        }
        return frame;
    }
};

LongHeader extended(bool is_udp, bool with_extension = true) {
    LongHeader out;
    out.is_udp = is_udp;
    out.plain.ipv6("2001:db8::1", "2001:db8::2");
    is_udp ? out.plain.udp(1, 2) : out.plain.tcp(1, 2);
    out.plain.payload(50);
    out.builder = out.plain;
    if (with_extension) {
        out.builder.extension(60, {1, 4, 0, 0, 0, 0});
    }
    return out;
}
LongHeader optioned(bool with_options = true) {
    LongHeader out;
    out.v4 = true;
    out.plain.ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2).payload(50);
    out.builder = out.plain;
    if (with_options) {
        out.builder.ip_options();
    }
    return out;
}

struct SumRig : WithBlock<LsoRig> {
    using WithBlock::WithBlock;

    void expect(const LongHeader& one, bool served) {
        const std::uint64_t before = block.counter(Counter::tx_csum_off);
        host.forget();
        tx.put_context({.iplen = static_cast<std::uint32_t>(one.builder.l4_offset() - kEthBytes),
                        .type = one.is_udp ? TxContext::l4_udp : TxContext::l4_tcp});
        tx.send(one.request(), {.options = TxData::txsm | (one.v4 ? TxData::ixsm : 0)});
        ASSERT_EQ(host.sent.size(), 1u);
        EXPECT_TRUE(same_bytes(served ? one.right() : one.request(), host.sent[0].bytes));
        EXPECT_EQ(block.counter(Counter::tx_csum_off) - before, served ? 0u : 1u);
    }
};

TEST(TaskOffloadLongHeaders, Ipv6ExtensionsAreAProperty) {
    for (const bool on : {true, false}) {
        SumRig rig(changed_config([&](auto& c) { c.csum_ip6_ext = on; }));
        for (const bool is_udp : {false, true}) {
            rig.expect(extended(is_udp), true);  // a stock driver's
        }
        rig.block.engage();
        for (const bool is_udp : {false, true}) {
            rig.expect(extended(is_udp), on);
            rig.expect(extended(is_udp, false), true);
        }
        rig.expect(optioned(), true);
    }
}

TEST(TaskOffloadLongHeaders, Ipv4OptionsAreAProperty) {
    for (const bool on : {true, false}) {
        SumRig rig(changed_config([&](auto& c) { c.csum_ip_options = on; }));
        rig.expect(optioned(), true);
        rig.block.engage();
        rig.expect(optioned(), on);
        rig.expect(optioned(false), true);
        rig.expect(extended(false), true);
    }
}

// ---- Large sends that do not go out ----

constexpr unsigned kCounters[] = {Counter::lso_segments, Counter::lso_off, Counter::lso_malformed};

// "LSO: requests, done or not"; "requests dropped while off; malformed or over the limit".
TEST(TaskOffloadLargeSend, LostForAnotherReasonIsARequestAndNoMore) {
    WithBlock<LsoRig> rig;
    rig.block.engage();
    ixgbe_set_cable(rig.machine.device(), false);
    EXPECT_TRUE(rig.send(tcp4(3000, 1000)).empty());
    EXPECT_EQ(rig.block.counter(Counter::lso_requests), 1u);
    for (const unsigned counter : kCounters) {
        EXPECT_EQ(rig.block.counter(counter), 0u) << counter;
    }
}

TEST(TaskOffloadLargeSend, MalformedIsNeitherOffNorSent) {
    WithBlock<LsoRig> rig;
    rig.block.engage();
    EXPECT_TRUE(rig.send(tcp4(3000, 0)).empty());
    EXPECT_EQ(rig.block.counter(Counter::lso_requests), 1u);
    for (const unsigned counter : kCounters) {
        EXPECT_EQ(rig.block.counter(counter), counter == Counter::lso_malformed ? 1u : 0u);
    }
}

// ---- Spreading ----

constexpr std::uint32_t kFields = MRQC::tcp4 | MRQC::ipv4;

struct QueueRig : TaskOffloadRig {
    std::vector<std::unique_ptr<RxRing>> rings;

    explicit QueueRig(const ixgbe_config& config) : WithBlock(config) {
        driver.set_rss_key(kVerificationKey);
        driver.write<MRQC>(MRQC::rss | kFields);
        for (unsigned queue = 0; queue < 16; ++queue) {
            rings.push_back(std::make_unique<RxRing>(driver, queue, RxOptions{.size = 256}));
        }
        for (unsigned entry = 0; entry < 512; ++entry) {
            driver.set_reta(entry, entry % 16);
        }
    }
    // Of many flows, as many as each queue got.
    std::vector<std::size_t> spread() {
        for (std::uint16_t flow = 0; flow < 200; ++flow) {
            const Frame frame = FrameBuilder().ipv4("192.0.2.1", "192.0.2.2").tcp(flow, 80).build();
            EXPECT_EQ(machine.receive_alone(frame), IXGBE_ACCEPTED);
        }
        std::vector<std::size_t> out;
        for (const auto& ring : rings) {
            out.push_back(ring->take_all().size());
            ring->fill_all();
        }
        return out;
    }
};

// "RSS spreads over rss-queues queues", once a doorbell was rung.
TEST(TaskOffloadRss, KeepsToItsQueuesAfterADoorbell) {
    for (const std::uint16_t most : {std::uint16_t{1}, std::uint16_t{4}, std::uint16_t{16}}) {
        QueueRig rig(changed_config([&](auto& c) { c.rss_queues = most; }));
        for (const bool engaged : {false, true}) {
            const auto counts = rig.spread();
            for (unsigned queue = 0; queue < 16; ++queue) {
                const bool used = !engaged || queue < most;
                EXPECT_EQ(counts[queue] != 0, used) << most << " " << queue;
            }
            rig.block.engage();
        }
    }
}

// "No hash, queue 0 (of the pool)", with a key and a table of the pool's own as well.
TEST(TaskOffloadRss, WithoutItNoPoolHasAHash) {
    for (const bool on : {true, false}) {
        VmdqRig rig(changed_config([&](auto& c) { c.rss = on; }),
                    MRQC::vt_64_rss | MRQC::multiple_rss);
        rig.driver.write<RXCSUM>(RXCSUM::pcsd);
        rig.driver.write<VFMRQC>(5, VFMRQC::rss_enable | kFields);
        rig.driver.write<PSRTYPE>(5, 1u << PSRTYPE::rqpl_shift);
        for (unsigned n = 0; n < 16; ++n) {
            rig.driver.write<VFRETA>(16 * 5 + n, 0x01010101);
        }
        rig.address_of(5);
        rig.rings({10, 11});
        const auto frame =
            FrameBuilder().to(mac_of_pool(5)).ipv4("192.0.2.1", "192.0.2.2").tcp(1, 2);
        EXPECT_EQ(rig.receivers(frame), Queues{on ? 11u : 10u});
        EXPECT_EQ(rig.taken.at(0).rss_type(), on ? 1u : 0u);
    }
}

// ---- Pools ----

// X550 DS 7.8.3.3: the default pool is for what nobody wants, and pools that do not receive are
// taken out after that. A block that offers all pools does not change it.
TEST(TaskOffloadPoolLimit, OfAllPoolsIsNone) {
    WithBlock<VmdqRig> rig(changed_config([](auto& c) { c.vmq_queues = 63; }), MRQC::vt_32_rss);
    rig.driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en);
    rig.rings({0});
    rig.driver.write<VMOLR>(40, VMOLR::bam);  // of 32
    const auto frame = FrameBuilder().to(kBroadcast).ipv4("192.0.2.1", "192.0.2.255").udp(1, 2);
    EXPECT_EQ(rig.receivers(frame), Queues{});
    rig.block.engage();
    EXPECT_EQ(rig.receivers(frame), Queues{});
    rig.driver.write<VMOLR>(40, 0);
    EXPECT_EQ(rig.receivers(frame), Queues{0});
}

}  // namespace
}  // namespace x550
