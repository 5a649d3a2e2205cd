// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rx_filter.h"

#include <algorithm>
#include <span>

#include "base/endian.h"
#include "regs/filter.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

constexpr unsigned kAddressFilters = 128;

std::uint64_t entry_of(const RegisterFile& regs, unsigned i) {
    return std::uint64_t{regs.get<RAL>(i).raw()} | std::uint64_t{regs.get<RAH>(i).get(RAH::rah)}
                                                       << 32;
}

// ADTYPE 1 is an E-tag.
bool holds_mac(Value<RAH> high) {
    return high.get(RAH::av) && !high.get(RAH::adtype);
}

}  // namespace

std::uint64_t mac_address_at(ConstBytes frame, std::size_t offset) {
    const auto low = read_at<le32>(frame, offset);
    const auto high = read_at<le16>(frame, offset + 4);
    return low && high ? std::uint64_t{*low} | std::uint64_t{*high} << 32 : 0;
}

// DS 7.1.2.1.
RxFilter::Verdict RxFilter::admit(ConstBytes frame, const Layer2& l2) {
    const std::uint64_t address = mac_address_at(frame, 0);
    const auto control = regs_.get<FCTRL>();
    Verdict verdict;
    if (!is_group(address)) {
        verdict.exact = matches_address(address);
        verdict.accepted = verdict.exact || control.get(FCTRL::upe) || in_unicast_table(address);
    } else if (is_broadcast(address)) {
        verdict.accepted = control.get(FCTRL::bam) || control.get(FCTRL::mpe);
    } else {
        // A multicast address may also stand in an address filter.
        verdict.accepted =
            control.get(FCTRL::mpe) || in_multicast_table(address) || matches_address(address);
    }
    verdict.accepted = verdict.accepted && admits_vlan(l2);
    return verdict;
}

bool RxFilter::matches_address(std::uint64_t address) {
    rebuild_if_stale();
    const auto valid = std::span(address_).first(count_);
    return std::find(valid.begin(), valid.end(), address) != valid.end();
}

// DS 7.1.2.1.2: twelve bits of the address, chosen by MO, select one bit of MTA or PFUTA.
std::uint32_t RxFilter::hash_vector(std::uint64_t address) const {
    const auto last_two = static_cast<std::uint32_t>(address >> 32);  // bits 47:32
    return last_two >> (4 - regs_.get<MCSTCTRL>().get(MCSTCTRL::mo)) & 0xfff;
}

bool RxFilter::in_multicast_table(std::uint64_t address) const {
    if (!regs_.get<MCSTCTRL>().get(MCSTCTRL::mfe)) {
        return false;
    }
    const std::uint32_t vector = hash_vector(address);
    return (regs_.get<MTA>(vector / 32).raw() >> vector % 32 & 1) != 0;
}

bool RxFilter::in_unicast_table(std::uint64_t address) const {
    const std::uint32_t vector = hash_vector(address);
    return (regs_.get<PFUTA>(vector / 32).raw() >> vector % 32 & 1) != 0;
}

// The tag that counts is the one of VLNCTRL.VET, behind an outer one if extended VLAN is on.
bool RxFilter::admits_vlan(const Layer2& l2) const {
    if (!regs_.get<VLNCTRL>().get(VLNCTRL::vfe) || !l2.has_vlan) {
        return true;
    }
    const std::uint32_t vid = l2.vlan_tci & 0xfffu;
    return (regs_.get<VFTA>(vid / 32).raw() >> vid % 32 & 1) != 0;
}

void RxFilter::rebuild_if_stale() {
    if (!stale_) {
        return;
    }
    count_ = 0;
    for (unsigned i = 0; i < kAddressFilters; ++i) {
        if (holds_mac(regs_.get<RAH>(i))) {
            entry_.at(count_) = i;
            address_.at(count_++) = entry_of(regs_, i);
        }
    }
    stale_ = false;
}

void RxFilter::query(ixgbe_rx_filter& out) const {
    const auto control = regs_.get<FCTRL>();
    out = {};
    out.promiscuous = control.get(FCTRL::upe);
    out.all_multicast = control.get(FCTRL::mpe);
    out.broadcast = control.get(FCTRL::bam);
    out.vlan_filter = regs_.get<VLNCTRL>().get(VLNCTRL::vfe);
    for (unsigned i = 0; i < kAddressFilters; ++i) {
        if (holds_mac(regs_.get<RAH>(i))) {
            const le64 bytes = entry_of(regs_, i);
            std::memcpy(&out.unicast[out.unicast_count++][0], &bytes, 6);
        }
        out.vlan[i] = regs_.get<VFTA>(i).raw();
    }
}

}  // namespace ixgbe
