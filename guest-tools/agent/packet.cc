// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

#include "command.h"
#include "encode.h"
#include "pattern.h"
#include "socket_io.h"

namespace agent {
namespace {

// virtio 1.1, 5.1.6: the header a packet socket puts in front of a frame. The kernel's own header
// is not C++.
struct VnetHeader {
    std::uint8_t flags = 0;
    std::uint8_t segment_type = 0;
    std::uint16_t header_length = 0;
    std::uint16_t segment_size = 0;
    std::uint16_t checksum_start = 0;
    std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VnetHeader) == 10);
constexpr std::size_t kVnetHeader = sizeof(VnetHeader);
constexpr std::uint8_t kNeedsChecksum = 1;

void describe_aux(msghdr& message, CapturedFrame& frame) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) {
            continue;
        }
        tpacket_auxdata aux{};
        std::memcpy(&aux, CMSG_DATA(part), sizeof(aux));
        frame.length = aux.tp_len;
        frame.checksum_missing = (aux.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
        frame.checksum_valid = (aux.tp_status & TP_STATUS_CSUM_VALID) != 0;
        if ((aux.tp_status & TP_STATUS_VLAN_VALID) != 0) {
            frame.vlan_tci = aux.tp_vlan_tci;
            frame.vlan_protocol = aux.tp_vlan_tpid;
        }
    }
}

Json describe(const CapturedFrame& frame, std::size_t shown) {
    traffic::Digest digest;
    digest.add(frame.bytes);
    const std::span bytes(frame.bytes);
    Json out{{"length", frame.length},
             {"digest", std::to_string(digest.value())},
             {"outgoing", frame.outgoing},
             {"checksum", frame.checksum_missing ? "missing"
                          : frame.checksum_valid ? "valid"
                                                 : "unchecked"},
             {"segment_size", frame.segment_size},
             {"segment_type", frame.segment_type},
             {"hex", to_hex(bytes.first(std::min(shown, bytes.size())))}};
    if (frame.vlan_tci) {
        out["vlan"] = {{"tci", *frame.vlan_tci}, {"protocol", frame.vlan_protocol}};
    }
    return out;
}

// What a capture keeps: EtherType, direction and bytes at an offset.
struct Filter {
    int ethertype = -1;
    bool outgoing = false;
    std::vector<std::byte> match;
    std::size_t match_offset = 0;

    [[nodiscard]] bool accepts(const CapturedFrame& frame) const {
        const auto& bytes = frame.bytes;
        if (frame.outgoing != outgoing || bytes.size() < 14) {
            return false;
        }
        const int type = std::to_integer<int>(bytes[12]) << 8 | std::to_integer<int>(bytes[13]);
        if (ethertype >= 0 && type != ethertype) {
            return false;
        }
        return match.empty() ||
               (bytes.size() >= match_offset + match.size() &&
                std::memcmp(bytes.data() + match_offset, match.data(), match.size()) == 0);
    }
};

Filter filter_of(const Json& args) {
    Filter filter;
    filter.ethertype = args.value("ethertype", -1);
    filter.outgoing = args.value("outgoing", false);
    filter.match = from_hex(args.value("match", std::string()));
    filter.match_offset = args.value("match_offset", std::size_t{0});
    return filter;
}

// Sends {frames: [hex...]} {repeat} times.
Json send(Job& job) {
    const PacketSocket socket(job.ifname());
    const auto repeat = job.args.value("repeat", 1U);
    unsigned sent = 0;
    for (unsigned round = 0; round < repeat && !job.cancelled(); ++round) {
        for (const Json& frame : job.args.at("frames")) {
            socket.send(from_hex(frame.get<std::string>()));
            ++sent;
        }
    }
    return {{"sent", sent}};
}

bool contains(const CapturedFrame& frame, const std::vector<std::byte>& bytes) {
    return !bytes.empty() && std::search(frame.bytes.begin(), frame.bytes.end(), bytes.begin(),
                                         bytes.end()) != frame.bytes.end();
}

