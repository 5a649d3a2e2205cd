// SPDX-License-Identifier: GPL-2.0-or-later
// AF_PACKET: whole frames out, and what the guest's stack was told about frames that came in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace agent {

struct CapturedFrame {
    std::vector<std::byte> bytes;  // as the stack holds it: VLAN tag stripped if reported aside
    std::size_t length = 0;        // before truncation to the buffer
    bool outgoing = false;
    bool checksum_valid = false;    // the driver vouches for the checksum
    bool checksum_missing = false;  // to be filled in by the device (outgoing)
    std::optional<std::uint16_t> vlan_tci;
    std::uint16_t vlan_protocol = 0;
    std::uint16_t segment_size = 0;  // non-zero for coalesced or segmentable units
    std::uint8_t segment_type = 0;   // VIRTIO_NET_HDR_GSO_*
};

class PacketSocket {
public:
    explicit PacketSocket(const std::string& ifname);
    PacketSocket(const PacketSocket&) = delete;
    PacketSocket& operator=(const PacketSocket&) = delete;
    ~PacketSocket();

    void send(std::span<const std::byte> frame) const;
    // The next frame, or nothing at the deadline.
    [[nodiscard]] std::optional<CapturedFrame> receive(
        std::chrono::steady_clock::time_point deadline, const std::function<bool()>& stop = {});
    // Frames the kernel dropped because nobody read them.
    [[nodiscard]] unsigned lost() const;

private:
    int fd_ = -1;
    std::vector<std::byte> buffer_;
};

}  // namespace agent
