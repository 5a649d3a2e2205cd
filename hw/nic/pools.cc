// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/pools.h"

#include "regs/steering.h"

namespace ixgbe {

namespace {

constexpr PoolList kAll = ~PoolList{0};
constexpr PoolList kFirst32 = 0xffffffff;
constexpr PoolList kFirst16 = 0xffff;

}  // namespace

unsigned RxPoolLayout::rss_bits_of(unsigned pool) const {
    return (mega_pools & only_pool(pool)) != 0 ? 2 : rss_bits;
}

unsigned RxPoolLayout::pool_of(unsigned queue) const {
    const unsigned pool = queue >> queue_bits;
    const bool behind_mega_pool = pool != 0 && (mega_pools & only_pool(pool - 1)) != 0;
    return behind_mega_pool ? pool - 1 : pool;
}

unsigned RxPoolLayout::queue(unsigned pool, unsigned traffic_class, unsigned rss) const {
    const unsigned in_class = traffic_class & ((1U << class_bits) - 1);
    const unsigned in_rss = rss & ((1U << rss_bits_of(pool)) - 1);
    return (pool << queue_bits | in_class << rss_bits | in_rss) % IXGBE_QUEUES;
}

std::optional<RxPoolLayout> rx_pool_layout(const RegisterFile& regs) {
    if (!regs.get<PFVTCTL>().get(PFVTCTL::vt_ena)) {
        return std::nullopt;
    }
    const PoolList last = only_pool(63);
    switch (regs.get<MRQC>().get(MRQC::mrqe)) {
        case MultipleRxQueues::vt_64:
            return RxPoolLayout{.queue_bits = 1, .pools = kAll};
        case MultipleRxQueues::vt_62_rss2_1_rss4:
            return RxPoolLayout{
                .queue_bits = 1, .rss_bits = 1, .pools = kAll & ~last, .mega_pools = only_pool(62)};
        case MultipleRxQueues::vt_32_rss4:
            return RxPoolLayout{.queue_bits = 2, .rss_bits = 2, .pools = kFirst32};
        case MultipleRxQueues::vt_64_rss2:
            return RxPoolLayout{.queue_bits = 1, .rss_bits = 1, .pools = kAll};
        case MultipleRxQueues::vt_16_8tc:
            return RxPoolLayout{.queue_bits = 3, .class_bits = 3, .pools = kFirst16};
        case MultipleRxQueues::vt_32_4tc:
            return RxPoolLayout{.queue_bits = 2, .class_bits = 2, .pools = kFirst32};
        case MultipleRxQueues::vt_16_4tc_rss2:
            return RxPoolLayout{.queue_bits = 3, .class_bits = 2, .rss_bits = 1, .pools = kFirst16};
        case MultipleRxQueues::vt_60_rss2_2_rss4:
            return RxPoolLayout{.queue_bits = 1,
                                .rss_bits = 1,
                                .pools = kAll & ~last & ~only_pool(61),
                                .mega_pools = only_pool(60) | only_pool(62)};
        default:
            return std::nullopt;
    }
}

unsigned rx_pool(const RegisterFile& regs, unsigned queue) {
    const auto layout = rx_pool_layout(regs);
    return layout ? layout->pool_of(queue) : 0;
}

}  // namespace ixgbe
