// SPDX-License-Identifier: GPL-2.0-or-later
// Slow and obvious versions of what the engines do, hand-made packets, and golden vectors from
// files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace ixgbe::reference {

using Buffer = std::vector<std::byte>;

inline std::uint8_t u8(std::byte b) {
    return std::to_integer<std::uint8_t>(b);
}

inline Buffer from_hex(std::string_view hex) {
    const auto digit = [](char c) -> unsigned {
        return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    };
    Buffer out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        out.push_back(static_cast<std::byte>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    }
    return out;
}

inline std::string to_hex(ConstBytes bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const std::byte b : bytes) {
        out += kDigits[u8(b) >> 4];
        out += kDigits[u8(b) & 15];
    }
    return out;
}

inline std::uint16_t get16(ConstBytes b, std::size_t at) {
    return static_cast<std::uint16_t>(u8(b[at]) * 256 + u8(b[at + 1]));
}
inline std::uint32_t get32(ConstBytes b, std::size_t at) {
    return std::uint32_t{get16(b, at)} * 65536 + get16(b, at + 2);
}
inline void put16(Bytes b, std::size_t at, std::size_t value) {
    b[at] = static_cast<std::byte>(value >> 8 & 0xFF);
    b[at + 1] = static_cast<std::byte>(value & 0xFF);
}
inline void put32(Bytes b, std::size_t at, std::size_t value) {
    put16(b, at, value >> 16);
    put16(b, at + 2, value);
}

// A copy without slack behind it: one byte too far is the sanitizer's.
class Exact {
public:
    explicit Exact(ConstBytes bytes)
        : size_(bytes.size()), data_(std::make_unique<std::byte[]>(bytes.size())) {
        std::copy(bytes.begin(), bytes.end(), data_.get());
    }
    [[nodiscard]] Bytes bytes() const { return {data_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<std::byte[]> data_;
};

// ---- engines, the slow way ----

// RFC 1071 section 4.1, one word at a time.
inline std::uint16_t sum(ConstBytes bytes, std::uint32_t start = 0) {
    std::uint32_t total = start;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        total += i % 2 == 0 ? u8(bytes[i]) * 256u : u8(bytes[i]);
        total = (total & 0xFFFF) + (total >> 16);
    }
    return static_cast<std::uint16_t>((total & 0xFFFF) + (total >> 16));
}

inline std::uint32_t reflected_crc(ConstBytes bytes, std::uint32_t polynomial) {
    std::uint32_t crc = ~0u;
    for (const std::byte b : bytes) {
        crc ^= u8(b);
        for (int bit = 0; bit < 8; ++bit) {
            crc = crc & 1 ? crc >> 1 ^ polynomial : crc >> 1;
        }
    }
    return ~crc;
}
inline std::uint32_t crc32c(ConstBytes bytes) {
    return reflected_crc(bytes, 0x82F63B78);
}
inline std::uint32_t crc32(ConstBytes bytes) {
    return reflected_crc(bytes, 0xEDB88320);
}

// Each one bit of the input takes the 32 key bits that begin at its position.
inline std::uint32_t toeplitz(ConstBytes key, ConstBytes input) {
    const auto bit = [](ConstBytes b, std::size_t i) {
        return (unsigned{u8(b[i / 8])} >> (7 - i % 8) & 1u) != 0;
    };
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i < input.size() * 8; ++i) {
        if (!bit(input, i)) {
            continue;
        }
        std::uint32_t window = 0;
        for (std::size_t j = 0; j < 32; ++j) {
            window = window * 2 + (bit(key, i + j) ? 1 : 0);
        }
        hash ^= window;
    }
    return hash;
}

// ---- packets ----

