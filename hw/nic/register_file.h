// SPDX-License-Identifier: GPL-2.0-or-later
// The registers: a view over ixgbe_state::reg that knows the register map and nothing else.
#pragma once

#include <bitset>
#include <cassert>
#include <cstdint>

#include <ixgbe/state.h>

#include "base/bits.h"
#include "nic/register_def.h"
#include "regs/bank.h"

namespace ixgbe {

enum class ResetKind : std::uint8_t {
    power_on,  // everything
    bus,       // PCI reset and FLR: everything
    software,  // CTRL.RST and CTRL.LRST: all but the sticky rows
};

// Answer to a guest's read. When `hook` is not none, the caller asks it for the value; otherwise
// `value` is final.
struct RegisterRead {
    std::uint32_t value = 0;
    Hook hook = Hook::none;
    std::uint32_t index = 0;     // of the register in its row
    bool known = true;           // false: no such register, reads 0
    bool first_unknown = false;  // worth a message: the first access to this unknown offset
};

// Effect of a guest's write, which the caller passes on to `hook`.
struct RegisterWrite {
    Hook hook = Hook::none;
    std::uint32_t index = 0;
    std::uint32_t old = 0;     // the word before
    std::uint32_t stored = 0;  // the word now; for a write-only register the value written
    bool known = true;
    bool first_unknown = false;
};

// Applies a row of the register map to the stored word and reports the row's hook; the device acts
// on it. Inside the device registers are read and written by type, whatever the guest may do with
// them. Offsets are in bytes from the start of BAR0; bits 1:0 are ignored.
class RegisterFile {
public:
    explicit RegisterFile(ixgbe_state& state) : state_(state) {}

    [[nodiscard]] RegisterRead read(std::uint64_t offset);
    [[nodiscard]] RegisterWrite write(std::uint64_t offset, std::uint32_t value);

    // The word a read shows, without its side effects and without its hook: for debuggers.
    [[nodiscard]] std::uint32_t peek(std::uint64_t offset) const;

    void reset(ResetKind kind);

    // Register `index` of type R.
    template <typename R>
    [[nodiscard]] Value<R> get(unsigned index = 0) const {
        return Value<R>(state_.reg[word_of<R>(index)]);
    }

    template <typename R>
    void set(unsigned index, Value<R> value) {
        state_.reg[word_of<R>(index)] = value.raw();
    }

    template <typename R>
    void set(Value<R> value) {
        set<R>(0, value);
    }

private:
    // Place of a register in ixgbe_state::reg.
    template <typename R>
    static constexpr std::uint32_t word_of(unsigned index) {
        static_assert(R::bank[0].offset % 4 == 0 && R::bank[0].stride % 4 == 0);
        assert(index < count_of<R>());
        return offset_of<R>(index) / 4 % IXGBE_REG_WORDS;
    }

    [[nodiscard]] bool first_unknown(std::uint64_t offset);

    ixgbe_state& state_;
    std::bitset<IXGBE_REG_WORDS + 1> reported_;  // the last bit: everything above the registers
};

}  // namespace ixgbe
