// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/steering.h"

#include <array>

#include "regs/steering.h"

namespace ixgbe {

namespace {

constexpr unsigned kEthertypeFilters = 8;
constexpr unsigned kKeyWords = 10;
constexpr unsigned kRetaEntries = 128;

RssType rss_type(RssKind kind) {
    switch (kind) {
        case RssKind::tcp_ipv4:
            return RssType::tcp_ipv4;
        case RssKind::ipv4:
            return RssType::ipv4;
        case RssKind::tcp_ipv6:
            return RssType::tcp_ipv6;
        case RssKind::ipv6:
            return RssType::ipv6;
        case RssKind::udp_ipv4:
            return RssType::udp_ipv4;
        case RssKind::udp_ipv6:
            return RssType::udp_ipv6;
    }
    return RssType::none;
}

RssTypes enabled_types(Value<MRQC> control) {
    return {.ipv4 = control.get(MRQC::ipv4),
            .tcp_ipv4 = control.get(MRQC::tcp_ipv4),
            .ipv6 = control.get(MRQC::ipv6),
            .tcp_ipv6 = control.get(MRQC::tcp_ipv6),
            .udp_ipv4 = control.get(MRQC::udp_ipv4),
            .udp_ipv6 = control.get(MRQC::udp_ipv6)};
}

bool hashes(MultipleRxQueues mode) {
    return mode == MultipleRxQueues::rss || mode == MultipleRxQueues::dcb_8tc_rss ||
           mode == MultipleRxQueues::dcb_4tc_rss;
}

}  // namespace

Steering::Target Steering::choose(ConstBytes frame, const PacketInfo& info) {
    Target target;
    if (const auto filter = match_ethertype(info.l2.ethertype)) {
        target.ethertype_filter = filter;
        // DS 7.1.2.3: without QUEUE_EN the filter only marks the frame.
        const auto queue = regs_.get<ETQS>(*filter);
        if (queue.get(ETQS::queue_enable)) {
            target.queue = queue.get(ETQS::rx_queue);
            return target;
        }
    }
    const auto control = regs_.get<MRQC>();
    if (!hashes(control.get(MRQC::mrqe))) {
        return target;
    }
    if (stale_) {
        rebuild_key();
    }
    if (const auto result = rss_hash(key_, frame, info, enabled_types(control))) {
        target.hash = result->hash;
        target.rss_type = rss_type(result->kind);
    }
    target.queue = target.rss_type != RssType::none ? rss_queue(target.hash) : 0;
    return target;
}

std::optional<unsigned> Steering::match_ethertype(std::uint16_t ethertype) const {
    for (unsigned i = 0; i < kEthertypeFilters; ++i) {
        const auto filter = regs_.get<ETQF>(i);
        if (filter.get(ETQF::filter_enable) && filter.get(ETQF::etype) == ethertype) {
            return i;
        }
    }
    return std::nullopt;
}

// DS 7.1.2.8: nine bits of the hash select one of 512 entries.
unsigned Steering::rss_queue(std::uint32_t hash) const {
    const unsigned entry = redirection(hash & 0x1ff);
    const auto control = regs_.get<MRQC>();
    if (control.get(MRQC::mrqe) == MultipleRxQueues::rss) {
        return entry;
    }
    // With traffic classes and no priority to go by, everything is TC 0; RQTC bounds its queues.
    return entry & ((1u << RQTC::bits(regs_.get<RQTC>(), 0)) - 1);
}

unsigned Steering::redirection(unsigned entry) const {
    return entry < kRetaEntries
               ? reta_entry(regs_.get<RETA>(entry / 4), entry % 4)
               : reta_entry(regs_.get<ERETA>((entry - kRetaEntries) / 4), entry % 4);
}

void Steering::rebuild_key() {
    std::array<std::byte, ToeplitzKey::kKeyLength> key{};
    for (unsigned i = 0; i < kKeyWords; ++i) {
        const le32 word = regs_.get<RSSRK>(i).raw();
        std::memcpy(key.data() + 4 * std::size_t{i}, &word, sizeof word);
    }
    key_ = ToeplitzKey(key);
    stale_ = false;
}

}  // namespace ixgbe
