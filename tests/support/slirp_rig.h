// SPDX-License-Identifier: GPL-2.0-or-later
// A small guest-side stack that talks to libslirp through the device's rings.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <span>
#include <sys/socket.h>
#include <tins/tins.h>
#include <unistd.h>

#include "descriptors.h"
#include "rig.h"
#include "slirp_peer.h"

namespace x550 {

inline constexpr auto kPatience = std::chrono::seconds(20);

// A socket of the host on loopback, where libslirp's gateway address leads to.
class LoopbackSocket {
public:
    explicit LoopbackSocket(int type) : fd_(socket(AF_INET, type | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        socklen_t length = sizeof address;
        EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
        if (type == SOCK_STREAM) {
            EXPECT_EQ(listen(fd_, 1), 0);
        }
    }
    ~LoopbackSocket() {
        close(fd_);
        if (connection_ >= 0) {
            close(connection_);
        }
    }
    LoopbackSocket(const LoopbackSocket&) = delete;
    LoopbackSocket& operator=(const LoopbackSocket&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    // One datagram goes back to where it came from.
    void echo() const {
        std::array<std::uint8_t, 65536> bytes{};
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const ssize_t got = recvfrom(fd_, bytes.data(), bytes.size(), 0,
                                     reinterpret_cast<sockaddr*>(&from), &length);
        if (got > 0) {
            (void)sendto(fd_, bytes.data(), static_cast<std::size_t>(got), 0,
                         reinterpret_cast<sockaddr*>(&from), length);
        }
    }
    // Takes a connection and what has arrived on it; true at its end.
    bool drain(const std::function<void(std::span<const std::uint8_t>)>& take) {
        if (connection_ < 0) {
            connection_ = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK);
        }
        std::array<std::uint8_t, 65536> bytes{};
        ssize_t got = -1;
        while (connection_ >= 0 && (got = read(connection_, bytes.data(), bytes.size())) > 0) {
            take(std::span(bytes).first(static_cast<std::size_t>(got)));
        }
        return connection_ >= 0 && got == 0;
    }
    bool drain(Frame& received) {
        return drain([&](std::span<const std::uint8_t> bytes) {
            received.insert(received.end(), bytes.begin(), bytes.end());
        });
    }
    void write_all(const Frame& bytes) {
        if (connection_ >= 0 && written_ < bytes.size()) {
            const ssize_t put =
                write(connection_, bytes.data() + written_, bytes.size() - written_);
            written_ += put > 0 ? static_cast<std::size_t>(put) : 0;
        }
    }

private:
    int fd_;
    int connection_ = -1;
    std::uint16_t port_ = 0;
    std::size_t written_ = 0;
};

// The guest: rings, ARP, and frames whose checksums the device has to finish.
class SlirpRig : public Rig {
public:
    SlirpRig() {
        driver.set<FCTRL>(FCTRL::bam);
        driver.write<RXCSUM>(RXCSUM::pcsd);
    }

    using See = std::function<void(const RxPacket&, const Decoded&)>;

    // Steps until `done`, looking at every packet that arrives.
    bool until(const std::function<bool()>& done, const See& see = {}) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            peer.step(wait_ms);
            for (const RxPacket& packet : rx.take_all()) {
                look_at(packet, see);
            }
            rx.fill_all();
        }
        return true;
    }

    bool resolve_gateway() {
        Tins::EthernetII request = Tins::ARP::make_arp_request(
            SlirpPeer::kGatewayIp, SlirpPeer::kGuestIp, Tins::HWAddress<6>(kDeviceMac.data()));
        request.src_addr(Tins::HWAddress<6>(kDeviceMac.data()));
        tx.send(request.serialize());
        return until([this] { return have_gateway_; });
    }

    [[nodiscard]] FrameBuilder to_gateway() const {
        FrameBuilder builder;
        builder.to(gateway_).from(kDeviceMac).ipv4(SlirpPeer::kGuestIp, SlirpPeer::kGatewayIp);
        return builder;
    }
    // The device inserts both checksums.
    void send_with_offload(const FrameBuilder& builder, bool tcp) {
        Frame frame = builder.build();
        put_be16(frame, kEthBytes + 10, 0);
        seed_l4_checksum(frame, kEthBytes, builder.l4_offset());
        tx.put_context({.type = TxContext::ipv4 | (tcp ? TxContext::l4_tcp : TxContext::l4_udp)});
        tx.send(frame, {.options = TxData::txsm | TxData::ixsm});
    }
    void send_large(const FrameBuilder& builder, std::uint32_t mss) {
        Frame frame = builder.build();
        put_be16(frame, kEthBytes + 2, 0);
        put_be16(frame, kEthBytes + 10, 0);
        seed_l4_checksum(frame, kEthBytes, builder.l4_offset(), false);
        tx.put_context(
            {.l4len = kTcpBytes, .mss = mss, .type = TxContext::l4_tcp | TxContext::ipv4});
        const auto payload =
            static_cast<std::uint32_t>(frame.size() - builder.l4_offset() - kTcpBytes);
        tx.send(frame,
                {.command = kLast | TxData::tse,
                 .options = TxData::txsm | TxData::ixsm,
                 .paylen = payload},
                {builder.l4_offset() + kTcpBytes, 1000});
    }

