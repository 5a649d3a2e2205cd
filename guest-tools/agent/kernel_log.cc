// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's log since a mark.
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "command.h"

namespace agent {
namespace {

struct Record {
    unsigned priority = 0;
    std::uint64_t sequence = 0;
    std::string text;
};

// A record is "priority,sequence,time,flags;text\n continuation lines".
Record parse(const std::string& line) {
    Record record;
    char* end = nullptr;
    record.priority = static_cast<unsigned>(std::strtoul(line.c_str(), &end, 10)) & 7U;
    if (end != nullptr && *end == ',') {
        record.sequence = std::strtoull(end + 1, nullptr, 10);
    }
    const auto start = line.find(';');
    const auto stop = line.find('\n');
    if (start != std::string::npos && stop != std::string::npos && stop > start) {
        record.text = line.substr(start + 1, stop - start - 1);
    }
    return record;
}

std::vector<Record> records() {
    std::vector<Record> out;
    const int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    std::array<char, 8192> buffer{};
    while (fd >= 0) {
        const ssize_t got = read(fd, buffer.data(), buffer.size());
        if (got > 0) {
            out.push_back(parse(std::string(buffer.data(), static_cast<std::size_t>(got))));
        } else if (errno != EPIPE && errno != EINTR) {
            break;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return out;
}

Json mark(Job&) {
    const auto all = records();
    return {{"mark", all.empty() ? 0 : all.back().sequence + 1}};
}

Json since(Job& job) {
    const auto from = job.args.value("mark", std::uint64_t{0});
    const auto worst = job.args.value("priority", 7U);
    Json out = Json::array();
    for (const Record& record : records()) {
        if (record.sequence >= from && record.priority <= worst) {
            out.push_back({{"priority", record.priority}, {"text", record.text}});
        }
    }
    return out;
}

constexpr std::array kCommands{
    Command{"log.mark", "a place in the kernel log", mark},
    Command{"log.since", "kernel messages since {mark} of {priority} or worse", since},
};

}  // namespace

CommandTable kernel_log_commands() {
    return kCommands;
}

}  // namespace agent