// Announces "capturing" when the socket is open, then collects until {count} frames matched, one of
// them contains {until}, the timeout, or a cancel.
Json capture(Job& job) {
    PacketSocket socket(job.ifname());
    const Filter filter = filter_of(job.args);
    const auto count = job.args.value("count", std::size_t{1});
    const auto last = from_hex(job.args.value("until", std::string()));
    const auto shown = job.args.value("bytes", std::size_t{128});
    const auto deadline = std::chrono::steady_clock::now() + job.timeout(5000);
    job.event("capturing", Json::object());
    Json frames = Json::array();
    while (frames.size() < count) {
        const auto frame = socket.receive(deadline, [&] { return job.cancelled(); });
        if (!frame) {
            break;
        }
        if (filter.accepts(*frame)) {
            frames.push_back(describe(*frame, shown));
            if (contains(*frame, last)) {
                break;
            }
        }
    }
    return {{"frames", frames}, {"lost", socket.lost()}};
}

constexpr std::array kCommands{
    Command{"packet.send", "send raw {frames: [hex], repeat}", send},
    Command{"packet.capture",
            "capture {count, until, timeout_ms, ethertype, match, match_offset, outgoing, bytes}",
            capture},
};

}  // namespace

PacketSocket::PacketSocket(const std::string& ifname, Describe describe)
    : fd_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)),
      ifindex_(static_cast<int>(if_nametoindex(ifname.c_str()))),
      header_(describe == Describe::offloads ? kVnetHeader : 0),
      buffer_(kVnetHeader + 70000) {
    const int on = 1;
    const int room = 32 << 20;
    setsockopt(fd_, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
    if (describe == Describe::offloads) {
        setsockopt(fd_, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on));
    }
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = ifindex_;
    if (fd_ < 0 || bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
        const int error = errno;
        close(fd_);
        throw std::system_error(error, std::generic_category(), "packet socket on " + ifname);
    }
}

PacketSocket::~PacketSocket() {
    close(fd_);
}

void PacketSocket::send(std::span<const std::byte> frame) const {
    send(frame, PacketOffload{});
}

void PacketSocket::send(std::span<const std::byte> frame, const PacketOffload& offload) const {
    VnetHeader header;
    header.flags = offload.checksum_start != 0 ? kNeedsChecksum : std::uint8_t{0};
    header.segment_type = offload.segment_type;
    header.header_length = offload.header_length;
    header.segment_size = offload.segment_size;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
    std::array<iovec, 2> parts{iovec{&header, header_},
                               iovec{const_cast<std::byte*>(frame.data()), frame.size()}};
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = ifindex_;
    to.sll_protocol = htons(offload.ethertype);
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    if (offload.ethertype != 0) {
        message.msg_name = &to;
        message.msg_namelen = sizeof(to);
    }
    while (sendmsg(fd_, &message, 0) < 0) {
        if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "send frame");
        }
        pollfd waiting{fd_, POLLOUT, 0};
        poll(&waiting, 1, 10);
    }
}

std::optional<CapturedFrame> PacketSocket::receive(std::chrono::steady_clock::time_point deadline,
                                                   const std::function<bool()>& stop) {
    if (!traffic::wait_readable(fd_, deadline, stop)) {
        return std::nullopt;
    }
    sockaddr_ll from{};
    iovec part{buffer_.data(), buffer_.size()};
    alignas(cmsghdr) std::array<char, 256> control{};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof(from);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    CapturedFrame frame;
    const ssize_t got = recvmsg(fd_, &message, 0);
    if (got < static_cast<ssize_t>(header_)) {
        return frame;
    }
    VnetHeader header;
    std::memcpy(&header, buffer_.data(), header_);
    frame.bytes.assign(buffer_.begin() + static_cast<std::ptrdiff_t>(header_),
                       buffer_.begin() + got);
    frame.length = frame.bytes.size();
    frame.outgoing = from.sll_pkttype == PACKET_OUTGOING;
    frame.segment_type = header.segment_type;
    frame.segment_size = header.segment_type == 0 ? std::uint16_t{0} : header.segment_size;
    describe_aux(message, frame);
    return frame;
}

unsigned PacketSocket::lost() const {
    tpacket_stats stats{};
    socklen_t size = sizeof(stats);
    getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &stats, &size);
    return stats.tp_drops;
}

CommandTable packet_commands() {
    return kCommands;
}

}  // namespace agent
