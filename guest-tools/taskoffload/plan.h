// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "keywords.h"
#include "settings.h"
#include "tables.h"

namespace taskoffload {

// What a Windows driver would ask of the device when it starts with these keywords.
struct Plan {
    Request request;
    std::vector<std::string> notes;  // what the keywords want and the request leaves out, and why
};

// Starts from the defaults, as after a reset, says each switch outright, asks for nothing that the
// hardware lacks, and activates what protocols would (KEY-1 to KEY-10).
[[nodiscard]] Plan plan_for(const Keywords& keywords, const CapsWords& hardware);

}  // namespace taskoffload
