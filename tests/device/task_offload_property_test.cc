// SPDX-License-Identifier: GPL-2.0-or-later
// Random requests, doorbells, resets and moves to another device: after each step the block reads
// what the slow model says. X550_NIGHTLY in the environment makes it a hundred times as many.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>

#include "destination.h"
#include "random.h"
#include "task_offload_model.h"
#include "task_offload_rig.h"

namespace x550 {
namespace {

constexpr std::uint32_t kSeed = 20'261'128;
constexpr std::uint32_t kCases = 60;
constexpr std::uint32_t kNightlyCases = 6'000;
constexpr std::uint32_t kSteps = 250;

std::uint8_t direction(Random& random) {
    return random.one_in(3) ? static_cast<std::uint8_t>(random.below(4))
                            : std::uint8_t{IXGBE_OFFLOAD_BOTH};
}

void random_switches(Random& random, ixgbe_offload_config& config) {
    for (std::uint8_t* member : {&config.csum_ip4, &config.csum_tcp4, &config.csum_udp4,
                                 &config.csum_tcp6, &config.csum_udp6}) {
        *member = direction(random);
    }
    for (bool* member :
         {&config.csum_ip_options, &config.csum_ip6_ext, &config.lso1, &config.lso2_ip4,
          &config.lso2_ip6, &config.uso_ip4, &config.uso_ip6, &config.uso_sub_mss, &config.rsc_ip4,
          &config.rsc_ip6, &config.rsc_timestamps, &config.nvgre, &config.vxlan}) {
        *member = !random.one_in(4);
    }
    config.lso_id_16bit = random.one_in(4);
    config.vxlan_port_fixed = random.one_in(4);
}

ixgbe_config random_config(Random& random) {
    ixgbe_config config = default_config();
    if (!random.one_in(4)) {
        random_switches(random, config.offload);
        config.offload.lso_max = 1 + random.below(262'143);
        config.offload.lso_min_segs = static_cast<std::uint8_t>(2 + random.below(254));
        config.offload.rsc_flows = static_cast<std::uint16_t>(1 + random.below(32));
        config.offload.vxlan_port = static_cast<std::uint16_t>(1 + random.below(65'535));
    }
    return config;
}

struct PropertyCase {
    explicit PropertyCase(Random& choices)
        : random(choices),
          config(random_config(random)),
          rig(config),
          model(config.offload),
          device(rig.machine.device()) {}

    Random& random;
    ixgbe_config config;
    TaskOffloadRig rig;
    OffloadModel model;
    ixgbe_device* device;
    const ixgbe_state* state = &rig.machine.state();
    std::unique_ptr<Destination> moved;

    [[nodiscard]] OffloadBlock block() const { return OffloadBlock(device); }

    // Values that mean something, mostly.
    std::uint8_t value() {
        return static_cast<std::uint8_t>(random.one_in(12) ? random.word() : random.below(3));
    }
    void put_parameter() {
        const std::uint32_t byte =
            random.below(random.one_in(30) ? Param::area : std::uint32_t{Param::end});
        const bool reserved = byte >= 9 && byte <= 15;
        const std::uint8_t content = reserved && !random.one_in(10) ? std::uint8_t{0} : value();
        model.asked.request.at(byte) = content;
        block().request(byte, content);
    }
    void put_encapsulation() {
        static constexpr std::uint8_t headers[] = {0, 14, 18, 22, 15};
        const std::uint32_t base = 8 * random.below(2);
        const std::array<std::uint8_t, 8> bytes = {value(),
                                                   std::uint8_t{random.one_in(30)},
                                                   std::uint8_t(random.one_in(10) ? 4 : 2),
                                                   0,
                                                   headers[random.below(5)],
                                                   std::uint8_t{random.one_in(30)},
                                                   0,
                                                   0};
        for (std::uint32_t i = 0; i < 8; ++i) {
            model.asked.encapsulation.at(base + i) = bytes.at(i);
            block().put(Block::encapsulation4 + base + i, bytes.at(i));
        }
    }
    void ring() {
        const std::uint32_t bits = random.one_in(20) ? random.word() : random.below(16);
        model.ring(bits);
        block().ring(bits);
    }
    void reset() {
        const std::uint32_t kind = random.below(3);
        model.reset(kind == 2);
        if (kind == 0) {
            ixgbe_mmio_write(device, CTRL::at(), CTRL::rst, 4);
        } else {
            ixgbe_reset(device, kind == 1 ? IXGBE_RESET_BUS : IXGBE_RESET_POWER_ON);
        }
    }
    void move() {
        ixgbe_prepare_save(device);
        auto next = std::make_unique<Destination>(rig.machine, config);
        ASSERT_TRUE(next->load(*state)) << next->why.data();
        device = next->device();
        state = &next->state();
        moved = std::move(next);
    }
    void events() {
        const std::uint32_t ones = random.word();
        model.clear_event(ones);
        block().write(Block::event, ones);
        const std::uint32_t vector = random.word();
        model.event_vector = vector & (EventVector::on | EventVector::vector_mask);
        block().write(Block::event_vector, vector);
    }
    void step() {
        const std::uint32_t choice = random.below(64);
        if (choice < 36) {
            put_parameter();
        } else if (choice < 44) {
            put_encapsulation();
        } else if (choice < 58) {
            ring();
        } else if (choice < 60) {
            events();
        } else if (choice < 62) {
            reset();
        } else {
            move();
        }
    }
    [[nodiscard]] testing::AssertionResult agree() const;
};

// Words that nothing changes are left to the tests of the words.
constexpr std::uint32_t kModelled[] = {
    Word::csum,       Word::seg,      Word::lso1_max,     Word::lso2v4_max, Word::lso2v6_max,
    Word::uso4_max,   Word::uso6_max, Word::min_segs,     Word::rsc,        Word::gre,
    Word::gre_maxhdr, Word::vxlan,    Word::vxlan_maxhdr, Word::encap_port, Word::flags};

testing::AssertionResult PropertyCase::agree() const {
    const OffloadBlock now = block();
    const auto differs = [](const char* what, std::uint32_t offset, std::uint32_t expected,
                            std::uint32_t found) {
        return testing::AssertionFailure() << std::hex << what << " at " << offset << " is "
                                           << found << " instead of " << expected;
    };
    const OffloadModel::Words hardware = model.hardware();
    const OffloadModel::Words current = model.current();
    for (const std::uint32_t word : kModelled) {
        if (now.hardware(word) != hardware.at(word / 4)) {
            return differs("hardware", word, hardware.at(word / 4), now.hardware(word));
        }
        if (now.current(word) != current.at(word / 4)) {
            return differs("current", word, current.at(word / 4), now.current(word));
        }
    }
    for (std::uint32_t i = 0; i < Block::request_end - Block::parameters; ++i) {
        const std::uint32_t found = now.read((Block::parameters + i) & ~3u) >> (i % 4 * 8) & 0xFF;
        const std::uint32_t expected = i < Param::area
                                           ? model.asked.request.at(i)
                                           : model.asked.encapsulation.at(i - Param::area);
        if (found != expected) {
            return differs("request", i, expected, found);
        }
    }
    for (const auto& [offset, expected] : {std::pair{Block::generation, model.generation},
                                           {Block::event, model.event},
                                           {Block::event_vector, model.event_vector}}) {
        if (now.read(offset) != expected) {
            return differs("word", offset, expected, now.read(offset));
        }
    }
    if (std::find(model.results.begin(), model.results.end(), now.result()) ==
        model.results.end()) {
        return differs("RESULT", Block::result, model.results.front(), now.result());
    }
    return testing::AssertionSuccess();
}

// Rules CTRL-2, CTRL-4, CTRL-5, CTRL-10 and MAP-1 to MAP-7, all at once.
TEST(TaskOffloadProperty, EveryStepReadsWhatTheModelSays) {
    Random random(kSeed);
    const std::uint32_t cases = std::getenv("X550_NIGHTLY") != nullptr ? kNightlyCases : kCases;
    for (std::uint32_t i = 0; i < cases; ++i) {
        PropertyCase one(random);
        for (std::uint32_t step = 0; step < kSteps; ++step) {
            one.step();
            ASSERT_TRUE(one.agree()) << "case " << i << " step " << step;
        }
    }
}

}  // namespace
}  // namespace x550
