// SPDX-License-Identifier: GPL-2.0-or-later
// A driver's side of the task-offload block, beside any of the other rigs.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>

#include "rig.h"
#include "task_offload.h"

namespace x550 {

class OffloadBlock {
public:
    using Requests = std::initializer_list<std::pair<std::uint32_t, std::uint8_t>>;

    explicit OffloadBlock(ixgbe_device* device) : device_(device) {}

    [[nodiscard]] std::uint32_t read(std::uint64_t offset, unsigned size = 4) const {
        return ixgbe_block_read(device_, offset, size);
    }
    void write(std::uint64_t offset, std::uint32_t value, unsigned size = 4) const {
        ixgbe_block_write(device_, offset, value, size);
    }
    [[nodiscard]] std::uint32_t hardware(std::uint32_t word) const {
        return read(Block::hardware + word);
    }
    [[nodiscard]] std::uint32_t current(std::uint32_t word) const {
        return read(Block::current + word);
    }
    [[nodiscard]] std::uint32_t effective(std::uint32_t word) const {
        return read(Block::effective + word);
    }
    [[nodiscard]] std::uint64_t counter(unsigned index) const {
        const std::uint32_t low = read(Block::statistics + 8 * index);
        return std::uint64_t{read(Block::statistics + 8 * index + 4)} << 32 | low;
    }
    [[nodiscard]] std::uint32_t generation() const { return read(Block::generation); }

    // One byte of the request area; the others of its word stay.
    void put(std::uint32_t offset, std::uint8_t value) const {
        const std::uint32_t word = offset & ~3u;
        const unsigned shift = offset % 4 * 8;
        write(word, (read(word) & ~(0xFFu << shift)) | std::uint32_t{value} << shift);
    }
    void request(std::uint32_t member, std::uint8_t value) const {
        put(Block::parameters + member, value);
    }
    void request_port(std::uint16_t port) const {
        request(Param::vxlan_port, static_cast<std::uint8_t>(port));
        request(Param::vxlan_port + 1, static_cast<std::uint8_t>(port >> 8));
    }
    void request_encapsulation(bool v6, std::uint8_t enabled, std::uint16_t type = 2,
                               std::uint32_t header = 14) const {
        const std::uint32_t base = v6 ? Block::encapsulation6 : Block::encapsulation4;
        write(base, enabled | std::uint32_t{type} << 16);
        write(base + 4, header);
    }

    [[nodiscard]] std::uint32_t result() const { return read(Block::result); }
    [[nodiscard]] std::uint32_t code() const { return result() & Result::code_mask; }
    // Offset in the block of what was refused.
    [[nodiscard]] std::uint32_t refused() const { return result() >> Result::member_shift; }

    std::uint32_t ring(std::uint32_t bits) const {  // NOLINT(modernize-use-nodiscard)
        write(Block::doorbell, bits);
        return code();
    }
    std::uint32_t apply(Requests requests) const {  // NOLINT(modernize-use-nodiscard)
        for (const auto& [member, value] : requests) {
            request(member, value);
        }
        return ring(Doorbell::parameters);
    }
    // The protocols of both IP versions ask for their offloads.
    void activate() const {
        request_encapsulation(false, EncapValue::on);
        request_encapsulation(true, EncapValue::on);
        EXPECT_EQ(ring(Doorbell::encapsulation), Result::done);
    }
    // What a driver does at its start: these requests, both versions, and no statistics of before.
    void engage(Requests requests = {}) const {
        for (const auto& [member, value] : requests) {
            request(member, value);
        }
        request_encapsulation(false, EncapValue::on);
        request_encapsulation(true, EncapValue::on);
        EXPECT_EQ(ring(Doorbell::parameters | Doorbell::encapsulation | Doorbell::clear_statistics),
                  Result::done);
    }

private:
    ixgbe_device* device_;
};

// Any rig, with the block of its device.
template <typename Base>
struct WithBlock : Base {
    using Base::Base;
    OffloadBlock block{this->machine.device()};
};
using TaskOffloadRig = WithBlock<Rig>;

// A device with other properties than the usual ones.
template <typename Change>
[[nodiscard]] ixgbe_config changed_config(const Change& change) {
    ixgbe_config config = default_config();
    change(config.offload);
    return config;
}

}  // namespace x550
