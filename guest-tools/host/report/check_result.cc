// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_result.h"

namespace host {
namespace {

// Any bytes: what is not UTF-8 is replaced.
std::string dumped(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_hex(const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

// A reason may end with the offending frame as hexadecimal text.
struct Reason {
    std::string words;
    std::string hex;
};

Reason reason_of(const Json& check) {
    constexpr std::string_view kFrame = "; the frame: ";
    const std::string all = text(check, "reason");
    const std::size_t at = all.rfind(kFrame);
    if (at == std::string::npos) {
        return {all, ""};
    }
    const std::string hex = all.substr(at + kFrame.size());
    return is_hex(hex) ? Reason{all.substr(0, at), hex} : Reason{all, ""};
}

Json frame_entry(const std::string& check, const Json& frame) {
    const std::string hex = text(frame, "hex");
    const std::string summary =
        frame.is_string() ? frame.get<std::string>() : text(frame, "summary");
    return {{"check", check},
            {"summary", summary.empty() && hex.empty() ? dumped(frame) : summary},
            {"hex", is_hex(hex) ? Json(hex) : Json()}};
}

}  // namespace

std::string text(const Json& from, const char* name) {
    const auto found = from.is_object() ? from.find(name) : from.end();
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json member(const Json& from, std::string_view name) {
    const auto found = from.is_object() ? from.find(name) : from.end();
    return found != from.end() ? *found : Json();
}

std::string outcome_of(const Json& check) {
    const std::string outcome = text(check, "outcome");
    return outcome == "pass" || outcome == "fail" ? outcome : "skip";
}

std::string reason_words(const Json& check) {
    return reason_of(check).words;
}

std::string sentence_of(const Json& check) {
    const std::string words = reason_of(check).words;
    try {
        return words.empty() ? brief(check) : words;
    } catch (const Json::exception&) {
        return dumped(member(check, "detail"));
    }
}

std::string group_of(const Json& check) {
    const std::string name = text(check, "name");
    std::string group = text(check, "group");
    const std::size_t dash = name.find('-');
    if (!group.empty() || dash == std::string::npos) {
        return group;
    }
    const std::string prefix = name.substr(0, dash);
    return prefix == "tx" || prefix == "rx" || prefix == "control" ? prefix : "";
}

void add_evidence(const Json& check, Json& evidence) {
    const std::string name = text(check, "name");
    const Reason reason = reason_of(check);
    if (!reason.hex.empty()) {
        evidence.push_back(
            {{"check", name}, {"summary", "the frame that is wrong"}, {"hex", reason.hex}});
    }
    const Json frames = member(member(check, "detail"), "frames");
    if (frames.is_array()) {  // checks that count their frames have a number there
        for (const Json& frame : frames) {
            evidence.push_back(frame_entry(name, frame));
        }
    }
}

}  // namespace host
