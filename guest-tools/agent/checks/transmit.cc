// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <span>
#include <utility>

#include "../encode.h"
#include "../modules.h"
#include "../netlink.h"
#include "../packet_socket.h"
#include "../process.h"

namespace agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kLongestFrame = 1600;  // with every tunnel's headers, without being cut
constexpr std::uint8_t kGsoTcp4 = 1;         // virtio 1.1, 5.1.6
constexpr std::uint8_t kGsoTcp6 = 4;

// `steps` hosts further on the same network; empty stays empty.
std::string neighbour(const std::string& address, unsigned steps) {
    const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    std::array<unsigned char, 16> bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(family, address.c_str(), bytes.data()) != 1) {
        return {};
    }
    const std::size_t last = family == AF_INET ? 3 : 15;
    bytes[last] = static_cast<unsigned char>(bytes[last] + steps);
    inet_ntop(family, bytes.data(), text.data(), text.size());
    return text.data();
}

void set_neighbour(const std::string& ifname, const std::string& address, const char* verb) {
    if (!address.empty()) {
        run_or_throw({"ip", "neigh", verb, address, "lladdr", Phantom::kMac, "dev", ifname, "nud",
                      "permanent"});
    }
}

// One flow after the other has to leave in order, also when the device has many queues: the queue
// goes by the processor.
class OneProcessor {
public:
    OneProcessor() {
        sched_getaffinity(0, sizeof(before_), &before_);
        cpu_set_t first;
        CPU_ZERO(&first);
        CPU_SET(0, &first);
        sched_setaffinity(0, sizeof(first), &first);
    }
    OneProcessor(const OneProcessor&) = delete;
    OneProcessor& operator=(const OneProcessor&) = delete;
    ~OneProcessor() { sched_setaffinity(0, sizeof(before_), &before_); }

private:
    cpu_set_t before_{};
};

// Counts what the driver is handed until `bytes` have gone by.
Handed watch(PacketSocket& socket, std::size_t bytes) {
    Handed seen;
    const auto deadline = Clock::now() + std::chrono::seconds(3);
    while (seen.bytes < bytes) {
        const auto frame = socket.receive(deadline);
        if (!frame) {
            throw std::runtime_error("the driver was handed " + std::to_string(seen.bytes) +
                                     " of " + std::to_string(bytes) + " bytes");
        }
        if (!frame->outgoing) {
            continue;
        }
        ++seen.frames;
        seen.bytes += frame->length;
        seen.longer += frame->length > kLongestFrame ? 1U : 0U;
        seen.unsummed += frame->checksum_missing ? 1U : 0U;
        seen.tagged += frame->vlan_tci ? 1U : 0U;
    }
    return seen;
}

std::vector<std::byte> ethernet_header(const std::string& ifname, bool six) {
    const auto link = netlink::find_link(ifname);
    std::string digits = Phantom::kMacHex + (link ? link->mac : "");
    digits.erase(std::remove(digits.begin(), digits.end(), ':'), digits.end());
    return from_hex(digits + (six ? "86dd" : "0800"));
}

void send_packet(const PacketSocket& socket, const Way& way, const TransmitPacket& packet) {
    std::vector<std::byte> frame;
    if (way.ethernet) {
        frame = ethernet_header(way.ifname, packet.six);
    }
    const std::size_t transport = frame.size() + network_header(packet);
    const auto bytes = make_packet(packet);
    frame.insert(frame.end(), bytes.begin(), bytes.end());
    PacketOffload offload;
    offload.checksum_start = static_cast<std::uint16_t>(transport);
    offload.checksum_offset = packet.tcp ? 16 : 6;
    offload.ethertype = packet.six ? 0x86dd : 0x0800;
    if (packet.segment != 0) {
        offload.segment_type = packet.six ? kGsoTcp6 : kGsoTcp4;
        offload.segment_size = static_cast<std::uint16_t>(packet.segment);
        offload.header_length = static_cast<std::uint16_t>(transport + transport_header(packet));
    }
    socket.send(frame, offload);
}

Json flow_of(const Way& way, const TransmitPacket& packet) {
    std::vector<std::string> layers = way.outer;
    layers.emplace_back(packet.six ? "ipv6" : "ipv4");
    layers.emplace_back(packet.tcp ? "tcp" : "udp");
    const auto bytes = make_packet(packet);
    const auto headers = std::span(bytes).first(network_header(packet) + transport_header(packet));
    return {{"name", layers.back() + (packet.six ? "6 " : "4 ") + std::to_string(packet.bytes)},
            {"station", Phantom::kMacHex},
            {"protocol", layers.back()},
            {"source", packet.source},
            {"destination", kDiscardPort},
            {"seed", packet.seed},
            {"bytes", packet.bytes},
            {"segment", packet.segment == 0 ? packet.bytes : packet.segment},
            {"layers", layers},
            {"prototype", to_hex(headers)},
            {"tunnel", way.tunnel},
            {"vxlan_port", way.vxlan_port}};
}

