// SPDX-License-Identifier: GPL-2.0-or-later
// The MAC's view of the link.
#pragma once

#include <cstdint>

#include <ixgbe/state.h>

namespace ixgbe {

class Host;
class Phy;
class RegisterFile;
class Tracer;

// LINKS follows the PHY, unless MACC.FLU forces it up. Stored in LINKS itself, so an edge is a
// difference to it.
class Link {
public:
    Link(RegisterFile& regs, const Phy& phy, Host& host, Tracer& trace)
        : regs_(regs), phy_(phy), host_(host), trace_(trace) {}

    // Run after everything that can change the link: MDIO, cable, deadline, MACC, LRST. True on an
    // edge, up/down or speed:  if (link.update()) interrupts.raise(Cause::lsc);  Tells the host of
    // a change first.
    [[nodiscard]] bool update();

    // After a reset has put LINKS back to its reset value: makes it true again, without a cause.
    void after_reset();

    [[nodiscard]] bool up() const;       // LINKS.UP: the MAC may work, forced links included
    [[nodiscard]] bool on_wire() const;  // a copper link exists: frames can leave and arrive

private:
    [[nodiscard]] std::uint32_t links_value() const;

    RegisterFile& regs_;
    const Phy& phy_;
    Host& host_;
    Tracer& trace_;
};

}  // namespace ixgbe
