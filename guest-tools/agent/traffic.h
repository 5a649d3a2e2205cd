// SPDX-License-Identifier: GPL-2.0-or-later
// Traffic patterns over TCP and UDP. Both ends run this code: the agent in the guest and the host
// side's peer.
//
// TCP: the client opens with a Hello; in mode `send` it streams the seed's pattern and the server
// answers with a Verdict on what arrived, in mode `receive` the server streams and then tells its
// own digest, in mode `echo` every byte comes back.
// UDP: each datagram starts with a DatagramHeader and carries the pattern of seed + sequence.
// `echo` datagrams are returned, `count` datagrams are counted, `report` asks for the counts.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace traffic {

using Json = nlohmann::json;
using Stop = std::function<bool()>;

struct TcpPlan {
    std::string host;
    std::uint16_t port = 0;
    std::string mode = "send";  // send, receive, echo
    std::uint64_t bytes = 1 << 20;
    std::uint64_t seed = 1;
    std::size_t chunk = 65536;
    int timeout_ms = 30000;
};

struct UdpPlan {
    std::string host;
    std::uint16_t port = 0;
    std::string mode = "echo";  // echo, burst, blast (one way and endless, until stopped)
    unsigned count = 100;
    std::vector<std::size_t> sizes{64, 512, 1400};  // payload sizes, used in turn
    std::size_t segment = 0;                        // burst: UDP_SEGMENT size, 0 = off
    std::uint64_t seed = 1;
    int timeout_ms = 10000;
};

// Both throw when the other end cannot be reached or breaks the protocol; damage to the payload is
// reported in the result ("ok" false, "first_bad").
[[nodiscard]] Json run_tcp(const TcpPlan& plan, const Stop& stop = {});
[[nodiscard]] Json run_udp(const UdpPlan& plan, const Stop& stop = {});

struct DatagramCounts {
    std::uint64_t received = 0;
    std::uint64_t damaged = 0;
    std::uint64_t reordered = 0;
    std::uint64_t bytes = 0;
    std::uint32_t next = 0;
};

// Answers TCP and UDP on one port, IPv4 and IPv6, until destroyed.
class Server {
public:
    // Who may connect: this machine only, or everybody in the network namespace.
    enum class Scope { loopback, all };

    // Sockets are created in the calling thread's network namespace. Port 0 picks a free one.
    Server(std::uint16_t port, Scope scope);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint64_t connections() const { return connections_; }

private:
    void open_sockets(int family, Scope scope);
    void accept_loop();
    void datagram_loop();
    void answer_datagram(int fd, std::span<std::byte> buffer);
    void serve_connection(int fd);

    std::uint16_t port_ = 0;
    std::vector<int> listeners_;
    std::vector<int> datagrams_;
    std::map<std::uint64_t, DatagramCounts> counts_;  // by seed
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> connections_{0};
    std::atomic<int> active_{0};
    std::thread accept_thread_;
    std::thread datagram_thread_;
};

}  // namespace traffic
