// SPDX-License-Identifier: GPL-2.0-or-later
// The commands of x550-taskoffload; each prints and returns the exit status.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "block.h"

namespace taskoffload {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kBadUsage = 2;

struct Options {
    std::string device;  // empty: the only one
    bool bar = false;
    bool json = false;
};

struct RegistryOptions {
    std::string file;
    std::string section;   // part of its path; empty: all
    bool dry_run = false;  // say what would be asked for
};

struct WatchOptions {
    std::chrono::milliseconds interval{200};
    std::optional<unsigned> count;  // changes
    std::optional<std::chrono::seconds> timeout;
};

[[nodiscard]] int list_command(const Options& options);
[[nodiscard]] int show_command(Block& block, const Options& options);
[[nodiscard]] int set_command(Block& block, const Options& options,
                              const std::vector<std::string>& settings);
[[nodiscard]] int apply_command(Block& block, const Options& options,
                                const RegistryOptions& registry);
[[nodiscard]] int watch_command(Block& block, const Options& options, const WatchOptions& watch);
[[nodiscard]] int stats_command(Block& block, const Options& options, bool clear);
[[nodiscard]] int reset_command(Block& block, const Options& options);

}  // namespace taskoffload
