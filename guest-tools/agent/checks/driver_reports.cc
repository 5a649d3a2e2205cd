// SPDX-License-Identifier: GPL-2.0-or-later
// What the driver tells through ethtool is complete and plausible.
#include <algorithm>

#include "../ethtool.h"
#include "../netlink.h"
#include "check.h"

namespace agent {

Json check_settings(const CheckContext& context) {
    const Json info = driver_info(context.ifname);
    expect(!info.at("driver").get<std::string>().empty(), "no driver name");
    const Json ring = rings(context.ifname);
    expect(ring.at("rx").get<unsigned>() > 0 && ring.at("rx") <= ring.at("rx_max"), "rx ring size");
    expect(ring.at("tx").get<unsigned>() > 0 && ring.at("tx") <= ring.at("tx_max"), "tx ring size");
    Json out{{"driver", info.at("driver")}, {"rx_ring", ring.at("rx")}, {"tx_ring", ring.at("tx")}};
    try {
        out["queues"] = channels(context.ifname).at("combined");
        const Json hash = receive_hash(context.ifname);
        out["hash_entries"] = hash.at("table").size();
        out["hash_key_bytes"] = hash.at("key").size();
        out["pause"] = pause_settings(context.ifname);
    } catch (const std::system_error& error) {
        // Single-queue drivers answer "not supported" here.
        expect(error.code().value() == EOPNOTSUPP, error.what());
    }
    return out;
}

Json check_registers(const CheckContext& context) {
    std::uint32_t version = 0;
    try {
        const auto bytes = registers(context.ifname, version);
        const auto zero = std::count(bytes.begin(), bytes.end(), std::byte{0});
        const auto ones = std::count(bytes.begin(), bytes.end(), std::byte{0xff});
        expect(!bytes.empty(), "empty dump");
        expect(zero != static_cast<std::ptrdiff_t>(bytes.size()), "all zero");
        expect(ones < static_cast<std::ptrdiff_t>(bytes.size() / 2), "mostly 0xff: device gone?");
        return {{"bytes", bytes.size()}, {"version", version}};
    } catch (const std::system_error& error) {
        throw Skip(error.what());
    }
}

Json check_eeprom(const CheckContext& context) {
    try {
        const auto bytes = eeprom(context.ifname);
        if (bytes.empty()) {
            throw Skip("the driver shows no EEPROM");
        }
        const auto ones = std::count(bytes.begin(), bytes.end(), std::byte{0xff});
        expect(ones != static_cast<std::ptrdiff_t>(bytes.size()), "erased");
        return {{"bytes", bytes.size()}};
    } catch (const std::system_error& error) {
        throw Skip(error.what());
    }
}

Json check_statistics(const CheckContext& context) {
    const auto before = statistics(context.ifname);
    constexpr std::uint64_t kBytes = 1 << 20;
    (void)tcp_both_ways(context, context.peer.address4, kBytes);
    const auto after = statistics(context.ifname);
    for (const char* name : {"rx_bytes", "tx_bytes"}) {
        if (before.contains(name)) {
            const std::uint64_t moved = after.at(name) - before.at(name);
            expect(moved >= kBytes, std::string(name) + " moved by " + std::to_string(moved) +
                                        " for " + std::to_string(kBytes) + " bytes of payload");
        }
    }
    const Json errors = error_statistics(context.ifname);
    expect(errors.empty(), "error counters: " + errors.dump());
    return {{"counters", after.size()}};
}

namespace {

Json self_test_result(const CheckContext& context, bool offline) {
    SelfTest test;
    try {
        test = self_test(context.ifname, offline);
    } catch (const std::system_error& error) {
        throw Skip(error.what());
    }
    expect(test.passed, Json(test.results).dump());
    return test.results;
}

}  // namespace

Json check_self_test(const CheckContext& context) {
    return self_test_result(context, false);
}

Json check_self_test_offline(const CheckContext& context) {
    Json out = self_test_result(context, true);
    expect(netlink::wait_carrier(context.ifname, true, std::chrono::seconds(20)),
           "no carrier after the offline test");
    return out;
}

}  // namespace agent
