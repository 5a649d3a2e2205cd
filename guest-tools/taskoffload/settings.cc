// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <span>

#include "error.h"

namespace taskoffload {
namespace {

using Parameters = x550_offload_parameters;
using Member = std::uint8_t Parameters::*;

// What a name takes for a value.
enum class Kind { Checksum, Switch };

struct Setting {
    std::string_view name;
    Kind kind;
    std::uint32_t offset;  // of the member in the block
    Member member;
};

constexpr std::array kSettings{
    Setting{"csum-ip4", Kind::Checksum, X550_PARAMETERS + X550_PARAM_IP4_CHECKSUM,
            &Parameters::ip4_checksum},
    Setting{"csum-tcp4", Kind::Checksum, X550_PARAMETERS + X550_PARAM_TCP_IP4_CHECKSUM,
            &Parameters::tcp_ip4_checksum},
    Setting{"csum-udp4", Kind::Checksum, X550_PARAMETERS + X550_PARAM_UDP_IP4_CHECKSUM,
            &Parameters::udp_ip4_checksum},
    Setting{"csum-tcp6", Kind::Checksum, X550_PARAMETERS + X550_PARAM_TCP_IP6_CHECKSUM,
            &Parameters::tcp_ip6_checksum},
    Setting{"csum-udp6", Kind::Checksum, X550_PARAMETERS + X550_PARAM_UDP_IP6_CHECKSUM,
            &Parameters::udp_ip6_checksum},
    Setting{"lso1", Kind::Switch, X550_PARAMETERS + X550_PARAM_LSO_V1, &Parameters::lso_v1},
    Setting{"lso2-ip4", Kind::Switch, X550_PARAMETERS + X550_PARAM_LSO_V2_IP4,
            &Parameters::lso_v2_ip4},
    Setting{"lso2-ip6", Kind::Switch, X550_PARAMETERS + X550_PARAM_LSO_V2_IP6,
            &Parameters::lso_v2_ip6},
    Setting{"rsc-ip4", Kind::Switch, X550_PARAMETERS + X550_PARAM_RSC_IP4, &Parameters::rsc_ip4},
    Setting{"rsc-ip6", Kind::Switch, X550_PARAMETERS + X550_PARAM_RSC_IP6, &Parameters::rsc_ip6},
    Setting{"uso-ip4", Kind::Switch, X550_PARAMETERS + X550_PARAM_USO_IP4, &Parameters::uso_ip4},
    Setting{"uso-ip6", Kind::Switch, X550_PARAMETERS + X550_PARAM_USO_IP6, &Parameters::uso_ip6},
};

struct Group {
    std::string_view name;
    std::string_view prefix;  // of its members' names
};
constexpr std::array kGroups{Group{"csum", "csum-"}, Group{"lso", "lso"}, Group{"lso2", "lso2-"},
                             Group{"rsc", "rsc-"}, Group{"uso", "uso-"}};

// Properties that the host alone decides.
constexpr std::array<std::string_view, 19> kFixed{
    "csum-ip-options",  "csum-ip6-ext",     "lso-max",   "lso-min-segs", "lso-ipid",
    "uso-sub-mss",      "rsc-timestamps",   "rsc-flows", "rsc-max-segs", "encap-max-header",
    "vxlan-port-fixed", "task-offload-cap", "ipsec1",    "ipsec2",       "ipsec-sas",
    "vmq-vlan",         "rss-table",        "rss-udp",   "rss-or-vmq"};
constexpr std::array<std::string_view, 4> kRegisters{"rss", "rss-queues", "vmq", "vmq-queues"};

[[noreturn]] void refuse_value(std::string_view name, std::string_view value,
                               std::string_view values) {
    throw UsageError(std::string(name) + "=" + std::string(value) + ": values are " +
                     std::string(values));
}

bool on_off(std::string_view name, std::string_view value) {
    if (value != "on" && value != "off") {
        refuse_value(name, value, "on and off");
    }
    return value == "on";
}

std::uint8_t checksum(std::string_view name, std::string_view value) {
    const bool both = value == "both" || value == "on";
    if (!both && value != "tx" && value != "rx" && value != "off") {
        refuse_value(name, value, "off, tx, rx and both");
    }
    return x550_checksum_value(both || value == "tx" ? 1 : 0, both || value == "rx" ? 1 : 0);
}

std::uint8_t member_value(const Setting& setting, std::string_view name, std::string_view value) {
    if (setting.kind == Kind::Checksum) {
        return checksum(name, value);
    }
    return on_off(name, value) ? X550_SWITCH_ON : X550_SWITCH_OFF;
}

// A member of the parameters, or all of a group.
bool add_parameter(Request& request, std::string_view name, std::string_view value) {
    const auto* const group = std::find_if(kGroups.begin(), kGroups.end(),
                                           [&](const Group& g) { return g.name == name; });
    bool found = false;
    for (const Setting& setting : kSettings) {
        const bool in_group = group != kGroups.end() && setting.name.starts_with(group->prefix);
        if (setting.name == name || in_group) {
            request.parameters.*(setting.member) = member_value(setting, name, value);
            found = true;
        }
    }
    return found;
}

void add_tunnels(Request& request, unsigned types, bool on) {
    auto& chosen = on ? request.tunnels_on : request.tunnels_off;
    auto& other = on ? request.tunnels_off : request.tunnels_on;
    chosen = static_cast<std::uint8_t>(chosen | types);
    other = static_cast<std::uint8_t>(other & ~types);
}

bool add_tunnel(Request& request, std::string_view name, std::string_view value) {
    if (name == "nvgre") {
        add_tunnels(request, X550_TYPE_NVGRE, on_off(name, value));
    } else if (name == "vxlan") {
        add_tunnels(request, X550_TYPE_VXLAN, on_off(name, value));
    } else if (name == "encap") {
        add_tunnels(request, X550_TYPE_NVGRE | X550_TYPE_VXLAN, on_off(name, value));
    } else if (name == "vxlan-port") {
        const auto port = parse_number(value);
        if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max()) {
            refuse_value(name, value, "1 to 65535");
        }
        request.parameters.vxlan_udp_port = static_cast<std::uint16_t>(*port);
    } else {
        return false;
    }
    return true;
}

x550_encapsulation activation(bool on) {
    return on ? x550_encapsulation{X550_ENCAPSULATED_ON, X550_ENCAPSULATION_802_3, 0}
              : x550_encapsulation{X550_ENCAPSULATED_OFF, 0, 0};
}

bool add_activation(Request& request, std::string_view name, std::string_view value) {
    if (name == "ip4") {
        request.ip4 = activation(on_off(name, value));
    } else if (name == "ip6") {
        request.ip6 = activation(on_off(name, value));
    } else if (name == "active") {
        if (value != "ip4" && value != "ip6" && value != "both" && value != "none") {
            refuse_value(name, value, "ip4, ip6, both and none");
        }
        request.activate(value == "ip4" || value == "both", value == "ip6" || value == "both");
    } else {
        return false;
    }
    return true;
}

[[noreturn]] void refuse_name(std::string_view name) {
    const std::string text(name);
    const auto is_in = [&](std::span<const std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (is_in(kFixed)) {
        throw UsageError(text + " is fixed while the machine runs: start QEMU with -device x550," +
                         text + "=...");
    }
    if (is_in(kRegisters)) {
        throw UsageError(text +
                         " is switched by the X550's own registers, which belong to the driver: "
                         "use ethtool -K and -L");
    }
    throw UsageError("no setting is called " + text + "; there are:\n" + settings_help());
}

}  // namespace

bool Request::asks_parameters() const {
    std::array<std::uint32_t, X550_PARAMETERS_WORDS> words{};
    x550_pack_parameters(&parameters, words.data());
    return tunnels_on != 0 || tunnels_off != 0 ||
           std::any_of(words.begin(), words.end(), [](std::uint32_t word) { return word != 0; });
}

void Request::activate(bool ip4_on, bool ip6_on) {
    ip4 = activation(ip4_on);
    ip6 = activation(ip6_on);
}

void add_setting(Request& request, std::string_view text) {
    const std::size_t sign = text.find('=');
    if (sign == std::string_view::npos || sign == 0) {
        throw UsageError("'" + std::string(text) + "' is not NAME=VALUE, such as lso2-ip4=off");
    }
    const std::string_view name = text.substr(0, sign);
    const std::string_view value = text.substr(sign + 1);
    if (!add_parameter(request, name, value) && !add_tunnel(request, name, value) &&
        !add_activation(request, name, value)) {
        refuse_name(name);
    }
}

Request parse_settings(const std::vector<std::string>& texts) {
    Request request;
    for (const std::string& text : texts) {
        add_setting(request, text);
    }
    return request;
}

std::string settings_help() {
    return "  csum-ip4, csum-tcp4, csum-udp4, csum-tcp6, csum-udp6; csum for all: off, tx, rx, "
           "both\n"
           "  lso1, lso2-ip4, lso2-ip6; lso2 for both, lso for all three: on, off\n"
           "  uso-ip4, uso-ip6; uso for both: on, off\n"
           "  rsc-ip4, rsc-ip6; rsc for both: on, off\n"
           "  nvgre, vxlan; encap for both: on, off\n"
           "  vxlan-port: 1 to 65535\n"
           "  ip4, ip6 (receive checksums of that IP version): on, off\n"
           "  active: ip4, ip6, both, none\n";
}

std::string setting_of_member(std::uint32_t offset) {
    for (const Setting& setting : kSettings) {
        if (setting.offset == offset) {
            return std::string(setting.name);
        }
    }
    if (offset == X550_PARAMETERS + X550_PARAM_VXLAN_PORT) {
        return "vxlan-port";
    }
    if (offset == X550_PARAMETERS + X550_PARAM_ENCAPSULATED ||
        offset == X550_PARAMETERS + X550_PARAM_ENCAPSULATION_TYPES) {
        return "nvgre, vxlan";
    }
    if (offset >= X550_ENCAPSULATION_IP4 && offset < X550_ENCAPSULATION_IP6) {
        return "ip4";
    }
    const auto end = X550_ENCAPSULATION_IP6 + X550_ENCAPSULATION_WORDS * sizeof(std::uint32_t);
    return offset >= X550_ENCAPSULATION_IP6 && offset < end ? "ip6" : "";
}

std::optional<std::uint32_t> parse_number(std::string_view text, int base) {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return value;
}

}  // namespace taskoffload
