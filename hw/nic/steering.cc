// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/steering.h"

#include <array>

#include "net/headers.h"
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

// DS 7.1.3, figure 7-5: the first that names a queue decides. An ethertype filter that does leaves
// no hash.
Steering::Target Steering::choose(ConstBytes frame, const PacketInfo& info) {
    Target target;
    target.flow = flows_.match(frame, info, 0);
    if (const auto queue = queue_by_ethertype(target, info)) {
        target.queue = *queue;
        return target;
    }
    target.queue = queue_by_rss(target, frame, info);
    if (const auto queue = queue_by_syn(frame, info)) {
        target.queue = *queue;
    } else if (target.flow.queue) {
        target.queue = *target.flow.queue;
    }
    if (target.flow.report) {
        target.rss_type = RssType::flow_director;
        target.hash = target.flow.id;
    }
    return target;
}

// DS 7.1.3.3: without QUEUE_EN the filter only marks the frame.
std::optional<unsigned> Steering::queue_by_ethertype(Target& target, const PacketInfo& info) const {
    target.ethertype_filter = match_ethertype(info.l2.ethertype);
    if (!target.ethertype_filter) {
        return std::nullopt;
    }
    const auto queue = regs_.get<ETQS>(*target.ethertype_filter);
    return queue.get(ETQS::queue_enable) ? std::optional<unsigned>(queue.get(ETQS::rx_queue))
                                         : std::nullopt;
}

// DS 7.1.3.5: whatever other flags it has.
std::optional<unsigned> Steering::queue_by_syn(ConstBytes frame, const PacketInfo& info) const {
    const auto filter = regs_.get<SYNQF>();
    const Layer4& l4 = info.innermost().l4;
    if (!filter.get(SYNQF::queue_enable) || !l4.is(L4Kind::tcp)) {
        return std::nullopt;
    }
    const auto tcp = read_at<TcpHeader>(frame, l4.offset);
    return tcp && (tcp->flags() & TcpHeader::kSyn) != 0
               ? std::optional<unsigned>(filter.get(SYNQF::rx_queue))
               : std::nullopt;
}

unsigned Steering::queue_by_rss(Target& target, ConstBytes frame, const PacketInfo& info) {
    const auto control = regs_.get<MRQC>();
    if (!hashes(control.get(MRQC::mrqe))) {
        return 0;
    }
    if (stale_) {
        rebuild_key();
    }
    const auto result = rss_hash(key_, frame, info, enabled_types(control));
    if (!result) {
        return 0;
    }
    target.hash = result->hash;
    target.rss_type = rss_type(result->kind);
    return rss_queue(target.hash);
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
