// SPDX-License-Identifier: GPL-2.0-or-later
// NVM, semaphores and the host interface to the firmware: X550 DS 8.2.2.2, 8.2.2.20.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct EEC : Word<EEC> {  // EEPROM Mode Control, 8.2.2.2.1
    static constexpr std::array bank{Bank{0x10010, 4, 1}};
    static constexpr F<26> fludone{};
    static constexpr F<25> sec1val{};
    static constexpr F<14, 11> ee_size{};  // words = 1 << (ee_size + 6)
    static constexpr F<9> auto_rd{};
    static constexpr F<8> ee_pres{};
};

struct EERD : Word<EERD> {  // EEPROM Read of the X540, not in the X550 text
    static constexpr std::array bank{Bank{0x10014, 4, 1}};
    static constexpr F<31, 16> data{};
    static constexpr F<15, 2> addr{};
    static constexpr F<1> done{};
    static constexpr F<0> start{};
};

struct EEWR : Word<EEWR> {  // EEPROM Write of the X540, not in the X550 text; as EERD
    static constexpr std::array bank{Bank{0x10018, 4, 1}};
    static constexpr F<31, 16> data{};
    static constexpr F<15, 2> addr{};
    static constexpr F<1> done{};
    static constexpr F<0> start{};
};

struct SWSM : Word<SWSM> {  // Software Semaphore, 8.2.2.20.1
    static constexpr std::array bank{Bank{0x10140, 4, 1}};
    static constexpr F<1> swesmbi{};
    static constexpr F<0> smbi{};  // a read returns it and sets it
};

struct FWSM : Word<FWSM> {  // Firmware Semaphore, 8.2.2.20.2
    static constexpr std::array bank{Bank{0x10148, 4, 1}};
    static constexpr F<24, 19> ext_err_ind{};
    static constexpr F<15> fw_val_bit{};
    static constexpr F<5> nvm_recovery{};
    static constexpr F<3, 1> fw_mode{};
};

struct SW_FW_SYNC : Word<SW_FW_SYNC> {  // Software-Firmware Synchronization, 8.2.2.20.3
    static constexpr std::array bank{Bank{0x10160, 4, 1}};
    static constexpr F<31> regsmp{};  // a read returns it and sets it
    static constexpr F<10> sw_mng_sm{};
    static constexpr F<8, 5> fw_sm{};  // the firmware's twins of bits 3:0
    static constexpr F<3> sw_mac_csr_sm{};
    static constexpr F<2> sw_phy_sm1{};
    static constexpr F<1> sw_phy_sm0{};
    static constexpr F<0> sw_nvm_sm{};
};

struct ARCRAM : Word<ARCRAM> {  // Host ARC Data RAM, 8.2.2.20.4: FLEX_MNG of the drivers
    static constexpr std::array bank{Bank{0x15800, 4, 448}};
};
using FLEX_MNG = ARCRAM;

struct HICR : Word<HICR> {  // HOST Interface Control, 8.2.2.20.5
    static constexpr std::array bank{Bank{0x15F00, 4, 1}};
    static constexpr F<7> fw_reset{};
    static constexpr F<6> fw_reset_en{};
    static constexpr F<2> sv{};
    static constexpr F<1> c{};
    static constexpr F<0> en{};
};

struct FWSTS : Word<FWSTS> {  // Firmware Status of the family, not in the X550 text
    static constexpr std::array bank{Bank{0x15F0C, 4, 1}};
    static constexpr F<9> fwri{};  // cleared by writing one
};

struct MANC : Word<MANC> {  // Management Control, 8.2.2.19.7
    static constexpr std::array bank{Bank{0x05820, 4, 1}};
    static constexpr F<17> rcv_tco_en{};
};

}  // namespace ixgbe
