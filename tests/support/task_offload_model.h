// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block as docs/task-offload.md has it, slow and plain: every word a driver reads,
// after any sequence of requests, doorbells and resets.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <ixgbe/ixgbe.h>

#include "task_offload_requests.h"

namespace x550 {

class OffloadModel {
    ixgbe_offload_config config_;

public:
    using Words = std::array<std::uint32_t, Word::end / 4>;

    explicit OffloadModel(const ixgbe_offload_config& config) : config_(config) { restore(); }

    std::uint32_t generation = 0, event = 0, event_vector = 0;
    std::vector<std::uint32_t> results{Result::done};  // RESULT is one of them
    OffloadRequests asked{config_};

    [[nodiscard]] Words hardware() const {
        const OffloadModel fresh(config_);
        Words words = fresh.configured(fresh.s_);
        at(words, Word::encap_port) |=
            (config_.nvgre ? EncapPort::nvgre : 0) | (config_.vxlan ? EncapPort::vxlan : 0);
        return words;
    }
    [[nodiscard]] Words current() const {
        Words words = configured(s_);
        at(words, Word::encap_port) |= s_.types << 24;
        at(words, Word::flags) = (s_.types != 0 ? Flags::encap_active : 0) |
                                 (s_.engaged ? Flags::engaged : 0) | s_.active << 18;
        return words;
    }

    void ring(std::uint32_t bits) {
        const bool restored = (bits & Doorbell::defaults) != 0;
        results = asked.refusals(bits, restored ? config_.vxlan_port : s_.port);
        if (results.empty()) {
            results = {Result::done};
            change([&] { take_effect(bits); });
        }
        asked.clear(bits);
    }
    // CTRL.RST and bus resets; `power_on` counts from 0 again.
    void reset(bool power_on) {
        change([&] { restore(); });
        event = event_vector = 0;
        results = {Result::done};
        generation = power_on ? 0 : generation;
        asked.clear(Doorbell::parameters | Doorbell::encapsulation);
    }
    void clear_event(std::uint32_t ones) { event &= ~ones; }

private:
    struct Settings {
        std::uint32_t csum_tx = 0, csum_rx = 0;  // IPv4, TCP/IPv4, UDP/IPv4, TCP/IPv6, UDP/IPv6
        bool lso1 = false, lso2v4 = false, lso2v6 = false, uso4 = false, uso6 = false;
        bool rsc4 = false, rsc6 = false, engaged = false;
        std::uint32_t configured = 0, types = 0;  // NVGRE, VXLAN; and active
        std::uint32_t active = 0;                 // IPv4, IPv6
        std::uint32_t port = 0;
    };

    [[nodiscard]] static std::uint32_t& at(Words& words, std::uint32_t word) {
        return words.at(word / 4);
    }
    void restore() {
        s_ = {};
        for (unsigned i = 0; i < 5; ++i) {
            const unsigned direction = csum_properties(config_).at(i);
            s_.csum_tx |= (direction & IXGBE_OFFLOAD_TX) != 0 ? 1u << i : 0;
            s_.csum_rx |= (direction & IXGBE_OFFLOAD_RX) != 0 ? 1u << i : 0;
        }
        const auto tx = [](std::uint8_t directions) {
            return (directions & IXGBE_OFFLOAD_TX) != 0;
        };
        const bool sums4 = tx(config_.csum_ip4) && tx(config_.csum_tcp4);
        s_.lso1 = config_.lso1 && sums4, s_.lso2v4 = config_.lso2_ip4 && sums4;
        s_.lso2v6 = config_.lso2_ip6 && tx(config_.csum_tcp6);
        s_.uso4 = config_.uso_ip4, s_.uso6 = config_.uso_ip6;
        s_.rsc4 = config_.rsc_ip4, s_.rsc6 = config_.rsc_ip6;
        s_.configured = (config_.nvgre ? 1 : 0) | (config_.vxlan ? 2 : 0);
        s_.port = config_.vxlan_port;
    }

    template <typename Step>
    void change(const Step& step) {
        const Words before = current();
        step();
        if (current() != before) {
            ++generation;
            event |= Event::current_changed;
        }
    }

    // ---- Capability words ----

