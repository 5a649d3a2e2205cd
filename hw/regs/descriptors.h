// SPDX-License-Identifier: GPL-2.0-or-later
// Transmit and receive descriptors: X550 DS 7.2.3.2 and 7.1.5, 7.1.6. All are 16 bytes,
// little-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/endian.h"
#include "regs/bank.h"

namespace ixgbe {

inline constexpr std::size_t kDescriptorBytes = 16;

enum class TxDescriptorType : std::uint8_t { context = 2, data = 3 };

enum class TxL4Type : std::uint8_t { udp = 0, tcp = 1, sctp = 2, none = 3 };

// What every transmit descriptor has in dw2, whatever its kind.
struct TxDescriptorKind : Word<TxDescriptorKind> {
    static constexpr F<29> dext{};                        // 0: legacy
    static constexpr F<23, 20, TxDescriptorType> dtyp{};  // if dext
};

// Legacy transmit descriptor, X550 DS 7.2.3.2.2.
struct TxLegacyCommand : Word<TxLegacyCommand> {  // dw2
    static constexpr F<30> vle{};
    static constexpr F<29> dext{};
    static constexpr F<27> rs{};
    static constexpr F<26> ic{};
    static constexpr F<25> ifcs{};
    static constexpr F<24> eop{};
    static constexpr F<23, 16> cso{};
    static constexpr F<15, 0> length{};
};

struct TxLegacyStatus : Word<TxLegacyStatus> {  // dw3
    static constexpr F<31, 16> vlan{};
    static constexpr F<15, 8> css{};
    static constexpr F<0> dd{};
};

struct TxLegacyDescriptor {
    le64 address;
    le32 command;
    le32 status;
};
static_assert(sizeof(TxLegacyDescriptor) == kDescriptorBytes);

// Advanced context descriptor, X550 DS 7.2.3.2.3.
struct TxContextHeader : Word<TxContextHeader> {  // dw0
    static constexpr F<31, 16> vlan{};
    static constexpr F<15, 9> maclen{};
    static constexpr F<8, 0> iplen{};
};

struct TxContextTunnel : Word<TxContextTunnel> {  // dw1
    static constexpr F<31, 24> tunnellen{};
    static constexpr F<23, 16> outeriplen{};
    static constexpr F<15, 10> fcoef{};
    static constexpr F<9, 0> ipsec_sa_index{};
};

struct TxContextCommand : Word<TxContextCommand> {  // dw2
    static constexpr F<29> dext{};
    static constexpr F<23, 20, TxDescriptorType> dtyp{};
    static constexpr F<15> fcoe{};
    static constexpr F<14> encryption{};
    static constexpr F<13> ipsec_type_esp{};
    static constexpr F<12, 11, TxL4Type> l4t{};
    static constexpr F<10> ipv4{};
    static constexpr F<8, 0> ipsec_esp_len{};
};

struct TxContextSegment : Word<TxContextSegment> {  // dw3
    static constexpr F<31, 16> mss{};
    static constexpr F<15, 8> l4len{};
    static constexpr F<4, 4, std::uint32_t> idx{};  // X550 has two contexts a queue
};

struct TxContextDescriptor {
    le32 header;
    le32 tunnel;
    le32 command;
    le32 segment;
};
static_assert(sizeof(TxContextDescriptor) == kDescriptorBytes);

// Advanced data descriptor, X550 DS 7.2.3.2.4.
struct TxDataCommand : Word<TxDataCommand> {  // dw2
    static constexpr F<31> tse{};
    static constexpr F<30> vle{};
    static constexpr F<29> dext{};
    static constexpr F<27> rs{};
    static constexpr F<25> ifcs{};
    static constexpr F<24> eop{};
    static constexpr F<23, 20, TxDescriptorType> dtyp{};
    static constexpr F<19> mac_tstamp{};
    static constexpr F<17> outeripcs{};
    static constexpr F<16> tunnel_type{};  // 1 NVGRE, 0 VXLAN; with outeripcs
    static constexpr F<15, 0> dtalen{};
};

struct TxDataOptions : Word<TxDataOptions> {  // dw3
    static constexpr F<31, 14> paylen{};
    static constexpr F<10> ipsec{};
    static constexpr F<9> txsm{};
    static constexpr F<8> ixsm{};
    static constexpr F<7> cc{};
    static constexpr F<4, 4, std::uint32_t> idx{};
    static constexpr F<0> dd{};  // write-back
};

struct TxDataDescriptor {
    le64 address;
    le32 command;
    le32 options;
};
static_assert(sizeof(TxDataDescriptor) == kDescriptorBytes);

// A transmit descriptor of a kind not yet known.
struct TxDescriptor {
    std::array<le32, 4> dw;

