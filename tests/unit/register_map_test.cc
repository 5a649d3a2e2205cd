// SPDX-License-Identifier: GPL-2.0-or-later
// Offsets, counts and reset values transcribed from the datasheet's PF register summary (8.2.1).
#include "nic/register_map.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace ixgbe {
namespace {

constexpr RegisterDef row_at(std::uint32_t offset, std::uint32_t count = 1,
                             std::uint32_t stride = 4) {
    return {.name = "ROW", .banks = at(offset, count, stride)};
}

MapFault fault_of(const std::vector<RegisterDef>& rows) {
    return index_map(rows).fault;
}

TEST(RegisterMap, AcceptsNeighbours) {
    EXPECT_EQ(fault_of({row_at(0x100, 4), row_at(0x110), row_at(0x1fffc)}), MapFault::none);
}

TEST(RegisterMap, AcceptsInterleavedPairs) {
    EXPECT_EQ(fault_of({row_at(0x5400, 16, 8), row_at(0x5404, 16, 8)}), MapFault::none);
}

TEST(RegisterMap, RefusesUnalignedRows) {
    EXPECT_EQ(fault_of({row_at(0x102)}), MapFault::unaligned);
    EXPECT_EQ(fault_of({row_at(0x100, 2, 6)}), MapFault::unaligned);
    EXPECT_EQ(fault_of({row_at(0x100, 2, 0)}), MapFault::unaligned);
}

TEST(RegisterMap, RefusesRowsBeyondTheRegisters) {
    EXPECT_EQ(fault_of({row_at(0x20000)}), MapFault::out_of_range);
    EXPECT_EQ(fault_of({row_at(0x1fff8, 3)}), MapFault::out_of_range);
    EXPECT_EQ(fault_of({row_at(0x100, 0)}), MapFault::out_of_range);
}

TEST(RegisterMap, RefusesOverlaps) {
    EXPECT_EQ(fault_of({row_at(0x100, 4), row_at(0x10c)}), MapFault::overlap);
    EXPECT_EQ(fault_of({row_at(0x100, 16, 0x40), row_at(0x180)}), MapFault::overlap);
}

TEST(RegisterMap, RefusesOverlapsOfAliases) {
    RegisterDef row = row_at(0x100);
    row.alias = Bank{0x200, 4, 1};
    EXPECT_EQ(fault_of({row}), MapFault::none);
    EXPECT_EQ(fault_of({row, row_at(0x200)}), MapFault::overlap);
}

TEST(RegisterMap, RefusesAnAliasLongerThanItsRow) {
    RegisterDef row = row_at(0x100, 2);
    row.alias = Bank{0x200, 4, 3};
    EXPECT_EQ(fault_of({row}), MapFault::bad_alias);
}

TEST(RegisterMap, RefusesHiddenBitsThatCannotBeWritten) {
    RegisterDef row = row_at(0x100);
    row.writable = 0x0f;
    row.hidden = 0x10;
    EXPECT_EQ(fault_of({row}), MapFault::bad_mask);
}

struct Place {
    const char* name;
    std::uint32_t offset;
    std::uint32_t index;
};

class RegisterPlace : public testing::TestWithParam<Place> {};

TEST_P(RegisterPlace, BelongsToItsRow) {
    const RegisterSlot slot = kX550Index.slot[GetParam().offset / 4];
    ASSERT_NE(slot.row, RegisterSlot::no_row);
    EXPECT_STREQ(kX550Map[slot.row].name, GetParam().name);
    EXPECT_EQ(slot.index, GetParam().index);
}

// The last register of each array, both ends of a split bank, and the aliases.
constexpr auto kPlaces = std::to_array<Place>({
    {"CTRL", 0x00000, 0},
    {"CTRL", 0x00004, 0},
    {"STATUS", 0x00008, 0},
    {"CTRL_EXT", 0x00018, 0},
    {"ESDP", 0x00020, 0},
    {"TSSDP", 0x0003C, 0},
    {"TCPTIMER", 0x0004C, 0},
    {"PHYINT_STATUS2", 0x00108, 0},
    {"LEDCTL", 0x00200, 0},
    {"VFCTRL", 0x003FC, 63},
    {"PFVFLREC", 0x00704, 1},
    {"PFMBICR", 0x0071C, 3},
    {"PFMBIMR", 0x00724, 1},
    {"EICR", 0x00800, 0},
    {"EICS", 0x00808, 0},
    {"EIAC", 0x00810, 0},
    {"EITR", 0x00820, 0},
    {"EITR", 0x0087C, 23},
    {"EIMS", 0x00880, 0},
    {"EIMC", 0x00888, 0},
    {"EIAM", 0x00890, 0},
    {"EITRSEL", 0x00894, 0},
    {"GPIE", 0x00898, 0},
    {"IVAR", 0x009FC, 63},
    {"IVAR_MISC", 0x00A00, 0},
    {"EICS_EX", 0x00A94, 1},
    {"EIMS_EX", 0x00AA4, 1},
    {"EIMC_EX", 0x00AB4, 1},
    {"EIAM_EX", 0x00AD4, 1},
    {"VFEICR", 0x00BFC, 63},
    {"VFEIMC", 0x00EFC, 63},
    {"RDBAL", 0x01FC0, 63},
    {"RDBAL", 0x0D000, 64},
    {"RDBAH", 0x0DFC4, 127},
    {"RDLEN", 0x01008, 0},
    {"TPH_RXCTRL", 0x0223C, 15},
    {"RDH", 0x0DFD0, 127},
    {"SRRCTL", 0x01FD4, 63},
    {"SRRCTL", 0x0D014, 64},
    {"SRRCTL", 0x02100, 0},
    {"SRRCTL", 0x0213C, 15},
    {"RDT", 0x0DFD8, 127},
    {"VFGPRC", 0x01FDC, 63},
    {"VFGORC_LSB", 0x01020, 0},
    {"RXDCTL", 0x0D028, 64},
    {"RSCCTL", 0x0DFEC, 127},
    {"QPRC", 0x013F0, 15},
    {"QBRC_L", 0x01034, 0},
    {"QBRC_H", 0x013F8, 15},
    {"QPRDC", 0x017F0, 15},
    {"RTRPT4C", 0x0215C, 7},
    {"RQSMR", 0x0237C, 31},
    {"DMACR", 0x02400, 0},
    {"FCPTRL", 0x02410, 0},
    {"FCOEDWRC", 0x0242C, 0},
    {"RTRPCS", 0x02430, 0},
    {"RDRXCTL", 0x02F00, 0},
    {"PFQDE", 0x02F04, 0},
    {"RXDSTATCTRL", 0x02F40, 0},
    {"RXDLPBKBCH", 0x02F7C, 0},
    {"B2OGPRC", 0x02F90, 0},
    {"WQBR_RX", 0x02FBC, 3},
    {"RXCTRL", 0x03000, 0},
    {"PFCTOP", 0x03008, 0},
    {"RTRUP2TC", 0x03020, 0},
    {"FCTTVN", 0x0320C, 3},
    {"FCRTL", 0x0323C, 7},
    {"FCRTH", 0x0327C, 7},
    {"FCRTV", 0x032A0, 0},
    {"DMCTH", 0x0331C, 7},
    {"VFMRQC", 0x034FC, 63},
    {"RXPBSIZE", 0x03C1C, 7},
    {"FCCFG", 0x03D00, 0},
    {"MPC", 0x03FBC, 7},
    {"CRCERRS", 0x04000, 0},
    {"PRC64", 0x0405C, 0},
    {"PRC1522", 0x04070, 0},
    {"GPRC", 0x04074, 0},
    {"GORCL", 0x04088, 0},
    {"GORCH", 0x0408C, 0},
    {"GOTCH", 0x04094, 0},
    {"TORH", 0x040C4, 0},
    {"PTC64", 0x040D8, 0},
    {"BPTC", 0x040F4, 0},
    {"XEC", 0x04120, 0},
    {"PXONRXCNT", 0x0415C, 7},
    {"PXOFFRXCNT", 0x0417C, 7},
    {"BUPRC", 0x04180, 0},
    {"LXOFFRXCNT", 0x041A8, 0},
    {"RXNFGBCH", 0x041B8, 0},
    {"B2OSDPC", 0x041F0, 0},
    {"TLPIC", 0x041F4, 0},
    {"HLREG0", 0x04240, 0},
    {"PAP", 0x04248, 0},
    {"MSCA", 0x0425C, 0},
    {"MSRWD", 0x04260, 0},
    {"MAXFRS", 0x04268, 0},
    {"MFLCN", 0x04294, 0},
    {"AUTOC", 0x042A0, 0},
    {"LINKS", 0x042A4, 0},
    {"MMNGC", 0x042D0, 0},
    {"PFCTOP", 0x0431C, 0},
    {"MACC", 0x04330, 0},
    {"EEER", 0x043A0, 0},
    {"RTTDQSEL", 0x04904, 0},
    {"RTTDT2C", 0x0492C, 7},
    {"TXPBTHRESH", 0x0496C, 7},
    {"DMATXCTL", 0x04A80, 0},
    {"DTXTCPFLGL", 0x04A88, 0},
    {"DTXTCPFLGH", 0x04A8C, 0},
    {"PFMAILBOX", 0x04BFC, 63},
    {"VFIVAR_MISC", 0x04EFC, 63},
    {"RXCSUM", 0x05000, 0},
    {"RFCTL", 0x05008, 0},
    {"MAVTV", 0x0502C, 7},
    {"MFUTP", 0x0504C, 7},
    {"BMCIP", 0x0505C, 3},
    {"EXVET", 0x05078, 0},
    {"VXLANCTRL", 0x0507C, 0},
    {"FCTRL", 0x05080, 0},
    {"ETAG_ETYPE", 0x05084, 0},
    {"VLNCTRL", 0x05088, 0},
    {"MCSTCTRL", 0x05090, 0},
    {"PFFLPH", 0x050B4, 0},
    {"FCCRC", 0x05118, 0},
    {"RXMTRL", 0x05120, 0},
    {"ETQF", 0x05144, 7},
    {"MDEF_EXT", 0x0517C, 7},
    {"PFVMTXSW", 0x05184, 1},
    {"TSYNCRXCTL", 0x05188, 0},
    {"METF", 0x0519C, 3},
    {"PFVTCTL", 0x051B0, 0},
    {"PFVFRE", 0x051E4, 1},
    {"MTA", 0x053FC, 127},
    {"RAL", 0x05400, 0},
    {"RAH", 0x0547C, 15},
    {"PSRTYPE", 0x054BC, 15},
    {"WUC", 0x05800, 0},
    {"WUS", 0x05810, 0},
    {"MRQC", 0x05818, 0},
    {"MANC", 0x05820, 0},
    {"IP4AT", 0x05858, 3},
    {"MIPAF", 0x058EC, 15},
    {"MMAH", 0x0592C, 3},
    {"IP6AT_EXT", 0x059BC, 11},
    {"WUPM", 0x05A7C, 31},
    {"RETA", 0x05C7C, 31},
    {"RSSRK", 0x05CA4, 9},
    {"PROXYFC", 0x05F64, 0},
    {"TDBAL", 0x07FC0, 127},
    {"TDBAH", 0x06004, 0},
    {"TDLEN", 0x06048, 1},
    {"TPH_TXCTRL", 0x0600C, 0},
    {"TDH", 0x07010, 64},
    {"TDT", 0x07FD8, 127},
    {"TXDCTL", 0x07FE8, 127},
    {"QPTC", 0x063F0, 15},
    {"TDWBAL", 0x06038, 0},
    {"TDWBAH", 0x07FFC, 127},
    {"PFVMVIR", 0x080FC, 63},
    {"DTXMXSZRQ", 0x08100, 0},
    {"LVMMC_TX", 0x08108, 0},
    {"PFVFTE", 0x08114, 1},
    {"MTQC", 0x08120, 0},
    {"WQBR_TX", 0x0813C, 3},
    {"PFVFSPOOF", 0x0821C, 7},
    {"PFDTXGSWC", 0x08220, 0},
    {"EXVET_T", 0x08224, 0},
    {"TXLLQ", 0x082EC, 3},
    {"VFGPTC", 0x083FC, 63},
    {"VFGOTC_MSB", 0x085FC, 63},
    {"TQSM", 0x0867C, 31},
    {"QPTC", 0x086BC, 15},
    {"QBTC_L", 0x08778, 15},
    {"QBTC_H", 0x0877C, 15},
    {"SSVPC", 0x08780, 0},
    {"PFVMECM", 0x08794, 1},
    {"TXDGBCH", 0x087A8, 0},
    {"SECTXCTRL", 0x08800, 0},
    {"SECTXSTAT", 0x08804, 0},
    {"IPSTXKEY", 0x08914, 3},
    {"TSYNCTXCTL", 0x08C00, 0},
    {"SYSTIMEL", 0x08C0C, 0},
    {"TSAUXC", 0x08C20, 0},
    {"SYSTIMR", 0x08C58, 0},
    {"TSIM", 0x08C68, 0},
    {"SECRXCTRL", 0x08D00, 0},
    {"SECRXSTAT", 0x08D04, 0},
    {"IPSRXIPADDR", 0x08E10, 3},
    {"IPSRXKEY", 0x08E28, 3},
    {"IPSRXMOD", 0x08E30, 0},
    {"FHFT_FILTER_LENGTH", 0x093FC, 63},
    {"FTFT_FILTER_EVEN", 0x094F0, 15},
    {"FHFT_FILTER_DW_EVEN", 0x09600, 64},
    {"VFTA", 0x0A1FC, 127},
    {"RAL", 0x0A200, 0},
    {"RAL", 0x0A5F8, 127},
    {"RAH", 0x0A5FC, 127},
    {"MPSAR", 0x0A9FC, 255},
    {"RTTUP2TC", 0x0C800, 0},
    {"TXPBSIZE", 0x0CC1C, 7},
    {"RTTPCS", 0x0CD00, 0},
    {"MNGTXMAP", 0x0CD10, 0},
    {"RTTPT2C", 0x0CD3C, 7},
    {"TFCS", 0x0CE00, 0},
    {"VFMPRC", 0x0DFDC, 63},
    {"PSRTYPE", 0x0EAFC, 63},
    {"RETA", 0x0EB7C, 31},
    {"RSSRK", 0x0EBA4, 9},
    {"ETQS", 0x0EC1C, 7},
    {"SYNQF", 0x0EC30, 0},
    {"RQTC", 0x0EC70, 0},
    {"MRQC", 0x0EC80, 0},
    {"FCRETA", 0x0ED8C, 31},
    {"FDIRCTRL", 0x0EE00, 0},
    {"FDIRSIPV6", 0x0EE14, 2},
    {"FDIRCMD", 0x0EE2C, 0},
    {"FDIRSCTPM", 0x0EE78, 0},
    {"ERETA", 0x0EFFC, 95},
    {"PFVML2FLT", 0x0F0FC, 63},
    {"PFVLVF", 0x0F1FC, 63},
    {"PFVLVFB", 0x0F3FC, 127},
    {"PFUTA", 0x0F5FC, 127},
    {"PFMRCTL", 0x0F60C, 3},
    {"PFMRVLAN", 0x0F62C, 7},
    {"PFMRVM", 0x0F64C, 7},
    {"EEC", 0x10010, 0},
    {"FLA", 0x1001C, 0},
    {"SWSM", 0x10140, 0},
    {"FWSM", 0x10148, 0},
    {"FACTPS", 0x10150, 0},
    {"SW_FW_SYNC", 0x10160, 0},
    {"GRC", 0x10200, 0},
    {"DEV_FUNC_EN", 0x10208, 0},
    {"PCI_CNF", 0x11000, 0},
    {"GCR_EXT", 0x11050, 0},
    {"PBACL", 0x11068, 0},
    {"VFPBACL", 0x110DC, 5},
    {"PCI_GSCN_0_3", 0x1182C, 3},
    {"RSCINT", 0x12200, 128},
    {"EITR", 0x12300, 24},
    {"EITR", 0x124A0, 128},
    {"VFIVAR", 0x125FC, 63},
    {"PFMBMEM", 0x13FFC, 1023},
    {"ARCRAM", 0x15EFC, 447},
    {"HICR", 0x15F00, 0},
    {"FWSTS", 0x15F0C, 0},
    {"FWRESETCNT", 0x15F40, 0},
    {"I2CCMD", 0x15F58, 0},
    {"PFVMTIR", 0x170FC, 63},
    {"TAG_ETYPE", 0x17100, 0},
    {"VFRSSRK", 0x18FFC, 1023},
    {"VFRETA", 0x19FFC, 1023},
});

INSTANTIATE_TEST_SUITE_P(Summary, RegisterPlace, testing::ValuesIn(kPlaces), [](const auto& test) {
    return std::string(test.param.name) + "_" + std::to_string(test.param.index) + "_" +
           std::to_string(test.index);
});

TEST(RegisterMap, LeavesHolesOfTheSummaryEmpty) {
    for (const std::uint32_t offset : {0x0000Cu, 0x0080Cu, 0x0089Cu, 0x01040u + 0x3Cu, 0x06014u,
                                       0x0A9FCu + 4u, 0x0F650u, 0x1A000u, 0x1FFFCu}) {
        EXPECT_EQ(kX550Index.slot[offset / 4].row, RegisterSlot::no_row) << std::hex << offset;
    }
}

TEST(RegisterMap, AliasIsTheSameRegister) {
    const RegisterSlot alias = kX550Index.slot[0x5404 / 4];
    const RegisterSlot canonical = kX550Index.slot[0xA204 / 4];
    EXPECT_EQ(alias.row, canonical.row);
    EXPECT_EQ(alias.index, canonical.index);
    EXPECT_EQ(offset_in_row(kX550Map[alias.row], alias.index), 0xA204u);
}

TEST(RegisterMap, SecondBankContinuesTheIndex) {
    const RegisterDef& row = kX550Map[kX550Index.slot[0x1028 / 4].row];
    EXPECT_EQ(count_of_row(row), 128u);
    EXPECT_EQ(offset_in_row(row, 63), 0x1FE8u);
    EXPECT_EQ(offset_in_row(row, 64), 0xD028u);
}

TEST(RegisterMap, EveryRowHasItsResetInsideWhatItCanShow) {
    for (const RegisterDef& row : kX550Map) {
        if (row.effect == Effect::zero) {
            EXPECT_EQ(row.reset, 0u) << row.name;
            EXPECT_NE(row.access, Access::rw) << row.name;
        }
    }
}

}  // namespace
}  // namespace ixgbe
