// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "socket_io.h"
#include "vnet_header.h"

namespace agent {
namespace {

constexpr std::size_t kVnetHeader = sizeof(VnetHeader);

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

constexpr std::uint32_t kWhole = 0xFFFF;  // bytes of a frame that a filter lets through

// The kernel's own macros for these are C.
sock_filter load(int what) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + what)};
}
sock_filter jump_unless(std::uint32_t value, std::size_t steps) {
    return {BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(steps), value};
}
sock_filter result(std::uint32_t bytes) {
    return {BPF_RET | BPF_K, 0, 0, bytes};
}

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

void PacketSocket::show_only(const Steered& wanted) const {
    std::vector<std::pair<int, std::uint32_t>> tests;
    if (wanted.hash) {
        tests.emplace_back(SKF_AD_RXHASH, *wanted.hash);
    }
    if (wanted.queue) {
        tests.emplace_back(SKF_AD_QUEUE, *wanted.queue + 1);  // 0 stands for "not known"
    }
    std::vector<sock_filter> code;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        code.push_back(load(tests[i].first));
        code.push_back(jump_unless(tests[i].second, 2 * (tests.size() - i - 1) + 1));
    }
    code.push_back(result(kWhole));
    code.push_back(load(SKF_AD_PROTOCOL));
    code.push_back(jump_unless(wanted.besides, 1));
    code.push_back(result(kWhole));
    code.push_back(result(0));
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    if (setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
        throw std::system_error(errno, std::generic_category(), "filter of a packet socket");
    }
}

void PacketSocket::bypass_queueing() const {
    const int on = 1;
    if (setsockopt(fd_, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) != 0) {
        throw std::system_error(errno, std::generic_category(), "PACKET_QDISC_BYPASS");
    }
}

void PacketSocket::send(std::span<const std::byte> frame) const {
    send(frame, PacketOffload{});
}

void PacketSocket::send(std::span<const std::byte> frame, const PacketOffload& offload) const {
    VnetHeader header;
    header.flags = offload.checksum_start != 0 ? VnetHeader::kNeedsChecksum : std::uint8_t{0};
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

}  // namespace agent
