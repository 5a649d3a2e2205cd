// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire.h"

#include <algorithm>
#include <sys/socket.h>

namespace x550 {

namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kHeaderBytes = 14;

}  // namespace

Wire::Wire(Kind kind) : kind_(kind) {
    auto [here, there] = socket_pair(kind == Kind::stream ? SOCK_STREAM : SOCK_DGRAM);
    here_.emplace(std::move(here));
    there_ = std::move(there);
}

void Wire::send(const Frame& frame) {
    Bytes bytes;
    if (kind_ == Kind::stream) {
        for (const unsigned shift : {24U, 16U, 8U, 0U}) {
            bytes.push_back(static_cast<std::uint8_t>(frame.size() >> shift));
        }
    }
    bytes.insert(bytes.end(), frame.begin(), frame.end());
    here_->send(bytes);
}

std::optional<Frame> Wire::next_in_buffer() {
    if (buffer_.size() < kLengthBytes) {
        return std::nullopt;
    }
    std::size_t length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) {
        length = length << 8 | static_cast<std::uint8_t>(buffer_[i]);
    }
    if (buffer_.size() - kLengthBytes < length) {
        return std::nullopt;
    }
    Frame frame(buffer_.begin() + kLengthBytes,
                buffer_.begin() + static_cast<std::ptrdiff_t>(kLengthBytes + length));
    buffer_.erase(0, kLengthBytes + length);
    return frame;
}

std::optional<Frame> Wire::receive(Milliseconds patience) {
    if (kind_ == Kind::datagram) {
        std::string datagram;
        if (!here_->receive(datagram, patience)) {
            return std::nullopt;
        }
        return Frame(datagram.begin(), datagram.end());
    }
    for (;;) {
        if (std::optional<Frame> frame = next_in_buffer()) {
            return frame;
        }
        if (!here_->receive(buffer_, patience)) {
            return std::nullopt;
        }
    }
}

Frame make_frame(std::size_t bytes, unsigned number, const Mac& to, const Mac& from) {
    Frame frame(std::max(bytes, kHeaderBytes));
    std::copy(to.begin(), to.end(), frame.begin());
    std::copy(from.begin(), from.end(), frame.begin() + 6);
    frame[12] = 0x88;  // IEEE 802 local experimental EtherType 1
    frame[13] = 0xB5;
    for (std::size_t i = kHeaderBytes; i < frame.size(); ++i) {
        frame[i] = static_cast<std::uint8_t>(number + i * 7);
    }
    if (frame.size() >= kHeaderBytes + 4) {
        for (const unsigned byte : {0U, 1U, 2U, 3U}) {
            frame[kHeaderBytes + byte] = static_cast<std::uint8_t>(number >> (24 - 8 * byte));
        }
    }
    frame.resize(bytes);
    return frame;
}

}  // namespace x550