    [[nodiscard]] std::uint32_t csum_half(std::uint32_t bits) const {
        return bits | (config_.csum_ip_options && (bits & 7) != 0 ? Csum::ip_options : 0) |
               ((bits & Csum::tcp4) != 0 ? Csum::tcp4_options : 0) |
               ((bits & Csum::tcp6) != 0 ? Csum::tcp6_options : 0) |
               (config_.csum_ip6_ext && (bits & 0x18) != 0 ? Csum::ip6_ext : 0);
    }
    [[nodiscard]] std::uint32_t seg_word(const Settings& s) const {
        return (s.lso1 ? Seg::lso1 | Seg::v1_tcp_options | Seg::v1_ip_options : 0) |
               (s.lso2v4 ? Seg::lso2v4 : 0) |
               (s.lso2v6 ? Seg::lso2v6 | Seg::v2_ext | Seg::v2_tcp6_options : 0) |
               (s.uso4 ? Seg::uso4 : 0) | (s.uso6 ? Seg::uso6 | Seg::uso_ext : 0) |
               ((s.uso4 || s.uso6) && config_.uso_sub_mss ? Seg::uso_short_last : 0) |
               (config_.lso_id_16bit ? Seg::id_16bit : 0);
    }
    // Rule COMBO-10: inside a tunnel there is what there is without one.
    [[nodiscard]] std::uint32_t tunnel_word(const Settings& s) const {
        const auto nibble = [](bool inner4, bool inner6, unsigned shift) {
            const std::uint32_t inner = (inner4 ? 1u : 0u) | (inner6 ? 4u : 0u);
            return (inner == 0 ? 0 : inner | 0xA) << shift;
        };
        const auto sums = [&](std::uint32_t bits, unsigned shift) {
            return nibble((bits & 7) != 0, (bits & 0x18) != 0, shift);
        };
        return sums(s.csum_tx, 0) | sums(s.csum_rx, 4) | nibble(s.lso2v4, s.lso2v6, 8) |
               nibble(config_.rss, config_.rss, 12) | nibble(config_.vmq, config_.vmq, 16) |
               nibble(s.uso4, s.uso6, 20);
    }
    // The words that a guest can switch, and the port; not what never changes.
    [[nodiscard]] Words configured(const Settings& s) const {
        Words w{};
        at(w, Word::csum) = csum_half(s.csum_tx) | csum_half(s.csum_rx) << Csum::rx_shift;
        at(w, Word::seg) = seg_word(s);
        at(w, Word::lso1_max) = s.lso1 ? std::min(config_.lso_max, 65'415u) : 0;
        at(w, Word::lso2v4_max) = s.lso2v4 ? config_.lso_max : 0;
        at(w, Word::lso2v6_max) = s.lso2v6 ? config_.lso_max : 0;
        at(w, Word::uso4_max) = s.uso4 ? config_.lso_max : 0;
        at(w, Word::uso6_max) = s.uso6 ? config_.lso_max : 0;
        const std::uint32_t least = config_.lso_min_segs;
        at(w, Word::min_segs) = (s.lso1 ? least : 0) | (s.lso2v4 ? least << 8 : 0) |
                                (s.lso2v6 ? least << 16 : 0) | (s.uso4 || s.uso6 ? least << 24 : 0);
        if (s.rsc4 || s.rsc6) {
            at(w, Word::rsc) = (s.rsc4 ? Rsc::ip4 : 0) | (s.rsc6 ? Rsc::ip6 : 0) |
                               (config_.rsc_timestamps ? Rsc::timestamps : 0) |
                               std::uint32_t{config_.rsc_flows} << Rsc::flows_shift;
        }
        if ((s.configured & EncapValue::nvgre) != 0) {
            at(w, Word::gre) = tunnel_word(s);
            at(w, Word::gre_maxhdr) = config_.encap_max_header;
        }
        if ((s.configured & EncapValue::vxlan) != 0) {
            at(w, Word::vxlan) = tunnel_word(s);
            at(w, Word::vxlan_maxhdr) = config_.encap_max_header;
        }
        if (config_.vxlan) {
            at(w, Word::encap_port) =
                s.port | (config_.vxlan_port_fixed ? 0 : EncapPort::configurable);
        }
        return w;
    }

    // ---- Requests ----

    void take_effect(std::uint32_t bits) {
        if ((bits & Doorbell::defaults) != 0) {
            restore();
        }
        if ((bits & Doorbell::parameters) != 0) {
            take_parameters();
        }
        for (unsigned v = 0; (bits & Doorbell::encapsulation) != 0 && v < 2; ++v) {
            const std::uint8_t enabled = asked.encapsulation.at(8 * v);
            s_.active |= enabled == EncapValue::on ? 1u << v : 0;
            s_.active &= enabled == EncapValue::off ? ~(1u << v) : ~0u;
        }
        s_.engaged = s_.engaged || (bits & (Doorbell::parameters | Doorbell::encapsulation)) != 0;
    }
    void take_parameters() {
        for (unsigned i = 0; i < 5; ++i) {
            if (const std::uint8_t value = asked.request.at(i); value != 0) {
                const bool tx = value == CsumValue::tx || value == CsumValue::both;
                const bool rx = value == CsumValue::rx || value == CsumValue::both;
                s_.csum_tx = (s_.csum_tx & ~(1u << i)) | (tx ? 1u << i : 0);
                s_.csum_rx = (s_.csum_rx & ~(1u << i)) | (rx ? 1u << i : 0);
            }
        }
        const auto set = [&](bool& on, std::uint32_t member) {
            on = asked.request.at(member) == 0 ? on : asked.request.at(member) == Switch::on;
        };
        set(s_.lso1, Param::lso1), set(s_.lso2v4, Param::lso2v4), set(s_.lso2v6, Param::lso2v6);
        set(s_.uso4, Param::uso4), set(s_.uso6, Param::uso6);
        set(s_.rsc4, Param::rsc4), set(s_.rsc6, Param::rsc6);
        if (asked.request[Param::encap] != 0) {
            const std::uint32_t types = asked.request[Param::encap_types];
            const bool on = asked.request[Param::encap] == EncapValue::on;
            s_.types = !on ? 0 : types == 0 ? std::uint32_t{EncapValue::nvgre} : types;
            s_.configured = s_.types;
        }
        s_.port = asked.port() != 0 ? asked.port() : s_.port;
    }

    Settings s_;
};

}  // namespace x550
