// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes as hexadecimal text.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace agent {

[[nodiscard]] inline std::string to_hex(std::span<const std::byte> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        out += kDigits[std::to_integer<std::size_t>(byte) / 16];
        out += kDigits[std::to_integer<std::size_t>(byte) % 16];
    }
    return out;
}

[[nodiscard]] inline std::vector<std::byte> from_hex(const std::string& text) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        if (c >= 'A' && c <= 'F') {
            return c - 'A' + 10;
        }
        throw std::runtime_error("not hexadecimal");
    };
    if (text.size() % 2 != 0) {
        throw std::runtime_error("odd number of hexadecimal digits");
    }
    std::vector<std::byte> out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        out.push_back(static_cast<std::byte>(digit(text[i]) * 16 + digit(text[i + 1])));
    }
    return out;
}

}  // namespace agent
