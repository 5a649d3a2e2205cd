// SPDX-License-Identifier: GPL-2.0-or-later
// JSON lines over a serial or virtio-serial port.
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace agent {

// Owns the port. Lines in are read by one thread; lines out may come from any thread.
class Channel {
public:
    // Opens a tty (switched to raw mode) or a virtio-serial port; "-" is standard input and output.
    explicit Channel(const std::string& path);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel();

    // The next line, or nothing when the port is gone.
    [[nodiscard]] std::optional<std::string> read_line();
    void write(const nlohmann::json& message);

private:
    int in_ = -1;
    int out_ = -1;
    bool standard_ = false;
    std::string pending_;
    std::mutex write_lock_;
};

}  // namespace agent
