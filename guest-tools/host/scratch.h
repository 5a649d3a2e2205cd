// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace host {

// A folder with a short path (UNIX sockets allow about 100 bytes), removed with its content.
class Scratch {
public:
    Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch();
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace host
