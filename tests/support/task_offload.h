// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block as docs/task-offload.md describes it to a driver.
//
// Transcribed apart from the device's own tables, so that one wrong bit cannot pass on both sides.
#pragma once

#include <cstdint>

#include "datasheet_descriptors.h"

namespace x550 {

struct Block {
    static constexpr std::uint32_t magic = 0x000;
    static constexpr std::uint32_t version = 0x004;
    static constexpr std::uint32_t length = 0x008;
    static constexpr std::uint32_t sections = 0x00C;
    static constexpr std::uint32_t hardware = 0x010;
    static constexpr std::uint32_t current = 0x110;
    static constexpr std::uint32_t parameters = 0x200;
    static constexpr std::uint32_t encapsulation4 = 0x280;
    static constexpr std::uint32_t encapsulation6 = 0x288;
    static constexpr std::uint32_t request_end = 0x290;
    static constexpr std::uint32_t event_vector = 0x2EC;
    static constexpr std::uint32_t doorbell = 0x2F0;
    static constexpr std::uint32_t result = 0x2F4;
    static constexpr std::uint32_t generation = 0x2F8;
    static constexpr std::uint32_t event = 0x2FC;
    static constexpr std::uint32_t statistics = 0x300;
    static constexpr std::uint32_t effective = 0x410;
    static constexpr std::uint32_t bytes = 0x500;
};

struct Doorbell {
    static constexpr std::uint32_t parameters = bit(0);
    static constexpr std::uint32_t encapsulation = bit(1);
    static constexpr std::uint32_t defaults = bit(2);
    static constexpr std::uint32_t clear_statistics = bit(3);
};

struct EventVector {
    static constexpr std::uint32_t on = bit(31);
    static constexpr std::uint32_t vector_mask = 0x3F;
};

struct Event {
    static constexpr std::uint32_t current_changed = bit(0);
    static constexpr std::uint32_t hardware_changed = bit(1);
};

struct Result {
    static constexpr std::uint32_t done = 0;
    static constexpr std::uint32_t busy = 1;
    static constexpr std::uint32_t not_supported = 2;
    static constexpr std::uint32_t invalid_data = 3;
    static constexpr std::uint32_t invalid_parameter = 4;
    static constexpr std::uint32_t code_mask = 0xFF;
    static constexpr unsigned member_shift = 16;
};

// Capability words, from Block::hardware, Block::current and Block::effective.
struct Word {
    static constexpr std::uint32_t csum = 0x00;
    static constexpr std::uint32_t encaps = 0x04;
    static constexpr std::uint32_t seg = 0x08;
    static constexpr std::uint32_t lso1_max = 0x0C;
    static constexpr std::uint32_t lso2v4_max = 0x10;
    static constexpr std::uint32_t lso2v6_max = 0x14;
    static constexpr std::uint32_t uso4_max = 0x18;
    static constexpr std::uint32_t uso6_max = 0x1C;
    static constexpr std::uint32_t min_segs = 0x20;
    static constexpr std::uint32_t rsc = 0x24;
    static constexpr std::uint32_t gre = 0x28;
    static constexpr std::uint32_t gre_maxhdr = 0x2C;
    static constexpr std::uint32_t vxlan = 0x30;
    static constexpr std::uint32_t vxlan_maxhdr = 0x34;
    static constexpr std::uint32_t encap_port = 0x38;
    static constexpr std::uint32_t rss_caps = 0x3C;
    static constexpr std::uint32_t rss_size = 0x40;
    static constexpr std::uint32_t vmq_caps = 0x44;
    static constexpr std::uint32_t vmq_size = 0x48;
    static constexpr std::uint32_t ipsec = 0x4C;
    static constexpr std::uint32_t ipsec_auth = 0x50;
    static constexpr std::uint32_t ipsec_enc = 0x54;
    static constexpr std::uint32_t ipsec_sa = 0x58;
    static constexpr std::uint32_t flags = 0x5C;
    static constexpr std::uint32_t end = 0x60;
};

struct Csum {  // transmit; receive is the same, rx_shift higher
    static constexpr std::uint32_t ip4 = bit(0), tcp4 = bit(1), udp4 = bit(2), tcp6 = bit(3),
                                   udp6 = bit(4), ip_options = bit(5), tcp4_options = bit(6),
                                   tcp6_options = bit(7), ip6_ext = bit(8);
    static constexpr std::uint32_t all = 0x1FF;
    static constexpr unsigned rx_shift = 16;
};

struct Seg {
    static constexpr std::uint32_t lso1 = bit(0), lso2v4 = bit(1), lso2v6 = bit(2),
                                   v1_tcp_options = bit(3), v1_ip_options = bit(4), v2_ext = bit(5),
                                   v2_tcp6_options = bit(6), uso4 = bit(8), uso6 = bit(9),
                                   uso_short_last = bit(10), uso_ext = bit(11), id_16bit = bit(16);
};

struct Rsc {
    static constexpr std::uint32_t ip4 = bit(0), ip6 = bit(1), timestamps = bit(2);
    static constexpr unsigned flows_shift = 16;
};

struct EncapPort {
    static constexpr std::uint32_t port_mask = 0xFFFF;
    static constexpr std::uint32_t configurable = bit(16), nvgre = bit(24), vxlan = bit(25);
};

struct RssCaps {
    static constexpr std::uint32_t tcp4 = 0x100, tcp6 = 0x200, udp4 = 0x800, udp6 = 0x1000,
                                   message_signalled = 0x0100'0000, dpc = 0x0400'0000,
                                   uses_msix = 0x0800'0000, supports_msix = 0x2000'0000,
                                   entries_move = 0x4000'0000;
};

struct VmqCaps {
    static constexpr std::uint32_t msix = 1, vm_queue = 2, dynamic_affinity = 8,
                                   interrupt_coalescing = 0x10, any_vlan = 0x20;
    static constexpr std::uint32_t equal = bit(8), mac = bit(16), vlan = bit(17),
                                   inner_mac = bit(18);
};

struct Flags {
    static constexpr std::uint32_t encap_active = bit(16), engaged = bit(17), ip4 = bit(18),
                                   ip6 = bit(19);
    static constexpr std::uint32_t prefer_vmq = bit(24);
};

// Requested parameters, bytes from Block::parameters.
struct Param {
    static constexpr std::uint32_t ip4_csum = 0, tcp4_csum = 1, udp4_csum = 2, tcp6_csum = 3,
                                   udp6_csum = 4, lso1 = 5, ipsec1 = 6, lso2v4 = 7, lso2v6 = 8,
                                   connection4 = 9, connection6 = 10, flags = 12, ipsec2 = 16,
                                   ipsec2_ip4 = 17, rsc4 = 18, rsc6 = 19, encap = 20,
                                   encap_types = 21, vxlan_port = 22, uso4 = 24, uso6 = 25,
                                   udp_rsc = 26, end = 27;
    static constexpr std::uint32_t area = 0x80;
};

struct CsumValue {
    static constexpr std::uint8_t off = 1, tx = 2, rx = 3, both = 4;
};
struct Switch {  // LSO, USO, RSC
    static constexpr std::uint8_t off = 1, on = 2;
};
struct EncapValue {  // the other way round
    static constexpr std::uint8_t on = 1, off = 2;
    static constexpr std::uint8_t nvgre = 1, vxlan = 2, both = 3;
};

struct Counter {
    static constexpr unsigned rsc_segments = 0, rsc_bytes = 1, rsc_units = 2, rsc_aborts = 3;
    static constexpr unsigned e1 = 4, e2 = 5, e3 = 6, e4 = 7, e5 = 8, e6 = 9, e8 = 10, e7 = 11;
    static constexpr unsigned lso_requests = 12, lso_segments = 13, lso_off = 14,
                              lso_malformed = 15;
    static constexpr unsigned uso_requests = 16, uso_datagrams = 17, uso_rejected = 18;
    static constexpr unsigned ip_right = 19, ip_wrong = 20, tcp_right = 21, tcp_wrong = 22,
                              udp_right = 23, udp_wrong = 24;
    static constexpr unsigned encap_parsed = 25, encap_unknown = 26, encap_oversize = 27;
    static constexpr unsigned tx_csum_off = 28;
    static constexpr unsigned count = 29;
};

}  // namespace x550
