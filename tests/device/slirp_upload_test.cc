// SPDX-License-Identifier: GPL-2.0-or-later
// A long upload in large sends of 64 KB to libslirp, an independent TCP/IP stack: what the host's
// socket reads has the hash of what the guest sent.

#include <algorithm>
#include <gtest/gtest.h>
#include <span>

#include "slirp_rig.h"

namespace x550 {
namespace {

// A sanitizer makes every byte several times dearer, and finds nothing in the last that it did not
// see in the first.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kBytes = 10'000'000;
#else
constexpr std::size_t kBytes = 100'000'000;
#endif
constexpr std::uint32_t kMss = 1460;
constexpr std::size_t kLargest = std::size_t{44} * kMss;  // 64,240 bytes: one window of libslirp
constexpr std::size_t kHeaders = kEthBytes + kIpv4Bytes + kTcpBytes;

// FNV-1a: the order of bytes matters.
class Hash {
public:
    void add(std::span<const std::uint8_t> bytes) {
        for (const std::uint8_t byte : bytes) {
            value_ = (value_ ^ byte) * 0x100000001B3u;
        }
        bytes_ += bytes.size();
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    std::uint64_t value_ = 0xCBF29CE484222325u;
    std::size_t bytes_ = 0;
};

// The stream repeats a block whose length shares no factor with any segment's.
class Stream {
public:
    void copy(std::size_t at, std::span<std::uint8_t> to) const {
        while (!to.empty()) {
            const std::size_t from = at % block_.size();
            const std::size_t length = std::min(to.size(), block_.size() - from);
            std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(from), length, to.begin());
            to = to.subspan(length);
            at += length;
        }
    }

private:
    Frame block_ = pattern(1'000'003, 99);
};

// Sends the stream in large sends out of one buffer, which is free again when send() returns.
class Uploader {
public:
    explicit Uploader(SlirpRig& rig)
        : rig_(rig), buffer_(rig.machine.memory.allocate(kHeaders + kLargest)) {}

    void push(TcpConnection& tcp, const Stream& stream, Hash& sent) {
        const std::size_t at = tcp.sent();
        const std::size_t length = std::min(tcp.room(kLargest), kBytes - std::min(kBytes, at));
        // Not in dribs and drabs: the window has to be open, or the end near.
        if (length == 0 || (length < kLargest && at + length < kBytes)) {
            return;
        }
        Frame headers = tcp.segment().build();
        put_be16(headers, kEthBytes + 2, 0);
        put_be16(headers, kEthBytes + 10, 0);
        seed_l4_checksum(headers, kEthBytes, kEthBytes + kIpv4Bytes, false);
        std::uint8_t* const memory = rig_.machine.memory.at(buffer_);
        std::copy(headers.begin(), headers.end(), memory);
        const std::span<std::uint8_t> payload(memory + kHeaders, length);
        stream.copy(at, payload);
        if (at + length > sent.bytes()) {  // the rest is sent once more
            sent.add(payload.subspan(sent.bytes() - at));
        }
        post(static_cast<std::uint32_t>(length));
        tcp.advance(length);
    }

private:
    void post(std::uint32_t payload) {
        rig_.tx.put_context(
            {.l4len = kTcpBytes, .mss = kMss, .type = TxContext::l4_tcp | TxContext::ipv4});
        Descriptor first = data_descriptor(buffer_, kHeaders, TxData::tse | TxData::ifcs);
        first[3] = TxData::ixsm | TxData::txsm | payload << TxData::paylen_shift;
        rig_.tx.put(first);
        constexpr std::uint32_t most = 16'384;  // DS 7.2.3.2.4
        for (std::uint32_t done = 0; done < payload; done += most) {
            const std::uint32_t length = std::min(most, payload - done);
            const bool last = done + length == payload;
            rig_.tx.put(data_descriptor(buffer_ + kHeaders + done, length,
                                        last ? kLast : std::uint32_t{TxData::ifcs}));
        }
        rig_.tx.kick();
        EXPECT_TRUE(rig_.machine.run());
    }

    SlirpRig& rig_;
    std::uint64_t buffer_;
};

TEST(Slirp, AHundredMegabytesInLargeSendsArriveIntact) {
    SlirpRig rig;
    rig.patience = std::chrono::seconds(240);
    ASSERT_TRUE(rig.resolve_gateway());
    LoopbackSocket server(SOCK_STREAM);
    TcpConnection tcp(rig, server.port());
    const auto see = [&](const RxPacket&, const Decoded& decoded) { tcp.see(decoded); };
    tcp.open();
    ASSERT_TRUE(rig.until([&] { return tcp.established(); }, see));
    rig.wait_ms = 0;
    const Stream stream;
    Uploader uploader(rig);
    Hash sent;
    Hash arrived;
    const auto take = [&](std::span<const std::uint8_t> bytes) { arrived.add(bytes); };
    std::size_t last_acknowledged = 0;
    unsigned quiet = 0;
    ASSERT_TRUE(rig.until(
        [&] {
            quiet = tcp.acknowledged() == last_acknowledged ? quiet + 1 : 0;
            last_acknowledged = tcp.acknowledged();
            if (quiet == 10'000) {
                tcp.rewind();
                quiet = 0;
            }
            uploader.push(tcp, stream, sent);
            (void)server.drain(take);
            return arrived.bytes() >= kBytes && tcp.acknowledged() >= kBytes;
        },
        see));
    EXPECT_EQ(sent.bytes(), kBytes);
    EXPECT_EQ(arrived.bytes(), kBytes);
    EXPECT_EQ(arrived.value(), sent.value());
}

}  // namespace
}  // namespace x550
