// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit rings and the transmit DMA: X550 DS 8.2.2.10.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

// Bank of a per-queue transmit register, queues 0..127.
constexpr std::array<Bank, 1> tx_queue_bank(std::uint32_t offset) {
    return {Bank{0x06000 + offset, 0x40, 128}};
}

struct DMATXCTL : Word<DMATXCTL> {  // DMA Tx Control, 8.2.2.10.2
    static constexpr std::array bank{Bank{0x04A80, 4, 1}};
    static constexpr F<31, 16> vt{};  // EtherType of inserted VLAN tags
    static constexpr F<7> tph_autolearn{};
    static constexpr F<6> mbinten{};
    static constexpr F<5> mdp_en{};
    static constexpr F<3> gdv{};
    static constexpr F<0> te{};
};

struct DTXTCPFLGL : Word<DTXTCPFLGL> {  // DMA Tx TCP Flags Control Low, 8.2.2.10.3
    static constexpr std::array bank{Bank{0x04A88, 4, 1}};
    static constexpr F<27, 16> tcp_flg_mid_seg{};
    static constexpr F<11, 0> tcp_flg_first_seg{};
};

struct DTXTCPFLGH : Word<DTXTCPFLGH> {  // DMA Tx TCP Flags Control High, 8.2.2.10.4
    static constexpr std::array bank{Bank{0x04A8C, 4, 1}};
    static constexpr F<11, 0> tcp_flg_lst_seg{};
};

struct TDBAL : Word<TDBAL> {  // Transmit Descriptor Base Address Low, 8.2.2.10.5
    static constexpr std::array bank = tx_queue_bank(0x00);
};

struct TDBAH : Word<TDBAH> {  // Transmit Descriptor Base Address High, 8.2.2.10.6
    static constexpr std::array bank = tx_queue_bank(0x04);
};

struct TDLEN : Word<TDLEN> {  // Transmit Descriptor Length, 8.2.2.10.7; bytes
    static constexpr std::array bank = tx_queue_bank(0x08);
    static constexpr F<19, 0> len{};
};

struct TPH_TXCTRL : Word<TPH_TXCTRL> {  // Tx TPH Control, 8.2.2.12.3
    static constexpr std::array bank = tx_queue_bank(0x0C);
};

struct TDH : Word<TDH> {  // Transmit Descriptor Head, 8.2.2.10.8
    static constexpr std::array bank = tx_queue_bank(0x10);
    static constexpr F<15, 0> tdh{};
};

struct TDT : Word<TDT> {  // Transmit Descriptor Tail, 8.2.2.10.9
    static constexpr std::array bank = tx_queue_bank(0x18);
    static constexpr F<15, 0> tdt{};
};

struct TXDCTL : Word<TXDCTL> {  // Transmit Descriptor Control, 8.2.2.10.10
    static constexpr std::array bank = tx_queue_bank(0x28);
    static constexpr F<26> swflsh{};
    static constexpr F<25> enable{};
    static constexpr F<22, 16> wthresh{};
    static constexpr F<14, 8> hthresh{};
    static constexpr F<6, 0> pthresh{};
};

struct TDWBAL : Word<TDWBAL> {  // Completion Write Back Address Low, 8.2.2.10.11
    static constexpr std::array bank = tx_queue_bank(0x38);
    static constexpr F<31, 2> headwb_low{};  // address bits 31:2
    static constexpr F<0> head_wb_en{};
};

struct TDWBAH : Word<TDWBAH> {  // Completion Write Back Address High, 8.2.2.10.12
    static constexpr std::array bank = tx_queue_bank(0x3C);
};

struct DTXMXSZRQ : Word<DTXMXSZRQ> {  // DMA Tx TCP Max Allow Size Requests, 8.2.2.10.13
    static constexpr std::array bank{Bank{0x08100, 4, 1}};
    static constexpr F<11, 0> max_bytes_num_req{};
};

struct MTQC : Word<MTQC> {  // Multiple Transmit Queues Command, 8.2.2.10.14
    static constexpr std::array bank{Bank{0x08120, 4, 1}};
    static constexpr F<3, 2> num_tc_or_q{};
    static constexpr F<1> vt_ena{};
    static constexpr F<0> dcb_ena{};
};

struct TXPBSIZE : Word<TXPBSIZE> {  // Transmit Packet Buffer Size, 8.2.2.10.15
    static constexpr std::array bank{Bank{0x0CC00, 4, 8}};
    static constexpr F<19, 10> size{};  // KB
};

struct TAG_ETYPE : Word<TAG_ETYPE> {  // Tags EtherTypes, 8.2.2.10.17
    static constexpr std::array bank{Bank{0x17100, 4, 1}};
};

struct RTTDCS : Word<RTTDCS> {  // DCB Transmit Descriptor Plane Control; family, drivers use it
    static constexpr std::array bank{Bank{0x04900, 4, 1}};
    static constexpr F<6> arbdis{};
    static constexpr F<4> tdrm{};
    static constexpr F<0> tdpac{};
};

struct RTTDQSEL : Word<RTTDQSEL> {  // DCB Transmit Descriptor Plane Queue Select, 8.2.2.11.4
    static constexpr std::array bank{Bank{0x04904, 4, 1}};
    static constexpr F<6, 0> txdq_idx{};
};

struct EXVET_T : Word<EXVET_T> {  // Extended VLAN Ether Type - Transmit, 8.2.2.1.12
    static constexpr std::array bank{Bank{0x08224, 4, 1}};
    static constexpr F<31, 16> vet_ext{};
};

}  // namespace ixgbe
