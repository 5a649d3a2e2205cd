// SPDX-License-Identifier: GPL-2.0-or-later
// Registers and descriptors as the X550 datasheet describes them to a driver.
//
// Transcribed apart from the device's own tables, so that one wrong bit cannot pass on both sides.
// Only tests include this file, and it includes nothing of the device.
#pragma once

#include <cstdint>

#include "datasheet_descriptors.h"

namespace x550 {

// `Count` registers, `Stride` bytes apart; indices beyond the first bank continue at `Second`.
template <std::uint32_t Offset, std::uint32_t Stride = 4, std::uint32_t Count = 1,
          std::uint32_t Second = 0, std::uint32_t SecondFirst = 64>
struct Registers {
    static constexpr std::uint32_t count = Count;
    [[nodiscard]] static constexpr std::uint32_t at(std::uint32_t index = 0) {
        if (Second != 0 && index >= SecondFirst) {
            return Second + Stride * (index - SecondFirst);
        }
        return Offset + Stride * index;
    }
};

inline constexpr std::uint32_t kBarBytes = 2u << 20;
inline constexpr std::uint32_t kCsrBytes = 0x20000;
inline constexpr unsigned kQueues = 128;
inline constexpr unsigned kStatQueues = 16;
inline constexpr unsigned kVectors = 64;
inline constexpr unsigned kDescriptorBytes = 16;

// ---- General ----

struct CTRL : Registers<0x00000> {
    static constexpr std::uint32_t gio_dis = bit(2);
    static constexpr std::uint32_t lnk_rst = bit(3);
    static constexpr std::uint32_t rst = bit(26);
};
struct STATUS : Registers<0x00008> {
    static constexpr std::uint32_t lan_id_shift = 2;
    static constexpr std::uint32_t gio_master_enabled = bit(19);
};
struct CTRL_EXT : Registers<0x00018> {
    static constexpr std::uint32_t pfrstd = bit(14);
    static constexpr std::uint32_t extended_vlan = bit(26);
    static constexpr std::uint32_t drv_load = bit(28);
};
struct ESDP : Registers<0x00020> {};
struct FRTIMER : Registers<0x00048> {};
struct TCPTIMER : Registers<0x0004C> {  // milliseconds in 7:0
    static constexpr std::uint32_t kick_start = bit(8);
    static constexpr std::uint32_t count_enable = bit(9);
    static constexpr std::uint32_t count_finish = bit(10);
    static constexpr std::uint32_t loop = bit(11);
};
struct LEDCTL : Registers<0x00200> {
    static constexpr std::uint32_t mode_mask = 0xF;
    static constexpr std::uint32_t mode_link_activity = 4;
    static constexpr std::uint32_t blink = bit(7);
};
struct EEC : Registers<0x10010> {
    static constexpr std::uint32_t pres = bit(8);
    static constexpr std::uint32_t ard = bit(9);
    static constexpr std::uint32_t size_shift = 11;
    static constexpr std::uint32_t size_mask = 0xF;
};
struct EERD : Registers<0x10014> {
    static constexpr std::uint32_t start = bit(0);
    static constexpr std::uint32_t done = bit(1);
    static constexpr std::uint32_t addr_shift = 2;
    static constexpr std::uint32_t data_shift = 16;
};
struct SWSM : Registers<0x10140> {
    static constexpr std::uint32_t smbi = bit(0);
};
struct FWSM : Registers<0x10148> {
    static constexpr std::uint32_t recovery = bit(5);
    static constexpr std::uint32_t fw_valid = bit(15);
    static constexpr std::uint32_t error_mask = 0x01F80000;
};
struct FACTPS : Registers<0x10150> {};
struct SW_FW_SYNC : Registers<0x10160> {
    static constexpr std::uint32_t eep = bit(0);
    static constexpr std::uint32_t phy0 = bit(1);
    static constexpr std::uint32_t phy1 = bit(2);
    static constexpr std::uint32_t mac_csr = bit(3);
    static constexpr std::uint32_t firmware_mask = 0x1E0;
    static constexpr std::uint32_t sw_mng = bit(10);
    static constexpr std::uint32_t regsmp = bit(31);
};
struct GRC : Registers<0x10200> {};
struct GCR_EXT : Registers<0x11050> {};
struct HICR : Registers<0x15F00> {
    static constexpr std::uint32_t en = bit(0);
    static constexpr std::uint32_t c = bit(1);
    static constexpr std::uint32_t sv = bit(2);
};
struct FWSTS : Registers<0x15F0C> {
    static constexpr std::uint32_t fwri = bit(9);
};
struct FLEX_MNG : Registers<0x15800, 4, 448> {};
struct MMNGC : Registers<0x042D0> {};
struct MANC : Registers<0x05820> {};
struct WUC : Registers<0x05800> {};
struct WUFC : Registers<0x05808> {};
struct WUS : Registers<0x05810> {};

// ---- Interrupts ----

struct EICR : Registers<0x00800> {
    static constexpr std::uint32_t lsc = bit(20);
    static constexpr std::uint32_t tcp_timer = bit(30);
    static constexpr std::uint32_t other = bit(31);
    static constexpr std::uint32_t queues = 0xFFFF;
};
struct EICS : Registers<0x00808> {};
struct EIAC : Registers<0x00810> {};
struct EIMS : Registers<0x00880> {};
struct EIMC : Registers<0x00888> {};
struct EIAM : Registers<0x00890> {};
struct GPIE : Registers<0x00898> {
    static constexpr std::uint32_t msix_mode = bit(4);
    static constexpr std::uint32_t ocd = bit(5);
    static constexpr std::uint32_t eimen = bit(6);
    static constexpr std::uint32_t eiame = bit(30);
    static constexpr std::uint32_t pba = bit(31);
};
struct EICS_EX : Registers<0x00A90, 4, 2> {};
struct EIMS_EX : Registers<0x00AA0, 4, 2> {};
struct EIMC_EX : Registers<0x00AB0, 4, 2> {};
struct EIAM_EX : Registers<0x00AD0, 4, 2> {};
struct EITR : Registers<0x00820, 4, 128, 0x12300, 24> {
    static constexpr std::uint32_t interval_mask = 0xFF8;
    static constexpr std::uint32_t cnt_wdis = bit(31);
    // Bits 11:3 count 2.048 us.
    [[nodiscard]] static constexpr std::int64_t interval_ns(std::uint32_t value) {
        return static_cast<std::int64_t>((value & interval_mask) >> 3) * 2048;
    }
};
struct IVAR : Registers<0x00900, 4, 64> {
    static constexpr std::uint32_t valid = bit(7);
};
struct IVAR_MISC : Registers<0x00A00> {};

// ---- Transmit ----

struct TDBAL : Registers<0x06000, 0x40, 128> {};
struct TDBAH : Registers<0x06004, 0x40, 128> {};
struct TDLEN : Registers<0x06008, 0x40, 128> {};
struct DCA_TXCTRL : Registers<0x0600C, 0x40, 128> {};
struct TDH : Registers<0x06010, 0x40, 128> {};
struct TDT : Registers<0x06018, 0x40, 128> {};
struct TXDCTL : Registers<0x06028, 0x40, 128> {
    static constexpr std::uint32_t wthresh_shift = 16;
    static constexpr std::uint32_t enable = bit(25);
    static constexpr std::uint32_t swflsh = bit(26);
};
struct TDWBAL : Registers<0x06038, 0x40, 128> {
    static constexpr std::uint32_t head_wb_en = bit(0);
};
struct TDWBAH : Registers<0x0603C, 0x40, 128> {};
struct DMATXCTL : Registers<0x04A80> {
    static constexpr std::uint32_t te = bit(0);
    static constexpr std::uint32_t gdv = bit(3);
    static constexpr std::uint32_t vt_shift = 16;
};
struct DTXTCPFLGL : Registers<0x04A88> {};
struct DTXTCPFLGH : Registers<0x04A8C> {};
struct MTQC : Registers<0x08120> {
    static constexpr std::uint32_t dcb_ena = bit(0);
    static constexpr std::uint32_t vt_ena = bit(1);
    static constexpr std::uint32_t pools_64 = 1u << 2;  // of 2 queues
    static constexpr std::uint32_t pools_32 = 2u << 2;  // of 4
    static constexpr std::uint32_t pools_16 = 3u << 2;  // of 8, with DCB
};
struct PFVMVIR : Registers<0x08000, 4, 64> {  // PORT_VLAN_ID in 15:0
    static constexpr std::uint32_t always = 1u << 30;
    static constexpr std::uint32_t never = 2u << 30;
};
struct RTTDCS : Registers<0x04900> {};
struct TXPBSIZE : Registers<0x0CC00, 4, 8> {};
struct TQSM : Registers<0x08600, 4, 32> {};
struct PFDTXGSWC : Registers<0x08220> {
    static constexpr std::uint32_t lbe = bit(0);
};
// Bit lists of pools: 31:0 in the first register, 63:32 in the second.
struct PFVFTE : Registers<0x08110, 4, 2> {};
struct PFVMTXSW : Registers<0x05180, 4, 2> {};
struct PFVFSPOOF : Registers<0x08200, 4, 8> {  // pool 8n + i: one bit of each byte
    static constexpr unsigned macas_shift = 0, vlanas_shift = 8, ethertypeas_shift = 16,
                              ethertypelb_shift = 24;
};
struct PFVMECM : Registers<0x08790, 4, 2> {};
struct SSVPC : Registers<0x08780> {};
struct SECTXSTAT : Registers<0x08804> {};

// ---- Receive ----

struct RDBAL : Registers<0x01000, 0x40, 128, 0x0D000> {};
struct RDBAH : Registers<0x01004, 0x40, 128, 0x0D004> {};
struct RDLEN : Registers<0x01008, 0x40, 128, 0x0D008> {};
struct DCA_RXCTRL : Registers<0x0100C, 0x40, 128, 0x0D00C> {};
struct DCA_RXCTRL_ALIAS : Registers<0x02200, 4, 16> {};
struct RDH : Registers<0x01010, 0x40, 128, 0x0D010> {};
struct SRRCTL : Registers<0x01014, 0x40, 128, 0x0D014> {
    static constexpr std::uint32_t bsizeheader_shift = 8;  // 64-byte units
    static constexpr std::uint32_t desctype_shift = 25;
    static constexpr std::uint32_t drop_en = bit(28);
};
struct SRRCTL_ALIAS : Registers<0x02100, 4, 16> {};
struct RDT : Registers<0x01018, 0x40, 128, 0x0D018> {};
struct RXDCTL : Registers<0x01028, 0x40, 128, 0x0D028> {
    static constexpr std::uint32_t rlpml_en = bit(15);
    static constexpr std::uint32_t enable = bit(25);
    static constexpr std::uint32_t swflsh = bit(26);
    static constexpr std::uint32_t vme = bit(30);
};
struct RSCCTL : Registers<0x0102C, 0x40, 128, 0x0D02C> {
    static constexpr std::uint32_t rscen = bit(0);
    static constexpr std::uint32_t maxdesc_4 = 1u << 2;
    static constexpr std::uint32_t maxdesc_16 = 3u << 2;
};
struct RSCDBU : Registers<0x03028> {
    static constexpr std::uint32_t rscackdis = bit(7);
};
struct RXCTRL : Registers<0x03000> {
    static constexpr std::uint32_t rxen = bit(0);
    static constexpr std::uint32_t dmbyps = bit(1);
};
struct RDRXCTL : Registers<0x02F00> {
    static constexpr std::uint32_t psp = bit(2);
    static constexpr std::uint32_t dmaidone = bit(3);
    static constexpr std::uint32_t rsc_push_dis = bit(5);
};
struct PFQDE : Registers<0x02F04> {
    static constexpr std::uint32_t drop = bit(0);
    static constexpr std::uint32_t hide_vlan = bit(1);
    static constexpr unsigned queue_shift = 8;
    static constexpr std::uint32_t we = bit(16);
    static constexpr std::uint32_t re = bit(17);
};
struct ETQF : Registers<0x05128, 4, 8> {
    static constexpr unsigned pool_shift = 20;
    static constexpr std::uint32_t pool_enable = bit(26);
    static constexpr std::uint32_t tx_antispoof = bit(29);
    static constexpr std::uint32_t enable = bit(31);
};
struct ETQS : Registers<0x0EC00, 4, 8> {
    static constexpr unsigned queue_shift = 16;
    static constexpr std::uint32_t enable = bit(31);
};
struct SYNQF : Registers<0x0EC30> {
    static constexpr std::uint32_t enable = bit(0);
    static constexpr unsigned queue_shift = 1;
};
struct FDIRCTRL : Registers<0x0EE00> {
    static constexpr unsigned pballoc_64k = 1, pballoc_128k = 2, pballoc_256k = 3;
    static constexpr std::uint32_t init_done = bit(3);
    static constexpr std::uint32_t perfect_match = bit(4);
    static constexpr std::uint32_t report_status = bit(5);
    static constexpr std::uint32_t report_status_always = bit(7);
    static constexpr unsigned drop_queue_shift = 8;
    static constexpr std::uint32_t drop_no_match = bit(15);
    static constexpr unsigned flex_offset_shift = 16;
    static constexpr std::uint32_t mac_vlan_mode = 1u << 21;
    static constexpr std::uint32_t cloud_mode = 2u << 21;
    static constexpr unsigned max_length_shift = 24;
    static constexpr unsigned full_thresh_shift = 28;
};
struct FDIRSIPV6 : Registers<0x0EE0C, 4, 3> {};
struct FDIRIPSA : Registers<0x0EE18> {};
struct FDIRIPDA : Registers<0x0EE1C> {};
struct FDIRPORT : Registers<0x0EE20> {};
struct FDIRVLAN : Registers<0x0EE24> {};
struct FDIRHASH : Registers<0x0EE28> {
    static constexpr std::uint32_t valid = bit(15);
    static constexpr unsigned id_shift = 16;
};
struct FDIRCMD : Registers<0x0EE2C> {
    static constexpr std::uint32_t add = 1, remove = 2, query = 3;
    static constexpr std::uint32_t filter_valid = bit(2);
    static constexpr std::uint32_t update = bit(3);
    static constexpr std::uint32_t ipv6dmatch = bit(4);
    static constexpr std::uint32_t udp = 1u << 5, tcp = 2u << 5, sctp = 3u << 5;
    static constexpr std::uint32_t ipv6 = bit(7);
    static constexpr std::uint32_t clearht = bit(8);
    static constexpr std::uint32_t drop = bit(9);
    static constexpr std::uint32_t last = bit(11);
    static constexpr std::uint32_t collision = bit(12);
    static constexpr std::uint32_t queue_en = bit(15);
    static constexpr unsigned queue_shift = 16;
    static constexpr std::uint32_t tunnel = bit(23);
    static constexpr std::uint32_t exception = bit(31);
    static constexpr unsigned pool_shift = 24;
};
struct FDIRFREE : Registers<0x0EE38> {};
struct FDIRDIP4M : Registers<0x0EE3C> {};
struct FDIRSIP4M : Registers<0x0EE40> {};
struct FDIRTCPM : Registers<0x0EE44> {};
struct FDIRUDPM : Registers<0x0EE48> {};
struct FDIRSCTPM : Registers<0x0EE78> {};
struct FDIRLEN : Registers<0x0EE4C> {};
struct FDIRUSTAT : Registers<0x0EE50> {};
struct FDIRFSTAT : Registers<0x0EE54> {};
struct FDIRMATCH : Registers<0x0EE58> {};
struct FDIRMISS : Registers<0x0EE5C> {};
struct FDIRHKEY : Registers<0x0EE68> {};
struct FDIRSKEY : Registers<0x0EE6C> {};
struct FDIRM : Registers<0x0EE70> {
    static constexpr std::uint32_t vlanid = bit(0), vlanp = bit(1), pool = bit(2), l4p = bit(3),
                                   flex = bit(4), dipv6 = bit(5), l3p = bit(6);
};
struct FDIRIP6M : Registers<0x0EE74> {};
struct IPAV : Registers<0x05838> {};
struct IP6AT : Registers<0x05880, 4, 4> {};
struct RXCSUM : Registers<0x05000> {
    static constexpr std::uint32_t ippcse = bit(12);
    static constexpr std::uint32_t pcsd = bit(13);
};
struct RFCTL : Registers<0x05008> {
    static constexpr std::uint32_t rsc_dis = bit(5);
};
struct PSRTYPE : Registers<0x0EA00, 4, 64> {
    static constexpr unsigned rqpl_shift = 29;
    static constexpr std::uint32_t tcp = bit(4);
    static constexpr std::uint32_t udp = bit(5);
    static constexpr std::uint32_t ipv4 = bit(8);
    static constexpr std::uint32_t ipv6 = bit(9);
    static constexpr std::uint32_t l2 = bit(12);
};
struct PSRTYPE_ALIAS : Registers<0x05480, 4, 16> {};
struct RXPBSIZE : Registers<0x03C00, 4, 8> {};
struct RSCINT : Registers<0x12000, 4, 128> {};
struct VXLANCTRL : Registers<0x0507C> {};
struct FCTRL : Registers<0x05080> {
    static constexpr std::uint32_t sbp = bit(1);
    static constexpr std::uint32_t mpe = bit(8);
    static constexpr std::uint32_t upe = bit(9);
    static constexpr std::uint32_t bam = bit(10);
};
struct VLNCTRL : Registers<0x05088> {
    static constexpr std::uint32_t vet_mask = 0xFFFF;
    static constexpr std::uint32_t vfe = bit(30);
    static constexpr std::uint32_t vme = bit(31);
};
struct MCSTCTRL : Registers<0x05090> {
    static constexpr std::uint32_t mfe = bit(2);
};
struct EXVET : Registers<0x05078> {};
struct EXVET_T : Registers<0x08224> {};
struct RAL : Registers<0x0A200, 8, 128> {};
struct RAH : Registers<0x0A204, 8, 128> {
    static constexpr std::uint32_t av = bit(31);
    static constexpr std::uint32_t adtype_etag = bit(30);
};
struct RAL_ALIAS : Registers<0x05400, 8, 16> {};
struct RAH_ALIAS : Registers<0x05404, 8, 16> {};
struct MPSAR : Registers<0x0A600, 4, 256> {};
struct MTA : Registers<0x05200, 4, 128> {};
struct UTA : Registers<0x0F400, 4, 128> {};
struct VFTA : Registers<0x0A000, 4, 128> {};
struct VLVF : Registers<0x0F100, 4, 64> {  // PFVLVF: VLAN in 11:0
    static constexpr std::uint32_t enable = bit(31);
};
struct VLVFB : Registers<0x0F200, 4, 128> {};
struct VT_CTL : Registers<0x051B0> {  // PFVTCTL
    static constexpr std::uint32_t vt_ena = bit(0);
    static constexpr unsigned def_pl_shift = 7;
    static constexpr std::uint32_t dis_def_pool = bit(29);
    static constexpr std::uint32_t rpl_en = bit(30);
};
struct PFVFRE : Registers<0x051E0, 4, 2> {};
struct PFFLPL : Registers<0x050B0> {};
struct PFFLPH : Registers<0x050B4> {};
struct VMOLR : Registers<0x0F000, 4, 64> {  // PFVML2FLT
    static constexpr std::uint32_t upe = bit(22);
    static constexpr std::uint32_t vpe = bit(23);
    static constexpr std::uint32_t aupe = bit(24);
    static constexpr std::uint32_t rompe = bit(25);
    static constexpr std::uint32_t rope = bit(26);
    static constexpr std::uint32_t bam = bit(27);
    static constexpr std::uint32_t mpe = bit(28);
};
struct PFMRCTL : Registers<0x0F600, 4, 4> {
    static constexpr std::uint32_t vpme = bit(0);
    static constexpr std::uint32_t upme = bit(1);
    static constexpr std::uint32_t dpme = bit(2);
    static constexpr std::uint32_t vlme = bit(3);
    static constexpr unsigned mp_shift = 8;
};
struct PFMRVLAN : Registers<0x0F610, 4, 8> {};  // rule n: registers n and n + 4
struct PFMRVM : Registers<0x0F630, 4, 8> {};
struct VFMRQC : Registers<0x03400, 4, 64> {  // fields as in MRQC
    static constexpr std::uint32_t rss_enable = bit(0);
};
struct VFRSSRK : Registers<0x18000, 4, 1024> {};  // pool p: from 16p on
struct VFRETA : Registers<0x19000, 4, 1024> {};
struct RTRUP2TC : Registers<0x03020> {};
struct MRQC : Registers<0x0EC80> {
    static constexpr std::uint32_t rss = 1;
    static constexpr std::uint32_t eight_tc_rss = 4;
    static constexpr std::uint32_t vt_64 = 8;
    static constexpr std::uint32_t vt_62_and_a_mega_pool = 9;
    static constexpr std::uint32_t vt_32_rss = 0xA;
    static constexpr std::uint32_t vt_64_rss = 0xB;
    static constexpr std::uint32_t vt_16_8tc = 0xC;
    static constexpr std::uint32_t vt_32_4tc = 0xD;
    static constexpr std::uint32_t vt_16_4tc_rss = 0xE;
    static constexpr std::uint32_t vt_60_and_two_mega_pools = 0xF;
    static constexpr std::uint32_t multiple_rss = bit(13);
    static constexpr std::uint32_t l3l4_tx_switch = bit(15);
    static constexpr std::uint32_t tcp4 = bit(16);
    static constexpr std::uint32_t ipv4 = bit(17);
    static constexpr std::uint32_t ipv6 = bit(20);
    static constexpr std::uint32_t tcp6 = bit(21);
    static constexpr std::uint32_t udp4 = bit(22);
    static constexpr std::uint32_t udp6 = bit(23);
};
struct MRQC_ALIAS : Registers<0x05818> {};
struct RSSRK : Registers<0x0EB80, 4, 10> {};
struct RSSRK_ALIAS : Registers<0x05C80, 4, 10> {};
struct RETA : Registers<0x0EB00, 4, 32> {};
struct RETA_ALIAS : Registers<0x05C00, 4, 32> {};
struct ERETA : Registers<0x0EE80, 4, 96> {};
struct RQTC : Registers<0x0EC70> {};
struct SECRXCTRL : Registers<0x08D00> {};
struct SECRXSTAT : Registers<0x08D04> {};
struct FCRTL : Registers<0x03220, 4, 8> {};
struct FCRTH : Registers<0x03260, 4, 8> {};
struct FCTTV : Registers<0x03200, 4, 4> {};
struct PFCTOP : Registers<0x03008> {};
struct FCCFG : Registers<0x03D00> {};
struct MFLCN : Registers<0x04294> {};

// ---- MAC and link ----

struct HLREG0 : Registers<0x04240> {
    static constexpr std::uint32_t txcrcen = bit(0);
    static constexpr std::uint32_t rxcrcstrp = bit(1);
    static constexpr std::uint32_t jumboen = bit(2);
    static constexpr std::uint32_t txpaden = bit(10);
    static constexpr std::uint32_t lpbk = bit(15);
};
struct MAXFRS : Registers<0x04268> {
    static constexpr std::uint32_t mfs_shift = 16;
};
struct AUTOC : Registers<0x042A0> {};
struct LINKS : Registers<0x042A4> {
    static constexpr std::uint32_t up = bit(30);
    static constexpr std::uint32_t speed_mask = 3u << 28;
    static constexpr std::uint32_t speed_10g = 3u << 28;
    static constexpr std::uint32_t speed_1g = 2u << 28;
    static constexpr std::uint32_t speed_100m = 1u << 28;
};
struct MACC : Registers<0x04330> {
    static constexpr std::uint32_t flu = bit(0);
};
struct MSCA : Registers<0x0425C> {
    static constexpr std::uint32_t device_shift = 16;
    static constexpr std::uint32_t port_shift = 21;
    static constexpr std::uint32_t op_address = 0u << 26;
    static constexpr std::uint32_t op_write = 1u << 26;
    static constexpr std::uint32_t op_read_increment = 2u << 26;
    static constexpr std::uint32_t op_read = 3u << 26;
    static constexpr std::uint32_t command = bit(30);
};
struct MSRWD : Registers<0x04260> {};

// ---- Statistics ----

struct CRCERRS : Registers<0x04000> {};
struct MPC : Registers<0x03FA0, 4, 8> {};
struct RLEC : Registers<0x04040> {};
struct LXONTXC : Registers<0x03F60> {};
struct LXOFFTXC : Registers<0x03F68> {};
struct PRC64 : Registers<0x0405C> {};
struct PRC127 : Registers<0x04060> {};
struct PRC255 : Registers<0x04064> {};
struct PRC511 : Registers<0x04068> {};
struct PRC1023 : Registers<0x0406C> {};
struct PRC1522 : Registers<0x04070> {};
struct GPRC : Registers<0x04074> {};
struct BPRC : Registers<0x04078> {};
struct MPRC : Registers<0x0407C> {};
struct GPTC : Registers<0x04080> {};
struct GORCL : Registers<0x04088> {};
struct GORCH : Registers<0x0408C> {};
struct GOTCL : Registers<0x04090> {};
struct GOTCH : Registers<0x04094> {};
struct RUC : Registers<0x040A4> {};
struct RFC : Registers<0x040A8> {};
struct ROC : Registers<0x040AC> {};
struct RJC : Registers<0x040B0> {};
struct TORL : Registers<0x040C0> {};
struct TORH : Registers<0x040C4> {};
struct TPR : Registers<0x040D0> {};
struct TPT : Registers<0x040D4> {};
struct PTC64 : Registers<0x040D8> {};
struct PTC127 : Registers<0x040DC> {};
struct PTC255 : Registers<0x040E0> {};
struct PTC511 : Registers<0x040E4> {};
struct PTC1023 : Registers<0x040E8> {};
struct PTC1522 : Registers<0x040EC> {};
struct MPTC : Registers<0x040F0> {};
struct BPTC : Registers<0x040F4> {};
struct QPRC : Registers<0x01030, 0x40, 16> {};
struct QBRC_L : Registers<0x01034, 0x40, 16> {};
struct QBRC_H : Registers<0x01038, 0x40, 16> {};
struct QPRDC : Registers<0x01430, 0x40, 16> {};
struct QPTC : Registers<0x06030, 0x40, 16> {};
struct QBTC_L : Registers<0x08700, 8, 16> {};
struct QBTC_H : Registers<0x08704, 8, 16> {};
struct RQSMR : Registers<0x02300, 4, 32> {};
struct RXDGPC : Registers<0x02F50> {};
struct RXDDPC : Registers<0x02F5C> {};
struct RXLPBKPC : Registers<0x02F68> {};
struct RXDLPBKPC : Registers<0x02F74> {};
struct TXDGPC : Registers<0x087A0> {};

inline constexpr std::uint32_t kCrcBytes = 4;

// ---- NVM words and firmware commands ----

struct NvmWord {
    static constexpr unsigned pba_flag = 0x15;
    static constexpr unsigned pba_pointer = 0x16;
    static constexpr unsigned device_caps = 0x2C;
    static constexpr unsigned checksum = 0x3F;
    static constexpr std::uint16_t checksum_sum = 0xBABA;
};

struct FirmwareCommand {
    static constexpr std::uint8_t read_shadow_ram = 0x31;
    static constexpr std::uint8_t write_shadow_ram = 0x33;
    static constexpr std::uint8_t dump_shadow_ram = 0x36;
    static constexpr std::uint8_t driver_info = 0xDD;
    static constexpr std::uint8_t disable_rxen = 0xDE;
};

}  // namespace x550
