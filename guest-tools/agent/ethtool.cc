// SPDX-License-Identifier: GPL-2.0-or-later
#include "ethtool.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <span>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "ethtool_call.h"

namespace agent {
void ethtool_call(const std::string& ifname, void* request, const char* what) {
    ifreq wrapper{};
    ifname.copy(&wrapper.ifr_name[0], IFNAMSIZ - 1);
    std::memcpy(&wrapper.ifr_ifru, &request, sizeof(request));
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int result = fd < 0 ? -1 : ioctl(fd, SIOCETHTOOL, &wrapper);
    const int error = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (result < 0) {
        throw std::system_error(error, std::generic_category(), std::string("ethtool ") + what);
    }
}

namespace {

template <typename T>
T query(const std::string& ifname, std::uint32_t command, const char* what) {
    T request{};
    request.cmd = command;
    ethtool_call(ifname, &request, what);
    return request;
}

template <typename T>
void submit(const std::string& ifname, T& request, std::uint32_t command, const char* what) {
    request.cmd = command;
    ethtool_call(ifname, &request, what);
}

// A request whose fixed header is followed by a variable number of elements.
template <typename Header, typename Element>
class Variable {
public:
    Variable(std::uint32_t command, std::size_t count)
        : bytes_(sizeof(Header) + count * sizeof(Element)) {
        header().cmd = command;
    }
    Header& header() { return *reinterpret_cast<Header*>(bytes_.data()); }
    std::span<Element> elements(std::size_t count) {
        const std::size_t room = (bytes_.size() - sizeof(Header)) / sizeof(Element);
        return {reinterpret_cast<Element*>(bytes_.data() + sizeof(Header)), std::min(room, count)};
    }
    void* data() { return bytes_.data(); }

private:
    std::vector<std::byte> bytes_;
};

std::string bounded(const char* text, std::size_t size) {
    return {text, strnlen(text, size)};
}

std::size_t set_size(const std::string& ifname, unsigned set) {
    Variable<ethtool_sset_info, std::uint32_t> request(ETHTOOL_GSSET_INFO, 1);
    request.header().sset_mask = std::uint64_t{1} << set;
    ethtool_call(ifname, request.data(), "string set size");
    return request.header().sset_mask == 0 ? 0 : request.elements(1)[0];
}

template <typename Value>
void take(const Json& from, const char* name, Value& into) {
    if (from.contains(name)) {
        into = from.at(name).get<Value>();
    }
}

const char* duplex_name(unsigned duplex) {
    if (duplex == DUPLEX_FULL) {
        return "full";
    }
    return duplex == DUPLEX_HALF ? "half" : "unknown";
}

bool says_trouble(const std::string& name) {
    constexpr std::array<std::string_view, 9> kWords{
        "error", "err", "drop", "timeout", "fail", "missed", "dma_out_of_sync", "hw_csum", "busy"};
    // The stack's own drops, for example while a port is being reset, say nothing about the device.
    if (name == "rx_dropped" || name == "tx_dropped") {
        return false;
    }
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

}  // namespace

Json driver_info(const std::string& ifname) {
    const auto info = query<ethtool_drvinfo>(ifname, ETHTOOL_GDRVINFO, "driver info");
    return {{"driver", bounded(&info.driver[0], sizeof(info.driver))},
            {"version", bounded(&info.version[0], sizeof(info.version))},
            {"firmware_version", bounded(&info.fw_version[0], sizeof(info.fw_version))},
            {"bus_info", bounded(&info.bus_info[0], sizeof(info.bus_info))},
            {"statistics", info.n_stats},
            {"self_tests", info.testinfo_len},
            {"eeprom_bytes", info.eedump_len},
            {"register_bytes", info.regdump_len}};
}

std::vector<std::string> string_set(const std::string& ifname, unsigned set) {
    struct Name {
        std::array<char, ETH_GSTRING_LEN> text;
    };
    const std::size_t count = set_size(ifname, set);
    if (count == 0) {
        return {};
    }
    Variable<ethtool_gstrings, Name> request(ETHTOOL_GSTRINGS, count);
    request.header().string_set = set;
    request.header().len = static_cast<std::uint32_t>(count);
    ethtool_call(ifname, request.data(), "strings");
    std::vector<std::string> out;
    out.reserve(count);
    for (const Name& name : request.elements(count)) {
        out.push_back(bounded(name.text.data(), name.text.size()));
    }
    return out;
}

std::map<std::string, Feature> features(const std::string& ifname) {
    const auto names = string_set(ifname, ETH_SS_FEATURES);
    const std::size_t blocks = (names.size() + 31) / 32;
    Variable<ethtool_gfeatures, ethtool_get_features_block> request(ETHTOOL_GFEATURES, blocks);
    request.header().size = static_cast<std::uint32_t>(blocks);
    ethtool_call(ifname, request.data(), "features");
    const auto block = request.elements(blocks);
    std::map<std::string, Feature> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::uint32_t bit = 1U << (i % 32);
        const auto& from = block[i / 32];
        if (!names[i].empty()) {
            out[names[i]] = {(from.active & bit) != 0,
                             (from.available & bit) == 0 || (from.never_changed & bit) != 0};
        }
    }
    return out;
}

void set_features(const std::string& ifname, const std::map<std::string, bool>& wanted) {
    const auto names = string_set(ifname, ETH_SS_FEATURES);
    const std::size_t blocks = (names.size() + 31) / 32;
    Variable<ethtool_sfeatures, ethtool_set_features_block> request(ETHTOOL_SFEATURES, blocks);
    request.header().size = static_cast<std::uint32_t>(blocks);
    const auto block = request.elements(blocks);
    for (const auto& [name, on] : wanted) {
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) {
            throw std::runtime_error("unknown feature " + name);
        }
        const auto i = static_cast<std::size_t>(at - names.begin());
        const std::uint32_t bit = 1U << (i % 32);
        block[i / 32].valid |= bit;
        block[i / 32].requested |= on ? bit : 0;
    }
    ethtool_call(ifname, request.data(), "set features");
}

