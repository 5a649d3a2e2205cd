// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics: X550 DS 8.2.2.17. Counters that never count here (FCoE, BMC, LinkSec) are only in the
// register map.
#pragma once

#include "regs/bank.h"

namespace ixgbe {

// Queue counters, 8.2.2.17.1 to 5 and 87 to 91.

struct QPRC : Word<QPRC> {  // Queue Packets Received
    static constexpr std::array bank{Bank{0x01030, 0x40, 16}};
};

struct QBRC_L : Word<QBRC_L> {  // Queue Bytes Received Low
    static constexpr std::array bank{Bank{0x01034, 0x40, 16}};
};

struct QBRC_H : Word<QBRC_H> {  // Queue Bytes Received High
    static constexpr std::array bank{Bank{0x01038, 0x40, 16}};
};

struct QPRDC : Word<QPRDC> {  // Queue Packets Received Drop
    static constexpr std::array bank{Bank{0x01430, 0x40, 16}};
};

struct RQSMR : Word<RQSMR> {  // Receive Queue Statistic Mapping
    static constexpr std::array bank{Bank{0x02300, 4, 32}};
    // Counter set (0..15) of queue 4n + slot.
    static constexpr unsigned set(Value<RQSMR> value, unsigned slot) {
        return (value.raw() >> (8 * (slot % 4))) & 0xf;
    }
};

struct QPTC : Word<QPTC> {  // Queue Packets Transmitted
    static constexpr std::array bank{Bank{0x08680, 4, 16}};
    static constexpr Bank alias{0x06030, 0x40, 16};
};

struct TQSM : Word<TQSM> {  // Transmit Queue Statistic Mapping
    static constexpr std::array bank{Bank{0x08600, 4, 32}};
    // Counter set (0..15) of queue 4n + slot.
    static constexpr unsigned set(Value<TQSM> value, unsigned slot) {
        return (value.raw() >> (8 * (slot % 4))) & 0xf;
    }
};

struct QBTC_L : Word<QBTC_L> {  // Queue Bytes Transmitted Low
    static constexpr std::array bank{Bank{0x08700, 8, 16}};
};

struct QBTC_H : Word<QBTC_H> {  // Queue Bytes Transmitted High
    static constexpr std::array bank{Bank{0x08704, 8, 16}};
};

// Receive DMA counters, 8.2.2.17.10 to 23.

struct RXDSTATCTRL : Word<RXDSTATCTRL> {  // Rx DMA Statistic Counter Control
    static constexpr std::array bank{Bank{0x02F40, 4, 1}};
};

struct RXDGPC : Word<RXDGPC> {  // DMA Good Rx Packets
    static constexpr std::array bank{Bank{0x02F50, 4, 1}};
};

struct RXDGBCL : Word<RXDGBCL> {  // DMA Good Rx Bytes Low
    static constexpr std::array bank{Bank{0x02F54, 4, 1}};
};

struct RXDGBCH : Word<RXDGBCH> {  // DMA Good Rx Bytes High
    static constexpr std::array bank{Bank{0x02F58, 4, 1}};
};

struct RXDDPC : Word<RXDDPC> {  // DMA Duplicated Good Rx Packets
    static constexpr std::array bank{Bank{0x02F5C, 4, 1}};
};

struct RXDDBCL : Word<RXDDBCL> {  // DMA Duplicated Good Rx Bytes Low
    static constexpr std::array bank{Bank{0x02F60, 4, 1}};
};

struct RXDDBCH : Word<RXDDBCH> {  // DMA Duplicated Good Rx Bytes High
    static constexpr std::array bank{Bank{0x02F64, 4, 1}};
};

struct RXLPBKPC : Word<RXLPBKPC> {  // DMA Good Rx Loopback Packets
    static constexpr std::array bank{Bank{0x02F68, 4, 1}};
};

struct RXLPBKBCL : Word<RXLPBKBCL> {  // DMA Good Rx Loopback Bytes Low
    static constexpr std::array bank{Bank{0x02F6C, 4, 1}};
};

struct RXLPBKBCH : Word<RXLPBKBCH> {  // DMA Good Rx Loopback Bytes High
    static constexpr std::array bank{Bank{0x02F70, 4, 1}};
};

struct RXDLPBKPC : Word<RXDLPBKPC> {  // DMA Duplicated Good Rx Loopback Packets
    static constexpr std::array bank{Bank{0x02F74, 4, 1}};
};

struct RXDLPBKBCL : Word<RXDLPBKBCL> {  // DMA Duplicated Good Rx Loopback Bytes Low
    static constexpr std::array bank{Bank{0x02F78, 4, 1}};
};

struct RXDLPBKBCH : Word<RXDLPBKBCH> {  // DMA Duplicated Good Rx Loopback Bytes High
    static constexpr std::array bank{Bank{0x02F7C, 4, 1}};
};

// Errors of the MAC, 8.2.2.17.24 to 31.

struct CRCERRS : Word<CRCERRS> {  // CRC Errors
    static constexpr std::array bank{Bank{0x04000, 4, 1}};
};

struct ILLERRC : Word<ILLERRC> {  // Illegal Byte Errors
    static constexpr std::array bank{Bank{0x04004, 4, 1}};
};

struct ERRBC : Word<ERRBC> {  // Error Byte Packets
    static constexpr std::array bank{Bank{0x04008, 4, 1}};
};

struct MSPDC : Word<MSPDC> {  // MAC Short Packets Discarded
    static constexpr std::array bank{Bank{0x04010, 4, 1}};
};

struct MBSDC : Word<MBSDC> {  // Bad SFD
    static constexpr std::array bank{Bank{0x04018, 4, 1}};
};

struct MLFC : Word<MLFC> {  // MAC Local Faults
    static constexpr std::array bank{Bank{0x04034, 4, 1}};
};

struct MRFC : Word<MRFC> {  // MAC Remote Faults
    static constexpr std::array bank{Bank{0x04038, 4, 1}};
};

struct RLEC : Word<RLEC> {  // Receive Length Errors
    static constexpr std::array bank{Bank{0x04040, 4, 1}};
};

struct MPC : Word<MPC> {  // Missed Packets of the family; by packet buffer
    static constexpr std::array bank{Bank{0x03FA0, 4, 8}};
};

// Received, by size, 8.2.2.17.32 to 37.

struct PRC64 : Word<PRC64> {  // Packets Received, 64 bytes
    static constexpr std::array bank{Bank{0x0405C, 4, 1}};
};

struct PRC127 : Word<PRC127> {  // 65 to 127
    static constexpr std::array bank{Bank{0x04060, 4, 1}};
};

struct PRC255 : Word<PRC255> {  // 128 to 255
    static constexpr std::array bank{Bank{0x04064, 4, 1}};
};

struct PRC511 : Word<PRC511> {  // 256 to 511
    static constexpr std::array bank{Bank{0x04068, 4, 1}};
};

struct PRC1023 : Word<PRC1023> {  // 512 to 1023
    static constexpr std::array bank{Bank{0x0406C, 4, 1}};
};

struct PRC1522 : Word<PRC1522> {  // 1024 to the maximum
    static constexpr std::array bank{Bank{0x04070, 4, 1}};
};

// Totals, 8.2.2.17.38 to 55.

struct GPRC : Word<GPRC> {  // Good Packets Received
    static constexpr std::array bank{Bank{0x04074, 4, 1}};
};

struct BPRC : Word<BPRC> {  // Broadcast Packets Received
    static constexpr std::array bank{Bank{0x04078, 4, 1}};
};

struct MPRC : Word<MPRC> {  // Multicast Packets Received
    static constexpr std::array bank{Bank{0x0407C, 4, 1}};
};

struct GPTC : Word<GPTC> {  // Good Packets Transmitted
    static constexpr std::array bank{Bank{0x04080, 4, 1}};
};

struct GORCL : Word<GORCL> {  // Good Octets Received Low
    static constexpr std::array bank{Bank{0x04088, 4, 1}};
};

struct GORCH : Word<GORCH> {  // Good Octets Received High
    static constexpr std::array bank{Bank{0x0408C, 4, 1}};
};

struct GOTCL : Word<GOTCL> {  // Good Octets Transmitted Low
    static constexpr std::array bank{Bank{0x04090, 4, 1}};
};

struct GOTCH : Word<GOTCH> {  // Good Octets Transmitted High
    static constexpr std::array bank{Bank{0x04094, 4, 1}};
};

struct RUC : Word<RUC> {  // Receive Undersize
    static constexpr std::array bank{Bank{0x040A4, 4, 1}};
};

struct RFC : Word<RFC> {  // Receive Fragments
    static constexpr std::array bank{Bank{0x040A8, 4, 1}};
};

struct ROC : Word<ROC> {  // Receive Oversize
    static constexpr std::array bank{Bank{0x040AC, 4, 1}};
};

struct RJC : Word<RJC> {  // Receive Jabber
    static constexpr std::array bank{Bank{0x040B0, 4, 1}};
};

struct MNGPRC : Word<MNGPRC> {  // Management Packets Received
    static constexpr std::array bank{Bank{0x040B4, 4, 1}};
};

struct MNGPDC : Word<MNGPDC> {  // Management Packets Dropped
    static constexpr std::array bank{Bank{0x040B8, 4, 1}};
};

struct TORL : Word<TORL> {  // Total Octets Received Low
    static constexpr std::array bank{Bank{0x040C0, 4, 1}};
};

struct TORH : Word<TORH> {  // Total Octets Received High
    static constexpr std::array bank{Bank{0x040C4, 4, 1}};
};

struct TPR : Word<TPR> {  // Total Packets Received
    static constexpr std::array bank{Bank{0x040D0, 4, 1}};
};

struct TPT : Word<TPT> {  // Total Packets Transmitted
    static constexpr std::array bank{Bank{0x040D4, 4, 1}};
};

// Transmitted, by size, 8.2.2.17.56 to 64.

struct PTC64 : Word<PTC64> {  // Packets Transmitted, 64 bytes
    static constexpr std::array bank{Bank{0x040D8, 4, 1}};
};

struct PTC127 : Word<PTC127> {  // 65 to 127
    static constexpr std::array bank{Bank{0x040DC, 4, 1}};
};

struct PTC255 : Word<PTC255> {  // 128 to 255
    static constexpr std::array bank{Bank{0x040E0, 4, 1}};
};

struct PTC511 : Word<PTC511> {  // 256 to 511
    static constexpr std::array bank{Bank{0x040E4, 4, 1}};
};

struct PTC1023 : Word<PTC1023> {  // 512 to 1023
    static constexpr std::array bank{Bank{0x040E8, 4, 1}};
};

struct PTC1522 : Word<PTC1522> {  // 1024 to the maximum
    static constexpr std::array bank{Bank{0x040EC, 4, 1}};
};

struct MPTC : Word<MPTC> {  // Multicast Packets Transmitted
    static constexpr std::array bank{Bank{0x040F0, 4, 1}};
};

struct BPTC : Word<BPTC> {  // Broadcast Packets Transmitted
    static constexpr std::array bank{Bank{0x040F4, 4, 1}};
};

struct XEC : Word<XEC> {  // XSUM Errors
    static constexpr std::array bank{Bank{0x04120, 4, 1}};
};

// Pause frames, 8.2.2.17.65, 66, 75, 76, and those of the family that drivers read.

struct PXONRXCNT : Word<PXONRXCNT> {  // Priority XON Received
    static constexpr std::array bank{Bank{0x04140, 4, 8}};
};

struct PXOFFRXCNT : Word<PXOFFRXCNT> {  // Priority XOFF Received
    static constexpr std::array bank{Bank{0x04160, 4, 8}};
};

struct LXONRXCNT : Word<LXONRXCNT> {  // Link XON Received
    static constexpr std::array bank{Bank{0x041A4, 4, 1}};
};

struct LXOFFRXCNT : Word<LXOFFRXCNT> {  // Link XOFF Received
    static constexpr std::array bank{Bank{0x041A8, 4, 1}};
};

struct LXONTXC : Word<LXONTXC> {  // Link XON Transmitted
    static constexpr std::array bank{Bank{0x03F60, 4, 1}};
};

struct LXOFFTXC : Word<LXOFFTXC> {  // Link XOFF Transmitted
    static constexpr std::array bank{Bank{0x03F68, 4, 1}};
};

struct PXONTXC : Word<PXONTXC> {  // Priority XON Transmitted
    static constexpr std::array bank{Bank{0x03F00, 4, 8}};
};

struct PXOFFTXC : Word<PXOFFTXC> {  // Priority XOFF Transmitted
    static constexpr std::array bank{Bank{0x03F20, 4, 8}};
};

struct PXON2OFFCNT : Word<PXON2OFFCNT> {  // Priority XON to XOFF
    static constexpr std::array bank{Bank{0x03240, 4, 8}};
};

// Frames before filtering, 8.2.2.17.77 to 79.

struct RXNFGPC : Word<RXNFGPC> {  // Good Rx Non-Filtered Packets
    static constexpr std::array bank{Bank{0x041B0, 4, 1}};
};

struct RXNFGBCL : Word<RXNFGBCL> {  // Good Rx Non-Filtered Bytes Low
    static constexpr std::array bank{Bank{0x041B4, 4, 1}};
};

struct RXNFGBCH : Word<RXNFGBCH> {  // Good Rx Non-Filtered Bytes High
    static constexpr std::array bank{Bank{0x041B8, 4, 1}};
};

// Transmit DMA, 8.2.2.17.92, 95 to 97.

struct SSVPC : Word<SSVPC> {  // Switch Security Violation Packets
    static constexpr std::array bank{Bank{0x08780, 4, 1}};
};

struct TXDGPC : Word<TXDGPC> {  // DMA Good Tx Packets
    static constexpr std::array bank{Bank{0x087A0, 4, 1}};
};

struct TXDGBCL : Word<TXDGBCL> {  // DMA Good Tx Bytes Low
    static constexpr std::array bank{Bank{0x087A4, 4, 1}};
};

struct TXDGBCH : Word<TXDGBCH> {  // DMA Good Tx Bytes High
    static constexpr std::array bank{Bank{0x087A8, 4, 1}};
};

}  // namespace ixgbe