    std::chrono::seconds patience = kPatience;
    int wait_ms = 1;  // for the host's sockets, in each step
    SlirpPeer peer{machine};
    TxRing tx{driver, 0, {.size = 512}};
    RxRing rx{driver, 0, {.size = 256}};

private:
    void look_at(const RxPacket& packet, const See& see) {
        const auto decoded = answer_arp(packet.bytes) ? std::nullopt : decode(packet.bytes);
        if (!decoded || decoded->ip_version != 4) {
            return;
        }
        EXPECT_TRUE(packet.has(RxWriteBack::ipcs)) << "the device checked the header";
        EXPECT_FALSE(packet.has(RxWriteBack::ipe));
        EXPECT_FALSE(packet.has(RxWriteBack::l4e));
        if (see) {
            see(packet, *decoded);
        }
    }

    bool answer_arp(const Frame& frame) {
        if (be16_at(frame, 12) != 0x0806) {
            return false;
        }
        const Tins::EthernetII ethernet(frame.data(), static_cast<std::uint32_t>(frame.size()));
        const auto& arp = ethernet.rfind_pdu<Tins::ARP>();
        if (arp.opcode() == Tins::ARP::REPLY) {
            const auto address = arp.sender_hw_addr();
            std::copy(address.begin(), address.end(), gateway_.begin());
            have_gateway_ = true;
        } else {
            Tins::EthernetII reply = Tins::ARP::make_arp_reply(
                arp.sender_ip_addr(), SlirpPeer::kGuestIp, arp.sender_hw_addr(),
                Tins::HWAddress<6>(kDeviceMac.data()));
            tx.send(reply.serialize());
        }
        return true;
    }

    Mac gateway_{};
    bool have_gateway_ = false;
};

// Enough TCP to open, send with a window, take data, and close.
class TcpConnection {
public:
    TcpConnection(SlirpRig& rig, std::uint16_t port) : rig_(rig), port_(port) {}

    void open() { send(TcpFlag::syn, {}); }
    [[nodiscard]] bool established() const { return established_; }
    [[nodiscard]] std::size_t acknowledged() const { return acknowledged_ - kFirst - 1; }
    [[nodiscard]] const Frame& received() const { return received_; }

    void see(const Decoded& decoded) {
        if (!decoded.tcp || decoded.source_port != port_) {
            return;
        }
        EXPECT_TRUE(decoded.consistent);
        EXPECT_EQ(decoded.tcp_flags & TcpFlag::rst, 0);
        if ((decoded.tcp_flags & TcpFlag::syn) != 0) {
            next_ = kFirst + 1;
            expected_ = decoded.sequence + 1;
            established_ = true;
            send(TcpFlag::ack, {});
        }
        if ((decoded.tcp_flags & TcpFlag::ack) != 0) {
            acknowledged_ = std::max(acknowledged_, decoded.acknowledge);
        }
        const bool fin = (decoded.tcp_flags & TcpFlag::fin) != 0;
        if (decoded.sequence == expected_ && (!decoded.payload.empty() || fin)) {
            received_.insert(received_.end(), decoded.payload.begin(), decoded.payload.end());
            expected_ += static_cast<std::uint32_t>(decoded.payload.size()) + (fin ? 1 : 0);
            send(TcpFlag::ack, {});
        } else if (!decoded.payload.empty()) {
            send(TcpFlag::ack, {});
        }
    }
    // Bytes of the stream that were sent, and how many more a window lets through.
    [[nodiscard]] std::size_t sent() const { return next_ - kFirst - 1; }
    [[nodiscard]] std::size_t room(std::size_t window) const {
        return window - std::min(window, sent() - acknowledged());
    }
    // The next segment of the stream; advance() once its payload is on the way.
    [[nodiscard]] FrameBuilder segment() const {
        FrameBuilder builder = rig_.to_gateway();
        builder.tcp(kLocalPort, port_, next_, TcpFlag::ack | TcpFlag::psh).acknowledge(expected_);
        return builder;
    }
    void advance(std::size_t bytes) { next_ += static_cast<std::uint32_t>(bytes); }
    // As much of `bytes` as the window lets through, in one large send.
    void push(const Frame& bytes, std::size_t window, std::uint32_t mss) {
        const std::size_t length =
            std::min(room(window), bytes.size() - std::min(bytes.size(), sent()));
        if (length == 0) {
            return;
        }
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(sent());
        rig_.send_large(
            segment().payload(Frame(first, first + static_cast<std::ptrdiff_t>(length))), mss);
        advance(length);
    }
    // Whatever was not acknowledged is sent once more from there.
    void rewind() { next_ = acknowledged_; }
    void finish() { send(TcpFlag::fin | TcpFlag::ack, {}); }

private:
    static constexpr std::uint32_t kFirst = 0x10000;
    static constexpr std::uint16_t kLocalPort = 40000;

    void send(std::uint16_t flags, const Frame& payload) {
        FrameBuilder builder = rig_.to_gateway();
        builder.tcp(kLocalPort, port_, next_, flags).acknowledge(expected_).payload(payload);
        rig_.send_with_offload(builder, true);
    }

    SlirpRig& rig_;
    std::uint16_t port_;
    std::uint32_t next_ = kFirst;
    std::uint32_t acknowledged_ = kFirst;
    std::uint32_t expected_ = 0;
    bool established_ = false;
    Frame received_;
};

}  // namespace x550
