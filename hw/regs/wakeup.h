// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses of the port, for wake-up and for Flow Director: X550 DS 8.2.2.18.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct IPAV : Word<IPAV> {  // IP Address Valid, 8.2.2.18.4; a bit an address
    static constexpr std::array bank{Bank{0x05838, 4, 1}};
    static constexpr F<19, 16> v6{};
    static constexpr F<3, 0> v4{};
};

struct IP6AT : Word<IP6AT> {  // IPv6 Address Table, 8.2.2.18.6: one address in network order
    static constexpr std::array bank{Bank{0x05880, 4, 4}};
};

struct IP6AT_EXT : Word<IP6AT_EXT> {  // IPv6 Address Table Extended, 8.2.2.18.8: three more
    static constexpr std::array bank{Bank{0x05990, 4, 12}};
};

}  // namespace ixgbe
