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

// What the stack is told to leave to the device. Offsets count from the frame's first byte.
struct PacketOffload {
    std::uint16_t checksum_start = 0;   // of the transport header; its sum is the pseudo-header's
    std::uint16_t checksum_offset = 0;  // from there to the field
    std::uint8_t segment_type = 0;      // VIRTIO_NET_HDR_GSO_*, 0: not to be cut
    std::uint16_t segment_size = 0;
    std::uint16_t header_length = 0;
    std::uint16_t ethertype = 0;  // for interfaces whose frames do not tell; 0: the frame tells
};

// What the driver told the stack about a frame, beside what every capture shows.
struct Steered {
    std::optional<std::uint32_t> hash;   // of the receive-side scaling, 0: none was reported
    std::optional<std::uint32_t> queue;  // of the device that received it
    std::uint16_t besides = 0;           // frames of this EtherType are shown as well
};

class PacketSocket {
public:
    // Without descriptions it also shows frames whose segmentation a virtio-net header cannot name.
    enum class Describe { offloads, nothing };

    explicit PacketSocket(const std::string& ifname, Describe describe = Describe::offloads);
    PacketSocket(const PacketSocket&) = delete;
    PacketSocket& operator=(const PacketSocket&) = delete;
    ~PacketSocket();

    // Shows from now on only what has all of this.
    void show_only(const Steered& wanted) const;

    // Frames that are sent from now on go straight to the driver.
    void bypass_queueing() const;

    void send(std::span<const std::byte> frame) const;
    void send(std::span<const std::byte> frame, const PacketOffload& offload) const;
    // The next frame, or nothing at the deadline.
    [[nodiscard]] std::optional<CapturedFrame> receive(
        std::chrono::steady_clock::time_point deadline, const std::function<bool()>& stop = {});
    // Frames the kernel dropped because nobody read them.
    [[nodiscard]] unsigned lost() const;

private:
    int fd_ = -1;
    int ifindex_ = 0;
    std::size_t header_ = 0;  // bytes before each frame
    std::vector<std::byte> buffer_;
};

}  // namespace agent