    [[nodiscard]] constexpr std::uint64_t address() const {
        return std::uint64_t{dw[1]} << 32 | std::uint32_t{dw[0]};
    }
    // Word i as a W of this file.
    template <typename W>
    [[nodiscard]] constexpr Value<W> word(unsigned i) const {
        return Value<W>(dw[i]);
    }
};
static_assert(sizeof(TxDescriptor) == kDescriptorBytes);

// Receive descriptor as software posts it, X550 DS 7.1.5.1 and 7.1.6.1. Legacy and one-buffer rings
// use the packet buffer only; the rest may hold an old write-back.
struct RxReadDescriptor {
    le64 packet_address;
    le64 header_address;
};
static_assert(sizeof(RxReadDescriptor) == kDescriptorBytes);

// Legacy write-back, X550 DS 7.1.5.
struct RxLegacyLength : Word<RxLegacyLength> {  // dw2
    static constexpr F<31, 16> fragment_checksum{};
    static constexpr F<15, 0> length{};
};

struct RxLegacyStatus : Word<RxLegacyStatus> {  // dw3
    static constexpr F<31, 16> vlan{};
    static constexpr F<15> ipe{};
    static constexpr F<14> tcpe{};
    static constexpr F<8> rxe{};
    static constexpr F<7> pif{};
    static constexpr F<6> ipcs{};
    static constexpr F<5> l4cs{};
    static constexpr F<4> udpcs{};
    static constexpr F<3> vp{};
    static constexpr F<1> eop{};
    static constexpr F<0> dd{};
};

struct RxLegacyDescriptor {
    le64 address;  // kept
    le32 length;
    le32 status;
};
static_assert(sizeof(RxLegacyDescriptor) == kDescriptorBytes);

enum class RssType : std::uint8_t {
    none = 0x0,
    tcp_ipv4 = 0x1,
    ipv4 = 0x2,
    tcp_ipv6 = 0x3,
    ipv6 = 0x5,
    udp_ipv4 = 0x7,
    udp_ipv6 = 0x8,
    flow_director = 0xF,
};

// Advanced write-back, X550 DS 7.1.6.2.
struct RxInfo : Word<RxInfo> {  // dw0
    static constexpr F<31> sph{};
    static constexpr F<30, 21> hdr_len{};
    static constexpr F<20, 17> rsccnt{};
    static constexpr F<16, 4> packet_type{};
    static constexpr F<16> tunnel{};
    static constexpr F<15> etqf{};  // then 6:4 is the filter
    static constexpr F<13> ah{};
    static constexpr F<12> esp{};
    static constexpr F<11> tunnel_vxlan{};  // only with tunnel; 0 NVGRE
    static constexpr F<10> sctp{};
    static constexpr F<9> udp{};
    static constexpr F<8> tcp{};
    static constexpr F<7> ipv6e{};
    static constexpr F<6> ipv6{};
    static constexpr F<5> ipv4e{};
    static constexpr F<4> ipv4{};
    static constexpr F<6, 4> etqf_index{};
    static constexpr F<3, 0, RssType> rsstype{};
};

struct RxFragment : Word<RxFragment> {  // dw1 when RXCSUM.PCSD is 0; else the RSS hash
    static constexpr F<31, 16> fragment_checksum{};
    static constexpr F<15, 0> ip_identification{};
};

struct RxFilterMatch : Word<RxFilterMatch> {  // dw1 when rsstype is flow_director
    static constexpr F<30, 16> hash{};        // of the bucket
    static constexpr F<14, 0> filter_id{};    // signature, or 13 bits of software index
};

struct RxStatus : Word<RxStatus> {  // dw2
    static constexpr F<31> ipe{};
    static constexpr F<30> l4e{};
    static constexpr F<29> rxe{};
    static constexpr F<28, 27> secerr{};
    static constexpr F<26> outeriper{};
    static constexpr F<23> hbo{};
    static constexpr F<22> fdirerr_coll{};
    static constexpr F<21> fdirerr_drop{};
    static constexpr F<20> fdirerr_len{};
    static constexpr F<19, 4> nextp{};  // in place of 19:4 while eop is 0 in an RSC sequence
    static constexpr F<19> bmc{};
    static constexpr F<18> lb{};
    static constexpr F<17> secp{};
    static constexpr F<16> ts{};
    static constexpr F<15> tsip{};
    static constexpr F<10> udpv{};
    static constexpr F<9> vext{};
    static constexpr F<8> outeripcs{};
    static constexpr F<7> pif{};
    static constexpr F<6> ipcs{};
    static constexpr F<5> l4cs{};
    static constexpr F<4> udpcs{};
    static constexpr F<3> vp{};
    static constexpr F<2> flm{};
    static constexpr F<1> eop{};
    static constexpr F<0> dd{};
};

struct RxLength : Word<RxLength> {  // dw3
    static constexpr F<31, 16> vlan{};
    static constexpr F<15, 0> pkt_len{};
};

struct RxWriteback {
    le32 info;
    le32 rss;
    le32 status;
    le32 length;
};
static_assert(sizeof(RxWriteback) == kDescriptorBytes);

}  // namespace ixgbe
