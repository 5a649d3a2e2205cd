// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block of a PCI function, through sysfs.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "block.h"
#include "pci.h"

namespace taskoffload {

enum class Path {
    Window,  // in configuration space: beside any driver
    Bar,     // its memory, mapped: faster, and refused where a driver has claimed it
};

// Anybody may lock a file that he may read, so nobody is waited for without end.
inline constexpr std::chrono::seconds kLockPatience{5};

// The lock of a function's configuration file, on which programs take turns.
class ConfigFile {
public:
    // Throws UsageError if it cannot be opened.
    explicit ConfigFile(const std::string& folder,
                        std::chrono::milliseconds patience = kLockPatience);
    ConfigFile(const ConfigFile&) = delete;
    ConfigFile& operator=(const ConfigFile&) = delete;
    ~ConfigFile();

    [[nodiscard]] Capability capability() const;
    [[nodiscard]] std::uint32_t read(std::uint32_t position) const;
    void write(std::uint32_t position, std::uint32_t value) const;
    void acquire();
    void release();

private:
    std::string path_;
    std::chrono::milliseconds patience_;
    int fd_;
    int depth_ = 0;
};

// The block of the function in `folder` (a folder of /sys/bus/pci/devices), after a look at its
// magic and version. Throws UsageError with the reason and what to do about it.
[[nodiscard]] std::unique_ptr<Block> open_block(const std::string& folder, Path path);
// Throws UsageError unless this is a block of a layout that is known here.
void check_identity(Block& block);

}  // namespace taskoffload
