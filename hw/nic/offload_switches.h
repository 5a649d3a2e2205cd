// SPDX-License-Identifier: GPL-2.0-or-later
// Which offloads the data path may do, and how often it did: the task-offload block's side of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <ixgbe/offload.h>
#include <ixgbe/state.h>

#include "net/checksum.h"
#include "net/headers.h"
#include "net/parse.h"
#include "nic/drop_reason.h"
#include "nic/tx_request.h"

namespace ixgbe {

// In the order of the block's statistics.
enum class OffloadCounter : std::uint8_t {
    rsc_segments,
    rsc_octets,
    rsc_units,
    rsc_aborts,
    rsc_no_resources,  // RSC-E1
    rsc_bad_checksum,
    rsc_flag,
    rsc_option,
    rsc_ip_option,
    rsc_fragment,  // RSC-E6
    rsc_ecn,       // RSC-E8
    rsc_full,      // RSC-E7
    lso_requests,
    lso_segments,
    lso_while_off,
    lso_malformed,
    uso_requests,
    uso_datagrams,
    uso_rejected,
    rx_ip_good,
    rx_ip_bad,
    rx_tcp_good,
    rx_tcp_bad,
    rx_udp_good,
    rx_udp_bad,
    encapsulated,
    encapsulation_unknown,
    encapsulation_oversize,
    tx_checksum_while_off,
    count,
};

// Bits of ixgbe_offload_settings.csum_tx and csum_rx.
enum class Sum : std::uint8_t { ip4 = 1, tcp4 = 2, udp4 = 4, tcp6 = 8, udp6 = 16 };
// Bits of ixgbe_offload_settings.segmentation.
enum class Cut : std::uint8_t { lso1 = 1, lso2v4 = 2, lso2v6 = 4, uso4 = 8, uso6 = 16 };
// Bits of .rsc and .active.
enum class Version : std::uint8_t { ip4 = 1, ip6 = 2 };
// Bits of .encap_types.
enum class Encapsulation : std::uint8_t { nvgre = 1, vxlan = 2 };

// An LSOv1 request is one IPv4 packet, with the longest headers of IP and TCP.
inline constexpr std::uint32_t kLso1Max = 65535 - 60 - 60;

// Values of ixgbe_offload_settings.engaged.
inline constexpr std::uint8_t kEngagedByGuest = 1;
inline constexpr std::uint8_t kEngagedByHost = 2;

template <typename E>
[[nodiscard]] constexpr bool has(std::uint8_t set, E bit) {
    return (set & static_cast<std::uint8_t>(bit)) != 0;
}

// What the properties leave of the chip, as settings: everything a guest can switch is on.
[[nodiscard]] ixgbe_offload_settings offered(const ixgbe_offload_config& config);

// What the data path asks before it does something. Until a doorbell was rung the transmit side is
// wide open, and the receive side is what the properties leave.
struct OffloadGates {
    // transmit
    bool all_requests = true;     // limit() leaves every request as it is
    std::uint8_t csum_tx = 0x1f;  // mask of Sum
    bool tx_options = true;       // IPv4 options, IPv6 extension headers: with checksums
    bool tx_extensions = true;
    bool tx_nvgre = true;
    bool tx_vxlan = true;
    std::uint32_t tcp4_max = UINT32_MAX;  // payload bytes of a large send; 0: off
    std::uint32_t tcp6_max = UINT32_MAX;
    std::uint32_t udp4_max = UINT32_MAX;
    std::uint32_t udp6_max = UINT32_MAX;
    std::uint16_t id_count_mask = 0xffff;  // LSO-13
    // receive
    bool all_verdicts = true;      // limit() leaves every verdict as it is
    std::uint8_t csum_rx = 0;      // mask of Sum
    std::uint8_t rx_versions = 3;  // mask of Version: what is checked at all (CTRL-3)
    bool ip4_options = true;
    bool ip6_extensions = true;
    bool nvgre = true;
    bool vxlan = true;
    std::size_t max_header = SIZE_MAX;  // of an encapsulated packet, NVGRE-23
    bool rsc4 = true;
    bool rsc6 = false;  // drivers of the X550 take every unit for IPv4
    bool rsc_timestamps = true;
    std::size_t rsc_flows = 32;
    unsigned rsc_max_segments = UINT32_MAX;
    bool rss = true;
    bool rss_udp = true;
    unsigned rss_queues = 128;
    unsigned rss_entries = 512;
    bool vmq = true;
    unsigned pools = 64;
    bool pool_by_inner = false;  // of an encapsulated frame: NVGRE-21
};

// The settings a guest can change, the gates that follow from them, and the counters. Settings
// live in the state; gates are rebuilt by settings_changed().
class OffloadSwitches {
public:
    // `config` has passed ixgbe_offload_check(). Without a block nothing is counted.
    OffloadSwitches(ixgbe_task_offload_state& state, const ixgbe_offload_config& config,
                    bool block);

