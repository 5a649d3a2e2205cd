// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/register_file.h"

#include <algorithm>
#include <cstddef>

#include "nic/register_map.h"

namespace ixgbe {

namespace {

constexpr RegisterSlot slot_of(std::uint64_t offset) {
    return offset < IXGBE_CSR_BYTES ? kX550Index.slot[static_cast<std::size_t>(offset / 4)]
                                    : RegisterSlot{};
}

constexpr std::uint32_t word_in_row(const RegisterDef& row, std::uint32_t index) {
    return offset_in_row(row, index) / 4;
}

std::uint32_t shown(const RegisterDef& row, std::uint32_t word) {
    return row.access == Access::wo ? 0 : word & ~row.hidden;
}

// The word after a guest's write of `value`.
std::uint32_t written(const RegisterDef& row, std::uint32_t old, std::uint32_t value) {
    switch (row.access) {
        case Access::rw:
            return (old & ~row.writable) | (value & row.writable);
        case Access::w1c:
            return old & ~(value & row.writable);
        case Access::ro:
        case Access::wo:
        case Access::rc:
            break;
    }
    return old;
}

bool runs_write_hook(Access access) {
    return access != Access::ro && access != Access::rc;
}

}  // namespace

bool RegisterFile::first_unknown(std::uint64_t offset) {
    const std::size_t bit = std::min<std::uint64_t>(offset / 4, IXGBE_REG_WORDS);
    const bool first = !reported_[bit];
    reported_[bit] = true;
    return first;
}

RegisterRead RegisterFile::read(std::uint64_t offset) {
    const RegisterSlot slot = slot_of(offset);
    if (slot.row == RegisterSlot::no_row) {
        return {.known = false, .first_unknown = first_unknown(offset)};
    }
    const RegisterDef& row = kX550Map[slot.row];
    std::uint32_t& word = state_.reg[word_in_row(row, slot.index)];
    const RegisterRead result{.value = shown(row, word), .hook = row.on_read, .index = slot.index};
    if (row.access == Access::rc) {
        word = 0;
    }
    return result;
}

RegisterWrite RegisterFile::write(std::uint64_t offset, std::uint32_t value) {
    const RegisterSlot slot = slot_of(offset);
    if (slot.row == RegisterSlot::no_row) {
        return {.known = false, .first_unknown = first_unknown(offset)};
    }
    const RegisterDef& row = kX550Map[slot.row];
    std::uint32_t& word = state_.reg[word_in_row(row, slot.index)];
    const std::uint32_t old = word;
    word = written(row, old, value);
    return {.hook = runs_write_hook(row.access) ? row.on_write : Hook::none,
            .index = slot.index,
            .old = old,
            .stored = row.access == Access::wo ? value : word};
}

std::uint32_t RegisterFile::peek(std::uint64_t offset) const {
    const RegisterSlot slot = slot_of(offset);
    if (slot.row == RegisterSlot::no_row) {
        return 0;
    }
    const RegisterDef& row = kX550Map[slot.row];
    return shown(row, state_.reg[word_in_row(row, slot.index)]);
}

void RegisterFile::reset(ResetKind kind) {
    for (const RegisterDef& row : kX550Map) {
        if (row.sticky && kind == ResetKind::software) {
            continue;
        }
        for (std::uint32_t i = 0; i < count_of_row(row); ++i) {
            state_.reg[word_in_row(row, i)] = i == 0 || !row.reset_first_only ? row.reset : 0;
        }
    }
}

}  // namespace ixgbe
