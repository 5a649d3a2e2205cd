// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace taskoffload {
namespace {

using Parameters = x550_offload_parameters;

// The bits of a checksum keyword, whose 1 is transmit; the OID's values are others.
constexpr std::uint32_t kTransmit = 1;
constexpr std::uint32_t kReceive = 2;

struct Checksum {
    std::string_view granular;
    std::string_view grouped;
    std::uint32_t capability;
    std::uint8_t Parameters::*member;
};
constexpr std::array kChecksums{
    Checksum{"*IPChecksumOffloadIPv4", "*TCPUDPChecksumOffloadIPv4", X550_CSUM_IP4,
             &Parameters::ip4_checksum},
    Checksum{"*TCPChecksumOffloadIPv4", "*TCPUDPChecksumOffloadIPv4", X550_CSUM_TCP4,
             &Parameters::tcp_ip4_checksum},
    Checksum{"*UDPChecksumOffloadIPv4", "*TCPUDPChecksumOffloadIPv4", X550_CSUM_UDP4,
             &Parameters::udp_ip4_checksum},
    Checksum{"*TCPChecksumOffloadIPv6", "*TCPUDPChecksumOffloadIPv6", X550_CSUM_TCP6,
             &Parameters::tcp_ip6_checksum},
    Checksum{"*UDPChecksumOffloadIPv6", "*TCPUDPChecksumOffloadIPv6", X550_CSUM_UDP6,
             &Parameters::udp_ip6_checksum},
};

struct Switch {
    std::string_view keyword;
    std::uint32_t word;
    std::uint32_t capability;
    std::uint8_t Parameters::*member;
};
constexpr std::array kSwitches{
    Switch{"*LsoV2IPv4", X550_WORD_SEG, X550_SEG_LSO2_IP4, &Parameters::lso_v2_ip4},
    Switch{"*LsoV2IPv6", X550_WORD_SEG, X550_SEG_LSO2_IP6, &Parameters::lso_v2_ip6},
    Switch{"*UsoIPv4", X550_WORD_SEG, X550_SEG_USO_IP4, &Parameters::uso_ip4},
    Switch{"*UsoIPv6", X550_WORD_SEG, X550_SEG_USO_IP6, &Parameters::uso_ip6},
    Switch{"*RscIPv4", X550_WORD_RSC, X550_RSC_IP4, &Parameters::rsc_ip4},
    Switch{"*RscIPv6", X550_WORD_RSC, X550_RSC_IP6, &Parameters::rsc_ip6},
};

class Planner {
public:
    Planner(const Keywords& keywords, const CapsWords& hardware)
        : keywords_(keywords), hardware_(hardware) {}

    Plan make() {
        plan_.request.restore_defaults = true;
        plan_checksums();
        for (const Switch& entry : kSwitches) {
            plan_switch(entry, keywords_.value(entry.keyword) != 0);
        }
        plan_lso1();
        plan_tunnels();
        plan_port();
        plan_activation();
        note_queues();
        note_ipsec();
        note_coalesced_udp();
        return plan_;
    }

private:
    void note(const std::string& text) { plan_.notes.push_back(text); }

    // A keyword that was written down and cannot be followed is worth a word; a default is not.
    void note_lack(std::string_view keyword, const std::string& what) {
        if (keywords_.is_present(keyword)) {
            note(std::string(keyword) + ": " + what);
        }
    }

    // KEY-5: the grouped ones count only if no granular one is there.
    void plan_checksums() {
        const bool granular = std::any_of(
            kChecksums.begin(), kChecksums.end(),
            [&](const Checksum& entry) { return keywords_.is_present(entry.granular); });
        for (const Checksum& entry : kChecksums) {
            plan_checksum(entry, granular ? entry.granular : entry.grouped);
        }
        for (const std::string_view grouped :
             {kChecksums.front().grouped, kChecksums.back().grouped}) {
            if (granular) {
                note_lack(grouped, "not used, for there are granular checksum keywords (KEY-5)");
            }
        }
    }

    void plan_checksum(const Checksum& entry, std::string_view keyword) {
        const std::uint32_t csum = hardware_[X550_WORD_CSUM];
        const bool can_tx = x550_has(csum, entry.capability) != 0;
        const bool can_rx = x550_has(csum >> X550_CSUM_RECEIVE_SHIFT, entry.capability) != 0;
        const std::uint32_t offered = (can_tx ? kTransmit : 0) | (can_rx ? kReceive : 0);
        const std::uint32_t wanted = keywords_.value(keyword);
        plan_.request.parameters.*(entry.member) = x550_checksum_from_keyword(wanted & offered);
        if ((wanted & ~offered) != 0) {
            note_lack(keyword, offered == 0 ? "the hardware has no such checksum"
                                            : "the hardware has one direction only");
        }
    }

