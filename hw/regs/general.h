// SPDX-License-Identifier: GPL-2.0-or-later
// General control: X550 DS 8.2.2.1, timers 8.2.2.13, PCIe control 8.2.2.4.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct CTRL : Word<CTRL> {  // Device Control, 8.2.2.1.1
    static constexpr std::array bank{Bank{0x00000, 4, 1}};
    static constexpr Bank alias{0x00004, 4, 1};
    static constexpr F<26> rst{};
    static constexpr F<3> lrst{};
    static constexpr F<2> pcie_master_disable{};
};

struct STATUS : Word<STATUS> {  // Device Status, 8.2.2.1.2
    static constexpr std::array bank{Bank{0x00008, 4, 1}};
    static constexpr F<20> thermal_sensor_status{};
    static constexpr F<19> pcie_master_enable_status{};
    static constexpr F<18> iov_active{};
    static constexpr F<17, 10> num_vfs{};
    static constexpr F<7> linkup{};
    static constexpr F<3, 2> lan_id{};
};

struct CTRL_EXT : Word<CTRL_EXT> {  // Extended Device Control, 8.2.2.1.3
    static constexpr std::array bank{Bank{0x00018, 4, 1}};
    static constexpr F<28> drv_load{};
    static constexpr F<26> extended_vlan{};
    static constexpr F<17> ro_dis{};
    static constexpr F<16> ns_dis{};  // not in the X550 text; drivers write it
    static constexpr F<14> pfrstd{};
};

struct LEDCTL : Word<LEDCTL> {  // LED Control, 8.2.2.1.10; one byte a LED
    static constexpr std::array bank{Bank{0x00200, 4, 1}};
    static constexpr F<31, 24> led3{};
    static constexpr F<23, 16> led2{};
    static constexpr F<15, 8> led1{};
    static constexpr F<7, 0> led0{};
};

struct TCPTIMER : Word<TCPTIMER> {  // TCP Timer, 8.2.2.13.1
    static constexpr std::array bank{Bank{0x0004C, 4, 1}};
    static constexpr F<11> loop{};
    static constexpr F<10> tcpcountfinish{};  // reads 0
    static constexpr F<9> tcpcounten{};
    static constexpr F<8> kickstart{};    // reads 0
    static constexpr F<7, 0> duration{};  // ms
};

struct FRTIMER : Word<FRTIMER> {  // free running timer of the family, not in the X550 text
    static constexpr std::array bank{Bank{0x00048, 4, 1}};
    static constexpr F<15, 0> value{};
};

struct GCR_EXT : Word<GCR_EXT> {  // PCIe Control Extended, 8.2.2.4.4
    static constexpr std::array bank{Bank{0x11050, 4, 1}};
    static constexpr F<30> buffers_clear{};
    static constexpr F<4> apbacd{};
    static constexpr F<1, 0> vt_mode{};
};

struct FACTPS : Word<FACTPS> {  // Function Active and Power State, 8.2.2.1.13
    static constexpr std::array bank{Bank{0x10150, 4, 1}};
    static constexpr F<30> lan_function_sel{};
};

struct WUS : Word<WUS> {  // Wake-Up Status, 8.2.2.18.3
    static constexpr std::array bank{Bank{0x05810, 4, 1}};
};

}  // namespace ixgbe
