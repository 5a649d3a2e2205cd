// SPDX-License-Identifier: GPL-2.0-or-later
// Ownership between software and firmware: SWSM and SW_FW_SYNC.
#pragma once

#include <cstdint>

namespace ixgbe {

class RegisterFile;

// The two read-to-set bits, SWSM.SMBI and SW_FW_SYNC.REGSMP, with the words around them. There is
// no firmware that competes, so its shadow bits always read 0. Reads here have the side effect:
// only a guest's read may call them.
class Semaphores {
public:
    explicit Semaphores(RegisterFile& regs) : regs_(regs) {}

    // The word as it was; the semaphore bit is taken afterwards.
    [[nodiscard]] std::uint32_t swsm_read();
    [[nodiscard]] std::uint32_t sw_fw_sync_read();

    // Hooks of a guest's write. A semaphore bit written 0 is released, written 1 stays with its
    // owner.
    void swsm_write(std::uint32_t value);
    void sw_fw_sync_write(std::uint32_t value);

private:
    RegisterFile& regs_;
};

}  // namespace ixgbe
