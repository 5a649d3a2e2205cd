// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit descriptors written by hand.
#pragma once

#include <cstdint>

#include "guest_driver.h"

namespace x550 {

// The last descriptor of a packet.
inline constexpr std::uint32_t kLast = TxData::eop | TxData::ifcs | TxData::rs;

[[nodiscard]] inline Descriptor data_descriptor(std::uint64_t address, std::uint32_t length,
                                                std::uint32_t command = kLast) {
    return {static_cast<std::uint32_t>(address), static_cast<std::uint32_t>(address >> 32),
            length | TxData::dtyp | TxData::dext | command, length << TxData::paylen_shift};
}

}  // namespace x550