    [[nodiscard]] const OffloadGates& gates() const { return gates_; }
    [[nodiscard]] const ixgbe_offload_config& config() const { return config_; }

    [[nodiscard]] bool block() const { return block_; }
    // As after a reset: what is offered, nothing active, the chip's own registers decide.
    [[nodiscard]] ixgbe_offload_settings defaults() const { return offered_; }
    void settings_changed();

    void count(OffloadCounter counter, std::uint64_t by = 1) {
        if (block_) {
            state_.counter[static_cast<std::size_t>(counter)] += by;
        }
    }

    // Takes out of a packet's request what is off. Not none: the packet is dropped.
    struct Limited {
        TxDrop drop = TxDrop::none;
        bool checksum_ignored = false;
    };
    // `ipv4`: the version of the innermost IP header that the descriptor's lengths lead to.
    [[nodiscard]] Limited limit(TxRequest& request, bool ipv4) const;
    // A packet is done, and this became of it.
    void count_sent(const TxRequest& request, const Limited& limited, TxDrop drop) {
        if (request.segment || limited.checksum_ignored) {
            count_special(request, limited, drop);
        }
    }

    // The part of a verdict that may be told.
    [[nodiscard]] ChecksumVerdict limit(ChecksumVerdict verdict, const PacketInfo& info) const {
        return gates_.all_verdicts ? verdict : limited(verdict, info);
    }
    // `frames` alike, delivered with what is told of them.
    void count_received(ChecksumVerdict told, const PacketInfo& info, bool oversize_tunnel,
                        std::uint32_t frames = 1) {
        if (!block_) {
            return;
        }
        if (told.ip_checked) {
            const bool bad = told.ip_bad || (told.outer_ip_checked && told.outer_bad);
            count(bad ? OffloadCounter::rx_ip_bad : OffloadCounter::rx_ip_good, frames);
        }
        const L4Kind kind = info.innermost().l4.kind;
        if (told.l4_checked && kind == L4Kind::tcp) {
            count(told.l4_bad ? OffloadCounter::rx_tcp_bad : OffloadCounter::rx_tcp_good, frames);
        } else if (told.l4_checked && kind == L4Kind::udp) {
            count(told.l4_bad ? OffloadCounter::rx_udp_bad : OffloadCounter::rx_udp_good, frames);
        }
        if (info.has_inner() || oversize_tunnel || info.outer.protocol == ipproto::kGre) {
            count_tunnel(info, oversize_tunnel, frames);
        }
    }

private:
    void count_special(const TxRequest& request, const Limited& limited, TxDrop drop);
    void count_tunnel(const PacketInfo& info, bool oversize_tunnel, std::uint32_t frames);
    [[nodiscard]] ChecksumVerdict limited(ChecksumVerdict verdict, const PacketInfo& info) const;
    [[nodiscard]] TxDrop limit_large_send(const TxRequest& request) const;
    void engage(const ixgbe_offload_settings& settings);
    void engage_for_host(const ixgbe_offload_settings& settings);

    ixgbe_task_offload_state& state_;
    const ixgbe_offload_config config_;
    const ixgbe_offload_settings offered_;
    const bool block_;
    OffloadGates gates_;
};

}  // namespace ixgbe
