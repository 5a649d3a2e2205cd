// SPDX-License-Identifier: GPL-2.0-or-later
// The requests of the task-offload block as docs/task-offload.md has them: which are refused, why.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <ixgbe/ixgbe.h>

#include "task_offload.h"

namespace x550 {

// enum ixgbe_offload_direction, in the order of the block.
[[nodiscard]] inline std::array<std::uint8_t, 5> csum_properties(
    const ixgbe_offload_config& config) {
    return {config.csum_ip4, config.csum_tcp4, config.csum_udp4, config.csum_tcp6,
            config.csum_udp6};
}

class OffloadRequests {
public:
    explicit OffloadRequests(const ixgbe_offload_config& config) : config_(config) {}

    std::array<std::uint8_t, Param::area> request{};
    std::array<std::uint8_t, 16> encapsulation{};

    // "The doorbell clears the area, done or refused": the one it was rung for.
    void clear(std::uint32_t bits) {
        if ((bits & Doorbell::parameters) != 0) {
            request.fill(0);
        }
        if ((bits & Doorbell::encapsulation) != 0) {
            encapsulation.fill(0);
        }
    }
    [[nodiscard]] std::uint16_t port() const {
        return static_cast<std::uint16_t>(request[Param::vxlan_port] |
                                          request[Param::vxlan_port + 1] << 8);
    }
    // What RESULT may say instead of "done"; where several members are wrong, each of them.
    [[nodiscard]] std::vector<std::uint32_t> refusals(std::uint32_t bits,
                                                      std::uint32_t current_port) const {
        if (bits == 0 || bits > 0xF) {
            return {Result::invalid_data, refused(Result::invalid_data, Block::doorbell)};
        }
        std::vector<std::uint32_t> out;
        for (std::uint32_t i = 0; (bits & Doorbell::parameters) != 0 && i < Param::area; ++i) {
            if (const std::uint32_t code = member_code(i, current_port); code != Result::done) {
                out.push_back(refused(code, Block::parameters + i));
            }
        }
        for (unsigned base = 0; (bits & Doorbell::encapsulation) != 0 && base < 16; base += 8) {
            if (const auto bad = encapsulation_refusal(base)) {
                out.push_back(*bad);
            }
        }
        return out;
    }

private:
    [[nodiscard]] static std::uint32_t refused(std::uint32_t code, std::uint32_t offset) {
        return code | offset << Result::member_shift;
    }
    [[nodiscard]] std::uint32_t csum_code(unsigned i) const {
        static constexpr std::uint8_t needed[] = {0, 0, IXGBE_OFFLOAD_TX, IXGBE_OFFLOAD_RX,
                                                  IXGBE_OFFLOAD_BOTH};
        if (request.at(i) > CsumValue::both) {
            return Result::invalid_data;
        }
        const unsigned lacks = needed[request.at(i)] & ~unsigned{csum_properties(config_).at(i)};
        return lacks != 0 ? Result::not_supported : Result::done;
    }
    [[nodiscard]] static std::uint32_t switch_code(std::uint8_t value, bool present,
                                                   std::uint8_t last = Switch::on) {
        if (value > last) {
            return Result::invalid_data;
        }
        return value >= Switch::on && !present ? Result::not_supported : Result::done;
    }
    // Rule MAP-6: a large send needs its checksums in hardware, on or off.
    [[nodiscard]] bool sums_for_lso(bool v6) const {
        const auto tx = [](std::uint8_t directions) {
            return (directions & IXGBE_OFFLOAD_TX) != 0;
        };
        return v6 ? tx(config_.csum_tcp6) : tx(config_.csum_ip4) && tx(config_.csum_tcp4);
    }
    // A type that is absent may be blamed on either member.
    [[nodiscard]] std::uint32_t encap_code(bool of_types) const {
        const std::uint8_t value = request[Param::encap];
        const std::uint8_t types = request[Param::encap_types];
        const bool on = value == EncapValue::on;
        if (of_types ? types > EncapValue::both || (types != 0 && !on) : value > EncapValue::off) {
            return Result::invalid_data;
        }
        const unsigned wanted = types == 0 ? unsigned{EncapValue::nvgre} : types;
        const unsigned has = (config_.nvgre ? 1u : 0u) | (config_.vxlan ? 2u : 0u);
        return on && (wanted & ~has) != 0 ? Result::not_supported : Result::done;
    }
    // Code of the member that begins at `offset`, or of a byte that must be 0.
    [[nodiscard]] std::uint32_t member_code(std::uint32_t offset,
                                            std::uint32_t current_port) const {
        const std::uint8_t value = request.at(offset);
        switch (offset) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
                return csum_code(offset);
            case Param::lso1:
                return switch_code(value, config_.lso1 && sums_for_lso(false));
            case Param::lso2v4:
                return switch_code(value, config_.lso2_ip4 && sums_for_lso(false));
            case Param::lso2v6:
                return switch_code(value, config_.lso2_ip6 && sums_for_lso(true));
            case Param::uso4:
                return switch_code(value, config_.uso_ip4);
            case Param::uso6:
                return switch_code(value, config_.uso_ip6);
            case Param::rsc4:
                return switch_code(value, config_.rsc_ip4);
            case Param::rsc6:
                return switch_code(value, config_.rsc_ip6);
            case Param::ipsec1:
            case Param::ipsec2:
            case Param::ipsec2_ip4:
                return switch_code(value, false, 4);
            case Param::udp_rsc:
                return switch_code(value, false);
            case Param::flags:
                return value > 1 || request[13] != 0 || request[14] != 0 || request[15] != 0
                           ? Result::invalid_data
                           : Result::done;
            case Param::encap:
                return encap_code(false);
            case Param::encap_types:
                return encap_code(true);
            case Param::vxlan_port:
                return port() != 0 && port() != current_port &&
                               (config_.vxlan_port_fixed || !config_.vxlan)
                           ? Result::not_supported
                           : Result::done;
            case 13:
            case 14:
            case 15:
            case Param::vxlan_port + 1:
                return Result::done;  // of the member before
            default:
                return value != 0 ? Result::invalid_data : Result::done;
        }
    }
    [[nodiscard]] std::optional<std::uint32_t> encapsulation_refusal(unsigned base) const {
        const std::uint32_t offset = Block::encapsulation4 + base;
        const auto byte = [&](unsigned i) { return std::uint32_t{encapsulation.at(base + i)}; };
        if (byte(0) > EncapValue::off) {
            return refused(Result::invalid_data, offset);
        }
        if (byte(1) != 0) {
            return refused(Result::invalid_data, offset + 1);
        }
        if (byte(0) != EncapValue::on) {
            return std::nullopt;
        }
        if ((byte(2) | byte(3) << 8) != 2) {
            return refused(Result::invalid_parameter, offset + 2);
        }
        const std::uint32_t header = byte(4) | byte(5) << 8 | byte(6) << 16 | byte(7) << 24;
        if (header != 0 && header != 14 && header != 18 && header != 22) {
            return refused(Result::invalid_parameter, offset + 4);
        }
        return std::nullopt;
    }

    ixgbe_offload_config config_;
};

}  // namespace x550
