// SPDX-License-Identifier: GPL-2.0-or-later
#include "channel.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <termios.h>
#include <unistd.h>

namespace agent {
namespace {

constexpr std::size_t kLongestLine = 16U << 20;

void make_raw(int fd) {
    termios settings{};
    if (tcgetattr(fd, &settings) != 0) {
        return;
    }
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    cfsetspeed(&settings, B115200);
    tcsetattr(fd, TCSANOW, &settings);
}

}  // namespace

Channel::Channel(const std::string& path) : standard_(path == "-") {
    if (standard_) {
        in_ = STDIN_FILENO;
        out_ = STDOUT_FILENO;
        return;
    }
    in_ = open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (in_ < 0) {
        throw std::system_error(errno, std::generic_category(), "open " + path);
    }
    make_raw(in_);
    out_ = in_;
}

Channel::~Channel() {
    if (!standard_) {
        close(in_);
    }
}

std::optional<std::string> Channel::read_line() {
    while (true) {
        const auto end = pending_.find('\n');
        if (end != std::string::npos) {
            std::string line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            return line;
        }
        if (pending_.size() > kLongestLine) {
            pending_.clear();
        }
        std::array<char, 4096> buffer{};
        const ssize_t got = read(in_, buffer.data(), buffer.size());
        // A virtio port without a host reads as end of file until somebody connects.
        const bool nobody = got == 0 ? !standard_ : errno == EAGAIN || errno == EIO;
        if (got > 0) {
            pending_.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (nobody) {
            pollfd idle{-1, 0, 0};
            poll(&idle, 1, 50);
        } else if (got == 0 || errno != EINTR) {
            return std::nullopt;
        }
    }
}

void Channel::write(const nlohmann::json& message) {
    std::string line = message.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    line += '\n';
    const std::lock_guard lock(write_lock_);
    std::size_t done = 0;
    while (done < line.size()) {
        const ssize_t sent = ::write(out_, line.data() + done, line.size() - done);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            pollfd waiting{out_, POLLOUT, 0};
            poll(&waiting, 1, 1000);
        } else if (errno != EINTR) {
            return;
        }
    }
}

}  // namespace agent
