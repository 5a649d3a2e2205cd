// SPDX-License-Identifier: GPL-2.0-or-later
#include "init.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <sstream>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file_text.h"
#include "modules.h"

namespace agent {
namespace {

struct MountPoint {
    const char* type;
    const char* target;
};

constexpr std::array kMounts{
    MountPoint{"proc", "/proc"},
    MountPoint{"sysfs", "/sys"},
    MountPoint{"devtmpfs", "/dev"},
    MountPoint{"devpts", "/dev/pts"},
    MountPoint{"tmpfs", "/tmp"},
    MountPoint{"tmpfs", "/run"},
    MountPoint{"debugfs", "/sys/kernel/debug"},
};

void mount_all() {
    for (const MountPoint& point : kMounts) {
        mkdir(point.target, 0755);
        if (mount(point.type, point.target, point.type, 0, nullptr) != 0 && errno != EBUSY) {
            (void)std::fprintf(stderr, "mount %s failed\n", point.target);
        }
    }
}

// With maxcpus=1 on its command line the kernel has started one; drivers count them when they load.
void start_other_cpus() {
    for (const auto& cpu : std::filesystem::directory_iterator("/sys/devices/system/cpu")) {
        const std::string online = cpu.path().string() + "/online";
        if (read_file(online) == "0" && !try_write_file(online, "1")) {
            (void)std::fprintf(stderr, "%s: the CPU does not start\n", online.c_str());
        }
    }
}

void load_listed_modules() {
    const auto parameters = kernel_parameters();
    const auto listed = parameters.find("modules");
    std::string names =
        listed != parameters.end() ? listed->second : read_file("/etc/x550-modules");
    std::replace(names.begin(), names.end(), ',', ' ');
    std::istringstream words(names);
    std::string name;
    while (words >> name) {
        try {
            load_module(name, "");
        } catch (const std::exception& error) {
            (void)std::fprintf(stderr, "module %s: %s\n", name.c_str(), error.what());
        }
    }
}

// Addresses must be usable as soon as the link is up: no random delay before router
// solicitations, no duplicate detection.
void speed_up_ipv6() {
    for (const char* scope : {"all", "default"}) {
        const std::string base = std::string("/proc/sys/net/ipv6/conf/") + scope + "/";
        (void)try_write_file(base + "accept_dad", "0");
        (void)try_write_file(base + "dad_transmits", "0");
        (void)try_write_file(base + "router_solicitation_delay", "0");
    }
}

[[noreturn]] void collect_orphans(pid_t agent) {
    while (true) {
        int status = 0;
        const pid_t ended = wait(&status);
        if (ended == agent || (ended < 0 && errno == ECHILD)) {
            (void)std::fprintf(stderr, "agent ended with status 0x%x\n",
                               static_cast<unsigned>(status));
            sync();
            reboot(RB_POWER_OFF);
            _exit(1);
        }
    }
}

}  // namespace

std::map<std::string, std::string> kernel_parameters() {
    std::map<std::string, std::string> out;
    std::istringstream words(read_file("/proc/cmdline"));
    std::string word;
    constexpr std::string_view kPrefix = "x550.";
    while (words >> word) {
        const auto equals = word.find('=');
        if (word.compare(0, kPrefix.size(), kPrefix) == 0 && equals != std::string::npos) {
            out[word.substr(kPrefix.size(), equals - kPrefix.size())] = word.substr(equals + 1);
        }
    }
    return out;
}

void become_init() {
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/", 1);
    setenv("TERM", "linux", 1);
    mount_all();
    const int console = open("/dev/console", O_RDWR);
    if (console >= 0) {
        dup2(console, STDIN_FILENO);
        dup2(console, STDOUT_FILENO);
        dup2(console, STDERR_FILENO);
        if (console > STDERR_FILENO) {
            close(console);
        }
    }
    speed_up_ipv6();
    start_other_cpus();
    load_listed_modules();
    const pid_t child = fork();
    if (child > 0) {
        collect_orphans(child);
    }
    setsid();
}

}  // namespace agent
