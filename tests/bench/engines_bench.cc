// SPDX-License-Identifier: GPL-2.0-or-later
// The engines alone. dpdk_bench.cc adds DPDK's for the same work to the same binary where its
// libraries are installed.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "net/checksum.h"
#include "net/headers.h"
#include "net/lso.h"
#include "net/parse.h"
#include "net/rsc.h"
#include "net/rsc_index.h"
#include "net/toeplitz.h"

namespace ixgbe {
namespace {

using Buffer = std::vector<std::byte>;

constexpr std::size_t kEthernet = sizeof(EthernetHeader);
constexpr std::size_t kL4 = kEthernet + sizeof(Ipv4Header);
constexpr std::size_t kHeaders = kL4 + sizeof(TcpHeader);

Buffer noise(std::size_t length) {
    Buffer out(length);
    std::uint32_t state = 1;
    for (std::byte& b : out) {
        state = state * 1664525 + 1013904223;
        b = static_cast<std::byte>(state >> 24);
    }
    return out;
}

// Ethernet, IPv4 and TCP headers with right checksums before `payload` bytes.
Buffer tcp_frame(std::size_t payload, std::uint16_t port = 4660, std::uint32_t seq = 0) {
    Buffer frame = noise(kHeaders + payload);
    Ipv4Header ip{};
    ip.version_ihl = 0x45;
    ip.total_length = static_cast<std::uint16_t>(frame.size() - kEthernet);
    ip.ttl = 64;
    ip.protocol = ipproto::kTcp;
    ip.src = 0xC0000201u;
    ip.dst = 0xC6336402u;
    TcpHeader tcp{};
    tcp.src_port = port;
    tcp.seq = seq;
    tcp.dst_port = 80;
    tcp.offset_flags = 0x5010;
    const be16 type = ethertype::kIpv4;
    std::memcpy(frame.data() + 12, &type, sizeof(type));
    std::memcpy(frame.data() + kEthernet, &ip, sizeof(ip));
    std::memcpy(frame.data() + kL4, &tcp, sizeof(tcp));
    const std::uint16_t addresses = pseudo_header(frame, parse(frame).outer, ipproto::kTcp).fold();
    const be16 seed =
        ones_complement_add(addresses, static_cast<std::uint16_t>(frame.size() - kL4));
    std::memcpy(frame.data() + kL4 + offsetof(TcpHeader, checksum), &seed, sizeof(seed));
    if (!insert_l4_checksum(frame, kL4, L4::tcp) ||
        !insert_ipv4_checksum(frame, kEthernet, sizeof(ip))) {
        std::abort();
    }
    return frame;
}

// The same frame inside Ethernet, IPv4 and GRE with a key (RFC 7637 3.2).
Buffer nvgre_frame(std::size_t payload) {
    const Buffer inner = tcp_frame(payload);
    const std::array<be16, 4> gre{be16(0x2000), be16(0x6558), be16(0x00AB), be16(0xCD12)};
    constexpr std::size_t kOuter = kL4 + sizeof gre;
    Buffer frame = noise(kOuter + inner.size());
    std::memcpy(frame.data(), inner.data(), kL4);
    const be16 length = static_cast<std::uint16_t>(frame.size() - kEthernet);
    std::memcpy(frame.data() + kEthernet + offsetof(Ipv4Header, total_length), &length, 2);
    frame.at(kEthernet + offsetof(Ipv4Header, protocol)) = std::byte{47};
    std::memcpy(frame.data() + kL4, gre.data(), sizeof gre);
    std::memcpy(frame.data() + kOuter, inner.data(), inner.size());
    if (!insert_ipv4_checksum(frame, kEthernet, sizeof(Ipv4Header)) ||
        !parse(frame, {.nvgre = true}).has_inner()) {
        std::abort();
    }
    return frame;
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void checksum(benchmark::State& state) {
    const Buffer data = noise(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(data.data());
        benchmark::DoNotOptimize(ones_complement_sum(data));
    }
    set_bytes(state, data.size());
}
BENCHMARK(checksum)->Arg(20)->Arg(64)->Arg(576)->Arg(1460)->Arg(8948)->Arg(65536);

void kernel(benchmark::State& state, const checksum_detail::SumKernel& kernel) {
    if (!kernel.usable()) {
        state.SkipWithError("this processor cannot run it");
        return;
    }
    const Buffer data = noise(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(kernel.sum(data.data(), data.size()));
    }
    set_bytes(state, data.size());
}
BENCHMARK_CAPTURE(kernel, portable, checksum_detail::kPortable)
    ->Arg(20)
    ->Arg(64)
    ->Arg(1460)
    ->Arg(65536);
BENCHMARK_CAPTURE(kernel, avx2, checksum_detail::kAvx2)->Arg(20)->Arg(64)->Arg(1460)->Arg(65536);
BENCHMARK_CAPTURE(kernel, avx512, checksum_detail::kAvx512)
    ->Arg(20)
    ->Arg(64)
    ->Arg(1460)
    ->Arg(65536);

void copying_checksum(benchmark::State& state) {
    const Buffer data = noise(static_cast<std::size_t>(state.range(0)));
    Buffer to(data.size());
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(copy_and_sum(to, data));
        benchmark::ClobberMemory();
    }
    set_bytes(state, data.size());
}
BENCHMARK(copying_checksum)->Arg(64)->Arg(1460)->Arg(65536);

void plain_copy(benchmark::State& state) {
    const Buffer data = noise(static_cast<std::size_t>(state.range(0)));
    Buffer to(data.size());
    for ([[maybe_unused]] auto _ : state) {
        std::memcpy(to.data(), data.data(), data.size());
        benchmark::ClobberMemory();
    }
    set_bytes(state, data.size());
}
BENCHMARK(plain_copy)->Arg(64)->Arg(1460)->Arg(65536);

void crc32c_of(benchmark::State& state) {
    const Buffer data = noise(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(crc32c(data));
    }
    set_bytes(state, data.size());
}
BENCHMARK(crc32c_of)->Arg(64)->Arg(1460);

void parse_tcp(benchmark::State& state) {
    const Buffer frame = tcp_frame(1460);
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(frame.data());
        const PacketInfo info = parse(frame, {.vxlan_port = 4789});
        benchmark::DoNotOptimize(info);
    }
}
BENCHMARK(parse_tcp);

void parse_nvgre(benchmark::State& state) {
    const Buffer frame = nvgre_frame(1400);
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(frame.data());
        const PacketInfo info = parse(frame, {.vxlan_port = 4789, .nvgre = true});
        benchmark::DoNotOptimize(info);
    }
}
BENCHMARK(parse_nvgre);

