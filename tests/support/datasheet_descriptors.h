// SPDX-License-Identifier: GPL-2.0-or-later
// Descriptors as the X550 datasheet describes them to a driver; as apart from the device's own as
// datasheet.h.
#pragma once

#include <cstdint>

namespace x550 {

[[nodiscard]] constexpr std::uint32_t bit(unsigned n) {
    return 1u << n;
}

// ---- Transmit descriptors ----

struct TxLegacy {  // DS 7.2.3.2.2
    static constexpr unsigned cso_shift = 16;
    static constexpr std::uint32_t eop = bit(24);
    static constexpr std::uint32_t ifcs = bit(25);
    static constexpr std::uint32_t ic = bit(26);
    static constexpr std::uint32_t rs = bit(27);
    static constexpr std::uint32_t vle = bit(30);
    static constexpr unsigned css_shift = 8;
    static constexpr unsigned vlan_shift = 16;
    static constexpr std::uint32_t dd = bit(0);
};

struct TxData {  // DS 7.2.3.2.4
    static constexpr std::uint32_t tunnel_type_nvgre = bit(16);
    static constexpr std::uint32_t outer_ip_cs = bit(17);
    static constexpr std::uint32_t dtyp = 3u << 20;
    static constexpr std::uint32_t eop = bit(24);
    static constexpr std::uint32_t ifcs = bit(25);
    static constexpr std::uint32_t rs = bit(27);
    static constexpr std::uint32_t dext = bit(29);
    static constexpr std::uint32_t vle = bit(30);
    static constexpr std::uint32_t tse = bit(31);
    static constexpr std::uint32_t dd = bit(0);
    static constexpr unsigned idx_shift = 4;
    static constexpr std::uint32_t cc = bit(7);
    static constexpr std::uint32_t ixsm = bit(8);
    static constexpr std::uint32_t txsm = bit(9);
    static constexpr unsigned paylen_shift = 14;
};

struct TxContext {  // DS 7.2.3.2.3
    static constexpr unsigned maclen_shift = 9;
    static constexpr unsigned vlan_shift = 16;
    static constexpr unsigned outer_iplen_shift = 16;
    static constexpr unsigned tunnellen_shift = 24;
    static constexpr std::uint32_t ipv4 = bit(10);
    static constexpr std::uint32_t l4_udp = 0u << 11;
    static constexpr std::uint32_t l4_tcp = 1u << 11;
    static constexpr std::uint32_t l4_sctp = 2u << 11;
    static constexpr std::uint32_t l4_none = 3u << 11;
    static constexpr std::uint32_t dtyp = 2u << 20;
    static constexpr std::uint32_t dext = bit(29);
    static constexpr unsigned idx_shift = 4;
    static constexpr unsigned l4len_shift = 8;
    static constexpr unsigned mss_shift = 16;
};

// ---- Receive descriptors ----

enum class RxDescriptorType : std::uint8_t {
    legacy = 0,
    one_buffer = 1,
    header_split = 2,
    header_split_always = 5,
};

struct RxLegacy {  // DS 7.1.5: word 3
    static constexpr std::uint32_t dd = bit(0);
    static constexpr std::uint32_t eop = bit(1);
    static constexpr std::uint32_t vp = bit(3);
    static constexpr std::uint32_t udpcs = bit(4);
    static constexpr std::uint32_t l4cs = bit(5);
    static constexpr std::uint32_t ipcs = bit(6);
    static constexpr std::uint32_t pif = bit(7);
    static constexpr std::uint32_t rxe = bit(8);
    static constexpr std::uint32_t tcpe = bit(14);
    static constexpr std::uint32_t ipe = bit(15);
};

struct RxWriteBack {  // DS 7.1.6.2: word 2, and word 0 where marked
    static constexpr std::uint32_t dd = bit(0);
    static constexpr std::uint32_t eop = bit(1);
    static constexpr std::uint32_t flm = bit(2);
    static constexpr std::uint32_t vp = bit(3);
    static constexpr std::uint32_t udpcs = bit(4);
    static constexpr std::uint32_t l4cs = bit(5);
    static constexpr std::uint32_t ipcs = bit(6);
    static constexpr std::uint32_t pif = bit(7);
    static constexpr std::uint32_t outer_ipcs = bit(8);
    static constexpr std::uint32_t vext = bit(9);
    static constexpr std::uint32_t lb = bit(18);
    static constexpr std::uint32_t fdir_len = bit(20);
    static constexpr std::uint32_t fdir_drop = bit(21);
    static constexpr std::uint32_t fdir_coll = bit(22);
    static constexpr std::uint32_t hbo = bit(23);
    static constexpr std::uint32_t rxe = bit(29);
    static constexpr std::uint32_t l4e = bit(30);
    static constexpr std::uint32_t ipe = bit(31);
    // word 0
    static constexpr std::uint32_t rss_type_mask = 0xF;
    static constexpr std::uint32_t type_ipv4 = bit(4);
    static constexpr std::uint32_t type_ipv4_options = bit(5);
    static constexpr std::uint32_t type_ipv6 = bit(6);
    static constexpr std::uint32_t type_ipv6_extensions = bit(7);
    static constexpr std::uint32_t type_tcp = bit(8);
    static constexpr std::uint32_t type_udp = bit(9);
    static constexpr std::uint32_t type_sctp = bit(10);
    static constexpr std::uint32_t type_etqf = bit(15);
    static constexpr std::uint32_t type_mask = 0x1FFF0;
    static constexpr unsigned hdr_len_shift = 21;
    static constexpr std::uint32_t hdr_len_mask = 0x3FF;
    static constexpr std::uint32_t sph = bit(31);
    static constexpr unsigned rsccnt_shift = 17;
    static constexpr std::uint32_t rsccnt_mask = 0xF;
    static constexpr unsigned nextp_shift = 4;  // word 2 without EOP
};

}  // namespace x550
