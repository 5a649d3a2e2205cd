// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/steering.h"

#include "net/headers.h"
#include "regs/rx.h"
#include "regs/steering.h"

namespace ixgbe {

namespace {

constexpr unsigned kEthertypeFilters = 8;

bool hashes(MultipleRxQueues mode) {
    return mode == MultipleRxQueues::rss || mode == MultipleRxQueues::dcb_8tc_rss ||
           mode == MultipleRxQueues::dcb_4tc_rss;
}

// PSRTYPE.RQPL: how many queues of a pool RSS may use, as the index's mask. DS 7.1.3.2.
unsigned rqpl_mask(Value<PSRTYPE> control) {
    switch (control.get(PSRTYPE::rqpl)) {
        case 0:
            return 0;
        case 1:
            return 1;
        default:
            return 3;
    }
}

}  // namespace

std::optional<unsigned> ethertype_filter(const RegisterFile& regs, std::uint16_t ethertype) {
    for (unsigned i = 0; i < kEthertypeFilters; ++i) {
        const auto filter = regs.get<ETQF>(i);
        if (filter.get(ETQF::filter_enable) && filter.get(ETQF::etype) == ethertype) {
            return i;
        }
    }
    return std::nullopt;
}

// The first that names a queue decides. An ethertype filter that does leaves no hash.
Steering::Target Steering::choose(ConstBytes frame, const PacketInfo& info) {
    Target target;
    target.flow = flows_.match(frame, info, 0);
    target.ethertype_filter = ethertype_filter(regs_, info.l2.ethertype);
    if (const auto queue = queue_by_ethertype(target)) {
        target.queue = *queue;
        return target;
    }
    target.queue = queue_by_rss(target, frame, info);
    if (const auto queue = queue_by_syn(frame, info)) {
        target.queue = *queue;
    } else if (target.flow.queue) {
        target.queue = *target.flow.queue;
    }
    report_flow(target);
    return target;
}

Steering::Target Steering::choose(ConstBytes frame, const PacketInfo& info,
                                  const RxPoolLayout& layout, const Copy& copy) {
    Target target;
    target.ethertype_filter = ethertype_filter(regs_, info.l2.ethertype);
    if (copy.l3l4_filters) {
        target.flow = flows_.match(frame, info, copy.pool);
    }
    if (const auto queue = queue_by_ethertype(target); queue && copy.original) {
        target.queue = *queue;
        return target;
    }
    target.queue = queue_of_pool(target, frame, info, layout, copy);
    if (!copy.l3l4_filters) {
        return target;
    }
    if (const auto queue = queue_by_syn(frame, info); queue && copy.original) {
        target.queue = *queue;
    } else if (target.flow.queue) {
        target.queue = *target.flow.queue;
    }
    report_flow(target);
    return target;
}

void Steering::report_flow(Target& target) {
    if (target.flow.report) {
        target.rss_type = RssType::flow_director;
        target.hash = target.flow.id;
    }
}

// DS 7.1.3.3: without QUEUE_EN the filter only marks the frame.
std::optional<unsigned> Steering::queue_by_ethertype(const Target& target) const {
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
    const MultipleRxQueues mode = regs_.get<MRQC>().get(MRQC::mrqe);
    if (!hashes(mode)) {
        return 0;
    }
    const auto result = rss_.of_port(frame, info);
    if (!result) {
        return 0;
    }
    target.hash = result->hash;
    target.rss_type = result->type;
    if (mode == MultipleRxQueues::rss) {
        return result->index;
    }
    // With traffic classes and no priority to go by, everything is TC 0; RQTC bounds its queues.
    return result->index & ((1u << RQTC::bits(regs_.get<RQTC>(), 0)) - 1);
}

unsigned Steering::queue_of_pool(Target& target, ConstBytes frame, const PacketInfo& info,
                                 const RxPoolLayout& layout, const Copy& copy) {
    unsigned index = 0;
    if (copy.l3l4_filters && layout.rss_bits_of(copy.pool) != 0) {
        if (const auto result = rss_of_pool(frame, info, copy.pool)) {
            target.hash = result->hash;
            target.rss_type = result->type;
            index = result->index & rqpl_mask(regs_.get<PSRTYPE>(copy.pool));
        }
    }
    return layout.queue(copy.pool, traffic_class(info.l2), index);
}

std::optional<Rss::Result> Steering::rss_of_pool(ConstBytes frame, const PacketInfo& info,
                                                 unsigned pool) {
    return regs_.get<MRQC>().get(MRQC::multiple_rss) ? rss_.of_pool(frame, info, pool)
                                                     : rss_.of_port(frame, info);
}

// DS 7.1.3.2: by the priority in the tag, if there is one.
unsigned Steering::traffic_class(const Layer2& l2) const {
    return l2.has_vlan ? RTRUP2TC::tc(regs_.get<RTRUP2TC>(), l2.vlan_tci >> 13) : 0;
}

}  // namespace ixgbe
