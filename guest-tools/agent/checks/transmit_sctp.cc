// SPDX-License-Identifier: GPL-2.0-or-later
// SCTP's CRC32c. Nobody answers, so what the kernel's SCTP says is its INIT chunk.
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>

#include "../modules.h"
#include "../socket_io.h"
#include "transmit.h"

namespace agent {
namespace {

constexpr std::size_t kShortestInit = 14 + 20 + 12 + 20;  // RFC 9260 3.3.2, over IPv4

void send_init(const std::string& from, const std::string& to, unsigned port) {
    const auto local = traffic::parse_endpoint(from, static_cast<std::uint16_t>(port));
    const auto remote = traffic::parse_endpoint(to, kDiscardPort);
    const traffic::Descriptor socket(
        ::socket(local.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_SCTP));
    const bool sent =
        bind(socket.get(), reinterpret_cast<const sockaddr*>(&local.address), local.size) == 0 &&
        (connect(socket.get(), reinterpret_cast<const sockaddr*>(&remote.address), remote.size) ==
             0 ||
         errno == EINPROGRESS);
    if (!sent) {
        throw std::system_error(errno, std::generic_category(), "SCTP");
    }
}

Json flow_of(unsigned port, bool six) {
    return {{"name", six ? "INIT6" : "INIT4"},
            {"station", Phantom::kMacHex},
            {"protocol", "sctp"},
            {"source", port},
            {"destination", kDiscardPort},
            {"layers", {"eth", six ? "ipv6" : "ipv4", "sctp"}}};
}

}  // namespace

Json check_transmit_sctp(const CheckContext& context) {
    try {
        load_module("crc32c_generic", "");  // libcrc32c would ask for it by its algorithm's name
        load_module("sctp", "");
    } catch (const std::exception& error) {
        throw Skip(std::string("no module sctp: ") + error.what());
    }
    const Phantom phantom(context);
    const std::string feature = "tx-checksum-sctp";
    const Trial trial{{{feature, false}}, {{feature, true}}, &Handed::unsummed};
    Json out;
    for (const bool six : {false, true}) {
        const unsigned port = next_port();
        const auto send = [&] {
            send_init(six ? phantom.own6 : phantom.own4, six ? phantom.address6 : phantom.address4,
                      port);
            return kShortestInit;
        };
        Json one = try_offload(context, trial, send, Json::array({flow_of(port, six)}));
        if (six) {
            append_flows(out, one);
        } else {
            out = std::move(one);
        }
    }
    return out;
}

}  // namespace agent
