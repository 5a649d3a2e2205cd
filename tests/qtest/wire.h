// SPDX-License-Identifier: GPL-2.0-or-later
// The other end of the cable: a socket that QEMU's backend is given.
#pragma once

#include <optional>

#include "qtest_client.h"

namespace x550 {

using Frame = Bytes;

class Wire {
public:
    // How the backend delimits frames: a length before each one, or one datagram each.
    enum class Kind { stream, datagram };

    explicit Wire(Kind kind = Kind::stream);

    // The end that belongs to QEMU; can be taken once.
    [[nodiscard]] Fd take_qemu_end() { return std::move(there_); }

    void send(const Frame& frame);
    // The next frame, or nothing within the time given.
    std::optional<Frame> receive(Milliseconds patience = kPatience);

private:
    [[nodiscard]] std::optional<Frame> next_in_buffer();

    Kind kind_;
    Fd there_;
    std::optional<Channel> here_;
    std::string buffer_;
};

// A frame of `bytes` bytes from one locally administered address to another, with recognizable
// contents.
using Mac = std::array<std::uint8_t, 6>;
inline constexpr Mac kDeviceMac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
inline constexpr Mac kPeerMac = {0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
inline constexpr Mac kBroadcast = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
[[nodiscard]] Frame make_frame(std::size_t bytes, unsigned number, const Mac& to = kDeviceMac,
                               const Mac& from = kPeerMac);

}  // namespace x550
