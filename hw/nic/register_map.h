// SPDX-License-Identifier: GPL-2.0-or-later
// Every register of the PF register summary (X550 DS 8.2.1) and those of the family that drivers
// touch: one row each, by chapter, checked at compile time. FCDDC, FCDFC and FCDFCD alone are
// missing: they lie above the registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ixgbe/state.h>

#include "nic/map/filter.h"
#include "nic/map/flow_director.h"
#include "nic/map/general.h"
#include "nic/map/interrupt.h"
#include "nic/map/link.h"
#include "nic/map/nvm.h"
#include "nic/map/pcie.h"
#include "nic/map/rx.h"
#include "nic/map/security.h"
#include "nic/map/stats.h"
#include "nic/map/timesync.h"
#include "nic/map/tx.h"
#include "nic/map/vmdq.h"
#include "nic/map/wakeup.h"
#include "nic/register_def.h"

namespace ixgbe {

template <std::size_t... N>
[[nodiscard]] constexpr auto merge(const std::array<RegisterDef, N>&... chapters) {
    std::array<RegisterDef, (N + ...)> all{};
    std::size_t next = 0;
    const auto append = [&](std::span<const RegisterDef> rows) {
        for (const RegisterDef& row : rows) {
            all[next++] = row;
        }
    };
    (append(chapters), ...);
    return all;
}

inline constexpr auto kX550Map = merge(kGeneralRows, kNvmRows, kLinkRows, kPcieRows, kInterruptRows,
                                       kFilterRows, kRxRows, kTxRows, kFlowDirectorRows, kStatsRows,
                                       kWakeupRows, kTimesyncRows, kVmdqRows, kSecurityRows);

// Where a word of the register space belongs.
struct RegisterSlot {
    static constexpr std::uint16_t no_row = 0xFFFF;
    std::uint16_t row = no_row;
    std::uint16_t index = 0;  // of the register in its row
};

// What is wrong with a map.
enum class MapFault : std::uint8_t { none, unaligned, out_of_range, overlap, bad_alias, bad_mask };

// The word -> slot table of a map; stops at the first fault.
struct RegisterIndex {
    std::array<RegisterSlot, IXGBE_REG_WORDS> slot{};
    MapFault fault = MapFault::none;
    std::size_t faulty_row = 0;
};

namespace detail {

constexpr MapFault enter(RegisterIndex& index, const Bank& bank, std::size_t row,
                         std::uint32_t first) {
    if (bank.offset % 4 != 0 || bank.stride % 4 != 0 || (bank.count > 1 && bank.stride == 0)) {
        return MapFault::unaligned;
    }
    for (std::uint32_t i = 0; i < bank.count; ++i) {
        if (bank.at(i) >= IXGBE_CSR_BYTES) {
            return MapFault::out_of_range;
        }
        RegisterSlot& slot = index.slot[bank.at(i) / 4];
        if (slot.row != RegisterSlot::no_row) {
            return MapFault::overlap;
        }
        slot.row = static_cast<std::uint16_t>(row);
        slot.index = static_cast<std::uint16_t>(first + i);
    }
    return MapFault::none;
}

constexpr MapFault enter(RegisterIndex& index, const RegisterDef& def, std::size_t row) {
    if (def.name == nullptr || def.banks[0].count == 0) {
        return MapFault::out_of_range;
    }
    if (def.alias.count > count_of_row(def)) {
        return MapFault::bad_alias;
    }
    if ((def.access == Access::rw && (def.hidden & ~def.writable) != 0) ||
        (def.access != Access::rw && def.hidden != 0)) {
        return MapFault::bad_mask;
    }
    MapFault fault = enter(index, def.banks[0], row, 0);
    if (fault == MapFault::none) {
        fault = enter(index, def.banks[1], row, def.banks[0].count);
    }
    if (fault == MapFault::none) {
        fault = enter(index, def.alias, row, 0);
    }
    return fault;
}

}  // namespace detail

[[nodiscard]] constexpr RegisterIndex index_map(std::span<const RegisterDef> map) {
    RegisterIndex index;
    for (std::size_t row = 0; row < map.size() && index.fault == MapFault::none; ++row) {
        index.fault = detail::enter(index, map[row], row);
        index.faulty_row = row;
    }
    return index;
}

// Aligned, inside the register space, and no word claimed twice, aliases included.
[[nodiscard]] constexpr bool well_formed(std::span<const RegisterDef> map) {
    return map.size() < RegisterSlot::no_row && index_map(map).fault == MapFault::none;
}

static_assert(well_formed(kX550Map), "unaligned, out of range or overlapping register");

// One lookup from an offset to its row.
inline constexpr RegisterIndex kX550Index = index_map(kX550Map);

}  // namespace ixgbe
