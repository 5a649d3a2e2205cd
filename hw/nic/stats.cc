// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/stats.h"

#include <algorithm>
#include <limits>

#include "regs/link.h"
#include "regs/stats.h"
#include "regs/vmdq.h"

namespace ixgbe {

namespace {

enum class Cast : std::uint8_t { unicast, multicast, broadcast };

Cast cast_of(ConstBytes destination) {
    const auto is_one = [](std::byte b) { return b == std::byte{0xff}; };
    if (destination.size() < 6 || (destination[0] & std::byte{1}) == std::byte{0}) {
        return Cast::unicast;
    }
    return std::all_of(destination.begin(), destination.begin() + 6, is_one) ? Cast::broadcast
                                                                             : Cast::multicast;
}

// TQSM and RQSMR: one byte a queue, four a register, naming one of sixteen counter sets.
template <typename R>
unsigned counter_set(const RegisterFile& regs, unsigned queue) {
    return R::set(regs.get<R>(queue / 4), queue % 4);
}

}  // namespace

template <typename R>
void Stats::add(unsigned index, std::uint32_t amount) {
    const std::uint64_t sum = std::uint64_t{regs_.get<R>(index).raw()} + amount;
    const std::uint64_t top = std::numeric_limits<std::uint32_t>::max();
    regs_.set<R>(index, Value<R>(static_cast<std::uint32_t>(std::min(sum, top))));
}

// Byte counters have 36 bits, the upper four in a register of their own.
template <typename Low, typename High>
void Stats::add_wide(unsigned index, std::uint64_t amount) {
    constexpr std::uint64_t top = (std::uint64_t{1} << 36) - 1;
    const std::uint64_t old =
        std::uint64_t{regs_.get<High>(index).raw()} << 32 | regs_.get<Low>(index).raw();
    const std::uint64_t sum = std::min(old + amount, top);
    regs_.set<Low>(index, Value<Low>(static_cast<std::uint32_t>(sum)));
    regs_.set<High>(index, Value<High>(static_cast<std::uint32_t>(sum >> 32)));
}

void Stats::sent(unsigned queue, ConstBytes destination, std::size_t wire_len,
                 std::uint32_t count) {
    const std::uint64_t bytes = std::uint64_t{wire_len} * count;
    add<GPTC>(0, count);
    add<TPT>(0, count);
    add_wide<GOTCL, GOTCH>(0, bytes);
    switch (cast_of(destination)) {
        case Cast::unicast:
            break;
        case Cast::multicast:
            add<MPTC>(0, count);
            break;
        case Cast::broadcast:
            add<BPTC>(0, count);
            break;
    }
    if (wire_len <= 64) {
        add<PTC64>(0, count);
    } else if (wire_len <= 127) {
        add<PTC127>(0, count);
    } else if (wire_len <= 255) {
        add<PTC255>(0, count);
    } else if (wire_len <= 511) {
        add<PTC511>(0, count);
    } else if (wire_len <= 1023) {
        add<PTC1023>(0, count);
    } else {
        add<PTC1522>(0, count);
    }
    left_queue(queue, count, bytes);
}

void Stats::exchanged(unsigned queue, std::size_t wire_len) {
    left_queue(queue, 1, wire_len);
}

void Stats::left_queue(unsigned queue, std::uint32_t count, std::uint64_t bytes) {
    const unsigned set = counter_set<TQSM>(regs_, queue);
    add<QPTC>(set, count);
    add_wide<QBTC_L, QBTC_H>(set, bytes);
    add<TXDGPC>(0, count);
    add_wide<TXDGBCL, TXDGBCH>(0, bytes);
}

// DS 8.2.2.22.21: a pool's bit says whether its packets count.
void Stats::spoofed(unsigned pool) {
    if ((regs_.get<PFVMECM>(pool / 32).raw() >> pool % 32 & 1) != 0) {
        add<SSVPC>(0, 1);
    }
}

void Stats::seen(std::size_t wire_len) {
    add<TPR>(0, 1);
    add_wide<TORL, TORH>(0, wire_len);
}

void Stats::received(ConstBytes destination, std::size_t wire_len) {
    add<GPRC>(0, 1);
    const bool strips_crc = regs_.get<HLREG0>().get(HLREG0::rxcrcstrp);
    add_wide<GORCL, GORCH>(0, wire_len - (strips_crc ? 4 : 0));
    switch (cast_of(destination)) {
        case Cast::unicast:
            break;
        case Cast::multicast:
            add<MPRC>(0, 1);
            break;
        case Cast::broadcast:
            add<BPRC>(0, 1);
            break;
    }
    if (wire_len <= 64) {
        add<PRC64>(0, 1);
    } else if (wire_len <= 127) {
        add<PRC127>(0, 1);
    } else if (wire_len <= 255) {
        add<PRC255>(0, 1);
    } else if (wire_len <= 511) {
        add<PRC511>(0, 1);
    } else if (wire_len <= 1023) {
        add<PRC1023>(0, 1);
    } else {
        add<PRC1522>(0, 1);
    }
}

// The DMA's counters, DS 8.2.2.17.11 to 22: a replicated frame counts once, its copies elsewhere.
void Stats::delivered(unsigned queue, std::size_t bytes, Origin origin) {
    const unsigned set = counter_set<RQSMR>(regs_, queue);
    add<QPRC>(set, 1);
    add_wide<QBRC_L, QBRC_H>(set, bytes);
    if (origin.exchanged) {
        if (origin.copy) {
            add<RXDLPBKPC>(0, 1);
            add_wide<RXDLPBKBCL, RXDLPBKBCH>(0, bytes);
        } else {
            add<RXLPBKPC>(0, 1);
            add_wide<RXLPBKBCL, RXLPBKBCH>(0, bytes);
        }
    } else if (origin.copy) {
        add<RXDDPC>(0, 1);
        add_wide<RXDDBCL, RXDDBCH>(0, bytes);
    } else {
        add<RXDGPC>(0, 1);
        add_wide<RXDGBCL, RXDGBCH>(0, bytes);
    }
}

void Stats::dropped(TxDrop reason) {
    ++state_.tx_drop[static_cast<unsigned>(reason)];
}

void Stats::dropped(RxDrop reason, unsigned queue) {
    ++state_.rx_drop[static_cast<unsigned>(reason)];
    switch (reason) {
        case RxDrop::undersize:
            add<RUC>(0, 1);
            break;
        case RxDrop::oversize:
            add<ROC>(0, 1);
            break;
        case RxDrop::no_descriptors:
        case RxDrop::queue_disabled:
            add<QPRDC>(counter_set<RQSMR>(regs_, queue), 1);
            break;
        case RxDrop::none:
        case RxDrop::receiver_off:
        case RxDrop::filtered:
        case RxDrop::no_pool:
        case RxDrop::not_switchable:
        case RxDrop::over_rlpml:
        case RxDrop::over_ring:
        case RxDrop::dma_failed:
        case RxDrop::count:
            break;
    }
}

}  // namespace ixgbe
