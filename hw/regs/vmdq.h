// SPDX-License-Identifier: GPL-2.0-or-later
// Pools and the internal switch: X550 DS 8.2.2.22, 8.2.2.8.16, 25 and 26, 8.2.2.26.8.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

struct PFVTCTL : Word<PFVTCTL> {  // PF Virtual Control, 8.2.2.22.12
    static constexpr std::array bank{Bank{0x051B0, 4, 1}};
    static constexpr F<30> rpl_en{};
    static constexpr F<29> dis_def_pool{};
    static constexpr F<17, 16> pooling_mode{};
    static constexpr F<12, 7> def_pl{};
    static constexpr F<0> vt_ena{};
};

struct MPSAR
    : Word<MPSAR> {  // MAC Pool Select Array, 8.2.2.8.16; 2r pools 31:0, 2r + 1 pools 63:32
    static constexpr std::array bank{Bank{0x0A600, 4, 256}};
};

struct PFVFRE : Word<PFVFRE> {  // PF VF Receive Enable, 8.2.2.22.13
    static constexpr std::array bank{Bank{0x051E0, 4, 2}};
};

struct PFVFTE : Word<PFVFTE> {  // PF VF Transmit Enable, 8.2.2.22.16
    static constexpr std::array bank{Bank{0x08110, 4, 2}};
};

struct PFVMTXSW : Word<PFVMTXSW> {  // PF VM Tx Switch Loopback Enable, 8.2.2.22.11
    static constexpr std::array bank{Bank{0x05180, 4, 2}};
};

struct PFVMVIR : Word<PFVMVIR> {  // PF VM VLAN Insert, 8.2.2.22.14; by pool
    static constexpr std::array bank{Bank{0x08000, 4, 64}};
    static constexpr F<31, 30> vlana{};
    static constexpr F<28, 27> taga{};
    static constexpr F<15, 0> port_vlan_id{};
};

struct PFVMTIR : Word<PFVMTIR> {  // PF VM Tag Insert, 8.2.2.22.30; by pool
    static constexpr std::array bank{Bank{0x17000, 4, 64}};
};

struct PFVFSPOOF : Word<PFVFSPOOF> {  // PF VF Anti-Spoof Control, 8.2.2.22.19; 8 pools each
    static constexpr std::array bank{Bank{0x08200, 4, 8}};
    static constexpr F<31, 24> ethertypelb{};
    static constexpr F<23, 16> ethertypeas{};
    static constexpr F<15, 8> vlanas{};
    static constexpr F<7, 0> macas{};
};

struct PFDTXGSWC : Word<PFDTXGSWC> {  // PF DMA Tx General Switch Control, 8.2.2.22.20
    static constexpr std::array bank{Bank{0x08220, 4, 1}};
    static constexpr F<0> lbe{};
};

struct PFFLPL : Word<PFFLPL> {  // Filter Local Packets Low, 8.2.2.22.9; pools 31:0
    static constexpr std::array bank{Bank{0x050B0, 4, 1}};
};

struct PFFLPH : Word<PFFLPH> {  // Filter Local Packets High, 8.2.2.22.10; pools 63:32
    static constexpr std::array bank{Bank{0x050B4, 4, 1}};
};

struct PFVML2FLT : Word<PFVML2FLT> {  // PF VM L2 Control, 8.2.2.22.23; by pool
    static constexpr std::array bank{Bank{0x0F000, 4, 64}};
    static constexpr F<28> mpe{};
    static constexpr F<27> bam{};
    static constexpr F<26> rope{};
    static constexpr F<25> rompe{};
    static constexpr F<24> aupe{};
    static constexpr F<23> vpe{};
    static constexpr F<22> upe{};
};

struct PFVLVF : Word<PFVLVF> {  // PF VM VLAN Pool Filter, 8.2.2.22.24
    static constexpr std::array bank{Bank{0x0F100, 4, 64}};
    static constexpr F<31> vi_en{};
    static constexpr F<11, 0> vlan_id{};
};

struct PFVLVFB : Word<PFVLVFB> {  // PF VM VLAN Pool Filter Bitmap, 8.2.2.22.25; two a PFVLVF
    static constexpr std::array bank{Bank{0x0F200, 4, 128}};
};

struct PFUTA : Word<PFUTA> {  // PF Unicast Table Array, 8.2.2.22.26; 4096 bits
    static constexpr std::array bank{Bank{0x0F400, 4, 128}};
};

struct PFVMECM : Word<PFVMECM> {  // PFVMECM0 and 1, Error Count Mask, 8.2.2.22.21 and 22
    static constexpr std::array bank{Bank{0x08790, 4, 2}};
};

struct PFMRCTL : Word<PFMRCTL> {  // PF Mirror Rule Control, 8.2.2.22.27
    static constexpr std::array bank{Bank{0x0F600, 4, 4}};
    static constexpr F<13, 8> mp{};
    static constexpr F<3> vlme{};
    static constexpr F<2> dpme{};
    static constexpr F<1> upme{};
    static constexpr F<0> vpme{};
};

struct PFMRVLAN : Word<PFMRVLAN> {  // PF Mirror Rule VLAN, 8.2.2.22.28; two a rule
    static constexpr std::array bank{Bank{0x0F610, 4, 8}};
};

struct PFMRVM : Word<PFMRVM> {  // PF Mirror Rule Pool, 8.2.2.22.29; two a rule
    static constexpr std::array bank{Bank{0x0F630, 4, 8}};
};

struct VFMRQC : Word<VFMRQC> {  // VF Multiple Receive Queues Command, 8.2.2.26.8; by pool
    static constexpr std::array bank{Bank{0x03400, 4, 64}};
    static constexpr F<23> udp_ipv6{};
    static constexpr F<22> udp_ipv4{};
    static constexpr F<21> tcp_ipv6{};
    static constexpr F<20> ipv6{};
    static constexpr F<17> ipv4{};
    static constexpr F<16> tcp_ipv4{};
    static constexpr F<0> rss_enable{};
};

struct VFRSSRK
    : Word<VFRSSRK> {  // Per-Pool RSS Random Key, 8.2.2.8.25; key of pool m at 16m..16m+9
    static constexpr std::array bank{Bank{0x18000, 4, 1024}};
    static constexpr unsigned index(unsigned pool, unsigned n) { return pool * 16 + n; }
    static constexpr unsigned pool(unsigned index) { return index / 16; }
};

struct VFRETA : Word<VFRETA> {  // Per-Pool Redirection Table, 8.2.2.8.26; table of pool m at 16m..
    static constexpr std::array bank{Bank{0x19000, 4, 1024}};
    static constexpr unsigned index(unsigned pool, unsigned n) { return pool * 16 + n; }
    // Entry `slot` (0..3) of a register; two bits each.
    static constexpr unsigned entry(Value<VFRETA> value, unsigned slot) {
        return (value.raw() >> (8 * (slot % 4))) & 0x3;
    }
};

}  // namespace ixgbe
