// SPDX-License-Identifier: GPL-2.0-or-later
// Receive rings and the receive DMA: X550 DS 8.2.2.9, 8.2.2.8.1 to 3 and 17.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

// Banks of a per-queue receive register: queues 0..63 and 64..127.
constexpr std::array<Bank, 2> rx_queue_banks(std::uint32_t offset) {
    return {Bank{0x01000 + offset, 0x40, 64}, Bank{0x0D000 + offset, 0x40, 64}};
}

struct RDBAL : Word<RDBAL> {  // Receive Descriptor Base Address Low, 8.2.2.9.1
    static constexpr std::array bank = rx_queue_banks(0x00);
};

struct RDBAH : Word<RDBAH> {  // Receive Descriptor Base Address High, 8.2.2.9.2
    static constexpr std::array bank = rx_queue_banks(0x04);
};

struct RDLEN : Word<RDLEN> {  // Receive Descriptor Length, 8.2.2.9.3; bytes
    static constexpr std::array bank = rx_queue_banks(0x08);
    static constexpr F<19, 0> len{};
};

struct TPH_RXCTRL : Word<TPH_RXCTRL> {  // Rx TPH Control, 8.2.2.12.1
    static constexpr std::array bank = rx_queue_banks(0x0C);
    static constexpr Bank alias{0x02200, 4, 16};
};

struct RDH : Word<RDH> {  // Receive Descriptor Head, 8.2.2.9.4
    static constexpr std::array bank = rx_queue_banks(0x10);
    static constexpr F<15, 0> rdh{};
};

enum class RxDescriptorType : std::uint8_t {
    legacy = 0,
    advanced_one_buffer = 1,
    advanced_header_split = 2,
    advanced_always_split = 5,
};

struct SRRCTL : Word<SRRCTL> {  // Split Receive Control, 8.2.2.9.5
    static constexpr std::array bank = rx_queue_banks(0x14);
    static constexpr Bank alias{0x02100, 4, 16};
    static constexpr F<28> drop_en{};
    static constexpr F<27, 25, RxDescriptorType> desctype{};
    static constexpr F<24, 22> rdmts{};
    static constexpr F<13, 8> bsizeheader{};
    static constexpr F<4, 0> bsizepacket{};

    static constexpr std::uint32_t packet_unit = 1024;  // bytes
    static constexpr std::uint32_t header_unit = 64;
    static constexpr std::uint32_t rdmts_unit = 64;  // descriptors
};

struct RDT : Word<RDT> {  // Receive Descriptor Tail, 8.2.2.9.6
    static constexpr std::array bank = rx_queue_banks(0x18);
    static constexpr F<15, 0> rdt{};
};

struct RXDCTL : Word<RXDCTL> {  // Receive Descriptor Control, 8.2.2.9.7
    static constexpr std::array bank = rx_queue_banks(0x28);
    static constexpr F<30> vme{};
    static constexpr F<26> swflsh{};
    static constexpr F<25> enable{};
    static constexpr F<15> rlpml_en{};
    static constexpr F<13, 0> rlpml{};
};

struct RSCCTL : Word<RSCCTL> {  // RSC Control, 8.2.2.9.8
    static constexpr std::array bank = rx_queue_banks(0x2C);
    static constexpr F<3, 2> maxdesc{};  // 1, 4, 8 or 16 descriptors
    static constexpr F<0> rscen{};
};

struct RDRXCTL : Word<RDRXCTL> {  // Receive DMA Control, 8.2.2.9.10
    static constexpr std::array bank{Bank{0x02F00, 4, 1}};
    static constexpr F<29> mdp_en{};
    static constexpr F<28> mbinten{};
    static constexpr F<26> fcoe_wrfix{};
    static constexpr F<25> rscackc{};
    static constexpr F<23> rscllidis{};  // not in the X550 text; drivers' header
    static constexpr F<21, 17> rscfrstsize{};
    static constexpr F<8> tph_autolearn{};
    static constexpr F<5> rsc_push_dis{};
    static constexpr F<3> dmaidone{};
    static constexpr F<2> psp{};
    static constexpr F<1> crcstrip{};  // 82599; without effect here
};

struct RXCTRL : Word<RXCTRL> {  // Receive Control, 8.2.2.9.11
    static constexpr std::array bank{Bank{0x03000, 4, 1}};
    static constexpr F<0> rxen{};
};

struct RSCDBU : Word<RSCDBU> {  // RSC Data Buffer Control of the family, not in the X550 text
    static constexpr std::array bank{Bank{0x03028, 4, 1}};
    static constexpr F<7> rscackdis{};
    static constexpr F<6, 0> rscsmaldis{};
};

struct RXPBSIZE : Word<RXPBSIZE> {  // Receive Packet Buffer Size, 8.2.2.9.12
    static constexpr std::array bank{Bank{0x03C00, 4, 8}};
    static constexpr F<19, 10> size{};  // KB
};

struct RXCSUM : Word<RXCSUM> {  // Receive Checksum Control, 8.2.2.8.1
    static constexpr std::array bank{Bank{0x05000, 4, 1}};
    static constexpr F<13> pcsd{};
    static constexpr F<12> ippcse{};
    static constexpr F<10> icmpv6xsum{};
};

struct RFCTL : Word<RFCTL> {  // Receive Filter Control, 8.2.2.8.2
    static constexpr std::array bank{Bank{0x05008, 4, 1}};
    static constexpr F<16> ipv6_exdis{};
    static constexpr F<14> ipfrsp_dis{};
    static constexpr F<11> ip6xsum_dis{};
    static constexpr F<10> ipv6_dis{};
    static constexpr F<7> nfsr_dis{};
    static constexpr F<6> nfsw_dis{};
    static constexpr F<5> rsc_dis{};  // 82599 meaning, which the drivers rely on
};

struct VXLANCTRL : Word<VXLANCTRL> {  // VXLAN Control, 8.2.2.8.3
    static constexpr std::array bank{Bank{0x0507C, 4, 1}};
    static constexpr F<15, 0> udpport{};
};

struct PSRTYPE : Word<PSRTYPE> {  // Packet Split Receive Type, 8.2.2.8.17; by pool
    static constexpr std::array bank{Bank{0x0EA00, 4, 64}};
    static constexpr Bank alias{0x05480, 4, 16};
    static constexpr F<31, 29> rqpl{};
    static constexpr F<16> outer_l2{};  // PSR_TYPE16
    static constexpr F<15> tunnel{};    // PSR_TYPE15
    static constexpr F<12> l2{};        // PSR_TYPE12
    static constexpr F<9> ipv6{};       // PSR_TYPE9
    static constexpr F<8> ipv4{};       // PSR_TYPE8
    static constexpr F<5> udp{};        // PSR_TYPE5
    static constexpr F<4> tcp{};        // PSR_TYPE4
};

struct PFQDE : Word<PFQDE> {  // PF Queue Drop Enable, 8.2.2.22.4; indirect by queue
    static constexpr std::array bank{Bank{0x02F04, 4, 1}};
    static constexpr F<17> re{};
    static constexpr F<16> we{};
    static constexpr F<14, 8> queue_index{};
    static constexpr F<2> strip_tag{};
    static constexpr F<1> hide_vlan{};
    static constexpr F<0> qde{};
};

}  // namespace ixgbe
