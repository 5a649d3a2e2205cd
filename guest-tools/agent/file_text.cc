// SPDX-License-Identifier: GPL-2.0-or-later
#include "file_text.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace agent {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

void write_file(const std::string& path, const std::string& value) {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), path);
    }
    const ssize_t done = write(fd, value.data(), value.size());
    const int error = errno;
    close(fd);
    if (done < 0) {
        throw std::system_error(error, std::generic_category(), path + " <- " + value);
    }
}

bool try_write_file(const std::string& path, const std::string& value) {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const ssize_t done = write(fd, value.data(), value.size());
    close(fd);
    return done >= 0;
}

std::string link_name(const std::string& path) {
    std::error_code error;
    return std::filesystem::read_symlink(path, error).filename().string();
}

}  // namespace agent
