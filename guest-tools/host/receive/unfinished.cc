// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of a peer that has a virtio-net header: checksums it left to the NIC, and TCP segments
// it did not cut. Whatever reaches the guest is whole and true.
#include "check.h"
#include "encode.h"
#include "judge.h"
#include "verdicts.h"

namespace host {
namespace {

constexpr std::size_t kTransport4 = 14 + 20;
constexpr std::size_t kTransport6 = 14 + 40;
constexpr std::uint16_t kSegment = 1000;
constexpr std::size_t kSegments = 5;

// The packet as its peer hands it over: in the checksum's place is the sum of the pseudo-header
// alone (virtio 1.1, 5.1.6.2).
Bytes unfinished(const Bytes& whole, std::size_t transport, std::size_t offset,
                 std::uint8_t protocol) {
    const std::size_t addresses = transport == kTransport4 ? 14 + 12 : 14 + 8;
    std::uint32_t sum = protocol + static_cast<std::uint32_t>(whole.size() - transport);
    for (std::size_t i = addresses; i < transport; i += 2) {
        sum += std::to_integer<std::uint32_t>(whole[i]) << 8 |
               std::to_integer<std::uint32_t>(whole[i + 1]);
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    Bytes out = whole;
    out[transport + offset] = static_cast<std::byte>(sum >> 8);
    out[transport + offset + 1] = static_cast<std::byte>(sum & 0xFF);
    return out;
}

void require_header(const ReceiveTrial& trial) {
    if (trial.network().backend() != Backend::tap) {
        throw NotOffered("the backend has no virtio-net header (--backend tap has)");
    }
}

struct Sample {
    std::string what;
    Bytes whole;
    std::size_t transport;
    std::uint16_t offset;
    std::uint8_t protocol;
};

std::vector<Sample> samples(const ReceiveTrial& trial) {
    const Tins::IP ip4("198.51.100.2", "198.51.100.1");
    const Tins::IPv6 ip6("2001:db8:99::2", "2001:db8:99::1");
    auto tcp4 = trial.ethernet() / ip4 / Tins::TCP(80, 1234) / Tins::RawPDU(payload(101));
    auto tcp6 = trial.ethernet() / ip6 / Tins::TCP(80, 1234) / Tins::RawPDU(payload(100));
    auto udp4 = trial.ethernet() / ip4 / Tins::UDP(80, 1234) / Tins::RawPDU(payload(77));
    auto udp6 = trial.ethernet() / ip6 / Tins::UDP(80, 1234) / Tins::RawPDU(payload(76));
    return {{"TCP over IPv4", bytes_of(tcp4), kTransport4, 16, 6},
            {"TCP over IPv6", bytes_of(tcp6), kTransport6, 16, 6},
            {"UDP over IPv4", bytes_of(udp4), kTransport4, 6, 17},
            {"UDP over IPv6", bytes_of(udp6), kTransport6, 6, 17}};
}

Bytes super_frame(const ReceiveTrial& trial) {
    Tins::TCP tcp(80, 1234);
    tcp.seq(1000);
    tcp.ack_seq(5000);
    tcp.window(1000);
    tcp.flags(Tins::TCP::ACK);
    auto packet = trial.ethernet() / Tins::IP("198.51.100.2", "198.51.100.1") / tcp /
                  Tins::RawPDU(payload(kSegments * kSegment));
    return unfinished(bytes_of(packet), kTransport4, 16, 6);
}

}  // namespace

Json check_rx_unfinished(ReceiveTrial& trial) {
    require_header(trial);
    const auto all = samples(trial);
    for (const bool on : {true, false}) {
        trial.set("rx-checksum", on);
        for (const Sample& one : all) {
            View view;
            view.offload.emplace();
            view.offload->checksum_start = static_cast<std::uint16_t>(one.transport);
            view.offload->checksum_offset = one.offset;
            const Bytes handed = unfinished(one.whole, one.transport, one.offset, one.protocol);
            const Json told = trial.told({handed}, view);
            require(told.size() == 1, one.what + ": did not arrive");
            require(told.at(0).at("hex") == agent::to_hex(one.whole),
                    one.what + ": not finished: " + told.at(0).at("hex").get<std::string>());
            require((told.at(0).at("checksum") == "valid") == on,
                    one.what + ": told " + told.at(0).at("checksum").get<std::string>());
        }
    }
    return {{"frames", 2 * all.size()}, {"told", "finished on the way, vouched for when on"}};
}

Json check_rx_super_frames(ReceiveTrial& trial) {
    require_header(trial);
    View view;
    view.offload.emplace();
    view.offload->checksum_start = kTransport4;
    view.offload->checksum_offset = 16;
    view.offload->segment_type = 1;  // VIRTIO_NET_HDR_GSO_TCPV4
    view.offload->segment_size = kSegment;
    view.offload->header_length = kTransport4 + 20;
    for (const bool on : {true, false}) {
        trial.set("rx-lro", on);
        const Json told = trial.told({super_frame(trial)}, view);
        require(told.size() == (on ? 1 : kSegments), "with it " + std::string(on ? "on" : "off") +
                                                         " the guest got " +
                                                         std::to_string(told.size()) + " frames");
        std::string text;
        for (const Json& one : told) {
            const auto hex = one.at("hex").get<std::string>();
            const auto complaints = wire::judge(agent::from_hex(hex), {.longest = 65536});
            require(complaints.empty(), "a frame is wrong: " + hex);
            require(one.at("checksum") == "valid", "a frame is not vouched for: " + hex);
            require((one.at("segment_size") != 0) == on, "told as a unit: " + one.dump());
            text += hex.substr(2 * (kTransport4 + 20));
        }
        require(text == hex_of(payload(kSegments * kSegment)), "not the payload: " + text);
    }
    return {{"told", std::to_string(kSegments) + " segments came as one; off: cut into frames"}};
}

}  // namespace host
