// SPDX-License-Identifier: GPL-2.0-or-later
// The whole device through registers and memory, against a host that only counts: cost of a
// transmitted packet, of a super-packet cut into segments, and of a received frame, over frame
// sizes and numbers of queues.
#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstring>
#include <vector>

#include "datasheet.h"
#include "flat_host.h"

namespace x550 {
namespace {

constexpr std::uint32_t kRing = 256;
constexpr std::uint32_t kBatch = 64;
constexpr std::uint64_t kRings = 1U << 20;
constexpr std::uint64_t kBuffers = 16U << 20;
constexpr std::uint32_t kHeaders = 54;
constexpr std::uint32_t kAdvanced = 1U << 29;
constexpr std::uint32_t kData = kAdvanced | 3U << 20;
constexpr std::uint32_t kLast = 1U << 24 | 1U << 25 | 1U << 27;  // EOP, IFCS, RS

// Ethernet, IPv4 and TCP, addressed to the device, with the sums a driver would leave for it.
std::vector<std::uint8_t> tcp_frame(std::size_t payload) {
    std::vector<std::uint8_t> frame(kHeaders + payload, 0x5a);
    const std::array<std::uint8_t, kHeaders> headers = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x02, 0,    0,    0,    0, 1, 0x08, 0x00,
        0x45, 0,    0,    0,    0,    1,    0x40, 0,    64,   6,    0, 0, 192,  0,
        2,    1,    192,  0,    2,    2,    0x10, 0x00, 0x20, 0x00, 0, 0, 0,    1,
        0,    0,    0,    1,    0x50, 0x10, 0xff, 0xff, 0,    0,    0, 0};
    std::memcpy(frame.data(), headers.data(), headers.size());
    const std::size_t ip_len = frame.size() - 14;
    frame[16] = static_cast<std::uint8_t>(ip_len >> 8);
    frame[17] = static_cast<std::uint8_t>(ip_len);
    return frame;
}

struct Sender {
    FlatHost host;
    std::vector<std::uint32_t> tail;

    explicit Sender(unsigned queues) : tail(queues) {
        for (unsigned q = 0; q < queues; ++q) {
            const std::uint64_t ring = kRings + std::uint64_t{q} * kRing * 16;
            host.write(TDBAL::at(q), static_cast<std::uint32_t>(ring));
            host.write(TDLEN::at(q), kRing * 16);
            host.write(TXDCTL::at(q), TXDCTL::enable);
        }
        host.write(DMATXCTL::at(), DMATXCTL::te);
    }

