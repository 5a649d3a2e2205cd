// SPDX-License-Identifier: GPL-2.0-or-later
#include "keywords.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <set>

#include "registry_text.h"
#include "settings.h"

namespace taskoffload {
namespace {

constexpr std::uint32_t kAny16 = std::numeric_limits<std::uint16_t>::max();

const std::vector<Keyword>& keyword_table() {
    static const std::vector<Keyword> table{
        {"*IPChecksumOffloadIPv4", Use::Block, 0, 3, 3},
        {"*TCPChecksumOffloadIPv4", Use::Block, 0, 3, 3},
        {"*TCPChecksumOffloadIPv6", Use::Block, 0, 3, 3},
        {"*UDPChecksumOffloadIPv4", Use::Block, 0, 3, 3},
        {"*UDPChecksumOffloadIPv6", Use::Block, 0, 3, 3},
        {"*TCPUDPChecksumOffloadIPv4", Use::Block, 0, 3, 3},
        {"*TCPUDPChecksumOffloadIPv6", Use::Block, 0, 3, 3},
        {"*LsoV1IPv4", Use::Block, 0, 1, 1},
        {"*LsoV2IPv4", Use::Block, 0, 1, 1},
        {"*LsoV2IPv6", Use::Block, 0, 1, 1},
        {"*UsoIPv4", Use::Block, 0, 1, 1},
        {"*UsoIPv6", Use::Block, 0, 1, 1},
        {"*RscIPv4", Use::Block, 0, 1, 1},
        {"*RscIPv6", Use::Block, 0, 1, 1},
        {"*UdpRsc", Use::Block, 0, 1, 1},
        {"*PriorityVLANTag", Use::Driver, 0, 3, 3},
        {"*JumboPacket", Use::Driver, 0, 0, 1514, 1, {1514, 4088, 9014}},

        {"*EncapsulatedPacketTaskOffload", Use::Block, 0, 1, 1},
        {"*EncapsulatedPacketTaskOffloadNvgre", Use::Block, 0, 1, 1},
        {"*EncapsulatedPacketTaskOffloadVxlan", Use::Block, 0, 1, 1},
        {"*VxlanUDPPortNumber", Use::Block, 1, kAny16, 4789},
        {"*EncapOverhead", Use::Driver, 0, 256, 0, 32},

        {"*RSS", Use::Queues, 0, 1, 1},
        {"*RSSProfile", Use::Queues, 1, 6, 4},
        {"*NumRSSQueues", Use::Queues, 1, kAny16, 16},
        {"*MaxRssProcessors", Use::Queues, 1, kAny16, 16},
        {"*RssBaseProcGroup", Use::Queues, 0, kAny16, 0},
        {"*RssBaseProcNumber", Use::Queues, 0, kAny16, 0},
        {"*RssMaxProcGroup", Use::Queues, 0, kAny16, 0},
        {"*RssMaxProcNumber", Use::Queues, 0, kAny16, {}},
        {"*NumaNodeId", Use::Queues, 0, kAny16, kAny16},
        {"*RssOnHostVPorts", Use::Queues, 0, 1, 1},

        {"*VMQ", Use::Queues, 0, 1, 1},
        {"*VMQLookaheadSplit", Use::Queues, 0, 1, {}},
        {"*VMQVlanFiltering", Use::Queues, 0, 1, 1},
        {"*RssOrVmqPreference", Use::Queues, 0, 1, 0},
        {"*SRIOV", Use::Queues, 0, 1, 1},
        {"*SriovPreferred", Use::Queues, 0, 1, 0},
        {"*TenGigVmqEnabled", Use::Stack, 0, 2, 0},
        {"*BelowTenGigVmqEnabled", Use::Stack, 0, 2, 0},

        {"*IPsecOffloadV1IPv4", Use::IPsec, 0, 3, 3},
        {"*IPsecOffloadV2", Use::IPsec, 0, 3, 3},
        {"*IPsecOffloadV2IPv4", Use::IPsec, 0, 3, 3},

        {"DisableTaskOffload", Use::Stack, 0, 1, 0},
        {"EnabledOffload", Use::Stack, 0, 1, 1},
    };
    return table;
}

std::optional<std::uint32_t> number_of(const RegistryValue& value) {
    switch (value.type) {
        case RegistryValue::Type::Dword:
            return value.number;
        case RegistryValue::Type::String:
            return parse_number(trimmed(value.text));
        case RegistryValue::Type::Deleted:
        case RegistryValue::Type::Other:
            break;
    }
    return std::nullopt;
}

std::string shown(const RegistryValue& value) {
    switch (value.type) {
        case RegistryValue::Type::Dword:
            return std::to_string(value.number);
        case RegistryValue::Type::String:
            return '"' + printable(value.text) + '"';
        case RegistryValue::Type::Deleted:
        case RegistryValue::Type::Other:
            break;
    }
    return "of a type that is neither string nor dword";
}

}  // namespace

bool Keyword::allows(std::uint32_t value) const {
    if (!only.empty()) {
        return std::find(only.begin(), only.end(), value) != only.end();
    }
    return value >= lowest && value <= highest && (value - lowest) % step == 0;
}

std::string Keyword::values() const {
    std::string out;
    for (const std::uint32_t value : only) {
        out += (out.empty() ? "" : ", ") + std::to_string(value);
    }
    if (!only.empty()) {
        return out;
    }
    out = std::to_string(lowest) + " to " + std::to_string(highest);
    return step == 1 ? out : out + " in steps of " + std::to_string(step);
}

std::span<const Keyword> all_keywords() {
    return keyword_table();
}

Keywords::Keywords(const RegistryFile& file) {
    for (const Keyword& keyword : all_keywords()) {
        take(keyword, file);
    }
    list_ignored(file);
}

void Keywords::take(const Keyword& keyword, const RegistryFile& file) {
    const RegistryValue* const found = file.last(keyword.name);
    if (found == nullptr) {
        return;
    }
    const std::string name(keyword.name);
    const auto number = number_of(*found);
    const bool right = number && keyword.allows(*number);
    found_.push_back({keyword.name, right ? number : std::nullopt});
    if (!right) {
        warnings_.push_back("line " + std::to_string(found->line) + ": " + name + " is " +
                            shown(*found) + ", not " + keyword.values() + ": " +
                            (keyword.standard
                                 ? "taken as the default, " + std::to_string(*keyword.standard)
                                 : "left out"));
    }
    if (file.sections_with(keyword.name) > 1) {
        warnings_.push_back(name + " is in several sections: the last counts, of line " +
                            std::to_string(found->line) + "; --section chooses");
    }
}

void Keywords::list_ignored(const RegistryFile& file) {
    std::set<std::string> names;
    for (const RegistryValue& value : file.values) {
        const auto keywords = all_keywords();
        if (std::none_of(keywords.begin(), keywords.end(), [&](const Keyword& keyword) {
                return same_name(keyword.name, value.name);
            })) {
            names.insert(printable(value.name));
        }
    }
    ignored_.assign(names.begin(), names.end());
}

const Keywords::Found* Keywords::find(std::string_view name) const {
    const auto found = std::find_if(found_.begin(), found_.end(),
                                    [&](const Found& entry) { return entry.name == name; });
    return found == found_.end() ? nullptr : &*found;
}

bool Keywords::is_present(std::string_view name) const {
    return find(name) != nullptr;
}

std::uint32_t Keywords::value(std::string_view name) const {
    const Found* const found = find(name);
    if (found != nullptr && found->value) {
        return *found->value;
    }
    const auto keywords = all_keywords();
    const auto keyword = std::find_if(keywords.begin(), keywords.end(),
                                      [&](const Keyword& entry) { return entry.name == name; });
    assert(keyword != keywords.end());
    return keyword->standard.value_or(0);
}

}  // namespace taskoffload
