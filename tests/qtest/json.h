// SPDX-License-Identifier: GPL-2.0-or-later
// JSON as QMP and the migration stream's description speak it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace x550 {

class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::map<std::string, Json>;

    Json() = default;
    template <typename T>
    explicit Json(T value) : value_(std::move(value)) {}

    // Throws std::runtime_error for text that is not JSON.
    static Json parse(std::string_view text);

    [[nodiscard]] bool has(const std::string& key) const;
    // Members, elements and values; throw when the kind is another.
    [[nodiscard]] const Json& operator[](const std::string& key) const;
    [[nodiscard]] const Json& operator[](std::size_t index) const { return array().at(index); }
    [[nodiscard]] const Array& array() const { return std::get<Array>(value_); }
    [[nodiscard]] const Object& object() const { return std::get<Object>(value_); }
    [[nodiscard]] const std::string& string() const { return std::get<std::string>(value_); }
    [[nodiscard]] double number() const { return std::get<double>(value_); }
    [[nodiscard]] bool boolean() const { return std::get<bool>(value_); }

private:
    std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

// Text as a JSON string, quotes included.
[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace x550