inline Buffer operator+(Buffer a, const Buffer& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline Buffer counting(std::size_t length, unsigned start = 0) {
    Buffer out(length);
    for (std::size_t i = 0; i < length; ++i) {
        out[i] = static_cast<std::byte>((start + i) & 0xFF);
    }
    return out;
}

struct Addresses {
    Buffer src;
    Buffer dst;
    [[nodiscard]] bool v4() const { return src.size() == 4; }
};
inline Addresses v4_addresses() {
    return {from_hex("c0000201"), from_hex("c6336402")};
}
inline Addresses v6_addresses() {
    return {from_hex("20010db8000000000000000000000001"),
            from_hex("20010db8000000000000000000000002")};
}

// Folded pseudo-header; `length` 0 leaves the length out, as segmentation seeds do.
inline std::uint16_t pseudo_header(const Addresses& a, std::uint8_t protocol, std::size_t length) {
    return sum(a.src + a.dst, static_cast<std::uint32_t>(protocol + length));
}

inline void set_checksum(Buffer& l4, std::size_t at, std::uint16_t pseudo, bool udp) {
    put16(l4, at, 0);
    const auto value = static_cast<std::uint16_t>(~sum(l4, pseudo));
    put16(l4, at, udp && value == 0 ? 0xFFFF : value);
}

struct TcpFields {
    std::uint16_t src_port = 0x1234;
    std::uint16_t dst_port = 80;
    std::uint32_t seq = 1000;
    std::uint16_t flags = 0x10;
    Buffer options{};  // a multiple of 4 bytes
};

inline Buffer tcp(const Addresses& a, const Buffer& payload, const TcpFields& f = {}) {
    Buffer out(20);
    put16(out, 0, f.src_port);
    put16(out, 2, f.dst_port);
    put32(out, 4, f.seq);
    put32(out, 8, 0x11223344);
    put16(out, 12, (20 + f.options.size()) / 4 * 4096 + f.flags);
    put16(out, 14, 0xFFFF);
    out = out + f.options + payload;
    set_checksum(out, 16, pseudo_header(a, 6, out.size()), false);
    return out;
}

inline Buffer udp(const Addresses& a, const Buffer& payload, std::uint16_t src_port = 5000,
                  std::uint16_t dst_port = 6000) {
    Buffer out(8);
    put16(out, 0, src_port);
    put16(out, 2, dst_port);
    put16(out, 4, 8 + payload.size());
    out = out + payload;
    set_checksum(out, 6, pseudo_header(a, 17, out.size()), true);
    return out;
}

inline Buffer sctp(const Buffer& chunks) {
    Buffer out = from_hex("1b581b591122334400000000") + chunks;
    const std::uint32_t crc = crc32c(out);
    for (unsigned i = 0; i < 4; ++i) {
        out[8 + i] = static_cast<std::byte>(crc >> (8 * i) & 0xFF);
    }
    return out;
}

inline Buffer ipv4(const Addresses& a, std::uint8_t protocol, const Buffer& payload,
                   const Buffer& options = {}, std::uint16_t fragment = 0x4000) {
    Buffer out(12);
    out[0] = static_cast<std::byte>(0x40 + (20 + options.size()) / 4);
    put16(out, 2, 20 + options.size() + payload.size());
    put16(out, 4, 0x1234);
    put16(out, 6, fragment);
    out[8] = std::byte{64};
    out[9] = static_cast<std::byte>(protocol);
    out = out + a.src + a.dst + options;
    put16(out, 10, static_cast<std::uint16_t>(~sum(out)));
    return out + payload;
}

inline Buffer ipv6(const Addresses& a, std::uint8_t next_header, const Buffer& payload) {
    Buffer out = from_hex("60012345");
    out.resize(8);
    put16(out, 4, payload.size());
    out[6] = static_cast<std::byte>(next_header);
    out[7] = std::byte{64};
    return out + a.src + a.dst + payload;
}

// An extension header of `length` bytes (a multiple of 8) filled with a PadN option.
inline Buffer ipv6_options(std::uint8_t next_header, std::size_t length) {
    Buffer out(length);
    out[0] = static_cast<std::byte>(next_header);
    out[1] = static_cast<std::byte>(length / 8 - 1);
    for (std::size_t at = 2; at < length;) {
        const std::size_t left = length - at;
        const std::size_t data = left < 2 ? 0 : std::min<std::size_t>(left - 2, 255);
        out[at] = left == 1 ? std::byte{0} : std::byte{1};
        if (left > 1) {
            out[at + 1] = static_cast<std::byte>(data);
        }
        at += left == 1 ? 1 : 2 + data;
    }
    return out;
}

inline Buffer ethernet(std::uint16_t type, const Buffer& payload, const Buffer& tags = {}) {
    Buffer out = from_hex("020000000001020000000002") + tags;
    const std::size_t at = out.size();
    out.resize(at + 2);
    put16(out, at, type);
    return out + payload;
}
inline Buffer tag(std::uint16_t type, std::uint16_t tci) {
    Buffer out(4);
    put16(out, 0, type);
    put16(out, 2, tci);
    return out;
}

inline Buffer ip(const Addresses& a, std::uint8_t protocol, const Buffer& payload) {
    return a.v4() ? ipv4(a, protocol, payload) : ipv6(a, protocol, payload);
}
inline Buffer ip_frame(const Addresses& a, std::uint8_t protocol, const Buffer& payload) {
    return ethernet(a.v4() ? 0x0800 : 0x86DD, ip(a, protocol, payload));
}

inline Buffer vxlan(const Buffer& inner) {
    return from_hex("0800000000002a00") + inner;
}
inline Buffer nvgre(const Buffer& inner) {
    return from_hex("2000655800abcd12") + inner;
}

// ---- random cases ----

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    // lowest..highest, both included
    std::size_t between(std::size_t lowest, std::size_t highest) {
        return lowest + engine_() % (highest - lowest + 1);
    }
    bool coin() { return (engine_() & 1) != 0; }
    Buffer bytes(std::size_t length) {
        Buffer out(length);
        for (std::byte& b : out) {
            b = static_cast<std::byte>(engine_() & 0xFF);
        }
        return out;
    }

private:
    std::mt19937_64 engine_;
};

// ---- golden vectors ----

// The lines of tests/vectors/<name> without comments, cut at `|`, blanks trimmed.
inline std::vector<std::vector<std::string>> vectors(const std::string& name) {
    const std::filesystem::path directory(X550_TEST_VECTORS);
    std::ifstream file(directory / name);
    if (!file) {
        throw std::runtime_error("cannot read " + (directory / name).string());
    }
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') {
            continue;
        }
        std::vector<std::string> row;
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, '|');) {
            const auto from = cell.find_first_not_of(' ');
            const auto to = cell.find_last_not_of(' ');
            row.push_back(from == std::string::npos ? "" : cell.substr(from, to - from + 1));
        }
        rows.push_back(row);
    }
    return rows;
}

inline unsigned long hex_number(const std::string& text) {
    return std::stoul(text, nullptr, 16);
}

}  // namespace ixgbe::reference
