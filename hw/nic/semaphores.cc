// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/semaphores.h"

#include "nic/register_file.h"
#include "regs/nvm.h"

namespace ixgbe {

std::uint32_t Semaphores::swsm_read() {
    const Value<SWSM> old = regs_.get<SWSM>();
    regs_.set<SWSM>(old.with(SWSM::smbi, true));
    return old.raw();
}

std::uint32_t Semaphores::sw_fw_sync_read() {
    const Value<SW_FW_SYNC> old = regs_.get<SW_FW_SYNC>();
    regs_.set<SW_FW_SYNC>(old.with(SW_FW_SYNC::regsmp, true));
    return old.raw();
}

void Semaphores::swsm_write(std::uint32_t value) {
    regs_.set<SWSM>(Value<SWSM>(value));
}

// X550 DS 8.2.2.4: the firmware's shadows of the resource bits are not software's to set.
void Semaphores::sw_fw_sync_write(std::uint32_t value) {
    regs_.set<SW_FW_SYNC>(Value<SW_FW_SYNC>(value).with(SW_FW_SYNC::fw_sm, 0));
}

}  // namespace ixgbe