Handed one_run(const CheckContext& context, FeatureGuard& guard, const Features& features,
               const std::function<std::size_t()>& send) {
    for (const auto& [name, on] : features) {
        guard.set(name, on);
    }
    PacketSocket socket(context.ifname, PacketSocket::Describe::nothing);
    return watch(socket, send());
}

Json numbers(const Handed& handed) {
    return {{"frames", handed.frames},
            {"longer", handed.longer},
            {"unsummed", handed.unsummed},
            {"tagged", handed.tagged}};
}

}  // namespace

unsigned next_port() {
    static std::atomic<unsigned> port{20000};
    return port++;
}

Phantom::Phantom(const CheckContext& context)
    : address4(neighbour(context.peer.address4, 12)),
      address6(neighbour(context.peer.address6, 12)),
      ifname_(context.ifname) {
    for (const auto& address : netlink::addresses(ifname_)) {
        const bool six = address.address.find(':') != std::string::npos;
        if (!six) {
            own4 = address.address;
        } else if (address.global) {
            own6 = address.address;
        }
    }
    set_neighbour(ifname_, address4, "replace");
    set_neighbour(ifname_, address6, "replace");
}

Phantom::~Phantom() {
    try {
        set_neighbour(ifname_, address4, "del");
        set_neighbour(ifname_, address6, "del");
    } catch (const std::exception&) {
        // It went with the interface.
    }
}

Interface::Interface(std::string name, const std::string& module,
                     const std::vector<std::string>& words)
    : name_(std::move(name)) {
    try {
        load_module(module, "");
    } catch (const std::exception& error) {
        throw Skip("no module " + module + ": " + error.what());
    }
    std::vector<std::string> all{"ip", "link", "add", "name", name_};
    all.insert(all.end(), words.begin(), words.end());
    run_or_throw(all);
    run_or_throw({"ip", "link", "set", name_, "addrgenmode", "none", "up"});
}

Interface::~Interface() {
    try {
        run_or_throw({"ip", "link", "del", name_});
    } catch (const std::exception&) {
        // It went with the interface below it.
    }
}

std::vector<TransmitPacket> usual_packets(bool four, bool six, std::size_t segment) {
    std::vector<TransmitPacket> out;
    const auto add = [&](bool is_six, bool tcp, std::size_t bytes, std::size_t size) {
        const unsigned port = next_port();
        out.push_back({is_six, tcp, bytes, size, port, port});
    };
    for (const bool is_six : {false, true}) {
        if (is_six ? six : four) {
            add(is_six, true, segment * 9 + 333, segment);
            add(is_six, true, segment * 4, segment);
            add(is_six, false, 701, 0);
        }
    }
    return out;
}

Json try_offload(const CheckContext& context, const Trial& trial,
                 const std::function<std::size_t()>& send, Json flows) {
    const OneProcessor processor;
    FeatureGuard guard(context.ifname);
    const Handed off = one_run(context, guard, trial.off, send);
    const Handed on = one_run(context, guard, trial.on, send);
    const std::string seen = Json{{"off", numbers(off)}, {"on", numbers(on)}}.dump();
    expect(off.*trial.proof == 0, "with the offload off the driver still had its work: " + seen);
    expect(on.*trial.proof > 0, "with the offload on the driver had no work: " + seen);
    return {{"handed", on.*trial.proof}, {"flows", std::move(flows)}};
}

Json try_offload(const CheckContext& context, const Trial& trial, const Way& way,
                 const std::vector<TransmitPacket>& packets) {
    const PacketSocket socket(way.ifname);
    Json flows = Json::array();
    std::size_t bytes = 0;
    for (const TransmitPacket& packet : packets) {
        flows.push_back(flow_of(way, packet));
        bytes += packet.bytes;
    }
    const auto send = [&] {
        for (const TransmitPacket& packet : packets) {
            send_packet(socket, way, packet);
        }
        return bytes;
    };
    return try_offload(context, trial, send, std::move(flows));
}

void append_flows(Json& result, const Json& more) {
    for (const Json& flow : more.at("flows")) {
        result["flows"].push_back(flow);
    }
}

void prove_to_peer(const CheckContext& context, bool four, bool six) {
    for (const auto& [wanted, host] :
         {std::pair(four, context.peer.address4), std::pair(six, context.peer.address6)}) {
        if (wanted && !host.empty()) {
            (void)tcp_both_ways(context, host, 256 << 10);
            (void)udp_round_trips(context, host, 8);
        }
    }
}

}  // namespace agent
