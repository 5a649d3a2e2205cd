// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "error.h"
#include "registry_text.h"
#include "settings.h"

namespace taskoffload {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;
constexpr std::size_t kMostSectionsShown = 20;
constexpr std::size_t kLongestSection = 300;
constexpr std::array<std::string_view, 2> kHeaders{"Windows Registry Editor Version 5.00",
                                                   "REGEDIT4"};
constexpr std::string_view kDword = "dword:";
constexpr std::size_t kDwordDigits = 8;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// The lines of a text, those that go on joined. Comments and empty lines are left out.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}

    [[nodiscard]] std::optional<std::string> next() {
        while (!rest_.empty()) {
            std::string line(physical());
            if (line.empty() || line.front() == ';') {
                continue;
            }
            start_ = number_;
            while (!line.empty() && line.back() == '\\' && !rest_.empty()) {
                line.pop_back();
                line += physical();
                if (line.size() > kLongestLine) {
                    refuse_line(start_, "a value of more than a megabyte");
                }
            }
            if (!line.empty()) {
                return line;
            }
        }
        return std::nullopt;
    }
    // Of the line that next() gave: where it begins.
    [[nodiscard]] std::size_t number() const { return start_; }

private:
    std::string_view physical() {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        if (line.size() > kLongestLine) {
            refuse_line(number_, "longer than a megabyte");
        }
        return trimmed(line);
    }

    std::string_view rest_;
    std::size_t number_ = 0;
    std::size_t start_ = 0;
};

// Takes "..." with \\ and \" from the front of `rest`.
std::string take_string(std::string_view& rest, std::size_t line) {
    std::string out;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return out;
        }
        if (rest[i] == '\\' && i + 1 < rest.size()) {
            ++i;
        }
        out += rest[i];
    }
    refuse_line(line, "no closing quote: " + printable(rest));
}

void expect_end(std::string_view rest, std::size_t line) {
    const std::string_view more = trimmed(rest);
    if (!more.empty() && more.front() != ';') {
        refuse_line(line, "unexpected text behind the value: " + printable(more));
    }
}

std::uint32_t take_dword(std::string_view text, std::size_t line) {
    const std::string_view digits = trimmed(text.substr(0, text.find(';')));
    const auto number = parse_number(digits, 16);
    if (!number || digits.size() > kDwordDigits) {
        refuse_line(line, "dword: takes one to eight hexadecimal digits, not " +
                              (digits.empty() ? "nothing" : printable(digits)));
    }
    return *number;
}

void parse_value(std::string_view rest, RegistryValue& out) {
    if (rest.starts_with('"')) {
        out.type = RegistryValue::Type::String;
        out.text = take_string(rest, out.line);
        expect_end(rest, out.line);
    } else if (lower(rest.substr(0, kDword.size())) == kDword) {
        out.type = RegistryValue::Type::Dword;
        out.number = take_dword(rest.substr(kDword.size()), out.line);
    } else if (rest.starts_with('-')) {
        out.type = RegistryValue::Type::Deleted;
        expect_end(rest.substr(1), out.line);
    } else if (const auto hex = lower(rest.substr(0, 4)); hex == "hex:" || hex == "hex(") {
        out.type = RegistryValue::Type::Other;
    } else {
        refuse_line(out.line, "'" + printable(out.name) +
                                  "' has neither a string nor dword: nor hex: but " +
                                  (rest.empty() ? "nothing" : printable(rest)));
    }
}

RegistryValue parse_entry(std::string_view line, std::size_t number) {
    RegistryValue out;
    out.line = number;
    if (line.front() == '@') {
        line.remove_prefix(1);
    } else if (line.front() == '"') {
        out.name = take_string(line, number);
    } else {
        refuse_line(number,
                    "neither [section] nor \"name\"=value nor ;comment: " + printable(line));
    }
    line = trimmed(line);
    if (!line.starts_with('=')) {
        refuse_line(number, "no = behind the name " + printable(out.name));
    }
    parse_value(trimmed(line.substr(1)), out);
    return out;
}

std::string parse_section(std::string_view line, std::size_t number) {
    const std::size_t end = line.rfind(']');
    if (end == std::string_view::npos) {
        refuse_line(number, "no closing bracket: " + printable(line));
    }
    expect_end(line.substr(end + 1), number);
    return std::string(line.substr(1, end - 1));
}

void expect_header(Lines& lines) {
    const auto first = lines.next();
    if (!first || std::find(kHeaders.begin(), kHeaders.end(), *first) == kHeaders.end()) {
        refuse_line(first ? lines.number() : 1, "no registry export, which begins with '" +
                                                    std::string(kHeaders[0]) + "' or " +
                                                    std::string(kHeaders[1]));
    }
}

// [-path] takes a section out of the registry.
void delete_section(RegistryFile& file, std::string_view path) {
    std::erase_if(file.values, [&](const auto& value) { return same_name(value.section, path); });
    std::erase_if(file.sections, [&](const auto& section) { return same_name(section, path); });
}

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
    return left.size() == right.size() && lower(left) == lower(right);
}

const RegistryValue* RegistryFile::last(std::string_view name) const {
    const auto found = std::find_if(values.rbegin(), values.rend(),
                                    [&](const auto& value) { return same_name(value.name, name); });
    return found == values.rend() || found->type == RegistryValue::Type::Deleted ? nullptr
                                                                                 : &*found;
}

std::size_t RegistryFile::sections_with(std::string_view name) const {
    std::set<std::string> found;
    for (const RegistryValue& value : values) {
        if (same_name(value.name, name)) {
            found.insert(lower(value.section));
        }
    }
    return found.size();
}

RegistryFile parse_registry(std::string_view bytes) {
    const std::string text = registry_text(bytes);
    Lines lines(text);
    expect_header(lines);
    RegistryFile out;
    std::optional<std::string> section;
    while (const auto line = lines.next()) {
        if (line->front() == '[') {
            section = parse_section(*line, lines.number());
            if (section->starts_with('-')) {
                delete_section(out, std::string_view(*section).substr(1));
            } else {
                out.sections.push_back(*section);
            }
            continue;
        }
        if (!section) {
            refuse_line(lines.number(), "a value before the first [section]");
        }
        RegistryValue value = parse_entry(*line, lines.number());
        value.section = *section;
        if (!section->starts_with('-') && !value.name.empty()) {
            out.values.push_back(std::move(value));
        }
    }
    return out;
}

RegistryFile choose_section(RegistryFile file, std::string_view part) {
    const std::string wanted = lower(part);
    const auto fits = [&](const std::string& path) {
        return lower(path).find(wanted) != std::string::npos;
    };
    if (!part.empty() && std::none_of(file.sections.begin(), file.sections.end(), fits)) {
        std::string text = "no section contains '" + printable(part) + "'; there are:";
        const std::size_t shown = std::min(file.sections.size(), kMostSectionsShown);
        for (std::size_t i = 0; i < shown; ++i) {
            text += "\n  " + printable(file.sections[i], kLongestSection);
        }
        throw UsageError(text + (shown < file.sections.size() ? "\n  and more" : ""));
    }
    std::erase_if(file.values, [&](const RegistryValue& value) {
        return value.name.starts_with('*') && !fits(value.section);
    });
    return file;
}

}  // namespace taskoffload
