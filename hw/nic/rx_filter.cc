// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rx_filter.h"

#include <algorithm>
#include <span>

#include "base/endian.h"
#include "regs/filter.h"

namespace ixgbe {

namespace {

constexpr unsigned kAddressFilters = 128;
constexpr std::uint64_t kBroadcast = 0xffffffffffff;
constexpr std::uint64_t kGroupBit = 1;  // bit 0 of the first byte on the wire

// The six bytes as RAL/RAH hold them: the first byte on the wire in bits 7:0.
std::uint64_t address_of(ConstBytes frame) {
    const auto low = read_at<le32>(frame, 0);
    const auto high = read_at<le16>(frame, 4);
    return low && high ? std::uint64_t{*low} | std::uint64_t{*high} << 32 : 0;
}

std::uint64_t entry_of(const RegisterFile& regs, unsigned i) {
    return std::uint64_t{regs.get<RAL>(i).raw()} | std::uint64_t{regs.get<RAH>(i).get(RAH::rah)}
                                                       << 32;
}

}  // namespace

RxFilter::Verdict RxFilter::admit(ConstBytes frame, const Layer2& l2) {
    const std::uint64_t address = address_of(frame);
    const auto control = regs_.get<FCTRL>();
    Verdict verdict;
    if ((address & kGroupBit) == 0) {
        verdict.exact = matches_address(address);
        verdict.accepted = verdict.exact || control.get(FCTRL::upe);
    } else if (address == kBroadcast) {
        verdict.accepted = control.get(FCTRL::bam);
    } else {
        // A multicast address may also stand in an address filter.
        verdict.accepted =
            control.get(FCTRL::mpe) || matches_multicast(address) || matches_address(address);
    }
    verdict.accepted = verdict.accepted && admits_vlan(l2);
    return verdict;
}

bool RxFilter::matches_address(std::uint64_t address) {
    if (stale_) {
        rebuild();
    }
    const auto valid = std::span(address_).first(count_);
    return std::find(valid.begin(), valid.end(), address) != valid.end();
}

// DS 7.1.1.1.2: twelve bits of the address, chosen by MO, select one bit of MTA.
bool RxFilter::matches_multicast(std::uint64_t address) const {
    const auto control = regs_.get<MCSTCTRL>();
    if (!control.get(MCSTCTRL::mfe)) {
        return false;
    }
    const auto last_two = static_cast<std::uint32_t>(address >> 32);  // bits 47:32
    const std::uint32_t vector = last_two >> (4 - control.get(MCSTCTRL::mo)) & 0xfff;
    return (regs_.get<MTA>(vector / 32).raw() >> vector % 32 & 1) != 0;
}

// The tag that counts is the one of VLNCTRL.VET, behind an outer one if extended VLAN is on.
bool RxFilter::admits_vlan(const Layer2& l2) const {
    if (!regs_.get<VLNCTRL>().get(VLNCTRL::vfe) || !l2.has_vlan) {
        return true;
    }
    const std::uint32_t vid = l2.vlan_tci & 0xfffu;
    return (regs_.get<VFTA>(vid / 32).raw() >> vid % 32 & 1) != 0;
}

void RxFilter::rebuild() {
    count_ = 0;
    for (unsigned i = 0; i < kAddressFilters; ++i) {
        if (regs_.get<RAH>(i).get(RAH::av)) {
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
        if (regs_.get<RAH>(i).get(RAH::av)) {
            const le64 bytes = entry_of(regs_, i);
            std::memcpy(&out.unicast[out.unicast_count++][0], &bytes, 6);
        }
        out.vlan[i] = regs_.get<VFTA>(i).raw();
    }
}

}  // namespace ixgbe
