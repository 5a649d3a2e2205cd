// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rss.h"

#include <cstring>

#include "regs/steering.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

constexpr unsigned kKeyWords = 10;
constexpr unsigned kRetaEntries = 128;
constexpr std::uint32_t kPoolTableMask = 0x3f;  // 64 entries, DS 8.2.2.8.26

using KeyBytes = std::array<std::byte, ToeplitzKey::kKeyLength>;

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

// MRQC and VFMRQC have the same fields.
template <typename R>
RssTypes enabled_types(Value<R> control, const OffloadGates& gates) {
    return {.ipv4 = control.get(R::ipv4),
            .tcp_ipv4 = control.get(R::tcp_ipv4),
            .ipv6 = control.get(R::ipv6),
            .tcp_ipv6 = control.get(R::tcp_ipv6),
            .udp_ipv4 = gates.rss_udp && control.get(R::udp_ipv4),
            .udp_ipv6 = gates.rss_udp && control.get(R::udp_ipv6)};
}

template <typename R>
KeyBytes key_bytes(const RegisterFile& regs, unsigned first) {
    KeyBytes key{};
    for (unsigned i = 0; i < kKeyWords; ++i) {
        const le32 word = regs.get<R>(first + i).raw();
        std::memcpy(key.data() + 4 * std::size_t{i}, &word, sizeof word);
    }
    return key;
}

}  // namespace

std::optional<Rss::Result> Rss::of_port(ConstBytes frame, const PacketInfo& info) {
    if (!gates_.rss) {
        return std::nullopt;
    }
    const auto found = rss_hash(port_key(), frame, info, enabled_types(regs_.get<MRQC>(), gates_));
    if (!found) {
        return std::nullopt;
    }
    return Result{
        .hash = found->hash, .type = rss_type(found->kind), .index = port_entry(found->hash)};
}

std::optional<Rss::Result> Rss::of_pool(ConstBytes frame, const PacketInfo& info, unsigned pool) {
    const auto control = regs_.get<VFMRQC>(pool);
    if (!gates_.rss || !control.get(VFMRQC::rss_enable)) {
        return std::nullopt;
    }
    const auto found = rss_hash(pool_key(pool), frame, info, enabled_types(control, gates_));
    if (!found) {
        return std::nullopt;
    }
    return Result{
        .hash = found->hash, .type = rss_type(found->kind), .index = pool_entry(found->hash, pool)};
}

unsigned Rss::port_entry(std::uint32_t hash) const {
    const unsigned entry = hash & (gates_.rss_entries - 1);  // of 512, DS 7.1.3.7
    const unsigned queue =
        entry < kRetaEntries ? reta_entry(regs_.get<RETA>(entry / 4), entry % 4)
                             : reta_entry(regs_.get<ERETA>((entry - kRetaEntries) / 4), entry % 4);
    return queue < gates_.rss_queues ? queue : queue % gates_.rss_queues;
}

unsigned Rss::pool_entry(std::uint32_t hash, unsigned pool) const {
    const unsigned entry = hash & kPoolTableMask;
    return VFRETA::entry(regs_.get<VFRETA>(VFRETA::index(pool, entry / 4)), entry % 4);
}

const ToeplitzKey& Rss::port_key() {
    if (stale_) {
        key_ = ToeplitzKey(key_bytes<RSSRK>(regs_, 0));
        stale_ = false;
    }
    return key_;
}

const ToeplitzKey& Rss::pool_key(unsigned pool) {
    std::unique_ptr<ToeplitzKey>& key = pool_keys_.at(pool);
    if (!key || (stale_pools_ & only_pool(pool)) != 0) {
        key = std::make_unique<ToeplitzKey>(key_bytes<VFRSSRK>(regs_, VFRSSRK::index(pool, 0)));
        stale_pools_ &= ~only_pool(pool);
    }
    return *key;
}

void Rss::all_keys_changed() {
    stale_ = true;
    stale_pools_ = ~PoolList{0};
}

}  // namespace ixgbe
