// SPDX-License-Identifier: GPL-2.0-or-later
// Masks as the drivers' register self-test requires them, reset values as they depend on them.
#include "nic/register_file.h"

#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "regs/descriptors.h"
#include "regs/filter.h"
#include "regs/general.h"
#include "regs/interrupt.h"
#include "regs/rx.h"
#include "regs/stats.h"

namespace ixgbe {
namespace {

class RegisterFileTest : public testing::Test {
protected:
    RegisterFileTest() { regs.reset(ResetKind::power_on); }

    std::uint32_t read(std::uint32_t offset) { return regs.read(offset).value; }
    void write(std::uint32_t offset, std::uint32_t value) { (void)regs.write(offset, value); }

    std::unique_ptr<ixgbe_state> state = std::make_unique<ixgbe_state>();
    RegisterFile regs{*state};
};

struct SelfTest {
    const char* name;
    std::uint32_t offset;
    std::uint32_t stride;
    std::uint32_t count;
    std::uint32_t mask;
    std::uint32_t write;
};

class RegisterSelfTest : public RegisterFileTest, public testing::WithParamInterface<SelfTest> {};

// ethtool -t: writes pattern & W, requires pattern & W & M.
TEST_P(RegisterSelfTest, ReadsBackTheMaskedPattern) {
    const SelfTest& test = GetParam();
    for (const std::uint32_t pattern : {0x5A5A5A5Au, 0xA5A5A5A5u, 0x00000000u, 0xFFFFFFFFu}) {
        for (std::uint32_t i = 0; i < test.count; ++i) {
            const std::uint32_t offset = test.offset + test.stride * i;
            write(offset, pattern & test.write);
            EXPECT_EQ(read(offset), pattern & test.write & test.mask) << i;
        }
    }
}

constexpr auto kSelfTests = std::to_array<SelfTest>({
    {"FCRTL", 0x03220, 4, 1, 0x8007FFF0, 0x8007FFF0},
    {"FCRTH", 0x03260, 4, 1, 0x8007FFF0, 0x8007FFF0},
    {"PFCTOP", 0x03008, 4, 1, 0xFFFFFFFF, 0xFFFFFFFF},
    {"VLNCTRL", 0x05088, 4, 1, 0x00000000, 0x00000000},
    {"RDBAL", 0x01000, 0x40, 4, 0xFFFFFF80, 0xFFFFFF80},
    {"RDBAH", 0x01004, 0x40, 4, 0xFFFFFFFF, 0xFFFFFFFF},
    {"RDLEN", 0x01008, 0x40, 4, 0x000FFF80, 0x000FFFFF},
    {"RDT", 0x01018, 0x40, 4, 0x0000FFFF, 0x0000FFFF},
    {"FCTTV", 0x03200, 4, 1, 0xFFFFFFFF, 0xFFFFFFFF},
    {"TDBAL", 0x06000, 0x40, 4, 0xFFFFFF80, 0xFFFFFFFF},
    {"TDBAH", 0x06004, 0x40, 4, 0xFFFFFFFF, 0xFFFFFFFF},
    {"TDLEN", 0x06008, 0x40, 4, 0x000FFF80, 0x000FFF80},
    {"RXCTRL", 0x03000, 4, 1, 0x00000001, 0x00000001},
    {"RAL", 0x05400, 8, 16, 0xFFFFFFFF, 0xFFFFFFFF},
    {"RAH", 0x05404, 8, 16, 0x8001FFFF & 0x8000FFFF, 0x800CFFFF},
    {"MTA", 0x05200, 4, 128, 0xFFFFFFFF, 0xFFFFFFFF},
});

INSTANTIATE_TEST_SUITE_P(Ethtool, RegisterSelfTest, testing::ValuesIn(kSelfTests),
                         [](const auto& test) { return std::string(test.param.name); });

struct Reset {
    const char* name;
    std::uint32_t offset;
    std::uint32_t value;
};

class RegisterReset : public RegisterFileTest, public testing::WithParamInterface<Reset> {};

TEST_P(RegisterReset, HasItsResetValue) {
    EXPECT_EQ(regs.peek(GetParam().offset), GetParam().value);
}

constexpr auto kResets = std::to_array<Reset>({
    {"CTRL", 0x00000, 0},
    {"CTRL_EXT", 0x00018, 0},
    {"LEDCTL", 0x00200, 0x05048100},
    {"EEC", 0x10010, 0x00004300},
    {"FWSM", 0x10148, 0x00008000},
    {"SWSM", 0x10140, 0},
    {"SW_FW_SYNC", 0x10160, 0},
    {"HICR", 0x15F00, 1},
    {"FACTPS", 0x10150, 0},
    {"MMNGC", 0x042D0, 0},
    {"MANC", 0x05820, 0},
    {"GCR_EXT", 0x11050, 0},
    {"RAH1", 0x0A20C, 0},
    {"RAH127", 0x0A5FC, 0},
    {"RXPBSIZE0", 0x03C00, 0x60000},
    {"RXPBSIZE1", 0x03C04, 0},
    {"RXPBSIZE7", 0x03C1C, 0},
    {"TXPBSIZE0", 0x0CC00, 0x28000},
    {"TXPBSIZE1", 0x0CC04, 0},
    {"TXPBTHRESH0", 0x04950, 0x96},
    {"TXPBTHRESH1", 0x04954, 0},
    {"RXDCTL0", 0x01028, 0},
    {"RXDCTL127", 0x0DFE8, 0},
    {"TXDCTL0", 0x06028, 0},
    {"RXCTRL", 0x03000, 0},
    {"RDRXCTL", 0x02F00, 0x06008808},
    {"SRRCTL0", 0x01014, 0x00000402},
    {"SRRCTL127", 0x0DFD4, 0x00000402},
    {"TPH_RXCTRL0", 0x0100C, 0x0000A200},
    {"TPH_TXCTRL0", 0x0600C, 0x00002200},
    {"DMATXCTL", 0x04A80, 0x81000014},
    {"DTXTCPFLGL", 0x04A88, 0x0FF60FF6},
    {"DTXTCPFLGH", 0x04A8C, 0x00000F7F},
    {"DTXMXSZRQ", 0x08100, 0x10},
    {"MTQC", 0x08120, 0},
    {"RTTDCS", 0x04900, 0},
    {"PFDTXGSWC", 0x08220, 0},
    {"FCTRL", 0x05080, 0},
    {"MCSTCTRL", 0x05090, 0},
    {"VLNCTRL", 0x05088, 0x08008100},
    {"EXVET", 0x05078, 0x81000000},
    {"MAXFRS", 0x04268, 0x05EE0000},
    {"HLREG0", 0x04240, 0x00000403},
    {"MRQC", 0x05818, 0},
    {"RQTC", 0x0EC70, 0x44444444},
    {"RSCINT0", 0x12000, 1},
    {"RSCINT128", 0x12200, 1},
    {"EITR0", 0x00820, 0},
    {"IVAR0", 0x00900, 0},
    {"GPIE", 0x00898, 0},
    {"EIAC", 0x00810, 0},
    {"EIAM", 0x00890, 0},
    {"VXLANCTRL", 0x0507C, 0},
    {"ETAG_ETYPE", 0x05084, 0x893F},
    {"PFCTOP", 0x0431C, 0x01018808},
    {"SECTXCTRL", 0x08800, 1},
    {"SECTXSTAT", 0x08804, 3},
    {"SECRXCTRL", 0x08D00, 1},
    {"SECRXSTAT", 0x08D04, 3},
    {"SECTXBUFFAF", 0x08808, 0x250},
    {"FDIRHKEY", 0x0EE68, 0x80000001},
    {"FDIRSKEY", 0x0EE6C, 0x80800101},
    {"TSAUXC", 0x08C20, 0xC0000000},
    {"RXMTRL", 0x05120, 0x013F0000},
    {"DMACR", 0x02400, 0x10000020},
});

INSTANTIATE_TEST_SUITE_P(PowerOn, RegisterReset, testing::ValuesIn(kResets),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(RegisterFileTest, WritableBitsAreReplacedAndOthersKept) {
    write(0x04A80, 1);  // DMATXCTL: bits 4 and 2 are reserved, 1
    EXPECT_EQ(read(0x04A80), 0x00000015u);
}

TEST_F(RegisterFileTest, ReadOnlyRegisterIgnoresWrites) {
    write(0x10010, 0xFFFFFFFF);
    EXPECT_EQ(read(0x10010), 0x00004300u);
}

TEST_F(RegisterFileTest, DmaIsAlwaysDone) {
    write(0x02F00, 0);
    EXPECT_EQ(read(0x02F00) & 8, 8u);
}

TEST_F(RegisterFileTest, OnesClearBitsOfWriteOneToClear) {
    state->reg[0x05810 / 4] = 0x13;  // WUS
    write(0x05810, 0x03);
    EXPECT_EQ(read(0x05810), 0x10u);
}

TEST_F(RegisterFileTest, CounterClearsWhenRead) {
    regs.set<GPRC>(Value<GPRC>(77));
    EXPECT_EQ(read(0x04074), 77u);
    EXPECT_EQ(read(0x04074), 0u);
}

TEST_F(RegisterFileTest, CounterIgnoresWrites) {
    regs.set<GPRC>(Value<GPRC>(77));
    write(0x04074, 5);
    EXPECT_EQ(regs.get<GPRC>().raw(), 77u);
}

TEST_F(RegisterFileTest, HalvesOfAWideCounterClearOneByOne) {
    regs.set<GORCL>(Value<GORCL>(0x12345678));
    regs.set<GORCH>(Value<GORCH>(0x9));
    EXPECT_EQ(read(0x04088), 0x12345678u);
    EXPECT_EQ(regs.get<GORCH>().raw(), 0x9u);
    EXPECT_EQ(read(0x0408C), 0x9u);
    EXPECT_EQ(read(0x0408C), 0u);
}

TEST_F(RegisterFileTest, WriteOnlyRegisterHandsTheValueToItsHook) {
    const RegisterWrite result = regs.write(0x00888, 0x12345678);  // EIMC
    EXPECT_EQ(result.hook, Hook::eimc);
    EXPECT_EQ(result.stored, 0x12345678u);
    EXPECT_EQ(state->reg[0x00888 / 4], 0u);
}

TEST_F(RegisterFileTest, ReadHookIsNamed) {
    EXPECT_EQ(regs.read(0x00800).hook, Hook::eicr_read);
    EXPECT_EQ(regs.read(0x00808).hook, Hook::eics_read);
    EXPECT_EQ(regs.read(0x00888).hook, Hook::eims_read);
    EXPECT_EQ(regs.read(0x10140).hook, Hook::swsm_read);
    EXPECT_EQ(regs.read(0x05000).hook, Hook::none);
}

TEST_F(RegisterFileTest, WriteReportsHookIndexOldAndStored) {
    write(0x0D028, 0x40000000);
    const RegisterWrite result = regs.write(0x0D028, 0xFFFFFFFF);  // RXDCTL(64)
    EXPECT_TRUE(result.known);
    EXPECT_EQ(result.hook, Hook::rxdctl);
    EXPECT_EQ(result.index, 64u);
    EXPECT_EQ(result.old, 0x40000000u);
    EXPECT_EQ(result.stored, 0x467FFFFFu);
}

TEST_F(RegisterFileTest, HiddenBitIsStoredButNeverRead) {
    const RegisterWrite result = regs.write(0x00820, 0x80000190);  // EITR(0), CNT_WDIS
    EXPECT_EQ(result.stored, 0x80000190u);
    EXPECT_EQ(read(0x00820), 0x00000190u);
}

TEST_F(RegisterFileTest, ResetBitsOfCtrlReadZero) {
    write(0x00000, 0x0400000C);
    EXPECT_EQ(read(0x00000), 0x00000004u);
}

TEST_F(RegisterFileTest, CommandBitsOfIpsecReadZero) {
    write(0x08900, 0xC0000001);  // IPSTXIDX READ and WRITE
    EXPECT_EQ(read(0x08900), 1u);
}

struct Alias {
    const char* name;
    std::uint32_t alias;
    std::uint32_t canonical;
    std::uint32_t value;
};

class RegisterAlias : public RegisterFileTest, public testing::WithParamInterface<Alias> {};

TEST_P(RegisterAlias, IsOneRegisterAtTwoAddresses) {
    const Alias& test = GetParam();
    write(test.alias, test.value);
    EXPECT_EQ(read(test.canonical), test.value);
    write(test.canonical, 0);
    EXPECT_EQ(read(test.alias), 0u);
    EXPECT_EQ(regs.write(test.alias, test.value).index, regs.read(test.canonical).index);
}

constexpr auto kAliases = std::to_array<Alias>({
    {"RAL0", 0x05400, 0x0A200, 0x04030201},
    {"RAL15", 0x05478, 0x0A278, 0xFFFFFFFF},
    {"RAH15", 0x0547C, 0x0A27C, 0x80000605},
    {"SRRCTL15", 0x0213C, 0x013D4, 0x02000402},
    {"TPH_RXCTRL3", 0x0220C, 0x010CC, 0x0000000F},
    {"MRQC", 0x05818, 0x0EC80, 0x00330001},
    {"RSSRK9", 0x05CA4, 0x0EBA4, 0x12345678},
    {"RETA31", 0x05C7C, 0x0EB7C, 0x03020100},
    {"PSRTYPE15", 0x054BC, 0x0EA3C, 0x00000010},
    {"CTRL", 0x00004, 0x00000, 0x00000004},
    {"PFCTOP", 0x03008, 0x0431C, 0x5A5A5A5A},
});

INSTANTIATE_TEST_SUITE_P(Datasheet, RegisterAlias, testing::ValuesIn(kAliases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(RegisterFileTest, QueueCounterClearsThroughItsAlias) {
    regs.set<QPTC>(3, Value<QPTC>(9));
    EXPECT_EQ(read(0x060F0), 9u);
    EXPECT_EQ(read(0x0868C), 0u);
}

TEST_F(RegisterFileTest, UnknownOffsetReadsZeroAndIsReportedOnce) {
    const RegisterRead first = regs.read(0x1FFFC);
    const RegisterRead second = regs.read(0x1FFFC);
    EXPECT_FALSE(first.known);
    EXPECT_TRUE(first.first_unknown);
    EXPECT_EQ(first.value, 0u);
    EXPECT_FALSE(second.known);
    EXPECT_FALSE(second.first_unknown);
}

TEST_F(RegisterFileTest, UnknownWriteIsIgnoredAndReportedOnce) {
    EXPECT_TRUE(regs.write(0x1FFF8, 0xFFFFFFFF).first_unknown);
    EXPECT_FALSE(regs.write(0x1FFF8, 0xFFFFFFFF).first_unknown);
    EXPECT_EQ(read(0x1FFF8), 0u);
    EXPECT_EQ(state->reg[0x1FFF8 / 4], 0u);
}

TEST_F(RegisterFileTest, EverythingAboveTheRegistersIsUnknown) {
    EXPECT_TRUE(regs.read(0x20000).first_unknown);
    EXPECT_FALSE(regs.write(0x28000, 1).known);
    EXPECT_FALSE(regs.read(0x1FFFFF).first_unknown);
    EXPECT_FALSE(regs.read(0xFFFFFFFFFFFFFFFC).known);
    EXPECT_EQ(regs.peek(0xFFFFFFFFFFFFFFFC), 0u);
}

TEST_F(RegisterFileTest, KnownRegisterIsNeverReported) {
    EXPECT_TRUE(regs.read(0x00008).known);
    EXPECT_FALSE(regs.read(0x00008).first_unknown);
}

TEST_F(RegisterFileTest, SoftwareResetRestoresAllButStickyRows) {
    write(0x05080, 0x700);        // FCTRL
    write(0x10140, 1);            // SWSM
    state->reg[0x05810 / 4] = 2;  // WUS
    regs.set<GPRC>(Value<GPRC>(1));
    regs.reset(ResetKind::software);
    EXPECT_EQ(regs.peek(0x05080), 0u);
    EXPECT_EQ(regs.peek(0x04074), 0u);
    EXPECT_EQ(regs.peek(0x10140), 1u);
    EXPECT_EQ(regs.peek(0x05810), 2u);
}

TEST_F(RegisterFileTest, BusResetRestoresStickyRowsToo) {
    write(0x10140, 1);
    regs.reset(ResetKind::bus);
    EXPECT_EQ(regs.peek(0x10140), 0u);
}

TEST_F(RegisterFileTest, PeekHasNoSideEffect) {
    regs.set<GPRC>(Value<GPRC>(4));
    EXPECT_EQ(regs.peek(0x04074), 4u);
    EXPECT_EQ(regs.peek(0x04074), 4u);
}

TEST_F(RegisterFileTest, TypedAccessReachesBothBanks) {
    regs.set<RXDCTL>(63, Value<RXDCTL>().with(RXDCTL::enable, true));
    regs.set<RXDCTL>(64, Value<RXDCTL>().with(RXDCTL::vme, true));
    EXPECT_EQ(state->reg[0x01FE8 / 4], 0x02000000u);
    EXPECT_EQ(state->reg[0x0D028 / 4], 0x40000000u);
    EXPECT_TRUE(regs.get<RXDCTL>(64).get(RXDCTL::vme));
    EXPECT_FALSE(regs.get<RXDCTL>(63).get(RXDCTL::vme));
}

TEST_F(RegisterFileTest, TypedAccessIsNotMasked) {
    regs.set<RAH>(5, Value<RAH>(0xFFFFFFFF));
    EXPECT_EQ(regs.get<RAH>(5).raw(), 0xFFFFFFFFu);
    EXPECT_EQ(read(0x0542C), 0xFFFFFFFFu);
}

TEST(Ivar, EntryHasVectorAndValidBit) {
    const Value<IVAR> value(0x80BF0A85);
    EXPECT_EQ(ivar_entry(value, 0).vector, 5u);
    EXPECT_TRUE(ivar_entry(value, 0).valid);
    EXPECT_EQ(ivar_entry(value, 1).vector, 10u);
    EXPECT_FALSE(ivar_entry(value, 1).valid);
    EXPECT_EQ(ivar_entry(value, 2).vector, 63u);
    EXPECT_EQ(ivar_entry(value, 3).vector, 0u);
    EXPECT_TRUE(ivar_entry(value, 3).valid);
}

TEST(Ivar, QueuesShareARegisterByPairs) {
    EXPECT_EQ(IVAR::index(7), 3u);
    EXPECT_EQ(IVAR::rx_byte(6), 0u);
    EXPECT_EQ(IVAR::tx_byte(6), 1u);
    EXPECT_EQ(IVAR::rx_byte(7), 2u);
    EXPECT_EQ(IVAR::tx_byte(7), 3u);
}

TEST(Descriptors, FieldsLieWhereTheDatasheetPutsThem) {
    EXPECT_EQ(Value<TxDataCommand>().with(TxDataCommand::dext, true).raw(), 0x20000000u);
    EXPECT_EQ(Value<TxDataCommand>().with(TxDataCommand::dtyp, TxDescriptorType::data).raw(),
              0x00300000u);
    EXPECT_EQ(Value<TxDataOptions>().with(TxDataOptions::paylen, 1).raw(), 0x00004000u);
    EXPECT_EQ(Value<TxContextHeader>().with(TxContextHeader::maclen, 14).raw(), 0x00001C00u);
    EXPECT_EQ(Value<TxContextSegment>().with(TxContextSegment::mss, 1460).raw(), 0x05B40000u);
    EXPECT_EQ(Value<RxStatus>().with(RxStatus::eop, true).with(RxStatus::dd, true).raw(), 3u);
    EXPECT_EQ(Value<RxStatus>().with(RxStatus::l4e, true).raw(), 0x40000000u);
    EXPECT_EQ(Value<RxInfo>().with(RxInfo::rsccnt, 1).raw(), 0x00020000u);
    EXPECT_EQ(Value<RxLength>().with(RxLength::vlan, 5).raw(), 0x00050000u);
}

}  // namespace
}  // namespace ixgbe
