// SPDX-License-Identifier: GPL-2.0-or-later
// The standardized keywords of Windows' network adapters: which there are, what each may be, and
// what a file says.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry.h"

namespace taskoffload {

// Who acts on a keyword.
enum class Use {
    Block,   // a switch of the task-offload block
    Queues,  // RSS, VMQ and SR-IOV: registers of the X550, which are the driver's
    Driver,  // frame sizes and tags: the driver's
    IPsec,   // which this device lacks
    Stack,   // Windows itself, for all adapters
};

struct Keyword {
    std::string_view name;
    Use use;
    std::uint32_t lowest;
    std::uint32_t highest;
    std::optional<std::uint32_t> standard;  // the default, where one is documented
    std::uint32_t step = 1;
    std::vector<std::uint32_t> only = {};  // all there are, where they are no range

    [[nodiscard]] bool allows(std::uint32_t value) const;
    [[nodiscard]] std::string values() const;  // in words
};

[[nodiscard]] std::span<const Keyword> all_keywords();

// The keywords of a file.
class Keywords {
public:
    // Notes a warning for each value that is none: the default stands in for it (CTRL-1).
    explicit Keywords(const RegistryFile& file);

    // In the file, be its value right or wrong.
    [[nodiscard]] bool is_present(std::string_view name) const;
    // The file's value, else the default.
    [[nodiscard]] std::uint32_t value(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
    // Names in the file that are no keywords.
    [[nodiscard]] const std::vector<std::string>& ignored() const { return ignored_; }

private:
    struct Found {
        std::string_view name;
        std::optional<std::uint32_t> value;
    };
    void take(const Keyword& keyword, const RegistryFile& file);
    void list_ignored(const RegistryFile& file);
    [[nodiscard]] const Found* find(std::string_view name) const;

    std::vector<Found> found_;
    std::vector<std::string> warnings_;
    std::vector<std::string> ignored_;
};

}  // namespace taskoffload
