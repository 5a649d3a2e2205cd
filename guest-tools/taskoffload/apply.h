// SPDX-License-Identifier: GPL-2.0-or-later
// Requests on their way to the device, and its answers in words.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "block.h"
#include "settings.h"

namespace taskoffload {

struct Outcome {
    std::uint32_t code = X550_RESULT_DONE;
    std::uint32_t member = 0;  // offset in the block of what was refused, 0 if none
    std::string message;       // for a refusal: names the member and what to do

    [[nodiscard]] bool done() const { return code == X550_RESULT_DONE; }
};

// The first request after a start also activates both IP versions, as protocols do on Windows
// (CTRL-3): otherwise every receive checksum would go off. Not if the request names any of them.
[[nodiscard]] Request with_first_activation(Request request, Block& block);
// Writes what is asked for, rings and waits. All of it takes effect or none, except where one
// tunnel goes off while another stays on: a device that only adds types then gets a second request.
[[nodiscard]] Outcome apply(Block& block, const Request& request);
inline constexpr std::chrono::seconds kBusyPatience{2};

// Rings these bits of the doorbell and waits for the result.
[[nodiscard]] Outcome ring(Block& block, std::uint32_t bits,
                           std::chrono::milliseconds patience = kBusyPatience);

}  // namespace taskoffload
