// SPDX-License-Identifier: GPL-2.0-or-later
// Receive-side scaling: the hash that the stack is told and the queue that the table gives for it,
// computed here from the driver's own key and table.
#include <cstring>

#include "check.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr unsigned kMostQueues = 4;

// Toeplitz, bit by bit: each set bit of the input adds the 32 bits of the key that begin there.
std::uint32_t toeplitz(const Json& key, const Bytes& input) {
    const auto key_bit = [&](std::size_t bit) {
        return key.at(bit / 8).get<unsigned>() >> (7 - bit % 8) & 1U;
    };
    std::uint32_t hash = 0;
    for (std::size_t bit = 0; bit < input.size() * 8; ++bit) {
        if ((std::to_integer<unsigned>(input[bit / 8]) >> (7 - bit % 8) & 1U) == 0) {
            continue;
        }
        std::uint32_t window = 0;
        for (std::size_t i = 0; i < 32; ++i) {
            window = window << 1 | key_bit(bit + i);
        }
        hash ^= window;
    }
    return hash;
}

struct Flow {
    std::string what;
    Bytes frame;
    Bytes input;  // what is hashed: a part of the frame
};

// `bytes` of the frame from the IP header's addresses on; ports follow them where they count.
Flow flow(const std::string& what, Tins::PDU& packet, std::size_t addresses, std::size_t bytes) {
    Flow out{what, bytes_of(packet), {}};
    const auto from = out.frame.begin() + static_cast<std::ptrdiff_t>(addresses);
    out.input.assign(from, from + static_cast<std::ptrdiff_t>(bytes));
    return out;
}

constexpr std::size_t kAddresses4 = 14 + 12;
constexpr std::size_t kAddresses6 = 14 + 8;

// Linux lets UDP be hashed by addresses alone unless told otherwise.
std::vector<Flow> flows(const ReceiveTrial& trial, std::uint8_t number) {
    const auto port = static_cast<std::uint16_t>(2000 + 77 * number);
    const Tins::IP ip4("198.51.100.2", "198.51.100." + std::to_string(10 + number));
    const Tins::IPv6 ip6("2001:db8:99::2", "2001:db8:99::" + std::to_string(10 + number));
    auto tcp4 = trial.ethernet() / ip4 / Tins::TCP(80, port) / Tins::RawPDU(payload(60));
    auto tcp6 = trial.ethernet() / ip6 / Tins::TCP(80, port) / Tins::RawPDU(payload(60));
    auto udp4 = trial.ethernet() / ip4 / Tins::UDP(80, port) / Tins::RawPDU(payload(60));
    auto udp6 = trial.ethernet() / ip6 / Tins::UDP(80, port) / Tins::RawPDU(payload(60));
    auto ping = trial.ethernet() / ip4 / Tins::ICMP() / Tins::RawPDU(payload(60));
    Tins::IP later = ip4;
    later.fragment_offset(8);
    later.protocol(6);
    auto fragment = trial.ethernet() / later / Tins::RawPDU(payload(64));
    return {
        flow("TCP over IPv4", tcp4, kAddresses4, 12), flow("TCP over IPv6", tcp6, kAddresses6, 36),
        flow("UDP over IPv4", udp4, kAddresses4, 8),  flow("UDP over IPv6", udp6, kAddresses6, 32),
        flow("ICMP", ping, kAddresses4, 8),           flow("fragment", fragment, kAddresses4, 8)};
}

void expect_told(ReceiveTrial& trial, const Flow& one, const char* what, std::uint32_t value) {
    View view;
    view.only = Json{{what, value}};
    view.expected = 1;
    require(trial.told({one.frame}, view).size() == 1,
            one.what + ": its " + what + " is not " + std::to_string(value));
}

}  // namespace

Json check_rx_hash(ReceiveTrial& trial) {
    const unsigned queues = trial.set_queues(kMostQueues);
    const Json rss =
        trial.agent().call("settings", {{"ifname", trial.ifname()}}).at("receive_hash");
    const Json& table = rss.at("table");
    std::set<unsigned> used;
    std::size_t count = 0;
    for (const bool on : {true, false}) {
        trial.set("rx-hashing", on);
        for (std::uint8_t number = 0; number < 3; ++number) {
            for (const Flow& one : flows(trial, number)) {
                const std::uint32_t hash = toeplitz(rss.at("key"), one.input);
                const auto queue = table.at(hash % table.size()).get<unsigned>();
                expect_told(trial, one, "hash", on ? hash : 0);
                expect_told(trial, one, "queue", queue);
                used.insert(queue);
                ++count;
            }
        }
    }
    require(used.size() > 1, "all flows went to one queue");
    return {{"frames", count},
            {"told", "hashes as computed and none with it off, " + std::to_string(used.size()) +
                         " of " + std::to_string(queues) + " queues"}};
}

}  // namespace host
