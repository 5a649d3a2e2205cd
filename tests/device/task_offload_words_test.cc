// SPDX-License-Identifier: GPL-2.0-or-later
// Capability words: what each property of the device takes away, and what is left where a guest
// has switched something off.

#include <array>
#include <functional>
#include <gtest/gtest.h>

#include "task_offload_rig.h"

namespace x550 {
namespace {

constexpr unsigned kWords = Word::end / 4;
using Words = std::array<std::uint32_t, kWords>;

Words words_at(const OffloadBlock& block, std::uint32_t section) {
    Words words{};
    for (unsigned i = 0; i < kWords; ++i) {
        words.at(i) = block.read(section + 4 * i);
    }
    return words;
}

constexpr std::uint32_t kInFrame = 0xE;  // 802.3, tag in the frame, tag beside it
constexpr std::uint32_t kAllRss = RssCaps::tcp4 | RssCaps::tcp6 | RssCaps::udp4 | RssCaps::udp6 |
                                  RssCaps::message_signalled | RssCaps::dpc | RssCaps::uses_msix |
                                  RssCaps::supports_msix | RssCaps::entries_move;

struct Expected {
    const char* name;
    std::uint32_t word, mask, value;
};
constexpr Expected kDefaults[] = {
    {"CSUM", Word::csum, ~0u, Csum::all | Csum::all << Csum::rx_shift},
    {"ENCAPS", Word::encaps, ~0u, kInFrame | kInFrame << 16},
    {"SEG", Word::seg, ~0u, 0x0F7F},
    {"LSO1_MAX", Word::lso1_max, ~0u, 65415},
    {"LSO2V4_MAX", Word::lso2v4_max, ~0u, 261120},
    {"LSO2V6_MAX", Word::lso2v6_max, ~0u, 261120},
    {"USO4_MAX", Word::uso4_max, ~0u, 261120},
    {"USO6_MAX", Word::uso6_max, ~0u, 261120},
    {"MIN_SEGS", Word::min_segs, ~0u, 0x02020202},
    {"RSC", Word::rsc, ~0u, 0x00200007},
    {"GRE", Word::gre, ~0u, 0xFFFFFF},
    {"GRE_MAXHDR", Word::gre_maxhdr, ~0u, 256},
    {"VXLAN", Word::vxlan, ~0u, 0xFFFFFF},
    {"VXLAN_MAXHDR", Word::vxlan_maxhdr, ~0u, 256},
    {"RSS_CAPS", Word::rss_caps, ~0u, kAllRss},
    {"RSS_SIZE", Word::rss_size, ~0u, 128u << 16 | 16},
    {"VMQ_CAPS", Word::vmq_caps, ~0u, 0x0007013B},
    {"VMQ_SIZE", Word::vmq_size, 0xFFFF, 16},
    {"IPSEC", Word::ipsec, ~0u, 0},
    {"IPSEC_AUTH", Word::ipsec_auth, ~0u, 0},
    {"IPSEC_ENC", Word::ipsec_enc, ~0u, 0},
    {"IPSEC_SA", Word::ipsec_sa, ~0u, 0},
    {"FLAGS", Word::flags, ~0u, 0},
};

TEST(TaskOffloadWords, HardwareIsWhatTheChipCanDo) {
    const TaskOffloadRig rig;
    for (const Expected& one : kDefaults) {
        EXPECT_EQ(rig.block.hardware(one.word) & one.mask, one.value) << one.name;
        EXPECT_EQ(rig.block.current(one.word) & one.mask, one.value) << "current " << one.name;
    }
    EXPECT_GE(rig.block.hardware(Word::vmq_size) >> 16, 16u) << "an address a queue at least";
    const std::uint32_t port = 4789 | EncapPort::configurable;
    EXPECT_EQ(rig.block.hardware(Word::encap_port), port | EncapPort::nvgre | EncapPort::vxlan);
    EXPECT_EQ(rig.block.current(Word::encap_port), port) << "CTRL-10: configured, not active";
}

// ---- one property at a time ----

struct Property {
    const char* name;
    std::function<void(ixgbe_offload_config&)> change;
    std::vector<Expected> expected;  // masked words that the property decides
};

constexpr std::uint32_t rx(std::uint32_t bits) {
    return bits << Csum::rx_shift;
}
constexpr Expected cleared(std::uint32_t word, std::uint32_t bits) {
    return {"cleared", word, bits, 0};
}
constexpr Expected all_of(std::uint32_t word, std::uint32_t value) {
    return {"replaced", word, ~0u, value};
}

// With the words of large sends that lose their checksums (COMBO-2, COMBO-3).
std::vector<Expected> without_lso4(std::vector<Expected> words) {
    const std::uint32_t bits = Seg::lso1 | Seg::v1_tcp_options | Seg::v1_ip_options | Seg::lso2v4;
    words.insert(words.end(), {cleared(Word::seg, bits), all_of(Word::lso1_max, 0),
                               all_of(Word::lso2v4_max, 0), cleared(Word::min_segs, 0xFFFF),
                               cleared(Word::gre, 0x100), cleared(Word::vxlan, 0x100)});
    return words;
}
std::vector<Expected> without_lso6(std::vector<Expected> words) {
    const std::uint32_t bits = Seg::lso2v6 | Seg::v2_ext | Seg::v2_tcp6_options;
    words.insert(words.end(), {cleared(Word::seg, bits), all_of(Word::lso2v6_max, 0),
                               cleared(Word::min_segs, 0xFF0000), cleared(Word::gre, 0x400),
                               cleared(Word::vxlan, 0x400)});
    return words;
}

// What follows from a bit that is gone goes as well: options of a protocol without a checksum, and
// what is inside of tunnels (COMBO-10).
const std::vector<Property>& properties() {
    using C = ixgbe_offload_config;
    static const std::vector<Property> list = {
        {"CsumIp4", [](C& c) { c.csum_ip4 = IXGBE_OFFLOAD_NONE; },
         without_lso4({cleared(Word::csum, Csum::ip4 | rx(Csum::ip4))})},
        {"CsumIp4Tx",
         [](C& c) { c.csum_ip4 = IXGBE_OFFLOAD_TX; },
         {cleared(Word::csum, rx(Csum::ip4))}},
        {"CsumTcp4", [](C& c) { c.csum_tcp4 = IXGBE_OFFLOAD_NONE; },
         without_lso4({cleared(
             Word::csum, Csum::tcp4 | Csum::tcp4_options | rx(Csum::tcp4 | Csum::tcp4_options))})},
        {"CsumUdp4Rx",
         [](C& c) { c.csum_udp4 = IXGBE_OFFLOAD_RX; },
         {cleared(Word::csum, Csum::udp4)}},
        {"CsumTcp6", [](C& c) { c.csum_tcp6 = IXGBE_OFFLOAD_NONE; },
         without_lso6({cleared(
             Word::csum, Csum::tcp6 | Csum::tcp6_options | rx(Csum::tcp6 | Csum::tcp6_options))})},
        {"CsumUdp6Tx",
         [](C& c) { c.csum_udp6 = IXGBE_OFFLOAD_TX; },
         {cleared(Word::csum, rx(Csum::udp6))}},
        {"CsumIpOptions",
         [](C& c) { c.csum_ip_options = false; },
         {cleared(Word::csum, Csum::ip_options | rx(Csum::ip_options))}},
        {"CsumIp6Ext",
         [](C& c) { c.csum_ip6_ext = false; },
         {cleared(Word::csum, Csum::ip6_ext | rx(Csum::ip6_ext))}},
        {"Lso1",
         [](C& c) { c.lso1 = false; },
         {cleared(Word::seg, Seg::lso1 | Seg::v1_tcp_options | Seg::v1_ip_options),
          all_of(Word::lso1_max, 0), cleared(Word::min_segs, 0xFF)}},
        {"Lso2Ip4",
         [](C& c) { c.lso2_ip4 = false; },
         {cleared(Word::seg, Seg::lso2v4), all_of(Word::lso2v4_max, 0),
          cleared(Word::min_segs, 0xFF00), cleared(Word::gre, 0x100), cleared(Word::vxlan, 0x100)}},
        {"Lso2Ip6",
         [](C& c) { c.lso2_ip6 = false; },
         {cleared(Word::seg, Seg::lso2v6 | Seg::v2_ext | Seg::v2_tcp6_options),
          all_of(Word::lso2v6_max, 0), cleared(Word::min_segs, 0xFF0000), cleared(Word::gre, 0x400),
          cleared(Word::vxlan, 0x400)}},
        {"LsoId16",
         [](C& c) { c.lso_id_16bit = true; },
         {{"set", Word::seg, Seg::id_16bit, Seg::id_16bit}}},
        {"LsoMinSegs", [](C& c) { c.lso_min_segs = 255; }, {all_of(Word::min_segs, ~0u)}},
        {"LsoMax",
         [](C& c) { c.lso_max = 50'000; },
         {all_of(Word::lso1_max, 50'000), all_of(Word::lso2v4_max, 50'000),
          all_of(Word::lso2v6_max, 50'000), all_of(Word::uso4_max, 50'000),
          all_of(Word::uso6_max, 50'000)}},
        {"UsoIp4",
         [](C& c) { c.uso_ip4 = false; },
         {cleared(Word::seg, Seg::uso4), all_of(Word::uso4_max, 0), cleared(Word::gre, 0x100000),
          cleared(Word::vxlan, 0x100000)}},
        {"UsoIp6",
         [](C& c) { c.uso_ip6 = false; },
         {cleared(Word::seg, Seg::uso6 | Seg::uso_ext), all_of(Word::uso6_max, 0),
          cleared(Word::gre, 0x400000), cleared(Word::vxlan, 0x400000)}},
        {"UsoSubMss",
         [](C& c) { c.uso_sub_mss = false; },
         {cleared(Word::seg, Seg::uso_short_last)}},
        {"RscIp4", [](C& c) { c.rsc_ip4 = false; }, {cleared(Word::rsc, Rsc::ip4)}},
        {"RscIp6", [](C& c) { c.rsc_ip6 = false; }, {cleared(Word::rsc, Rsc::ip6)}},
        {"RscTimestamps",
         [](C& c) { c.rsc_timestamps = false; },
         {cleared(Word::rsc, Rsc::timestamps)}},
        {"RscFlows",
         [](C& c) { c.rsc_flows = 3; },
         {{"flows", Word::rsc, 0xFFFF0000, 3u << Rsc::flows_shift}}},
        {"RssOrVmq",
         [](C& c) { c.prefer_vmq = true; },
         {{"hint", Word::flags, Flags::prefer_vmq, Flags::prefer_vmq}}},
        {"RscMaxSegs", [](C& c) { c.rsc_max_segs = 7; }, {}},
        {"Nvgre",
         [](C& c) { c.nvgre = false; },
         {all_of(Word::gre, 0), all_of(Word::gre_maxhdr, 0),
          cleared(Word::encap_port, EncapPort::nvgre)}},
        {"Vxlan",
         [](C& c) { c.vxlan = false; },
         {all_of(Word::vxlan, 0), all_of(Word::vxlan_maxhdr, 0),
          all_of(Word::encap_port, EncapPort::nvgre)}},
        {"EncapMaxHeader",
         [](C& c) { c.encap_max_header = 1024; },
         {all_of(Word::gre_maxhdr, 1024), all_of(Word::vxlan_maxhdr, 1024)}},
        {"VxlanPort",
         [](C& c) { c.vxlan_port = 8472; },
         {{"port", Word::encap_port, EncapPort::port_mask, 8472}}},
        {"VxlanPortFixed",
         [](C& c) { c.vxlan_port_fixed = true; },
         {cleared(Word::encap_port, EncapPort::configurable)}},
        {"RssUdp",
         [](C& c) { c.rss_udp = false; },
         {cleared(Word::rss_caps, RssCaps::udp4 | RssCaps::udp6)}},
        {"RssQueues", [](C& c) { c.rss_queues = 5; }, {{"", Word::rss_size, 0xFFFF, 5}}},
        {"RssTable",
         [](C& c) { c.rss_table = 64; },
         {{"entries", Word::rss_size, 0xFFFF0000, 64u << 16}}},
        {"VmqQueues", [](C& c) { c.vmq_queues = 63; }, {{"", Word::vmq_size, 0xFFFF, 63}}},
    };
    return list;
}

class TaskOffloadDeviceProperty : public testing::TestWithParam<std::size_t> {};

TEST_P(TaskOffloadDeviceProperty, ChangesItsBitsAndNoOthers) {
    const Property& one = properties()[GetParam()];
    const TaskOffloadRig usual;
    const TaskOffloadRig rig(changed_config(one.change));
    Words expected = words_at(usual.block, Block::hardware);
    for (const Expected& bits : one.expected) {
        std::uint32_t& word = expected.at(bits.word / 4);
        word = (word & ~bits.mask) | bits.value;
    }
    const Words hardware = words_at(rig.block, Block::hardware);
    for (unsigned i = 0; i < kWords; ++i) {
        EXPECT_EQ(hardware.at(i), expected.at(i)) << one.name << " word " << std::hex << 4 * i;
    }
}

INSTANTIATE_TEST_SUITE_P(Each, TaskOffloadDeviceProperty,
                         testing::Range(std::size_t{0}, properties().size()),
                         [](const auto& one) { return properties()[one.param].name; });

TEST(TaskOffloadWords, Lso1IsLimitedToAPacketOf64Kilobytes) {
    const TaskOffloadRig rig(changed_config([](auto& c) { c.lso_max = 262'143; }));
    EXPECT_EQ(rig.block.hardware(Word::lso1_max), 65'415u);
    EXPECT_EQ(rig.block.hardware(Word::lso2v4_max), 262'143u);
}

TEST(TaskOffloadWords, WithoutRssOrPoolsNothingIsToldOfThem) {
    const TaskOffloadRig rig(changed_config([](auto& c) { c.rss = c.vmq = false; }));
    EXPECT_EQ(rig.block.hardware(Word::rss_caps), 0u);
    EXPECT_EQ(rig.block.hardware(Word::rss_size), 0u);
    EXPECT_EQ(rig.block.hardware(Word::vmq_caps), 0u);
    EXPECT_EQ(rig.block.hardware(Word::vmq_size), 0u);
}

TEST(TaskOffloadWords, FiltersWithAVlanAreAProperty) {
    const TaskOffloadRig rig(changed_config([](auto& c) { c.vmq_vlan = false; }));
    EXPECT_EQ(rig.block.hardware(Word::vmq_caps) & VmqCaps::vlan, 0u);
    EXPECT_NE(rig.block.hardware(Word::vmq_caps) & VmqCaps::mac, 0u);
}

}  // namespace
}  // namespace x550
