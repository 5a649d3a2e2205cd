// SPDX-License-Identifier: GPL-2.0-or-later
// Suspend, reboot, power off.
#include <array>
#include <stdexcept>
#include <sys/reboot.h>
#include <unistd.h>

#include "command.h"
#include "file_text.h"

namespace agent {
namespace {

// Returns after the resume. With {test} the kernel stops half way (devices, platform, core...) and
// resumes by itself; without it somebody outside has to wake the machine.
Json suspend(Job& job) {
    const std::string state = job.args.value("state", std::string("mem"));
    const std::string test = job.args.value("test", std::string("none"));
    (void)try_write_file("/sys/module/printk/parameters/console_suspend", "N");
    if (state == "mem") {
        (void)try_write_file("/sys/power/mem_sleep", "deep");
    }
    (void)try_write_file("/sys/module/suspend/parameters/pm_test_delay", "0");
    if (test != "none") {
        write_file("/sys/power/pm_test", test);
    }
    job.event("suspending", {{"state", state}});
    write_file("/sys/power/state", state);
    if (test != "none") {
        write_file("/sys/power/pm_test", "none");
    }
    return {{"success", read_file("/sys/power/suspend_stats/success")},
            {"failed_devices", read_file("/sys/power/suspend_stats/last_failed_dev")}};
}

Json power_off(Job&) {
    sync();
    reboot(RB_POWER_OFF);
    return Json::object();
}

Json restart(Job&) {
    sync();
    reboot(RB_AUTOBOOT);
    return Json::object();
}

constexpr std::array kCommands{
    Command{"suspend", "suspend to {state: mem|freeze}, with {test: devices|platform|core}",
            suspend},
    Command{"poweroff", "power the machine off", power_off},
    Command{"reboot", "restart the machine", restart},
};

}  // namespace

CommandTable power_commands() {
    return kCommands;
}

}  // namespace agent
