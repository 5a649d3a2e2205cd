// SPDX-License-Identifier: GPL-2.0-or-later
// The offloads that a report has a row for, and the checks that prove each of them.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace host {

enum class OffloadDirection { transmit, receive, control };

[[nodiscard]] std::string_view name_of(OffloadDirection direction);

// Where the task-offload block's tables have a member of the row's name.
enum class OffloadSwitch {
    property,  // a property of -device x550 and a member of the tables
    block,     // the block itself: offered where there is one
    chip,      // an ability of the X550 that the block does not switch
};

struct Offload {
    std::string_view name;  // the property's where there is one
    OffloadDirection direction;
    OffloadSwitch kind;
    std::string_view title;
    // The one that says most about it first; empty names at the end do not count.
    std::array<std::string_view, 6> checks;

    [[nodiscard]] bool proved_by(std::string_view check) const;
};

// A number or choice that the block tells beside the offloads; also named as its property.
struct OffloadLimit {
    std::string_view name;
    std::string_view title;
};

// In the order of the report: transmit, receive, control.
[[nodiscard]] std::span<const Offload> all_offloads();
[[nodiscard]] std::span<const OffloadLimit> all_offload_limits();

}  // namespace host