    void put(unsigned q, const std::array<std::uint32_t, 4>& words) {
        const std::uint64_t addr = kRings + (std::uint64_t{q} * kRing + tail[q]) * 16;
        std::memcpy(host.at(addr), words.data(), sizeof words);
        tail[q] = (tail[q] + 1) % kRing;
    }
    void kick(unsigned q) {
        host.write(TDT::at(q), tail[q]);
        host.run();
    }
};

// Counts for each MB on the wire: they do not depend on the machine. Set-up is included and small.
void report_costs(benchmark::State& state, const FlatHost& host, double wire_bytes) {
    const double scale = wire_bytes > 0 ? 1e6 / wire_bytes : 0;
    const auto each = [&](const char* name, std::uint64_t count) {
        state.counters[name] = static_cast<double>(count) * scale;
    };
    each("frames/MB", host.frames);
    each("mappings/MB", host.mappings);
    each("transfers/MB", host.transfers);
    each("copied/MB", host.copied);
    each("registers/MB", host.accesses);
    each("interrupts/MB", host.interrupts);
}

void transmit(benchmark::State& state) {
    const auto queues = static_cast<unsigned>(state.range(1));
    Sender sender(queues);
    const auto frame = tcp_frame(static_cast<std::size_t>(state.range(0)) - kHeaders);
    std::memcpy(sender.host.at(kBuffers), frame.data(), frame.size());
    const auto length = static_cast<std::uint32_t>(frame.size());
    unsigned q = 0;
    for ([[maybe_unused]] auto _ : state) {
        for (std::uint32_t i = 0; i < kBatch; ++i) {
            sender.put(q, {kBuffers, 0, kData | kLast | length, length << 14});
        }
        sender.kick(q);
        q = (q + 1) % queues;
    }
    state.SetItemsProcessed(state.iterations() * kBatch);
    report_costs(state, sender.host, static_cast<double>(sender.host.bytes));
}
BENCHMARK(transmit)->ArgsProduct({{64, 1514}, {1, 16, 128}});

// One super-packet of `range(0)` payload bytes with MSS 1460, all checksums: items are segments.
void segment(benchmark::State& state) {
    Sender sender(1);
    const auto payload = static_cast<std::uint32_t>(state.range(0));
    const auto frame = tcp_frame(payload);
    std::memcpy(sender.host.at(kBuffers), frame.data(), frame.size());
    for ([[maybe_unused]] auto _ : state) {
        sender.put(0, {14U << 9 | 20, 0, kAdvanced | 2U << 20 | 1U << 11 | 1U << 10,
                       1460U << 16 | 20U << 8});
        sender.put(0,
                   {kBuffers, 0, kData | 1U << 25 | 1U << 31 | kHeaders, payload << 14 | 3U << 8});
        for (std::uint32_t done = 0; done < payload;) {
            const std::uint32_t piece = std::min(payload - done, 16384U);
            const std::uint32_t last = done + piece == payload ? kLast : 0;
            sender.put(0, {static_cast<std::uint32_t>(kBuffers) + kHeaders + done, 0,
                           kData | last | 1U << 31 | piece, 0});
            done += piece;
        }
        sender.kick(0);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(sender.host.frames));
    state.SetBytesProcessed(static_cast<std::int64_t>(sender.host.bytes));
    report_costs(state, sender.host, static_cast<double>(sender.host.bytes));
}
BENCHMARK(segment)->Arg(1460)->Arg(std::int64_t{16} * 1460)->Arg(65000);

void set_up_receive(FlatHost& host, unsigned queues, bool rss) {
    for (unsigned q = 0; q < queues; ++q) {
        const std::uint64_t ring = kRings + std::uint64_t{q} * kRing * 16;
        for (std::uint32_t i = 0; i < kRing; ++i) {
            const std::uint64_t buffer = kBuffers + (std::uint64_t{q} * kRing + i) % 4096 * 4096;
            std::memcpy(host.at(ring + std::uint64_t{i} * 16), &buffer, sizeof buffer);
        }
        host.write(RDBAL::at(q), static_cast<std::uint32_t>(ring));
        host.write(RDLEN::at(q), kRing * 16);
        host.write(SRRCTL::at(q), 2U | 1U << 25);
        host.write(RXDCTL::at(q), RXDCTL::enable);
        host.write(RDT::at(q), kRing - 1);
    }
    host.write(MRQC::at(), rss ? 1U | 1U << 16 | 1U << 17 : 0);
    for (std::uint32_t i = 0; i < 10; ++i) {
        host.write(RSSRK::at(i), 0x6d5a56da + i * 0x01234567);
    }
    for (std::uint32_t i = 0; i < 32; ++i) {
        const std::uint32_t first = 4 * i % queues;
        host.write(RETA::at(i), first | (first + 1) % queues << 8 | (first + 2) % queues << 16 |
                                    (first + 3) % queues << 24);
    }
    host.write(RXCTRL::at(), 1);
}

// All that was received, as a driver does after an interrupt.
void refill(FlatHost& host, unsigned queue) {
    const std::uint32_t head = host.read(RDH::at(queue));
    host.write(RDT::at(queue), (head + kRing - 1) % kRing);
}

// Frames of `range(0)` bytes over `range(1)` queues chosen by RSS over as many flows.
void receive(benchmark::State& state) {
    FlatHost host;
    const auto queues = static_cast<unsigned>(state.range(1));
    set_up_receive(host, queues, queues > 1);
    auto frame = tcp_frame(static_cast<std::size_t>(state.range(0)) - kHeaders);
    std::uint32_t flow = 0;
    for ([[maybe_unused]] auto _ : state) {
        frame[35] = static_cast<std::uint8_t>(flow++ % queues);
        benchmark::DoNotOptimize(ixgbe_receive(host.device(), frame.data(), frame.size(), nullptr));
        if (flow % 64 == 0) {
            for (unsigned q = 0; q < queues; ++q) {
                refill(host, q);
            }
            host.run();
        }
    }
    state.SetItemsProcessed(state.iterations());
    report_costs(state, host,
                 static_cast<double>(state.iterations()) * static_cast<double>(frame.size()));
}
BENCHMARK(receive)->ArgsProduct({{64, 1514}, {1, 16, 64}});

// A short frame of one of many connections.
void receive_flow(FlatHost& host, std::vector<std::uint8_t>& frame, std::uint32_t flow) {
    frame[34] = static_cast<std::uint8_t>(flow >> 8);
    frame[35] = static_cast<std::uint8_t>(flow);
    benchmark::DoNotOptimize(ixgbe_receive(host.device(), frame.data(), frame.size(), nullptr));
}

std::vector<unsigned> queues_of(FlatHost& host, std::vector<std::uint8_t>& frame,
                                std::uint32_t flows, unsigned queues) {
    std::vector<unsigned> out;
    for (std::uint32_t flow = 0; flow < flows && out.size() < queues; ++flow) {
        receive_flow(host, frame, flow);
        for (unsigned q = 0; q < queues; ++q) {
            if (host.read(RDH::at(q)) != (host.read(RDT::at(q)) + 1) % kRing) {
                refill(host, q);
                if (std::find(out.begin(), out.end(), q) == out.end()) {
                    out.push_back(q);
                }
            }
        }
    }
    return out;
}

// Flows in turn, `range(1)` of them, over `range(0)` queues, all by RSS. As many refills a frame
// whatever the number of queues.
void receive_flows(benchmark::State& state) {
    constexpr std::uint64_t kRefill = 32;
    FlatHost host;
    const auto queues = static_cast<unsigned>(state.range(0));
    const auto flows = static_cast<std::uint32_t>(state.range(1));
    set_up_receive(host, queues, true);
    auto frame = tcp_frame(10);
    const auto used = queues_of(host, frame, flows, queues);
    std::uint64_t count = 0;
    for ([[maybe_unused]] auto _ : state) {
        receive_flow(host, frame, static_cast<std::uint32_t>(count % flows));
        if (++count % kRefill == 0) {
            refill(host, used[count / kRefill % used.size()]);
            host.run();
        }
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["queues"] = static_cast<double>(used.size());
}
BENCHMARK(receive_flows)->ArgsProduct({{1, 4, 16, 64}, {1, 64, 10000}});

}  // namespace
}  // namespace x550

BENCHMARK_MAIN();
