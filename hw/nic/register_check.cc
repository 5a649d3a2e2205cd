// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/register_check.h"

#include "nic/register_map.h"

namespace ixgbe {

namespace {

// Rows in which the device itself sets bits that no guest can write.
bool device_writes(Hook hook) {
    switch (hook) {
        case Hook::ctrl:
        case Hook::swsm:
        case Hook::sw_fw_sync:
        case Hook::hicr:
        case Hook::eerd:
        case Hook::eewr:
        case Hook::msca:
        case Hook::pfqde:
            return true;
        default:
            return false;
    }
}

bool possible(const RegisterDef& row, std::uint32_t index, std::uint32_t word) {
    if (row.access != Access::rw || row.on_read != Hook::none || device_writes(row.on_write)) {
        return true;
    }
    const std::uint32_t reset = row.reset_first_only && index != 0 ? 0 : row.reset;
    const std::uint32_t fixed = ~(row.writable | row.hidden | row.device);
    return (word & fixed) == (reset & fixed);
}

}  // namespace

const char* implausible_register(const ixgbe_state& state) {
    for (std::uint32_t word = 0; word < IXGBE_REG_WORDS; ++word) {
        const RegisterSlot slot = kX550Index.slot[word];
        if (slot.row == RegisterSlot::no_row) {
            if (state.reg[word] != 0) {
                return "reg: a value where there is no register";
            }
            continue;
        }
        const RegisterDef& row = kX550Map[slot.row];
        // A second address of a register holds nothing itself.
        const bool alias = offset_in_row(row, slot.index) != word * 4;
        if (alias ? state.reg[word] != 0 : !possible(row, slot.index, state.reg[word])) {
            return row.name;
        }
    }
    return nullptr;
}

}  // namespace ixgbe
