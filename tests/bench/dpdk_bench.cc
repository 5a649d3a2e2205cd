// SPDX-License-Identifier: GPL-2.0-or-later
// What engines_bench.cc measures, done by DPDK. Part of the same binary where DPDK's libraries are
// installed.
#include <array>
#include <chrono>
// rte_ipv4_udptcp_cksum_mbuf is still experimental in DPDK 22.11.
#define ALLOW_EXPERIMENTAL_API
#include <benchmark/benchmark.h>
#include <cstring>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_gro.h>
#include <rte_gso.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_tcp.h>
#include <rte_thash.h>
#include <string>
#include <vector>

namespace {

std::vector<std::uint8_t> noise(std::size_t length) {
    std::vector<std::uint8_t> out(length);
    std::uint32_t state = 1;
    for (std::uint8_t& b : out) {
        state = state * 1664525 + 1013904223;
        b = static_cast<std::uint8_t>(state >> 24);
    }
    return out;
}

void dpdk_raw_cksum(benchmark::State& state) {
    const auto data = noise(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(data.data());
        benchmark::DoNotOptimize(rte_raw_cksum(data.data(), data.size()));
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(dpdk_raw_cksum)->Arg(20)->Arg(64)->Arg(576)->Arg(1460)->Arg(8948)->Arg(65536);

// The words are in host order; key conversion is not part of the time, as rte_softrss_be wants.
void dpdk_softrss_be(benchmark::State& state) {
    const auto key = noise(40);
    std::array<std::uint32_t, 10> converted{};
    std::memcpy(converted.data(), key.data(), key.size());
    std::array<std::uint32_t, 3> tuple{0xC0000201u, 0xC6336402u, 0x12340050u};
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(tuple);
        benchmark::DoNotOptimize(
            rte_softrss_be(tuple.data(), tuple.size(),
                           static_cast<const std::uint8_t*>(static_cast<void*>(converted.data()))));
    }
}
BENCHMARK(dpdk_softrss_be);

constexpr std::uint16_t kHeaders = 14 + 20 + 20;
constexpr std::uint16_t kMss = 1460;
constexpr std::uint32_t kPayload = 65'160;

// Memory pools without huge pages; nothing of a real device.
rte_mempool* pool() {
    static rte_mempool* const made = [] {
        std::vector<std::string> words{"bench", "--no-huge",   "--no-pci",       "-m",
                                       "256",   "--no-shconf", "--no-telemetry", "--log-level=1"};
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0) {
            return static_cast<rte_mempool*>(nullptr);
        }
        return rte_pktmbuf_pool_create("bench", 2047, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
    }();
    return made;
}

// One TCP packet of 64 KB in a chain of mbufs.
rte_mbuf* large_packet(rte_mempool* from) {
    rte_mbuf* const head = rte_pktmbuf_alloc(from);
    char* const headers = rte_pktmbuf_append(head, kHeaders);
    std::memset(headers, 0, kHeaders);
    auto* const ip = rte_pktmbuf_mtod_offset(head, rte_ipv4_hdr*, 14);
    ip->version_ihl = 0x45;
    ip->next_proto_id = IPPROTO_TCP;
    ip->total_length = rte_cpu_to_be_16(static_cast<std::uint16_t>(40 + kPayload));
    auto* const tcp = rte_pktmbuf_mtod_offset(head, rte_tcp_hdr*, 34);
    tcp->data_off = 0x50;
    for (std::uint32_t left = kPayload; left > 0;) {
        rte_mbuf* const part = rte_pktmbuf_alloc(from);
        const auto length = static_cast<std::uint16_t>(left < 2000 ? left : 2000);
        std::memset(rte_pktmbuf_append(part, length), 0x5A, length);
        rte_pktmbuf_chain(head, part);
        left -= length;
    }
    head->l2_len = 14;
    head->l3_len = 20;
    head->l4_len = 20;
    head->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_IPV4;
    return head;
}

void fill_checksums(rte_mbuf* segment) {
    auto* const ip = rte_pktmbuf_mtod_offset(segment, rte_ipv4_hdr*, 14);
    auto* const tcp = rte_pktmbuf_mtod_offset(segment, rte_tcp_hdr*, 34);
    ip->hdr_checksum = 0;
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    tcp->cksum = 0;
    tcp->cksum = rte_ipv4_udptcp_cksum_mbuf(segment, ip, 34);
}

// 64 KB into MSS 1460. items_per_second counts segments.
void dpdk_gso(benchmark::State& state, bool checksums) {
    rte_mempool* const from = pool();
    if (from == nullptr) {
        state.SkipWithError("DPDK does not start here");
        return;
    }
    rte_gso_ctx context{};
    context.direct_pool = from;
    context.indirect_pool = from;
    context.gso_types = RTE_ETH_TX_OFFLOAD_TCP_TSO;
    context.gso_size = kHeaders + kMss;
    std::array<rte_mbuf*, 64> out{};
    rte_mbuf* const packet = large_packet(from);
    std::int64_t segments = 0;
    for ([[maybe_unused]] auto _ : state) {
        packet->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_IPV4;
        const int count = rte_gso_segment(packet, &context, out.data(), out.size());
        for (int i = 0; i < count; ++i) {
            if (checksums) {
                fill_checksums(out[static_cast<std::size_t>(i)]);
            }
            rte_pktmbuf_free(out[static_cast<std::size_t>(i)]);
        }
        segments += count;
    }
    rte_pktmbuf_free(packet);
    state.SetItemsProcessed(segments);
}
BENCHMARK_CAPTURE(dpdk_gso, plain, false);
BENCHMARK_CAPTURE(dpdk_gso, with_checksums, true);

// Segments of 64 connections in turn, as rsc_64_flows has them, but not verified. Only the merging
// is timed. items_per_second counts segments.
constexpr std::uint16_t kGroFlows = 64;
constexpr std::uint16_t kGroBurst = 128;

rte_mbuf* small_segment(rte_mempool* from, std::uint16_t flow, std::uint32_t seq,
                        std::uint16_t payload) {
    rte_mbuf* const packet = rte_pktmbuf_alloc(from);
    char* const bytes = rte_pktmbuf_append(packet, static_cast<std::uint16_t>(kHeaders + payload));
    std::memset(bytes, 0, kHeaders);
    bytes[12] = 8;
    auto* const ip = rte_pktmbuf_mtod_offset(packet, rte_ipv4_hdr*, 14);
    ip->version_ihl = 0x45;
    ip->next_proto_id = IPPROTO_TCP;
    ip->fragment_offset = rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG);
    ip->total_length = rte_cpu_to_be_16(static_cast<std::uint16_t>(40 + payload));
    auto* const tcp = rte_pktmbuf_mtod_offset(packet, rte_tcp_hdr*, 34);
    tcp->src_port = rte_cpu_to_be_16(flow);
    tcp->sent_seq = rte_cpu_to_be_32(seq);
    tcp->data_off = 0x50;
    tcp->tcp_flags = RTE_TCP_ACK_FLAG;
    packet->packet_type = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP;
    packet->l2_len = 14;
    packet->l3_len = 20;
    packet->l4_len = 20;
    return packet;
}

void dpdk_gro_64_flows(benchmark::State& state) {
    rte_mempool* const from = pool();
    if (from == nullptr) {
        state.SkipWithError("DPDK does not start here");
        return;
    }
    const auto payload = static_cast<std::uint16_t>(state.range(0));
    rte_gro_param parameters{};
    parameters.gro_types = RTE_GRO_TCP_IPV4;
    parameters.max_flow_num = kGroFlows;
    parameters.max_item_per_flow = kGroBurst / kGroFlows;
    for ([[maybe_unused]] auto _ : state) {
        std::array<rte_mbuf*, kGroBurst> burst{};
        for (std::uint16_t i = 0; i < kGroBurst; ++i) {
            burst.at(i) = small_segment(
                from, i % kGroFlows, static_cast<std::uint32_t>(i / kGroFlows * payload), payload);
        }
        const auto start = std::chrono::steady_clock::now();
        const std::uint16_t left = rte_gro_reassemble_burst(burst.data(), kGroBurst, &parameters);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        state.SetIterationTime(took.count());
        for (std::uint16_t i = 0; i < left; ++i) {
            rte_pktmbuf_free(burst.at(i));
        }
    }
    state.SetItemsProcessed(state.iterations() * kGroBurst);
}
BENCHMARK(dpdk_gro_64_flows)->Arg(100)->Arg(1460)->UseManualTime();

}  // namespace
