// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a ring as drivers that coalesce do: in order, and what is not complete waits at the slot
// that its last descriptor names.
#include <gtest/gtest.h>
#include <map>

#include "guest_driver.h"

namespace x550 {

std::vector<RxUnit> RxRing::take_units() {
    std::vector<RxUnit> units;
    std::map<std::uint32_t, RxUnit> parked;
    while (posted_ != 0 && (at(next_)[2] & RxWriteBack::dd) != 0) {
        const Descriptor d = at(next_);
        RxUnit unit = parked[next_];
        parked.erase(next_);
        const Frame piece = driver_.machine().memory.bytes(buffers_[next_], d[3] & 0xFFFF);
        unit.bytes.insert(unit.bytes.end(), piece.begin(), piece.end());
        unit.slots.push_back(next_);
        unit.descriptors.push_back(d);
        const std::uint32_t count = d[0] >> RxWriteBack::rsccnt_shift & RxWriteBack::rsccnt_mask;
        unit.segments += count == 0 ? 0 : count - 1;
        next_ = (next_ + 1) % options_.size;
        --posted_;
        if ((d[2] & RxWriteBack::eop) != 0) {
            units.push_back(std::move(unit));
        } else {
            parked[count == 0 ? next_ : d[2] >> RxWriteBack::nextp_shift & 0xFFFF] =
                std::move(unit);
        }
    }
    EXPECT_TRUE(parked.empty()) << "a unit never ends";
    return units;
}

}  // namespace x550