void parse_and_verify_tcp(benchmark::State& state) {
    const Buffer frame = tcp_frame(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(frame.data());
        const ChecksumVerdict verdict = verify(frame, parse(frame));
        benchmark::DoNotOptimize(verdict);
    }
}
BENCHMARK(parse_and_verify_tcp)->Arg(10)->Arg(1460);

// 64 KB into MSS 1460, all checksums. items_per_second counts segments.
void lso_64k(benchmark::State& state) {
    const Buffer packet = tcp_frame(100);
    const Buffer payload = noise(65'160);
    LsoRequest request;
    request.geometry = {.mac_len = kEthernet,
                        .ip_len = sizeof(Ipv4Header),
                        .l4_len = sizeof(TcpHeader),
                        .l4 = L4::tcp,
                        .ipv4 = true};
    request.mss = 1460;
    request.payload_len = static_cast<std::uint32_t>(payload.size());
    request.insert_ip_checksum = true;
    request.insert_l4_checksum = true;
    std::array<std::byte, kHeaders> header{};
    std::int64_t segments = 0;
    for ([[maybe_unused]] auto _ : state) {
        auto segmenter = Segmenter::create(request, packet);
        while (const auto segment = segmenter->next()) {
            const ConstBytes data =
                ConstBytes(payload).subspan(segment->payload_offset, segment->payload_len);
            segmenter->write_header(*segment, ones_complement_sum(data), header);
            benchmark::DoNotOptimize(header.data());
            benchmark::ClobberMemory();
            ++segments;
        }
    }
    state.SetItemsProcessed(segments);
    set_bytes(state, payload.size());
}
BENCHMARK(lso_64k);

constexpr std::size_t kRscFlows = 64;
using Index = RscIndex<kRscFlows>;

// Segments of 64 connections in turn, checksums verified; a unit each, closed after four of them.
// items_per_second counts segments. DPDK's function gets its packets parsed.
void rsc_64_flows(benchmark::State& state, bool parse_too) {
    const auto payload = static_cast<std::size_t>(state.range(0));
    std::vector<Buffer> frames;
    for (std::uint32_t k = 0; k < 4; ++k) {
        for (std::uint16_t flow = 0; flow < kRscFlows; ++flow) {
            frames.push_back(tcp_frame(payload, flow, k * static_cast<std::uint32_t>(payload)));
        }
    }
    std::vector<PacketInfo> parsed;
    for (const Buffer& frame : frames) {
        parsed.push_back(parse(frame));
    }
    std::size_t at = 0;
    std::vector<RscUnit> units(kRscFlows);
    std::int64_t joined = 0;
    for ([[maybe_unused]] auto _ : state) {
        Index index;
        for (const Buffer& frame : frames) {
            const PacketInfo& info = parse_too ? parsed.at(at) = parse(frame) : parsed.at(at);
            at = (at + 1) % parsed.size();
            const ChecksumVerdict verdict = verify(frame, info);
            const auto segment = rsc_segment(frame, info, {});
            if (verdict.l4_bad || verdict.ip_bad || !segment) {
                std::abort();
            }
            const RscKey key{.connection = segment->connection, .queue = 0};
            const std::size_t found = index.find(key);
            if (found == Index::kNone) {
                units.at(index.take(key)).begin(frame, *segment);
                continue;
            }
            RscUnit& unit = units[found];
            if (!unit.same_connection(frame, *segment) ||
                unit.decide(frame, *segment, {}) != RscStep::append) {
                std::abort();
            }
            unit.append(frame, *segment);
            ++joined;
        }
        for (RscUnit& unit : units) {
            benchmark::DoNotOptimize(unit.finish().data());
        }
    }
    benchmark::DoNotOptimize(joined);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames.size()));
}
BENCHMARK_CAPTURE(rsc_64_flows, parsed, false)->Arg(100)->Arg(1460);
BENCHMARK_CAPTURE(rsc_64_flows, from_bytes, true)->Arg(100)->Arg(1460);

