// SPDX-License-Identifier: GPL-2.0-or-later
// Exports of the Windows registry: what regedit and reg.exe write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskoffload {

struct RegistryValue {
    enum class Type { String, Dword, Deleted, Other };

    std::string section;
    std::string name;
    Type type = Type::Other;
    std::string text;          // of a string
    std::uint32_t number = 0;  // of a dword
    std::size_t line = 0;
};

// Values in the order of the file.
struct RegistryFile {
    std::vector<std::string> sections;
    std::vector<RegistryValue> values;

    // The value that counts, which is the last of that name in whatever case; null if there is none
    // or it was deleted.
    [[nodiscard]] const RegistryValue* last(std::string_view name) const;
    // Different sections with a value of that name.
    [[nodiscard]] std::size_t sections_with(std::string_view name) const;
};

// From the bytes of the file. Throws UsageError with the line that is wrong.
[[nodiscard]] RegistryFile parse_registry(std::string_view bytes);
// Without the adapter keywords (those with a star) of sections whose path does not contain `part`,
// in whatever case: values of Windows' services stay. Throws UsageError with the sections there are
// if none does. An empty part takes all.
[[nodiscard]] RegistryFile choose_section(RegistryFile file, std::string_view part);
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

}  // namespace taskoffload
