// SPDX-License-Identifier: GPL-2.0-or-later
// Flow Director as drivers program it, with buckets from a hash of the tests' own.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <optional>

#include "flow_reference.h"
#include "rig.h"

namespace x550 {

inline constexpr std::uint32_t kBucketKey = 0x3DAD14E2;  // of all drivers
inline constexpr std::uint32_t kSignatureKey = 0x174D3614;
inline constexpr std::uint32_t kFlexIsEthertype = 6u << FDIRCTRL::flex_offset_shift;
inline constexpr std::uint32_t kLongLists = 10u << FDIRCTRL::max_length_shift;
inline constexpr unsigned kNoQueue = 127;  // where drop rules send

// A flow, and the registers that describe it.
struct Flow {
    FlowBytes tuple{};
    std::uint32_t type = 0;  // FDIRCMD

    Flow& put(std::size_t at, const Frame& bytes) {
        std::copy(bytes.begin(), bytes.end(), tuple.begin() + static_cast<std::ptrdiff_t>(at));
        return *this;
    }
    [[nodiscard]] std::uint32_t word(std::size_t at) const {  // first byte in bits 7:0
        std::uint32_t out = 0;
        for (std::size_t i = 4; i-- != 0;) {
            out = out << 8 | tuple[at + i];
        }
        return out;
    }
};

enum class Protocol : std::uint8_t { udp = 1, tcp = 2, sctp = 3 };

inline Flow flow4(Protocol protocol, const Frame& source, const Frame& destination,
                  std::uint16_t source_port, std::uint16_t destination_port) {
    const auto high = [](std::uint16_t v) { return static_cast<std::uint8_t>(v >> 8); };
    const auto low = [](std::uint16_t v) { return static_cast<std::uint8_t>(v); };
    Flow flow;
    flow.put(2, source).put(18, destination);
    flow.put(34,
             {high(source_port), low(source_port), high(destination_port), low(destination_port)});
    flow.tuple[41] = static_cast<std::uint8_t>(protocol);
    flow.type = static_cast<std::uint32_t>(protocol) << 5;
    return flow;
}

// TCP 192.168.1.1:1024 to 192.168.1.2:80, whose hashes are known: bucket 0xCBD4 and signature
// 0xE1F5, or 0x0FA6 and 0x6373 with the ethertype for flexible bytes.
inline Flow known_flow() {
    return flow4(Protocol::tcp, {192, 168, 1, 1}, {192, 168, 1, 2}, 1024, 80);
}
inline FrameBuilder known_frame() {
    return FrameBuilder().ipv4("192.168.1.1", "192.168.1.2").tcp(1024, 80).payload(100);
}

struct FlowRig : Rig {
    RxRing rest{driver, 0, {.size = 64}};
    RxRing steered{driver, 5, {.size = 64}};
    std::uint32_t control = 0;

    FlowRig() {
        driver.write<RXCSUM>(RXCSUM::pcsd);
        driver.write<MRQC>(MRQC::rss | MRQC::tcp4 | MRQC::ipv4 | MRQC::tcp6 | MRQC::ipv6);
        for (unsigned i = 0; i < 40; ++i) {
            key_[i] = static_cast<std::uint8_t>(i * 37 + 1);
        }
        driver.set_rss_key(key_);
    }
    void start(std::uint32_t bits, unsigned pballoc = FDIRCTRL::pballoc_64k) {
        driver.write<FDIRHKEY>(kBucketKey);
        driver.write<FDIRSKEY>(kSignatureKey);
        control = bits | pballoc | kFlexIsEthertype | kNoQueue << FDIRCTRL::drop_queue_shift;
        if ((bits >> FDIRCTRL::max_length_shift & 0xF) == 0) {
            control |= kLongLists;
        }
        driver.write<FDIRCTRL>(control);
        ASSERT_NE(driver.read<FDIRCTRL>() & FDIRCTRL::init_done, 0u);
    }
    void start_perfect(std::uint32_t masks = FDIRM::flex | FDIRM::pool, std::uint32_t bits = 0) {
        driver.write<FDIRM>(masks);
        start(FDIRCTRL::perfect_match | FDIRCTRL::report_status | bits);
    }

    static std::uint32_t to_queue(unsigned queue) {
        return FDIRCMD::queue_en | queue << FDIRCMD::queue_shift;
    }
    // One access of 64 bits, which arrives as two.
    void command(std::uint32_t hash, std::uint32_t cmd) const {
        driver.write<FDIRHASH>(hash);
        driver.write<FDIRCMD>(cmd);
        EXPECT_EQ(driver.read<FDIRCMD>() & 3, 0u) << "CMD clears itself";
    }
    static std::uint32_t id(std::uint32_t bucket, std::uint32_t which) {
        return bucket | FDIRHASH::valid | which << FDIRHASH::id_shift;
    }
    // `masked`: the flow as its bucket is computed, if masks are set.
    void add_perfect(const Flow& flow, unsigned index, std::uint32_t action,
                     const std::optional<Flow>& masked = std::nullopt) const {
        for (unsigned i = 0; i < 3; ++i) {
            driver.write<FDIRSIPV6>(i, flow.word(6 + 4 * std::size_t{i}));
        }
        driver.write<FDIRIPSA>(flow.word(2));
        driver.write<FDIRIPDA>(flow.word(18));
        driver.write<FDIRPORT>(
            be16_at(Frame(flow.tuple.begin(), flow.tuple.end()), 34) |
            static_cast<std::uint32_t>(be16_at(Frame(flow.tuple.begin(), flow.tuple.end()), 36))
                << 16);
        const std::uint32_t flex = flow.word(38) & 0xFFFF;
        driver.write<FDIRVLAN>(be16_at(Frame(flow.tuple.begin(), flow.tuple.end()), 0) | flex
                                                                                             << 16);
        const std::uint16_t bucket =
            reference_flow_hash(masked ? masked->tuple : flow.tuple, kBucketKey) & 0x1FFF;
        command(id(bucket, index),
                FDIRCMD::add | FDIRCMD::update | FDIRCMD::last | flow.type | action);
    }

    // The queue that got the frame, and its descriptor; nothing if no queue did.
    struct Arrived {
        bool steered = false;
        RxPacket packet;
    };
    std::optional<Arrived> deliver(const Frame& frame) {
        (void)machine.receive(frame);
        std::optional<Arrived> out;
        if (auto packet = rest.take()) {
            out = Arrived{.steered = false, .packet = *packet};
        } else if (auto other = steered.take()) {
            out = Arrived{.steered = true, .packet = *other};
        }
        rest.fill_all();
        steered.fill_all();
        return out;
    }
    bool steers(const FrameBuilder& builder) {
        const auto arrived = deliver(builder.build());
        EXPECT_TRUE(arrived);
        EXPECT_EQ(arrived && arrived->packet.has(RxWriteBack::flm), arrived && arrived->steered);
        return arrived && arrived->steered;
    }

private:
    std::array<std::uint8_t, 40> key_{};
};

}  // namespace x550
