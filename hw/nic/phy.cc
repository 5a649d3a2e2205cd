// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/phy.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "nic/register_file.h"
#include "nic/timers.h"
#include "nic/trace.h"
#include "regs/link.h"

namespace ixgbe {

namespace {

// IEEE 802.3 45.2: MDIO manageable devices. 30 is the vendor's global device.
enum Mmd : std::uint8_t { kPma = 1, kPcs = 3, kPhyXs = 4, kAn = 7, kGlobal = 30, kVendor2 = 31 };

constexpr std::uint16_t kAbsent = 0xFFFF;
constexpr std::uint16_t kLastAddress = 0xFFFF;
constexpr std::int64_t kNegotiationNs = 10'000'000;

// What an access to a row causes beyond storing it.
enum class PhyHook : std::uint8_t {
    none,
    control,      // reset and low power
    an_control,   // enable and restart
    link_status,  // read: link bit latched low until read
    follows,      // holds the outcome of the negotiation
};

struct PhyRow {
    std::uint8_t mmd;
    std::uint16_t reg;
    std::uint16_t reset;
    std::uint16_t writable = 0;
    PhyHook hook = PhyHook::none;
};

constexpr std::uint16_t kDevices1 = 0x009A;  // MMDs 1, 3, 4 and 7
constexpr std::uint16_t kDevices2 = 0xC000;  // MMDs 30 and 31
constexpr std::uint16_t kId1 = 0x0154;
constexpr std::uint16_t kId2 = 0x0221;

// Registers of a present MMD that have no row read 0 and ignore writes; among them the PHY's error
// counters 3.E810, 3.E811, 3.E820 and 3.E821, since nothing on this wire is damaged.
constexpr auto kRows = std::to_array<PhyRow>({
    {kPma, 0x0000, 0x2040, 0x0800, PhyHook::control},
    {kPma, 0x0001, 0x0002, 0, PhyHook::link_status},
    {kPma, 0x0002, kId1},
    {kPma, 0x0003, kId2},
    {kPma, 0x0004, 0x0031},  // 10G, 1G, 100M
    {kPma, 0x0005, kDevices1},
    {kPma, 0x0006, kDevices2},
    {kPma, 0x0007, 0x0009},  // 10GBASE-T
    {kPma, 0x0008, 0x8200},  // present, extended abilities
    {kPma, 0x000B, 0x00A4},  // 10GBASE-T, 1000BASE-T, 100BASE-TX
    {kPcs, 0x0000, 0x2040},
    {kPcs, 0x0001, 0x0002, 0, PhyHook::link_status},
    {kPcs, 0x0002, kId1},
    {kPcs, 0x0003, kId2},
    {kPcs, 0x0004, 0x0001},
    {kPcs, 0x0005, kDevices1},
    {kPcs, 0x0006, kDevices2},
    {kPcs, 0x0007, 0x0003},
    {kPcs, 0x0008, 0x8008},
    {kPhyXs, 0x0000, 0x2040},
    {kPhyXs, 0x0001, 0x0002, 0, PhyHook::link_status},
    {kPhyXs, 0x0002, kId1},
    {kPhyXs, 0x0003, kId2},
    {kPhyXs, 0x0004, 0x0001},
    {kPhyXs, 0x0005, kDevices1},
    {kPhyXs, 0x0006, kDevices2},
    {kPhyXs, 0x0008, 0x8000},
    {kAn, 0x0000, 0x1000, 0x3000, PhyHook::an_control},
    {kAn, 0x0001, 0x0008, 0, PhyHook::link_status},
    {kAn, 0x0002, kId1},
    {kAn, 0x0003, kId2},
    {kAn, 0x0005, kDevices1},
    {kAn, 0x0006, kDevices2},
    {kAn, 0x0008, 0x8000},
    {kAn, 0x0010, 0x0DE1, 0xBFFF},  // base page: 100M full and half, pause
    {kAn, 0x0013, 0x0000, 0, PhyHook::follows},
    {kAn, 0x0020, 0x1000, 0xFFFF},  // 10GBASE-T advertised
    {kAn, 0x0021, 0x0000, 0, PhyHook::follows},
    {kAn, 0xC400, 0x8000, 0xFFFF},  // 1000BASE-T advertised, 2.5G and 5G not
    {kAn, 0xC800, 0x0000, 0, PhyHook::follows},
    {kGlobal, 0x0000, 0x0000, 0x0800, PhyHook::control},
    {kGlobal, 0x0002, kId1},
    {kGlobal, 0x0003, kId2},
    {kGlobal, 0x0005, kDevices1},
    {kGlobal, 0x0006, kDevices2},
    {kGlobal, 0x0020, 0x020B},
    // Thermal thresholds and reading, in 1/256 degree Celsius: 105 and 0 fail, 95 and 5 warn, 45
    // measured.
    {kGlobal, 0xC421, 0x6900, 0xFFFF},
    {kGlobal, 0xC422, 0x0000, 0xFFFF},
    {kGlobal, 0xC423, 0x5F00, 0xFFFF},
    {kGlobal, 0xC424, 0x0500, 0xFFFF},
    {kGlobal, 0xC820, 0x2D00},
    {kGlobal, 0xC821, 0x0001},  // the reading is valid
    {kVendor2, 0x0002, kId1},
    {kVendor2, 0x0003, kId2},
    {kVendor2, 0x0005, kDevices1},
    {kVendor2, 0x0006, kDevices2},
});
static_assert(kRows.size() <= IXGBE_PHY_REGS, "state.phy.reg holds one value a row");

// Bits, each of one register of the table.
constexpr std::uint16_t kControlReset = 0x8000;
constexpr std::uint16_t kControlLowPower = 0x0800;
constexpr std::uint16_t kAnReset = 0x8000;
constexpr std::uint16_t kAnEnable = 0x1000;
constexpr std::uint16_t kAnRestart = 0x0200;
constexpr std::uint16_t kStatusLink = 0x0004;
constexpr std::uint16_t kAnComplete = 0x0021;  // complete, page received from a capable partner
constexpr std::uint16_t kAdvertise100Full = 0x0100;
constexpr std::uint16_t kAdvertise100Half = 0x0080;
constexpr std::uint16_t kAdvertise10G = 0x1000;
constexpr std::uint16_t kAdvertise1G = 0x8000;
constexpr std::uint16_t kAdvertise5G = 0x0800;
constexpr std::uint16_t kAdvertise2G5 = 0x0400;
constexpr std::uint16_t kPartnerBasePage = 0x0DE1;
constexpr std::uint16_t kPartner10G = 0x7800;  // master, both receivers fine, partner has 10GBASE-T

constexpr unsigned kNoRow = IXGBE_PHY_REGS;

constexpr unsigned row_of(unsigned mmd, std::uint16_t reg) {
    for (unsigned i = 0; i < kRows.size(); ++i) {
        if (kRows[i].mmd == mmd && kRows[i].reg == reg) {
            return i;
        }
    }
    return kNoRow;
}

// A row named in this file must exist.
template <unsigned MmdNumber, std::uint16_t Reg>
constexpr unsigned kRow = [] {
    static_assert(row_of(MmdNumber, Reg) != kNoRow);
    return row_of(MmdNumber, Reg);
}();

constexpr bool present(unsigned mmd) {
    return mmd < 32 && ((std::uint32_t{kDevices2} << 16 | kDevices1) >> mmd & 1) != 0;
}

// 7.C800 codes a speed in bits 3:1 and full duplex in bit 0.
struct SpeedCode {
    CopperSpeed speed;
    std::uint16_t code;
};
constexpr auto kSpeedCodes = std::to_array<SpeedCode>({{CopperSpeed::m100, 0x3},
                                                       {CopperSpeed::g1, 0x5},
                                                       {CopperSpeed::g10, 0x7},
                                                       {CopperSpeed::g2_5, 0x9},
                                                       {CopperSpeed::g5, 0xB}});

constexpr std::uint16_t code_of(CopperSpeed speed) {
    for (const SpeedCode& row : kSpeedCodes) {
        if (row.speed == speed) {
            return row.code;
        }
    }
    return 0;
}

constexpr CopperSpeed speed_of(std::uint16_t code) {
    for (const SpeedCode& row : kSpeedCodes) {
        if (row.code == code) {
            return row.speed;
        }
    }
    return CopperSpeed::none;
}

void set_links_status(std::uint16_t* reg, std::uint16_t clear, std::uint16_t set) {
    for (unsigned i = 0; i < kRows.size(); ++i) {
        if (kRows[i].hook == PhyHook::link_status) {
            reg[i] = static_cast<std::uint16_t>((reg[i] & ~clear) | set);
        }
    }
}

}  // namespace

void Phy::reset() {
    for (unsigned i = 0; i < IXGBE_PHY_REGS; ++i) {
        state_.phy.reg[i] = i < kRows.size() ? kRows[i].reset : std::uint16_t{0};
    }
    std::fill(std::begin(state_.phy.address), std::end(state_.phy.address), std::uint16_t{0});
    restart();
}

void Phy::restart() {
    link_down();
    if (may_negotiate()) {
        timers_.arm_in(IXGBE_DEADLINE_LINK, kNegotiationNs);
    } else {
        timers_.cancel(IXGBE_DEADLINE_LINK);
    }
}

void Phy::set_cable(bool connected) {
    if (connected != (state_.phy.cable != 0)) {
        state_.phy.cable = connected ? 1 : 0;
        restart();
    }
}

bool Phy::may_negotiate() const {
    const std::uint16_t* reg = state_.phy.reg;
    const std::uint16_t control = reg[kRow<kPma, 0>] | reg[kRow<kGlobal, 0>];
    return state_.phy.cable != 0 && (control & kControlLowPower) == 0 &&
           (reg[kRow<kAn, 0>] & kAnEnable) != 0;
}

CopperSpeed Phy::fastest_advertised() const {
    const std::uint16_t* reg = state_.phy.reg;
    const std::uint16_t vendor = reg[kRow<kAn, 0xC400>];
    if ((reg[kRow<kAn, 0x20>] & kAdvertise10G) != 0) {
        return CopperSpeed::g10;
    }
    if ((vendor & kAdvertise5G) != 0) {
        return CopperSpeed::g5;
    }
    if ((vendor & kAdvertise2G5) != 0) {
        return CopperSpeed::g2_5;
    }
    if ((vendor & kAdvertise1G) != 0) {
        return CopperSpeed::g1;
    }
    const bool m100 = (reg[kRow<kAn, 0x10>] & (kAdvertise100Full | kAdvertise100Half)) != 0;
    return m100 ? CopperSpeed::m100 : CopperSpeed::none;
}

void Phy::link_down() {
    std::uint16_t* reg = state_.phy.reg;
    state_.phy.link = 0;
    set_links_status(reg, kStatusLink, 0);
    reg[kRow<kAn, 1>] = static_cast<std::uint16_t>(reg[kRow<kAn, 1>] & ~kAnComplete);
    reg[kRow<kAn, 0x13>] = 0;
    reg[kRow<kAn, 0x21>] = 0;
    reg[kRow<kAn, 0xC800>] = 0;
}

// The latched link bits stay low until they have been read: IEEE 802.3 45.2.1.2.
void Phy::on_deadline() {
    const CopperSpeed agreed = fastest_advertised();
    if (!may_negotiate() || agreed == CopperSpeed::none) {
        return;
    }
    std::uint16_t* reg = state_.phy.reg;
    state_.phy.link = 1;
    reg[kRow<kAn, 1>] = static_cast<std::uint16_t>(reg[kRow<kAn, 1>] | kAnComplete);
    reg[kRow<kAn, 0x13>] = kPartnerBasePage;
    reg[kRow<kAn, 0x21>] = kPartner10G;
    reg[kRow<kAn, 0xC800>] = code_of(agreed);
}

CopperSpeed Phy::speed() const {
    return link_up() ? speed_of(state_.phy.reg[kRow<kAn, 0xC800>]) : CopperSpeed::none;
}

std::uint16_t Phy::read(unsigned mmd, std::uint16_t reg) {
    if (!present(mmd)) {
        return kAbsent;
    }
    const unsigned row = row_of(mmd, reg);
    if (row == kNoRow) {
        return 0;
    }
    const std::uint16_t value = state_.phy.reg[row];
    if (kRows[row].hook == PhyHook::link_status && link_up()) {
        state_.phy.reg[row] = value | kStatusLink;
    }
    return value;
}

void Phy::write(unsigned mmd, std::uint16_t reg, std::uint16_t value) {
    const unsigned row = row_of(mmd, reg);
    if (row == kNoRow) {
        return;
    }
    const std::uint16_t old = state_.phy.reg[row];
    const std::uint16_t writable = kRows[row].writable;
    state_.phy.reg[row] = static_cast<std::uint16_t>((old & ~writable) | (value & writable));
    if (kRows[row].hook == PhyHook::control && (value & kControlReset) != 0) {
        reset();
    } else if (kRows[row].hook == PhyHook::an_control && (value & (kAnReset | kAnRestart)) != 0) {
        restart();
    } else {
        after_write(row, old);
    }
}

// Power and the enabling of negotiation act when they change; advertisements act at the next
// negotiation.
void Phy::after_write(unsigned row, std::uint16_t old) {
    const auto changed = static_cast<std::uint16_t>(state_.phy.reg[row] ^ old);
    const bool power = kRows[row].hook == PhyHook::control && (changed & kControlLowPower) != 0;
    const bool enable = kRows[row].hook == PhyHook::an_control && (changed & kAnEnable) != 0;
    if (power || enable) {
        restart();
    }
}

void Phy::on_msca_write() {
    const Value<MSCA> command = regs_.get<MSCA>();
    if (!command.get(MSCA::mdicmd)) {
        return;
    }
    // Another PHY address and clause 22 are an empty bus: reads see its pull-up.
    const bool answers = command.get(MSCA::stcode) == 0 && command.get(MSCA::portadd) == 0;
    const MdioOpcode opcode = command.get(MSCA::opcode);
    const bool reads = opcode == MdioOpcode::read || opcode == MdioOpcode::read_increment;
    std::uint16_t result = kAbsent;
    if (answers) {
        result = cycle(opcode, command.get(MSCA::devadd), command.get(MSCA::mdiadd));
    }
    if (reads) {
        regs_.set<MSRWD>(regs_.get<MSRWD>().with(MSRWD::mdirddata, result));
    }
    regs_.set<MSCA>(command.with(MSCA::mdicmd, false));
}

std::uint16_t Phy::cycle(MdioOpcode opcode, unsigned mmd, std::uint32_t field) {
    std::uint16_t& address = state_.phy.address[mmd];
    std::uint16_t data = kAbsent;
    switch (opcode) {
        case MdioOpcode::address:
            address = static_cast<std::uint16_t>(field);
            break;
        case MdioOpcode::write:
            data = static_cast<std::uint16_t>(regs_.get<MSRWD>().get(MSRWD::mdiwrdata));
            trace_(TraceEvent::mdio, 1, mmd, address, data);
            write(mmd, address, data);
            break;
        case MdioOpcode::read:
        case MdioOpcode::read_increment:
            data = read(mmd, address);
            trace_(TraceEvent::mdio, 0, mmd, address, data);
            // IEEE 802.3 45.3.3.4: the last address is not left.
            if (opcode == MdioOpcode::read_increment && address != kLastAddress) {
                ++address;
            }
            break;
    }
    return data;
}

bool Phy::plausible() const {
    const ixgbe_phy_state& phy = state_.phy;
    for (unsigned i = 0; i < IXGBE_PHY_REGS; ++i) {
        const bool known = i < kRows.size();
        const bool follows =
            known && (kRows[i].hook == PhyHook::link_status || kRows[i].hook == PhyHook::follows);
        const std::uint16_t expected = known ? kRows[i].reset : std::uint16_t{0};
        const std::uint16_t writable = known ? kRows[i].writable : std::uint16_t{0};
        if (!follows && ((phy.reg[i] ^ expected) & ~writable) != 0) {
            return false;
        }
    }
    const bool speed_known = speed_of(phy.reg[kRow<kAn, 0xC800>]) != CopperSpeed::none;
    return phy.cable <= 1 && phy.link <= 1 && (phy.link != 0) == speed_known &&
           (phy.link == 0 || may_negotiate());
}

}  // namespace ixgbe