std::array<std::byte, ToeplitzKey::kKeyLength> some_key() {
    std::array<std::byte, ToeplitzKey::kKeyLength> key{};
    const Buffer bytes = noise(key.size());
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

void toeplitz(benchmark::State& state) {
    const ToeplitzKey key(some_key());
    const Buffer input = noise(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(input.data());
        benchmark::DoNotOptimize(key.hash(input));
    }
}
BENCHMARK(toeplitz)->Arg(8)->Arg(12)->Arg(32)->Arg(36);

void rss_of_tcp(benchmark::State& state) {
    const ToeplitzKey key(some_key());
    const Buffer frame = tcp_frame(100);
    const PacketInfo info = parse(frame);
    const RssTypes types{.ipv4 = true, .tcp_ipv4 = true};
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(frame.data());
        benchmark::DoNotOptimize(rss_hash(key, frame, info, types));
    }
}
BENCHMARK(rss_of_tcp);

void toeplitz_key(benchmark::State& state) {
    const auto bytes = some_key();
    for ([[maybe_unused]] auto _ : state) {
        const ToeplitzKey key(bytes);
        benchmark::DoNotOptimize(key);
    }
}
BENCHMARK(toeplitz_key);

}  // namespace
}  // namespace ixgbe

BENCHMARK_MAIN();
