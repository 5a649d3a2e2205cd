// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>

#include "frame.h"

namespace wire {

// Writes frames as a pcapng file (one Ethernet interface, nanoseconds, direction flags).
void write_pcapng(const std::string& path, std::span<const Frame> frames);

}  // namespace wire
