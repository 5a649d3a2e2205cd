// SPDX-License-Identifier: GPL-2.0-or-later
// Interrupts: X550 DS 8.2.2.6.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct EICR : Word<EICR> {  // Extended Interrupt Cause, 8.2.2.6.1
    static constexpr std::array bank{Bank{0x00800, 4, 1}};
    static constexpr F<31> other_cause{};
    static constexpr F<30> tcp_timer{};
    static constexpr F<29> phy_global_interrupt{};
    static constexpr F<28> ecc{};
    static constexpr F<27> gpi_sdp2{};
    static constexpr F<26> gpi_sdp1{};
    static constexpr F<25> gpi_sdp0{};
    static constexpr F<24> timesync{};
    static constexpr F<23> ts{};
    static constexpr F<22> mng{};
    static constexpr F<21> linksec{};
    static constexpr F<20> lsc{};
    static constexpr F<19> mailbox{};
    static constexpr F<18> pci_exception{};
    static constexpr F<17> rx_miss{};
    static constexpr F<16> flow_director{};
    static constexpr F<15, 0> rtxq{};
    // 29:16, the causes that share the vector of IVAR_MISC byte 1 and that EICR reads always clear.
    static constexpr F<29, 16> other{};
};

struct EICS : Word<EICS> {  // Extended Interrupt Cause Set, 8.2.2.6.2
    static constexpr std::array bank{Bank{0x00808, 4, 1}};
    static constexpr F<30, 0> interrupt_cause_set{};
};

struct EIAC : Word<EIAC> {  // Extended Interrupt Auto Clear, 8.2.2.6.3
    static constexpr std::array bank{Bank{0x00810, 4, 1}};
    static constexpr F<30> tcp_timer_auto_clear{};
    static constexpr F<15, 0> rtxq_auto_clear{};
};

struct EITR : Word<EITR> {  // Extended Interrupt Throttle, 8.2.2.6.4
    static constexpr std::array bank{Bank{0x00820, 4, 24}, Bank{0x12300, 4, 105}};
    static constexpr F<31> cnt_wdis{};
    static constexpr F<27, 21> itr_counter{};
    static constexpr F<20, 16> lli_credit{};
    static constexpr F<14> high_priority{};
    static constexpr F<11, 3> interval{};

    // The interval counts 2.048 us at 10G and 1G, ten times that at 100M.
    static constexpr std::int64_t unit_ns = 2048;
    static constexpr std::int64_t slow_unit_ns = 20480;
};

struct EIMS : Word<EIMS> {  // Extended Interrupt Mask Set/Read, 8.2.2.6.5; bits as EICR
    static constexpr std::array bank{Bank{0x00880, 4, 1}};
    static constexpr F<30, 0> interrupt_enable{};
    static constexpr F<15, 0> rtxq{};  // mirrors EIMS_EX(0) bits 15:0
};

struct EIMC : Word<EIMC> {  // Extended Interrupt Mask Clear, 8.2.2.6.6; bits as EICR
    static constexpr std::array bank{Bank{0x00888, 4, 1}};
    static constexpr F<30, 0> interrupt_mask{};
};

struct EIAM : Word<EIAM> {  // Extended Interrupt Auto Mask Enable, 8.2.2.6.7; bits as EICR
    static constexpr std::array bank{Bank{0x00890, 4, 1}};
    static constexpr F<30, 0> auto_mask{};
    static constexpr F<15, 0> rtxq{};  // mirrors EIAM_EX(0) bits 15:0
};

struct GPIE : Word<GPIE> {  // General Purpose Interrupt Enable, 8.2.2.6.9
    static constexpr std::array bank{Bank{0x00898, 4, 1}};
    static constexpr F<31> pba_support{};
    static constexpr F<30> eiame{};
    static constexpr F<15, 14> vt_mode{};
    static constexpr F<13, 11> rsc_delay{};
    static constexpr F<6> eimen{};
    static constexpr F<5> ocd{};
    static constexpr F<4> multiple_msix{};
    static constexpr F<3> sdp2_gpien{};
    static constexpr F<2> sdp1_gpien{};
    static constexpr F<1> sdp0_gpien{};

    static constexpr std::int64_t rsc_delay_unit_ns = 4000;  // times RSC_DELAY + 1
};

// One byte of an IVAR register.
struct IvarEntry {
    unsigned vector = 0;
    bool valid = false;
};

// Interrupt Vector Allocation, 8.2.2.6.10. Register n: byte 0 Rx queue 2n, byte 1 Tx queue 2n,
// byte 2 Rx queue 2n + 1, byte 3 Tx queue 2n + 1.
struct IVAR : Word<IVAR> {
    static constexpr std::array bank{Bank{0x00900, 4, 64}};
    static constexpr unsigned index(unsigned queue) { return queue / 2; }
    static constexpr unsigned rx_byte(unsigned queue) { return (queue % 2) * 2; }
    static constexpr unsigned tx_byte(unsigned queue) { return (queue % 2) * 2 + 1; }
};

struct IVAR_MISC : Word<IVAR_MISC> {  // Miscellaneous Vector Allocation, 8.2.2.6.11
    static constexpr std::array bank{Bank{0x00A00, 4, 1}};
    static constexpr unsigned tcp_timer_byte = 0;
    static constexpr unsigned other_byte = 1;
};

// Byte `byte` (0..3) of an IVAR or IVAR_MISC word; X550 has 64 vectors, so bit 6 is never part of
// one.
[[nodiscard]] constexpr IvarEntry ivar_entry(std::uint32_t raw, unsigned byte) {
    const std::uint32_t entry = raw >> (8 * (byte % 4));
    return {.vector = entry & 0x3f, .valid = (entry & 0x80) != 0};
}

template <typename R>
[[nodiscard]] constexpr IvarEntry ivar_entry(Value<R> value, unsigned byte) {
    return ivar_entry(value.raw(), byte);
}

struct EICS_EX : Word<EICS_EX> {  // EICS1, EICS2: 8.2.2.6.12 and 13; a bit a vector
    static constexpr std::array bank{Bank{0x00A90, 4, 2}};
};

struct EIMS_EX : Word<EIMS_EX> {  // EIMS1, EIMS2: 8.2.2.6.14 and 15
    static constexpr std::array bank{Bank{0x00AA0, 4, 2}};
    static constexpr F<15, 0> mirror{};  // of register 0 only
};

struct EIMC_EX : Word<EIMC_EX> {  // EIMC1, EIMC2: 8.2.2.6.16 and 17
    static constexpr std::array bank{Bank{0x00AB0, 4, 2}};
};

struct EIAM_EX : Word<EIAM_EX> {  // EIAM1, EIAM2: 8.2.2.6.18 and 19
    static constexpr std::array bank{Bank{0x00AD0, 4, 2}};
    static constexpr F<15, 0> mirror{};  // of register 0 only
};

struct RSCINT : Word<RSCINT> {  // RSC Enable Interrupt, 8.2.2.6.20; by vector
    static constexpr std::array bank{Bank{0x12000, 4, 129}};
    static constexpr F<0> rscen{};
};

}  // namespace ixgbe
