// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply.h"

#include <array>
#include <chrono>
#include <span>
#include <thread>

namespace taskoffload {
namespace {

constexpr std::chrono::milliseconds kPollInterval{1};

struct Tunnels {
    std::uint8_t switched = X550_NO_CHANGE;  // X550_ENCAPSULATED_*
    std::uint8_t types = 0;                  // X550_TYPE_*, with on
};

unsigned active_tunnels(Block& block) {
    const std::uint32_t port =
        block.read(X550_CURRENT + X550_WORD_ENCAP_PORT * sizeof(std::uint32_t));
    return (port >> X550_ENCAP_PORT_TYPES_SHIFT) & (X550_TYPE_NVGRE | X550_TYPE_VXLAN);
}

// The device has one switch for both tunnels, and a set of types that goes with on.
Tunnels tunnels_of(const Request& request, unsigned active) {
    const unsigned wanted = (active & ~unsigned{request.tunnels_off}) | request.tunnels_on;
    const bool unchanged = wanted == active && request.tunnels_on == 0;
    if (request.tunnels_on == 0 && request.tunnels_off == 0) {
        return {};
    }
    if (wanted == 0) {
        return {X550_ENCAPSULATED_OFF, 0};
    }
    return unchanged ? Tunnels{} : Tunnels{X550_ENCAPSULATED_ON, static_cast<std::uint8_t>(wanted)};
}

void write_words(Block& block, std::uint32_t offset, std::span<const std::uint32_t> words) {
    for (const std::uint32_t word : words) {
        block.write(offset, word);
        offset += static_cast<std::uint32_t>(sizeof(word));
    }
}

void write_parameters(Block& block, const x550_offload_parameters& parameters) {
    std::array<std::uint32_t, X550_PARAMETERS_WORDS> words{};
    x550_pack_parameters(&parameters, words.data());
    write_words(block, X550_PARAMETERS, words);
}

void write_encapsulation(Block& block, std::uint32_t offset, const x550_encapsulation& request) {
    std::array<std::uint32_t, X550_ENCAPSULATION_WORDS> words{};
    x550_pack_encapsulation(&request, words.data());
    write_words(block, offset, words);
}

Outcome ring_tunnels(Block& block, const Tunnels& tunnels) {
    x550_offload_parameters parameters{};
    parameters.encapsulated_packet_task_offload = tunnels.switched;
    parameters.encapsulation_types = tunnels.types;
    write_parameters(block, parameters);
    return ring(block, X550_DOORBELL_PARAMETERS);
}

// On with fewer types than are active: where that did not put the others off, off and on again.
Outcome drop_leftover_tunnels(Block& block, const Tunnels& wanted) {
    if (wanted.switched != X550_ENCAPSULATED_ON ||
        (active_tunnels(block) & ~unsigned{wanted.types}) == 0) {
        return {};
    }
    const Outcome off = ring_tunnels(block, {X550_ENCAPSULATED_OFF, 0});
    return off.done() ? ring_tunnels(block, wanted) : off;
}

std::string member_text(std::uint32_t member) {
    const std::string setting = setting_of_member(member);
    return std::string(x550_member_name(member)) + (setting.empty() ? "" : " (" + setting + ")");
}

std::string refusal(std::uint32_t code, std::uint32_t member) {
    const std::string where = member == 0 ? "the request" : member_text(member);
    switch (code) {
        case X550_RESULT_BUSY:
            return "the device stays busy: is the machine paused or the guest "
                   "overloaded?";
        case X550_RESULT_NOT_SUPPORTED:
            return "not supported: " + where +
                   " asks for what this device lacks: see the hardware column of "
                   "'x550-taskoffload show'";
        case X550_RESULT_INVALID_DATA:
            return "invalid data: " + where + " has a value out of range";
        case X550_RESULT_INVALID_PARAMETER:
            return "invalid parameter: " + where +
                   ": only 802.3 with a header of 14, 18 or 22 bytes can be activated";
        default:
            return "unknown result " + std::to_string(code) + " for " + where +
                   ": use the x550-taskoffload of the device's release";
    }
}

std::uint32_t wait_for_result(Block& block, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::uint32_t result = block.read(X550_RESULT);
    while (x550_result_code(result) == X550_RESULT_BUSY &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(kPollInterval);
        result = block.read(X550_RESULT);
    }
    return result;
}

}  // namespace

Request with_first_activation(Request request, Block& block) {
    const std::uint32_t flags = block.read(X550_CURRENT + X550_WORD_FLAGS * sizeof(std::uint32_t));
    if (x550_has(flags, X550_FLAGS_SWITCHES_APPLY) == 0 && !request.asks_activation()) {
        request.activate(true, true);
    }
    return request;
}

Outcome ring(Block& block, std::uint32_t bits, std::chrono::milliseconds patience) {
    const Turn turn(block);
    block.write(X550_DOORBELL, bits);
    const std::uint32_t result = wait_for_result(block, patience);
    Outcome out{x550_result_code(result), x550_result_member(result), "done"};
    if (!out.done()) {
        out.message = refusal(out.code, out.member);
    }
    return out;
}

Outcome apply(Block& block, const Request& request) {
    const Turn turn(block);
    const unsigned active = request.restore_defaults ? 0 : active_tunnels(block);
    const Tunnels tunnels = tunnels_of(request, active);
    x550_offload_parameters parameters = request.parameters;
    parameters.encapsulated_packet_task_offload = tunnels.switched;
    parameters.encapsulation_types = tunnels.types;
    // Both areas whole: somebody may have left something in them.
    write_parameters(block, parameters);
    write_encapsulation(block, X550_ENCAPSULATION_IP4, request.ip4);
    write_encapsulation(block, X550_ENCAPSULATION_IP6, request.ip6);
    const Outcome first =
        ring(block, (request.asks_parameters() ? X550_DOORBELL_PARAMETERS : 0) |
                        (request.asks_activation() ? X550_DOORBELL_ENCAPSULATION : 0) |
                        (request.restore_defaults ? X550_DOORBELL_DEFAULTS : 0));
    if (!first.done()) {
        return first;
    }
    const Outcome rest = drop_leftover_tunnels(block, tunnels);
    return rest.done() ? first : rest;
}

}  // namespace taskoffload
