// SPDX-License-Identifier: GPL-2.0-or-later
// Choice of a receive queue: X550 DS 8.2.2.8, Flow Director 8.2.2.15.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

enum class MultipleRxQueues : std::uint8_t {  // MRQC.MRQE
    off = 0x0,
    rss = 0x1,
    dcb_8tc = 0x2,
    dcb_4tc = 0x3,
    dcb_8tc_rss = 0x4,
    dcb_4tc_rss = 0x5,
    vt_64 = 0x8,
    vt_62_rss2_1_rss4 = 0x9,
    vt_32_rss4 = 0xA,
    vt_64_rss2 = 0xB,
    vt_16_8tc = 0xC,
    vt_32_4tc = 0xD,
    vt_16_4tc_rss2 = 0xE,
    vt_60_rss2_2_rss4 = 0xF,
};

struct MRQC : Word<MRQC> {  // Multiple Receive Queues Command, 8.2.2.8.23
    static constexpr std::array bank{Bank{0x0EC80, 4, 1}};
    static constexpr Bank alias{0x05818, 4, 1};
    static constexpr F<31, 16> rss_field_enable{};
    static constexpr F<23> udp_ipv6{};
    static constexpr F<22> udp_ipv4{};
    static constexpr F<21> tcp_ipv6{};
    static constexpr F<20> ipv6{};
    static constexpr F<17> ipv4{};
    static constexpr F<16> tcp_ipv4{};
    static constexpr F<15> l3l4txswen{};
    static constexpr F<14> rsc_dis_lp{};
    static constexpr F<13> multiple_rss{};
    static constexpr F<3, 0, MultipleRxQueues> mrqe{};
};

struct RETA : Word<RETA> {  // Redirection Table, 8.2.2.8.18; entries 0..127
    static constexpr std::array bank{Bank{0x0EB00, 4, 32}};
    static constexpr Bank alias{0x05C00, 4, 32};
};

struct ERETA : Word<ERETA> {  // Extended Redirection Table, 8.2.2.8.24; entries 128..511
    static constexpr std::array bank{Bank{0x0EE80, 4, 96}};
};

// Entry `slot` (0..3) of a RETA or ERETA register.
template <typename R>
[[nodiscard]] constexpr unsigned reta_entry(Value<R> value, unsigned slot) {
    return (value.raw() >> (8 * (slot % 4))) & 0x3f;
}

struct RSSRK : Word<RSSRK> {  // RSS Random Key, 8.2.2.8.19; key byte 4n + j in bits 8j+7:8j
    static constexpr std::array bank{Bank{0x0EB80, 4, 10}};
    static constexpr Bank alias{0x05C80, 4, 10};
};

struct RQTC : Word<RQTC> {  // RSS Queues per Traffic Class, 8.2.2.8.22
    static constexpr std::array bank{Bank{0x0EC70, 4, 1}};
    // log2 of the queues of a traffic class; 7 means 0.
    static constexpr unsigned bits(Value<RQTC> value, unsigned tc) {
        const unsigned n = (value.raw() >> (4 * (tc % 8))) & 0x7;
        return n == 7 ? 0 : n;
    }
};

struct RTRUP2TC : Word<RTRUP2TC> {  // DCB Receive User Priority to Traffic Class, 8.2.2.11.3
    static constexpr std::array bank{Bank{0x03020, 4, 1}};
    static constexpr unsigned tc(Value<RTRUP2TC> value, unsigned priority) {
        return (value.raw() >> (3 * (priority % 8))) & 0x7;
    }
};

struct ETQF : Word<ETQF> {  // EType Queue Filter, 8.2.2.8.8
    static constexpr std::array bank{Bank{0x05128, 4, 8}};
    static constexpr F<31> filter_enable{};
    static constexpr F<30> ieee_1588_time_stamp{};
    static constexpr F<29> tx_antispoof{};
    static constexpr F<28> cnm{};
    static constexpr F<27> fcoe{};
    static constexpr F<26> pool_enable{};
    static constexpr F<25, 20> pool{};
    static constexpr F<15, 0> etype{};
};

struct ETQS : Word<ETQS> {  // EType Queue Select, 8.2.2.8.20
    static constexpr std::array bank{Bank{0x0EC00, 4, 8}};
    static constexpr F<31> queue_enable{};
    static constexpr F<22, 16> rx_queue{};
};

struct SYNQF : Word<SYNQF> {  // SYN Packet Queue Filter, 8.2.2.8.21
    static constexpr std::array bank{Bank{0x0EC30, 4, 1}};
    static constexpr F<7, 1> rx_queue{};
    static constexpr F<0> queue_enable{};
};

}  // namespace ixgbe
