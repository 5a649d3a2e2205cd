// SPDX-License-Identifier: GPL-2.0-or-later
// The counters of the task-offload block.
#include <algorithm>

#include "ip_frame.h"
#include "migration_stream.h"
#include "second_process.h"
#include "task_offload.h"

namespace x550 {
namespace {

struct TaskOffloadStatistics : OffloadTest {
    TxRing tx{nic, 0, 64};
    RxRing rx{nic, 0, 64};
    unsigned number = 0;

    TaskOffloadStatistics() {
        tx.enable();
        rx.enable();
        rx.post(63);
    }
    LargeSend send_large() {
        LargeSend request(nic, number += 16);
        request.push(tx);
        tx.kick();
        EXPECT_TRUE(qemu.wait_until([this] { return tx.idle(); }));
        return request;
    }
    // A frame whose sum the device is to fill in.
    Frame send_with_sum(std::uint8_t protocol) {
        Frame frame = ip_frame(protocol, 200, ++number, kPeerMac, kDeviceMac);
        put16(frame, kL4At + (protocol == kTcp ? 16 : 6), 0);
        const std::uint64_t buffer = qemu.allocate(frame.size());
        qemu.write_memory(buffer, frame);
        tx.push({kIpBytes | static_cast<std::uint32_t>(kIpAt) << TxContext::maclen_shift, 0,
                 TxContext::dtyp | TxContext::dext | TxContext::ipv4 |
                     (protocol == kTcp ? TxContext::l4_tcp : TxContext::l4_udp),
                 0});
        const auto bytes = static_cast<std::uint32_t>(frame.size());
        Descriptor data = data_descriptor(buffer, bytes, bytes, TxData::eop | TxData::rs);
        data[3] |= TxData::txsm;
        tx.push(data);
        tx.kick();
        return frame;
    }
    void receive(const Frame& frame) {
        wire.send(frame);
        EXPECT_EQ(rx.receive(), frame);
    }
    std::vector<std::uint64_t> counters() {
        std::vector<std::uint64_t> all;
        for (std::uint32_t index = 0; index < X550_STATISTICS_COUNT; ++index) {
            all.push_back(block.counter(index));
        }
        return all;
    }
    // One of each kind that is easy to have.
    void count_something() {
        (void)send_large();
        receive(ip_frame(kTcp, 50, ++number));
        EXPECT_NE(block.counter(X550_STAT_LSO_SEGMENTS), 0U);
        EXPECT_NE(block.counter(X550_STAT_RX_TCP_RIGHT), 0U);
    }
};

TEST_F(TaskOffloadStatistics, CountLargeSends) {
    for (unsigned i = 1; i <= 5; ++i) {
        const LargeSend request = send_large();
        for (std::uint32_t index = 0; index < LargeSend::kSegments; ++index) {
            EXPECT_EQ(wire.receive(), request.segment(index));
        }
        EXPECT_EQ(block.counter(X550_STAT_LSO_REQUESTS), i);
        EXPECT_EQ(block.counter(X550_STAT_LSO_SEGMENTS), i * LargeSend::kSegments);
    }
    EXPECT_EQ(block.counter(X550_STAT_LSO_WHILE_OFF), 0U);
}

// CTRL-8
TEST_F(TaskOffloadStatistics, CountLargeSendsDroppedWhileOff) {
    block.write(X550_PARAMETERS + 4, X550_SWITCH_OFF << 8 | X550_SWITCH_OFF << 24);
    ASSERT_EQ(block.ring(X550_DOORBELL_PARAMETERS), X550_RESULT_DONE);
    (void)send_large();
    const Frame next = make_frame(100, 7, kPeerMac, kDeviceMac);
    ASSERT_TRUE(tx.send(next));
    EXPECT_EQ(wire.receive(), next) << "nothing of the large send before it";
    EXPECT_EQ(block.counter(X550_STAT_LSO_WHILE_OFF), 1U);
    EXPECT_EQ(block.counter(X550_STAT_LSO_SEGMENTS), 0U);
}

TEST_F(TaskOffloadStatistics, CountSumsAskedForWhileOff) {
    ASSERT_EQ(block.set(X550_PARAM_TCP_IP4_CHECKSUM, X550_CHECKSUM_RX), X550_RESULT_DONE);
    const Frame without_sum = send_with_sum(kTcp);
    EXPECT_EQ(wire.receive(), without_sum) << "as the guest has made it";
    EXPECT_EQ(block.counter(X550_STAT_TX_CSUM_WHILE_OFF), 1U);
    const Frame udp = send_with_sum(kUdp);
    EXPECT_NE(wire.receive(), udp) << "UDP's is on";
    EXPECT_EQ(block.counter(X550_STAT_TX_CSUM_WHILE_OFF), 1U);
}

TEST_F(TaskOffloadStatistics, CountVerdicts) {
    Frame bad_ip = ip_frame(kTcp, 50, 3);
    bad_ip[kIpAt + 10] ^= 1;
    Frame bad_udp = ip_frame(kUdp, 50, 4);
    bad_udp[kL4At + 6] ^= 1;
    receive(ip_frame(kTcp, 50, 1));
    receive(ip_frame(kUdp, 50, 2));
    receive(bad_udp);
    receive(bad_ip);
    EXPECT_EQ(block.counter(X550_STAT_RX_IP4_RIGHT), 3U);
    EXPECT_EQ(block.counter(X550_STAT_RX_IP4_WRONG), 1U);
    EXPECT_GE(block.counter(X550_STAT_RX_TCP_RIGHT), 1U);
    EXPECT_EQ(block.counter(X550_STAT_RX_UDP_RIGHT), 1U);
    EXPECT_EQ(block.counter(X550_STAT_RX_UDP_WRONG), 1U);
}

TEST_F(TaskOffloadStatistics, AreClearedByTheDoorbellAndNothingElseIs) {
    count_something();
    ASSERT_EQ(block.set(X550_PARAM_LSO_V1, X550_SWITCH_OFF), X550_RESULT_DONE);
    const auto current = block.table(X550_CURRENT);
    EXPECT_EQ(block.ring(X550_DOORBELL_CLEAR_STATISTICS), X550_RESULT_DONE);
    EXPECT_EQ(counters(), std::vector<std::uint64_t>(X550_STATISTICS_COUNT));
    EXPECT_EQ(block.table(X550_CURRENT), current);
    EXPECT_EQ(block.read(X550_GENERATION), 1U);
}

TEST_F(TaskOffloadStatistics, AreReadOnly) {
    count_something();
    const auto before = counters();
    for (std::uint32_t index = 0; index < 2 * X550_STATISTICS_COUNT; ++index) {
        block.write(X550_STATISTICS + 4 * index, 0x1234'5678);
    }
    EXPECT_EQ(counters(), before);
}

// MAP-5
TEST_F(TaskOffloadStatistics, AreClearedByEveryReset) {
    const std::vector<std::uint64_t> nothing(X550_STATISTICS_COUNT);
    count_something();
    nic.reset();
    EXPECT_EQ(counters(), nothing);
    for (const bool bus : {false, true}) {
        EXPECT_TRUE(nic.wait_link());
        nic.start();
        tx.enable();
        rx.enable();
        rx.post(63);
        count_something();
        if (bus) {
            reset_bus();
        } else {
            pci.function_level_reset();
        }
        place_bars();
        EXPECT_EQ(counters(), nothing) << (bus ? "bus" : "function");
    }
}

// A counter just before its low half overflows comes by a saved machine.
TEST_F(TaskOffloadStatistics, LowHalfLatchesTheHighHalf) {
    const TemporaryFile file;
    qemu.qmp("stop");
    migrate(qemu, "file:" + file.path());
    const MigrationStream stream(file.path(), kSavedDevice);
    Bytes bytes = stream.bytes();
    const Bytes nearly = {0, 0, 0, 5, 0xFF, 0xFF, 0xFF, 0xFF};
    const std::string path =
        "state.task_offload.counter[" + std::to_string(X550_STAT_LSO_REQUESTS) + "]";
    const std::size_t counter = stream.field(path).offset;
    std::copy(nearly.begin(), nearly.end(), bytes.begin() + static_cast<std::ptrdiff_t>(counter));
    write_file(file.path(), bytes);
    SecondProcess there(*this, "file:" + file.path());
    there.wait_running();
    there.qemu.qmp("cont");
    reserve_memory(there.qemu, 16u << 20);

    const std::uint32_t offset = x550_statistic_offset(X550_STAT_LSO_REQUESTS);
    EXPECT_EQ(there.block.read(offset), 0xFFFF'FFFFU);
    TxRing ring(there.nic, 1, 64);
    ring.enable();
    const LargeSend request(there.nic, 1);
    request.push(ring);
    ring.kick();
    EXPECT_TRUE(there.qemu.wait_until([&] { return ring.idle(); }));
    EXPECT_EQ(there.block.read(offset + 4), 5U) << "as it was when the low half was read";
    EXPECT_EQ(there.block.read(offset), 0U);
    EXPECT_EQ(there.block.read(offset + 4), 6U);
    EXPECT_EQ(there.property("offload-statistics")["lso-requests"].number(), 6.0 * 0x1p32);
}

TEST_F(TaskOffloadStatistics, ReadsOfTheHostDoNotLatch) {
    count_something();
    const std::uint32_t offset = x550_statistic_offset(X550_STAT_LSO_SEGMENTS);
    EXPECT_EQ(block.read(offset), LargeSend::kSegments);
    const Json host = property("offload-statistics");
    EXPECT_EQ(host["lso-segments"].number(), LargeSend::kSegments);
    EXPECT_EQ(host["rx-tcp-good"].number(), 1);
    EXPECT_EQ(host.object().size(), X550_STATISTICS_COUNT);
    EXPECT_EQ(block.read(offset + 4), 0U);
}

}  // namespace
}  // namespace x550
