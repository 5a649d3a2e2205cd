// SPDX-License-Identifier: GPL-2.0-or-later
// The integrated copper PHY behind MSCA and MSRWD.
#pragma once

#include <cstdint>

#include <ixgbe/state.h>

namespace ixgbe {

class RegisterFile;
enum class MdioOpcode : std::uint8_t;
class Timers;
class Tracer;

enum class CopperSpeed : std::uint8_t { none, m100, g1, g2_5, g5, g10 };

// A clause 45 PHY at MDIO address 0; other addresses, absent MMDs and clause 22 read 0xFFFF. Every
// access completes within the write to MSCA. Its registers are rows of one table (phy.cc), their
// values state.phy.reg.
//
// Negotiation: whatever restarts it takes the link down at once and arms IXGBE_DEADLINE_LINK; at
// that deadline the link comes up with the fastest speed that is advertised, if there is a cable
// and the PHY is powered. Any call but the const ones may change the link: the Device runs
// Link::update() after it.
class Phy {
public:
    Phy(ixgbe_state& state, RegisterFile& regs, Timers& timers, Tracer& trace)
        : state_(state), regs_(regs), timers_(timers), trace_(trace) {}

    // Power-on, bus reset or MDIO reset: all registers back to reset, negotiation from the start.
    // The cable stays.
    void reset();
    // CTRL.LRST and whatever else makes the link train again.
    void restart();
    void set_cable(bool connected);

    // Hook, after the word is stored.
    void on_msca_write();
    // IXGBE_DEADLINE_LINK has come.
    void on_deadline();

    [[nodiscard]] bool link_up() const { return state_.phy.link != 0; }
    [[nodiscard]] CopperSpeed speed() const;  // negotiated; none while the link is down

    // Loaded state: what no table row can hold.
    [[nodiscard]] bool plausible() const;

    // One register as MDIO sees it, side effects of reading included.
    [[nodiscard]] std::uint16_t read(unsigned mmd, std::uint16_t reg);
    void write(unsigned mmd, std::uint16_t reg, std::uint16_t value);

private:
    [[nodiscard]] bool may_negotiate() const;
    [[nodiscard]] CopperSpeed fastest_advertised() const;
    void link_down();
    void after_write(unsigned row, std::uint16_t old);
    [[nodiscard]] std::uint16_t cycle(MdioOpcode opcode, unsigned mmd, std::uint32_t field);

    ixgbe_state& state_;
    RegisterFile& regs_;
    Timers& timers_;
    Tracer& trace_;
};

}  // namespace ixgbe
