// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_watch.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

#include "netlink.h"
#include "vnet_header.h"

namespace wire {
namespace {

constexpr const char* kCutName = "x550cut";
constexpr std::size_t kLongest = 70000;
constexpr std::size_t kTag = 4;
constexpr std::size_t kAddresses = 12;

using agent::VnetHeader;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int packet_socket(const std::string& ifname, int protocol) {
    const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    const int room = 64 << 20;
    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
    setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(static_cast<std::uint16_t>(protocol));
    address.sll_ifindex = static_cast<int>(if_nametoindex(ifname.c_str()));
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
        fail("packet socket on " + ifname);
    }
    return fd;
}

// The kernel takes the first tag out of the frame before a packet socket sees it.
std::size_t restore_tag(msghdr& message, std::span<std::byte> frame, std::size_t size) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        tpacket_auxdata aux{};
        if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) {
            continue;
        }
        std::memcpy(&aux, CMSG_DATA(part), sizeof(aux));
        if ((aux.tp_status & TP_STATUS_VLAN_VALID) == 0) {
            continue;
        }
        const std::array<std::uint16_t, 2> tag{htons(aux.tp_vlan_tpid), htons(aux.tp_vlan_tci)};
        std::memmove(frame.data() + kAddresses + kTag, frame.data() + kAddresses,
                     size - kAddresses);
        std::memcpy(frame.data() + kAddresses, tag.data(), kTag);
        return kTag;
    }
    return 0;
}

}  // namespace

TapWatch::TapWatch(const NetNamespace& space, const std::string& tap, unsigned mtu)
    : cut_(std::make_unique<Tap>(space, kCutName, Tap::Header::none)), buffer_(kLongest) {
    set_limits({.padded = false});  // the kernel does not pad what it cuts
    space.run([&] { open(tap, mtu); });
    thread_ = std::thread([this] { watch(); });
}

TapWatch::~TapWatch() {
    stopping_ = true;
    thread_.join();
    close(seen_);
    close(forward_);
}

void TapWatch::open(const std::string& tap, unsigned mtu) {
    const std::string settings = std::string("/proc/sys/net/ipv6/conf/") + kCutName;
    std::ofstream(settings + "/disable_ipv6") << 1;  // it is to say nothing of its own
    netlink::set_mtu(kCutName, mtu);
    netlink::set_link_up(kCutName, true);
    forward_ = packet_socket(kCutName, 0);
    seen_ = packet_socket(tap, ETH_P_ALL);
}

void TapWatch::watch() {
    while (!stopping_) {
        std::array<pollfd, 2> waiting{pollfd{seen_, POLLIN, 0}, pollfd{cut_->fd(), POLLIN, 0}};
        if (poll(waiting.data(), waiting.size(), 50) <= 0) {
            continue;
        }
        if ((waiting[0].revents & POLLIN) != 0) {
            take_frame();
        }
        drain_cut();
    }
}

void TapWatch::take_frame() {
    VnetHeader header;
    sockaddr_ll from{};
    std::array<iovec, 2> parts{iovec{&header, sizeof(header)},
                               iovec{buffer_.data(), buffer_.size() - kTag}};
    alignas(cmsghdr) std::array<char, 256> control{};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof(from);
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = recvmsg(seen_, &message, 0);
    if (got <= static_cast<ssize_t>(sizeof(header) + kAddresses)) {
        return;
    }
    std::size_t size = static_cast<std::size_t>(got) - sizeof(header);
    const std::size_t added = restore_tag(message, buffer_, size);
    size += added;
    if (from.sll_pkttype == PACKET_OUTGOING) {
        return record(Direction::to_guest, std::span(buffer_).first(size));
    }
    header.header_length = static_cast<std::uint16_t>(header.header_length + added);
    if ((header.flags & VnetHeader::kNeedsChecksum) != 0) {
        header.checksum_start = static_cast<std::uint16_t>(header.checksum_start + added);
    }
    parts[1].iov_len = size;
    if (writev(forward_, parts.data(), parts.size()) < 0) {
        // A header the kernel refuses: the frame is recorded, and judged, as it is.
        sent(std::span(buffer_).first(size));
    }
}

void TapWatch::drain_cut() {
    while (true) {
        const ssize_t got = read(cut_->fd(), buffer_.data(), buffer_.size());
        if (got <= 0) {
            return;
        }
        sent(std::span(buffer_).first(static_cast<std::size_t>(got)));
    }
}

}  // namespace wire
