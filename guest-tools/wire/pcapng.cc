// SPDX-License-Identifier: GPL-2.0-or-later
// The block layouts are those of the IETF draft "PCAP Next Generation Capture File Format",
// sections 4.1 to 4.3, in little-endian byte order.
#include "pcapng.h"

#include <cstdint>
#include <fstream>
#include <stdexcept>

namespace wire {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kEthernet = 1;
constexpr std::uint16_t kOptionTimeResolution = 9;
constexpr std::uint16_t kOptionFlags = 2;
constexpr std::uint32_t kInbound = 1;
constexpr std::uint32_t kOutbound = 2;

class Block {
public:
    explicit Block(std::uint32_t type) {
        put(type, 4);
        put(0, 4);
    }
    void put(std::uint64_t value, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) {
            body_.push_back(static_cast<char>(value >> (8 * i) & 0xff));
        }
    }
    void put(std::span<const std::byte> bytes) {
        for (const std::byte byte : bytes) {
            body_.push_back(std::to_integer<char>(byte));
        }
        pad();
    }
    void option(std::uint16_t code, std::uint64_t value, std::uint16_t bytes) {
        put(code, 2);
        put(bytes, 2);
        put(value, bytes);
        pad();
    }
    void write(std::ostream& out) {
        const auto length = static_cast<std::uint32_t>(body_.size() + 4);
        for (unsigned i = 0; i < 4; ++i) {
            body_[4 + i] = static_cast<char>(length >> (8 * i) & 0xff);
        }
        put(length, 4);
        out.write(body_.data(), static_cast<std::streamsize>(body_.size()));
    }

private:
    void pad() {
        while (body_.size() % 4 != 0) {
            body_.push_back(0);
        }
    }
    std::vector<char> body_;
};

void write_headers(std::ostream& out) {
    Block section(kSectionHeader);
    section.put(0x1A2B3C4D, 4);  // byte order
    section.put(1, 2);
    section.put(0, 2);
    section.put(~std::uint64_t{0}, 8);  // section length not given
    section.write(out);
    Block description(kInterfaceDescription);
    description.put(kEthernet, 2);
    description.put(0, 2);
    description.put(0, 4);  // no snap length
    description.option(kOptionTimeResolution, 9, 1);
    description.option(0, 0, 0);
    description.write(out);
}

}  // namespace

void write_pcapng(const std::string& path, std::span<const Frame> frames) {
    std::ofstream out(path, std::ios::binary);
    write_headers(out);
    for (const Frame& frame : frames) {
        const auto time = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(frame.time.time_since_epoch())
                .count());
        Block packet(kEnhancedPacket);
        packet.put(0, 4);
        packet.put(time >> 32, 4);
        packet.put(time & 0xffffffffU, 4);
        packet.put(frame.bytes.size(), 4);
        packet.put(frame.length, 4);
        packet.put(frame.bytes);
        // Seen from the guest's port: what it sends is outbound.
        packet.option(kOptionFlags, frame.direction == Direction::from_guest ? kOutbound : kInbound,
                      4);
        packet.option(0, 0, 0);
        packet.write(out);
    }
    if (!out) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace wire
