// SPDX-License-Identifier: GPL-2.0-or-later
// Flow Director: X550 DS 8.2.2.15. Addresses and flexible bytes lie in their registers as on the
// wire, the first byte in bits 7:0; ports and VLAN tags as numbers.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

enum class FlowFilterMode : std::uint8_t {  // FDIRCTRL.FILTERMODE
    ip,
    mac_vlan,
    cloud,
};

enum class FlowCommand : std::uint8_t {  // FDIRCMD.CMD
    none,
    add,
    remove,
    query,
};

struct FDIRCTRL : Word<FDIRCTRL> {  // Flow Director Filters Control, 8.2.2.15.1
    static constexpr std::array bank{Bank{0x0EE00, 4, 1}};
    static constexpr F<31, 28> full_thresh{};
    static constexpr F<27, 24> max_length{};
    static constexpr F<23, 21, FlowFilterMode> filtermode{};
    static constexpr F<20, 16> flex_offset{};
    static constexpr F<15> drop_no_match{};
    static constexpr F<14, 8> drop_queue{};
    static constexpr F<7> report_status_always{};
    static constexpr F<5> report_status{};
    static constexpr F<4> perfect_match{};
    static constexpr F<3> init_done{};
    static constexpr F<1, 0> pballoc{};
};

struct FDIRHASH : Word<FDIRHASH> {  // Flow Director Filters Hash Signature, 8.2.2.15.7
    static constexpr std::array bank{Bank{0x0EE28, 4, 1}};
    static constexpr F<30, 16> signature_sw_index{};
    static constexpr F<15> bucket_valid{};
    static constexpr F<14, 0> hash{};
};

struct FDIRCMD : Word<FDIRCMD> {  // Flow Director Filters Command, 8.2.2.15.8
    static constexpr std::array bank{Bank{0x0EE2C, 4, 1}};
    static constexpr F<31> fd_exception{};
    static constexpr F<29, 24> pool{};
    static constexpr F<23> tunnel_filter{};
    static constexpr F<22, 16> rx_queue{};
    static constexpr F<15> queue_en{};
    static constexpr F<12> collision{};
    static constexpr F<11> last{};
    static constexpr F<9> drop{};
    static constexpr F<8> clearht{};
    static constexpr F<7> ipv6{};
    static constexpr F<6, 5> l4type{};
    static constexpr F<4> ipv6dmatch{};
    static constexpr F<3> filter_update{};
    static constexpr F<2> filter_valid{};
    static constexpr F<1, 0, FlowCommand> cmd{};
};

struct FDIRFREE : Word<FDIRFREE> {  // Flow Director Filters Free, 8.2.2.15.9
    static constexpr std::array bank{Bank{0x0EE38, 4, 1}};
    static constexpr F<15, 0> free{};
};

struct FDIRSIPV6 : Word<FDIRSIPV6> {  // Flow Director Filters Source IPv6, 8.2.2.15.2
    static constexpr std::array bank{Bank{0x0EE0C, 4, 3}};
};

struct FDIRIPSA : Word<FDIRIPSA> {  // Flow Director Filters IP Source Address, 8.2.2.15.3
    static constexpr std::array bank{Bank{0x0EE18, 4, 1}};
};

struct FDIRIPDA : Word<FDIRIPDA> {  // Flow Director Filters IP Destination Address, 8.2.2.15.4
    static constexpr std::array bank{Bank{0x0EE1C, 4, 1}};
};

struct FDIRPORT : Word<FDIRPORT> {  // Flow Director Filters Port, 8.2.2.15.5
    static constexpr std::array bank{Bank{0x0EE20, 4, 1}};
    static constexpr F<31, 16> destination{};
    static constexpr F<15, 0> source{};
};

struct FDIRVLAN : Word<FDIRVLAN> {  // Flow Director Filters VLAN and FLEX Bytes, 8.2.2.15.6
    static constexpr std::array bank{Bank{0x0EE24, 4, 1}};
    static constexpr F<31, 16> flex{};
    static constexpr F<15, 0> vlan{};
};

