// SPDX-License-Identifier: GPL-2.0-or-later
#include "modules.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <system_error>
#include <unistd.h>

#include "command.h"

namespace agent {
namespace {

std::string module_folder() {
    utsname kernel{};
    uname(&kernel);
    return std::string("/lib/modules/") + kernel.release + "/";
}

std::string canonical(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::string name_of_path(const std::string& path) {
    std::string name = std::filesystem::path(path).filename().string();
    return canonical(name.substr(0, name.find('.')));
}

struct Entry {
    std::string path;
    std::vector<std::string> needs;
};

// modules.dep: "path: dependency dependency..."; the last dependency must be loaded first.
std::map<std::string, Entry> read_dependencies() {
    std::map<std::string, Entry> out;
    std::ifstream file(module_folder() + "modules.dep");
    std::string line;
    while (std::getline(file, line)) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) {
            continue;
        }
        Entry entry;
        entry.path = line.substr(0, colon);
        std::istringstream rest(line.substr(colon + 1));
        std::string path;
        while (rest >> path) {
            entry.needs.push_back(path);
        }
        out[name_of_path(entry.path)] = entry;
    }
    return out;
}

bool builtin(const std::string& name) {
    std::ifstream file(module_folder() + "modules.builtin");
    std::string line;
    while (std::getline(file, line)) {
        if (name_of_path(line) == name) {
            return true;
        }
    }
    return false;
}

void insert_file(const std::string& relative, const std::string& parameters) {
    const std::string path = module_folder() + relative;
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), path);
    }
    const long result = syscall(SYS_finit_module, fd, parameters.c_str(), 0);
    const int error = errno;
    close(fd);
    if (result != 0 && error != EEXIST) {
        throw std::system_error(error, std::generic_category(), "load " + path);
    }
}

Json load(Job& job) {
    load_module(job.text("name"), job.args.value("parameters", std::string()));
    return Json::object();
}

Json unload(Job& job) {
    unload_module(job.text("name"));
    return Json::object();
}

Json list(Job&) {
    Json out = Json::array();
    std::ifstream file("/proc/modules");
    std::string line;
    while (std::getline(file, line)) {
        out.push_back(line.substr(0, line.find(' ')));
    }
    return out;
}

constexpr std::array kCommands{
    Command{"module.load", "load {name, parameters} and what it depends on", load},
    Command{"module.unload", "unload {name}", unload},
    Command{"module.list", "names of loaded modules", list},
};

}  // namespace

bool module_loaded(const std::string& name) {
    return std::filesystem::exists("/sys/module/" + canonical(name) + "/initstate");
}

void load_module(const std::string& name, const std::string& parameters) {
    const std::string wanted = canonical(name);
    const auto known = read_dependencies();
    const auto entry = known.find(wanted);
    if (entry == known.end()) {
        if (builtin(wanted)) {
            return;
        }
        throw std::runtime_error("no module " + name);
    }
    const auto& needs = entry->second.needs;
    // NOLINTNEXTLINE(modernize-loop-convert): clang-tidy 14 cannot read views::reverse
    for (auto path = needs.rbegin(); path != needs.rend(); ++path) {
        if (!module_loaded(name_of_path(*path))) {
            insert_file(*path, "");
        }
    }
    insert_file(entry->second.path, parameters);
}

void unload_module(const std::string& name) {
    const std::string wanted = canonical(name);
    // The last user of an interface may still be on its way out: try for two seconds.
    for (int attempt = 0; attempt < 100; ++attempt) {
        if (syscall(SYS_delete_module, wanted.c_str(), O_NONBLOCK) == 0) {
            return;
        }
        if (errno != EAGAIN && errno != EBUSY) {
            break;
        }
        pollfd idle{-1, 0, 0};
        poll(&idle, 1, 20);
    }
    throw std::system_error(errno, std::generic_category(), "unload " + name);
}

CommandTable module_commands() {
    return kCommands;
}

}  // namespace agent
