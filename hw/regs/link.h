// SPDX-License-Identifier: GPL-2.0-or-later
// MAC, link and MDIO: X550 DS 8.2.2.16; flow control 8.2.2.3.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct HLREG0 : Word<HLREG0> {  // Highlander Control 0, 8.2.2.16.1
    static constexpr std::array bank{Bank{0x04240, 4, 1}};
    static constexpr F<28> rxpadstripen{};
    static constexpr F<27> rxlngtherren{};
    static constexpr F<16> mdcspd{};
    static constexpr F<15> lpbk{};
    static constexpr F<10> txpaden{};
    static constexpr F<2> jumboen{};
    static constexpr F<1> rxcrcstrp{};
    static constexpr F<0> txcrcen{};
};

struct PAP : Word<PAP> {  // Pause and Pace, 8.2.2.16.3
    static constexpr std::array bank{Bank{0x04248, 4, 1}};
    static constexpr F<19, 16> pace{};
};

enum class MdioOpcode : std::uint8_t { address = 0, write = 1, read_increment = 2, read = 3 };

struct MSCA : Word<MSCA> {  // MDI Single Command and Address, 8.2.2.16.4
    static constexpr std::array bank{Bank{0x0425C, 4, 1}};
    static constexpr F<31> mdiinprogen{};  // 82599; without effect here
    static constexpr F<30> mdicmd{};
    static constexpr F<29, 28> stcode{};  // 00: clause 45
    static constexpr F<27, 26, MdioOpcode> opcode{};
    static constexpr F<25, 21> portadd{};
    static constexpr F<20, 16> devadd{};  // MMD
    static constexpr F<15, 0> mdiadd{};
};

struct MSRWD : Word<MSRWD> {  // MDI Single Read and Write Data, 8.2.2.16.5
    static constexpr std::array bank{Bank{0x04260, 4, 1}};
    static constexpr F<31, 16> mdirddata{};
    static constexpr F<15, 0> mdiwrdata{};
};

enum class LinkSpeed : std::uint8_t { reserved = 0, mbit_100 = 1, gbit_1 = 2, gbit_10 = 3 };

struct LINKS : Word<LINKS> {  // Link Status, 8.2.2.16.7
    static constexpr std::array bank{Bank{0x042A4, 4, 1}};
    static constexpr F<30> link_up{};
    static constexpr F<29, 28, LinkSpeed> link_speed{};
    static constexpr F<27> non_standard_speed{};  // gbit_10 then means 2.5G, mbit_100 5G
    static constexpr F<7> link_status{};
};

struct MMNGC : Word<MMNGC> {  // MAC Manageability Control, 8.2.2.16.8
    static constexpr std::array bank{Bank{0x042D0, 4, 1}};
    static constexpr F<0> mng_veto{};
};

struct MACC : Word<MACC> {  // MAC Control, 8.2.2.16.9
    static constexpr std::array bank{Bank{0x04330, 4, 1}};
    static constexpr F<15, 12> fifolt{};
    static constexpr F<11, 8> fifoht{};
    static constexpr F<0> flu{};
};

struct AUTOC : Word<AUTOC> {  // Auto-Negotiation Control of the 82599, not in the X550 text
    static constexpr std::array bank{Bank{0x042A0, 4, 1}};
};

struct FCTTVN : Word<FCTTVN> {  // Flow Control Transmit Timer Value, 8.2.2.3.1
    static constexpr std::array bank{Bank{0x03200, 4, 4}};
};

struct FCRTL : Word<FCRTL> {  // Flow Control Receive Threshold Low, 8.2.2.3.2
    static constexpr std::array bank{Bank{0x03220, 4, 8}};
    static constexpr F<31> xone{};
    static constexpr F<18, 5> rtl{};
};

struct FCRTH : Word<FCRTH> {  // Flow Control Receive Threshold High, 8.2.2.3.3
    static constexpr std::array bank{Bank{0x03260, 4, 8}};
    static constexpr F<31> fcen{};
    static constexpr F<18, 5> rth{};
};

struct FCCFG : Word<FCCFG> {  // Flow Control Configuration, 8.2.2.3.5
    static constexpr std::array bank{Bank{0x03D00, 4, 1}};
    static constexpr F<4, 3> tfce{};
};

struct MFLCN : Word<MFLCN> {  // MAC Flow Control, 8.2.2.3.6
    static constexpr std::array bank{Bank{0x04294, 4, 1}};
    static constexpr F<11, 4> rpfce{};
    static constexpr F<3> rfce{};
    static constexpr F<2> rpfcm{};
    static constexpr F<1> dpf{};
    static constexpr F<0> pmcf{};
};

struct TFCS : Word<TFCS> {  // Transmit Flow Control Status, 8.2.2.3.8
    static constexpr std::array bank{Bank{0x0CE00, 4, 1}};
};

struct SECTXCTRL : Word<SECTXCTRL> {  // Security Tx Control, 8.2.2.24.1
    static constexpr std::array bank{Bank{0x08800, 4, 1}};
    static constexpr F<2> store_forward{};
    static constexpr F<1> tx_dis{};
    static constexpr F<0> sectx_dis{};
};

struct SECTXSTAT : Word<SECTXSTAT> {  // Security Tx Status, 8.2.2.24.2
    static constexpr std::array bank{Bank{0x08804, 4, 1}};
    static constexpr F<1> sectx_off_dis{};
    static constexpr F<0> sectx_rdy{};
};

struct SECRXCTRL : Word<SECRXCTRL> {  // Security Rx Control, 8.2.2.24.5
    static constexpr std::array bank{Bank{0x08D00, 4, 1}};
    static constexpr F<1> rx_dis{};
    static constexpr F<0> secrx_dis{};
};

struct SECRXSTAT : Word<SECRXSTAT> {  // Security Rx Status, 8.2.2.24.6
    static constexpr std::array bank{Bank{0x08D04, 4, 1}};
    static constexpr F<1> secrx_off_dis{};
    static constexpr F<0> secrx_rdy{};
};

}  // namespace ixgbe