// Masks: a bit that is set is ignored.

struct FDIRDIP4M : Word<FDIRDIP4M> {  // Destination IPv4 Mask, 8.2.2.15.10
    static constexpr std::array bank{Bank{0x0EE3C, 4, 1}};
};

struct FDIRSIP4M : Word<FDIRSIP4M> {  // Source IPv4 Mask, 8.2.2.15.11
    static constexpr std::array bank{Bank{0x0EE40, 4, 1}};
};

// Port masks hold each half in reverse: bit 0 is for bit 15 of the port.

struct FDIRTCPM : Word<FDIRTCPM> {  // TCP Mask, 8.2.2.15.12
    static constexpr std::array bank{Bank{0x0EE44, 4, 1}};
};

struct FDIRUDPM : Word<FDIRUDPM> {  // UDP Mask, 8.2.2.15.13
    static constexpr std::array bank{Bank{0x0EE48, 4, 1}};
};

struct FDIRSCTPM : Word<FDIRSCTPM> {  // SCTP Mask, 8.2.2.15.23
    static constexpr std::array bank{Bank{0x0EE78, 4, 1}};
};

struct FDIRM : Word<FDIRM> {  // Other Mask, 8.2.2.15.21
    static constexpr std::array bank{Bank{0x0EE70, 4, 1}};
    static constexpr F<6> l3p{};
    static constexpr F<5> dipv6{};
    static constexpr F<4> flex{};
    static constexpr F<3> l4p{};
    static constexpr F<2> pool{};
    static constexpr F<1> vlanp{};
    static constexpr F<0> vlanid{};
};

struct FDIRIP6M : Word<FDIRIP6M> {  // IPv6 Mask, 8.2.2.15.22; bit n is for byte n on the wire
    static constexpr std::array bank{Bank{0x0EE74, 4, 1}};
    static constexpr F<31, 16> dipm{};
    static constexpr F<15, 0> sipm{};
};

struct FDIRHKEY : Word<FDIRHKEY> {  // Lookup Table Hash Key, 8.2.2.15.19
    static constexpr std::array bank{Bank{0x0EE68, 4, 1}};
};

struct FDIRSKEY : Word<FDIRSKEY> {  // Signature Hash Key, 8.2.2.15.20
    static constexpr std::array bank{Bank{0x0EE6C, 4, 1}};
};

// Statistics, cleared by reading; they stop at their largest value.

struct FDIRLEN : Word<FDIRLEN> {  // Filters Length, 8.2.2.15.14
    static constexpr std::array bank{Bank{0x0EE4C, 4, 1}};
    static constexpr F<30, 16> maxhash{};
    static constexpr F<13, 8> bucket_length{};
    static constexpr F<5, 0> maxlen{};
};

struct FDIRUSTAT : Word<FDIRUSTAT> {  // Usage Statistics, 8.2.2.15.15
    static constexpr std::array bank{Bank{0x0EE50, 4, 1}};
    static constexpr F<31, 16> remove{};
    static constexpr F<15, 0> add{};
};

struct FDIRFSTAT : Word<FDIRFSTAT> {  // Failed Usage Statistics, 8.2.2.15.16
    static constexpr std::array bank{Bank{0x0EE54, 4, 1}};
    static constexpr F<15, 8> fremove{};
    static constexpr F<7, 0> fadd{};
};

struct FDIRMATCH : Word<FDIRMATCH> {  // Filters Match, 8.2.2.15.17
    static constexpr std::array bank{Bank{0x0EE58, 4, 1}};
};

struct FDIRMISS : Word<FDIRMISS> {  // Filters Miss, 8.2.2.15.18
    static constexpr std::array bank{Bank{0x0EE5C, 4, 1}};
};

}  // namespace ixgbe