std::map<std::string, std::uint64_t> statistics(const std::string& ifname) {
    const auto names = string_set(ifname, ETH_SS_STATS);
    Variable<ethtool_stats, std::uint64_t> request(ETHTOOL_GSTATS, names.size());
    request.header().n_stats = static_cast<std::uint32_t>(names.size());
    ethtool_call(ifname, request.data(), "statistics");
    const auto values = request.elements(names.size());
    std::map<std::string, std::uint64_t> out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        out[names[i]] = values[i];
    }
    return out;
}

std::map<std::string, std::uint64_t> error_statistics(const std::string& ifname) {
    std::map<std::string, std::uint64_t> out;
    for (const auto& [name, value] : statistics(ifname)) {
        if (value != 0 && says_trouble(name)) {
            out[name] = value;
        }
    }
    return out;
}

Json link_settings(const std::string& ifname) {
    // The first call fails on purpose and answers how many words the masks need.
    constexpr std::size_t kMostWords = std::size_t{3} * 127;
    using Settings = Variable<ethtool_link_settings, std::uint32_t>;
    Settings probe(ETHTOOL_GLINKSETTINGS, kMostWords);
    ethtool_call(ifname, probe.data(), "link settings");
    const auto words = static_cast<std::int8_t>(-probe.header().link_mode_masks_nwords);
    Settings request(ETHTOOL_GLINKSETTINGS, kMostWords);
    request.header().link_mode_masks_nwords = words;
    ethtool_call(ifname, request.data(), "link settings");
    const auto& header = request.header();
    Json modes = Json::array();
    const auto masks = request.elements(kMostWords);
    for (std::size_t i = 0; i < static_cast<std::size_t>(words) * 3; ++i) {
        modes.push_back(masks[i]);
    }
    return {{"speed", header.speed}, {"duplex", duplex_name(header.duplex)},
            {"port", header.port},   {"autoneg", header.autoneg != 0},
            {"mask_words", words},   {"masks", modes}};
}

Json rings(const std::string& ifname) {
    const auto r = query<ethtool_ringparam>(ifname, ETHTOOL_GRINGPARAM, "rings");
    return {{"rx", r.rx_pending},
            {"tx", r.tx_pending},
            {"rx_max", r.rx_max_pending},
            {"tx_max", r.tx_max_pending}};
}

Json channels(const std::string& ifname) {
    const auto c = query<ethtool_channels>(ifname, ETHTOOL_GCHANNELS, "channels");
    return {{"combined", c.combined_count},
            {"combined_max", c.max_combined},
            {"rx", c.rx_count},
            {"tx", c.tx_count},
            {"other", c.other_count}};
}

Json coalescing(const std::string& ifname) {
    const auto c = query<ethtool_coalesce>(ifname, ETHTOOL_GCOALESCE, "coalescing");
    return {{"rx_usecs", c.rx_coalesce_usecs},
            {"rx_frames", c.rx_max_coalesced_frames},
            {"tx_usecs", c.tx_coalesce_usecs},
            {"adaptive_rx", c.use_adaptive_rx_coalesce != 0}};
}

Json pause_settings(const std::string& ifname) {
    const auto p = query<ethtool_pauseparam>(ifname, ETHTOOL_GPAUSEPARAM, "pause");
    return {{"autoneg", p.autoneg != 0}, {"rx", p.rx_pause != 0}, {"tx", p.tx_pause != 0}};
}

Json receive_hash(const std::string& ifname) {
    auto size = query<ethtool_rxfh>(ifname, ETHTOOL_GRSSH, "receive hash size");
    const std::size_t entries = size.indir_size;
    const std::size_t key = size.key_size;
    Variable<ethtool_rxfh, std::uint32_t> request(ETHTOOL_GRSSH, entries + (key + 3) / 4);
    request.header().indir_size = size.indir_size;
    request.header().key_size = size.key_size;
    ethtool_call(ifname, request.data(), "receive hash");
    const auto words = request.elements(entries + (key + 3) / 4);
    Json table = Json::array();
    for (std::size_t i = 0; i < entries; ++i) {
        table.push_back(words[i]);
    }
    Json key_bytes = Json::array();
    const auto bytes = std::as_bytes(words.subspan(entries));
    for (std::size_t i = 0; i < key; ++i) {
        key_bytes.push_back(std::to_integer<unsigned>(bytes[i]));
    }
    return {{"table", table}, {"key", key_bytes}};
}

