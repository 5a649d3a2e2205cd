// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry_text.h"

#include <algorithm>
#include <cstdint>

#include "error.h"

namespace taskoffload {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostBytes = 16 << 20;  // all of a machine's network classes are far less
constexpr auto kUtf8Mark = "\xEF\xBB\xBF"sv;
constexpr auto kUtf16LeMark = "\xFF\xFE"sv;
constexpr auto kUtf16BeMark = "\xFE\xFF"sv;

std::size_t line_at(std::string_view text, std::size_t position) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(position);
    return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

std::uint32_t unit_at(std::string_view bytes, std::size_t index) {
    const auto low = static_cast<unsigned char>(bytes[2 * index]);
    const auto high = static_cast<unsigned char>(bytes[2 * index + 1]);
    return static_cast<std::uint32_t>(high << 8 | low);
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [&](unsigned shift) {
        out += static_cast<char>(0x80U | (code >> shift & 0x3FU));
    };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0U | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0U | code >> 12);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

bool is_surrogate(std::uint32_t unit, std::uint32_t first) {
    return unit >= first && unit < first + 0x400;
}

// Without the mark.
std::string from_utf16(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() / 2);
    const std::size_t units = bytes.size() / 2;
    for (std::size_t i = 0; i < units; ++i) {
        std::uint32_t code = unit_at(bytes, i);
        if (is_surrogate(code, 0xD800) && i + 1 < units &&
            is_surrogate(unit_at(bytes, i + 1), 0xDC00)) {
            ++i;
            code = 0x10000 + ((code - 0xD800) << 10) + (unit_at(bytes, i) - 0xDC00);
        } else if (is_surrogate(code, 0xD800) || is_surrogate(code, 0xDC00)) {
            refuse_line(line_at(out, out.size()), "half a surrogate pair: the file is damaged");
        }
        append_utf8(out, code);
    }
    if (bytes.size() % 2 != 0) {
        refuse_line(line_at(out, out.size()), "the file ends within a character: export it again");
    }
    return out;
}

}  // namespace

std::string registry_text(std::string_view bytes) {
    if (bytes.size() > kMostBytes) {
        throw UsageError("the file is larger than 16 MB: export the adapter's key alone");
    }
    if (bytes.starts_with(kUtf16BeMark)) {
        refuse_line(1, "big-endian UTF-16: save it as UTF-16 (little-endian) or UTF-8");
    }
    std::string text;
    if (bytes.starts_with(kUtf16LeMark)) {
        text = from_utf16(bytes.substr(kUtf16LeMark.size()));
    } else {
        text = bytes.substr(bytes.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0);
    }
    const std::size_t zero = text.find('\0');
    if (zero != std::string::npos) {
        refuse_line(line_at(text, zero),
                    "a zero byte: this is no text, or UTF-16 without a byte-order mark");
    }
    return text;
}

std::string printable(std::string_view text, std::size_t most) {
    std::string out(text.substr(0, most));
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text.size() > most ? out + "..." : out;
}

std::string_view trimmed(std::string_view text) {
    constexpr auto white = " \t\r"sv;
    const std::size_t first = text.find_first_not_of(white);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

void refuse_line(std::size_t line, const std::string& what) {
    throw UsageError("line " + std::to_string(line) + ": " + what);
}

}  // namespace taskoffload