    void plan_switch(const Switch& entry, bool wanted) {
        const bool offered = x550_has(hardware_[entry.word], entry.capability) != 0;
        plan_.request.parameters.*(entry.member) =
            wanted && offered ? X550_SWITCH_ON : X550_SWITCH_OFF;
        if (wanted && !offered) {
            note_lack(entry.keyword, "the hardware lacks it");
        }
    }

    // KEY-3: the device serves IPv4 with either version on, so the newer keyword decides over both.
    void plan_lso1() {
        const Switch lso1{"*LsoV1IPv4", X550_WORD_SEG, X550_SEG_LSO1, &Parameters::lso_v1};
        const bool has_v2 = x550_has(hardware_[X550_WORD_SEG], X550_SEG_LSO2_IP4) != 0;
        const bool wanted = keywords_.value(lso1.keyword) != 0;
        const bool overruled = has_v2 && keywords_.value("*LsoV2IPv4") == 0;
        plan_switch(lso1, wanted && !overruled);
        if (wanted && overruled) {
            note_lack(lso1.keyword, "*LsoV2IPv4=0 goes before it (KEY-3)");
        }
    }

    // KEY-10: 0 takes the offload out of the configuration, 1 only permits to activate it later.
    // The first keyword stands for NVGRE as a whole. The block switches both tunnels at once: where
    // one is permitted, the other one is merely not activated.
    void plan_tunnels() {
        const bool nvgre = keywords_.value("*EncapsulatedPacketTaskOffload") != 0 &&
                           keywords_.value("*EncapsulatedPacketTaskOffloadNvgre") != 0;
        const bool vxlan = keywords_.value("*EncapsulatedPacketTaskOffloadVxlan") != 0;
        const std::uint32_t facts = hardware_[X550_WORD_ENCAP_PORT];
        const bool may_nvgre = nvgre && x550_has(facts, X550_ENCAP_PORT_NVGRE) != 0;
        const bool may_vxlan = vxlan && x550_has(facts, X550_ENCAP_PORT_VXLAN) != 0;
        if (!may_nvgre && !may_vxlan) {
            plan_.request.tunnels_off = X550_TYPE_NVGRE | X550_TYPE_VXLAN;
            return;
        }
        note(std::string("encapsulation offload: permitted for ") +
             (may_nvgre && may_vxlan ? "NVGRE and VXLAN"
              : may_nvgre            ? "NVGRE"
                                     : "VXLAN") +
             ", inactive until a protocol asks for it (CTRL-10)");
    }

    // Without the keyword the host's vxlan-port= stays.
    void plan_port() {
        constexpr std::string_view keyword = "*VxlanUDPPortNumber";
        const std::uint32_t port = keywords_.value(keyword);
        const std::uint32_t facts = hardware_[X550_WORD_ENCAP_PORT];
        if (!keywords_.is_present(keyword) || port == (facts & X550_ENCAP_PORT_MASK)) {
            return;
        }
        if (x550_has(facts, X550_ENCAP_PORT_CONFIGURABLE) == 0) {
            note_lack(keyword, "the port cannot be configured in this device");
        } else {
            plan_.request.parameters.vxlan_udp_port = x550_half(port, 0);
        }
    }

    // KEY-7, KEY-9: then protocols send no OID_OFFLOAD_ENCAPSULATION.
    void plan_activation() {
        if (keywords_.value("DisableTaskOffload") == 0) {
            plan_.request.activate(true, true);
        } else {
            note(
                "DisableTaskOffload=1: the stack uses no offload; receive checksums stay inactive "
                "(KEY-7, KEY-9)");
        }
    }

    void note_queues() {
        if (keywords_.value("*SRIOV") != 0 && keywords_.value("*SriovPreferred") != 0) {
            note("RSS and VMQ: *SRIOV decides (KEY-6); this device has no SR-IOV");
            return;
        }
        const bool vmq = keywords_.value("*RssOrVmqPreference") != 0;
        const std::string_view read = vmq ? "*VMQ" : "*RSS";
        note(std::string(vmq ? "VMQ" : "RSS") + (keywords_.value(read) != 0 ? " on, " : " off, ") +
             (vmq ? "*RSS" : "*VMQ") +
             " is not read (KEY-6): the driver does that in the X550's registers");
    }

    void note_ipsec() {
        for (const Keyword& keyword : all_keywords()) {
            if (keyword.use == Use::IPsec && keywords_.value(keyword.name) != 0) {
                note_lack(keyword.name, "the hardware has no IPsec");
            }
        }
        if (keywords_.value("EnabledOffload") == 0) {
            note("EnabledOffload=0: stops IPsec alone (KEY-8)");
        }
    }

    void note_coalesced_udp() {
        if (keywords_.value("*UdpRsc") != 0) {
            note_lack("*UdpRsc", "the hardware does not coalesce UDP");
        }
    }

    const Keywords& keywords_;
    const CapsWords& hardware_;
    Plan plan_;
};

}  // namespace

Plan plan_for(const Keywords& keywords, const CapsWords& hardware) {
    return Planner(keywords, hardware).make();
}

}  // namespace taskoffload