Json timestamping(const std::string& ifname) {
    const auto t = query<ethtool_ts_info>(ifname, ETHTOOL_GET_TS_INFO, "timestamping");
    return {{"modes", t.so_timestamping},
            {"clock", t.phc_index},
            {"tx_types", t.tx_types},
            {"rx_filters", t.rx_filters}};
}

std::vector<std::byte> registers(const std::string& ifname, std::uint32_t& version) {
    const auto info = query<ethtool_drvinfo>(ifname, ETHTOOL_GDRVINFO, "driver info");
    Variable<ethtool_regs, std::byte> request(ETHTOOL_GREGS, info.regdump_len);
    request.header().len = info.regdump_len;
    ethtool_call(ifname, request.data(), "registers");
    version = request.header().version;
    const auto bytes = request.elements(request.header().len);
    return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> eeprom(const std::string& ifname) {
    const auto info = query<ethtool_drvinfo>(ifname, ETHTOOL_GDRVINFO, "driver info");
    // The kernel copies at most a page per call.
    constexpr std::uint32_t kPiece = 1024;
    std::vector<std::byte> out;
    for (std::uint32_t at = 0; at < info.eedump_len; at += kPiece) {
        const std::uint32_t size = std::min(kPiece, info.eedump_len - at);
        Variable<ethtool_eeprom, std::byte> request(ETHTOOL_GEEPROM, size);
        request.header().offset = at;
        request.header().len = size;
        ethtool_call(ifname, request.data(), "eeprom");
        const auto bytes = request.elements(request.header().len);
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    return out;
}

SelfTest self_test(const std::string& ifname, bool offline) {
    const auto names = string_set(ifname, ETH_SS_TEST);
    Variable<ethtool_test, std::uint64_t> request(ETHTOOL_TEST, names.size());
    request.header().flags = offline ? ETH_TEST_FL_OFFLINE : 0;
    request.header().len = static_cast<std::uint32_t>(names.size());
    ethtool_call(ifname, request.data(), "self-test");
    SelfTest out;
    out.passed = (request.header().flags & ETH_TEST_FL_FAILED) == 0;
    const auto values = request.elements(names.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        out.results[names[i]] = values[i];
    }
    return out;
}

void set_rings(const std::string& ifname, const Json& wanted) {
    auto r = query<ethtool_ringparam>(ifname, ETHTOOL_GRINGPARAM, "rings");
    take(wanted, "rx", r.rx_pending);
    take(wanted, "tx", r.tx_pending);
    submit(ifname, r, ETHTOOL_SRINGPARAM, "set rings");
}

void set_channels(const std::string& ifname, const Json& wanted) {
    auto c = query<ethtool_channels>(ifname, ETHTOOL_GCHANNELS, "channels");
    take(wanted, "combined", c.combined_count);
    take(wanted, "rx", c.rx_count);
    take(wanted, "tx", c.tx_count);
    submit(ifname, c, ETHTOOL_SCHANNELS, "set channels");
}

void set_coalescing(const std::string& ifname, const Json& wanted) {
    auto c = query<ethtool_coalesce>(ifname, ETHTOOL_GCOALESCE, "coalescing");
    take(wanted, "rx_usecs", c.rx_coalesce_usecs);
    take(wanted, "tx_usecs", c.tx_coalesce_usecs);
    submit(ifname, c, ETHTOOL_SCOALESCE, "set coalescing");
}

void set_pause(const std::string& ifname, const Json& wanted) {
    auto p = query<ethtool_pauseparam>(ifname, ETHTOOL_GPAUSEPARAM, "pause");
    p.autoneg = wanted.value("autoneg", p.autoneg != 0) ? 1 : 0;
    p.rx_pause = wanted.value("rx", p.rx_pause != 0) ? 1 : 0;
    p.tx_pause = wanted.value("tx", p.tx_pause != 0) ? 1 : 0;
    submit(ifname, p, ETHTOOL_SPAUSEPARAM, "set pause");
}

void identify_port(const std::string& ifname, unsigned seconds) {
    ethtool_value request{};
    request.data = seconds;
    submit(ifname, request, ETHTOOL_PHYS_ID, "identify");
}

void set_hash_spread(const std::string& ifname, unsigned queues) {
    const auto size = query<ethtool_rxfh>(ifname, ETHTOOL_GRSSH, "receive hash size");
    Variable<ethtool_rxfh, std::uint32_t> request(ETHTOOL_SRSSH, size.indir_size);
    request.header().indir_size = size.indir_size;
    std::uint32_t i = 0;
    for (std::uint32_t& entry : request.elements(size.indir_size)) {
        entry = i++ % std::max(1U, queues);
    }
    ethtool_call(ifname, request.data(), "set receive hash");
}

}  // namespace agent
