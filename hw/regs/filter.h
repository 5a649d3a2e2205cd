// SPDX-License-Identifier: GPL-2.0-or-later
// Admission of received frames: X550 DS 8.2.2.8, 8.2.2.1.11, 8.2.2.16.6.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct FCTRL : Word<FCTRL> {  // Filter Control, 8.2.2.8.4
    static constexpr std::array bank{Bank{0x05080, 4, 1}};
    static constexpr F<10> bam{};
    static constexpr F<9> upe{};
    static constexpr F<8> mpe{};
    static constexpr F<7> tpe{};
    static constexpr F<1> sbp{};
};

struct ETAG_ETYPE : Word<ETAG_ETYPE> {  // E-tag EtherType, 8.2.2.8.5
    static constexpr std::array bank{Bank{0x05084, 4, 1}};
    static constexpr F<31> valid{};
    static constexpr F<15, 0> etag_etype{};
};

struct VLNCTRL : Word<VLNCTRL> {  // VLAN Control, 8.2.2.8.6
    static constexpr std::array bank{Bank{0x05088, 4, 1}};
    static constexpr F<30> vfe{};
    static constexpr F<29> deien{};
    static constexpr F<28> dei{};
    static constexpr F<27> up_first_tag_en{};
    static constexpr F<15, 0> vet{};
};

struct EXVET : Word<EXVET> {  // Extended VLAN Ether Type - Receive, 8.2.2.1.11
    static constexpr std::array bank{Bank{0x05078, 4, 1}};
    static constexpr F<31, 16> vet_ext{};
};

struct MCSTCTRL : Word<MCSTCTRL> {  // Multicast Control, 8.2.2.8.7
    static constexpr std::array bank{Bank{0x05090, 4, 1}};
    static constexpr F<2> mfe{};
    static constexpr F<1, 0> mo{};
};

struct MTA : Word<MTA> {  // Multicast Table Array, 8.2.2.8.9; 4096 bits
    static constexpr std::array bank{Bank{0x05200, 4, 128}};
};

struct VFTA : Word<VFTA> {  // VLAN Filter Table Array, 8.2.2.8.13; 4096 bits
    static constexpr std::array bank{Bank{0x0A000, 4, 128}};
};

struct RAL : Word<RAL> {  // Receive Address Low, 8.2.2.8.14; first four bytes, first in 7:0
    static constexpr std::array bank{Bank{0x0A200, 8, 128}};
    static constexpr Bank alias{0x05400, 8, 16};
};

struct RAH : Word<RAH> {  // Receive Address High, 8.2.2.8.15; last two bytes
    static constexpr std::array bank{Bank{0x0A204, 8, 128}};
    static constexpr Bank alias{0x05404, 8, 16};
    static constexpr F<31> av{};
    static constexpr F<30> adtype{};
    static constexpr F<15, 0> rah{};
};

struct MAXFRS : Word<MAXFRS> {  // Max Frame Size, 8.2.2.16.6
    static constexpr std::array bank{Bank{0x04268, 4, 1}};
    static constexpr F<31, 16> mfs{};  // bytes, FCS included
};

}  // namespace ixgbe
