// SPDX-License-Identifier: GPL-2.0-or-later
#include "html_parts.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace host::html {
namespace {

constexpr std::size_t kMostFrames = 24;
constexpr std::size_t kMostBytes = 192;
constexpr std::size_t kBytesALine = 16;

std::string printed(const char* format, double number) {
    std::array<char, 64> out{};
    (void)std::snprintf(out.data(), out.size(), format, number);
    return out.data();
}

// Three digits, whatever the size.
std::string rounded(double number) {
    return printed(number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number);
}

// Nanoseconds in the unit that reads best; other units as they are.
std::string cost_text(const Json& number, const std::string& unit) {
    if (!number.is_number()) {
        return "not measured";
    }
    const double value = number.get<double>();
    if (!unit.starts_with("ns")) {
        return rounded(value) + " " + escaped(unit);
    }
    const std::string rest = escaped(unit.substr(2));
    return value >= 1e6   ? rounded(value / 1e6) + " ms" + rest
           : value >= 1e3 ? rounded(value / 1e3) + " µs" + rest
                          : rounded(value) + " ns" + rest;
}

std::string hex_offset(std::size_t offset) {
    std::array<char, 24> out{};
    (void)std::snprintf(out.data(), out.size(), "%04zx", offset);
    return out.data();
}

// Offset and sixteen bytes a line.
std::string hex_dump(const std::string& hex) {
    const std::size_t bytes = hex.size() / 2;
    const std::size_t shown = std::min(bytes, kMostBytes);
    std::string out;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i % kBytesALine == 0) {
            out += (i == 0 ? "" : "\n") + hex_offset(i) + " ";
        }
        out += (i % kBytesALine == kBytesALine / 2 ? "  " : " ") + hex.substr(2 * i, 2);
    }
    return shown < bytes ? out + "\n     and " + counted(bytes - shown, "byte") + " more" : out;
}

std::string rect(std::string_view kind, double x, double y, double width, double height) {
    return "<rect class=\"" + std::string(kind) + "\" x=\"" + printed("%.2f", x) + "\" y=\"" +
           printed("%.0f", y) + "\" width=\"" + printed("%.2f", width) + "\" height=\"" +
           printed("%.0f", height) + "\"/>";
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                const bool control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
                out += control ? "\uFFFD" : std::string(1, c);
            }
        }
    }
    return out;
}

std::string element(std::string_view name, std::string_view attributes,
                    const std::string& content) {
    const std::string tag(name);
    const std::string head = attributes.empty() ? tag : tag + " " + std::string(attributes);
    return "<" + head + ">" + content + "</" + tag + ">";
}

std::string text(const Json& from, const char* name) {
    return from.value(name, std::string());
}

std::string counted(std::size_t number, std::string_view noun) {
    return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string duration(double seconds) {
    constexpr double kMinute = 60;
    if (seconds < kMinute) {
        return printed("%.1f s", seconds);
    }
    const auto whole = static_cast<unsigned long>(seconds);
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

std::string outcome_badge(const std::string& outcome, const char* neither) {
    const bool known = outcome == "pass" || outcome == "fail";
    return element("span", "class=\"badge " + (known ? outcome : "skip") + "\"",
                   known ? outcome : neither);
}

std::string state_badge(const Json& state) {
    if (!state.is_boolean()) {
        return "<span class=\"state none\"><span aria-hidden=\"true\">–</span>"
               "<span class=\"hidden\">not told</span></span>";
    }
    return state.get<bool>() ? "<span class=\"state on\">on</span>"
                             : "<span class=\"state off\">off</span>";
}

std::string value_text(const Json& value) {
    if (value.is_null()) {
        return "–";
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? "on" : "off";
    }
    return escaped(value.is_string() ? value.get<std::string>()
                                     : value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string share_bar(const Json& totals) {
    constexpr double kWidth = 1000;
    const auto of = [&](const char* name) { return totals.value(name, 0.0); };
    const double all = of("pass") + of("fail") + of("skip");
    std::string bars;
    double x = 0;
    for (const char* name : {"pass", "fail", "skip"}) {
        const double width = all > 0 ? kWidth * of(name) / all : 0;
        bars += width > 0 ? rect(name, x, 0, width, 8) : "";
        x += width;
    }
    return "<svg class=\"share\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" "
           "aria-hidden=\"true\">" +
           bars + "</svg>";
}

std::string cost_bars(const Json& cost) {
    if (!cost.is_object()) {
        return state_badge(Json());
    }
    const Json on = cost.value("on", Json());
    const Json off = cost.value("off", Json());
    const std::string unit = cost.value("unit", std::string());
    const double longest =
        std::max(on.is_number() ? on.get<double>() : 0, off.is_number() ? off.get<double>() : 0);
    const auto bar = [&](const Json& number, const char* kind, double y) {
        const double share = number.is_number() && longest > 0 ? number.get<double>() / longest : 0;
        return rect(kind, 0, y, std::clamp(100 * share, 0.0, 100.0), 6);
    };
    return "<div class=\"cost\"><svg viewBox=\"0 0 100 26\" preserveAspectRatio=\"none\" "
           "aria-hidden=\"true\">" +
           bar(on, "with", 4) + bar(off, "without", 17) + "</svg><span><b>on</b> " +
           cost_text(on, unit) + "<br><b>off</b> " + cost_text(off, unit) + "</span></div>";
}

std::string frame_list(const Json& evidence) {
    std::string out;
    for (std::size_t i = 0; i < std::min(evidence.size(), kMostFrames); ++i) {
        const Json& frame = evidence.at(i);
        const std::string hex = value_text(frame.value("hex", Json()));
        const std::string words = element("span", "", value_text(frame.value("summary", Json()))) +
                                  element("small", "", value_text(frame.value("check", Json())));
        out += element("li", "", words + (hex == "–" ? "" : element("pre", "", hex_dump(hex))));
    }
    const std::size_t more = evidence.size() - std::min(evidence.size(), kMostFrames);
    return element("ol", "class=\"frames\"", out) +
           (more == 0 ? ""
                      : element("p", "class=\"dim\"",
                                counted(more, "record") + " more in the report's JSON"));
}

}  // namespace host::html
