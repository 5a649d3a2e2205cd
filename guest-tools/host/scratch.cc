// SPDX-License-Identifier: GPL-2.0-or-later
#include "scratch.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace host {

Scratch::Scratch() {
    const std::string pattern = "/tmp/x550-XXXXXX";
    std::vector<char> name(pattern.begin(), pattern.end());
    name.push_back(0);
    if (mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), "temporary folder");
    }
    path_ = name.data();
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace host
