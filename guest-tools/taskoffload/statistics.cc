// SPDX-License-Identifier: GPL-2.0-or-later
#include "statistics.h"

#include <array>
#include <x550/task_offload.h>

namespace taskoffload {
namespace {

struct Name {
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array<Name, X550_STATISTICS_COUNT> kNames{{
    {"rsc-segments", "segments in coalesced units"},
    {"rsc-bytes", "payload bytes in them"},
    {"rsc-units", "coalesced units"},
    {"rsc-aborts", "segments not coalesced, all causes"},
    {"rsc-abort-e1", "no context or buffer"},
    {"rsc-abort-e2", "bad checksum"},
    {"rsc-abort-e3", "TCP flag"},
    {"rsc-abort-e4", "TCP option"},
    {"rsc-abort-e5", "IP option or extension header"},
    {"rsc-abort-e6", "fragment"},
    {"rsc-abort-e8", "ECN differs"},
    {"rsc-full-e7", "units ended because they were full"},
    {"lso-requests", "large TCP sends"},
    {"lso-segments", "segments sent of them"},
    {"lso-dropped-off", "dropped while the offload was off"},
    {"lso-malformed", "dropped as malformed or over the limit"},
    {"uso-requests", "large UDP sends"},
    {"uso-datagrams", "datagrams sent of them"},
    {"uso-rejected", "rejected"},
    {"rx-ip4-right", "IPv4 header checksums that are right"},
    {"rx-ip4-wrong", "wrong ones"},
    {"rx-tcp-right", "TCP checksums that are right"},
    {"rx-tcp-wrong", "wrong ones"},
    {"rx-udp-right", "UDP checksums that are right"},
    {"rx-udp-wrong", "wrong ones"},
    {"encap-parsed", "encapsulated frames that were parsed"},
    {"encap-unknown-gre", "GRE of an unknown kind"},
    {"encap-long-header", "headers longer than encap-max-header"},
    {"tx-csum-off", "transmit checksums that were asked for and are off"},
}};

}  // namespace

std::vector<Counter> read_statistics(Block& block) {
    // The high half stays the one of the low half that was read last, by whomever.
    const Turn turn(block);
    std::vector<Counter> out;
    for (std::uint32_t i = 0; i < kNames.size(); ++i) {
        const std::uint32_t offset = x550_statistic_offset(i);
        const std::uint64_t low = block.read(offset);
        const std::uint64_t high = block.read(offset + sizeof(std::uint32_t));
        out.push_back({kNames[i].name, kNames[i].meaning, high << 32 | low});
    }
    return out;
}

}  // namespace taskoffload
