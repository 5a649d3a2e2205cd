// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block: docs/task-offload.md. Not of the X550 datasheet; the words are those of
// the Windows task-offload interface.
#pragma once

#include <array>
#include <cstdint>

#include "regs/bank.h"

namespace ixgbe::block {

inline constexpr std::uint32_t kMagic = 0x30353558;  // "X550"
inline constexpr std::uint32_t kVersion = 0x00010000;
inline constexpr std::uint32_t kLength = 0x500;

inline constexpr std::uint32_t kHardware = 0x010;
inline constexpr std::uint32_t kCurrent = 0x110;
inline constexpr std::uint32_t kRequest = 0x200;
inline constexpr std::uint32_t kRequestBytes = 0x80;
inline constexpr std::uint32_t kEncapsulation = 0x280;
inline constexpr std::uint32_t kEncapsulationBytes = 0x10;
inline constexpr std::uint32_t kEventVector = 0x2EC;
inline constexpr std::uint32_t kDoorbell = 0x2F0;
inline constexpr std::uint32_t kResult = 0x2F4;
inline constexpr std::uint32_t kGeneration = 0x2F8;
inline constexpr std::uint32_t kEvent = 0x2FC;
inline constexpr std::uint32_t kStatistics = 0x300;
inline constexpr std::uint32_t kEffective = 0x410;

struct Sections : Word<Sections> {
    static constexpr F<0> hardware{};
    static constexpr F<1> current{};
    static constexpr F<2> request{};
    static constexpr F<3> encapsulation{};
    static constexpr F<4> statistics{};
    static constexpr F<5> events{};
    static constexpr F<6> effective{};
};

// ---- capability words, in their order ----

enum class CapWord : std::uint8_t {
    csum,
    encaps,
    seg,
    lso1_max,
    lso2v4_max,
    lso2v6_max,
    uso4_max,
    uso6_max,
    min_segs,
    rsc,
    gre,
    gre_maxhdr,
    vxlan,
    vxlan_maxhdr,
    encap_port,
    rss_caps,
    rss_size,
    vmq_caps,
    vmq_size,
    ipsec,
    ipsec_auth,
    ipsec_enc,
    ipsec_sa,
    flags,
    count,
};
inline constexpr std::size_t kCapWords = static_cast<std::size_t>(CapWord::count);
using CapWords = std::array<std::uint32_t, kCapWords>;

struct Csum : Word<Csum> {
    static constexpr F<4, 0> tx{};  // IPv4, TCP/IPv4, UDP/IPv4, TCP/IPv6, UDP/IPv6
    static constexpr F<5> tx_ip4_options{};
    static constexpr F<6> tx_tcp4_options{};
    static constexpr F<7> tx_tcp6_options{};
    static constexpr F<8> tx_ip6_extensions{};
    static constexpr F<20, 16> rx{};
    static constexpr F<21> rx_ip4_options{};
    static constexpr F<22> rx_tcp4_options{};
    static constexpr F<23> rx_tcp6_options{};
    static constexpr F<24> rx_ip6_extensions{};
};

struct Encaps : Word<Encaps> {
    static constexpr F<15, 0> tx{};
    static constexpr F<31, 16> rx{};
};
inline constexpr std::uint32_t kEncapsulation8023 = 0x2;
inline constexpr std::uint32_t kTagInFrame = 0x4;
inline constexpr std::uint32_t kTagBeside = 0x8;

struct Seg : Word<Seg> {
    static constexpr F<0> lso1{};
    static constexpr F<1> lso2v4{};
    static constexpr F<2> lso2v6{};
    static constexpr F<3> lso1_tcp_options{};
    static constexpr F<4> lso1_ip_options{};
    static constexpr F<5> lso2v6_extensions{};
    static constexpr F<6> lso2v6_tcp_options{};
    static constexpr F<8> uso4{};
    static constexpr F<9> uso6{};
    static constexpr F<10> uso_sub_mss{};
    static constexpr F<11> uso6_extensions{};
    static constexpr F<16> id_16bit{};
};

struct MinSegs : Word<MinSegs> {
    static constexpr F<7, 0> lso1{};
    static constexpr F<15, 8> lso2v4{};
    static constexpr F<23, 16> lso2v6{};
    static constexpr F<31, 24> uso{};
};

struct Rsc : Word<Rsc> {
    static constexpr F<0> ip4{};
    static constexpr F<1> ip6{};
    static constexpr F<2> timestamps{};
    static constexpr F<31, 16> flows{};
};

struct Encapsulated : Word<Encapsulated> {  // GRE and VXLAN; a mask of kInner... in each
    static constexpr F<3, 0> tx_checksum{};
    static constexpr F<7, 4> rx_checksum{};
    static constexpr F<11, 8> lso2{};
    static constexpr F<15, 12> rss{};
    static constexpr F<19, 16> vmq{};
    static constexpr F<23, 20> uso{};
};
inline constexpr std::uint32_t kInnerIp4 = 1;
inline constexpr std::uint32_t kOuterIp4 = 2;
inline constexpr std::uint32_t kInnerIp6 = 4;
inline constexpr std::uint32_t kOuterIp6 = 8;

struct EncapPort : Word<EncapPort> {
    static constexpr F<15, 0> vxlan_port{};
    static constexpr F<16> configurable{};
    static constexpr F<25, 24> types{};  // NVGRE, VXLAN
};

struct RssCaps : Word<RssCaps> {
    static constexpr F<8> tcp_ip4{};
    static constexpr F<9> tcp_ip6{};
    static constexpr F<11> udp_ip4{};
    static constexpr F<12> udp_ip6{};
    static constexpr F<24> message_signalled{};
    static constexpr F<26> at_dpc{};
    static constexpr F<27> uses_msix{};
    static constexpr F<29> supports_msix{};
    static constexpr F<30> single_entries{};
};

struct Size : Word<Size> {  // RSS_SIZE and VMQ_SIZE
    static constexpr F<15, 0> queues{};
    static constexpr F<31, 16> entries{};  // of the table; MAC filters
};

struct VmqCaps : Word<VmqCaps> {
    static constexpr F<0> msix{};
    static constexpr F<1> vm_queue{};
    static constexpr F<3> dynamic_affinity{};
    static constexpr F<4> interrupt_coalescing{};
    static constexpr F<5> any_vlan{};
    static constexpr F<8> test_equal{};
    static constexpr F<16> mac{};
    static constexpr F<17> vlan{};
    static constexpr F<18> inner_mac{};
};

struct Flags : Word<Flags> {
    static constexpr F<16> encapsulation_active{};
    static constexpr F<17> engaged{};
    static constexpr F<18> ip4_active{};
    static constexpr F<19> ip6_active{};
    static constexpr F<24> prefer_vmq{};
};

// ---- requests: bytes of the area at kRequest ----

enum class Member : std::uint8_t {
    ip4_checksum = 0,
    tcp4_checksum = 1,
    udp4_checksum = 2,
    tcp6_checksum = 3,
    udp6_checksum = 4,
    lso1 = 5,
    ipsec1 = 6,
    lso2v4 = 7,
    lso2v6 = 8,
    tcp4_connection = 9,
    tcp6_connection = 10,
    flags = 12,  // four bytes
    ipsec2 = 16,
    ipsec2v4 = 17,
    rsc4 = 18,
    rsc6 = 19,
    encapsulated = 20,
    encapsulation_types = 21,
    vxlan_port = 22,  // two bytes
    uso4 = 24,
    uso6 = 25,
    udp_rsc = 26,
};

struct Doorbell : Word<Doorbell> {
    static constexpr F<0> parameters{};
    static constexpr F<1> encapsulation{};
    static constexpr F<2> defaults{};
    static constexpr F<3> clear_statistics{};
    static constexpr F<31, 4> unknown{};
};

enum class ResultCode : std::uint8_t {
    done = 0,
    busy = 1,
    not_supported = 2,
    invalid_data = 3,
    invalid_parameter = 4,
};

struct Result : Word<Result> {
    static constexpr F<7, 0, ResultCode> code{};
    static constexpr F<31, 16> offset{};  // of the member that was refused
};

struct Event : Word<Event> {
    static constexpr F<0> configuration{};
    static constexpr F<1> hardware{};
};

struct EventVector : Word<EventVector> {
    static constexpr F<5, 0> vector{};
    static constexpr F<31> enable{};
};

}  // namespace ixgbe::block
