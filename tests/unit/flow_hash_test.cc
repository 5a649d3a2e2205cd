// SPDX-License-Identifier: GPL-2.0-or-later
// The hash of Flow Director against its definition, bit by bit, and against known values.

#include "net/flow_hash.h"

#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

#include "flow_reference.h"

namespace ixgbe {
namespace {

constexpr std::uint32_t kBucketKey = 0x3DAD14E2;  // as drivers set them
constexpr std::uint32_t kSignatureKey = 0x174D3614;

std::uint16_t by_definition(const FlowTuple& tuple, std::uint32_t key) {
    x550::FlowBytes bytes{};
    std::memcpy(bytes.data(), tuple.bytes.data(), bytes.size());
    return x550::reference_flow_hash(bytes, key);
}

void put(FlowTuple& tuple, std::size_t at, std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) {
        tuple.bytes.at(at++) = static_cast<std::byte>(byte);
    }
}

FlowTuple tcp_flow(unsigned flex_high) {
    FlowTuple tuple;
    put(tuple, FlowTuple::kSource, {192, 168, 1, 1});
    put(tuple, FlowTuple::kDestination, {192, 168, 1, 2});
    put(tuple, FlowTuple::kSourcePort, {1024 >> 8, 0, 0, 80});
    put(tuple, FlowTuple::kFlex, {flex_high, 0});
    put(tuple, FlowTuple::kType, {2});
    return tuple;
}

// Computed with the arithmetic of Linux' and DPDK's drivers, for their keys.
TEST(FlowHash, AgreesWithTheDrivers) {
    EXPECT_EQ(flow_hash(tcp_flow(0), kBucketKey), 0xCBD4);
    EXPECT_EQ(flow_hash(tcp_flow(0), kSignatureKey), 0xE1F5);
    EXPECT_EQ(flow_hash(tcp_flow(8), kBucketKey), 0x0FA6);
    EXPECT_EQ(flow_hash(tcp_flow(8), kSignatureKey), 0x6373);
    FlowTuple udp;
    put(udp, FlowTuple::kVlan, {0, 100});
    put(udp, FlowTuple::kSource, {10, 0, 0, 1});
    put(udp, FlowTuple::kDestination, {10, 0, 0, 2});
    put(udp, FlowTuple::kSourcePort, {5000 >> 8, 5000 & 0xFF, 0, 53});
    put(udp, FlowTuple::kType, {1});
    EXPECT_EQ(flow_hash(udp, kBucketKey), 0x6E03);
    EXPECT_EQ(flow_hash(udp, kSignatureKey), 0x1C3D);
}

TEST(FlowHash, AgreesWithTheDriversUnderTheResetKeys) {
    EXPECT_EQ(flow_hash(tcp_flow(0), 0x80000001), 0x0C04);
    EXPECT_EQ(flow_hash(tcp_flow(0), 0x80800101), 0x5900);
}

TEST(FlowHash, EveryBitOfTheTupleAndOfTheKeyCountsAsDefined) {
    for (std::size_t bit = 0; bit < 8 * FlowTuple::kBytes; ++bit) {
        FlowTuple tuple;
        tuple.bytes.at(bit / 8) = std::byte{1} << bit % 8;
        for (unsigned key_bit = 0; key_bit < 32; ++key_bit) {
            ASSERT_EQ(flow_hash(tuple, 1U << key_bit), by_definition(tuple, 1U << key_bit))
                << "tuple bit " << bit << ", key bit " << key_bit;
        }
    }
}

TEST(FlowHash, RandomTuplesHashAsDefined) {
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
        FlowTuple tuple;
        for (std::byte& byte : tuple.bytes) {
            byte = static_cast<std::byte>(random() & 0xFF);
        }
        const auto key = static_cast<std::uint32_t>(random());
        ASSERT_EQ(flow_hash(tuple, key), by_definition(tuple, key));
    }
}

}  // namespace
}  // namespace ixgbe
