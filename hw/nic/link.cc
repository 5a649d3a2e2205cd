// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/link.h"

#include "nic/host.h"
#include "nic/phy.h"
#include "nic/register_file.h"
#include "nic/trace.h"
#include "regs/link.h"

namespace ixgbe {

namespace {

Value<LINKS> with_speed(Value<LINKS> links, CopperSpeed speed) {
    switch (speed) {
        case CopperSpeed::none:
            return links;
        case CopperSpeed::m100:
            return links.with(LINKS::link_speed, LinkSpeed::mbit_100);
        case CopperSpeed::g1:
            return links.with(LINKS::link_speed, LinkSpeed::gbit_1);
        case CopperSpeed::g2_5:
            return links.with(LINKS::link_speed, LinkSpeed::gbit_10)
                .with(LINKS::non_standard_speed, true);
        case CopperSpeed::g5:
            return links.with(LINKS::link_speed, LinkSpeed::mbit_100)
                .with(LINKS::non_standard_speed, true);
        case CopperSpeed::g10:
            return links.with(LINKS::link_speed, LinkSpeed::gbit_10);
    }
    return links;
}

}  // namespace

// MACC.FLU without a copper link runs at 10 Gb/s: X550 DS 8.2.2.16.9.
std::uint32_t Link::links_value() const {
    const Value<LINKS> links = Value<LINKS>().with(LINKS::link_up, true);
    if (phy_.link_up()) {
        return with_speed(links, phy_.speed()).raw();
    }
    if (regs_.get<MACC>().get(MACC::flu)) {
        return links.with(LINKS::link_speed, LinkSpeed::gbit_10).raw();
    }
    return 0;
}

bool Link::update() {
    const Value<LINKS> before = regs_.get<LINKS>();
    const Value<LINKS> after(links_value());
    if (after.raw() == before.raw()) {
        return false;
    }
    regs_.set<LINKS>(after);
    const bool up = after.get(LINKS::link_up);
    trace_(TraceEvent::link, up ? 1 : 0, after.raw());
    if (up != before.get(LINKS::link_up)) {
        host_.link_changed(up);
    }
    return true;
}

void Link::after_reset() {
    const Value<LINKS> now(links_value());
    regs_.set<LINKS>(now);
    host_.link_changed(now.get(LINKS::link_up));
}

bool Link::up() const {
    return regs_.get<LINKS>().get(LINKS::link_up);
}

bool Link::on_wire() const {
    return phy_.link_up();
}

}  // namespace ixgbe
